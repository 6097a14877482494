//! Rows of the tables: reading them into [`Stored`], writing them, and who has an id.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Params, Row, params};
use sha2::{Digest, Sha256};

use crate::chain::{Head, Link};
use crate::decode::{SELECT, decode};
use crate::entry::{Entry, Origin, Place, RowId, Stored};
use crate::error::{AtPath, Collision, Error, Result};
use crate::hex::from_hex;
use crate::signer::{Signature, Signer};

const INSERT: &str = "
INSERT INTO marks (key, payload, title, label, recipient, source_sha256, output_sha256, content_sha256, source_path,
    output_path, output_path_key, perceptual_hash, width, height, profile, psnr_db, margin_db, ssimulacra2, frames,
    tool_version, created_unix_ms, thumbnail_sha256, seq, chain, signer, signature)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24,
    ?25, ?26)";

/// The tables, inside a transaction or for a single query.
pub(crate) struct Rows<'a> {
    connection: &'a Connection,
    path: &'a Path,
    keys: RefCell<HashMap<String, i64>>,
}

/// Who has an id already.
pub(crate) enum Holder {
    /// Nobody.
    Nobody,
    /// The same asset and recipient, with another file.
    SameMark(RowId),
    /// The same file.
    SameFile(Box<Stored>),
    /// Somebody else.
    Other(Box<Collision>),
}

impl<'a> Rows<'a> {
    pub(crate) fn new(connection: &'a Connection, path: &'a Path) -> Self {
        Self { connection, path, keys: RefCell::default() }
    }

