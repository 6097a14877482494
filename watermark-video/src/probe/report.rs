//! What `ffprobe` says of a file, as it says it.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::command::{Running, argument, complaint, reader};
use crate::{Error, Result};

/// The frames that are looked at for what the container does not say, as ffprobe takes it.
const FIRST_FRAMES: &str = "%+#8";

/// What ffprobe says beside a stream or a frame.
pub(super) type SideData = BTreeMap<String, serde_json::Value>;

#[derive(Deserialize)]
pub(super) struct Probed {
    #[serde(default)]
    pub(super) streams: Vec<ProbedStream>,
    #[serde(default)]
    pub(super) frames: Vec<ProbedFrame>,
    #[serde(default)]
    pub(super) format: ProbedFormat,
}

#[derive(Deserialize)]
pub(super) struct ProbedFrame {
    #[serde(default)]
    pub(super) interlaced_frame: i32,
    #[serde(default)]
    pub(super) top_field_first: i32,
    #[serde(default)]
    pub(super) stream_index: usize,
    #[serde(default)]
    pub(super) side_data_list: Vec<SideData>,
}

#[derive(Deserialize, Default)]
pub(super) struct ProbedFormat {
    #[serde(default)]
    pub(super) format_name: String,
    pub(super) duration: Option<String>,
    pub(super) start_time: Option<String>,
    #[serde(default)]
    pub(super) tags: BTreeMap<String, String>,
}

/// Containers of which the clock begins anywhere, by ffmpeg's names.
const ANY_CLOCK: [&str; 2] = ["mpegts", "mpeg"];

impl ProbedFormat {
    /// Seconds from zero to the beginning where these mean nothing.
    pub(super) fn ahead_s(&self) -> f64 {
        let start_s = self.start_time.as_ref().and_then(|text| text.parse::<f64>().ok()).filter(|s| s.is_finite());
        start_s.filter(|_| ANY_CLOCK.contains(&&*self.format_name)).unwrap_or(0.0)
    }
}

#[derive(Deserialize)]
pub(super) struct ProbedStream {
    pub(super) index: usize,
    #[serde(default)]
    pub(super) codec_type: String,
    pub(super) codec_name: Option<String>,
    pub(super) codec_tag_string: Option<String>,
    pub(super) width: Option<usize>,
    pub(super) height: Option<usize>,
    pub(super) pix_fmt: Option<String>,
    pub(super) color_range: Option<String>,
    pub(super) color_space: Option<String>,
    pub(super) color_transfer: Option<String>,
    pub(super) color_primaries: Option<String>,
    pub(super) chroma_location: Option<String>,
    pub(super) field_order: Option<String>,
    pub(super) sample_aspect_ratio: Option<String>,
    pub(super) avg_frame_rate: Option<String>,
    pub(super) time_base: Option<String>,
    pub(super) start_time: Option<String>,
    pub(super) duration: Option<String>,
    pub(super) nb_frames: Option<String>,
    #[serde(default)]
    pub(super) tags: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) disposition: BTreeMap<String, i32>,
    #[serde(default)]
    pub(super) side_data_list: Vec<SideData>,
}

impl ProbedStream {
    /// Whether its brightness curve is one of HDR.
    pub(super) fn is_hdr(&self) -> bool {
        matches!(self.color_transfer.as_deref(), Some("smpte2084" | "arib-std-b67"))
    }

    /// Whether the container says if its frames are made of fields.
    fn says_its_fields(&self) -> bool {
        self.field_order.as_deref().is_some_and(|order| order != "unknown")
    }

    pub(super) fn disposition(&self) -> Vec<String> {
        self.disposition.iter().filter(|(_, set)| **set == 1).map(|(name, _)| name.clone()).collect()
    }
}

impl Probed {
    /// The video streams that are no cover pictures.
    pub(super) fn videos(&self) -> impl Iterator<Item = &ProbedStream> {
        let is_cover = |stream: &ProbedStream| stream.disposition.get("attached_pic").is_some_and(|&set| set == 1);
        self.streams.iter().filter(move |stream| stream.codec_type == "video" && !is_cover(stream))
    }
}

/// How long a stream is by the file's own account.
pub(super) struct Length {
    /// Frames a second, 0 where nothing says so.
    pub(super) rate: f64,
    pub(super) duration_s: Option<f64>,
    /// Frames, counted or from duration and rate: for what is shown to people, and for nothing that is decided.
    pub(super) frames: Option<u64>,
    /// What the container itself has counted.
    pub(super) counted: Option<Count>,
}

/// What a container has counted of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Count {
    /// Frames.
    Frames(u64),
    /// Ticks from the beginning to the end, with or without a frame in each.
    Ticks(u64),
}

