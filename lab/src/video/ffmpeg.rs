//! The system's ffmpeg as a child process: raw frames in, a file out, raw luma back.

use super::planes::{Frame, bytes};
use anyhow::{Context as _, bail, ensure};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A decoded luma plane, full range.
pub(crate) struct Luma {
    /// Seconds.
    pub(crate) time_s: f64,
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) samples: Vec<u8>,
}

fn command() -> Command {
    let mut command = Command::new("ffmpeg");
    command.args(["-hide_banner", "-loglevel", "error", "-nostdin", "-y"]);
    command
}

fn finish(child: Child) -> anyhow::Result<()> {
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("ffmpeg: {}", String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; "));
    }
    Ok(())
}

/// Encodes frames at a rate, with arguments for the output.
pub(crate) fn encode(frames: &[Frame], rate: f64, arguments: &[String], out: &Path) -> anyhow::Result<()> {
    let first = frames.first().context("there are no frames")?;
    let mut child = command()
        .args(["-f", "rawvideo", "-pix_fmt", "yuv420p", "-color_range", "tv"])
        .args(["-s", &format!("{}x{}", first.width, first.height), "-r", &rate.to_string(), "-i", "-"])
        .args(arguments)
        .arg(out)
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("starting ffmpeg")?;
    let mut input = child.stdin.take().context("ffmpeg has an input")?;
    let written = frames.iter().try_for_each(|frame| input.write_all(&frame.samples));
    drop(input);
    finish(child).with_context(|| format!("encoding with {}", arguments.join(" ")))?;
    Ok(written?)
}

/// What ffprobe says of the first video stream: width, height and frames a second.
pub(crate) fn probe(file: &Path) -> anyhow::Result<(usize, usize, f64)> {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height,avg_frame_rate"])
        .args(["-of", "csv=p=0"])
        .arg(file)
        .output()
        .context("starting ffprobe")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let fields: Vec<&str> = text.trim().split(',').collect();
    ensure!(output.status.success() && fields.len() >= 3, "ffprobe says of the file: {text}");
    let (up, down) = fields[2].split_once('/').context("a rate is a fraction")?;
    Ok((fields[0].parse()?, fields[1].parse()?, up.parse::<f64>()? / down.parse::<f64>()?.max(1e-9)))
}

/// Every `every`-th frame's luma.
pub(crate) fn luma(file: &Path, every: usize) -> anyhow::Result<Vec<Luma>> {
    let (width, height, rate) = probe(file)?;
    let filter = format!("select=not(mod(n\\,{every}))");
    let arguments = ["-vf", &filter, "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "gray", "-"];
    let raw = read(file, &arguments, width * height)?;
    let frame = |(i, samples)| Luma { time_s: (i * every) as f64 / rate, width, height, samples };
    Ok(raw.into_iter().enumerate().map(frame).collect())
}

/// Some frames of a file as 4:2:0.
pub(crate) fn frames(file: &Path, from: usize, count: usize) -> anyhow::Result<Vec<Frame>> {
    let (width, height, _) = probe(file)?;
    let filter = format!("select=between(n\\,{from}\\,{})", from + count - 1);
    let arguments = ["-vf", &filter, "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-"];
    let raw = read(file, &arguments, bytes(width, height))?;
    Ok(raw.into_iter().map(|samples| Frame { width, height, samples }).collect())
}

fn read(file: &Path, arguments: &[&str], size: usize) -> anyhow::Result<Vec<Vec<u8>>> {
    let mut child = command()
        .arg("-i")
        .arg(file)
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("starting ffmpeg")?;
    let mut output = child.stdout.take().context("ffmpeg has an output")?;
    let mut out = Vec::new();
    loop {
        let mut frame = vec![0; size];
        let mut filled = 0;
        while filled < size {
            match output.read(&mut frame[filled..])? {
                0 => break,
                n => filled += n,
            }
        }
        if filled < size {
            break;
        }
        out.push(frame);
    }
    finish(child)?;
    Ok(out)
}
