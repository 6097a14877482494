//! Frames that are kept for the search: its planes are large, so they are some, spread evenly over what was seen.

use super::shots::Place;
use crate::order::descending;
use crate::spectrum::Plane;

/// Bytes that kept frames may take together.
const MOST_BYTES: usize = 192 << 20;
/// Most and least frames kept.
const COUNT: (usize, usize) = (8, 48);
/// Most frames of a part, and the way of a corner in it, of the short side.
const PART: usize = 12;
const NEAR: f64 = 0.25;
/// Steps to a grey level of a kept sample.
const STEPS: f32 = 256.0;

/// A working plane in 16 bits.
pub(super) struct Kept {
    /// Seconds.
    pub(super) time_s: f64,
    pub(super) place: Place,
    size: (usize, usize),
    samples: Vec<u16>,
}

/// The frames kept.
pub(super) struct Store {
    /// Every how many frames one is kept.
    stride: usize,
    seen: usize,
    frames: Vec<Kept>,
}

impl Kept {
    fn new(time_s: f64, place: Place, plane: &Plane) -> Self {
        // A cast from floating point saturates.
        let samples = plane.iter().map(|value| (value * STEPS + 0.5) as u16).collect();
        Self { time_s, place, size: plane.dim(), samples }
    }

    /// Rows and columns.
    pub(super) fn size(&self) -> (usize, usize) {
        self.size
    }

    /// The plane, as good as it was.
    pub(super) fn plane(&self) -> Plane {
        let samples = self.samples.iter().map(|&value| f32::from(value) / STEPS).collect();
        Plane::from_shape_vec(self.size, samples).expect("as many samples as there were")
    }
}

impl Store {
    pub(super) fn new() -> Self {
        Self { stride: 1, seen: 0, frames: Vec::new() }
    }

    /// Offers a frame.
    pub(super) fn offer(&mut self, time_s: f64, place: Place, plane: &Plane) {
        let wanted = self.seen.is_multiple_of(self.stride);
        self.seen += 1;
        if !wanted {
            return;
        }
        self.frames.push(Kept::new(time_s, place, plane));
        let most = (MOST_BYTES / (2 * plane.len()).max(1)).clamp(COUNT.0, COUNT.1);
        if self.frames.len() > most {
            let mut at = 0;
            self.frames.retain(|_| {
                at += 1;
                at % 2 == 1
            });
            self.stride *= 2;
        }
    }

    /// Frames kept.
    pub(super) fn len(&self) -> usize {
        self.frames.len()
    }

    /// At most `most` frames, spread evenly.
    pub(super) fn spread(&self, most: usize) -> Vec<&Kept> {
        self.spread_numbers(most).into_iter().map(|i| &self.frames[i]).collect()
    }

    /// At most `most` frames, spread evenly, and the others.
    pub(super) fn split(&self, most: usize) -> (Vec<&Kept>, Vec<&Kept>) {
        let chosen = self.spread_numbers(most);
        let (mut few, mut rest) = (Vec::new(), Vec::new());
        for (i, kept) in self.frames.iter().enumerate() {
            if chosen.contains(&i) { few.push(kept) } else { rest.push(kept) }
        }
        (few, rest)
    }

    /// Frames that show much the same, at most `most` times, those of which most is kept first.
    pub(super) fn parts(&self, most: usize) -> Vec<Vec<&Kept>> {
        let mut parts: Vec<Vec<&Kept>> = Vec::new();
        for kept in &self.frames {
            let (rows, columns) = kept.size;
            let size = (columns as f64, rows as f64);
            let near = |part: &&mut Vec<&Kept>| {
                let first = part[0].place;
                let far = first.pose.apart(&kept.place.pose, size) > NEAR * size.0.min(size.1);
                first.shot == kept.place.shot && !far && part.len() < PART
            };
            match parts.last_mut().filter(near) {
                Some(part) => part.push(kept),
                None => parts.push(vec![kept]),
            }
        }
        descending(&mut parts, |part| part.len() as f64);
        parts.truncate(most);
        parts
    }

    fn spread_numbers(&self, most: usize) -> Vec<usize> {
        let parts = self.frames.len().min(most);
        (0..parts).map(|part| (2 * part + 1) * self.frames.len() / (2 * parts)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_frames_stay_few_and_evenly_spread() {
        let mut store = Store::new();
        let place = Place { shot: 0, pose: crate::motion::Step::NONE };
        let plane = Plane::from_elem((40, 60), 77.25);
        (0..1000).for_each(|i| store.offer(f64::from(i), place, &plane));
        let times: Vec<f64> = store.frames.iter().map(|kept| kept.time_s).collect();
        assert!((COUNT.1 / 2..=COUNT.1).contains(&times.len()), "{}", times.len());
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] == times[1] - times[0]), "{times:?}");
        assert_eq!(store.frames[0].plane(), plane);
        let few: Vec<f64> = store.spread(3).iter().map(|kept| kept.time_s).collect();
        assert!(few[0] > 100.0 && few[0] < 250.0 && few[2] > 700.0, "{few:?}");
        let (chosen, rest) = store.split(3);
        assert_eq!((chosen.len(), chosen.len() + rest.len()), (3, times.len()));
    }
}
