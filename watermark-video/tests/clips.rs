//! Clips made by ffmpeg, marked and looked at. Passes where ffmpeg is absent, and says so.

use std::path::{Path, PathBuf};
use std::process::Command;

use watermark_core::{
    DetectOptions, Detector, EmbedOptions, Embedder, FrameEmbedder, FrameOptions, Key, KeyRole, LumaRange, Payload,
    SECRET_BYTES,
};
use watermark_video::{Clip, Codec, EncodeOptions, Error, Marked, Muxer, luma_at, mark};

fn has_ffmpeg() -> bool {
    let there = Command::new("ffmpeg").arg("-version").output().is_ok();
    if !there {
        eprintln!("skipped: there is no ffmpeg here");
    }
    there
}

fn ffmpeg(arguments: &str, output: &Path) {
    let status = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-y"])
        .args(arguments.split_whitespace())
        .arg(output)
        .status()
        .unwrap();
    assert!(status.success(), "{arguments}");
}

fn probed(path: &Path, entries: &str) -> String {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-of", "csv=p=0", "-show_entries", entries])
        .arg(path)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn key() -> Key {
    Key::from_secret(KeyRole::Master, [9; SECRET_BYTES])
}

fn payload() -> Payload {
    "feedfacecafebeef".parse().unwrap()
}

/// A second of a test picture that moves, with sound.
const SOURCE: &str = "-f lavfi -i mandelbrot=s=448x270:r=25 -f lavfi -i sine=440 -t 1 -c:a aac";

fn marked_with(
    input: &Path,
    output: &Path,
    options: &EncodeOptions,
    watch: &mut dyn FnMut(u64) -> bool,
) -> Result<Marked, Error> {
    let clip = Clip::probe(input)?;
    let mut frames = FrameOptions::default();
    frames.range = if clip.full_range { LumaRange::Full } else { LumaRange::Limited };
    let mut embedder = FrameEmbedder::new(&key(), &payload(), clip.size, frames)?;
    mark(&clip, &mut embedder, output, Muxer::of(output).unwrap(), options, &mut |now| watch(now.frames))
}

fn marked(input: &Path, output: &Path, options: &EncodeOptions) -> Marked {
    marked_with(input, output, options, &mut |_| true).unwrap()
}

fn crf(codec: Codec, crf: u8) -> EncodeOptions {
    let mut options = EncodeOptions::default();
    (options.codec, options.crf) = (Some(codec), Some(crf));
    options
}

fn reads(path: &Path, seconds: f64) -> bool {
    let clip = Clip::probe(path).unwrap();
    let frame = luma_at(path, clip.size, seconds).unwrap().unwrap();
    let found = Detector::new(&[key()], DetectOptions::default()).unwrap().detect(&frame.view().unwrap()).unwrap();
    found.strongest().payload == Some(payload())
}

/// Whether a frame reads where its timestamp says that the pattern lies.
fn reads_back(path: &Path, seconds: f64, marked: &Marked) -> bool {
    let clip = Clip::probe(path).unwrap();
    let frame = luma_at(path, clip.size, seconds).unwrap().unwrap();
    let embedder = Embedder::new(&key(), EmbedOptions::default()).unwrap();
    let view = frame.view().unwrap();
    let poses = marked.poses_at(frame.time_s);
    assert!((1..=3).contains(&poses.len()));
    poses.into_iter().any(|pose| embedder.read_back_frame(&view, &payload(), pose).is_ok())
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

#[test]
fn sound_timestamps_rotation_and_tags_are_kept() {
    if !has_ffmpeg() {
        return;
    }
    let folder = Folder::new();
    let (first, source, output) = (folder.path("first.mp4"), folder.path("a 'b'.mp4"), folder.path("out.mp4"));
    let varied = "-vf select='not(eq(mod(n\\,5)\\,2))' -fps_mode vfr -pix_fmt yuv420p -colorspace bt709 -color_trc bt709 \
                  -color_primaries bt709 -color_range tv -metadata title=Leader";
    ffmpeg(&format!("{SOURCE} {varied} -c:v libx264 -preset ultrafast -crf 10"), &first);
    ffmpeg(&format!("-i {} -map 0 -c copy -metadata:s:v:0 rotate=90", first.display()), &source);
    let report = marked(&source, &output, &crf(Codec::H264, 16));
    assert_eq!((report.frames, report.codec), (20, Codec::H264));
    assert!(report.losses.is_empty(), "{:?}", report.losses);
    for entries in [
        "stream=codec_name,width,height,color_space,color_transfer,color_primaries,color_range,time_base,start_pts",
        "stream_side_data=rotation",
        "format_tags=title",
        "packet=stream_index,pts",
    ] {
        let sorted = |path| {
            let mut lines: Vec<String> = probed(path, entries).lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(sorted(&source), sorted(&output), "{entries}");
    }
    assert_eq!(Clip::probe(&output).unwrap().rotation_deg, Clip::probe(&source).unwrap().rotation_deg);
    assert!(reads(&output, 0.1) && reads(&output, 0.8) && !reads(&source, 0.1));
    assert!(reads_back(&output, 0.1, &report) && reads_back(&output, 0.8, &report));
}

#[test]
fn tags_of_every_stream_attachments_and_odd_pixels_are_kept() {
    if !has_ffmpeg() {
        return;
    }
    let folder = Folder::new();
    let (words, font) = (folder.path("a.srt"), folder.path("a.ttf"));
    std::fs::write(&words, "1\n00:00:00,100 --> 00:00:00,900\nHello\n").unwrap();
    std::fs::write(&font, b"no font, but attached").unwrap();
    let (source, output) = (folder.path("a.mkv"), folder.path("b.mkv"));
    let sound = "-f lavfi -i sine=440";
    let tags = "-metadata:s:v:0 title=Film -metadata:s:a:0 language=jpn -metadata:s:a:1 language=eng \
                -metadata:s:s:0 language=fra -metadata:s:s:0 title=Signs -metadata:s:t:0 mimetype=font/ttf \
                -disposition:a:1 comment -disposition:s:0 forced";
    let streams = format!(
        "-f lavfi -i mandelbrot=s=448x270:r=25 {sound} {sound} -i {} -attach {} -map 0 -map 1 -map 2 -map 3 -t 1",
        words.display(),
        font.display()
    );
    let video = "-c:a aac -c:v libx264 -preset ultrafast -crf 10 -pix_fmt yuv420p -vf setsar=3440/3447:max=65535";
    ffmpeg(&format!("{streams} {video} {tags}"), &source);
    let report = marked(&source, &output, &crf(Codec::H264, 16));
    assert!(report.losses.is_empty(), "{:?}", report.losses);
    for entries in [
        "stream=index,codec_type,codec_name,sample_aspect_ratio",
        "stream_tags=language,title,filename,mimetype",
        "stream_disposition=default,forced,comment",
    ] {
        assert_eq!(probed(&source, entries), probed(&output, entries), "{entries}");
    }
    assert!(probed(&output, "stream_tags=language").contains("jpn"));
    assert!(probed(&output, "stream=sample_aspect_ratio").contains("3440:3447"));
}

#[test]
fn subtitles_take_the_form_of_the_container_and_sound_that_does_not_fit_is_named() {
    if !has_ffmpeg() {
        return;
    }
    let folder = Folder::new();
    let words = folder.path("a.srt");
    std::fs::write(&words, "1\n00:00:00,100 --> 00:00:00,900\nHello\n").unwrap();
    let (first, second, third) = (folder.path("a.mkv"), folder.path("b.mp4"), folder.path("c.mkv"));
    let video = "-map 1 -map 2 -map 0 -pix_fmt yuv420p -c:v libx264 -preset ultrafast -crf 10 -c:s srt -metadata:s:s:0 language=jpn";
    ffmpeg(&format!("-i {} {SOURCE} {video}", words.display()), &first);
    let losses = marked(&first, &second, &crf(Codec::H264, 12)).losses;
    assert_eq!(losses, ["the form of its subtitle stream 2 (subrip): written as mov_text"]);
    let losses = marked(&second, &third, &crf(Codec::H264, 12)).losses;
    assert_eq!(losses, ["the form of its subtitle stream 2 (mov_text): written as subrip"]);
    let text = |path: &Path| {
        let out = folder.path("out.srt");
        ffmpeg(&format!("-i {} -map 0:s:0", path.display()), &out);
        std::fs::read_to_string(out).unwrap()
    };
    assert!(text(&third).contains("Hello") && probed(&third, "stream_tags=language").contains("jpn"));
    let windows = folder.path("d.wmv");
    ffmpeg(&format!("{SOURCE} -c:v wmv2 -c:a wmav2").replace("-c:a aac", ""), &windows);
    let error = marked_with(&windows, &folder.path("d.mp4"), &crf(Codec::H264, 12), &mut |_| true).unwrap_err();
    assert!(error.to_string().contains("wmav2") && error.to_string().contains(".mkv"), "{error}");
}

/// Nothing is missing of a file that begins late, or of which the beginning was cut off without coding it anew.
#[test]
fn late_and_cut_files_are_whole() {
    if !has_ffmpeg() {
        return;
    }
    let folder = Folder::new();
    let source = folder.path("a.mp4");
    ffmpeg(&format!("{SOURCE} -pix_fmt yuv420p -c:v libx264 -preset ultrafast -crf 10 -g 25"), &source);
    let (late, cut) = (folder.path("late.mkv"), folder.path("cut.mp4"));
    ffmpeg(&format!("-itsoffset 5 -i {} -c copy", source.display()), &late);
    ffmpeg(&format!("-ss 0.5 -i {} -c copy", source.display()), &cut);
    let frames = |input: &Path| {
        let output = input.with_file_name(format!("marked-{}", input.file_name().unwrap().display()));
        marked(input, &output, &crf(Codec::H264, 16)).frames
    };
    assert_eq!(frames(&late), 25);
    // Players begin at the half: twelve or thirteen frames are shown, though the file holds all 25.
    let shown = probed(&cut, "stream=nb_frames");
    assert!(shown.contains("25"), "{shown}");
    assert!((12..=13).contains(&frames(&cut)));
}

#[test]
fn depth_and_sampling_are_kept_and_chroma_is_not_touched() {
    if !has_ffmpeg() {
        return;
    }
    let folder = Folder::new();
    for name in ["yuv422p10le", "yuv420p10le", "yuv444p", "yuv420p", "gray"] {
        let (source, output) = (folder.path("a.mkv"), folder.path("b.mkv"));
        ffmpeg(&format!("{SOURCE} -an -pix_fmt {name} -c:v ffv1 -slices 4"), &source);
        marked(&source, &output, &EncodeOptions::default());
        assert_eq!(Clip::probe(&output).unwrap().pixels, Clip::probe(&source).unwrap().pixels, "{name}");
        let hash = |path: &Path, plane: &str| {
            let output = Command::new("ffmpeg")
                .args(["-v", "error", "-i"])
                .arg(path)
                .args(["-vf", &format!("extractplanes={plane}"), "-f", "md5", "-"])
                .output()
                .unwrap();
            String::from_utf8(output.stdout).unwrap()
        };
        assert_ne!(hash(&source, "y"), hash(&output, "y"), "{name}");
        if name != "gray" {
            assert_eq!(hash(&source, "u"), hash(&output, "u"), "{name}");
            assert_eq!(hash(&source, "v"), hash(&output, "v"), "{name}");
        }
        assert!(reads(&output, 0.5), "{name}");
    }
}

/// Mastering display and light levels in the pictures alone, as x265 writes them, are kept.
#[test]
fn hdr10_is_kept_wherever_it_is_said() {
    if !has_ffmpeg() {
        return;
    }
    let folder = Folder::new();
    let (source, output) = (folder.path("a.mp4"), folder.path("b.mp4"));
    let said = "hdr10=1:repeat-headers=1:max-cll=1000,400:master-display=G(13250,34500)B(7500,3000)R(34000,16000)\
                WP(15635,16450)L(10000000,50)";
    let colours = "-pix_fmt yuv420p10le -color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc";
    let video = format!("-c:v libx265 -preset ultrafast -x265-params log-level=none:{said}");
    ffmpeg(&format!("-f lavfi -i mandelbrot=s=448x270:r=25 -t 0.2 {colours} {video}"), &source);
    assert!(marked(&source, &output, &crf(Codec::H265, 14)).losses.is_empty());
    let (before, after) = (Clip::probe(&source).unwrap(), Clip::probe(&output).unwrap());
    assert!(before.hdr && before.hdr10.as_ref().is_some_and(|words| words.contains("max-cll=1000,400")));
    assert_eq!((before.hdr10, before.colour), (after.hdr10, after.colour));
}

#[test]
fn odd_sides_are_marked_where_the_codec_takes_them() {
    if !has_ffmpeg() {
        return;
    }
    let folder = Folder::new();
    let (source, output) = (folder.path("a.mkv"), folder.path("b.mkv"));
    ffmpeg("-f lavfi -i mandelbrot=s=449x271:r=25 -t 0.4 -pix_fmt yuv444p -c:v ffv1", &source);
    assert_eq!(marked(&source, &output, &EncodeOptions::default()).frames, 10);
    assert_eq!(Clip::probe(&output).unwrap().size, (449, 271));
    // With chroma for every second of an odd number of pixels, not every number of slices is possible.
    let (source, output) = (folder.path("c.mkv"), folder.path("d.mkv"));
    ffmpeg("-f lavfi -i mandelbrot=s=383x215:r=25 -t 0.4 -pix_fmt yuv420p -c:v ffv1", &source);
    assert_eq!(marked(&source, &output, &EncodeOptions::default()).frames, 10);
    assert_eq!(Clip::probe(&output).unwrap().size, (383, 215));
}

#[test]
fn what_cannot_be_marked_says_why() {
    if !has_ffmpeg() {
        return;
    }
    let folder = Folder::new();
    let said = |name: &str| Clip::probe(&folder.path(name)).unwrap_err().to_string();
    ffmpeg("-f lavfi -i sine=440 -t 1", &folder.path("sound.m4a"));
    assert!(said("sound.m4a").contains("no video stream"));
    let fields = "-f lavfi -i mandelbrot=s=448x272:r=25 -t 0.4 -pix_fmt yuv420p -vf setfield=tff -c:v libx264 -flags +ilme+ildct";
    ffmpeg(fields, &folder.path("fields.mp4"));
    assert!(said("fields.mp4").contains("interlaced"), "{}", said("fields.mp4"));
    std::fs::write(folder.path("words.mp4"), "no film").unwrap();
    assert!(said("words.mp4").contains("ffprobe failed"), "{}", said("words.mp4"));
    ffmpeg("-f lavfi -i mandelbrot=s=448x270:r=25 -t 0.4 -pix_fmt gbrp -c:v libx264rgb", &folder.path("rgb.mkv"));
    assert!(said("rgb.mkv").contains("gbrp"));
    let clear = "-f lavfi -i color=red@0.5:s=448x270:r=25,format=yuva420p -t 0.2 -c:v libvpx-vp9 -cpu-used 8";
    ffmpeg(clear, &folder.path("clear.webm"));
    assert!(said("clear.webm").contains("alpha"), "{}", said("clear.webm"));
}

#[test]
fn a_truncated_file_an_interruption_and_a_bad_option_are_errors() {
    if !has_ffmpeg() {
        return;
    }
    let folder = Folder::new();
    let (source, cut, output) = (folder.path("a.mp4"), folder.path("cut.mp4"), folder.path("out.mp4"));
    ffmpeg(&format!("{SOURCE} -pix_fmt yuv420p -c:v libx264 -preset ultrafast -g 5 -movflags +faststart"), &source);
    let bytes = std::fs::read(&source).unwrap();
    std::fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let options = EncodeOptions::default();
    let error = marked_with(&cut, &output, &options, &mut |_| true).unwrap_err();
    assert!(matches!(error, Error::Truncated { .. } | Error::Failed { .. }), "{error}");
    let error = marked_with(&source, &output, &options, &mut |frames| frames < 3).unwrap_err();
    assert!(matches!(error, Error::Interrupted), "{error}");
    let mut wrong = EncodeOptions::default();
    wrong.preset = Some("nonsense".to_owned());
    let error = marked_with(&source, &output, &wrong, &mut |_| true).unwrap_err().to_string();
    assert!(error.contains("ffmpeg failed while encoding"), "{error}");
    let error = marked_with(&source, &output, &crf(Codec::H264, 60), &mut |_| true).unwrap_err().to_string();
    assert!(error.contains("takes 0 to 51"), "{error}");
}

/// A device on which nothing can be written stands for a full disk.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_named() {
    if !has_ffmpeg() {
        return;
    }
    let folder = Folder::new();
    let (source, full) = (folder.path("a.mp4"), folder.path("full.mkv"));
    ffmpeg(&format!("{SOURCE} -pix_fmt yuv420p -c:v libx264 -preset ultrafast"), &source);
    std::os::unix::fs::symlink("/dev/full", &full).unwrap();
    let error = marked_with(&source, &full, &EncodeOptions::default(), &mut |_| true).unwrap_err().to_string();
    assert!(error.contains("no space is left"), "{error}");
}

/// Frames at a varying rate, in containers that count none; also what was written of them.
#[test]
fn an_estimate_of_frames_refuses_nothing() {
    if !has_ffmpeg() {
        return;
    }
    let folder = Folder::new();
    let first = folder.path("a.mp4");
    let varied = "-vf select='lt(t,0.5)+not(mod(n\\,5))' -fps_mode vfr -pix_fmt yuv420p -c:v libx264 -preset ultrafast";
    ffmpeg(
        &format!("-f lavfi -i mandelbrot=s=448x270:r=25 -f lavfi -i sine=440:d=4 -map 0 -map 1 -t 2 -c:a aac {varied}"),
        &first,
    );
    let sound = folder.path("long.mkv");
    ffmpeg(&format!("-i {} -f lavfi -i sine=440:d=6 -map 0:v -map 1 -c:v copy -c:a aac", first.display()), &sound);
    for name in ["b.mkv", "b.flv", "b.ts", "b.avi"] {
        let source = folder.path(name);
        ffmpeg(&format!("-i {} -c copy", first.display()), &source);
        let (once, twice) = (folder.path("once.mkv"), folder.path("twice.mkv"));
        for (from, to) in [(&source, &once), (&once, &twice)] {
            let report = marked(from, to, &crf(Codec::H264, 16));
            assert!(report.frames < 30 && report.losses.is_empty(), "{name}: {} {:?}", report.frames, report.losses);
        }
    }
    assert!(marked(&sound, &folder.path("o.mkv"), &crf(Codec::H264, 16)).frames < 30);
}

#[test]
fn what_the_decoder_complains_of_is_said_and_an_early_end_is_an_error() {
    if !has_ffmpeg() {
        return;
    }
    let folder = Folder::new();
    let whole = folder.path("a.mp4");
    ffmpeg(&format!("{SOURCE} -pix_fmt yuv420p -c:v libx264 -preset ultrafast -g 5"), &whole);
    for name in ["b.mkv", "b.avi", "b.flv"] {
        let (source, output) = (folder.path(name), folder.path("o.mkv"));
        ffmpeg(&format!("-i {} -c copy", whole.display()), &source);
        let bytes = std::fs::read(&source).unwrap();
        std::fs::write(&source, &bytes[..bytes.len() * 8 / 10]).unwrap();
        match marked_with(&source, &output, &EncodeOptions::default(), &mut |_| true) {
            // No count and no early end: the last frame alone is said to be in pieces.
            Ok(report) if name == "b.flv" => {
                let said = report.losses.join("; ");
                assert!(said.contains("could not be decoded") && !said.contains("0x"), "{said}");
            }
            Err(Error::Truncated { decoded, .. }) if name != "b.flv" => assert!(decoded < 25),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn a_codec_is_taken_that_keeps_the_format_and_what_another_loses_is_said() {
    if !has_ffmpeg() {
        return;
    }
    let folder = Folder::new();
    let source = folder.path("a.mkv");
    ffmpeg("-f lavfi -i mandelbrot=s=449x270:r=25 -t 0.2 -pix_fmt yuv444p12le -c:v ffv1", &source);
    let named = |path: &Path| Clip::probe(path).unwrap().pixels.name();
    let output = folder.path("b.mp4");
    let report = marked(&source, &output, &EncodeOptions::default());
    assert!(report.losses.is_empty() && named(&output) == "yuv444p12le", "{:?} {}", report.losses, named(&output));
    let report = marked(&source, &output, &crf(Codec::H264, 12));
    assert_eq!(
        (report.losses, named(&output)),
        (vec!["its 12 bits: written with 10".to_owned()], "yuv444p10le".into())
    );
    let odd = marked_with(&source, &folder.path("c.mkv"), &crf(Codec::Av1, 12), &mut |_| true).unwrap_err();
    assert!(odd.to_string().contains("449x270") && odd.to_string().contains("ffv1"), "{odd}");
    let unfit = marked_with(&source, &folder.path("c.mov"), &crf(Codec::Av1, 12), &mut |_| true).unwrap_err();
    assert!(unfit.to_string().contains(".mkv"), "{unfit}");
}

#[test]
fn prores_keeps_the_colours_of_hdr() {
    if !has_ffmpeg() {
        return;
    }
    let folder = Folder::new();
    let (source, output) = (folder.path("a.mkv"), folder.path("b.mov"));
    let colours =
        "-pix_fmt yuv422p10le -color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc -color_range tv";
    ffmpeg(&format!("-f lavfi -i mandelbrot=s=448x270:r=25 -t 0.2 {colours} -c:v ffv1"), &source);
    let mut options = EncodeOptions::default();
    options.codec = Some(Codec::ProRes);
    marked(&source, &output, &options);
    let said = probed(&output, "stream=color_space,color_transfer,color_primaries");
    assert_eq!(said.trim(), "bt2020nc,smpte2084,bt2020");
}

/// DV says of its frames alone that they are made of fields.
#[test]
fn fields_are_seen_where_the_container_is_silent() {
    if !has_ffmpeg() {
        return;
    }
    let folder = Folder::new();
    let source = folder.path("a.avi");
    ffmpeg("-f lavfi -i mandelbrot=s=720x576:r=25 -t 0.2 -pix_fmt yuv420p -c:v dvvideo", &source);
    assert!(Clip::probe(&source).unwrap_err().to_string().contains("interlaced"));
}

/// Seconds of the video stream of a file.
fn video_s(path: &Path) -> f64 {
    probed(path, "stream=duration").lines().next().unwrap().trim_end_matches(',').parse().unwrap()
}

#[test]
fn the_last_frame_lasts_as_long_as_it_did() {
    if !has_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (rate, frames) in ["25 1", "25 40", "0.5 3", "24000/1001 30"].map(|pair| pair.split_once(' ').unwrap()) {
        let source = folder.path().join(format!("{frames}.mp4"));
        ffmpeg(&format!("-f lavfi -i mandelbrot=s=448x270:r={rate} -frames:v {frames} -c:v libx264"), &source);
        let out = folder.path().join("out.mp4");
        marked(&source, &out, &crf(Codec::H264, 20));
        let (before, after) = (video_s(&source), video_s(&out));
        assert!((before - after).abs() < 0.002, "{frames} frames at {rate}: {before} and {after} s");
        let out = folder.path().join("out.mkv");
        marked(&source, &out, &crf(Codec::H264, 20));
        let whole: f64 = probed(&out, "format=duration").trim().parse().unwrap();
        assert!((before - whole).abs() < 0.01, "{frames} frames at {rate} in Matroska: {before} and {whole} s");
    }
}

#[test]
fn a_clock_that_is_set_back_in_the_middle_is_named_and_one_that_begins_late_begins_at_zero() {
    if !has_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (part, joined) = (folder.path().join("part.ts"), folder.path().join("joined.ts"));
    ffmpeg(&format!("{SOURCE} -c:v libx264"), &part);
    let bytes = std::fs::read(&part).unwrap();
    std::fs::write(&joined, [&bytes[..], &bytes].concat()).unwrap();
    let out = folder.path().join("out.mp4");
    let error = marked_with(&joined, &out, &crf(Codec::H264, 20), &mut |_| true).unwrap_err().to_string();
    assert!(error.contains("timestamps jump back") && error.contains("-c copy"), "{error}");
    let late = folder.path().join("late.ts");
    ffmpeg(&format!("-i {} -c copy -output_ts_offset 40000", part.display()), &late);
    for out in ["late.mp4", "late.mkv"].map(|name| folder.path().join(name)) {
        marked(&late, &out, &crf(Codec::H264, 20));
        let whole: f64 = probed(&out, "format=duration").trim().parse().unwrap();
        assert!((0.9..1.3).contains(&whole), "{whole} s");
        let video: f64 = probed(&out, "stream=start_time").lines().next().unwrap().parse().unwrap();
        assert!(video.abs() < 0.2, "{video} s");
        assert!(reads(&out, 0.0));
    }
}

#[test]
fn a_cover_is_no_second_video_and_a_timecode_no_complaint() {
    if !has_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    ffmpeg("-f lavfi -i testsrc=s=160x120 -frames:v 1", &at("cover.png"));
    let inputs = format!("-f lavfi -i mandelbrot=s=448x270:r=25 -f lavfi -i sine=440 -i {}", at("cover.png").display());
    let coding = "-t 1 -map 0 -map 1 -map 2 -c:v:0 libx264 -c:a aac -c:v:1 copy -disposition:v:1 attached_pic";
    ffmpeg(&format!("{inputs} {coding}"), &at("covered.mp4"));
    let seen = marked(&at("covered.mp4"), &at("out.mkv"), &crf(Codec::H264, 20));
    assert!(seen.losses.iter().any(|loss| loss.contains("video stream 2 (png)")), "{:?}", seen.losses);
    assert_eq!(probed(&at("out.mkv"), "stream=codec_type"), "video\naudio\n");
    let seen = marked(&at("covered.mp4"), &at("out.mp4"), &crf(Codec::H264, 20));
    assert!(seen.losses.is_empty(), "{:?}", seen.losses);
    // MPEG-2 has a timecode in each group of pictures, which filters print.
    ffmpeg(&format!("{SOURCE} -c:v mpeg2video -q:v 2 -c:a mp2"), &at("disc.mpg"));
    let seen = marked(&at("disc.mpg"), &at("disc.mkv"), &crf(Codec::H264, 20));
    assert!(seen.losses.is_empty(), "{:?}", seen.losses);
    ffmpeg(&format!("{SOURCE} -c:v libx264 -timecode 01:00:00:00"), &at("coded.mov"));
    let seen = marked(&at("coded.mov"), &at("coded-out.mov"), &crf(Codec::H264, 20));
    assert!(seen.losses.is_empty(), "{:?}", seen.losses);
    assert!(probed(&at("coded-out.mov"), "stream_tags=timecode").contains("01:00:00:00"));
}

#[test]
fn a_preset_that_is_none_and_an_alpha_plane_are_named() {
    if !has_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("a.mov");
    ffmpeg(&format!("{SOURCE} -c:v prores_ks -profile:v 4444 -pix_fmt yuva444p10le"), &source);
    let error = Clip::probe(&source).unwrap_err().to_string();
    assert!(error.contains("alpha plane") && error.contains("numbered sequence"), "{error}");
    ffmpeg(&format!("{SOURCE} -c:v libx264"), &source);
    let mut options = crf(Codec::Vp9, 40);
    options.preset = Some("fast".to_owned());
    let error = marked_with(&source, &folder.path().join("o.webm"), &options, &mut |_| true).unwrap_err().to_string();
    assert!(error.contains("vp9 takes a number"), "{error}");
}
