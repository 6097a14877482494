//! Pixels in the kinds that formats and metrics want.

use std::borrow::Cow;

use watermark_core::Layout;

use crate::{Picture, PixelData};

/// 16 bits to 8, rounded to nearest: 65535 / 255 is 257.
fn narrow(sample: u16) -> u8 {
    ((u32::from(sample) + 128) / 257) as u8
}

impl PixelData {
    /// At 8 bits, 16 bit samples rounded, floating-point ones cut to black and white too.
    fn to_8(&self) -> Cow<'_, [u8]> {
        match self {
            Self::U8(samples) => samples.into(),
            Self::U16(samples) => samples.iter().map(|&sample| narrow(sample)).collect::<Vec<_>>().into(),
            // A cast takes what is beyond the range to its ends, and no number to 0.
            #[cfg(feature = "film")]
            Self::F32(samples) => {
                samples.iter().map(|sample| (sample * 255.0).round() as u8).collect::<Vec<_>>().into()
            }
        }
    }

    /// Whether the last of every `channels` samples is full.
    pub(crate) fn is_opaque(&self, channels: usize) -> bool {
        match self {
            Self::U8(samples) => samples.chunks_exact(channels).all(|pixel| pixel[channels - 1] == u8::MAX),
            Self::U16(samples) => samples.chunks_exact(channels).all(|pixel| pixel[channels - 1] == u16::MAX),
            #[cfg(feature = "film")]
            Self::F32(samples) => samples.chunks_exact(channels).all(|pixel| pixel[channels - 1] >= 1.0),
        }
    }
}

/// Of a sample's channels: added, taken, looked at.
#[cfg(feature = "animation")]
impl PixelData {
    /// Whether the last of every `channels` samples is full or nothing.
    pub(crate) fn is_binary(&self, channels: usize) -> bool {
        match self {
            Self::U8(samples) => samples.chunks_exact(channels).all(|p| matches!(p[channels - 1], 0 | u8::MAX)),
            Self::U16(samples) => samples.chunks_exact(channels).all(|p| matches!(p[channels - 1], 0 | u16::MAX)),
            #[cfg(feature = "film")]
            Self::F32(samples) => samples.chunks_exact(channels).all(|p| matches!(p[channels - 1], 0.0 | 1.0)),
        }
    }

    /// With a full sample after every `channels`.
    pub(crate) fn with_full(&self, channels: usize) -> Self {
        fn add<T: Copy>(samples: &[T], channels: usize, full: T) -> Vec<T> {
            samples.chunks_exact(channels).flat_map(|pixel| pixel.iter().copied().chain([full])).collect()
        }
        match self {
            Self::U8(samples) => Self::U8(add(samples, channels, u8::MAX)),
            Self::U16(samples) => Self::U16(add(samples, channels, u16::MAX)),
            #[cfg(feature = "film")]
            Self::F32(samples) => Self::F32(add(samples, channels, 1.0)),
        }
    }

    /// Without the last of every `channels` samples.
    pub(crate) fn without_last(&self, channels: usize) -> Self {
        fn take<T: Copy>(samples: &[T], channels: usize) -> Vec<T> {
            samples.chunks_exact(channels).flat_map(|pixel| pixel[..channels - 1].iter().copied()).collect()
        }
        match self {
            Self::U8(samples) => Self::U8(take(samples, channels)),
            Self::U16(samples) => Self::U16(take(samples, channels)),
            #[cfg(feature = "film")]
            Self::F32(samples) => Self::F32(take(samples, channels)),
        }
    }
}

#[cfg(feature = "animation")]
impl Picture {
    /// With an opaque alpha channel, if it has none.
    pub(crate) fn with_alpha(&self) -> Cow<'_, Self> {
        let layout = match self.layout {
            Layout::Luma => Layout::LumaAlpha,
            Layout::Rgb => Layout::Rgba,
            _ => return Cow::Borrowed(self),
        };
        let pixels = self.pixels.with_full(self.layout.channels());
        Cow::Owned(Self { layout, pixels, metadata: self.metadata.clone(), ..*self })
    }

    /// With what was noted about its file.
    pub(crate) fn with_notes(mut self, notes: crate::codec::Notes) -> Self {
        self.metadata.notes = notes;
        self
    }
}

