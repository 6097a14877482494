//! Numbered sequences: marked as one clip, written down as one, read as one.

use watermark_core::Layout;
use watermark_media::{DecodeLimits, Document, Format, Picture, PixelData, decode, encode};
use watermark_registry::{Filter, Page, Registry};

use crate::pictures;
use crate::sandbox::{Run, Sandbox};

const PAYLOAD: &str = "0badcafe0badcafe";
const SIDES: (usize, usize) = (320, 200);

/// A scene that moves by three pixels a frame.
fn frame(number: usize) -> Picture {
    let (width, height) = SIDES;
    let wide = pictures::scene_of(width + 64, height, 5, Layout::Rgb);
    let PixelData::U8(samples) = wide.pixels() else { panic!("8 bits") };
    let from = 3 * (3 * number % 64);
    let rows = samples.chunks(3 * (width + 64)).flat_map(|row| row[from..from + 3 * width].to_vec());
    Picture::new(width, height, Layout::Rgb, PixelData::U8(rows.collect())).expect("a picture")
}

fn deeper(picture: &Picture, format: Format) -> Picture {
    let PixelData::U8(samples) = picture.pixels() else { panic!("8 bits") };
    let pixels = match format {
        Format::Exr => PixelData::F32(samples.iter().map(|&v| f32::from(v) / 200.0).collect()),
        _ => PixelData::U16(samples.iter().map(|&v| u16::from(v) * 257).collect()),
    };
    Picture::new(picture.width(), picture.height(), picture.layout(), pixels).expect("a picture")
}

/// Frames with these numbers in `in/`, with names like `shot.0007.png`.
fn sandbox(numbers: &[usize], format: Format) -> Sandbox {
    let sandbox = Sandbox::with_key();
    sandbox.folder("in");
    for &number in numbers {
        let picture = if format == Format::Png { frame(number) } else { deeper(&frame(number), format) };
        let name = format!("in/shot.{number:04}.{}", format.extension());
        sandbox.write(&name, encode(&picture, format).expect("a file"));
    }
    sandbox
}

fn embed(sandbox: &Sandbox, input: &str, out: &str, options: &[&str]) -> Run {
    sandbox.run(["embed", input, "--out", out, "--key", "studio.key"].iter().chain(options).copied())
}

fn frames_in(sandbox: &Sandbox, folder: &str) -> Vec<String> {
    let mut names = sandbox.files_in(folder);
    names.retain(|name| !name.contains(".watermark"));
    names
}

#[test]
fn a_sequence_is_one_clip_with_one_row() {
    let sandbox = sandbox(&[998, 999, 1000, 1002], Format::Png);
    let options = ["--payload", PAYLOAD, "--registry", "marks.db", "--json"];
    let run = embed(&sandbox, "in/shot.%04d.png", "out", &options);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("1 number is missing (1001)"), "{}", run.err);
    let report = &run.json()[0];
    assert_eq!((&report["output"], &report["status"]), (&"out/shot.%04d.png".into(), &"marked".into()));
    assert_eq!((&report["clip"]["frames"], &report["clip"]["frames_read"]), (&4.into(), &4.into()), "{report}");
    assert_eq!(frames_in(&sandbox, "out"), ["shot.0998.png", "shot.0999.png", "shot.1000.png", "shot.1002.png"]);
    assert_eq!(run.json()[1]["summary"]["marked"], 1);
    for name in frames_in(&sandbox, "out") {
        let found = sandbox.run(["detect", &format!("out/{name}"), "--key", "studio.key"]).succeeds();
        assert!(found.out.contains(PAYLOAD), "{name}: {}", found.out);
    }
    let registry = Registry::open(sandbox.path("marks.db")).unwrap();
    let rows = registry.list(&Filter::default(), Page { after: None, limit: 10 }).unwrap();
    assert_eq!((rows.len(), rows[0].entry.frames), (1, 4));
    assert!(rows[0].entry.output_path.ends_with("out/shot.%04d.png"), "{}", rows[0].entry.output_path);
    drop(registry);
    let check = sandbox.run(["registry", "check", "--registry", "marks.db", "--files"]).succeeds();
    assert!(check.out.contains("1 as registered, 0 not there, 0 changed"), "{}", check.out);

    let detect = ["detect", "out/shot.%04d.png", "--key", "studio.key", "--registry", "marks.db", "--json"];
    let found = sandbox.run(detect.into_iter().chain(["--rate", "2"])).succeeds();
    let answer = &found.json()[0];
    assert_eq!((&answer["payload"], &answer["asset"]["identical"]), (&PAYLOAD.into(), &true.into()), "{answer}");
    assert_eq!((&answer["pictures"], &answer["clip"]["duration_s"]), (&4.into(), &2.5.into()), "{answer}");
    let part = sandbox.run(detect.into_iter().chain(["--from", "0.5", "--to", "1", "--rate", "2"])).succeeds();
    assert_eq!(part.json()[0]["looked_at"], 2);
    sandbox.write("out/shot.0999.png", "other");
    let check = sandbox.run(["registry", "check", "--registry", "marks.db", "--files"]);
    assert!(check.code == 2 && check.out.contains("1 changed"), "{}", check.out);
}

