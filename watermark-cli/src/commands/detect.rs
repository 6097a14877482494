//! `detect`: looks for the marks of a key ring in several files. Trouble with one file does not stop the others.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use watermark_core::{Detection, Detector, Key, Verdict};
use watermark_formats::ring;
use watermark_media::DecodeLimits;

use crate::args::DetectArgs;
use crate::files::{self, MAX_PICTURE_BYTES};
use crate::output::json;
use crate::{exit, fault, key_file, output, settings};

/// Looks at every input and sums up in the exit code.
pub(crate) fn run(args: &DetectArgs) -> Result<u8> {
    let detector = match detector(args) {
        Ok(detector) => detector,
        // Each input gives one object, whatever went wrong.
        Err(error) => {
            let answer = Err(error);
            for input in args.inputs.iter().filter(|_| args.json) {
                output::say(&json::line(&json::detection(input, &answer, 0))?)?;
            }
            return answer.map(|_: Detection| exit::TROUBLE);
        }
    };
    let (mut missing, mut trouble) = (false, false);
    for input in &args.inputs {
        let start = Instant::now();
        let answer = fault::guard(input, || detect(&detector, input));
        let elapsed_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        match &answer {
            Ok(detection) => missing |= detection.verdict() != Verdict::Found,
            Err(error) => {
                trouble = true;
                output::complain(error);
            }
        }
        if args.json {
            output::say(&json::line(&json::detection(input, &answer, elapsed_ms))?)?;
        } else if let Ok(detection) = &answer {
            output::say(&output::text::detection(input, detection))?;
        }
    }
    Ok(match (trouble, missing) {
        (true, _) => exit::TROUBLE,
        (false, true) => exit::NOT_FOUND,
        (false, false) => exit::DONE,
    })
}

fn detector(args: &DetectArgs) -> Result<Detector> {
    let keys: Vec<Key> = args.keys.iter().map(|path| key_file::read(path, &args.access)).collect::<Result<_>>()?;
    Detector::new(&ring(keys), settings::detect_options(args.effort))
        .context("the keys given with --key cannot be used together")
}

fn detect(detector: &Detector, input: &Path) -> Result<Detection> {
    let name = || input.display().to_string();
    let bytes = files::read(input, MAX_PICTURE_BYTES)?;
    let picture = watermark_media::decode(&bytes, &DecodeLimits::default()).with_context(name)?;
    drop(bytes);
    detector.detect(&picture.view()).with_context(name)
}
