//! Marks or reads a Y4M stream, for docs/decisions/frames.md: `frames mark < in.y4m > out.y4m` says the time a frame
//! takes and the PSNR; `frames read [STEP] < in.y4m` reads one frame in so many by itself.

use std::io::{BufReader, BufWriter, Read, Write};
use std::time::{Duration, Instant};

use watermark_core::{
    Applied, DetectOptions, Detector, Effort, FrameEmbedder, FrameOptions, ImageView, Key, KeyRole, Layout, LumaFrame,
    Payload, SECRET_BYTES, Samples,
};

type Fault = Box<dyn std::error::Error>;

fn line(input: &mut impl Read) -> Result<Option<String>, Fault> {
    let (mut text, mut byte) = (Vec::new(), [0_u8]);
    loop {
        if input.read(&mut byte)? == 0 {
            return Ok(None);
        }
        if byte[0] == b'\n' {
            return Ok(Some(String::from_utf8(text)?));
        }
        text.push(byte[0]);
    }
}

fn main() -> Result<(), Fault> {
    let arguments: Vec<String> = std::env::args().collect();
    let mut input = BufReader::with_capacity(1 << 20, std::io::stdin().lock());
    let mut output = BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    let header = line(&mut input)?.ok_or("no header")?;
    let side = |mark: char| header.split(' ').find_map(|part| part.strip_prefix(mark)?.parse::<usize>().ok());
    let (width, height) = (side('W').ok_or("no width")?, side('H').ok_or("no height")?);
    let key = Key::from_secret(KeyRole::Master, [7; SECRET_BYTES]);
    let payload: Payload = "00c0ffee00c0ffee".parse()?;
    let marks = arguments.get(1).is_some_and(|word| word == "mark");
    let step: usize = arguments.get(2).map_or(Ok(6), |word| word.parse())?;
    let start = Instant::now();
    let mut embedder = FrameEmbedder::new(&key, &payload, (width, height), FrameOptions::default())?;
    let prepared = start.elapsed();
    let mut options = DetectOptions::default();
    options.effort = Effort::Fast;
    let detector = Detector::new(&[key], options)?;
    let (mut applied, mut spent, mut frames, mut cuts) = (Applied::default(), Duration::ZERO, 0_usize, 0);
    let (mut read, mut looked, mut margins) = (0, 0, Vec::new());
    let mut frame = vec![0_u8; width * height * 3 / 2];
    if marks {
        writeln!(output, "{header}")?;
    }
    while let Some(mark) = line(&mut input)? {
        input.read_exact(&mut frame)?;
        if marks {
            let start = Instant::now();
            let report = embedder.mark(&mut LumaFrame::bytes(width, height, width, &mut frame)?)?;
            spent += start.elapsed();
            applied.add(report.applied);
            cuts += usize::from(report.cut);
            writeln!(output, "{mark}")?;
            output.write_all(&frame)?;
        } else if frames % step == step / 2 {
            let view = ImageView::new(width, height, width, Layout::Luma, Samples::U8(&frame))?;
            let found = detector.detect(&view)?;
            let strongest = found.strongest();
            read += usize::from(strongest.payload.as_ref() == Some(&payload));
            margins.push(strongest.margin_db);
            looked += 1;
        }
        frames += 1;
    }
    output.flush()?;
    if marks {
        let each = spent.as_secs_f64() * 1e3 / frames as f64;
        eprintln!(
            "{frames} frames of {width}x{height} px, {cuts} cuts, {:.1} ms to prepare, {each:.2} ms a frame ({:.0} a second), \
             PSNR {:.2} dB",
            prepared.as_secs_f64() * 1e3,
            1e3 / each,
            applied.psnr_db()
        );
    } else {
        margins.sort_by(f64::total_cmp);
        let mean = margins.iter().map(|m| m.max(-10.0)).sum::<f64>() / margins.len().max(1) as f64;
        println!(
            "{read}/{looked} read, margin mean {mean:.1} least {:.1} dB",
            margins.first().copied().unwrap_or(f64::NAN)
        );
    }
    Ok(())
}
