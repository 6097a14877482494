//! Straight lines between samples.

/// A place between two samples of a row; beyond the border the border's.
pub(super) struct Between {
    pub(super) first: usize,
    pub(super) second: usize,
    /// Of the second.
    pub(super) share: f32,
}

impl Between {
    /// At a coordinate of `count` samples.
    pub(super) fn new(at: f64, count: usize) -> Self {
        let at = at.clamp(0.0, (count - 1) as f64);
        let first = at as usize;
        Self { first, second: (first + 1).min(count - 1), share: (at - first as f64) as f32 }
    }

    pub(super) fn mix(&self, first: f32, second: f32) -> f32 {
        first + self.share * (second - first)
    }

    /// The row's value there.
    pub(super) fn of(&self, row: &[f32]) -> f32 {
        self.mix(row[self.first], row[self.second])
    }
}
