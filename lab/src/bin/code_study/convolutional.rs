//! The rival: tail-biting convolutional codes of rate 1/4, read by a wrap-around Viterbi search that keeps a list at
//! every state.

use crate::soft::{Candidate, Code};

/// Times around the circle before the one that counts: they settle the metrics of the starting states.
const WARM_UP: usize = 2;

/// A tail-biting code of rate 1/4: the register starts with the last bits of the word.
pub(crate) struct TailBiting {
    /// Bits of state.
    memory: usize,
    information: usize,
    /// By register (newest bit on top, above the state): the four coded bits as one number.
    outputs: Vec<u8>,
}

/// Which of the list of which predecessor a survivor came from.
#[derive(Clone, Copy)]
struct Step {
    dropped: u8,
    rank: u8,
}

impl TailBiting {
    /// The code of greatest free distance for this memory: 8 (24), 10 (29) or 11 (32); Proakis' tables.
    pub(crate) fn new(memory: usize, information: usize) -> Self {
        let generators: [u32; 4] = match memory {
            8 => [0o463, 0o535, 0o733, 0o745],
            10 => [0o2327, 0o2353, 0o2671, 0o3175],
            11 => [0o4767, 0o5723, 0o6265, 0o7455],
            _ => panic!("no generators for memory {memory}"),
        };
        let output = |register: u32| {
            generators.iter().fold(0, |out, generator| out << 1 | ((register & generator).count_ones() & 1) as u8)
        };
        Self { memory, information, outputs: (0..2 << memory).map(output).collect() }
    }

    /// Once around the circle from starting metrics to final ones, both by state and rank, and for each bit the way
    /// back. Ranks that nothing reaches have infinite metrics.
    fn turn(&self, costs: &[[f32; 16]], start: &[f32], list: usize) -> (Vec<f32>, Vec<Vec<Step>>) {
        let mut metrics = start.to_vec();
        let mut history = Vec::with_capacity(costs.len());
        for cost in costs {
            let mut next = vec![f32::INFINITY; metrics.len()];
            let mut steps = vec![Step { dropped: 0, rank: 0 }; metrics.len()];
            for (state, (next, steps)) in next.chunks_exact_mut(list).zip(steps.chunks_exact_mut(list)).enumerate() {
                let bit = state >> (self.memory - 1);
                let from = [0, 1].map(|dropped| ((state << 1) & ((1 << self.memory) - 1)) | dropped);
                let price = from.map(|from| cost[usize::from(self.outputs[(bit << self.memory) | from])]);
                merge(from.map(|from| &metrics[from * list..][..list]), price, next, steps);
            }
            metrics = next;
            history.push(steps);
        }
        (metrics, history)
    }

    /// The information and the starting state of the survivor that ends in place `end` of the metrics.
    fn trace(&self, history: &[Vec<Step>], end: usize, list: usize) -> (Vec<u8>, usize) {
        let (mut state, mut rank) = (end / list, end % list);
        let mut bits = Vec::with_capacity(history.len());
        for steps in history.iter().rev() {
            bits.push((state >> (self.memory - 1)) as u8);
            let step = steps[state * list + rank];
            state = ((state << 1) & ((1 << self.memory) - 1)) | usize::from(step.dropped);
            rank = usize::from(step.rank);
        }
        bits.reverse();
        (bits, state)
    }
}

/// The best of two sorted lists of one length, each with a price added.
fn merge(from: [&[f32]; 2], price: [f32; 2], metrics: &mut [f32], steps: &mut [Step]) {
    let mut rank = [0; 2];
    for (metric, step) in metrics.iter_mut().zip(steps) {
        let offer = [0, 1].map(|i| from[i][rank[i]] + price[i]);
        let which = usize::from(offer[1] < offer[0]);
        *metric = offer[which];
        *step = Step { dropped: which as u8, rank: rank[which] as u8 };
        rank[which] += 1;
    }
}

impl Code for TailBiting {
    fn information_bits(&self) -> usize {
        self.information
    }

    fn coded_bits(&self) -> usize {
        4 * self.information
    }

    fn encode(&self, information: &[u8]) -> Vec<u8> {
        let shift = |state: usize, bit: u8| (state >> 1) | usize::from(bit) << (self.memory - 1);
        let mut state = information.iter().fold(0, |state, &bit| shift(state, bit));
        let mut word = Vec::with_capacity(self.coded_bits());
        for &bit in information {
            let output = self.outputs[usize::from(bit) << self.memory | state];
            word.extend((0..4).rev().map(|i| output >> i & 1));
            state = shift(state, bit);
        }
        word
    }

    fn decode_list(&self, llr: &[f32], list: usize) -> Vec<Candidate> {
        let against = |x: f32, bit: usize| if (x < 0.0) != (bit == 1) { x.abs() } else { 0.0 };
        let cost = |x: &[f32]| std::array::from_fn(|out| (0..4).map(|i| against(x[i], out >> (3 - i) & 1)).sum());
        let costs: Vec<[f32; 16]> = llr.chunks_exact(4).map(cost).collect();
        let mut start = vec![0.0; 1 << self.memory];
        for _ in 0..WARM_UP {
            (start, _) = self.turn(&costs, &start, 1);
        }
        let rest = vec![f32::INFINITY; list - 1];
        let start: Vec<f32> = start.iter().flat_map(|&metric| [&[metric], &rest[..]].concat()).collect();
        let (metrics, history) = self.turn(&costs, &start, list);
        let mut ends: Vec<usize> = (0..metrics.len()).filter(|&end| metrics[end].is_finite()).collect();
        ends.sort_by(|&a, &b| metrics[a].total_cmp(&metrics[b]));
        let candidate = |information: Vec<u8>| {
            let codeword = self.encode(&information);
            let metric = llr.iter().zip(&codeword).map(|(&x, &bit)| against(x, usize::from(bit))).sum();
            Candidate { metric, information, codeword }
        };
        let closed = ends.iter().filter_map(|&end| {
            let (information, start) = self.trace(&history, end, list);
            (start == end / list).then_some(information)
        });
        let mut found: Vec<Candidate> = closed.take(list).map(candidate).collect();
        if found.is_empty() {
            found.push(candidate(self.trace(&history, ends[0], list).0));
        }
        found.sort_by(|a, b| a.metric.total_cmp(&b.metric));
        found
    }
}
