//! A laboratory in mid-run, told to [`LabState`] the way a worker would.

use std::sync::Arc;

use hourglass::experiment::{Experiment, LayerName, N_PIXELS, Term};
use hourglass::protocol::{
    ActivationView, Axes, DatasetDescription, DatasetKind, DigitView, Evaluation, EvaluationScope,
    Event, Histogram, Phase, PlanPosition, RunId, SampleIdx, ScatterView, Snapshot, StepBatch,
};
use hourglass::state::LabState;

/// Steps of an epoch in every script.
pub const STEPS_PER_EPOCH: u64 = 100;

/// A data set of plain images: image `i` is of class `i mod 10`, and all its pixels are `i mod 256`.
pub fn dataset(n_test: usize) -> DatasetDescription {
    let byte = |idx: usize| u8::try_from(idx % 256).expect("below 256");
    DatasetDescription {
        kind: DatasetKind::PenDigits,
        origin: "built in".to_owned(),
        n_train: 6_400,
        test_images: (0..n_test).flat_map(|idx| [byte(idx); N_PIXELS]).collect(),
        test_labels: (0..n_test).map(|idx| byte(idx % 10)).collect(),
        test_factors: Arc::from([]),
    }
}

/// A data set is loaded, nothing else happened.
pub fn with_data(n_test: usize) -> LabState {
    let mut state = LabState::default();
    state.apply(Event::DatasetLoaded(dataset(n_test)));
    state
}

/// Starts a run of a recipe.
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

/// Takes steps whose objective falls from 0.1 to 0.01 and stays there, with an evaluation every ten.
pub fn train(state: &mut LabState, n_steps: u64) {
    let run = state.current_run();
    let experiment = state
        .run
        .as_ref()
        .expect("a run was started")
        .experiment
        .clone();
    let position = PlanPosition {
        epochs_goal: 5,
        ..PlanPosition::default()
    };
    state.apply(Event::PhaseChanged {
        run,
        phase: Phase::Training { position },
    });
    for step in 1..=n_steps {
        #[expect(clippy::cast_precision_loss, reason = "few steps")]
        let epoch = step as f64 / STEPS_PER_EPOCH as f64;
        let wobble = 1.0 + 0.05 * f64::from(u8::from(step % 2 == 0));
        let loss = (0.01 + 0.09 * (-4.0 * epoch).exp()) * wobble;
        let terms = experiment.objective.terms();
        #[expect(clippy::cast_possible_truncation, reason = "losses are f32 in a batch")]
        let value = |term: Term| (loss * share_of(term)) as f32;
        state.apply(Event::StepsTaken {
            run,
            steps: StepBatch {
                first_step: step,
                epochs: vec![epoch],
                terms: terms
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
                evaluation: evaluation(step, epoch, &terms, loss),
            });
        }
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

fn evaluation(step: u64, epoch: f64, terms: &[Term], loss: f64) -> Evaluation {
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
    }
}

fn share_of(term: Term) -> f64 {
    match term {
        Term::Objective => 1.0,
        Term::Reconstruction(_) => 0.9,
        Term::L1 => 0.1,
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
    let all: Vec<SampleIdx> = (0..).take(dataset.n_test()).collect();
    #[expect(clippy::cast_precision_loss, reason = "few samples")]
    let points = all
        .iter()
        .map(|&idx| [(idx % 100) as f32, (idx / 100) as f32])
        .collect();
    state.apply_snapshot(Snapshot {
        run: state.current_run(),
        revision: 1,
        step,
        digits: Arc::new(digits(step, samples, &dataset)),
        hovered: hovered.map(|sample| Arc::new(digits(step, &[sample], &dataset))),
        activations: Some(Arc::new(activations(step, layer))),
        scatter: Some(Arc::new(ScatterView {
            step,
            axes: Axes::Raw,
            samples: all.into(),
            points,
        })),
    });
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
    #[expect(clippy::cast_precision_loss, reason = "few samples")]
    let mse = |&sample: &SampleIdx| sample as f32 / 1000.0;
    DigitView {
        step,
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
    }
}
