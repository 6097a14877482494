//! Where a piece agrees best with the thumbnail: normalised correlation of two masked fields at every shift, by Fourier
//! transforms, after D. Padfield, "Masked object registration in the Fourier domain" (2012).

use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

use super::edges::Edges;
use super::verdict::{FitVerdict, rank};
use super::{Fit, Overlap};

/// Least pixels of overlap.
const LEAST_PIXELS: f64 = 48.0;
/// Least share of the smaller of the two that overlaps. The suspect may have something else around or over it.
const LEAST_SHARE: f64 = 0.3;

type Field = Vec<Complex<f32>>;

/// A thumbnail, ready to be compared.
pub(super) struct Matcher {
    thumbnail: Edges,
}

/// The best place of a piece.
#[derive(Debug, Clone, Copy)]
pub(super) struct Match {
    /// Correlation, -1 to 1.
    pub(super) score: f64,
    /// Correlation times the root of the pixels with edges.
    pub(super) strength: f64,
    /// Where the piece's upper left corner lies on the thumbnail.
    pub(super) shift: (i32, i32),
    /// Size of the piece.
    size: (usize, usize),
    /// Pixels that overlap.
    pixels: f64,
}

impl Matcher {
    pub(super) fn new(thumbnail: Edges) -> Self {
        Self { thumbnail }
    }

    pub(super) fn energy(&self) -> f64 {
        self.thumbnail.energy()
    }

    /// The shift at which `piece` agrees best; `None` when nothing overlaps enough.
    pub(super) fn best(&self, piece: &Edges) -> Option<Match> {
        let size = (self.thumbnail.width + piece.width, self.thumbnail.height + piece.height);
        let mut plane = Transform::new(size);
        let [first, second] = [&self.thumbnail, piece].map(|edges| {
            let squares: Field = edges.field.iter().map(|edge| edge.norm_sqr().into()).collect();
            let known: Field = edges.known.iter().map(|&known| f32::from(u8::from(known)).into()).collect();
            [&edges.field, &squares, &known].map(|field| plane.forward(field, edges.width))
        });
        let [field, squares, known] = first;
        let [piece_field, piece_squares, piece_known] = second;
        let sums = Sums {
            product: plane.correlation(&field, &piece_field),
            first: plane.correlation(&field, &piece_known),
            second: plane.correlation(&known, &piece_field),
            first_squares: plane.correlation(&squares, &piece_known),
            second_squares: plane.correlation(&known, &piece_squares),
            count: plane.correlation(&known, &piece_known),
        };
        let all = |edges: &Edges| edges.known.iter().filter(|known| **known).count() as f64;
        let least = (LEAST_SHARE * all(&self.thumbnail).min(all(piece))).max(LEAST_PIXELS);
        let candidates = (0..sums.count.len()).filter_map(|at| sums.at(at, least).map(|value| (at, value)));
        let (at, (score, strength)) = candidates.max_by(|(_, a), (_, b)| rank(a.0, a.1).total_cmp(&rank(b.0, b.1)))?;
        let wrapped = |at: usize, length: usize, thumbnail: usize| {
            if at < thumbnail { at as i32 } else { at as i32 - length as i32 }
        };
        let shift = (
            wrapped(at % plane.width, plane.width, self.thumbnail.width),
            wrapped(at / plane.width, plane.height, self.thumbnail.height),
        );
        let pixels = f64::from(sums.count[at].re);
        Some(Match { score, strength, shift, size: (piece.width, piece.height), pixels })
    }
}

impl Match {
    /// How good the place is, next to others.
    pub(super) fn rank(&self) -> f64 {
        rank(self.score, self.strength)
    }

