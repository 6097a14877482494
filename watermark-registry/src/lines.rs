//! Lines of an import: CSV or JSON, one at a time and of bounded length.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::rc::Rc;

use csv::{ByteRecord, StringRecord};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};

use crate::error::{Error, Result};
use crate::export::csv_error;
use crate::fields::{COLUMNS, Column, Line, Record, record};

/// Longest line, bytes. A thumbnail takes half a megabyte; a quote that is never closed must not fill the memory.
const MAX_LINE_BYTES: u64 = 4 << 20;

/// A line with its number, or what is wrong with it.
pub(crate) type Numbered = (u64, Result<Record>);

/// Where lines come from. An outer error ends the import.
pub(crate) trait Lines {
    fn next(&mut self) -> Result<Option<Numbered>>;
}

/// CSV with a first line of names.
pub(crate) struct CsvLines<R> {
    reader: csv::Reader<Bounded<R>>,
    passed: Rc<RefCell<Passed>>,
    /// Where each column stands in the file.
    places: [Option<usize>; COLUMNS.len()],
    bytes: ByteRecord,
}

impl<R: Read> CsvLines<R> {
    pub(crate) fn new(from: R) -> Result<Self> {
        let passed = Rc::new(RefCell::new(Passed { bytes: VecDeque::new(), begin: 0, line: 1, unfinished: 0 }));
        let mut reader = csv::Reader::from_reader(Bounded { from, passed: Rc::clone(&passed) });
        let mut places = [None; COLUMNS.len()];
        for (place, name) in reader.byte_headers().map_err(csv_error)?.iter().enumerate() {
            let name = std::str::from_utf8(name).map_err(|_| first_line("it is not UTF-8".into()))?;
            let column =
                Column::named(name).ok_or_else(|| first_line(format!("there is no column `{}`", shown(name))))?;
            if places[column as usize].replace(place).is_some() {
                return Err(first_line(format!("column `{name}` is there twice")));
            }
        }
        let missing = Column::ALL.iter().find(|column| column.is_required() && places[**column as usize].is_none());
        if let Some(column) = missing {
            return Err(first_line(format!("column `{}` is missing", column.name())));
        }
        Ok(Self { reader, passed, places, bytes: ByteRecord::new() })
    }
}

impl<R: Read> Lines for CsvLines<R> {
    fn next(&mut self) -> Result<Option<Numbered>> {
        self.passed.borrow_mut().unfinished = 0;
        match self.reader.read_byte_record(&mut self.bytes) {
            Ok(false) => return Ok(None),
            Ok(true) => {}
            Err(error) => return self.line_error(error).map(Some),
        }
        let line = self.passed.borrow_mut().line_at(self.bytes.position());
        let Ok(text) = StringRecord::from_byte_record(std::mem::take(&mut self.bytes)) else {
            return Ok(Some((line, Err(Error::field("line", "is not UTF-8")))));
        };
        let read = record(&CsvLine { text: &text, places: &self.places });
        self.bytes = text.into_byte_record();
        Ok(Some((line, read)))
    }
}

impl<R> CsvLines<R> {
    /// A line of another length than the first is a bad line; everything else ends the import.
    fn line_error(&self, error: csv::Error) -> Result<Numbered> {
        match error.kind() {
            csv::ErrorKind::UnequalLengths { pos, expected_len, len } => {
                let line = self.passed.borrow_mut().line_at(pos.as_ref());
                Ok((line, Err(Error::field("line", format!("has {len} values, the first line has {expected_len}")))))
            }
            _ => Err(csv_error(error)),
        }
    }
}

/// What the reader was given, from the beginning of the last line on. The reader's own numbers of lines are one too low
/// where lines end with two characters.
struct Passed {
    bytes: VecDeque<u8>,
    /// Where `bytes` begins in the file.
    begin: u64,
    /// The line it begins in.
    line: u64,
    /// Bytes read since the last whole line.
    unfinished: u64,
}

impl Passed {
    /// The line that a record begins in. Records come in their order.
    fn line_at(&mut self, position: Option<&csv::Position>) -> u64 {
        let ahead = position.map_or(0, |position| position.byte().saturating_sub(self.begin));
        let ahead = usize::try_from(ahead).unwrap_or(usize::MAX).min(self.bytes.len());
        // Line breaks and empty lines before a record count as its own to the reader.
        let breaks = self.bytes.range(ahead..).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        self.begin += (ahead + breaks) as u64;
        self.line += self.bytes.drain(..ahead + breaks).filter(|&byte| byte == b'\n').count() as u64;
        self.line
    }
}

