//! Steps, evaluations and checkpoints of a trainer on the CPU.

use std::time::Duration;

use hourglass::experiment::{
    Architecture, Corruption, Experiment, LayerName, PresetId, Reconstruction, Sparsity, Term,
};
use hourglass::protocol::EvaluationScope;
use hourglass::train::{ProbeState, TrainError, Trainer, device, digits};

use crate::data_sets;

/// Long enough never to end a burst.
const FOREVER: Duration = Duration::from_hours(1);

fn trainer(experiment: &Experiment) -> Trainer {
    let dataset = data_sets::small(640, 200);
    Trainer::new(experiment.clone(), dataset, &device::cpu().device)
}

fn preset(id: PresetId) -> Experiment {
    id.preset().experiment()
}

/// Takes steps and returns the objective of each.
fn take(trainer: &mut Trainer, n_steps: u64) -> Vec<f32> {
    let mut objectives = Vec::new();
    while (objectives.len() as u64) < n_steps {
        let left = n_steps - objectives.len() as u64;
        let burst = trainer
            .burst(FOREVER, left, || false)
            .expect("the steps are taken");
        objectives.extend(&burst.steps.terms[0].1);
    }
    objectives
}

#[test]
fn every_preset_learns_within_seconds() {
    for id in PresetId::ALL {
        let mut trainer = trainer(&preset(id));
        let before = trainer.evaluate(EvaluationScope::Full).expect("measured");
        take(&mut trainer, 60);
        let after = trainer.evaluate(EvaluationScope::Full).expect("measured");
        let (before, after) = (before.terms[0].1, after.terms[0].1);
        assert!(
            after < 0.8 * before,
            "{id}: the objective went from {before} to {after}"
        );
    }
}

#[test]
fn invariant_8_the_same_seed_gives_the_same_numbers_bit_for_bit() {
    for id in [PresetId::Sparse64, PresetId::DenoiseDense] {
        let bits = |mut trainer: Trainer| -> Vec<u32> {
            let objectives = take(&mut trainer, 25);
            objectives.iter().map(|value| value.to_bits()).collect()
        };
        assert_eq!(
            bits(trainer(&preset(id))),
            bits(trainer(&preset(id))),
            "{id}"
        );
    }
}

#[test]
fn invariant_8_looking_never_changes_training() {
    let experiment = preset(PresetId::DenoiseDense);
    let undisturbed = take(&mut trainer(&experiment), 20);

    let mut watched = trainer(&experiment);
    let mut probe = ProbeState::default();
    let mut objectives = Vec::new();
    for _ in 0..20 {
        objectives.extend(take(&mut watched, 1));
        digits(&mut watched, &[0, 1, 2]).expect("looked at");
        probe.scatter(&mut watched).expect("looked at");
        probe
            .activations(&mut watched, LayerName::Code)
            .expect("looked at");
        watched.evaluate(EvaluationScope::Full).expect("measured");
    }
    assert_eq!(objectives, undisturbed);
}

#[test]
fn noise_and_penalties_change_neither_first_weights_nor_order() {
    let plain = preset(PresetId::Vanilla64);
    let mut changed = plain.clone();
    changed.corruption = Corruption::Gaussian { sigma: 0.5 };
    changed.objective.sparsity = Sparsity::L1 { weight: 1e-3 };
    let first = |experiment: &Experiment| trainer(experiment).checkpoint().expect("read back");
    assert_eq!(first(&plain).parameters, first(&changed).parameters);
    let mut other_seed = plain.clone();
    other_seed.seed = 2;
    assert_ne!(first(&plain).parameters, first(&other_seed).parameters);
}

#[test]
fn a_resumed_run_goes_on_bit_for_bit() {
    let experiment = preset(PresetId::DenoiseDense);
    let mut unbroken = trainer(&experiment);
    take(&mut unbroken, 13); // in the middle of the second epoch
    let checkpoint = unbroken.checkpoint().expect("read back");
    let expected = take(&mut unbroken, 12);

    let dataset = data_sets::small(640, 200);
    let cpu = device::cpu().device;
    let mut resumed =
        Trainer::resume(experiment, dataset, &cpu, &checkpoint).expect("the checkpoint is whole");
    assert_eq!(resumed.step(), 13);
    assert_eq!(take(&mut resumed, 12), expected);
}

#[test]
fn the_last_step_of_an_epoch_takes_what_is_left() {
    let mut experiment = preset(PresetId::Vanilla64);
    experiment.training.batch_size = 300;
    let mut trainer = trainer(&experiment); // 640 = 300 + 300 + 40
    let mut images = 0;
    let mut n_steps = 0;
    loop {
        let burst = trainer.burst(FOREVER, 1, || false).expect("a step");
        images += burst.steps.n_images;
        n_steps += 1;
        if burst.completed_epoch {
            break;
        }
    }
    assert_eq!((n_steps, images, trainer.epochs_done()), (3, 640, 1));
    assert!((trainer.epoch() - 1.0).abs() < 1e-12);
}

#[test]
fn a_burst_ends_when_interrupted_within_one_batch() {
    let mut trainer = trainer(&preset(PresetId::Vanilla64));
    let burst = trainer.burst(FOREVER, 1_000, || true).expect("a step");
    assert_eq!(burst.steps.len(), 1);
}

