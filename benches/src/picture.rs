//! Generated pictures that are to the signal what photographs are: power falling with frequency, edges, some grain.
//!
//! Each octave of noise has features twice as wide as the one before and twice its amplitude, which is the 1/f
//! spectrum of natural scenes (Field 1987). Half-planes of another brightness add edges that no smooth noise has.

/// Width of the finest features, pixels.
const FINEST: usize = 2;
/// Grey levels, end to end, of an octave for each pixel of its features' width, up to [`MOST_LEVELS`].
const LEVELS_PER_PIXEL: f32 = 1.5;
/// Most grey levels of one octave: the widest features would go from black to white and beyond.
const MOST_LEVELS: f32 = 70.0;
/// Straight edges across the picture.
const EDGES: usize = 9;
/// Grey levels from one side of an edge to the other.
const EDGE_LEVELS: f32 = 18.0;
/// Grey levels, end to end, of the grain of a sensor.
const GRAIN_LEVELS: f32 = 5.0;

/// Interleaved 8-bit RGB of `width` x `height` pixels; the seed says which picture. Nothing but the result and a few
/// rows is held in memory while it is made.
pub fn photograph(width: usize, height: usize, seed: u64) -> Vec<u8> {
    let widest = width.min(height) / 2;
    let pitches = std::iter::successors(Some(FINEST), |pitch| Some(2 * pitch)).take_while(|&pitch| pitch <= widest);
    let octaves: Vec<Octave> = pitches.map(|pitch| Octave::new(pitch, width, seed)).collect();
    let edges: Vec<Edge> = (0..EDGES as u64).map(|index| Edge::new(width, height, seed ^ index)).collect();
    let mut samples = Vec::with_capacity(3 * width * height);
    let mut light = vec![0.0_f32; width];
    for y in 0..height {
        light.fill(122.0);
        octaves.iter().for_each(|octave| octave.add_row(y, &mut light));
        edges.iter().for_each(|edge| edge.add_row(y, &mut light));
        for (x, &value) in light.iter().enumerate() {
            let value = value + GRAIN_LEVELS * hash(x, y, seed);
            let colour = [value, 0.93 * value + 8.0, 0.82 * value + 19.0];
            samples.extend(colour.map(|level| level.clamp(2.0, 253.0) as u8));
        }
    }
    samples
}

/// Noise with features of one width, linear between the points of a grid.
struct Octave {
    pitch: usize,
    levels: f32,
    columns: usize,
    seed: u64,
}

impl Octave {
    fn new(pitch: usize, width: usize, seed: u64) -> Self {
        let levels = (LEVELS_PER_PIXEL * pitch as f32).min(MOST_LEVELS);
        Self { pitch, levels, columns: width / pitch + 2, seed: seed.wrapping_add(pitch as u64) }
    }

    fn add_row(&self, y: usize, light: &mut [f32]) {
        let (row, down) = (y / self.pitch, (y % self.pitch) as f32 / self.pitch as f32);
        let point = |column| {
            let (above, below) = (hash(column, row, self.seed), hash(column, row + 1, self.seed));
            self.levels * (above + down * (below - above))
        };
        let mut left = point(0);
        for (column, stretch) in (1..self.columns).zip(light.chunks_mut(self.pitch)) {
            let right = point(column);
            let step = (right - left) / self.pitch as f32;
            stretch.iter_mut().enumerate().for_each(|(x, value)| *value += left + step * x as f32);
            left = right;
        }
    }
}

/// A straight line through the picture with more light on one side.
struct Edge {
    at: (f32, f32),
    normal: (f32, f32),
}

impl Edge {
    fn new(width: usize, height: usize, seed: u64) -> Self {
        let draw = |index| hash(index, 7, seed) + 0.5;
        let angle = std::f32::consts::TAU * draw(0);
        Self { at: (draw(1) * width as f32, draw(2) * height as f32), normal: (angle.cos(), angle.sin()) }
    }

    fn add_row(&self, y: usize, light: &mut [f32]) {
        let down = (y as f32 - self.at.1) * self.normal.1;
        for (x, value) in light.iter_mut().enumerate() {
            // One pixel of transition, as a lens gives.
            let side = ((x as f32 - self.at.0) * self.normal.0 + down).clamp(-0.5, 0.5);
            *value += EDGE_LEVELS * side;
        }
    }
}

/// White noise, -0.5 to 0.5: the finaliser of SplitMix64 over the place.
fn hash(x: usize, y: usize, seed: u64) -> f32 {
    let mut word = seed ^ (x as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (y as u64).rotate_left(32);
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((word ^ (word >> 31)) >> 40) as f32 / (1 << 24) as f32 - 0.5
}

#[cfg(test)]
mod tests {
    use super::photograph;

    #[test]
    fn looks_like_a_photograph_to_statistics() {
        let (width, height) = (320, 240);
        let samples = photograph(width, height, 1);
        assert_eq!(samples.len(), 3 * width * height);
        let red: Vec<f64> = samples.iter().step_by(3).map(|&v| f64::from(v)).collect();
        let mean = red.iter().sum::<f64>() / red.len() as f64;
        let variance = red.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / red.len() as f64;
        assert!((60.0..190.0).contains(&mean), "mean {mean}");
        assert!((15.0..70.0).contains(&variance.sqrt()), "deviation {}", variance.sqrt());
        // Neighbours are alike, and less so the further apart they are.
        let correlation = |step: usize| {
            let pairs = red.iter().zip(&red[step..]);
            pairs.map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>() / (red.len() - step) as f64 / variance
        };
        assert!(correlation(1) > 0.9 && correlation(1) > correlation(8) && correlation(8) > correlation(40));
        let clipped = samples.iter().filter(|&&v| v == 2 || v == 253).count();
        assert!(clipped * 50 < samples.len(), "{clipped} samples clipped");
    }

    #[test]
    fn the_seed_says_which() {
        assert_eq!(photograph(130, 70, 5), photograph(130, 70, 5));
        assert_ne!(photograph(130, 70, 5), photograph(130, 70, 6));
    }
}
