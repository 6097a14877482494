//! What kind of thing an input is: a picture, a film, or a numbered sequence of pictures.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};
use watermark_media::Format;
use watermark_video::{Codec, EncodeOptions, Muxer};

use super::names;
use crate::args::EmbedArgs;
use crate::clip;
use crate::sequence::{Pattern, Sequence};
use crate::settings::{self, NamedStrength};

/// Extensions of films that are written; others become Matroska, which takes every stream.
const OTHERS_BECOME: &str = "mkv";

/// A kind of input.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Medium {
    /// One file with one picture, or with several of its own.
    Picture,
    /// A film.
    Clip,
    /// Files that are the frames of a clip.
    Sequence(Sequence),
}

impl Medium {
    /// That of an input.
    pub(crate) fn of(path: &Path) -> Result<Self> {
        Ok(match Sequence::of(path)? {
            Some(sequence) => Self::Sequence(sequence),
            None if clip::is_named_or_begins_like_one(path) => Self::Clip,
            None => Self::Picture,
        })
    }

    /// The copy's path, of an input's below the output directory: its extension follows the format that is asked for, or
    /// what can be written.
    pub(crate) fn named(&self, relative: PathBuf, format: Option<Format>) -> PathBuf {
        match (self, format) {
            (Self::Clip, _) if Muxer::of(&relative).is_none() => relative.with_extension(OTHERS_BECOME),
            (Self::Picture | Self::Sequence(_), Some(format)) => names::with_format(relative, format),
            _ => relative,
        }
    }

    /// The files that are read.
    pub(crate) fn sources(&self, input: &Path) -> Vec<PathBuf> {
        match self {
            Self::Sequence(sequence) => sequence.files(),
            _ => vec![input.to_owned()],
        }
    }

    /// The files that are written for a copy; of a sequence those of the copy's pattern.
    pub(crate) fn targets(&self, copy: &Path) -> Vec<PathBuf> {
        match (self, Pattern::of(copy)) {
            (Self::Sequence(sequence), Some(pattern)) => {
                sequence.numbers().map(|number| pattern.file(number)).collect()
            }
            _ => vec![copy.to_owned()],
        }
    }

    /// How a copy is made, for journal and registry: what was made in another way is another copy.
    pub(crate) fn manner(&self, strength: NamedStrength, args: &EmbedArgs, format: Option<Format>) -> String {
        let Self::Clip = self else { return settings::manner(strength, args.qualities(), format) };
        let asked = [
            args.codec.clone(),
            args.crf.map(|crf| format!("crf {crf}")),
            args.preset.as_ref().map(|preset| format!("preset {preset}")),
        ];
        asked.into_iter().flatten().fold(strength.to_string(), |manner, word| format!("{manner}, {word}"))
    }
}

/// Refuses options that are about films where there is none, and values that none of them takes.
pub(super) fn check_clip_options<'a>(args: &EmbedArgs, mut media: impl Iterator<Item = &'a Medium>) -> Result<()> {
    let given = [("--crf", args.crf.is_some()), ("--codec", args.codec.is_some()), ("--preset", args.preset.is_some())];
    if let Some((name, _)) = given.iter().find(|(_, given)| *given) {
        ensure!(
            media.any(|medium| *medium == Medium::Clip),
            "{name} is about films, and no input is one; leave it out"
        );
    }
    encode_options(args).map(drop)
}

/// Refuses options that are about pictures where one film goes to one file.
pub(super) fn check_one_clip(args: &EmbedArgs) -> Result<()> {
    let name = args.inputs[0].display();
    for (option, given) in
        [("--metrics", args.metrics), ("--format", args.format.is_some()), ("--psnr", args.psnr.is_some())]
    {
        ensure!(!given, "{name}: is a clip, and {option} is for pictures; leave it out (a clip takes --profile)");
    }
    if Muxer::of(&args.out).is_none() {
        bail!("{}: a clip is written as .mp4, .m4v, .mov, .mkv or .webm; give it such a name", args.out.display());
    }
    Ok(())
}

/// Refuses formats in which a sequence would lose something: what a codec takes from each frame anew would flicker.
pub(super) fn check_sequence(medium: &Medium, copy: &Path, format: Option<Format>) -> Result<()> {
    let Medium::Sequence(_) = medium else { return Ok(()) };
    let format = format.map_or_else(|| settings::output_format(copy), Ok)?;
    ensure!(
        matches!(format, Format::Png | Format::Tiff | Format::WebP | Format::Exr),
        "{}: a sequence is written without loss, and {format} is not; pass --format png, tif or webp (exr for floating point), \
         or give a name of such a format",
        copy.display()
    );
    Ok(())
}

/// How films are encoded.
pub(super) fn encode_options(args: &EmbedArgs) -> Result<EncodeOptions> {
    let mut options = EncodeOptions::default();
    if let Some(name) = &args.codec {
        options.codec = Codec::parse(name);
        let names: Vec<&str> = Codec::ALL.iter().map(|codec| codec.name()).collect();
        ensure!(options.codec.is_some(), "--codec {name} is none of {}", names.join(", "));
    }
    (options.crf, options.preset) = (args.crf, args.preset.clone());
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn films_get_an_extension_that_can_be_written() {
        let named = |medium: &Medium, name: &str, format| medium.named(name.into(), format);
        assert_eq!(named(&Medium::Clip, "a/b.avi", None), Path::new("a/b.mkv"));
        assert_eq!(named(&Medium::Clip, "a/b.MOV", Some(Format::Png)), Path::new("a/b.MOV"));
        assert_eq!(named(&Medium::Picture, "b.png", Some(Format::WebP)), Path::new("b.webp"));
        assert_eq!(named(&Medium::Picture, "b", None), Path::new("b"));
    }

    #[test]
    fn a_sequence_is_many_files() {
        let folder = tempfile::tempdir().unwrap();
        for number in [9, 10] {
            std::fs::write(folder.path().join(format!("a.{number:02}.exr")), "").unwrap();
        }
        let input = folder.path().join("a.%02d.exr");
        let medium = Medium::of(&input).unwrap();
        assert_eq!(medium.sources(&input), ["a.09.exr", "a.10.exr"].map(|name| folder.path().join(name)));
        assert_eq!(medium.targets(Path::new("o/b%d.exr")), ["o/b9.exr", "o/b10.exr"].map(PathBuf::from));
        assert_eq!(medium.named("a.%02d.exr".into(), Some(Format::Tiff)), Path::new("a.%02d.tif"));
    }
}
