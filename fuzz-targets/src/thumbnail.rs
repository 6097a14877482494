//! Thumbnails of a registry: what is read is kept as it was, and can be compared.

use watermark_evidence::Thumbnail;

/// Whether the bytes are a thumbnail.
pub(crate) fn survives(bytes: &[u8]) -> bool {
    let Ok(thumbnail) = Thumbnail::from_bytes(bytes) else { return false };
    assert!(thumbnail.to_bytes() == bytes, "another thumbnail");
    assert!(thumbnail.width() > 0 && thumbnail.height() > 0, "no pixels");
    assert!(thumbnail.to_data_uri().starts_with("data:image/jpeg;base64,"), "no JPEG");
    true
}
