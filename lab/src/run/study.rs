//! One unit: a picture is marked, attacked, read.

use super::progress::Progress;
use super::treatment::{Scene, Treatment};
use super::units::Unit;
use crate::results::{EmbedRow, ReadRow, Row, Store, Trial};
use crate::systems::{Choice, Marking, Reader, Reading, System};
use crate::{metrics, pictures, random};
use image::RgbImage;

/// A treatment and how many seeds of it are run on each marked picture.
pub(crate) struct Planned {
    pub(crate) attack: Treatment,
    pub(crate) positions: u32,
}

/// What all workers share.
pub(crate) struct Study<'a> {
    pub(crate) system: &'a dyn System,
    pub(crate) attacks: &'a [Planned],
    pub(crate) store: &'a Store,
    pub(crate) progress: &'a Progress,
    pub(crate) seed: u64,
    pub(crate) megapixels: f64,
    /// Whether the perceptual figures are wanted; of the first repetition, they hardly depend on the key.
    pub(crate) metrics: bool,
}

impl Study<'_> {
    /// Trials of one unit.
    pub(crate) fn trials(&self) -> usize {
        self.attacks.iter().map(|planned| planned.positions as usize).sum()
    }

    /// Everything that is still to do for one unit.
    pub(crate) fn unit(&self, unit: &Unit) -> anyhow::Result<()> {
        let missing = self.missing(unit);
        self.progress.advance(self.trials() - missing.len());
        let embedded = self.store.embedding(&unit.label, unit.repetition);
        let refused = embedded.as_ref().is_some_and(|row| row.refused.is_some());
        let measured = embedded.is_some_and(|row| row.ssimulacra2.is_some() || !self.measures(unit));
        if self.progress.time_is_up() {
            return Ok(());
        }
        if refused || (missing.is_empty() && measured) {
            self.progress.advance(missing.len());
            return Ok(());
        }
        let choice = Choice::new(self.seed, &format!("{} {}", unit.label, unit.repetition));
        let Some(scene) = self.scene(unit, choice)? else {
            self.progress.advance(missing.len());
            return Ok(());
        };
        let reader = self.system.reader(&scene.choice)?;
        let mut exact = 0;
        for (planned, position) in &missing {
            if self.progress.time_is_up() {
                return Ok(());
            }
            exact += usize::from(self.trial(unit, &scene, &planned.attack, *position, reader.as_ref())?);
            self.progress.advance(1);
        }
        self.progress.say(&format!("{} #{}: {exact} of {} exact", unit.label, unit.repetition, missing.len()));
        Ok(())
    }

    fn measures(&self, unit: &Unit) -> bool {
        self.metrics && unit.repetition == 0
    }

    fn missing(&self, unit: &Unit) -> Vec<(&Planned, u32)> {
        let all = self.attacks.iter().flat_map(|planned| (0..planned.positions).map(move |at| (planned, at)));
        all.filter(|(planned, at)| !self.store.has(&trial(unit, planned.attack.name(), *at))).collect()
    }

    /// Marks the picture and writes down how that went; `None` when it was refused.
    fn scene(&self, unit: &Unit, choice: Choice) -> anyhow::Result<Option<Scene>> {
        let original = pictures::load_at(&unit.path, self.megapixels)?;
        let start = std::time::Instant::now();
        let marking = self.system.embed(&original, &choice)?;
        let mut row = EmbedRow { width: original.width(), height: original.height(), ..EmbedRow::default() };
        row.elapsed_ms = start.elapsed().as_secs_f64() * 1e3;
        let marked = match marking {
            Marking::Refused(reason) => {
                self.progress.say(&format!("{} #{}: refused, {reason}", unit.label, unit.repetition));
                row.refused = Some(reason);
                self.store.add(&unit.class, Trial::embed(&unit.label, unit.repetition), Row::Embed(row))?;
                return Ok(None);
            }
            Marking::Done { marked, margin_db } => {
                row.margin_db = margin_db;
                marked
            }
        };
        row.psnr_db = Some(metrics::psnr_db(&original, &marked)).filter(|psnr| psnr.is_finite());
        if self.measures(unit) {
            let similarity = metrics::similarity(&original, &marked)?;
            row.ssim = Some(similarity.ssim);
            row.ssimulacra2 = Some(similarity.ssimulacra2);
            row.butteraugli = Some(similarity.butteraugli).filter(|score| score.is_finite());
            row.butteraugli_3 = Some(similarity.butteraugli_3).filter(|score| score.is_finite());
            row.tiles = similarity.tiles;
        }
        self.store.add(&unit.class, Trial::embed(&unit.label, unit.repetition), Row::Embed(row))?;
        Ok(Some(Scene { original, marked, choice }))
    }

    /// One treatment, one reading of every mark that is in the picture then; whether the payload came back exactly.
    fn trial(
        &self,
        unit: &Unit,
        scene: &Scene,
        treatment: &Treatment,
        position: u32,
        reader: &dyn Reader,
    ) -> anyhow::Result<bool> {
        let name = treatment.name();
        let seed = random::number(self.seed, &format!("{} {} {name} {position}", unit.label, unit.repetition));
        let row = match treatment.apply(scene, self.system, seed) {
            Ok(treated) => {
                let row = reading(reader, &treated.picture, &treated.payloads);
                match treated.second {
                    None => Row::Read(row),
                    Some(second) => {
                        let reader = self.system.reader(&second)?;
                        Row::Read(weaker(
                            row,
                            reading(reader.as_ref(), &treated.picture, &[self.system.payload(&second)]),
                        ))
                    }
                }
            }
            Err(error) => {
                self.progress.say(&format!("{} #{}: {name}: {error:#}", unit.label, unit.repetition));
                Row::Failed { reason: format!("{error:#}") }
            }
        };
        let exact = matches!(&row, Row::Read(row) if row.ok);
        self.store.add(&unit.class, trial(unit, name, position), row)?;
        Ok(exact)
    }
}

