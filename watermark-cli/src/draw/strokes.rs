//! Letters drawn with a round pen: neighbouring dots of a letter are joined, and edges are soft.
//!
//! The dots alone make stairs of every slanted line. Joined, they are legible at any size, without a font's outlines.

use super::font;

/// Half the width of the pen, dots.
const PEN: f32 = 0.52;

/// The lines from dot to dot of one letter, in dots; a dot with no neighbour is a line of no length.
pub(super) struct Strokes(Vec<[(f32, f32); 2]>);

impl Strokes {
    /// The strokes of a letter. A slanted line joins two dots only where no straight way leads from one to the other.
    pub(super) fn of(glyph: [u8; font::HEIGHT as usize]) -> Self {
        let dot = |x: i32, y: i32| {
            let inside = (0..font::WIDTH as i32).contains(&x) && (0..font::HEIGHT as i32).contains(&y);
            inside && glyph[y as usize] >> (font::WIDTH as i32 - 1 - x) & 1 == 1
        };
        let centre = |x: i32, y: i32| (x as f32 + 0.5, y as f32 + 0.5);
        let mut lines = Vec::new();
        for y in 0..font::HEIGHT as i32 {
            for x in (0..font::WIDTH as i32).filter(|&x| dot(x, y)) {
                lines.push([centre(x, y); 2]);
                for (dx, dy) in [(1, 0), (0, 1), (1, 1), (-1, 1)] {
                    let straight_way = dx != 0 && dy != 0 && (dot(x + dx, y) || dot(x, y + dy));
                    if dot(x + dx, y + dy) && !straight_way {
                        lines.push([centre(x, y), centre(x + dx, y + dy)]);
                    }
                }
            }
        }
        Self(lines)
    }

    /// How much of a pixel is covered, each dot being `scale` pixels wide.
    pub(super) fn ink(&self, column: u32, row: u32, scale: u32) -> f32 {
        let scale = scale as f32;
        let at = ((column as f32 + 0.5) / scale, (row as f32 + 0.5) / scale);
        let nearest = self.0.iter().map(|line| distance(at, line)).fold(f32::INFINITY, f32::min);
        ((PEN - nearest) * scale + 0.5).clamp(0.0, 1.0)
    }
}

fn distance(at: (f32, f32), &[from, to]: &[(f32, f32); 2]) -> f32 {
    let (along, offset) = ((to.0 - from.0, to.1 - from.1), (at.0 - from.0, at.1 - from.1));
    let square = along.0 * along.0 + along.1 * along.1;
    let share = if square > 0.0 { ((offset.0 * along.0 + offset.1 * along.1) / square).clamp(0.0, 1.0) } else { 0.0 };
    (offset.0 - share * along.0).hypot(offset.1 - share * along.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slanted_neighbours_are_joined_and_corners_are_not_cut() {
        let slash = Strokes::of([0x10, 0x08, 0, 0, 0, 0, 0]);
        assert!(slash.ink(3, 3, 4) > 0.9 && slash.ink(4, 4, 4) > 0.9, "the way between the two dots");
        let corner = Strokes::of([0x18, 0x08, 0, 0, 0, 0, 0]);
        assert!(corner.ink(1, 6, 4) < 0.1, "inside the corner");
    }

    #[test]
    fn nothing_is_drawn_away_from_the_dots() {
        let dot = Strokes::of([0, 0, 0, 0x04, 0, 0, 0]);
        let ink = |column, row| dot.ink(column, row, 3);
        assert_eq!((ink(7, 10), ink(0, 0), ink(7, 14)), (1.0, 0.0, 0.0));
        assert_eq!(Strokes::of([0; 7]).ink(0, 0, 3), 0.0);
    }
}
