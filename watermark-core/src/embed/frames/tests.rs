//! What frames promise, on generated clips.

use super::*;
use crate::spectrum::Plane;
use crate::{
    DetectOptions, Detector, Effort, EmbedOptions, Embedder, ImageView, KeyRole, Layout, SECRET_BYTES, Samples,
    SamplesMut,
};

const WIDTH: usize = 640;
const HEIGHT: usize = 400;

fn key() -> Key {
    Key::from_secret(KeyRole::Master, [21; SECRET_BYTES])
}

fn payload() -> Payload {
    "0123456789abcdef".parse().unwrap()
}

fn embedder(range: LumaRange) -> FrameEmbedder {
    let options = FrameOptions { range, ..FrameOptions::default() };
    FrameEmbedder::new(&key(), &payload(), (WIDTH, HEIGHT), options).unwrap()
}

/// Soft hills with grain that belongs to them, seen from `shift` pixels to the right; `scene` moves the hills.
fn picture(shift: usize, scene: u32) -> Vec<u8> {
    let light = |x: usize, y: usize| {
        let (fx, fy, scene) = ((x + shift) as f64, y as f64, f64::from(scene));
        let hills = 40.0 * libm::sin(fx / (43.0 + scene) + scene) + 40.0 * libm::sin((fx + 2.0 * fy) / (71.0 - scene));
        let grain = ((x + shift) as u32).wrapping_mul(2_654_435_761) ^ (y as u32 + 7).wrapping_mul(2_246_822_519);
        120.0 + hills + f64::from(grain.wrapping_mul(3_266_489_917) >> 29) * 2.0
    };
    (0..WIDTH * HEIGHT).map(|i| light(i % WIDTH, i / WIDTH) as u8).collect()
}

fn mark(embedder: &mut FrameEmbedder, luma: &mut [u8]) -> FrameReport {
    embedder.mark(&mut LumaFrame::bytes(WIDTH, HEIGHT, WIDTH, luma).unwrap()).unwrap()
}

fn seen_as(luma: &[u8]) -> ImageView<'_> {
    ImageView::new(WIDTH, HEIGHT, WIDTH, Layout::Luma, Samples::U8(luma)).unwrap()
}

fn reads_with(luma: &[u8], effort: Effort) -> bool {
    let options = DetectOptions { effort, ..DetectOptions::default() };
    let found = Detector::new(&[key()], options).unwrap().detect(&seen_as(luma)).unwrap();
    found.strongest().payload == Some(payload())
}

fn reads(luma: &[u8]) -> bool {
    reads_with(luma, Effort::Fast)
}

/// Frames that differ by less than a cut in the middle of a shot has to: slides.
#[test]
fn every_frame_may_be_another_picture() {
    let mut embedder = embedder(LumaRange::Full);
    let faint = |scene| -> Vec<u8> { picture(0, scene).iter().map(|&v| 90 + v / 3).collect() };
    for scene in [0, 9, 3, 14] {
        let mut luma = faint(scene);
        assert!(mark(&mut embedder, &mut luma).cut, "scene {scene}");
        assert!(reads(&luma), "scene {scene}");
    }
}

#[test]
fn every_frame_of_a_pan_reads_by_itself_and_a_cut_is_seen() {
    let mut embedder = embedder(LumaRange::Full);
    let back = Embedder::new(&key(), EmbedOptions::default()).unwrap();
    let mut applied = Applied::default();
    for frame in 0..12 {
        let (shift, scene) = if frame < 8 { (5 * frame, 0) } else { (3 * frame, 9) };
        let mut luma = picture(shift, scene);
        let report = mark(&mut embedder, &mut luma);
        assert_eq!(report.cut, frame == 0 || frame == 8, "frame {frame}");
        assert_eq!(report.pose == FramePose::default(), report.cut, "frame {frame}");
        let (margin_db, _) = back.read_back_frame(&seen_as(&luma), &payload(), report.pose).unwrap();
        assert!(margin_db > 2.0, "frame {frame}: {margin_db} dB");
        if frame % 4 == 3 {
            assert!(reads_with(&luma, Effort::Normal), "frame {frame}");
        }
        applied.add(report.applied);
    }
    assert!((40.0..52.0).contains(&applied.psnr_db()), "{} dB", applied.psnr_db());
}

