//! An OpenEXR for a floating-point picture that came from another file: 32 bit scanlines, ZIP, upright.

use std::io::Cursor;

use exr::prelude::{AnyChannel, AnyChannels, Encoding, FlatSamples, Image, Layer, LayerAttributes, WritableImage};
use watermark_core::Layout;

use super::{FORMAT, error};
use crate::linear;
use crate::{Error, Picture, Result};

pub(super) fn encode(picture: &Picture, samples: &[f32]) -> Result<Vec<u8>> {
    let (layout, channels) = (picture.layout, picture.layout.channels());
    let names: &[&str] = match layout {
        Layout::Luma => &["Y"],
        Layout::LumaAlpha => &["Y", "A"],
        Layout::Rgb => &["R", "G", "B"],
        Layout::Rgba => &["R", "G", "B", "A"],
    };
    let apart = layout.has_alpha() && !picture.premultiplied();
    let plane = |place: usize| -> Vec<f32> {
        let pixels = samples.chunks_exact(channels);
        pixels
            .map(|pixel| match (place < layout.colours(), apart) {
                (false, _) => pixel[place],
                (true, true) => linear::light(pixel[place]) * pixel[channels - 1],
                (true, false) => linear::light(pixel[place]),
            })
            .collect()
    };
    let channel = |(place, &name): (usize, &&str)| AnyChannel::new(name, FlatSamples::F32(plane(place)));
    let channels = AnyChannels::sort(names.iter().enumerate().map(channel).collect());
    let size = (picture.width, picture.height);
    let layer = Layer::new(size, LayerAttributes::default(), Encoding::SMALL_LOSSLESS, channels);
    let mut file = Cursor::new(Vec::new());
    let written = Image::from_layer(layer).write().non_parallel().to_buffered(&mut file);
    written.map_err(|e| Error::encode(FORMAT, error(e)))?;
    Ok(file.into_inner())
}
