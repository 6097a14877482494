//! Walking along the chain.

use std::ops::ControlFlow;

use sha2::{Digest, Sha256};

use crate::Registry;
use crate::chain::{Head, Link, origin_fault};
use crate::entry::{RowId, Stored};
use crate::error::Result;
use crate::signer::PublicKey;

/// What to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChainOptions {
    /// A head that was noted elsewhere; `None` by default. Without one, a chain that was cut off or made anew is not
    /// told from an honest one.
    pub noted: Option<Head>,
    /// Whether to check every signature (default). It takes most of the time.
    pub signatures: bool,
}

impl Default for ChainOptions {
    fn default() -> Self {
        Self { noted: None, signatures: true }
    }
}

impl ChainOptions {
    /// With a head that was noted elsewhere.
    pub fn noted(head: Head) -> Self {
        Self { noted: Some(head), ..Self::default() }
    }
}

/// What [`Registry::verify_chain`] saw.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChainReport {
    /// Rows in the chain.
    pub rows: u64,
    /// Its end as it is stored.
    pub head: Head,
    /// Rows that do not fit.
    pub faults: u64,
    /// The first of them.
    pub first_fault: Option<ChainFault>,
    /// Whose signatures there are, in the order of their first row. Whether a public key is one to trust is for the
    /// caller to know.
    pub signed: Vec<SignedBy>,
    /// Rows without a signature.
    pub unsigned: u64,
    /// Whose signatures rows had in the registry they came from, likewise. They vouch for these rows alone: what was
    /// before them in the other chain is not here.
    pub signed_at_origin: Vec<SignedBy>,
    /// What became of the noted head, if one was given.
    pub noted: Option<Noted>,
}

impl ChainReport {
    /// Whether every row fits, and the noted head too.
    pub fn is_sound(&self) -> bool {
        self.faults == 0 && matches!(self.noted, None | Some(Noted::Fits))
    }
}

/// A row that does not fit the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChainFault {
    /// The row's number.
    pub row: RowId,
    /// Its sequence number as it is stored.
    pub seq: u64,
    /// What does not fit, in words.
    pub reason: &'static str,
}

/// Rows signed with one key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignedBy {
    /// The public key.
    pub public_key: PublicKey,
    /// Number of rows that carry it.
    pub rows: u64,
    /// Sequence number of the first.
    pub first_seq: u64,
    /// Sequence number of the last. In [`ChainReport::signed`] the signature there vouches for every row before it as
    /// well.
    pub last_seq: u64,
}

/// What became of a head that was noted elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// The chain has this value there: with no fault before it, every row up to it is as it was when the head was
    /// noted.
    Fits,
    /// The chain ends before it: rows were cut off.
    CutOff,
    /// The chain has another value there: rows up to it were changed, and the chain was made anew.
    Differs,
}

