//! The steps by which the command line marks a file, timed one by one.

use std::hint::black_box;

use sha2::{Digest, Sha256};
use watermark_benches::median;
use watermark_core::{EmbedOptions, Embedder, Error, Key, KeyRole, Payload, SECRET_BYTES};
use watermark_media::{DecodeLimits, Document, EncodeOptions, Format};

use crate::clock::Clock;

/// Names of the steps of marking.
pub(crate) const STEPS: [&str; 5] = ["hashes", "thumbnail", "plan and apply", "decode again", "read back"];

/// CPU times of one file, ns.
#[derive(Debug, Clone)]
pub(crate) struct Times {
    pub(crate) decode: f64,
    pub(crate) encode: f64,
    /// In the order of [`STEPS`].
    pub(crate) steps: [f64; STEPS.len()],
}

impl Times {
    /// The median of each.
    pub(crate) fn median(runs: &[Self]) -> Self {
        let of = |get: &dyn Fn(&Self) -> f64| median(runs.iter().map(get));
        Self {
            decode: of(&|times| times.decode),
            encode: of(&|times| times.encode),
            steps: std::array::from_fn(|step| of(&|times| times.steps[step])),
        }
    }
}

/// Marks with a fixed key at the default options.
pub(crate) struct Marker {
    embedder: Embedder,
    payload: Payload,
}

impl Marker {
    pub(crate) fn new() -> watermark_core::Result<Self> {
        let key = Key::from_secret(KeyRole::Master, [0x5a; SECRET_BYTES]);
        Ok(Self {
            embedder: Embedder::new(&key, EmbedOptions::default())?,
            payload: Payload::from_bytes(&[0, 1, 2, 3, 4, 5, 6, 7])?,
        })
    }

    /// Everything that `watermark embed --registry` does with a file but for the disk.
    pub(crate) fn run(&self, file: &[u8], format: Format, clock: &Clock) -> Result<Times, Box<dyn std::error::Error>> {
        let limits = DecodeLimits::default();
        let (document, decode) = clock.time(|| Document::decode(file, &limits));
        let mut document = document?;
        let (_, hashed) = clock.time(|| black_box((Sha256::digest(file), document.content_sha256())));
        let (fingerprint, thumbnail) = clock.time(|| watermark_evidence::fingerprint(&document.pictures()[0]));
        black_box(fingerprint?);
        let (applied, marked) = clock.time(|| -> Result<(), Error> {
            let picture = &mut document.pictures_mut()[0];
            self.embedder.plan(&picture.view(), &self.payload)?.apply(&mut picture.view_mut()).map(|_| ())
        });
        applied?;
        let (written, encode) = clock.time(|| document.encode(format, &EncodeOptions::default()));
        let written = written?;
        let (again, decoded) = clock.time(|| {
            Document::decode(&written, &limits).map(|again| {
                let same = again.pictures()[0].pixels() == document.pictures()[0].pixels();
                (again, same)
            })
        });
        let (again, same) = again?;
        // A file that holds what was marked is read once, whichever of the two is looked at.
        assert!(same != (format == Format::Jpeg), "{format} is as lossy as it should be");
        let (read, read_back) = clock.time(|| self.embedder.read_back(&again.pictures()[0].view(), &self.payload));
        read?;
        let (_, output_hash) = clock.time(|| black_box(Sha256::digest(&written)));
        Ok(Times { decode, encode, steps: [hashed + output_hash, thumbnail, marked, decoded, read_back] })
    }
}
