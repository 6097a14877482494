//! Going on with an earlier run.

use std::fs;

use watermark_media::Format;

use super::{embed, event, events, pictures_in, tree};
use crate::pictures;

#[test]
fn what_is_done_is_not_done_again() {
    for options in [&[][..], &["--registry", "marks.db"]] {
        let sandbox = tree();
        let run = |more: &[&str]| embed(&sandbox, &[options, &["--resume", "--json"], more].concat());
        let first = events(&run(&[]).succeeds()).1;
        assert_eq!((&first["marked"], &first["unchanged"]), (&4.into(), &0.into()));
        let before = sandbox.contents();
        let (again, summary) = events(&run(&[]).succeeds());
        assert_eq!((&summary["marked"], &summary["unchanged"]), (&0.into(), &4.into()));
        let unchanged = event(&again, "in/a.png");
        assert_eq!((&unchanged["status"], &unchanged["output"]), (&"unchanged".into(), &"out/a.png".into()));
        let pictures = |contents: &std::collections::BTreeMap<_, Vec<u8>>| {
            let mut contents = contents.clone();
            contents.retain(|path: &std::path::PathBuf, _| !path.to_string_lossy().contains("marks.db"));
            contents
        };
        assert!(pictures(&before) == pictures(&sandbox.contents()));

        // Removed copies and new inputs are made, nothing else.
        fs::remove_file(sandbox.path("out/b/d.jpg")).unwrap();
        sandbox.write("in/new.png", pictures::scene(8, Format::Png));
        let untouched = pictures(&sandbox.contents());
        let (planned, summary) = events(&run(&["--dry-run"]).succeeds());
        assert_eq!((&summary["planned"], &summary["unchanged"], &summary["marked"]), (&2.into(), &3.into(), &0.into()));
        assert_eq!(event(&planned, "in/new.png")["status"], "planned");
        assert!(untouched == pictures(&sandbox.contents()), "a dry run writes nothing");
        let summary = events(&run(&[]).succeeds()).1;
        assert_eq!((&summary["marked"], &summary["unchanged"]), (&2.into(), &3.into()));
        let old: Vec<_> = pictures(&before).into_iter().filter(|(path, _)| path.ends_with("out/b/d.jpg")).collect();
        assert!(old[0].1 == sandbox.read("out/b/d.jpg"), "the same input gives the same copy");
    }
}

#[test]
fn another_state_of_the_input_is_not_the_same() {
    for options in [&[][..], &["--registry", "marks.db"]] {
        let sandbox = tree();
        let run = |more: &[&str]| embed(&sandbox, &[options, &["--resume", "--json"], more].concat());
        let payload = |events: &[serde_json::Value]| event(events, "in/a.png")["payload"].clone();
        let first = payload(&events(&run(&[]).succeeds()).0);
        sandbox.write("in/a.png", pictures::scene(9, Format::Png));
        let refused = run(&[]);
        assert_eq!(refused.code, 2);
        assert!(refused.err.contains("out/a.png: was made of another state of in/a.png"), "{}", refused.err);
        let (again, summary) = events(&run(&["--force"]).succeeds());
        assert_eq!((&summary["marked"], &summary["unchanged"]), (&1.into(), &3.into()));
        assert_ne!(payload(&again), first, "a new id");
        // Other options are another copy, too.
        let other = run(&["--profile", "robust"]);
        assert_eq!((other.code, &events(&other).1["failed"]), (2, &4.into()));
    }
}

#[test]
fn another_quality_is_another_copy() {
    for options in [&[][..], &["--registry", "marks.db"]] {
        let sandbox = tree();
        let run = |more: &[&str]| embed(&sandbox, &[options, &["--resume", "--json"], more].concat());
        run(&["--jpeg-quality", "90"]).succeeds();
        let unchanged = |run: &crate::sandbox::Run| events(run).1["unchanged"].clone();
        assert_eq!(unchanged(&run(&["--jpeg-quality", "90"]).succeeds()), 4);
        // The tree has one JPEG and one WebP; of the others nothing changes.
        for other in [&["--jpeg-quality", "80"][..], &[]] {
            let run = run(other);
            assert_eq!((run.code, unchanged(&run)), (2, 3.into()), "{}", run.err);
            assert!(
                run.err.contains("out/b/d.jpg: was made of another state of in/b/d.jpg or with other"),
                "{}",
                run.err
            );
        }
        let webp = run(&["--jpeg-quality", "90", "--webp-quality", "60"]);
        assert_eq!((webp.code, unchanged(&webp)), (2, 3.into()), "{}", webp.err);
        assert!(webp.err.contains("out/b/f.webp: was made of"), "{}", webp.err);
        let before = sandbox.read("out/b/d.jpg");
        let forced = events(&run(&["--jpeg-quality", "80", "--force"]).succeeds()).1;
        assert_eq!((&forced["marked"], &forced["unchanged"]), (&1.into(), &3.into()));
        assert!(sandbox.read("out/b/d.jpg").len() < before.len());
    }
}

#[test]
fn recipients_are_gone_on_with_as_well() {
    let sandbox = tree();
    sandbox.write("people.csv", "recipient\nAlice\nBob\n");
    let run =
        |options: &[&str]| embed(&sandbox, &[&["--resume", "--json", "--recipients", "people.csv"], options].concat());
    run(&[]).succeeds();
    let whole = sandbox.read("out/Bob/a.png");
    fs::remove_file(sandbox.path("out/Bob/a.png")).unwrap();
    sandbox.write("people.csv", "recipient\nAlice\nBob\nCarol\n");
    let summary = events(&run(&[]).succeeds()).1;
    assert_eq!((&summary["marked"], &summary["unchanged"]), (&5.into(), &7.into()));
    assert!(whole == sandbox.read("out/Bob/a.png"));
}

#[test]
fn a_torn_journal_and_leftovers_are_cleared_up() {
    let sandbox = tree();
    embed(&sandbox, &[]).succeeds();
    let journal = "out/.watermark-journal.jsonl";
    let lines = sandbox.read(journal);
    sandbox.write(journal, &lines[..lines.len() - 20]);
    sandbox.write("out/b/.watermark-AbC123.tmp", "half").write("out/b/.watermark-mine.tmp", "not of the pattern");
    let run = embed(&sandbox, &["--resume", "--json"]);
    let summary = events(&run).1;
    // The file whose line was torn is not known to be ours: it is left alone, and that is said.
    assert_eq!((run.code, &summary["unchanged"], &summary["failed"]), (2, &3.into(), &1.into()));
    assert_eq!(summary["earlier"]["temporaries_removed"], 1);
    assert!(
        !sandbox.path("out/b/.watermark-AbC123.tmp").exists() && sandbox.path("out/b/.watermark-mine.tmp").exists()
    );
    assert_eq!(pictures_in(&sandbox, "out").len(), 4);
}
