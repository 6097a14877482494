//! Clips of small generated frames: a scene of soft waves with grain that moves.

use super::evidence::Evidence;
use super::*;
use crate::{
    DetectOptions, Effort, EmbedOptions, Embedder, FrameEmbedder, FrameOptions, ImageViewMut, Key, KeyRole, Layout,
    LumaFrame, LumaRange, Payload, SECRET_BYTES, Samples, SamplesMut, Verdict,
};

const WIDTH: usize = 384;
const HEIGHT: usize = 288;

fn key(number: u8) -> Key {
    Key::from_secret(KeyRole::Master, [number; SECRET_BYTES])
}

fn payload() -> Payload {
    Payload::from_bytes(&[1, 2, 3, 4, 5, 6, 7, 8]).unwrap()
}

/// Frame `n` of a scene that moves by `speed` pixels a frame.
fn frame(scene: u32, n: usize, speed: f64) -> Vec<u8> {
    scene_of(WIDTH, HEIGHT, scene, speed * n as f64)
}

/// A scene that has moved by `shift` pixels.
fn scene_of(width: usize, height: usize, scene: u32, shift: f64) -> Vec<u8> {
    let mut state = scene.wrapping_mul(2_654_435_761) ^ 77;
    let place: [f64; 4] = std::array::from_fn(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 24)
    });
    let pixel = |i: usize| {
        let (x, y) = ((i % width) as f64 + shift, (i / width) as f64);
        let waves = libm::sin(x / (17.0 + 20.0 * place[0]) + 6.0 * place[1])
            + libm::sin((x * place[2] + y) / (13.0 + 30.0 * place[3]))
            + 0.5 * libm::sin((x - 2.0 * y) / 9.0);
        // Grain that belongs to the scene and moves with it.
        let (gx, gy) = (x as u32, y as u32);
        let grain = (gx.wrapping_mul(374_761_393) ^ gy.wrapping_mul(668_265_263) ^ scene).wrapping_mul(2_246_822_519);
        (110.0 + 28.0 * waves + f64::from(grain >> 27) * 0.6) as u8
    };
    (0..width * height).map(pixel).collect()
}

fn view(luma: &[u8], width: usize) -> ImageView<'_> {
    ImageView::new(width, luma.len() / width, width, Layout::Luma, Samples::U8(luma)).unwrap()
}

fn mark_with(luma: &mut [u8], key: &Key) {
    mark_wide(luma, WIDTH, key);
}

fn mark_wide(luma: &mut [u8], width: usize, key: &Key) {
    let height = luma.len() / width;
    let mut view = ImageViewMut::new(width, height, width, Layout::Luma, SamplesMut::U8(luma)).unwrap();
    let plan = Embedder::new(key, EmbedOptions::default()).unwrap().plan(&view.as_view(), &payload()).unwrap();
    plan.apply(&mut view).unwrap();
}

/// Noise of about `deviation` grey levels.
fn add_noise(luma: &mut [u8], deviation: f64, seed: u64) {
    let mut state = seed | 1;
    for value in luma {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let bytes = (state >> 32).to_le_bytes();
        let sum: i32 = bytes[..4].iter().map(|&byte| i32::from(byte)).sum();
        *value = (f64::from(*value) + f64::from(sum - 510) / 147.8 * deviation).clamp(0.0, 255.0) as u8;
    }
}

/// Reads frames that are a tenth of a second apart.
fn read(keys: &[Key], frames: &[Vec<u8>], width: usize, effort: Effort) -> ClipDetection {
    let detector = Detector::new(keys, DetectOptions { effort, ..DetectOptions::default() }).unwrap();
    let mut clip = ClipDetector::new(&detector);
    for (n, luma) in frames.iter().enumerate() {
        clip.add(&[ClipFrame { time_s: n as f64 / 10.0, view: view(luma, width) }]).unwrap();
    }
    clip.finish().unwrap()
}

