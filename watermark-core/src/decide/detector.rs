//! The detector: the order of the stages, for a ring of keys.

use std::ops::ControlFlow;

use super::assess::{Assessment, Look, assess};
use super::geometry;
use super::null::log10_corrected;
use super::planes::Planes;
use super::progress::{LOCATED, Progress, WORKING_PLANE};
use super::{Detection, EvidenceMap, Geometry, Mark, Verdict};
use crate::code::Reader;
use crate::demod::{
    Demodulator, Found, Mix, OctaveSoft, Trace, base_pitch, best_heard, read_aligned, read_direct, readable_octaves,
};
use crate::normalise::{Whitener, halve, working_luma};
use crate::order::ascending;
use crate::pattern::{Pattern, TILE};
use crate::spectrum::{Fft2, Plane, RealFft2};
use crate::sync::{Alignment, Budget, SPECTRUM_SIDE, Scene, Warp, Whole, follow, locate};
use crate::{DetectOptions, Effort, Error, ImageView, Key, KeyId, Result};

/// Alignments, best first, whose code is tried even where the energy shows nothing, and those of them with the longer
/// list.
const EAGER: (usize, usize) = (15, 2);

/// Looks for the marks of one or several keys. Prepared once, used for many pictures; `Send + Sync`.
pub struct Detector {
    pub(super) keys: Vec<KeyState>,
    pub(super) whitener: Whitener,
    pub(super) demodulator: Demodulator,
    pub(super) spectrum: RealFft2,
    pub(super) tile_fft: Fft2,
    pub(super) options: DetectOptions,
}

/// Score from which on an alignment is worth following where the picture is bent, standard deviations.
const BENT: f64 = 5.0;

pub(super) struct KeyState {
    pub(super) id: KeyId,
    pub(super) pattern: Pattern,
    pub(super) reader: Reader,
}

/// The best reading of one key so far.
struct Reading {
    assessment: Assessment,
    geometry: Geometry,
    /// `None` where the picture was marked.
    alignment: Option<Alignment>,
    /// What the alignment does not follow.
    warp: Option<Warp>,
    /// Weight of each octave.
    weights: Vec<f32>,
}

impl std::fmt::Debug for Detector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Detector({} keys, {:?})", self.keys.len(), self.options)
    }
}

