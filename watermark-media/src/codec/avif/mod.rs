//! AVIF: pixels by rav1e and a port of dav1d, the container by the modules `boxes` and `write`, as no library writes
//! profiles, XMP and turns, and what is not understood has to stay as its bytes.
//!
//! A picture from an AVIF is coded again in the source's own form: depth, subsampling, range, matrix, and about its
//! quantiser. AV1 is not coded without loss here. Alpha is not changed by a mark: its coded data are written as they
//! are.
//!
//! How the picture is turned is said by the container (`irot`, `imir`); an orientation inside EXIF says nothing there,
//! and counts again once the EXIF block stands in a file of another format.

mod av1;
mod boxes;
mod coder;
mod colour;
mod quality;
mod turn;
mod write;

use watermark_core::Layout;

use self::av1::{Cicp, Sampling, Sequence};
use self::boxes::{C2PA_UUID, Coded, File, Property};
use self::colour::{Form, Plane};
use self::write::Item;
use super::notes::{Notes, names};
use super::{C2pa, EncodeOptions};
use crate::metadata::Metadata;
use crate::{DecodeLimits, Error, Format, Orientation, Picture, PixelData, Result, exif};

const FORMAT: Format = Format::Avif;
/// Properties of a picture that this module understands, or that say nothing about how its numbers are to be read.
const UNDERSTOOD: [&[u8; 4]; 10] =
    [b"av1C", b"ispe", b"pixi", b"colr", b"pasp", b"clap", b"irot", b"imir", b"clli", b"mdcv"];

/// What an AVIF source had besides pixels, profile, EXIF and XMP.
#[derive(Debug, Clone)]
pub(crate) struct AvifSource {
    form: Form,
    /// Quantiser index of the source, where its header tells it.
    quantiser: Option<u8>,
    /// Of the picture, without those that are made anew.
    properties: Vec<Property>,
    alpha: Option<Coded>,
    premultiplied: bool,
    /// The whole EXIF item.
    exif: Option<Vec<u8>>,
    pub(crate) turn: Orientation,
}

impl AvifSource {
    /// Whether colours are multiplied by alpha.
    pub(crate) fn premultiplied(&self) -> bool {
        self.premultiplied
    }
}

pub(super) fn decode(bytes: &[u8], limits: &DecodeLimits) -> Result<Picture> {
    let file = File::parse(bytes)?;
    let unknown = |property: &&Property| property.essential && !UNDERSTOOD.contains(&&property.kind);
    if let Some(property) = file.primary.properties.iter().find(unknown) {
        let what = format!("an AVIF with the property {}", property.kind.escape_ascii());
        return Err(Error::unsupported(what, "save it as one plain picture first"));
    }
    let sequence = opened(&file.primary, limits, file.alpha.is_some())?;
    let mut form = Form { bits: sequence.bits, sampling: sequence.sampling, cicp: sequence.cicp };
    if let Some(cicp) = nclx(&file.primary) {
        form.cicp = cicp;
    }
    form.check()?;
    let alpha = match &file.alpha {
        Some(coded) => Some(alpha(coded, &sequence, limits)?),
        None => None,
    };
    let planes = coder::decode(&file.primary.data, &sequence)?;
    let pixels = colour::to_samples(&form, &planes, alpha.as_ref().map(|(form, plane)| (form, plane)))?;
    drop(planes);
    let layout = form.layout(alpha.is_some());
    let turn = turn::of(&file.primary.properties)?;
    let exif = file.exif.as_deref().and_then(block);
    // Other formats store the picture as EXIF says.
    let stored = exif.map_or(Orientation::UPRIGHT, exif::orientation);
    let source = AvifSource {
        form,
        quantiser: sequence.quantiser(&file.primary.data),
        properties: file.primary.properties.iter().filter(|property| is_carried(property)).cloned().collect(),
        alpha: file.alpha,
        premultiplied: file.premultiplied,
        exif: file.exif.clone(),
        turn,
    };
    let metadata = Metadata {
        icc: icc(&file.primary),
        exif: exif.map(<[u8]>::to_vec),
        xmp: file.xmp,
        c2pa: !manifests(bytes).is_empty(),
        orientation: stored,
        avif: Some(Box::new(source)),
        ..Metadata::default()
    };
    Picture::turned_by(turn, sequence.width as usize, sequence.height as usize, layout, pixels, FORMAT, metadata)
}

/// The headers of a coded picture, once it is known to be within the limits.
fn opened(coded: &Coded, limits: &DecodeLimits, alpha: bool) -> Result<Sequence> {
    let sequence = Sequence::of(&coded.data)?;
    let channels = if sequence.sampling == Sampling::Mono { 1 } else { 3 } + usize::from(alpha);
    let depth = if sequence.bits == 8 { 1 } else { 2 };
    limits.check(sequence.width, sequence.height, channels * depth)?;
    let said = coded.properties.iter().find(|property| property.kind == *b"ispe");
    let sides = [sequence.width.to_be_bytes(), sequence.height.to_be_bytes()].concat();
    if said.is_none_or(|property| property.body.get(4..12) != Some(&sides)) {
        return Err(Error::corrupt(FORMAT, "its container and its AV1 data say different sizes"));
    }
    Ok(sequence)
}