/// Frames each too noisy to be read alone, together read in spite of that; in any order.
#[test]
fn frames_that_say_nothing_alone_say_it_together() {
    let mut frames: Vec<Vec<u8>> = (0..24).map(|n| frame(3, n, 2.5)).collect();
    for (n, luma) in frames.iter_mut().enumerate() {
        mark_with(luma, &key(5));
        add_noise(luma, 30.0, 1000 + n as u64);
    }
    let detector =
        Detector::new(&[key(5)], DetectOptions { effort: Effort::Fast, ..DetectOptions::default() }).unwrap();
    let alone = frames.iter().filter(|luma| detector.detect(&view(luma, WIDTH)).unwrap().strongest().payload.is_some());
    let alone = alone.count();
    let seen = read(&[key(5)], &frames, WIDTH, Effort::Fast);
    assert!(alone <= 4, "{alone} frames are read alone; the test wants more noise");
    assert_eq!(seen.detection.strongest().payload, Some(payload()));
    frames.reverse();
    frames.swap(3, 11);
    let other = read(&[key(5)], &frames, WIDTH, Effort::Fast);
    assert_eq!(other.detection.strongest().payload, Some(payload()));
    assert!((other.detection.strongest().log10_p - seen.detection.strongest().log10_p).abs() < 25.0);
}

/// A clip that was cut to a part of its picture is read by one search.
#[test]
fn a_crop_is_found_once_for_all_frames() {
    let (left, top, width, height) = (41, 30, 320, 240);
    let cropped = |n: usize| {
        let mut luma = frame(8, n, 3.0);
        mark_with(&mut luma, &key(5));
        let rows = luma.chunks_exact(WIDTH).skip(top).take(height);
        rows.flat_map(|row| row[left..left + width].to_vec()).collect::<Vec<u8>>()
    };
    let frames: Vec<Vec<u8>> = (0..10).map(cropped).collect();
    let seen = read(&[key(6), key(5)], &frames, width, Effort::Normal);
    let strongest = seen.detection.strongest();
    assert_eq!((strongest.key_id, strongest.payload.clone()), (key(5).id(), Some(payload())));
    assert!(seen.detection.marks[1].verdict == Verdict::NotFound);
    let geometry = strongest.geometry.unwrap();
    assert!(
        geometry.rotation_deg.abs() < 0.3 && (geometry.full_short_side_px - HEIGHT as f64).abs() < 6.0,
        "{geometry:?}"
    );
    assert!(!seen.ranges.is_empty());
}

#[test]
fn the_ranges_say_when_the_mark_is_there() {
    let marked = 20..40;
    let frames = (0..60).map(|n| {
        let mut luma = frame(20 + n / 20, n as usize, 2.0);
        if marked.contains(&n) {
            mark_with(&mut luma, &key(5));
        }
        luma
    });
    let seen = read(&[key(5)], &frames.collect::<Vec<_>>(), WIDTH, Effort::Fast);
    assert_eq!(seen.detection.strongest().payload, Some(payload()));
    assert_eq!(seen.ranges.len(), 1, "{:?}", seen.ranges);
    let range = seen.ranges[0];
    assert!((range.from_s - 2.0).abs() < 0.55 && (range.to_s - 3.9).abs() < 0.55, "{range:?}");
}

/// The pattern goes along with the camera, so most frames of a pan have it elsewhere than the first, which are read at once.
#[test]
fn the_ranges_reach_over_a_pan() {
    let options = FrameOptions { range: LumaRange::Full, ..FrameOptions::default() };
    let mut embedder = FrameEmbedder::new(&key(5), &payload(), (WIDTH, HEIGHT), options).unwrap();
    let frames = (0..72).map(|n| {
        let mut luma = frame(20 + n / 24, n as usize, 3.0);
        if n >= 24 {
            embedder.mark(&mut LumaFrame::bytes(WIDTH, HEIGHT, WIDTH, &mut luma).unwrap()).unwrap();
        }
        luma
    });
    let seen = read(&[key(5)], &frames.collect::<Vec<_>>(), WIDTH, Effort::Normal);
    assert_eq!(seen.detection.strongest().payload, Some(payload()));
    let (first, last) = (seen.ranges.first().unwrap(), seen.ranges.last().unwrap());
    assert!(first.from_s > 1.4 && first.from_s < 3.0 && last.to_s > 6.4, "{:?}", seen.ranges);
}

