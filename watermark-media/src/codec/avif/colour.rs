//! Between coded planes and interleaved samples: range, matrix and chroma of another size (ITU-T H.273).
//!
//! Chroma is spread as most viewers do it: three parts of the nearer sample and one of the next, as if chroma samples lay
//! in the middle of theirs. Back, the samples of a block are averaged.

use watermark_core::Layout;

use super::FORMAT;
use super::av1::{Cicp, Sampling};
use crate::{Error, PixelData, Result};

/// How a picture is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Form {
    /// 8, 10 or 12.
    pub(super) bits: u8,
    pub(super) sampling: Sampling,
    pub(super) cicp: Cicp,
}

/// One plane, rows without padding.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plane {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) samples: Vec<u16>,
}

/// What red, green and blue are made of.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Matrix {
    /// The planes are green, blue and red.
    Identity,
    /// Luma is a sum with these shares of red and blue; chroma is the difference of blue and red from it.
    Shares { red: f32, blue: f32 },
    /// Luma, and differences of green and of orange.
    YCgCo,
}

impl Matrix {
    fn of(form: &Form) -> Result<Self> {
        let shares = |red, blue| Ok(Self::Shares { red, blue });
        match form.cicp.matrix {
            0 if form.sampling == Sampling::Full => Ok(Self::Identity),
            0 => Err(Error::corrupt(FORMAT, "red, green and blue are of different sizes")),
            1 => shares(0.2126, 0.0722),
            // Unspecified is taken for BT.601, as other readers do.
            2 | 5 | 6 => shares(0.299, 0.114),
            4 => shares(0.30, 0.11),
            7 => shares(0.212, 0.087),
            8 => Ok(Self::YCgCo),
            9 => shares(0.2627, 0.0593),
            other => {
                let what = format!("an AVIF with the colour matrix {other} (of CICP)");
                Err(Error::unsupported(what, "convert it to a matrix of BT.601, BT.709 or BT.2020 first"))
            }
        }
    }
}

/// Numbers of luma and chroma as fractions, and back.
#[derive(Clone, Copy)]
struct Range {
    black: f32,
    luma: f32,
    middle: f32,
    chroma: f32,
    most: f32,
}

impl Range {
    fn of(form: &Form, identity: bool) -> Self {
        let step = f32::from(1_u16 << (form.bits - 8));
        let most = f32::from((1_u16 << form.bits) - 1);
        let middle = f32::from(1_u16 << (form.bits - 1));
        let mut range = match form.cicp.full {
            true => Self { black: 0.0, luma: most, middle, chroma: most, most },
            false => Self { black: 16.0 * step, luma: 219.0 * step, middle, chroma: 224.0 * step, most },
        };
        if identity {
            (range.middle, range.chroma) = (range.black, range.luma);
        }
        range
    }

    fn write(&self, value: f32, zero: f32, scale: f32) -> u16 {
        // Within 16 bits after the cut.
        (value * scale + zero).round().clamp(0.0, self.most) as u16
    }
}

impl Form {
    /// The layout of the colours alone.
    pub(super) fn layout(&self, alpha: bool) -> Layout {
        match (self.sampling, alpha) {
            (Sampling::Mono, false) => Layout::Luma,
            (Sampling::Mono, true) => Layout::LumaAlpha,
            (_, false) => Layout::Rgb,
            (_, true) => Layout::Rgba,
        }
    }

    /// Sides of a chroma plane.
    pub(super) fn chroma(&self, width: usize, height: usize) -> (usize, usize) {
        match self.sampling {
            Sampling::Mono => (0, 0),
            Sampling::Half => (width.div_ceil(2), height.div_ceil(2)),
            Sampling::Across => (width.div_ceil(2), height),
            Sampling::Full => (width, height),
        }
    }

    /// Whether the planes can be understood.
    pub(super) fn check(&self) -> Result<()> {
        if self.sampling == Sampling::Mono { Ok(()) } else { Matrix::of(self).map(drop) }
    }
}

/// Interleaved samples of the planes of colour, with those of alpha: 8 bits as they are, 10 and 12 as 16 bits.
pub(super) fn to_samples(form: &Form, planes: &[Plane], alpha: Option<(&Form, &Plane)>) -> Result<PixelData> {
    let Some(first) = planes.first() else { return Err(Error::corrupt(FORMAT, "there is no luma")) };
    let count = first.samples.len() * form.layout(alpha.is_some()).channels();
    if form.bits == 8 {
        let mut samples = Vec::with_capacity(count);
        interleave(form, planes, alpha, |value| samples.push((value * 255.0).round() as u8))?;
        Ok(PixelData::U8(samples))
    } else {
        let mut samples = Vec::with_capacity(count);
        interleave(form, planes, alpha, |value| samples.push((value * 65535.0).round() as u16))?;
        Ok(PixelData::U16(samples))
    }
}

