//! What is measured: a way to put a mark in and a way to read it.

mod external;
mod ours;
mod template;

pub(crate) use external::External;
pub(crate) use ours::Ours;

use image::RgbImage;

/// What one marking uses: labels decide key and payload, the same for every system.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) seed: u64,
    pub(crate) key: String,
    pub(crate) payload: String,
}

impl Choice {
    /// Key and payload of one label.
    pub(crate) fn new(seed: u64, label: &str) -> Self {
        Self { seed, key: label.to_owned(), payload: label.to_owned() }
    }

    /// The same key with another payload.
    pub(crate) fn with_payload(&self, label: &str) -> Self {
        Self { payload: label.to_owned(), ..self.clone() }
    }

    /// The payload, 8 bytes.
    pub(crate) fn payload(&self) -> [u8; 8] {
        crate::random::payload_bytes(self.seed, &self.payload)
    }
}

/// What came of marking.
pub(crate) enum Marking {
    /// The marked picture and the margin of the read-back, dB, if the system has one.
    Done { marked: RgbImage, margin_db: Option<f64> },
    /// The system will not mark this picture, and says why.
    Refused(String),
}

/// What came of reading.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reading {
    pub(crate) detected: bool,
    pub(crate) verdict: String,
    pub(crate) payload: Option<Vec<u8>>,
    /// Whether the payload may be believed; systems without a tag always say yes.
    pub(crate) authentic: bool,
    pub(crate) log10_p: Option<f64>,
    pub(crate) margin_db: Option<f64>,
    /// Rotation in degrees, aspect, mirrored (0 or 1), full short side in pixels.
    pub(crate) geometry: Option<[f64; 4]>,
    pub(crate) elapsed_ms: f64,
}

/// A watermark system.
pub(crate) trait System: Sync {
    /// What tells its rows from another system's: name and strength.
    fn settings(&self) -> String;

    /// What a picture marked by a choice carries.
    fn payload(&self, choice: &Choice) -> Vec<u8> {
        choice.payload().to_vec()
    }

    /// Marks a copy of a picture.
    fn embed(&self, picture: &RgbImage, choice: &Choice) -> anyhow::Result<Marking>;

    /// Prepares reading with the key of a choice.
    fn reader<'a>(&'a self, choice: &Choice) -> anyhow::Result<Box<dyn Reader + 'a>>;
}

/// Reads pictures with one key.
pub(crate) trait Reader {
    /// Reads a picture.
    fn read(&self, picture: &RgbImage) -> anyhow::Result<Reading>;
}
