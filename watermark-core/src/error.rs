//! The ways a call can fail. Finding nothing is not among them: it is a [`Detection`](crate::Detection).

/// Result of this crate's fallible calls.
pub type Result<T> = std::result::Result<T, Error>;

/// Input that cannot be used, a limit that was met, a picture that cannot carry a mark, or a fault of ours.
///
/// Messages name the value and the limit; they never contain secret bytes.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The caller's data or options cannot be used.
    #[error("{0}")]
    Input(String),
    /// A limit of [`Limits`](crate::Limits) was met before any large allocation.
    #[error("{what} is {value}, the limit is {limit}")]
    Limit {
        /// What was measured, in words.
        what: &'static str,
        /// Its value.
        value: u64,
        /// The limit it exceeds.
        limit: u64,
    },
    /// The picture cannot carry a readable mark; nothing should be written.
    #[error("this picture cannot carry the mark: {0}")]
    Refused(Refusal),
    /// Whoever watched [`Detector::detect_watched`](crate::Detector::detect_watched) called it off.
    #[error("cancelled")]
    Cancelled,
    /// A fault of this crate.
    #[error("internal fault: {0}")]
    Internal(String),
}

impl Error {
    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::Input(message.into())
    }
}

/// Why a picture cannot carry the mark.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A side is below the smallest that is supported.
    #[error("it is {width}x{height} px, the smallest side that carries a mark is {min_side} px")]
    TooSmall {
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
        /// The smallest side, pixels.
        min_side: usize,
    },
    /// Too little of the picture has texture, edges or gradients that can hide a mark.
    #[error("only {percent:.1} % of it has any texture to hide a mark in, {needed:.1} % are needed")]
    Flat {
        /// Share of the picture that can carry, percent.
        percent: f64,
        /// Share needed, percent.
        needed: f64,
    },
    /// Practically all pixels are at the ends of the range (one-bit art, for example).
    #[error("{percent:.1} % of its pixels are pure black or white (one-bit art), at most {limit:.1} % may be")]
    OneBit {
        /// Share of pixels at either end of the range, percent.
        percent: f64,
        /// Largest share accepted, percent.
        limit: f64,
    },
    /// The marked picture was read back and the margin was too thin.
    #[error(
        "the marked picture reads back with a margin of {margin_db:.2} dB, at least {needed_db:.2} dB are needed; \
         a stronger mark may help"
    )]
    ThinMargin {
        /// Margin of the read-back, dB over the decoder's threshold.
        margin_db: f64,
        /// Smallest margin accepted, dB.
        needed_db: f64,
    },
}
