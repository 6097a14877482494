//! Options that contradict themselves or each other: found before any file is read.

use watermark_media::Format;

use crate::pictures;
use crate::sandbox::Sandbox;

fn refused(out: &str, options: &[&str], words: &[&str]) {
    let sandbox = Sandbox::with_key();
    sandbox.write("in.png", pictures::scene(1, Format::Png));
    let embed = ["embed", "in.png", "--out", out, "--key", "studio.key"];
    sandbox.fails(2, embed.iter().chain(options).copied(), words);
}

#[test]
fn payload_of_a_length_that_is_not_carried() {
    for payload in ["", "00", "0123456", "012345678", "00112233445566778899aabbccddeeff00"] {
        let digits = format!("{} hexadecimal digits", payload.len());
        refused("out.png", &["--payload", payload], &[&digits, "8, 16 or 32", "32, 64 or 128 bits"]);
    }
}

#[test]
fn payload_that_is_no_number() {
    for payload in ["0x123456", "not hex!", "gggggggg", "+1234567"] {
        refused("out.png", &["--payload", payload], &[payload, "hexadecimal digits"]);
    }
}

#[test]
fn payload_and_bits_that_disagree() {
    let options = ["--payload", "01234567", "--bits", "128"];
    refused("out.png", &options, &["--payload", "32 bits", "--bits", "128 bits"]);
}

#[test]
fn names_that_give_no_format() {
    refused("out", &[], &["out", "no extension", ".png", ".jpg", ".webp", ".tif"]);
    refused("out.bmp", &[], &["out.bmp", ".bmp", ".png", ".jpg", ".webp", ".tif"]);
}

#[test]
fn strengths_out_of_range() {
    for psnr in ["29.9", "60.1", "nan", "inf", "0", "-5"] {
        refused("out.png", &["--psnr", psnr], &["--psnr", "30 to 60"]);
    }
}

#[test]
fn what_the_parser_itself_refuses_has_code_2() {
    let sandbox = Sandbox::with_key();
    let embed = ["embed", "in.png", "--out", "out.png", "--key", "studio.key"];
    for (arguments, word) in [
        (vec![], "Usage"),
        (vec!["embeb"], "embeb"),
        (vec!["detect", "in.png"], "--key"),
        (vec!["detect", "--key", "studio.key"], "INPUT"),
        (embed.iter().copied().chain(["--bits", "48"]).collect(), "48"),
        (embed.iter().copied().chain(["--psnr", "42", "--profile", "robust"]).collect(), "cannot be used with"),
        (embed.iter().copied().chain(["--psnr", "loud"]).collect(), "loud"),
    ] {
        let run = sandbox.run(arguments);
        assert_eq!((run.code, run.out.as_str()), (2, ""));
        assert!(run.err.contains(word), "{word:?} is not in {:?}", run.err);
    }
    assert_eq!(sandbox.contents().len(), 1, "nothing was written");
}

#[test]
fn help_and_version_are_results() {
    let sandbox = Sandbox::empty();
    let help = sandbox.run(["--help"]).succeeds();
    for word in ["keygen", "embed", "detect", "demo", "Exit codes", "Examples"] {
        assert!(help.out.contains(word), "{word}");
    }
    for command in ["keygen", "embed", "detect", "demo"] {
        sandbox.run([command, "--help"]).succeeds();
    }
    assert!(sandbox.run(["--version"]).succeeds().out.starts_with("watermark "));
}
