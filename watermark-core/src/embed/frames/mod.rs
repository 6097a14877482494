//! Frames: successive luma planes of one size, each with the mark of its own content, at the speed of video.
//!
//! A still's plan listens to its picture and renders the pattern for it. Frames are marked by what does not need that:
//! the pattern's parts are rendered once for all of them ([`ground`]), one look at a frame gives the light of small
//! patches ([`light`]), from which follow the content signs that a reader of this frame will compute ([`signs`]) and
//! what the places bear ([`tolerance`]); both are eased from frame to frame, and a cut starts them anew. The pattern goes
//! along with the camera ([`camera`]). The change is composed of these while it is added ([`compose`]), and brought to where
//! the pattern lies ([`warp`]). docs/decisions/frames.md has what was tried.

mod between;
mod camera;
mod compose;
mod fixed;
mod grid;
mod ground;
mod light;
mod signs;
mod spread;
#[cfg(test)]
mod tests;
mod tolerance;
mod view;
mod warp;

use std::sync::Arc;

use camera::Camera;
use compose::{Composer, Parts};
use grid::Grid;
use ground::Ground;
use light::Light;
use signs::{Signs, seen};
use tolerance::Tolerance;
pub use view::{LumaFrame, LumaRange};

use super::plan::MIN_SIDE;
use super::{Applied, strength};
use crate::code::encode;
use crate::motion::Step;
use crate::pattern::{Pattern, octaves};
use crate::{Error, ImageViewMut, Key, Limits, Payload, Profile, Refusal, Result, Strength};

/// Mean change of light between two frames from which the second may be the first of a new shot, grey levels; and how
/// many times that of the frames before it has to be.
const CUT_FROM: f32 = 9.0;
const CUT_TIMES: f32 = 3.0;
/// Correlation of two frames' light below which the second is another picture, however much the shot moves: slides.
const CUT_BELOW: f32 = 0.5;
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

/// Where the pattern lies in a marked frame: it goes along with the camera, so a frame in the middle of a pan is read back with
/// this ([`crate::Embedder::read_back_frame`]). The default is where a picture has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FramePose(pub(in crate::embed) Step);

impl Default for FramePose {
    fn default() -> Self {
        Self(Step::NONE)
    }
}

/// What came of marking one frame.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct FrameReport {
    /// Whether the frame was taken for the first of a shot.
    pub cut: bool,
    /// Where the pattern lies.
    pub pose: FramePose,
    /// What was done to one row in eight of a plane, in code values of 8 bits; add these up for the PSNR of a clip.
    pub applied: Applied,
}

/// Marks successive frames of one size with one payload, luma planes or pictures. It remembers the shot: frames have to come
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
    camera: Camera,
    tolerance: Tolerance,
    signs: Vec<Signs>,
    options: FrameOptions,
    /// Pixels of the still that is marked as loudly.
    still_pixels: usize,
    shot: Option<Shot>,
}

/// What is remembered of the frames of a shot.
#[derive(Debug, Clone, Copy)]
struct Shot {
    /// Mean change of light from frame to frame, grey levels; in the beginning what a cut has to be above.
    change: f32,
    /// Grey levels to a unit of pattern times mask.
    gain: f32,
}

impl std::fmt::Debug for FrameEmbedder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FrameEmbedder({}x{} px, {:?})", self.grid.width, self.grid.height, self.options)
    }
}

