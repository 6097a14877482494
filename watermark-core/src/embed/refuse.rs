//! Pictures that cannot carry a mark.

use crate::normalise::luma_row;
use crate::spectrum::Plane;
use crate::{Error, ImageView, Refusal, Result};

/// Largest share of pixels at the ends of the range, percent.
const MOST_EXTREME: f64 = 97.0;
/// Smallest share of samples with any local activity, percent.
const LEAST_ACTIVE: f64 = 2.0;
/// Activity that counts, grey levels.
const ACTIVE: f32 = 0.4;

/// Rows after which it is asked whether enough was seen.
const ROWS_AT_ONCE: usize = 32;
/// Rows of the picture that are enough to see that it is one-bit.
const ROWS_SEEN: usize = 256;

/// Refuses one-bit pictures, by their own pixels: brought to another size, black and white become grey.
///
/// # Errors
/// [`Refusal::OneBit`]; [`Error::Input`] for samples that are no numbers.
pub(crate) fn check_pixels(image: &ImageView<'_>) -> Result<()> {
    let (width, height) = (image.width(), image.height());
    let step = height.div_ceil(ROWS_SEEN);
    let (mut row, mut extreme, mut seen) = (vec![0.0_f32; width], 0, 0);
    // From the middle of each group of rows, so that a frame does not decide alone.
    for y in (step / 2..height).step_by(step) {
        luma_row(image, y, &mut row)?;
        extreme += row.iter().filter(|&&v| !(1.0..=254.0).contains(&v)).count();
        seen += width;
    }
    let percent = 100.0 * extreme as f64 / seen as f64;
    if percent > MOST_EXTREME {
        return Err(Error::Refused(Refusal::OneBit { percent, limit: MOST_EXTREME }));
    }
    Ok(())
}

/// Refuses flat pictures.
pub(crate) fn check_activity(luma: &Plane) -> Result<()> {
    let percent = |count: usize| 100.0 * count as f64 / luma.len() as f64;
    // Most pictures show enough in their first rows.
    let mut active = 0;
    for first in (0..luma.nrows()).step_by(ROWS_AT_ONCE) {
        let rows = first..(first + ROWS_AT_ONCE).min(luma.nrows());
        crate::mask::activity_rows(luma, 1.0, rows, |_, activity| {
            active += activity.iter().filter(|&&v| v > ACTIVE).count();
        });
        if percent(active) >= LEAST_ACTIVE {
            return Ok(());
        }
    }
    Err(Error::Refused(Refusal::Flat { percent: percent(active), needed: LEAST_ACTIVE }))
}