/// What is added to a frame of a pan is what was added to the one before, moved as the picture is.
#[test]
fn the_pattern_goes_along_with_the_camera() {
    const SPEED: usize = 3;
    let mut embedder = embedder(LumaRange::Full);
    let mut changes: Vec<Vec<i16>> = Vec::new();
    for frame in 0..6 {
        let original = picture(SPEED * frame, 0);
        let mut marked = original.clone();
        mark(&mut embedder, &mut marked);
        changes.push(marked.iter().zip(&original).map(|(&new, &old)| i16::from(new) - i16::from(old)).collect());
    }
    // The middle of the picture, away from what comes into view.
    let alike = |a: &[i16], b: &[i16], way: usize| {
        let (mut both, mut squares) = (0.0, (0.0, 0.0));
        for i in (100..300).flat_map(|y| y * WIDTH + 200..y * WIDTH + 400) {
            let (a, b) = (f64::from(a[i]), f64::from(b[i + way]));
            both += a * b;
            squares = (squares.0 + a * a, squares.1 + b * b);
        }
        both / libm::sqrt(squares.0 * squares.1)
    };
    let (last, before) = (&changes[5], &changes[4]);
    let (along, still) = (alike(last, before, SPEED), alike(last, before, 0));
    assert!(along > 0.8 && still < 0.6, "{along} along, {still} in its place");
}

#[test]
fn nothing_flickers_where_nothing_moves() {
    let mut embedder = embedder(LumaRange::Limited);
    let original = picture(0, 1);
    let mut first = original.clone();
    mark(&mut embedder, &mut first);
    for _ in 0..5 {
        let mut next = original.clone();
        mark(&mut embedder, &mut next);
        assert!(next == first, "the same frame was marked otherwise");
    }
}

/// Where only the light of a corner changes, the rest is marked as before but for the gain, which hardly moves.
#[test]
fn what_moves_elsewhere_does_not_show() {
    let mut embedder = embedder(LumaRange::Full);
    let original = picture(0, 2);
    let mut last = original.clone();
    mark(&mut embedder, &mut last);
    let mut worst = 0;
    for frame in 1..10 {
        let mut next = original.clone();
        for row in next.chunks_mut(WIDTH).take(100) {
            row[..100].iter_mut().for_each(|value| *value = value.wrapping_add(frame * 9));
        }
        mark(&mut embedder, &mut next);
        let quiet = |y: usize| y * WIDTH + 300..(y + 1) * WIDTH;
        let moved = (200..HEIGHT).flat_map(|y| next[quiet(y)].iter().zip(&last[quiet(y)]));
        worst = moved.map(|(a, b)| a.abs_diff(*b)).fold(worst, u8::max);
        last = next;
    }
    assert!(worst <= 1, "{worst} grey levels");
}

#[test]
fn ten_bits_are_marked_as_eight_are_but_finer() {
    let eight = picture(0, 3);
    let mut words: Vec<u16> = eight.iter().map(|&v| u16::from(v) << 2).collect();
    let mut marked = eight.clone();
    mark(&mut embedder(LumaRange::Full), &mut marked);
    let mut plane = LumaFrame::words(WIDTH, HEIGHT, WIDTH, 10, &mut words).unwrap();
    embedder(LumaRange::Full).mark(&mut plane).unwrap();
    let differences = words.iter().zip(&marked).map(|(&word, &byte)| (f64::from(word) / 4.0 - f64::from(byte)).abs());
    let worst = differences.fold(0.0, f64::max);
    assert!(worst <= 0.5, "{worst} grey levels");
    assert!(words.iter().any(|word| word % 4 != 0));
}

