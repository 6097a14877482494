//! Results of trials: their form on disk, one JSON object a line, and how they are found again.

mod folder;
mod store;

pub(crate) use folder::{Manifest, Results};
pub(crate) use store::Store;

use serde::{Deserialize, Serialize};

/// What one row is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Trial {
    /// Folder and file name.
    pub(crate) picture: String,
    /// Each repetition has its own key and payload.
    pub(crate) repetition: u32,
    /// The attack's name; `embed` for the marking itself.
    pub(crate) attack: String,
    /// Which seed of an attack that has chance in it.
    pub(crate) position: u32,
}

impl Trial {
    /// The marking of a picture.
    pub(crate) fn embed(picture: &str, repetition: u32) -> Self {
        Self { picture: picture.to_owned(), repetition, attack: "embed".to_owned(), position: 0 }
    }
}

/// What came of marking.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct EmbedRow {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) psnr_db: Option<f64>,
    /// Of the read-back.
    pub(crate) margin_db: Option<f64>,
    /// Structural similarity of luma.
    #[serde(default)]
    pub(crate) ssim: Option<f64>,
    pub(crate) ssimulacra2: Option<f64>,
    /// Butteraugli's maximum norm: 1 is hardly visible.
    #[serde(default)]
    pub(crate) butteraugli: Option<f64>,
    /// Butteraugli's 3-norm, over the whole picture.
    #[serde(default)]
    pub(crate) butteraugli_3: Option<f64>,
    /// 0 when the perceptual figures are of the whole picture.
    pub(crate) tiles: u32,
    pub(crate) refused: Option<String>,
    pub(crate) elapsed_ms: f64,
}

/// What came of reading an attacked copy.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct ReadRow {
    /// Found, payload exact, authentic.
    pub(crate) ok: bool,
    /// Found with another payload than was put in.
    pub(crate) wrong_payload: bool,
    pub(crate) detected: bool,
    pub(crate) verdict: String,
    /// Absent for systems that do not tell.
    pub(crate) log10_p: Option<f64>,
    pub(crate) margin_db: Option<f64>,
    /// Rotation in degrees, aspect, mirrored (0 or 1), full short side in pixels.
    pub(crate) geometry: Option<[f64; 4]>,
    /// Size of the attacked picture.
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) elapsed_ms: f64,
}

/// Either, or why the attack could not be done.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Row {
    Embed(EmbedRow),
    Read(ReadRow),
    Failed { reason: String },
}

impl Default for Row {
    fn default() -> Self {
        Self::Failed { reason: String::new() }
    }
}

/// One line of the file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) commit: String,
    pub(crate) program: String,
    pub(crate) settings: String,
    pub(crate) class: String,
    #[serde(flatten)]
    pub(crate) trial: Trial,
    #[serde(flatten)]
    pub(crate) row: Row,
}
