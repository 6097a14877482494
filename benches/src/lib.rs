//! Criterion benches for each stage and the whole.
