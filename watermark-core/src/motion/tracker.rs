//! Frames of a shot compared with one further back, so that small errors do not add up.

use super::{Light, Step, estimate};

/// Share that is not explained from which two frames have nothing to do with each other.
const STRANGE: f64 = 0.5;
/// Share of the short side that corners may have moved until another frame is compared with.
const FAR: f64 = 0.25;

/// Follows a camera.
pub(crate) struct Tracker {
    light: Light,
    /// Where the frame compared with lies.
    pose: Step,
    /// Steps to it from the last frame and from the one before.
    steps: (Step, Step),
}

/// What a frame shows.
pub(crate) struct Seen {
    /// Where it lies.
    pub(crate) pose: Step,
    /// What that explains better and worse than another pose does, shares of the frame.
    pub(crate) gain: f64,
    pub(crate) loss: f64,
    /// Whether the two frames have nothing to do with each other.
    pub(crate) strange: bool,
}

impl Tracker {
    /// Begins with a frame and where it lies.
    pub(crate) fn new(light: Light, pose: Step) -> Self {
        Self { light, pose, steps: (Step::NONE, Step::NONE) }
    }

    /// Looks at the next frame; `held` is the other pose that it is compared with.
    pub(crate) fn look(&self, light: &Light, held: &Step) -> Option<Seen> {
        let (last, before) = self.steps;
        let step = estimate(&self.light, light, &last.then(&before.back()).then(&last))?;
        let votes = light.votes(&self.light, &held.then(&self.pose.back()), &step);
        Some(Seen { pose: step.then(&self.pose), gain: votes.gain, loss: votes.loss, strange: votes.left > STRANGE })
    }

    /// Goes on from a frame and where it was found, or taken, to lie.
    pub(crate) fn go_on(&mut self, light: Light, pose: Step, anew: bool) {
        let step = pose.then(&self.pose.back());
        let size = light.size();
        if anew || step.apart(&Step::NONE, size) > FAR * size.0.min(size.1) {
            let speed = self.steps.0.back().then(&step);
            *self = Self { light, pose, steps: (Step::NONE, if anew { Step::NONE } else { speed.back() }) };
        } else {
            self.steps = (step, self.steps.0);
        }
    }
}
