//! Films beside pictures. Without ffmpeg on the machine these pass; that its absence has a sentence is tested elsewhere.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use watermark_media::Format;

use super::{embed, event, events, payload_of};
use crate::pictures;
use crate::sandbox::Sandbox;

const FAST: [&str; 4] = ["--crf", "16", "--preset", "ultrafast"];

/// A film of so many seconds as `name`; whether it could be made.
fn film(sandbox: &Sandbox, name: &str, seconds: u32, more: &str) -> bool {
    let line = format!(
        "-nostdin -v error -f lavfi -i mandelbrot=s=448x270:r=25 -t {seconds} -pix_fmt yuv420p -c:v libx264 -preset ultrafast \
         -crf 8 {more}"
    );
    let made = Command::new("ffmpeg").args(line.split_whitespace()).arg(sandbox.path(name)).status();
    made.is_ok_and(|status| status.success())
}

/// Two films, one in a container that is not written, two pictures and something else.
fn tree() -> Option<Sandbox> {
    let sandbox = Sandbox::with_key();
    sandbox.folder("in/b");
    sandbox.write("in/a.png", pictures::scene(1, Format::Png)).write("in/b/c.jpg", pictures::scene(2, Format::Jpeg));
    sandbox.write("in/b/notes.ts", "export const words = 3;");
    (film(&sandbox, "in/film.mp4", 1, "") && film(&sandbox, "in/b/old.avi", 1, "")).then_some(sandbox)
}

#[test]
fn films_are_marked_beside_pictures_and_written_down() {
    let Some(sandbox) = tree() else { return };
    let all = |more: &[&str]| embed(&sandbox, &[&FAST[..], &["--registry", "r.db", "--json"], more].concat());
    let dry = all(&["--dry-run"]);
    assert_eq!((dry.code, &events(&dry).1["planned"]), (0, &4.into()), "{}", dry.err);
    assert!(!sandbox.path("out").exists() && !sandbox.path("r.db").exists());
    let run = all(&["--jobs", "3", "--memory", "200M"]);
    let (files, summary) = events(&run);
    assert_eq!((run.code, &summary["marked"], &summary["skipped"]), (0, &4.into(), &1.into()), "{}", run.err);
    for (file, output, frames) in
        [("in/film.mp4", "out/film.mp4", 25), ("in/b/old.avi", "out/b/old.mkv", 25), ("in/b/c.jpg", "out/b/c.jpg", 0)]
    {
        let event = event(&files, file);
        assert_eq!((&event["output"], event["clip"]["frames"].as_u64().unwrap_or(0)), (&output.into(), frames));
        assert_eq!(payload_of(&sandbox, output), event["payload"], "{event}");
    }
    assert_eq!(event(&files, "in/b/notes.ts")["status"], "skipped");
    let rows = sandbox.run(["registry", "check", "--registry", "r.db", "--files"]).succeeds();
    assert!(rows.out.contains("4 as registered, 0 not there"), "{}", rows.out);

    let again = all(&["--resume"]);
    assert_eq!((again.code, &events(&again).1["unchanged"]), (0, &4.into()), "{}", again.err);
    std::fs::remove_file(sandbox.path("out/b/old.mkv")).unwrap();
    let rest = all(&["--resume"]);
    assert_eq!((rest.code, &events(&rest).1["marked"]), (0, &1.into()), "{}", rest.err);
    // With another quality it is another copy.
    let finer = embed(&sandbox, &["--crf", "12", "--registry", "r.db", "--json", "--resume"]);
    let (files, summary) = events(&finer);
    assert_eq!((finer.code, &summary["failed"], &summary["unchanged"]), (2, &2.into(), &2.into()), "{}", finer.err);
    assert!(event(&files, "in/film.mp4")["error"].as_str().unwrap().contains("other options"));
}

#[test]
fn lists_and_recipients_take_films() {
    let Some(sandbox) = tree() else { return };
    sandbox.write("list.csv", "file,label,payload\nin/film.mp4,trailer,00c0ffee00c0ffee\nin/a.png,poster,\n");
    let manifest = ["embed", "--manifest", "list.csv", "--out", "listed", "--key", "studio.key", "--json"];
    let run = sandbox.run(manifest.into_iter().chain(FAST)).succeeds();
    assert_eq!(event(&events(&run).0, "in/film.mp4")["label"], "trailer");
    assert_eq!(payload_of(&sandbox, "listed/in/film.mp4"), "00c0ffee00c0ffee");
    sandbox.write("who.csv", "recipient\nAnn\nBob\n");
    let arguments =
        ["embed", "in/film.mp4", "in/a.png", "--out", "each", "--key", "studio.key", "--recipients", "who.csv"];
    let run = sandbox.run(arguments.into_iter().chain(FAST).chain(["--json"])).succeeds();
    let (files, summary) = events(&run);
    assert_eq!(summary["marked"], 4);
    let of = |who: &str| files.iter().find(|event| event["recipient"] == who && event["clip"].is_object()).unwrap();
    let ids =
        ["Ann", "Bob"].map(|who| (payload_of(&sandbox, &format!("each/{who}/film.mp4")), of(who)["payload"].clone()));
    assert!(ids[0].0 == ids[0].1 && ids[1].0 == ids[1].1 && ids[0].0 != ids[1].0, "{ids:?}");
}