    /// Rows of `FROM marks m`, with the tail of the statement (`WHERE ...`), one after the other.
    pub(crate) fn each(
        &self,
        tail: &str,
        params: impl Params,
        mut visit: impl FnMut(Stored) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let mut statement = self.connection.prepare_cached(&format!("{SELECT}{tail}")).at(self.path)?;
        let mut rows = statement.query(params).at(self.path)?;
        while let Some(row) = rows.next().at(self.path)? {
            if visit(self.stored(row)?)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    pub(crate) fn all(&self, tail: &str, params: impl Params) -> Result<Vec<Stored>> {
        let mut found = Vec::new();
        self.each(tail, params, |stored| {
            found.push(stored);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }

    pub(crate) fn get(&self, row: RowId) -> Result<Option<Stored>> {
        Ok(self.all("WHERE m.id = ?1", [row.0])?.pop())
    }

    pub(crate) fn head(&self) -> Result<Head> {
        let sql = "SELECT seq, chain FROM marks WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1";
        let mut statement = self.connection.prepare_cached(sql).at(self.path)?;
        let found: Option<(i64, [u8; 32])> =
            statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional().at(self.path)?;
        Ok(found.map_or(Head::EMPTY, |(seq, chain)| Head { seq: seq.cast_unsigned(), chain }))
    }

    /// Rows with the id, whatever their status.
    pub(crate) fn with_id(&self, key_id: &str, payload: &str) -> Result<Vec<Stored>> {
        let (Some(key), Some(payload)) = (self.find_key(key_id)?, from_hex(payload)) else {
            return Ok(Vec::new());
        };
        self.all("WHERE m.payload = ?1 AND m.key = ?2 ORDER BY m.id", params![payload, key])
    }

    /// Whether the entry's id is free.
    pub(crate) fn holder(&self, entry: &Entry) -> Result<Holder> {
        let mut same = None;
        for stored in self.with_id(&entry.key_id, &entry.payload)? {
            if stored.entry.same_file(entry) {
                return Ok(Holder::SameFile(Box::new(stored)));
            }
            if !stored.entry.same_mark(entry) {
                return Ok(Holder::Other(Box::new(Collision {
                    payload: entry.payload.clone(),
                    key_id: entry.key_id.clone(),
                    row: stored.row,
                    holder: stored.entry.name().to_owned(),
                    same_asset: stored.entry.content_sha256 == entry.content_sha256,
                })));
            }
            same.get_or_insert(stored.row);
        }
        Ok(same.map_or(Holder::Nobody, Holder::SameMark))
    }

    /// A new row: pending without a place, confirmed with one.
    pub(crate) fn insert(
        &self,
        entry: &Entry,
        thumbnail_sha256: Option<[u8; 32]>,
        place: Option<&Place>,
        origin: Option<&Origin>,
    ) -> Result<RowId> {
        let signature = place.and_then(|place| place.signature.as_ref());
        let payload = from_hex(&entry.payload)
            .ok_or_else(|| Error::field("payload", "has to be 8, 16 or 32 hexadecimal digits, lower case"))?;
        let mut statement = self.connection.prepare_cached(INSERT).at(self.path)?;
        let values = params![
            self.key(&entry.key_id)?,
            payload,
            entry.title,
            entry.label,
            entry.recipient,
            entry.source_sha256,
            entry.output_sha256,
            entry.content_sha256,
            entry.source_path,
            entry.output_path,
            path_key(&entry.output_path),
            entry.perceptual_hash.cast_signed(),
            entry.width,
            entry.height,
            entry.profile,
            entry.psnr_db,
            entry.margin_db,
            entry.ssimulacra2,
            entry.frames,
            entry.tool_version,
            entry.created_unix_ms,
            thumbnail_sha256,
            place.map(|place| place.seq.cast_signed()),
            place.map(|place| place.chain),
            self.signer(signature)?,
            signature.map(|signature| signature.bytes),
        ];
        let row = statement.insert(values).at(self.path)?;
        if let Some(picture) = &entry.thumbnail {
            self.execute("INSERT INTO thumbnails (mark, picture) VALUES (?1, ?2)", params![row, picture])?;
        }
        if let Some(origin) = origin {
            self.insert_origin(row, origin)?;
        }
        Ok(RowId(row))
    }

    fn insert_origin(&self, row: i64, origin: &Origin) -> Result<()> {
        let signature = origin.signature.as_ref();
        let values = params![
            row,
            origin.seq.cast_signed(),
            origin.previous,
            origin.chain,
            self.signer(signature)?,
            signature.map(|signature| signature.bytes)
        ];
        let sql = "INSERT INTO origins (mark, seq, previous, chain, signer, signature) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        self.execute(sql, values).map(|_| ())
    }

    /// Gives a pending row its place.
    pub(crate) fn set_place(&self, row: RowId, place: &Place) -> Result<()> {
        let signature = place.signature.as_ref();
        let signer = self.signer(signature)?;
        let values =
            params![row.0, place.seq.cast_signed(), place.chain, signer, signature.map(|signature| signature.bytes)];
        let sql = "UPDATE marks SET seq = ?2, chain = ?3, signer = ?4, signature = ?5 WHERE id = ?1";
        self.execute(sql, values).map(|_| ())
    }

    pub(crate) fn delete(&self, row: RowId) -> Result<()> {
        self.execute("DELETE FROM marks WHERE id = ?1", [row.0]).map(|_| ())
    }

    pub(crate) fn thumbnail(&self, row: RowId) -> Result<Option<Vec<u8>>> {
        let sql = "SELECT picture FROM thumbnails WHERE mark = ?1";
        let mut statement = self.connection.prepare_cached(sql).at(self.path)?;
        statement.query_row([row.0], |row| row.get(0)).optional().at(self.path)
    }

    pub(crate) fn execute(&self, sql: &str, values: impl Params) -> Result<usize> {
        self.connection.prepare_cached(sql).at(self.path)?.execute(values).at(self.path)
    }

    pub(crate) fn batch(&self, sql: &str) -> Result<()> {
        self.connection.execute_batch(sql).at(self.path)
    }

    pub(crate) fn no_such(&self, row: RowId) -> Error {
        Error::NoSuchRow { path: self.path.to_owned(), row }
    }

    pub(crate) fn confirmed(&self, row: RowId) -> Error {
        Error::Confirmed { path: self.path.to_owned(), row }
    }

    fn find_key(&self, key_id: &str) -> Result<Option<i64>> {
        if let Some(&key) = self.keys.borrow().get(key_id) {
            return Ok(Some(key));
        }
        let mut statement = self.connection.prepare_cached("SELECT id FROM keys WHERE key_id = ?1").at(self.path)?;
        let found = statement.query_row([key_id], |row| row.get(0)).optional().at(self.path)?;
        if let Some(key) = found {
            self.keys.borrow_mut().insert(key_id.to_owned(), key);
        }
        Ok(found)
    }

    fn key(&self, key_id: &str) -> Result<i64> {
        if let Some(key) = self.find_key(key_id)? {
            return Ok(key);
        }
        let mut statement = self.connection.prepare_cached("INSERT INTO keys (key_id) VALUES (?1)").at(self.path)?;
        statement.insert([key_id]).at(self.path)
    }

    /// The number of the signature's public key.
    fn signer(&self, signature: Option<&Signature>) -> Result<Option<i64>> {
        let Some(signature) = signature else { return Ok(None) };
        let key = signature.public_key.0;
        self.execute("INSERT INTO signers (public_key) VALUES (?1) ON CONFLICT DO NOTHING", [key])?;
        let sql = "SELECT id FROM signers WHERE public_key = ?1";
        self.connection.prepare_cached(sql).at(self.path)?.query_row([key], |row| row.get(0)).map(Some).at(self.path)
    }

    fn stored(&self, row: &Row<'_>) -> Result<Stored> {
        let number: i64 = row.get(0).at(self.path)?;
        decode(row, number).map_err(|what| Error::damaged(self.path, format!("row {number}: {what}")))
    }
}

/// What an output path is looked up by.
pub(crate) fn path_key(path: &str) -> i64 {
    let hash: [u8; 32] = Sha256::digest(path.as_bytes()).into();
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    i64::from_be_bytes(first)
}

pub(crate) fn thumbnail_hash(entry: &Entry) -> Option<[u8; 32]> {
    entry.thumbnail.as_ref().map(|picture| Sha256::digest(picture).into())
}

/// The end of the chain while rows are added.
pub(crate) struct ChainEnd<'a> {
    pub(crate) head: Head,
    pub(crate) signer: Option<&'a Signer>,
}

impl ChainEnd<'_> {
    /// The next place, for this entry.
    pub(crate) fn extend(
        &mut self,
        entry: &Entry,
        thumbnail_sha256: Option<[u8; 32]>,
        origin: Option<&Origin>,
    ) -> Place {
        let public_key = self.signer.map(Signer::public_key);
        self.head = Link { entry, thumbnail_sha256, public_key, origin }.after(&self.head);
        let signature = self.signer.map(|signer| signer.sign(&self.head.chain));
        Place { seq: self.head.seq, chain: self.head.chain, signature }
    }
}
