//! The core of this repository as a system.

use super::{Choice, Marking, Reader, Reading, System};
use crate::marking::{StrengthArgs, mark, read};
use crate::random;
use image::RgbImage;
use watermark_core::{DetectOptions, Detector, Payload, Verdict};

/// The core at a strength, with the default effort and threshold.
#[derive(Debug)]
pub(crate) struct Ours {
    pub(crate) strength: StrengthArgs,
}

impl System for Ours {
    fn settings(&self) -> String {
        self.strength.words()
    }

    fn embed(&self, picture: &RgbImage, choice: &Choice) -> anyhow::Result<Marking> {
        let key = random::key(choice.seed, &choice.key);
        let payload = Payload::from_bytes(&choice.payload())?;
        match mark(picture, &key, &payload, self.strength.embed_options()) {
            Ok((marked, report)) => {
                Ok(Marking::Done { marked, margin_db: Some(report.margin_db).filter(|margin| margin.is_finite()) })
            }
            Err(watermark_core::Error::Refused(reason)) => Ok(Marking::Refused(reason.to_string())),
            Err(other) => Err(other.into()),
        }
    }

    fn reader<'a>(&'a self, choice: &Choice) -> anyhow::Result<Box<dyn Reader + 'a>> {
        Ok(Box::new(OurReader(Detector::new(&[random::key(choice.seed, &choice.key)], DetectOptions::default())?)))
    }
}

struct OurReader(Detector);

impl Reader for OurReader {
    fn read(&self, picture: &RgbImage) -> anyhow::Result<Reading> {
        let (detection, elapsed_ms) = read(&self.0, picture)?;
        let best = detection.strongest();
        Ok(Reading {
            detected: best.verdict == Verdict::Found,
            verdict: best.verdict.as_str().to_owned(),
            payload: best.payload.as_ref().map(|payload| payload.as_bytes().to_vec()),
            authentic: best.authentic == Some(true),
            log10_p: Some(best.log10_p),
            margin_db: Some(best.margin_db).filter(|margin| margin.is_finite()),
            geometry: best
                .geometry
                .map(|g| [g.rotation_deg, g.aspect, f64::from(u8::from(g.mirrored)), g.full_short_side_px]),
            elapsed_ms,
        })
    }
}
