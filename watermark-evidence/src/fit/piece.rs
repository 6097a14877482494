//! The suspect as it lay in the original: upright, at the thumbnail's scale, with a mask of what there is.

use watermark_core::ImageView;

use super::edges::Edges;
use crate::shrink::Small;

/// Longest side of a piece, pixels of the thumbnail. A suspect with more around the original is not compared.
const MOST_SIDE: f64 = 640.0;
/// Pixels of the reduced suspect for one of the piece, about.
const FINER: f64 = 2.5;
/// A scale that is this little, in half octaves, below a step takes it all the same, so that the slack in scale seldom
/// crosses one.
const STEP_SLACK: f64 = 0.1;
/// Places along a side that are averaged for one pixel.
const PLACES: usize = 3;

/// Luma of a piece, with its mask.
pub(super) struct Piece {
    width: usize,
    height: usize,
    luma: Vec<f32>,
    inside: Vec<bool>,
}

impl Piece {
    /// The piece that `matrix` (thumbnail pixels to suspect pixels) gives. `None` when it would be absurdly large or
    /// empty.
    pub(super) fn new(suspect: &mut Suspect<'_>, matrix: &[[f64; 2]; 2], thumbnail: (usize, usize)) -> Option<Self> {
        let size = (suspect.view.width() as f64, suspect.view.height() as f64);
        let inverse = inverse(matrix)?;
        let (low, high) = bounds(&inverse, size);
        let (width, height) = ((high.0 - low.0).ceil(), (high.1 - low.1).ceil());
        let most = MOST_SIDE.max(2.0 * thumbnail.0.max(thumbnail.1) as f64);
        if !(width >= 3.0 && height >= 3.0 && width <= most && height <= most) {
            return None;
        }
        let (width, height) = (width as usize, height as usize);
        let reduced = suspect.reduced(matrix);
        let mut piece = Self { width, height, luma: Vec::new(), inside: Vec::new() };
        for y in 0..height {
            for x in 0..width {
                let level = mean_of_places(|dx, dy| {
                    let (u, v) = (low.0 + x as f64 + dx, low.1 + y as f64 + dy);
                    reduced.at(matrix[0][0] * u + matrix[0][1] * v, matrix[1][0] * u + matrix[1][1] * v)
                });
                piece.luma.push(level.unwrap_or(0.0));
                piece.inside.push(level.is_some());
            }
        }
        Some(piece)
    }

    pub(super) fn edges(&self) -> Edges {
        Edges::new(self.width, self.height, &self.luma, &self.inside)
    }
}

/// The mean over places within a pixel; nothing when more than a few are outside.
fn mean_of_places(at: impl Fn(f64, f64) -> Option<f32>) -> Option<f32> {
    let offset = |index: usize| (index as f64 + 0.5) / PLACES as f64;
    let places = (0..PLACES * PLACES).filter_map(|place| at(offset(place % PLACES), offset(place / PLACES)));
    let (count, sum) = places.fold((0_usize, 0.0), |(count, sum), level| (count + 1, sum + level));
    (count * 3 >= PLACES * PLACES * 2).then(|| sum / count as f32)
}

/// The suspect, and what it was last reduced to: candidates of nearly the same scale share it, as going over a large
/// picture is what takes the time.
pub(super) struct Suspect<'a> {
    view: ImageView<'a>,
    last: Option<Reduced>,
}

impl<'a> Suspect<'a> {
    pub(super) fn new(view: ImageView<'a>) -> Self {
        Self { view, last: None }
    }

    /// The suspect at a scale that suits `matrix`.
    fn reduced(&mut self, matrix: &[[f64; 2]; 2]) -> &Reduced {
        // Suspect pixels for a pixel of the piece, in the direction that has fewer.
        let columns = [0, 1].map(|column| f64::hypot(matrix[0][column], matrix[1][column]));
        let wanted = (columns[0].min(columns[1]) / FINER).max(1.0);
        // Half steps of the octave, the finer one.
        let step = ((wanted.log2() * 2.0 + STEP_SLACK).floor() / 2.0).exp2();
        let side = |side: usize| ((side as f64 / step).round() as usize).max(1);
        let size = (side(self.view.width()), side(self.view.height()));
        let view = &self.view;
        let kept = self.last.take().filter(|last| (last.width, last.height) == size);
        self.last.insert(kept.unwrap_or_else(|| Reduced::new(view, size)))
    }
}

/// The suspect, reduced to a little more than the thumbnail's scale.
struct Reduced {
    width: usize,
    height: usize,
    luma: Vec<f32>,
    /// Reduced pixels for a pixel of the suspect.
    factor: (f64, f64),
}

impl Reduced {
    fn new(suspect: &ImageView<'_>, (width, height): (usize, usize)) -> Self {
        let small = Small::new(suspect, width, height);
        let factor = (width as f64 / suspect.width() as f64, height as f64 / suspect.height() as f64);
        Self { width, height, luma: small.luma(), factor }
    }

    /// The level at a place of the suspect, between the nearest four pixels; nothing outside.
    fn at(&self, x: f64, y: f64) -> Option<f32> {
        let (x, y) = (x * self.factor.0, y * self.factor.1);
        let inside = x >= 0.0 && y >= 0.0 && x < self.width as f64 && y < self.height as f64;
        if !inside {
            return None;
        }
        let (x, y) = ((x - 0.5).clamp(0.0, self.width as f64 - 1.0), (y - 0.5).clamp(0.0, self.height as f64 - 1.0));
        let (left, top) = (x as usize, y as usize);
        let (right, bottom) = ((left + 1).min(self.width - 1), (top + 1).min(self.height - 1));
        let (dx, dy) = ((x - left as f64) as f32, (y - top as f64) as f32);
        let level = |x: usize, y: usize| self.luma[y * self.width + x];
        let upper = level(left, top) * (1.0 - dx) + level(right, top) * dx;
        let lower = level(left, bottom) * (1.0 - dx) + level(right, bottom) * dx;
        Some(upper * (1.0 - dy) + lower * dy)
    }
}

fn inverse(matrix: &[[f64; 2]; 2]) -> Option<[[f64; 2]; 2]> {
    let [[a, b], [c, d]] = *matrix;
    let determinant = a * d - b * c;
    (determinant.abs() > 1e-12).then(|| [[d / determinant, -b / determinant], [-c / determinant, a / determinant]])
}

/// Corners of the suspect's frame, mapped to thumbnail pixels: least and greatest coordinates.
fn bounds(inverse: &[[f64; 2]; 2], size: (f64, f64)) -> ((f64, f64), (f64, f64)) {
    let corners = [(0.0, 0.0), (size.0, 0.0), (0.0, size.1), size];
    let mapped = corners.map(|(x, y)| (inverse[0][0] * x + inverse[0][1] * y, inverse[1][0] * x + inverse[1][1] * y));
    mapped.iter().fold(((f64::MAX, f64::MAX), (f64::MIN, f64::MIN)), |(low, high), at| {
        ((low.0.min(at.0), low.1.min(at.1)), (high.0.max(at.0), high.1.max(at.1)))
    })
}
