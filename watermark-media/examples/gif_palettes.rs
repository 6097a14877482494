//! How a marked frame best becomes 256 colours: the figures of docs/decisions/gif-palettes.md.
//!
//! `cargo run --release -p watermark-media --example gif_palettes -- FOLDER`, where FOLDER has `graphics/party.gif` and
//! `art/`. Every eighth frame of the first, and the pictures of the second at 480 px on the long side, are marked, put
//! into 256 colours in several ways, and read.

use std::path::Path;

use watermark_core::{DetectOptions, Detector, EmbedOptions, Embedder, Error, Key, KeyRole, Payload, Refusal, Verdict};
use watermark_core::{ImageView, Layout, Samples};
use watermark_media::{DecodeLimits, Document, EncodeOptions, Format, Picture, PixelData, encode_with};

/// Palette, index of each pixel.
type Indexed = (Vec<[u8; 3]>, Vec<u8>);

/// A way from pixels to palette and indices.
struct Candidate {
    name: &'static str,
    make: fn(&[u8], usize) -> Indexed,
}

const CANDIDATES: [Candidate; 7] = [
    Candidate { name: "NeuQuant, nearest", make: |p, w| map(p, w, neuquant(p), Way::Nearest) },
    Candidate { name: "NeuQuant, diffusion", make: |p, w| map(p, w, neuquant(p), Way::Diffusion(1.0)) },
    Candidate { name: "median cut + k-means, nearest", make: |p, w| map(p, w, cut(p, w), Way::Nearest) },
    Candidate { name: "median cut + k-means, ordered 8 x 8", make: |p, w| map(p, w, cut(p, w), Way::Ordered) },
    Candidate {
        name: "median cut + k-means, half of the error",
        make: |p, w| map(p, w, cut(p, w), Way::Diffusion(0.5)),
    },
    Candidate {
        name: "median cut + k-means, all of the error",
        make: |p, w| map(p, w, cut(p, w), Way::Diffusion(1.0)),
    },
    Candidate { name: "median cut + k-means, 7/8 of the error (written)", make: shipped },
];

enum Way {
    Nearest,
    Ordered,
    Diffusion(f32),
}

/// What the crate writes, read again as palette and indices.
fn shipped(pixels: &[u8], width: usize) -> Indexed {
    let picture = Picture::new(width, pixels.len() / 3 / width, Layout::Rgb, PixelData::U8(pixels.to_vec())).unwrap();
    let file = encode_with(&picture, Format::Gif, &EncodeOptions::default()).unwrap();
    let mut decoder = gif::Decoder::new(file.as_slice()).unwrap();
    let frame = decoder.read_next_frame().unwrap().unwrap();
    let palette = frame.palette.as_ref().unwrap().chunks_exact(3).map(|c| [c[0], c[1], c[2]]).collect();
    (palette, frame.buffer.to_vec())
}

fn cut(pixels: &[u8], width: usize) -> Vec<[u8; 3]> {
    shipped(pixels, width).0
}

fn neuquant(pixels: &[u8]) -> Vec<[u8; 3]> {
    let rgba: Vec<u8> = pixels.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect();
    let net = color_quant::NeuQuant::new(1, 256, &rgba);
    net.color_map_rgb().chunks_exact(3).map(|c| [c[0], c[1], c[2]]).collect()
}

fn nearest(palette: &[[f32; 3]], wanted: [f32; 3]) -> usize {
    let distance = |c: &[f32; 3]| (0..3).map(|n| (c[n] - wanted[n]).powi(2)).sum::<f32>();
    (0..palette.len()).min_by(|&a, &b| distance(&palette[a]).total_cmp(&distance(&palette[b]))).unwrap()
}

/// The threshold of an ordered dither (Bayer), -0.5 to 0.5.
fn threshold(x: usize, y: usize) -> f32 {
    let bits = (0..3).fold(0, |v, n| v | ((x ^ y) >> n & 1) << (5 - 2 * n) | (y >> n & 1) << (4 - 2 * n));
    (bits as f32 + 0.5) / 64.0 - 0.5
}

