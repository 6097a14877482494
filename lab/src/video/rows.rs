//! What is done to a piece of a marked clip: the rows of the table.

/// One row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// Arguments for ffmpeg's output. `{x}` and `{y}` stand for a random place of a crop, as shares of the room.
    arguments: &'static str,
    pub(crate) ending: &'static str,
    /// Share of exact payloads that is asked for, percent.
    pub(crate) bar: Option<u32>,
    pub(crate) reading: Reading,
}

/// How the result is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// As a clip.
    Clip,
    /// One frame of it as a picture.
    Frame,
    /// Eight frames, each as a picture; the best of them, corrected for their number.
    Each,
    /// As a clip, after the mean of all frames' fine detail was taken from each.
    Averaged,
}

const fn row(name: &'static str, arguments: &'static str, bar: u32) -> Row {
    Row { name, arguments, ending: "mp4", bar: Some(bar), reading: Reading::Clip }
}

/// Rows beyond what is asked for, which are only run when they are named.
const fn extra(name: &'static str, arguments: &'static str) -> Row {
    Row { bar: None, ..row(name, arguments, 0) }
}

/// All rows, cheapest first.
pub(crate) const ROWS: [Row; 22] = [
    row("h264 crf 23", "-c:v libx264 -preset veryfast -crf 23", 95),
    row("h264 crf 28", "-c:v libx264 -preset veryfast -crf 28", 95),
    row("h264 crf 33", "-c:v libx264 -preset veryfast -crf 33", 85),
    Row { reading: Reading::Frame, ..row("one frame, h264 crf 23", "-c:v libx264 -preset veryfast -crf 23", 90) },
    row("480p 400 kbit/s", "-vf scale=-2:480 -c:v libx264 -preset veryfast -b:v 400k -maxrate 600k -bufsize 800k", 85),
    row("24 to 30 fps", "-vf fps=30 -c:v libx264 -preset veryfast -crf 23", 95),
    row("speed x1.25", "-vf setpts=PTS/1.25,fps=24 -c:v libx264 -preset veryfast -crf 23", 95),
    row(
        "crop 50 %",
        "-vf crop=trunc(iw*0.35355)*2:trunc(ih*0.35355)*2:(iw-ow)*{x}:(ih-oh)*{y} -c:v libx264 -preset veryfast -crf 23",
        95,
    ),
    row("letterbox 4:3", "-vf scale=960:540,pad=960:720:0:90 -c:v libx264 -preset veryfast -crf 23", 95),
    row(
        "screen recording",
        "-vf scale=1366:768:flags=bilinear,eq=gamma=1.12,noise=alls=5:allf=t,fps=30 -c:v libx264 -preset veryfast -crf 26",
        95,
    ),
    Row {
        ending: "gif",
        ..row("gif 320 px", "-vf fps=12,scale=320:-2:flags=lanczos,split[a][b];[a]palettegen[p];[b][p]paletteuse", 85)
    },
    row("h265 crf 28", "-c:v libx265 -preset veryfast -crf 28 -x265-params log-level=none:pools=1", 95),
    Row {
        ending: "webm",
        ..row("vp9 crf 34", "-c:v libvpx-vp9 -deadline realtime -cpu-used 6 -crf 34 -b:v 0 -threads 1", 95)
    },
    row("av1 crf 38", "-c:v libsvtav1 -preset 10 -crf 38 -svtav1-params lp=1", 95),
    Row { reading: Reading::Averaged, ..row("averaged, h264 crf 23", "-c:v libx264 -preset veryfast -crf 23", 95) },
    Row { bar: None, ..row("480p crf 23", "-vf scale=-2:480 -c:v libx264 -preset veryfast -crf 23", 0) },
    extra("extra: h264 crf 38", "-c:v libx264 -preset veryfast -crf 38"),
    extra("extra: h264 crf 43", "-c:v libx264 -preset veryfast -crf 43"),
    Row { reading: Reading::Each, ..extra("extra: best of 8 frames, crf 38", "-c:v libx264 -preset veryfast -crf 38") },
    Row { reading: Reading::Each, ..extra("extra: best of 8 frames, crf 43", "-c:v libx264 -preset veryfast -crf 43") },
    extra("extra: letterbox 4:3, crf 38", "-vf scale=960:540,pad=960:720:0:90 -c:v libx264 -preset veryfast -crf 38"),
    Row { bar: None, ..row("lossless", "-c:v libx264 -preset ultrafast -qp 0", 0) },
];

impl Row {
    /// Whether it is only run when it is named.
    pub(crate) fn is_extra(&self) -> bool {
        self.name.starts_with("extra: ")
    }

    /// Arguments for ffmpeg, a crop at a place given as shares of the room.
    pub(crate) fn arguments(&self, place: (f64, f64)) -> Vec<String> {
        let text = self.arguments.replace("{x}", &format!("{:.4}", place.0)).replace("{y}", &format!("{:.4}", place.1));
        let mut out: Vec<String> = text.split(' ').map(str::to_owned).collect();
        if self.ending != "gif" {
            out.extend(["-pix_fmt", "yuv420p", "-threads", "1"].map(str::to_owned));
        }
        out
    }
}
