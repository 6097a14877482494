//! One look at a frame: the light of every patch and how much it varies inside, in one pass over the pixels.

use super::Grid;
use super::view::{Luma, LumaFrame, LumaRange};
use crate::normalise::luma_row;
use crate::spectrum::Plane;
use crate::vector::wide;
use crate::{ImageView, Result};

/// Mean light of every patch and its variance inside the patch, in grey levels of a full-range picture.
pub(super) struct Light {
    pub(super) mean: Plane,
    pub(super) variance: Plane,
    columns: Columns,
    row: Vec<u8>,
}

/// Sums down the columns of a row of patches.
struct Columns {
    sums: Vec<u16>,
    squares: Vec<u32>,
}

impl Light {
    pub(super) fn new(grid: &Grid) -> Self {
        let columns = Columns { sums: vec![0; grid.width], squares: vec![0; grid.width] };
        let zeros = || Plane::zeros(grid.patches());
        Self { mean: zeros(), variance: zeros(), columns, row: vec![0; grid.width] }
    }

    /// Looks at a frame.
    pub(super) fn look(&mut self, frame: &LumaFrame<'_>, grid: &Grid, range: LumaRange) {
        for row in 0..grid.patches().0 {
            wide(
                #[inline(always)]
                || self.look_at_patches(row, frame, grid, range),
            );
        }
    }

    /// Looks at one row of patches.
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    fn look_at_patches(&mut self, row: usize, frame: &LumaFrame<'_>, grid: &Grid, range: LumaRange) {
        let (black, levels) = (range.black(), range.levels());
        let width = grid.width;
        self.columns.clear();
        let lines = grid.down[row]..grid.down[row + 1];
        for y in lines.clone() {
            match &frame.luma {
                Luma::Bytes(samples) => self.columns.add(&samples[y * frame.stride..][..width]),
                Luma::Words(samples) => {
                    let shift = frame.bits - 8;
                    let line = self.row.iter_mut().zip(&samples[y * frame.stride..][..width]);
                    line.for_each(|(byte, &word)| *byte = (word >> shift).min(255) as u8);
                    self.columns.add(&self.row);
                }
            }
        }
        for (column, edges) in grid.across.windows(2).enumerate() {
            let span = edges[0]..edges[1];
            let count = (span.len() * lines.len()).max(1) as f32;
            let sum: u32 = self.columns.sums[span.clone()].iter().map(|&v| u32::from(v)).sum();
            let squares: u32 = self.columns.squares[span].iter().sum();
            let mean = sum as f32 / count;
            self.mean[(row, column)] = (mean - black) * levels;
            self.variance[(row, column)] = (squares as f32 / count - mean * mean).max(0.0) * levels * levels;
        }
    }
}

impl Light {
    /// Looks at a picture. What is brighter than white counts as it is, as to a reader of this picture.
    ///
    /// # Errors
    /// [`crate::Error::Input`] for samples that are no numbers.
    pub(super) fn look_at(&mut self, picture: &ImageView<'_>, grid: &Grid) -> Result<()> {
        let (mut luma, mut sums) = (vec![0.0_f32; grid.width], vec![(0.0_f32, 0.0_f32); grid.width]);
        for row in 0..grid.patches().0 {
            sums.fill((0.0, 0.0));
            let lines = grid.down[row]..grid.down[row + 1];
            for y in lines.clone() {
                luma_row(picture, y, &mut luma)?;
                sums.iter_mut().zip(&luma).for_each(|(sum, &v)| *sum = (sum.0 + v, sum.1 + v * v));
            }
            for (column, edges) in grid.across.windows(2).enumerate() {
                let span = edges[0]..edges[1];
                let count = (span.len() * lines.len()).max(1) as f32;
                let (sum, squares) = sums[span].iter().fold((0.0, 0.0), |all, sum| (all.0 + sum.0, all.1 + sum.1));
                let mean = sum / count;
                self.mean[(row, column)] = mean;
                self.variance[(row, column)] = (squares / count - mean * mean).max(0.0);
            }
        }
        Ok(())
    }
}

impl Columns {
    fn clear(&mut self) {
        self.sums.fill(0);
        self.squares.fill(0);
    }

    #[cfg_attr(target_arch = "x86_64", inline(always))]
    fn add(&mut self, row: &[u8]) {
        for ((&value, sum), square) in row.iter().zip(&mut self.sums).zip(&mut self.squares) {
            *sum += u16::from(value);
            *square += u32::from(u16::from(value) * u16::from(value));
        }
    }
}
