//! Answers as comma-separated values (RFC 4180): names and their order are promised, new ones come at the end.

use super::detection::Answer;

const NAMES: [&str; 26] = [
    "file",
    "verdict",
    "payload",
    "bits",
    "authentic",
    "log10_p",
    "key_id",
    "margin_db",
    "rotation_deg",
    "aspect",
    "mirrored",
    "full_short_side_px",
    "picture",
    "pictures",
    "sha256",
    "row",
    "title",
    "label",
    "recipient",
    "recorded",
    "fit",
    "share",
    "error",
    "duration_s",
    "ranges",
    "row_fault",
];

/// The line of names.
pub(crate) fn head() -> String {
    NAMES.join(",")
}

/// The row of an answer.
pub(crate) fn row(answer: &Answer) -> String {
    let mark = &answer.report.strongest;
    let geometry = mark.geometry.as_ref();
    let asset = answer.asset.as_ref();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let figure = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let values: [String; NAMES.len()] = [
        answer.report.file.clone(),
        mark.verdict.unwrap_or_default().to_owned(),
        text(&mark.payload),
        mark.bits.map(|bits| bits.to_string()).unwrap_or_default(),
        mark.authentic.map(|authentic| authentic.to_string()).unwrap_or_default(),
        figure(mark.log10_p),
        text(&mark.key_id),
        figure(mark.margin_db),
        figure(geometry.and_then(|geometry| geometry.rotation_deg)),
        figure(geometry.and_then(|geometry| geometry.aspect)),
        geometry.map(|geometry| geometry.mirrored.to_string()).unwrap_or_default(),
        figure(geometry.filter(|geometry| geometry.scale_certain).and_then(|geometry| geometry.full_short_side_px)),
        answer.picture.map(|at| at.to_string()).unwrap_or_default(),
        answer.pictures.map(|count| count.to_string()).unwrap_or_default(),
        text(&answer.sha256),
        asset.map(|asset| asset.row.to_string()).unwrap_or_default(),
        asset.map(|asset| text(&asset.title)).unwrap_or_default(),
        asset.map(|asset| text(&asset.label)).unwrap_or_default(),
        asset.map(|asset| text(&asset.recipient)).unwrap_or_default(),
        asset.map(|asset| asset.recorded.clone()).unwrap_or_default(),
        asset.and_then(|asset| asset.fit).unwrap_or_default().to_owned(),
        figure(asset.and_then(|asset| asset.share)),
        text(&answer.report.error),
        figure(answer.clip.as_ref().and_then(|clip| clip.duration_s)),
        answer.clip.as_ref().map(|clip| ranges(&clip.ranges)).unwrap_or_default(),
        asset.and_then(|asset| asset.fault).unwrap_or_default().to_owned(),
    ];
    values.map(|value| quoted(&value)).join(",")
}

/// Stretches of time as one value: `0-4.2 8-9.5`.
fn ranges(ranges: &[[f64; 2]]) -> String {
    ranges.iter().map(|[from, to]| format!("{from}-{to}")).collect::<Vec<_>>().join(" ")
}

/// A value as it stands in a row. Spreadsheets run what begins like a formula; a quote before it keeps them from that.
fn quoted(value: &str) -> String {
    let number = value.parse::<f64>().is_ok();
    let value = match value.starts_with(['=', '+', '-', '@', '\t', '\r']) && !number {
        true => format!("'{value}"),
        false => value.to_owned(),
    };
    match value.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", value.replace('"', "\"\"")),
        false => value,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn values_are_quoted_and_formulas_disarmed() {
        assert_eq!(quoted("a\"b,c"), "\"a\"\"b,c\"");
        assert_eq!(quoted("=1+1"), "'=1+1");
        assert_eq!(quoted("-12.5"), "-12.5");
        assert_eq!(quoted("plain"), "plain");
    }

    #[test]
    fn a_row_has_as_many_values_as_there_are_names() {
        let answer = Answer::failed(Path::new("a.png"), &anyhow::anyhow!("no"), 3);
        assert_eq!(row(&answer).split(',').count(), NAMES.len());
        assert!(row(&answer).starts_with("a.png,") && row(&answer).ends_with(",no,,,"));
    }
}
