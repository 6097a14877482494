//! A film of 30 s, 1920 x 1080 px, made of generated photographs: shots that pan fast and slowly, stand still, and move on
//! twos.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use watermark_benches::photograph;
use watermark_benches::process::run;

use crate::Outcome;

pub(crate) const WIDTH: usize = 1920;
pub(crate) const HEIGHT: usize = 1080;
pub(crate) const RATE: usize = 24;
/// Frames of a shot: 2.5 s.
const SHOT: usize = 60;
/// What the shots do one after the other, three times: pixels a step, and frames a step.
const SHOTS: [(usize, usize); 4] = [(6, 1), (0, 1), (1, 1), (6, 2)];
const ROUNDS: usize = 3;

/// Frames in all.
pub(crate) const FRAMES: usize = SHOT * SHOTS.len() * ROUNDS;

/// Width and height of the large film, pixels.
pub(crate) const LARGE: (usize, usize) = (3840, 2160);

/// Writes the first seconds of a film once more, each frame enlarged to [`LARGE`].
pub(crate) fn enlarge(source: &Path, path: &Path, seconds: usize) -> Outcome<()> {
    let (source, path) = (source.to_string_lossy(), path.to_string_lossy());
    let (seconds, scale) = (seconds.to_string(), format!("scale={}:{}", LARGE.0, LARGE.1));
    let codec = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "20"];
    run(
        &[&["ffmpeg", "-v", "error", "-y", "-i", &source, "-t", &seconds, "-vf", &scale][..], &codec, &[&path]]
            .concat(),
        &[0],
    )
    .map(drop)
}

/// Writes the film, as a studio's master would come: H.264 at CRF 16.
pub(crate) fn write(path: &Path) -> Outcome<()> {
    let size = format!("{WIDTH}x{HEIGHT}");
    let rate = RATE.to_string();
    let mut command = Command::new("ffmpeg");
    command
        .args(["-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", &size, "-r", &rate, "-i", "pipe:0"]);
    command.args(["-c:v", "libx264", "-preset", "veryfast", "-crf", "16", "-pix_fmt", "yuv420p"]).arg(path);
    let mut child = command.stdin(Stdio::piped()).spawn().map_err(|error| format!("ffmpeg: {error}"))?;
    let mut frames = child.stdin.take().ok_or("ffmpeg takes no frames")?;
    for (seed, (step, on)) in (0..ROUNDS).flat_map(|_| SHOTS).enumerate() {
        let wide = WIDTH + SHOT * step;
        let samples = photograph(wide, HEIGHT, 40 + seed as u64);
        for frame in 0..SHOT {
            for row in samples.chunks(3 * wide) {
                frames.write_all(&row[3 * (frame / on * step)..][..3 * WIDTH])?;
            }
        }
    }
    drop(frames);
    if child.wait()?.success() { Ok(()) } else { Err("ffmpeg could not write the film".into()) }
}
