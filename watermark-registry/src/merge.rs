//! Taking over the rows of another registry.

use std::ops::ControlFlow;

use crate::Registry;
use crate::entry::{Origin, Status};
use crate::error::{AtPath, Collision, Error, Result};
use crate::fields::Record;
use crate::import::{Added, Bulk};
use crate::rows::thumbnail_hash;
use crate::verify::{ChainOptions, Walk};

/// Most collisions that a report lists.
const LISTED: usize = 1000;

/// What was merged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MergeReport {
    /// Rows that are new in this registry.
    pub merged: u64,
    /// Rows that were there already.
    pub known: u64,
    /// Pending rows of the other registry, which stay there: settle them there and merge again.
    pub pending: u64,
    /// Number of rows whose id belongs to another asset or recipient here. They were left out, nothing was overwritten.
    pub collisions: u64,
    /// The first 1,000 of them; `row` and `holder` are of this registry.
    pub listed_collisions: Vec<Collision>,
}

impl Registry {
    /// Takes over the confirmed rows of another registry, which is not changed, in one transaction.
    ///
    /// The two chains stay two. A merged row gets a new place at the end of this chain, signed by this registry's
    /// signer if it has one, and keeps as its [`Origin`] the other chain's values before and at the row, and the
    /// other signature. Row and origin are hashed into this chain, so that what the other signer vouched for can be
    /// checked here for ever; a row that had an origin already keeps that first one. The other chain is verified on
    /// the way.
    ///
    /// # Errors
    ///
    /// [`Error::OtherChain`] when a row of the other registry does not fit its chain; what reading and writing give.
    /// Nothing was merged then.
    pub fn merge(&mut self, other: &Self) -> Result<MergeReport> {
        let snapshot = other.connection.unchecked_transaction().at(&other.path)?;
        let report = self.bulk(|rows, end| {
            let mut bulk = Bulk::new(rows)?;
            let mut report = MergeReport { pending: other.count()?.pending, ..MergeReport::default() };
            let mut walk = Walk::new(&ChainOptions::default());
            other.rows().each("WHERE m.seq IS NOT NULL ORDER BY m.seq", [], |mut stored| {
                let previous = walk.head().chain;
                if let Some(reason) = walk.step(&stored) {
                    let seq = walk.head().seq;
                    return Err(Error::OtherChain { path: other.path.clone(), seq, reason: reason.into() });
                }
                let origin = stored.origin.take().or(stored.place.map(|place| Origin {
                    seq: place.seq,
                    previous,
                    chain: place.chain,
                    signature: place.signature,
                }));
                if stored.thumbnail_sha256.is_some() {
                    stored.entry.thumbnail = other.thumbnail(stored.row)?;
                    let hash = thumbnail_hash(&stored.entry);
                    if hash.is_some() && hash != stored.thumbnail_sha256 {
                        let reason = "its thumbnail was changed".into();
                        return Err(Error::OtherChain { path: other.path.clone(), seq: walk.head().seq, reason });
                    }
                }
                let record = Record {
                    entry: stored.entry,
                    thumbnail_sha256: stored.thumbnail_sha256,
                    origin,
                    status: Status::Confirmed,
                };
                match bulk.add(end, &record) {
                    Ok(Added::New) => report.merged += 1,
                    Ok(Added::Known | Added::Pending) => report.known += 1,
                    Err(Error::Collision(collision)) => {
                        report.collisions += 1;
                        if report.listed_collisions.len() < LISTED {
                            report.listed_collisions.push(*collision);
                        }
                    }
                    Err(error) => return Err(error),
                }
                Ok(ControlFlow::Continue(()))
            })?;
            bulk.finish()?;
            Ok((report, true))
        })?;
        snapshot.finish().at(&other.path)?;
        Ok(report)
    }
}
