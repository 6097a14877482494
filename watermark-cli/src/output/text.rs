//! Results as sentences that stand up: each says what the figure means, and none says more than it does.
//!
//! The probability is that of such a reading *if the picture is unmarked*. It is not the probability that the picture
//! is unmarked, and nothing here says so.

use std::fmt::Write;
use std::path::Path;

use watermark_core::{Detection, Geometry, Mark, Verdict};

use super::json::{ClipReport, EmbedReport};
use crate::batch::Summary;
use crate::files::named;

/// What `detect` says of one file.
pub(crate) fn detection(file: &Path, detection: &Detection) -> String {
    let (file, strongest) = (printable(&file.display().to_string()), detection.strongest());
    let mut text = match strongest.verdict {
        Verdict::NotFound => format!(
            "{file}: not found\n  No mark of the given keys was found. The picture may carry a mark of another key, or \
             one that was\n  destroyed: this does not show that it was never marked.\n"
        ),
        Verdict::Inconclusive => format!(
            "{file}: inconclusive\n  There is a trace of a mark that is too weak to rely on: an unmarked picture would \
             give such a reading\n  less than once in {}. Look for a larger or less altered copy.\n",
            once_in(strongest.log10_p)
        ),
        Verdict::Found => format!("{file}: found\n"),
    };
    for mark in detection.marks.iter().filter(|mark| mark.verdict != Verdict::NotFound) {
        describe(&mut text, mark);
    }
    text.truncate(text.trim_end().len());
    text
}

fn describe(text: &mut String, mark: &Mark) {
    let found = mark.verdict == Verdict::Found;
    let payload = match (&mark.payload, mark.authentic) {
        (None, _) if found => "not readable; that the mark is there is certain within the figure below".to_owned(),
        (None, _) => "not readable".to_owned(),
        (Some(payload), authentic) => {
            let said = match authentic {
                Some(true) => "authentic: issued with this key",
                Some(false) => "NOT authentic: its tag was not issued with this key",
                None => "authenticity unknown: the key given is for detection only",
            };
            format!("{payload} ({} bits; {said})", payload.class().bits())
        }
    };
    // Writing to a string does not fail.
    let _ = writeln!(text, "  key       {}", mark.key_id);
    let _ = writeln!(text, "  payload   {payload}");
    let _ = writeln!(text, "  evidence  log10 p = {}{}", log10(mark.log10_p), meaning(mark));
    if mark.margin_db.is_finite() {
        let _ = writeln!(text, "  margin    {:.1} dB over what reading needs", mark.margin_db);
    }
    if let Some(geometry) = &mark.geometry {
        let _ = writeln!(text, "  geometry  {}", geometry_words(geometry));
    }
}

/// Text from elsewhere (a registry, a file's name) as it can be printed: a control character, or one that turns the
/// direction of what follows, could make a terminal show something else.
pub(crate) fn printable(text: &str) -> String {
    let steers = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        if steers(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
        out
    })
}

/// A time as it is printed: UTC, to the second.
pub(crate) fn time(unix_ms: i64) -> String {
    match jiff::Timestamp::from_millisecond(unix_ms) {
        Ok(time) => time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        Err(_) => format!("{unix_ms} ms after 1970"),
    }
}

/// A logarithm with one decimal; the sum turns -0 into 0.
pub(crate) fn log10(value: f64) -> String {
    format!("{:.1}", (value * 10.0).round() / 10.0 + 0.0)
}

fn meaning(mark: &Mark) -> String {
    if mark.verdict != Verdict::Found {
        return String::new();
    }
    format!(": an unmarked picture would give such a reading less than once in {}", once_in(mark.log10_p))
}

/// The N of "less than once in N", as a power of ten that is not too large.
fn once_in(log10_p: f64) -> String {
    let exponent = (-log10_p).floor().max(0.0);
    match exponent as u32 {
        0 => "1".to_owned(),
        exponent @ 1..=6 => group(10_u64.pow(exponent)),
        exponent => format!("10^{exponent}"),
    }
}

