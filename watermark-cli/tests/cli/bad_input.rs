//! Pictures and places that cannot be used: a sentence that names the file and the way out, code 2, nothing written.

use std::fs;

use watermark_core::Layout;
use watermark_media::{Format, encode};

use crate::pictures;
use crate::sandbox::Sandbox;

/// Neither command takes the file, and both say the same.
fn refused(name: &str, bytes: impl AsRef<[u8]>, words: &[&str]) {
    let sandbox = Sandbox::with_key();
    sandbox.write(name, bytes);
    let words = [&[name][..], words].concat();
    sandbox.fails(2, ["embed", name, "--out", "out.png", "--key", "studio.key"], &words);
    sandbox.fails(2, ["detect", name, "--key", "studio.key"], &words);
    let run = sandbox.run(["detect", name, "--key", "studio.key", "--json"]);
    run.complains(2, &words);
    let report = &run.json()[0];
    assert_eq!(report["file"], name);
    assert!(report["verdict"].is_null() && report["error"].as_str().unwrap().contains(words[1]), "{report}");
}

#[test]
fn zero_bytes() {
    refused("empty.png", "", &["empty"]);
}

#[test]
fn cut_short() {
    for (name, format) in
        [("cut.png", Format::Png), ("cut.jpg", Format::Jpeg), ("cut.webp", Format::WebP), ("cut.tif", Format::Tiff)]
    {
        let file = pictures::scene(1, format);
        refused(name, &file[..file.len() / 2], &["intact copy"]);
    }
}

#[test]
fn corrupt() {
    let mut file = pictures::scene(1, Format::Png);
    let middle = file.len() / 2;
    file[middle..middle + 64].iter_mut().for_each(|byte| *byte ^= 0x55);
    refused("corrupt.png", file, &["damaged", "intact copy"]);
}

#[test]
fn a_header_that_promises_gigabytes() {
    refused("bomb.png", pictures::bomb(), &["60000", "limit"]);
}

#[test]
fn animated_and_too_small() {
    let sandbox = Sandbox::with_key();
    sandbox.write("moving.png", pictures::animated());
    let words = ["moving.png", "none of the 2 pictures can carry the mark", "128 px", "nothing was written"];
    sandbox.fails(3, ["embed", "moving.png", "--out", "out.png", "--key", "studio.key"], &words);
    let run = sandbox.run(["detect", "moving.png", "--key", "studio.key", "--json"]);
    assert_eq!((run.code, &run.json()[0]["pictures"], &run.json()[0]["looked_at"]), (1, &2.into(), &2.into()));
}

#[test]
fn four_inks() {
    refused("inks.jpg", pictures::cmyk(), &["CMYK", "convert"]);
}

#[test]
fn floating_point_and_nan() {
    let sandbox = Sandbox::with_key();
    sandbox.write("nan.tif", pictures::float_tiff());
    let embed = |out| ["embed", "nan.tif", "--out", out, "--key", "studio.key"];
    sandbox.fails(2, embed("out.png"), &["out.png", "cannot hold floating-point samples", "OpenEXR or TIFF"]);
    // Samples that are no numbers count as black; what is left is too small for a mark.
    sandbox.fails(3, embed("out.tif"), &["nan.tif", "nothing was written"]);
}

#[test]
fn kinds_that_are_not_read() {
    refused("drawing.bmp", b"BM\x01\0\x01\0\0\0\0;", &["BMP", "convert"]);
    refused("empty.gif", b"GIF89a\x01\0\x01\0\0\0\0;", &["GIF", "no picture"]);
    refused("notes.png", "Roses are red", &["not supported", "convert"]);
}

#[test]
fn missing_or_a_directory() {
    let sandbox = Sandbox::with_key();
    fs::create_dir(sandbox.path("folder.png")).unwrap();
    sandbox.fails(
        2,
        ["embed", "absent.png", "--out", "out.png", "--key", "studio.key"],
        &["absent.png", "no such file"],
    );
    for (name, word) in [("absent.png", "no such file"), ("folder.png", "no picture")] {
        sandbox.fails(2, ["detect", name, "--key", "studio.key"], &[name, word]);
    }
    let run = sandbox.run(["embed", "folder.png", "--out", "out.png", "--key", "studio.key"]).succeeds();
    assert_eq!(run.out, "out.png: nothing to do\n");
}

#[cfg(unix)]
#[test]
fn output_that_is_the_input_under_any_name() {
    let sandbox = Sandbox::with_key();
    sandbox.write("in.png", pictures::scene(1, Format::Png));
    fs::create_dir(sandbox.path("folder")).unwrap();
    std::os::unix::fs::symlink("in.png", sandbox.path("link.png")).unwrap();
    fs::hard_link(sandbox.path("in.png"), sandbox.path("twin.png")).unwrap();
    for name in ["in.png", "./in.png", "folder/../in.png", "link.png", "twin.png"] {
        for force in [&[][..], &["--force"]] {
            let embed = ["embed", "in.png", "--out", name, "--key", "studio.key"];
            sandbox.fails(2, embed.iter().chain(force).copied(), &[name, "same file as the input"]);
        }
    }
}

