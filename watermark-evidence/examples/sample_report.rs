//! Sample reports, to look at: `sample_report PICTURE OTHER FOLDER` marks a picture, alters it, and writes pages for
//! found, inconclusive, not found and does not fit, in both languages.

use std::path::Path;

use anyhow::{Context, ensure};
use image::RgbImage;
use watermark_core::{DetectOptions, Detector, EmbedOptions, Embedder, Key, KeyRole, Layout, Payload};
use watermark_evidence::report::{ChainCheck, KeyLine, Lang, Registered, RegistryFacts, Report, Suspect, html};
use watermark_evidence::{Fingerprint, Original, Pose, fingerprint, fit, preview};
use watermark_formats::DetectReport;
use watermark_media::{DecodeLimits, Picture, PixelData, decode};

fn main() -> anyhow::Result<()> {
    let typed: Vec<String> = std::env::args().skip(1).collect();
    ensure!(typed.len() == 3, "usage: sample_report PICTURE OTHER FOLDER");
    let folder = Path::new(&typed[2]);
    let key = Key::from_secret(KeyRole::Master, [33; 32]).derive_title("Episode 12")?;
    let other_key = Key::from_secret(KeyRole::Master, [34; 32]).derive_title("Episode 12")?;
    let mut original = load(&typed[0])?;
    let other = fingerprint(&load(&typed[1])?)?;
    Embedder::new(&key, EmbedOptions::default())?
        .embed(&mut original.view_mut(), &"00c0ffee00c0ffee".parse::<Payload>()?)?;
    let own = fingerprint(&original)?;
    let copy = altered(&original, "flip-h+rotate-10+crop-50+jpeg-70")?;
    for lang in [Lang::En, Lang::Ja] {
        let found = suspect(&copy, &original, &own, &key)?;
        let mut stranger = suspect(&copy, &original, &other, &key)?;
        stranger.file = "とても長い名前のファイル_".repeat(6) + "\u{202e}gpj.exe";
        let mut trace = suspect(&copy, &original, &own, &key)?;
        trace.detect.strongest.verdict = Some("inconclusive");
        trace.detect.strongest.found = false;
        trace.detect.strongest.log10_p = Some(-5.7);
        (trace.detect.strongest.payload, trace.detect.strongest.geometry) = (None, None);
        (trace.registered, trace.fit, trace.evidence) = (None, None, None);
        trace.detect.marks.clear();
        let none = suspect(&copy, &original, &own, &other_key)?;
        let pages = [
            ("found", vec![found]),
            ("does-not-fit", vec![stranger]),
            ("inconclusive", vec![trace]),
            ("not-found", vec![none]),
        ];
        for (name, suspects) in pages {
            write(folder, name, suspects, lang)?;
        }
        let several = vec![
            suspect(&copy, &original, &own, &key)?,
            suspect(&copy, &original, &other, &key)?,
            suspect(&copy, &original, &own, &other_key)?,
        ];
        write(folder, "several", several, lang)?;
    }
    Ok(())
}

fn write(folder: &Path, name: &str, suspects: Vec<Suspect>, lang: Lang) -> anyhow::Result<()> {
    let made = match lang {
        Lang::Ja => "2026年11月24日 23:30（日本標準時）",
        _ => "24 November 2026, 14:30 UTC",
    };
    let report = Report {
        suspects,
        made: made.into(),
        tool_version: env!("CARGO_PKG_VERSION").into(),
        keys: vec![KeyLine { id: "1f2e3d4c5b6a7988".into(), role: KeyRole::DetectOnly, ring: None }],
        registry: Some(RegistryFacts {
            name: "studio.db".into(),
            rows: 48_213,
            chain: ChainCheck::Intact {
                rows: 48_213,
                head: format!("48213:{}", "5a".repeat(32)),
                signed_by: Some("ed25519 3b6a27bcceb6a42d62a3a8d02a6f0d73".into()),
            },
        }),
        commands: Vec::new(),
    };
    let path = folder.join(format!("{name}-{}.html", lang.code()));
    std::fs::write(&path, html(&report, lang)).with_context(|| format!("writing {}", path.display()))
}

fn suspect(copy: &Picture, original: &Picture, registered: &Fingerprint, key: &Key) -> anyhow::Result<Suspect> {
    let detection = Detector::new(&[key.detect_only()], DetectOptions::default())?.detect(&copy.view())?;
    let mark = detection.strongest();
    let size = (original.width(), original.height());
    let original = Original { thumbnail: &registered.thumbnail, width: size.0, height: size.1 };
    Ok(Suspect {
        file: "found on a forum.jpg".into(),
        bytes: Some(81_234),
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
        format: Some("JPEG".into()),
        jpeg_quality: Some(70),
        size: Some((copy.width(), copy.height())),
        preview: Some(preview(&copy.view(), 480)?),
        detect: DetectReport::of("found on a forum.jpg", &detection, 300),
        evidence: mark.evidence.clone(),
        tried: Some(detection.tried),
        others: Vec::new(),
        fit: mark.geometry.as_ref().map(|geometry| fit(copy, &Pose::from(geometry), &original)),
        registered: mark.payload.as_ref().map(|_| Registered {
            row: 4_321,
            label: "Key visual 12-A, final".into(),
            recipient: "Preview press, Tokyo".into(),
            title: "Episode 12".into(),
            recorded: "2026-03-01 10:00:12 UTC".into(),
            tool_version: "0.1.0".into(),
            signed_by: Some("ed25519 3b6a27bcceb6a42d62a3a8d02a6f0d73".into()),
            size: Some(size),
            thumbnail: Some(registered.thumbnail.to_data_uri()),
            source_sha256: "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752".into(),
            output_sha256: "fd61a03af4f77d870fc21e05e7e80678095c92d808cfb3b5c279ee04c74aca13".into(),
            ..Registered::default()
        }),
    })
}

fn load(path: &str) -> anyhow::Result<Picture> {
    Ok(decode(&std::fs::read(path).with_context(|| format!("reading {path}"))?, &DecodeLimits::default())?)
}

fn altered(picture: &Picture, attack: &str) -> anyhow::Result<Picture> {
    let PixelData::U8(samples) = picture.pixels() else { anyhow::bail!("the picture has not 8 bits") };
    ensure!(picture.layout() == Layout::Rgb, "the picture is not RGB");
    let image = RgbImage::from_raw(picture.width() as u32, picture.height() as u32, samples.clone());
    let image = image.context("samples are missing")?;
    let copy = attacks::by_name(attack).context("no such attack")?.apply(&image, 5)?;
    let pixels = PixelData::U8(copy.as_raw().clone());
    Ok(Picture::new(copy.width() as usize, copy.height() as usize, Layout::Rgb, pixels)?)
}