#[test]
fn limited_range_is_kept_and_what_is_beyond_it_goes_no_further() {
    let mut embedder = embedder(LumaRange::Limited);
    // A range that reaches over both ends.
    let original: Vec<u8> =
        picture(0, 4).iter().map(|&v| ((i32::from(v) - 120) * 7 / 4 + 120).clamp(4, 250) as u8).collect();
    let mut marked = original.clone();
    mark(&mut embedder, &mut marked);
    let (mut moved, mut beyond) = (0, 0);
    for (&old, &new) in original.iter().zip(&marked) {
        assert!(new >= old.min(16) && new <= old.max(235), "{old} became {new}");
        moved += usize::from(new != old);
        beyond += usize::from(!(16..=235).contains(&old));
    }
    assert!(moved > marked.len() / 10 && beyond > 1000, "{moved} {beyond}");
}

#[test]
fn what_lies_between_rows_is_not_touched() {
    const STRIDE: usize = WIDTH + 17;
    let original = picture(0, 5);
    let mut padded = vec![77_u8; STRIDE * HEIGHT];
    padded.chunks_mut(STRIDE).zip(original.chunks(WIDTH)).for_each(|(to, from)| to[..WIDTH].copy_from_slice(from));
    let mut frame = LumaFrame::bytes(WIDTH, HEIGHT, STRIDE, &mut padded).unwrap();
    embedder(LumaRange::Full).mark(&mut frame).unwrap();
    let mut marked = original;
    mark(&mut embedder(LumaRange::Full), &mut marked);
    for (padded, marked) in padded.chunks(STRIDE).zip(marked.chunks(WIDTH)) {
        assert!(padded[..WIDTH] == *marked && padded[WIDTH..].iter().all(|&v| v == 77));
    }
}

#[test]
fn bars_of_a_letterbox_stay_black() {
    let mut luma = picture(0, 6);
    luma[..40 * WIDTH].fill(16);
    mark(&mut embedder(LumaRange::Limited), &mut luma);
    assert!(luma[..30 * WIDTH].iter().all(|&v| v == 16));
}

/// Who has all frames of a moving clip averages them, each less its smooth part, and subtracts what is left from a frame.
#[test]
fn the_average_of_a_clip_does_not_take_the_mark_out() {
    let mut embedder = embedder(LumaRange::Full);
    let frames: Vec<Vec<u8>> = (0..40)
        .map(|frame| {
            let mut luma = picture(6 * frame, (frame / 10) as u32);
            mark(&mut embedder, &mut luma);
            luma
        })
        .collect();
    let mean: Vec<f32> = (0..WIDTH * HEIGHT)
        .map(|i| frames.iter().map(|frame| f32::from(frame[i])).sum::<f32>() / frames.len() as f32)
        .collect();
    let mean = Plane::from_shape_vec((HEIGHT, WIDTH), mean).unwrap();
    let estimate = &mean - &crate::spectrum::Gaussian::new(6.0).apply(&mean);
    for strength in [1.0, 2.0] {
        let attacked: Vec<u8> = frames[20]
            .iter()
            .zip(&estimate)
            .map(|(&v, e)| (f32::from(v) - strength * e).clamp(0.0, 255.0) as u8)
            .collect();
        assert!(reads(&attacked), "{strength} times the estimate");
    }
}

