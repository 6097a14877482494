//! Clips from still pictures, the same on every machine: camera moves over photographs, and animation on twos with
//! figures over painted backgrounds. Every clip has cuts and shots of 2 to 6 seconds.

use super::planes::{Frame, Source, View, grain, lay};
use crate::pictures;
use crate::random::{self, Choices};
use anyhow::Context as _;
use std::path::{Path, PathBuf};

/// Sides of the clips, pixels.
pub(crate) const SIZE: (usize, usize) = (1280, 720);
/// Frames a second.
pub(crate) const RATE: usize = 24;
/// Length, seconds.
pub(crate) const SECONDS: usize = 30;

/// Photographs and pictures of models that are large enough.
const FILM: [&str; 14] = [
    "photo/dragonfly_13mp.jpg",
    "photo/flower_foveon.png",
    "photo/picosdeeuropa_8mp.jpg",
    "photo/wine_10mp.jpg",
    "photo/kodim01.png",
    "photo/kodim03.png",
    "photo/kodim05.png",
    "photo/kodim08.png",
    "photo/kodim12.png",
    "photo/coffee.png",
    "photo/hubble_deep_field.jpg",
    "ai/flux_panda.png",
    "ai/sd_mountains.png",
    "ai/sd_fantasy_city.png",
];
/// Backgrounds of animation.
const PAINTED: [&str; 14] = [
    "art/thequestion_club.jpg",
    "art/thequestion_menu.png",
    "art/kde_safelanding_15mp.jpg",
    "art/sita_cel.png",
    "art/ankitan_000_title.png",
    "art/freedroid_title.jpg",
    "art/peppercarrot_ep01_p01.webp",
    "art/peppercarrot_ep01_p02.webp",
    "art/peppercarrot_ep01_p03.webp",
    "art/supertux_nighthills.png",
    "art/wesnoth_castle.jpg",
    "art/wesnoth_swamp.jpg",
    "art/wesnoth_titlescreen.png",
    "art/openclipart_tiger.png",
];
/// Figures with transparency.
const FIGURES: [&str; 4] = [
    "art/thequestion_sylvie.png",
    "art/wesnoth_grand-knight-2.png",
    "art/wesnoth_sorceress.png",
    "art/wesnoth_sea-serpent.png",
];

/// One clip.
pub(crate) struct Clip {
    pub(crate) name: String,
    /// Numbers of its first frames, and what is seen from there.
    shots: Vec<(usize, Shot)>,
}

struct Shot {
    ground: Source,
    /// View at its first and its last frame.
    views: (View, View),
    frames: usize,
    figure: Option<Figure>,
    /// Frames that a drawing is held.
    held: usize,
    /// Code values.
    grain: f64,
}

struct Figure {
    source: Source,
    /// Centre in the frame at the first and the last frame, pixels.
    from: (f64, f64),
    to: (f64, f64),
    /// Height in the frame, pixels.
    height: f64,
}

/// The names of all clips: film and animation in turn.
pub(crate) fn names(count: usize) -> Vec<String> {
    (0..count).map(|i| format!("{}-{}", if i % 2 == 0 { "film" } else { "cel" }, i / 2 + 1)).collect()
}

impl Clip {
    /// The clip of a name, over the pictures of a folder.
    pub(crate) fn new(name: &str, images: &Path) -> anyhow::Result<Self> {
        let cel = name.starts_with("cel");
        let mut choices = Choices::new(1, &format!("clip {name}"));
        let (mut shots, mut first) = (Vec::new(), 0);
        let list: &[&str] = if cel { &PAINTED } else { &FILM };
        let mut at = choices.below(list.len());
        while first < RATE * SECONDS {
            let frames = (RATE * (2 + choices.below(5))).min(RATE * SECONDS - first);
            // A step that is prime to the number of pictures comes to each of them.
            at = (at + 3) % list.len();
            let shot = if cel {
                Shot::animated(images, list[at], frames, &mut choices)
            } else {
                Shot::filmed(images, list[at], frames, &mut choices)
            };
            shots.push((first, shot?));
            first += frames;
        }
        Ok(Self { name: name.to_owned(), shots })
    }

    /// Frame `n` of the clip.
    pub(crate) fn frame(&self, n: usize) -> Frame {
        let (first, shot) = self.shots.iter().rev().find(|(first, _)| *first <= n).expect("a clip begins at 0");
        shot.frame(n - first, random::number(1, &format!("grain {} {n}", self.name)))
    }
}

