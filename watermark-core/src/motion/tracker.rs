//! Frames of a shot compared with one further back, so that small errors do not add up.

use super::follow::{near, wide};
use super::light::Votes;
use super::{Light, Step};

/// Share that is not explained from which two frames have nothing to do with each other.
const STRANGE: f64 = 0.5;
/// Way of the corners that is none, pixels, and how many times what was left of the last frame may be left of one that did not
/// move.
const RESTS: f64 = 0.15;
const WORSE: f64 = 1.25;
/// Share of the short side that corners may have moved until another frame is compared with.
const FAR: f64 = 0.25;

/// Follows a camera.
pub(crate) struct Tracker {
    light: Light,
    /// Where the frame compared with lies.
    pose: Step,
    /// Steps to it from the last frame and from the one before.
    steps: (Step, Step),
    /// Share of the last frame that was not explained.
    left: f64,
}

/// What a frame shows.
pub(crate) struct Seen {
    /// Where it lies.
    pub(crate) pose: Step,
    /// How that explains the frame, next to the pose that it was compared with.
    pub(crate) votes: Votes,
}

impl Seen {
    /// Whether the frame has nothing to do with the one that it was compared with.
    pub(crate) fn is_strange(&self) -> bool {
        self.votes.left > STRANGE
    }
}

impl Tracker {
    /// Begins with a frame and where it lies.
    pub(crate) fn new(light: Light, pose: Step) -> Self {
        Self { light, pose, steps: (Step::NONE, Step::NONE), left: 0.0 }
    }

    /// Looks at the next frame; `held` is the other pose that it is compared with.
    pub(crate) fn look(&self, light: &Light, held: &Step) -> Option<Seen> {
        let (last, before) = self.steps;
        let start = last.then(&before.back()).then(&last);
        let held = held.then(&self.pose.back());
        let near = near(&self.light, light, &start).map(|step| (step, light.votes(&self.light, &held, &step)));
        if let Some((step, votes)) = near
            && self.is_plain(&votes, step.apart(&held, light.size()))
        {
            return Some(self.seen(&step, votes));
        }
        let wide = wide(&self.light, light, &start);
        let is_better = |wide: &Step| {
            near.is_none_or(|(near, _)| {
                let votes = light.votes(&self.light, &near, wide);
                votes.gain > votes.loss
            })
        };
        match wide.filter(is_better) {
            Some(wide) => Some(self.seen(&wide, light.votes(&self.light, &held, &wide))),
            None => near.map(|(step, votes)| self.seen(&step, votes)),
        }
    }

    /// Whether nothing else has to be looked for: a move that explains almost all, or none in a frame that is explained as
    /// well as the last.
    fn is_plain(&self, votes: &Votes, way: f64) -> bool {
        votes.is_certain() || (way < RESTS && votes.left < WORSE * self.left)
    }

    fn seen(&self, step: &Step, votes: Votes) -> Seen {
        Seen { pose: step.then(&self.pose), votes }
    }

    /// Goes on from a frame and where it was seen to lie, or is taken to.
    pub(crate) fn go_on(&mut self, light: Light, pose: Step, seen: Option<&Seen>) {
        let anew = seen.is_none_or(Seen::is_strange);
        self.left = seen.map_or(0.0, |seen| seen.votes.left);
        let step = pose.then(&self.pose.back());
        let size = light.size();
        if anew || step.apart(&Step::NONE, size) > FAR * size.0.min(size.1) {
            let speed = self.steps.0.back().then(&step);
            let steps = (Step::NONE, if anew { Step::NONE } else { speed.back() });
            *self = Self { light, pose, steps, left: self.left };
        } else {
            self.steps = (step, self.steps.0);
        }
    }
}
