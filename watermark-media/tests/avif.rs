//! AVIF: files of another encoder (the seeds of the fuzzer) are read, written again in their own form, and damaged.
#![cfg(feature = "avif")]

mod common;

use std::path::PathBuf;

use common::{bytes8, decode, exif, jpeg, picture};
use watermark_core::Layout;
use watermark_media::{
    C2pa, DecodeLimits, Document, EncodeOptions, Error, Format, Picture, PixelData, encode, encode_with,
};

fn seed(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/corpus-seeds/avif"));
    std::fs::read(folder.join(format!("{name}.avif"))).expect("a seed")
}

/// Mean square of the differences in shares of white, as dB.
fn psnr_db(a: &Picture, b: &Picture) -> f64 {
    let (a, b) = (a.rgb8(), b.rgb8());
    let sum: f64 = a.iter().zip(&b).map(|(&a, &b)| f64::from(a.abs_diff(b)).powi(2)).sum();
    10.0 * (255.0_f64.powi(2) * a.len() as f64 / sum).log10()
}

/// What a box says of depth and chroma: the second and third byte of `av1C`.
fn coding(file: &[u8]) -> (u8, u8) {
    let at = file.windows(4).position(|four| four == b"av1C").expect("a box");
    // Profile, which follows from the rest, and depth with sampling.
    (file[at + 5] >> 5, file[at + 6] & 0x7c)
}

#[test]
fn every_form_is_kept() {
    let forms = [
        ("420", 8),
        ("422-10", 16),
        ("444-12", 16),
        ("grey", 8),
        ("rgb", 8),
        ("alpha", 8),
        ("plain", 8),
        ("tagged", 8),
    ];
    for (name, bits) in forms {
        let file = seed(name);
        let before = decode(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            (before.width(), before.height(), before.pixels().bits()),
            if name == "tagged" { (16, 24, bits) } else { (24, 16, bits) },
            "{name}"
        );
        let written = encode(&before, Format::Avif).unwrap();
        let after = decode(&written).unwrap();
        assert_eq!(coding(&file), coding(&written), "{name}");
        assert_eq!((before.layout(), before.orientation()), (after.layout(), after.orientation()), "{name}");
        assert_eq!((before.icc(), before.exif(), before.xmp()), (after.icc(), after.exif(), after.xmp()), "{name}");
        assert!(psnr_db(&before, &after) > 30.0, "{name}: {} dB", psnr_db(&before, &after));
    }
    assert_eq!(decode(&seed("grey")).unwrap().layout(), Layout::Luma);
    let tagged = decode(&seed("tagged")).unwrap();
    assert_eq!((tagged.orientation().exif(), tagged.icc().map(|icc| &icc[36..40])), (6, Some(b"acsp".as_slice())));
    assert!(decode(&seed("tagged")).unwrap().exif().is_some_and(|exif| !exif.is_empty()));
    assert!(decode(&seed("tagged")).unwrap().xmp().is_some_and(|xmp| xmp.windows(5).any(|five| five == b"title")));
}

/// The picture from which the seeds were made is not kept; that two encoders agree on it is.
#[test]
fn colours_are_those_of_other_readers() {
    let (one, other) = (decode(&seed("420")).unwrap(), decode(&seed("rgb")).unwrap());
    // 24 x 16 pixels of quality 20 against none lost in matrix and chroma.
    assert!(psnr_db(&one, &other) > 22.0, "{}", psnr_db(&one, &other));
}

