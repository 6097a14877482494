//! Rows of the pattern brought to the pixels of a frame, where the camera has moved: a cubic along the row (Keys 1981), and
//! one between four such rows.

use super::fixed::high;
use crate::motion::Step;
use crate::normalise::catmull_rom;

/// Binary digits of a weight behind the point.
const DIGITS: u32 = 14;
/// Those that the high half of a product with a weight does not have.
const BEHIND: u32 = 16 - DIGITS;
/// Samples of the pattern before and behind those under a frame's border pixels.
const MARGIN: i64 = 2;

/// Rows on their way.
#[derive(Debug, Default)]
pub(super) struct Warp {
    pose: Option<Step>,
    /// First pixel of the pattern, and how many.
    left: i64,
    width: usize,
    /// First of four samples for every pixel, and their weights; one for all where nothing grows or shrinks.
    taps: Vec<(u32, [i16; 4])>,
    even: bool,
    /// A row of the pattern, and four of them with the frame's pixels, by their number.
    line: Vec<i16>,
    rows: [(i64, Vec<i16>); 4],
}

/// Weights of four samples for a place between the second and the third.
fn weights(t: f64) -> [i16; 4] {
    catmull_rom(t as f32).map(|value| libm::roundf(value * (1 << DIGITS) as f32) as i16)
}

impl Warp {
    /// Prepares for a frame of `size` (width, height) pixels.
    pub(super) fn begin(&mut self, pose: &Step, size: (usize, usize)) {
        self.rows.iter_mut().for_each(|row| row.0 = i64::MIN);
        if self.pose == Some(*pose) {
            return;
        }
        self.pose = Some(*pose);
        if *pose == Step::NONE {
            (self.left, self.width) = (0, size.0);
            return;
        }
        let place = |x: usize| pose.scale * (x as f64 + 0.5) + pose.shift[0] - 0.5;
        let floor = |x: usize| libm::floor(place(x)) as i64;
        self.left = floor(0) - 1;
        self.width = (floor(size.0 - 1) - self.left + MARGIN + 1) as usize;
        self.even = pose.scale == 1.0;
        let count = if self.even { 1 } else { size.0 };
        let tap = |x: usize| {
            let at = floor(x);
            ((at - 1 - self.left) as u32, weights(place(x) - at as f64))
        };
        self.taps = (0..count).map(tap).collect();
        self.line.resize(self.width, 0);
        self.rows.iter_mut().for_each(|row| row.1.resize(size.0, 0));
    }

    /// First pixel of the pattern that is looked at, and how many there are in a row.
    pub(super) fn span(&self) -> (i64, usize) {
        (self.left, self.width)
    }

    /// Row `y` of the frame; `compose` makes rows of the pattern, by their number.
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    pub(super) fn row(&mut self, y: usize, out: &mut [i16], mut compose: impl FnMut(i64, &mut [i16])) {
        let Some(pose) = self.pose else { return };
        let place = pose.scale * (y as f64 + 0.5) + pose.shift[1] - 0.5;
        let first = libm::floor(place) as i64 - 1;
        for number in first..first + 4 {
            let (held, row) = &mut self.rows[number.rem_euclid(4) as usize];
            if *held != number {
                compose(number, &mut self.line);
                if self.even {
                    along_even(&self.line, self.taps[0].1, row)
                } else {
                    along(&self.line, &self.taps, row)
                }
                *held = number;
            }
        }
        let rows = [0, 1, 2, 3].map(|i| &self.rows[(first + i).rem_euclid(4) as usize].1[..out.len()]);
        weighted(rows, weights(place - libm::floor(place)), out);
    }
}

/// The sums of four samples times their weights, for every pixel, in numbers of 16 bits: without the low halves of the
/// products, within 8 of what they are.
#[cfg_attr(target_arch = "x86_64", inline(always))]
fn weighted([a, b, c, d]: [&[i16]; 4], weights: [i16; 4], out: &mut [i16]) {
    let rows = a.iter().zip(b).zip(c).zip(d);
    for (out, (((&a, &b), &c), &d)) in out.iter_mut().zip(rows) {
        let products = [high(a, weights[0]), high(b, weights[1]), high(c, weights[2]), high(d, weights[3])];
        // Four halves that are cut off are two, on the mean.
        let sum = products[0] + products[1] + products[2] + products[3] + 2;
        *out = sum.clamp(i16::MIN >> BEHIND, i16::MAX >> BEHIND) << BEHIND;
    }
}

/// A sum of weighted samples as a sample.
#[inline(always)]
fn rounded(sum: i32) -> i16 {
    ((sum + (1 << (DIGITS - 1))) >> DIGITS).clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16
}

#[cfg_attr(target_arch = "x86_64", inline(always))]
fn along(line: &[i16], taps: &[(u32, [i16; 4])], out: &mut [i16]) {
    for (out, (first, weights)) in out.iter_mut().zip(taps) {
        let four = &line[*first as usize..][..4];
        let sum: i32 = four.iter().zip(weights).map(|(&value, &weight)| i32::from(value) * i32::from(weight)).sum();
        *out = rounded(sum);
    }
}

#[cfg_attr(target_arch = "x86_64", inline(always))]
fn along_even(line: &[i16], four: [i16; 4], out: &mut [i16]) {
    let count = out.len();
    weighted([0, 1, 2, 3].map(|i| &line[i..][..count]), four, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_high_halves_are_near_and_do_not_wrap() {
        let row = |seed: i32| -> Vec<i16> {
            (0..500).map(|i| ((i * 7919 + seed * 104_729) % 65_536 - 32_768) as i16).collect()
        };
        let rows = [1, 2, 3, 4].map(row);
        for t in [0.0, 0.1, 0.5, 0.93] {
            let weights = weights(t);
            let mut out = vec![0; 500];
            weighted(rows.each_ref().map(Vec::as_slice), weights, &mut out);
            for (x, &out) in out.iter().enumerate() {
                let sum: i64 =
                    rows.iter().zip(weights).map(|(row, weight)| i64::from(row[x]) * i64::from(weight)).sum();
                let exact = (sum as f64 / f64::from(1 << DIGITS)).clamp(-32_768.0, 32_767.0);
                assert!((f64::from(out) - exact).abs() <= 8.0, "{t} {x}: {out} {exact}");
            }
        }
    }
}
