//! Training speed on the CPU: images a second through the steps of a preset, data on the host included.
//!
//! `cargo bench --bench training`

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use divan::Bencher;
use divan::counter::ItemsCount;
use hourglass::data::{Dataset, load};
use hourglass::experiment::PresetId;
use hourglass::protocol::{DataSetId, DataSource, EvaluationScope};
use hourglass::train::{ProbeState, Trainer, device};

/// Steps of one measurement: some tens of milliseconds.
const N_STEPS: u64 = 100;

fn main() {
    divan::main();
}

fn pen_digits() -> Arc<Dataset> {
    let never = AtomicBool::new(false);
    let loaded = load(
        &DataSource::Named(DataSetId::PEN_DIGITS),
        &mut |_| {},
        &never,
    );
    Arc::new(loaded.expect("the pen digits are always there"))
}

fn trainer(id: PresetId, batch_size: usize) -> Trainer {
    let mut experiment = id.preset().experiment();
    experiment.training.batch_size = batch_size;
    Trainer::new(experiment, pen_digits(), &device::cpu().device)
}

/// Steps, with one read-back at the end.
#[divan::bench(args = [
    (PresetId::Vanilla64, 64),
    (PresetId::Vanilla64, 256),
    (PresetId::Sparse64, 64),
    (PresetId::Multilayer64, 64),
    (PresetId::Basic32, 256),
    (PresetId::DenoiseDense, 64),
    (PresetId::Conv4, 64),
    (PresetId::DenoiseConv32, 64),
], sample_count = 20)]
fn steps(bencher: Bencher, (id, batch_size): (PresetId, usize)) {
    let mut trainer = trainer(id, batch_size);
    bencher
        .counter(ItemsCount::new(N_STEPS * batch_size as u64))
        .bench_local(|| {
            let mut left = N_STEPS;
            while left > 0 {
                let burst = trainer.burst(Duration::MAX, left, || false);
                left -= burst.expect("the CPU works").steps.len() as u64;
            }
        });
}

/// A measurement on the whole test split, as each epoch ends with one.
#[divan::bench(sample_count = 20)]
fn evaluation(bencher: Bencher) {
    let mut trainer = trainer(PresetId::Vanilla64, 64);
    bencher.bench_local(|| {
        trainer
            .evaluate(EvaluationScope::Full)
            .expect("the CPU works")
    });
}

/// The codes of 10,000 digits and their principal axes.
#[divan::bench(sample_count = 20)]
fn scatter(bencher: Bencher) {
    let mut trainer = trainer(PresetId::Vanilla64, 64);
    let mut probe = ProbeState::default();
    bencher.bench_local(|| probe.scatter(&mut trainer).expect("the CPU works"));
}
