//! Studies: robustness, forgery and false-alarm tables over folders of pictures.

fn main() {}
