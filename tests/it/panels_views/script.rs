//! A laboratory in mid-run, told to [`LabState`] the way a worker would.

use std::sync::Arc;

use hourglass::analysis::ranking;
use hourglass::data::user_image::{Picture, prepare};
use hourglass::experiment::network::{Network, Place};
use hourglass::experiment::{Experiment, LayerName, N_PIXELS, Stage, Term};
use hourglass::protocol::{
    Accuracies, ActivationView, AdversarialFigures, Baselines, ClassificationFigures, CodeFigures,
    CodeReport, CodeUnits, Compressed, CompressionReport, DataSetId, DatasetDescription,
    DecodeRequest, DecodedView, DigitView, Evaluation, EvaluationScope, Event, Factor,
    FollowedFactor, Found, GradientFigures, GradientRow, Histogram, KnownFactors, LayerSpread,
    MAX_CODE_UNITS, Neighbour, Percentile, Phase, PlanPosition, Preparation, PreparedImage,
    ProbeResult, RunId, SampleIdx, ScatterView, Snapshot, StepBatch, UnitRange, UserImageId,
    UserImageLook, UserImageView, VariationalFigures, WeightUpdate,
};
use hourglass::state::LabState;

/// Steps of an epoch in every script.
pub const STEPS_PER_EPOCH: u64 = 100;

/// A data set of plain images: image `i` is of class `i mod 10`, and all its pixels are `i mod 256`.
pub fn dataset(n_test: usize) -> DatasetDescription {
    let byte = |idx: usize| u8::try_from(idx % 256).expect("below 256");
    DatasetDescription {
        id: DataSetId::PEN_DIGITS,
        origin: "built in".to_owned(),
        n_train: 6_400,
        test_images: (0..n_test).flat_map(|idx| [byte(idx); N_PIXELS]).collect(),
        test_labels: (0..n_test).map(|idx| byte(idx % 10)).collect(),
        test_factors: KnownFactors::default(),
        report: None,
        train_images: Arc::from([]),
        train_labels: Arc::from([]),
    }
}

/// A data set is loaded, nothing else happened.
pub fn with_data(n_test: usize) -> LabState {
    let mut state = LabState::default();
    state.apply(Event::DatasetLoaded(dataset(n_test)));
    state
}

/// The same of images that are said to be MNIST's: what is published is of MNIST.
pub fn with_mnist(n_test: usize) -> LabState {
    let mut state = LabState::default();
    let id = DataSetId::MNIST;
    state.apply(Event::DatasetLoaded(DatasetDescription {
        id,
        ..dataset(n_test)
    }));
    state
}

/// Starts a run of an experiment.
pub fn start(state: &mut LabState, experiment: &Experiment) -> RunId {
    let run = state.begin_run();
    state.apply(Event::RunStarted {
        run,
        experiment: experiment.clone(),
        n_parameters: experiment.architecture.n_parameters(),
        steps_per_epoch: usize::try_from(STEPS_PER_EPOCH).expect("a hundred"),
    });
    run
}

/// What the data set allows is known: PCA with `n` components leaves an error of 0.1 / (1 + n), and the entropy
/// floor is 0.07.
pub fn know_baselines(state: &mut LabState) {
    let pca_mse = (0..=N_PIXELS).map(|n| 0.1 / (1.0 + n as f64)).collect();
    state.apply(Event::BaselinesKnown(Baselines {
        entropy_floor: 0.07,
        n_train: 60_000,
        pca_mse,
    }));
}

/// Takes steps whose objective falls from 0.1 to 0.01 and stays there, with an evaluation every ten.
pub fn train(state: &mut LabState, n_steps: u64) {
    train_stage(state, Stage::Joint, 1..=n_steps);
}

