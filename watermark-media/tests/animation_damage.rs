//! Damaged and lying animations: an answer or an error, within the limits.
#![cfg(feature = "animation")]

mod common;
#[path = "common/moving.rs"]
mod moving;

use common::{Numbers, Outcomes, XMP, mend, peak_mib};
use moving::{Dispose, HEIGHT, WIDTH, apng, gif, part, webp};
use watermark_media::{DecodeLimits, Document, EncodeOptions, Error};

fn files() -> Vec<Vec<u8>> {
    let parts = [
        part([0, 0, WIDTH, HEIGHT], 'r', true, Dispose::Keep),
        part([2, 0, 2, 2], 'g', false, Dispose::Restore),
        part([0, 2, 4, 2], '.', true, Dispose::Clear),
        part([4, 2, 2, 2], 'w', true, Dispose::Keep),
    ];
    let loops = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x04\0\0";
    vec![gif(&parts, &[loops]), apng(&parts, None), apng(&parts, Some('b')), webp(&parts, &[(b"XMP ", XMP)])]
}

fn limits(set: impl FnOnce(&mut DecodeLimits)) -> DecodeLimits {
    let mut limits = DecodeLimits::default();
    set(&mut limits);
    limits
}

#[test]
fn a_cut_animation_is_an_error() {
    for file in files() {
        for place in 0..20 {
            let cut = &file[..file.len() * place / 20];
            assert!(Document::decode(cut, &DecodeLimits::default()).is_err(), "{place} of {:?}", &file[..4]);
        }
        assert!(Document::decode(&file, &DecodeLimits::default()).is_ok());
    }
}

#[test]
fn flipped_bits_give_an_answer_or_an_error() {
    let limits = limits(|limits| {
        limits.max_pixels = 1 << 20;
        limits.max_bytes_decoded = 64 << 20;
    });
    let mut numbers = Numbers(20_261_124);
    let mut outcomes = Outcomes::default();
    for file in files() {
        for round in 0..1000 {
            let mut bytes = file.clone();
            for _ in 0..1 + numbers.below(3) {
                let at = numbers.below(bytes.len());
                bytes[at] ^= 1 << numbers.below(8);
            }
            if round % 2 == 0 && bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
                mend(&mut bytes);
            }
            if let Some(document) = outcomes.count(Document::decode(&bytes, &limits)) {
                let first = &document.pictures()[0];
                let format = document.format().unwrap();
                document.losses(format);
                if first.width() * first.height() < 5000 {
                    document.encode(format, &EncodeOptions::default()).unwrap();
                }
            }
        }
    }
    outcomes.assert_more_than(500);
    // All frames at the limit are 64 MiB; they are written once more, and tests run side by side.
    if let Some(peak) = peak_mib() {
        assert!(peak < 500, "{peak} MiB at the peak");
    }
}

#[test]
fn sides_and_frames_beyond_the_limits_are_refused_from_the_headers() {
    // A screen of 65535 x 65535 in a file of about a kilobyte.
    let mut wide = gif(&[part([0, 0, WIDTH, HEIGHT], 'r', true, Dispose::Keep); 20], &[]);
    wide[6..10].fill(0xff);
    assert!(matches!(
        Document::decode(&wide, &DecodeLimits::default()),
        Err(Error::Limit { value: 4_294_836_225, .. })
    ));
    // The screen may be within the limits of one picture and the frames together beyond.
    wide[6..10].copy_from_slice(&[0, 0x3f, 0, 0x3f]);
    let error = Document::decode(&wide, &DecodeLimits::default()).unwrap_err();
    assert!(error.to_string().contains("all decoded frames"), "{error}");

    // 4 billion frames.
    let mut many = apng(&[part([0, 0, WIDTH, HEIGHT], 'r', true, Dispose::Keep); 3], None);
    let control = many.windows(4).position(|four| four == b"acTL").unwrap();
    many[control + 4..control + 8].fill(0xff);
    mend(&mut many);
    let result = Document::decode(&many, &DecodeLimits::default());
    assert!(matches!(result, Err(Error::Limit { value: 0xffff_ffff, limit: 10_000, .. })), "{result:?}");
    // More than there are, and fewer.
    for count in [4_u32, 2] {
        many[control + 4..control + 8].copy_from_slice(&count.to_be_bytes());
        mend(&mut many);
        assert!(matches!(Document::decode(&many, &DecodeLimits::default()), Err(Error::Truncated { .. })));
    }
    for file in files() {
        assert!(Document::decode(&file, &limits(|l| l.max_frames = 4)).is_ok());
        let refused = |limits: &DecodeLimits| matches!(Document::decode(&file, limits), Err(Error::Limit { .. }));
        assert!(refused(&limits(|limits| limits.max_frames = 3)));
        assert!(refused(&limits(|limits| limits.max_bytes_decoded = (WIDTH * HEIGHT * 4 * 4 - 1) as u64)));
    }
}
