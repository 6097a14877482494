//! The canvas of an animation: frames that store a part of it are laid on it one after the other, and after each the
//! canvas is what is seen.
//!
//! It starts transparent and is cleared to transparent, whatever background colour the file names: browsers do so, and
//! the formats call that colour a hint.

/// What happens to a frame's rectangle before the next frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::codec) enum Dispose {
    Keep,
    Clear,
    /// Back to what was there before the frame.
    Restore,
}

/// Where a frame lies and how.
#[derive(Debug, Clone, Copy)]
pub(in crate::codec) struct Place {
    pub(in crate::codec) left: usize,
    pub(in crate::codec) top: usize,
    pub(in crate::codec) width: usize,
    pub(in crate::codec) height: usize,
    /// Laid over what is there by its alpha; otherwise it replaces it, alpha and all.
    pub(in crate::codec) over: bool,
    pub(in crate::codec) dispose: Dispose,
}

/// A sample of 8 or 16 bits.
pub(in crate::codec) trait Sample: Copy + Default + PartialEq {
    const FULL: u64;
    fn wide(self) -> u64;
    fn narrow(value: u64) -> Self;
}

impl Sample for u8 {
    const FULL: u64 = 255;
    fn wide(self) -> u64 {
        self.into()
    }
    fn narrow(value: u64) -> Self {
        value as Self
    }
}

impl Sample for u16 {
    const FULL: u64 = 65_535;
    fn wide(self) -> u64 {
        self.into()
    }
    fn narrow(value: u64) -> Self {
        value as Self
    }
}

/// Pixels whose last channel is alpha.
pub(in crate::codec) struct Canvas<T> {
    width: usize,
    height: usize,
    channels: usize,
    samples: Vec<T>,
}

impl<T: Sample> Canvas<T> {
    /// All transparent.
    pub(in crate::codec) fn new(width: usize, height: usize, channels: usize) -> Self {
        Self { width, height, channels, samples: vec![T::default(); width * height * channels] }
    }

    /// Lays a frame's pixels down, gives what is seen then, and disposes of the frame. What lies beyond the canvas is
    /// not seen.
    pub(in crate::codec) fn show(&mut self, part: &[T], place: Place) -> Vec<T> {
        let before = (place.dispose == Dispose::Restore).then(|| self.samples.clone());
        self.lay(part, place);
        let seen = self.samples.clone();
        match (place.dispose, before) {
            (Dispose::Restore, Some(before)) => self.samples = before,
            (Dispose::Clear, _) => self.rows(place, |row, _| row.fill(T::default())),
            _ => {}
        }
        seen
    }

    fn lay(&mut self, part: &[T], place: Place) {
        let channels = self.channels;
        self.rows(place, |row, y| {
            let from = &part[y * place.width * channels..][..row.len()];
            if place.over {
                for (below, above) in row.chunks_exact_mut(channels).zip(from.chunks_exact(channels)) {
                    over(below, above);
                }
            } else {
                row.copy_from_slice(from);
            }
        });
    }

    /// The rows of the canvas under a frame, each with its number in the frame.
    fn rows(&mut self, place: Place, mut each: impl FnMut(&mut [T], usize)) {
        let right = place.left.saturating_add(place.width).min(self.width);
        let bottom = place.top.saturating_add(place.height).min(self.height);
        if place.left >= right {
            return;
        }
        let stride = self.width * self.channels;
        for y in place.top..bottom {
            let row = &mut self.samples[y * stride..][..stride];
            each(&mut row[place.left * self.channels..right * self.channels], y - place.top);
        }
    }
}

/// One pixel over another, alpha not premultiplied, rounded to nearest.
fn over<T: Sample>(below: &mut [T], above: &[T]) {
    let alpha = above.len() - 1;
    let (top, bottom) = (above[alpha].wide(), below[alpha].wide());
    if top == T::FULL || bottom == 0 {
        // Nothing over nothing keeps its colour out of sight: the canvas stays as it was.
        if top > 0 {
            below.copy_from_slice(above);
        }
        return;
    }
    let (top, bottom) = (top * T::FULL, bottom * (T::FULL - top));
    let sum = top + bottom;
    for (low, high) in below[..alpha].iter_mut().zip(above) {
        *low = T::narrow((high.wide() * top + low.wide() * bottom + sum / 2) / sum);
    }
    below[alpha] = T::narrow((sum + T::FULL / 2) / T::FULL);
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Place = Place { left: 0, top: 0, width: 2, height: 1, over: true, dispose: Dispose::Keep };

    #[test]
    fn half_over_full_is_the_mean() {
        let mut canvas = Canvas::<u8>::new(2, 1, 2);
        canvas.show(&[100, 255, 60, 0], ALL);
        let seen = canvas.show(&[200, 128, 9, 128], ALL);
        assert_eq!(seen, [150, 255, 9, 128]);
    }

    #[test]
    fn rectangles_are_cleared_restored_and_cut_at_the_edge() {
        let mut canvas = Canvas::<u16>::new(2, 1, 2);
        canvas.show(&[1, 65_535, 2, 65_535], ALL);
        let right = Place { left: 1, width: 5, height: 3, over: false, ..ALL };
        let part = [7; 5 * 3 * 2];
        assert_eq!(canvas.show(&part, Place { dispose: Dispose::Restore, ..right }), [1, 65_535, 7, 7]);
        assert_eq!(canvas.show(&part, Place { dispose: Dispose::Clear, ..right }), [1, 65_535, 7, 7]);
        assert_eq!(canvas.show(&part, Place { left: 2, ..right }), [1, 65_535, 0, 0]);
        assert_eq!(canvas.show(&part, Place { left: 9, top: 9, ..right }), [1, 65_535, 0, 0]);
    }

    #[test]
    fn nothing_over_something_changes_nothing() {
        let mut canvas = Canvas::<u8>::new(1, 1, 4);
        let one = Place { width: 1, ..ALL };
        canvas.show(&[1, 2, 3, 90], one);
        assert_eq!(canvas.show(&[200, 200, 200, 0], one), [1, 2, 3, 90]);
    }
}
