//! Rotation for display. ffmpeg 5 sets it on streams that are copied alone, so that a turned clip is muxed twice: the first
//! time beside the output.

use std::path::Path;

use tempfile::NamedTempFile;

use crate::command::{FULL, Running, argument, program};
use crate::{Clip, Error, Muxer, Result};

/// Whether a clip's rotation takes a second pass.
pub(crate) fn is_needed(clip: &Clip, muxer: Muxer) -> bool {
    clip.rotation_deg != 0 && muxer.is_mp4()
}

/// A name beside `output` for what the second pass reads.
/// It is locked as long as it is there: without a lock, something of this name counts as left behind by a run that was
/// killed, and is removed by the next (watermark-cli's `files::staged`, which wants six letters).
pub(crate) fn beside(output: &Path) -> Result<NamedTempFile> {
    let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = tempfile::Builder::new().prefix(".watermark-").rand_bytes(6).suffix(".tmp").tempfile_in(folder);
    let file = file.map_err(Error::io("a temporary file cannot be made"))?;
    // Where there are no locks, there is no cleaning up either.
    let _ = file.as_file().try_lock();
    Ok(file)
}

/// Copies all streams of `from` to `output`, the video turned.
pub(crate) fn turn(clip: &Clip, from: &Path, output: &Path, muxer: Muxer) -> Result<()> {
    let degrees = clip.rotation_deg.to_string();
    let mut command = program("ffmpeg");
    command.args(["-nostdin", "-v", "error", "-y", "-copyts"]);
    let new = version()? >= 6;
    if new {
        command.args(["-display_rotation:v:0", &degrees]);
    }
    command.arg("-i").arg(argument(from)).args(["-map", "0", "-map", "-0:d", "-c", "copy"]);
    if !new {
        command.args(["-metadata:s:v:0", &format!("rotate={degrees}")]);
    }
    command.args(["-video_track_timescale", &clip.time_base.1.to_string(), "-f", muxer.name()]).arg(argument(output));
    let mut running = Running::start(command, "ffmpeg", "setting the rotation", |_| false)?;
    match running.written()? {
        None => Ok(()),
        Some(said) if said.contains(FULL) => Err(Error::Full),
        Some(said) => Err(running.failure(said)),
    }
}

/// The first number of ffmpeg's version; 0 for builds that are not released.
fn version() -> Result<u32> {
    let mut command = program("ffmpeg");
    let output = command.arg("-version").output().map_err(|_| Error::Missing { program: "ffmpeg" })?;
    let text = String::from_utf8_lossy(&output.stdout);
    let number = text.split_whitespace().nth(2).and_then(|version| version.split(['.', '-']).next());
    Ok(number.and_then(|number| number.trim_start_matches('n').parse().ok()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_one_that_is_cleaned_up_and_the_file_is_locked() {
        let folder = tempfile::tempdir().unwrap();
        let file = beside(&folder.path().join("a.mp4")).unwrap();
        let name = file.path().file_name().unwrap().to_str().unwrap();
        let letters = name.strip_prefix(".watermark-").unwrap().strip_suffix(".tmp").unwrap();
        assert!(letters.len() == 6 && letters.bytes().all(|b| b.is_ascii_alphanumeric()), "{name}");
        assert!(std::fs::File::open(file.path()).unwrap().try_lock().is_err());
    }
}
