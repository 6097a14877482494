//! A file as its headers and the compressed blocks behind them, found by the tables of places and written in the same
//! order.

use std::collections::HashSet;
use std::io::Cursor;
use std::ops::Range;

use exr::block::chunk::TileCoordinates;
use exr::math::Vec2;
use exr::meta::attribute::IntegerBounds;
use exr::meta::header::Header;
use exr::meta::{BlockDescription, MetaData};

use super::{FORMAT, error, guarded};
use crate::limits::limit;
use crate::{Error, Result};

pub(super) struct File<'a> {
    pub(super) meta: MetaData,
    /// From the first byte to the end of the headers.
    head: &'a [u8],
    /// In the order of the file.
    pub(super) pieces: Vec<Piece<'a>>,
}

/// One block as it is stored.
pub(super) struct Piece<'a> {
    /// Index of its part.
    pub(super) part: usize,
    /// Its place in the tables of places, counted over all parts.
    entry: usize,
    /// Number of the part and coordinates, as they are stored.
    lead: &'a [u8],
    coordinates: Coordinates,
    pub(super) data: &'a [u8],
}

enum Coordinates {
    /// First line of a block of lines.
    Line(i32),
    /// Column, row and levels of a tile.
    Tile([i32; 4]),
}

/// The pixels that a block covers.
pub(super) struct Section {
    /// Counted from the corner of the data window.
    pub(super) bounds: IntegerBounds,
    left: usize,
    top: usize,
}

impl Section {
    /// Number of pixels.
    pub(super) fn area(&self) -> usize {
        self.bounds.size.area()
    }

    /// Where its line `y` lies in interleaved samples of the whole picture.
    pub(super) fn line(&self, y: usize, width: usize, channels: usize) -> Range<usize> {
        let start = ((self.top + y) * width + self.left) * channels;
        start..start + self.bounds.size.width() * channels
    }
}

/// The number of four bytes at `at`.
fn number(bytes: &[u8], at: usize) -> Option<i32> {
    bytes.get(at..)?.first_chunk().map(|&four| i32::from_le_bytes(four))
}

fn cut() -> Error {
    Error::truncated(FORMAT, "blocks are missing")
}

impl<'a> File<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self> {
        let mut cursor = Cursor::new(bytes);
        let meta = guarded(|| MetaData::read_from_buffered(&mut cursor, false))?;
        if meta.headers.is_empty() {
            return Err(Error::corrupt(FORMAT, "it has no part"));
        }
        if meta.headers.iter().any(|header| header.deep) {
            return Err(Error::unsupported("an OpenEXR of deep samples", "flatten it first"));
        }
        // The reader stops right behind the headers: their end is the last thing that it takes.
        let (head, rest) =
            usize::try_from(cursor.position()).ok().and_then(|at| bytes.split_at_checked(at)).ok_or_else(cut)?;
        let owners = meta.headers.iter().enumerate().map(|(part, header)| (part, header.chunk_count));
        let count = owners.clone().fold(0_usize, |sum, (_, count)| sum.saturating_add(count));
        let table = count.checked_mul(8).and_then(|length| rest.get(..length)).ok_or_else(cut)?;
        let owners = owners.flat_map(|(part, count)| std::iter::repeat_n(part, count));
        let mut places: Vec<(u64, usize, usize)> = table
            .as_chunks::<8>()
            .0
            .iter()
            .zip(owners)
            .enumerate()
            .map(|(entry, (place, part))| (u64::from_le_bytes(*place), entry, part))
            .collect();
        places.sort_unstable();
        let pieces = places.into_iter().map(|(at, entry, part)| Piece::parse(bytes, &meta, at, entry, part));
        let pieces = pieces.collect::<Result<Vec<_>>>()?;
        check(&pieces, &meta, bytes.len())?;
        Ok(Self { meta, head, pieces })
    }

    /// The file again, with other data for the blocks for which `change` gives some.
    pub(super) fn write(&self, change: impl Fn(&Piece<'_>) -> Result<Option<Vec<u8>>>) -> Result<Vec<u8>> {
        let mut table = vec![0; self.pieces.len() * 8];
        let mut out = Vec::new();
        out.extend_from_slice(self.head);
        out.extend_from_slice(&table);
        for piece in &self.pieces {
            table[piece.entry * 8..][..8].copy_from_slice(&(out.len() as u64).to_le_bytes());
            let changed = change(piece)?;
            let data = changed.as_deref().unwrap_or(piece.data);
            let length = i32::try_from(data.len())
                .map_err(|_| limit("the size of a block in bytes", data.len() as u64, i32::MAX as u64))?;
            out.extend_from_slice(piece.lead);
            out.extend(length.to_le_bytes());
            out.extend_from_slice(data);
        }
        out[self.head.len()..][..table.len()].copy_from_slice(&table);
        Ok(out)
    }
}

