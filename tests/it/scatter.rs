//! The latent scatter as the worker makes it: planes, errors, and training images beside test images.

use std::sync::Arc;
use std::time::Duration;

use hourglass::experiment::PresetId;
use hourglass::protocol::{Axes, Plane, PointSource, ProbeRequest, ScatterRequest};
use hourglass::train::{ProbeState, Trainer, device, digits};

use crate::data_sets;
use crate::worker::{small, snapshot, start, with_digits};

const N_TRAIN: usize = 640;
const N_TEST: usize = 200;

/// A model that has learned a little.
fn trainer(preset: PresetId) -> Trainer {
    let mut trainer = Trainer::new(
        preset.preset().experiment(),
        data_sets::small(N_TRAIN, N_TEST),
        &device::cpu().device,
    );
    trainer
        .burst(Duration::from_millis(50), 10, || false)
        .expect("steps");
    trainer
}

fn probe(plane: Plane) -> ProbeState {
    let mut probe = ProbeState::default();
    probe.choose_plane(Some(plane));
    probe
}

#[test]
#[expect(clippy::float_cmp, reason = "raw units are copied, not computed")]
fn raw_units_are_the_codes_and_components_the_ones_asked_for() {
    let mut trainer = trainer(PresetId::Vanilla64);
    let encoded = probe(Plane::Units([7, 3]))
        .encoded(&mut trainer, false)
        .expect("looked at");
    let raw = encoded.scatter();
    assert_eq!((raw.axes, raw.pair), (Axes::Raw, [7, 3]));
    assert_eq!(raw.errors, None, "nobody asked for them");
    for (code, point) in encoded.codes().chunks_exact(64).zip(&raw.points) {
        assert_eq!([code[7], code[3]], *point);
    }
    let mut seen = |pair| {
        let scatter = probe(Plane::Components(pair)).scatter(&mut trainer);
        scatter.expect("looked at")
    };
    let mut explained = Vec::new();
    for pair in [[0, 1], [2, 3], [6, 7]] {
        let view = seen(pair);
        assert_eq!(view.pair, pair);
        let Axes::Pca { explained: shares } = view.axes else {
            panic!("components were asked for");
        };
        explained.extend(shares);
    }
    assert!(explained.is_sorted_by(|a, b| a >= b), "{explained:?}");
    let [straight, turned] = [[0, 2], [2, 0]].map(seen);
    for ([a, b], [c, d]) in straight.points.iter().zip(&turned.points) {
        // The sign of an axis is arbitrary.
        assert!((a.abs() - d.abs()).abs() < 1e-4 && (b.abs() - c.abs()).abs() < 1e-4);
    }
}

#[test]
fn a_plane_that_the_code_has_not_is_its_first() {
    let mut trainer = trainer(PresetId::Vae2);
    let view = probe(Plane::Components([4, 5]))
        .scatter(&mut trainer)
        .expect("looked at");
    assert_eq!((view.axes, view.pair), (Axes::Raw, [0, 1]));
}

#[test]
fn a_place_of_the_plane_is_the_place_of_its_code() {
    for (preset, plane) in [
        (PresetId::Vae2, Plane::Units([0, 1])),
        (PresetId::Vanilla64, Plane::Units([9, 2])),
        (PresetId::Vanilla64, Plane::Components([1, 3])),
    ] {
        let mut trainer = trainer(preset);
        let encoded = probe(plane)
            .encoded(&mut trainer, false)
            .expect("looked at");
        let size = trainer.experiment().architecture.code_size();
        let view = encoded.scatter();
        assert_eq!(view.pair, plane.pair());
        let code = encoded.code_at([0.25, -0.5]);
        assert_eq!(code.len(), size);
        if let Plane::Units([x, y]) = plane {
            assert!((code[x] - 0.25).abs() < 1e-6 && (code[y] + 0.5).abs() < 1e-6);
        }
        // A step along the first axis is a step of the code of the same length.
        let further = encoded.code_at([1.25, -0.5]);
        let steps = code.iter().zip(&further).map(|(a, b)| (b - a).powi(2));
        let length = steps.sum::<f32>().sqrt();
        assert!((length - 1.0).abs() < 1e-4, "{plane:?}: {length}");
    }
}