/// Takes these steps of one part of the plan. What that part minimises falls as in [`train`].
pub fn train_stage(state: &mut LabState, part: Stage, steps: std::ops::RangeInclusive<u64>) {
    let run = state.current_run();
    let experiment = state
        .run
        .as_ref()
        .expect("a run was started")
        .experiment
        .clone();
    let position = PlanPosition {
        stage: part,
        epochs_goal: 5,
        ..PlanPosition::default()
    };
    state.apply(Event::PhaseChanged {
        run,
        phase: Phase::Training { position },
    });
    let trained = experiment.terms_of(part);
    let mut tested = experiment.objective.terms();
    if part == Stage::FineTuning {
        tested.extend([Term::ErrorRate, Term::ErrorRateFromRandom]);
    }
    for step in steps {
        let epoch = step as f64 / STEPS_PER_EPOCH as f64;
        let wobble = 1.0 + 0.05 * f64::from(u8::from(step % 2 == 0));
        let loss = (0.01 + 0.09 * (-4.0 * epoch).exp()) * wobble;
        let value = |term: Term| (loss * share_of(term)) as f32;
        state.apply(Event::StepsTaken {
            run,
            steps: StepBatch {
                first_step: step,
                epochs: vec![epoch],
                terms: trained
                    .iter()
                    .map(|&term| (term, vec![value(term)]))
                    .collect(),
                n_images: 64,
                elapsed_secs: 1e-3,
            },
        });
        if step % 10 == 0 {
            state.apply(Event::Evaluated {
                run,
                evaluation: evaluation(step, epoch, &tested, loss),
            });
        }
    }
}

/// Delivers the spread before the first step, where activations halve and gradients double from layer to layer; then,
/// at each of these steps, gradient norms that fall by a factor of ten from layer to layer, and updates of 1e-3.
pub fn measure_gradients(state: &mut LabState, steps: std::ops::RangeInclusive<u64>) {
    let run = state.run.as_ref().expect("a run was started");
    let network = Network::new(&run.experiment);
    let links = network.links.iter().filter(|link| !link.is_beside());
    let layers: Vec<Place> = links.map(|link| link.to).collect();
    let figures = |step: u64, power: i32| {
        if step == 0 {
            return GradientFigures::Spread(LayerSpread {
                activations: 0.5_f32.powi(power),
                gradients: 1e-4 * 2.0_f32.powi(power),
            });
        }
        GradientFigures::Update(WeightUpdate {
            gradient_norm: 0.1_f32.powi(power),
            ratio: 1e-3,
        })
    };
    let rows = steps.flat_map(|step| {
        let numbered = (0..).zip(&layers);
        numbered.map(move |(power, &layer)| GradientRow {
            step,
            epoch: step as f64 / STEPS_PER_EPOCH as f64,
            layer,
            figures: figures(step, power),
        })
    });
    let rows = rows.collect();
    let run = run.id;
    state.apply(Event::GradientsMeasured { run, rows });
}

/// Evaluates the model on the whole test split, with the figures that every run has; `change` adds others.
pub fn evaluate_fully(state: &mut LabState, change: impl FnOnce(&mut Evaluation)) {
    let run = state.run.as_ref().expect("a run was started");
    let size = run.experiment.architecture.code_size();
    let terms = run.experiment.objective.terms();
    let mut evaluation = evaluation(run.step, run.epoch, &terms, 0.01);
    evaluation.scope = EvaluationScope::Full;
    evaluation.noise_image_mse = Some(0.025);
    evaluation.code = Some(CodeFigures {
        size,
        mean_activation: 0.25,
        near_zero_fraction: 0.141,
        dead_units: 3,
        unit_means: vec![0.25; size],
        unit_variances: vec![0.1; size],
        jacobian_norm: 3.21,
    });
    change(&mut evaluation);
    state.apply(Event::Evaluated {
        run: state.current_run(),
        evaluation,
    });
}

/// A bound of 105 nats, of which 25 are divergence, in 7 active units of 20.
pub fn variational() -> VariationalFigures {
    VariationalFigures {
        reconstruction_nats: 80.0,
        kl_nats: 25.0,
        unit_kl_nats: vec![1.25; 20],
        active_units: 7,
    }
}

/// A discriminator that can hardly tell.
pub fn adversarial() -> AdversarialFigures {
    AdversarialFigures {
        discriminator_loss: 1.36,
        generator_loss: 0.71,
        discriminator_accuracy: 52.5,
        petals: Some((9, 81.0)),
    }
}

