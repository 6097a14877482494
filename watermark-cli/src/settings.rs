//! What the arguments mean, in the core's words; contradictions are found here, before any work is done.

use std::path::Path;

use anyhow::{Result, anyhow, bail, ensure};
use watermark_core::{DetectOptions, Effort, EmbedOptions, Payload, PayloadClass, Profile, Strength};
use watermark_media::{EncodeOptions, Format};

use crate::args::{EffortName, EmbedArgs, ProfileName};

/// Range of an explicit strength, dB.
const PSNR_DB: std::ops::RangeInclusive<f64> = 30.0..=60.0;

/// Longest side, pixels: what the decoders give out.
const MAX_SIDE: usize = 65_535;

/// Where the payload comes from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PayloadSource {
    /// It was typed.
    Given(Payload),
    /// It is derived from the content.
    Content(PayloadClass),
}

impl PayloadSource {
    /// How many bits it gives.
    pub(crate) fn class(&self) -> PayloadClass {
        match self {
            Self::Given(payload) => payload.class(),
            Self::Content(class) => *class,
        }
    }
}

/// Files in work at the same time: as many as were asked for, or as there are processors.
pub(crate) fn jobs(asked: Option<u16>) -> usize {
    asked.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from)
}

/// The payload that is asked for.
pub(crate) fn payload_source(args: &EmbedArgs) -> Result<PayloadSource> {
    let class = args.bits.as_deref().map(class_of).transpose()?;
    match &args.payload {
        None => Ok(PayloadSource::Content(class.unwrap_or_default())),
        Some(text) => Ok(PayloadSource::Given(payload_of_class(text, class)?)),
    }
}

/// A payload of a list, whose messages the caller completes with the place.
pub(crate) fn listed_payload(text: &str, args: &EmbedArgs) -> Result<Payload> {
    payload_of_class(text, args.bits.as_deref().map(class_of).transpose()?)
        .map_err(|error| anyhow!("{}", format!("{error:#}").replacen("--payload", "payload", 1)))
}

fn payload_of_class(text: &str, class: Option<PayloadClass>) -> Result<Payload> {
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
        _ => Ok(payload),
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

/// How strong a mark is to be, with a name for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NamedStrength(Strength);

impl NamedStrength {
    /// Strength and limits for embedding.
    pub(crate) fn options(self) -> EmbedOptions {
        let mut options = EmbedOptions::default();
        options.strength = self.0;
        // Panoramas and long strips; what is decoded is bounded by its pixels.
        options.limits.max_side = MAX_SIDE;
        options
    }
}

impl std::fmt::Display for NamedStrength {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Strength::Profile(Profile::Subtle) => f.write_str("subtle"),
            Strength::Profile(Profile::Robust) => f.write_str("robust"),
            Strength::PsnrDb(psnr_db) => write!(f, "psnr {psnr_db}"),
            _ => f.write_str("standard"),
        }
    }
}

/// Qualities of lossy formats, where they were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Qualities {
    /// Of JPEGs, 1 to 100.
    pub(crate) jpeg: Option<u8>,
    /// Of WebPs, 0 to 100.
    pub(crate) webp: Option<u8>,
    /// Of AVIFs, 1 to 100.
    #[cfg(feature = "avif")]
    pub(crate) avif: Option<u8>,
}

/// Quality where that of the source would lose the mark.
const FINE_QUALITY: u8 = 95;

impl Qualities {
    /// That of a format.
    pub(crate) fn of(self, format: Format) -> Option<u8> {
        match format {
            Format::Jpeg => self.jpeg,
            Format::WebP => self.webp,
            #[cfg(feature = "avif")]
            Format::Avif => self.avif,
            _ => None,
        }
    }

    /// With a fine one for a format, and which that is; nothing for a format that has no qualities.
    pub(crate) fn finer(mut self, format: Format) -> Option<(Self, u8)> {
        let quality = match format {
            Format::Jpeg => &mut self.jpeg,
            Format::WebP => &mut self.webp,
            #[cfg(feature = "avif")]
            Format::Avif => &mut self.avif,
            _ => return None,
        };
        *quality = Some(FINE_QUALITY);
        Some((self, FINE_QUALITY))
    }

    /// For the encoders.
    pub(crate) fn options(self) -> EncodeOptions {
        let mut options = EncodeOptions::default();
        (options.jpeg_quality, options.webp_quality) = (self.jpeg, self.webp);
        #[cfg(feature = "avif")]
        {
            options.avif_quality = self.avif;
        }
        options
    }
}

