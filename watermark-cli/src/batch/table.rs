//! Lists that users write: CSV with a header, or JSON lines. Every fault names its line, and faults are collected, so
//! that a list is put right in one go.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::files;

/// Largest list, bytes.
const MAX_BYTES: u64 = 1 << 30;
/// Faults that are told; the others are counted.
const MAX_TOLD: usize = 20;

/// A line of a list: its number, and the columns that have something in them.
#[derive(Debug, PartialEq)]
pub(crate) struct Row {
    /// Number of the line it begins in, from 1.
    pub(crate) line: u64,
    columns: BTreeMap<String, String>,
}

impl Row {
    /// What stands in a column.
    pub(crate) fn get(&self, column: &str) -> Option<&str> {
        self.columns.get(column).map(String::as_str)
    }

    /// What stands in a column that has to have something in it.
    pub(crate) fn required(&self, column: &str) -> Result<&str> {
        self.get(column).with_context(|| format!("the column {column} is empty"))
    }
}

/// A list and what is wrong with it.
#[derive(Debug)]
pub(crate) struct Table {
    name: String,
    /// The rows that can be used.
    pub(crate) rows: Vec<Row>,
    faults: Vec<(u64, String)>,
}

impl Table {
    /// Reads a list with some of `columns`. The extension says which kind it is.
    pub(crate) fn read(path: &Path, columns: &[&str]) -> Result<Self> {
        let name = path.display().to_string();
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        let read: fn(&[u8], &[&str], &mut Self) = match extension.as_str() {
            "csv" => csv_rows,
            "jsonl" | "ndjson" | "json" => json_rows,
            _ => bail!("{name}: the extension does not say what kind of list this is; name it .csv or .jsonl"),
        };
        if fs::metadata(path).is_ok_and(|m| m.len() > MAX_BYTES) {
            bail!("{name}: is larger than the {MAX_BYTES} bytes that a list can have; split it");
        }
        let bytes = files::read(path, MAX_BYTES)?;
        let mut table = Self { name, rows: Vec::new(), faults: Vec::new() };
        read(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes), columns, &mut table);
        Ok(table)
    }

    /// What `meaning` makes of the rows; its errors are collected as faults.
    pub(crate) fn map<T>(&mut self, mut meaning: impl FnMut(&Row) -> Result<T>) -> Vec<T> {
        let mut made = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            match meaning(row) {
                Ok(thing) => made.push(thing),
                Err(error) => self.faults.push((row.line, format!("{error:#}"))),
            }
        }
        made
    }

    /// All faults in one error, in the order of their lines; none when there are none.
    pub(crate) fn finish(mut self) -> Result<()> {
        if self.faults.is_empty() && self.rows.is_empty() {
            bail!("{}: there is nothing in the list", self.name);
        }
        self.faults.sort();
        let told: Vec<String> =
            self.faults.iter().take(MAX_TOLD).map(|(line, fault)| format!("line {line}: {fault}")).collect();
        let more = match self.faults.len().saturating_sub(MAX_TOLD) {
            0 => String::new(),
            more => format!("; and {more} more"),
        };
        match told.is_empty() {
            true => Ok(()),
            false => bail!("{}: {}{more}. Nothing was marked", self.name, told.join("; ")),
        }
    }
}

fn unknown(column: &str, columns: &[&str]) -> String {
    format!("the column {column:?} is not known; there can be {}", columns.join(", "))
}

fn csv_rows(bytes: &[u8], columns: &[&str], table: &mut Table) {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let header: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(str::to_owned).collect(),
        Err(error) => return table.faults.push((1, csv_fault(&error))),
    };
    let mut seen = std::collections::BTreeSet::new();
    for column in &header {
        if !columns.contains(&column.as_str()) {
            table.faults.push((1, unknown(column, columns)));
        } else if !seen.insert(column) {
            table.faults.push((1, format!("the column {column:?} is there twice")));
        }
    }
    if !seen.contains(&columns[0].to_owned()) {
        table.faults.push((1, format!("there is no column {:?} in the header", columns[0])));
    }
    let mut lines = Lines { bytes, at: 0, line: 1 };
    for record in reader.records() {
        match record {
            Ok(record) => {
                let pairs = header.iter().cloned().zip(record.iter().map(str::to_owned));
                let line = lines.of(record.position());
                table.rows.push(Row { line, columns: pairs.filter(|(_, value)| !value.is_empty()).collect() });
            }
            Err(error) => {
                let line = lines.of(error.position());
                table.faults.push((line, csv_fault(&error)));
            }
        }
    }
    // The reader takes a quote that nobody closes to reach to the end of the list.
    let last = lines.rest().trim_ascii_end();
    if last.contains(&b'\n') && last.iter().filter(|&&byte| byte == b'"').count() % 2 == 1 {
        table.rows.pop_if(|row| row.line == lines.line);
        table.faults.retain(|(line, _)| *line != lines.line);
        table
            .faults
            .push((lines.line, "a quotation mark is opened here and closed nowhere; close or remove it".into()));
    }
}