/// The pattern moves by 5 pixels a frame and the scene by 8: frames that are brought to one place by what they show blur it.
#[test]
fn a_pattern_that_does_not_keep_up_with_the_camera_is_read() {
    let (width, height) = (512, 384);
    let frames = (0..16).map(|n| {
        let mut luma = scene_of(width, height, 6, 3.0 * n as f64);
        mark_wide(&mut luma, width, &key(5));
        let rows = luma.chunks_exact(width).skip(40).take(320);
        rows.flat_map(|row| &row[30 + 5 * n..][..400]).copied().collect()
    });
    let seen = read(&[key(5)], &frames.collect::<Vec<Vec<u8>>>(), 400, Effort::Normal);
    let strongest = seen.detection.strongest();
    assert_eq!(strongest.payload, Some(payload()));
    assert!(strongest.margin_db > 6.0, "{}", strongest.margin_db);
}

#[test]
fn frames_that_repeat_are_not_read_again() {
    let mut luma = frame(4, 0, 0.0);
    mark_with(&mut luma, &key(5));
    let frames = vec![luma; 9];
    let seen = read(&[key(5)], &frames, WIDTH, Effort::Fast);
    assert_eq!((seen.frames, seen.repeated), (1, 8));
    assert_eq!(seen.detection.strongest().payload, Some(payload()));
    assert!((seen.ranges[0].to_s - 0.8).abs() < 1e-9, "the mark is there as long as the frame is: {:?}", seen.ranges);
}

/// Clips whose frames have nearly everything in common, unmarked or with another key's mark, read with many keys: what
/// is added up must be as likely as it says. Of 96 claims one is expected to be 0.01 or less; eight or more are rarer
/// than one in 100,000. Thousands are tried by `lab video --null`.
#[test]
fn unmarked_clips_and_wrong_keys_keep_to_the_null() {
    let keys: Vec<Key> = (40..52).map(key).collect();
    let mut claims = Vec::new();
    for scene in 0..8_u32 {
        let speed = [0.0, 0.3, 2.0][scene as usize % 3];
        let frames: Vec<Vec<u8>> = (0..8)
            .map(|n| {
                let mut luma = frame(scene, n, speed);
                if scene % 2 == 1 {
                    mark_with(&mut luma, &key(5));
                }
                add_noise(&mut luma, 1.0, u64::from(scene) * 100 + n as u64);
                luma
            })
            .collect();
        let seen = read(&keys, &frames, WIDTH, Effort::Fast);
        // Each key's claim, without the correction for the other keys: what is told is 1 - (1 - p)^keys.
        let alone = |p: f64| {
            let none = libm::log1p(-libm::pow(10.0, p).min(1.0 - 1e-12));
            libm::log10(-libm::expm1(none / keys.len() as f64))
        };
        claims.extend(seen.detection.marks.iter().map(|mark| alone(mark.log10_p)));
    }
    let below = |limit: f64| claims.iter().filter(|&&claim| claim <= limit).count();
    assert_eq!(claims.len(), 96);
    assert!(below(-2.0) < 8, "{} of 96 at most 0.01", below(-2.0));
    assert!(below(-4.0) <= 1 && below(-9.0) == 0, "{:?}", claims.iter().copied().fold(0.0, f64::min));
}