/// How a copy was made, for journal and registry: the name of its strength, and the quality that was asked for its
/// format. What was made in another way is another copy.
pub(crate) fn manner(strength: NamedStrength, qualities: Qualities, format: Option<Format>) -> String {
    match format.and_then(|format| Some((format, qualities.of(format)?))) {
        Some((format, quality)) => format!("{strength}, {format} quality {quality}"),
        None => strength.to_string(),
    }
}

/// The strength that is asked for.
pub(crate) fn strength(args: &EmbedArgs) -> Result<NamedStrength> {
    if let Some(psnr_db) = args.psnr {
        ensure!(PSNR_DB.contains(&psnr_db), "--psnr {psnr_db} is outside the range of 30 to 60 dB");
        return Ok(NamedStrength(Strength::PsnrDb(psnr_db)));
    }
    Ok(profile(args.profile.unwrap_or(ProfileName::Standard)))
}

/// A strength by the name of its profile.
pub(crate) fn profile(name: ProfileName) -> NamedStrength {
    NamedStrength(Strength::Profile(match name {
        ProfileName::Subtle => Profile::Subtle,
        ProfileName::Standard => Profile::Standard,
        ProfileName::Robust => Profile::Robust,
    }))
}

/// The format of `--format`.
pub(crate) fn wanted_format(args: &EmbedArgs) -> Result<Option<Format>> {
    let Some(name) = &args.format else { return Ok(None) };
    let format = Format::from_extension(name);
    format.map(Some).ok_or_else(|| anyhow!("--format {name} is no format that can be written; {}", works()))
}

/// A number of bytes: digits with an optional k, M, G or T, which are powers of 1024.
pub(crate) fn bytes(text: &str) -> Result<u64> {
    let text = text.trim();
    let upper = text.to_ascii_uppercase();
    let bare = upper.strip_suffix("IB").or(upper.strip_suffix('B')).unwrap_or(&upper);
    let (digits, power) = match bare.char_indices().last() {
        Some((at, unit)) if !unit.is_ascii_digit() => (&bare[..at], "KMGT".find(unit).map(|power| power as u32 + 1)),
        _ => (bare, Some(0)),
    };
    let number = digits.trim().parse::<u64>().ok();
    let bytes = number.zip(power).and_then(|(number, power)| number.checked_mul(1024_u64.checked_pow(power)?));
    bytes.filter(|&bytes| bytes > 0).ok_or_else(|| {
        anyhow!("{text:?} is no amount of memory; give a whole number above 0 with k, M, G or T, such as 500M or 2G")
    })
}

/// Effort and limits for detection.
pub(crate) fn detect_options(effort: EffortName) -> DetectOptions {
    let mut options = DetectOptions::default();
    options.limits.max_side = MAX_SIDE;
    options.effort = match effort {
        EffortName::Fast => Effort::Fast,
        EffortName::Normal => Effort::Normal,
        EffortName::Thorough => Effort::Thorough,
    };
    options
}

/// What the rules of the configuration say of an input, by its path below the directory that was typed: whether it is left
/// alone, and how strong its mark is where nothing was typed.
pub(crate) fn ruled(args: &EmbedArgs, path: &Path, otherwise: NamedStrength) -> (bool, NamedStrength) {
    let rule = args.batch.rules.of(path);
    let typed = args.psnr.is_some() || args.profile_was_typed;
    (rule.skip, rule.profile.filter(|_| !typed).map_or(otherwise, profile))
}

/// The format that a file name asks for.
pub(crate) fn output_format(path: &Path) -> Result<Format> {
    let name = path.display();
    let Some(extension) = path.extension() else {
        bail!("{name}: has no extension, which gives the format to write; {}", works());
    };
    let extension = extension.to_string_lossy();
    Format::from_extension(&extension)
        .ok_or_else(|| anyhow!("{name}: .{extension} is no format that can be written; {}", works()))
}

/// The extensions that work.
fn works() -> String {
    let extensions: Vec<_> = Format::ALL.iter().map(|format| format!(".{}", format.extension())).collect();
    format!("it can be {}, .jpeg or .tiff", extensions.join(", "))
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
    fn amounts_of_memory() {
        for (text, amount) in
            [("1", 1), ("500M", 500 << 20), ("2G", 2 << 30), (" 3 k", 3 << 10), ("1TiB", 1 << 40), ("7GB", 7 << 30)]
        {
            assert_eq!(bytes(text).unwrap(), amount, "{text}");
        }
        for text in ["", "0", "G", "-1", "1.5G", "2X", "99999999999T", "é", "1é"] {
            assert!(bytes(text).unwrap_err().to_string().contains("500M"), "{text}");
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
