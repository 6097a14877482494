//! The list decoder.
//!
//! It walks the tree of the transform (Tal and Vardy 2015) with soft values as logarithms (Balatsoukas-Stimming,
//! Bastani Parizi and Burg 2015, "LLR-based successive cancellation list decoding of polar codes"), in the form with
//! minima. That form does not care for a common factor of the soft values, and a path's metric is exactly the sum of
//! |llr| over the coded bits that it contradicts, as if each path were compared with the channel directly.
//!
//! Subtrees without information, and those whose only information is their last place (all bits equal), are decided
//! at once; in this form that changes nothing but the time (Hashemi, Condo and Gross 2016).
//!
//! Paths share what they have in common: a path's values at one level of the tree are a slot of a pool, a fork
//! counts the slot up, and the first write after it takes a fresh slot. Values are always overwritten as a whole, so
//! nothing is ever copied.

use super::Polar;
use crate::order::ascending;
use crate::vector::wide;

/// Soft values beyond this are cut; their sums stay finite.
const LARGEST: f32 = 1e30;

/// The sign bit of a float. Bits of words are held as 0 or this, so that they flip signs by XOR.
const SIGN: u32 = 1 << 31;

/// At most `list` words with their metrics, best first. NaN counts as an erasure.
pub(super) fn decode(code: &Polar, llr: &[f32], list: usize) -> Vec<(f32, Vec<u8>)> {
    let top = code.log_length;
    let mut search = Search::new(code, list);
    let channel = search.soft[top].write(0);
    channel.iter_mut().zip(llr).for_each(|(to, &x)| {
        *to = if x.is_nan() { 0.0 } else { x.clamp(-LARGEST, LARGEST) };
    });
    search.visit(top, 0, 0);
    let mut order = search.paths.clone();
    ascending(&mut order, |&path| f64::from(search.metrics[path]));
    let word = |path| search.bits[top][0].read(path).iter().map(|&bit| (bit >> 31) as u8).collect();
    order.into_iter().map(|path| (search.metrics[path], word(path))).collect()
}

struct Search<'a> {
    code: &'a Polar,
    list: usize,
    /// Paths in use, in the order of their birth.
    paths: Vec<usize>,
    /// Paths not in use.
    spare: Vec<usize>,
    /// By path.
    metrics: Vec<f32>,
    /// By level: soft values of the node that is being visited.
    soft: Vec<Pool<f32>>,
    /// By level: decided bits of the node that was visited last as a left (0) and as a right (1) child.
    bits: Vec<[Pool<u32>; 2]>,
    /// Scratch of `fork`: (metric, 2 * rank of path + bit) in one number that sorts by metric first.
    forks: Vec<u64>,
}

impl<'a> Search<'a> {
    fn new(code: &'a Polar, list: usize) -> Self {
        let levels = 0..=code.log_length;
        Self {
            code,
            list,
            paths: vec![0],
            spare: (1..list).rev().collect(),
            metrics: vec![0.0; list],
            soft: levels.clone().map(|level| Pool::new(1 << level, list)).collect(),
            bits: levels.map(|level| [Pool::new(1 << level, list), Pool::new(1 << level, list)]).collect(),
            forks: Vec::with_capacity(2 * list),
        }
    }

    /// Decides the `2^level` places from `start` on every path, from `soft[level]` to `bits[level][side]`.
    fn visit(&mut self, level: usize, start: usize, side: usize) {
        match self.code.information_in(start, level) {
            0 => self.all_frozen(level, side),
            1 if self.code.information_in(start + (1 << level) - 1, 0) == 1 => self.all_equal(level, side),
            _ => self.descend(level, start, side),
        }
    }

    fn descend(&mut self, level: usize, start: usize, side: usize) {
        let below = level - 1;
        wide(
            #[inline(always)]
            || {
                for &path in &self.paths {
                    let (low, high) = self.soft.split_at_mut(level);
                    check_node(high[0].read(path), low[below].write(path));
                }
            },
        );
        self.visit(below, start, 0);
        wide(
            #[inline(always)]
            || {
                for &path in &self.paths {
                    let (low, high) = self.soft.split_at_mut(level);
                    bit_node(high[0].read(path), self.bits[below][0].read(path), low[below].write(path));
                }
            },
        );
        self.visit(below, start + (1 << below), 1);
        for &path in &self.paths {
            let (low, high) = self.bits.split_at_mut(level);
            let [left, right] = &low[below];
            join(left.read(path), right.read(path), high[0][side].write(path));
        }
    }

    /// No information here: all bits are 0, and each path pays for what speaks against that.
    fn all_frozen(&mut self, level: usize, side: usize) {
        wide(
            #[inline(always)]
            || {
                for &path in &self.paths {
                    let (against_zero, _) = against(self.soft[level].read(path));
                    self.metrics[path] += against_zero;
                    self.bits[level][side].write(path).fill(0);
                }
            },
        );
    }

    /// One bit of information, which all places of the node share: every path forks.
    fn all_equal(&mut self, level: usize, side: usize) {
        self.forks.clear();
        for (rank, &path) in self.paths.iter().enumerate() {
            let (zero, one) = against(self.soft[level].read(path));
            for (bit, price) in [zero, one].into_iter().enumerate() {
                let metric = self.metrics[path] + price;
                // Metrics are not negative, so their bit patterns are in their order.
                self.forks.push(u64::from(metric.to_bits()) << 32 | (2 * rank + bit) as u64);
            }
        }
        if self.forks.len() > self.list {
            self.forks.select_nth_unstable(self.list - 1);
            self.forks.truncate(self.list);
        }
        self.forks.sort_unstable_by_key(|&fork| fork as u32);
        self.fork(level, side);
    }

