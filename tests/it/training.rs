//! Steps, evaluations and checkpoints of a trainer on the CPU.

use std::time::Duration;

use hourglass::experiment::{
    Activation, Corruption, Experiment, Half, LatentPrior, LayerName, OptimizerKind, PresetId,
    Prior, Reconstruction, Schedule, Sparsity, Stage, Target, Term, Variational,
};
use hourglass::protocol::{Diagnosis, EvaluationScope, PreparedImage, UserImageId};
use hourglass::run_folder::read_experiment;
use hourglass::train::{
    Measures, ProbeState, TrainError, Trainer, device, digits, errors, judge, user_images,
};

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

/// An experiment that lists its layers: strided and pooled convolutions, and fully connected layers on both sides.
pub fn listed() -> Experiment {
    let text = r#"
        [architecture]
        kind = "layers"
        output_activation = "sigmoid"
        encoder = [
            { kind = "convolution", channels = 3, kernel = 5, stride = 2, padding = 2 },
            { kind = "activation", function = "relu" },
            { kind = "convolution", channels = 4 },
            { kind = "pool" },
            { kind = "activation", function = "tanh" },
            { kind = "flatten" },
            { kind = "dense", units = 12 },
            { kind = "activation", function = "relu" },
            { kind = "dense", units = 6 },
        ]
        decoder = [
            { kind = "dense", units = 12 },
            { kind = "activation", function = "relu" },
            { kind = "dense", units = 196 },
            { kind = "activation", function = "elu" },
            { kind = "reshape", height = 7, width = 7, channels = 4 },
            { kind = "upsample", height = 14, width = 14 },
            { kind = "convolution", channels = 3 },
            { kind = "activation", function = "relu" },
            { kind = "upsample", height = 28, width = 28 },
            { kind = "convolution", channels = 1, kernel = 5, padding = 2 },
        ]
    "#;
    read_experiment(text).expect("an experiment")
}

/// Takes steps and returns the objective of each.
pub fn take(trainer: &mut Trainer, n_steps: u64) -> Vec<f32> {
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
        let mut experiment = preset(id);
        // 640 images make 5 to 10 steps an epoch: each part of a plan gets a few.
        if !experiment.plan.is_plain() {
            experiment.training.epochs = experiment.training.epochs.min(3);
            // Two layers that share their weights get ahead more slowly than two of their own.
            let is_tied = id == PresetId::StackedDenoisingTied;
            for layer in &mut experiment.plan.pretraining {
                layer.epochs = if is_tied { 8 } else { 3 };
            }
            if let Some(tuning) = &mut experiment.plan.fine_tuning {
                tuning.epochs = 3;
            }
        }
        let is_slow = id == PresetId::DenoiseConv32; // a second for five steps
        let n_steps = if is_slow { 8 } else { 45 };
        for (stage, curve) in curves_by_stage(&experiment, n_steps) {
            let mean = |values: &[f32]| values.iter().sum::<f32>() / 3.0;
            let (first, last) = (mean(&curve[..3]), mean(&curve[curve.len() - 3..]));
            assert!(
                last < 0.97 * first,
                "{id}, {stage:?}: from {first} to {last}"
            );
        }
    }
}

/// What each part of a plan minimises, step by step.
fn curves_by_stage(experiment: &Experiment, n_steps: u64) -> Vec<(Stage, Vec<f32>)> {
    let mut trainer = trainer(experiment);
    let mut curves: Vec<(Stage, Vec<f32>)> = Vec::new();
    let plan_steps = experiment.total_epochs() as u64 * trainer.steps_per_epoch() as u64;
    let goal = if experiment.plan.is_plain() {
        n_steps
    } else {
        plan_steps
    };
    while trainer.step() < goal {
        let (stage, _) = trainer.stage();
        let left = goal - trainer.step();
        let burst = trainer.burst(FOREVER, left, || false).expect("taken");
        let values = &burst.steps.terms[0].1;
        match curves.last_mut() {
            Some((last, curve)) if *last == stage => curve.extend(values),
            _ => curves.push((stage, values.clone())),
        }
    }
    assert!(experiment.plan.is_plain() || curves.len() == experiment.stages().len());
    curves
}