impl Registry {
    /// Walks over all confirmed rows, one at a time, and says which is the first that does not fit.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, [`Error::Damaged`](crate::Error::Damaged) among them. A row that does not fit is
    /// no error but in the report.
    pub fn verify_chain(&self, options: &ChainOptions) -> Result<ChainReport> {
        let mut walk = Walk::new(options);
        self.rows().each("WHERE m.seq IS NOT NULL ORDER BY m.seq", [], |stored| {
            walk.step(&stored);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(walk.end())
    }

    /// What is wrong with one row that was looked up, in words: it is not what was confirmed, not in its place, its signature
    /// does not fit, or its thumbnail is another. `None` when nothing is, or while the row is pending. Quick, and no more
    /// than a first look: a chain that was made anew from this row on is only told by a noted head
    /// ([`verify_chain`](Self::verify_chain)).
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn row_fault(&self, stored: &Stored) -> Result<Option<&'static str>> {
        let Some(place) = &stored.place else { return Ok(None) };
        let before = place.seq.saturating_sub(1).cast_signed();
        let previous = self.rows().all("WHERE m.seq = ?1", [before])?.pop().and_then(|row| row.place);
        let previous = previous.map_or(Head::EMPTY, |place| Head { seq: place.seq, chain: place.chain });
        if let Some(fault) = fault(stored, &previous, true) {
            return Ok(Some(fault));
        }
        let thumbnail = self.thumbnail(stored.row)?;
        let other = thumbnail.is_some_and(|picture| !is_thumbnail(&picture, stored.thumbnail_sha256));
        Ok(other.then_some("its thumbnail is another"))
    }
}

/// Whether a picture is the thumbnail that a row was confirmed with.
pub(crate) fn is_thumbnail(picture: &[u8], sha256: Option<[u8; 32]>) -> bool {
    sha256 == Some(Sha256::digest(picture).into())
}

/// What does not fit in a row that stands behind `previous`.
fn fault(stored: &Stored, previous: &Head, signatures: bool) -> Option<&'static str> {
    let place = stored.place.as_ref()?;
    if place.seq != previous.seq + 1 {
        return Some("rows before it are missing");
    }
    if Link::of(stored).after(previous).chain != place.chain {
        return Some("it is not the row that was confirmed, or not in its place");
    }
    if !signatures {
        return None;
    }
    match (&place.signature, &stored.origin) {
        (Some(signature), _) if !signature.fits(&place.chain) => Some("its signature does not fit"),
        (_, Some(origin)) => origin_fault(&stored.entry, stored.thumbnail_sha256, origin),
        _ => None,
    }
}

/// The walk, also for whoever reads the rows for another reason.
pub(crate) struct Walk {
    report: ChainReport,
    options: ChainOptions,
}

impl Walk {
    pub(crate) fn new(options: &ChainOptions) -> Self {
        let report = ChainReport {
            rows: 0,
            head: Head::EMPTY,
            faults: 0,
            first_fault: None,
            signed: Vec::new(),
            unsigned: 0,
            signed_at_origin: Vec::new(),
            noted: None,
        };
        let mut walk = Self { report, options: *options };
        walk.compare_noted();
        walk
    }

    /// Looks at the next row of the chain; says what is wrong with it.
    pub(crate) fn step(&mut self, stored: &Stored) -> Option<&'static str> {
        let place = stored.place.as_ref()?;
        let fault = fault(stored, &self.report.head, self.options.signatures);
        if let Some(reason) = fault {
            self.report.faults += 1;
            let fault = ChainFault { row: stored.row, seq: place.seq, reason };
            self.report.first_fault.get_or_insert(fault);
        }
        self.count_signature(stored);
        self.report.rows += 1;
        // What is stored counts for the next row, so that one changed row is one fault.
        self.report.head = Head { seq: place.seq, chain: place.chain };
        self.compare_noted();
        fault
    }

    /// The last row seen.
    pub(crate) fn head(&self) -> Head {
        self.report.head
    }

    pub(crate) fn end(mut self) -> ChainReport {
        if self.options.noted.is_some() {
            self.report.noted.get_or_insert(Noted::CutOff);
        }
        self.report
    }

    fn count_signature(&mut self, stored: &Stored) {
        let Some(place) = &stored.place else { return };
        match &place.signature {
            Some(signature) => count(&mut self.report.signed, signature.public_key, place.seq),
            None => self.report.unsigned += 1,
        }
        if let Some(signature) = stored.origin.as_ref().and_then(|origin| origin.signature.as_ref()) {
            count(&mut self.report.signed_at_origin, signature.public_key, place.seq);
        }
    }

    fn compare_noted(&mut self) {
        let head = self.report.head;
        if let Some(noted) = self.options.noted.filter(|noted| noted.seq == head.seq) {
            self.report.noted = Some(if noted == head { Noted::Fits } else { Noted::Differs });
        }
    }
}

fn count(signed: &mut Vec<SignedBy>, public_key: PublicKey, seq: u64) {
    match signed.iter_mut().find(|signed| signed.public_key == public_key) {
        Some(signed) => (signed.rows, signed.last_seq) = (signed.rows + 1, seq),
        None => signed.push(SignedBy { public_key, rows: 1, first_seq: seq, last_seq: seq }),
    }
}