fn map(pixels: &[u8], width: usize, palette: Vec<[u8; 3]>, way: Way) -> Indexed {
    let colours: Vec<[f32; 3]> = palette.iter().map(|c| c.map(f32::from)).collect();
    let mut errors = vec![[0_f32; 3]; pixels.len() / 3 + 2 * width + 2];
    let mut numbers = vec![0; pixels.len() / 3];
    for y in 0..numbers.len() / width {
        for step in 0..width {
            let x = if y % 2 == 1 { width - 1 - step } else { step };
            let at = y * width + x;
            let spread = if matches!(way, Way::Ordered) { 12.0 * threshold(x, y) } else { 0.0 };
            let wanted = [0, 1, 2].map(|c| (f32::from(pixels[at * 3 + c]) + errors[at][c] + spread).clamp(0.0, 255.0));
            let number = nearest(&colours, wanted);
            numbers[at] = number as u8;
            let Way::Diffusion(share) = way else { continue };
            let side = if y % 2 == 1 { -1 } else { 1 };
            for (dx, dy, weight) in [(side, 0, 7.0), (-side, 1, 3.0), (0, 1, 5.0), (side, 1, 1.0)] {
                let column = x as isize + dx;
                if (0..width as isize).contains(&column) {
                    let place = &mut errors[(y + dy) * width + column as usize];
                    (0..3).for_each(|c| place[c] += (wanted[c] - colours[number][c]) * weight / 16.0 * share);
                }
            }
        }
    }
    (palette, numbers)
}

/// A picture of 8 bit RGB.
struct Rgb {
    width: usize,
    pixels: Vec<u8>,
}

impl Rgb {
    fn view(&self) -> ImageView<'_> {
        let height = self.pixels.len() / 3 / self.width;
        ImageView::new(self.width, height, self.width * 3, Layout::Rgb, Samples::U8(&self.pixels)).unwrap()
    }

    /// Reduced so that the long side has `side` pixels, each the mean of what it covers.
    fn reduced(self, side: usize) -> Self {
        let (width, height) = (self.width, self.pixels.len() / 3 / self.width);
        let scale = side as f64 / width.max(height) as f64;
        if scale >= 1.0 {
            return self;
        }
        let (w, h) = ((width as f64 * scale).round() as usize, (height as f64 * scale).round() as usize);
        let range = |n: usize, of: usize, from: usize| n * from / of..((n + 1) * from).div_ceil(of);
        let mut pixels = Vec::with_capacity(w * h * 3);
        for y in 0..h {
            for x in 0..w {
                for c in 0..3 {
                    let (rows, columns) = (range(y, h, height), range(x, w, width));
                    let count = (rows.len() * columns.len()) as u64;
                    let sum: u64 = rows
                        .flat_map(|r| columns.clone().map(move |k| (r, k)))
                        .map(|(r, k)| u64::from(self.pixels[(r * width + k) * 3 + c]))
                        .sum();
                    pixels.push(((sum + count / 2) / count) as u8);
                }
            }
        }
        Self { width: w, pixels }
    }

    /// Each pixel the mean of 3 x 3: about what an eye sees of a fine pattern.
    fn blurred(&self) -> Self {
        let (w, h) = (self.width as isize, (self.pixels.len() / 3 / self.width) as isize);
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for (y, x, c) in (0..h).flat_map(|y| (0..w).flat_map(move |x| (0..3).map(move |c| (y, x, c)))) {
            let around = (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (dy, dx)));
            let sum: u32 = around
                .map(|(dy, dx)| {
                    let (r, k) = ((y + dy).clamp(0, h - 1), (x + dx).clamp(0, w - 1));
                    u32::from(self.pixels[((r * w + k) * 3) as usize + c])
                })
                .sum();
            pixels.push(((sum + 4) / 9) as u8);
        }
        Self { width: self.width, pixels }
    }
}

fn psnr(a: &Rgb, b: &Rgb) -> f64 {
    let sum: f64 = a.pixels.iter().zip(&b.pixels).map(|(&a, &b)| f64::from(a.abs_diff(b)).powi(2)).sum();
    10.0 * (255.0 * 255.0 * a.pixels.len() as f64 / sum.max(1.0)).log10()
}

/// Sums over the pictures of a set.
#[derive(Default, Clone)]
struct Row {
    pictures: u32,
    embedder_reads: u32,
    detector_reads: u32,
    margin: f64,
    psnr: f64,
    psnr_blurred: f64,
    bytes: usize,
}

