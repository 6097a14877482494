//! Which layer of a file is the picture.
//!
//! The first part, in the order of the file, with the channels `R`, `G`, `B`; else the first with `Y` alone; else the
//! first layer, in the order of the channels, with `name.R`, `name.G`, `name.B`. Its alpha is the channel `A` beside
//! them. Every other layer stays as it is: a second beauty layer, the other eye of a stereo pair.

use exr::meta::MetaData;
use exr::meta::attribute::{LevelMode, SampleType};
use exr::meta::header::Header;
use exr::meta::{BlockDescription, attribute::ChannelDescription};
use exr::prelude::Compression;
use watermark_core::Layout;

use super::FORMAT;
use crate::{Error, Result};

/// The channels that are the picture, as indices into the part's list.
pub(super) struct Marked {
    pub(super) part: usize,
    /// Red, green and blue, or grey alone.
    colours: Vec<usize>,
    alpha: Option<usize>,
}

impl Marked {
    pub(super) fn layout(&self) -> Layout {
        match (self.colours.len(), self.alpha) {
            (1, None) => Layout::Luma,
            (1, Some(_)) => Layout::LumaAlpha,
            (_, None) => Layout::Rgb,
            (_, Some(_)) => Layout::Rgba,
        }
    }

    /// The channels in the order of the layout.
    pub(super) fn channels(&self) -> impl Iterator<Item = usize> {
        self.colours.iter().copied().chain(self.alpha)
    }
}

/// The index of a channel by its layer's prefix (with its dot, or nothing) and its name.
fn find(header: &Header, prefix: &[u8], name: &[u8]) -> Option<usize> {
    header.channels.list.iter().position(|channel| channel.name.as_slice().strip_prefix(prefix) == Some(name))
}

fn colours(header: &Header, prefix: &[u8], names: &[&[u8]]) -> Option<Vec<usize>> {
    names.iter().map(|name| find(header, prefix, name)).collect()
}

pub(super) fn choose(meta: &MetaData) -> Result<Marked> {
    const RGB: [&[u8]; 3] = [b"R", b"G", b"B"];
    let parts = || meta.headers.iter().enumerate();
    let chroma = |header: &Header| find(header, b"", b"RY").is_some() || find(header, b"", b"BY").is_some();
    let named = |header: &Header| {
        let prefixes = header.channels.list.iter().filter_map(|channel| channel.name.as_slice().strip_suffix(b"R"));
        let mut prefixes = prefixes.filter(|prefix| prefix.ends_with(b".")).map(<[u8]>::to_vec);
        prefixes.find_map(|prefix| colours(header, &prefix, &RGB).map(|colours| (colours, prefix)))
    };
    let plain = |names: &'static [&'static [u8]]| {
        move |(part, header): (usize, &Header)| colours(header, b"", names).map(|found| (part, found, Vec::new()))
    };
    let chosen = parts()
        .find_map(plain(&RGB))
        .or_else(|| parts().filter(|(_, header)| !chroma(header)).find_map(plain(&[b"Y"])))
        .or_else(|| parts().find_map(|(part, header)| named(header).map(|(colours, prefix)| (part, colours, prefix))));
    let Some((part, colours, prefix)) = chosen else {
        return Err(match parts().any(|(_, header)| chroma(header)) {
            true => Error::unsupported("an OpenEXR of luminance and chroma (Y, RY, BY)", "save it with R, G and B"),
            false => {
                Error::unsupported("an OpenEXR without colour channels", "nothing in it can be marked: leave it out")
            }
        });
    };
    let header = &meta.headers[part];
    let marked = Marked { part, alpha: find(header, &prefix, b"A"), colours };
    check(header, &marked)?;
    Ok(marked)
}

/// Refuses a layer whose blocks could not be written again.
fn check(header: &Header, marked: &Marked) -> Result<()> {
    let integer = |channel: usize| header.channels.list[channel].sample_type == SampleType::U32;
    if marked.channels().any(integer) {
        return Err(Error::Depth { format: FORMAT, what: "unsigned integers as colour or alpha".into() });
    }
    let apart = |channel: &ChannelDescription| channel.sampling.area() != 1;
    if header.channels.list.iter().any(apart) {
        return Err(Error::unsupported("an OpenEXR layer with subsampled channels", "save it without subsampling"));
    }
    if let BlockDescription::Tiles(tiles) = header.blocks
        && tiles.level_mode != LevelMode::Singular
    {
        let way_out = "save the full size alone; the smaller sizes would show the picture without its mark";
        return Err(Error::unsupported("an OpenEXR with mipmaps or ripmaps", way_out));
    }
    match header.compression {
        Compression::Uncompressed | Compression::RLE | Compression::ZIP1 | Compression::ZIP16 | Compression::PIZ => {
            Ok(())
        }
        Compression::PXR24 | Compression::B44 | Compression::B44A => Ok(()),
        other => Err(Error::unsupported(format!("an OpenEXR with {other}"), "save it with ZIP or PIZ compression")),
    }
}
