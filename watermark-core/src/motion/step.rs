//! Moves of a camera that neither turns nor tilts the picture.

/// `scale * x + shift` along both axes: edge coordinates of one frame to those of another, or of the pattern.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Step {
    pub(crate) scale: f64,
    /// Across and down, pixels.
    pub(crate) shift: [f64; 2],
}

impl Step {
    /// Nothing moves.
    pub(crate) const NONE: Self = Self { scale: 1.0, shift: [0.0, 0.0] };

    /// Where a point comes to.
    pub(crate) fn at(&self, x: f64, y: f64) -> (f64, f64) {
        (self.scale * x + self.shift[0], self.scale * y + self.shift[1])
    }

    /// This step, and then another.
    pub(crate) fn then(&self, next: &Self) -> Self {
        let shift = [0, 1].map(|i: usize| next.scale * self.shift[i] + next.shift[i]);
        Self { scale: self.scale * next.scale, shift }
    }

    /// The way back.
    pub(crate) fn back(&self) -> Self {
        Self { scale: 1.0 / self.scale, shift: self.shift.map(|shift| -shift / self.scale) }
    }

    /// How far the corners of a frame of `size` (width, height) come to lie from where another step brings them, at most.
    pub(crate) fn apart(&self, other: &Self, size: (f64, f64)) -> f64 {
        let corners = [(0.0, 0.0), (size.0, 0.0), (0.0, size.1), size];
        let each = corners.map(|(x, y)| {
            let (a, b) = (self.at(x, y), other.at(x, y));
            libm::hypot(a.0 - b.0, a.1 - b.1)
        });
        each.into_iter().fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_follow_each_other_and_go_back() {
        let (a, b) = (Step { scale: 1.1, shift: [3.0, -2.0] }, Step { scale: 0.9, shift: [-7.0, 1.0] });
        let (x, y) = a.at(10.0, 20.0);
        let (there, then) = (b.at(x, y), a.then(&b).at(10.0, 20.0));
        assert!((there.0 - then.0).abs() < 1e-9 && (there.1 - then.1).abs() < 1e-9);
        let around = a.then(&b).then(&b.back()).then(&a.back());
        assert!(around.apart(&Step::NONE, (1000.0, 500.0)) < 1e-9);
        assert!((a.apart(&Step::NONE, (100.0, 0.0)) - libm::hypot(13.0, 2.0)).abs() < 1e-9);
    }
}
