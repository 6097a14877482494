//! Another system, run as commands on files.

use super::template::{self, Parser, Template};
use super::{Choice, Marking, Reader, Reading, System};
use crate::random;
use anyhow::Context as _;
use image::RgbImage;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// A system behind a command template. Pictures go to it and come back as PNG files in a folder of its own that is
/// removed in the end. Times include starting the program and its files.
pub(crate) struct External {
    template: Template,
    parser: Parser,
    folder: tempfile::TempDir,
    next_file: AtomicUsize,
    prepared: Mutex<HashSet<String>>,
}

impl External {
    /// From a template file.
    pub(crate) fn read(file: &Path) -> anyhow::Result<Self> {
        let template = template::read(file)?;
        let parser = Parser::new(&template.output)?;
        let folder = tempfile::tempdir().context("making a folder for pictures")?;
        let (next_file, prepared) = (AtomicUsize::new(0), Mutex::new(HashSet::new()));
        Ok(Self { template, parser, folder, next_file, prepared })
    }

    /// A path that nothing else uses.
    fn path(&self, ending: &str) -> PathBuf {
        let number = self.next_file.fetch_add(1, Ordering::Relaxed);
        self.folder.path().join(format!("{number}.{ending}"))
    }

    /// The file of a key, prepared if this is the first time.
    fn key_file(&self, choice: &Choice) -> anyhow::Result<PathBuf> {
        let key = random::secret_digits(choice.seed, &choice.key);
        let file = self.folder.path().join(format!("{}.key", &key[..16]));
        let Some(prepare) = &self.template.prepare else { return Ok(file) };
        let mut prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        if prepared.insert(key.clone()) {
            let path = file.to_string_lossy();
            let output = template::run(prepare, &[("{key_file}", &path), ("{key}", &key)])?;
            let words = String::from_utf8_lossy(&output.stderr);
            anyhow::ensure!(output.status.success(), "{}: preparing a key: {}", self.template.name, words.trim());
        }
        Ok(file)
    }
}

impl System for External {
    fn settings(&self) -> String {
        format!("{} (external)", self.template.name)
    }

    fn payload(&self, choice: &Choice) -> Vec<u8> {
        choice.payload()[..self.template.payload_bytes].to_vec()
    }

    fn embed(&self, picture: &RgbImage, choice: &Choice) -> anyhow::Result<Marking> {
        let (input, output, key_file) = (self.path("png"), self.path("png"), self.key_file(choice)?);
        picture.save(&input).context("writing the picture")?;
        let result = template::run(
            &self.template.embed,
            &[
                ("{input}", &input.to_string_lossy()),
                ("{output}", &output.to_string_lossy()),
                ("{payload_hex}", &template::digits(&self.payload(choice))),
                ("{key_file}", &key_file.to_string_lossy()),
                ("{key}", &random::secret_digits(choice.seed, &choice.key)),
            ],
        )?;
        let words = String::from_utf8_lossy(&result.stderr).trim().to_owned();
        let code = result.status.code();
        let marking = if code.is_some() && code == self.template.refused_exit_code {
            Marking::Refused(words)
        } else {
            anyhow::ensure!(result.status.success(), "{}: marking: {words}", self.template.name);
            let marked = crate::pictures::load(&output)?;
            anyhow::ensure!(marked.dimensions() == picture.dimensions(), "{}: another size", self.template.name);
            Marking::Done { marked, margin_db: None }
        };
        for file in [input, output] {
            // A refused picture has no output.
            let _ = std::fs::remove_file(file);
        }
        Ok(marking)
    }

    fn reader<'a>(&'a self, choice: &Choice) -> anyhow::Result<Box<dyn Reader + 'a>> {
        let key = random::secret_digits(choice.seed, &choice.key);
        Ok(Box::new(ExternalReader { system: self, key_file: self.key_file(choice)?, key }))
    }
}

struct ExternalReader<'a> {
    system: &'a External,
    key_file: PathBuf,
    key: String,
}

impl Reader for ExternalReader<'_> {
    fn read(&self, picture: &RgbImage) -> anyhow::Result<Reading> {
        let (system, input) = (self.system, self.system.path("png"));
        picture.save(&input).context("writing the picture")?;
        let values = [
            ("{input}", &*input.to_string_lossy()),
            ("{key_file}", &*self.key_file.to_string_lossy()),
            ("{key}", self.key.as_str()),
        ];
        let start = std::time::Instant::now();
        let output = template::run(&system.template.detect, &values);
        let elapsed_ms = start.elapsed().as_secs_f64() * 1e3;
        std::fs::remove_file(&input).context("removing the picture")?;
        let output = output?;
        let code = output.status.code();
        let trouble = code.is_none_or(|code| system.template.trouble_exit_codes.contains(&code));
        anyhow::ensure!(!trouble, "{}: {}", system.template.name, String::from_utf8_lossy(&output.stderr).trim());
        let answer = system.parser.answer(code, &String::from_utf8_lossy(&output.stdout));
        Ok(Reading {
            detected: answer.found,
            verdict: if answer.found { "found" } else { "not_found" }.to_owned(),
            payload: answer.payload,
            authentic: answer.authentic,
            log10_p: answer.log10_p,
            elapsed_ms,
            ..Reading::default()
        })
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// A system of two shell scripts: it writes payload and key beside nothing but a copied picture's end.
    fn scripts(folder: &Path) -> PathBuf {
        let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("a folder");
        write("embed.sh", "cp \"$1\" \"$2\" && printf '%s %s' \"$3\" \"$4\" >> \"$2\" && cp \"$2\" \"$5\"\n");
        write("detect.sh", "grep -aq IEND \"$1\" || exit 2\ntail -c 81 \"$2\"\n");
        let system = format!(
            "name = 'scripts'\nprepare = 'touch {{key_file}}'\n\
             embed = 'sh {0}/embed.sh {{input}} {{output}} {{payload_hex}} {{key}} {{key_file}}'\n\
             detect = 'sh {0}/detect.sh {{input}} {{key_file}}'\ntrouble_exit_codes = [2]\n\
             [output]\nfound = '[0-9a-f]{{16}} '\npayload = '([0-9a-f]{{16}}) '\n",
            folder.display()
        );
        write("system.toml", &system);
        folder.join("system.toml")
    }

    #[test]
    fn commands_mark_and_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let system = External::read(&scripts(folder.path())).expect("valid");
        let picture = RgbImage::from_fn(40, 30, |x, y| image::Rgb([x as u8, y as u8, 7]));
        let choice = Choice::new(3, "art/a.png 0");
        let Marking::Done { marked, .. } = system.embed(&picture, &choice).expect("the scripts run") else {
            panic!("refused")
        };
        assert_eq!(marked, picture);
        let reading = system.reader(&choice).and_then(|reader| reader.read(&picture)).expect("the scripts run");
        assert!(reading.detected && reading.authentic);
        assert_eq!(reading.payload, Some(system.payload(&choice)));
        let other = Choice::new(3, "art/b.png 0");
        let reading = system.reader(&other).and_then(|reader| reader.read(&picture)).expect("the scripts run");
        assert!(!reading.detected, "nothing was put in with this key");
    }
}
