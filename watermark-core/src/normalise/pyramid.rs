//! Octaves of the working plane.

use crate::spectrum::Plane;
use crate::vector::wide;

/// The plane at half size: means of 2 x 2 samples. An odd last row or column is dropped.
pub(crate) fn halve(plane: &Plane) -> Plane {
    let (height, width) = (plane.nrows() / 2, plane.ncols() / 2);
    let source = plane.as_slice().expect("planes are contiguous");
    let stride = plane.ncols();
    let mut out = Plane::zeros((height, width));
    let target = out.as_slice_mut().expect("planes are contiguous");
    wide(
        #[inline(always)]
        || {
            for (y, row) in target.chunks_exact_mut(width.max(1)).enumerate() {
                let line = |y: usize| source[y * stride..][..2 * width].as_chunks::<2>().0;
                for ((value, a), b) in row.iter_mut().zip(line(2 * y)).zip(line(2 * y + 1)) {
                    *value = (a[0] + a[1] + b[0] + b[1]) * 0.25;
                }
            }
        },
    );
    out
}
