//! APNG: every frame is unpacked into a small PNG of its own, decoded by the same code as stills, and laid on the
//! canvas. Written are whole canvases, each replacing the one before; the fractions of its delays stay as they are.

use super::super::animation::{self, Animation, Canvas, Delay, Dispose, Place};
use super::super::chunks::{self, Chunk};
use super::palette::{Indexed, SIGNATURE};
use super::{FORMAT, Raw, chunks_for, metadata, write};
use crate::{DecodeLimits, EncodeOptions, Error, Picture, PixelData, Result};

/// Longest numerator or denominator of a delay.
const MOST: u32 = u16::MAX as u32;

/// A frame control chunk, and the compressed pixels that belong to it.
struct Frame<'a> {
    width: u32,
    height: u32,
    place: Place,
    delay: Delay,
    data: Vec<&'a [u8]>,
}

impl Frame<'_> {
    fn parse(data: &[u8], (width, height): (u32, u32)) -> Result<Self> {
        let bad = |detail: &str| Error::corrupt(FORMAT, format!("a frame's control chunk {detail}"));
        let data: &[u8; 26] = data.try_into().map_err(|_| bad("has the wrong length"))?;
        let long = |at: usize| u32::from_be_bytes([data[at], data[at + 1], data[at + 2], data[at + 3]]);
        let [own_width, own_height, left, top] = [4, 8, 12, 16].map(long);
        let fits = |side: u32, from: u32, whole: u32| side > 0 && from.checked_add(side).is_some_and(|to| to <= whole);
        if !fits(own_width, left, width) || !fits(own_height, top, height) {
            return Err(bad("places it outside the picture"));
        }
        let dispose = match data[24] {
            0 => Dispose::Keep,
            1 => Dispose::Clear,
            2 => Dispose::Restore,
            other => return Err(bad(&format!("has the unknown disposal {other}"))),
        };
        if data[25] > 1 {
            return Err(bad(&format!("has the unknown blending {}", data[25])));
        }
        Ok(Self {
            width: own_width,
            height: own_height,
            place: Place {
                left: left as usize,
                top: top as usize,
                width: own_width as usize,
                height: own_height as usize,
                over: data[25] == 1,
                dispose,
            },
            delay: Delay {
                numerator: u16::from_be_bytes([data[20], data[21]]).into(),
                denominator: u16::from_be_bytes([data[22], data[23]]),
            },
            data: Vec::new(),
        })
    }
}

/// Everything about the animation in the chunks of a file.
struct Parts<'a> {
    size: (u32, u32),
    header: &'a [u8],
    /// Palette and transparency, which all frames share.
    shared: Vec<&'a Chunk<'a>>,
    plays: u32,
    frames: Vec<Frame<'a>>,
    /// Pixels of the default image when it is no frame.
    hidden: Vec<&'a [u8]>,
}

pub(in crate::codec) fn decode(bytes: &[u8], limits: &DecodeLimits) -> Result<Option<(Vec<Picture>, Animation)>> {
    let chunks = chunks::chunks(bytes)?;
    let Some(count) = frame_count(&chunks) else { return Ok(None) };
    let header = chunks.iter().find(|chunk| &chunk.kind == b"IHDR").map(|chunk| chunk.data);
    let header = header.filter(|data| data.len() == 13).ok_or_else(|| Error::corrupt(FORMAT, "it has no header"))?;
    let long = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let size = (long(0), long(4));
    let depth = if header[8] == 16 { 2 } else { 1 };
    let shown = chunks.iter().take_while(|chunk| &chunk.kind != b"IDAT").any(|chunk| &chunk.kind == b"fcTL");
    animation::check(limits, size, depth * 4, count, u64::from(!shown))?;
    let parts = Parts::read(&chunks, header, size, count)?;
    let read = |width: u32, height: u32, data: &[&[u8]]| -> Result<Raw> {
        let file = parts.still(width, height, data)?;
        Raw::read(&file, &chunks::chunks(&file)?, limits)
    };
    let hidden = if parts.hidden.is_empty() { None } else { Some(read(size.0, size.1, &parts.hidden)?) };
    let mut first = None;
    let mut canvas = None;
    let mut canvases = Vec::with_capacity(parts.frames.len());
    for frame in &parts.frames {
        let mut raw = read(frame.width, frame.height, &frame.data)?;
        canvases.push(show(&mut canvas, &mut raw, frame.place, size)?);
        first.get_or_insert(raw);
    }
    let Some(mut first) = first else { return Err(Error::truncated(FORMAT, "it has no frames")) };
    // The profile is in the real file, not in those made for the frames.
    first.icc = png::Decoder::new(std::io::Cursor::new(bytes))
        .read_info()
        .ok()
        .and_then(|reader| reader.info().icc_profile.as_ref().map(|profile| profile.to_vec()));
    first.same_type = header[9] != 3 && header[8] >= 8 && !parts.shared.iter().any(|chunk| &chunk.kind == b"tRNS");
    let metadata = metadata(&chunks, first.icc, first.same_type);
    let size = (size.0 as usize, size.1 as usize);
    let (colours, alpha) = (first.layout.colours(), first.layout.has_alpha());
    let pictures = animation::pictures(canvases, size, colours, alpha, FORMAT, metadata)?;
    let orientation = pictures[0].orientation();
    let hidden = hidden.map(|raw| {
        let metadata = crate::metadata::Metadata { orientation, ..Default::default() };
        Picture::upright(raw.width, raw.height, raw.layout, raw.pixels, FORMAT, metadata)
    });
    let delays = parts.frames.iter().map(|frame| frame.delay).collect();
    let animation = Animation { delays, plays: parts.plays, hidden: hidden.transpose()?, background: [0; 4] };
    Ok(Some((pictures, animation)))
}