#[test]
fn output_that_exists() {
    let sandbox = Sandbox::with_key();
    sandbox.write("in.png", pictures::scene(1, Format::Png)).write("out.png", "something dear");
    let embed = ["embed", "in.png", "--out", "out.png", "--key", "studio.key"];
    sandbox.fails(2, embed, &["out.png", "exists already", "--force"]);
}

#[cfg(unix)]
#[test]
fn output_that_is_a_link_to_nowhere() {
    let sandbox = Sandbox::with_key();
    sandbox.write("in.png", pictures::scene(1, Format::Png));
    std::os::unix::fs::symlink("nowhere.png", sandbox.path("out.png")).unwrap();
    let embed = ["embed", "in.png", "--out", "out.png", "--key", "studio.key"];
    sandbox.fails(2, embed, &["out.png", "exists already"]);
}

#[test]
fn places_that_cannot_be_written() {
    let sandbox = Sandbox::with_key();
    sandbox.write("in.png", pictures::scene(1, Format::Png)).write("file", "");
    for (out, words) in [
        ("absent/out.png", ["directory absent", "does not exist"]),
        ("file/out.png", ["directory file", "not a directory"]),
    ] {
        for force in [&[][..], &["--force"]] {
            let embed = ["embed", "in.png", "--out", out, "--key", "studio.key"];
            sandbox.fails(2, embed.iter().chain(force).copied(), &[out, words[0], words[1]]);
        }
        let key = out.replace(".png", ".key");
        if key.contains("/out") {
            sandbox.fails(2, ["keygen", "--out", &key], &[&key, words[1]]);
        }
    }
}

#[cfg(unix)]
#[test]
fn a_directory_without_write_permission() {
    let sandbox = Sandbox::with_key();
    sandbox.write("in.png", pictures::scene(1, Format::Png));
    fs::create_dir(sandbox.path("shut")).unwrap();
    sandbox.set_mode("shut", 0o555);
    // The superuser may write everywhere, except where the kernel itself says no.
    let open_to_us = fs::write(sandbox.path("shut/probe"), "").is_ok();
    let folder = if open_to_us { "/proc/self" } else { "shut" };
    if open_to_us {
        fs::remove_file(sandbox.path("shut/probe")).unwrap();
    }
    if fs::metadata(sandbox.path(folder)).is_ok() {
        let out = format!("{folder}/out.png");
        let embed = ["embed", "in.png", "--out", &out, "--key", "studio.key"];
        sandbox.fails(2, embed, &[&out, "cannot be written to", "choose another place"]);
    }
    sandbox.set_mode("shut", 0o755);
}

#[test]
fn transparency_into_a_format_without() {
    let sandbox = Sandbox::with_key();
    let picture = pictures::scene_of(pictures::WIDTH, pictures::HEIGHT, 1, Layout::Rgba);
    sandbox.write("in.png", encode(&picture, Format::Png).unwrap());
    let embed = ["embed", "in.png", "--out", "out.jpg", "--key", "studio.key"];
    sandbox.fails(2, embed, &["out.jpg", "cannot hold"]);
}

/// A limit on the size of files stands in for a full disk: writing begins and then fails.
#[cfg(unix)]
#[test]
fn a_disk_that_fills_up() {
    let sandbox = Sandbox::with_key();
    sandbox.write("in.png", pictures::scene(1, Format::Png));
    let before = sandbox.contents();
    let run = sandbox.run_with_small_files(["embed", "in.png", "--out", "out.png", "--key", "studio.key"]);
    run.complains(2, &["out.png: cannot be written (file too large); make room or choose another place"]);
    assert!(!run.err.contains(".tmp"), "{}", run.err);
    assert!(before == sandbox.contents(), "something was left behind");
}

#[test]
fn a_demo_in_the_place_of_a_file() {
    let sandbox = Sandbox::empty();
    sandbox.write("demo-out", "something dear");
    sandbox.fails(2, ["demo"], &["demo-out", "cannot be made", "choose another place"]);
}

/// A file's name is a stranger's text: it does not get a line of its own, nor steers a terminal.
#[test]
fn names_that_would_forge_a_line() {
    let sandbox = Sandbox::with_key();
    let name = "a.png\nwatermark: b.png: found\u{1b}c";
    let run = sandbox.run(["detect", name, "--key", "studio.key"]);
    run.complains(2, &["no such file", r"a.png\u{a}watermark", r"\u{1b}c"]);
}