#[test]
fn a_plan_resumes_bit_for_bit_in_every_part() {
    let mut experiment = preset(PresetId::StackedDenoising);
    experiment.architecture = {
        let mut architecture = experiment.architecture.clone();
        let dense = architecture.as_dense_mut().expect("a dense preset");
        (dense.hidden, dense.code) = (vec![20, 16], 12);
        architecture
    };
    experiment.training.epochs = 1;
    experiment
        .plan
        .pretraining
        .iter_mut()
        .for_each(|layer| layer.epochs = 1);
    if let Some(tuning) = &mut experiment.plan.fine_tuning {
        tuning.epochs = 2;
    }
    let goal = 30; // six epochs of five steps
    let unbroken = take(&mut trainer(&experiment), goal);
    for stop in [0, 3, 5, 7, 18, 20, 23, 27] {
        let mut first = trainer(&experiment);
        let mut objectives = take(&mut first, stop);
        let checkpoint = first.checkpoint().expect("read back");
        let dataset = data_sets::small(640, 200);
        let cpu = device::cpu().device;
        let mut second = Trainer::resume(experiment.clone(), dataset, &cpu, &checkpoint)
            .expect("the checkpoint is whole");
        objectives.extend(take(&mut second, goal - stop));
        assert_eq!(objectives, unbroken, "stopped after {stop} steps");
    }
}

#[test]
fn an_adversarial_run_resumes_bit_for_bit_with_its_discriminator() {
    let experiment = preset(PresetId::Aae2);
    let unbroken = take(&mut trainer(&experiment), 8);
    let mut first = trainer(&experiment);
    let mut objectives = take(&mut first, 3);
    let checkpoint = first.checkpoint().expect("read back");
    let dataset = data_sets::small(640, 200);
    let cpu = device::cpu().device;
    let mut second =
        Trainer::resume(experiment, dataset, &cpu, &checkpoint).expect("the checkpoint is whole");
    objectives.extend(take(&mut second, 5));
    assert_eq!(objectives, unbroken);
}

#[test]
fn every_optimizer_learns_and_can_be_changed_in_mid_run() {
    for kind in OptimizerKind::ALL {
        let mut experiment = preset(PresetId::Vanilla64);
        experiment.optimizer.kind = kind;
        experiment.optimizer.weight_decay = 1e-5;
        experiment.optimizer.gradient_clip = 1.0;
        if kind == OptimizerKind::Sgd {
            (
                experiment.optimizer.learning_rate,
                experiment.optimizer.momentum,
            ) = (0.5, 0.9);
        }
        let mut trainer = trainer(&experiment);
        let before = take(&mut trainer, 40);
        assert!(before[39] < 0.8 * before[0], "{kind:?}: {before:?}");
        let mut changed = experiment.clone();
        changed.optimizer.weight_decay = 1e-4;
        trainer.tune(changed.clone()).expect("tuned");
        changed.optimizer.kind = OptimizerKind::Adam;
        changed.optimizer.learning_rate = 1e-3;
        trainer.tune(changed).expect("tuned");
        let after = take(&mut trainer, 20);
        assert!(after[19] < 1.2 * before[39], "{kind:?}: {after:?}");
    }
}

#[test]
fn a_clipped_step_of_plain_descent_is_no_longer_than_allowed() {
    let mut experiment = preset(PresetId::Vanilla64);
    experiment.optimizer.kind = OptimizerKind::Sgd;
    experiment.optimizer.learning_rate = 1.0;
    experiment.optimizer.gradient_clip = 1e-3;
    let mut trainer = trainer(&experiment);
    let before = trainer.checkpoint().expect("read back").parameters;
    take(&mut trainer, 1);
    let after = trainer.checkpoint().expect("read back").parameters;
    for (old, new) in before.iter().zip(&after) {
        let squares = old
            .values
            .iter()
            .zip(&new.values)
            .map(|(a, b)| (a - b).powi(2));
        let length = squares.sum::<f32>().sqrt();
        assert!(length <= 1.01e-3, "{length}");
    }
}

