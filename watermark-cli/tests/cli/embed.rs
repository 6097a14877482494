//! Marking that works, and the honest refusals.

use serde_json::Value;
use watermark_core::Layout;
use watermark_media::{DecodeLimits, Document, EncodeOptions, Format, Picture, PixelData, decode, encode, encode_with};

use crate::pictures;
use crate::sandbox::Sandbox;

const EMBED: [&str; 6] = ["embed", "in.png", "--out", "out.png", "--key", "studio.key"];

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::with_key();
    sandbox.write("in.png", pictures::scene(1, Format::Png));
    sandbox
}

fn with<'a>(options: &[&'a str]) -> Vec<&'a str> {
    EMBED.iter().chain(options).copied().collect()
}

/// Runs with `--json` and gives the one object.
fn report(sandbox: &Sandbox, arguments: &[&str]) -> Value {
    let run = sandbox.run(arguments.iter().copied().chain(["--json"])).succeeds();
    let mut objects = run.json();
    assert_eq!(objects.len(), 1, "{}", run.out);
    objects.remove(0)
}

/// What `detect` says of a file.
fn detected(sandbox: &Sandbox, file: &str, key: &str) -> Value {
    sandbox.run(["detect", file, "--key", key, "--json"]).json().remove(0)
}

#[test]
fn says_in_words_what_was_done() {
    let sandbox = sandbox();
    let run = sandbox.run(with(&["--payload", "0123456789ABCDEF"])).succeeds();
    for words in ["out.png: marked copy of in.png", "0123456789abcdef (64 bits)", "PSNR", "margin", "evidence"] {
        assert!(run.out.contains(words), "{words:?} is not in {}", run.out);
    }
    assert!(!run.out.contains("SSIMULACRA2"));
    let mut names: Vec<_> = sandbox.contents().into_keys().collect();
    names.iter_mut().for_each(|name| *name = name.file_name().unwrap().into());
    assert_eq!(names, ["in.png", "out.png", "studio.key"].map(std::path::PathBuf::from));
}

#[test]
fn says_in_json_what_was_done() {
    let sandbox = sandbox();
    let report = report(&sandbox, &with(&["--payload", "0123456789abcdef"]));
    assert_eq!(report["file"], "in.png");
    assert_eq!(report["output"], "out.png");
    assert_eq!(report["payload"], "0123456789abcdef");
    assert_eq!((&report["bits"], &report["payload_from"]), (&64.into(), &"given".into()));
    assert_eq!(report["read_back"], "pixels");
    assert!((38.0..52.0).contains(&report["psnr_db"].as_f64().unwrap()), "{report}");
    assert!(report["margin_db"].as_f64().unwrap() > 0.0, "{report}");
    assert!(report["log10_p"].as_f64().unwrap() <= -9.0, "{report}");
    assert!(report["elapsed_ms"].is_u64() && report["error"].is_null() && report["refused"] == false);
    assert!(report["ssimulacra2"].is_null());
}

#[test]
fn every_length_of_payload_is_read_back() {
    let sandbox = sandbox();
    for payload in ["01234567", "0123456789abcdef", "00112233445566778899aabbccddeeff"] {
        let report = report(&sandbox, &with(&["--payload", payload, "--force"]));
        assert_eq!(report["bits"], payload.len() * 4);
        let found = detected(&sandbox, "out.png", "studio.key");
        assert_eq!(found["payload"], payload, "{found}");
        assert_eq!((&found["authentic"], &found["bits"]), (&true.into(), &report["bits"]));
    }
}

#[test]
fn without_a_payload_the_content_gives_it() {
    let sandbox = sandbox();
    sandbox.write("other.png", pictures::scene(2, Format::Png));
    let first = report(&sandbox, &EMBED);
    assert_eq!((&first["payload_from"], &first["bits"]), (&"content".into(), &64.into()));
    let again = report(&sandbox, &["embed", "in.png", "--out", "again.png", "--key", "studio.key"]);
    assert_eq!(first["payload"], again["payload"], "same content, same id");
    assert_eq!(sandbox.read("out.png"), sandbox.read("again.png"), "same everything, same file");
    let other = report(&sandbox, &["embed", "other.png", "--out", "o.png", "--key", "studio.key"]);
    assert_ne!(first["payload"], other["payload"]);
    let short = report(&sandbox, &["embed", "in.png", "--out", "s.png", "--key", "studio.key", "--bits", "32"]);
    assert_eq!(short["payload"].as_str().unwrap().len(), 8);
    assert_eq!(detected(&sandbox, "out.png", "studio.key")["payload"], first["payload"]);
}

