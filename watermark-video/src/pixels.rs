//! Planar pixel formats: how large the planes of a frame are, and how IVF names them.

use crate::{Error, Result};

/// A planar pixel format with luma in its first plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PixelFormat {
    /// Bits of a sample.
    pub bits: u32,
    /// Binary logarithms of the pixels to a chroma sample across and down; `None`: no chroma.
    pub chroma: Option<(u32, u32)>,
    /// Whether the name itself says that black is 0 and white the largest value (`yuvj420p`).
    pub full: bool,
}

impl PixelFormat {
    /// From ffmpeg's name.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for packed, alpha, RGB and floating-point formats.
    pub fn parse(name: &str) -> Result<Self> {
        let refused = || {
            Error::Unsupported(format!(
                "its pixel format is {name}; planar YUV (4:2:0, 4:2:2, 4:4:4) and grey of 8 to 16 bits can be marked: \
                 convert it first (ffmpeg -pix_fmt yuv420p, yuv422p10le, ...)"
            ))
        };
        // ffmpeg's names of planes of colour and alpha, packed or not.
        if ["yuva", "gbrap", "rgba", "bgra", "argb", "abgr", "ya8", "ya16", "ayuv"]
            .iter()
            .any(|with| name.starts_with(with))
        {
            return Err(Error::Unsupported(format!(
                "its pixel format {name} has an alpha plane, which would be lost; mark its pictures as a numbered sequence of PNG \
                 or TIFF files, or write it without alpha first (ffmpeg -pix_fmt yuv422p10le, ...)"
            )));
        }
        let (full, rest) = match (name.strip_prefix("yuvj"), name.strip_prefix("yuv"), name.strip_prefix("gray")) {
            (Some(rest), ..) => (true, rest),
            (_, Some(rest), _) => (false, rest),
            (.., Some(rest)) => return Ok(Self { bits: depth(rest).ok_or_else(refused)?, chroma: None, full: false }),
            _ => return Err(refused()),
        };
        let (sampling, rest) = rest.split_once('p').ok_or_else(refused)?;
        let chroma = match sampling {
            "420" => (1, 1),
            "422" => (1, 0),
            "444" => (0, 0),
            "440" => (0, 1),
            "411" => (2, 0),
            "410" => (2, 2),
            _ => return Err(refused()),
        };
        Ok(Self { bits: depth(rest).ok_or_else(refused)?, chroma: Some(chroma), full })
    }

    /// ffmpeg's name for frames of this format in little-endian order, without the mark of full range.
    pub fn name(self) -> String {
        let sampling = match self.chroma {
            None => "gray",
            Some((1, 1)) => "yuv420p",
            Some((1, 0)) => "yuv422p",
            Some((0, 1)) => "yuv440p",
            Some((2, 0)) => "yuv411p",
            Some((2, 2)) => "yuv410p",
            Some(_) => "yuv444p",
        };
        match self.bits {
            8 => sampling.to_owned(),
            bits => format!("{sampling}{bits}le"),
        }
    }

    /// ffmpeg's name of what is asked of a decoder: the file's own, so that nothing is converted.
    pub(crate) fn decoded_name(self) -> String {
        if self.full { self.name().replacen("yuv", "yuvj", 1) } else { self.name() }
    }

    /// Bytes of a sample.
    pub fn sample_bytes(self) -> usize {
        if self.bits > 8 { 2 } else { 1 }
    }

    /// Bytes of a frame.
    pub fn frame_bytes(self, width: usize, height: usize) -> usize {
        let chroma =
            self.chroma.map_or(0, |(across, down)| 2 * width.div_ceil(1 << across) * height.div_ceil(1 << down));
        (width * height + chroma) * self.sample_bytes()
    }

    /// The four bytes by which ffmpeg's raw video decoder knows the format (libavcodec/raw.c).
    pub(crate) fn tag(self) -> Option<[u8; 4]> {
        let sampling = match self.chroma {
            None => b'1',
            Some((across, down)) => match (across, down) {
                (1, 1) => 11,
                (1, 0) => 10,
                (0, 0) => 0,
                _ => 99,
            },
        };
        match (self.chroma, self.bits) {
            (None, 8) => Some(*b"Y800"),
            (None, bits @ (10 | 12 | 16)) => Some([b'Y', b'1', 0, bits as u8]),
            (Some((1, 1)), 8) => Some(*b"I420"),
            (Some((1, 0)), 8) => Some(*b"Y42B"),
            (Some((0, 0)), 8) => Some(*b"444P"),
            (Some((0, 1)), 8) => Some(*b"440P"),
            (Some((2, 0)), 8) => Some(*b"Y41B"),
            (Some((2, 2)), 8) => Some(*b"YUV9"),
            (Some(_), bits @ (9 | 10 | 12 | 14 | 16)) if sampling != 99 => Some([b'Y', b'3', sampling, bits as u8]),
            _ => None,
        }
    }
}

/// Bits from the end of a name: nothing, or a number and `le` (or `be`, which is converted).
fn depth(rest: &str) -> Option<u32> {
    if rest.is_empty() {
        return Some(8);
    }
    let digits = rest.strip_suffix("le").or_else(|| rest.strip_suffix("be"))?;
    digits.parse().ok().filter(|bits| (8..=16).contains(bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_depth_and_sampling() {
        let format = |name| PixelFormat::parse(name).unwrap();
        assert_eq!(format("yuv420p"), PixelFormat { bits: 8, chroma: Some((1, 1)), full: false });
        assert!(format("yuvj422p").full && format("yuvj422p").decoded_name() == "yuvj422p");
        assert_eq!(format("yuv444p12le").name(), "yuv444p12le");
        assert_eq!((format("gray10le").bits, format("gray").chroma), (10, None));
        // Odd sides round up.
        assert_eq!(format("yuv420p").frame_bytes(5, 3), 15 + 2 * 3 * 2);
        assert_eq!(format("yuv420p10le").frame_bytes(4, 2), 2 * (8 + 4));
        for name in ["rgb24", "yuva420p", "nv12", "gbrp", "yuyv422", "grayf32le", "pal8", "p010le"] {
            assert!(PixelFormat::parse(name).unwrap_err().to_string().contains(name), "{name}");
        }
    }
}
