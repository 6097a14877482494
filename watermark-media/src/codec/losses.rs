//! What a format cannot hold of a document, and what it will not keep.

use watermark_core::Layout;

use super::animation::{self, Animation};
use super::{gif, png};
use crate::limits::limit;
use crate::{Format, Picture, Result};

/// Refuses what `format` has no place for.
pub(crate) fn check(pictures: &[Picture], animation: Option<&Animation>, format: Format) -> Result<()> {
    if animation.is_some() && !matches!(format, Format::Gif | Format::Png | Format::WebP) {
        return Err(animation::cannot_hold(format));
    }
    let most = match format {
        #[cfg(feature = "avif")]
        Format::Avif => Some((65_535, "the longest side of an AVIF in pixels")),
        Format::Jpeg => Some((65_535, "the longest side of a JPEG in pixels")),
        Format::Gif => Some((65_535, "the longest side of a GIF in pixels")),
        Format::WebP => Some((16_383, "the longest side of a WebP in pixels")),
        _ => None,
    };
    for picture in pictures {
        let side = picture.width.max(picture.height) as u64;
        if let Some((most, what)) = most.filter(|(most, _)| side > *most) {
            return Err(limit(what, side, most));
        }
        let alpha = picture.layout.has_alpha();
        match format {
            Format::Jpeg if alpha && !picture.pixels.is_opaque(picture.layout.channels()) => {
                return Err(super::jpeg::transparency());
            }
            Format::Gif if alpha && !picture.pixels.is_binary(picture.layout.channels()) => {
                return Err(super::partial_transparency());
            }
            _ => {}
        }
    }
    Ok(())
}

/// What is not kept, in sentences without a full stop.
pub(crate) fn list(pictures: &[Picture], animation: Option<&Animation>, format: Format) -> Vec<String> {
    let first = &pictures[0];
    let notes = &first.metadata.notes;
    let same = first.source == Some(format);
    let mut lost = of_pixels(pictures, format);
    lost.extend(notes.always.iter().cloned());
    if !same {
        lost.extend(notes.elsewhere.iter().cloned());
    }
    if format == Format::WebP && first.icc().is_some_and(|icc| icc.get(16..20) == Some(b"GRAY")) {
        lost.push("its profile of grey: WebP has no grey".into());
    }
    if format == Format::Gif && first.exif().is_some() {
        lost.push("its EXIF block: GIF has no place for it, and the picture is stored upright".into());
    }
    if let Some(animation) = animation {
        of_animation(animation, format, &mut lost);
    }
    if first.metadata.c2pa {
        lost.push("its C2PA manifest, unless it is to be kept: changed pixels break its signature".into());
    }
    if pictures.iter().any(Picture::links_c2pa) {
        lost.push("its link to a C2PA manifest elsewhere, unless it is to be kept: that is about other pixels".into());
    }
    lost
}

fn of_pixels(pictures: &[Picture], format: Format) -> Vec<String> {
    let first = &pictures[0];
    let notes = &first.metadata.notes;
    let eight = matches!(format, Format::Jpeg | Format::WebP | Format::Gif);
    let mut lost = Vec::new();
    if eight && first.pixels.bits() > 8 {
        lost.push(format!("its {} bits a sample: {format} has 8", first.pixels.bits()));
    }
    match format {
        Format::Jpeg if first.source == Some(Format::Jpeg) => {
            lost.push(
                "its exact pixels: they are coded again, with the same tables unless a quality is asked for".into(),
            );
        }
        Format::Jpeg => lost.push("its exact pixels: JPEG is lossy".into()),
        #[cfg(feature = "avif")]
        Format::Avif => of_avif(first, &mut lost),
        Format::WebP if notes.lossy.is_some() && cfg!(feature = "webp-native") => {
            lost.push("its exact pixels: they are coded again, about as finely unless a quality is asked for".into());
        }
        Format::WebP if notes.lossy.is_some() => {
            lost.push("its lossy coding: this build writes WebP lossless, and the file grows".into());
        }
        _ => {}
    }
    if format == Format::Jpeg && first.layout.has_alpha() {
        lost.push("its alpha channel, which is opaque everywhere".into());
    }
    if matches!(format, Format::WebP | Format::Gif) && matches!(first.layout, Layout::Luma | Layout::LumaAlpha) {
        lost.push(format!("its grey: {format} has colours only"));
    }
    if format == Format::Gif && pictures.iter().any(gif::exceeds_palette) {
        lost.push("colours beyond 256 a picture: they are dithered".into());
    }
    if let Some(palette) = notes.palette.as_ref().filter(|_| format != Format::Gif) {
        let colours = palette.colours.len();
        if format != Format::Png {
            lost.push(format!("its palette of {colours} colours becomes RGB: {format} has no palettes here"));
        } else if png::palette::count(pictures) > 256 {
            lost.push(format!("its palette of {colours} colours becomes RGB: a mark needs more colours"));
        }
    }
    lost
}

#[cfg(feature = "avif")]
fn of_avif(first: &Picture, lost: &mut Vec<String>) {
    if first.source == Some(Format::Avif) {
        lost.push("its exact pixels: they are coded again, about as finely unless a quality is asked for".into());
        return;
    }
    lost.push("its exact pixels: AVIF is lossy here".into());
    if first.pixels.bits() > 8 {
        lost.push(format!("its {} bits a sample: AVIF is written with 10", first.pixels.bits()));
    }
    if first.layout.has_alpha() && !first.pixels.is_opaque(first.layout.channels()) {
        lost.push("the exact values of its alpha channel: they may be a step off".into());
    }
}

fn of_animation(animation: &Animation, format: Format, lost: &mut Vec<String>) {
    let (part, most) = match format {
        Format::Gif => (100, u32::from(u16::MAX)),
        Format::WebP => (1000, (1 << 24) - 1),
        _ => (0, 0),
    };
    let rounded = animation.delays.iter().filter(|delay| part > 0 && !delay.is_whole(part, most)).count();
    if rounded > 0 {
        lost.push(format!("the exact delays of {rounded} frames: {format} counts in 1/{part} s, up to {most}"));
    }
    if animation.hidden.is_some() && format != Format::Png {
        lost.push("its default image, which is no frame of the animation".into());
    }
    if animation.plays > u32::from(u16::MAX) && format != Format::Png {
        lost.push(format!("its {} rounds: it is played for ever", animation.plays));
    }
}