fn alpha(coded: &Coded, colours: &Sequence, limits: &DecodeLimits) -> Result<(Form, Plane)> {
    let sequence = opened(coded, limits, false)?;
    if (sequence.width, sequence.height) != (colours.width, colours.height) {
        return Err(Error::corrupt(FORMAT, "its alpha has another size"));
    }
    let form = Form { bits: sequence.bits, sampling: sequence.sampling, cicp: sequence.cicp };
    let plane = coder::decode(&coded.data, &sequence)?.into_iter().next();
    plane.map(|plane| (form, plane)).ok_or_else(|| Error::corrupt(FORMAT, "its alpha is empty"))
}

/// What the container says of colours, which goes before the stream.
fn nclx(coded: &Coded) -> Option<Cicp> {
    let property = coded.properties.iter().find(|p| p.kind == *b"colr" && p.body.starts_with(b"nclx"))?;
    let &[_, _, _, _, a, b, c, d, e, f, flags, ..] = property.body.as_slice() else { return None };
    let number = |high, low| u16::from_be_bytes([high, low]);
    Some(Cicp { primaries: number(a, b), transfer: number(c, d), matrix: number(e, f), full: flags & 128 != 0 })
}

fn is_profile(property: &Property) -> bool {
    property.kind == *b"colr" && (property.body.starts_with(b"prof") || property.body.starts_with(b"rICC"))
}

fn icc(coded: &Coded) -> Option<Vec<u8>> {
    let profile = coded.properties.iter().find(|property| is_profile(property));
    profile.map(|property| property.body[4..].to_vec()).filter(|icc| !icc.is_empty())
}

/// Whether a property of the source's picture is true of a new one too.
fn is_carried(property: &Property) -> bool {
    !matches!(&property.kind, b"av1C" | b"ispe" | b"a1lx") && !is_profile(property)
}

/// The TIFF structure in an EXIF item.
fn block(item: &[u8]) -> Option<&[u8]> {
    let (skip, rest) = item.split_first_chunk::<4>()?;
    rest.get(usize::try_from(u32::from_be_bytes(*skip)).ok()?..).filter(|block| !block.is_empty())
}

/// The C2PA manifests of a file, without the name of their box.
fn manifests(bytes: &[u8]) -> Vec<Vec<u8>> {
    let top = boxes::boxes(bytes).unwrap_or_default();
    let manifest = |(kind, body): ([u8; 4], &[u8])| {
        (kind == *b"uuid").then(|| body.strip_prefix(&C2PA_UUID).map(<[u8]>::to_vec)).flatten()
    };
    top.into_iter().filter_map(manifest).collect()
}

/// What a file was besides its pixels.
pub(super) fn notes(bytes: &[u8]) -> Notes {
    let mut notes = Notes { manifest: manifests(bytes), ..Notes::default() };
    let Ok(file) = File::parse(bytes) else { return notes };
    let others = names(file.others);
    if !others.is_empty() {
        notes.always.push(format!("the parts beside its picture ({others}), such as thumbnails and gain maps"));
    }
    let has = |kind: &[u8; 4]| file.primary.properties.iter().any(|property| property.kind == *kind);
    if has(b"clap") {
        notes.elsewhere.push("its clean aperture: the whole picture is written".into());
    }
    if has(b"clli") || has(b"mdcv") || nclx(&file.primary).is_some_and(|cicp| ![1, 2].contains(&cicp.primaries)) {
        notes.elsewhere.push("what its container says of light and primaries".into());
    }
    notes
}