/// Pre-training is worth six tenths of a per cent.
pub fn classification() -> ClassificationFigures {
    ClassificationFigures {
        error_percent: 1.42,
        error_percent_from_random: 2.05,
        by_epoch: Vec::new(),
    }
}

/// What the code is worth, measured at a step.
pub fn code_report(step: u64) -> CodeReport {
    let accuracies = |accuracy, nearest_neighbours| Accuracies {
        linear_probe: ProbeResult {
            accuracy,
            n_steps: 143,
            has_converged: true,
        },
        nearest_neighbours,
    };
    let compressed = |bytes, header_bytes, psnr_db| Compressed {
        bytes,
        header_bytes,
        psnr_db,
    };
    CodeReport {
        step,
        n_train: 10_000,
        code: accuracies(0.951, 0.962),
        pca: accuracies(0.873, 0.954),
        pixels: accuracies(0.918, 0.943),
        compression: CompressionReport {
            code: compressed(64.0, None, 20.1),
            png_bytes: 281.0,
            webp_bytes: 230.0,
            jpeg: vec![
                (10, compressed(240.0, Some(167.0), 18.7)),
                (75, compressed(402.0, Some(181.0), 33.2)),
            ],
            inverted: [
                compressed(64.0, None, 3.4),
                compressed(410.0, Some(180.0), 32.9),
            ],
        },
        subspace_angle_degrees: Some(12.5),
        factors: vec![FollowedFactor {
            factor: Factor::SLANT,
            unit: 3,
            correlation: -0.82,
        }],
    }
}

/// Evaluates the model as it is, with an objective of 0.1.
pub fn evaluate(state: &mut LabState, step: u64) {
    let run = state.run.as_ref().expect("a run was started");
    let (epoch, terms) = (run.epoch, run.experiment.objective.terms());
    state.apply(Event::Evaluated {
        run: state.current_run(),
        evaluation: evaluation(step, epoch, &terms, 0.1),
    });
}

pub fn evaluation(step: u64, epoch: f64, terms: &[Term], loss: f64) -> Evaluation {
    Evaluation {
        step,
        epoch,
        scope: EvaluationScope::Running,
        terms: terms
            .iter()
            .map(|&term| (term, 1.2 * loss * share_of(term)))
            .collect(),
        mse_per_pixel: loss,
        bce_per_pixel: Some(loss),
        squared_error_per_image: 784.0 * loss,
        code: None,
        psnr: None,
        variational: None,
        adversarial: None,
        classification: None,
        noise_image_mse: None,
        best: None,
        diagnoses: Vec::new(),
    }
}

fn share_of(term: Term) -> f64 {
    match term {
        Term::Reconstruction(_) => 0.9,
        term if term.is_part() => 0.1,
        Term::LayerReconstruction => 2.0,
        Term::Classification => 10.0,
        Term::ClassificationFromRandom => 20.0,
        Term::JacobianNorm => 100.0,
        Term::Discriminator | Term::ErrorRate => 120.0,
        Term::ErrorRateFromRandom => 200.0,
        Term::DiscriminatorAccuracy => 5000.0,
        _ => 1.0, // the objective
    }
}

/// Delivers a look at the model: these samples, `hovered`, the activations of a layer, and all test images
/// on a grid of a hundred columns.
pub fn look(
    state: &mut LabState,
    samples: &[SampleIdx],
    hovered: Option<SampleIdx>,
    layer: LayerName,
) {
    let dataset = state.dataset.clone().expect("a data set is loaded");
    let step = state.run.as_ref().map_or(0, |run| run.step);
    let seen = seen(&dataset, state.current_run(), step, samples);
    state.apply_snapshot(Snapshot {
        hovered: hovered.map(|sample| Arc::new(digits(step, &[sample], &dataset))),
        activations: Some(Arc::new(activations(step, layer))),
        ..seen
    });
}