#[test]
fn strength_is_as_asked() {
    let sandbox = sandbox();
    let psnr = |options: &[&str]| {
        let options = [options, &["--force"]].concat();
        report(&sandbox, &with(&options))["psnr_db"].as_f64().unwrap()
    };
    let (subtle, standard, robust) = (psnr(&["--profile", "subtle"]), psnr(&[]), psnr(&["--profile", "robust"]));
    assert!(subtle > standard + 2.0 && standard > robust + 1.5, "{subtle} {standard} {robust}");
    // Rounding to 8 bits and clipping move it a little.
    assert!((psnr(&["--psnr", "40"]) - 40.0).abs() < 0.5);
}

#[test]
fn metrics_are_added_on_request() {
    let sandbox = sandbox();
    let report = report(&sandbox, &with(&["--metrics"]));
    assert!((75.0..95.0).contains(&report["ssimulacra2"].as_f64().unwrap()), "{report}");
    assert_eq!(report["ssimulacra2_tiles"], 1);
    assert!(sandbox.run(with(&["--metrics", "--force"])).succeeds().out.contains("SSIMULACRA2"));
}

#[test]
fn a_lossy_file_is_decoded_and_read_back() {
    let sandbox = sandbox();
    let report = report(&sandbox, &["embed", "in.png", "--out", "out.jpg", "--key", "studio.key"]);
    assert_eq!(report["read_back"], "file");
    let found = detected(&sandbox, "out.jpg", "studio.key");
    assert_eq!((&found["payload"], &found["found"]), (&report["payload"], &true.into()));
    // The figure is that of the mark, and the sentence must not pass it off as that of the file.
    let said = |out| sandbox.run(["embed", "in.png", "--out", out, "--key", "studio.key", "--force"]).succeeds().out;
    assert!(said("out.jpg").contains(" dB, before the format's own loss\n"));
    assert!(!said("out.png").contains("before the format"));
}

/// A coarse JPEG coded again on its own tables and blocks loses the mark: it is written finer, and that is said.
#[test]
fn a_coarse_jpeg_is_written_finer_rather_than_refused() {
    let sandbox = Sandbox::with_key();
    let mut options = EncodeOptions::default();
    options.jpeg_quality = Some(25);
    let picture = pictures::scene_of(pictures::WIDTH, pictures::HEIGHT, 1, Layout::Rgb);
    let coarse = encode_with(&picture, Format::Jpeg, &options).unwrap();
    sandbox.write("in.jpg", &coarse);
    let run = sandbox.run(["embed", "in.jpg", "--out", "out.jpg", "--key", "studio.key", "--json"]);
    run.complains(0, &["in.jpg", "would lose the mark", "out.jpg is written at quality 95"]);
    let report = &run.json()[0];
    assert_eq!((&report["read_back"], &report["refused"]), (&"file".into(), &false.into()));
    assert_eq!(detected(&sandbox, "out.jpg", "studio.key")["payload"], report["payload"]);
    assert!(sandbox.read("out.jpg").len() > coarse.len());
}

/// A mark that is read from the pixels and not from the file: the figures of the pixels must not stand in the report.
#[test]
fn what_the_file_does_not_keep_is_not_reported() {
    let sandbox = Sandbox::with_key();
    let picture = pictures::scene_of(128, 128, 3, Layout::Rgb);
    sandbox.write("in.png", encode(&picture, Format::Png).unwrap());
    let strength = |psnr: &str, out: &str| {
        let embed = ["embed", "in.png", "--out", out, "--key", "studio.key", "--psnr", psnr, "--force", "--json"];
        sandbox.run(embed).json().remove(0)
    };
    // The weakest mark that a lossless file still carries.
    let psnrs: Vec<String> = (44..=60).map(|psnr| psnr.to_string()).collect();
    let weakest = psnrs.iter().rev().find(|psnr| strength(psnr, "out.png")["refused"] == false).expect("a strength");
    let report = strength(weakest, "out.jpg");
    assert_eq!(report["refused"], true, "{report}");
    assert!(report["margin_db"].is_null() && report["log10_p"].is_null(), "{report}");
}

#[test]
fn every_format_goes_in_and_out() {
    let sandbox = Sandbox::with_key();
    for (input, format) in
        [("in.png", Format::Png), ("in.jpeg", Format::Jpeg), ("in.webp", Format::WebP), ("in.TIF", Format::Tiff)]
    {
        sandbox.write(input, pictures::scene(3, format));
        let output = format!("out-{input}");
        let report = report(&sandbox, &["embed", input, "--out", &output, "--key", "studio.key"]);
        let found = detected(&sandbox, &output, "studio.key");
        assert_eq!(found["payload"], report["payload"], "{found}");
        assert_eq!(Format::sniff(&sandbox.read(&output)), Some(format));
    }
}

