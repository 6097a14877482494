//! The container of an AVIF (ISO/IEC 23008-12, HEIF): boxes, items, and the properties of items, as far as one picture
//! with its alpha, EXIF and XMP needs them. What is not understood stays as its bytes.

use super::FORMAT;
use crate::{Error, Result};

/// A property of an item, as it stands in the file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Property {
    pub(super) kind: [u8; 4],
    pub(super) body: Vec<u8>,
    /// Whoever does not know it must not show the item.
    pub(super) essential: bool,
}

/// A coded picture and its properties.
#[derive(Debug, Clone)]
pub(crate) struct Coded {
    pub(super) data: Vec<u8>,
    pub(super) properties: Vec<Property>,
}

/// An AVIF taken apart.
#[derive(Debug)]
pub(super) struct File {
    pub(super) primary: Coded,
    pub(super) alpha: Option<Coded>,
    /// Whether colours are multiplied by alpha.
    pub(super) premultiplied: bool,
    /// The EXIF item: four bytes that say where the block begins after them, and the block.
    pub(super) exif: Option<Vec<u8>>,
    pub(super) xmp: Option<Vec<u8>>,
    /// Kinds of the items that are none of these: thumbnails, gain maps, depth.
    pub(super) others: Vec<String>,
}

/// What the name of a top-level `uuid` box with a C2PA manifest is.
pub(super) const C2PA_UUID: [u8; 16] =
    [0xd8, 0xfe, 0xc3, 0xd6, 0x1b, 0x0e, 0x48, 0x3c, 0x92, 0x97, 0x58, 0x28, 0x87, 0x7e, 0xc4, 0x81];
/// What an auxiliary picture that holds alpha is called: in AVIF, and in files that follow older HEIF.
const ALPHA_NAMES: [&[u8]; 2] = [b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1"];
/// Media type of an item with XMP.
pub(super) const XMP_TYPE: &[u8] = b"application/rdf+xml";

/// The boxes that stand one after the other: kind and body.
pub(super) fn boxes(mut rest: &[u8]) -> Result<Vec<([u8; 4], &[u8])>> {
    let mut found = Vec::new();
    while !rest.is_empty() {
        let mut reader = Reader(rest);
        let (short, kind) = (reader.number(4)?, reader.kind()?);
        let size = match short {
            0 => rest.len(),
            1 => reader.number(8)?,
            size => size,
        };
        let head = rest.len() - reader.0.len();
        let body = rest.get(head..size).ok_or_else(|| cut_or_wrong(size, head))?;
        found.push((kind, body));
        rest = &rest[size..];
    }
    Ok(found)
}

fn cut_or_wrong(size: usize, head: usize) -> Error {
    if size < head {
        return Error::corrupt(FORMAT, format!("a box of {size} bytes is shorter than its own head"));
    }
    cut()
}

/// Something reaches past the end.
pub(super) fn cut() -> Error {
    Error::truncated(FORMAT, "a box reaches past the end")
}

fn wrong(what: impl ToString) -> Error {
    Error::corrupt(FORMAT, what)
}

/// Numbers at the front of bytes.
#[derive(Clone, Copy)]
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or_else(cut)?;
        self.0 = rest;
        Ok(taken)
    }

    /// A big-endian number of up to 8 bytes.
    fn number(&mut self, bytes: usize) -> Result<usize> {
        let value = self.take(bytes)?.iter().fold(0, |value, &byte| value << 8 | u64::from(byte));
        usize::try_from(value).map_err(|_| cut())
    }

    fn kind(&mut self) -> Result<[u8; 4]> {
        self.take(4)?.first_chunk().copied().ok_or_else(cut)
    }

    /// Version and flags.
    fn version(&mut self) -> Result<(u8, usize)> {
        Ok((self.take(1)?[0], self.number(3)?))
    }

    /// Text up to its zero.
    fn text(&mut self) -> &'a [u8] {
        let end = self.0.iter().position(|&byte| byte == 0).unwrap_or(self.0.len());
        let text = &self.0[..end];
        self.0 = self.0.get(end + 1..).unwrap_or_default();
        text
    }
}

/// The first of some boxes that has a kind.
pub(super) fn find<'a>(boxes: &[([u8; 4], &'a [u8])], kind: &[u8; 4]) -> Option<&'a [u8]> {
    boxes.iter().find(|(found, _)| found == kind).map(|(_, body)| *body)
}

/// One item of the list.
struct Item<'a> {
    id: usize,
    kind: [u8; 4],
    /// Media type, of items that have one.
    media: &'a [u8],
}

