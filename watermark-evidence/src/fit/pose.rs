//! How the suspect lies on the original: what the reading says, and what it leaves open.

use watermark_core::Geometry;
use watermark_formats::GeometryFields;

use super::Original;

/// Factors of scale and angles in degrees that are tried: the reading's own first, then what it may be wrong by. It is good
/// to a fraction of a percent on whole pictures and to a few percent on small crops.
const SLACK: [(f64, f64); 5] = [(1.0, 0.0), (0.975, 0.0), (1.025, 0.0), (1.0, -1.0), (1.0, 1.0)];
/// The mark repeats at pitches 1 : 2 : 4, so a reading can take one octave for a coarser one: the original then is half as
/// large in the suspect as it says, or a quarter. Halves are tried as long as the suspect has room for no more than this
/// many originals.
const MOST_ROOM: f64 = 6.0;
/// No more halves than this.
const MOST_HALVES: i32 = 6;
/// Where the sides of what is left differ by less than this, which of them is the short one is open.
const LIKE_SIDES: f64 = 1.15;
/// A changed aspect is one that differs from 1 by more than this.
const SAME_ASPECT: f64 = 0.01;

/// Geometry of a reading, as [`watermark_core::Geometry`] and [`GeometryFields`] have it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pose {
    /// Rotation of the suspect, degrees counter-clockwise.
    pub rotation_deg: f64,
    /// Width scale over height scale, before the rotation.
    pub aspect: f64,
    /// Whether it was mirrored, left to right, before the rotation.
    pub mirrored: bool,
    /// Short side that the whole original would have at the suspect's scale, pixels.
    pub full_short_side_px: f64,
}

impl From<&Geometry> for Pose {
    fn from(geometry: &Geometry) -> Self {
        Self {
            rotation_deg: geometry.rotation_deg,
            aspect: geometry.aspect,
            mirrored: geometry.mirrored,
            full_short_side_px: geometry.full_short_side_px,
        }
    }
}

impl Pose {
    /// Of a picture that was at most scaled.
    pub const fn unchanged(full_short_side_px: f64) -> Self {
        Self { rotation_deg: 0.0, aspect: 1.0, mirrored: false, full_short_side_px }
    }

    /// From the fields of a report; `None` when a number is missing.
    pub fn of_fields(fields: &GeometryFields) -> Option<Self> {
        Some(Self {
            rotation_deg: fields.rotation_deg?,
            aspect: fields.aspect?,
            mirrored: fields.mirrored,
            full_short_side_px: fields.full_short_side_px?,
        })
    }

    /// Share of the original's area that a suspect of `size` (width, height in pixels) has room for; above 1 when it
    /// is larger than the whole. `None` for impossible numbers.
    pub fn room(&self, size: (usize, usize), original: (usize, usize)) -> Option<f64> {
        let scale = self.scale(size, original)?;
        let area = |size: (usize, usize)| size.0 as f64 * size.1 as f64;
        let room = area(size) / (area(original) * scale.0 * scale.1);
        room.is_finite().then_some(room)
    }

    /// Pixels of the suspect for a pixel of the original, along the original's width and height.
    fn scale(&self, size: (usize, usize), original: (usize, usize)) -> Option<(f64, f64)> {
        let short = self.full_short_side_px / original.0.min(original.1) as f64;
        let usable = short.is_finite() && short > 0.0 && self.rotation_deg.is_finite();
        if !usable || !(0.2..=5.0).contains(&self.aspect) {
            return None;
        }
        Some(self.along(short, self.width_over_height(size) < 1.0))
    }

    /// Scales of width and height when the short side, scaled by `short`, is the width or the height.
    fn along(&self, short: f64, is_width: bool) -> (f64, f64) {
        if is_width { (short, short / self.aspect) } else { (short * self.aspect, short) }
    }

    /// Width over height of what is left in the suspect, upright and before its aspect was changed. Its short side is the
    /// one that [`Self::full_short_side_px`] speaks of.
    fn width_over_height(&self, size: (usize, usize)) -> f64 {
        let (sin, cos) = self.rotation_deg.to_radians().sin_cos();
        let (width, height) = (size.0 as f64, size.1 as f64);
        let upright = (width * cos.abs() + height * sin.abs(), width * sin.abs() + height * cos.abs());
        upright.0 / self.aspect / upright.1
    }

    /// Ways in which the suspect may lie on the original, the likeliest first.
    pub(super) fn candidates(&self, original: &Original<'_>, size: (usize, usize)) -> Vec<Candidate> {
        let sides = (original.width, original.height);
        let (Some(scale), Some(room)) = (self.scale(size, sides), self.room(size, sides)) else { return Vec::new() };
        let slack = SLACK.iter().map(|&(factor, angle)| (scale, factor, angle));
        let halves = (1..=MOST_HALVES).filter(|halves| room * 4_f64.powi(*halves) <= MOST_ROOM);
        let halved = halves.map(|halves| (scale, 0.5_f64.powi(halves), 0.0));
        let ratio = self.width_over_height(size);
        let open = (self.aspect - 1.0).abs() > SAME_ASPECT && ratio.max(1.0 / ratio) < LIKE_SIDES;
        let short = self.full_short_side_px / sides.0.min(sides.1) as f64;
        let other = open.then(|| (self.along(short, ratio >= 1.0), 1.0, 0.0));
        let all = slack.chain(other).chain(halved);
        let candidates = all.map(|(scale, factor, angle)| Candidate {
            matrix: self.matrix((scale.0 * factor, scale.1 * factor), angle, original),
            factor,
        });
        candidates.filter(|candidate| candidate.matrix.iter().flatten().all(|value| value.is_finite())).collect()
    }

    /// Maps thumbnail pixels to suspect pixels, without a shift.
    fn matrix(&self, scale: (f64, f64), angle: f64, original: &Original<'_>) -> [[f64; 2]; 2] {
        let thumbnail = (original.thumbnail.width() as f64, original.thumbnail.height() as f64);
        let step = (original.width as f64 / thumbnail.0, original.height as f64 / thumbnail.1);
        // Rows grow downwards: counter-clockwise as seen is a negative angle.
        let (sin, cos) = (-(self.rotation_deg + angle).to_radians()).sin_cos();
        let mirror = if self.mirrored { -1.0 } else { 1.0 };
        let (x, y) = (scale.0 * step.0 * mirror, scale.1 * step.1);
        [[cos * x, -sin * y], [sin * x, cos * y]]
    }
}

/// A way in which the suspect may lie on the original.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    /// Maps thumbnail pixels to suspect pixels, without a shift.
    pub(super) matrix: [[f64; 2]; 2],
    /// Its scale over that of the reading.
    pub(super) factor: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_of_crops_and_stretched_copies() {
        let half = Pose::unchanged(400.0).room((300, 400), (600, 400)).unwrap();
        assert!((half - 0.5).abs() < 1e-9);
        // Twice as large and 20 % wider; the short side is the height.
        let pose = Pose { aspect: 1.2, ..Pose::unchanged(800.0) };
        assert!((pose.room((1440, 800), (600, 400)).unwrap() - 1.0).abs() < 1e-9);
        let turned = Pose { rotation_deg: 90.0, ..Pose::unchanged(400.0) };
        assert!((turned.room((400, 600), (600, 400)).unwrap() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn impossible_geometry_gives_nothing() {
        for short in [0.0, -3.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Pose::unchanged(short).room((10, 10), (10, 10)), None);
        }
        assert_eq!(Pose { aspect: f64::NAN, ..Pose::unchanged(5.0) }.room((10, 10), (10, 10)), None);
    }
}
