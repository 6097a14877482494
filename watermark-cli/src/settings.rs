//! What the arguments mean, in the core's words; contradictions are found here, before any work is done.

use std::path::Path;

use anyhow::{Result, anyhow, bail, ensure};
use watermark_core::{DetectOptions, Effort, EmbedOptions, Payload, PayloadClass, Profile, Strength};
use watermark_media::Format;

use crate::args::{EffortName, EmbedArgs, ProfileName};

/// Range of an explicit strength, dB.
const PSNR_DB: std::ops::RangeInclusive<f64> = 30.0..=60.0;

/// Where the payload comes from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PayloadSource {
    /// It was typed.
    Given(Payload),
    /// It is derived from the content.
    Content(PayloadClass),
}

/// The payload that is asked for.
pub(crate) fn payload_source(args: &EmbedArgs) -> Result<PayloadSource> {
    let class = args.bits.as_deref().map(class_of).transpose()?;
    let Some(text) = &args.payload else {
        return Ok(PayloadSource::Content(class.unwrap_or_default()));
    };
    let payload = parse_payload(text)?;
    let bits = payload.class().bits();
    match class {
        Some(class) if class != payload.class() => bail!(
            "--payload has {} hexadecimal digits, which is {bits} bits, but --bits asks for {} bits ({} digits); \
             change one of them",
            text.len(),
            class.bits(),
            class.bits() / 4
        ),
        _ => Ok(PayloadSource::Given(payload)),
    }
}

/// Lengths are named in digits, because digits are what was typed.
fn parse_payload(text: &str) -> Result<Payload> {
    ensure!(
        text.bytes().all(|b| b.is_ascii_hexdigit()),
        "--payload {text:?} is not made of hexadecimal digits (0-9, a-f) alone"
    );
    ensure!(
        PayloadClass::ALL.iter().any(|class| class.bits() / 4 == text.len()),
        "--payload has {} hexadecimal digits; it must have 8, 16 or 32 (32, 64 or 128 bits)",
        text.len()
    );
    text.parse().map_err(|error: watermark_core::Error| anyhow!("--payload {text:?}: {error}"))
}

fn class_of(bits: &str) -> Result<PayloadClass> {
    let class = PayloadClass::ALL.into_iter().find(|class| class.bits().to_string() == bits);
    class.ok_or_else(|| anyhow!("--bits {bits} is none of 32, 64, 128"))
}

/// Strength and limits for embedding.
pub(crate) fn embed_options(args: &EmbedArgs) -> Result<EmbedOptions> {
    let mut options = EmbedOptions::default();
    if let Some(psnr_db) = args.psnr {
        ensure!(PSNR_DB.contains(&psnr_db), "--psnr {psnr_db} is outside the range of 30 to 60 dB");
        options.strength = Strength::PsnrDb(psnr_db);
    }
    if let Some(name) = args.profile {
        options.strength = Strength::Profile(match name {
            ProfileName::Subtle => Profile::Subtle,
            ProfileName::Standard => Profile::Standard,
            ProfileName::Robust => Profile::Robust,
        });
    }
    Ok(options)
}

/// Effort and limits for detection.
pub(crate) fn detect_options(effort: EffortName) -> DetectOptions {
    let mut options = DetectOptions::default();
    options.effort = match effort {
        EffortName::Fast => Effort::Fast,
        EffortName::Normal => Effort::Normal,
        EffortName::Thorough => Effort::Thorough,
    };
    options
}

/// The format that a file name asks for.
pub(crate) fn output_format(path: &Path) -> Result<Format> {
    let name = path.display();
    let works = "it can be .png, .jpg, .jpeg, .webp, .gif, .tif or .tiff";
    let Some(extension) = path.extension() else {
        bail!("{name}: has no extension, which gives the format to write; {works}");
    };
    let extension = extension.to_string_lossy();
    Format::from_extension(&extension)
        .ok_or_else(|| anyhow!("{name}: .{extension} is no format that can be written; {works}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_gives_the_format() {
        assert_eq!(output_format(Path::new("a/b.JPeG")).unwrap(), Format::Jpeg);
        for path in ["a", "a.bmp", ".png", "a."] {
            let error = output_format(Path::new(path)).unwrap_err().to_string();
            assert!(error.starts_with(path) && error.contains(".tiff"), "{error}");
        }
    }

    #[test]
    fn effort_is_as_typed() {
        let pairs = [
            (EffortName::Fast, Effort::Fast),
            (EffortName::Normal, Effort::Normal),
            (EffortName::Thorough, Effort::Thorough),
        ];
        for (name, effort) in pairs {
            assert_eq!(detect_options(name).effort, effort);
        }
        assert_eq!(DetectOptions::default().effort, Effort::Normal);
    }

    #[test]
    fn every_accepted_extension_is_named() {
        let error = output_format(Path::new("a")).unwrap_err().to_string();
        for format in Format::ALL {
            assert!(error.contains(&format!(".{}", format.extension())), "{format}");
        }
    }
}
