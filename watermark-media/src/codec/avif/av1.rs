//! What the headers of an AV1 stream say (AV1 Bitstream & Decoding Process Specification, 5.5 and 5.9): size and coding
//! of the picture before anything is decoded, and how coarsely it was quantised.

use super::FORMAT;
use crate::{Error, Result};

/// How many chroma samples there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sampling {
    /// None: grey.
    Mono,
    /// Half of them in both directions.
    Half,
    /// Half of them across.
    Across,
    /// As many as luma has.
    Full,
}

/// How colours are coded, in the numbers of CICP (ITU-T H.273).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cicp {
    pub(super) primaries: u16,
    pub(super) transfer: u16,
    pub(super) matrix: u16,
    /// Whether black is 0 and white the largest number.
    pub(super) full: bool,
}

/// What the sequence header says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sequence {
    pub(super) width: u32,
    pub(super) height: u32,
    /// 8, 10 or 12.
    pub(super) bits: u8,
    pub(super) sampling: Sampling,
    pub(super) cicp: Cicp,
    /// What the frame header's meaning depends on.
    syntax: Syntax,
}

#[derive(Debug, Clone, Copy, Default)]
struct Syntax {
    reduced: bool,
    timing: bool,
    /// Bits of a side, across and down.
    side_bits: [u32; 2],
    /// Bits of a frame's number, 0 without numbers.
    id_bits: u32,
    large_blocks: bool,
    order_bits: u32,
    /// 0, 1, or 2: each frame says it.
    screen_content: u32,
    integer_motion: u32,
    super_resolution: bool,
}

/// The choice of the sequence is left to each frame.
const EACH: u32 = 2;
const SEQUENCE_HEADER: u8 = 1;
const FRAME_HEADER: u8 = 3;
const FRAME: u8 = 6;

/// Bits, most significant first; nothing once they have run out.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            let byte = self.bytes.get(self.at / 8)?;
            value = value << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }

    fn flag(&mut self) -> Option<bool> {
        self.take(1).map(|bit| bit == 1)
    }

    /// A number of unsigned variable length, whose value does not matter.
    fn pass_variable(&mut self) -> Option<()> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
        }
        if zeros < 32 { self.take(zeros).map(drop) } else { Some(()) }
    }
}

/// The units of a stream: kind and body.
fn units(mut rest: &[u8]) -> Option<Vec<(u8, &[u8])>> {
    let mut found = Vec::new();
    while let Some((&head, mut tail)) = rest.split_first() {
        if head & 4 != 0 {
            tail = tail.get(1..)?;
        }
        let mut length = tail.len();
        if head & 2 != 0 {
            length = 0;
            // Seven bits a byte, the last one without its highest bit; more than 8 bytes are not allowed.
            for shift in (0..56).step_by(7) {
                let (&byte, after) = tail.split_first()?;
                tail = after;
                length |= usize::from(byte & 127) << shift;
                if byte < 128 {
                    break;
                }
            }
        }
        found.push((head >> 3 & 15, tail.get(..length)?));
        rest = &tail[length..];
    }
    Some(found)
}

impl Sequence {
    /// Of the stream of an item.
    pub(super) fn of(stream: &[u8]) -> Result<Self> {
        let units = units(stream).ok_or_else(|| Error::truncated(FORMAT, "its AV1 data stop early"))?;
        let header = units.iter().find(|(kind, _)| *kind == SEQUENCE_HEADER);
        let (_, header) = header.ok_or_else(|| Error::corrupt(FORMAT, "its AV1 data have no header"))?;
        let sequence = Self::parse(&mut Bits { bytes: header, at: 0 });
        sequence.ok_or_else(|| Error::truncated(FORMAT, "the header of its AV1 data stops early"))
    }

    fn parse(bits: &mut Bits<'_>) -> Option<Self> {
        let mut syntax = Syntax::default();
        let profile = bits.take(3)?;
        bits.flag()?;
        syntax.reduced = bits.flag()?;
        if syntax.reduced {
            bits.take(5)?;
        } else {
            syntax.timing = operating_points(bits)?;
        }
        syntax.side_bits = [bits.take(4)? + 1, bits.take(4)? + 1];
        let [width, height] = [bits.take(syntax.side_bits[0])? + 1, bits.take(syntax.side_bits[1])? + 1];
        if !syntax.reduced && bits.flag()? {
            let delta = bits.take(4)? + 2;
            syntax.id_bits = bits.take(3)? + delta + 1;
        }
        syntax.large_blocks = bits.flag()?;
        // Filter intra and edges.
        bits.take(2)?;
        (syntax.screen_content, syntax.integer_motion) = (EACH, EACH);
        if !syntax.reduced {
            // Inter-intra, masked compound, warped motion, dual filter.
            bits.take(4)?;
            let order = bits.flag()?;
            bits.take(if order { 2 } else { 0 })?;
            if !bits.flag()? {
                syntax.screen_content = bits.take(1)?;
            }
            if syntax.screen_content > 0 && !bits.flag()? {
                syntax.integer_motion = bits.take(1)?;
            }
            if order {
                syntax.order_bits = bits.take(3)? + 1;
            }
        }
        syntax.super_resolution = bits.flag()?;
        // Directional enhancement and restoration.
        bits.take(2)?;
        let (depth, sampling, cicp) = colour(bits, profile)?;
        Some(Self { width, height, bits: depth, sampling, cicp, syntax })
    }

