//! Clips: found, described, and what is said where they cannot be read. Without ffmpeg on the machine the tests of what
//! it does pass; that its absence has a sentence is tested everywhere.

use std::process::Command;

use watermark_core::{Layout, SECRET_BYTES};
use watermark_media::{Format, encode};

use crate::pictures;
use crate::sandbox::Sandbox;

const PAYLOAD: &str = "00c0ffee00c0ffee";
/// Pictures of the clip; each is shown for [`HELD`] frames.
const PICTURES: usize = 6;
const HELD: usize = 5;

fn has_ffmpeg() -> bool {
    ["ffmpeg", "ffprobe"].iter().all(|program| Command::new(program).arg("-version").output().is_ok())
}

fn ffmpeg(sandbox: &Sandbox, arguments: &str) {
    let mut command = Command::new("ffmpeg");
    command.args(["-hide_banner", "-loglevel", "error", "-nostdin", "-y"]).args(arguments.split(' '));
    let output = command.current_dir(sandbox.path("")).output().expect("ffmpeg runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// `marked.mp4`: three seconds of six pictures, the last three of which are marked.
fn sandbox() -> Option<Sandbox> {
    if !has_ffmpeg() {
        return None;
    }
    // Always the same key: the half second before the mark agrees with it by chance for some (docs/decisions/clips.md).
    let sandbox = Sandbox::with_key_of([11; SECRET_BYTES]);
    sandbox.folder("in").folder("all");
    for n in 0..PICTURES {
        let picture = pictures::scene_of(pictures::WIDTH, pictures::HEIGHT, n as u64 + 1, Layout::Rgb);
        sandbox.write(&format!("in/{n}.png"), encode(&picture, Format::Png).expect("a file"));
    }
    sandbox.run(["embed", "in", "--out", "out", "--key", "studio.key", "--payload", PAYLOAD]).succeeds();
    for n in 0..PICTURES {
        let from = if n < PICTURES / 2 { "in" } else { "out" };
        sandbox.write(&format!("all/{n}.png"), sandbox.read(&format!("{from}/{n}.png")));
    }
    let encode = "-r 10 -c:v libx264 -preset veryfast -crf 26 -pix_fmt yuv420p";
    ffmpeg(&sandbox, &format!("-r 2 -i all/%d.png {encode} marked.mp4"));
    Some(sandbox)
}

#[test]
fn a_marked_clip_is_found_and_says_when() {
    let Some(sandbox) = sandbox() else { return };
    let run = sandbox.run(["detect", "marked.mp4", "--key", "studio.key", "--json"]).succeeds();
    let answer = &run.json()[0];
    assert_eq!((&answer["payload"], &answer["authentic"]), (&PAYLOAD.into(), &true.into()), "{answer}");
    let pictures = answer["pictures"].as_u64().unwrap() as usize;
    assert!(pictures.abs_diff(PICTURES * HELD) <= 2, "{answer}");
    let clip = &answer["clip"];
    assert!((clip["duration_s"].as_f64().unwrap() - 3.0).abs() < 0.2, "{clip}");
    assert!(clip["repeated"].as_u64().unwrap() > 5, "pictures are shown for some frames each: {clip}");
    let range = &clip["ranges"][0];
    let (from, to) = (range[0].as_f64().unwrap(), range[1].as_f64().unwrap());
    assert!((from - 1.5).abs() < 0.6 && to > 2.4, "{clip}");

    let text = sandbox.run(["detect", "marked.mp4", "--key", "studio.key"]).succeeds().out;
    for word in ["marked.mp4: found", PAYLOAD, "frames", "added up", "seen"] {
        assert!(text.contains(word), "{word:?} is not in {text}");
    }
    let csv = sandbox.run(["detect", "marked.mp4", "--key", "studio.key", "--csv"]).succeeds().out;
    assert!(csv.lines().next().unwrap().ends_with(",duration_s,ranges,row_fault"), "{csv}");

    // The part before the mark, and a few frames only.
    let before =
        sandbox.run(["detect", "marked.mp4", "--key", "studio.key", "--to", "1.2", "--effort", "fast", "--json"]);
    assert_eq!((before.code, &before.json()[0]["verdict"]), (1, &"not_found".into()));
    let few = sandbox.run(["detect", "marked.mp4", "--key", "studio.key", "--from", "1.6", "--every", "0.5", "--json"]);
    assert_eq!((few.code, &few.json()[0]["looked_at"]), (0, &3.into()), "{}", few.out);
    sandbox.fails(
        2,
        ["detect", "marked.mp4", "--key", "studio.key", "--from", "7"],
        &["marked.mp4", "s long", "begin earlier"],
    );
}

#[test]
fn clips_in_directories_are_looked_at() {
    let Some(sandbox) = sandbox() else { return };
    sandbox.folder("found").write("found/clip", sandbox.read("marked.mp4")).write("found/notes.txt", "words");
    let run = sandbox.run(["detect", "found", "--key", "studio.key", "--json"]);
    assert_eq!((run.code, run.json().len()), (0, 1), "{}{}", run.out, run.err);
}

#[test]
fn a_clip_that_is_cut_short_is_looked_at_as_far_as_it_goes() {
    let Some(sandbox) = sandbox() else { return };
    ffmpeg(&sandbox, "-i marked.mp4 -c copy marked.mkv");
    let whole = sandbox.read("marked.mkv");
    sandbox.write("short.mkv", &whole[..whole.len() * 9 / 10]);
    let run = sandbox.run(["detect", "short.mkv", "--key", "studio.key", "--json"]);
    assert_eq!((run.code, &run.json()[0]["payload"]), (0, &PAYLOAD.into()), "{}{}", run.out, run.err);
    // Where the index is lost there is nothing to go by.
    let whole = sandbox.read("marked.mp4");
    sandbox.write("short.mp4", &whole[..whole.len() / 2]);
    sandbox.run(["detect", "short.mp4", "--key", "studio.key"]).complains(2, &["short.mp4", "cut short"]);
}

#[test]
fn a_second_video_stream_is_not_passed_over_in_silence() {
    let Some(sandbox) = sandbox() else { return };
    ffmpeg(&sandbox, "-f lavfi -i color=s=448x270:d=1 -i marked.mp4 -map 0 -map 1:v -c:v libx264 -crf 20 two.mkv");
    let run = sandbox.run(["detect", "two.mkv", "--key", "studio.key"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.err.contains("only the first was looked at") && run.err.contains("-map 0:1"), "{}", run.err);
}

#[test]
fn sound_alone_has_no_mark() {
    let Some(sandbox) = sandbox() else { return };
    ffmpeg(&sandbox, "-f lavfi -i sine=duration=1 -c:a aac sound.m4a");
    sandbox.run(["detect", "sound.m4a", "--key", "studio.key"]).complains(2, &["sound.m4a", "no video stream"]);
}

#[test]
fn without_ffmpeg_it_says_how_to_install_it() {
    let sandbox = Sandbox::with_key();
    sandbox.write("clip.mp4", b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2mp41");
    let run = sandbox.run_with_variable("PATH", "", ["detect", "clip.mp4", "--key", "studio.key"]);
    run.complains(2, &["clip.mp4", "install ffmpeg"]);
}

#[test]
fn what_is_named_like_a_clip_is_looked_at_as_one() {
    if !has_ffmpeg() {
        return;
    }
    let sandbox = Sandbox::with_key();
    sandbox.write("words.mp4", "no film");
    sandbox
        .run(["detect", "words.mp4", "--key", "studio.key"])
        .complains(2, &["words.mp4", "ffprobe failed", "no clip"]);
}

#[test]
fn an_end_beyond_that_of_the_clip_changes_nothing() {
    let Some(sandbox) = sandbox() else { return };
    let seen = |options: &[&str]| {
        let detect = ["detect", "marked.mp4", "--key", "studio.key", "--json"];
        sandbox.run(detect.iter().chain(options).copied()).json().remove(0)
    };
    let (whole, beyond) = (seen(&[]), seen(&["--to", "600"]));
    assert_eq!((&beyond["looked_at"], &beyond["log10_p"]), (&whole["looked_at"], &whole["log10_p"]), "{beyond}");
    // A stream that does not say how long it is.
    ffmpeg(&sandbox, "-i marked.mp4 -c copy raw.h264");
    let raw = sandbox.run(["detect", "raw.h264", "--key", "studio.key", "--json"]).json().remove(0);
    assert!(raw["looked_at"].as_u64().unwrap() >= 20 && raw["payload"] == PAYLOAD, "{raw}");
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_twice_is_named() {
    let Some(sandbox) = sandbox() else { return };
    for line in [
        "\"$0\" embed - --out p.mp4 --key studio.key < marked.mp4",
        "\"$0\" detect - --key studio.key < marked.mp4",
        "\"$0\" embed marked.mp4 --out - --key studio.key",
    ] {
        let run = sandbox.run_shell(line);
        assert!(run.code == 2 && run.err.contains("is a clip") && run.err.contains("file"), "{line}: {}", run.err);
    }
    for line in
        ["mkfifo p.mp4; \"$0\" embed p.mp4 --out o.mp4 --key studio.key", "\"$0\" detect p.mp4 --key studio.key"]
    {
        let run = sandbox.run_shell(line);
        assert!(run.code == 2 && run.err.contains("(a pipe?)"), "{line}: {}", run.err);
    }
}
