//! Chunks about the kind of samples, put into the words of another kind: when a palette becomes RGB or 4 bits become 8.

use super::super::chunks::Chunk;

/// What the header says of the samples, and which parts of a palette there are.
struct Kind<'a> {
    depth: u8,
    color: u8,
    palette: &'a [u8],
    transparent: bool,
}

/// The data of a `bKGD` or `sBIT` chunk for the expanded pixels; nothing for other chunks, and where it does not fit.
pub(super) fn expanded(chunk: &Chunk<'_>, chunks: &[Chunk<'_>]) -> Option<Vec<u8>> {
    let find = |kind: &[u8; 4]| chunks.iter().find(|chunk| &chunk.kind == kind);
    let header = find(b"IHDR")?.data;
    let kind = Kind {
        depth: *header.get(8)?,
        color: *header.get(9)?,
        palette: find(b"PLTE").map_or(&[], |chunk| chunk.data),
        transparent: find(b"tRNS").is_some(),
    };
    match &chunk.kind {
        b"bKGD" => background(chunk.data, &kind),
        b"sBIT" => significant(chunk.data, &kind),
        _ => None,
    }
}

/// The background colour: an index becomes its colour, grey of few bits grey of 8.
fn background(data: &[u8], kind: &Kind<'_>) -> Option<Vec<u8>> {
    match (kind.color, data) {
        (3, &[index]) => {
            let colour = kind.palette.get(usize::from(index) * 3..)?.get(..3)?;
            Some(colour.iter().flat_map(|&sample| [0, sample]).collect())
        }
        (0, &[high, low]) if kind.depth < 8 => {
            let most = (1_u16 << kind.depth) - 1;
            let value = u16::from_be_bytes([high, low]) & most;
            Some((value * (255 / most)).to_be_bytes().to_vec())
        }
        (0, [_, _]) | (2, [_, _, _, _, _, _]) => Some(data.to_vec()),
        _ => None,
    }
}

/// The number of significant bits: of colours as they were, of alpha all.
fn significant(data: &[u8], kind: &Kind<'_>) -> Option<Vec<u8>> {
    let channels = if kind.color == 0 { 1 } else { 3 };
    let full = if kind.depth == 16 { 16 } else { 8 };
    (data.len() == channels).then(|| {
        let alpha = kind.transparent.then_some(full);
        data.iter().copied().chain(alpha).collect()
    })
}