#[test]
fn what_a_film_cannot_take_is_said_and_the_rest_goes_on() {
    let Some(sandbox) = tree() else { return };
    let whole = sandbox.read("in/film.mp4");
    sandbox.write("in/cut.mp4", &whole[..whole.len() / 2]).write("in/empty.mov", "");
    let run = embed(&sandbox, &["--psnr", "44", "--json"]);
    let (files, summary) = events(&run);
    assert_eq!((run.code, &summary["marked"], &summary["failed"]), (2, &2.into(), &4.into()), "{}", run.err);
    let error = |file: &str| event(&files, file)["error"].as_str().unwrap_or_default().to_owned();
    assert!(error("in/film.mp4").contains("takes --profile"), "{}", error("in/film.mp4"));
    let run = embed(&sandbox, &["--force", "--json"]);
    let (files, _) = events(&run);
    for file in ["in/cut.mp4", "in/empty.mov"] {
        assert!(event(&files, file)["error"].as_str().unwrap().contains(file), "{run_err}", run_err = run.err);
    }
}

/// A film that takes a while, with the encoder's process to be found.
fn long() -> Option<Sandbox> {
    let sandbox = Sandbox::with_key();
    sandbox.folder("in");
    film(&sandbox, "in/film.mp4", 30, "").then_some(sandbox)
}

fn wait_for(what: impl Fn() -> bool) {
    let begun = Instant::now();
    while !what() {
        assert!(begun.elapsed() < Duration::from_secs(120), "nothing happens");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The temporary file that is being written in a directory.
fn half(sandbox: &Sandbox, folder: &str) -> Option<u64> {
    let entries = std::fs::read_dir(sandbox.path(folder)).ok()?;
    let mut half = entries.flatten().filter(|entry| entry.file_name().to_string_lossy().ends_with(".tmp"));
    Some(half.next()?.metadata().ok()?.len())
}

#[test]
fn an_interrupted_film_leaves_nothing_and_says_so() {
    let Some(sandbox) = long() else { return };
    sandbox.folder("one");
    for (input, output, folder) in [("in", "out", "out"), ("in/film.mp4", "one/film.mp4", "one")] {
        let child = sandbox.start(["embed", input, "--out", output, "--key", "studio.key", "--preset", "veryslow"]);
        wait_for(|| half(&sandbox, folder).is_some());
        thread::sleep(Duration::from_millis(400));
        Command::new("kill").args(["-s", "INT", &child.id().to_string()]).status().unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(130), "{said}");
        assert!(said.contains("films are given up"), "{said}");
        let left: Vec<String> = sandbox.files_in(folder).into_iter().filter(|name| !name.contains("journal")).collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

/// An ffmpeg that decodes, and ends itself while it encodes.
#[test]
fn an_ffmpeg_that_is_killed_is_named() {
    let Some(sandbox) = long() else { return };
    let real = Command::new("sh").args(["-c", "command -v ffmpeg"]).stderr(Stdio::null()).output().unwrap();
    let real = String::from_utf8(real.stdout).unwrap();
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in *ivf*) head -c 3000000 > /dev/null; kill -9 $$;; esac\nexec {} \"$@\"\n",
        real.trim()
    );
    sandbox.folder("bin").write("bin/ffmpeg", script);
    std::fs::set_permissions(sandbox.path("bin/ffmpeg"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", sandbox.path("bin").display(), std::env::var("PATH").unwrap_or_default());
    let run =
        sandbox.run_with_variable("PATH", &path, ["embed", "in/film.mp4", "--out", "o.mp4", "--key", "studio.key"]);
    run.complains(2, &["in/film.mp4", "ffmpeg", "encoding", "killed"]);
    assert!(!sandbox.path("o.mp4").exists() && half(&sandbox, "").is_none());
}

/// A file system that fills up while a film is written; where mounting is not permitted there is nothing to see.
#[cfg(target_os = "linux")]
#[test]
fn a_film_on_a_file_system_that_is_full() {
    let Some(sandbox) = long() else { return };
    sandbox.folder("out");
    let out = sandbox.path("out");
    let mount = ["-t", "tmpfs", "-o", "size=500k", "tmpfs"];
    let mounted = Command::new("mount").args(mount).arg(&out).stderr(Stdio::null()).status();
    if !mounted.is_ok_and(|status| status.success()) {
        return;
    }
    let run =
        sandbox.run(["embed", "in/film.mp4", "--out", "out/film.mp4", "--key", "studio.key", "--preset", "ultrafast"]);
    let left = sandbox.files_in("out");
    Command::new("umount").arg(&out).status().unwrap();
    run.complains(2, &["in/film.mp4", "no space is left", "make room"]);
    assert!(left.is_empty(), "{left:?}");
}