/// The parts of the `meta` box.
struct Meta<'a> {
    file: &'a [u8],
    boxes: Vec<([u8; 4], &'a [u8])>,
    items: Vec<Item<'a>>,
    /// Bytes of items that may still be copied: items that overlap could otherwise multiply a small file.
    budget: usize,
}

impl File {
    pub(super) fn parse(file: &[u8]) -> Result<Self> {
        let top = boxes(file)?;
        refuse_sequence(&top)?;
        let meta = find(&top, b"meta").ok_or_else(|| Error::truncated(FORMAT, "there is no list of pictures"))?;
        let boxes = boxes(meta.get(4..).ok_or_else(cut)?)?;
        let mut meta = Meta { file, items: Vec::new(), budget: file.len(), boxes };
        meta.items = meta.list()?;
        let primary = meta.primary()?;
        let kind = meta.items.iter().find(|item| item.id == primary).map(|item| item.kind);
        match kind {
            Some([b'a', b'v', b'0', b'1']) => {}
            Some([b'g', b'r', b'i', b'd']) => {
                return Err(Error::unsupported("an AVIF that is a grid of tiles", "save it as one picture first"));
            }
            Some(kind) => {
                let what = format!("an AVIF whose picture is of the kind {}", kind.escape_ascii());
                return Err(Error::unsupported(what, "convert it to PNG first"));
            }
            None => return Err(wrong("its picture is not in its list")),
        }
        let links = meta.links()?;
        let to_primary = |kind: &[u8; 4]| {
            let kind = *kind;
            links.iter().filter(move |link| link.0 == kind && link.2 == primary).map(|link| link.1)
        };
        let mut alpha = None;
        for id in to_primary(b"auxl") {
            let properties = meta.properties(id)?;
            let named = |property: &Property| {
                property.kind == *b"auxC"
                    && property.body.get(4..).is_some_and(|name| ALPHA_NAMES.contains(&Reader(name).text()))
            };
            if alpha.is_none() && properties.iter().any(named) {
                alpha = Some((id, properties));
            }
        }
        let described: Vec<usize> = to_primary(b"cdsc").collect();
        let of = |wanted: &dyn Fn(&Item<'_>) -> bool| {
            meta.items.iter().find(|item| described.contains(&item.id) && wanted(item)).map(|item| item.id)
        };
        let exif = of(&|item| item.kind == *b"Exif");
        let xmp = of(&|item| item.kind == *b"mime" && item.media == XMP_TYPE);
        let used = [Some(primary), alpha.as_ref().map(|(id, _)| *id), exif, xmp];
        let others = meta.items.iter().filter(|item| !used.contains(&Some(item.id)));
        let others = others.map(|item| item.kind.escape_ascii().to_string()).collect();
        let premultiplied = links.iter().any(|link| link.0 == *b"prem" && link.1 == primary);
        let properties = meta.properties(primary)?;
        Ok(Self {
            primary: Coded { data: meta.data(primary)?, properties },
            alpha: match alpha {
                Some((id, properties)) => {
                    if !meta.items.iter().any(|item| item.id == id && item.kind == *b"av01") {
                        let what = "an AVIF whose alpha is not one AV1 picture";
                        return Err(Error::unsupported(what, "save it as one picture first"));
                    }
                    Some(Coded { data: meta.data(id)?, properties })
                }
                None => None,
            },
            premultiplied,
            exif: exif.map(|id| meta.data(id)).transpose()?,
            xmp: xmp.map(|id| meta.data(id)).transpose()?,
            others,
        })
    }
}

/// Refuses a moving AVIF, with its number of frames.
fn refuse_sequence(top: &[([u8; 4], &[u8])]) -> Result<()> {
    let Some(mut inner) = find(top, b"moov") else { return Ok(()) };
    for kind in [b"trak", b"mdia", b"minf", b"stbl", b"stsz"] {
        inner = find(&boxes(inner)?, kind).ok_or_else(|| wrong("its track of frames is not whole"))?;
    }
    let frames = inner.get(8..12).and_then(<[u8]>::first_chunk).ok_or_else(cut)?;
    Err(Error::Animated { format: FORMAT, frames: u32::from_be_bytes(*frames) })
}

