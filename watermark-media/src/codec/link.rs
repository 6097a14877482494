//! Leaving out the link to a C2PA manifest elsewhere, which would be about pixels that are no longer there.
//!
//! Every format holds the XMP packet in one piece and as it is, so the link is overwritten with spaces in the file that
//! was written: nothing else of the packet or the file changes, whoever wrote it, and no codec has to know of it.

use std::collections::BTreeSet;
use std::ops::Range;

#[cfg(feature = "animation")]
use super::C2pa;
use super::{EncodeOptions, chunks};
use crate::{Error, Format, Picture, Result, xmp};

/// The file without the links of its pictures, unless they are to be kept.
pub(super) fn left_out(
    mut file: Vec<u8>,
    pictures: &[Picture],
    format: Format,
    options: &EncodeOptions,
) -> Result<Vec<u8>> {
    #[cfg(feature = "animation")]
    if options.c2pa == C2pa::Keep {
        return Ok(file);
    }
    let _ = options;
    if !holds_xmp(format) {
        return Ok(file);
    }
    // Pages may have the same packet.
    let packets: BTreeSet<&[u8]> = pictures.iter().filter_map(Picture::xmp).collect();
    for packet in packets {
        let links = xmp::links(packet);
        if links.is_empty() {
            continue;
        }
        if !blank(&mut file, packet, &links) {
            return Err(immovable(format));
        }
        if format == Format::Png {
            chunks::sum_again(&mut file, *b"iTXt");
        }
    }
    Ok(file)
}

/// Overwrites the links wherever the packet stands; whether it does.
fn blank(file: &mut [u8], packet: &[u8], links: &[Range<usize>]) -> bool {
    let Some(first) = links.first() else { return true };
    let (mut found, mut from) = (false, 0);
    // A packet may be megabytes of spaces, and pixels too: its link is found sooner than itself.
    while let Some(at) = xmp::find(file, &packet[first.clone()], from) {
        from = at + first.len();
        let start = at.checked_sub(first.start).filter(|start| file[*start..].starts_with(packet));
        if let Some(start) = start {
            links.iter().for_each(|link| file[start + link.start..start + link.end].fill(b' '));
            found = true;
        }
    }
    found
}

fn holds_xmp(format: Format) -> bool {
    #[cfg(feature = "exr")]
    if format == Format::Exr {
        return false;
    }
    let _ = format;
    true
}

fn immovable(format: Format) -> Error {
    let what = "an XMP packet without its link to a C2PA manifest elsewhere: it is stored in pieces";
    Error::CannotHold { format, what, way_out: "keep the link, or strip the XMP first" }
}