#[test]
fn alpha_of_a_source_is_bit_identical() {
    let before = decode(&seed("alpha")).unwrap();
    let alpha = |p: &Picture| bytes8(p).iter().skip(3).step_by(4).copied().collect::<Vec<_>>();
    let mut marked = before.clone();
    if let watermark_core::SamplesMut::U8(samples) = marked.samples_mut() {
        samples.chunks_exact_mut(4).for_each(|pixel| pixel[1] = pixel[1].saturating_add(3));
    }
    let after = decode(&encode(&marked, Format::Avif).unwrap()).unwrap();
    assert_eq!(after.layout(), Layout::Rgba);
    assert!(alpha(&before) == alpha(&after));
    // Changed alpha is coded anew, as near as the encoder comes.
    if let watermark_core::SamplesMut::U8(samples) = marked.samples_mut() {
        samples.chunks_exact_mut(4).for_each(|pixel| pixel[3] /= 2);
    }
    let after = decode(&encode(&marked, Format::Avif).unwrap()).unwrap();
    let far = alpha(&marked).iter().zip(alpha(&after)).map(|(a, b)| a.abs_diff(b)).max();
    assert!(far <= Some(2), "{far:?}");
}

#[test]
fn other_sources_are_written_and_turned_pictures_stay_turned() {
    for layout in [Layout::Luma, Layout::LumaAlpha, Layout::Rgb, Layout::Rgba] {
        for bits in [8, 16] {
            let before = picture(40, 30, layout, bits);
            let file = encode(&before, Format::Avif).unwrap();
            let after = decode(&file).unwrap();
            assert_eq!((after.layout(), after.pixels().bits()), (layout, bits), "{layout:?} {bits}");
            assert!(encode(&after, Format::Png).is_ok());
        }
    }
    for way in 1..=8 {
        let source = jpeg(&picture(40, 24, Layout::Rgb, 8), |encoder| {
            encoder.add_app_segment(1, [b"Exif\0\0", exif(way, false).as_slice()].concat()).unwrap();
        });
        let before = decode(&source).unwrap();
        let avif = decode(&encode(&before, Format::Avif).unwrap()).unwrap();
        assert_eq!(avif.orientation().exif(), way);
        assert_eq!(avif.exif(), before.exif());
        let again = decode(&encode(&avif, Format::Png).unwrap()).unwrap();
        for after in [&avif, &again] {
            assert_eq!((after.width(), after.height()), (before.width(), before.height()), "{way}");
            assert!(psnr_db(&before, after) > 28.0, "{way}: {}", psnr_db(&before, after));
        }
        assert_eq!(again.pixels(), avif.pixels(), "{way}");
    }
}

#[test]
fn qualities_are_ordered_and_checked() {
    let source = picture(120, 90, Layout::Rgb, 8);
    let size = |quality| {
        let mut options = EncodeOptions::default();
        options.avif_quality = Some(quality);
        encode_with(&source, Format::Avif, &options).map(|file| file.len())
    };
    assert!(size(95).unwrap() > size(80).unwrap() && size(80).unwrap() > size(40).unwrap());
    for wrong in [0, 101] {
        assert!(matches!(size(wrong), Err(Error::Input(_))));
    }
}

#[test]
fn profiles_and_manifests_are_carried() {
    let mut file = seed("plain");
    let ftyp = u32::from_be_bytes(file[..4].try_into().unwrap()) as usize;
    // Behind everything, so that no place changes.
    let uuid = b"\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81manifest";
    file.extend([&(8 + uuid.len() as u32).to_be_bytes(), b"uuid".as_slice(), uuid].concat());
    assert!(ftyp < file.len());
    let document = Document::decode(&file, &DecodeLimits::default()).unwrap();
    assert!(document.has_c2pa() && document.losses(Format::Avif).iter().any(|loss| loss.contains("C2PA")));
    let mut options = EncodeOptions::default();
    let contains = |file: &[u8]| file.windows(8).any(|eight| eight == b"manifest");
    assert!(!contains(&document.encode(Format::Avif, &options).unwrap()));
    options.c2pa = C2pa::Keep;
    assert!(contains(&document.encode(Format::Avif, &options).unwrap()));
}

