//! Key files that cannot be used: each gets a sentence that names it and the way out, and nothing is written.

use watermark_media::Format;

use crate::pictures;
use crate::sandbox::Sandbox;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::with_key();
    sandbox.write("in.png", pictures::scene(1, Format::Png));
    sandbox
}

/// Both commands that use a key refuse it in the same words.
fn refused(sandbox: &Sandbox, key: &str, words: &[&str]) {
    let words = [&[key][..], words].concat();
    sandbox.fails(2, ["embed", "in.png", "--out", "out.png", "--key", key], &words);
    sandbox.fails(2, ["detect", "in.png", "--key", key], &words);
    sandbox.fails(2, ["key", "derive", key, "--title", "T", "--out", "t.key"], &words);
}

fn changed(name: &str, change: impl Fn(String) -> String, words: &[&str]) {
    let sandbox = sandbox();
    sandbox.write(name, change(sandbox.text("studio.key")));
    #[cfg(unix)]
    sandbox.set_mode(name, 0o600);
    refused(&sandbox, name, words);
}

#[test]
fn missing() {
    refused(&sandbox(), "absent.key", &["no such file"]);
}

#[test]
fn a_directory() {
    let sandbox = sandbox();
    std::fs::create_dir(sandbox.path("folder")).unwrap();
    refused(&sandbox, "folder", &["directory"]);
}

#[test]
fn not_a_key_at_all() {
    changed("empty.key", |_| String::new(), &["not a key file", "keygen"]);
    changed("poem.key", |_| "Roses are red\n".into(), &["not a key file"]);
    changed("large.key", |_| "watermark-key 1\n".repeat(1000), &["right file?"]);
}

#[test]
fn a_picture_as_a_key() {
    let sandbox = sandbox();
    sandbox.write("tiny.png", pictures::tiny());
    #[cfg(unix)]
    sandbox.set_mode("tiny.png", 0o600);
    refused(&sandbox, "tiny.png", &["key file"]);
}

#[test]
fn damaged_or_cut_short() {
    changed("cut.key", |text| text[..60].into(), &["damaged or cut short", "backup"]);
    let other_digit = |text: String| {
        let at = text.find("secret: ").unwrap() + 8;
        let digit = if &text[at..=at] == "0" { "1" } else { "0" };
        format!("{}{digit}{}", &text[..at], &text[at + 1..])
    };
    changed("digit.key", other_digit, &["damaged", "checksum"]);
    changed("role.key", |text| text.replace("role: master", "role: title"), &["damaged"]);
    changed("joined.key", |text| text.repeat(2), &["damaged"]);
}

#[test]
fn of_a_later_version() {
    changed("next.key", |text| text.replace("watermark-key 1", "watermark-key 2"), &["version 2", "newer"]);
}

#[test]
fn put_together_from_two_keys() {
    use sha2::{Digest, Sha256};
    let sandbox = sandbox();
    sandbox.run(["keygen", "--out", "other.key"]).succeeds();
    let (one, other) = (sandbox.text("studio.key"), sandbox.text("other.key"));
    let lines: Vec<&str> = one.lines().take(3).chain(other.lines().skip(3).take(1)).collect();
    let body = format!("{}\n", lines.join("\n"));
    let sum: String = Sha256::digest(body.as_bytes())[..4].iter().map(|byte| format!("{byte:02x}")).collect();
    sandbox.write("mixed.key", format!("{body}check: {sum}\n"));
    #[cfg(unix)]
    sandbox.set_mode("mixed.key", 0o600);
    refused(&sandbox, "mixed.key", &["id", "backup"]);
}

#[cfg(unix)]
#[test]
fn readable_by_others() {
    let sandbox = sandbox();
    for mode in [0o644, 0o640, 0o604, 0o620] {
        sandbox.set_mode("studio.key", mode);
        refused(&sandbox, "studio.key", &[&format!("{mode:04o}"), "chmod 600", "--allow-open-key"]);
    }
    let derive = ["key", "derive", "studio.key", "--title", "T", "--out", "t.key", "--allow-open-key"];
    sandbox.run(derive).succeeds();
    sandbox.run(["key", "show", "studio.key", "--allow-open-key"]).succeeds();
}

#[cfg(unix)]
#[test]
fn a_passphrase_file_readable_by_others() {
    let sandbox = Sandbox::empty();
    sandbox.write("pass", "open sesame\n").set_mode("pass", 0o644);
    let keygen = ["keygen", "--out", "studio.key", "--passphrase-file", "pass"];
    sandbox.fails(2, keygen, &["pass", "chmod 600", "--allow-open-key"]);
    sandbox.run(keygen.into_iter().chain(["--allow-open-key"])).succeeds();
}

#[test]
fn keys_of_the_wrong_kind() {
    let sandbox = sandbox();
    sandbox.run(["key", "derive", "studio.key", "--title", "T", "--out", "title.key"]).succeeds();
    let derive = ["key", "derive", "studio.key", "--title", "T", "--out", "reader.key", "--detect-only"];
    sandbox.run(derive).succeeds();
    let again = ["key", "derive", "title.key", "--title", "U", "--out", "u.key"];
    sandbox.fails(2, again, &["title.key", "is a title key", "master"]);
    let embed = ["embed", "in.png", "--out", "out.png", "--key", "reader.key"];
    sandbox.fails(2, embed, &["reader.key", "detect-only", "cannot mark"]);
}

#[test]
fn titles_that_are_easily_lost() {
    let sandbox = Sandbox::with_key();
    for (title, word) in [("", "empty"), (" T", "spaces"), ("T ", "spaces"), ("a\tb", "control")] {
        sandbox.fails(2, ["key", "derive", "studio.key", "--title", title, "--out", "t.key"], &["--title", word]);
    }
}
