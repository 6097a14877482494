//! Animations are seen as browsers show them, and come back with their frames, timing and metadata.
#![cfg(feature = "animation")]

mod common;
#[path = "common/moving.rs"]
mod moving;

use common::{Numbers, XMP, decode, picture, png_chunks};
use moving::{Dispose, HEIGHT, Part, WIDTH, apng, gif, letters, part, webp};
use watermark_core::Layout;
use watermark_media::{DecodeLimits, Document, EncodeOptions, Error, Format, Kind, Picture, PixelData, encode};

const ALL: [usize; 4] = [0, 0, WIDTH, HEIGHT];

fn document(file: &[u8]) -> Document {
    Document::decode(file, &DecodeLimits::default()).unwrap()
}

fn written(document: &Document, format: Format) -> Vec<u8> {
    document.encode(format, &EncodeOptions::default()).unwrap()
}

/// All that has to be the same of two animations.
fn assert_same(a: &Document, b: &Document, what: &str) {
    assert_eq!((a.kind(), a.delays_ms(), a.plays()), (b.kind(), b.delays_ms(), b.plays()), "{what}");
    assert_eq!(a.pictures().len(), b.pictures().len(), "{what}");
    for (n, (a, b)) in a.pictures().iter().zip(b.pictures()).enumerate() {
        assert!(a.pixels() == b.pixels() && a.layout() == b.layout(), "{what}, frame {n}");
    }
}

/// Every disposal, with and without blending, on parts and the whole. For GIF everything is laid over.
fn disposals() -> Vec<Part> {
    vec![
        part(ALL, 'r', true, Dispose::Keep),
        part([2, 0, 2, 2], 'g', true, Dispose::Restore),
        part([0, 2, 4, 2], 'b', true, Dispose::Clear),
        part([4, 2, 2, 2], 'w', true, Dispose::Keep),
        part([0, 0, 2, 2], '.', true, Dispose::Restore),
        part([2, 0, 4, 4], 'g', true, Dispose::Keep),
    ]
}

const SEEN: [&str; 6] = [
    "rrrrrr/rrrrrr/rrrrrr/rrrrrr",
    "rrggrr/rrggrr/rrrrrr/rrrrrr",
    "rrrrrr/rrrrrr/bbbbrr/bbbbrr",
    "rrrrrr/rrrrrr/....ww/....ww",
    "rrrrrr/rrrrrr/....ww/....ww",
    "rrgggg/rrgggg/..gggg/..gggg",
];

#[test]
fn gif_is_composed_and_comes_back() {
    let source = document(&gif(&disposals(), &[]));
    assert_eq!((source.kind(), source.format()), (Kind::Animation, Some(Format::Gif)));
    assert_eq!(letters(&source), SEEN);
    assert_eq!(source.delays_ms().unwrap(), [70.0, 80.0, 90.0, 100.0, 110.0, 120.0]);
    assert_eq!(source.plays(), Some(1));
    assert_same(&source, &document(&written(&source, Format::Gif)), "GIF");
}

#[test]
fn apng_is_composed_and_comes_back_with_its_fractions() {
    let source = document(&apng(&disposals(), None));
    assert_eq!(letters(&source), SEEN);
    assert_eq!(source.plays(), Some(5));
    let file = written(&source, Format::Png);
    assert_same(&source, &document(&file), "APNG");
    let delays: Vec<_> =
        png_chunks(&file).into_iter().filter(|(kind, _)| kind == b"fcTL").map(|(_, d)| d[20..24].to_vec()).collect();
    let expected: Vec<_> = (1..=6_u8).map(|n| vec![0, n, 0, 3]).collect();
    assert_eq!(delays, expected);
    assert!(png_chunks(&file).contains(&(*b"tEXt", b"Comment\0stays".to_vec())));
}

