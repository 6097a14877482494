//! Transcripts of the `watermark` command: what is typed, what comes back, and what lies in the directory afterwards.

mod bad_input;
mod bad_keys;
mod bad_options;
mod batch;
mod clip;
mod clips;
mod demo;
mod detect;
mod embed;
mod keys;
mod pictures;
mod registry;
mod report;
mod sandbox;
mod sequence;
mod verify_page;
