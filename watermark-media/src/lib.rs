//! Pictures in and out as bytes: decoding, encoding, metadata kept.