#[test]
fn what_is_not_read_is_refused_in_words() {
    let frames = Document::decode(&seed("animated"), &DecodeLimits::default()).unwrap_err();
    assert!(matches!(frames, Error::Animated { format: Format::Avif, frames: 2 }), "{frames}");
    let mut grid = seed("plain");
    let at = grid.windows(4).position(|four| four == b"av01").unwrap();
    grid[at..at + 4].copy_from_slice(b"grid");
    assert!(decode(&grid).unwrap_err().to_string().contains("grid of tiles"));
    let mut limits = DecodeLimits::default();
    limits.max_side = 23;
    assert!(matches!(watermark_media::decode(&seed("420"), &limits), Err(Error::Limit { value: 24, limit: 23, .. })));
    let float = Picture::new(8, 8, Layout::Luma, PixelData::F32(vec![0.5; 64])).unwrap();
    assert!(matches!(encode(&float, Format::Avif), Err(Error::CannotHold { format: Format::Avif, .. })));
}

#[test]
fn damage_is_an_error_or_a_picture() {
    for name in ["420", "422-10", "444-12", "grey", "alpha", "tagged", "animated"] {
        let file = seed(name);
        for part in 0..20 {
            let cut = &file[..file.len() * part / 20];
            // What follows the picture may be missing.
            assert!(part > 17 || decode(cut).is_err(), "{name}: {part}");
            let _ = decode(cut);
        }
        for at in (0..file.len() * 8).step_by(7) {
            let mut damaged = file.clone();
            damaged[at / 8] ^= 1 << (at % 8);
            if let Ok(picture) = decode(&damaged) {
                assert_eq!(picture.pixels().len(), picture.width() * picture.height() * picture.layout().channels());
            }
        }
    }
}

/// Many bytes at once, and parts of one file in another. `AVIF_MUTATIONS` says how many files; a panic inside the AV1
/// decoder would end the whole test program.
#[test]
fn mutations_end_no_program() {
    let wanted = std::env::var("AVIF_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(2000);
    let seeds = ["420", "422-10", "444-12", "grey", "rgb", "alpha", "tagged"].map(seed);
    let mut numbers = common::Numbers(7);
    let mut read = 0;
    for _ in 0..wanted {
        let mut file = seeds[numbers.below(seeds.len())].clone();
        // What follows the container's head is AV1 for the most part: half of the changes go there.
        let media = file.windows(4).position(|four| four == b"mdat").unwrap_or(0);
        for _ in 0..=numbers.below(6) {
            let at = if numbers.below(2) == 0 { media } else { 0 };
            let at = at + numbers.below(file.len() - at);
            match numbers.below(4) {
                0 => file[at] = numbers.below(256) as u8,
                1 => file[at] ^= 1 << numbers.below(8),
                2 => file.truncate(at.max(40)),
                _ => {
                    let other = &seeds[numbers.below(seeds.len())];
                    let from = numbers.below(other.len());
                    let length = numbers.below(24).min(other.len() - from).min(file.len() - at);
                    file[at..at + length].copy_from_slice(&other[from..from + length]);
                }
            }
            if file.len() <= media {
                break;
            }
        }
        let mut limits = DecodeLimits::default();
        limits.max_pixels = 1 << 16;
        read += usize::from(watermark_media::decode(&file, &limits).is_ok());
    }
    assert!(read > wanted / 100, "{read} of {wanted} were read");
    println!("{read} of {wanted} mutated files were read");
}

#[test]
fn the_link_to_a_manifest_elsewhere_goes_or_stays() {
    let link = "dcterms:provenance='https://a.org/m.c2pa'";
    let packet = |link: &str| format!("<rdf:Description rdf:about='' {link}/>").into_bytes();
    let (with, without) = (packet(link), packet(&" ".repeat(link.len())));
    let chunk = (b"iTXt", [b"XML:com.adobe.xmp\0\0\0\0\0", with.as_slice()].concat());
    let png = common::png(&picture(24, 16, Layout::Rgb, 8), &[chunk], &[]);
    let source = Document::decode(&png, &DecodeLimits::default()).unwrap();
    let xmp = |options: &EncodeOptions| {
        let file = source.encode(Format::Avif, options).unwrap();
        common::decode(&file).unwrap().xmp().map(<[u8]>::to_vec)
    };
    let mut options = EncodeOptions::default();
    assert_eq!(xmp(&options), Some(without));
    options.c2pa = C2pa::Keep;
    assert_eq!(xmp(&options), Some(with));
}
