//! The light of a frame from fine to coarse, and how well a step explains it by another frame's.

use super::Step;
use super::sampler::Sampler;
use crate::normalise::halve;
use crate::spectrum::Plane;

/// Rows below which a plane is not halved any more.
const LEAST_ROWS: usize = 20;
/// Most halvings.
const MOST_LEVELS: usize = 5;
/// Difference between neighbours across and down that is texture, grey levels.
const TEXTURE: f32 = 1.0;
/// Difference of light that a step leaves quite unexplained, grey levels, and what it is more where light slopes, samples.
/// Shares, so that a few hard edges do not outvote a soft background.
const UNEXPLAINED: (f32, f32) = (2.0, 0.25);

/// Share that counts for something.
const LEAST_VOTE: f64 = 0.01;
/// How many times what a step makes worse it makes better when it is certain.
const CERTAIN: f64 = 4.0;

/// The light of a frame: means over squares of pixels, and over squares of these.
#[derive(Debug, Clone)]
pub(crate) struct Light {
    /// Finest first.
    pub(super) levels: Vec<Plane>,
    /// Pixels to a sample of the finest.
    pub(super) pitch: f64,
}

/// Two steps compared, as shares of the frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Votes {
    /// What the other step explains better than the first.
    pub(crate) gain: f64,
    /// What it explains worse.
    pub(crate) loss: f64,
    /// What neither explains.
    pub(crate) left: f64,
}

impl Votes {
    /// Whether the other step explains so many times more than it leaves, and not next to nothing.
    pub(crate) fn is_better(&self, times: f64) -> bool {
        clearly(self.gain, self.loss, times)
    }

    /// Whether the first does.
    pub(crate) fn is_worse(&self, times: f64) -> bool {
        clearly(self.loss, self.gain, times)
    }

    /// Whether there is hardly anything that the other step does not explain better.
    pub(crate) fn is_certain(&self) -> bool {
        self.is_better(CERTAIN)
    }
}

fn clearly(one: f64, other: f64, times: f64) -> bool {
    one > times * other && one > LEAST_VOTE
}

impl Light {
    /// Of a plane of means over squares of `pitch` pixels.
    pub(crate) fn of(means: Plane, pitch: f64) -> Self {
        let mut levels = vec![means];
        while let Some(last) = levels.last()
            && levels.len() <= MOST_LEVELS
            && last.nrows().min(last.ncols()) >= 2 * LEAST_ROWS
        {
            levels.push(halve(last));
        }
        Self { levels, pitch }
    }

    /// Pixels to a sample of a level.
    pub(super) fn pitch_of(&self, level: usize) -> f64 {
        self.pitch * (1_u32 << level) as f64
    }

    /// Width and height, pixels.
    pub(crate) fn size(&self) -> (f64, f64) {
        let (rows, columns) = self.levels[0].dim();
        (columns as f64 * self.pitch, rows as f64 * self.pitch)
    }

    /// Share of the finest samples that differ from their neighbours.
    pub(crate) fn texture(&self) -> f32 {
        let plane = &self.levels[0];
        let (rows, columns) = plane.dim();
        let mut count = 0_usize;
        for row in 1..rows {
            let (line, below) = (plane.row(row - 1), plane.row(row));
            let ways = (1..columns).map(|x| (line[x] - line[x - 1]).abs() + (below[x] - line[x]).abs());
            count += ways.filter(|&way| way > TEXTURE).count();
        }
        count as f32 / (rows * columns).max(1) as f32
    }

    /// Compares two steps from this frame to `reference` at the finest samples.
    pub(crate) fn votes(&self, reference: &Self, first: &Step, other: &Step) -> Votes {
        let (first, other) = (self.unexplained(reference, first), self.unexplained(reference, other));
        let (mut votes, mut count) = (Votes { gain: 0.0, loss: 0.0, left: 0.0 }, 0_u32);
        for (&a, &b) in first.iter().zip(&other).filter(|(a, b)| !a.is_nan() && !b.is_nan()) {
            votes.gain += f64::from((a - b).max(0.0));
            votes.loss += f64::from((b - a).max(0.0));
            votes.left += f64::from(a.min(b));
            count += 1;
        }
        let share = 1.0 / f64::from(count.max(1));
        Votes { gain: votes.gain * share, loss: votes.loss * share, left: votes.left * share }
    }

    /// How much of every sample looked at a step leaves unexplained, 0 to 1; no number outside of `reference`.
    fn unexplained(&self, reference: &Self, step: &Step) -> Vec<f32> {
        let sampler = Sampler::new(self, reference, 0, step);
        let (columns, stride) = (sampler.columns(), sampler.stride);
        let mut out = vec![f32::NAN; sampler.count()];
        sampler.rows(&mut |row| {
            let out = &mut out[row.y / stride * columns..][..columns];
            let slopes = row.slopes[0].iter().zip(row.slopes[1]);
            for ((x, difference), (across, down)) in row.xs.iter().zip(row.difference).zip(slopes) {
                let quite = UNEXPLAINED.0 + UNEXPLAINED.1 * (across.abs() + down.abs());
                out[x / stride] = (difference.abs() / quite).min(1.0);
            }
        });
        out
    }
}
