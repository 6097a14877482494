//! Clips: what comes in and out, rows, and what is refused. Those that need ffmpeg pass where it is absent.

use std::process::Command;

use crate::sandbox::Sandbox;

const PAYLOAD: &str = "0badcafe0badcafe";

/// A second of a film with sound, `film.mp4`; `None` without ffmpeg.
fn with_film() -> Option<Sandbox> {
    let sandbox = Sandbox::with_key();
    let line = "-nostdin -v error -f lavfi -i mandelbrot=s=448x270:r=25 -f lavfi -i sine=440 -t 1 -pix_fmt yuv420p \
                -c:v libx264 -preset ultrafast -crf 8 -c:a aac";
    let made = Command::new("ffmpeg").args(line.split_whitespace()).arg(sandbox.path("film.mp4")).status();
    made.ok().filter(std::process::ExitStatus::success).map(|_| sandbox)
}

#[test]
fn a_clip_is_marked_read_back_and_written_down() {
    let Some(sandbox) = with_film() else { return };
    let arguments = ["embed", "film.mp4", "--out", "out.mp4", "--key", "studio.key", "--registry", "r.db", "--json"];
    let run = sandbox.run(arguments.into_iter().chain(["--payload", PAYLOAD, "--crf", "16"])).succeeds();
    let report = &run.json()[0];
    assert_eq!((&report["status"], &report["payload"]), (&"marked".into(), &PAYLOAD.into()));
    assert_eq!(report["clip"]["frames"], 25);
    assert_eq!(report["clip"]["codec"], "h264");
    assert!(report["clip"]["frames_read"].as_u64() > Some(0) && report["margin_db"].as_f64() > Some(1.0), "{report}");
    assert!(sandbox.run(["registry", "list", "--registry", "r.db"]).succeeds().out.contains(PAYLOAD));
    // A frame by itself, by the detector of pictures.
    let status = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-ss", "0.5", "-i"])
        .args([sandbox.path("out.mp4"), "-frames:v".into(), "1".into(), sandbox.path("frame.png")])
        .status();
    assert!(status.unwrap().success());
    let found = sandbox.run(["detect", "frame.png", "--key", "studio.key"]).succeeds();
    assert!(found.out.contains(PAYLOAD), "{}", found.out);
    // What is there is not replaced.
    sandbox.fails(2, ["embed", "film.mp4", "--out", "out.mp4", "--key", "studio.key"], &["out.mp4", "exists already"]);
}

#[test]
fn a_film_of_one_frame_is_marked_and_remembered() {
    let Some(sandbox) = with_film() else { return };
    let line = "-nostdin -v error -frames:v 1 -an -c:v libx264 -crf 4";
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.arg("-i").arg(sandbox.path("film.mp4")).args(line.split_whitespace()).arg(sandbox.path("one.mp4"));
    assert!(ffmpeg.status().unwrap().success());
    let arguments = ["embed", "one.mp4", "--out", "out.mp4", "--key", "studio.key", "--registry", "r.db", "--json"];
    let run = sandbox.run(arguments.into_iter().chain(["--payload", PAYLOAD, "--crf", "4"])).succeeds();
    assert_eq!(run.json()[0]["clip"]["frames"], 1);
    let found = sandbox.run(["detect", "out.mp4", "--key", "studio.key", "--registry", "r.db"]).succeeds();
    assert!(found.out.contains(PAYLOAD) && found.out.contains("one.mp4"), "{}", found.out);
}

#[test]
fn what_cannot_be_done_with_a_clip_is_said_and_leaves_nothing() {
    let Some(sandbox) = with_film() else { return };
    let embed = |more: &[&'static str]| {
        let mut arguments = vec!["embed", "film.mp4", "--key", "studio.key", "--out"];
        arguments.extend(more);
        arguments
    };
    sandbox.fails(2, embed(&["out.png"]), &["out.png", ".mkv or .webm"]);
    sandbox.fails(2, embed(&["out.mp4", "--psnr", "44"]), &["film.mp4", "--psnr is for pictures", "--profile"]);
    sandbox.fails(2, embed(&["out.mp4", "--codec", "theora"]), &["--codec theora", "h264, h265"]);
    sandbox.fails(2, embed(&["out.mp4", "--crf", "60"]), &["film.mp4", "takes 0 to 51"]);
    sandbox.fails(2, embed(&["out.mp4", "--preset", "no"]), &["film.mp4", "ffmpeg failed while encoding"]);
    // So coarse that nothing of the mark is left.
    sandbox.fails(3, embed(&["out.mp4", "--crf", "51"]), &["film.mp4", "none of", "nothing was written"]);
    let whole = sandbox.read("film.mp4");
    sandbox.write("cut.mp4", &whole[..whole.len() / 2]);
    sandbox.fails(2, ["embed", "cut.mp4", "--out", "o.mp4", "--key", "studio.key"], &["cut.mp4", "ffprobe failed"]);
    sandbox.fails(
        2,
        ["embed", "a.png", "--out", "b.png", "--key", "studio.key", "--crf", "20"],
        &["--crf", "no input is one"],
    );
}

#[test]
fn without_ffmpeg_it_is_said_how_to_get_it() {
    let sandbox = Sandbox::with_key();
    sandbox.write("film.mkv", b"\x1a\x45\xdf\xa3 and so on");
    let run = sandbox.run_with_variable("PATH", "", ["embed", "film.mkv", "--out", "o.mkv", "--key", "studio.key"]);
    run.complains(2, &["film.mkv", "ffprobe is needed", "apt install ffmpeg"]);
    assert!(!sandbox.path("o.mkv").exists());
}

/// The box in which an MP4 has its manifest.
#[test]
fn a_clip_with_content_credentials_is_refused_until_it_is_said_what_becomes_of_them() {
    let sandbox = Sandbox::with_key();
    let mut film = b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x20uuid".to_vec();
    film.extend(b"\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81manifest");
    sandbox.write("film.mp4", film);
    let arguments = ["embed", "film.mp4", "--out", "o.mp4", "--key", "studio.key"];
    sandbox.fails(3, arguments, &["film.mp4", "C2PA", "--c2pa strip"]);
}

#[test]
fn a_bare_stream_is_a_clip() {
    let Some(sandbox) = with_film() else { return };
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-nostdin", "-v", "error", "-i"]).arg(sandbox.path("film.mp4"));
    assert!(ffmpeg.args(["-an", "-c", "copy"]).arg(sandbox.path("film.h264")).status().unwrap().success());
    let arguments = ["embed", "film.h264", "--out", "out.mp4", "--key", "studio.key", "--crf", "16", "--json"];
    assert_eq!(sandbox.run(arguments).succeeds().json()[0]["clip"]["frames"], 25);
}
