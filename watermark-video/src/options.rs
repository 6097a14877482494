//! How a marked clip is encoded.

use std::path::Path;

use crate::formats::misfit;
use crate::{Clip, Error, PixelFormat, Result};

/// A video codec to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Codec {
    /// H.264 by x264.
    H264,
    /// H.265 by x265.
    H265,
    /// VP9 by libvpx.
    Vp9,
    /// AV1 by SVT-AV1.
    Av1,
    /// FFV1, without loss.
    Ffv1,
    /// `ProRes` 422 HQ.
    ProRes,
}

impl Codec {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::H264, Self::H265, Self::Vp9, Self::Av1, Self::Ffv1, Self::ProRes];

    /// By the name that people type.
    pub fn name(self) -> &'static str {
        match self {
            Self::H264 => "h264",
            Self::H265 => "h265",
            Self::Vp9 => "vp9",
            Self::Av1 => "av1",
            Self::Ffv1 => "ffv1",
            Self::ProRes => "prores",
        }
    }

    /// From a typed name, or from that of a source's codec.
    pub fn parse(name: &str) -> Option<Self> {
        let name = if name == "hevc" { "h265" } else { name };
        Self::ALL.into_iter().find(|codec| codec.name() == name)
    }

    /// Whether a container holds it, and players read it there: of FFV1 in MOV few do.
    pub(crate) fn fits(self, muxer: Muxer) -> bool {
        match muxer {
            Muxer::WebM => matches!(self, Self::Vp9 | Self::Av1),
            Muxer::Mp4 => !matches!(self, Self::Ffv1 | Self::ProRes),
            Muxer::Mov => !matches!(self, Self::Ffv1 | Self::Vp9 | Self::Av1),
            Muxer::Matroska => true,
        }
    }

    fn encoder(self) -> &'static str {
        match self {
            Self::H264 => "libx264",
            Self::H265 => "libx265",
            Self::Vp9 => "libvpx-vp9",
            Self::Av1 => "libsvtav1",
            Self::Ffv1 => "ffv1",
            Self::ProRes => "prores_ks",
        }
    }

    /// Largest quality number, and the one that is taken without one; `None` for codecs that take none.
    pub fn crf(self) -> Option<(u8, u8)> {
        match self {
            Self::H264 => Some((51, 18)),
            Self::H265 => Some((51, 20)),
            Self::Vp9 => Some((63, 24)),
            Self::Av1 => Some((63, 24)),
            Self::Ffv1 | Self::ProRes => None,
        }
    }
}

/// A container to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Muxer {
    /// MP4.
    Mp4,
    /// QuickTime.
    Mov,
    /// Matroska.
    Matroska,
    /// WebM.
    WebM,
}

impl Muxer {
    /// From the extension of a file: mp4, m4v, mov, mkv, webm.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "mp4" | "m4v" => Some(Self::Mp4),
            "mov" => Some(Self::Mov),
            "mkv" => Some(Self::Matroska),
            "webm" => Some(Self::WebM),
            _ => None,
        }
    }

    /// ffmpeg's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::Mov => "mov",
            Self::Matroska => "matroska",
            Self::WebM => "webm",
        }
    }

    pub(crate) fn is_mp4(self) -> bool {
        matches!(self, Self::Mp4 | Self::Mov)
    }
}

/// How a marked clip is encoded.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct EncodeOptions {
    /// The codec. Default: the source's own, where it is one of [`Codec`], fits the container and keeps depth and chroma,
    /// else the first that does of H.264, VP9, H.265, AV1 and FFV1; where none does, the one that loses least. `ProRes`
    /// stays itself wherever it fits.
    pub codec: Option<Codec>,
    /// Constant quality: 0 is best. Default: that of [`Codec::crf`].
    pub crf: Option<u8>,
    /// The encoder's preset, by its own name. Default: the encoder's own; 8 for AV1.
    pub preset: Option<String>,
}

impl EncodeOptions {
    /// The codec for a clip in a container.
    pub fn codec_for(&self, clip: &Clip, muxer: Muxer) -> Codec {
        let fits = |codec: &Codec| codec.fits(muxer);
        let own = Codec::parse(&clip.codec).filter(fits);
        // Those that work with it want it again, and its bits beyond ten are few against what another codec takes away.
        if let Some(codec) = self.codec.or(own.filter(|own| *own == Codec::ProRes)) {
            return codec;
        }
        let others = [Codec::H264, Codec::Vp9, Codec::H265, Codec::Av1, Codec::Ffv1].into_iter().filter(fits);
        let best = own.into_iter().chain(others);
        // The first of those that lose least.
        best.min_by_key(|&codec| misfit(codec, clip.pixels, clip.size)).unwrap_or(Codec::H264)
    }

    /// The encoder's arguments.
    pub(crate) fn arguments(&self, codec: Codec, clip: &Clip, written: PixelFormat) -> Result<Vec<String>> {
        let mut said: Vec<String> = vec!["-c:v:0".into(), codec.encoder().into()];
        let mut add = |words: &[&str]| said.extend(words.iter().map(|&word| word.to_owned()));
        match (codec.crf(), self.crf) {
            (Some((most, _)), Some(crf)) if crf > most => {
                return Err(Error::Unsupported(format!("a CRF of {crf}; {} takes 0 to {most}", codec.name())));
            }
            (Some((_, usual)), crf) => add(&["-crf:v:0", &crf.unwrap_or(usual).to_string()]),
            (None, Some(_)) => {
                return Err(Error::Unsupported(format!("{} takes no CRF; leave it out", codec.name())));
            }
            (None, None) => {}
        }
        match codec {
            Codec::Vp9 => add(&["-b:v:0", "0", "-row-mt", "1"]),
            Codec::Ffv1 => add(&["-level", "3", "-slicecrc", "1"]),
            Codec::ProRes => add(&["-profile:v:0", if written.chroma == Some((0, 0)) { "4444" } else { "hq" }]),
            _ => {}
        }
        if let (Codec::Vp9 | Codec::Av1, Some(preset)) = (codec, &self.preset)
            && preset.parse::<u8>().is_err()
        {
            let text =
                format!("the preset {preset:?}; {} takes a number, larger is faster (0 to 8 at least)", codec.name());
            return Err(Error::Unsupported(text));
        }
        match (codec, &self.preset) {
            (Codec::H264 | Codec::H265 | Codec::Av1, Some(preset)) => add(&["-preset:v:0", preset]),
            (Codec::Vp9, Some(preset)) => add(&["-cpu-used", preset]),
            (_, Some(_)) => return Err(Error::Unsupported(format!("{} takes no preset; leave it out", codec.name()))),
            (Codec::Av1, None) => add(&["-preset:v:0", "8"]),
            (Codec::Vp9, None) => add(&["-cpu-used", "2"]),
            _ => {}
        }
        if codec == Codec::H265 {
            let hdr10 = clip.hdr10.as_ref().map_or(String::new(), |words| format!(":hdr10=1:repeat-headers=1:{words}"));
            add(&["-x265-params:v:0", &format!("log-level=error{hdr10}")]);
        }
        Ok(said)
    }
}
