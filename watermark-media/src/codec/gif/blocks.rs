//! The blocks of a GIF file, walked without decoding anything: the sizes of its frames before any of them is decoded,
//! and its extensions byte for byte.

use super::FORMAT;
use crate::{Error, Result};

const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2c;
const TRAILER: u8 = 0x3b;
const CONTROL: u8 = 0xf9;
pub(super) const COMMENT: u8 = 0xfe;
pub(super) const APPLICATION: u8 = 0xff;

/// What a file is made of.
pub(super) struct Blocks<'a> {
    pub(super) screen: (u16, u16),
    /// Left, top, width and height.
    pub(super) frames: Vec<[u16; 4]>,
    /// Comments and application extensions with all their bytes, each with the number of the frame it stands before.
    pub(super) extensions: Vec<(usize, &'a [u8])>,
    /// Whether there are blocks of text to be drawn, which no browser does.
    pub(super) plain_text: bool,
    /// Whether a frame stores its rows in another order.
    pub(super) interlaced: bool,
}

impl<'a> Blocks<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self> {
        let short = |at: usize| -> Result<u16> {
            let two: &[u8; 2] = bytes.get(at..).and_then(<[u8]>::first_chunk).ok_or_else(cut)?;
            Ok(u16::from_le_bytes(*two))
        };
        let byte = |at: usize| bytes.get(at).copied().ok_or_else(cut);
        let mut blocks = Self {
            screen: (short(6)?, short(8)?),
            frames: Vec::new(),
            extensions: Vec::new(),
            plain_text: false,
            interlaced: false,
        };
        let mut at = 13 + table(byte(10)?);
        byte(12)?;
        loop {
            let start = at;
            match byte(at)? {
                EXTENSION => {
                    let label = byte(at + 1)?;
                    at = skip(bytes, at + 2)?;
                    match label {
                        COMMENT | APPLICATION => blocks.extensions.push((blocks.frames.len(), &bytes[start..at])),
                        0x01 => blocks.plain_text = true,
                        CONTROL => {}
                        other => return Err(Error::corrupt(FORMAT, format!("an extension of unknown kind {other}"))),
                    }
                }
                IMAGE => {
                    let frame = [short(at + 1)?, short(at + 3)?, short(at + 5)?, short(at + 7)?];
                    if frame[2] == 0 || frame[3] == 0 {
                        return Err(Error::corrupt(FORMAT, "a frame without pixels"));
                    }
                    blocks.frames.push(frame);
                    blocks.interlaced |= byte(at + 9)? & 0x40 != 0;
                    // After the colour table comes the size of the first code.
                    at = skip(bytes, at + 10 + table(byte(at + 9)?) + 1)?;
                }
                TRAILER => break,
                other => return Err(Error::corrupt(FORMAT, format!("a block of unknown kind {other} at byte {at}"))),
            }
        }
        if blocks.frames.is_empty() {
            return Err(Error::corrupt(FORMAT, "it has no picture"));
        }
        blocks.widen();
        Ok(blocks)
    }

    /// Browsers let the first frame widen a screen that is too small for it.
    fn widen(&mut self) {
        let [left, top, width, height] = self.frames[0];
        self.screen.0 = self.screen.0.max(left.saturating_add(width));
        self.screen.1 = self.screen.1.max(top.saturating_add(height));
    }
}

fn cut() -> Error {
    Error::truncated(FORMAT, "the closing trailer is missing")
}

/// Bytes of the colour table that a packed field announces.
fn table(packed: u8) -> usize {
    if packed & 0x80 == 0 { 0 } else { 3 << ((packed & 7) + 1) }
}

/// The position after the sub-blocks at `at`.
fn skip(bytes: &[u8], mut at: usize) -> Result<usize> {
    loop {
        let length = usize::from(*bytes.get(at).ok_or_else(cut)?);
        at += 1 + length;
        if length == 0 {
            return Ok(at);
        }
    }
}

/// The application's name of an extension of that kind, and its data with the lengths of the sub-blocks.
pub(super) fn application(extension: &[u8]) -> Option<(&[u8; 11], &[u8])> {
    let (name, data) = extension.strip_prefix(&[EXTENSION, APPLICATION, 11])?.split_first_chunk()?;
    Some((name, data))
}

/// The data of sub-blocks without their lengths.
pub(super) fn joined(mut data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    while let Some((&length, rest)) = data.split_first() {
        let Some((block, rest)) = rest.split_at_checked(length.into()) else { break };
        out.extend(block);
        data = rest;
    }
    out
}