    /// Replaces the paths by the chosen forks, which are in the order of their paths.
    fn fork(&mut self, level: usize, side: usize) {
        let old = std::mem::take(&mut self.paths);
        let forks = std::mem::take(&mut self.forks);
        let parent = |fork: u64| old[(fork as u32 / 2) as usize];
        let mut survives = vec![false; self.list];
        forks.iter().for_each(|&fork| survives[parent(fork)] = true);
        for &path in old.iter().filter(|&&path| !survives[path]) {
            self.release(path);
        }
        let mut last = None;
        for &fork in &forks {
            let from = parent(fork);
            // The first of two forks takes the path over; the second, which differs in the last bit, gets a copy.
            let path = if last == Some(from) { self.copy(from) } else { from };
            last = Some(from);
            self.paths.push(path);
            self.metrics[path] = f32::from_bits((fork >> 32) as u32);
            self.bits[level][side].write(path).fill(if fork & 1 == 1 { SIGN } else { 0 });
        }
        self.forks = forks;
    }

    fn release(&mut self, path: usize) {
        self.soft.iter_mut().for_each(|pool| pool.release(path));
        self.bits.iter_mut().flatten().for_each(|pool| pool.release(path));
        self.spare.push(path);
    }

    fn copy(&mut self, from: usize) -> usize {
        let to = self.spare.pop().expect("no more forks than paths");
        self.soft.iter_mut().for_each(|pool| pool.share(from, to));
        self.bits.iter_mut().flatten().for_each(|pool| pool.share(from, to));
        to
    }
}

/// Arrays of one length that paths share until one of them writes.
struct Pool<T> {
    length: usize,
    values: Vec<T>,
    /// By path: its slot, if it has written or inherited one.
    slot: Vec<Option<usize>>,
    /// By slot: how many paths use it.
    users: Vec<usize>,
    free: Vec<usize>,
}

impl<T: Copy + Default> Pool<T> {
    fn new(length: usize, paths: usize) -> Self {
        Self {
            length,
            values: vec![T::default(); length * paths],
            slot: vec![None; paths],
            users: vec![0; paths],
            free: (0..paths).rev().collect(),
        }
    }

    fn read(&self, path: usize) -> &[T] {
        let slot = self.slot[path].expect("levels are written before they are read");
        &self.values[slot * self.length..][..self.length]
    }

    /// The path's own array, to be overwritten as a whole: what it held before is not kept.
    fn write(&mut self, path: usize) -> &mut [T] {
        let slot = match self.slot[path] {
            Some(slot) if self.users[slot] == 1 => slot,
            _ => {
                self.release(path);
                let slot = self.free.pop().expect("as many slots as paths");
                self.users[slot] = 1;
                self.slot[path] = Some(slot);
                slot
            }
        };
        &mut self.values[slot * self.length..][..self.length]
    }

    fn release(&mut self, path: usize) {
        if let Some(slot) = self.slot[path].take() {
            self.users[slot] -= 1;
            if self.users[slot] == 0 {
                self.free.push(slot);
            }
        }
    }

    fn share(&mut self, from: usize, to: usize) {
        self.slot[to] = self.slot[from];
        if let Some(slot) = self.slot[to] {
            self.users[slot] += 1;
        }
    }
}

/// Soft values of the sums a + b: the smaller of two magnitudes with the product of the signs.
#[cfg_attr(target_arch = "x86_64", inline(always))]
fn check_node(values: &[f32], out: &mut [f32]) {
    let (a, b) = values.split_at(out.len());
    for ((a, b), out) in a.iter().zip(b).zip(out) {
        let sign = (a.to_bits() ^ b.to_bits()) & SIGN;
        let (a, b) = (a.abs(), b.abs());
        *out = f32::from_bits(if a < b { a } else { b }.to_bits() ^ sign);
    }
}

/// Soft values of b once the sums a + b are decided.
#[cfg_attr(target_arch = "x86_64", inline(always))]
fn bit_node(values: &[f32], sums: &[u32], out: &mut [f32]) {
    let (a, b) = values.split_at(out.len());
    for (((a, b), sum), out) in a.iter().zip(b).zip(sums).zip(out) {
        *out = b + f32::from_bits(a.to_bits() ^ sum);
    }
}

/// The node's bits from those of its halves.
fn join(left: &[u32], right: &[u32], out: &mut [u32]) {
    let (a, b) = out.split_at_mut(left.len());
    b.copy_from_slice(right);
    a.iter_mut().zip(left).zip(right).for_each(|((out, l), r)| *out = l ^ r);
}

/// What speaks against all bits being 0, and against all being 1. Summed in eight lanes, in a fixed order.
#[cfg_attr(target_arch = "x86_64", inline(always))]
fn against(values: &[f32]) -> (f32, f32) {
    const LANES: usize = 8;
    let (mut zero, mut one) = ([0.0; LANES], [0.0; LANES]);
    for chunk in values.chunks(LANES) {
        for ((&x, zero), one) in chunk.iter().zip(&mut zero).zip(&mut one) {
            *zero += if x < 0.0 { -x } else { 0.0 };
            *one += if x > 0.0 { x } else { 0.0 };
        }
    }
    (zero.iter().sum(), one.iter().sum())
}