#[test]
fn a_part_that_replaces_takes_its_transparency_along() {
    let parts = [
        part(ALL, 'r', true, Dispose::Keep),
        part([2, 0, 2, 4], '.', false, Dispose::Clear),
        part([0, 2, 2, 2], 'b', false, Dispose::Clear),
        part([4, 0, 2, 2], '.', true, Dispose::Keep),
    ];
    let seen = [
        "rrrrrr/rrrrrr/rrrrrr/rrrrrr",
        "rr..rr/rr..rr/rr..rr/rr..rr",
        "rr..rr/rr..rr/bb..rr/bb..rr",
        "rr..rr/rr..rr/....rr/....rr",
    ];
    for (format, file) in [(Format::Png, apng(&parts, None)), (Format::WebP, webp(&parts, &[]))] {
        let source = document(&file);
        assert_eq!(letters(&source), seen, "{format}");
        assert_same(&source, &document(&written(&source, format)), "the same");
    }
}

#[test]
fn webp_comes_back_with_timing_and_chunks() {
    let parts = [part(ALL, 'r', true, Dispose::Clear), part([2, 2, 4, 2], 'g', true, Dispose::Keep)];
    let exif = common::exif(1, true);
    let source = document(&webp(&parts, &[(b"EXIF", &exif), (b"XMP ", XMP)]));
    assert_eq!(letters(&source), ["rrrrrr/rrrrrr/rrrrrr/rrrrrr", "....../....../..gggg/..gggg"]);
    assert_eq!((source.delays_ms().unwrap(), source.plays()), (vec![41.0, 42.0], Some(3)));
    let file = written(&source, Format::WebP);
    let again = document(&file);
    assert_same(&source, &again, "WebP");
    assert_eq!((again.pictures()[0].exif(), again.pictures()[0].xmp()), (Some(exif.as_slice()), Some(XMP)));
    // The background colour is a hint; it stays.
    assert!(file.windows(14).any(|w| w == b"ANIM\x06\0\0\0\x01\x02\x03\x04\x03\0"));
}

#[test]
fn turned_frames_are_upright_and_written_as_they_were_stored() {
    let parts = [part(ALL, 'r', true, Dispose::Keep), part([0, 0, 2, 2], 'g', true, Dispose::Keep)];
    let exif = common::exif(6, true);
    let source = document(&webp(&parts, &[(b"EXIF", &exif)]));
    // A quarter turn to the right: the corner at the top left goes to the top right.
    assert_eq!(letters(&source)[1], "rrgg/rrgg/rrrr/rrrr/rrrr/rrrr");
    for format in [Format::WebP, Format::Png] {
        let again = document(&written(&source, format));
        assert_same(&source, &again, "turned");
        assert_eq!(again.pictures()[0].orientation().exif(), 6);
    }
    // A GIF has no word for it.
    let gif = document(&written(&source, Format::Gif));
    assert_eq!((letters(&gif), gif.pictures()[0].orientation().exif()), (letters(&source), 1));
}

#[test]
fn frames_have_to_stay_alike() {
    let mut source = document(&apng(&disposals(), None));
    source.pictures_mut()[3] = picture(5, 5, Layout::Rgba, 8);
    for format in [Format::Png, Format::WebP, Format::Gif] {
        let error = source.encode(format, &EncodeOptions::default()).unwrap_err();
        assert!(matches!(&error, Error::Input(message) if message.contains("frame 4")), "{error}");
    }
}

#[test]
fn the_hidden_default_image_stays_as_it_is() {
    let parts = [part([1, 1, 2, 2], 'g', true, Dispose::Keep), part([3, 1, 1, 1], 'b', true, Dispose::Keep)];
    let source = document(&apng(&parts, Some('w')));
    assert_eq!(letters(&source), ["....../.gg.../.gg.../......", "....../.ggb../.gg.../......"]);
    let file = written(&source, Format::Png);
    assert_same(&source, &document(&file), "APNG");
    // Whoever knows no animations sees the default image.
    let mut reader = png::Decoder::new(std::io::Cursor::new(&file)).read_info().unwrap();
    let mut pixels = vec![0; WIDTH * HEIGHT * 4];
    reader.next_frame(&mut pixels).unwrap();
    assert_eq!(pixels, [255].repeat(WIDTH * HEIGHT * 4));
    assert!(source.losses(Format::Gif).iter().any(|loss| loss.contains("default image")));
}