#[test]
fn bad_frames_are_refused_by_name_and_number() {
    let detector = Detector::new(&[key(5)], DetectOptions::default()).unwrap();
    assert!(ClipDetector::new(&detector).finish().unwrap_err().to_string().contains("no frames"));
    let luma = frame(1, 0, 0.0);
    let mut clip = ClipDetector::new(&detector);
    clip.add(&[ClipFrame { time_s: 0.0, view: view(&luma, WIDTH) }]).unwrap();
    let other = clip.add(&[ClipFrame { time_s: 0.1, view: view(&luma, HEIGHT) }]).unwrap_err().to_string();
    assert!(other.contains("288x384") && other.contains("384x288"), "{other}");
    let time = clip.add(&[ClipFrame { time_s: f64::NAN, view: view(&luma, WIDTH) }]).unwrap_err().to_string();
    assert!(time.contains("NaN"), "{time}");
    assert_eq!(clip.frames(), 1);
}

/// Hours of frames do not take more memory than minutes: the spans grow longer instead of more.
#[test]
fn spans_stay_few() {
    let detector =
        Detector::new(&[key(5)], DetectOptions { effort: Effort::Fast, ..DetectOptions::default() }).unwrap();
    let mut clip = ClipDetector::new(&detector);
    for n in 0..40 {
        let luma: Vec<u8> = frame(n, 0, 0.0).into_iter().take(130 * WIDTH).collect();
        clip.add(&[ClipFrame { time_s: f64::from(n) * 300.0, view: view(&luma, WIDTH) }]).unwrap();
    }
    assert!(clip.readings[0].direct.spans() <= SPANS.2);
    let mut evidence = Evidence::new(4);
    let patterns = [&detector.keys[0].pattern];
    for n in 0..9 {
        let plane = Plane::from_shape_fn((256, 300), |(y, x)| ((y * 31) ^ (x * (n + 3))) as f32 % 97.0);
        let heard = read_direct(&plane, 1, &patterns, &detector.whitener, &detector.demodulator);
        evidence.add(n as f64, heard.into_iter().next().unwrap());
    }
    assert!(evidence.spans() <= 4, "{}", evidence.spans());
}

/// A codec that leaves the mark in one frame alone: what that one proves is not lost among the others.
#[test]
fn one_frame_that_carries_the_mark_is_enough() {
    let clip = |crop: usize| -> Vec<Vec<u8>> {
        let mut frames: Vec<Vec<u8>> = (0..24).map(|n| frame(11 + n as u32 / 6, n, 3.0)).collect();
        mark_with(&mut frames[9], &key(5));
        let cut = |luma: &Vec<u8>| luma.chunks_exact(WIDTH).flat_map(|row| row[crop..].to_vec()).collect();
        frames.iter_mut().enumerate().for_each(|(n, luma)| add_noise(luma, 4.0, 500 + n as u64));
        frames.iter().map(cut).collect()
    };
    for crop in [0, 37] {
        let seen = read(&[key(5)], &clip(crop), WIDTH - crop, Effort::Normal);
        let strongest = seen.detection.strongest();
        assert_eq!(strongest.payload, Some(payload()), "{crop}: {}", strongest.log10_p);
        assert!(seen.ranges.iter().any(|range| range.from_s <= 0.9 && range.to_s >= 0.9), "{:?}", seen.ranges);
        let other = read(&[key(6)], &clip(crop), WIDTH - crop, Effort::Normal);
        assert_eq!(other.detection.strongest().verdict, Verdict::NotFound);
    }
}

/// The same without a search, at a film's rate: a dozen frames of the same half second do not hide the one that says something.
#[test]
fn frames_are_weighted_one_by_one() {
    let mut frames: Vec<Vec<u8>> = (0..24).map(|n| frame(11 + n as u32 / 6, n, 3.0)).collect();
    mark_with(&mut frames[9], &key(5));
    frames.iter_mut().enumerate().for_each(|(n, luma)| add_noise(luma, 4.0, 500 + n as u64));
    let detector = Detector::new(&[key(5)], DetectOptions::default()).unwrap();
    let mut clip = ClipDetector::new(&detector);
    for (n, luma) in frames.iter().enumerate() {
        clip.add(&[ClipFrame { time_s: n as f64 / 24.0, view: view(luma, WIDTH) }]).unwrap();
    }
    clip.look(true);
    assert!(clip.is_certain(), "{} dB", clip.margin_db());
}
