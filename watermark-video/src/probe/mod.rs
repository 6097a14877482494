//! What a file holds, by `ffprobe`.

mod hdr;
mod report;

use std::path::{Path, PathBuf};

use hdr::{hdr_by_scene, hdr10};
pub(crate) use report::Count;
use report::{Length, Probed, ProbedStream, SideData, ask, ask_thoroughly, fraction};

use crate::{Error, PixelFormat, Result};

/// A video file.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Clip {
    /// The file.
    pub path: PathBuf,
    /// Width and height of the coded frames, pixels, before any rotation.
    pub size: (usize, usize),
    /// Pixel format of the frames.
    pub pixels: PixelFormat,
    /// Whether black is 0 and white the largest value.
    pub full_range: bool,
    /// Name of the codec, as ffmpeg has it.
    pub codec: String,
    /// Frames by the file's own account, exact or from duration and rate; `None` where it says nothing.
    pub frames: Option<u64>,
    /// What the container has counted: this decides whether frames are missing, not an estimate.
    pub(crate) counted: Option<Count>,
    /// Mean frames a second; 0 where it is unknown.
    pub rate: f64,
    /// Length, seconds; 0 where it is unknown.
    pub duration_s: f64,
    /// Seconds that a tick of the timestamps takes, as a fraction.
    pub time_base: (u32, u32),
    /// Seconds by which the clock of a transport or program stream is ahead of the film; 0 in other containers, whose times
    /// are meant.
    pub(crate) ahead_s: f64,
    /// Rotation for display, degrees counter-clockwise, as ffprobe has it.
    pub rotation_deg: i32,
    /// Shape of a pixel, when it is not square.
    pub pixel_aspect: Option<String>,
    /// Colour tags by ffmpeg's names of its options, those that the file has.
    pub colour: Vec<(&'static str, String)>,
    /// Whether the brightness curve is one of HDR (PQ or HLG).
    pub hdr: bool,
    /// Mastering display and light levels for HDR10, as x265 takes them.
    pub hdr10: Option<String>,
    /// What the file says of the brightness of single scenes, which no encoder here writes: Dolby Vision, HDR10+.
    pub hdr_by_scene: Vec<&'static str>,
    /// Number of the marked stream in the file.
    pub index: usize,
    /// What players are told of the marked stream: see [`Stream::disposition`].
    pub disposition: Vec<String>,
    /// The other streams.
    pub others: Vec<Stream>,
}

/// A stream that is not marked.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Stream {
    /// Its number in the file.
    pub index: usize,
    /// `audio`, `subtitle`, `data`, `attachment`, or `video` for a cover.
    pub kind: String,
    /// Name of its codec, or what it is called.
    pub codec: String,
    /// What players are told of it, by ffmpeg's names: `default`, `forced`, `comment`, `attached_pic`...
    pub disposition: Vec<String>,
}

/// The video of a suspect file: whatever it is, as long as frames come out of it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Suspect {
    /// The file.
    pub path: PathBuf,
    /// Number of the first video stream that is no cover picture.
    pub index: usize,
    /// Numbers of the other such streams, which are not looked at.
    pub other_videos: Vec<usize>,
    /// Length, seconds, where the file says so.
    pub duration_s: Option<f64>,
    /// Frames a second, 0 where nothing says so.
    pub rate: f64,
    /// Frames by the file's own account.
    pub frames: Option<u64>,
}

impl Suspect {
    /// Looks at a file.
    ///
    /// # Errors
    /// [`Error::Missing`] without `ffprobe`, [`Error::Failed`] for what ffprobe cannot read, [`Error::Unsupported`] for
    /// a file without video.
    pub fn probe(path: &Path) -> Result<Self> {
        Self::from_probed(path, &ask(path)?)
    }

    fn from_probed(path: &Path, probed: &Probed) -> Result<Self> {
        let mut videos = probed.videos();
        let Some(stream) = videos.next() else {
            let text = "there is no video stream in it; a mark is in pictures, not in sound";
            return Err(Error::Unsupported(text.to_owned()));
        };
        let Length { rate, duration_s, frames, .. } = Length::of(stream, &probed.format);
        let other_videos = videos.map(|other| other.index).collect();
        Ok(Self { path: path.to_owned(), index: stream.index, other_videos, duration_s, rate, frames })
    }
}

