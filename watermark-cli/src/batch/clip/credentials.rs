//! Content credentials of a film.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use anyhow::Result;

use crate::args::CredentialsRule;
use crate::batch::refusals::clip_credentials;

/// Content credentials of an MP4 lie in a box of its own at the top; they hold for unchanged frames only.
pub(super) fn refuse(path: &Path, rule: Option<CredentialsRule>) -> Result<()> {
    if !has_credentials(path) || rule == Some(CredentialsRule::Strip) {
        return Ok(());
    }
    Err(clip_credentials(&path.display().to_string()))
}

/// Whether a film has content credentials.
pub(crate) fn has_credentials(path: &Path) -> bool {
    /// The box's identifier (C2PA 2.1, A.5).
    const C2PA: [u8; 16] = *b"\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81";
    let Ok(mut file) = File::open(path) else { return false };
    let mut at = 0_u64;
    // More boxes than any real file has at the top.
    for _ in 0..100_000 {
        let mut head = [0_u8; 32];
        let read = file.seek(SeekFrom::Start(at)).is_ok() && file.read_exact(&mut head[..8]).is_ok();
        if !read || !head[4..8].iter().all(u8::is_ascii_graphic) {
            return false;
        }
        let _ = file.read_exact(&mut head[8..]);
        let short = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
        let (size, id) = match short {
            1 => (u64::from_be_bytes(std::array::from_fn(|i| head[8 + i])), &head[16..32]),
            short => (u64::from(short), &head[8..24]),
        };
        if &head[4..8] == b"uuid" && id == C2PA {
            return true;
        }
        match at.checked_add(size) {
            Some(next) if size >= 8 => at = next,
            _ => return false,
        }
    }
    false
}
