//! Picture files: what is read can be written in its own format, and then read again as it was.

use watermark_core::Layout;
use watermark_media::{DecodeLimits, Document, EncodeOptions, Error, Format, Picture, PixelData};

/// Whether the bytes are a file of the format with this extension that is read.
pub(crate) fn survives(extension: &str, bytes: &[u8]) -> bool {
    // A format that this build does not have accepts nothing.
    let Some(format) = Format::from_extension(extension).filter(|&format| Format::sniff(bytes) == Some(format)) else {
        return false;
    };
    let Ok(document) = Document::decode(bytes, &small()) else { return false };
    if document.check_format(format).is_err() {
        return true;
    }
    let file = match document.encode(format, &EncodeOptions::default()) {
        Ok(file) => file,
        // What the format says it cannot hold is refused before any work is done, in sentences.
        Err(Error::CannotHold { .. } | Error::Limit { .. } | Error::Unsupported { .. }) => return true,
        Err(error) => panic!("it was read and cannot be written: {error}"),
    };
    let again = Document::decode(&file, &DecodeLimits::default());
    let again = again.unwrap_or_else(|error| panic!("what was written cannot be read: {error}"));
    assert_eq!(document.kind(), again.kind(), "kind");
    assert_eq!(document.pictures().len(), again.pictures().len(), "pictures");
    for (before, after) in document.pictures().iter().zip(again.pictures()) {
        let size = |picture: &Picture| (picture.width(), picture.height());
        assert_eq!(size(before), size(after), "size");
        let left_out = extension == "webp"
            && !is_lossless(extension, bytes)
            && before.layout() == Layout::Rgba
            && is_opaque(before);
        assert!(
            before.layout() == after.layout() || (left_out && after.layout() == Layout::Rgb),
            "layout: {:?} was written, {:?} read",
            before.layout(),
            after.layout()
        );
        assert_eq!(before.orientation(), after.orientation(), "orientation");
        assert_eq!(before.icc(), after.icc(), "colour profile");
        assert_eq!(before.xmp(), after.xmp(), "XMP");
    }
    if is_lossless(extension, bytes) {
        assert_eq!(document.content_sha256(), again.content_sha256(), "pixels");
    }
    true
}

/// Whether the file is written without loss: not a JPEG nor an AVIF, nor a WebP with a lossy frame.
fn is_lossless(extension: &str, bytes: &[u8]) -> bool {
    match extension {
        "jpg" | "avif" => false,
        "webp" => !bytes.windows(4).any(|name| name == b"VP8 "),
        _ => true,
    }
}

/// Whether alpha says nothing: libwebp leaves it out of a lossy file then.
fn is_opaque(picture: &Picture) -> bool {
    match picture.pixels() {
        PixelData::U8(samples) => samples.chunks_exact(4).all(|pixel| pixel[3] == u8::MAX),
        _ => false,
    }
}

/// Limits that keep each run short: 65,536 pixels and 1 MiB of samples.
fn small() -> DecodeLimits {
    let mut limits = DecodeLimits::default();
    limits.max_side = 1024;
    limits.max_pixels = 1 << 16;
    limits.max_bytes_decoded = 1 << 20;
    limits
}