impl Length {
    pub(super) fn of(stream: &ProbedStream, format: &ProbedFormat) -> Self {
        let rate = fraction(stream.avg_frame_rate.as_deref()).map_or(0.0, |(a, b)| f64::from(a) / f64::from(b));
        let seconds = |text: &Option<String>| text.as_ref()?.parse::<f64>().ok().filter(|s| s.is_finite() && *s > 0.0);
        // Matroska counts from zero, not from its first frame.
        let from_zero = format.format_name.contains("matroska");
        let before_s = seconds(&stream.start_time).filter(|_| from_zero).unwrap_or(0.0);
        let whole_s = || seconds(&format.duration).map(|s| s - before_s).filter(|s| *s > 0.0);
        let duration_s = seconds(&stream.duration).or_else(whole_s);
        // What was cut off without coding anew is often still in the file and counted, and is not shown.
        let counted: Option<u64> = stream.nb_frames.as_ref().and_then(|text| text.parse().ok());
        let shown = duration_s.map(|s| (s * rate).round() as u64).filter(|&frames| frames > 0);
        let tagged = counted_by_tag(stream, format);
        let frames = tagged.or([counted, shown].into_iter().flatten().min());
        let counted = match (counted, shown) {
            // libavformat's avidec.c: the length in the header, a frame to each tick or none.
            (Some(counted), _) if format.format_name == "avi" => Some(Count::Ticks(counted)),
            // Not all that is counted is shown, and how many are not, nothing says.
            (Some(counted), Some(shown)) if counted > shown + 2 + shown / 50 => None,
            (counted, _) => counted.or(tagged).map(Count::Frames),
        };
        Self { rate, duration_s, frames, counted }
    }
}

/// Frames by the statistics of mkvmerge. ffmpeg copies them into what it cuts from such a file, where they are wrong.
fn counted_by_tag(stream: &ProbedStream, format: &ProbedFormat) -> Option<u64> {
    let is_copied = |(tag, value): (&String, &String)| tag.eq_ignore_ascii_case("encoder") && value.starts_with("Lavf");
    if format.tags.iter().any(is_copied) {
        return None;
    }
    let is_count = |tag: &str| tag == "NUMBER_OF_FRAMES" || tag.starts_with("NUMBER_OF_FRAMES-");
    stream.tags.iter().find(|(tag, _)| is_count(tag))?.1.parse().ok()
}

/// What ffprobe says of a file.
pub(super) fn ask(path: &Path) -> Result<Probed> {
    ask_for(path, &["-show_streams", "-show_format"])
}

/// As [`ask`], and what the first frames say where many files say it there and not in the container: of high dynamic range,
/// and whether they are made of fields.
pub(super) fn ask_thoroughly(path: &Path) -> Result<Probed> {
    let mut probed = ask(path)?;
    let unsaid: Vec<usize> = probed.videos().filter(|s| s.is_hdr() || !s.says_its_fields()).map(|s| s.index).collect();
    for index in unsaid {
        let first = ["-show_frames", "-read_intervals", FIRST_FRAMES, "-select_streams", &index.to_string()];
        let frames = ask_for(path, &first)?.frames;
        let Some(stream) = probed.streams.iter_mut().find(|stream| stream.index == index) else { continue };
        let frames: Vec<ProbedFrame> = frames.into_iter().filter(|frame| frame.stream_index == index).collect();
        if !stream.says_its_fields() {
            stream.field_order = fields(&frames).map(str::to_owned);
        }
        if let Some(frame) = frames.into_iter().next().filter(|_| stream.is_hdr()) {
            stream.side_data_list.extend(frame.side_data_list);
        }
    }
    Ok(probed)
}

/// The order of the fields, by ffmpeg's names, where most of the frames are made of fields.
fn fields(frames: &[ProbedFrame]) -> Option<&'static str> {
    let interlaced = || frames.iter().filter(|frame| frame.interlaced_frame == 1);
    let top_first = interlaced().filter(|frame| frame.top_field_first == 1).count();
    let count = interlaced().count();
    (2 * count > frames.len()).then_some(if 2 * top_first > count { "tt" } else { "bb" })
}

fn ask_for(path: &Path, what: &[&str]) -> Result<Probed> {
    let mut command = reader("ffprobe");
    command.args(["-v", "error", "-of", "json"]).args(what).arg(argument(path));
    let mut running = Running::start(command, "ffprobe", "reading the file", |_| false)?;
    let mut stdout = running.child.stdout.take();
    let mut text = String::new();
    if let Some(stdout) = &mut stdout {
        std::io::Read::read_to_string(stdout, &mut text).map_err(Error::io("ffprobe's answer cannot be read"))?;
    }
    let (good, said) = running.finish()?;
    let probed = if good { serde_json::from_str(&text).ok() } else { None };
    probed.ok_or_else(|| {
        let said = complaint(&said, path);
        running.failure(format!("{said}; the file is damaged, cut short, or no clip"))
    })
}

pub(super) fn fraction(text: Option<&str>) -> Option<(u32, u32)> {
    let (above, below) = text?.split_once('/')?;
    Some((above.parse().ok()?, below.parse().ok()?)).filter(|&(above, below)| above > 0 && below > 0)
}
