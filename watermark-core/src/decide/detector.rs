//! The detector: the order of the stages, for a ring of keys.

use super::assess::{Assessment, THRESHOLD_SNR, assess};
use super::geometry;
use super::null::log10_corrected;
use super::{Detection, Geometry, Mark, Verdict};
use crate::code::Reader;
use crate::demod::{Demodulator, base_pitch, best_heard, direct_octaves, read_aligned, read_direct};
use crate::normalise::{Whitener, resample, working_luma};
use crate::pattern::{Pattern, TILE};
use crate::spectrum::{Fft2, Plane, RealFft2};
use crate::sync::{Budget, SPECTRUM_SIDE, Scene, Whole, locate};
use crate::{DetectOptions, Effort, Error, ImageView, Key, KeyId, Result};

/// Alignments whose code is tried even where the energy shows nothing.
const EAGER: usize = 15;

/// Looks for the marks of one or several keys. Prepared once, used for many pictures; `Send + Sync`.
pub struct Detector {
    keys: Vec<KeyState>,
    whitener: Whitener,
    demodulator: Demodulator,
    spectrum: RealFft2,
    tile_fft: Fft2,
    options: DetectOptions,
}

struct KeyState {
    id: KeyId,
    pattern: Pattern,
    reader: Reader,
}

/// The best reading of one key so far.
struct Reading {
    assessment: Assessment,
    geometry: Option<Geometry>,
}

impl std::fmt::Debug for Detector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Detector({} keys, {:?})", self.keys.len(), self.options)
    }
}

impl Effort {
    fn budget(self) -> Budget {
        match self {
            Self::Fast => Budget { proposals: 0, isotropic: 0, anisotropic: 0, polished: 0, alignments: 7 },
            Self::Normal => Budget { proposals: 3, isotropic: 16, anisotropic: 24, polished: 8, alignments: 8 },
            Self::Thorough => Budget { proposals: 8, isotropic: 48, anisotropic: 96, polished: 16, alignments: 48 },
        }
    }
}

impl Detector {
    /// Prepares the patterns of `keys`.
    ///
    /// # Errors
    /// [`Error::Input`] without a key, [`Error::Limit`] with too many.
    pub fn new(keys: &[Key], options: DetectOptions) -> Result<Self> {
        if keys.is_empty() {
            return Err(Error::input("no key was given; a detector needs at least one"));
        }
        if keys.len() > options.limits.max_keys {
            let (value, limit) = (keys.len() as u64, options.limits.max_keys as u64);
            return Err(Error::Limit { what: "the number of keys", value, limit });
        }
        let state = |key: &Key| KeyState { id: key.id(), pattern: Pattern::new(key), reader: Reader::new(key) };
        Ok(Self {
            keys: keys.iter().map(state).collect(),
            whitener: Whitener::new(),
            demodulator: Demodulator::new(),
            spectrum: RealFft2::new(SPECTRUM_SIDE),
            tile_fft: Fft2::new(TILE),
            options,
        })
    }

    /// Looks for the marks in one picture: where it was marked first, and, for the keys that show nothing there, by
    /// the search over geometry.
    ///
    /// # Errors
    /// [`Error::Limit`] for a picture beyond the limits, [`Error::Input`] for samples that are no numbers.
    pub fn detect(&self, image: &ImageView<'_>) -> Result<Detection> {
        self.options.limits.check(image.width(), image.height())?;
        let (working, pitch) = working_luma(image)?;
        let short = image.width().min(image.height());
        let patterns: Vec<&Pattern> = self.keys.iter().map(|key| &key.pattern).collect();
        let direct = {
            let base = resample(&working, base_pitch(short) / pitch);
            read_direct(&base, direct_octaves(short), &patterns, &self.whitener, &self.demodulator)
        };
        let mut scene = None;
        let mut tried = 0;
        let mut marks = Vec::with_capacity(self.keys.len());
        for (key, heard) in self.keys.iter().zip(direct) {
            let assessment = assess(&best_heard(heard), &key.reader, true);
            let mut reading = Reading { assessment, geometry: Some(geometry::untouched(short as f64)) };
            let mut tests = 1;
            if !reading.is_certain() {
                let scene = scene.get_or_insert_with(|| Scene::new(&working, &self.whitener, &self.spectrum));
                tests += self.search(key, scene, &working, pitch, short, &mut reading);
            }
            tried += tests;
            marks.push((key.id, reading));
        }
        let mut marks: Vec<Mark> = marks.into_iter().map(|(id, reading)| mark(id, reading, tried)).collect();
        marks.sort_by(|a, b| a.log10_p.total_cmp(&b.log10_p));
        Ok(Detection { marks, tried })
    }

    /// Tries alignments until one is certain; returns how many were tried.
    fn search(&self, key: &KeyState, scene: &Scene, working: &Plane, pitch: f64, short: usize, best: &mut Reading) -> u64 {
        let size = (working.ncols() as f64, working.nrows() as f64);
        let whole = Whole { size, octaves: direct_octaves(short) };
        let budget = self.options.effort.budget();
        let alignments = locate(scene, &key.pattern.template, &self.tile_fft, &whole, &budget);
        for (i, alignment) in alignments.iter().enumerate() {
            let octaves = best_heard(read_aligned(scene, alignment, &key.pattern, &self.demodulator));
            if octaves.is_empty() {
                continue;
            }
            let assessment = assess(&octaves, &key.reader, i < EAGER);
            if assessment.log10_p < best.assessment.log10_p {
                let geometry = geometry::estimate(alignment, &octaves, pitch);
                *best = Reading { assessment, geometry: Some(geometry) };
            }
            if best.is_certain() {
                return i as u64 + 1;
            }
        }
        alignments.len() as u64
    }
}

impl Reading {
    /// Whether nothing more needs to be tried: the code was readable and chance is out of the question whatever else
    /// would be tried.
    fn is_certain(&self) -> bool {
        self.assessment.decoded.is_some() && self.assessment.log10_p < Verdict::FOUND_LOG10_P - 4.0
    }
}

fn mark(key_id: KeyId, reading: Reading, tried: u64) -> Mark {
    let Reading { assessment, geometry } = reading;
    let log10_p = log10_corrected(assessment.log10_p, tried);
    let verdict = Verdict::of(log10_p);
    // A message is only shown where the evidence bears it: a CRC alone agrees by chance now and then.
    let message = assessment.decoded.filter(|_| verdict == Verdict::Found);
    Mark {
        key_id,
        verdict,
        log10_p,
        authentic: message.as_ref().and_then(|m| m.authentic),
        payload: message.map(|m| m.payload),
        margin_db: 10.0 * libm::log10(assessment.snr / THRESHOLD_SNR),
        geometry: geometry.filter(|_| verdict == Verdict::Found),
        evidence: None,
    }
}
