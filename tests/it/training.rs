//! Steps, evaluations and checkpoints of a trainer on the CPU.

use std::sync::Arc;
use std::time::Duration;

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Tensor, TensorData};
use hourglass::data::{Dataset, EpochOrder, Shelf, noise};
use hourglass::experiment::field;
use hourglass::experiment::{
    Activation, Corruption, Emphasis, Experiment, Half, ImageShape, LatentPrior, LayerName,
    OptimizerKind, PresetId, Prior, Reconstruction, Schedule, Sparsity, Stage, Target, Term,
    Updates, Variational,
};
use hourglass::model::Discriminator;
use hourglass::objective::adversarial as adversarial_loss;
use hourglass::protocol::{Diagnosis, EvaluationScope, PreparedImage, UserImageId};
use hourglass::run_folder::read_experiment;
use hourglass::train::{
    Measures, ProbeState, TrainError, Trainer, device, digits, errors, judge, readback, user_images,
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

/// A preset's prior with updates of one kind.
fn adversarial(id: PresetId, updates: Updates) -> Experiment {
    let mut experiment = preset(id);
    let Prior::Adversarial(prior) = &mut experiment.objective.prior else {
        panic!("{id} is adversarial");
    };
    prior.updates = updates;
    experiment
}

fn two_phases(encoder_learning_rate: f64) -> Experiment {
    let updates = Updates::TwoPhases {
        encoder_learning_rate,
    };
    adversarial(PresetId::Aae2, updates)
}

/// Weights and biases, with their names.
fn parameters(trainer: &Trainer) -> Vec<(String, Vec<u32>)> {
    let checkpoint = trainer.checkpoint().expect("read back");
    let parameters = checkpoint.parameters.into_iter();
    let bits = |values: Vec<f32>| values.into_iter().map(f32::to_bits).collect();
    parameters
        .map(|parameter| (parameter.name, bits(parameter.values)))
        .collect()
}

#[test]
fn both_ways_of_an_adversary_resume_bit_for_bit_with_all_optimizers() {
    for experiment in [
        adversarial(PresetId::Aae2, Updates::OneStep { weight: 10.0 }),
        two_phases(1e-3),
    ] {
        let mut unbroken = trainer(&experiment);
        let objectives = take(&mut unbroken, 8);
        let mut first = trainer(&experiment);
        let mut found = take(&mut first, 3);
        let checkpoint = first.checkpoint().expect("read back");
        let dataset = data_sets::small(640, 200);
        let cpu = device::cpu().device;
        let mut second = Trainer::resume(experiment.clone(), dataset, &cpu, &checkpoint)
            .expect("the checkpoint is whole");
        found.extend(take(&mut second, 5));
        assert_eq!(found, objectives);
        assert_eq!(parameters(&second), parameters(&unbroken));

        let mut without = checkpoint;
        without.optimizers.pop(); // the newest is missed
        let dataset = data_sets::small(640, 200);
        let mut third = Trainer::resume(experiment.clone(), dataset, &cpu, &without)
            .expect("weights are enough to go on");
        take(&mut third, 5);
        assert_ne!(parameters(&third), parameters(&unbroken));
    }
}

#[test]
fn a_reconstruction_phase_is_the_step_of_a_plain_autoencoder() {
    let spectator = two_phases(0.0); // a discriminator that the encoder does not heed
    let mut plain = spectator.clone();
    plain.objective.prior = Prior::None;
    let [mut spectator, mut plain] = [spectator, plain].map(|experiment| trainer(&experiment));
    assert_eq!(take(&mut spectator, 12), take(&mut plain, 12));
    let (found, expected) = (parameters(&spectator), parameters(&plain));
    assert_eq!(found[..expected.len()], expected);
    assert!(found.len() > expected.len(), "and the discriminator's");
}

#[test]
fn a_regularisation_phase_moves_the_encoder_alone() {
    for (rate, is_tied) in [(1e-3, false), (1e-3, true), (0.0, false)] {
        let mut experiment = two_phases(rate);
        experiment.optimizer.learning_rate = 0.0; // nothing is learned from Δ
        let dense = experiment.architecture.as_dense_mut().expect("dense");
        dense.tied = is_tied;
        let mut trainer = trainer(&experiment);
        let before = parameters(&trainer);
        take(&mut trainer, 2);
        let after = parameters(&trainer);
        for ((name, before), (_, after)) in before.iter().zip(&after) {
            let is_learning = match name.split('.').next() {
                Some("decoder") => false,
                Some("encoder") => rate > 0.0,
                _ => true, // the discriminator
            };
            assert_eq!(before != after, is_learning, "{name}, rate {rate}");
        }
    }
}

/// Saved values in place of a module's own.
struct Put(Vec<readback::ParameterValues>);

impl ModuleMapper for Put {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let saved = self.0.iter().find(|saved| saved.id == param.id);
        let saved = saved.expect("a checkpoint has every parameter").clone();
        let data = TensorData::new(saved.values, saved.shape);
        param.map(|own| Tensor::from_data(data, &own.device()))
    }
}