/// Of two marks in one picture the one that was read worse: both have to be read.
fn weaker(first: ReadRow, second: ReadRow) -> ReadRow {
    let rank = |row: &ReadRow| (row.ok, row.detected);
    let strength = |row: &ReadRow| row.margin_db.unwrap_or(f64::NEG_INFINITY);
    let first_is = rank(&first).cmp(&rank(&second)).then(strength(&first).total_cmp(&strength(&second)));
    let elapsed_ms = first.elapsed_ms + second.elapsed_ms;
    let wrong_payload = first.wrong_payload || second.wrong_payload;
    ReadRow { elapsed_ms, wrong_payload, ..if first_is.is_le() { first } else { second } }
}

fn trial(unit: &Unit, attack: &str, position: u32) -> Trial {
    Trial { picture: unit.label.clone(), repetition: unit.repetition, attack: attack.to_owned(), position }
}

/// Reads an attacked picture and compares with what was put in. A picture that the system cannot read, perhaps because
/// the attack left too little of it, counts as not found.
fn reading(reader: &dyn Reader, attacked: &RgbImage, payloads: &[Vec<u8>]) -> ReadRow {
    let reading = reader.read(attacked);
    let reading = reading.unwrap_or_else(|error| Reading { verdict: format!("error: {error}"), ..Reading::default() });
    let exact = payloads.iter().any(|payload| reading.payload.as_deref() == Some(payload.as_slice()));
    ReadRow {
        ok: exact && reading.authentic && reading.detected,
        wrong_payload: reading.detected && reading.payload.is_some() && !exact,
        detected: reading.detected,
        verdict: reading.verdict,
        log10_p: reading.log10_p,
        margin_db: reading.margin_db,
        geometry: reading.geometry,
        width: attacked.width(),
        height: attacked.height(),
        elapsed_ms: reading.elapsed_ms,
    }
}
