//! The contact sheet: original, marked and their difference at full size, below them the attacked copies, each with
//! what was read from it and where.

use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use watermark_core::{Payload, Verdict};

use super::copies::Copy;
use super::evidence;
use crate::draw::{Area, Canvas, Colour, letters_in, line_height};
use crate::output::text::log10;

const MARGIN: u32 = 16;
/// Width of a dot of the letters, pixels.
pub(super) const TEXT_SCALE: u32 = 2;
const LINE: u32 = line_height(TEXT_SCALE);
/// Lines below the pictures of the upper row, and above and below those of the lower one.
const CAPTION_LINES: u32 = 3;
const TITLE_LINES: u32 = 2;
const READING_LINES: u32 = 2;
/// Sides of the attacked copies and of their maps, at most, pixels.
const COPY_SIDE: u32 = 228;
const MAP_SIDE: u32 = 136;
/// The difference is shown this much enlarged, around mid grey.
const DIFFERENCE_GAIN: f64 = 20.0;

const PAPER: Colour = [250, 250, 248];
pub(super) const INK: Colour = [40, 42, 48];
const GOOD: Colour = [0, 115, 55];
const BAD: Colour = [190, 30, 30];

/// A line of text with its colour.
type Line = (String, Colour);

/// Draws the sheet.
pub(super) fn draw(
    original: &RgbImage,
    marked: &RgbImage,
    psnr_db: f64,
    copies: &[Copy],
    payload: &Payload,
) -> RgbImage {
    let width = 3 * original.width() + 4 * MARGIN;
    let upper = MARGIN + original.height() + MARGIN / 2 + CAPTION_LINES * LINE + MARGIN;
    let has_maps = copies.iter().any(|copy| copy.is_attacked && copy.detection.strongest().evidence.is_some());
    let lower = TITLE_LINES * LINE + COPY_SIDE + MARGIN / 2 + READING_LINES * LINE + MARGIN;
    let mut canvas = Canvas::new(width, upper + lower + if has_maps { LINE + MARGIN } else { 0 }, PAPER);
    draw_whole(&mut canvas, original, marked, psnr_db, copies, payload);

    let attacked: Vec<&Copy> = copies.iter().filter(|copy| copy.is_attacked).collect();
    let count = attacked.len().max(1) as u32;
    let column_width = (width - (count + 1) * MARGIN) / count;
    for (column, copy) in (0..).zip(attacked) {
        let x = MARGIN + column * (column_width + MARGIN);
        draw_attacked(&mut canvas, copy, payload, Area { x, y: upper, width: column_width, height: lower });
    }
    if has_maps {
        evidence::legend(&mut canvas, MARGIN, upper + lower);
    }
    canvas.into_picture()
}

/// The upper row.
fn draw_whole(
    canvas: &mut Canvas,
    original: &RgbImage,
    marked: &RgbImage,
    psnr_db: f64,
    copies: &[Copy],
    payload: &Payload,
) {
    let read = |marked: bool| {
        let copy = copies.iter().find(|copy| !copy.is_attacked && copy.is_marked == marked);
        copy.map(|copy| on_one_line(&reading(copy, payload)))
    };
    let difference = difference(original, marked);
    let words = |text: &str| Some((text.to_owned(), INK));
    let strength = format!("PSNR {psnr_db:.1} dB, payload {payload}");
    let panels = [
        (original, [words("original"), read(false), None]),
        (marked, [words("marked"), words(&strength), read(true)]),
        (&difference, [words("difference x20"), words("change of luma, around grey"), None]),
    ];
    for (column, (picture, lines)) in (0..).zip(panels) {
        let x = MARGIN + column * (original.width() + MARGIN);
        canvas.paste(picture, x, MARGIN);
        let lines: Vec<Line> = lines.into_iter().flatten().collect();
        write_lines(canvas, x, MARGIN + original.height() + MARGIN / 2, original.width(), &lines);
    }
}

/// One column of the lower row: what was done, the copy at no more than its own size, its map, what was read.
fn draw_attacked(canvas: &mut Canvas, copy: &Copy, payload: &Payload, area: Area) {
    let title = wrapped(copy.title, letters_in(area.width, TEXT_SCALE));
    write_lines(canvas, area.x, area.y, area.width, &title);
    let size = copy.picture.dimensions();
    let (width, height) = evidence::fitted(size, (size.0.min(COPY_SIDE), size.1.min(COPY_SIDE)));
    let shown = imageops::resize(&copy.picture, width, height, FilterType::CatmullRom);
    let bottom = area.y + TITLE_LINES * LINE + COPY_SIDE;
    canvas.paste(&shown, area.x, bottom - height);

    let mark = copy.detection.strongest();
    if let Some(map) = &mark.evidence {
        let (width, height) = evidence::fitted(size, (MAP_SIDE, MAP_SIDE));
        let place = Area { x: area.x + COPY_SIDE + MARGIN, y: bottom - height, width, height };
        evidence::draw(canvas, &copy.picture, map, place);
    }
    let [verdict, figure, rest @ ..] = &reading(copy, payload)[..] else { return };
    let lines = [&[on_one_line(&[verdict.clone(), figure.clone()])], rest].concat();
    write_lines(canvas, area.x, bottom + MARGIN / 2, area.width, &lines);
}

/// What was read, a line each for the verdict, its figure and the payload.
fn reading(copy: &Copy, payload: &Payload) -> Vec<Line> {
    let mark = copy.detection.strongest();
    let colour = if (mark.verdict == Verdict::Found) == copy.is_marked { GOOD } else { BAD };
    let verdict = mark.verdict.as_str().replace('_', " ");
    let mut lines = vec![(verdict, colour), (format!("log10 p = {}", log10(mark.log10_p)), colour)];
    if mark.payload.is_some() {
        lines.push((format!("payload {}", copy.payload_word(payload)), colour));
    }
    lines
}

fn on_one_line(lines: &[Line]) -> Line {
    let words: Vec<&str> = lines.iter().map(|line| line.0.as_str()).collect();
    (words.join(", "), lines.first().map_or(INK, |line| line.1))
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
        canvas.text(x, y + row * LINE, TEXT_SCALE, *colour, &line);
    }
}

/// The change of luma, as the mark is one; the colour channels follow it.
fn difference(original: &RgbImage, marked: &RgbImage) -> RgbImage {
    RgbImage::from_fn(original.width(), original.height(), |x, y| {
        let (before, after) = (original.get_pixel(x, y).0, marked.get_pixel(x, y).0);
        let change = |c: usize| i32::from(after[c]) - i32::from(before[c]);
        // Green alone would do but for clipped pixels.
        let change = (299 * change(0) + 587 * change(1) + 114 * change(2)) as f64 / 1000.0;
        Rgb([(128.0 + DIFFERENCE_GAIN * change).round().clamp(0.0, 255.0) as u8; 3])
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
    fn the_difference_is_enlarged_around_grey() {
        let picture = |level| RgbImage::from_pixel(2, 2, Rgb([level; 3]));
        let levels = [(100, 100, 128), (100, 103, 188), (100, 97, 68), (100, 200, 255)];
        for (before, after, shown) in levels {
            assert_eq!(difference(&picture(before), &picture(after)).get_pixel(1, 1).0, [shown; 3]);
        }
    }
}
