//! What a file says of its first video stream.

use std::path::Path;

use anyhow::{Result, bail};
use serde::Deserialize;

use super::process::{command, complaint, name, not_started};

/// The first video stream that is no cover picture.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Facts {
    /// Number of the stream in the file.
    pub(super) stream: usize,
    /// Seconds.
    pub(super) duration_s: Option<f64>,
    /// Frames a second, 0 where nothing says so.
    pub(super) rate: f64,
    /// Frames.
    pub(super) frames: Option<usize>,
}

#[derive(Debug, Deserialize)]
struct Said {
    #[serde(default)]
    streams: Vec<Stream>,
    format: Option<Format>,
}

#[derive(Debug, Deserialize)]
struct Stream {
    index: usize,
    avg_frame_rate: Option<String>,
    nb_frames: Option<String>,
    duration: Option<String>,
    disposition: Option<Disposition>,
}

#[derive(Debug, Deserialize)]
struct Disposition {
    #[serde(default)]
    attached_pic: u8,
}

#[derive(Debug, Deserialize)]
struct Format {
    duration: Option<String>,
}

/// Asks ffprobe.
pub(super) fn probe(path: &Path) -> Result<Facts> {
    let fields = "stream=index,avg_frame_rate,nb_frames,duration:stream_disposition=attached_pic:format=duration";
    let output = command("ffprobe")
        .args(["-v", "error", "-select_streams", "v", "-show_entries", fields, "-of", "json"])
        .arg(name(path))
        .output()
        .map_err(|error| not_started("ffprobe", &error))?;
    if !output.status.success() {
        let why = complaint(&String::from_utf8_lossy(&output.stderr), path);
        bail!("ffprobe cannot make sense of it ({why}); the file is damaged, cut short, or no clip");
    }
    facts(&String::from_utf8_lossy(&output.stdout))
}

fn facts(json: &str) -> Result<Facts> {
    let Ok(said) = serde_json::from_str::<Said>(json) else { bail!("ffprobe gave an answer that is not understood") };
    let picture =
        |stream: &&Stream| stream.disposition.as_ref().is_none_or(|disposition| disposition.attached_pic == 0);
    let Some(stream) = said.streams.iter().find(picture) else {
        bail!("there is no video stream in it; a mark is in pictures, not in sound");
    };
    let seconds = |text: &Option<String>| text.as_ref()?.parse::<f64>().ok().filter(|s| s.is_finite() && *s > 0.0);
    let rate = stream.avg_frame_rate.as_ref().and_then(|text| {
        let (up, down) = text.split_once('/')?;
        let rate = up.parse::<f64>().ok()? / down.parse::<f64>().ok()?;
        rate.is_finite().then_some(rate)
    });
    let duration_s = seconds(&stream.duration).or_else(|| seconds(&said.format?.duration));
    let frames = stream.nb_frames.as_ref().and_then(|text| text.parse().ok());
    let counted = || Some((duration_s? * rate?).round() as usize);
    Ok(Facts { stream: stream.index, duration_s, rate: rate.unwrap_or(0.0), frames: frames.or_else(counted) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_stream_that_moves_is_taken() {
        let json = r#"{"streams":[
            {"index":0,"avg_frame_rate":"0/0","disposition":{"attached_pic":1}},
            {"index":2,"avg_frame_rate":"24000/1001","disposition":{"attached_pic":0}}],
            "format":{"duration":"10.010000"}}"#;
        let facts = facts(json).unwrap();
        assert_eq!((facts.stream, facts.frames, facts.duration_s), (2, Some(240), Some(10.01)));
        assert!((facts.rate - 23.976).abs() < 1e-3);
    }

    #[test]
    fn sound_alone_is_no_clip() {
        assert!(
            facts(r#"{"streams":[],"format":{"duration":"3"}}"#).unwrap_err().to_string().contains("no video stream")
        );
        assert!(facts("{").is_err());
    }
}
