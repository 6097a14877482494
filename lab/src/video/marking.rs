//! Marks the frames of a piece.

use super::planes::Frame;
use anyhow::Result;
use clap::ValueEnum;
use watermark_core::{
    EmbedOptions, Embedder, FrameEmbedder, FrameOptions, ImageView, ImageViewMut, Key, Layout, LumaFrame, Payload,
    Samples, SamplesMut,
};

/// How frames are marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Marking {
    /// As videos are marked.
    Frames,
    /// Every frame as a picture of its own: the still picture's embedder, for comparison.
    Stills,
    /// The still picture's embedder with a plan for every twelfth frame.
    Held,
    /// Not at all.
    None,
}

/// Frames for which a held plan is used.
const HELD: usize = 12;

impl Marking {
    /// The name in results.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Frames => "frames",
            Self::Stills => "stills",
            Self::Held => "held",
            Self::None => "none",
        }
    }

    /// Where marking begins for the frames from `first` on: what the others do with a frame does not depend on those before.
    pub(crate) fn begins(self, first: usize) -> usize {
        if self == Self::Frames { 0 } else { first }
    }

    /// Marks frames from where marking [begins](Self::begins), and gives those from the `first` of them on.
    pub(crate) fn film(
        self,
        frames: impl Iterator<Item = Frame>,
        first: usize,
        key: &Key,
        payload: &Payload,
    ) -> Result<Vec<Frame>> {
        if self != Self::Frames {
            let mut frames: Vec<Frame> = frames.collect();
            self.mark(&mut frames, key, payload)?;
            return Ok(frames);
        }
        let mut out = Vec::new();
        let mut embedder = None;
        for (n, mut frame) in frames.enumerate() {
            as_next(&mut embedder, &mut frame, key, payload)?;
            if n >= first {
                out.push(frame);
            }
        }
        Ok(out)
    }

    /// Marks successive frames in place. A frame that cannot carry the mark is left as it is.
    pub(crate) fn mark(self, frames: &mut [Frame], key: &Key, payload: &Payload) -> Result<()> {
        let every = match self {
            Self::Frames => return as_video(frames, key, payload),
            Self::Stills => 1,
            Self::Held => HELD,
            Self::None => return Ok(()),
        };
        let embedder = Embedder::new(key, EmbedOptions::default())?;
        let mut plan = None;
        for (n, frame) in frames.iter_mut().enumerate() {
            let (width, height) = (frame.width, frame.height);
            let luma = frame.luma_mut();
            if n % every == 0 {
                let view = ImageView::new(width, height, width, Layout::Luma, Samples::U8(luma))?;
                plan = embedder.plan(&view, payload).ok();
            }
            if let Some(plan) = &plan {
                plan.apply(&mut ImageViewMut::new(width, height, width, Layout::Luma, SamplesMut::U8(luma))?)?;
            }
        }
        Ok(())
    }
}

fn as_video(frames: &mut [Frame], key: &Key, payload: &Payload) -> Result<()> {
    let mut embedder = None;
    frames.iter_mut().try_for_each(|frame| as_next(&mut embedder, frame, key, payload))
}

/// Marks the next frame of a film.
fn as_next(embedder: &mut Option<FrameEmbedder>, frame: &mut Frame, key: &Key, payload: &Payload) -> Result<()> {
    let size = (frame.width, frame.height);
    let embedder = match embedder {
        Some(embedder) => embedder,
        None => embedder.insert(FrameEmbedder::new(key, payload, size, FrameOptions::default())?),
    };
    embedder.mark(&mut LumaFrame::bytes(size.0, size.1, size.0, frame.luma_mut())?)?;
    Ok(())
}
