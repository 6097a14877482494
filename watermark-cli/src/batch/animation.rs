//! The frames of an animation: marked like those of a film, so that nothing flickers.

use anyhow::Result;
use watermark_core::{Applied, Error, FrameEmbedder, FrameOptions, Payload, Strength};
use watermark_media::{Document, Format, Kind, Picture};

use super::copies::{Original, Reading};

impl Original<'_> {
    /// What marks the frames of an animation so that nothing flickers; nothing where each picture is a still. A GIF's are
    /// stills (docs/decisions/gif-palettes.md), and so is what has a strength that frames do not take.
    pub(super) fn frames(&self, copy: &Document, payload: &Payload) -> Result<Option<FrameEmbedder>> {
        let whole = self.strength.options();
        let (Kind::Animation, Strength::Profile(profile), true) =
            (copy.kind(), whole.strength, self.format != Format::Gif)
        else {
            return Ok(None);
        };
        let first = &copy.pictures()[0];
        let mut options = FrameOptions::default();
        (options.profile, options.limits) = (profile, whole.limits);
        match FrameEmbedder::new(self.key, payload, (first.width(), first.height()), options) {
            // Which is said of each of its frames.
            Err(Error::Refused(_)) => Ok(None),
            frames => Ok(Some(frames?)),
        }
    }

    /// A frame of an animation, where it can carry the mark.
    pub(super) fn embed_frame(
        &self,
        picture: &mut Picture,
        payload: &Payload,
        frames: &mut FrameEmbedder,
    ) -> watermark_core::Result<(Applied, Reading)> {
        self.embedder.check(&picture.view())?;
        let marked = frames.mark_picture(&mut picture.view_mut())?;
        let figures = self.embedder.read_back_frame(&picture.view(), payload, marked.pose)?;
        Ok((marked.applied, Reading { figures, pose: marked.pose }))
    }
}
