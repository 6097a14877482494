//! Frames brought to the place of another one.

use super::Step;
use crate::normalise::catmull_rom;
use crate::spectrum::Plane;

/// The mean of planes, each with the step from the samples of the mean to its own. Cubic between samples (Keys 1981); where
/// none of them reaches, the first plane's border is repeated.
pub(crate) fn mean<'a>(planes: impl Iterator<Item = (std::borrow::Cow<'a, Plane>, Step)>) -> Option<Plane> {
    let mut sum: Option<(Plane, Plane)> = None;
    for (plane, step) in planes {
        let (total, weights) = sum.get_or_insert_with(|| (Plane::zeros(plane.dim()), Plane::zeros(plane.dim())));
        add(total, weights, &plane, &step);
    }
    let (mut total, weights) = sum?;
    total.zip_mut_with(&weights, |value, &weight| *value /= weight.max(1e-3));
    Some(total)
}

/// First of four samples for a place in a row of `count`, and their weights; the border's samples are repeated.
fn tap(at: f64, count: usize) -> ([usize; 4], [f32; 4]) {
    let first = libm::floor(at);
    let t = (at - first) as f32;
    let near = |i: i64| (first as i64 + i).clamp(0, count as i64 - 1) as usize;
    ([near(-1), near(0), near(1), near(2)], catmull_rom(t))
}

fn add(total: &mut Plane, weights: &mut Plane, plane: &Plane, step: &Step) {
    let (rows, columns) = plane.dim();
    let (height, width) = total.dim();
    let place = |i: usize, axis: usize| step.scale * (i as f64 + 0.5) + step.shift[axis] - 0.5;
    // What lies outside counts next to nothing, and still says something where nothing else does.
    let weight = |at: f64, count: usize| if at > -1.0 && at < count as f64 { 1.0_f32 } else { 1e-3 };
    let taps: Vec<_> = (0..width).map(|x| (tap(place(x, 0), columns), weight(place(x, 0), columns))).collect();
    let mut lines: [(usize, Vec<f32>); 4] = std::array::from_fn(|_| (usize::MAX, vec![0.0; width]));
    for y in 0..height {
        let at = place(y, 1);
        let (near, factors) = tap(at, rows);
        let down = weight(at, rows);
        for &row in &near {
            let (held, line) = &mut lines[row % 4];
            if *held != row {
                let source = plane.row(row);
                let source = source.as_slice().expect("planes are contiguous");
                for (value, ((four, factors), _)) in line.iter_mut().zip(&taps) {
                    *value = (0..4).map(|i| factors[i] * source[four[i]]).sum();
                }
                *held = row;
            }
        }
        let four = near.map(|row| &lines[row % 4].1);
        let (mut sum, mut count) = (total.row_mut(y), weights.row_mut(y));
        for x in 0..width {
            let weight = down * taps[x].1;
            let value = (0..4).map(|i| factors[i] * four[i][x]).sum::<f32>();
            sum[x] += weight * value;
            count[x] += weight;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;

    #[test]
    fn moved_planes_come_to_lie_on_each_other() {
        let wave = |x: f64, y: f64| (100.0 + 30.0 * libm::sin(x / 4.0) + 20.0 * libm::cos(y / 5.0 + x / 9.0)) as f32;
        let seen = |step: &Step| {
            Plane::from_shape_fn((60, 90), |(row, column)| {
                let (x, y) = step.at(column as f64 + 0.5, row as f64 + 0.5);
                wave(x, y)
            })
        };
        let moved = Step { scale: 1.05, shift: [3.3, -2.2] };
        let (first, other) = (seen(&Step::NONE), seen(&moved));
        // From the samples of the mean to those of the other plane.
        let both = [(Cow::Borrowed(&first), Step::NONE), (Cow::Borrowed(&other), moved.back())];
        let mean = mean(both.into_iter()).unwrap();
        // Where both reach; beyond the border the border's light is repeated.
        let inside = |(row, column): &(usize, usize)| (6..54).contains(row) && (8..80).contains(column);
        let differences = mean.indexed_iter().zip(&first).filter(|((at, _), _)| inside(at));
        let worst = differences.map(|((_, a), b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst < 0.3, "{worst}");
    }
}