pub(super) fn encode(picture: &Picture, options: &EncodeOptions) -> Result<Vec<u8>> {
    let Metadata { avif: source, icc, exif, xmp, .. } = &picture.metadata;
    let source = source.as_deref();
    let turn = source.map_or(picture.metadata.orientation, |source| source.turn);
    let stored = picture.stored_by(turn);
    let form = source.map_or_else(|| fresh(picture), |source| source.form);
    let size = (stored.width as usize, stored.height as usize);
    let (planes, alpha) = colour::to_planes(&form, size, &stored.pixels, picture.layout)?;
    let quantizer = quality::quantizer(options.avif_quality, source.and_then(|source| source.quantiser), form.bits);
    let (stream, head) = coder::encode(&planes, &form, quantizer)?;
    drop(planes);
    let mut properties = made(size, form.bits, head, form.sampling);
    match source {
        Some(source) => properties.extend(source.properties.iter().filter(|p| p.kind != *b"pixi").cloned()),
        None => {
            properties.push(said(&form.cicp, icc.is_some()));
            properties.extend(turn::properties(turn));
        }
    }
    if let Some(icc) = icc {
        let body = [b"prof", icc.as_slice()].concat();
        // Before turns, which are to be the last.
        properties.insert(3, Property { kind: *b"colr", body, essential: false });
    }
    let mut items = vec![Item { kind: *b"av01", data: stream, properties, links: Vec::new() }];
    if let Some(plane) = alpha {
        let Coded { data, properties } = alpha_coded(picture, &plane, &form, size, turn)?;
        items.push(Item { kind: *b"av01", data, properties, links: vec![(*b"auxl", 1)] });
        if source.is_some_and(AvifSource::premultiplied) {
            items[0].links.push((*b"prem", 2));
        }
    }
    let describes = |kind, data| Item { kind, data, properties: Vec::new(), links: vec![(*b"cdsc", 1)] };
    match (source.and_then(|source| source.exif.as_ref()), exif) {
        (Some(item), _) => items.push(describes(*b"Exif", item.clone())),
        (None, Some(exif)) => items.push(describes(*b"Exif", [&[0; 4], exif::body(exif)].concat())),
        (None, None) => {}
    }
    if let Some(xmp) = xmp {
        items.push(describes(*b"mime", xmp.clone()));
    }
    let keep = options.c2pa == C2pa::Keep;
    write::file(&items, if keep { &picture.metadata.notes.manifest } else { &[] })
}

/// How a picture is coded that was not an AVIF: colours at full size, and 10 bits for 16.
fn fresh(picture: &Picture) -> Form {
    let grey = matches!(picture.layout, Layout::Luma | Layout::LumaAlpha);
    Form {
        bits: if picture.pixels.bits() == 8 { 8 } else { 10 },
        sampling: if grey { Sampling::Mono } else { Sampling::Full },
        cicp: Cicp { primaries: 1, transfer: 13, matrix: 6, full: true },
    }
}

/// The properties that every coded picture has.
fn made((width, height): (usize, usize), bits: u8, head: Vec<u8>, sampling: Sampling) -> Vec<Property> {
    let sides = [[0; 4], (width as u32).to_be_bytes(), (height as u32).to_be_bytes()].concat();
    let channels = if sampling == Sampling::Mono { 1 } else { 3 };
    let depth = [&[0, 0, 0, 0, channels as u8], vec![bits; channels].as_slice()].concat();
    let plain = |kind: &[u8; 4], body| Property { kind: *kind, body, essential: false };
    let head = Property { essential: true, ..plain(b"av1C", head) };
    vec![plain(b"ispe", sides), plain(b"pixi", depth), head]
}

/// The meaning of the numbers; with a profile, that alone says what the colours are.
fn said(cicp: &Cicp, profile: bool) -> Property {
    let (primaries, transfer) = if profile { (2, 2) } else { (cicp.primaries, cicp.transfer) };
    let numbers = [primaries, transfer, cicp.matrix].map(u16::to_be_bytes).concat();
    let body = [b"nclx", numbers.as_slice(), &[u8::from(cicp.full) << 7]].concat();
    Property { kind: *b"colr", body, essential: false }
}

/// Alpha as the source has it coded, where that is still what is wanted; else coded as finely as the encoder can.
fn alpha_coded(
    picture: &Picture,
    plane: &Plane,
    form: &Form,
    size: (usize, usize),
    turn: Orientation,
) -> Result<Coded> {
    let source = picture.metadata.avif.as_deref().and_then(|source| source.alpha.as_ref());
    if let Some(source) = source {
        let coded = alpha_as_samples(source, &form.of_alpha());
        if coded.is_ok_and(|samples| samples == plane.samples) {
            return Ok(source.clone());
        }
    }
    let (data, head) = coder::encode(std::slice::from_ref(plane), &form.of_alpha(), quality::FINEST)?;
    let mut properties = made(size, form.bits, head, Sampling::Mono);
    let body = b"\0\0\0\0urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0".to_vec();
    properties.push(Property { kind: *b"auxC", body, essential: false });
    properties.extend(turn::properties(turn));
    Ok(Coded { data, properties })
}

/// The samples of coded alpha, in the numbers of another form.
fn alpha_as_samples(coded: &Coded, form: &Form) -> Result<Vec<u16>> {
    let sequence = Sequence::of(&coded.data)?;
    let plane = coder::decode(&coded.data, &sequence)?.into_iter().next();
    let plane = plane.ok_or_else(|| Error::corrupt(FORMAT, "its alpha is empty"))?;
    let own = Form { bits: sequence.bits, sampling: sequence.sampling, cicp: sequence.cicp };
    let grey = Form { sampling: Sampling::Mono, ..own };
    let samples: PixelData = colour::to_samples(&grey, std::slice::from_ref(&plane), None)?;
    let (planes, _) = colour::to_planes(form, (plane.width, plane.height), &samples, Layout::Luma)?;
    Ok(planes.into_iter().next().map(|plane| plane.samples).unwrap_or_default())
}
