//! The ways a clip can fail, in sentences that name the way out.

/// Result of this crate's calls.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a clip was not marked or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A program that is needed is not there.
    #[error(
        "{program} is needed for video and was not found on the search path; install ffmpeg 5.1 or newer \
         (Debian and Ubuntu: apt install ffmpeg; macOS: brew install ffmpeg; Windows: winget install ffmpeg)"
    )]
    Missing {
        /// Name of the program.
        program: &'static str,
    },
    /// A program failed.
    #[error("{program} failed while {what}: {said}")]
    Failed {
        /// Name of the program.
        program: &'static str,
        /// What it was doing.
        what: &'static str,
        /// Its last words.
        said: String,
    },
    /// The disk is full.
    #[error("no space is left where the clip is written; make room or choose another place")]
    Full,
    /// The file is no video, or one that is not marked.
    #[error("{0}")]
    Unsupported(String),
    /// Fewer frames could be decoded than the file says it has, or it ends early by the decoder's account.
    #[error(
        "only {decoded}{} frames could be decoded: the file is truncated or damaged{said}; \
         get a whole copy, or repair it first",
        expected.map_or_else(String::new, |expected| format!(" of about {expected}"))
    )]
    Truncated {
        /// Frames decoded.
        decoded: u64,
        /// Frames by the file's own account, where it says more than were decoded.
        expected: Option<u64>,
        /// What the decoder said, in brackets, or nothing.
        said: String,
    },
    /// The caller called it off.
    #[error("interrupted")]
    Interrupted,
    /// Marking failed.
    #[error(transparent)]
    Core(#[from] watermark_core::Error),
    /// A pipe or a file failed.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: &'static str,
        /// Why it failed.
        source: std::io::Error,
    },
}

impl Error {
    pub(crate) fn io(what: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { what, source }
    }
}
