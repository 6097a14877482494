//! Rows as CSV or JSON lines, written as they are read.

use std::io::Write;
use std::ops::ControlFlow;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::Registry;
use crate::chain::Head;
use crate::entry::Stored;
use crate::error::{AtPath, Error, Result};
use crate::fields::{COLUMNS, Value, values};
use crate::lookup::Filter;

/// What to export.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportOptions {
    /// Which rows; all by default, pending ones too (the column `status` tells).
    pub filter: Filter,
    /// Whether to write thumbnails, as hexadecimal digits. Not by default; their hashes are always written.
    pub thumbnails: bool,
}

impl Registry {
    /// Writes rows as CSV with a first line of names ([`COLUMNS`]), in the order they were reserved. Gives their
    /// number.
    ///
    /// # Errors
    ///
    /// [`Error::Stream`] when it cannot be written, and those of reading.
    pub fn export_csv(&self, to: impl Write, options: &ExportOptions) -> Result<u64> {
        let mut writer = csv::Writer::from_writer(to);
        writer.write_record(COLUMNS).map_err(csv_error)?;
        let count = self.export(options, |stored, previous, thumbnail| {
            for value in values(stored, previous, thumbnail) {
                match value {
                    Value::None => writer.write_field(""),
                    Value::Text(text) => writer.write_field(text.as_bytes()),
                    Value::Integer(number) => writer.write_field(number.to_string()),
                    Value::Number(number) => writer.write_field(number.to_string()),
                }
                .map_err(csv_error)?;
            }
            writer.write_record(None::<&[u8]>).map_err(csv_error)
        })?;
        writer.flush().map_err(|error| Error::stream(&error))?;
        Ok(count)
    }

    /// Writes rows as JSON lines: one object a line, the columns as its fields, in the order they were reserved. Values
    /// that are not there are `null`. Gives the number of rows.
    ///
    /// # Errors
    ///
    /// As [`export_csv`](Self::export_csv).
    pub fn export_json_lines(&self, to: impl Write, options: &ExportOptions) -> Result<u64> {
        let mut writer = std::io::BufWriter::new(to);
        let count = self.export(options, |stored, previous, thumbnail| {
            let line = JsonLine { stored, previous, thumbnail };
            serde_json::to_writer(&mut writer, &line).map_err(|error| Error::stream(&error.into()))?;
            writer.write_all(b"\n").map_err(|error| Error::stream(&error))
        })?;
        writer.flush().map_err(|error| Error::stream(&error))?;
        Ok(count)
    }

    fn export(
        &self,
        options: &ExportOptions,
        mut write: impl FnMut(&Stored, Option<[u8; 32]>, Option<&[u8]>) -> Result<()>,
    ) -> Result<u64> {
        // One state of the registry for all statements, whatever others write meanwhile.
        let snapshot = self.connection.unchecked_transaction().at(&self.path)?;
        let mut last = Head::EMPTY;
        let mut count = 0;
        self.each(&options.filter, None, |stored| {
            let previous = match &stored.place {
                Some(place) => Some(self.chain_before(place.seq, &last)?),
                None => None,
            };
            let thumbnail = if options.thumbnails { self.thumbnail(stored.row)? } else { None };
            write(&stored, previous, thumbnail.as_deref())?;
            if let Some(place) = &stored.place {
                last = Head { seq: place.seq, chain: place.chain };
            }
            count += 1;
            Ok(ControlFlow::Continue(()))
        })?;
        snapshot.finish().at(&self.path)?;
        Ok(count)
    }

    /// The chain's value before a row; mostly that of the row read last.
    fn chain_before(&self, seq: u64, last: &Head) -> Result<[u8; 32]> {
        if last.seq + 1 == seq {
            return Ok(last.chain);
        }
        if seq <= 1 {
            return Ok(Head::EMPTY.chain);
        }
        let sql = "SELECT chain FROM marks WHERE seq = ?1";
        let mut statement = self.connection.prepare_cached(sql).at(&self.path)?;
        match statement.query_row([(seq - 1).cast_signed()], |row| row.get(0)) {
            Err(rusqlite::Error::QueryReturnedNoRows) => {
                Err(Error::damaged(&self.path, format!("row {} of the chain is missing", seq - 1)))
            }
            found => found.at(&self.path),
        }
    }
}

struct JsonLine<'a> {
    stored: &'a Stored,
    previous: Option<[u8; 32]>,
    thumbnail: Option<&'a [u8]>,
}

impl Serialize for JsonLine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(COLUMNS.len()))?;
        for (name, value) in COLUMNS.iter().zip(values(self.stored, self.previous, self.thumbnail)) {
            match value {
                Value::None => map.serialize_entry(name, &()),
                Value::Text(text) => map.serialize_entry(name, &text),
                Value::Integer(number) => map.serialize_entry(name, &number),
                Value::Number(number) => map.serialize_entry(name, &number),
            }?;
        }
        map.end()
    }
}

pub(crate) fn csv_error(error: csv::Error) -> Error {
    let what = error.to_string();
    match error.into_kind() {
        csv::ErrorKind::Io(error) => Error::stream(&error),
        _ => Error::Stream { what, kind: std::io::ErrorKind::InvalidData },
    }
}