impl<'a> Meta<'a> {
    fn part(&self, kind: &[u8; 4]) -> Result<Reader<'a>> {
        let missing = || wrong(format!("its {} box is missing", kind.escape_ascii()));
        find(&self.boxes, kind).map(Reader).ok_or_else(missing)
    }

    fn primary(&self) -> Result<usize> {
        let mut part = self.part(b"pitm")?;
        let (version, _) = part.version()?;
        part.number(if version == 0 { 2 } else { 4 })
    }

    fn list(&self) -> Result<Vec<Item<'a>>> {
        let mut part = self.part(b"iinf")?;
        let (version, _) = part.version()?;
        part.number(if version == 0 { 2 } else { 4 })?;
        let mut items = Vec::new();
        for (kind, body) in boxes(part.0)? {
            let mut entry = Reader(body);
            let (version, _) = entry.version()?;
            if kind != *b"infe" || version < 2 {
                continue;
            }
            let id = entry.number(if version == 2 { 2 } else { 4 })?;
            let protected = entry.number(2)?;
            let kind = entry.kind()?;
            if protected != 0 {
                return Err(Error::unsupported("an AVIF that is protected", "get an open copy"));
            }
            entry.text();
            items.push(Item { id, kind, media: if kind == *b"mime" { entry.text() } else { b"" } });
        }
        Ok(items)
    }

    /// The references between items: kind, from, to.
    fn links(&self) -> Result<Vec<([u8; 4], usize, usize)>> {
        let Ok(mut part) = self.part(b"iref") else { return Ok(Vec::new()) };
        let (version, _) = part.version()?;
        let width = if version == 0 { 2 } else { 4 };
        let mut links = Vec::new();
        for (kind, body) in boxes(part.0)? {
            let mut entry = Reader(body);
            let (from, count) = (entry.number(width)?, entry.number(2)?);
            for _ in 0..count {
                links.push((kind, from, entry.number(width)?));
            }
        }
        Ok(links)
    }

    /// The properties of an item in their order, each once.
    fn properties(&self, id: usize) -> Result<Vec<Property>> {
        let parts = boxes(self.part(b"iprp")?.0)?;
        let all = boxes(find(&parts, b"ipco").ok_or_else(|| wrong("there are no properties"))?)?;
        let mut indices: Vec<(usize, bool)> = Vec::new();
        for (_, body) in parts.iter().filter(|(kind, _)| kind == b"ipma") {
            let mut table = Reader(body);
            let (version, flags) = table.version()?;
            let width = if flags & 1 == 1 { 2 } else { 1 };
            for _ in 0..table.number(4)? {
                let item = table.number(if version == 0 { 2 } else { 4 })?;
                for _ in 0..table.number(1)? {
                    let value = table.number(width)?;
                    let essential = 1 << (8 * width - 1);
                    let index = value & (essential - 1);
                    // Zero stands for none.
                    if item == id && index > 0 && !indices.iter().any(|(known, _)| *known == index) {
                        indices.push((index, value & essential != 0));
                    }
                }
            }
        }
        let property = |(index, essential): (usize, bool)| {
            let (kind, body) = all.get(index - 1).ok_or_else(|| wrong("a property is not there"))?;
            Ok(Property { kind: *kind, body: body.to_vec(), essential })
        };
        indices.into_iter().map(property).collect()
    }

    /// The bytes of an item.
    fn data(&mut self, id: usize) -> Result<Vec<u8>> {
        let mut part = self.part(b"iloc")?;
        let (version, _) = part.version()?;
        let sizes = part.number(2)?;
        let size = |shift: usize| sizes >> shift & 15;
        let index = if version == 0 { 0 } else { size(0) };
        let wide = if version < 2 { 2 } else { 4 };
        let mut bytes = Vec::new();
        for _ in 0..part.number(wide)? {
            let item = part.number(wide)?;
            let method = if version == 0 { 0 } else { part.number(2)? & 15 };
            let elsewhere = part.number(2)?;
            let base = part.number(size(4))?;
            for _ in 0..part.number(2)? {
                part.take(index)?;
                let (offset, length) = (part.number(size(12))?, part.number(size(8))?);
                if item != id {
                    continue;
                }
                let source = match (method, elsewhere) {
                    (0, 0) => self.file,
                    (1, 0) => self.part(b"idat")?.0,
                    _ => {
                        let what = "an AVIF with parts in other files or in other items";
                        return Err(Error::unsupported(what, "save it as one file first"));
                    }
                };
                let start = base.checked_add(offset).ok_or_else(cut)?;
                // A length of zero stands for all the rest.
                let length = if length == 0 { source.len().saturating_sub(start) } else { length };
                let extent = start.checked_add(length).and_then(|end| source.get(start..end)).ok_or_else(cut)?;
                self.budget = self.budget.checked_sub(extent.len()).ok_or_else(|| wrong("its parts overlap"))?;
                bytes.extend(extent);
            }
            if item == id {
                break;
            }
        }
        if bytes.is_empty() {
            return Err(Error::truncated(FORMAT, "an item has no data"));
        }
        Ok(bytes)
    }
}
