//! The pattern goes along with the camera: what moves with the whole picture costs a codec nothing, and a frame in the
//! middle of a pan reads like a still (docs/decisions/frames.md). A shot begins with the pattern where a still has it.

use super::Grid;
use super::grid::PATCH;
use crate::motion::{Light, Step, Tracker, Votes};
use crate::spectrum::Plane;

/// Way of the corners from which the camera may have moved, pixels.
const STAYS: f64 = 0.15;
/// How many times what a move makes worse it has to make better.
const CLEARER: f64 = 1.5;
/// Way of the corners in a frame below which the camera rests, pixels, and how many frames it rests until the pattern does.
const RESTS: f64 = 0.05;
const MOST_RESTS: u32 = 6;
/// The camera's path shakes by what a frame's step differs from the one before, less a share of the step itself, pixels of
/// the corners; share of the newest frame in it, and the most with which the path is believed. A step that is clearly right
/// counts for none: pans begin at once.
const SHAKE_SHARE: f64 = 0.3;
const SHAKE_NEWEST: f64 = 0.2;
const MOST_SHAKE: f64 = 0.4;
/// Share of the frame that has to have texture: where most is flat, a pattern that moves is all that a codec has to see to.
const TEXTURE: f32 = 0.4;
/// Way of the corners that a change of scale makes, up to which there is none, pixels.
const SAME_SCALE: f64 = 0.3;
/// Scales of the pattern in a frame: beyond these it starts anew.
const SCALES: std::ops::RangeInclusive<f64> = 0.7..=1.45;

/// Where the pattern lies in the frames of a shot.
pub(super) struct Camera {
    size: (f64, f64),
    pitch: f64,
    tracker: Option<Tracker>,
    path: Path,
}

/// Where the camera looks, pixels of the frame to those of the shot's first one, and whether the pattern goes along.
struct Path {
    now: Step,
    /// From this frame to the last.
    step: Step,
    shake: f64,
    motion: Motion,
}

enum Motion {
    /// The pattern stays: where the camera looked when it came to, and the pixels of frames to those of the pattern.
    Stays(Step, Step),
    /// The pattern goes along: pixels of the shot's first frame to those of the pattern, and how many frames the camera has
    /// rested.
    Goes(Step, u32),
}

impl Camera {
    pub(super) fn new(grid: &Grid) -> Self {
        let size = (grid.width as f64, grid.height as f64);
        Self { size, pitch: PATCH as f64 * grid.pitch, tracker: None, path: Path::START }
    }

    /// Begins a shot.
    pub(super) fn begin(&mut self, means: &Plane) {
        self.path = Path::START;
        self.tracker = Some(Tracker::new(Light::of(means.clone(), self.pitch), Step::NONE));
    }

    /// Pixels of the frame to pixels of the pattern.
    pub(super) fn pose(&self) -> Step {
        match &self.path.motion {
            Motion::Stays(_, pose) => *pose,
            Motion::Goes(anchor, _) => self.path.now.then(anchor),
        }
    }

    /// Follows the next frame of the shot. Whether the pattern starts anew.
    pub(super) fn follow(&mut self, means: &Plane) -> bool {
        let Some(tracker) = &mut self.tracker else {
            self.begin(means);
            return true;
        };
        let light = Light::of(means.clone(), self.pitch);
        match tracker.look(&light, self.path.held()) {
            Some(seen) => {
                let now = level(seen.pose, self.size);
                self.path.go_on(now, &seen.votes, &light, self.size);
                tracker.go_on(light, now, Some(&seen));
            }
            None => {
                tracker.go_on(light, self.path.now, None);
                self.path.motion = Motion::Stays(self.path.now, self.pose());
            }
        }
        if !SCALES.contains(&self.pose().scale) {
            self.begin(means);
            return true;
        }
        false
    }
}

impl Path {
    const START: Self =
        Self { now: Step::NONE, step: Step::NONE, shake: 0.0, motion: Motion::Stays(Step::NONE, Step::NONE) };

    /// The place with which what is found is compared: nothing moved.
    fn held(&self) -> &Step {
        match &self.motion {
            Motion::Stays(at, _) => at,
            Motion::Goes(..) => &self.now,
        }
    }

    /// Goes on to where the camera was seen to look, in frames of `size` (width, height) pixels.
    fn go_on(&mut self, now: Step, votes: &Votes, light: &Light, size: (f64, f64)) {
        let step = now.then(&self.now.back());
        let way = step.apart(&Step::NONE, size);
        let shake =
            if votes.is_certain() || way < STAYS { 0.0 } else { step.apart(&self.step, size) - SHAKE_SHARE * way };
        self.shake = (self.shake + SHAKE_NEWEST * (shake - self.shake)).max(0.0);
        let wild = self.shake > MOST_SHAKE;
        match &mut self.motion {
            Motion::Stays(at, pose) => {
                let moves = now.apart(at, size) > STAYS && votes.is_better(CLEARER);
                if moves && !wild && light.texture() > TEXTURE {
                    // From this frame's step on: what it lags behind is never made up for, so nothing jumps.
                    self.motion = Motion::Goes(self.now.back().then(pose), 0);
                }
            }
            Motion::Goes(anchor, rests) => {
                *rests = if way < RESTS { *rests + 1 } else { 0 };
                if votes.is_worse(CLEARER) || wild || *rests > MOST_RESTS {
                    self.motion = Motion::Stays(now, self.now.then(anchor));
                }
            }
        }
        (self.now, self.step) = (now, step);
    }
}

/// Without a change of scale that does not show.
fn level(pose: Step, size: (f64, f64)) -> Step {
    let (x, y) = (size.0 / 2.0, size.1 / 2.0);
    if (pose.scale - 1.0).abs() * libm::hypot(x, y) > SAME_SCALE {
        return pose;
    }
    let (u, v) = pose.at(x, y);
    Step { scale: 1.0, shift: [u - x, v - y] }
}