    /// The quantiser index of the first picture, 0 to 255; nothing where it is not told by plain means.
    pub(super) fn quantiser(&self, stream: &[u8]) -> Option<u8> {
        let units = units(stream)?;
        let (_, header) = units.iter().find(|(kind, _)| matches!(*kind, FRAME_HEADER | FRAME))?;
        self.frame(&mut Bits { bytes: header, at: 0 })
    }

    fn frame(&self, bits: &mut Bits<'_>) -> Option<u8> {
        let syntax = &self.syntax;
        if !syntax.reduced {
            // A frame that is shown again, one that is no key frame or not shown at once, frames with clocks.
            if bits.flag()? || bits.take(2)? != 0 || !bits.flag()? || syntax.timing {
                return None;
            }
        }
        let keeps_tables = bits.flag()?;
        let screen = if syntax.screen_content == EACH { bits.take(1)? } else { syntax.screen_content };
        if screen == 1 && syntax.integer_motion == EACH {
            bits.take(1)?;
        }
        bits.take(syntax.id_bits)?;
        let own_size = !syntax.reduced && bits.flag()?;
        bits.take(syntax.order_bits)?;
        let (mut width, mut height) = (self.width, self.height);
        if own_size {
            (width, height) = (bits.take(syntax.side_bits[0])? + 1, bits.take(syntax.side_bits[1])? + 1);
        }
        if syntax.super_resolution && bits.flag()? {
            return None;
        }
        if bits.flag()? {
            bits.take(32)?;
        }
        if screen == 1 {
            bits.take(1)?;
        }
        if !syntax.reduced && !keeps_tables {
            bits.take(1)?;
        }
        self.tiles(bits, width, height)?;
        bits.take(8).map(|index| index as u8)
    }

    /// Passes what is said about tiles.
    fn tiles(&self, bits: &mut Bits<'_>, width: u32, height: u32) -> Option<()> {
        let shift = if self.syntax.large_blocks { 7 } else { 6 };
        let blocks = [width, height].map(|side| (side.next_multiple_of(8)).div_ceil(1 << shift));
        let log2 = |target: u32, block: u32| (0..).find(|&k| block << k >= target).unwrap_or(0);
        // At most 4096 pixels across, 64 columns and 64 rows, 4096 x 2304 pixels.
        let widest = 4096 >> shift;
        let fewest_columns = log2(blocks[0], widest);
        let most = blocks.map(|blocks| log2(blocks.min(64), 1));
        let area = (4096 * 2304) >> (2 * shift);
        let fewest: u32 = fewest_columns.max(log2(blocks[0].checked_mul(blocks[1])?, area));
        if !bits.flag()? {
            return None;
        }
        let mut columns: u32 = fewest_columns;
        while columns < most[0] && bits.flag()? {
            columns += 1;
        }
        let mut rows = fewest.saturating_sub(columns);
        while rows < most[1] && bits.flag()? {
            rows += 1;
        }
        if columns + rows > 0 {
            bits.take(columns + rows + 2)?;
        }
        Some(())
    }
}

/// Passes what is said about clocks and operating points. Whether there are clocks.
fn operating_points(bits: &mut Bits<'_>) -> Option<bool> {
    let mut delay_bits = None;
    if bits.flag()? {
        bits.take(32)?;
        bits.take(32)?;
        if bits.flag()? {
            bits.pass_variable()?;
        }
        if bits.flag()? {
            delay_bits = Some(bits.take(5)? + 1);
            bits.take(32)?;
            bits.take(10)?;
        }
    }
    let delays = bits.flag()?;
    for _ in 0..=bits.take(5)? {
        bits.take(12)?;
        if bits.take(5)? > 7 {
            bits.take(1)?;
        }
        if let Some(delay_bits) = delay_bits
            && bits.flag()?
        {
            bits.take(delay_bits)?;
            bits.take(delay_bits)?;
            bits.take(1)?;
        }
        if delays && bits.flag()? {
            bits.take(4)?;
        }
    }
    Some(delay_bits.is_some())
}

/// Depth, sampling and the meaning of the numbers.
fn colour(bits: &mut Bits<'_>, profile: u32) -> Option<(u8, Sampling, Cicp)> {
    let high = bits.flag()?;
    let twelve = profile == 2 && high && bits.flag()?;
    let depth = if twelve { 12 } else { 8 + 2 * u8::from(high) };
    let mono = profile != 1 && bits.flag()?;
    let mut cicp = Cicp { primaries: 2, transfer: 2, matrix: 2, full: true };
    if bits.flag()? {
        let mut byte = || bits.take(8).map(|value| value as u16);
        (cicp.primaries, cicp.transfer, cicp.matrix) = (byte()?, byte()?, byte()?);
    }
    if !mono && (cicp.primaries, cicp.transfer, cicp.matrix) == (1, 13, 0) {
        return Some((depth, Sampling::Full, cicp));
    }
    cicp.full = bits.flag()?;
    let sampling = match (mono, profile) {
        (true, _) => Sampling::Mono,
        (false, 0) => Sampling::Half,
        (false, 1) => Sampling::Full,
        _ if !twelve => Sampling::Across,
        _ if !bits.flag()? => Sampling::Full,
        _ if bits.flag()? => Sampling::Half,
        _ => Sampling::Across,
    };
    Some((depth, sampling, cicp))
}