/// Nothing of a frame but its light changes, and where nothing moves the mark does not move either.
#[test]
fn depth_and_format_are_kept_and_what_stands_still_stays() {
    for format in [Format::Tiff, Format::Exr] {
        let sandbox = sandbox(&[1, 2, 3], format);
        let extension = format.extension();
        let same = sandbox.read(&format!("in/shot.0001.{extension}"));
        sandbox.write(&format!("in/shot.0002.{extension}"), same);
        let pattern = format!("shot.%04d.{extension}");
        embed(&sandbox, &format!("in/{pattern}"), &format!("out/marked.%02d.{extension}"), &["--json"]).succeeds();
        let names: Vec<String> = (1..=3).map(|number| format!("marked.{number:02}.{extension}")).collect();
        assert_eq!(frames_in(&sandbox, "out"), names);
        let read = |name: &str| decode(&sandbox.read(name), &DecodeLimits::default()).unwrap();
        for number in 1..=3 {
            let before = read(&format!("in/shot.{number:04}.{extension}"));
            let after = read(&format!("out/{}", names[number - 1]));
            assert_eq!((before.layout(), before.pixels().bits()), (after.layout(), after.pixels().bits()));
            assert!(before.pixels() != after.pixels(), "{format} {number}");
        }
        assert!(sandbox.read(&format!("out/{}", names[0])) == sandbox.read(&format!("out/{}", names[1])), "{format}");
        let found = sandbox.run(["detect", &format!("out/marked.%02d.{extension}"), "--key", "studio.key"]).succeeds();
        assert!(found.out.contains("3 of 3"), "{}", found.out);
    }
}

/// A frame of a compositor: half floats, light far above white, alpha.
fn half_frame(number: usize) -> Vec<u8> {
    use exr::prelude::{
        AnyChannel, AnyChannels, Encoding, FlatSamples, Image, Layer, LayerAttributes, WritableImage, f16,
    };
    let PixelData::U8(samples) = frame(number).pixels().clone() else { panic!("8 bits") };
    let light =
        |at: usize, value: u8| if at.is_multiple_of(1009) { 30.0 } else { (f32::from(value) / 255.0).powf(2.2) };
    let plane = |channel: usize| {
        let values = samples.chunks(3).enumerate().map(|(at, pixel)| f16::from_f32(light(at, pixel[channel])));
        FlatSamples::F16(values.collect())
    };
    let alpha =
        FlatSamples::F16((0..SIDES.0 * SIDES.1).map(|at| f16::from_f32(1.0 - (at % 7) as f32 / 16.0)).collect());
    let channels = ["R", "G", "B"].iter().enumerate().map(|(at, name)| AnyChannel::new(*name, plane(at)));
    let channels = AnyChannels::sort(channels.chain([AnyChannel::new("A", alpha)]).collect());
    let layer = Layer::new(SIDES, LayerAttributes::default(), Encoding::SMALL_LOSSLESS, channels);
    let mut file = std::io::Cursor::new(Vec::new());
    Image::from_layer(layer).write().to_buffered(&mut file).expect("a file");
    file.into_inner()
}

/// Names and half-float samples of a file's channels.
fn half_channels(file: &[u8]) -> Vec<(String, Vec<f32>)> {
    use exr::prelude::{FlatSamples, ReadChannels, ReadLayers, read};
    let image = read().no_deep_data().largest_resolution_level().all_channels().first_valid_layer().all_attributes();
    let image = image.from_buffered(std::io::Cursor::new(file)).expect("a file");
    let halves = |samples: FlatSamples| match samples {
        FlatSamples::F16(values) => values.into_iter().map(|value| value.to_f32()).collect(),
        other => panic!("{other:?} are no halves"),
    };
    image.layer_data.channel_data.list.into_iter().map(|c| (c.name.to_string(), halves(c.sample_data))).collect()
}

