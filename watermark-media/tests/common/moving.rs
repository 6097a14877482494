//! Animations from scratch: rectangles of one colour on a small canvas, in each of the three formats.

#![allow(dead_code, reason = "each test file uses a part")]

use watermark_media::{Document, PixelData};

pub(crate) const WIDTH: usize = 6;
pub(crate) const HEIGHT: usize = 4;

/// What happens to a rectangle before the next one.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Dispose {
    Keep,
    Clear,
    Restore,
}

/// A rectangle of one colour: left, top, width, height; its letter; over what is there or instead of it.
#[derive(Clone, Copy)]
pub(crate) struct Part {
    pub(crate) at: [usize; 4],
    pub(crate) letter: char,
    pub(crate) over: bool,
    pub(crate) dispose: Dispose,
}

pub(crate) fn part(at: [usize; 4], letter: char, over: bool, dispose: Dispose) -> Part {
    Part { at, letter, over, dispose }
}

/// The colour of a letter; a dot is nothing.
pub(crate) fn colour(letter: char) -> [u8; 4] {
    match letter {
        'r' => [250, 10, 20, 255],
        'g' => [10, 240, 30, 255],
        'b' => [5, 15, 245, 255],
        'w' => [255; 4],
        _ => [0; 4],
    }
}

/// What is seen, letter by letter, rows apart by a slash.
pub(crate) fn letters(document: &Document) -> Vec<String> {
    let letter = |pixel: &[u8]| {
        let full = [pixel[0], pixel[1], pixel[2], pixel.get(3).copied().unwrap_or(255)];
        "rgbw".chars().find(|l| colour(*l) == full).unwrap_or(if full[3] == 0 { '.' } else { '?' })
    };
    let seen = document.pictures().iter().map(|picture| {
        let PixelData::U8(samples) = picture.pixels() else { panic!("8 bits") };
        let channels = picture.layout().channels();
        let rows = samples.chunks_exact(picture.width() * channels);
        rows.map(|row| row.chunks_exact(channels).map(letter).collect::<String>()).collect::<Vec<_>>().join("/")
    });
    seen.collect()
}

/// A GIF; colours alternate between local palettes and the global one. Delays are 7, 8, ... hundredths.
pub(crate) fn gif(parts: &[Part], extensions: &[&[u8]]) -> Vec<u8> {
    let palette: Vec<u8> = "rgbw".chars().flat_map(|l| colour(l)[..3].to_vec()).collect();
    let mut file = Vec::new();
    let mut encoder = gif::Encoder::new(&mut file, WIDTH as u16, HEIGHT as u16, &palette).unwrap();
    for extension in extensions {
        encoder.get_mut().extend_from_slice(extension);
    }
    for (n, part) in parts.iter().enumerate() {
        let [left, top, width, height] = part.at.map(|v| v as u16);
        let local = n % 2 == 1;
        let (number, transparent) = match (part.letter, local) {
            ('.', _) => (2, Some(2)),
            (_, true) => (0, None),
            (letter, false) => ("rgbw".find(letter).unwrap() as u8, None),
        };
        let dispose = match part.dispose {
            Dispose::Keep => gif::DisposalMethod::Keep,
            Dispose::Clear => gif::DisposalMethod::Background,
            Dispose::Restore => gif::DisposalMethod::Previous,
        };
        let own: Vec<u8> = [&colour(part.letter)[..3], &[1, 2, 3], &[0; 3]].concat();
        encoder
            .write_frame(&gif::Frame {
                left,
                top,
                width,
                height,
                delay: 7 + n as u16,
                dispose,
                transparent,
                palette: local.then_some(own),
                buffer: vec![number; part.at[2] * part.at[3]].into(),
                ..gif::Frame::default()
            })
            .unwrap();
    }
    drop(encoder);
    file
}

/// An APNG with delays of 1/3, 2/3, ... s, played five times. `hidden` is the letter of a default image that is no frame.
pub(crate) fn apng(parts: &[Part], hidden: Option<char>) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, WIDTH as u32, HEIGHT as u32);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_animated(parts.len() as u32, 5).unwrap();
    encoder.set_sep_def_img(hidden.is_some()).unwrap();
    encoder.add_text_chunk("Comment".into(), "stays".into()).unwrap();
    let mut writer = encoder.write_header().unwrap();
    if let Some(letter) = hidden {
        writer.write_image_data(&colour(letter).repeat(WIDTH * HEIGHT)).unwrap();
    }
    for (n, part) in parts.iter().enumerate() {
        let [left, top, width, height] = part.at.map(|v| v as u32);
        if n > 0 || hidden.is_some() {
            // The position first: a size is held against it.
            writer.reset_frame_position().unwrap();
            writer.set_frame_dimension(width, height).unwrap();
            writer.set_frame_position(left, top).unwrap();
        }
        writer.set_frame_delay(n as u16 + 1, 3).unwrap();
        writer.set_blend_op(if part.over { png::BlendOp::Over } else { png::BlendOp::Source }).unwrap();
        writer
            .set_dispose_op(match part.dispose {
                Dispose::Keep => png::DisposeOp::None,
                Dispose::Clear => png::DisposeOp::Background,
                Dispose::Restore => png::DisposeOp::Previous,
            })
            .unwrap();
        writer.write_image_data(&colour(part.letter).repeat(part.at[2] * part.at[3])).unwrap();
    }
    writer.finish().unwrap();
    file
}

/// An animated WebP with delays of 41, 42, ... ms, played three times. It cannot restore, and places are even.
pub(crate) fn webp(parts: &[Part], tail: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        let pad = vec![0; data.len() % 2];
        [kind.as_slice(), &(data.len() as u32).to_le_bytes(), data, &pad].concat()
    };
    let three = |number: usize| number.to_le_bytes()[..3].to_vec();
    let mut body = b"WEBP".to_vec();
    let has = |kind: &[u8; 4]| tail.iter().any(|t| t.0 == kind);
    let flags = 0x12 | if has(b"EXIF") { 8 } else { 0 } | if has(b"XMP ") { 4 } else { 0 };
    body.extend(chunk(b"VP8X", &[vec![flags, 0, 0, 0], three(WIDTH - 1), three(HEIGHT - 1)].concat()));
    body.extend(chunk(b"ANIM", &[1, 2, 3, 4, 3, 0]));
    for (n, part) in parts.iter().enumerate() {
        let [left, top, width, height] = part.at;
        let mut still = Vec::new();
        image_webp::WebPEncoder::new(&mut still)
            .encode(
                &colour(part.letter).repeat(width * height),
                width as u32,
                height as u32,
                image_webp::ColorType::Rgba8,
            )
            .unwrap();
        let place = [three(left / 2), three(top / 2), three(width - 1), three(height - 1), three(41 + n)].concat();
        let flags = u8::from(!part.over) << 1 | u8::from(part.dispose == Dispose::Clear);
        body.extend(chunk(b"ANMF", &[place.as_slice(), &[flags], &still[12..]].concat()));
    }
    tail.iter().for_each(|(kind, data)| body.extend(chunk(kind, data)));
    [b"RIFF", (body.len() as u32).to_le_bytes().as_slice(), &body].concat()
}