impl Clip {
    /// Looks at a file.
    ///
    /// # Errors
    /// [`Error::Missing`] without `ffprobe`, [`Error::Failed`] for what ffprobe cannot read, [`Error::Unsupported`] for
    /// a file without video, with several videos, interlaced, or in a pixel format that is not marked.
    pub fn probe(path: &Path) -> Result<Self> {
        Self::from_probed(path, ask_thoroughly(path)?)
    }

    fn from_probed(path: &Path, probed: Probed) -> Result<Self> {
        let videos: Vec<&ProbedStream> = probed.videos().collect();
        let unsupported = |text: String| Err(Error::Unsupported(text));
        let stream = match videos[..] {
            [] => return unsupported("it has no video stream; give a film, or a picture as a picture".to_owned()),
            [stream] => stream,
            _ => {
                return unsupported(format!(
                    "it has {} video streams, and one can be marked; extract it first (ffmpeg -map 0:{} -c copy)",
                    videos.len(),
                    videos[0].index
                ));
            }
        };
        if let Some(order @ ("tt" | "bb" | "tb" | "bt")) = stream.field_order.as_deref() {
            return unsupported(format!(
                "it is interlaced (field order {order}), and whole frames are marked; deinterlace it first \
                 (ffmpeg -vf bwdif; with -vf setfield=prog instead where its frames are whole all the same)"
            ));
        }
        let (Some(width), Some(height)) = (stream.width, stream.height) else {
            return unsupported("its video stream has no size; the file is damaged".to_owned());
        };
        let name = stream.pix_fmt.as_deref().unwrap_or("unknown");
        let pixels = PixelFormat::parse(name)?;
        if pixels.tag().is_none() {
            return unsupported(format!("its pixel format {name} cannot be handed to the encoder; convert it first"));
        }
        let is_alpha = |(tag, value): (&String, &String)| tag.eq_ignore_ascii_case("alpha_mode") && value == "1";
        if stream.tags.iter().any(is_alpha) {
            return unsupported(
                "it has an alpha plane (VP8 or VP9), which would be lost; mark its pictures as a numbered sequence of \
                 PNG files, or write it without alpha first (ffmpeg -c:v libvpx-vp9 does)"
                    .to_owned(),
            );
        }
        // Of profile 5 the colours are right with the metadata alone, which is lost.
        let compatible = |data: &SideData| data.get("dv_bl_signal_compatibility_id").and_then(|id| id.as_i64());
        if stream.side_data_list.iter().any(|data| compatible(data) == Some(0)) {
            return unsupported(
                "it is Dolby Vision without a base layer that shows by itself (profile 5); write it as HDR10 first"
                    .to_owned(),
            );
        }
        let tags = [
            ("-color_range", &stream.color_range),
            ("-colorspace", &stream.color_space),
            ("-color_trc", &stream.color_transfer),
            ("-color_primaries", &stream.color_primaries),
            ("-chroma_sample_location", &stream.chroma_location),
        ];
        let known = |value: &&String| !matches!(value.as_str(), "unknown" | "unspecified" | "reserved");
        let colour = tags.iter().filter_map(|&(tag, value)| Some((tag, value.as_ref().filter(known)?.clone())));
        let length = Length::of(stream, &probed.format);
        let others = probed.streams.iter().filter(|other| other.index != stream.index).map(|other| Stream {
            index: other.index,
            kind: other.codec_type.clone(),
            codec: other
                .codec_name
                .clone()
                .or_else(|| other.codec_tag_string.clone().filter(|tag| !tag.starts_with('[')))
                .unwrap_or_else(|| "unknown".to_owned()),
            disposition: other.disposition(),
        });
        Ok(Self {
            path: path.to_owned(),
            size: (width, height),
            pixels,
            full_range: pixels.full || stream.color_range.as_deref() == Some("pc"),
            codec: stream.codec_name.clone().unwrap_or_default(),
            frames: length.frames,
            counted: length.counted,
            rate: length.rate,
            duration_s: length.duration_s.unwrap_or(0.0),
            ahead_s: probed.format.ahead_s(),
            time_base: fraction(stream.time_base.as_deref()).unwrap_or((1, 90_000)),
            rotation_deg: rotation(&stream.side_data_list),
            pixel_aspect: stream
                .sample_aspect_ratio
                .clone()
                .filter(|text| !matches!(text.as_str(), "1:1" | "0:1" | "N/A")),
            colour: colour.collect(),
            hdr: stream.is_hdr(),
            hdr10: hdr10(&stream.side_data_list),
            hdr_by_scene: hdr_by_scene(&stream.side_data_list),
            index: stream.index,
            disposition: stream.disposition(),
            others: others.collect(),
        })
    }
}

