//! Which pixel formats the encoders take, and what a clip loses where its own is not among them. Without being asked for
//! one, ffmpeg takes another and says nothing.

use crate::{Codec, Error, PixelFormat, Result};

/// Chroma of half the pixels across and down, of half across, of all of them, of half down, and none.
const C420: Option<(u32, u32)> = Some((1, 1));
const C422: Option<(u32, u32)> = Some((1, 0));
const C444: Option<(u32, u32)> = Some((0, 0));
const C440: Option<(u32, u32)> = Some((0, 1));
const C411: Option<(u32, u32)> = Some((2, 0));
const C410: Option<(u32, u32)> = Some((2, 2));
const GREY: Option<(u32, u32)> = None;

/// Chroma, and the bits that come with each of it.
type Taken = (&'static [Option<(u32, u32)>], &'static [u32]);

/// What an encoder takes: `ffmpeg -h encoder=libx264` and so on of ffmpeg 5.1 (Debian 12), "Supported pixel formats", those
/// of [`PixelFormat`].
fn taken(codec: Codec) -> &'static [Taken] {
    match codec {
        Codec::H264 => &[(&[C420, C422, C444, GREY], &[8, 10])],
        Codec::H265 => &[(&[C420, C422, C444, GREY], &[8, 10, 12])],
        Codec::Vp9 => &[(&[C420, C422, C440, C444], &[8, 10, 12])],
        Codec::Av1 => &[(&[C420], &[8, 10])],
        Codec::Ffv1 => &[
            (&[C420, C422, C444], &[8, 9, 10, 12, 14, 16]),
            (&[C440], &[8, 10, 12]),
            (&[C411, C410], &[8]),
            (&[GREY], &[8, 9, 10, 12, 16]),
        ],
        Codec::ProRes => &[(&[C422, C444], &[10])],
    }
}

/// What is lost from one format to another, worst first: steps of chroma, bits. Less of it is better.
fn lost(from: PixelFormat, to: PixelFormat) -> (u32, u32) {
    let chroma = match (from.chroma, to.chroma) {
        (None, _) => 0,
        (Some(_), None) => u32::MAX,
        (Some(from), Some(to)) => to.0.saturating_sub(from.0) + to.1.saturating_sub(from.1),
    };
    (chroma, from.bits.saturating_sub(to.bits))
}

/// What is added without being there: samples of chroma to a pixel, bits.
fn added(from: PixelFormat, to: PixelFormat) -> (u32, u32) {
    let steps = |chroma: Option<(u32, u32)>| chroma.map_or(0, |(across, down)| 5_u32.saturating_sub(across + down));
    (steps(to.chroma).saturating_sub(steps(from.chroma)), to.bits.saturating_sub(from.bits))
}

/// The format that an encoder is given for a clip's: the same, or else the one that loses least.
pub(crate) fn nearest(codec: Codec, from: PixelFormat) -> PixelFormat {
    let all = taken(codec).iter().flat_map(|(chromas, depths)| {
        chromas.iter().flat_map(|&chroma| depths.iter().map(move |&bits| PixelFormat { bits, chroma, full: from.full }))
    });
    all.min_by_key(|&to| (lost(from, to), added(from, to))).unwrap_or(from)
}

/// How badly a codec fits a clip: whether it does not take frames of the size, and what it loses of the format.
pub(crate) fn misfit(codec: Codec, from: PixelFormat, size: (usize, usize)) -> (bool, (u32, u32)) {
    let to = nearest(codec, from);
    (!takes_sides(codec, to, size), lost(from, to))
}

/// Whether an encoder takes frames of such a size: those of x264, x265 and SVT-AV1 are whole samples of chroma.
fn takes_sides(codec: Codec, format: PixelFormat, (width, height): (usize, usize)) -> bool {
    let whole = |(across, down): (u32, u32)| width.is_multiple_of(1 << across) && height.is_multiple_of(1 << down);
    !matches!(codec, Codec::H264 | Codec::H265 | Codec::Av1) || format.chroma.is_none_or(whole)
}

