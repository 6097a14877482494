//! The little of an EXIF block (a TIFF structure) that matters here.

use crate::Orientation;

/// The orientation in the first directory; upright when there is none or the block is damaged.
pub(crate) fn orientation(exif: &[u8]) -> Orientation {
    find(exif).map_or(Orientation::UPRIGHT, Orientation::from_exif)
}

fn find(exif: &[u8]) -> Option<u16> {
    let big = match exif.get(..2)? {
        b"MM" => true,
        b"II" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes = exif.get(at..)?.first_chunk().copied()?;
        Some(if big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    };
    let long = |at: usize| {
        let bytes = exif.get(at..)?.first_chunk().copied()?;
        Some(if big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    };
    let directory = usize::try_from(long(4)?).ok()?;
    let entries = usize::from(short(directory)?);
    let mut entry = directory.checked_add(2)?;
    for _ in 0..entries {
        if short(entry)? == 274 {
            // A SHORT stands in the first two bytes of the value field.
            return (short(entry + 2)? == 3 && long(entry + 4)? == 1).then(|| short(entry + 8))?;
        }
        entry = entry.checked_add(12)?;
    }
    None
}
