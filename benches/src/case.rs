//! One picture to measure with, and the calls on it.

use watermark_core::{
    Applied, DetectOptions, Detection, Detector, EmbedOptions, Embedder, ImageView, ImageViewMut, Key, KeyRole, Layout,
    Payload, Plan, Result, SECRET_BYTES, Samples, SamplesMut,
};

use crate::photograph;

/// Size of a measured picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// As it stands in the names of the benches.
    pub name: &'static str,
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
}

/// What is measured: 4:3, from a thumbnail to a poster.
pub const SIZES: [Size; 5] = [
    Size { name: "0.25MP", width: 576, height: 432 },
    Size { name: "0.5MP", width: 816, height: 612 },
    Size { name: "2MP", width: 1632, height: 1224 },
    Size { name: "12MP", width: 4000, height: 3000 },
    Size { name: "50MP", width: 8160, height: 6120 },
];

impl Size {
    /// Pixels, in millions.
    pub fn megapixels(self) -> f64 {
        (self.width * self.height) as f64 / 1e6
    }

    /// The unmarked picture of this size.
    pub fn picture(self) -> Vec<u8> {
        photograph(self.width, self.height, 1)
    }

    /// A look at samples of this size.
    ///
    /// # Panics
    /// When there are too few.
    pub fn view(self, samples: &[u8]) -> ImageView<'_> {
        let view = ImageView::new(self.width, self.height, 3 * self.width, Layout::Rgb, Samples::U8(samples));
        view.expect("samples of this size")
    }

    /// Samples of this size, to be changed.
    ///
    /// # Panics
    /// When there are too few.
    pub fn view_mut(self, samples: &mut [u8]) -> ImageViewMut<'_> {
        let view = ImageViewMut::new(self.width, self.height, 3 * self.width, Layout::Rgb, SamplesMut::U8(samples));
        view.expect("samples of this size")
    }
}

/// Prepared marking and reading with a fixed key at the default options.
#[derive(Debug)]
pub struct Case {
    embedder: Embedder,
    detector: Detector,
    payload: Payload,
}

impl Case {
    /// Prepares both sides.
    ///
    /// # Errors
    /// None that the fixed key and options cause.
    pub fn new() -> Result<Self> {
        let key = Key::from_secret(KeyRole::Master, [0x5a; SECRET_BYTES]);
        Ok(Self {
            embedder: Embedder::new(&key, EmbedOptions::default())?,
            detector: Detector::new(&[key], DetectOptions::default())?,
            payload: Payload::from_bytes(&[0, 1, 2, 3, 4, 5, 6, 7])?,
        })
    }

    /// Plans.
    ///
    /// # Errors
    /// As [`Embedder::plan`].
    pub fn plan(&self, image: &ImageView<'_>) -> Result<Plan> {
        self.embedder.plan(image, &self.payload)
    }

    /// Plans and applies, without reading back.
    ///
    /// # Errors
    /// As [`Embedder::plan`] and [`Plan::apply`].
    pub fn mark(&self, image: &mut ImageViewMut<'_>) -> Result<Applied> {
        self.plan(&image.as_view())?.apply(image)
    }

    /// Reads back; the margin in dB.
    ///
    /// # Errors
    /// As [`Embedder::read_back`].
    pub fn read_back(&self, image: &ImageView<'_>) -> Result<f64> {
        self.embedder.read_back(image, &self.payload).map(|(margin_db, _)| margin_db)
    }

    /// Looks for the mark.
    ///
    /// # Errors
    /// As [`Detector::detect`].
    pub fn detect(&self, image: &ImageView<'_>) -> Result<Detection> {
        self.detector.detect(image)
    }

    /// Whether a detection gives what was put in.
    pub fn reads(&self, detection: &Detection) -> bool {
        detection.strongest().payload.as_ref() == Some(&self.payload)
    }
}
