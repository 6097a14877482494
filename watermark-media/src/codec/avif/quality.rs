//! From a quality, or from the source's quantiser, to the encoder's.

/// The encoder's finest: it has no lossless mode.
pub(super) const FINEST: u8 = 1;
/// Quality when the source gives none: the mark and the look both stay.
const FRESH_QUALITY: u8 = 90;

/// The quantiser index that rav1e 0.8.1 writes when it is asked for 0, 15, 30 ... 255, as read from its streams: with 10
/// bits, and with 12. With 8 bits it is what was asked for.
const WRITTEN: [[u8; 18]; 2] = [
    [1, 13, 27, 40, 53, 66, 79, 98, 111, 127, 142, 158, 173, 188, 203, 218, 233, 240],
    [1, 11, 22, 32, 42, 51, 60, 75, 93, 108, 125, 141, 156, 172, 187, 202, 217, 224],
];

/// The encoder's quantiser, 0 to 255: that of a quality, or about that of the source.
pub(super) fn quantizer(quality: Option<u8>, source: Option<u8>, bits: u8) -> u8 {
    match (quality, source) {
        (None, Some(source)) => of_source(source, bits).max(FINEST),
        (quality, _) => of_quality(quality.unwrap_or(FRESH_QUALITY)),
    }
}

fn of_source(index: u8, bits: u8) -> u8 {
    let written = match bits {
        8 => return index,
        10 => &WRITTEN[0],
        _ => &WRITTEN[1],
    };
    let step = written.windows(2).position(|pair| index <= pair[1]);
    let Some(step) = step else { return u8::MAX };
    let (low, high) = (u16::from(written[step]), u16::from(written[step + 1]));
    // 18 places, 15 apart.
    (15 * step as u16 + (u16::from(index).saturating_sub(low) * 15 + (high - low) / 2) / (high - low)) as u8
}

/// The scale of the tool `cavif` and of the crate `ravif`, in which 80 looks like a JPEG of quality 85.
fn of_quality(quality: u8) -> u8 {
    let q = f32::from(quality) / 100.0;
    let coarse = match q {
        _ if q >= 0.82 => (1.0 - q) * 2.6,
        _ if q > 0.25 => 0.875 - 0.5 * q,
        _ => 1.0 - q,
    };
    // Within 0 to 255.
    ((coarse * 255.0).round() as u8).max(FINEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qualities_are_ordered_and_the_source_is_met() {
        assert!((1..100).all(|quality| of_quality(quality) >= of_quality(quality + 1)));
        assert_eq!(
            (of_quality(100), of_quality(50), quantizer(None, None, 8)),
            (FINEST, 159, of_quality(FRESH_QUALITY))
        );
        assert_eq!([8, 10, 12].map(|bits| of_source(60, bits)), [60, 68, 90]);
        assert!((0..255).all(|index| of_source(index, 10) <= of_source(index + 1, 10)));
        assert_eq!((of_source(255, 10), of_source(0, 12), quantizer(Some(100), Some(60), 8)), (255, 0, FINEST));
    }
}