impl Shot {
    fn filmed(images: &Path, name: &str, frames: usize, choices: &mut Choices) -> anyhow::Result<Self> {
        let ground = ground(&images.join(name))?;
        let views = (view(&ground, choices), view(&ground, choices));
        // Still, slow, and quick moves: the last view is drawn towards the first.
        let share = [0.0, 0.15, 0.4, 1.0][choices.below(4)];
        let views = (views.0, between(views.0, views.1, share));
        let grain = [0.0, 1.0, 2.0][choices.below(3)];
        Ok(Self { ground, views, frames, figure: None, held: 1, grain })
    }

    fn animated(images: &Path, name: &str, frames: usize, choices: &mut Choices) -> anyhow::Result<Self> {
        let ground = ground(&images.join(name))?;
        let views = (view(&ground, choices), view(&ground, choices));
        let share = [0.0, 0.0, 0.1, 0.5][choices.below(4)];
        let views = (views.0, between(views.0, views.1, share));
        let figure = figure(&images.join(FIGURES[choices.below(FIGURES.len())]), choices)?;
        Ok(Self { ground, views, frames, figure: Some(figure), held: 2, grain: 0.0 })
    }

    fn frame(&self, n: usize, seed: u64) -> Frame {
        let mut frame = Frame::new(SIZE.0, SIZE.1);
        let share = |n: usize| n as f64 / (self.frames.max(2) - 1) as f64;
        // The camera moves on ones, the figure on twos.
        lay(&mut frame, &self.ground, between(self.views.0, self.views.1, share(n)));
        if let Some(figure) = &self.figure {
            figure.lay(&mut frame, share(n / self.held * self.held), n / self.held);
        }
        if self.grain > 0.0 {
            grain(&mut frame, self.grain, seed);
        }
        frame
    }
}

impl Figure {
    fn lay(&self, frame: &mut Frame, share: f64, drawing: usize) {
        // A step up and down every three drawings.
        let hop = [0.0, 6.0, 10.0, 10.0, 6.0, 0.0][drawing % 6];
        let centre = (mix(self.from.0, self.to.0, share), mix(self.from.1, self.to.1, share) - hop);
        let (width, height) = self.source.size();
        let step = height / self.height;
        let origin = (width / 2.0 - step * centre.0, height / 2.0 - step * centre.1);
        lay(frame, &self.source, View { origin, step });
    }
}

/// A background, brought to a size a little above that of the frame.
fn ground(path: &Path) -> anyhow::Result<Source> {
    let picture = pictures::load(path)?;
    let cover = (SIZE.0 as f64 / f64::from(picture.width())).max(SIZE.1 as f64 / f64::from(picture.height()));
    let factor = cover * 1.3;
    let side = |len: u32| (f64::from(len) * factor).round() as u32;
    Ok(Source::opaque(&attacks::resize::to_size(&picture, side(picture.width()), side(picture.height()))?))
}

fn figure(path: &Path, choices: &mut Choices) -> anyhow::Result<Figure> {
    let picture = image::open(path).with_context(|| format!("opening {}", path.display()))?.to_rgba8();
    let height = SIZE.1 as f64 * (0.45 + 0.5 * choices.unit());
    let factor = height / f64::from(picture.height());
    let side = |len: u32| (f64::from(len) * factor).round().max(1.0) as u32;
    let filter = image::imageops::FilterType::CatmullRom;
    let picture = image::imageops::resize(&picture, side(picture.width()), side(picture.height()), filter);
    let mut place = || {
        let across = SIZE.0 as f64 * (0.2 + 0.6 * choices.unit());
        (across, SIZE.1 as f64 - height * 0.45)
    };
    Ok(Figure { source: Source::cut_out(&picture), from: place(), to: place(), height })
}

/// A view that lies in the picture, of 77 to 100 % of what would just fit.
fn view(source: &Source, choices: &mut Choices) -> View {
    let (width, height) = source.size();
    let fit = (width / SIZE.0 as f64).min(height / SIZE.1 as f64);
    let step = fit * (0.77 + 0.23 * choices.unit());
    let room = |side: f64, frame: usize, share: f64| (side - step * frame as f64).max(0.0) * share;
    View { origin: (room(width, SIZE.0, choices.unit()), room(height, SIZE.1, choices.unit())), step }
}

fn between(a: View, b: View, share: f64) -> View {
    let origin = (mix(a.origin.0, b.origin.0, share), mix(a.origin.1, b.origin.1, share));
    View { origin, step: mix(a.step, b.step, share) }
}

fn mix(a: f64, b: f64, share: f64) -> f64 {
    a + (b - a) * share
}

/// Files that the clips need and that are not there.
pub(crate) fn missing(images: &Path) -> Vec<PathBuf> {
    let all = FILM.iter().chain(&PAINTED).chain(&FIGURES).map(|name| images.join(name));
    all.filter(|path| !path.is_file()).collect()
}