/// A look at a run after some steps: these samples, the activations of the code, and all test images on a grid of a
/// hundred columns.
pub fn seen(
    dataset: &DatasetDescription,
    run: RunId,
    step: u64,
    samples: &[SampleIdx],
) -> Snapshot {
    let all: Vec<SampleIdx> = (0..).take(dataset.n_test()).collect();
    let points = all
        .iter()
        .map(|&idx| [(idx % 100) as f32, (idx / 100) as f32])
        .collect();
    Snapshot {
        revision: 1,
        digits: Arc::new(digits(step, samples, dataset)),
        activations: Some(Arc::new(activations(step, LayerName::Code))),
        scatter: Some(Arc::new(ScatterView {
            step,
            samples: all.into(),
            points,
            ..ScatterView::default()
        })),
        ..Snapshot::nothing(run, step)
    }
}

/// Delivers the errors of all test images, of which sample `i` has `i` / 1000: the last are the worst.
pub fn look_at_errors(state: &mut LabState) {
    let dataset = state.dataset.clone().expect("a data set is loaded");
    let run = state.run.as_ref().expect("a run was started");
    let mut snapshot = run.snapshot.clone().expect("something was looked at");
    let samples: Vec<SampleIdx> = (0..).take(dataset.n_test()).collect();
    let errors: Vec<f32> = samples.iter().map(|&idx| idx as f32 / 1000.0).collect();
    let errors = ranking::of(run.step, &samples, &dataset.test_labels, &errors);
    snapshot.errors = Some(Arc::new(errors));
    state.apply_snapshot(snapshot);
}

/// Delivers the activations of a variational code of 20 units, of which unit `i` says `i` / 10 nats.
pub fn look_at_variational(state: &mut LabState) {
    look(state, &[0], None, LayerName::Code);
    let run = state.run.as_mut().expect("a run was started");
    let snapshot = run.snapshot.as_mut().expect("just delivered");
    let units = || (0_u16..20).map(f32::from);
    let view = ActivationView {
        unit_means: units().map(|unit| unit / 100.0).collect(),
        unit_kl_nats: Some(units().map(|unit| unit / 10.0).collect()),
        ..activations(run.step, LayerName::Code)
    };
    snapshot.activations = Some(Arc::new(view));
}

/// Reconstructions that are a tenth brighter than their originals; the error of sample `i` is `i` / 1000.
fn digits(step: u64, samples: &[SampleIdx], dataset: &DatasetDescription) -> DigitView {
    let original = |sample: SampleIdx| {
        dataset
            .test_image(sample as usize)
            .expect("within the split")
    };
    let originals: Vec<f32> = samples
        .iter()
        .flat_map(|&sample| original(sample).iter().map(|&byte| f32::from(byte) / 255.0))
        .collect();
    let mse = |&sample: &SampleIdx| sample as f32 / 1000.0;
    DigitView {
        step,
        shape: dataset.shape(),
        samples: samples.to_vec(),
        labels: samples
            .iter()
            .map(|&sample| dataset.test_labels[sample as usize])
            .collect(),
        corrupted: originals.iter().map(|value| value * 0.5).collect(),
        reconstructions: originals.iter().map(|value| value + 0.1).collect(),
        mse_per_pixel: samples.iter().map(mse).collect(),
        originals,
    }
}

/// Adds a user image: a bar on white, prepared as the window does; `n_pixels` is its width.
pub fn add_own(state: &mut LabState, name: &str, n_pixels: u32) -> UserImageId {
    let bar = |x: u32, y: u32| (40..40 + n_pixels).contains(&x) && (20..80).contains(&y);
    let rgba: Vec<u8> = (0..100 * 100)
        .flat_map(|idx| {
            let shade = if bar(idx % 100, idx / 100) { 0 } else { 255 };
            [shade, shade, shade, 255]
        })
        .collect();
    add_user_image(state, name, &rgba)
}

