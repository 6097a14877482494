//! Evidence maps: a small grey copy of the picture, coloured where the mark was read, and the scale of the colours.

use image::RgbImage;
use image::imageops::{self, FilterType};
use watermark_core::EvidenceMap;

use super::sheet::{INK, TEXT_SCALE};
use crate::draw::{Area, Canvas, Colour, line_height};

/// A cell at or above this many standard deviations has the full colour.
const FULL_Z: f32 = 4.0;
/// How much of a cell the full colour takes.
const FULL_SHARE: f32 = 0.75;
const COLOUR: Colour = [0, 150, 70];
/// The grey copy keeps this much of its contrast, on white.
const FAINT: f32 = 0.45;
/// Lines between the cells.
const LINE: Colour = [255, 255, 255];
const LINE_SHARE: f32 = 0.6;

/// Draws the map over a faint copy of the picture, which fills `area`.
pub(super) fn draw(canvas: &mut Canvas, picture: &RgbImage, map: &EvidenceMap, area: Area) {
    let mut faint = imageops::resize(picture, area.width, area.height, FilterType::Triangle);
    for pixel in faint.pixels_mut() {
        let [red, green, blue] = pixel.0.map(f32::from);
        let luma = 0.299 * red + 0.587 * green + 0.114 * blue;
        pixel.0 = [(255.0 - FAINT * (255.0 - luma)).round() as u8; 3];
    }
    canvas.paste(&faint, area.x, area.y);
    cells(canvas, map, area);
}

/// The size of a picture within bounds, its shape kept.
pub(super) fn fitted(size: (u32, u32), bounds: (u32, u32)) -> (u32, u32) {
    let scale = (f64::from(bounds.0) / f64::from(size.0)).min(f64::from(bounds.1) / f64::from(size.1));
    let side = |length: u32, bound: u32| ((f64::from(length) * scale).round() as u32).clamp(1, bound.max(1));
    (side(size.0, bounds.0), side(size.1, bounds.1))
}

fn cells(canvas: &mut Canvas, map: &EvidenceMap, area: Area) {
    let (columns, rows) = (map.columns as u32, map.rows as u32);
    let edge = |length: u32, index: u32, count: u32| length * index / count;
    for (index, &z) in (0..).zip(&map.z) {
        let (column, row) = (index % columns, index / columns);
        let (left, top) = (edge(area.width, column, columns), edge(area.height, row, rows));
        let (right, bottom) = (edge(area.width, column + 1, columns), edge(area.height, row + 1, rows));
        let cell = Area { x: area.x + left, y: area.y + top, width: right - left, height: bottom - top };
        canvas.tint(cell, COLOUR, share(z));
        if column > 0 {
            canvas.tint(Area { width: 1, ..cell }, LINE, LINE_SHARE);
        }
        if row > 0 {
            canvas.tint(Area { height: 1, ..cell }, LINE, LINE_SHARE);
        }
    }
}

/// How strongly a cell is coloured. Anything below nothing is nothing, as are values that are no numbers.
fn share(z: f32) -> f32 {
    if z > 0.0 { (z / FULL_Z).min(1.0) * FULL_SHARE } else { 0.0 }
}

/// The scale: what a colour means, in one line.
pub(super) fn legend(canvas: &mut Canvas, x: u32, y: u32) {
    const STEPS: u32 = 9;
    let side = 7 * TEXT_SCALE;
    for step in 0..STEPS {
        let cell = Area { x: x + step * side, y, width: side, height: side };
        canvas.tint(cell, LINE, 1.0);
        canvas.tint(cell, COLOUR, share(FULL_Z * step as f32 / (STEPS - 1) as f32));
    }
    let words =
        format!("evidence map: where the mark was read, from 0 to {FULL_Z} or more standard deviations of chance");
    canvas.text(x + STEPS * side + line_height(TEXT_SCALE) / 2, y, TEXT_SCALE, INK, &words);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_map_covers_its_copy_of_the_picture_and_nothing_else() {
        let mut canvas = Canvas::new(60, 40, [0; 3]);
        let map = EvidenceMap { columns: 3, rows: 2, z: vec![9.0; 6] };
        draw(&mut canvas, &RgbImage::new(310, 230), &map, Area { x: 5, y: 4, width: 31, height: 23 });
        let picture = canvas.into_picture();
        let touched = picture.pixels().filter(|pixel| pixel.0 != [0; 3]).count();
        assert_eq!(touched, 31 * 23);
        let green = |x, y| picture.get_pixel(x, y).0;
        assert!(green(35, 26)[1] > green(35, 26)[0] + 40, "the last cell is coloured");
    }

    #[test]
    fn more_evidence_more_colour() {
        assert_eq!((share(-3.0), share(f32::NAN), share(0.0)), (0.0, 0.0, 0.0));
        assert!(share(1.0) < share(2.0) && share(4.0) == share(100.0));
    }

    #[test]
    fn pictures_keep_their_shape() {
        assert_eq!(fitted((400, 100), (100, 100)), (100, 25));
        assert_eq!(fitted((100, 400), (100, 100)), (25, 100));
        assert_eq!(fitted((1000, 1), (10, 10)), (10, 1));
    }
}
