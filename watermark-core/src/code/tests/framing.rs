use super::super::crc::{CRC_BITS, crc16};
use super::super::framing::{Framing, framed_bits};
use super::{hex, key, other_key, payload};
use crate::{Error, PayloadClass};

/// From a separate program, HMAC and CRC from their definitions, for the fixed key and payloads of the tests.
#[test]
fn frames_have_known_answers() {
    for (class, answer) in [
        (PayloadClass::Bits32, "b4dde4fa308d74de5f"),
        (PayloadClass::Bits64, "118d4a0ac5b5820e6b963c4ece"),
        (PayloadClass::Bits128, "e3552cfe347e62a57450ccf6d4ba8e7eb3c4916ac3c8"),
    ] {
        let frame = Framing::new(&key()).frame(&payload(class)).unwrap();
        assert_eq!(frame.len(), framed_bits(class));
        assert_eq!(hex(&frame), answer);
    }
}

#[test]
fn frames_are_read_back_by_those_who_may() {
    let (owner, reader) = (Framing::new(&key()), Framing::new(&key().detect_only()));
    for class in PayloadClass::ALL {
        let frame = owner.frame(&payload(class)).unwrap();
        let read = owner.unframe(class, &frame).unwrap();
        assert_eq!((read.payload, read.authentic), (payload(class), Some(true)));
        let read = reader.unframe(class, &frame).unwrap();
        assert_eq!((read.payload, read.authentic), (payload(class), None));
        assert!(matches!(reader.frame(&payload(class)), Err(Error::Input(_))));
    }
}

#[test]
fn wrong_frames_are_refused() {
    // Another key or class unmasks to random bits, which pass with 2^-16 each: 6 fixed cases, 1e-4 in all.
    let owner = Framing::new(&key());
    for class in PayloadClass::ALL {
        let frame = owner.frame(&payload(class)).unwrap();
        assert_eq!(Framing::new(&other_key()).unframe(class, &frame), None);
        for at in 0..frame.len() {
            let mut damaged = frame.clone();
            damaged[at] ^= 1;
            assert_eq!(owner.unframe(class, &damaged), None, "bit {at} of {class:?}");
        }
        for wrong in PayloadClass::ALL.into_iter().filter(|&wrong| wrong != class) {
            assert_eq!(owner.unframe(wrong, &frame), None, "wrong length");
            let cut: Vec<u8> = frame.iter().copied().cycle().take(framed_bits(wrong)).collect();
            assert_eq!(owner.unframe(wrong, &cut), None, "{class:?} as {wrong:?}");
        }
    }
}

#[test]
fn crc_has_the_catalogued_check_value() {
    // CRC-16/M17 has this polynomial and start; its check of "123456789" is catalogued as 0x772b.
    let bits: Vec<u8> = b"123456789".iter().flat_map(|byte| (0..8).rev().map(move |i| byte >> i & 1)).collect();
    assert_eq!(crc16(&bits), 0x772b);
    assert_eq!(crc16(&[]), 0xffff);
}

#[test]
fn crc_tells_words_that_differ_in_up_to_four_places() {
    // The CRC is affine: a difference goes unseen when the checks of its places cancel. One and two places must have
    // different, non-zero checks; then no sum of up to four is zero.
    let longest = framed_bits(PayloadClass::Bits128);
    let check = |places: &[usize]| {
        let mut bits = vec![0_u8; longest - CRC_BITS];
        let mut check = crc16(&bits);
        for &place in places {
            match bits.get_mut(place) {
                Some(bit) => *bit ^= 1,
                None => check ^= 1 << (longest - 1 - place),
            }
        }
        check ^ crc16(&bits)
    };
    let single: Vec<u16> = (0..longest).map(|place| check(&[place])).collect();
    let mut sums = single.clone();
    for (i, a) in single.iter().enumerate() {
        sums.extend(single[..i].iter().map(|b| a ^ b));
    }
    sums.push(0);
    let count = sums.len();
    sums.sort_unstable();
    sums.dedup();
    assert_eq!(sums.len(), count);
}
