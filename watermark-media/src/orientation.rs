//! The EXIF orientation: from stored pixels to upright ones and back.

/// How stored pixels are to be turned to be upright: the values 1 to 8 of the EXIF tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Orientation(u8);

/// Where the upright pixel comes from: axes swapped first, then each stored axis possibly reversed.
struct Turn {
    swap: bool,
    reverse_x: bool,
    reverse_y: bool,
}

impl Orientation {
    /// Stored as it is looked at.
    pub const UPRIGHT: Self = Self(1);

    /// From the value of the EXIF tag; anything but 1 to 8 counts as upright, as viewers do.
    pub const fn from_exif(value: u16) -> Self {
        match value {
            1..=8 => Self(value as u8),
            _ => Self::UPRIGHT,
        }
    }

    /// The value of the EXIF tag, 1 to 8.
    pub const fn exif(self) -> u8 {
        if self.0 == 0 { 1 } else { self.0 }
    }

    /// Whether width and height change places between the stored and the upright picture.
    pub const fn swaps_sides(self) -> bool {
        self.exif() >= 5
    }

    /// For an upright pixel (x, y): the stored one is at (y, x) when `swap`, and counted from the far end of a
    /// stored axis when that is reversed.
    const fn turn(self) -> Turn {
        let (swap, reverse_x, reverse_y) = match self.exif() {
            2 => (false, true, false),
            3 => (false, true, true),
            4 => (false, false, true),
            5 => (true, false, false),
            6 => (true, false, true),
            7 => (true, true, true),
            8 => (true, true, false),
            _ => (false, false, false),
        };
        Turn { swap, reverse_x, reverse_y }
    }

    /// The upright samples of a stored picture of `width` x `height` pixels, and their width and height.
    pub(crate) fn upright<T: Copy>(
        self,
        stored: Vec<T>,
        width: usize,
        height: usize,
        channels: usize,
    ) -> (Vec<T>, usize, usize) {
        if self.exif() == 1 {
            return (stored, width, height);
        }
        let turned = if self.swaps_sides() { (height, width) } else { (width, height) };
        (self.turned(&stored, turned, channels, false), turned.0, turned.1)
    }

    /// The stored samples of an upright picture of `width` x `height` pixels, and their width and height.
    pub(crate) fn stored<T: Copy>(
        self,
        upright: &[T],
        width: usize,
        height: usize,
        channels: usize,
    ) -> (Vec<T>, usize, usize) {
        let turned = if self.swaps_sides() { (height, width) } else { (width, height) };
        (self.turned(upright, (width, height), channels, true), turned.0, turned.1)
    }

    /// Moves pixels between the two orders; `upright_size` is that of the upright picture either way.
    fn turned<T: Copy>(self, source: &[T], upright_size: (usize, usize), channels: usize, to_stored: bool) -> Vec<T> {
        let (width, height) = upright_size;
        let Turn { swap, reverse_x, reverse_y } = self.turn();
        let (stored_width, stored_height) = if swap { (height, width) } else { (width, height) };
        let mut target = source.to_vec();
        for y in 0..height {
            for x in 0..width {
                let (a, b) = if swap { (y, x) } else { (x, y) };
                let a = if reverse_x { stored_width - 1 - a } else { a };
                let b = if reverse_y { stored_height - 1 - b } else { b };
                let (upright, stored) = ((y * width + x) * channels, (b * stored_width + a) * channels);
                let (from, to) = if to_stored { (upright, stored) } else { (stored, upright) };
                target[to..to + channels].copy_from_slice(&source[from..from + channels]);
            }
        }
        target
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The corner pixel a of "ab/cd/ef" ends where the EXIF text says the 0th row and column are.
    #[test]
    fn each_value_turns_as_the_standard_says() {
        let stored = b"abcdef".to_vec();
        let upright: [(&[u8], usize); 8] = [
            (b"abcdef", 2),
            (b"badcfe", 2),
            (b"fedcba", 2),
            (b"efcdab", 2),
            (b"acebdf", 3),
            (b"ecafdb", 3),
            (b"fdbeca", 3),
            (b"bdface", 3),
        ];
        for (value, (expected, width)) in (1..).zip(upright) {
            let orientation = Orientation::from_exif(value);
            let (pixels, w, h) = orientation.upright(stored.clone(), 2, 3, 1);
            assert_eq!((pixels.as_slice(), w, h), (expected, width, 6 / width), "orientation {value}");
            assert_eq!(orientation.stored(&pixels, w, h, 1), (stored.clone(), 2, 3), "orientation {value}");
        }
    }
}