impl Effort {
    pub(super) fn budget(self) -> Budget {
        match self {
            Self::Fast => Budget {
                proposals: 0,
                upright: 0,
                isotropic: 0,
                anisotropic: 0,
                polished: 0,
                alignments: 7,
                units: 20e6,
            },
            Self::Normal => Budget {
                proposals: 3,
                upright: 4,
                isotropic: 16,
                anisotropic: 24,
                polished: 8,
                alignments: 8,
                units: 8e6,
            },
            Self::Thorough => Budget {
                proposals: 8,
                upright: 16,
                isotropic: 48,
                anisotropic: 96,
                polished: 16,
                alignments: 48,
                units: 100e6,
            },
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
        self.detect_watched(image, &mut |_| ControlFlow::Continue(()))
    }

    /// As [`detect`](Self::detect), for whoever waits for the answer: `watch` is called now and then with the share of
    /// the work that is done, which grows from 0 to 1, and calls the work off by breaking. It changes no result.
    ///
    /// # Errors
    /// As [`detect`](Self::detect), and [`Error::Cancelled`] when `watch` broke.
    pub fn detect_watched(
        &self,
        image: &ImageView<'_>,
        watch: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Result<Detection> {
        let mut progress = Progress::new(watch);
        progress.tell(0.0)?;
        self.options.limits.check(image.width(), image.height())?;
        let (working, pitch) = working_luma(image)?;
        progress.tell(WORKING_PLANE)?;
        let short = image.width().min(image.height());
        let patterns: Vec<&Pattern> = self.keys.iter().map(|key| &key.pattern).collect();
        let octaves = readable_octaves(short);
        let zoom = base_pitch(short, octaves) / pitch;
        let mut planes = Planes::new(working, zoom);
        let base = planes.base().expect("nothing was searched for yet");
        let direct = read_direct(&base, octaves, &patterns, &self.whitener, &self.demodulator);
        let mut tried = 0;
        let mut readings = Vec::with_capacity(self.keys.len());
        for (index, (key, heard)) in self.keys.iter().zip(direct).enumerate() {
            let mut progress = progress.of_key(index, self.keys.len());
            progress.tell(0.0)?;
            let octaves = best_heard(heard);
            let assessment = assess(&octaves, &key.reader, Look::Thorough);
            let mut reading = Reading::new(assessment, geometry::untouched(short as f64), None, &octaves);
            let mut tests = 1;
            if !reading.is_certain() {
                let scene = planes.for_search(|working| Scene::new(working, &self.whitener, &self.spectrum));
                tests += self.search(key, scene, (pitch, short), &mut reading, &mut progress)?;
            }
            tried += tests;
            readings.push((key, reading));
        }
        let mut marks: Vec<Mark> = Vec::with_capacity(readings.len());
        for (key, reading) in readings {
            let mut mark = mark(key.id, &reading.assessment, reading.geometry, tried);
            if mark.payload.is_some() {
                mark.evidence = self.evidence(key, &reading, &planes);
            }
            marks.push(mark);
        }
        ascending(&mut marks, |mark| mark.log10_p);
        progress.tell(1.0)?;
        Ok(Detection { marks, tried })
    }

    /// Where the mark of a reading is.
    fn evidence(&self, key: &KeyState, reading: &Reading, planes: &Planes) -> Option<EvidenceMap> {
        let codeword = &reading.assessment.decoded.as_ref()?.codeword;
        let found = |alignment| Found { alignment, warp: reading.warp.as_ref(), weights: &reading.weights, codeword };
        let trace = match (reading.alignment, planes.scene()) {
            (Some(alignment), Some(scene)) => {
                let levels: Vec<&Plane> = scene.levels.iter().map(|level| &level.luma).collect();
                Trace::new(&levels, &found(alignment), &key.pattern, &self.whitener)
            }
            _ => {
                let base = planes.base()?;
                let half = halve(&base);
                let quarter = halve(&half);
                let found = found(Alignment::untouched(reading.weights.len()));
                Trace::new(&[&base, &half, &quarter], &found, &key.pattern, &self.whitener)
            }
        };
        Some(EvidenceMap { columns: trace.columns, rows: trace.rows, z: trace.z() })
    }

    /// Tries alignments until one is certain; returns how many were tried. The picture has `pitch` pixels to a sample
    /// of the working plane, and a short side of `short` pixels.
    fn search(
        &self,
        key: &KeyState,
        scene: &Scene,
        (pitch, short): (f64, usize),
        best: &mut Reading,
        progress: &mut Progress<'_, '_>,
    ) -> Result<u64> {
        let Some(finest) = scene.levels.first() else { return Ok(0) };
        let (height, width) = finest.luma.dim();
        let size = (width as f64, height as f64);
        let whole = Whole { size, octaves: readable_octaves(short) };
        let budget = self.options.effort.budget();
        let mut units = budget.units;
        let alignments = locate(scene, &key.pattern.template, &self.tile_fft, &whole, &budget);
        for (i, alignment) in alignments.iter().enumerate() {
            progress.tell(LOCATED + (1.0 - LOCATED) * i as f64 / alignments.len() as f64)?;
            let heard = read_aligned(scene, (alignment, None), &key.pattern, &self.demodulator, &mut units);
            let octaves = best_heard(heard);
            if octaves.is_empty() {
                continue;
            }
            let assessment = assess(&octaves, &key.reader, look(i));
            if assessment.is_better_than(&best.assessment) {
                let geometry = geometry::estimate(alignment, assessment.margin_db(), &octaves, size, pitch);
                *best = Reading::new(assessment, geometry, Some(*alignment), &octaves);
            }
            if best.is_certain() {
                return Ok(i as u64 + 1);
            }
        }
        let tried = alignments.len() as u64;
        if budget.proposals == 0 {
            return Ok(tried);
        }
        Ok(tried + self.search_bent(key, scene, &whole, alignments.first(), (pitch, best)))
    }

    /// Follows the picture's bends from where it was marked and from the best alignment; returns how many were read.
    fn search_bent(
        &self,
        key: &KeyState,
        scene: &Scene,
        whole: &Whole,
        first: Option<&Alignment>,
        (pitch, best): (f64, &mut Reading),
    ) -> u64 {
        let upright = whole.upright();
        let mut tried = 0;
        for alignment in std::iter::once(&upright).chain(first.filter(|alignment| alignment.score > BENT)) {
            let cubic = self.demodulator.cubic();
            let Some(warp) = follow(scene, alignment, &key.pattern.template, cubic) else { continue };
            let mut units = self.options.effort.budget().units;
            let sight = (alignment, Some(&warp));
            let octaves = best_heard(read_aligned(scene, sight, &key.pattern, &self.demodulator, &mut units));
            tried += 1;
            let assessment = assess(&octaves, &key.reader, Look::Thorough);
            if assessment.is_better_than(&best.assessment) {
                let geometry = geometry::estimate(alignment, assessment.margin_db(), &octaves, whole.size, pitch);
                *best = Reading::new(assessment, geometry, Some(*alignment), &octaves);
                best.warp = Some(warp);
            }
            if best.is_certain() {
                break;
            }
        }
        tried
    }
}

impl Reading {
    fn new(assessment: Assessment, geometry: Geometry, alignment: Option<Alignment>, octaves: &[OctaveSoft]) -> Self {
        Self { assessment, geometry, alignment, warp: None, weights: Mix::template_weights(octaves) }
    }

    /// Whether nothing more needs to be tried: the code was readable and chance is out of the question whatever else
    /// would be tried.
    fn is_certain(&self) -> bool {
        self.assessment.log10_word < Verdict::FOUND_LOG10_P - 4.0
    }
}

/// How hard the code of the alignment of rank `i` is tried.
pub(super) fn look(i: usize) -> Look {
    match i {
        _ if i < EAGER.1 => Look::Thorough,
        _ if i < EAGER.0 => Look::Eager,
        _ => Look::Brief,
    }
}

/// What is said of a reading that is the best of `tried`.
pub(super) fn mark(key_id: KeyId, assessment: &Assessment, geometry: Geometry, tried: u64) -> Mark {
    let log10_p = log10_corrected(assessment.log10_p, tried);
    let verdict = Verdict::of(log10_p);
    let found = verdict == Verdict::Found;
    // A message is only shown where its own word's agreement bears it, whatever else shows that there is a mark.
    let bears = log10_corrected(assessment.log10_word, tried) <= Verdict::FOUND_LOG10_P;
    let message = assessment.decoded.as_ref().filter(|_| found && bears);
    Mark {
        key_id,
        verdict,
        log10_p,
        authentic: message.and_then(|m| m.authentic),
        payload: message.map(|m| m.payload.clone()),
        margin_db: assessment.margin_db(),
        geometry: Some(geometry).filter(|_| found),
        evidence: None,
    }
}