/// The discriminator learns from the codes that the encoder makes after its step on Δ, and then the encoder is judged by
/// what the discriminator has learned.
#[test]
fn the_phases_follow_one_another_as_in_the_paper() {
    let mut experiment = two_phases(1e-3);
    experiment.optimizer.learning_rate = 0.01; // far enough that codes of before and after differ
    if let Prior::Adversarial(prior) = &mut experiment.objective.prior {
        prior.discriminator_learning_rate = 0.01;
    }
    let mut plain = experiment.clone();
    plain.objective.prior = Prior::None;
    let mut trainer_of_both = trainer(&experiment);
    let burst = trainer_of_both.burst(FOREVER, 1, || false);
    let terms = burst.expect("a step is taken").steps.terms;
    let found = |term| {
        terms
            .iter()
            .find(|(of, _)| *of == term)
            .map(|(_, of)| of[0])
    };
    let [judged, deceived] =
        [Term::Discriminator, Term::GeneratorLoss].map(|term| found(term).expect("it is reported"));

    let cpu = device::cpu().device;
    let n = experiment.training.batch_size;
    let order = EpochOrder::new(experiment.seed, 0, 640);
    let mut alone = trainer(&plain);
    let pixels = alone.dataset().train.gather(&order.samples()[..n]);
    let images = Tensor::<2>::from_data(TensorData::new(pixels, [n, 784]), &cpu);
    let samples = noise::prior_samples(LatentPrior::Gaussian, experiment.seed, 0, n, 2);
    let samples = Tensor::<2>::from_data(TensorData::new(samples, [n, 2]), &cpu);
    let number = |tensor: Tensor<1>| readback::values(tensor).expect("read back")[0];
    let fresh = Discriminator::new(&experiment, &cpu);
    let judge = |codes: &Tensor<2>| {
        let logits = [samples.clone(), codes.clone()].map(|codes| fresh.forward(codes));
        let [of_samples, of_codes] = logits;
        number(adversarial_loss::discriminator(of_samples, of_codes))
    };
    let deceive = |discriminator: &Discriminator, codes: &Tensor<2>| {
        number(adversarial_loss::generator(
            discriminator.forward(codes.clone()),
        ))
    };
    let before = alone.model().encode(images.clone());
    take(&mut alone, 1);
    let after = alone.model().encode(images);
    let saved = trainer_of_both.checkpoint().expect("read back").parameters;
    let learned = fresh.clone().map(&mut Put(saved));

    // Equal to rounding; what belongs to another order is far away.
    assert!((judge(&after) - judged).abs() < 1e-5);
    assert!((judge(&before) - judged).abs() > 1e-3);
    assert!((deceive(&learned, &after) - deceived).abs() < 1e-5);
    assert!((deceive(&fresh, &after) - deceived).abs() > 1e-3);
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
        shape: ImageShape::MNIST,
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
    let mut experiment = preset(PresetId::Vanilla64);
    experiment.optimizer.kind = OptimizerKind::Sgd; // nothing holds its steps
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
    let measures = Measures::of(&dataset, 3200, &Shelf::default());
    let mut trainer = Trainer::new(experiment, dataset, &cpu);
    let angle = |trainer: &Trainer| {
        let report = judge(trainer, &measures).expect("judged");
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
        let mean = |values: &[Option<f64>]| values.iter().flatten().sum::<f64>() / 10.0;
        let (output, input) = (mean(&psnr.reconstruction_db), mean(&psnr.input_db));
        assert!(
            output > input + 0.5,
            "{target:?}: {output} dB from {input} dB"
        );
    }
}

