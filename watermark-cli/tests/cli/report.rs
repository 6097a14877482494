//! What a report says besides the reading: of keys, of files that cannot be read, and of the registry's state.

use watermark_media::Format;

use crate::pictures;
use crate::sandbox::Sandbox;

const PAYLOAD: &str = "00c0ffee00c0ffee";

/// The page that `report` writes in a language.
fn page(sandbox: &Sandbox, code: i32, lang: &str, arguments: &[&str]) -> String {
    let out = format!("{lang}.html");
    let whole =
        ["report"].into_iter().chain(arguments.iter().copied()).chain(["--out", &out, "--lang", lang, "--force"]);
    let run = sandbox.run(whole);
    assert_eq!(run.code, code, "{}{}", run.out, run.err);
    sandbox.text(&out)
}

#[track_caller]
fn holds(page: &str, parts: &[&str]) {
    for part in parts {
        assert!(page.contains(part), "{part:?} is not in the page");
    }
}

#[test]
fn the_page_says_that_a_key_is_revoked_as_detect_does() {
    let sandbox = Sandbox::with_key();
    sandbox.run(["keygen", "--out", "old.key"]).succeeds();
    sandbox.write(
        "ring.toml",
        "[[key]]\nfile = \"old.key\"\ntitle = \"Folge 12\"\nstatus = \"revoked\"\nrevoked = 2026-01-31\n\
         note = \"laptop <lost>\"\n[[key]]\nfile = \"studio.key\"\nstatus = \"retired\"\n",
    );
    sandbox.write("a.png", pictures::scene(5, Format::Png));
    for (key, out) in [("old.key", "old.png"), ("studio.key", "new.png")] {
        sandbox.run(["embed", "a.png", "--payload", PAYLOAD, "--out", out, "--key", key]).succeeds();
    }
    let said = sandbox.run(["detect", "old.png", "--key-ring", "ring.toml"]).succeeds().out;
    let caution = said.lines().find_map(|line| line.trim().strip_prefix("caution")).unwrap().trim();
    let old = ["old.png", "--key-ring", "ring.toml"];
    let english = page(&sandbox, 0, "en", &old);
    holds(&english, &[caution, "REVOKED on 2026-01-31", "Title: Folge 12", "laptop &lt;lost&gt;", "Status: retired"]);
    assert!(english.find(caution) < english.find("How often an unmarked picture"), "the caution is near the verdict");
    holds(
        &page(&sandbox, 0, "ja", &old),
        &["2026-01-31 に失効", "作品：Folge 12", "注記：laptop &lt;lost&gt;", "使用終了"],
    );
    // The mark of a key that is not revoked needs no caution, and one that no ring names has nothing to say.
    let retired = page(&sandbox, 0, "en", &["new.png", "--key-ring", "ring.toml"]);
    assert!(!retired.contains("Caution about key") && retired.contains("The key of this mark is retired"));
    assert!(!page(&sandbox, 0, "en", &["old.png", "--key", "old.key"]).contains("Status:"));
    let secret = sandbox.text("old.key");
    let secret = secret.lines().find_map(|line| line.strip_prefix("secret: ")).unwrap();
    assert!(secret.len() == 64 && !english.contains(secret));
}

#[test]
fn files_that_give_no_picture_are_measured() {
    // printf hello | sha256sum
    const HELLO: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    let sandbox = Sandbox::with_key();
    sandbox.write("s.png", "hello");
    let broken = page(&sandbox, 2, "en", &["s.png", "--key", "studio.key"]);
    holds(&broken, &["5 bytes", HELLO]);
    holds(&page(&sandbox, 2, "ja", &["s.png", "--key", "studio.key"]), &["5 バイト", HELLO]);
    let run = sandbox.run_shell("printf hello | \"$0\" report - --key studio.key --out pipe.html");
    assert_eq!(run.code, 2, "{}", run.err);
    holds(&sandbox.text("pipe.html"), &["5 bytes", HELLO]);
    let missing = page(&sandbox, 2, "en", &["none.png", "--key", "studio.key"]);
    assert!(missing.contains("the file could not be read") && !missing.contains("0 bytes"));
}

#[test]
fn the_page_names_every_file_of_an_id_and_the_state_of_the_registry() {
    let sandbox = Sandbox::with_key();
    sandbox.write("a.png", pictures::scene(5, Format::Png));
    for (out, label) in [("first.png", "poster"), ("second.png", "banner")] {
        let embed = ["embed", "a.png", "--out", out, "--key", "studio.key", "--registry", "r.db", "--label", label];
        // Other bytes, other files: the second is stronger.
        let profile = if label == "banner" { "robust" } else { "standard" };
        sandbox.run(embed.into_iter().chain(["--payload", PAYLOAD, "--profile", profile])).succeeds();
    }
    let check = sandbox.run(["registry", "check", "--registry", "r.db", "--json"]).succeeds().json();
    let head = check[0]["head"].as_str().unwrap();
    let arguments = ["second.png", "--key", "studio.key", "--registry", "r.db"];
    let english = page(&sandbox, 0, "en", &arguments);
    let version = format!("watermark {}", env!("CARGO_PKG_VERSION"));
    holds(&english, &["2 registered files", "first.png", "second.png", "poster", "banner", "marked file of row 2"]);
    holds(&english, &["Marked with", &version, head, "2 rows, up to the head", &format!("--noted {head}")]);
    holds(
        &page(&sandbox, 0, "ja", &arguments),
        &["登録ファイルは 2 件", "first.png", "透かしを入れたプログラム", head],
    );
    // What the page says to type holds.
    sandbox.run(["registry", "check", "--registry", "r.db", "--noted", head]).succeeds();
}
