//! What is refused, and what becomes of content credentials.

use anyhow::{Error, Result};
use watermark_media::{C2pa, Document};

use super::copies::refusal;
use super::tally::Status;
use crate::args::CredentialsRule;

/// Of a file that a rule leaves alone, and that was named all the same.
pub(super) const BY_RULE: &str = "a rule of the configuration says that it is skipped; change the rule";

/// A file that must not be marked, for a reason that is not the picture's.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Refused(String);

/// Whether an error refuses a picture or says what failed.
pub(super) fn status_of(error: &Error) -> Status {
    let forbidden = error.chain().any(|cause| cause.downcast_ref::<Refused>().is_some());
    if forbidden || refusal(error).is_some() { Status::Refused } else { Status::Failed }
}

/// The refusal of such a file.
pub(super) fn by_rule(name: &str) -> Error {
    Refused(format!("{name}: {BY_RULE}")).into()
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
) -> Result<(C2pa, Option<String>)> {
    let rule = rule.unwrap_or(CredentialsRule::Refuse);
    let kept = if rule == CredentialsRule::Keep { C2pa::Keep } else { C2pa::Drop };
    if !document.has_c2pa() {
        return Ok((kept, None));
    }
    let has = match document.links_c2pa() {
        true => "names a C2PA manifest that lies elsewhere (dcterms:provenance), which holds",
        false => "carries content credentials (C2PA), which hold",
    };
    let what = match rule {
        CredentialsRule::Refuse => {
            return Err(Refused(format!(
                "{name}: {has} for unchanged pixels only; pass --c2pa strip to mark it and leave that out, or --c2pa keep to \
                 mark it and have it no longer fit"
            ))
            .into());
        }
        CredentialsRule::Keep => "the output has that, and whoever checks it sees that it does not fit",
        CredentialsRule::Strip => "the output is written without",
    };
    Ok((kept, Some(format!("{has} for unchanged pixels only; {what}"))))
}
