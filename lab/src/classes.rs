//! Classes of pictures: the columns of every table.

use std::path::Path;

/// Photographs with at least this many pixels (of the file, before it is brought down) are large ones.
const LARGE_PIXELS: u64 = 1_000_000;

/// The classes that the bars know, in the order of their columns.
pub(crate) const KNOWN: [&str; 3] = ["photo-L", "photo-S", "art"];

/// The class of a file: `photo-L` and `photo-S` for pictures in a folder named `photo`, else the folder's name.
pub(crate) fn of(path: &Path, (width, height): (u32, u32)) -> String {
    let folder = path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    match folder.as_deref() {
        Some("photo") if u64::from(width) * u64::from(height) >= LARGE_PIXELS => "photo-L".to_owned(),
        Some("photo") => "photo-S".to_owned(),
        Some(other) => other.to_owned(),
        None => "other".to_owned(),
    }
}

/// Each class once, the known ones first.
pub(crate) fn sorted<'a>(classes: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut found: Vec<&str> = classes.collect();
    let rank = |class: &str| KNOWN.iter().position(|known| *known == class).unwrap_or(KNOWN.len());
    found.sort_by_key(|class| (rank(class), *class));
    found.dedup();
    found.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn photographs_are_told_apart_by_size_and_others_by_folder() {
        assert_eq!(of(Path::new("x/photo/a.png"), (1000, 1000)), "photo-L");
        assert_eq!(of(Path::new("x/photo/a.png"), (999, 1000)), "photo-S");
        assert_eq!(of(Path::new("x/art/a.png"), (5000, 1000)), "art");
        let classes = ["graphics", "art", "ai", "photo-S", "art"];
        assert_eq!(sorted(classes.into_iter()), ["photo-S", "art", "ai", "graphics"]);
    }
}