#[test]
fn sixteen_bits_and_alpha_stay() {
    let sandbox = Sandbox::with_key();
    let eight = pictures::scene_of(pictures::WIDTH, pictures::HEIGHT, 4, Layout::Rgba);
    let PixelData::U8(samples) = eight.pixels() else { panic!("8 bits") };
    let deep = PixelData::U16(samples.iter().map(|&s| u16::from(s) * 257).collect());
    let picture = Picture::new(pictures::WIDTH, pictures::HEIGHT, Layout::Rgba, deep).unwrap();
    sandbox.write("in.png", encode(&picture, Format::Png).unwrap());
    report(&sandbox, &EMBED);
    let marked = decode(&sandbox.read("out.png"), &DecodeLimits::default()).unwrap();
    let (PixelData::U16(before), PixelData::U16(after)) = (picture.pixels(), marked.pixels()) else {
        panic!("16 bits in, {} bits out", marked.pixels().bits())
    };
    assert!(before != after, "nothing was marked");
    let alphas = |samples: &[u16]| samples.iter().skip(3).step_by(4).copied().collect::<Vec<_>>();
    assert!(alphas(before) == alphas(after), "alpha was changed");
}

#[test]
fn every_frame_that_can_carries_the_mark() {
    let sandbox = Sandbox::with_key();
    sandbox.write("in.png", pictures::scenes_in_motion());
    let run = sandbox.run(with(&["--json", "--metrics"]));
    run.complains(0, &["in.png", "cannot carry the mark stay as they were"]);
    let report = &run.json()[0];
    assert!(report["margin_db"].as_f64().unwrap() > 0.0 && report["ssimulacra2"].as_f64().unwrap() > 70.0, "{report}");
    let frames = |name| Document::decode(&sandbox.read(name), &DecodeLimits::default()).unwrap();
    let (before, after) = (frames("in.png"), frames("out.png"));
    let changed: Vec<bool> = before
        .pictures()
        .iter()
        .zip(after.pictures())
        .map(|(before, after)| before.pixels() != after.pixels())
        .collect();
    assert_eq!(changed, [true, false, true]);
    // Each frame alone can be read.
    for (number, frame) in after.pictures().iter().enumerate().filter(|(number, _)| *number != 1) {
        let still = Picture::new(frame.width(), frame.height(), frame.layout(), frame.pixels().clone()).unwrap();
        sandbox.write("frame.png", encode(&still, Format::Png).unwrap());
        assert_eq!(detected(&sandbox, "frame.png", "studio.key")["payload"], report["payload"], "frame {number}");
    }
}

#[test]
fn force_replaces_the_output_and_nothing_else() {
    let sandbox = sandbox();
    sandbox.write("out.png", "something old");
    let before = sandbox.read("in.png");
    sandbox.run(with(&["--force"])).succeeds();
    assert_eq!(Format::sniff(&sandbox.read("out.png")), Some(Format::Png));
    assert_eq!(sandbox.read("in.png"), before);
    assert_eq!(sandbox.contents().len(), 3, "no temporary file is left");
}

#[cfg(unix)]
#[test]
fn the_output_has_ordinary_permissions() {
    let sandbox = sandbox();
    sandbox.run(with(&[])).succeeds();
    sandbox.write("plain", "");
    assert_eq!(sandbox.mode("out.png"), sandbox.mode("plain"));
}

#[test]
fn pictures_that_cannot_carry_a_mark_are_refused_with_the_reason() {
    let sandbox = Sandbox::with_key();
    for (bytes, words) in [
        (pictures::flat(), &["texture"][..]),
        (pictures::one_bit(), &["pure black or white"]),
        (pictures::tiny(), &["40x30", "smallest side"]),
    ] {
        sandbox.write("in.png", bytes);
        sandbox.fails(3, EMBED, &[&["in.png", "cannot carry the mark", "nothing was written"], words].concat());
        let run = sandbox.run(with(&["--json"]));
        run.complains(3, words);
        let report = &run.json()[0];
        assert_eq!((&report["refused"], &report["output"]), (&true.into(), &Value::Null));
        assert!(report["error"].as_str().unwrap().contains(words[0]));
    }
}

