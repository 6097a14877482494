//! Every picture of the shared collection, where it is there: decoded, or refused for the right reason.

mod common;

use std::path::PathBuf;

use common::decode;
use watermark_media::{Error, Format, PixelData, encode};

/// The files of the collection; none where it is absent.
fn files() -> Vec<PathBuf> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/images"));
    let folders = ["photo", "art", "ai", "graphics"].map(|folder| root.join(folder));
    let entries = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn each_file_decodes_or_is_refused_for_the_right_reason() {
    for path in files() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let extension = path.extension().unwrap().to_string_lossy().into_owned();
        let result = decode(&std::fs::read(&path).unwrap());
        let named = |what: &str| matches!(&result, Err(Error::Unsupported { what: w, .. }) if w == what);
        match (name.as_str(), extension.as_str()) {
            ("cmyk.jpg", _) => assert!(matches!(result, Err(Error::Cmyk { format: Format::Jpeg })), "{name}"),
            ("apng_ball.png", _) => {
                assert!(matches!(result, Err(Error::Animated { format: Format::Png, frames: 20 })), "{name}");
            }
            #[cfg(feature = "animation")]
            ("party.gif", _) => {
                assert!(matches!(result, Err(Error::Animated { format: Format::Gif, frames: 156 })), "{name}");
            }
            (_, "gif") => assert!(named("GIF"), "{name}: {result:?}"),
            #[cfg(not(feature = "avif"))]
            (_, "avif") => assert!(named("AVIF"), "{name}: {:?}", result.err()),
            #[cfg(not(feature = "exr"))]
            (_, "exr") => assert!(named("OpenEXR"), "{name}: {result:?}"),
            _ => {
                let picture = result.unwrap_or_else(|e| panic!("{name}: {e}"));
                assert_eq!(picture.source(), Format::from_extension(&extension), "{name}");
            }
        }
    }
}

#[test]
fn small_files_are_written_back_in_their_format() {
    for path in files() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        let Ok(picture) = decode(&bytes) else { continue };
        if picture.width() * picture.height() > 600_000 {
            continue;
        }
        let again = decode(&encode(&picture, picture.source().unwrap()).unwrap()).unwrap();
        assert_eq!(
            (again.width(), again.height(), again.layout()),
            (picture.width(), picture.height(), picture.layout())
        );
        assert_eq!((again.icc(), again.exif(), again.xmp()), (picture.icc(), picture.exif(), picture.xmp()), "{name}");
        assert_eq!(again.orientation(), picture.orientation());
        #[cfg(feature = "avif")]
        if picture.source() == Some(Format::Avif) {
            continue;
        }
        if picture.source() != Some(Format::Jpeg) {
            assert_eq!(again.pixels(), picture.pixels(), "{name}");
        }
    }
}

#[test]
fn the_turned_photograph_and_the_deep_grey_are_what_they_should_be() {
    for path in files() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        match name.as_str() {
            "exif_orientation_6.jpg" => {
                let picture = decode(&std::fs::read(&path).unwrap()).unwrap();
                assert_eq!((picture.width(), picture.height(), picture.orientation().exif()), (1800, 1200, 6));
            }
            "gray16_linear.png" => {
                let picture = decode(&std::fs::read(&path).unwrap()).unwrap();
                assert!(matches!(picture.pixels(), PixelData::U16(_)));
            }
            _ => {}
        }
    }
}
