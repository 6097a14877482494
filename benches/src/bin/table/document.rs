//! The text of docs/measurements.md.

use std::fmt::Write;

use watermark_benches::SIZES;

use crate::estimates::{STAGES, Times};
use crate::memory::Peak;

/// Everything that the document says.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) times: Times,
    pub(crate) memory: Vec<Peak>,
    pub(crate) commit: String,
    pub(crate) machine: String,
    /// Load average before the benches began.
    pub(crate) load_before: Option<String>,
    /// What was passed to the benches.
    pub(crate) bench_options: String,
}

/// The document.
pub(crate) fn of(measured: &Measured) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = head(&mut text, measured);
    let _ = times(&mut text, &measured.times);
    let _ = growth(&mut text, &measured.times);
    let _ = memory(&mut text, &measured.memory);
    let _ = goals(&mut text, measured);
    text
}

fn head(text: &mut String, measured: &Measured) -> std::fmt::Result {
    let command = ["cargo xtask measure", &measured.bench_options].join(" ");
    writeln!(text, "# Speed and memory\n")?;
    writeln!(text, "Written by `{}` at {}; do not edit by hand.\n", command.trim(), measured.commit)?;
    writeln!(text, "Machine: {}.", measured.machine)?;
    if let Some(load) = &measured.load_before {
        writeln!(text, "Load average before the benches began: {load}; above about 0.3 others were at work, and the")?;
        writeln!(text, "times are too long.")?;
    }
    writeln!(
        text,
        "\nThe pictures are generated, 8-bit RGB; decoding and encoding of files are not included. One core:"
    )?;
    writeln!(text, "the core's `parallel` feature is off. Default profile, normal effort, one key.")
}

fn times(text: &mut String, times: &Times) -> std::fmt::Result {
    writeln!(text, "\n## Times\n")?;
    writeln!(
        text,
        "Medians. One FFT is a real transform of 1024x1024 samples in the same run: {:.2} ms.\n",
        times.unit_ms
    )?;
    writeln!(text, "| picture | stage | ms | MP/s | FFTs |")?;
    writeln!(text, "| --- | --- | ---: | ---: | ---: |")?;
    for (size, medians) in SIZES.iter().zip(&times.stages_ms) {
        for ((_, words), &ms) in STAGES.iter().zip(medians) {
            let speed = 1000.0 * size.megapixels() / ms;
            writeln!(text, "| {} | {words} | {ms:.1} | {speed:.1} | {:.1} |", spaced(size.name), ms / times.unit_ms)?;
        }
    }
    Ok(())
}

/// How the time of each stage grows from each size to the next: 1 where it doubles with the pixels.
fn growth(text: &mut String, times: &Times) -> std::fmt::Result {
    let steps: Vec<_> = SIZES.windows(2).zip(times.stages_ms.windows(2)).collect();
    writeln!(text, "\n## Growth\n")?;
    writeln!(
        text,
        "Exponent of the time over the number of pixels, from each size to the next: 1 where twice the pixels take twice\n\
         the time, 0 where they take no longer.\n"
    )?;
    let names: Vec<String> =
        steps.iter().map(|(sizes, _)| format!("{} to {}", spaced(sizes[0].name), spaced(sizes[1].name))).collect();
    writeln!(text, "| stage | {} |", names.join(" | "))?;
    writeln!(text, "| --- |{}", " ---: |".repeat(steps.len()))?;
    for (stage, (_, words)) in STAGES.iter().enumerate() {
        let exponents = steps.iter().map(|(sizes, times)| {
            let (pixels, time) = (sizes[1].megapixels() / sizes[0].megapixels(), times[1][stage] / times[0][stage]);
            format!("{:.2}", time.ln() / pixels.ln())
        });
        writeln!(text, "| {words} | {} |", exponents.collect::<Vec<_>>().join(" | "))?;
    }
    Ok(())
}

fn memory(text: &mut String, peaks: &[Peak]) -> std::fmt::Result {
    writeln!(text, "\n## Working memory\n")?;
    writeln!(
        text,
        "Peak of a process of its own, beyond the decoded picture that it holds; keys and tables are counted.\n"
    )?;
    if peaks.is_empty() {
        return writeln!(text, "Not measured: this system does not tell a process its peak.");
    }
    writeln!(text, "| picture | step | MiB | bytes a pixel |")?;
    writeln!(text, "| --- | --- | ---: | ---: |")?;
    for peak in peaks {
        let mib = peak.bytes as f64 / f64::from(1 << 20);
        writeln!(text, "| {} | {} | {mib:.1} | {:.2} |", spaced(peak.size), peak.step, peak.bytes_per_pixel)?;
    }
    Ok(())
}

fn goals(text: &mut String, measured: &Measured) -> std::fmt::Result {
    let times = &measured.times;
    let camera = SIZES.iter().find(|size| size.name == "12MP").expect("a size of ours");
    let speed = 1000.0 * camera.megapixels() / times.of("12MP", "embed");
    let untouched = times.of("2MP", "detect_untouched");
    let unmarked = times.of("2MP", "detect_unmarked");
    writeln!(text, "\n## Against the goals\n")?;
    writeln!(text, "| goal | measured | met |")?;
    writeln!(text, "| --- | ---: | --- |")?;
    let mut line = |goal: &str, value: String, met: bool| {
        writeln!(text, "| {goal} | {value} | {} |", if met { "yes" } else { "no" })
    };
    line("embed 12 MP: at least 40 MP/s", format!("{speed:.1} MP/s"), speed >= 40.0)?;
    line("detect on untouched geometry, 2 MP: at most 60 ms", format!("{untouched:.1} ms"), untouched <= 60.0)?;
    line("detect on an unmarked picture, 2 MP: at most 600 ms", format!("{unmarked:.1} ms"), unmarked <= 600.0)?;
    for peak in &measured.memory {
        let goal = format!("working memory, {}, {}: at most 6 bytes a pixel", peak.step, spaced(peak.size));
        line(&goal, format!("{:.2}", peak.bytes_per_pixel), peak.bytes_per_pixel <= 6.0)?;
    }
    Ok(())
}

/// `12MP` as it is printed.
fn spaced(size: &str) -> String {
    size.replace("MP", " MP")
}
