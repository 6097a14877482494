//! Key files that are as they should be.

use crate::pictures;
use crate::sandbox::Sandbox;

fn line<'a>(text: &'a str, name: &str) -> &'a str {
    let found = text.lines().find_map(|line| line.strip_prefix(name));
    found.unwrap_or_else(|| panic!("no {name:?} in {text:?}"))
}

#[test]
fn keygen_writes_a_key_for_its_owner_alone() {
    let sandbox = Sandbox::empty();
    let run = sandbox.run(["keygen", "--out", "studio.key"]).succeeds();
    let text = sandbox.text("studio.key");
    assert_eq!(text.lines().next(), Some("watermark-key 1"));
    assert_eq!(line(&text, "role: "), "master");
    let (id, secret) = (line(&text, "id: "), line(&text, "secret: "));
    assert_eq!((id.len(), secret.len()), (16, 64));
    assert!(run.out.contains(id) && !run.out.contains(secret), "{}", run.out);
    #[cfg(unix)]
    assert_eq!(sandbox.mode("studio.key"), 0o600);
    assert_eq!(sandbox.contents().len(), 1, "no temporary file is left");
}

#[test]
fn two_keys_differ() {
    let sandbox = Sandbox::with_key();
    sandbox.run(["keygen", "--out", "other.key"]).succeeds();
    let (one, other) = (sandbox.text("studio.key"), sandbox.text("other.key"));
    assert_ne!(line(&one, "secret: "), line(&other, "secret: "));
    assert_ne!(line(&one, "id: "), line(&other, "id: "));
}

#[test]
fn an_existing_key_is_never_overwritten() {
    let sandbox = Sandbox::with_key();
    sandbox.fails(2, ["keygen", "--out", "studio.key"], &["studio.key", "never overwritten"]);
    let derive = ["key", "derive", "studio.key", "--title", "T", "--out", "studio.key"];
    sandbox.fails(2, derive, &["studio.key", "never overwritten"]);
}

#[test]
fn title_keys_follow_from_master_and_title() {
    let sandbox = Sandbox::with_key();
    for (title, out) in [("One", "a.key"), ("One", "b.key"), ("Two", "c.key")] {
        sandbox.run(["key", "derive", "studio.key", "--title", title, "--out", out]).succeeds();
    }
    assert_eq!(sandbox.text("a.key"), sandbox.text("b.key"));
    assert_ne!(sandbox.text("a.key"), sandbox.text("c.key"));
    assert_eq!(line(&sandbox.text("a.key"), "role: "), "title");
    #[cfg(unix)]
    assert_eq!(sandbox.mode("a.key"), 0o600);
}

#[test]
fn a_detect_only_key_has_the_title_s_id_and_another_secret() {
    let sandbox = Sandbox::with_key();
    sandbox.run(["key", "derive", "studio.key", "--title", "One", "--out", "full.key"]).succeeds();
    let run = ["key", "derive", "studio.key", "--title", "One", "--out", "reader.key", "--detect-only"];
    assert!(sandbox.run(run).succeeds().out.contains("detect-only"));
    let (full, reader) = (sandbox.text("full.key"), sandbox.text("reader.key"));
    assert_eq!(line(&reader, "role: "), "detect-only");
    assert_eq!(line(&full, "id: "), line(&reader, "id: "));
    assert_ne!(line(&full, "secret: "), line(&reader, "secret: "));
}

#[test]
fn show_says_everything_but_the_secret() {
    let sandbox = Sandbox::with_key();
    let run = sandbox.run(["key", "show", "studio.key"]).succeeds();
    let text = sandbox.text("studio.key");
    assert!(run.out.contains("master") && run.out.contains(line(&text, "id: ")), "{}", run.out);
    assert!(!run.out.contains(line(&text, "secret: ")));
}

#[test]
fn a_sealed_key_opens_with_its_passphrase_only() {
    let sandbox = Sandbox::empty();
    sandbox.write("pass", "open sesame\n").write("wrong", "open barley\n").write("empty", "\nmore\n");
    #[cfg(unix)]
    sandbox.set_mode("pass", 0o600).set_mode("wrong", 0o600).set_mode("empty", 0o600);
    let run = sandbox.run(["keygen", "--out", "studio.key", "--passphrase-file", "pass"]).succeeds();
    assert!(run.out.contains("sealed"));
    let text = sandbox.text("studio.key");
    assert!(line(&text, "kdf: ").starts_with("argon2id m="));
    assert_eq!(line(&text, "sealed: ").len(), 96);
    assert!(!text.contains("secret: "));
    let shown = sandbox.run(["key", "show", "studio.key"]).succeeds();
    assert!(shown.out.contains("sealed yes"), "{}", shown.out);

    let derive = |file| ["key", "derive", "studio.key", "--title", "T", "--out", "t.key", "--passphrase-file", file];
    sandbox.fails(2, derive("wrong"), &["studio.key", "passphrase is wrong"]);
    sandbox.fails(2, derive("empty"), &["empty", "first line"]);
    sandbox.run(derive("pass")).succeeds();
    assert_eq!(line(&sandbox.text("t.key"), "secret: ").len(), 64, "only the master is sealed");
}

#[test]
fn a_derived_key_can_be_sealed_as_well() {
    let sandbox = Sandbox::with_key();
    sandbox.write("pass", "another one\n");
    #[cfg(unix)]
    sandbox.set_mode("pass", 0o600);
    let derive = ["key", "derive", "studio.key", "--title", "T", "--out", "t.key", "--new-passphrase-file", "pass"];
    sandbox.run(derive).succeeds();
    assert!(sandbox.text("t.key").contains("sealed: "));
}

#[test]
fn without_a_terminal_a_sealed_key_asks_for_a_file() {
    let sandbox = Sandbox::empty();
    sandbox.write("pass", "open sesame\n");
    #[cfg(unix)]
    sandbox.set_mode("pass", 0o600);
    sandbox.run(["keygen", "--out", "studio.key", "--passphrase-file", "pass"]).succeeds();
    let derive = ["key", "derive", "studio.key", "--title", "T", "--out", "t.key"];
    if let Some(run) = sandbox.run_without_terminal(derive) {
        run.complains(2, &["studio.key", "--passphrase-file"]);
    }
    if let Some(run) = sandbox.run_without_terminal(["keygen", "--out", "new.key", "--passphrase"]) {
        run.complains(2, &["no terminal"]);
    }
    assert_eq!(sandbox.contents().len(), 2, "nothing was written");
}

#[test]
fn each_key_of_a_ring_takes_the_passphrase_that_fits() {
    let sandbox = Sandbox::with_key();
    sandbox.write("in.png", pictures::tiny());
    for (title, pass) in [("One", "pass-1"), ("Two", "pass-2")] {
        sandbox.write(pass, format!("the passphrase of {title}\n"));
        #[cfg(unix)]
        sandbox.set_mode(pass, 0o600);
        let out = format!("{title}.key");
        let derive = ["key", "derive", "studio.key", "--title", title, "--out", &out, "--new-passphrase-file", pass];
        sandbox.run(derive).succeeds();
    }
    let detect = ["detect", "in.png", "--key", "One.key", "--key", "Two.key"];
    let with = |files: &[&str]| {
        let files = files.iter().flat_map(|file| ["--passphrase-file", file]).collect::<Vec<_>>();
        sandbox.run(detect.into_iter().chain(files))
    };
    assert_eq!(with(&["pass-1", "pass-2"]).code, 1);
    assert_eq!(with(&["pass-2", "pass-1"]).code, 1);
    with(&["pass-1"]).complains(2, &["Two.key", "passphrase is wrong"]);
}
