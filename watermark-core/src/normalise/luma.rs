//! Luma of one row, in 8-bit grey levels, alpha laid over a neutral background.

use crate::{Error, ImageView, Layout, Result, Samples};

/// Background under transparent pixels, grey levels.
const NEUTRAL: f32 = 128.0;

/// Weights of red, green and blue (ITU-R BT.601).
const WEIGHTS: [f32; 3] = [0.299, 0.587, 0.114];

/// Writes the luma of row `y` (of the view) to `out`, in 8-bit grey levels whatever the depth.
///
/// # Errors
/// [`Error::Input`] when a floating-point sample is not finite.
#[cfg_attr(target_arch = "x86_64", inline(always))]
pub(crate) fn luma_row(view: &ImageView<'_>, y: usize, out: &mut [f32]) -> Result<()> {
    let channels = view.layout().channels();
    let row = y * view.stride()..y * view.stride() + view.width() * channels;
    match view.samples() {
        Samples::U8(samples) => convert(&samples[row], view.layout(), 1.0, |v| f32::from(*v), out),
        Samples::U16(samples) => convert(&samples[row], view.layout(), 1.0 / 257.0, |v| f32::from(*v), out),
        Samples::F32(samples) => {
            let samples = &samples[row];
            if let Some(i) = samples.iter().position(|v| !v.is_finite()) {
                let x = i / channels;
                let text = format!("the sample at column {x}, row {y} is not a finite number; clean the picture first");
                return Err(Error::Input(text));
            }
            convert(samples, view.layout(), 255.0, |v| v.clamp(-16.0, 16.0), out);
        }
    }
    Ok(())
}

#[cfg_attr(target_arch = "x86_64", inline(always))]
fn convert<T>(samples: &[T], layout: Layout, scale: f32, value: impl Fn(&T) -> f32, out: &mut [f32]) {
    let [red, green, blue] = WEIGHTS.map(|weight| weight * scale);
    let over = |luma: f32, alpha: f32| {
        let alpha = alpha * scale / 255.0;
        NEUTRAL + (luma - NEUTRAL) * alpha
    };
    match layout {
        Layout::Luma => out.iter_mut().zip(samples).for_each(|(o, s)| *o = value(s) * scale),
        Layout::LumaAlpha => {
            out.iter_mut()
                .zip(samples.chunks_exact(2))
                .for_each(|(o, s)| *o = over(value(&s[0]) * scale, value(&s[1])));
        }
        Layout::Rgb => out.iter_mut().zip(samples.chunks_exact(3)).for_each(|(o, s)| {
            *o = value(&s[0]) * red + value(&s[1]) * green + value(&s[2]) * blue;
        }),
        Layout::Rgba => out.iter_mut().zip(samples.chunks_exact(4)).for_each(|(o, s)| {
            *o = over(value(&s[0]) * red + value(&s[1]) * green + value(&s[2]) * blue, value(&s[3]));
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depths_agree_and_alpha_shows_the_background() {
        let eight = [200_u8, 100, 50, 255, 200, 100, 50, 0];
        let sixteen: Vec<u16> = eight.iter().map(|&v| u16::from(v) * 257).collect();
        let float: Vec<f32> = eight.iter().map(|&v| f32::from(v) / 255.0).collect();
        for samples in [Samples::U8(&eight), Samples::U16(&sixteen), Samples::F32(&float)] {
            let view = ImageView::new(2, 1, 8, Layout::Rgba, samples).unwrap();
            let mut row = [0.0; 2];
            luma_row(&view, 0, &mut row).unwrap();
            assert!((row[0] - 124.2).abs() < 0.01 && (row[1] - NEUTRAL).abs() < 0.01, "{row:?}");
        }
    }

    #[test]
    fn a_sample_that_is_no_number_is_named() {
        let samples = [0.5, f32::NAN];
        let view = ImageView::new(2, 1, 2, Layout::Luma, Samples::F32(&samples)).unwrap();
        let error = luma_row(&view, 0, &mut [0.0; 2]).unwrap_err();
        assert!(error.to_string().contains("column 1, row 0"), "{error}");
    }
}
