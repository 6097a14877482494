//! The report of `watermark detect --json`, and what the page wants to know besides.

use serde::Serialize;
#[cfg(feature = "pictures")]
use sha2::{Digest, Sha256};
use watermark_core::{Detection, ImageView, Mark};
use watermark_formats::{DetectReport, number};
#[cfg(feature = "pictures")]
use watermark_media::{Error as MediaError, Format};

/// A report with all its fields.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    #[serde(flatten)]
    fields: DetectReport,
    picture: PictureFacts,
    /// SHA-256 of the file's bytes; null for bare pixels.
    sha256: Option<String>,
    /// Hypotheses that `log10_p` was corrected for.
    tried: Option<u64>,
    /// For each mark whose payload was read, where in the picture it is.
    evidence: Vec<Evidence>,
    /// Of a film, what was seen of it; null for pictures.
    clip: Option<ClipFacts>,
    /// A word for what went wrong, for programs.
    error_kind: Option<&'static str>,
}

/// What was looked at.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct PictureFacts {
    /// As recognised by the first bytes; null for other kinds of file.
    format: Option<&'static str>,
    width: Option<usize>,
    height: Option<usize>,
    /// `wasm`: by the same code as on the command line; `browser`: the pixels were handed over.
    decoded_by: Option<&'static str>,
}

/// What was seen of a film.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct ClipFacts {
    /// Length of the film, seconds, as far as it is known.
    pub(crate) duration_s: Option<f64>,
    /// When the strongest mark was seen, pairs of seconds.
    pub(crate) ranges: Vec<[Option<f64>; 2]>,
    /// Frames that were read.
    pub(crate) frames: usize,
    /// Frames that repeat the one before and were not read.
    pub(crate) repeated: usize,
    /// Where the film could not be played any further, seconds.
    pub(crate) stopped_s: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Evidence {
    key_id: String,
    columns: usize,
    rows: usize,
    /// Row by row, each cell's agreement in standard deviations of no mark.
    z: Vec<Option<f64>>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) message: String,
    pub(crate) kind: &'static str,
}

impl PictureFacts {
    #[cfg(feature = "pictures")]
    pub(crate) fn of_file(bytes: &[u8]) -> Self {
        let format = Format::sniff(bytes).map(|format| match format {
            Format::Jpeg => "jpeg",
            Format::Tiff => "tiff",
            other => other.extension(),
        });
        Self { format, decoded_by: format.map(|_| "wasm"), ..Self::default() }
    }

    pub(crate) fn of_pixels() -> Self {
        Self { decoded_by: Some("browser"), ..Self::default() }
    }

    pub(crate) fn measure(&mut self, image: &ImageView<'_>) {
        (self.width, self.height) = (Some(image.width()), Some(image.height()));
    }
}

impl Report {
    pub(crate) fn new(
        file: &str,
        answer: Result<Detection, Failure>,
        picture: PictureFacts,
        sha256: Option<String>,
        elapsed_ms: u64,
    ) -> Self {
        match answer {
            Ok(detection) => Self {
                fields: DetectReport::of(file, &detection, elapsed_ms),
                picture,
                sha256,
                tried: Some(detection.tried),
                evidence: detection.marks.iter().filter_map(Evidence::of).collect(),
                clip: None,
                error_kind: None,
            },
            Err(Failure { message, kind }) => Self {
                fields: DetectReport::failed(file, format!("{file}: {message}"), elapsed_ms),
                picture,
                sha256,
                tried: None,
                evidence: Vec::new(),
                clip: None,
                error_kind: Some(kind),
            },
        }
    }

    #[cfg(feature = "films")]
    pub(crate) fn with_clip(self, clip: Option<ClipFacts>) -> Self {
        Self { clip, ..self }
    }
}

impl Evidence {
    fn of(mark: &Mark) -> Option<Self> {
        let map = mark.evidence.as_ref()?;
        let z = map.z.iter().map(|&z| number(f64::from(z))).collect();
        Some(Self { key_id: mark.key_id.to_string(), columns: map.columns, rows: map.rows, z })
    }
}

impl From<watermark_core::Error> for Failure {
    fn from(error: watermark_core::Error) -> Self {
        let kind = match error {
            watermark_core::Error::Limit { .. } => "limit",
            watermark_core::Error::Cancelled => "cancelled",
            watermark_core::Error::Internal(_) => "fault",
            _ => "input",
        };
        Self { message: error.to_string(), kind }
    }
}

#[cfg(feature = "pictures")]
impl From<MediaError> for Failure {
    fn from(error: MediaError) -> Self {
        let kind = match error {
            MediaError::Empty => "empty",
            MediaError::Unsupported { .. } => "unsupported",
            MediaError::Corrupt { .. } => "corrupt",
            MediaError::Truncated { .. } => "truncated",
            MediaError::Limit { .. } => "limit",
            MediaError::Animated { .. } => "animated",
            MediaError::Cmyk { .. } => "cmyk",
            MediaError::Depth { .. } => "depth",
            _ => "input",
        };
        Self { message: error.to_string(), kind }
    }
}

/// SHA-256 in hexadecimal digits.
#[cfg(feature = "pictures")]
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Milliseconds since then.
pub(crate) fn elapsed_ms(start: f64) -> u64 {
    (js_sys::Date::now() - start).max(0.0).round() as u64
}

/// What goes out to JavaScript.
pub(crate) fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("our own structs have text keys and no failing fields")
}