/// The number of frames that an animation announces; nothing for stills and for one frame.
fn frame_count(chunks: &[Chunk<'_>]) -> Option<u32> {
    let control = chunks.iter().take_while(|chunk| &chunk.kind != b"IDAT").find(|chunk| &chunk.kind == b"acTL")?;
    let frames = u32::from_be_bytes(*control.data.first_chunk()?);
    (frames > 1).then_some(frames)
}

/// Lays a frame on the canvas, which is made for the first; gives what is seen.
fn show(canvas: &mut Option<Either>, raw: &mut Raw, place: Place, size: (u32, u32)) -> Result<PixelData> {
    let (width, height) = (size.0 as usize, size.1 as usize);
    let channels = raw.layout.channels();
    let with_alpha = raw.layout.colours() + 1;
    let take = |pixels: &mut PixelData| std::mem::replace(pixels, PixelData::U8(Vec::new()));
    let mut pixels = take(&mut raw.pixels);
    if channels < with_alpha {
        pixels = pixels.with_full(channels);
    }
    match pixels {
        PixelData::U8(part) => {
            match canvas.get_or_insert_with(|| Either::Eight(Canvas::new(width, height, with_alpha))) {
                Either::Eight(canvas) => Ok(PixelData::U8(canvas.show(&part, place))),
                Either::Sixteen(_) => Err(Error::corrupt(FORMAT, "its frames differ in depth")),
            }
        }
        PixelData::U16(part) => {
            match canvas.get_or_insert_with(|| Either::Sixteen(Canvas::new(width, height, with_alpha))) {
                Either::Sixteen(canvas) => Ok(PixelData::U16(canvas.show(&part, place))),
                Either::Eight(_) => Err(Error::corrupt(FORMAT, "its frames differ in depth")),
            }
        }
        #[allow(unreachable_patterns, reason = "other depths may come")]
        _ => Err(Error::corrupt(FORMAT, "its frames differ in depth")),
    }
}

enum Either {
    Eight(Canvas<u8>),
    Sixteen(Canvas<u16>),
}

impl<'a> Parts<'a> {
    fn read(chunks: &'a [Chunk<'a>], header: &'a [u8], size: (u32, u32), count: u32) -> Result<Self> {
        let mut parts = Self { size, header, shared: Vec::new(), plays: 0, frames: Vec::new(), hidden: Vec::new() };
        let mut sequence = 0;
        for chunk in chunks {
            if matches!(&chunk.kind, b"acTL" | b"fcTL" | b"fdAT") && !chunk.intact {
                let kind = chunk.kind.escape_ascii();
                return Err(Error::corrupt(FORMAT, format!("the checksum of its {kind} chunk does not fit")));
            }
            parts.take(chunk, &mut sequence)?;
        }
        if parts.frames.len() as u64 != u64::from(count) || parts.frames.iter().any(|frame| frame.data.is_empty()) {
            let complete = parts.frames.iter().filter(|frame| !frame.data.is_empty()).count();
            return Err(Error::truncated(FORMAT, format!("it has {complete} of {count} frames")));
        }
        Ok(parts)
    }

    fn take(&mut self, chunk: &'a Chunk<'a>, sequence: &mut u32) -> Result<()> {
        let cut = || Error::truncated(FORMAT, "a chunk of the animation is too short");
        if matches!(&chunk.kind, b"fcTL" | b"fdAT") {
            if chunk.data.first_chunk().map(|&number| u32::from_be_bytes(number)) != Some(*sequence) {
                return Err(Error::corrupt(FORMAT, "parts of the animation are missing or out of order"));
            }
            *sequence += 1;
        }
        match &chunk.kind {
            b"acTL" => {
                let plays = chunk.data.get(4..8).and_then(<[u8]>::first_chunk).ok_or_else(cut)?;
                self.plays = u32::from_be_bytes(*plays);
            }
            b"PLTE" | b"tRNS" => self.shared.push(chunk),
            b"fcTL" => self.frames.push(Frame::parse(chunk.data, self.size)?),
            b"IDAT" => match self.frames.as_mut_slice() {
                [] => self.hidden.push(chunk.data),
                [first] if (first.width, first.height) == self.size => first.data.push(chunk.data),
                _ => return Err(Error::corrupt(FORMAT, "its first frame is not the whole picture")),
            },
            b"fdAT" => {
                let frame = self.frames.last_mut().ok_or_else(cut)?;
                frame.data.push(&chunk.data[4..]);
            }
            _ => {}
        }
        Ok(())
    }

    /// A frame as a file of its own.
    fn still(&self, width: u32, height: u32, data: &[&[u8]]) -> Result<Vec<u8>> {
        let mut file = SIGNATURE.to_vec();
        let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &self.header[8..]].concat();
        chunks::push(&mut file, *b"IHDR", &header)?;
        for chunk in &self.shared {
            chunks::push(&mut file, chunk.kind, chunk.data)?;
        }
        chunks::push(&mut file, *b"IDAT", &data.concat())?;
        chunks::push(&mut file, *b"IEND", &[])?;
        Ok(file)
    }
}

