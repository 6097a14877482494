//! Which code for the payload? Word error rates of candidates on the channel with additive normal noise, at equal
//! total energy. The answer is in `docs/decisions/error-correction.md`; a few minutes on one core:
//!
//! ```text
//! cargo run --release -p lab --bin code_study [words per point]
//! ```
//!
//! A word counts as read when the right one is among the list: the 40 check bits (CRC and tag) inside the
//! information pick it out, and let a wrong one pass far less often than any rate shown here.

mod convolutional;
mod limits;
// The code as the core has it, which keeps it private.
#[path = "../../../../watermark-core/src/order.rs"]
mod order;
#[path = "../../../../watermark-core/src/code/polar/mod.rs"]
mod polar;
#[path = "../../../../watermark-core/src/code/soft.rs"]
mod soft;

/// The core's own name for what is compiled for wide registers; here it is not.
mod vector {
    pub(crate) fn wide<R>(work: impl FnOnce() -> R) -> R {
        work()
    }
}

use convolutional::TailBiting;
use polar::Polar;
use soft::Code;

/// User bits, tag bits and CRC bits of the default class.
const INFORMATION: usize = 64 + 24 + 16;
const USER_BITS: f64 = 64.0;
/// Coded bits to whose signal-to-noise ratio all energies refer.
const REFERENCE: f64 = 512.0;
/// A point is left after this many lost words: 10 % standard error.
const ENOUGH: usize = 100;

/// Normal numbers for a fixed seed: SplitMix64 and the Box-Muller transform.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ x >> 31
    }

    /// In (0, 1].
    fn unit(&mut self) -> f64 {
        ((self.next() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.unit().ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }
}

/// Words lost, words tried and milliseconds a word, at the energy that gives 512 coded bits `snr_db` each
/// (amplitude^2 over variance).
fn lost(code: &dyn Code, list: usize, snr_db: f64, words: usize) -> (usize, usize, f64) {
    let energy = REFERENCE * 10_f64.powf(snr_db / 10.0);
    let amplitude = (energy / code.coded_bits() as f64).sqrt();
    let mut noise = Noise(1);
    let (mut lost, mut tried, mut seconds) = (0, 0, 0.0);
    while tried < words && lost < ENOUGH {
        let information: Vec<u8> = (0..code.information_bits()).map(|_| (noise.next() >> 63) as u8).collect();
        let word = code.encode(&information);
        let llr: Vec<f32> = word
            .iter()
            .map(|&bit| 2.0 * amplitude * (amplitude * (1.0 - 2.0 * f64::from(bit)) + noise.normal()))
            .map(|x| x as f32)
            .collect();
        let start = std::time::Instant::now();
        let candidates = code.decode_list(&llr, list);
        seconds += start.elapsed().as_secs_f64();
        lost += usize::from(candidates.iter().all(|candidate| candidate.information != information));
        tried += 1;
    }
    (lost, tried, 1e3 * seconds / tried as f64)
}

fn row(name: &str, code: &dyn Code, list: usize, snrs: &[f64], words: usize) {
    print!("| {name} | {} | {list} |", code.coded_bits());
    let mut time = 0.0;
    for &snr in snrs {
        let (lost, tried, milliseconds) = lost(code, list, snr, words);
        time = milliseconds;
        print!(" {:.2e} |", lost as f64 / tried as f64);
    }
    println!(" {time:.2} |");
}

fn heading(title: &str, snrs: &[f64], user_bits: f64) {
    let axis = |name: &str, shift: f64| {
        let cells: String = snrs.iter().map(|snr| format!(" {:.2} |", snr + shift)).collect();
        println!("| {name} |{cells} |");
    };
    println!("\n{title}\n");
    axis("SNR of each of 512 coded bits, dB | N | list", 0.0);
    println!("|---|---|---|{}---|", "---|".repeat(snrs.len()));
    // Eb/N0 = energy / (2 * variance * bits).
    axis("*Eb/N0 by user bits, dB* | |", 10.0 * (REFERENCE / 2.0 / user_bits).log10());
}

fn main() {
    let words = std::env::args().nth(1).map_or(2000, |text| text.parse().expect("words per point: a number"));
    let snrs = [-4.5, -4.0, -3.5, -3.0, -2.5];
    heading("Candidates, 104 information bits", &snrs, USER_BITS);
    // User bits; with the tag; with the CRC too.
    for free in [64, 88, INFORMATION] {
        let bound: String = snrs.iter().map(|&snr| format!(" {:.2e} |", limits::normal(512, free, snr))).collect();
        println!("| normal approximation, {free} bits | 512 | |{bound} |");
    }
    for list in [1, 8, 32, 128] {
        row("polar", &Polar::new(512, INFORMATION), list, &snrs, words);
    }
    row("polar", &Polar::new(512, INFORMATION), 512, &snrs, words / 4);
    row("polar", &Polar::new(1024, INFORMATION), 32, &snrs, words);
    row("polar", &Polar::new(256, INFORMATION), 32, &snrs, words);
    for (memory, list, words) in [(8, 1, words), (8, 8, words), (8, 32, words / 4), (10, 1, words), (11, 1, words / 2)]
    {
        row(&format!("tail-biting, K {}", memory + 1), &TailBiting::new(memory, INFORMATION), list, &snrs, words);
    }

    heading("Places of the information, N 512, list 32", &snrs, USER_BITS);
    for design in [-4.0, -2.0, 0.0] {
        let code = Polar::with_places(512, limits::by_gaussian_approximation(512, INFORMATION, design));
        row(&format!("Gaussian approximation, {design:.0} dB"), &code, 32, &snrs, words);
    }

    for (user_bits, information, lowest) in [(32.0, 72, -5.5), (128.0, 176, -1.5)] {
        let snrs = [0.0, 0.5, 1.0, 1.5].map(|step| lowest + step);
        heading(&format!("{user_bits} user bits, {information} information bits"), &snrs, user_bits);
        for list in [32, 128] {
            row("polar", &Polar::new(512, information), list, &snrs, words);
        }
    }
}