    /// Place and figures; what they mean is decided elsewhere.
    pub(super) fn to_fit(self, thumbnail: (usize, usize)) -> Fit {
        let along = |at: i32, size: usize, thumbnail: usize| {
            let share = |at: i32| (f64::from(at) / thumbnail as f64).clamp(0.0, 1.0);
            (share(at), share(at + size as i32))
        };
        let (left, right) = along(self.shift.0, self.size.0, thumbnail.0);
        let (top, bottom) = along(self.shift.1, self.size.1, thumbnail.1);
        // Pixels at the border have no edges; their share is that of the others.
        let area = (thumbnail.0.saturating_sub(2) * thumbnail.1.saturating_sub(2)).max(1) as f64;
        let box_area = (right - left) * (bottom - top);
        let piece = (self.size.0.saturating_sub(2) * self.size.1.saturating_sub(2)).max(1) as f64;
        let filled = (self.pixels / (box_area * area).min(piece)).min(1.0);
        Fit {
            verdict: FitVerdict::Unsure,
            score: self.score,
            strength: self.strength,
            texture: 0.0,
            factor: 1.0,
            overlap: Overlap { left, top, right, bottom },
            share: (box_area * filled).clamp(0.0, 1.0),
            shift: (f64::from(self.shift.0), f64::from(self.shift.1)),
        }
    }
}

/// Sums over the overlap, for every shift.
struct Sums {
    product: Field,
    first: Field,
    second: Field,
    first_squares: Field,
    second_squares: Field,
    count: Field,
}

impl Sums {
    /// Correlation and strength at a shift with at least `least` pixels.
    fn at(&self, at: usize, least: f64) -> Option<(f64, f64)> {
        let count = f64::from(self.count[at].re);
        if count < least - 0.5 {
            return None;
        }
        let wide = |value: Complex<f32>| Complex::new(f64::from(value.re), f64::from(value.im));
        // `first` is a sum of thumbnail values; `second` comes conjugated out of the correlation.
        let product = (wide(self.product[at]) - wide(self.first[at]) * wide(self.second[at]) / count).re;
        let spread =
            |squares: Complex<f32>, sum: Complex<f32>| (f64::from(squares.re) - wide(sum).norm_sqr() / count).max(0.0);
        let first = spread(self.first_squares[at], self.first[at]);
        let second = spread(self.second_squares[at], self.second[at]);
        // Less than a pixel's worth of edges on either side says nothing, and would be rounding.
        if first < 1.0 || second < 1.0 {
            return Some((0.0, 0.0));
        }
        let root = (first * second).sqrt();
        Some(((product / root).clamp(-1.0, 1.0), product / root.sqrt()))
    }
}

/// Two-dimensional Fourier transforms of one size, lines padded with zeros.
struct Transform {
    width: usize,
    height: usize,
    plans: [[Arc<dyn Fft<f32>>; 2]; 2],
}

impl Transform {
    /// Sides of at least `size`, rounded up to lengths that are quickly transformed.
    fn new(size: (usize, usize)) -> Self {
        let (width, height) = (smooth(size.0), smooth(size.1));
        let mut planner = FftPlanner::new();
        let mut pair = |length| [planner.plan_fft_forward(length), planner.plan_fft_inverse(length)];
        let plans = [pair(width), pair(height)];
        Self { width, height, plans }
    }

    fn forward(&mut self, field: &[Complex<f32>], width: usize) -> Field {
        let mut padded = vec![Complex::new(0.0, 0.0); self.width * self.height];
        for (line, into) in field.chunks_exact(width).zip(padded.chunks_exact_mut(self.width)) {
            into[..width].copy_from_slice(line);
        }
        self.transform(padded, 0)
    }

    /// Sum over x of `first(x) * conj(second(x - shift))`, for every shift.
    fn correlation(&self, first: &[Complex<f32>], second: &[Complex<f32>]) -> Field {
        let scale = 1.0 / (self.width * self.height) as f32;
        let product = first.iter().zip(second).map(|(a, b)| a * b.conj() * scale).collect();
        // The columns of a spectrum lie in lines: transformed back they stand upright again.
        self.transform_back(product)
    }

    fn transform(&self, mut field: Field, direction: usize) -> Field {
        self.plans[0][direction].process(&mut field);
        let mut turned = transposed(&field, self.width);
        self.plans[1][direction].process(&mut turned);
        turned
    }