fn group(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What was done to the picture since it was marked, in a line.
fn geometry_words(geometry: &Geometry) -> String {
    let said = changes(geometry);
    match geometry.scale_certain {
        true => format!("{said}, short side of the whole picture {:.0} px at this scale", geometry.full_short_side_px),
        false => format!("{said}; so weak a reading does not tell the scale"),
    }
}

/// What was done to the picture since it was marked, its scale aside.
pub(crate) fn changes(geometry: &Geometry) -> String {
    let mut words = Vec::new();
    if geometry.mirrored {
        words.push("mirrored".to_owned());
    }
    // Smaller than what the search resolves or an eye would call a change.
    if (geometry.aspect - 1.0).abs() >= 0.005 {
        words.push(format!("width x{:.3}", geometry.aspect));
    }
    if geometry.rotation_deg.abs() >= 0.05 {
        let side = if geometry.rotation_deg > 0.0 { "counter-clockwise" } else { "clockwise" };
        words.push(format!("rotated {:.1} degrees {side}", geometry.rotation_deg.abs()));
    }
    if words.is_empty() {
        words.push("upright".to_owned());
    }
    words.join(", ")
}

/// What `embed` says.
pub(crate) fn embedding(report: &EmbedReport) -> String {
    let output = printable(report.output.as_deref().unwrap_or_default());
    let mut text = format!("{output}: marked copy of {}\n", printable(&report.file));
    let payload = report.payload.as_deref().unwrap_or_default();
    let from = match report.payload_from {
        Some("content") => "; derived from the content",
        _ => "",
    };
    let _ = writeln!(text, "  key       {}", report.key_id.as_deref().unwrap_or_default());
    let _ = writeln!(text, "  payload   {payload} ({} bits{from})", report.bits.unwrap_or_default());
    let psnr = report.psnr_db.map_or_else(|| "infinite".to_owned(), |db| format!("{db:.2} dB"));
    let rest = if report.read_back == Some("file") { ", before the format's own loss" } else { "" };
    let _ = writeln!(text, "  PSNR      {psnr}{rest}");
    if let Some(score) = report.ssimulacra2 {
        let tiles = report.ssimulacra2_tiles.unwrap_or(1);
        let how = if tiles > 1 { format!(" (mean of {tiles} tiles, weighted by area)") } else { String::new() };
        let _ = writeln!(text, "  SSIMULACRA2  {score:.1}{how}");
    }
    if let Some(clip) = &report.clip {
        let ClipReport { frames, shots, codec, frames_looked_at, frames_read, .. } = clip;
        let shots = if *shots == 1 { "1 shot".to_owned() } else { format!("{shots} shots") };
        let _ = writeln!(
            text,
            "  clip      {frames} frames in {shots}, {codec}, {:.0} frames a second",
            clip.frames_per_second
        );
        let _ = writeln!(
            text,
            "  read      {frames_read} of {frames_looked_at} frames of the written file, each by itself"
        );
    }
    let what = match report.read_back {
        Some("file") => "the written file, decoded again",
        _ => "the marked pixels, which are written without loss",
    };
    let margin = report.margin_db.unwrap_or(f64::NAN);
    let _ = write!(text, "  margin    {margin:.1} dB over what reading needs, in {what}");
    if let Some(log10_p) = report.log10_p {
        let _ = write!(text, "\n  evidence  log10 p = {}", log10(log10_p));
    }
    text
}

/// What `embed` says of one file of many.
pub(crate) fn copy(report: &EmbedReport) -> String {
    let output = printable(report.output.as_deref().unwrap_or_default());
    let file = printable(&report.file);
    let payload = match (&report.payload, report.payload_from) {
        (Some(payload), _) => format!(", payload {payload}"),
        (None, Some(_)) => ", payload from the content".to_owned(),
        (None, None) => String::new(),
    };
    match report.status {
        "unchanged" => format!("{output}: unchanged, marked copy of {file} by an earlier run"),
        "planned" => format!("{output}: would be a marked copy of {file}{payload}"),
        _ => {
            let margin = report.margin_db.map_or_else(String::new, |margin| format!(", margin {margin:.1} dB"));
            format!("{output}: marked copy of {file}{payload}{margin}")
        }
    }
}

/// What `embed` says in the end of a run over many files.
pub(crate) fn summary(summary: &Summary, folder: &Path) -> String {
    let folder = named(folder);
    let counts = [
        (summary.planned, "would be marked"),
        (summary.marked, "marked"),
        (summary.unchanged, "unchanged"),
        (summary.refused, "refused"),
        (summary.failed, "failed"),
        (summary.skipped, "skipped (not a picture, or by a rule)"),
        (summary.left, "not begun"),
    ];
    let words = counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{} {word}", group(*count)));
    let words = words.collect::<Vec<_>>().join(", ");
    let mut text = format!("{}: {}", folder.display(), if words.is_empty() { "nothing to do" } else { &words });
    if summary.marked > 0 {
        let (pixels, rate) = (summary.megapixels, summary.megapixels_per_second);
        let (seconds, megabytes) = (summary.elapsed_ms as f64 / 1000.0, summary.bytes as f64 / 1e6);
        let _ = write!(text, "\n  {pixels:.1} MP, {megabytes:.1} MB written in {seconds:.1} s: {rate:.1} MP/s");
    }
    let earlier = &summary.earlier;
    if earlier.temporaries_removed > 0 {
        let _ = write!(text, "\n  {} temporary files of an earlier run were removed", earlier.temporaries_removed);
    }
    if earlier.rows_confirmed + earlier.rows_withdrawn > 0 {
        let (confirmed, withdrawn) = (earlier.rows_confirmed, earlier.rows_withdrawn);
        let _ = write!(
            text,
            "\n  pending rows of an earlier run: {confirmed} confirmed, their files are there; {withdrawn} withdrawn"
        );
    }
    for (sentence, files) in &summary.losses {
        let _ = write!(
            text,
            "\n  {}: {sentence}",
            if *files == 1 { "1 file".to_owned() } else { format!("{} files", group(*files)) }
        );
    }
    if let Some(signal) = summary.interrupted {
        let _ = write!(text, "\n  interrupted ({signal}); go on with --resume");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_spelled_out() {
        assert_eq!(printable("Folge 12 \u{1f600} \u{65e5}"), "Folge 12 \u{1f600} \u{65e5}");
        assert_eq!(printable("a\u{1b}[2Jb\u{202e}c\n"), "a\\u{1b}[2Jb\\u{202e}c\\u{a}");
    }

    #[test]
    fn times_are_of_utc() {
        assert_eq!(time(1_767_225_599_000), "2025-12-31 23:59:59 UTC");
    }

    #[test]
    fn once_in_never_claims_too_much() {
        assert_eq!(once_in(-9.9), "10^9");
        assert_eq!(once_in(-4.0), "10,000");
        assert_eq!(once_in(-6.2), "1,000,000");
        assert_eq!(once_in(0.0), "1");
        assert_eq!(log10(-0.01), "0.0");
        assert_eq!(once_in(f64::NEG_INFINITY), format!("10^{}", u32::MAX));
    }
}
