//! What a detection holds of the picture: the planes of the direct reading, and in their place, once something is
//! searched for, what the search looks at. Never both, which is most of the memory.

use std::borrow::Cow;

use crate::normalise::resample;
use crate::spectrum::Plane;
use crate::sync::Scene;

/// Planes of one picture.
pub(super) struct Planes {
    /// Samples of the working plane to one of the base plane.
    zoom: f64,
    state: State,
}

enum State {
    Direct {
        working: Plane,
        /// `None` where the working plane is the base plane.
        base: Option<Plane>,
    },
    /// Made of the working plane, which is its finest level.
    Search(Scene),
}

impl Planes {
    /// Holds the working plane and makes the base plane of it, `zoom` samples of the one to one of the other.
    pub(super) fn new(working: Plane, zoom: f64) -> Self {
        let base = match resample(&working, zoom) {
            Cow::Owned(base) => Some(base),
            Cow::Borrowed(_) => None,
        };
        Self { zoom, state: State::Direct { working, base } }
    }

    /// The scene, which `make` makes of the working plane if there is none yet.
    pub(super) fn for_search(&mut self, make: impl FnOnce(Plane) -> Scene) -> &Scene {
        if let State::Direct { working, base } = &mut self.state {
            base.take();
            let working = std::mem::take(working);
            self.state = State::Search(make(working));
        }
        self.scene().expect("it was just made")
    }

    /// The scene, if something was searched for.
    pub(super) fn scene(&self) -> Option<&Scene> {
        match &self.state {
            State::Direct { .. } => None,
            State::Search(scene) => Some(scene),
        }
    }

    /// The plane on whose grid an untouched picture's tiles lie, made again where it was given up for the search;
    /// `None` after the search of a picture that is too small for one.
    pub(super) fn base(&self) -> Option<Cow<'_, Plane>> {
        match &self.state {
            State::Direct { working, base } => Some(Cow::Borrowed(base.as_ref().unwrap_or(working))),
            State::Search(scene) => scene.levels.first().map(|finest| resample(&finest.luma, self.zoom)),
        }
    }
}