    fn transform_back(&self, mut turned: Field) -> Field {
        self.plans[1][1].process(&mut turned);
        let mut field = transposed(&turned, self.height);
        self.plans[0][1].process(&mut field);
        field
    }
}

fn transposed(field: &[Complex<f32>], width: usize) -> Field {
    let height = field.len() / width;
    (0..field.len()).map(|at| field[at % height * width + at / height]).collect()
}

/// The next number without prime factors above 5.
fn smooth(least: usize) -> usize {
    let is_smooth = |mut number: usize| {
        for factor in [2, 3, 5_usize] {
            while number.is_multiple_of(factor) {
                number /= factor;
            }
        }
        number == 1
    };
    (least.max(1)..).find(|&number| is_smooth(number)).unwrap_or(least)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn random(width: usize, height: usize, seed: u32) -> Edges {
        let levels: Vec<f32> = (0..(width * height) as u32)
            .map(|i| ((i ^ seed).wrapping_mul(2_654_435_761).rotate_left(13).wrapping_mul(40_503) >> 24) as f32)
            .collect();
        Edges::new(width, height, &levels, &vec![true; levels.len()])
    }

    fn cut(edges: &Edges, (left, top): (usize, usize), (width, height): (usize, usize)) -> Edges {
        let places = || (0..width * height).map(|i| (top + i / width) * edges.width + left + i % width);
        let (field, known) = (places().map(|i| edges.field[i]).collect(), places().map(|i| edges.known[i]).collect());
        Edges { width, height, field, known }
    }

    mod naive {
        use super::*;

        pub(super) fn score(thumbnail: &Edges, piece: &Edges, shift: (i32, i32)) -> f64 {
            let mut pairs = Vec::new();
            for y in 0..piece.height {
                for x in 0..piece.width {
                    let (u, v) = (x as i32 + shift.0, y as i32 + shift.1);
                    let inside = (0..thumbnail.width as i32).contains(&u) && (0..thumbnail.height as i32).contains(&v);
                    let at = || v as usize * thumbnail.width + u as usize;
                    if inside && thumbnail.known[at()] && piece.known[y * piece.width + x] {
                        pairs.push((thumbnail.field[at()], piece.field[y * piece.width + x]));
                    }
                }
            }
            let count = pairs.len() as f32;
            let mean = pairs.iter().fold((Complex::default(), Complex::default()), |(a, b), (c, d)| (a + c, b + d));
            let (first, second) = (mean.0 / count, mean.1 / count);
            let product: f32 = pairs.iter().map(|(a, b)| ((a - first) * (b - second).conj()).re).sum();
            let squares: (f32, f32) = pairs
                .iter()
                .fold((0.0, 0.0), |(a, b), (c, d)| (a + (c - first).norm_sqr(), b + (d - second).norm_sqr()));
            f64::from(product / (squares.0 * squares.1).sqrt())
        }
    }

    #[test]
    fn a_piece_is_found_where_it_was() {
        let thumbnail = random(60, 40, 5);
        let piece = cut(&thumbnail, (23, 7), (20, 18));
        let found = Matcher::new(random(60, 40, 5)).best(&piece).unwrap();
        assert_eq!(found.shift, (23, 7));
        assert!(found.score > 0.999, "{}", found.score);
    }

    #[test]
    fn scores_are_those_of_the_plain_sums() {
        let (thumbnail, piece) = (random(30, 22, 1), random(41, 12, 9));
        let found = Matcher::new(random(30, 22, 1)).best(&piece).unwrap();
        let plain = naive::score(&thumbnail, &piece, found.shift);
        assert!((found.score - plain).abs() < 1e-3, "{} {plain}", found.score);
        assert!(found.score < 0.5);
    }

    #[test]
    fn nothing_to_compare_is_no_match() {
        assert!(Matcher::new(random(60, 40, 5)).best(&random(4, 4, 1)).is_none());
    }
}