#[test]
fn errors_and_points_of_both_splits_are_those_of_the_samples() {
    let mut trainer = trainer(PresetId::Vae2);
    let encoded = ProbeState::default()
        .encoded(&mut trainer, true)
        .expect("looked at");
    for source in [PointSource::Test, PointSource::Training] {
        let asked = ScatterRequest {
            source,
            errors: true,
            ..ScatterRequest::default()
        };
        let view = encoded.seen(&mut trainer, asked).expect("looked at");
        let first =
            u32::from(source == PointSource::Training) * u32::try_from(N_TEST).expect("few");
        let n = view.samples.len();
        assert_eq!(view.samples[0], first);
        assert_eq!(n, [N_TEST, N_TRAIN][usize::from(first > 0)]);
        assert_eq!(view.points.len(), n);
        let errors = view.errors.as_ref().expect("asked for");
        let (mse, [low, high]) = (&errors.mse_per_pixel, errors.range);
        assert!(mse.iter().all(|mse| *mse >= low));
        let beyond = mse.iter().filter(|mse| **mse > high).count();
        assert!(beyond * 50 <= n, "{beyond} of {n} are beyond the scale");

        let numbers = [first, first + 17, first + 150];
        let single = digits(&mut trainer, &numbers).expect("looked at");
        assert_eq!(single.samples, numbers);
        let dataset = Arc::clone(trainer.dataset());
        let described = dataset.describe();
        for (idx, &sample) in numbers.iter().enumerate() {
            let place = (sample - first) as usize;
            assert!((mse[place] - single.mse_per_pixel[idx]).abs() < 1e-5);
            assert_eq!(Some(single.labels[idx]), described.label(sample));
            let image = described.image(sample).expect("it has a number");
            let drawn = &single.originals[idx * 784..(idx + 1) * 784];
            let same = image
                .iter()
                .zip(drawn)
                .all(|(&byte, value)| (f32::from(byte) / 255.0 - value).abs() < 1e-6);
            assert!(same, "{source:?} {sample}");
        }
    }
    let past = digits(
        &mut trainer,
        &[u32::try_from(N_TEST + N_TRAIN).expect("few")],
    );
    assert!(past.expect("looked at").samples.is_empty());
}

#[test]
fn looking_at_training_images_in_any_plane_never_changes_training() {
    let take = |trainer: &mut Trainer| {
        let burst = trainer.burst(Duration::MAX, 3, || false).expect("steps");
        burst.steps.terms
    };
    let (mut alone, mut watched) = (
        trainer(PresetId::DenoiseDense),
        trainer(PresetId::DenoiseDense),
    );
    for plane in [Plane::Units([1, 5]), Plane::Components([3, 0])] {
        let encoded = probe(plane).encoded(&mut watched, true).expect("looked at");
        let asked = ScatterRequest {
            source: PointSource::Training,
            errors: true,
            ..ScatterRequest::default()
        };
        encoded.seen(&mut watched, asked).expect("looked at");
        digits(&mut watched, &[250]).expect("looked at");
        assert_eq!(take(&mut watched), take(&mut alone));
    }
}

#[test]
fn the_worker_shows_the_plane_and_the_images_that_are_asked_for() {
    let worker = with_digits();
    start(&worker, 1, small());
    let look = |revision, scatter, hovered| {
        worker.look_at(ProbeRequest {
            revision,
            scatter,
            hovered,
            ..ProbeRequest::default()
        });
        snapshot(&worker, |snapshot| snapshot.revision == revision)
    };
    let turned = ScatterRequest {
        plane: Some(Plane::Units([5, 2])),
        ..ScatterRequest::default()
    };
    let seen = look(1, Some(turned), None).scatter.expect("asked for");
    assert_eq!((seen.pair, seen.samples.len()), ([5, 2], 10_000));
    assert_eq!(seen.errors, None);
    let training = ScatterRequest {
        source: PointSource::Training,
        errors: true,
        ..turned
    };
    let seen = look(2, Some(training), Some(10_007));
    let scatter = seen.scatter.expect("asked for");
    assert_eq!((scatter.pair, scatter.samples.len()), ([5, 2], 60_000));
    let errors = scatter.errors.as_ref().expect("asked for");
    let hovered = seen.hovered.expect("asked for");
    assert_eq!((scatter.samples[7], hovered.samples[0]), (10_007, 10_007));
    assert!((errors.mse_per_pixel[7] - hovered.mse_per_pixel[0]).abs() < 1e-5);
    assert_eq!(look(3, None, None).scatter, None, "nobody looks at it");
}