/// Pixels of a still that is marked as loudly as frames of so many pixels. Frames grow quieter with their size by 1 dB a
/// doubling, where stills do by 2.7: a codec takes from large frames what it takes from small ones, and what small ones
/// cost in bits is more (docs/decisions/frames.md).
fn still_pixels(pixels: usize) -> usize {
    /// Frames and stills are alike where they have so many pixels.
    const ALIKE: f64 = 1_350_000.0;
    const DOUBLINGS: f64 = 1.0 / 2.7;
    (ALIKE * libm::pow(pixels as f64 / ALIKE, DOUBLINGS)) as usize
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
            camera: Camera::new(&grid),
            tolerance: Tolerance::new(&grid),
            pattern,
            grid,
            ground,
            signs,
            options,
            still_pixels: still_pixels(width * height),
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
        self.check_size(frame.width, frame.height)?;
        self.light.look(frame, &self.grid, self.options.range);
        let (cut, gain) = self.follow();
        let (composer, parts) = self.parts(gain / self.options.range.levels());
        let pose = FramePose(parts.pose);
        Ok(FrameReport { cut, pose, applied: composer.add(frame, &parts) })
    }

    /// Marks the next frame where frames are pictures of full range: of any depth and layout, colour in red, green and blue.
    /// The same change is added to all colours, as to those of stills; alpha and fully transparent pixels stay as they are,
    /// integers are clamped to their range and floats are not. [`FrameOptions::range`] does not matter, and
    /// [`FrameReport::applied`] is about every row.
    ///
    /// ```
    /// use watermark_core::*;
    /// # fn main() -> Result<()> {
    /// let key = Key::from_secret(KeyRole::Master, [7; SECRET_BYTES]);
    /// let payload = Payload::from_bytes(&[1, 2, 3, 4, 5, 6, 7, 8])?;
    /// let mut embedder = FrameEmbedder::new(&key, &payload, (320, 240), FrameOptions::default())?;
    /// let grain = |i: u32| 20_000 + (i.wrapping_mul(2_654_435_761) >> 19) as u16;
    /// let mut pixels: Vec<u16> = (0..320 * 240 * 3).map(|i| grain(i / 3)).collect();
    /// let mut view = ImageViewMut::new(320, 240, 960, Layout::Rgb, SamplesMut::U16(&mut pixels))?;
    /// embedder.mark_picture(&mut view)?;
    /// let found = Detector::new(&[key], DetectOptions::default())?.detect(&view.as_view())?;
    /// assert_eq!(found.strongest().payload, Some(payload));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Input`] when the frame has another size, or a floating-point sample is not finite; the frame and what is
    /// remembered of the shot are then as they were.
    pub fn mark_picture(&mut self, frame: &mut ImageViewMut<'_>) -> Result<FrameReport> {
        self.check_size(frame.width(), frame.height())?;
        self.light.look_at(&frame.as_view(), &self.grid)?;
        let (cut, gain) = self.follow();
        let (composer, parts) = self.parts(gain);
        let pose = FramePose(parts.pose);
        Ok(FrameReport { cut, pose, applied: composer.add_to_picture(frame, &parts) })
    }

    fn check_size(&self, width: usize, height: usize) -> Result<()> {
        if (width, height) != (self.grid.width, self.grid.height) {
            return Err(Error::input(format!(
                "the frame is {width}x{height} px, the frames before it were {}x{} px",
                self.grid.width, self.grid.height
            )));
        }
        Ok(())
    }

    fn parts(&mut self, gain: f32) -> (&mut Composer, Parts<'_>) {
        let parts = Parts {
            ground: &self.ground,
            signs: &self.signs,
            mask: &self.tolerance.now,
            gain,
            pose: self.camera.pose(),
        };
        (&mut self.composer, parts)
    }

    /// Follows the frame that was looked at: whether it begins a shot, and its gain.
    fn follow(&mut self) -> (bool, f32) {
        let change = self.tolerance.difference(&self.light);
        let cut = self.shot.is_none_or(|shot| {
            let other = || self.tolerance.likeness(&self.light) < CUT_BELOW;
            change > CUT_FROM && (change > CUT_TIMES * shot.change || other())
        });
        // A frame that is the one before it, as in animation on twos: all that follows from it is there.
        if cut || change > 0.0 {
            self.look(cut);
        } else {
            self.signs.iter_mut().for_each(Signs::go_on);
        }
        let strength = Strength::Profile(self.options.profile);
        let wanted = strength::gain(&self.tolerance.now, self.still_pixels, strength);
        let shot = match self.shot {
            Some(shot) if !cut => Shot {
                change: shot.change + NEWEST * (change - shot.change),
                gain: shot.gain + NEWEST * (wanted - shot.gain),
            },
            _ => Shot { change: CUT_FROM, gain: wanted },
        };
        self.shot = Some(shot);
        (cut, shot.gain)
    }

    /// Looks at a frame that differs from the last: where the camera looks, what the patches bear, and the content's signs.
    fn look(&mut self, cut: bool) {
        let (means, before) = (&self.light.mean, self.camera.pose());
        let anew = if cut {
            self.camera.begin(means);
            true
        } else {
            self.camera.follow(means)
        };
        let pose = self.camera.pose();
        let step = if anew { Step::NONE } else { pose.then(&before.back()) };
        self.tolerance.follow(&self.light, cut, &step);
        let octaves = self.signs.iter().map(Signs::octave);
        let seen = seen(means, &self.grid, octaves, &self.pattern, &pose);
        self.signs.iter_mut().zip(&seen).for_each(|(signs, (first, seen))| signs.follow(seen, *first, cut || anew));
    }
}