/// Refuses blocks that are there twice, which also could make much of a small file.
fn check(pieces: &[Piece<'_>], meta: &MetaData, length: usize) -> Result<()> {
    let total: usize = pieces.iter().map(|piece| piece.lead.len() + piece.data.len()).sum();
    let mut seen = HashSet::new();
    let once = pieces.iter().all(|piece| {
        let place = match piece.coordinates {
            Coordinates::Line(y) => [y, 0, 0, 0],
            Coordinates::Tile(place) => place,
        };
        seen.insert((piece.part, place))
    });
    if total > length || !once || meta.headers.iter().any(|header| header.channels.list.is_empty()) {
        return Err(Error::corrupt(FORMAT, "its blocks overlap"));
    }
    Ok(())
}

impl<'a> Piece<'a> {
    fn parse(bytes: &'a [u8], meta: &MetaData, at: u64, entry: usize, part: usize) -> Result<Self> {
        let bytes = usize::try_from(at).ok().filter(|&at| at > 0).and_then(|at| bytes.get(at..)).ok_or_else(cut)?;
        let mut lead = 0;
        if meta.requirements.is_multilayer() {
            if number(bytes, 0).ok_or_else(cut)? as usize != part {
                return Err(Error::corrupt(FORMAT, "a block is of another part than its place says"));
            }
            lead = 4;
        }
        let next = |lead: &mut usize| -> Result<i32> {
            let value = number(bytes, *lead).ok_or_else(cut)?;
            *lead += 4;
            Ok(value)
        };
        let coordinates = match meta.headers[part].blocks {
            BlockDescription::ScanLines => Coordinates::Line(next(&mut lead)?),
            BlockDescription::Tiles(_) => {
                let mut place = [0; 4];
                for value in &mut place {
                    *value = next(&mut lead)?;
                }
                Coordinates::Tile(place)
            }
        };
        let length = usize::try_from(number(bytes, lead).ok_or_else(cut)?)
            .map_err(|_| Error::corrupt(FORMAT, "a block has a negative length"))?;
        let data = bytes[lead + 4..].get(..length).ok_or_else(cut)?;
        Ok(Self { part, entry, lead: &bytes[..lead], coordinates, data })
    }

    /// The pixels of the block, which are in the part's window.
    pub(super) fn section(&self, header: &Header) -> Result<Section> {
        let wrong = || Error::corrupt(FORMAT, "a block lies outside of its window");
        let index = match self.coordinates {
            Coordinates::Line(y) => {
                let lines = header.compression.scan_lines_per_block();
                let below = i64::from(y) - i64::from(header.own_attributes.layer_position.y());
                let below = usize::try_from(below).map_err(|_| wrong())?;
                if !below.is_multiple_of(lines) {
                    return Err(wrong());
                }
                TileCoordinates { tile_index: Vec2(0, below / lines), level_index: Vec2(0, 0) }
            }
            Coordinates::Tile([x, y, 0, 0]) => {
                let place = |value: i32| usize::try_from(value).map_err(|_| wrong());
                TileCoordinates { tile_index: Vec2(place(x)?, place(y)?), level_index: Vec2(0, 0) }
            }
            Coordinates::Tile(_) => return Err(wrong()),
        };
        let bounds = header.get_absolute_block_pixel_coordinates(index).map_err(error)?;
        bounds.validate(Some(header.layer_size)).map_err(error)?;
        let inside = |value: i32| usize::try_from(value).map_err(|_| wrong());
        let (left, top) = (inside(bounds.position.x())?, inside(bounds.position.y())?);
        if left + bounds.size.width() > header.layer_size.width()
            || top + bounds.size.height() > header.layer_size.height()
        {
            return Err(wrong());
        }
        Ok(Section { bounds, left, top })
    }
}