fn first_line(problem: String) -> Error {
    let what = format!("line 1: {problem}; the columns are {}", COLUMNS.join(", "));
    Error::Stream { what, kind: ErrorKind::InvalidData }
}

fn shown(text: &str) -> String {
    text.chars().take(40).collect::<String>().escape_debug().to_string()
}

struct CsvLine<'a> {
    text: &'a StringRecord,
    places: &'a [Option<usize>; COLUMNS.len()],
}

impl Line for CsvLine<'_> {
    fn get(&self, column: Column) -> Option<&str> {
        self.places[column as usize].and_then(|place| self.text.get(place)).filter(|text| !text.is_empty())
    }
}

/// Refuses to read on when a line does not end.
struct Bounded<R> {
    from: R,
    passed: Rc<RefCell<Passed>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let mut passed = self.passed.borrow_mut();
        if passed.unfinished > MAX_LINE_BYTES {
            return Err(too_long());
        }
        let count = self.from.read(buffer)?;
        passed.unfinished += count as u64;
        passed.bytes.extend(buffer.iter().take(count));
        Ok(count)
    }
}

fn too_long() -> std::io::Error {
    let problem = format!("a line has more than {MAX_LINE_BYTES} bytes; is a quotation mark never closed?");
    std::io::Error::new(ErrorKind::InvalidData, problem)
}

/// JSON lines: an object a line; empty lines are passed over.
pub(crate) struct JsonLines<R> {
    from: BufReader<R>,
    number: u64,
    bytes: Vec<u8>,
}

impl<R: Read> JsonLines<R> {
    pub(crate) fn new(from: R) -> Self {
        Self { from: BufReader::new(from), number: 0, bytes: Vec::new() }
    }
}

impl<R: Read> Lines for JsonLines<R> {
    fn next(&mut self) -> Result<Option<Numbered>> {
        loop {
            self.bytes.clear();
            let mut bounded = (&mut self.from).take(MAX_LINE_BYTES);
            let count = bounded.read_until(b'\n', &mut self.bytes).map_err(|error| Error::stream(&error))?;
            if count == 0 {
                return Ok(None);
            }
            if count as u64 == MAX_LINE_BYTES && self.bytes.last() != Some(&b'\n') {
                return Err(Error::stream(&too_long()));
            }
            self.number += 1;
            if self.bytes.trim_ascii().is_empty() {
                continue;
            }
            let read = serde_json::from_slice::<JsonLine>(&self.bytes)
                .map_err(|error| Error::field("line", json_problem(&error)))
                .and_then(|line| record(&line));
            return Ok(Some((self.number, read)));
        }
    }
}

/// The problem without the parser's own count of lines: it sees one.
fn json_problem(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let problem = text.split(" at line ").next().unwrap_or_default();
    format!("is no object of the columns: {problem} (at byte {})", error.column())
}

/// The values of an object as text, in the order of the columns.
struct JsonLine([Option<String>; COLUMNS.len()]);

impl Line for JsonLine {
    fn get(&self, column: Column) -> Option<&str> {
        self.0[column as usize].as_deref()
    }
}

impl<'de> Deserialize<'de> for JsonLine {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_map(JsonLineVisitor)
    }
}

struct JsonLineVisitor;

impl<'de> Visitor<'de> for JsonLineVisitor {
    type Value = JsonLine;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<JsonLine, A::Error> {
        let mut values = [const { None }; COLUMNS.len()];
        let mut seen = [false; COLUMNS.len()];
        while let Some(name) = map.next_key::<String>()? {
            let column = Column::named(&name)
                .ok_or_else(|| A::Error::custom(format_args!("there is no column `{}`", shown(&name))))?;
            if std::mem::replace(&mut seen[column as usize], true) {
                return Err(A::Error::custom(format_args!("`{name}` is there twice")));
            }
            values[column as usize] = map.next_value::<Option<Scalar>>()?.map(|scalar| scalar.0);
        }
        Ok(JsonLine(values))
    }
}

/// A string or number, as text.
struct Scalar(String);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a string, a number or null")
    }

    fn visit_str<E>(self, text: &str) -> std::result::Result<Scalar, E> {
        Ok(Scalar(text.to_owned()))
    }

    fn visit_i64<E>(self, number: i64) -> std::result::Result<Scalar, E> {
        Ok(Scalar(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> std::result::Result<Scalar, E> {
        Ok(Scalar(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> std::result::Result<Scalar, E> {
        Ok(Scalar(number.to_string()))
    }
}
