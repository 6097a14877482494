//! Benches of the marker of frames on 1080p luma planes, on one core: a pan, a still shot, cuts, and animation on twos.
//! 8.3 ms a frame are 120 frames a second.

use std::time::Duration;

use criterion::{BatchSize, Criterion, SamplingMode, criterion_group, criterion_main};
use watermark_benches::photograph;
use watermark_core::{FrameEmbedder, FrameOptions, Key, KeyRole, LumaFrame, Payload, SECRET_BYTES};

const WIDTH: usize = 1920;
const HEIGHT: usize = 1080;
/// Frames of a clip, marked again and again.
const FRAMES: usize = 12;

/// Pieces of one photograph, as frames of a camera that moves by `step` pixels.
fn clip(step: usize, on: usize) -> Vec<Vec<u8>> {
    let wide = WIDTH + FRAMES * step;
    let luma: Vec<u8> = photograph(wide, HEIGHT, 3).iter().skip(1).step_by(3).copied().collect();
    let frame = |i: usize| luma.chunks(wide).flat_map(|row| &row[i / on * step..][..WIDTH]).copied().collect();
    (0..FRAMES).map(frame).collect()
}

fn frames(criterion: &mut Criterion) {
    let key = Key::from_secret(KeyRole::Master, [5; SECRET_BYTES]);
    let payload = Payload::from_bytes(&[6; 8]).expect("64 bits");
    let mut group = criterion.benchmark_group("frames/1080p");
    group.sampling_mode(SamplingMode::Flat);
    group.bench_function("prepare", |bencher| {
        bencher.iter(|| FrameEmbedder::new(&key, &payload, (WIDTH, HEIGHT), FrameOptions::default()).expect("a size"));
    });
    let clips = [
        ("pan", clip(6, 1), false),
        ("still", clip(0, 1), false),
        ("cuts", clip(6, 1), true),
        ("twos", clip(6, 2), false),
    ];
    for (name, clip, restart) in &clips {
        let mut embedder =
            FrameEmbedder::new(&key, &payload, (WIDTH, HEIGHT), FrameOptions::default()).expect("a size");
        let mut next = (0..FRAMES).cycle();
        group.bench_function(*name, |bencher| {
            bencher.iter_batched_ref(
                || clip[next.next().unwrap_or(0)].clone(),
                |luma| {
                    if *restart {
                        embedder.restart();
                    }
                    let mut frame = LumaFrame::bytes(WIDTH, HEIGHT, WIDTH, luma).expect("a whole plane");
                    embedder.mark(&mut frame).expect("a frame of its size")
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

fn settings() -> Criterion {
    let settings = Criterion::default().without_plots().sample_size(30);
    settings.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3))
}

criterion_group! {
    name = benches;
    config = settings();
    targets = frames
}
criterion_main!(benches);