#[test]
fn steps_become_as_short_as_the_schedule_says_and_begin_anew_past_the_end() {
    const CLIP: f32 = 1e-3; // shorter than any gradient here, so that each step is as long as its rate
    let mut experiment = preset(PresetId::Vanilla64);
    experiment.optimizer.kind = OptimizerKind::Sgd;
    experiment.optimizer.learning_rate = 1.0;
    experiment.optimizer.gradient_clip = CLIP;
    experiment.optimizer.schedule = Schedule::Cosine;
    experiment.training.train_samples = Some(128); // two steps an epoch
    experiment.training.epochs = 2;
    let mut trainer = trainer(&experiment);
    let weights =
        |trainer: &Trainer| trainer.checkpoint().expect("read back").parameters[0].clone();
    for (step, factor) in [1.0, 0.853_55, 0.5, 0.146_45, 1.0].into_iter().enumerate() {
        let before = weights(&trainer);
        take(&mut trainer, 1);
        let after = weights(&trainer);
        let pairs = before.values.iter().zip(&after.values);
        let squares = pairs.map(|(a, b)| f64::from(a - b).powi(2));
        let length = squares.sum::<f64>().sqrt() / f64::from(CLIP);
        assert!((length - factor).abs() < 0.01, "step {step}: {length}");
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
    let images = [PreparedImage {
        id: UserImageId(1),
        pixels: vec![90; 784].into(),
    }];
    let mut is_encoded_anew = None; // kept over the next step, as the worker keeps it
    let mut objectives = Vec::new();
    for _ in 0..20 {
        objectives.extend(take(&mut watched, 1));
        digits(&mut watched, &[0, 1, 2]).expect("looked at");
        let encoded = probe.encoded(&mut watched, true).expect("looked at");
        user_images(&watched, Some(&encoded), &images).expect("looked at");
        if let Some(earlier) = is_encoded_anew.replace(encoded) {
            user_images(&watched, Some(&earlier), &images).expect("looked at");
        }
        probe
            .activations(&mut watched, LayerName::Code)
            .expect("looked at");
        watched.evaluate(EvaluationScope::Full).expect("measured");
    }
    assert_eq!(objectives, undisturbed);
}

#[test]
fn noise_penalties_and_priors_change_neither_first_weights_nor_order() {
    let mut plain = preset(PresetId::Vanilla64);
    let dense = plain.architecture.as_dense_mut().expect("a dense preset");
    dense.code_activation = Activation::Linear;
    let mut changed = plain.clone();
    changed.corruption = Corruption::Gaussian { sigma: 0.5 };
    changed.objective.sparsity = Sparsity::L1 { weight: 1e-3 };
    changed.objective.contraction = 1e-3;
    let first = |experiment: &Experiment| trainer(experiment).checkpoint().expect("read back");
    let weights = first(&plain).parameters;
    assert_eq!(weights, first(&changed).parameters);
    for prior in [
        Prior::Variational(Variational::PLAIN),
        preset(PresetId::Aae2).objective.prior,
    ] {
        changed.objective.prior = prior;
        let with_prior = first(&changed).parameters;
        assert!(
            with_prior.len() > weights.len(),
            "a prior has parameters of its own"
        );
        assert_eq!(weights, with_prior[..weights.len()], "{prior:?}");
    }
    let mut other_seed = plain.clone();
    other_seed.seed = 2;
    assert_ne!(weights, first(&other_seed).parameters);
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
    experiment.optimizer.learning_rate = 1e3;
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
    let psnr = evaluation.psnr.expect("the experiment corrupts");
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
fn the_worst_images_are_those_with_the_largest_errors_under_their_pictures() {
    for id in [PresetId::Vanilla64, PresetId::DenoiseDense] {
        let mut trainer = trainer(&preset(id));
        take(&mut trainer, 5);
        let found = errors(&mut trainer).expect("looked at");
        let all: Vec<u32> = (0..200).collect();
        let mut pictures = digits(&mut trainer, &all).expect("looked at");
        assert_eq!((found.step, found.n_samples), (5, 200));

        // Sums over 784 pixels in another batch may differ in their last bits.
        let is_near = |a: f32, b: f32| (a - b).abs() < 1e-5 * b.abs();
        let mean = pictures.mse_per_pixel.iter().sum::<f32>() / 200.0;
        assert!(is_near(found.mse_per_pixel, mean));
        for class in &found.classes {
            let of_class = |&sample: &u32| pictures.labels[sample as usize] == class.class;
            assert!(class.worst.iter().all(of_class));
            let members: Vec<u32> = all.iter().copied().filter(of_class).collect();
            assert_eq!(class.n_samples, members.len());
            let errors = members
                .iter()
                .map(|&idx| pictures.mse_per_pixel[idx as usize]);
            let worst = pictures.mse_per_pixel[class.worst[0] as usize];
            assert!(errors.clone().all(|error| error <= worst * 1.00001));
            let mean = errors.sum::<f32>() / members.len() as f32;
            assert!(is_near(class.mse_per_pixel, mean));
        }
        let told = found.worst.iter();
        let told: Vec<f32> = told
            .map(|&idx| pictures.mse_per_pixel[idx as usize])
            .collect();
        pictures.mse_per_pixel.sort_by(|a, b| b.total_cmp(a));
        let largest = pictures.mse_per_pixel.iter().zip(told);
        assert!(largest.clone().count() == 96 && largest.into_iter().all(|(a, b)| is_near(b, *a)));
    }
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

    experiment
        .architecture
        .as_dense_mut()
        .expect("a dense preset")
        .code = 2;
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
    let bytes = trainer.weights().expect("written");
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
        .expect("the experiment");
    let experiment: Experiment = serde_json::from_str(experiment).expect("the experiment");
    assert_eq!(&experiment, trainer.experiment());
}

/// Baldi & Hornik 1989: the only minimum of a linear autoencoder is PCA's subspace.
#[test]
fn a_linear_autoencoder_converges_to_pca() {
    let mut experiment = preset(PresetId::Linear32);
    let dense = experiment.architecture.as_dense_mut().expect("dense");
    dense.code = 8; // fewer axes are told apart sooner
    let dataset = data_sets::small(3200, 500);
    let cpu = device::cpu().device;
    let measures = Measures::of(&dataset);
    let mut trainer = Trainer::new(experiment, dataset, &cpu);
    let angle = |trainer: &Trainer| {
        let report = judge(trainer, &measures, || true).expect("judged");
        let report = report.expect("wanted");
        report.subspace_angle_degrees.expect("a linear network")
    };
    take(&mut trainer, 50);
    let early = angle(&trainer);
    take(&mut trainer, 2450);
    let late = angle(&trainer);
    assert!(late < 0.75 * early, "the angle went from {early} to {late}");
    let mse = trainer
        .evaluate(EvaluationScope::Full)
        .expect("measured")
        .mse_per_pixel;
    let pca = measures.baselines().pca_mse(8).expect("eight components");
    // With as few images as this, the test split may prefer another plane than the training images' by a
    // little; never by a per cent.
    assert!(mse > 0.99 * pca && mse < 1.05 * pca, "{mse} beside {pca}");
}

#[test]
fn a_half_is_completed_and_a_turned_digit_is_righted() {
    for target in [
        Target::WholeFromHalf {
            hidden: Half::Bottom,
        },
        Target::UprightFromRotated { degrees: 45.0 },
    ] {
        let mut experiment = preset(PresetId::Vanilla64);
        experiment.target = target;
        let mut trainer = trainer(&experiment);
        take(&mut trainer, 300);
        let evaluation = trainer.evaluate(EvaluationScope::Full).expect("measured");
        let psnr = evaluation.psnr.expect("the input is altered");
        let mean = |values: &[f64]| values.iter().sum::<f64>() / 10.0;
        let (output, input) = (mean(&psnr.reconstruction_db), mean(&psnr.input_db));
        assert!(
            output > input + 0.5,
            "{target:?}: {output} dB from {input} dB"
        );
    }
}

#[test]
fn faults_are_noticed_in_trained_models() {
    let keys = |experiment: &Experiment, n_steps| -> Vec<&'static str> {
        let mut trainer = trainer(experiment);
        take(&mut trainer, n_steps);
        let evaluation = trainer.evaluate(EvaluationScope::Full).expect("measured");
        evaluation.diagnoses.iter().map(Diagnosis::key).collect()
    };
    assert_eq!(keys(&preset(PresetId::Vanilla64), 100), Vec::<&str>::new());

    // A step far too long kills ReLUs for good.
    let mut dead = preset(PresetId::Multilayer64);
    dead.objective.sparsity = Sparsity::L1 { weight: 1.0 };
    assert!(keys(&dead, 200).contains(&"dead-units"));

    let mut collapsed = preset(PresetId::Vae2);
    if let Prior::Variational(prior) = &mut collapsed.objective.prior {
        prior.beta = 100.0;
    }
    assert!(keys(&collapsed, 100).contains(&"collapsed-posterior"));

    let mut won = preset(PresetId::Aae2);
    won.optimizer.learning_rate = 1e-6;
    if let Prior::Adversarial(prior) = &mut won.objective.prior {
        prior.weight = 1e-3;
        prior.distribution = LatentPrior::Mixture; // nothing of it is where first codes are
        prior.discriminator_learning_rate = 1e-3;
    }
    assert!(keys(&won, 150).contains(&"discriminator-won"));

    let mut black = preset(PresetId::Vanilla64);
    *black.architecture.output_activation_mut() = Activation::Sigmoid;
    black.optimizer.kind = OptimizerKind::Sgd; // two orders too slow to leave the mean image
    black.optimizer.learning_rate = 1e-2;
    assert!(keys(&black, 60).contains(&"collapsed-output"));
}

#[test]
fn an_autoencoder_that_copies_is_noticed() {
    let mut experiment = preset(PresetId::Overcomplete1024);
    let dense = experiment.architecture.as_dense_mut().expect("dense");
    dense.code = 784; // as wide as the image is enough
    let cpu = device::cpu().device;
    let mut trainer = Trainer::new(experiment, data_sets::small(4000, 200), &cpu);
    take(&mut trainer, 3000);
    let evaluation = trainer.evaluate(EvaluationScope::Full).expect("measured");
    let copies = |found: &Diagnosis| matches!(found, Diagnosis::Copies { .. });
    assert!(
        evaluation.diagnoses.iter().any(copies),
        "error on noise: {:?}",
        evaluation.noise_image_mse
    );
}
