//! The container of an AVIF that is written: one picture, its alpha, EXIF and XMP, each in one piece.

use super::FORMAT;
use super::boxes::{C2PA_UUID, Property, XMP_TYPE};
use crate::{Error, Result};

/// An item and what it refers to.
pub(super) struct Item {
    pub(super) kind: [u8; 4],
    pub(super) data: Vec<u8>,
    pub(super) properties: Vec<Property>,
    /// Kind of a reference, and the number of the item it is to, from 1.
    pub(super) links: Vec<([u8; 4], u16)>,
}

/// The file: the first item is its picture.
pub(super) fn file(items: &[Item], manifests: &[Vec<u8>]) -> Result<Vec<u8>> {
    let mut file = boxed(*b"ftyp", b"avif\0\0\0\0avifmif1miaf")?;
    for manifest in manifests {
        file.extend(boxed(*b"uuid", &[&C2PA_UUID, manifest.as_slice()].concat())?);
    }
    // Places do not change the length of what says them.
    let head = file.len() + meta(items, 0)?.len() + 8;
    file.extend(meta(items, u32::try_from(head).map_err(too_large)?)?);
    let data: Vec<&[u8]> = items.iter().map(|item| item.data.as_slice()).collect();
    file.extend(boxed(*b"mdat", &data.concat())?);
    Ok(file)
}

fn too_large(_: std::num::TryFromIntError) -> Error {
    Error::encode(FORMAT, "a part is beyond 4 GiB")
}

fn boxed(kind: [u8; 4], body: &[u8]) -> Result<Vec<u8>> {
    let size = u32::try_from(body.len() + 8).map_err(too_large)?;
    Ok([&size.to_be_bytes(), &kind, body].concat())
}

/// A box with a version and flags, both 0.
fn full(kind: [u8; 4], body: &[u8]) -> Result<Vec<u8>> {
    boxed(kind, &[&[0; 4], body].concat())
}

/// The list of items; their data begin at `place`.
fn meta(items: &[Item], place: u32) -> Result<Vec<u8>> {
    let count = (items.len() as u16).to_be_bytes();
    let mut list = count.to_vec();
    let mut places = [&[0x44, 0], count.as_slice()].concat();
    let mut links = Vec::new();
    let mut at = place;
    for (item, id) in items.iter().zip(1_u16..) {
        let media = if item.kind == *b"mime" { [XMP_TYPE, b"\0"].concat() } else { Vec::new() };
        let entry = [&[2, 0, 0, 0], id.to_be_bytes().as_slice(), &[0; 2], &item.kind, b"\0", &media].concat();
        list.extend(boxed(*b"infe", &entry)?);
        let length = u32::try_from(item.data.len()).map_err(too_large)?;
        let extent = [at.to_be_bytes(), length.to_be_bytes()].concat();
        places.extend([id.to_be_bytes().as_slice(), &[0, 0, 0, 1], &extent].concat());
        at = at.checked_add(length).ok_or_else(|| Error::encode(FORMAT, "it is beyond 4 GiB"))?;
        for (kind, to) in &item.links {
            links.extend(boxed(*kind, &[id.to_be_bytes(), [0, 1], to.to_be_bytes()].concat())?);
        }
    }
    let mut body = full(*b"hdlr", b"\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0")?;
    body.extend(full(*b"pitm", &[0, 1])?);
    body.extend(full(*b"iloc", &places)?);
    body.extend(full(*b"iinf", &list)?);
    if !links.is_empty() {
        body.extend(full(*b"iref", &links)?);
    }
    body.extend(properties(items)?);
    full(*b"meta", &body)
}

/// Every property once, and which item has which.
fn properties(items: &[Item]) -> Result<Vec<u8>> {
    let mut known: Vec<(&[u8; 4], &[u8])> = Vec::new();
    let mut table = Vec::new();
    let with: Vec<_> = items.iter().zip(1_u16..).filter(|(item, _)| !item.properties.is_empty()).collect();
    table.extend((with.len() as u32).to_be_bytes());
    for (item, id) in with {
        table.extend(id.to_be_bytes());
        table.push(u8::try_from(item.properties.len()).map_err(|_| Error::encode(FORMAT, "too many properties"))?);
        for property in &item.properties {
            let this = (&property.kind, property.body.as_slice());
            let index = known.iter().position(|other| *other == this).unwrap_or_else(|| {
                known.push(this);
                known.len() - 1
            });
            // Two items have at most 510 of them.
            let index = index as u16 + 1;
            table.extend((u16::from(property.essential) << 15 | index).to_be_bytes());
        }
    }
    let mut all = Vec::new();
    for (kind, body) in known {
        all.extend(boxed(*kind, body)?);
    }
    // The flag says that indices have 16 bits.
    let table = boxed(*b"ipma", &[&[0, 0, 0, 1], table.as_slice()].concat())?;
    boxed(*b"iprp", &[boxed(*b"ipco", &all)?, table].concat())
}