impl Picture {
    /// Upright 8 bit RGB, three samples a pixel, for previews and metrics: grey repeated, 16 bits rounded,
    /// floating point cut to 0..1 and rounded, alpha (as if it were not premultiplied) laid over mid grey (128).
    pub fn rgb8(&self) -> Vec<u8> {
        let samples = self.pixels.to_8();
        let over = |value: u8, alpha: u8| -> u8 {
            let (value, alpha) = (u32::from(value), u32::from(alpha));
            ((value * alpha + 128 * (255 - alpha) + 127) / 255) as u8
        };
        match self.layout {
            Layout::Rgb => samples.into_owned(),
            Layout::Luma => samples.iter().flat_map(|&v| [v; 3]).collect(),
            Layout::LumaAlpha => samples.chunks_exact(2).flat_map(|p| [over(p[0], p[1]); 3]).collect(),
            Layout::Rgba => samples.chunks_exact(4).flat_map(|p| [0, 1, 2].map(|c| over(p[c], p[3]))).collect(),
        }
    }

    /// The same picture with other samples; JPEG and WebP ask for it, so nothing but the pixels matters.
    fn with(&self, layout: Layout, samples: Vec<u8>) -> Cow<'_, Self> {
        Cow::Owned(Self { layout, pixels: PixelData::U8(samples), metadata: self.metadata.clone(), ..*self })
    }

    /// At 8 bits and without alpha; nothing when there is transparency.
    pub(crate) fn opaque8(&self) -> Option<Cow<'_, Self>> {
        let channels = self.layout.channels();
        let samples = self.pixels.to_8();
        match (self.layout, &self.pixels) {
            (Layout::Luma | Layout::Rgb, PixelData::U8(_)) => Some(Cow::Borrowed(self)),
            (Layout::Luma | Layout::Rgb, _) => Some(self.with(self.layout, samples.into_owned())),
            _ if !self.pixels.is_opaque(channels) => None,
            (Layout::LumaAlpha, _) => Some(self.with(Layout::Luma, samples.chunks_exact(2).map(|p| p[0]).collect())),
            (Layout::Rgba, _) => {
                Some(self.with(Layout::Rgb, samples.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect()))
            }
        }
    }

    /// At 8 bits, grey as RGB, alpha as it is.
    pub(crate) fn colour8(&self) -> Cow<'_, Self> {
        let samples = self.pixels.to_8();
        match self.layout {
            Layout::Rgb | Layout::Rgba if matches!(samples, Cow::Borrowed(_)) => Cow::Borrowed(self),
            Layout::Rgb | Layout::Rgba => self.with(self.layout, samples.into_owned()),
            Layout::Luma => self.with(Layout::Rgb, samples.iter().flat_map(|&v| [v; 3]).collect()),
            Layout::LumaAlpha => {
                self.with(Layout::Rgba, samples.chunks_exact(2).flat_map(|p| [p[0], p[0], p[0], p[1]]).collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_bits_round_to_the_nearest_of_eight() {
        for value in 0..=u16::MAX {
            assert_eq!(narrow(value), (f64::from(value) / 257.0).round() as u8);
        }
    }

    #[test]
    fn previews_lie_over_mid_grey() {
        let picture = Picture::new(3, 1, Layout::LumaAlpha, PixelData::U8(vec![10, 255, 10, 0, 10, 128])).unwrap();
        assert_eq!(picture.rgb8(), [10, 10, 10, 128, 128, 128, 69, 69, 69]);
    }

    #[test]
    fn alpha_goes_only_when_it_says_nothing() {
        let full = Picture::new(1, 1, Layout::Rgba, PixelData::U16(vec![0, 257, 65535, 65535])).unwrap();
        assert_eq!(full.opaque8().unwrap().pixels, PixelData::U8(vec![0, 1, 255]));
        let clear = Picture::new(1, 1, Layout::Rgba, PixelData::U16(vec![0, 257, 65535, 65534])).unwrap();
        assert!(clear.opaque8().is_none());
    }
}
