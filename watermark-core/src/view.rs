//! Borrowed pictures: any depth, interleaved or one plane, with a row stride. Nothing is copied.

use crate::{Error, Result};

/// Interleaved channels of one pixel, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// One luma or grey plane.
    Luma,
    /// Grey and alpha.
    LumaAlpha,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, alpha (not premultiplied).
    Rgba,
}

impl Layout {
    /// Samples per pixel.
    pub const fn channels(self) -> usize {
        match self {
            Self::Luma => 1,
            Self::LumaAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }

    /// Samples per pixel that hold colour, not alpha.
    pub const fn colours(self) -> usize {
        match self {
            Self::Luma | Self::LumaAlpha => 1,
            Self::Rgb | Self::Rgba => 3,
        }
    }

    /// Whether the last sample of a pixel is alpha.
    pub const fn has_alpha(self) -> bool {
        matches!(self, Self::LumaAlpha | Self::Rgba)
    }
}

/// Samples of a picture. Full range is 0..=255, 0..=65535, 0.0..=1.0 (floats may exceed it; NaN is refused).
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Samples<'a> {
    /// 8 bits.
    U8(&'a [u8]),
    /// 16 bits, native order.
    U16(&'a [u16]),
    /// Floating point in the display's encoding (not scene-linear).
    F32(&'a [f32]),
}

/// Samples of a picture that is to be changed, ranges as in [`Samples`].
#[derive(Debug)]
#[non_exhaustive]
pub enum SamplesMut<'a> {
    /// 8 bits.
    U8(&'a mut [u8]),
    /// 16 bits, native order.
    U16(&'a mut [u16]),
    /// Floating point in the display's encoding (not scene-linear).
    F32(&'a mut [f32]),
}

impl Samples<'_> {
    fn len(&self) -> usize {
        match self {
            Self::U8(s) => s.len(),
            Self::U16(s) => s.len(),
            Self::F32(s) => s.len(),
        }
    }
}

/// A borrowed picture.
///
/// ```
/// use watermark_core::{ImageView, Layout, Samples};
/// let pixels = vec![0_u8; 640 * 480 * 3];
/// let view = ImageView::new(640, 480, 640 * 3, Layout::Rgb, Samples::U8(&pixels))?;
/// assert_eq!(view.width(), 640);
/// # Ok::<(), watermark_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ImageView<'a> {
    width: usize,
    height: usize,
    stride: usize,
    layout: Layout,
    samples: Samples<'a>,
}

fn check(width: usize, height: usize, stride: usize, layout: Layout, len: usize) -> Result<()> {
    if width == 0 || height == 0 {
        return Err(Error::input(format!("the picture is {width}x{height} px; both sides must be at least 1")));
    }
    let row = width.checked_mul(layout.channels()).filter(|&row| stride >= row);
    let needed = row.and_then(|row| stride.checked_mul(height - 1)?.checked_add(row));
    match needed {
        Some(needed) if len >= needed => Ok(()),
        _ => Err(Error::input(format!(
            "{len} samples with a row stride of {stride} do not hold {width}x{height} px of {} samples",
            layout.channels()
        ))),
    }
}

impl<'a> ImageView<'a> {
    /// A view of `width` x `height` pixels whose rows start `stride` samples apart.
    ///
    /// # Errors
    /// [`Error::Input`] when a side is zero, the stride is shorter than a row, or `samples` is too short.
    pub fn new(width: usize, height: usize, stride: usize, layout: Layout, samples: Samples<'a>) -> Result<Self> {
        check(width, height, stride, layout, samples.len())?;
        Ok(Self { width, height, stride, layout, samples })
    }

    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Samples from the start of a row to the start of the next.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Channels of a pixel.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// The samples.
    pub fn samples(&self) -> Samples<'a> {
        self.samples
    }
}

/// A borrowed picture, or a strip of whole rows of one, that is to be changed in place.
#[derive(Debug)]
pub struct ImageViewMut<'a> {
    width: usize,
    height: usize,
    stride: usize,
    layout: Layout,
    samples: SamplesMut<'a>,
}

impl<'a> ImageViewMut<'a> {
    /// A view of `width` x `height` pixels whose rows start `stride` samples apart.
    ///
    /// # Errors
    /// As [`ImageView::new`].
    pub fn new(width: usize, height: usize, stride: usize, layout: Layout, samples: SamplesMut<'a>) -> Result<Self> {
        let view = Self { width, height, stride, layout, samples };
        check(width, height, stride, layout, view.as_view().samples.len())?;
        Ok(view)
    }

    /// The same pixels, to be read only.
    pub fn as_view(&self) -> ImageView<'_> {
        let samples = match &self.samples {
            SamplesMut::U8(s) => Samples::U8(s),
            SamplesMut::U16(s) => Samples::U16(s),
            SamplesMut::F32(s) => Samples::F32(s),
        };
        ImageView { width: self.width, height: self.height, stride: self.stride, layout: self.layout, samples }
    }

    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    pub(crate) fn stride(&self) -> usize {
        self.stride
    }

    pub(crate) fn layout(&self) -> Layout {
        self.layout
    }

    pub(crate) fn samples_mut(&mut self) -> SamplesMut<'_> {
        match &mut self.samples {
            SamplesMut::U8(s) => SamplesMut::U8(s),
            SamplesMut::U16(s) => SamplesMut::U16(s),
            SamplesMut::F32(s) => SamplesMut::F32(s),
        }
    }
}
