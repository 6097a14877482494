//! The one place that mentions threads. Work is cut the same way with and without them, and each piece writes
//! only its own output, so results do not depend on the number of threads.

use crate::spectrum::Plane;

/// Rows of a strip: enough that what a strip has to make again of its neighbours' rows does not count.
const STRIP_ROWS: usize = 256;

/// Calls `work` for every item, in any order.
pub(crate) fn for_each<T: Send>(items: Vec<T>, work: impl Fn(T) + Send + Sync) {
    #[cfg(feature = "parallel")]
    {
        use rayon::prelude::*;
        items.into_par_iter().for_each(work);
    }
    #[cfg(not(feature = "parallel"))]
    items.into_iter().for_each(work);
}

/// What `work` gives for every item, in their order.
pub(crate) fn map<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Send + Sync) -> Vec<R> {
    #[cfg(feature = "parallel")]
    {
        use rayon::prelude::*;
        items.into_par_iter().map(work).collect()
    }
    #[cfg(not(feature = "parallel"))]
    items.into_iter().map(work).collect()
}

/// Calls `work` with the number of the first row and the values of every strip of a plane.
pub(crate) fn for_each_strip(plane: &mut Plane, work: impl Fn(usize, &mut [f32]) + Send + Sync) {
    let columns = plane.ncols().max(1);
    let strips = plane.as_slice_mut().expect("planes are contiguous").chunks_mut(STRIP_ROWS * columns);
    for_each(strips.enumerate().collect(), |(i, strip)| work(i * STRIP_ROWS, strip));
}

/// The same for two planes of one size.
pub(crate) fn for_each_strip_of_two(planes: [&mut Plane; 2], work: impl Fn(usize, [&mut [f32]; 2]) + Send + Sync) {
    let columns = planes[0].ncols().max(1);
    let [a, b] =
        planes.map(|plane| plane.as_slice_mut().expect("planes are contiguous").chunks_mut(STRIP_ROWS * columns));
    for_each(a.zip(b).enumerate().collect(), |(i, (a, b))| work(i * STRIP_ROWS, [a, b]));
}