fn interleave(form: &Form, planes: &[Plane], alpha: Option<(&Form, &Plane)>, mut push: impl FnMut(f32)) -> Result<()> {
    let luma = &planes[0];
    let alpha = alpha.map(|(form, plane)| (Range::of(form, false), plane));
    let alpha_at = |at: usize| alpha.map(|(range, plane)| (f32::from(plane.samples[at]) - range.black) / range.luma);
    if form.sampling == Sampling::Mono {
        let range = Range::of(form, false);
        for (at, &sample) in luma.samples.iter().enumerate() {
            push((f32::from(sample) - range.black) / range.luma);
            alpha_at(at).into_iter().for_each(&mut push);
        }
        return Ok(());
    }
    let matrix = Matrix::of(form)?;
    let range = Range::of(form, matrix == Matrix::Identity);
    let mut rows = [vec![0.0; luma.width], vec![0.0; luma.width]];
    for (y, line) in luma.samples.chunks_exact(luma.width).enumerate() {
        for (row, plane) in rows.iter_mut().zip(&planes[1..]) {
            spread(form.sampling, plane, y, row);
            row.iter_mut().for_each(|value| *value = (*value - range.middle) / range.chroma);
        }
        for (x, &sample) in line.iter().enumerate() {
            let luma = (f32::from(sample) - range.black) / range.luma;
            let [first, second] = [rows[0][x], rows[1][x]];
            let colours = match matrix {
                Matrix::Identity => [second, luma, first],
                Matrix::YCgCo => [luma - first + second, luma + first, luma - first - second],
                Matrix::Shares { red, blue } => {
                    let (r, b) = (luma + 2.0 * (1.0 - red) * second, luma + 2.0 * (1.0 - blue) * first);
                    [r, (luma - red * r - blue * b) / (1.0 - red - blue), b]
                }
            };
            colours.into_iter().for_each(&mut push);
            alpha_at(y * line.len() + x).into_iter().for_each(&mut push);
        }
    }
    Ok(())
}

/// A row of chroma at the size of luma.
fn spread(sampling: Sampling, plane: &Plane, y: usize, row: &mut [f32]) {
    let line = |y: usize| &plane.samples[y * plane.width..][..plane.width];
    let (near, far) = match sampling {
        Sampling::Half => (y / 2, next(y, plane.height)),
        _ => (y, y),
    };
    let (near, far) = (line(near), line(far));
    let at = |x: usize| 0.75 * f32::from(near[x]) + 0.25 * f32::from(far[x]);
    for (x, value) in row.iter_mut().enumerate() {
        *value = match sampling {
            Sampling::Full | Sampling::Mono => f32::from(near[x]),
            _ => 0.75 * at(x / 2) + 0.25 * at(next(x, plane.width)),
        };
    }
}

/// The chroma sample beside that of a luma sample, on its side.
fn next(at: usize, count: usize) -> usize {
    if at.is_multiple_of(2) { (at / 2).saturating_sub(1) } else { (at / 2 + 1).min(count - 1) }
}

/// The planes of colour, and that of alpha, of interleaved samples.
pub(super) fn to_planes(
    form: &Form,
    (width, height): (usize, usize),
    pixels: &PixelData,
    layout: Layout,
) -> Result<(Vec<Plane>, Option<Plane>)> {
    match pixels {
        PixelData::U8(samples) => apart(form, (width, height), samples, layout, 255.0),
        PixelData::U16(samples) => apart(form, (width, height), samples, layout, 65535.0),
        PixelData::F32(_) => Err(Error::encode(FORMAT, "floating point was not expected")),
    }
}