#[test]
fn content_credentials_are_not_broken_without_being_asked() {
    let sandbox = Sandbox::with_key();
    sandbox.write("in.png", pictures::with_credentials());
    sandbox.fails(3, EMBED, &["in.png", "C2PA", "--c2pa strip", "nothing was written"]);
    let run = sandbox.run(with(&["--json", "--c2pa", "strip"]));
    run.complains(0, &["in.png", "C2PA", "out.png"]);
    let report = &run.json()[0];
    assert_eq!((&report["output"], &report["status"]), (&"out.png".into(), &"marked".into()));
    assert!(report["losses"][0].as_str().unwrap().contains("C2PA"), "{report}");
    let has_c2pa = |name| decode(&sandbox.read(name), &DecodeLimits::default()).unwrap().has_c2pa();
    assert!(has_c2pa("in.png") && !has_c2pa("out.png"));
}

#[test]
fn quality_is_as_asked_for() {
    let sandbox = Sandbox::with_key();
    sandbox.write("in.png", pictures::scene(1, Format::Png));
    let size = |out: &str, option: &str, quality: &str| {
        let embed = ["embed", "in.png", "--out", out, "--key", "studio.key", "--force", option, quality];
        sandbox.run(embed);
        sandbox.read(out).len()
    };
    assert!(size("a.jpg", "--jpeg-quality", "98") > size("a.jpg", "--jpeg-quality", "80"));
    let lossy = size("a.webp", "--webp-quality", "90");
    let lossless = size("a.webp", "--bits", "64");
    assert!(lossless > 2 * lossy, "{lossless} {lossy}");
    let found = sandbox.run(["detect", "a.jpg", "a.webp", "--key", "studio.key", "--json"]).succeeds();
    assert!(found.json().iter().all(|report| report["found"] == true));
    let embed = ["embed", "in.png", "--out", "b.webp", "--key", "studio.key", "--webp-quality", "101"];
    assert_eq!(sandbox.run(embed).code, 2);
}

#[test]
fn a_lossy_webp_stays_lossy_and_about_as_large() {
    let sandbox = Sandbox::with_key();
    sandbox.write("in.png", pictures::scene(3, Format::Png));
    let embed = |input: &str, out: &str, more: &[&str]| {
        let base = ["embed", input, "--out", out, "--key", "studio.key"];
        sandbox.run([&base[..], more].concat()).succeeds();
        sandbox.read(out).len()
    };
    let source = embed("in.png", "a.webp", &["--webp-quality", "85"]);
    let again = embed("a.webp", "b.webp", &[]);
    assert!(again > source / 2 && again < source * 3 / 2, "{source} {again}");
    let found = sandbox.run(["detect", "b.webp", "--key", "studio.key", "--json"]).succeeds();
    assert_eq!(found.json()[0]["found"], true);
}

#[cfg(feature = "avif")]
#[test]
fn an_avif_is_marked_read_back_and_found() {
    let sandbox = Sandbox::with_key();
    sandbox.write("in.png", pictures::scene(2, Format::Png));
    let embed = |input: &str, out: &str, more: &[&str]| {
        let base = ["embed", input, "--out", out, "--key", "studio.key", "--json", "--payload", "00c0ffee"];
        sandbox.run([&base[..], more].concat()).succeeds().json()[0].clone()
    };
    let report = embed("in.png", "a.avif", &[]);
    assert_eq!((&report["read_back"], &report["status"]), (&"file".into(), &"marked".into()));
    let again = embed("a.avif", "b.avif", &["--force"]);
    assert!(again["losses"].to_string().contains("about as finely"), "{again}");
    embed("in.png", "c.avif", &["--avif-quality", "70"]);
    let sizes = ["a.avif", "c.avif"].map(|name| sandbox.read(name).len());
    assert!(sizes[1] * 3 < sizes[0] * 2, "{sizes:?}");
    let found = sandbox.run(["detect", "a.avif", "b.avif", "c.avif", "--key", "studio.key", "--json"]).succeeds();
    assert!(found.json().iter().all(|report| report["payload"] == "00c0ffee"), "{}", found.out);
}

#[cfg(not(feature = "avif"))]
#[test]
fn an_avif_is_refused_with_the_way_out() {
    let sandbox = Sandbox::with_key();
    sandbox.write("in.avif", *b"\0\0\0\x20ftypavif\0\0\0\0avifmif1miafMA1B");
    let run = sandbox.run(["embed", "in.avif", "--out", "out.png", "--key", "studio.key"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("in.avif: AVIF is not supported; "), "{}", run.err);
}