impl Clip {
    /// Seconds that a tick takes.
    pub(crate) fn tick_s(&self) -> f64 {
        f64::from(self.time_base.0) / f64::from(self.time_base.1)
    }

    /// What ffmpeg is told before the file is named so that its film begins at 0.
    pub(crate) fn begun_at_zero(&self) -> Vec<String> {
        match self.ahead_s {
            0.0 => Vec::new(),
            ahead_s => vec!["-itsoffset".to_owned(), format!("{:.6}", -ahead_s)],
        }
    }
}

fn rotation(side_data: &[SideData]) -> i32 {
    let found = side_data.iter().find_map(|data| data.get("rotation")?.as_f64());
    found.map_or(0, |degrees| degrees.round() as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suspect(json: &str) -> Result<Suspect> {
        Suspect::from_probed(Path::new("a.mp4"), &serde_json::from_str(json).unwrap())
    }

    #[test]
    fn the_first_stream_that_moves_is_taken() {
        let json = r#"{"streams":[
            {"index":0,"codec_type":"video","avg_frame_rate":"0/0","disposition":{"attached_pic":1}},
            {"index":1,"codec_type":"audio"},
            {"index":2,"codec_type":"video","avg_frame_rate":"24000/1001","disposition":{"attached_pic":0}}],
            "format":{"duration":"10.010000"}}"#;
        let suspect = suspect(json).unwrap();
        assert_eq!((suspect.index, suspect.frames, suspect.duration_s), (2, Some(240), Some(10.01)));
        assert!(suspect.other_videos.is_empty());
        assert!((suspect.rate - 23.976).abs() < 1e-3);
    }

    #[test]
    fn dolby_vision_that_cannot_do_without_its_metadata_is_refused() {
        let probe = |compatible: u8| {
            let json = format!(
                r#"{{"streams":[{{"index":0,"codec_type":"video","width":640,"height":360,"pix_fmt":"yuv420p10le",
                "side_data_list":[{{"side_data_type":"DOVI configuration record",
                "dv_profile":5,"dv_bl_signal_compatibility_id":{compatible}}}]}}]}}"#
            );
            Clip::from_probed(Path::new("a.mp4"), serde_json::from_str(&json).unwrap())
        };
        assert!(probe(0).unwrap_err().to_string().contains("profile 5"));
        assert_eq!(probe(1).unwrap().hdr_by_scene, ["Dolby Vision"]);
    }

    #[test]
    fn length_is_what_is_shown() {
        // Cut without coding anew: 75 frames are counted, and those before the cut are not shown.
        let cut = r#"{"streams":[{"index":0,"codec_type":"video","avg_frame_rate":"25/1","start_time":"0.000000",
            "duration":"1.980000","nb_frames":"75"}],"format":{"format_name":"mov,mp4","duration":"1.980000"}}"#;
        assert_eq!((suspect(cut).unwrap().frames, suspect(cut).unwrap().duration_s), (Some(50), Some(1.98)));
        let late = r#"{"streams":[{"index":0,"codec_type":"video","avg_frame_rate":"25/1","start_time":"5.000000"}],
            "format":{"format_name":"matroska,webm","duration":"8.000000"}}"#;
        assert_eq!((suspect(late).unwrap().frames, suspect(late).unwrap().duration_s), (Some(75), Some(3.0)));
    }

    #[test]
    fn sound_alone_is_no_clip() {
        let sound = suspect(r#"{"streams":[{"index":0,"codec_type":"audio"}],"format":{"duration":"3"}}"#);
        assert!(sound.unwrap_err().to_string().contains("no video stream"));
    }
}