/// Numbers of lines. The reader's own are one too low where lines end with two characters.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line that a record begins in. Records come in their order.
    fn of(&mut self, position: Option<&csv::Position>) -> u64 {
        let begin = position.and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(self.at);
        let begin = begin.clamp(self.at, self.bytes.len());
        // Line breaks and empty lines before a record count as its own to the reader.
        let breaks = self.bytes[begin..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = &self.bytes[self.at..begin + breaks];
        self.line += passed.iter().filter(|&&byte| byte == b'\n').count() as u64;
        self.at = begin + breaks;
        self.line
    }

    /// The last record that was asked for, and what follows.
    fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }
}

fn csv_fault(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("has {len} fields, the header has {expected_len}")
        }
        csv::ErrorKind::Utf8 { .. } => "is no UTF-8; save the list as UTF-8".to_owned(),
        _ => format!("cannot be read ({error})"),
    }
}

fn json_rows(bytes: &[u8], columns: &[&str], table: &mut Table) {
    for (line, text) in (1..).zip(bytes.split(|&byte| byte == b'\n')) {
        if text.trim_ascii().is_empty() {
            continue;
        }
        match json_row(text, columns) {
            Ok(columns) => table.rows.push(Row { line, columns }),
            Err(fault) => table.faults.push((line, fault)),
        }
    }
}

fn json_row(text: &[u8], columns: &[&str]) -> Result<BTreeMap<String, String>, String> {
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(text).map_err(|error| format!("is no JSON object ({error})"))?;
    let mut row = BTreeMap::new();
    for (column, value) in object {
        if !columns.contains(&column.as_str()) {
            return Err(unknown(&column, columns));
        }
        match value {
            serde_json::Value::String(text) if text.is_empty() => {}
            serde_json::Value::String(text) => drop(row.insert(column, text)),
            serde_json::Value::Null => {}
            _ => return Err(format!("the value of {column:?} is no text; put it in quotes")),
        }
    }
    Ok(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, text: &[u8]) -> Table {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        let mut table = Table::read(&path, &["file", "label"]).unwrap();
        table.name = name.to_owned();
        table
    }

    fn files(table: &mut Table) -> Vec<(u64, String)> {
        table.map(|row| Ok((row.line, row.required("file")?.to_owned())))
    }

    #[test]
    fn both_kinds_say_the_same() {
        let csv = b"\xef\xbb\xbffile,label\r\na.png,\"two\nlines, one \"\"word\"\"\"\r\nb.png,\r\n";
        let mut table_a = table("a.csv", csv);
        assert_eq!(files(&mut table_a), [(2, "a.png".to_owned()), (4, "b.png".to_owned())]);
        assert_eq!(table_a.rows[0].get("label"), Some("two\nlines, one \"word\""));
        assert_eq!(table_a.rows[1].get("label"), None);
        let json = br#"{"file":"a.png","label":"two\nlines, one \"word\""}

{"file":"b.png","label":null}
"#;
        let mut table_b = table("a.jsonl", json);
        assert_eq!(files(&mut table_b), [(1, "a.png".to_owned()), (3, "b.png".to_owned())]);
        assert_eq!(table_a.rows[0].columns, table_b.rows[0].columns);
        assert!(table_a.finish().is_ok() && table_b.finish().is_ok());
    }

    #[test]
    fn every_fault_has_its_line() {
        let mut table_a = table("a.csv", b"file,colour\na.png\n,red\n\xff.png,blue\n");
        files(&mut table_a);
        let error = table_a.finish().unwrap_err().to_string();
        for words in [
            "a.csv: line 1: ",
            "\"colour\" is not known",
            "line 2: has 1 fields",
            "line 3: the column file is",
            "line 4: is no UTF-8",
        ] {
            assert!(error.contains(words), "{words:?} is not in {error}");
        }
        let mut table_b = table("a.jsonl", b"{\"file\":7}\n[]\n{\"file\":\"a\",\"hue\":\"b\"}\n{\"label\":\"c\"}\n");
        files(&mut table_b);
        let error = table_b.finish().unwrap_err().to_string();
        for words in [
            "line 1: the value of \"file\"",
            "line 2: is no JSON",
            "line 3: the column \"hue\"",
            "line 4: the column file",
        ] {
            assert!(error.contains(words), "{words:?} is not in {error}");
        }
    }

    #[test]
    fn a_quotation_mark_that_is_not_closed_swallows_no_rows() {
        let mut open = table("a.csv", b"file,label\na.png,5\" disk\nb.png,\"x\nc.png,y\nd.png,\n");
        assert_eq!(files(&mut open), [(2, "a.png".to_owned())]);
        let error = open.finish().unwrap_err().to_string();
        assert!(error.contains("line 3: a quotation mark") && !error.contains("fields"), "{error}");
        let mut closed = table("a.csv", b"file,label\na.png,\"5\"\" disk,\ntwo lines\"\n");
        assert_eq!(files(&mut closed).len(), 1);
        assert!(closed.finish().is_ok());
    }

    #[test]
    fn long_lists_of_faults_are_cut() {
        let mut table = table("a.csv", b"file,label\n,x\n");
        table.rows = (0..50).map(|line| Row { line, columns: BTreeMap::new() }).collect();
        files(&mut table);
        let error = table.finish().unwrap_err().to_string();
        assert!(error.contains("line 19:") && !error.contains("line 20:") && error.contains("and 30 more"), "{error}");
    }
}