/// What the marker takes for the signs is what a reader of the same frame makes of it.
#[test]
fn signs_are_those_of_a_still() {
    let luma = picture(3, 7);
    let grid = Grid::new(WIDTH, HEIGHT);
    let mut light = Light::new(&grid);
    let mut copy = luma.clone();
    light.look(&LumaFrame::bytes(WIDTH, HEIGHT, WIDTH, &mut copy).unwrap(), &grid, LumaRange::Full);
    let pattern = Pattern::new(&key());
    let seen = seen(&light.mean, &grid, octaves(HEIGHT), &pattern, &Step::NONE);
    let view = ImageView::new(WIDTH, HEIGHT, WIDTH, Layout::Luma, Samples::U8(&luma)).unwrap();
    let (working, pitch) = crate::normalise::working_luma(&view).unwrap();
    let mask_pitch = crate::demod::base_pitch(HEIGHT, crate::demod::direct_octaves(HEIGHT));
    let base = crate::normalise::resample_owned(working, mask_pitch / pitch);
    let stills = super::super::plan::content_signs(&base, mask_pitch, (WIDTH, HEIGHT), HEIGHT, &pattern);
    for ((first, seen), still) in seen.iter().zip(&stills) {
        assert_eq!(*first, (0, 0));
        assert_eq!((seen.rows, seen.columns), (still.rows, still.columns));
        let clear = seen.signs.iter().zip(&still.signs).zip(&still.weights).filter(|(_, weight)| weight.abs() > 0.35);
        let (same, all) = clear.fold((0, 0), |(same, all), ((a, b), _)| (same + usize::from(a == b), all + 1));
        assert!(100 * same >= 97 * all, "{same} of {all} clear cells have the still's sign");
    }
}

#[test]
fn frames_of_another_size_and_keys_that_only_read_are_refused() {
    let mut embedder = embedder(LumaRange::Full);
    let mut other = vec![90; 320 * 200];
    let error = embedder.mark(&mut LumaFrame::bytes(320, 200, 320, &mut other).unwrap()).unwrap_err();
    assert!(error.to_string().contains("320x200"), "{error}");
    let small = FrameEmbedder::new(&key(), &payload(), (640, 100), FrameOptions::default()).unwrap_err();
    assert!(matches!(small, Error::Refused(Refusal::TooSmall { .. })));
    let reader = key().derive_title("a").unwrap().detect_only();
    assert!(FrameEmbedder::new(&reader, &payload(), (640, 400), FrameOptions::default()).is_err());
}

fn view<'a>(layout: Layout, samples: SamplesMut<'a>) -> ImageViewMut<'a> {
    ImageViewMut::new(WIDTH, HEIGHT, WIDTH * layout.channels(), layout, samples).unwrap()
}

/// Frames of every depth and layout get the change that a plane of the same light gets, to a rounding.
#[test]
fn pictures_are_marked_as_planes_are() {
    let originals: Vec<Vec<u8>> = (0..3).map(|frame| picture(4 * frame, 8)).collect();
    let (mut planes, mut eights) = (embedder(LumaRange::Full), embedder(LumaRange::Full));
    let (mut sixteens, mut floats) = (embedder(LumaRange::Full), embedder(LumaRange::Full));
    for original in &originals {
        let mut plane: Vec<u16> = original.iter().map(|&v| u16::from(v) << 8).collect();
        planes.mark(&mut LumaFrame::words(WIDTH, HEIGHT, WIDTH, 16, &mut plane).unwrap()).unwrap();
        // Grey levels by which the plane was changed.
        let change: Vec<f64> =
            plane.iter().zip(original).map(|(&new, &old)| f64::from(new) / 256.0 - f64::from(old)).collect();
        let worst = |changed: &mut dyn Iterator<Item = f64>| {
            changed.zip(&change).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
        };

        let mut grey = original.clone();
        eights.mark_picture(&mut view(Layout::Luma, SamplesMut::U8(&mut grey))).unwrap();
        let off = worst(&mut grey.iter().zip(original).map(|(&a, &b)| f64::from(a) - f64::from(b)));
        assert!(off <= 0.6, "{off} grey levels");

        let deep = |&v: &u8| [u16::from(v) * 257, u16::from(v) * 257, u16::from(v) * 257, u16::MAX];
        let before: Vec<u16> = original.iter().flat_map(deep).collect();
        let mut rgba = before.clone();
        sixteens.mark_picture(&mut view(Layout::Rgba, SamplesMut::U16(&mut rgba))).unwrap();
        assert!(rgba.chunks_exact(4).all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2] && pixel[3] == u16::MAX));
        let changed = rgba.iter().zip(&before).step_by(4).map(|(&a, &b)| (f64::from(a) - f64::from(b)) / 257.0);
        let off = worst(&mut { changed });
        assert!(off <= 0.1, "{off} grey levels");

        let before: Vec<f32> = original.iter().map(|&v| f32::from(v) / 255.0).collect();
        let mut float = before.clone();
        let report = floats.mark_picture(&mut view(Layout::Luma, SamplesMut::F32(&mut float))).unwrap();
        let off = worst(&mut float.iter().zip(&before).map(|(&a, &b)| f64::from(a - b) * 255.0));
        assert!(off <= 0.1, "{off} grey levels");
        assert_eq!(report.applied.samples, (WIDTH * HEIGHT) as u64);
    }
}