#[test]
fn extensions_of_a_gif_stay_byte_for_byte() {
    let loops = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x04\0\0".as_slice();
    let comment = b"\x21\xfe\x05hello\x03you\0".as_slice();
    let odd = b"\x21\xff\x0bMADEUP__1.0\x02ab\0".as_slice();
    let tail: Vec<u8> = [1].into_iter().chain((0..=255).rev()).chain([0]).collect();
    let xmp = [b"\x21\xff\x0bXMP DataXMP".as_slice(), XMP, &tail].concat();
    let profile: Vec<u8> = (0..300).map(|n| n as u8).collect();
    let icc = [b"\x21\xff\x0bICCRGBG1012\xff".as_slice(), &profile[..255], &[45], &profile[255..], &[0]].concat();
    let all = [loops, comment, odd, &xmp, &icc];
    let source = document(&gif(&disposals(), &all));
    assert_eq!(source.plays(), Some(5), "four repetitions after the first round");
    let first = &source.pictures()[0];
    assert_eq!((first.xmp(), first.icc()), (Some(XMP), Some(profile.as_slice())));
    let file = written(&source, Format::Gif);
    let joined = all.concat();
    assert!(file.windows(joined.len()).any(|window| window == joined));
    // The same goes along to the other formats, and back.
    for format in [Format::Png, Format::WebP] {
        let other = document(&written(&source, format));
        assert_same(&source, &other, "another format");
        assert_eq!((other.pictures()[0].xmp(), other.pictures()[0].icc()), (Some(XMP), Some(profile.as_slice())));
        let back = document(&written(&other, Format::Gif));
        assert_same(&source, &back, "and back");
        assert_eq!((back.pictures()[0].xmp(), back.pictures()[0].icc()), (Some(XMP), Some(profile.as_slice())));
    }
    let losses = source.losses(Format::Png);
    assert!(losses.contains(&"its GIF extensions comment, MADEUP__1.0".to_owned()), "{losses:?}");
    assert_eq!(source.losses(Format::Gif), Vec::<String>::new());
}

#[test]
fn interlaced_rows_are_put_in_order() {
    let (width, height) = (5_u16, 19_u16);
    let passes = [(0, 8), (4, 8), (2, 4), (1, 2)];
    let order = passes.iter().flat_map(|&(first, step)| (first..usize::from(height)).step_by(step));
    let buffer: Vec<u8> = order.flat_map(|y| [y as u8; 5]).collect();
    let palette: Vec<u8> = (0..height as u8).flat_map(|y| [y * 10, 255 - y, y]).collect();
    let mut file = Vec::new();
    let mut encoder = gif::Encoder::new(&mut file, width, height, &palette).unwrap();
    let frame = gif::Frame { width, height, interlaced: true, buffer: buffer.into(), ..gif::Frame::default() };
    encoder.write_frame(&frame).unwrap();
    drop(encoder);
    let picture = decode(&file).unwrap();
    assert_eq!(picture.layout(), Layout::Rgb);
    let expected: Vec<u8> = (0..height as u8).flat_map(|y| [y * 10, 255 - y, y].repeat(5)).collect();
    assert_eq!(picture.pixels(), &PixelData::U8(expected));
    let still = Document::from(picture.clone());
    assert!(still.losses(Format::Gif).iter().any(|loss| loss.contains("interlace")));
    assert_eq!(decode(&written(&still, Format::Gif)).unwrap().pixels(), picture.pixels());
}

#[test]
fn one_frame_is_a_still() {
    // Not laid over anything: the decoder of stills rounds when it lays one over the background of a WebP.
    let one = [part(ALL, 'g', false, Dispose::Keep)];
    for (format, file) in
        [(Format::Gif, gif(&one, &[])), (Format::Png, apng(&one, None)), (Format::WebP, webp(&one, &[]))]
    {
        let source = document(&file);
        assert_eq!((source.kind(), source.format(), source.delays_ms()), (Kind::Single, Some(format), None));
        assert_eq!(letters(&source), ["gggggg/gggggg/gggggg/gggggg"]);
        assert!(decode(&file).is_ok());
    }
    let two = [one[0], one[0]];
    for (format, file) in
        [(Format::Gif, gif(&two, &[])), (Format::Png, apng(&two, None)), (Format::WebP, webp(&two, &[]))]
    {
        assert!(matches!(decode(&file), Err(Error::Animated { format: f, frames: 2 }) if f == format));
        for format in [Format::Jpeg, Format::Tiff] {
            assert!(matches!(document(&file).check_format(format), Err(Error::CannotHold { .. })));
            let result = document(&file).encode(format, &EncodeOptions::default());
            assert!(matches!(result, Err(Error::CannotHold { .. })));
        }
    }
}