/// An input that is the image itself has an infinite signal-to-noise ratio, which JSON cannot write.
#[test]
fn an_alteration_of_strength_zero_has_no_signal_to_noise_ratio() {
    let mut experiment = preset(PresetId::Vanilla64);
    experiment.target = Target::UprightFromRotated { degrees: 0.0 };
    let evaluation = trainer(&experiment).evaluate(EvaluationScope::Full);
    assert_eq!(evaluation.expect("measured").psnr, None);

    experiment.target = Target::UprightFromRotated { degrees: 45.0 };
    let evaluation = trainer(&experiment).evaluate(EvaluationScope::Full);
    let psnr = evaluation.expect("measured").psnr.expect("turned");
    let finite = psnr.input_db.iter().flatten().filter(|db| db.is_finite());
    assert_eq!(finite.count(), 10); // every class has images and is turned
}

/// Units' means, divergence of the means, variances and Jacobian by hand, of more images than one chunk has.
#[test]
fn figures_of_the_code_are_of_the_whole_test_split() {
    let (target, weight) = (0.05, 1e-3);
    let mut experiment = preset(PresetId::SparseKl64);
    experiment.objective.sparsity = Sparsity::Kl { target, weight };
    let dataset = data_sets::small(640, 2_700);
    let n_images = dataset.test.len();
    let mut trainer = Trainer::new(experiment, dataset, &device::cpu().device);
    take(&mut trainer, 30);
    let evaluation = trainer.evaluate(EvaluationScope::Full).expect("measured");
    let found = evaluation.code.as_ref().expect("of a full evaluation");

    let model = trainer.model();
    let images = trainer.dataset().test.images();
    let pixels = images.iter().map(|&byte| f32::from(byte) / 255.0);
    let pixels = TensorData::new(pixels.collect(), [n_images, 784]);
    let codes = model.encode(Tensor::<2>::from_data(pixels, &device::cpu().device));
    let codes = readback::values(codes).expect("read back");
    let weight_sums: Vec<f64> = {
        let squared = model.single_layer().expect("one layer").square();
        let sums = readback::values(squared.sum_dim(0)).expect("read back");
        sums.into_iter().map(f64::from).collect()
    };
    let mean_over_images = |of: &dyn Fn(usize, f64) -> f64| -> Vec<f64> {
        let mut sums = vec![0.0; 64];
        for code in codes.chunks_exact(64) {
            for (unit, (sum, &value)) in sums.iter_mut().zip(code).enumerate() {
                *sum += of(unit, f64::from(value));
            }
        }
        sums.iter().map(|sum| sum / n_images as f64).collect()
    };
    let means = mean_over_images(&|_, h| h);
    let jacobian: f64 = mean_over_images(&|unit, h| (h * (1.0 - h)).powi(2) * weight_sums[unit])
        .iter()
        .sum();
    let variance: f64 = mean_over_images(&|unit, h| (h - means[unit]).powi(2))
        .iter()
        .sum();
    let close = |name: &str, found: f64, expected: f64| {
        let error = (found - expected).abs() / expected.abs();
        assert!(error < 1e-5, "{name}: {found} for {expected}");
    };
    close("‖J‖²", found.jacobian_norm, jacobian);
    close("Var(h)", found.variance(), variance);
    let ratio = found.relative_jacobian_norm().expect("it varies");
    close("‖J‖²/Var(h)", ratio, jacobian / variance);
    let rho = f64::from(target);
    let divergence =
        |mean: &f64| rho * (rho / mean).ln() + (1.0 - rho) * ((1.0 - rho) / (1.0 - mean)).ln();
    let sparsity = f64::from(weight) * means.iter().map(divergence).sum::<f64>();
    let term = evaluation.term(Term::KlSparsity).expect("a part of J");
    close("KL sparsity", term, sparsity);
    let objective = evaluation.term(Term::Objective).expect("always");
    close("J", objective, evaluation.mse_per_pixel + sparsity);
}