/// Adds a user image: two rings side by side, written one after the other.
pub fn add_two_digits(state: &mut LabState, name: &str) -> UserImageId {
    let ring = |x: i32, y: i32, middle: i32| {
        let away = (x - middle).pow(2) + (y - 50).pow(2);
        (10 * 10..15 * 15).contains(&away)
    };
    let rgba: Vec<u8> = (0..100 * 100)
        .flat_map(|idx| {
            let (x, y) = (idx % 100, idx / 100);
            let shade = if ring(x, y, 28) || ring(x, y, 72) {
                0
            } else {
                255
            };
            [shade, shade, shade, 255]
        })
        .collect();
    add_user_image(state, name, &rgba)
}

fn add_user_image(state: &mut LabState, name: &str, rgba: &[u8]) -> UserImageId {
    let picture = Picture::from_rgba(100, 100, rgba).expect("100×100");
    let prepared = prepare(&picture, &Preparation::default());
    let added = state
        .user_images
        .add(name.to_owned(), Preparation::default(), Arc::new(prepared));
    added.expect("there is room")
}

/// Delivers a look at every user image, and at the drawing if there is one: errors of 0.01, 0.02 and so
/// on, worse than 93 % of the test images, in the plane at (50, 1), (51, 1) and so on; the nearest test images
/// are 3 to 7.
pub fn look_at_own(state: &mut LabState) {
    let request = state.user_images.request(true);
    let run = state.run.as_mut().expect("a run was started");
    let step = run.step;
    let look = |(place, image): (u16, &PreparedImage)| UserImageLook {
        id: image.id,
        reconstruction: image
            .pixels
            .iter()
            .map(|&byte| f32::from(byte) / 510.0)
            .collect(),
        mse_per_pixel: f32::from(place + 1) / 100.0,
        percentile: Some(Percentile {
            step,
            share_below: 0.934,
            n_test: 10_000,
            point: [50.0 + f32::from(place), 1.0],
            neighbours: (3_u8..8)
                .map(|sample| Neighbour {
                    sample: u32::from(sample),
                    label: sample,
                    distance: f32::from(sample) / 10.0,
                })
                .collect(),
        }),
    };
    let view = UserImageView {
        step,
        images: (0..).zip(request.iter()).map(look).collect(),
    };
    let snapshot = run.snapshot.as_mut().expect("something was looked at");
    snapshot.user_images = Some(Arc::new(view));
}

fn activations(step: u64, layer: LayerName) -> ActivationView {
    ActivationView {
        step,
        layer,
        n_samples: 2_000,
        histogram: Histogram {
            start: 0.0,
            bin_width: 0.02,
            counts: (0..50).map(|bin| 50 - bin).collect(),
        },
        mean: 0.25,
        near_zero_fraction: 0.141,
        dead_units: 3,
        unit_means: (0_u16..64)
            .map(|unit| f32::from(unit * 7 % 64) / 64.0)
            .collect(),
        unit_kl_nats: None,
    }
}

/// Delivers what was decoded for one requester beside what there is: the pixels of a picture are a tenth of the first
/// unit of its code. The units of the code run from −1 to 1 with a mean of 0.
pub fn decode(state: &mut LabState, set: DecodeRequest, found: Found, codes: Vec<f32>) {
    let run = state.run.as_mut().expect("a run was started");
    let size = run.experiment.architecture.code_size();
    let step = run.step;
    let snapshot = run.snapshot.as_mut().expect("something was looked at");
    let DecodeRequest { requester, places } = set;
    let pixel = |code: &[f32]| [code[0] / 10.0; N_PIXELS];
    let view = DecodedView {
        step,
        requester,
        places,
        found,
        size,
        shape: run.experiment.architecture.image(),
        images: codes.chunks_exact(size).flat_map(pixel).collect(),
        codes,
    };
    let decoded = &mut snapshot.decoded;
    decoded.views.retain(|view| view.requester != requester);
    decoded.views.push(Arc::new(view));
    let unit = |unit| UnitRange {
        unit,
        mean: 0.0,
        deviation: 0.5,
        low: -1.0,
        high: 1.0,
    };
    decoded.units = Some(Arc::new(CodeUnits {
        step,
        size,
        units: (0..size.min(MAX_CODE_UNITS)).map(unit).collect(),
    }));
}
