//! The document: a row for each source, and below each table every tag that differs.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::Outcome;
use crate::describe::{depth, loops, stored};
use crate::readers::{Facts, Tags};
use crate::sources::GROUPS;

const HEADER: &str = "\
# What a marked file keeps

Generated: `FORMATS_WRITE=1 cargo test -p watermark-tests --test formats` writes this page anew, and the same test in CI
fails where it is not what the program does. Each row is a file that other programs made (ImageMagick, ffmpeg,
libjpeg-turbo, libwebp, libtiff, libaom, OpenEXR, exiftool); `watermark embed` marked it with default options into the same
format. File before and file after were compared by exiftool, ImageMagick, ffmpeg and webpinfo, none of which is
ours. In every row that was marked, `watermark detect` reads the payload from the file, and ImageMagick sees
the same picture: a PSNR of 35 dB or more against the source (GIF: 30 dB), and not infinite.

- `-`: the source has none. `kept: x`: it had `x`, and has it. `x -> y`: it had `x` and has `y` now. `lost`: gone.
- ICC, EXIF and XMP are kept when every tag in them is, and where exiftool gives out the whole block (JPEG, PNG, WebP),
  every byte of it.
- alpha is kept when every sample of the plane is, and every colour where the picture is fully transparent. An animation
  has alpha when something is seen through: a frame that stores only what changed has holes, the picture has none.
- other tags: IPTC, text, comments, density, gamma and whatever else is not in another column. In a TIFF the tags of
  its directories are counted here, those of the EXIF and GPS directories under EXIF.
- The palettes of a GIF are counted by ImageMagick: the largest table that a picture uses. exiftool's `BitsPerPixel` and
  `ColorResolutionDepth` are of the table for the whole file; a marked GIF has one for each picture instead.
- Sizes of the file and of its parts and their places in the file have to change and are not compared.
";
const COLUMNS: [&str; 9] =
    ["depth", "alpha", "ICC", "EXIF", "XMP", "other tags", "orientation", "frames and timing", "coding"];
/// Groups of tags about the file on disk, or computed from other tags.
const NOT_COMPARED: [&str; 4] = ["System", "ExifTool", "Composite", "SourceFile"];
/// Sizes and places, which have to change.
const PLACES: [&str; 5] = ["Offset", "Offsets", "ByteCounts", "RowsPerStrip", "IDC_IFD"];
/// Tags about how samples are stored, which the columns depth and coding show; words.
const STORAGE: &str = "\
    BitDepth ColorType Interlace Filter Compression ImageWidth ImageHeight BitsPerSample EncodingProcess \
    ColorComponents YCbCrSubSampling PhotometricInterpretation SamplesPerPixel PlanarConfiguration \
    Predictor FillOrder TileWidth TileLength SampleFormat ExtraSamples ColorMap SubfileType FileType \
    FileTypeExtension MIMEType WebP_Flags Palette Transparency Channels ChunkCount Tiles Type \
    BitsPerPixel ExifByteOrder T4Options T6Options HorizontalScale VerticalScale VP8Version \
    AlphaCompression AlphaFiltering AlphaPreprocessing \
    MajorBrand MinorVersion CompatibleBrands HandlerDescription MediaDataSize ImagePixelDepth ChromaFormat";
/// Longest value that is shown, characters.
const SHOWN: usize = 24;

/// The whole page.
pub(crate) fn page(outcomes: &[Outcome]) -> String {
    let mut page = HEADER.to_owned();
    for group in &GROUPS {
        let of_group: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.group == group.title).collect();
        let _ = write!(page, "\n## {}\n\n| source | {} |\n", group.title, COLUMNS.join(" | "));
        let _ = writeln!(page, "|{}", " --- |".repeat(COLUMNS.len() + 1));
        let mut below = Vec::new();
        for outcome in of_group {
            match &outcome.refused {
                Some(message) => below.push(format!("- {}: refused: \"{message}\"", outcome.name)),
                None => below.extend(differences(outcome)),
            }
            let cells = match outcome.refused {
                Some(_) => [vec!["refused".to_owned()], vec![String::new(); COLUMNS.len() - 1]].concat(),
                None => cells(outcome),
            };
            let _ = writeln!(page, "| {} | {} |", outcome.name, cells.join(" | "));
        }
        if below.is_empty() {
            page.push_str("\nNothing else differs.\n");
        } else {
            let _ = write!(page, "\nWhat differs or was said:\n\n{}\n", below.join("\n"));
        }
    }
    page
}

fn cells(outcome: &Outcome) -> Vec<String> {
    let extension = outcome.extension;
    let ((tags, facts), (new_tags, new)) =
        ((&outcome.before.0, &outcome.before.1), (&outcome.after.0, &outcome.after.1));
    let both =
        |describe: &dyn Fn(&Tags, &Facts) -> Option<String>| cell(describe(tags, facts), describe(new_tags, new));
    let group = |wanted: Column| of_column(outcome, wanted);
    vec![
        both(&|tags, facts| Some(depth(extension, tags, facts))),
        alpha(facts, new),
        group(Column::Icc),
        group(Column::Exif),
        group(Column::Xmp),
        group(Column::Other),
        both(&|tags, _| tags.get("IFD0:Orientation").cloned()),
        both(&|tags, facts| facts.frames.as_ref().map(|frames| format!("{frames}{}", loops(tags)))),
        coding(both(&|tags, facts| Some(stored(extension, tags, facts))), facts, new),
    ]
}