fn bytes(width: usize, (palette, numbers): &Indexed) -> usize {
    let height = numbers.len() / width;
    let frame = gif::Frame::from_palette_pixels(width as u16, height as u16, numbers.clone(), palette.concat(), None);
    let mut file = Vec::new();
    gif::Encoder::new(&mut file, width as u16, height as u16, &[]).unwrap().write_frame(&frame).unwrap();
    file.len()
}

fn frames(folder: &Path) -> [(&'static str, Vec<Rgb>); 2] {
    let rgb = |picture: &Picture| Rgb { width: picture.width(), pixels: picture.rgb8() };
    let limits = DecodeLimits::default();
    let party =
        std::fs::read(folder.join("graphics/party.gif")).map(|bytes| Document::decode(&bytes, &limits).unwrap());
    let party = party.map(|d| d.pictures().iter().step_by(8).map(rgb).collect()).unwrap_or_default();
    let mut paths: Vec<_> = std::fs::read_dir(folder.join("art")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let art = paths.iter().filter_map(|path| watermark_media::decode(&std::fs::read(path).ok()?, &limits).ok());
    [("party.gif", party), ("art at 480 px", art.map(|picture| rgb(&picture).reduced(480)).collect())]
}

fn main() {
    let folder = std::env::args().nth(1).expect("a folder");
    let key = Key::from_secret(KeyRole::Master, [7; 32]);
    let embedder = Embedder::new(&key, EmbedOptions::default()).unwrap();
    let detector = Detector::new(&[key], DetectOptions::default()).unwrap();
    let payload: Payload = "0123456789abcdef".parse().unwrap();
    for (set, pictures) in frames(Path::new(&folder)) {
        let mut rows = vec![Row::default(); CANDIDATES.len() + 1];
        let mut refused = 0;
        for mut picture in pictures {
            let view = picture.view();
            let Ok(plan) = embedder.plan(&view, &payload) else {
                refused += 1;
                continue;
            };
            let mut marked =
                Picture::new(view.width(), view.height(), Layout::Rgb, PixelData::U8(picture.pixels.clone())).unwrap();
            plan.apply(&mut marked.view_mut()).unwrap();
            picture.pixels = marked.rgb8();
            for (n, row) in rows.iter_mut().enumerate() {
                let seen = match n.checked_sub(1) {
                    None => Rgb { width: picture.width, pixels: picture.pixels.clone() },
                    Some(n) => {
                        let indexed = (CANDIDATES[n].make)(&picture.pixels, picture.width);
                        row.bytes += bytes(picture.width, &indexed);
                        let (palette, numbers) = indexed;
                        Rgb {
                            width: picture.width,
                            pixels: numbers.iter().flat_map(|&n| palette[usize::from(n)]).collect(),
                        }
                    }
                };
                let (reads, margin) = match embedder.read_back(&seen.view(), &payload) {
                    Ok((margin, _)) => (1, margin),
                    Err(Error::Refused(Refusal::ThinMargin { margin_db, .. })) => (0, margin_db),
                    Err(error) => panic!("{error}"),
                };
                let found = detector.detect(&seen.view()).unwrap();
                let mark = found.strongest();
                let right = mark.verdict == Verdict::Found && mark.payload.as_ref() == Some(&payload);
                row.pictures += 1;
                row.embedder_reads += reads;
                row.detector_reads += u32::from(right);
                // Neither a lost picture nor an easy one rules the mean.
                row.margin += margin.clamp(-6.0, 12.0);
                row.psnr += psnr(&picture, &seen).min(60.0);
                row.psnr_blurred += psnr(&picture.blurred(), &seen.blurred()).min(60.0);
            }
        }
        println!("\n{set}: {} pictures, {refused} refused\n", rows[0].pictures);
        println!(
            "| 256 colours by | read back | detected | margin, dB | PSNR, dB | PSNR of 3 x 3 means | kB a frame |"
        );
        println!("|---|---|---|---|---|---|---|");
        let names = std::iter::once("none: all colours").chain(CANDIDATES.iter().map(|c| c.name));
        for (name, row) in names.zip(&rows) {
            let of = f64::from(row.pictures.max(1));
            println!(
                "| {name} | {} | {} | {:.1} | {:.1} | {:.1} | {:.0} |",
                row.embedder_reads,
                row.detector_reads,
                row.margin / of,
                row.psnr / of,
                row.psnr_blurred / of,
                row.bytes as f64 / of / 1000.0
            );
        }
    }
}
