//! How the suspect lies on the original: what the reading says, and what it leaves open.

use watermark_core::Geometry;
use watermark_formats::GeometryFields;

use super::Original;

/// Factors of scale and angles in degrees that are tried: the reading's own first, then what it may be wrong by. It is good
/// to a fraction of a percent on whole pictures and to a few percent on small crops.
const SLACK: [(f64, f64); 5] = [(1.0, 0.0), (0.975, 0.0), (1.025, 0.0), (1.0, -1.0), (1.0, 1.0)];

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
    ///
    /// The short side is that of what is left in the suspect, upright; which one that was, matters where the aspect was
    /// changed.
    fn scale(&self, size: (usize, usize), original: (usize, usize)) -> Option<(f64, f64)> {
        let short = self.full_short_side_px / original.0.min(original.1) as f64;
        let usable = short.is_finite() && short > 0.0 && self.rotation_deg.is_finite();
        if !usable || !(0.2..=5.0).contains(&self.aspect) {
            return None;
        }
        let (sin, cos) = self.rotation_deg.to_radians().sin_cos();
        let (width, height) = (size.0 as f64, size.1 as f64);
        // Upright, before the aspect is undone.
        let extent = (width * cos.abs() + height * sin.abs(), width * sin.abs() + height * cos.abs());
        let wide = extent.0 / self.aspect < extent.1;
        Some(if wide { (short, short / self.aspect) } else { (short * self.aspect, short) })
    }

    /// Maps from thumbnail pixels to suspect pixels without a shift, the likeliest first.
    pub(super) fn candidates(&self, original: &Original<'_>, size: (usize, usize)) -> Vec<[[f64; 2]; 2]> {
        let Some(scale) = self.scale(size, (original.width, original.height)) else { return Vec::new() };
        let thumbnail = (original.thumbnail.width() as f64, original.thumbnail.height() as f64);
        let step = (original.width as f64 / thumbnail.0, original.height as f64 / thumbnail.1);
        let matrices = SLACK.iter().map(|(factor, angle)| {
            // Rows grow downwards: counter-clockwise as seen is a negative angle.
            let (sin, cos) = (-(self.rotation_deg + angle).to_radians()).sin_cos();
            let mirror = if self.mirrored { -1.0 } else { 1.0 };
            let (x, y) = (scale.0 * step.0 * factor * mirror, scale.1 * step.1 * factor);
            [[cos * x, -sin * y], [sin * x, cos * y]]
        });
        matrices.filter(|matrix| matrix.iter().flatten().all(|value| value.is_finite())).collect()
    }
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
