//! Project tasks: test, demo picture, release checks.

fn main() {}