#[test]
fn a_sequence_of_half_floats_stays_one() {
    let sandbox = Sandbox::with_key();
    sandbox.folder("in");
    for number in 1..=3 {
        sandbox.write(&format!("in/comp.{number:04}.exr"), half_frame(number));
    }
    let run = embed(&sandbox, "in/comp.%04d.exr", "out", &["--payload", PAYLOAD, "--json"]).succeeds();
    assert_eq!(run.json()[0]["clip"]["frames"], 3);
    for number in 1..=3 {
        let name = format!("comp.{number:04}.exr");
        let (before, after) =
            (half_channels(&sandbox.read(&format!("in/{name}"))), half_channels(&sandbox.read(&format!("out/{name}"))));
        for ((channel, before), (same, after)) in before.iter().zip(&after) {
            assert_eq!(channel, same);
            let changed = before.iter().zip(after).filter(|(a, b)| a != b).count();
            if channel == "A" {
                assert_eq!(changed, 0, "{name}");
                continue;
            }
            assert!(changed > before.len() / 2, "{name} {channel}: {changed}");
            let mut lamps = before.iter().zip(after).filter(|(a, _)| **a > 20.0);
            assert!(lamps.clone().count() > 50 && lamps.all(|(a, b)| (b / a - 1.0).abs() < 0.2), "{name} {channel}");
        }
    }
    let found = sandbox.run(["detect", "out/comp.%04d.exr", "--key", "studio.key"]).succeeds();
    assert!(found.out.contains(PAYLOAD) && found.out.contains("3 of 3"), "{}", found.out);
}

#[test]
fn what_is_no_sequence_is_said_before_any_work() {
    let sandbox = sandbox(&[1, 2], Format::Png);
    let embed = |input: &'static str, out: &'static str| ["embed", input, "--out", out, "--key", "studio.key"];
    sandbox.fails(2, embed("in/shot.%03d.png", "out"), &["in/shot.%03d.png", "another length", "%0Nd"]);
    sandbox.fails(2, embed("in/other.%d.png", "out"), &["in/other.%d.png", "no file"]);
    sandbox.fails(2, embed("no/shot.%04d.png", "out"), &["no/shot.%04d.png", "cannot be looked through"]);
    sandbox.fails(2, embed("in/shot.%04d.png", "one.png"), &["one.png", "name of one file", "out.%04d.png"]);
    sandbox.fails(2, embed("in/shot.%04d.png", "in"), &["in/shot.0001.png", "same file as the input"]);
    sandbox.fails(2, embed("in/shot.%04d.png", "in/shot.%d.jpg"), &["in/shot.%d.jpg", "without loss", "--format png"]);
    sandbox.fails(
        2,
        ["embed", "in/shot.%04d.png", "--out", "out", "--key", "studio.key", "--crf", "9"],
        &["--crf", "no input is one"],
    );
    sandbox.fails(2, ["detect", "in/x.%d.png", "--key", "studio.key"], &["in/x.%d.png", "no file"]);
    sandbox.fails(2, ["detect", "in/shot.%04d.png", "--key", "studio.key", "--from", "9"], &["no frame lies", "0.1 s"]);
}

#[test]
fn frames_that_differ_are_named_and_nothing_is_written() {
    let sandbox = sandbox(&[1, 2], Format::Png);
    let first = sandbox.read("in/shot.0001.png");
    let cases = [
        (pictures::scene(1, Format::Png), ["shot.0003.png: has 448x336 px", "shot.0001.png has 320x200 px"]),
        (encode(&frame(3), Format::Tiff).unwrap(), ["shot.0003.png: is TIFF", "shot.0001.png is PNG"]),
        (first[..first.len() / 2].to_vec(), ["shot.0003.png", "intact copy"]),
        (pictures::animated(), ["shot.0003.png", "px"]),
    ];
    for (bytes, words) in cases {
        sandbox.write("in/shot.0003.png", bytes);
        let run = embed(&sandbox, "in/shot.%04d.png", "out", &["--quiet"]);
        run.complains(2, &words);
        assert_eq!(sandbox.files_in("out"), [".watermark-journal.jsonl"]);
    }
}

#[test]
fn a_sequence_is_redone_or_left_as_a_whole() {
    let sandbox = sandbox(&[1, 2, 3], Format::Png);
    let again = |options: &[&str]| embed(&sandbox, "in/shot.%04d.png", "out", options);
    again(&[]).succeeds();
    let made: Vec<Vec<u8>> =
        frames_in(&sandbox, "out").iter().map(|name| sandbox.read(&format!("out/{name}"))).collect();
    again(&[]).complains(2, &["out/shot.0001.png", "and 2 other outputs exist already", "--resume"]);
    let run = again(&["--resume"]).succeeds();
    assert!(run.out.contains("out/shot.%04d.png: unchanged"), "{}", run.out);
    // Killed while files got their names: the rest comes, and what is there is the same.
    std::fs::remove_file(sandbox.path("out/shot.0002.png")).unwrap();
    assert!(again(&["--resume"]).succeeds().out.contains("marked copy"));
    for (name, made) in frames_in(&sandbox, "out").iter().zip(&made) {
        assert!(sandbox.read(&format!("out/{name}")) == *made, "{name}");
    }
    // What is not ours stays, whole.
    std::fs::remove_file(sandbox.path("out/shot.0002.png")).unwrap();
    sandbox.write("out/shot.0003.png", "somebody's");
    let run = again(&["--resume", "--quiet"]);
    run.complains(2, &["out/shot.0003.png", "--force"]);
    assert_eq!(frames_in(&sandbox, "out"), ["shot.0001.png", "shot.0003.png"]);
    again(&["--force"]).succeeds();
    sandbox.write("in/shot.0002.png", encode(&frame(9), Format::Png).unwrap());
    again(&["--resume", "--quiet"]).complains(2, &["out/shot.%04d.png", "another state"]);
    // A frame of another sequence would be taken for one of this.
    sandbox.write("out/shot.0009.png", "x");
    again(&["--force"]).complains(2, &["out/shot.0009.png", "would count as a frame"]);
}

