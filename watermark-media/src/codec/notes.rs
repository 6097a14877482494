//! What a file was besides its pixels and metadata: facts that writing needs to keep things as they were, and that the
//! user is told when something is not kept. Gathered from the headers once more, after the pixels were decoded.

#[cfg(feature = "avif")]
use super::avif;
use super::{chunks, gif, jpeg, tiff, webp};
use crate::Format;

/// Facts about a source file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Notes {
    /// The colours of a PNG with a palette.
    pub(crate) palette: Option<Palette>,
    /// The C2PA manifest: the data of its chunk, tag or segments.
    pub(crate) manifest: Vec<Vec<u8>>,
    /// Blocks of a JPEG between restart markers; 0 for none.
    pub(crate) restart: u16,
    /// Of a WebP of the lossy kind: about the quality that it was written with, 0 to 100.
    pub(crate) lossy: Option<u8>,
    /// What is lost in every format, sentences without a full stop.
    pub(crate) always: Vec<String>,
    /// What is lost in every other format.
    pub(crate) elsewhere: Vec<String>,
}

/// A palette as it stands in a file.
#[derive(Debug, Clone)]
pub(crate) struct Palette {
    /// Red, green, blue, alpha, in the file's order.
    pub(crate) colours: Vec<[u8; 4]>,
    /// Bits of an index.
    pub(crate) bits: u8,
}

impl Notes {
    /// What the headers of a file say that was decoded before.
    pub(super) fn read(format: Format, bytes: &[u8]) -> Self {
        match format {
            Format::Png => png(bytes),
            Format::Jpeg => jpeg::notes::read(bytes),
            Format::WebP => webp(bytes),
            Format::Tiff => Self { manifest: tiff::manifest(bytes).into_iter().collect(), ..Self::default() },
            Format::Gif => gif::notes(bytes),
            #[cfg(feature = "exr")]
            Format::Exr => Self::default(),
            #[cfg(feature = "avif")]
            Format::Avif => avif::notes(bytes),
        }
    }
}

/// Names as a list, each once, in order.
pub(super) fn names(kinds: impl IntoIterator<Item = String>) -> String {
    let mut list: Vec<String> = Vec::new();
    for kind in kinds {
        if !list.contains(&kind) {
            list.push(kind);
        }
    }
    list.join(", ")
}

fn png(bytes: &[u8]) -> Notes {
    let mut notes = Notes::default();
    let Ok(chunks) = chunks::chunks(bytes) else { return notes };
    let data = |kind: &[u8; 4]| chunks.iter().find(|chunk| &chunk.kind == kind).map(|chunk| chunk.data);
    let Some(&[.., depth, color, _, _, interlace]) = data(b"IHDR") else { return notes };
    let alpha = data(b"tRNS");
    match (color, data(b"PLTE")) {
        (3, Some(palette)) => {
            let alpha = alpha.unwrap_or_default().iter().copied().chain(std::iter::repeat(u8::MAX));
            let colours = palette.chunks_exact(3).zip(alpha).map(|(c, alpha)| [c[0], c[1], c[2], alpha]);
            notes.palette = Some(Palette { colours: colours.take(256).collect(), bits: depth });
        }
        (0, _) if depth < 8 => notes.always.push(format!("its {depth} bit grey becomes 8 bit grey")),
        _ => {}
    }
    if color != 3 && alpha.is_some() {
        notes.always.push("its one transparent colour becomes an alpha channel".into());
    }
    if interlace != 0 {
        notes.always.push("its interlace: rows are written from top to bottom".into());
    }
    let known = [b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"acTL", b"fcTL", b"fdAT", b"caBX"];
    let others = || chunks.iter().filter(|chunk| !known.contains(&&chunk.kind));
    let kept = |chunk: &&chunks::Chunk<'_>| chunk.intact && super::png::is_kept(chunk, &chunks);
    let carried = |chunk: &&chunks::Chunk<'_>| matches!(&chunk.kind, b"iCCP" | b"eXIf") || super::png::is_xmp(chunk);
    let name = |chunk: &chunks::Chunk<'_>| chunk.kind.escape_ascii().to_string();
    let lost = names(others().filter(|chunk| !kept(chunk)).map(name));
    if !lost.is_empty() {
        notes.always.push(format!("its chunks {lost}: damaged, or tied to how the pixels were stored"));
    }
    let left = names(others().filter(kept).filter(|chunk| !carried(chunk)).map(name));
    if !left.is_empty() {
        notes.elsewhere.push(format!("its PNG chunks {left}"));
    }
    let rest = &bytes[chunks::end(&chunks)..];
    if rest.iter().any(|&byte| byte != 0) {
        notes.always.push(format!("{} bytes after its end", rest.len()));
    }
    notes.manifest = chunks.iter().filter(|chunk| &chunk.kind == b"caBX").map(|chunk| chunk.data.to_vec()).collect();
    notes
}

fn webp(bytes: &[u8]) -> Notes {
    let Ok(chunks) = webp::chunks(bytes) else { return Notes::default() };
    let known = [b"VP8X", b"VP8L", b"VP8 ", b"ALPH", b"ANIM", b"ANMF", b"ICCP", b"EXIF", b"XMP ", b"C2PA"];
    let lost = names(chunks.iter().filter(|c| !known.contains(&&c.0)).map(|c| c.0.escape_ascii().to_string()));
    Notes {
        // Only who writes lossy files wants it.
        lossy: if cfg!(feature = "webp-native") { webp::lossy_quality(&chunks) } else { None },
        manifest: chunks.iter().filter(|c| &c.0 == b"C2PA").map(|c| c.1.to_vec()).collect(),
        always: if lost.is_empty() { Vec::new() } else { vec![format!("its chunks {lost}")] },
        ..Notes::default()
    }
}