#[test]
fn what_cannot_be_seen_is_left_and_what_is_no_number_is_refused() {
    let original = picture(0, 9);
    let half = |i: usize| if i % WIDTH < WIDTH / 2 { 0 } else { 255 };
    let before: Vec<u8> = original.iter().enumerate().flat_map(|(i, &v)| [v, half(i)]).collect();
    let mut marked = before.clone();
    let mut embedder = embedder(LumaRange::Full);
    embedder.mark_picture(&mut view(Layout::LumaAlpha, SamplesMut::U8(&mut marked))).unwrap();
    let same = |pixel: (&[u8], &[u8])| pixel.0 == pixel.1;
    let pairs = || marked.chunks_exact(2).zip(before.chunks_exact(2));
    assert!(pairs().filter(|(_, old)| old[1] == 0).all(same) && !pairs().all(same));
    assert!(pairs().all(|(new, old)| new[1] == old[1]));

    let mut again = before;
    let mut broken = vec![f32::NAN; WIDTH * HEIGHT];
    let error = embedder.mark_picture(&mut view(Layout::Luma, SamplesMut::F32(&mut broken))).unwrap_err();
    assert!(error.to_string().contains("not a finite number"), "{error}");
    // The shot goes on where it was.
    assert!(!embedder.mark_picture(&mut view(Layout::LumaAlpha, SamplesMut::U8(&mut again))).unwrap().cut);
    assert!(again == marked);
}

/// Small frames bear about what stills of their size bear: patches of four units are then a larger share of the picture.
#[test]
fn frames_of_every_size_are_marked_about_as_loudly_as_stills() {
    for (width, height) in [(480, 320), (720, 480), (1280, 720)] {
        // Shapes of many sizes, less of the fine ones.
        let light = |x: f64, y: f64| {
            let waves = |i: i32| {
                let pitch = 160.0 / libm::pow(1.7, f64::from(i)) * f64::from(height) / 480.0;
                let turn = f64::from(i * i);
                50.0 * libm::pow(pitch / 40.0, 0.6)
                    * libm::sin((x * libm::cos(turn) + y * libm::sin(turn)) / pitch + turn)
            };
            (120.0 + (3..12).map(waves).sum::<f64>()).clamp(6.0, 249.0)
        };
        let (columns, rows) = (width as usize, height as usize);
        let luma: Vec<u8> =
            (0..columns * rows).map(|i| light((i % columns) as f64, (i / columns) as f64) as u8).collect();
        let (mut still, mut frame) = (luma.clone(), luma);
        let view = |samples| ImageViewMut::new(columns, rows, columns, Layout::Luma, SamplesMut::U8(samples)).unwrap();
        let mut still = view(&mut still);
        let plan = crate::Embedder::new(&key(), crate::EmbedOptions::default()).unwrap();
        let plan = plan.plan(&still.as_view(), &payload()).unwrap();
        let still_db = plan.apply(&mut still).unwrap().psnr_db();
        let mut embedder = FrameEmbedder::new(&key(), &payload(), (columns, rows), FrameOptions::default()).unwrap();
        let frame_db = embedder.mark_picture(&mut view(&mut frame)).unwrap().applied.psnr_db();
        assert!((still_db - frame_db).abs() < 1.5, "{width}x{height}: still {still_db}, frame {frame_db} dB");
    }
}