pub(in crate::codec) fn encode(frames: &[Picture], animation: &Animation, options: &EncodeOptions) -> Result<Vec<u8>> {
    let hidden = animation.hidden.as_ref().map(|picture| match frames[0].layout.has_alpha() {
        true => picture.with_alpha(),
        false => std::borrow::Cow::Borrowed(picture),
    });
    let kept = chunks_for(&frames[0], options)?;
    let indexed = if hidden.is_some() { None } else { Indexed::of(frames) };
    let bodies = |picture: &Picture| -> Result<(Vec<u8>, Vec<u8>)> {
        let stored = picture.stored();
        match &indexed {
            Some(indexed) => Ok((indexed.header(stored.width, stored.height), indexed.body(picture)?)),
            None => {
                let still = write(picture, &crate::metadata::PngChunks::default())?;
                let chunks = chunks::chunks(&still)?;
                let all = |kind: &[u8; 4]| -> Vec<u8> {
                    chunks.iter().filter(|chunk| &chunk.kind == kind).flat_map(|chunk| chunk.data).copied().collect()
                };
                Ok((all(b"IHDR"), all(b"IDAT")))
            }
        }
    };
    let mut file = SIGNATURE.to_vec();
    let mut sequence = 0_u32;
    for (number, picture) in hidden.as_deref().into_iter().chain(frames).enumerate() {
        let (header, body) = bodies(picture)?;
        if number == 0 {
            chunks::push(&mut file, *b"IHDR", &header)?;
            let count = u32::try_from(frames.len()).map_err(|e| Error::encode(FORMAT, e))?;
            chunks::push(&mut file, *b"acTL", &[count.to_be_bytes(), animation.plays.to_be_bytes()].concat())?;
            match &indexed {
                Some(indexed) => indexed.head(&mut file, &kept)?,
                None => kept.before.iter().try_for_each(|(kind, data)| chunks::push(&mut file, *kind, data))?,
            }
        }
        if let Some(frame) = number.checked_sub(usize::from(hidden.is_some())) {
            let delay = animation.delays.get(frame).copied().unwrap_or(Delay { numerator: 0, denominator: 100 });
            chunks::push(&mut file, *b"fcTL", &control(sequence, &header[..8], delay))?;
            sequence += 1;
        }
        if number == 0 {
            chunks::push(&mut file, *b"IDAT", &body)?;
        } else {
            chunks::push(&mut file, *b"fdAT", &[&sequence.to_be_bytes(), body.as_slice()].concat())?;
            sequence += 1;
        }
    }
    kept.after.iter().try_for_each(|(kind, data)| chunks::push(&mut file, *kind, data))?;
    chunks::push(&mut file, *b"IEND", &[])?;
    Ok(file)
}

/// The control chunk of a whole canvas that replaces the one before.
fn control(sequence: u32, size: &[u8], delay: Delay) -> Vec<u8> {
    let (numerator, denominator) = fraction(delay);
    let delay = [numerator.to_be_bytes(), denominator.to_be_bytes()].concat();
    [&sequence.to_be_bytes()[..], size, &[0; 8], &delay, &[0, 0]].concat()
}

/// A delay as two numbers of 16 bits: as it is, or in the largest of thousandths, hundredths and whole seconds.
fn fraction(delay: Delay) -> (u16, u16) {
    if let Ok(numerator) = u16::try_from(delay.numerator) {
        return (numerator, delay.denominator);
    }
    let part = [1000, 100, 1].into_iter().find(|&part| delay.is_whole(part, MOST));
    let part = part.unwrap_or(if delay.milliseconds() < 655_350.0 { 100 } else { 1 });
    (delay.parts(part, MOST) as u16, part)
}
