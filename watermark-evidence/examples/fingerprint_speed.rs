//! Time that a fingerprint takes, for each pixel; and a fit that finds nothing, which is the slowest kind.

use std::time::Instant;

use watermark_core::Layout;
use watermark_evidence::{Original, Pose, fingerprint, fit};
use watermark_media::{Picture, PixelData};

const TIMES: u32 = 5;

fn main() -> anyhow::Result<()> {
    let (width, height) = (4_000, 3_000);
    for (name, layout, deep) in [
        ("8-bit grey", Layout::Luma, false),
        ("8-bit RGB", Layout::Rgb, false),
        ("8-bit RGBA", Layout::Rgba, false),
        ("16-bit RGB", Layout::Rgb, true),
        ("16-bit RGBA", Layout::Rgba, true),
    ] {
        let noise = (0..width * height * layout.channels()).map(|i| (i as u32).wrapping_mul(2_654_435_761) >> 16);
        let samples = if deep {
            PixelData::U16(noise.map(|value| value as u16).collect())
        } else {
            PixelData::U8(noise.map(|value| (value >> 8) as u8).collect())
        };
        let picture = Picture::new(width, height, layout, samples)?;
        let start = Instant::now();
        for _ in 0..TIMES {
            std::hint::black_box(fingerprint(&picture)?);
        }
        let nanoseconds = start.elapsed().as_secs_f64() * 1e9 / f64::from(TIMES) / (width * height) as f64;
        println!("{name}: {nanoseconds:.2} ns a pixel");
        let registered = fingerprint(&picture)?;
        let original = Original { thumbnail: &registered.thumbnail, width: 3_000, height: 2_000 };
        let start = Instant::now();
        let answer = fit(&picture, &Pose { rotation_deg: 7.0, ..Pose::unchanged(3_000.0) }, &original);
        println!("  a fit that ends {}: {:.0} ms", answer.verdict.as_str(), start.elapsed().as_secs_f64() * 1e3);
    }
    Ok(())
}
