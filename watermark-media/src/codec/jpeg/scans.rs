//! What the scans of a JPEG cover, from their headers: so that a picture whose later scans were lost is not taken for
//! a whole one, and an arrangement that the decoder gets wrong is refused.

use super::FORMAT;
use super::structure::Frame;
use crate::{Error, Result};

/// Not sent yet.
const MISSING: u8 = u8::MAX;

/// Component numbers of the frame, and how far each coefficient of each has come: the bits still to be sent.
pub(super) struct Scans {
    progressive: bool,
    components: Vec<u8>,
    bits_left: Vec<[u8; 64]>,
    seen: usize,
}

impl Scans {
    pub(super) fn new() -> Self {
        Self { progressive: false, components: Vec::new(), bits_left: Vec::new(), seen: 0 }
    }

    /// Takes the order and the component numbers of the frame header.
    pub(super) fn set_frame(&mut self, progressive: bool, components: impl Iterator<Item = u8>) {
        self.progressive = progressive;
        self.components = components.collect();
        self.bits_left = vec![[MISSING; 64]; self.components.len()];
    }

    /// Takes the data of a scan header.
    pub(super) fn add(&mut self, header: &[u8]) -> Result<()> {
        let bad = || Error::corrupt(FORMAT, "a scan header does not fit the frame");
        let (&count, rest) = header.split_first().ok_or_else(bad)?;
        let (components, rest) = rest.split_at_checked(2 * usize::from(count)).ok_or_else(bad)?;
        let &[start, end, bits] = rest.first_chunk().ok_or_else(bad)?;
        // Sequential scans always send everything, whatever careless writers put in these fields.
        let (range, bits) =
            if self.progressive { (usize::from(start)..=usize::from(end), bits & 0x0f) } else { (0..=63, 0) };
        for component in components.chunks_exact(2) {
            let place = self.components.iter().position(|id| *id == component[0]).ok_or_else(bad)?;
            self.bits_left[place].get_mut(range.clone()).ok_or_else(bad)?.fill(bits);
        }
        self.seen += 1;
        Ok(())
    }

    /// Refuses what is incomplete or arranged in a way that is not decoded rightly.
    pub(super) fn check(&self, frame: &Frame) -> Result<()> {
        if !frame.progressive && self.seen > 1 {
            // zune-jpeg 0.5.15 gives wrong colours for some of these (seen with 2x2 and 1x2 sampling, and with a 9 x 9 px
            // picture in 4:4:4) and reports no error; libjpeg reads the 2x2 one rightly.
            let what = "a sequential JPEG in several scans";
            return Err(Error::unsupported(what, "save it again as an ordinary or a progressive JPEG"));
        }
        let missing = self.bits_left.iter().flatten().any(|&bits| bits != 0);
        if self.seen == 0 || missing {
            return Err(Error::truncated(FORMAT, "some of its scans are missing"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(progressive: bool) -> Frame {
        Frame { width: 8, height: 8, components: 2, progressive, sampling: (1, 1), table_ids: [0, 0] }
    }

    fn scans(progressive: bool, headers: &[&[u8]]) -> Scans {
        let mut scans = Scans::new();
        scans.set_frame(progressive, [1, 2].into_iter());
        headers.iter().for_each(|header| scans.add(header).unwrap());
        scans
    }

    #[test]
    fn all_coefficients_to_the_last_bit_are_whole() {
        let whole: [&[u8]; 4] =
            [&[2, 1, 0, 2, 0, 0, 0, 0x01], &[1, 1, 0, 1, 63, 0], &[1, 2, 0, 1, 63, 0], &[2, 1, 0, 2, 0, 0, 0, 0x10]];
        assert!(scans(true, &whole).check(&frame(true)).is_ok());
        for lost in 0..whole.len() {
            let kept: Vec<_> = (0..4).filter(|n| *n != lost).map(|n| whole[n]).collect();
            // Without the first scan the last one still sends the bits: damage that only the decoder can see.
            assert_eq!(scans(true, &kept).check(&frame(true)).is_err(), lost != 0, "scan {lost} lost");
        }
    }

    #[test]
    fn sequential_files_have_one_scan() {
        assert!(scans(false, &[&[2, 1, 0, 2, 0, 0, 63, 0]]).check(&frame(false)).is_ok());
        assert!(scans(false, &[&[1, 1, 0, 0, 63, 0], &[1, 2, 0, 0, 63, 0]]).check(&frame(false)).is_err());
        assert!(scans(false, &[]).check(&frame(false)).is_err());
    }

    #[test]
    fn headers_that_do_not_fit_are_errors() {
        for header in [&[][..], &[9, 1], &[1, 1, 0, 0], &[1, 7, 0, 0, 63, 0], &[1, 1, 0, 5, 64, 0], &[1, 1, 0, 9, 4, 0]]
        {
            let mut scans = scans(true, &[]);
            assert!(scans.add(header).is_err(), "{header:?}");
        }
    }
}
