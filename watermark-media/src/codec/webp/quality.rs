//! With which quality a lossy WebP was written. No WebP says it, but its header says the quantiser of each segment of
//! the picture and how often each occurs (RFC 6386, 9.3 and 9.6), and libwebp, which nearly all files are from, makes
//! those of the quality by a formula that can be read backwards.

/// Most segments.
const SEGMENTS: usize = 4;

/// Numbers in the arithmetic code of the header; zeros once the data have run out.
struct Bits<'a> {
    bytes: std::slice::Iter<'a, u8>,
    value: u32,
    range: u32,
    /// Bits shifted since the last byte came in.
    shifted: u32,
}

impl<'a> Bits<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let mut bits = Self { bytes: bytes.iter(), value: 0, range: 255, shifted: 0 };
        bits.value = bits.byte() << 8 | bits.byte();
        bits
    }

    fn byte(&mut self) -> u32 {
        self.bytes.next().copied().unwrap_or_default().into()
    }

    fn flag(&mut self) -> bool {
        let split = 1 + ((self.range - 1) >> 1);
        let one = self.value >= split << 8;
        if one {
            self.range -= split;
            self.value -= split << 8;
        } else {
            self.range = split;
        }
        while self.range < 128 {
            self.value <<= 1;
            self.range <<= 1;
            self.shifted += 1;
            if self.shifted == 8 {
                self.shifted = 0;
                self.value |= self.byte();
            }
        }
        one
    }

    fn number(&mut self, bits: u32) -> i32 {
        (0..bits).fold(0, |value, _| value << 1 | i32::from(self.flag()))
    }

    /// A number with a sign, where a flag says that there is one.
    fn signed(&mut self, bits: u32) -> Option<i32> {
        self.flag().then(|| {
            let value = self.number(bits);
            if self.flag() { -value } else { value }
        })
    }
}

/// The quality that libwebp would have to be asked for, 0 to 100, from the data of a `VP8 ` chunk.
pub(super) fn estimate(data: &[u8]) -> Option<u8> {
    // A key frame of three bytes, its mark, and two sides.
    let head = data.get(..10)?;
    if head[0] & 1 != 0 || head[3..6] != [0x9d, 0x01, 0x2a] {
        return None;
    }
    let mut bits = Bits::new(&data[10..]);
    // Colour space and clamping.
    bits.number(2);
    let (mut own, mut absolute, mut shares) = ([0; SEGMENTS], false, [1.0, 0.0, 0.0, 0.0]);
    if bits.flag() {
        let (map, values) = (bits.flag(), bits.flag());
        if values {
            absolute = bits.flag();
            own = std::array::from_fn(|_| bits.signed(7).unwrap_or(0));
            // The strengths of the filter.
            for _ in 0..SEGMENTS {
                bits.signed(6);
            }
        }
        if map {
            // A tree: the probabilities of its left branches.
            let left: [f64; 3] = std::array::from_fn(|_| {
                let told = bits.flag();
                if told { f64::from(bits.number(8)) / 255.0 } else { 1.0 }
            });
            let [low, first, third] = left;
            shares = [low * first, low * (1.0 - first), (1.0 - low) * third, (1.0 - low) * (1.0 - third)];
        }
    }
    // The filter: kind, strength, sharpness, and changes of its strength.
    bits.number(10);
    if bits.flag() && bits.flag() {
        for _ in 0..8 {
            bits.signed(6);
        }
    }
    // Partitions.
    bits.number(2);
    let base = bits.number(7);
    let quantisers = own.map(|own| if absolute { own } else { base + own });
    Some(from_quantisers(quantisers, shares))
}

/// libwebp's `VP8SetSegmentParams` backwards: segments deviate from the picture's value by exponents that are 1 on
/// average.
fn from_quantisers(quantisers: [i32; SEGMENTS], shares: [f64; SEGMENTS]) -> u8 {
    // The library rounded down; the finest quantiser stands for all qualities that are finer.
    let fineness = quantisers.map(|quantiser| 1.0 - (f64::from(quantiser.clamp(0, 126)) + 0.5) / 127.0);
    let mean: f64 = fineness.iter().zip(shares).map(|(fineness, share)| share * fineness.ln()).sum();
    let linear = (3.0 * mean).exp();
    let quality = if linear < 0.5 { linear * 1.5 } else { (linear + 1.0) / 2.0 };
    // Within 0 to 100.
    (quality * 100.0).round() as u8
}

#[cfg(all(test, feature = "webp-native"))]
mod tests {
    use super::super::super::EncodeOptions;
    use super::*;
    use crate::{Format, Picture, PixelData};

    /// Soft areas and hard edges, which libwebp puts into different segments.
    fn scene() -> Picture {
        let (width, height) = (160, 128);
        let sample = |x: usize, y: usize, c: usize| match (x / 40 + y / 32) % 3 {
            0 => 60 + x / 2 + 20 * c,
            1 => (x * 97 + y * 57 + x * y * 13 + c * 31) % 256,
            _ => 255 * ((x + y) / 5 % 2),
        };
        let samples = (0..width * height * 3).map(|n| sample(n / 3 % width, n / 3 / width, n % 3) as u8).collect();
        Picture::new(width, height, watermark_core::Layout::Rgb, PixelData::U8(samples)).expect("a picture")
    }

    #[test]
    fn the_quality_is_about_what_was_asked_for() {
        for quality in [5, 20, 40, 60, 75, 80, 90, 95, 100] {
            let options = EncodeOptions { webp_quality: Some(quality), ..EncodeOptions::default() };
            let file = crate::encode_with(&scene(), Format::WebP, &options).expect("a file");
            let chunks = super::super::chunks(&file).expect("chunks");
            let (_, data) = chunks.iter().find(|(kind, _)| kind == b"VP8 ").expect("pixels");
            let estimate = estimate(data).expect("an estimate");
            assert!(estimate.abs_diff(quality) <= 4, "{quality}: {estimate}");
            for cut in 0..data.len().min(60) {
                let _ = super::estimate(&data[..cut]);
            }
        }
    }
}
