//! The contact sheet: original, marked and their difference at full size, below them the attacked copies with what
//! was read from each and where.

use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use watermark_core::{EvidenceMap, Payload, Verdict};

use super::copies::Copy;
use crate::draw::{Area, Canvas, Colour, letters_in, line_height};
use crate::output::text::log10;

const MARGIN: u32 = 16;
/// Width of a dot of the letters, pixels.
const TEXT_SCALE: u32 = 2;
/// Lines below a picture.
const CAPTION_LINES: u32 = 4;
/// The difference is shown this much enlarged, around mid grey.
const DIFFERENCE_GAIN: i32 = 20;
/// A cell at or above this many standard deviations has the full tint.
const FULL_TINT_Z: f32 = 4.0;
const MAX_TINT: f32 = 0.5;

const PAPER: Colour = [250, 250, 248];
const INK: Colour = [40, 42, 48];
const GOOD: Colour = [0, 128, 60];
const BAD: Colour = [190, 30, 30];
const TINT: Colour = [0, 200, 90];

/// Draws the sheet.
pub(super) fn draw(
    original: &RgbImage,
    marked: &RgbImage,
    psnr_db: f64,
    copies: &[Copy],
    payload: &Payload,
) -> RgbImage {
    let (width, height) = original.dimensions();
    let attacked: Vec<&Copy> = copies.iter().filter(|copy| copy.is_attacked).collect();
    let whole = |marked: bool| copies.iter().find(|copy| !copy.is_attacked && copy.is_marked == marked);
    let sheet_width = 3 * width + 4 * MARGIN;
    let count = attacked.len().max(1) as u32;
    let cell = (sheet_width - (count + 1) * MARGIN) / count;
    let caption = CAPTION_LINES * line_height(TEXT_SCALE) + MARGIN;
    let mut canvas = Canvas::new(sheet_width, 3 * MARGIN + height + cell + 2 * caption, PAPER);

    let difference = difference(original, marked);
    let below = MARGIN + height + MARGIN / 2;
    for (column, (picture, title)) in
        (0..).zip([(original, "original"), (marked, "marked"), (&difference, "difference x20")])
    {
        let x = MARGIN + column * (width + MARGIN);
        canvas.paste(picture, x, MARGIN);
        let mut lines = vec![(title.to_owned(), INK)];
        match title {
            "original" => lines.extend(whole(false).into_iter().flat_map(|copy| reading(copy, payload))),
            "marked" => {
                lines.push((format!("PSNR {psnr_db:.1} dB"), INK));
                lines.extend(whole(true).into_iter().flat_map(|copy| reading(copy, payload)));
            }
            _ => lines.push(("marked minus original, around grey".to_owned(), INK)),
        }
        write_lines(&mut canvas, x, below, width, &lines);
    }
    let top = below + caption;
    for (column, copy) in (0..).zip(attacked) {
        let x = MARGIN + column * (cell + MARGIN);
        paste_copy(&mut canvas, copy, Area { x, y: top, width: cell, height: cell });
        let mut lines = wrapped(copy.title, letters_in(cell, TEXT_SCALE));
        lines.extend(reading(copy, payload));
        write_lines(&mut canvas, x, top + cell + MARGIN / 2, cell, &lines);
    }
    canvas.into_picture()
}

type Line = (String, Colour);

/// What was read, in two lines.
fn reading(copy: &Copy, payload: &Payload) -> Vec<Line> {
    let mark = copy.detection.strongest();
    let colour = if (mark.verdict == Verdict::Found) == copy.is_marked { GOOD } else { BAD };
    let verdict = mark.verdict.as_str().replace('_', " ");
    let mut lines = vec![(format!("{verdict}, log10 p = {}", log10(mark.log10_p)), colour)];
    if let Some(read) = &mark.payload {
        lines.push((format!("payload {read}: {}", copy.payload_word(payload)), colour));
    }
    lines
}

fn wrapped(text: &str, letters: usize) -> Vec<Line> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last_mut().expect("never empty");
        if last.is_empty() {
            last.push_str(word);
        } else if last.len() + 1 + word.len() <= letters {
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines.into_iter().map(|line| (line, INK)).collect()
}

fn write_lines(canvas: &mut Canvas, x: u32, y: u32, width: u32, lines: &[Line]) {
    for (row, (line, colour)) in (0..).zip(lines) {
        let line: String = line.chars().take(letters_in(width, TEXT_SCALE)).collect();
        canvas.text(x, y + row * line_height(TEXT_SCALE), TEXT_SCALE, *colour, &line);
    }
}

/// Puts a copy into a cell, no larger than it is, and tints where the mark was read.
fn paste_copy(canvas: &mut Canvas, copy: &Copy, cell: Area) {
    let (width, height) = copy.picture.dimensions();
    let scale = (f64::from(cell.width) / f64::from(width)).min(f64::from(cell.height) / f64::from(height)).min(1.0);
    let side = |length: u32| ((f64::from(length) * scale).round() as u32).max(1);
    let (width, height) = (side(width), side(height));
    let shown = imageops::resize(&copy.picture, width, height, FilterType::CatmullRom);
    let (x, y) = (cell.x + (cell.width - width) / 2, cell.y + (cell.height - height) / 2);
    canvas.paste(&shown, x, y);
    if let Some(map) = &copy.detection.strongest().evidence {
        tint_evidence(canvas, map, Area { x, y, width, height });
    }
}

fn tint_evidence(canvas: &mut Canvas, map: &EvidenceMap, area: Area) {
    let (columns, rows) = (map.columns as u32, map.rows as u32);
    let edge = |length: u32, index: u32, count: u32| length * index / count;
    for (index, &z) in (0..).zip(&map.z) {
        let (column, row) = (index % columns, index / columns);
        let (left, top) = (edge(area.width, column, columns), edge(area.height, row, rows));
        let (right, bottom) = (edge(area.width, column + 1, columns), edge(area.height, row + 1, rows));
        let cell = Area { x: area.x + left, y: area.y + top, width: right - left, height: bottom - top };
        let share = (z / FULL_TINT_Z).clamp(0.0, 1.0) * MAX_TINT;
        if share > 0.0 {
            canvas.tint(cell, TINT, share);
        }
    }
}

fn difference(original: &RgbImage, marked: &RgbImage) -> RgbImage {
    RgbImage::from_fn(original.width(), original.height(), |x, y| {
        let (before, after) = (original.get_pixel(x, y).0, marked.get_pixel(x, y).0);
        let change = |c: usize| i32::from(after[c]) - i32::from(before[c]);
        Rgb([0, 1, 2].map(|c| (128 + DIFFERENCE_GAIN * change(c)).clamp(0, 255) as u8))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_whole() {
        let lines: Vec<String> =
            wrapped("rotated by 7 degrees, cropped to half", 20).into_iter().map(|l| l.0).collect();
        assert_eq!(lines, ["rotated by 7", "degrees, cropped to", "half"]);
    }

    #[test]
    fn the_tint_covers_the_picture_and_nothing_else() {
        let mut canvas = Canvas::new(40, 30, [0; 3]);
        let map = EvidenceMap { columns: 3, rows: 2, z: vec![9.0; 6] };
        tint_evidence(&mut canvas, &map, Area { x: 5, y: 4, width: 31, height: 23 });
        let picture = canvas.into_picture();
        let tinted = picture.pixels().filter(|pixel| pixel.0 != [0; 3]).count();
        assert_eq!(tinted, 31 * 23);
        assert_ne!(picture.get_pixel(35, 26).0, [0; 3]);
    }
}
