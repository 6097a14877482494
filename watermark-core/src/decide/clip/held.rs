//! A detector that is lent, or held together with others.

use std::ops::Deref;
use std::sync::Arc;

use crate::Detector;

/// What a clip is read with.
pub(super) enum Held<'a> {
    /// By somebody who keeps it until the clip is done.
    Lent(&'a Detector),
    /// By whoever is done last.
    Shared(Arc<Detector>),
}

impl Deref for Held<'_> {
    type Target = Detector;

    fn deref(&self) -> &Detector {
        match self {
            Self::Lent(detector) => detector,
            Self::Shared(detector) => detector,
        }
    }
}
