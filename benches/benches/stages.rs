//! Benches of the stages and the whole, on one core. `cargo xtask measure` runs them and makes the table.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, Criterion, SamplingMode, criterion_group, criterion_main};
use watermark_benches::{Case, SIZES, UNIT_SIDE, Unit, photograph};

fn unit(criterion: &mut Criterion) {
    let samples: Vec<f32> = photograph(UNIT_SIDE, UNIT_SIDE, 2).iter().step_by(3).map(|&v| f32::from(v)).collect();
    let mut unit = Unit::new();
    criterion.bench_function("fft/1024x1024", |bencher| {
        bencher.iter(|| {
            black_box(unit.transform(black_box(&samples)));
        });
    });
}

fn stages(criterion: &mut Criterion) {
    let case = Case::new().expect("a fixed key");
    for size in SIZES {
        let original = size.picture();
        let plan = case.plan(&size.view(&original)).expect("a picture that carries a mark");
        let mut marked = original.clone();
        plan.apply(&mut size.view_mut(&mut marked)).expect("the planned size");
        let (unmarked_view, marked_view) = (size.view(&original), size.view(&marked));
        // A stage that fails early would be a fast one.
        case.read_back(&marked_view).expect("the mark is read back");
        assert!(case.reads(&case.detect(&marked_view).expect("a picture")), "the mark is not read at {}", size.name);

        let mut group = criterion.benchmark_group(size.name);
        group.sampling_mode(SamplingMode::Flat);
        group.bench_function("plan", |bencher| bencher.iter(|| case.plan(&unmarked_view)));
        group.bench_function("apply", |bencher| {
            let apply = |samples: &mut Vec<u8>| plan.apply(&mut size.view_mut(samples));
            bencher.iter_batched_ref(|| original.clone(), apply, BatchSize::PerIteration);
        });
        group.bench_function("embed", |bencher| {
            let mark = |samples: &mut Vec<u8>| case.mark(&mut size.view_mut(samples));
            bencher.iter_batched_ref(|| original.clone(), mark, BatchSize::PerIteration);
        });
        group.bench_function("read_back", |bencher| bencher.iter(|| case.read_back(&marked_view)));
        group.bench_function("detect_untouched", |bencher| bencher.iter(|| case.detect(&marked_view)));
        group.bench_function("detect_unmarked", |bencher| bencher.iter(|| case.detect(&unmarked_view)));
        group.finish();
    }
}

/// Few samples, as the slow ones take a second each, and medians are what is used.
fn settings() -> Criterion {
    let settings = Criterion::default().without_plots().sample_size(20);
    settings.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(5))
}

criterion_group! {
    name = benches;
    config = settings();
    targets = unit, stages
}
criterion_main!(benches);
