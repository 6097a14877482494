//! Commands of another system, from a TOML file.

use anyhow::Context as _;
use regex_lite::Regex;
use serde::Deserialize;
use std::path::Path;
use std::process::{Command, Output};

/// The file as it is written; `lab/external-example.toml` explains every field.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Template {
    pub(crate) name: String,
    /// Run once for each key, before anything else with it.
    pub(crate) prepare: Option<String>,
    pub(crate) embed: String,
    pub(crate) detect: String,
    /// Bytes of payload that the system carries.
    #[serde(default = "eight")]
    pub(crate) payload_bytes: usize,
    /// Exit code of `embed` that says: this picture is not marked.
    pub(crate) refused_exit_code: Option<i32>,
    /// Exit codes of `detect` that are no answer but trouble.
    #[serde(default)]
    pub(crate) trouble_exit_codes: Vec<i32>,
    #[serde(default)]
    pub(crate) output: Patterns,
}

/// What to look for in the standard output of `detect`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Patterns {
    /// A mark was found when this matches; without it, when the exit code is 0.
    found: Option<String>,
    /// The first group is the payload in hexadecimal; without it the whole output is.
    payload: Option<String>,
    /// The payload may be believed when this matches; without it, always.
    authentic: Option<String>,
    /// The first group is the decimal logarithm of the chance of a false alarm.
    log10_p: Option<String>,
}

fn eight() -> usize {
    8
}

/// What the output of `detect` says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) found: bool,
    pub(crate) payload: Option<Vec<u8>>,
    pub(crate) authentic: bool,
    pub(crate) log10_p: Option<f64>,
}

/// The patterns, compiled.
#[derive(Debug)]
pub(crate) struct Parser {
    found: Option<Regex>,
    payload: Option<Regex>,
    authentic: Option<Regex>,
    log10_p: Option<Regex>,
}

impl Parser {
    /// Compiles the patterns.
    pub(crate) fn new(patterns: &Patterns) -> anyhow::Result<Self> {
        let compiled = |pattern: &Option<String>| {
            let compile = |text: &String| Regex::new(text).with_context(|| format!("the pattern {text:?}"));
            pattern.as_ref().map(compile).transpose()
        };
        Ok(Self {
            found: compiled(&patterns.found)?,
            payload: compiled(&patterns.payload)?,
            authentic: compiled(&patterns.authentic)?,
            log10_p: compiled(&patterns.log10_p)?,
        })
    }

    /// Reads an exit code and an output.
    pub(crate) fn answer(&self, exit_code: Option<i32>, output: &str) -> Answer {
        let group = |pattern: &Regex| Some(pattern.captures(output)?.get(1)?.as_str().to_owned());
        let digits = self.payload.as_ref().map_or_else(|| Some(output.trim().to_owned()), group);
        Answer {
            found: self.found.as_ref().map_or(exit_code == Some(0), |pattern| pattern.is_match(output)),
            payload: digits.and_then(|digits| bytes(&digits)),
            authentic: self.authentic.as_ref().is_none_or(|pattern| pattern.is_match(output)),
            log10_p: self.log10_p.as_ref().and_then(group).and_then(|number| number.parse().ok()),
        }
    }
}

/// Bytes from hexadecimal digits; `None` for anything else.
fn bytes(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok().filter(|p| p.len() == 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = pairs.map(byte).collect();
    bytes.filter(|bytes| !bytes.is_empty())
}

/// Hexadecimal digits of bytes.
pub(crate) fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Runs a command line: words are separated by spaces (no shell, no quotes), then placeholders are filled in, so that a
/// path with spaces stays one word.
pub(crate) fn run(line: &str, values: &[(&str, &str)]) -> anyhow::Result<Output> {
    let filled = |word: &str| values.iter().fold(word.to_owned(), |word, (name, value)| word.replace(name, value));
    let mut words = line.split_whitespace();
    let program = filled(words.next().context("an empty command")?);
    let command = Command::new(&program).args(words.map(filled)).stdin(std::process::Stdio::null()).output();
    command.with_context(|| format!("running {program}"))
}

/// Reads a template.
pub(crate) fn read(file: &Path) -> anyhow::Result<Template> {
    let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let template: Template = toml::from_str(&text).with_context(|| format!("the system in {}", file.display()))?;
    anyhow::ensure!((1..=8).contains(&template.payload_bytes), "payload_bytes must be from 1 to 8");
    Ok(template)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_from_patterns_or_from_the_exit_code() {
        let patterns: Patterns = toml::from_str(
            "found = 'verdict: yes'\npayload = 'id ([0-9a-f]+)'\nauthentic = 'tag ok'\nlog10_p = 'p (-?[0-9.]+)'",
        )
        .expect("valid");
        let parser = Parser::new(&patterns).expect("valid");
        let answer = parser.answer(Some(1), "verdict: yes, id 00ff10, p -12.5");
        let expected = Answer { found: true, payload: Some(vec![0, 255, 16]), authentic: false, log10_p: Some(-12.5) };
        assert_eq!(answer, expected);
        let plain = Parser::new(&Patterns::default()).expect("nothing to compile");
        assert_eq!(plain.answer(Some(0), "0a0b\n").payload, Some(vec![10, 11]));
        let nothing = plain.answer(Some(1), "no mark");
        assert!(!nothing.found && nothing.payload.is_none());
        let wrong: Patterns = toml::from_str("found = '('").expect("valid");
        assert!(Parser::new(&wrong).is_err());
    }

    #[test]
    fn odd_digits_are_no_payload() {
        assert_eq!((bytes("abc"), bytes(""), bytes("zz")), (None, None, None));
        assert_eq!(bytes(&digits(&[1, 254])), Some(vec![1, 254]));
    }
}
