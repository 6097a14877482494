//! The report of `watermark detect --json`, and what the page wants to know besides.

use serde::Serialize;
use sha2::{Digest, Sha256};
use watermark_core::{Detection, ImageView, Mark};
use watermark_formats::{DetectReport, number};
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

#[derive(Debug, Serialize)]
struct Evidence {
    key_id: String,
    columns: usize,
    rows: usize,
    /// Row by row, each cell's agreement in standard deviations of no mark.
    z: Vec<Option<f64>>,
}

/// Why there is no answer.
pub(crate) struct Failure {
    pub(crate) message: String,
    pub(crate) kind: &'static str,
}

impl PictureFacts {
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
                error_kind: None,
            },
            Err(Failure { message, kind }) => Self {
                fields: DetectReport::failed(file, format!("{file}: {message}"), elapsed_ms),
                picture,
                sha256,
                tried: None,
                evidence: Vec::new(),
                error_kind: Some(kind),
            },
        }
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
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What goes out to JavaScript.
pub(crate) fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("our own structs have text keys and no failing fields")
}
