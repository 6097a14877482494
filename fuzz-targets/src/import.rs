//! Exports of a registry: what is imported can be exported, and is known when it comes again.

use watermark_registry::{ExportOptions, ImportOptions, ImportReport, Registry, Result};

/// Whether every line of the export is imported: CSV or, where it begins with a brace, JSON lines.
pub(crate) fn survives(bytes: &[u8]) -> bool {
    let folder = tempfile::tempdir().expect("a folder");
    let mut registry = Registry::create(folder.path().join("a.db")).expect("a registry");
    let Ok(first) = import(&mut registry, bytes) else { return false };
    let rows = registry.head().expect("an end of the chain").seq;
    if first.bad > 0 {
        assert_eq!((first.imported, rows), (0, 0), "nothing is imported of a bad file");
        return false;
    }
    assert_eq!(first.imported, rows, "rows and report agree");
    let again = import(&mut registry, bytes).expect("what was read before");
    assert_eq!((again.imported, again.bad), (0, 0), "a file that is known brings nothing");
    let mut out = Vec::new();
    let exported = registry.export_json_lines(&mut out, &ExportOptions::default()).expect("an export");
    assert_eq!(exported, rows, "everything is exported");
    let mut other = Registry::create(folder.path().join("b.db")).expect("a registry");
    let copied = import(&mut other, &out).expect("an export of ours");
    assert_eq!((copied.imported, copied.bad), (rows, 0), "an export is imported whole");
    rows > 0
}

fn import(registry: &mut Registry, bytes: &[u8]) -> Result<ImportReport> {
    let options = ImportOptions::default();
    if bytes.starts_with(b"{") {
        registry.import_json_lines(bytes, &options)
    } else {
        registry.import_csv(bytes, &options)
    }
}
