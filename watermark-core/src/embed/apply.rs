//! Adding the mark to pixels of any depth, in strips of rows.

use super::change::Change;
use super::samples::{Sample, Scratch};
use super::{Applied, Plan};
use crate::vector::wide;
use crate::{Error, ImageViewMut, Layout, Result, SamplesMut, parallel};

/// Where a strip of samples lies in its picture.
struct Lines {
    first_row: usize,
    rows: usize,
    width: usize,
    stride: usize,
    layout: Layout,
}

impl Plan {
    /// Adds the mark to a strip of whole rows that starts at row `first_row` of the planned picture.
    ///
    /// The same change is added to red, green and blue; alpha and fully transparent pixels stay as they are. Values
    /// are rounded to the nearest and clamped to the range of the depth (floats are not clamped).
    ///
    /// # Errors
    /// [`Error::Input`] when the strip does not lie in the planned picture.
    pub fn apply_rows(&self, first_row: usize, strip: &mut ImageViewMut<'_>) -> Result<Applied> {
        let (width, rows) = (strip.width(), strip.height());
        if width != self.width || first_row.checked_add(rows).is_none_or(|end| end > self.height) {
            return Err(Error::input(format!(
                "{rows} rows of {width} px from row {first_row} on do not lie in the planned {}x{} px",
                self.width, self.height
            )));
        }
        let lines = Lines { first_row, rows, width, stride: strip.stride(), layout: strip.layout() };
        let change = Change::new(self);
        let squared_error = match strip.samples_mut() {
            SamplesMut::U8(samples) => add(&change, samples, &lines),
            SamplesMut::U16(samples) => add(&change, samples, &lines),
            SamplesMut::F32(samples) => add(&change, samples, &lines),
        };
        Ok(Applied { squared_error, samples: (width * rows * lines.layout.colours()) as u64 })
    }
}

/// Adds the change to all lines; the squared errors of strips are added up in their order.
fn add<S: Sample>(change: &Change<'_>, samples: &mut [S], lines: &Lines) -> f64 {
    let used = samples.len().min(lines.rows * lines.stride);
    let strips = samples[..used].chunks_mut(parallel::STRIP_ROWS * lines.stride);
    let squares = parallel::map(strips.enumerate().collect(), |(i, strip)| {
        let mut rows = change.rows();
        let mut row_change = vec![0.0_f32; lines.width];
        let mut scratch = Scratch::default();
        let first = lines.first_row + i * parallel::STRIP_ROWS;
        let row_squares = strip.chunks_mut(lines.stride).enumerate().map(|(y, line)| {
            let line = &mut line[..lines.width * lines.layout.channels()];
            wide(
                #[inline(always)]
                || {
                    rows.row(first + y, &mut row_change);
                    S::add(line, lines.layout, &row_change, &mut scratch)
                },
            )
        });
        row_squares.sum::<f64>()
    });
    squares.into_iter().sum()
}

#[cfg(test)]
mod tests {
    use crate::{
        Applied, EmbedOptions, Embedder, ImageViewMut, Key, KeyRole, Layout, Payload, SECRET_BYTES, SamplesMut,
    };

    const WIDTH: usize = 333;
    const STRIDE: usize = 4 * WIDTH + 5;

    fn view(samples: &mut [u8], rows: usize) -> ImageViewMut<'_> {
        ImageViewMut::new(WIDTH, rows, STRIDE, Layout::Rgba, SamplesMut::U8(samples)).unwrap()
    }

    #[test]
    fn strips_of_any_height_give_what_the_whole_gives() {
        const HEIGHT: usize = 610;
        let mut state = 5_u32;
        let original: Vec<u8> = (0..STRIDE * HEIGHT)
            .map(|i| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (60 + i / STRIDE / 6 + (state >> 27) as usize) as u8
            })
            .collect();
        let embedder =
            Embedder::new(&Key::from_secret(KeyRole::Master, [4; SECRET_BYTES]), EmbedOptions::default()).unwrap();
        let mut whole = original.clone();
        let plan = embedder.plan(&view(&mut whole, HEIGHT).as_view(), &Payload::from_bytes(&[9; 8]).unwrap()).unwrap();
        let applied = plan.apply(&mut view(&mut whole, HEIGHT)).unwrap();
        assert!(whole != original);
        // What lies between the rows is not touched.
        let between =
            |samples: &[u8]| samples.chunks(STRIDE).flat_map(|row| row[4 * WIDTH..].to_vec()).collect::<Vec<u8>>();
        assert_eq!(between(&whole), between(&original));
        for height in [1, 7, 256, 300] {
            let mut strips = original.clone();
            let mut sum = Applied::default();
            for (i, strip) in strips.chunks_mut(height * STRIDE).enumerate() {
                let rows = strip.len() / STRIDE;
                sum.add(plan.apply_rows(i * height, &mut view(strip, rows)).unwrap());
            }
            assert!(strips == whole, "strips of {height} rows");
            assert_eq!(sum, applied);
        }
    }
}
