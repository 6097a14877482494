//! What tags say of depth, timing and coding, in the words of the table.

use crate::readers::{Facts, Tags};

fn get<'a>(tags: &'a Tags, tag: &str) -> &'a str {
    tags.get(tag).map_or("", String::as_str)
}

/// Bits and channels.
pub(crate) fn depth(extension: &str, tags: &Tags, facts: &Facts) -> String {
    match extension {
        "png" => {
            let kind = match get(tags, "PNG:ColorType") {
                "0" => "grey",
                "2" => "RGB",
                "3" => "palette",
                "4" => "grey and alpha",
                _ => "RGBA",
            };
            format!("{} bit {kind}", get(tags, "PNG:BitDepth"))
        }
        "jpg" => {
            let kind = match get(tags, "File:ColorComponents") {
                "1" => "grey",
                "3" => "colour",
                _ => "CMYK",
            };
            format!("{} bit {kind}", get(tags, "File:BitsPerSample"))
        }
        "tif" => {
            let pages =
                (0..).map(|n| format!("IFD{n}:")).take_while(|page| tags.contains_key(&format!("{page}ImageWidth")));
            let kinds: Vec<String> = pages.map(|page| tiff_depth(tags, &page)).collect();
            if kinds.iter().all(|kind| kind == &kinds[0]) { kinds[0].clone() } else { kinds.join("; ") }
        }
        "gif" => format!("palettes of up to {} colours", facts.colours.unwrap_or_default()),
        "avif" => {
            let kind = if get(tags, "QuickTime:ChromaFormat") == "7" { "grey" } else { "colour" };
            let depth = get(tags, "QuickTime:ImagePixelDepth").split(' ').next().unwrap_or_default();
            format!("{depth} bit {kind}")
        }
        "exr" => get(tags, "OpenEXR:Channels").replace(['[', ']', '"'], "").replace(" 1 1", "").replace(',', ", "),
        _ => "8 bit".to_owned(),
    }
}

fn tiff_depth(tags: &Tags, page: &str) -> String {
    let value = |tag: &str| get(tags, &format!("{page}{tag}"));
    let bits = value("BitsPerSample").split(' ').next().unwrap_or_default();
    let float = if value("SampleFormat").starts_with('3') { " float" } else { "" };
    let kind = match (value("PhotometricInterpretation"), value("SamplesPerPixel")) {
        ("0" | "1", "2") => "grey and alpha",
        ("0" | "1", _) => "grey",
        ("2", "4") if value("ExtraSamples") == "1" => "RGBA, premultiplied",
        ("2", "4") => "RGBA",
        ("2", _) => "RGB",
        ("3", _) => "palette",
        ("5", _) => "CMYK",
        ("6", _) => "YCbCr",
        _ => "other",
    };
    format!("{}{bits} bit{float} {kind}", if bits.is_empty() { "1" } else { "" })
}

/// How often an animation is shown.
pub(crate) fn loops(tags: &Tags) -> String {
    let told = ["GIF:AnimationIterations", "PNG:AnimationPlays", "RIFF:AnimationLoopCount"];
    match told.iter().find_map(|tag| tags.get(*tag)).map(String::as_str) {
        None => String::new(),
        Some("0" | "inf") => ", endless".to_owned(),
        Some(count) => format!(", loop count {count}"),
    }
}

/// How samples are coded.
pub(crate) fn stored(extension: &str, tags: &Tags, facts: &Facts) -> String {
    let more = facts.coding.as_deref().map(|more| format!(", {more}")).unwrap_or_default();
    match extension {
        "png" => if get(tags, "PNG:Interlace") == "1" { "interlaced" } else { "plain" }.to_owned(),
        "jpg" => {
            let process = match get(tags, "File:EncodingProcess") {
                "0" => "baseline",
                "1" => "sequential",
                "2" => "progressive",
                _ => "arithmetic",
            };
            let sampling = match get(tags, "File:YCbCrSubSampling") {
                "1 1" => " 4:4:4",
                "2 1" => " 4:2:2",
                "2 2" => " 4:2:0",
                "1 2" => " 4:4:0",
                "4 1" => " 4:1:1",
                _ => "",
            };
            format!("{process}{sampling}{more}")
        }
        "tif" => tiff_coding(tags),
        "gif" => "LZW".to_owned(),
        // The number of exiftool for chroma halved across, halved down, and left out.
        "avif" => match get(tags, "QuickTime:ChromaFormat") {
            "3" => "4:2:0",
            "2" => "4:2:2",
            "0" => "4:4:4",
            _ => "4:0:0",
        }
        .to_owned(),
        "exr" => exr_coding(tags),
        _ => facts.coding.clone().unwrap_or_default(),
    }
}

fn exr_coding(tags: &Tags) -> String {
    let compression = match get(tags, "OpenEXR:Compression") {
        "0" => "plain",
        "1" => "RLE",
        "2" => "zip of single lines",
        "3" => "zip",
        "4" => "PIZ",
        _ => "other",
    };
    let parts = if tags.contains_key("OpenEXR:Tiles") { ", tiled" } else { "" };
    format!("{compression}{parts}")
}

fn tiff_coding(tags: &Tags) -> String {
    let mut all = Vec::new();
    for page in (0..).map(|n| format!("IFD{n}:")).take_while(|page| tags.contains_key(&format!("{page}ImageWidth"))) {
        let value = |tag: &str| get(tags, &format!("{page}{tag}"));
        let mut words = vec![match value("Compression") {
            "1" => "plain",
            "4" => "Group 4",
            "5" => "LZW",
            "7" => "JPEG",
            "8" | "32946" => "deflate",
            "32773" => "PackBits",
            _ => "other",
        }];
        words.extend(match value("Predictor") {
            "2" => Some("predictor"),
            "3" => Some("floating point predictor"),
            _ => None,
        });
        words.extend((!value("TileWidth").is_empty()).then_some("tiled"));
        words.extend((value("PlanarConfiguration") == "2").then_some("separate planes"));
        all.push(words.join(", "));
    }
    let order = if get(tags, "File:ExifByteOrder") == "MM" { "big-endian, " } else { "" };
    let same = all.iter().all(|page| page == &all[0]);
    format!("{order}{}", if same { all.first().cloned().unwrap_or_default() } else { all.join("; ") })
}
