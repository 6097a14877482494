//! The ways reading or writing a picture can fail. Messages say what is wrong and the way out, never a file name.

use crate::Format;

/// Result of this crate's fallible calls.
pub type Result<T> = std::result::Result<T, Error>;

/// Bytes that cannot be used, a limit that was met, or a picture that the wanted format cannot hold.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There are no bytes at all.
    #[error("the file is empty; copy or export it again")]
    Empty,
    /// A kind of file, or a variant of one, that is not read.
    #[error("{what} is not supported; {way_out}")]
    Unsupported {
        /// What the bytes are, as far as it was recognised.
        what: String,
        /// What the user can do.
        way_out: String,
    },
    /// The bytes contradict the format.
    #[error("the {format} data is damaged ({detail}); get an intact copy")]
    Corrupt {
        /// The format that was recognised.
        format: Format,
        /// The decoder's message.
        detail: String,
    },
    /// The bytes end before the picture does.
    #[error("the {format} data ends before the picture is complete ({detail}); get an intact copy")]
    Truncated {
        /// The format that was recognised.
        format: Format,
        /// What is missing.
        detail: String,
    },
    /// A limit of [`DecodeLimits`](crate::DecodeLimits), or one of the output format, was met before any large
    /// allocation.
    #[error("{what} is {value}, the limit is {limit}; scale the picture down")]
    Limit {
        /// What was measured, in words.
        what: &'static str,
        /// Its value.
        value: u64,
        /// The limit it exceeds.
        limit: u64,
    },
    /// More than one frame.
    #[error("this is an animated {format} of {frames} frames; frames are handled separately, extract them first")]
    Animated {
        /// The format that was recognised.
        format: Format,
        /// Number of frames.
        frames: u32,
    },
    /// Four ink channels.
    #[error("this {format} holds CMYK inks; convert it to RGB first, with its colour profile")]
    Cmyk {
        /// The format that was recognised.
        format: Format,
    },
    /// Samples of another kind than 8 or 16 bit integers.
    #[error("this {format} holds {what}; convert it to 8 or 16 bit integers first")]
    Depth {
        /// The format that was recognised.
        format: Format,
        /// What the samples are.
        what: String,
    },
    /// The wanted format has no place for something the picture has.
    #[error("{format} cannot hold {what}; {way_out}")]
    CannotHold {
        /// The format that was to be written.
        format: Format,
        /// What would be lost.
        what: &'static str,
        /// What the user can do.
        way_out: &'static str,
    },
    /// Samples, sides or options that do not fit together.
    #[error("{0}")]
    Input(String),
    /// The encoder failed; a fault of ours or of a dependency.
    #[error("writing {format} failed: {detail}")]
    Encode {
        /// The format that was to be written.
        format: Format,
        /// The encoder's message.
        detail: String,
    },
}

impl Error {
    pub(crate) fn corrupt(format: Format, detail: impl ToString) -> Self {
        Self::Corrupt { format, detail: detail.to_string() }
    }

    pub(crate) fn truncated(format: Format, detail: impl ToString) -> Self {
        Self::Truncated { format, detail: detail.to_string() }
    }

    pub(crate) fn encode(format: Format, detail: impl ToString) -> Self {
        Self::Encode { format, detail: detail.to_string() }
    }

    pub(crate) fn depth(format: Format, what: impl Into<String>) -> Self {
        Self::Depth { format, what: what.into() }
    }

    pub(crate) fn unsupported(what: impl Into<String>, way_out: impl Into<String>) -> Self {
        Self::Unsupported { what: what.into(), way_out: way_out.into() }
    }
}
