//! The one place that mentions threads. Work is cut the same way with and without them, each piece writes only its own
//! output, and what a piece gives does not depend on where the cuts are: results are the same for any number of threads.

use crate::spectrum::Plane;

/// Rows of a strip: enough that what a strip has to make again of its neighbours' rows does not count.
pub(crate) const STRIP_ROWS: usize = 256;

/// Large items, as the planes of a frame are, that are in memory together to be worked on at a time.
pub(crate) const AT_ONCE: usize = if cfg!(feature = "parallel") { 2 } else { 1 };

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

#[cfg(all(test, feature = "parallel"))]
mod tests {
    use crate::{
        DetectOptions, Detector, EmbedOptions, Embedder, ImageView, ImageViewMut, Key, KeyRole, Layout, Payload,
        SECRET_BYTES, Samples, SamplesMut, Strength,
    };

    const WIDTH: usize = 700;
    const HEIGHT: usize = 1100;

    /// Soft blobs with grain.
    fn picture() -> Vec<u16> {
        let mut state = 7_u32;
        let sample = |i: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let (x, y) = ((i / 3 % WIDTH) as f64, (i / 3 / WIDTH) as f64);
            let light = 30_000.0 + 9_000.0 * libm::sin(x / 41.0) + 9_000.0 * libm::sin((x + 2.0 * y) / 67.0);
            light as u16 + (state >> 20) as u16
        };
        (0..WIDTH * HEIGHT * 3).map(sample).collect()
    }

    /// Marked samples, what the embedder said, and what a ring of two keys and a stranger's key say.
    fn run() -> (Vec<u16>, String, String) {
        let key = |i| Key::from_secret(KeyRole::Master, [i; SECRET_BYTES]);
        let mut said = String::new();
        let mut samples = picture();
        for (i, strength) in [(1, Strength::PsnrDb(44.0)), (2, Strength::default())] {
            let embedder = Embedder::new(&key(i), EmbedOptions { strength, ..EmbedOptions::default() }).unwrap();
            let mut view =
                ImageViewMut::new(WIDTH, HEIGHT, 3 * WIDTH, Layout::Rgb, SamplesMut::U16(&mut samples)).unwrap();
            let report = embedder.embed(&mut view, &Payload::from_bytes(&[i; 8]).unwrap()).unwrap();
            said += &format!("{report:?} {:x} {:x};", report.psnr_db.to_bits(), report.margin_db.to_bits());
        }
        let view = ImageView::new(WIDTH, HEIGHT, 3 * WIDTH, Layout::Rgb, Samples::U16(&samples)).unwrap();
        let detector = Detector::new(&[key(1), key(2), key(3)], DetectOptions::default()).unwrap();
        let found = format!("{:?}", detector.detect(&view).unwrap());
        (samples, said, found)
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let with = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(run);
        let one = with(1);
        for threads in [2, 3, 8] {
            let many = with(threads);
            assert!(one.0 == many.0, "other samples with {threads} threads");
            assert_eq!((&one.1, &one.2), (&many.1, &many.2), "{threads} threads");
        }
    }
}
