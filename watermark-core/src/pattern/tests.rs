//! Known answers: a change here is another signal and needs another signal version.

use sha2::{Digest, Sha256};

use super::*;
use crate::spectrum::Plane;
use crate::{KeyRole, SECRET_BYTES};

fn pattern() -> Pattern {
    let secret: [u8; SECRET_BYTES] = std::array::from_fn(|i| i as u8);
    Pattern::new(&Key::from_secret(KeyRole::Master, secret))
}

fn digest(numbers: impl Iterator<Item = i32>) -> String {
    let mut hash = Sha256::new();
    numbers.for_each(|number| hash.update(number.to_le_bytes()));
    hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A number in -1..=1 in steps coarse enough that no platform's last digit shows.
fn coarse(value: f32) -> i32 {
    (value * 2048.0).round() as i32
}

#[test]
fn peaks_have_known_answers() {
    let template = pattern().template;
    assert_eq!(template.points[..3], [(-30, 38), (-38, 19), (38, 27)]);
    assert_eq!(digest(template.points.iter().flat_map(|&(x, y)| [x, y])), "d6fffa2e2fc84ba8");
    assert_eq!(digest(template.phases.iter().map(|phase| (phase * 4096.0) as i32)), "88511424643b3692");
}

#[test]
fn carriers_have_known_answers() {
    let carriers = pattern().carriers;
    assert_eq!(carriers.coded.len(), 3452);
    let places = carriers.coded.iter().flat_map(|c| [c.x, c.y, i32::from(c.bit)]);
    assert_eq!(digest(places), "d82224ea104fc794");
    assert_eq!(carriers.coded[0].bit, 0);
    assert!(carriers.coded.iter().all(|c| c.y >= 0 && (c.phasor.norm() - 1.0).abs() < 1e-6));
    assert_eq!(
        digest(carriers.coded.iter().take(64).flat_map(|c| [coarse(c.phasor.re), coarse(c.phasor.im)])),
        "85e2a8eb3d076dd4"
    );
    let pilots = carriers.pilots.iter().flatten().flat_map(|c| [c.x, c.y]);
    assert_eq!(digest(pilots), "abf3292758eef8ba");
}

#[test]
fn content_signs_have_a_known_answer() {
    // A slope of light with a dark spot in it, one tile large.
    let blocks = Plane::from_shape_fn((TILE / BLOCK, TILE / BLOCK), |(y, x)| {
        (3 * x + 2 * y) as f32 + if (x as i32 - 9).pow(2) + (y as i32 - 20).pow(2) < 30 { -60.0 } else { 0.0 }
    });
    let signs = pattern().cells.signs(&CellGrid { blocks, first: (0, 0) });
    assert_eq!((signs.columns, signs.rows), (TILE / CELL, TILE / CELL));
    assert_eq!(digest(signs.signs.iter().map(|&sign| sign as i32)), "8bba8bb63aa19572");
    assert!(signs.signs.iter().zip(&signs.weights).all(|(sign, weight)| sign * weight >= 0.0));
}

#[test]
fn no_bin_has_two_uses() {
    let pattern = pattern();
    let coded = pattern.carriers.coded.iter().map(|c| (c.x, c.y));
    let pilots = pattern.carriers.pilots[0].iter().map(|c| (c.x, c.y));
    let mut all: Vec<(i32, i32)> = coded.chain(pilots).chain(pattern.template.points).collect();
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), count);
}
