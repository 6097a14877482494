//! Animated WebP: every frame is put into a small WebP of its own, decoded by the same code as stills, and laid on the
//! canvas. Written are whole canvases, each replacing the one before.

use std::io::Cursor;

use image_webp::WebPDecoder;

use super::super::animation::{self, Animation, Canvas, Delay, Dispose, Place};
use super::{
    ALPHA, Chunk, FORMAT, around, bare, chunks, cut, error, is_of_pixels, list, metadata, mux, push, quality_of,
};
use crate::{DecodeLimits, EncodeOptions, Error, Picture, PixelData, Result};

/// Delays are in milliseconds, in 24 bits.
const MOST_DELAY: u32 = (1 << 24) - 1;
/// Bytes of a frame before its chunks.
const FRAME_HEAD: usize = 16;

pub(in crate::codec) fn decode(bytes: &[u8], limits: &DecodeLimits) -> Result<Option<(Vec<Picture>, Animation)>> {
    let chunks = chunks(bytes)?;
    let frames: Vec<&[u8]> = chunks.iter().filter(|chunk| &chunk.0 == b"ANMF").map(|chunk| chunk.1).collect();
    let extended = chunks.first().filter(|chunk| &chunk.0 == b"VP8X").map(|chunk| chunk.1);
    let Some(extended) = extended.filter(|data| data.first().is_some_and(|flags| flags & 2 != 0)) else {
        return Ok(None);
    };
    if frames.len() < 2 {
        return Ok(None);
    }
    let (width, height) = (long(extended, 4)? + 1, long(extended, 7)? + 1);
    animation::check(limits, (width, height), 4, u32::try_from(frames.len()).unwrap_or(u32::MAX), 0)?;
    let control = chunks.iter().find(|chunk| &chunk.0 == b"ANIM").map(|chunk| chunk.1);
    let control: &[u8; 6] = control
        .and_then(<[u8]>::first_chunk)
        .ok_or_else(|| Error::corrupt(FORMAT, "it has frames and no animation chunk"))?;
    let mut canvas = Canvas::new(width as usize, height as usize, 4);
    let mut canvases = Vec::with_capacity(frames.len());
    let mut delays = Vec::with_capacity(frames.len());
    for frame in frames {
        let place = place(frame, (width, height))?;
        canvases.push(PixelData::U8(canvas.show(&pixels(&frame[FRAME_HEAD..], place)?, place)));
        delays.push(Delay { numerator: long(frame, 12)?, denominator: 1000 });
    }
    let alpha = extended[0] & ALPHA != 0;
    let size = (width as usize, height as usize);
    let pictures = animation::pictures(canvases, size, 3, alpha, FORMAT, metadata(&chunks))?;
    let plays = u16::from_le_bytes([control[4], control[5]]).into();
    let background = [control[0], control[1], control[2], control[3]];
    Ok(Some((pictures, Animation { delays, plays, hidden: None, background })))
}

/// A number of 24 bits.
fn long(data: &[u8], at: usize) -> Result<u32> {
    let bytes: &[u8; 3] = data.get(at..).and_then(<[u8]>::first_chunk).ok_or_else(cut)?;
    Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0]))
}

fn place(frame: &[u8], (width, height): (u32, u32)) -> Result<Place> {
    let flags = *frame.get(FRAME_HEAD - 1).ok_or_else(cut)?;
    let (left, top) = (long(frame, 0)? * 2, long(frame, 3)? * 2);
    let (own_width, own_height) = (long(frame, 6)? + 1, long(frame, 9)? + 1);
    if left + own_width > width || top + own_height > height {
        return Err(Error::corrupt(FORMAT, "a frame lies outside the picture"));
    }
    Ok(Place {
        left: left as usize,
        top: top as usize,
        width: own_width as usize,
        height: own_height as usize,
        over: flags & 2 == 0,
        dispose: if flags & 1 == 0 { Dispose::Keep } else { Dispose::Clear },
    })
}

/// The pixels of a frame with alpha, from the chunks in it.
fn pixels(data: &[u8], place: Place) -> Result<Vec<u8>> {
    let parts = list(data)?;
    let parts: Vec<Chunk<'_>> = parts.into_iter().filter(is_of_pixels).collect();
    let size = (place.width as u32, place.height as u32);
    let file = match parts.as_slice() {
        [alpha, ..] if &alpha.0 == b"ALPH" => mux(size, true, &[], &parts)?,
        [one] => {
            let mut body = b"WEBP".to_vec();
            push(&mut body, one.0, one.1)?;
            let size = u32::try_from(body.len()).map_err(|e| Error::corrupt(FORMAT, e))?;
            [b"RIFF", size.to_le_bytes().as_slice(), &body].concat()
        }
        _ => return Err(Error::corrupt(FORMAT, "a frame does not hold one picture")),
    };
    let mut decoder = WebPDecoder::new(Cursor::new(&file)).map_err(error)?;
    if decoder.dimensions() != size {
        return Err(Error::corrupt(FORMAT, "a frame's picture has another size than the frame"));
    }
    let (alpha, pixels) = (decoder.has_alpha(), place.width * place.height);
    let mut samples = vec![0; pixels * if alpha { 4 } else { 3 }];
    decoder.set_memory_limit((pixels * 8).saturating_add(64 << 20));
    decoder.read_image(&mut samples).map_err(error)?;
    if alpha { Ok(samples) } else { Ok(samples.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect()) }
}

pub(in crate::codec) fn encode(frames: &[Picture], animation: &Animation, options: &EncodeOptions) -> Result<Vec<u8>> {
    let plays = u16::try_from(animation.plays).unwrap_or(0);
    // The first frame has the notes on the file.
    let options = &EncodeOptions { webp_quality: quality_of(&frames[0], options), ..*options };
    let control = [animation.background.as_slice(), &plays.to_le_bytes()].concat();
    let mut coded = Vec::with_capacity(frames.len());
    let mut size = (1, 1);
    for (picture, delay) in frames.iter().zip(&animation.delays) {
        let (file, sides) = bare(picture, options)?;
        size = sides;
        let mut frame = vec![0; 6];
        for number in [sides.0 - 1, sides.1 - 1, delay.parts(1000, MOST_DELAY)] {
            frame.extend(&number.to_le_bytes()[..3]);
        }
        // Replaces what is there, and stays.
        frame.push(2);
        for (kind, data) in chunks(&file)?.into_iter().filter(is_of_pixels) {
            push(&mut frame, kind, data)?;
        }
        coded.push(frame);
    }
    let alpha = frames[0].layout.has_alpha();
    let moving: Vec<Chunk<'_>> = std::iter::once((*b"ANIM", control.as_slice()))
        .chain(coded.iter().map(|frame| (*b"ANMF", frame.as_slice())))
        .collect();
    mux(size, alpha, &around(&frames[0], options), &moving)
}
