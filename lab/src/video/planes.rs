//! Frames as video has them: a luma plane and two of colour at half the size, 8 bits, limited range (BT.709).

use image::{RgbImage, RgbaImage};

/// One frame, planar 4:2:0.
#[derive(Clone)]
pub(crate) struct Frame {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Luma, then the two colour planes, without padding.
    pub(crate) samples: Vec<u8>,
}

impl Frame {
    pub(crate) fn new(width: usize, height: usize) -> Self {
        let samples = vec![128; bytes(width, height)];
        Self { width, height, samples }
    }

    /// The luma plane.
    pub(crate) fn luma_mut(&mut self) -> &mut [u8] {
        &mut self.samples[..self.width * self.height]
    }

    /// The luma plane.
    pub(crate) fn luma(&self) -> &[u8] {
        &self.samples[..self.width * self.height]
    }
}

/// Bytes of a frame with even sides.
pub(crate) fn bytes(width: usize, height: usize) -> usize {
    width * height * 3 / 2
}

/// A picture to take views of: luma, two colour differences and opacity of every pixel.
pub(crate) struct Source {
    width: usize,
    height: usize,
    samples: Vec<[f32; 4]>,
}

impl Source {
    pub(crate) fn opaque(picture: &RgbImage) -> Self {
        let samples = picture.pixels().map(|pixel| yuv([0, 1, 2].map(|c| f32::from(pixel[c])), 1.0)).collect();
        Self { width: picture.width() as usize, height: picture.height() as usize, samples }
    }

    pub(crate) fn cut_out(picture: &RgbaImage) -> Self {
        let one = |pixel: &image::Rgba<u8>| yuv([0, 1, 2].map(|c| f32::from(pixel[c])), f32::from(pixel[3]) / 255.0);
        let samples = picture.pixels().map(one).collect();
        Self { width: picture.width() as usize, height: picture.height() as usize, samples }
    }

    pub(crate) fn size(&self) -> (f64, f64) {
        (self.width as f64, self.height as f64)
    }

    /// Bilinear between the four nearest pixels; transparent outside.
    fn at(&self, x: f64, y: f64) -> [f32; 4] {
        if x < 0.0 || y < 0.0 || x >= self.width as f64 || y >= self.height as f64 {
            return [0.0; 4];
        }
        let (x, y) = ((x - 0.5).max(0.0), (y - 0.5).max(0.0));
        let (x0, y0) = ((x as usize).min(self.width - 1), (y as usize).min(self.height - 1));
        let (x1, y1) = ((x0 + 1).min(self.width - 1), (y0 + 1).min(self.height - 1));
        let (tx, ty) = ((x - x0 as f64) as f32, (y - y0 as f64) as f32);
        let pixel = |x: usize, y: usize| &self.samples[y * self.width + x];
        let (a, b, c, d) = (pixel(x0, y0), pixel(x1, y0), pixel(x0, y1), pixel(x1, y1));
        std::array::from_fn(|i| (a[i] * (1.0 - tx) + b[i] * tx) * (1.0 - ty) + (c[i] * (1.0 - tx) + d[i] * tx) * ty)
    }
}

/// Limited-range luma and colour differences.
fn yuv([r, g, b]: [f32; 3], opacity: f32) -> [f32; 4] {
    let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    let scale = |v: f32| v * 224.0 / 255.0 + 128.0;
    [y * 219.0 / 255.0 + 16.0, scale((b - y) / 1.8556), scale((r - y) / 1.5748), opacity]
}

/// Where a picture lies in the frame: source = origin + step x frame, in pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View {
    pub(crate) origin: (f64, f64),
    pub(crate) step: f64,
}

/// Lays a view of a picture over the frame.
pub(crate) fn lay(frame: &mut Frame, source: &Source, view: View) {
    let (width, height) = (frame.width, frame.height);
    let (luma, colour) = frame.samples.split_at_mut(width * height);
    let (blue, red) = colour.split_at_mut(width * height / 4);
    let place = |x: f64, y: f64| (view.origin.0 + view.step * x, view.origin.1 + view.step * y);
    let over = |below: u8, value: f32, opacity: f32| (f32::from(below) * (1.0 - opacity) + value * opacity + 0.5) as u8;
    for y in 0..height {
        for x in 0..width {
            let (sx, sy) = place(x as f64 + 0.5, y as f64 + 0.5);
            let [value, _, _, opacity] = source.at(sx, sy);
            if opacity > 0.0 {
                luma[y * width + x] = over(luma[y * width + x], value, opacity);
            }
        }
    }
    for y in 0..height / 2 {
        for x in 0..width / 2 {
            let (sx, sy) = place(2.0 * x as f64 + 1.0, 2.0 * y as f64 + 1.0);
            let [_, b, r, opacity] = source.at(sx, sy);
            let at = y * (width / 2) + x;
            if opacity > 0.0 {
                blue[at] = over(blue[at], b, opacity);
                red[at] = over(red[at], r, opacity);
            }
        }
    }
}

/// Adds grain of about `deviation` code values to the luma.
pub(crate) fn grain(frame: &mut Frame, deviation: f64, seed: u64) {
    let mut state = seed | 1;
    for value in frame.luma_mut() {
        // The sum of four uniform bytes is near enough to a bell (deviation 147.8).
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let bytes = (state >> 32).to_le_bytes();
        let sum: i32 = bytes[..4].iter().map(|&byte| i32::from(byte)).sum::<i32>() - 510;
        let noise = f64::from(sum) / 147.8 * deviation;
        *value = (f64::from(*value) + noise + 0.5).clamp(0.0, 255.0) as u8;
    }
}
