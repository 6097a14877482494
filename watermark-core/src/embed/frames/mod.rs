//! Frames: successive luma planes of one size, each with the mark of its own content, at the speed of video.
//!
//! A still's plan listens to its picture and renders the pattern for it. Frames are marked by what does not need that:
//! the pattern's parts are rendered once for all of them ([`ground`]), one look at a frame gives the light of small
//! patches ([`light`]), from which follow the content signs that a reader of this frame will compute ([`signs`]) and
//! what the places bear ([`tolerance`]); both are eased from frame to frame, and a cut starts them anew. The change is
//! composed of these while it is added ([`compose`]). docs/decisions/frames.md has what was tried.

mod compose;
mod grid;
mod ground;
mod light;
mod signs;
mod spread;
#[cfg(test)]
mod tests;
mod tolerance;
mod view;

use std::sync::Arc;

use compose::Composer;
use grid::Grid;
use ground::Ground;
use light::Light;
use signs::{Signs, seen};
use tolerance::Tolerance;
pub use view::{LumaFrame, LumaRange};

use super::plan::MIN_SIDE;
use super::{Applied, strength};
use crate::code::encode;
use crate::pattern::{Pattern, octaves};
use crate::{Error, Key, Limits, Payload, Profile, Refusal, Result, Strength};

/// Mean change of light between two frames from which the second may be the first of a new shot, grey levels; and how
/// many times that of the frames before it has to be.
const CUT_FROM: f32 = 9.0;
const CUT_TIMES: f32 = 3.0;
/// Share of the newest frame in the mean change, and in the gain.
const NEWEST: f32 = 0.2;

/// Options of a [`FrameEmbedder`].
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct FrameOptions {
    /// How strong the mark is. Default: [`Profile::Standard`].
    pub profile: Profile,
    /// Which code values are black and white. Default: [`LumaRange::Limited`].
    pub range: LumaRange,
    /// Bounds on what is accepted. Default: see [`Limits`].
    pub limits: Limits,
}

/// What came of marking one frame.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct FrameReport {
    /// Whether the frame was taken for the first of a shot.
    pub cut: bool,
    /// What was done to one row in eight, in code values of 8 bits; add these up for the PSNR of a clip.
    pub applied: Applied,
}

/// Marks the luma planes of successive frames of one size with one payload. It remembers the shot: frames have to come
/// in their order, and another clip takes another embedder or a call of [`Self::restart`].
///
/// ```
/// use watermark_core::*;
/// # fn main() -> Result<()> {
/// let key = Key::from_secret(KeyRole::Master, [7; SECRET_BYTES]);
/// let payload = Payload::from_bytes(&[1, 2, 3, 4, 5, 6, 7, 8])?;
/// let mut embedder = FrameEmbedder::new(&key, &payload, (640, 480), FrameOptions::default())?;
/// // Texture that moves by two pixels a frame.
/// for frame in 0..3_u32 {
///     let pixel = |i: u32| 90 + ((i % 640 + 2 * frame) / 3 + i / 640 / 3 * 640).wrapping_mul(2_654_435_761) / (1 << 27);
///     let mut luma: Vec<u8> = (0..640 * 480).map(|i| pixel(i) as u8).collect();
///     embedder.mark(&mut LumaFrame::bytes(640, 480, 640, &mut luma)?)?;
///
///     let view = ImageView::new(640, 480, 640, Layout::Luma, Samples::U8(&luma))?;
///     let found = Detector::new(&[key.clone()], DetectOptions::default())?.detect(&view)?;
///     assert_eq!(found.strongest().payload, Some(payload.clone()));
/// }
/// # Ok(())
/// # }
/// ```
pub struct FrameEmbedder {
    pattern: Arc<Pattern>,
    grid: Grid,
    ground: Ground,
    composer: Composer,
    light: Light,
    tolerance: Tolerance,
    signs: Vec<Signs>,
    options: FrameOptions,
    shot: Option<Shot>,
}

/// What is remembered of the frames of a shot.
#[derive(Debug, Clone, Copy)]
struct Shot {
    /// Mean change of light from frame to frame, grey levels.
    change: f32,
    /// Code values of 8 bits to a unit of pattern times mask.
    gain: f32,
}

impl std::fmt::Debug for FrameEmbedder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FrameEmbedder({}x{} px, {:?})", self.grid.width, self.grid.height, self.options)
    }
}

impl FrameEmbedder {
    /// Prepares the pattern for frames of `size` (width and height, pixels): some 8 bytes a pixel are held.
    ///
    /// # Errors
    /// [`Error::Input`] for a detect-only key, [`Error::Limit`] beyond the limits, [`Error::Refused`] for frames too small.
    pub fn new(key: &Key, payload: &Payload, size: (usize, usize), options: FrameOptions) -> Result<Self> {
        let (width, height) = size;
        if !key.can_issue() {
            return Err(Error::input("a detect-only key cannot mark frames; use the title's full key"));
        }
        options.limits.check(width, height)?;
        if width.min(height) < MIN_SIDE {
            return Err(Error::Refused(Refusal::TooSmall { width, height, min_side: MIN_SIDE }));
        }
        let pattern = Arc::new(Pattern::new(key));
        let grid = Grid::new(width, height);
        let ground = Ground::new(key, &pattern, &encode(payload, key)?, &grid);
        let signs: Vec<Signs> = octaves(width.min(height)).map(|octave| Signs::new(octave, &grid)).collect();
        Ok(Self {
            composer: Composer::new(&ground, &signs, &grid, options.range),
            light: Light::new(&grid),
            tolerance: Tolerance::new(&grid),
            pattern,
            grid,
            ground,
            signs,
            options,
            shot: None,
        })
    }

    /// Forgets the shot: the next frame is the first of another.
    pub fn restart(&mut self) {
        self.shot = None;
    }

    /// Marks the next frame.
    ///
    /// # Errors
    /// [`Error::Input`] when the frame has another size.
    pub fn mark(&mut self, frame: &mut LumaFrame<'_>) -> Result<FrameReport> {
        if (frame.width, frame.height) != (self.grid.width, self.grid.height) {
            return Err(Error::input(format!(
                "the frame is {}x{} px, the frames before it were {}x{} px",
                frame.width, frame.height, self.grid.width, self.grid.height
            )));
        }
        self.light.look(frame, &self.grid, self.options.range);
        let change = self.tolerance.difference(&self.light);
        let cut = self.shot.is_none_or(|shot| change > CUT_FROM && change > CUT_TIMES * shot.change);
        // A frame that is the one before it, as in animation on twos: all that follows from it is there.
        if cut || change > 0.0 {
            self.tolerance.follow(&self.light, cut);
            let seen = seen(&self.light.mean, &self.grid, self.signs.iter().map(Signs::octave), &self.pattern);
            self.signs.iter_mut().zip(&seen).for_each(|(signs, seen)| signs.follow(seen, cut));
        } else {
            self.signs.iter_mut().for_each(Signs::go_on);
        }
        let wanted = strength::gain(
            &self.tolerance.now,
            self.grid.width * self.grid.height,
            Strength::Profile(self.options.profile),
        ) / self.options.range.levels();
        let shot = match self.shot {
            Some(shot) if !cut => Shot {
                change: shot.change + NEWEST * (change - shot.change),
                gain: shot.gain + NEWEST * (wanted - shot.gain),
            },
            _ => Shot { change: 0.0, gain: wanted },
        };
        self.shot = Some(shot);
        let applied = self.composer.add(frame, &self.ground, &self.signs, &self.tolerance.now, shot.gain);
        Ok(FrameReport { cut, applied })
    }
}
