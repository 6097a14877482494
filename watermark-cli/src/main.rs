//! The watermark command.

fn main() {}