fn cell(before: Option<String>, after: Option<String>) -> String {
    match (before, after) {
        (None, None) => "-".to_owned(),
        (Some(before), Some(after)) if before == after => format!("kept: {before}"),
        (Some(_), None) => "lost".to_owned(),
        (before, after) => {
            format!("{} -> {}", before.unwrap_or_else(|| "none".to_owned()), after.unwrap_or_default())
        }
    }
}

fn alpha(before: &Facts, after: &Facts) -> String {
    match (&before.alpha, &after.alpha) {
        (None, None) => "-",
        (Some(_), None) => "lost",
        (None, Some(_)) => "none -> some",
        (Some(before), Some(after)) if before != after => "changed",
        _ if before.beneath != after.beneath => "kept; colours under it changed",
        _ => "kept",
    }
    .to_owned()
}

fn coding(cell: String, before: &Facts, after: &Facts) -> String {
    match (before.tables.is_empty(), before.tables == after.tables) {
        (true, _) => cell,
        (false, true) => format!("{cell}, its tables"),
        (false, false) => format!("{cell}, other tables"),
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Column {
    Icc,
    Exif,
    Xmp,
    Other,
    /// Shown in another way.
    Elsewhere,
    /// Of no interest.
    Nowhere,
}

/// The column that a tag belongs to.
fn column(extension: &str, tag: &str) -> Column {
    let (group, name) = (tag.split(':').next().unwrap_or_default(), tag.rsplit(':').next().unwrap_or_default());
    let is_place = PLACES.iter().any(|end| name.ends_with(end)) && name != "TimeOffset";
    let is_directory = group.strip_prefix("IFD").is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
    // The first directory of EXIF blocks has tags of the same names, about the thumbnail or about nothing.
    let is_storage = STORAGE.split(' ').any(|word| word == name) && !(is_directory && extension != "tif");
    let is_timing = name.starts_with("Animation") || ["FrameCount", "Duration"].contains(&name);
    if NOT_COMPARED.contains(&group) || is_place {
        Column::Nowhere
    } else if tag == "IFD0:Orientation" || is_storage || is_timing {
        Column::Elsewhere
    } else if group.starts_with("ICC") {
        Column::Icc
    } else if group.starts_with("XMP") {
        Column::Xmp
    } else if is_directory && extension == "tif" {
        Column::Other
    } else if is_directory || ["EXIF", "ExifIFD", "GPS", "InteropIFD", "MakerNotes"].contains(&group) {
        Column::Exif
    } else {
        Column::Other
    }
}

/// The cell of a column of tags.
fn of_column(outcome: &Outcome, wanted: Column) -> String {
    let (before, after) = (&outcome.before.0, &outcome.after.0);
    let mine = |tag: &&String| column(outcome.extension, tag) == wanted;
    let had: BTreeSet<&String> = before.keys().filter(mine).collect();
    let has: BTreeSet<&String> = after.keys().filter(mine).collect();
    if had.is_empty() && has.is_empty() {
        return "-".to_owned();
    }
    let differ = had.union(&has).filter(|tag| before.get(**tag) != after.get(**tag)).count();
    match (differ, had.intersection(&has).count()) {
        (0, _) => "kept".to_owned(),
        (_, 0) if has.is_empty() => "lost".to_owned(),
        _ if had.is_empty() => "none -> some".to_owned(),
        (1, _) => "kept but for 1 tag".to_owned(),
        (count, _) => format!("kept but for {count} tags"),
    }
}

/// Every tag of a file that differs, and what the program said.
fn differences(outcome: &Outcome) -> Option<String> {
    let (before, after) = (&outcome.before.0, &outcome.after.0);
    let all: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut parts = Vec::new();
    for tag in all.into_iter().filter(|tag| column(outcome.extension, tag) != Column::Nowhere) {
        match (before.get(tag), after.get(tag)) {
            (old, new) if old == new => {}
            (Some(_), None) => parts.push(format!("`{tag}` lost")),
            (None, Some(new)) => {
                parts.push(format!("`{tag}` new{}", shown(new).map(|v| format!(": {v}")).unwrap_or_default()))
            }
            (old, new) => match (old.and_then(|v| shown(v)), new.and_then(|v| shown(v))) {
                (Some(old), Some(new)) => parts.push(format!("`{tag}` {old} -> {new}")),
                _ => parts.push(format!("`{tag}` changed")),
            },
        }
    }
    parts.extend(outcome.said.iter().map(|sentence| format!("said: \"{sentence}\"")));
    (!parts.is_empty()).then(|| format!("- {}: {}", outcome.name, parts.join("; ")))
}

fn shown(value: &str) -> Option<&str> {
    let short = value.chars().count() <= SHOWN && !value.contains(['|', '`', '\n']) && !value.is_empty();
    short.then_some(value)
}
