//! The chunks of a PNG file, walked without decoding anything.

use crate::{Error, Format, Result};

/// One chunk.
pub(super) struct Chunk<'a> {
    pub(super) kind: [u8; 4],
    pub(super) data: &'a [u8],
    /// Whether its checksum is right.
    pub(super) intact: bool,
}

impl Chunk<'_> {
    /// Whether the pixels cannot be understood without it.
    pub(super) fn is_critical(&self) -> bool {
        self.kind[0].is_ascii_uppercase()
    }
}

/// All chunks up to and with IEND.
pub(super) fn chunks(bytes: &[u8]) -> Result<Vec<Chunk<'_>>> {
    let mut rest = bytes.get(8..).unwrap_or_default();
    let mut found = Vec::new();
    loop {
        let (chunk, tail) =
            next(rest).ok_or_else(|| Error::truncated(Format::Png, "the closing IEND chunk is missing"))?;
        let last = &chunk.kind == b"IEND";
        found.push(chunk);
        if last {
            return Ok(found);
        }
        rest = tail;
    }
}

/// Where a file ends that begins with these chunks, bytes.
pub(super) fn end(chunks: &[Chunk<'_>]) -> usize {
    8 + chunks.iter().map(|chunk| 12 + chunk.data.len()).sum::<usize>()
}

fn next(bytes: &[u8]) -> Option<(Chunk<'_>, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let summed = rest.get(..length.checked_add(4)?)?;
    let (kind, data) = summed.split_first_chunk::<4>()?;
    let (checksum, tail) = rest[summed.len()..].split_first_chunk::<4>()?;
    Some((Chunk { kind: *kind, data, intact: sum(summed) == u32::from_be_bytes(*checksum) }, tail))
}

fn sum(summed: &[u8]) -> u32 {
    let mut sum = flate2::Crc::new();
    sum.update(summed);
    sum.sum()
}

/// Makes the checksums of all chunks of a kind right, up to IEND or to where the file stops being one.
pub(super) fn sum_again(file: &mut [u8], kind: [u8; 4]) {
    let mut at = 8;
    while let Some((chunk, _)) = file.get(at..).and_then(next) {
        let (is_meant, end) = (chunk.kind == kind, at + 8 + chunk.data.len());
        if is_meant {
            let sum = sum(&file[at + 4..end]);
            file[end..end + 4].copy_from_slice(&sum.to_be_bytes());
        }
        at = end + 4;
    }
}

/// Appends a chunk.
#[cfg(any(feature = "animation", feature = "fast-deflate"))]
pub(super) fn push(file: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) -> Result<()> {
    let length = u32::try_from(data.len()).ok().filter(|length| *length <= i32::MAX as u32);
    let length = length.ok_or_else(|| Error::encode(Format::Png, "a chunk is beyond 2 GiB"))?;
    file.extend(length.to_be_bytes());
    let start = file.len();
    file.extend(kind);
    file.extend(data);
    let sum = sum(&file[start..]);
    file.extend(sum.to_be_bytes());
    Ok(())
}
