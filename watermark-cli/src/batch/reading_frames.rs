//! What was read in the frames of a marked clip, each by itself.

use anyhow::{Error, Result};
use watermark_core::{Error as CoreError, Refusal};

use crate::output::json::number;

/// The readings of a clip's frames.
#[derive(Debug, Default)]
pub(super) struct Readings {
    /// Frames that were looked at.
    pub(super) looked_at: usize,
    /// Margin in dB and evidence of those that were read.
    read: Vec<(f64, f64)>,
    /// Why the last of the others was not.
    refusal: Option<Refusal>,
}

impl Readings {
    /// Adds what reading a frame back gave. That it is not read is no error.
    pub(super) fn add(&mut self, reading: watermark_core::Result<(f64, f64)>) -> Result<()> {
        self.looked_at += 1;
        match reading {
            Ok(figures) => self.read.push(figures),
            Err(CoreError::Refused(refusal)) => self.refusal = Some(refusal),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Number of frames that were read.
    pub(super) fn read(&self) -> usize {
        self.read.len()
    }

    /// The readings, if there is one at least: a clip of which no frame is read is refused, with what may help.
    pub(super) fn checked(mut self, way_out: &str) -> Result<Self> {
        self.read.sort_by(|a, b| a.0.total_cmp(&b.0));
        match self.refusal {
            Some(refusal) if self.read.is_empty() => Err(Error::new(CoreError::Refused(refusal))
                .context(format!("none of {} frames of the written clip could be read; {way_out}", self.looked_at))),
            _ => Ok(self),
        }
    }

    /// Margin and evidence of the middle one.
    pub(super) fn middle(&self) -> (Option<f64>, Option<f64>) {
        let middle = self.read.get(self.read.len() / 2);
        (middle.and_then(|&(margin_db, _)| number(margin_db)), middle.and_then(|&(_, log10_p)| number(log10_p)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_frame_that_is_read_is_enough_and_the_middle_one_speaks() {
        let thin = || Err(CoreError::Refused(Refusal::ThinMargin { margin_db: 0.0, needed_db: 1.0 }));
        let mut readings = Readings::default();
        readings.add(thin()).unwrap();
        let refused = readings.checked("do this").unwrap_err();
        assert!(format!("{refused:#}").starts_with("none of 1 frames of the written clip could be read; do this"));
        let mut readings = Readings::default();
        for reading in [Ok((9.0, -90.0)), thin(), Ok((3.0, -30.0)), Ok((5.0, -50.0))] {
            readings.add(reading).unwrap();
        }
        let readings = readings.checked("").unwrap();
        assert_eq!((readings.looked_at, readings.read(), readings.middle()), (4, 3, (Some(5.0), Some(-50.0))));
    }
}
