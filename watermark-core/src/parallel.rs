//! The one place that mentions threads. Work is cut the same way with and without them, each piece writes only its own
//! output, and what a piece gives does not depend on where the cuts are: results are the same for any number of threads.

use crate::spectrum::Plane;

/// Rows of a strip: enough that what a strip has to make again of its neighbours' rows does not count.
pub(crate) const STRIP_ROWS: usize = 256;

/// Calls `work` for every item, in any order.
pub(crate) fn for_each<T: Send>(items: Vec<T>, work: impl Fn(T) + Send + Sync) {
    map(items, work);
}

/// What `work` gives for every item, in their order.
pub(crate) fn map<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Send + Sync) -> Vec<R> {
    #[cfg(feature = "parallel")]
    {
        use rayon::prelude::*;
        items.into_par_iter().with_max_len(1).map(work).collect()
    }
    #[cfg(not(feature = "parallel"))]
    items.into_iter().map(work).collect()
}

/// What `work` gives for all items, put together in their order: one result is held at a time, or as many as there are
/// items with threads. `None` without items.
pub(crate) fn map_reduce<T: Send, R: Send>(
    items: Vec<T>,
    work: impl Fn(T) -> R + Send + Sync,
    combine: impl FnMut(R, R) -> R,
) -> Option<R> {
    #[cfg(feature = "parallel")]
    {
        map(items, work).into_iter().reduce(combine)
    }
    #[cfg(not(feature = "parallel"))]
    items.into_iter().map(work).reduce(combine)
}

/// Strips of a plane's rows, each with the number of its first row.
pub(crate) fn strips(plane: &mut Plane) -> Vec<(usize, &mut [f32])> {
    let columns = plane.ncols().max(1);
    let strips = plane.as_slice_mut().expect("planes are contiguous").chunks_mut(STRIP_ROWS * columns);
    strips.enumerate().map(|(i, strip)| (i * STRIP_ROWS, strip)).collect()
}