/// PCA, probe, neighbours and quantiser learn from what the network learns from, and nothing else.
#[test]
fn what_a_code_is_compared_with_learns_from_the_same_images() {
    let mut experiment = preset(PresetId::Vanilla64);
    experiment.training.train_samples = Some(300);
    let part = data_sets::small(300, 200);
    let whole = data_sets::small(900, 200);
    let cpu = device::cpu().device;
    let report_of = |dataset: &Arc<Dataset>, measures: &Measures| {
        let trainer = Trainer::new(experiment.clone(), Arc::clone(dataset), &cpu);
        judge(&trainer, measures).expect("judged")
    };
    let measures_of = |dataset, n| Measures::of(dataset, n, &Shelf::default());
    let measures = measures_of(&whole, 300);
    assert_eq!(measures.baselines(), measures_of(&part, 300).baselines());
    assert_ne!(measures.baselines(), measures_of(&whole, 900).baselines());
    let report = report_of(&whole, &measures);
    assert_eq!(report.n_train, 300);
    assert_eq!(report, report_of(&part, &measures));
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
    let found = keys(&dead, 200);
    assert!(
        found.iter().any(|key| key.starts_with("dead-")),
        "{found:?}"
    );

    let mut collapsed = preset(PresetId::Vae2);
    if let Prior::Variational(prior) = &mut collapsed.objective.prior {
        prior.beta = 100.0;
    }
    assert!(keys(&collapsed, 100).contains(&"collapsed-posterior"));

    let mut won = preset(PresetId::Aae2);
    won.optimizer.learning_rate = 1e-6;
    if let Prior::Adversarial(prior) = &mut won.objective.prior {
        prior.updates = Updates::OneStep { weight: 1e-3 };
        prior.distribution = LatentPrior::Mixture; // nothing of it is where first codes are
        prior.discriminator_learning_rate = 1e-3;
    }
    assert!(keys(&won, 150).contains(&"discriminator-won"));

    let mut black = preset(PresetId::Vanilla64);
    *black.architecture.output_activation_mut() = Activation::Sigmoid;
    black.optimizer.kind = OptimizerKind::Sgd; // two orders too slow to leave the mean image
    black.optimizer.learning_rate = 1e-2;
    assert!(keys(&black, 300).contains(&"collapsed-output"));
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

/// Losses of the first steps, bit by bit.
fn losses(experiment: &Experiment) -> Vec<u32> {
    let mut trainer = trainer(experiment);
    let taken = trainer.burst(Duration::ZERO, 1, || true);
    let mut found = vec![taken.expect("a step")];
    for _ in 0..2 {
        let taken = trainer.burst(Duration::ZERO, 1, || true);
        found.push(taken.expect("a step"));
    }
    let terms = found.iter().flat_map(|burst| &burst.steps.terms);
    terms
        .flat_map(|(_, values)| values.iter().map(|value| value.to_bits()))
        .collect()
}

/// What the window greys and the command line refuses does change nothing.
#[test]
fn settings_without_effect_change_no_step() {
    let mut of_nothing_but_tuning = preset(PresetId::Vanilla64);
    of_nothing_but_tuning.training.epochs = 0;
    of_nothing_but_tuning.plan.fine_tuning = Some(hourglass::experiment::FineTuning {
        epochs: 1,
        learning_rate: 1e-3,
        corruption: 0.0,
    });
    let mut of_layers = of_nothing_but_tuning.clone();
    of_layers.plan.pretraining = vec![hourglass::experiment::LayerPretraining {
        epochs: 1,
        corruption: 0.2,
    }];
    let mut corrupted = of_layers.clone();
    corrupted.corruption = Corruption::Masking { fraction: 0.5 };
    corrupted.training.held_out = 40;
    let mut seen = Vec::new();
    let [figures, of_corrupted] = [&of_layers, &corrupted].map(|experiment| {
        let evaluation = trainer(experiment).evaluate(EvaluationScope::Full);
        let evaluation = evaluation.expect("measured");
        (evaluation.mse_per_pixel, evaluation.psnr)
    });
    assert_eq!(of_corrupted, figures, "test images are as they are");
    for experiment in [
        preset(PresetId::Vanilla64),
        preset(PresetId::Vae2),
        of_nothing_but_tuning,
        of_layers,
    ] {
        let expected = losses(&experiment);
        for field in field::fields() {
            if field.get(&experiment).is_none() || field.why_idle(&experiment).is_none() {
                continue;
            }
            for value in field.alternatives(&experiment) {
                let mut changed = experiment.clone();
                field.set(&mut changed, &value);
                let kind_of = |experiment: &Experiment| experiment.objective.prior.label();
                let same_networks = kind_of(&changed) == kind_of(&experiment);
                if changed.validate().is_ok() && same_networks {
                    assert_eq!(losses(&changed), expected, "{field:?} to {value:?}");
                    seen.push(field.label);
                }
            }
        }
    }
    for label in [
        "momentum",
        "likelihood σ",
        "corruption",
        "sparsity",
        "learning rate",
        "loss",
        "capacity rises over",
        "held-out images",
    ] {
        assert!(seen.contains(&label), "{label} is not among {seen:?}");
    }
}

#[test]
fn the_mean_of_the_weights_is_what_is_measured_and_training_does_not_know_of_it() {
    let mut experiment = preset(PresetId::Vanilla64);
    let mut plain = trainer(&experiment);
    experiment.optimizer.averaging = 1.0;
    let mut averaged = trainer(&experiment);
    let mut sum: Vec<f64> = Vec::new();
    for n_steps in 1..=5 {
        assert_eq!(take(&mut plain, 1), take(&mut averaged, 1));
        let checkpoint = averaged.checkpoint().expect("the processor works");
        assert_eq!(
            checkpoint.parameters,
            plain.checkpoint().expect("the same").parameters
        );
        let flat = |parameters: &[readback::ParameterValues]| -> Vec<f64> {
            let values = parameters.iter().flat_map(|parameter| &parameter.values);
            values.map(|&value| f64::from(value)).collect()
        };
        let newest = flat(&checkpoint.parameters);
        sum.resize(newest.len(), 0.0);
        for (sum, value) in sum.iter_mut().zip(newest) {
            *sum += value;
        }
        let average = checkpoint.average.as_ref().expect("it is kept");
        assert_eq!(average.n_steps, n_steps);
        for (mean, sum) in flat(&average.parameters).into_iter().zip(&sum) {
            assert!((mean - sum / n_steps as f64).abs() < 1e-6);
        }
    }
    let error = |trainer: &mut Trainer| {
        let evaluation = trainer.evaluate(EvaluationScope::Full);
        evaluation.expect("measured").mse_per_pixel
    };
    assert!(
        error(&mut plain).to_bits() != error(&mut averaged).to_bits(),
        "another model is measured"
    );
    // A run that was left and opened again goes on with the same mean.
    let checkpoint = averaged.checkpoint().expect("the processor works");
    let dataset = data_sets::small(640, 200);
    let cpu = device::cpu().device;
    let mut resumed =
        Trainer::resume(experiment, dataset, &cpu, &checkpoint).expect("the checkpoint is whole");
    assert_eq!(take(&mut averaged, 3), take(&mut resumed, 3));
    assert!((error(&mut averaged) - error(&mut resumed)).abs() < 1e-15);
}

#[test]
fn a_run_that_overfits_ends_with_its_best_weights() {
    let mut experiment = preset(PresetId::Vanilla64);
    experiment.optimizer.learning_rate = 1e-2;
    experiment.training.batch_size = 20;
    experiment.training.train_samples = Some(140);
    experiment.training.held_out = 100;
    experiment.training.patience = 4;
    experiment.training.epochs = 1000;
    let mut trainer = trainer(&experiment);
    assert_eq!(
        trainer.steps_per_epoch(),
        2,
        "of the 40 that are not held out"
    );
    let mut losses = Vec::new();
    loop {
        let burst = trainer.burst(FOREVER, 1000, || false).expect("steps");
        if burst.completed_epoch {
            let evaluation = trainer.evaluate(EvaluationScope::Full).expect("measured");
            losses.push(evaluation.best.expect("images are held out").newest_loss);
        }
        if burst.is_out_of_patience {
            break;
        }
        assert!(
            losses.len() < 1000,
            "forty images are soon learned by heart"
        );
    }
    let least = losses.iter().copied().fold(f64::INFINITY, f64::min);
    let best_epoch = losses
        .iter()
        .position(|&loss| loss <= least)
        .expect("there")
        + 1;
    assert_eq!(losses.len(), best_epoch + 4, "it waited for four epochs");
    trainer.put_best_back();
    let evaluation = trainer.evaluate(EvaluationScope::Full).expect("measured");
    let best = evaluation.best.expect("images are held out");
    assert_eq!(best.epoch, best_epoch as u64);
    assert!((best.loss - least).abs() < 1e-15 && best.is_in_place);
    let checkpoint = trainer.checkpoint().expect("the processor works");
    let kept = checkpoint.best.expect("it is kept");
    assert_eq!(checkpoint.parameters, kept.parameters);
    // And from there, training may go on.
    let burst = trainer.burst(FOREVER, 1000, || false).expect("steps");
    assert!(!burst.is_out_of_patience);
}

/// The first step's objective and the test Δ after it, with these weights of corrupted and clean pixels.
fn weighted(base: &Experiment, weights: Option<[f32; 2]>) -> [f64; 2] {
    let mut experiment = base.clone();
    if let Some([corrupted, clean]) = weights {
        experiment.objective.emphasis = Emphasis::ByCorruption { corrupted, clean };
    }
    experiment.optimizer.learning_rate = 1e-12; // the weights stay what they are
    let mut trainer = trainer(&experiment);
    let first = take(&mut trainer, 1)[0];
    let evaluation = trainer.evaluate(EvaluationScope::Full).expect("measured");
    let delta = evaluation.term(Term::Objective).expect("an objective");
    [f64::from(first), delta]
}

#[test]
fn errors_of_corrupted_and_of_clean_pixels_are_weighted_apart_and_add_up() {
    for error in Reconstruction::ALL {
        for corruption in [
            Corruption::Masking { fraction: 0.4 },
            Corruption::SaltAndPepper { fraction: 0.4 },
        ] {
            let mut base = preset(PresetId::DenoiseDense);
            base.corruption = corruption;
            base.objective.reconstruction = error;
            let of = |weights| weighted(&base, weights);
            let (all, hit, clean) = (of(None), of(Some([1.0, 0.0])), of(Some([0.0, 1.0])));
            let mixed = of(Some([2.0, 0.5]));
            for at in 0..2 {
                let near = |found: f64, expected: f64| {
                    assert!(
                        (found / expected - 1.0).abs() < 1e-5, // sums of single precision
                        "{error:?}, {corruption:?}: {found} instead of {expected}"
                    );
                };
                near(hit[at] + clean[at], all[at]);
                near(2.0 * hit[at] + 0.5 * clean[at], mixed[at]);
                // At the first weights every pixel is about as wrong, so four tenths of Δ are those of pixels that were
                // hit.
                let share = hit[at] / all[at];
                assert!((0.35..0.45).contains(&share), "{error:?}: {share}");
            }
        }
    }
}

#[test]
fn with_full_emphasis_a_network_learns_nothing_from_what_it_was_shown() {
    // Nothing is masked, and only masked pixels count: no gradient.
    let mut experiment = preset(PresetId::DenoiseDense);
    experiment.corruption = Corruption::Masking { fraction: 1e-9 };
    experiment.objective.emphasis = Emphasis::ByCorruption {
        corrupted: 1.0,
        clean: 0.0,
    };
    let mut trainer = trainer(&experiment);
    let before = trainer.checkpoint().expect("read back").parameters;
    assert!(
        take(&mut trainer, 3)
            .iter()
            .all(|&objective| objective == 0.0)
    );
    assert_eq!(trainer.checkpoint().expect("read back").parameters, before);
}

#[test]
fn layers_are_pre_trained_with_the_same_emphasis() {
    let first = |emphasis| {
        let mut experiment = preset(PresetId::StackedDenoising);
        experiment.objective.emphasis = emphasis;
        f64::from(take(&mut trainer(&experiment), 1)[0])
    };
    let of = |corrupted, clean| first(Emphasis::ByCorruption { corrupted, clean });
    let all = first(Emphasis::None);
    assert!(((of(1.0, 0.0) + of(0.0, 1.0)) / all - 1.0).abs() < 1e-5);
    assert!(of(1.0, 0.0) / all < 0.2, "a tenth of the pixels is masked");
    assert!((of(3.0, 3.0) / all - 3.0).abs() < 1e-4);
}

#[test]
fn a_divergence_is_held_at_its_capacity_over_the_whole_split() {
    let mut experiment = preset(PresetId::Vae20);
    let evaluated = |experiment: &Experiment| {
        let dataset = data_sets::small(640, 1_500); // three chunks
        let mut trainer = Trainer::new(experiment.clone(), dataset, &device::cpu().device);
        let evaluation = trainer.evaluate(EvaluationScope::Full).expect("measured");
        let kl = evaluation
            .variational
            .as_ref()
            .expect("variational")
            .kl_nats;
        (kl, evaluation.term(Term::LatentKl).expect("a KL"))
    };
    let (kl, weighted) = evaluated(&experiment);
    assert!((weighted / kl - 1.0).abs() < 1e-6, "{weighted}, {kl}");
    let capacity = kl as f32;
    experiment.objective.prior = Prior::Variational(Variational {
        capacity,
        beta: 4.0,
        ..Variational::PLAIN
    });
    let (_, weighted) = evaluated(&experiment);
    // Nothing of the split's KL is missing or too much, though each chunk's is.
    assert!(weighted < 1e-5 * kl, "{weighted} of {kl}");
}

/// Single precision holds no share of 31 but none and all: what is said of 31 images is of whole ones.
#[test]
fn shares_of_images_are_of_whole_images() {
    let evaluated = |experiment, n_steps| {
        let device = device::cpu().device;
        let mut trainer = Trainer::new(experiment, data_sets::small(64, 31), &device);
        take(&mut trainer, n_steps);
        trainer.evaluate(EvaluationScope::Full).expect("measured")
    };
    let is_whole = |percent: f64, of: f64| {
        let single = f64::from(percent as f32);
        assert_ne!(single.to_bits(), percent.to_bits(), "it would show nothing");
        let n = (percent * of / 100.0).round();
        assert_eq!(percent.to_bits(), (n * 100.0 / of).to_bits(), "{percent}");
    };
    let mut experiment = preset(PresetId::StackedDenoising);
    experiment.plan.pretraining.clear();
    let figures = evaluated(experiment, 1).classification;
    let figures = figures.expect("two classifiers");
    is_whole(figures.error_percent, 31.0);
    is_whole(figures.error_percent_from_random, 31.0);
    let figures = evaluated(preset(PresetId::Aae2), 30).adversarial;
    let figures = figures.expect("a discriminator");
    is_whole(figures.discriminator_accuracy, 62.0); // codes and samples
}

#[test]
fn pixels_are_masked_for_classifiers_that_learn_and_not_for_those_that_are_tested() {
    let of = |corruption| {
        let mut experiment = preset(PresetId::StackedDenoising);
        experiment.plan.pretraining.clear();
        experiment.plan.fine_tuning = Some(hourglass::experiment::FineTuning {
            epochs: 1,
            learning_rate: 1e-12, // the weights stay what they are
            corruption,
        });
        let mut trainer = trainer(&experiment);
        let first = take(&mut trainer, 1)[0];
        let evaluation = trainer.evaluate(EvaluationScope::Full).expect("measured");
        let figures = evaluation.classification.expect("two classifiers");
        (first, figures.error_percent)
    };
    let (whole, tested) = of(0.0);
    let (masked, tested_too) = of(0.5);
    assert_ne!(whole.to_bits(), masked.to_bits());
    assert!((tested - tested_too).abs() < 1e-9, "{tested}, {tested_too}");
}