#[test]
fn invariant_9_a_non_finite_loss_names_term_and_step_and_good_weights_come_back() {
    let mut experiment = preset(PresetId::Multilayer64);
    *experiment.optimizer.learning_rate_mut() = 1e3;
    let mut trainer = trainer(&experiment);
    let good = trainer.checkpoint().expect("read back");
    let error = loop {
        if let Err(error) = trainer.burst(FOREVER, 1, || false) {
            break error;
        }
        assert!(trainer.step() < 1_000, "the loss stays finite");
    };
    let TrainError::NonFinite { term, value, step } = error else {
        panic!("the device failed: {error}");
    };
    assert_eq!(term, Term::Reconstruction(Reconstruction::Mse));
    assert!(!value.is_finite());
    assert_eq!(step, trainer.step());

    trainer.restore(&good).expect("the checkpoint is whole");
    assert_eq!(trainer.step(), 0);
    let found = trainer.checkpoint().expect("read back");
    assert_eq!(found.parameters, good.parameters);
}

#[test]
fn the_terms_add_up_to_the_objective() {
    let mut trainer = trainer(&preset(PresetId::Sparse64));
    let burst = trainer.burst(FOREVER, 5, || false).expect("steps");
    let column = |idx: usize| &burst.steps.terms[idx].1;
    for ((total, mse), l1) in column(0).iter().zip(column(1)).zip(column(2)) {
        assert!((total - (mse + l1)).abs() < 1e-6 * total);
    }
    let evaluation = trainer.evaluate(EvaluationScope::Full).expect("measured");
    let sum: f64 = evaluation.terms[1..].iter().map(|(_, value)| value).sum();
    assert!((evaluation.terms[0].1 - sum).abs() < 1e-12);
}

#[test]
fn evaluation_agrees_with_the_pictures_it_is_about() {
    let mut trainer = trainer(&preset(PresetId::DenoiseDense));
    take(&mut trainer, 20);
    let evaluation = trainer.evaluate(EvaluationScope::Full).expect("measured");
    let all: Vec<u32> = (0..200).collect();
    let view = digits(&mut trainer, &all).expect("looked at");
    let mean = view
        .mse_per_pixel
        .iter()
        .map(|&e| f64::from(e))
        .sum::<f64>()
        / 200.0;
    assert!((mean - evaluation.mse_per_pixel).abs() < 1e-6);
    assert!((evaluation.squared_error_per_image - 784.0 * evaluation.mse_per_pixel).abs() < 1e-9);
    assert_ne!(view.originals, view.corrupted);
    let psnr = evaluation.psnr.expect("the recipe corrupts");
    assert_eq!(
        (psnr.input_db.len(), psnr.reconstruction_db.len()),
        (10, 10)
    );
}

#[test]
fn pictures_belong_to_their_samples() {
    let mut trainer = trainer(&preset(PresetId::Vanilla64));
    let view = digits(&mut trainer, &[7, 3, 9_999_999, 150]).expect("looked at");
    assert_eq!(view.samples, [7, 3, 150]); // a sample that does not exist is left out
    for (row, &sample) in view.originals.chunks(784).zip(&view.samples) {
        let split = &trainer.dataset().test;
        let image = split.image(sample as usize);
        let expected: Vec<f32> = image.iter().map(|&byte| f32::from(byte) / 255.0).collect();
        assert_eq!(row, expected);
    }
    let labels: Vec<u8> = [7, 3, 150]
        .map(|idx| trainer.dataset().test.label(idx))
        .into();
    assert_eq!(view.labels, labels);
}

#[test]
fn a_two_unit_code_is_drawn_as_it_is_and_wider_ones_by_pca() {
    use hourglass::protocol::Axes;
    let mut experiment = preset(PresetId::Vanilla64);
    let wide = ProbeState::default()
        .scatter(&mut trainer(&experiment))
        .expect("looked at");
    assert_eq!(wide.points.len(), 200);
    let Axes::Pca { explained } = wide.axes else {
        panic!("64 units cannot be drawn as they are");
    };
    assert!(explained[0] >= explained[1] && explained[0] + explained[1] < 1.0);

    let Architecture::Dense(dense) = &mut experiment.architecture;
    dense.code = 2;
    let mut trainer = trainer(&experiment);
    let raw = ProbeState::default()
        .scatter(&mut trainer)
        .expect("looked at");
    assert_eq!(raw.axes, Axes::Raw);
    assert!(raw.points.iter().flatten().all(|h| (0.0..=1.0).contains(h))); // sigmoid units
}

#[test]
fn a_saved_model_opens_as_safetensors_in_pytorchs_layout() {
    let trainer = trainer(&preset(PresetId::Multilayer64));
    let folder = tempfile::tempdir().expect("a temporary folder");
    trainer.save(folder.path()).expect("saved");
    let bytes = std::fs::read(folder.path().join("model.safetensors")).expect("readable");
    let header_size = u64::from_le_bytes(bytes[..8].try_into().expect("eight bytes"));
    let header = &bytes[8..8 + usize::try_from(header_size).expect("a small header")];
    let header: serde_json::Value = serde_json::from_slice(header).expect("JSON");
    // PyTorch's Linear keeps [outputs, inputs].
    let names: Vec<&String> = header.as_object().expect("an object").keys().collect();
    assert_eq!(
        header["encoder.layers.0.weight"]["shape"],
        serde_json::json!([128, 784]),
        "{names:?}"
    );
    assert_eq!(
        header["decoder.layers.1.bias"]["shape"],
        serde_json::json!([784])
    );
    let experiment = header["__metadata__"]["experiment"]
        .as_str()
        .expect("the recipe");
    let experiment: Experiment = serde_json::from_str(experiment).expect("the recipe");
    assert_eq!(&experiment, trainer.experiment());
}