#[test]
fn sequences_stand_beside_pictures_in_lists_and_for_recipients() {
    let sandbox = sandbox(&[1, 2], Format::Png);
    sandbox.write("in/a.png", pictures::scene(1, Format::Png));
    sandbox.write("list.csv", "file,label\nin/shot.%04d.png,shot\nin/a.png,still\n");
    let run =
        sandbox.run(["embed", "--manifest", "list.csv", "--out", "out", "--key", "studio.key", "--json"]).succeeds();
    assert_eq!(run.json().last().unwrap()["summary"]["marked"], 2);
    assert_eq!(frames_in(&sandbox, "out"), ["in/a.png", "in/shot.0001.png", "in/shot.0002.png"]);
    sandbox.write("who.csv", "recipient\nAnn\nBob\n");
    let run = embed(&sandbox, "in/shot.%04d.png", "each", &["--recipients", "who.csv", "--json", "--registry", "r.db"])
        .succeeds();
    let ids: Vec<_> = run.json()[..2].iter().map(|report| report["payload"].as_str().unwrap().to_owned()).collect();
    assert!(ids[0] != ids[1], "{ids:?}");
    for (who, id) in ["Ann", "Bob"].iter().zip(&ids) {
        let found = sandbox.run(["detect", &format!("each/{who}/shot.0002.png"), "--key", "studio.key"]).succeeds();
        assert!(found.out.contains(id.as_str()), "{who}: {}", found.out);
    }
    let dry = embed(&sandbox, "in/shot.%04d.png", "dry/", &["--dry-run"]).succeeds();
    assert!(dry.out.contains("dry/shot.%04d.png: would be a marked copy of in/shot.%04d.png"), "{}", dry.out);
    assert!(!sandbox.path("dry").exists());
}

/// A directory that is looked through has pictures, not clips of them.
#[test]
fn numbered_files_are_one_clip_only_when_that_is_typed() {
    let sandbox = sandbox(&[1, 2], Format::Png);
    let run = embed(&sandbox, "in", "out", &["--json"]).succeeds();
    assert_eq!(run.json()[2]["summary"]["marked"], 2);
    let whole = Document::decode(&sandbox.read("out/shot.0001.png"), &DecodeLimits::default()).unwrap();
    assert_eq!(whole.pictures().len(), 1);
}

/// A run that is interrupted, or killed, leaves no frame; what the killed one has left is removed by the next.
#[cfg(unix)]
#[test]
fn an_interrupted_sequence_leaves_nothing() {
    let sandbox = sandbox(&[1], Format::Png);
    let file = sandbox.read("in/shot.0001.png");
    for number in 2..400 {
        sandbox.write(&format!("in/shot.{number:04}.png"), &file);
    }
    let temporaries = || {
        let names = std::fs::read_dir(sandbox.path("out")).into_iter().flatten().flatten();
        names.filter(|entry| entry.file_name().to_string_lossy().ends_with(".tmp")).count()
    };
    for (signal, code) in [("INT", Some(130)), ("KILL", None)] {
        let arguments = ["embed", "in/shot.%04d.png", "--out", "out", "--key", "studio.key", "--resume"];
        let child = sandbox.start(arguments);
        let begun = std::time::Instant::now();
        while temporaries() == 0 {
            assert!(begun.elapsed().as_secs() < 120, "nothing happens");
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        std::process::Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), code, "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(temporaries(), usize::from(code.is_none()));
        assert!(frames_in(&sandbox, "out").is_empty());
    }
    let few: Vec<String> = (4..400).map(|number| format!("in/shot.{number:04}.png")).collect();
    few.iter().for_each(|name| std::fs::remove_file(sandbox.path(name)).unwrap());
    let run = embed(&sandbox, "in/shot.%04d.png", "out", &["--resume"]).succeeds();
    assert!(run.out.contains("1 temporary files of an earlier run were removed"), "{}", run.out);
    assert_eq!((temporaries(), frames_in(&sandbox, "out").len()), (0, 3));
}
