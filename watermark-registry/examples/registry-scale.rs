//! Measures a large registry: how fast rows are imported, how long a lookup takes.
//!
//! ```text
//! cargo run --release -p watermark-registry --example registry-scale -- --rows 10000000 --dir DIR
//! ```
//!
//! `--sign` signs every row, `--check` verifies the chain at the end. Leaves `DIR/scale.db` behind; it must not be
//! there before.

use std::io::Read;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use watermark_registry::{COLUMNS, ChainOptions, Filter, ImportOptions, Page, Registry, Result, Signer};

/// Lookups of each kind.
const LOOKUPS: u64 = 10_000;
const KEY_ID: &str = "6b65796964000001";

fn main() {
    if let Err(problem) = run() {
        eprintln!("{problem}");
        std::process::exit(2);
    }
}

fn run() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (mut rows, mut dir, mut sign, mut check) = (1_000_000, None, false, false);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--rows" => rows = arguments.next().ok_or("--rows needs a number")?.parse()?,
            "--dir" => dir = Some(PathBuf::from(arguments.next().ok_or("--dir needs a directory")?)),
            "--sign" => sign = true,
            "--check" => check = true,
            other => return Err(format!("unknown option {other}; --rows N --dir DIR [--sign] [--check]").into()),
        }
    }
    let path = dir.ok_or("--dir is missing")?.join("scale.db");
    let mut registry = Registry::create(&path)?;
    if sign {
        registry.sign_with(Signer::from_secret(&[7; 32]));
    }
    import(&mut registry, rows)?;
    let bytes = std::fs::metadata(&path)?.len();
    println!("file: {:.0} MB, {:.0} bytes a row", bytes as f64 / 1e6, bytes as f64 / rows as f64);
    println!("count: {:?} in {:?}", registry.count()?, timed(|| registry.count().map(|_| ()))?);
    lookups(&registry, rows)?;
    two_phases(&mut registry, rows)?;
    let nobody = Filter { recipient: Some("nobody".into()), ..Filter::default() };
    println!("list without a hit: {:.1?}", timed(|| registry.list(&nobody, Page::default()).map(|_| ()))?);
    if check {
        let start = Instant::now();
        let report = registry.verify_chain(&ChainOptions::default())?;
        let took = start.elapsed();
        println!("chain: sound {}, {} rows in {took:.1?}", report.is_sound(), report.rows);
    }
    Ok(())
}

fn import(registry: &mut Registry, rows: u64) -> Result<()> {
    let lines = || Lines { next: 0, rows, text: Vec::new(), at: 0 };
    let start = Instant::now();
    // The error of a copy in memory cannot happen.
    let bytes = std::io::copy(&mut lines(), &mut std::io::sink()).unwrap_or_default();
    println!("making {bytes} bytes of CSV took {:.1?}, and is part of the import:", start.elapsed());
    let start = Instant::now();
    let report = registry.import_csv(lines(), &ImportOptions::default())?;
    let took = start.elapsed();
    let rate = report.imported as f64 / took.as_secs_f64();
    println!("import of CSV: {} rows, {} bad, {took:.1?}, {rate:.0} rows/s", report.imported, report.bad);
    Ok(())
}

fn lookups(registry: &Registry, rows: u64) -> Result<()> {
    let miss = rows; // numbers from here on are in no row
    for (what, base) in [("hit", 0), ("miss", miss)] {
        let number = |index: u64| base + mix(index) % rows;
        latency(&format!("find by id, {what}"), |index| {
            let number = number(index);
            let found = registry.find(KEY_ID, &format!("{:016x}", mix(number)))?;
            assert_eq!(found.len(), usize::from(number < rows));
            Ok(())
        })?;
        latency(&format!("find by hash of the marked file, {what}"), |index| {
            let number = number(index);
            let found = registry.find_by_output_sha256(&hash(number, 2))?;
            assert_eq!(found.len(), usize::from(number < rows));
            Ok(())
        })?;
        latency(&format!("find by output path, {what}"), |index| {
            let number = number(index);
            let found = registry.find_by_output_path(&format!("tagged/episode-12/page-{number}.png"))?;
            assert_eq!(found.len(), usize::from(number < rows));
            Ok(())
        })?;
    }
    Ok(())
}

/// What one more batch costs on top of all these rows.
fn two_phases(registry: &mut Registry, rows: u64) -> Result<()> {
    let mut entry = registry.find(KEY_ID, &format!("{:016x}", mix(0)))?.remove(0).entry;
    let entries: Vec<_> = (2 * rows..2 * rows + 1000)
        .map(|number| {
            entry.payload = format!("{:016x}", mix(number));
            (entry.content_sha256, entry.output_sha256) = (hash(number, 3), hash(number, 2));
            entry.clone()
        })
        .collect();
    let start = Instant::now();
    let reserved = registry.reserve_all(&entries)?;
    let half = start.elapsed();
    let reserved: Vec<_> = reserved.into_iter().flatten().map(|reservation| reservation.row()).collect();
    registry.confirm_all(&reserved)?;
    println!("1,000 rows in one transaction each: reserved in {half:.1?}, confirmed in {:.1?}", start.elapsed() - half);
    Ok(())
}

fn latency(what: &str, mut look: impl FnMut(u64) -> Result<()>) -> Result<()> {
    let mut times = Vec::new();
    for index in 0..LOOKUPS {
        times.push(timed(|| look(index))?);
    }
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!("{what}: median {:.1?}, 99 % {:.1?}, slowest {:.1?}", at(0.5), at(0.99), at(1.0));
    Ok(())
}

fn timed(work: impl FnOnce() -> Result<()>) -> Result<Duration> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}

/// Lines of CSV, made as they are read.
struct Lines {
    next: u64,
    rows: u64,
    text: Vec<u8>,
    at: usize,
}

impl Read for Lines {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.text.len() {
            self.text.clear();
            self.at = 0;
            if self.next == 0 {
                self.text.extend_from_slice(COLUMNS[..20].join(",").as_bytes());
                self.text.push(b'\n');
            }
            while self.text.len() < buffer.len() && self.next < self.rows {
                self.text.extend_from_slice(line(self.next).as_bytes());
                self.next += 1;
            }
        }
        let count = buffer.len().min(self.text.len() - self.at);
        buffer[..count].copy_from_slice(&self.text[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

fn line(number: u64) -> String {
    let hex = |kind| hash(number, kind).chunks_exact(8).map(|part| format!("{:016x}", word(part))).collect::<String>();
    format!(
        "{:016x},{KEY_ID},Episode 12,page {number},Reader {},{},{},{},finals/episode-12/page-{number}.tif,\
         tagged/episode-12/page-{number}.png,{:016x},2480,3508,standard,{},{},,1,0.1.0,{}\n",
        mix(number),
        number % 500,
        hex(1),
        hex(2),
        hex(3),
        mix(number ^ 77),
        44.0 + (number % 100) as f64 / 100.0,
        6.0 + (number % 70) as f64 / 10.0,
        1_700_000_000_000 + number,
    )
}

fn word(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |word, &byte| word << 8 | u64::from(byte))
}

/// A stand-in for a hash: different for every number, without order.
fn hash(number: u64, kind: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (index, part) in (0..).zip(bytes.chunks_exact_mut(8)) {
        part.copy_from_slice(&mix(number.wrapping_mul(16) + kind * 4 + index).to_be_bytes());
    }
    bytes
}

/// SplitMix64's mixing: a bijection, so that no two numbers collide.
fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