/// Deep and grey animations: only APNG has them.
#[test]
fn depth_and_grey_stay_in_apng() {
    for color in [png::ColorType::Grayscale, png::ColorType::Rgb] {
        let channels = color.samples();
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, 8, 8);
        encoder.set_color(color);
        encoder.set_depth(png::BitDepth::Sixteen);
        encoder.set_animated(3, 0).unwrap();
        let mut writer = encoder.write_header().unwrap();
        for n in 0..3_u8 {
            let samples: Vec<u8> = (0..64 * channels * 2).map(|k| k as u8 ^ n).collect();
            writer.write_image_data(&samples).unwrap();
        }
        writer.finish().unwrap();
        let source = document(&file);
        let layout = if channels == 1 { Layout::Luma } else { Layout::Rgb };
        assert!(source.pictures().iter().all(|p| p.layout() == layout && p.pixels().bits() == 16));
        assert_same(&source, &document(&written(&source, Format::Png)), "16 bits");
        assert!(source.losses(Format::WebP).iter().any(|loss| loss.contains("16 bits")));
    }
}

#[test]
fn frames_that_are_alike_come_out_alike_and_clear_pixels_stay_clear() {
    let noisy = |seed: u64| {
        let mut numbers = Numbers(seed);
        let samples = (0..96 * 80).flat_map(|n| {
            let colour = [0, 1, 2].map(|c| (n % 96 * 2 + c * 20 + numbers.below(30)) as u8);
            let alpha = if n % 96 < 10 { 0 } else { 255 };
            [colour[0], colour[1], colour[2], alpha]
        });
        samples.collect::<Vec<u8>>()
    };
    let (a, b) = (noisy(1), noisy(2));
    let mut source = document(&gif(&[part(ALL, 'r', true, Dispose::Keep); 3], &[]));
    let frames = [&a, &b, &a].map(|s| Picture::new(96, 80, Layout::Rgba, PixelData::U8(s.clone())).unwrap());
    // The frames of a document may be changed; another size is no use of that, but shows the same.
    source.pictures_mut().clone_from_slice(&frames);
    let again = document(&written(&source, Format::Gif));
    let pixels: Vec<_> = again.pictures().iter().map(|p| common::bytes8(p).to_vec()).collect();
    assert!(pixels[0] == pixels[2] && pixels[0] != pixels[1]);
    for (before, after) in a.chunks_exact(4).zip(pixels[0].chunks_exact(4)) {
        assert_eq!(after[3], before[3]);
    }
    assert!(source.losses(Format::Gif).iter().any(|loss| loss.contains("256")));
}

#[test]
fn partial_transparency_is_refused_for_gif() {
    let soft = Document::from(picture(9, 9, Layout::LumaAlpha, 8));
    assert!(matches!(soft.check_format(Format::Gif), Err(Error::CannotHold { format: Format::Gif, .. })));
    assert!(matches!(encode(&soft.pictures()[0], Format::Gif), Err(Error::CannotHold { .. })));
}

#[test]
fn delays_that_gif_cannot_hold_are_said() {
    let two = [part(ALL, 'r', true, Dispose::Keep); 2];
    let source = document(&apng(&two, None));
    assert!(source.losses(Format::Gif).iter().any(|loss| loss.contains("delays of 2 frames")));
    assert!(!source.losses(Format::Png).iter().any(|loss| loss.contains("delays")));
    let gif = document(&written(&source, Format::Gif));
    assert_eq!((gif.delays_ms().unwrap(), gif.plays()), (vec![330.0, 670.0], Some(5)));
}
