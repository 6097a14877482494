//! Rows of the pattern brought to the pixels of a frame, where the camera has moved: a cubic along the row (Keys 1981), and
//! one between four such rows.

use crate::motion::Step;
use crate::normalise::catmull_rom;

/// Binary digits of a weight behind the point.
const DIGITS: u32 = 14;
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
        let weights = weights(place - libm::floor(place)).map(i32::from);
        let [a, b, c, d] = [0, 1, 2, 3].map(|i| &self.rows[(first + i).rem_euclid(4) as usize].1[..out.len()]);
        for (x, out) in out.iter_mut().enumerate() {
            let sum = weights[0] * i32::from(a[x])
                + weights[1] * i32::from(b[x])
                + weights[2] * i32::from(c[x])
                + weights[3] * i32::from(d[x]);
            *out = rounded(sum);
        }
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
fn along_even(line: &[i16], weights: [i16; 4], out: &mut [i16]) {
    let weights = weights.map(i32::from);
    let count = out.len();
    let [a, b, c, d] = [0, 1, 2, 3].map(|i| &line[i..][..count]);
    for (x, out) in out.iter_mut().enumerate() {
        let sum = weights[0] * i32::from(a[x])
            + weights[1] * i32::from(b[x])
            + weights[2] * i32::from(c[x])
            + weights[3] * i32::from(d[x]);
        *out = rounded(sum);
    }
}