fn apart<T: Copy + Into<f32>>(
    form: &Form,
    (width, height): (usize, usize),
    samples: &[T],
    layout: Layout,
    white: f32,
) -> Result<(Vec<Plane>, Option<Plane>)> {
    let channels = layout.channels();
    let plane = |width: usize, height: usize, samples| Plane { width, height, samples };
    let alpha_range = Range::of(&form.of_alpha(), false);
    let alpha = layout.has_alpha().then(|| {
        let alphas = samples.iter().skip(channels - 1).step_by(channels);
        let alphas = alphas.map(|&value| alpha_range.write(value.into() / white, 0.0, alpha_range.luma));
        plane(width, height, alphas.collect())
    });
    if form.sampling == Sampling::Mono {
        let range = Range::of(form, false);
        let luma = samples.iter().step_by(channels);
        let luma = luma.map(|&value| range.write(value.into() / white, range.black, range.luma)).collect();
        return Ok((vec![plane(width, height, luma)], alpha));
    }
    let matrix = Matrix::of(form)?;
    let range = Range::of(form, matrix == Matrix::Identity);
    let (chroma_width, chroma_height) = form.chroma(width, height);
    let mut luma = Vec::with_capacity(width * height);
    let mut chroma = [vec![0.0_f32; chroma_width * chroma_height], vec![0.0; chroma_width * chroma_height]];
    let (across, down) = (width.div_ceil(chroma_width), height.div_ceil(chroma_height));
    for (at, pixel) in samples.chunks_exact(channels).enumerate() {
        let [r, g, b] = [0, 1, 2].map(|channel: usize| {
            // Grey in a file of colours is all three of them.
            let value: f32 = pixel[channel.min(layout.colours() - 1)].into();
            value / white
        });
        let (y, first, second) = match matrix {
            Matrix::Identity => (g, b, r),
            Matrix::YCgCo => ((r + b) / 4.0 + g / 2.0, g / 2.0 - (r + b) / 4.0, (r - b) / 2.0),
            Matrix::Shares { red, blue } => {
                let y = red * r + (1.0 - red - blue) * g + blue * b;
                (y, (b - y) / (2.0 * (1.0 - blue)), (r - y) / (2.0 * (1.0 - red)))
            }
        };
        luma.push(range.write(y, range.black, range.luma));
        let place = at / width / down * chroma_width + at % width / across;
        chroma[0][place] += first;
        chroma[1][place] += second;
    }
    let count = |at: usize, side: usize, of: usize| of.min(side - at * of) as f32;
    let mut planes = vec![plane(width, height, luma)];
    for sums in chroma {
        let mean = |(at, sum): (usize, f32)| {
            let samples = count(at % chroma_width, width, across) * count(at / chroma_width, height, down);
            range.write(sum / samples, range.middle, range.chroma)
        };
        let samples = sums.into_iter().enumerate().map(mean).collect();
        planes.push(plane(chroma_width, chroma_height, samples));
    }
    Ok((planes, alpha))
}

impl Form {
    /// Of the alpha plane that goes with the colours.
    pub(super) fn of_alpha(&self) -> Self {
        let cicp = Cicp { primaries: 2, transfer: 2, matrix: 2, full: true };
        Self { bits: self.bits, sampling: Sampling::Mono, cicp }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(bits: u8, sampling: Sampling, matrix: u16, full: bool) -> Form {
        Form { bits, sampling, cicp: Cicp { primaries: 1, transfer: 13, matrix, full } }
    }

    /// Smooth colours, so that a chroma sample can stand for its neighbours.
    fn smooth(width: usize, height: usize) -> Vec<u8> {
        let pixel = |x: usize, y: usize| [40 + 3 * x, 200 - 2 * y, 90 + x + y, 255 - x - y].map(|value| value as u8);
        (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y))).collect()
    }

    #[test]
    fn colours_come_back_from_every_form() {
        let (width, height) = (23, 17);
        let before = PixelData::U8(smooth(width, height));
        for matrix in [0, 1, 2, 4, 5, 6, 7, 8, 9] {
            for sampling in [Sampling::Half, Sampling::Across, Sampling::Full] {
                for full in [true, false] {
                    let form = form(8, sampling, matrix, full);
                    if matrix == 0 && sampling != Sampling::Full {
                        assert!(form.check().is_err());
                        continue;
                    }
                    let (planes, alpha) = to_planes(&form, (width, height), &before, Layout::Rgba).expect("planes");
                    let alpha = alpha.expect("alpha");
                    let after = to_samples(&form, &planes, Some((&form.of_alpha(), &alpha))).expect("samples");
                    let (PixelData::U8(before), PixelData::U8(after)) = (&before, &after) else { panic!("8 bits") };
                    let far = before.iter().zip(after).map(|(a, b)| a.abs_diff(*b)).max();
                    // One step of the narrow range is 1.16; spreading is a step off at the edges of this ramp.
                    assert!(far <= Some(5), "matrix {matrix}, {sampling:?}, full {full}: {far:?}");
                    let alphas = |samples: &[u8]| samples.iter().skip(3).step_by(4).copied().collect::<Vec<_>>();
                    assert_eq!(alphas(before), alphas(after));
                }
            }
        }
        assert!(form(8, Sampling::Full, 14, true).check().is_err());
    }

    #[test]
    fn every_value_of_grey_comes_back() {
        for bits in [10, 12] {
            let form = form(bits, Sampling::Mono, 6, true);
            let most = (1_u16 << bits) - 1;
            let plane = Plane { width: usize::from(most) + 1, height: 1, samples: (0..=most).collect() };
            let samples = to_samples(&form, std::slice::from_ref(&plane), None).expect("samples");
            let (again, _) = to_planes(&form, (plane.width, 1), &samples, Layout::Luma).expect("planes");
            assert_eq!(again, [plane]);
        }
    }
}
