//! What is refused, and what becomes of content credentials.

use anyhow::{Error, Result};
use watermark_media::{C2pa, Document};

use super::copies::refusal;
use super::tally::Status;
use crate::args::CredentialsRule;

/// A file that must not be marked, for a reason that is not the picture's.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Refused(String);

/// Whether an error refuses a picture or says what failed.
pub(super) fn status_of(error: &Error) -> Status {
    let forbidden = error.chain().any(|cause| cause.downcast_ref::<Refused>().is_some());
    if forbidden || refusal(error).is_some() { Status::Refused } else { Status::Failed }
}

/// The refusal of a clip with content credentials: they are left out or it is not marked.
pub(super) fn clip_credentials(name: &str) -> Error {
    let text = format!(
        "{name}: carries content credentials (C2PA), which hold for unchanged frames only; pass --c2pa strip to mark it and \
         leave them out (a clip cannot keep them)"
    );
    Refused(text).into()
}

/// What becomes of a document's content credentials, with a sentence when it has any. Without a rule it is refused.
pub(super) fn credentials(
    rule: Option<CredentialsRule>,
    document: &Document,
    name: &str,
) -> Result<(C2pa, Option<&'static str>)> {
    let has = document.has_c2pa();
    match rule.unwrap_or(CredentialsRule::Refuse) {
        CredentialsRule::Refuse if has => Err(Refused(format!(
            "{name}: carries content credentials (C2PA), which hold for unchanged pixels only; pass --c2pa strip to mark it \
             and leave them out, or --c2pa keep to mark it and have them no longer fit"
        ))
        .into()),
        CredentialsRule::Keep => Ok((
            C2pa::Keep,
            has.then_some(
                "carries content credentials (C2PA), which hold for unchanged pixels only; the output has them, and \
                 whoever checks them sees that they do not fit",
            ),
        )),
        _ => Ok((
            C2pa::Drop,
            has.then_some(
                "carries content credentials (C2PA), which hold for unchanged pixels only; the output is written \
                 without them",
            ),
        )),
    }
}