/// Refuses frames of a size that the encoder does not take.
pub(crate) fn check_sides(codec: Codec, format: PixelFormat, size: (usize, usize)) -> Result<()> {
    if takes_sides(codec, format, size) {
        return Ok(());
    }
    Err(Error::Unsupported(format!(
        "its frames have {}x{} px, and {} with {} chroma takes even sides alone; pass --codec vp9 (.mp4, .mkv, .webm), ffv1 \
         (.mkv) or prores (.mov, .mkv), which take such frames, or crop it first (ffmpeg -vf crop=trunc(iw/2)*2:trunc(ih/2)*2)",
        size.0,
        size.1,
        codec.name(),
        sampling(format.chroma)
    )))
}

/// What is lost, in sentences.
pub(crate) fn losses(from: PixelFormat, to: PixelFormat) -> Vec<String> {
    let (chroma, bits) = lost(from, to);
    let chroma =
        (chroma > 0).then(|| format!("its {} chroma: written as {}", sampling(from.chroma), sampling(to.chroma)));
    let bits = (bits > 0).then(|| format!("its {} bits: written with {}", from.bits, to.bits));
    chroma.into_iter().chain(bits).collect()
}

/// As people write it.
fn sampling(chroma: Option<(u32, u32)>) -> &'static str {
    match chroma {
        C420 => "4:2:0",
        C422 => "4:2:2",
        C440 => "4:4:0",
        C411 => "4:1:1",
        C410 => "4:1:0",
        None => "no",
        Some(_) => "4:4:4",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(codec: Codec, name: &str) -> (String, Vec<String>) {
        let from = PixelFormat::parse(name).unwrap();
        let to = nearest(codec, from);
        (to.name(), losses(from, to))
    }

    #[test]
    fn formats_stay_or_lose_least() {
        for (codec, name, written, said) in [
            (Codec::H264, "yuv422p10le", "yuv422p10le", &[][..]),
            (Codec::H264, "yuv444p12le", "yuv444p10le", &["its 12 bits: written with 10"]),
            (Codec::H265, "yuv444p12le", "yuv444p12le", &[]),
            (Codec::H264, "yuv411p", "yuv422p", &[]),
            (Codec::H264, "yuv420p9le", "yuv420p10le", &[]),
            (Codec::Av1, "yuv444p", "yuv420p", &["its 4:4:4 chroma: written as 4:2:0"]),
            (
                Codec::Av1,
                "yuv422p12le",
                "yuv420p10le",
                &["its 4:2:2 chroma: written as 4:2:0", "its 12 bits: written with 10"],
            ),
            (Codec::Vp9, "gray", "yuv420p", &[]),
            (Codec::ProRes, "yuv420p", "yuv422p10le", &[]),
            (Codec::ProRes, "yuv444p12le", "yuv444p10le", &["its 12 bits: written with 10"]),
            (Codec::Ffv1, "yuv440p12le", "yuv440p12le", &[]),
            (Codec::Ffv1, "gray16le", "gray16le", &[]),
        ] {
            assert_eq!(to(codec, name), (written.to_owned(), said.iter().map(|&s| s.to_owned()).collect()), "{name}");
        }
    }

    #[test]
    fn sides_are_whole_samples_of_chroma() {
        let check = |codec, name: &str, size| check_sides(codec, PixelFormat::parse(name).unwrap(), size);
        for codec in [Codec::H264, Codec::H265, Codec::Av1] {
            let said = check(codec, "yuv420p", (449, 270)).unwrap_err().to_string();
            assert!(said.contains("449x270") && said.contains("ffv1") && said.contains(codec.name()), "{said}");
            assert!(check(codec, "yuv422p", (449, 270)).is_err() && check(codec, "yuv422p", (448, 271)).is_ok());
            assert!(check(codec, "yuv444p", (449, 271)).is_ok() && check(codec, "gray", (449, 271)).is_ok());
        }
        for codec in [Codec::Vp9, Codec::Ffv1, Codec::ProRes] {
            assert!(check(codec, "yuv420p", (449, 271)).is_ok());
        }
    }
}
