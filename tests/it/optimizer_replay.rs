//! Ten steps of every optimizer, replayed in double precision: here, and in Python where there is one with `NumPy`.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write as _};
use std::path::Path;
use std::process::Command;

use hourglass::data::{Corruptor, EpochOrder};
use hourglass::experiment::{
    Activation, Corruption, Experiment, MomentumSchedule, Optimizer, OptimizerKind, PresetId,
    Schedule,
};
use hourglass::train::{Trainer, device};
use safetensors::tensor::{Dtype, TensorView};

use crate::data_sets;
use crate::training::take;

const N_STEPS: usize = 10;
const N_IMAGES: usize = 32;
const STEPS_PER_EPOCH: usize = 3;
const EPOCHS: usize = 4;
const N_PIXELS: usize = 784;
const N_UNITS: usize = 16;

/// Single precision and another order of summation explain this much.
const TOLERANCE: f64 = 1e-6;

/// Weights and biases of encoder and decoder, row by row.
type Weights = [Vec<f64>; 4];
const NAMES: [&str; 4] = [
    "encoder.weight",
    "encoder.bias",
    "decoder.weight",
    "decoder.bias",
];
const SHAPES: [&[usize]; 4] = [
    &[N_PIXELS, N_UNITS],
    &[N_UNITS],
    &[N_UNITS, N_PIXELS],
    &[N_PIXELS],
];

fn optimizers() -> BTreeMap<&'static str, Optimizer> {
    let adam = Optimizer::adam(3e-3);
    let sgd = Optimizer {
        kind: OptimizerKind::Sgd,
        learning_rate: 30.0,
        ..adam
    };
    let with_momentum = Optimizer {
        momentum: 0.9,
        learning_rate: 10.0,
        ..sgd
    };
    let nesterov = Optimizer {
        nesterov: true,
        ..with_momentum
    };
    let rms_prop = Optimizer {
        kind: OptimizerKind::RmsProp,
        learning_rate: 1e-3,
        ..adam
    };
    BTreeMap::from([
        ("sgd", sgd),
        (
            "sgd-clipped",
            Optimizer {
                gradient_clip: 1e-3,
                weight_decay: 1e-4,
                ..sgd
            },
        ),
        ("momentum", with_momentum),
        ("nesterov", nesterov),
        (
            "nesterov-rising",
            Optimizer {
                momentum_schedule: MomentumSchedule::RisingThenLowered,
                ..nesterov
            },
        ),
        ("rmsprop", rms_prop),
        (
            "rmsprop-momentum",
            Optimizer {
                momentum: 0.5,
                ..rms_prop
            },
        ),
        ("adam", adam),
        (
            "adam-cosine",
            Optimizer {
                schedule: Schedule::Cosine,
                ..adam
            },
        ),
        (
            "adam-decay",
            Optimizer {
                weight_decay: 1e-4,
                ..adam
            },
        ),
        (
            "adamw-decay",
            Optimizer {
                kind: OptimizerKind::AdamW,
                weight_decay: 0.5,
                ..adam
            },
        ),
    ])
}

fn experiment(optimizer: Optimizer) -> Experiment {
    let mut experiment = PresetId::Vanilla64.preset().experiment();
    experiment.optimizer = optimizer;
    experiment.corruption = Corruption::Gaussian { sigma: 0.3 };
    experiment.training.batch_size = N_IMAGES;
    experiment.training.epochs = EPOCHS;
    let dense = experiment.architecture.as_dense_mut().expect("dense");
    dense.code = N_UNITS;
    assert_eq!(dense.code_activation, Activation::Sigmoid);
    assert_eq!(dense.output_activation, Activation::Linear);
    experiment
}

/// What the program itself makes: weights before and after ten steps.
fn trained(experiment: &Experiment) -> [Weights; 2] {
    let dataset = data_sets::small(N_IMAGES * STEPS_PER_EPOCH, 20);
    let mut trainer = Trainer::new(experiment.clone(), dataset, &device::cpu().device);
    let before = weights(&trainer);
    take(&mut trainer, N_STEPS as u64);
    [before, weights(&trainer)]
}

fn weights(trainer: &Trainer) -> Weights {
    let parameters = trainer
        .checkpoint()
        .expect("the processor works")
        .parameters;
    SHAPES.map(|shape| {
        let found = parameters.iter().find(|parameter| parameter.shape == shape);
        let values = &found.expect("each has a shape of its own").values;
        values.iter().map(|&value| f64::from(value)).collect()
    })
}

/// Inputs and targets of each step: the images in the run's order, with the run's noise.
fn batches(experiment: &Experiment) -> Vec<[Vec<f32>; 2]> {
    let dataset = data_sets::small(N_IMAGES * STEPS_PER_EPOCH, 20);
    let (seed, image) = (experiment.seed, dataset.train.shape());
    let corruptor = Corruptor::training(image, experiment.corruption, seed);
    let steps = (0..N_STEPS).map(|step| {
        let epoch = step / STEPS_PER_EPOCH;
        let order = EpochOrder::new(seed, epoch as u64, dataset.train.len());
        let start = step % STEPS_PER_EPOCH * N_IMAGES;
        let samples = &order.samples()[start..start + N_IMAGES];
        let clean = dataset.train.gather(samples);
        let mut input = clean.clone();
        for (image, &sample) in input.chunks_exact_mut(N_PIXELS).zip(samples) {
            corruptor.corrupt(image, &[step as u64, u64::from(sample)]);
        }
        [input, clean]
    });
    steps.collect()
}

/// Gradients of the mean squared error per pixel, by hand.
fn gradients([w, b, v, c]: &Weights, [input, target]: &[Vec<f32>; 2]) -> Weights {
    let mut found = SHAPES.map(|shape| vec![0.0; shape.iter().product()]);
    let [of_w, of_b, of_v, of_c] = &mut found;
    let images = input
        .chunks_exact(N_PIXELS)
        .zip(target.chunks_exact(N_PIXELS));
    for (x, t) in images {
        let mut code = b.clone();
        for (weights, &pixel) in w.chunks_exact(N_UNITS).zip(x) {
            for (sum, weight) in code.iter_mut().zip(weights) {
                *sum += weight * f64::from(pixel);
            }
        }
        for value in &mut code {
            *value = 1.0 / (1.0 + (-*value).exp());
        }
        let mut of_output = c.clone();
        for (weights, value) in v.chunks_exact(N_PIXELS).zip(&code) {
            for (sum, weight) in of_output.iter_mut().zip(weights) {
                *sum += weight * value;
            }
        }
        for (output, &pixel) in of_output.iter_mut().zip(t) {
            *output = 2.0 * (*output - f64::from(pixel)) / (N_IMAGES * N_PIXELS) as f64;
        }
        let mut of_sum = vec![0.0; N_UNITS];
        for unit in 0..N_UNITS {
            let row = unit * N_PIXELS..(unit + 1) * N_PIXELS;
            let through = v[row.clone()].iter().zip(&of_output);
            let through: f64 = through.map(|(weight, output)| weight * output).sum();
            of_sum[unit] = through * code[unit] * (1.0 - code[unit]);
            for (sum, output) in of_v[row].iter_mut().zip(&of_output) {
                *sum += code[unit] * output;
            }
        }
        for (sums, &pixel) in of_w.chunks_exact_mut(N_UNITS).zip(x) {
            for (sum, of_unit) in sums.iter_mut().zip(&of_sum) {
                *sum += f64::from(pixel) * of_unit;
            }
        }
        add(of_b, &of_sum);
        add(of_c, &of_output);
    }
    found
}

fn add(sums: &mut [f64], values: &[f64]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value;
    }
}

/// Weights after all steps, by the rules as the papers have them.
fn replayed(optimizer: &Optimizer, before: &Weights, batches: &[[Vec<f32>; 2]]) -> Weights {
    let mut weights = before.clone();
    let zeros = || before.clone().map(|values| vec![0.0; values.len()]);
    let (mut first, mut second) = (zeros(), zeros());
    for (step, batch) in batches.iter().enumerate() {
        let gradients = gradients(&weights, batch);
        for (idx, gradient) in gradients.into_iter().enumerate() {
            let states = (first[idx].as_mut_slice(), second[idx].as_mut_slice());
            advance(optimizer, step, &mut weights[idx], &gradient, states);
        }
    }
    weights
}

/// A step, counted from 0, of one parameter.
fn advance(
    optimizer: &Optimizer,
    step: usize,
    weights: &mut [f64],
    gradient: &[f64],
    (first, second): (&mut [f64], &mut [f64]),
) {
    let progress = step as f64 / (STEPS_PER_EPOCH * EPOCHS) as f64;
    let factor = match optimizer.schedule {
        Schedule::Constant => 1.0,
        Schedule::Cosine => f64::midpoint(1.0, (std::f64::consts::PI * progress).cos()),
    };
    let rate = optimizer.learning_rate * factor;
    let decay = f64::from(optimizer.weight_decay);
    let clip = f64::from(optimizer.gradient_clip);
    let norm = gradient
        .iter()
        .map(|value| value * value)
        .sum::<f64>()
        .sqrt();
    let shortened = if clip > 0.0 && norm > clip {
        clip / norm
    } else {
        1.0
    };
    let momentum = match optimizer.momentum_schedule {
        MomentumSchedule::Constant => f64::from(optimizer.momentum),
        MomentumSchedule::Rising | MomentumSchedule::RisingThenLowered => 0.5, // for 250 steps
    };
    let epsilon = f64::from(Optimizer::EPSILON);
    let [beta_1, beta_2] = [Optimizer::BETA_1, Optimizer::BETA_2].map(f64::from);
    let time = i32::try_from(step + 1).expect("few steps");
    for (idx, weight) in weights.iter_mut().enumerate() {
        let (first, second) = (&mut first[idx], &mut second[idx]);
        let mut gradient = gradient[idx] * shortened;
        if optimizer.kind != OptimizerKind::AdamW {
            gradient += decay * *weight;
        }
        match optimizer.kind {
            OptimizerKind::Sgd => {
                *first = momentum * *first + gradient;
                let ahead = if optimizer.nesterov {
                    gradient + momentum * *first
                } else {
                    *first
                };
                *weight -= rate * ahead;
            }
            OptimizerKind::RmsProp => {
                *second = 0.9 * *second + 0.1 * gradient * gradient;
                *first = momentum * *first + gradient / (second.sqrt() + epsilon);
                *weight -= rate * *first;
            }
            OptimizerKind::Adam | OptimizerKind::AdamW => {
                *first = beta_1 * *first + (1.0 - beta_1) * gradient;
                *second = beta_2 * *second + (1.0 - beta_2) * gradient * gradient;
                let mean = *first / (1.0 - beta_1.powi(time));
                let square = *second / (1.0 - beta_2.powi(time));
                if optimizer.kind == OptimizerKind::AdamW {
                    *weight *= 1.0 - rate * decay;
                }
                *weight -= rate * mean / (square.sqrt() + epsilon);
            }
        }
    }
}

fn largest_difference(a: &Weights, b: &Weights) -> f64 {
    let pairs = a.iter().flatten().zip(b.iter().flatten());
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

#[test]
fn ten_steps_of_every_optimizer_are_those_of_its_paper() {
    let mut ends: Vec<(&str, Weights)> = Vec::new();
    let mut start = None;
    for (name, optimizer) in optimizers() {
        let experiment = experiment(optimizer);
        let [before, after] = trained(&experiment);
        let replayed = replayed(&optimizer, &before, &batches(&experiment));
        let difference = largest_difference(&after, &replayed);
        assert!(difference <= TOLERANCE, "{name}: {difference}");
        assert!(largest_difference(&after, &before) > 1e-3, "{name} moves");
        for (other, end) in &ends {
            // One rule in place of another would be seen.
            assert!(largest_difference(&after, end) > 1e-4, "{name}, {other}");
        }
        ends.push((name, after));
        start = Some(before);
    }
    in_python(&start.expect("there are optimizers"), &ends);
}

/// The script that is shipped replays the same, where there is a Python that can run it.
fn in_python(before: &Weights, ends: &[(&str, Weights)]) {
    let python = std::env::var("HOURGLASS_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let can_run = Command::new(&python)
        .args(["-c", "import numpy"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !can_run {
        // Past the test's own output, which is shown only when it fails.
        writeln!(
            io::stderr(),
            "NOT CHECKED: assets/audit/replay.py, because {python} has no NumPy (HOURGLASS_PYTHON names another \
             Python); the same was replayed in Rust"
        )
        .expect("written");
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/audit/replay.py");
    let run = |file: &Path| {
        let output = Command::new(&python).arg(&script).arg(file).output();
        let output = output.expect("Python starts");
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    };
    let file = folder.path().join("replay.safetensors");
    std::fs::write(&file, handed_out(before, ends)).expect("written");
    let (succeeds, said) = run(&file);
    assert!(succeeds, "{said}");
    assert_eq!(said.lines().count(), ends.len(), "{said}");
    // And it can fail: weights of another rule are found out.
    let mut exchanged = ends.to_vec();
    let (first, second) = (exchanged[0].1.clone(), exchanged[1].1.clone());
    exchanged[0].1 = second;
    exchanged[1].1 = first;
    std::fs::write(&file, handed_out(before, &exchanged)).expect("written");
    let (succeeds, said) = run(&file);
    assert!(!succeeds && said.contains("larger than"), "{said}");
}

/// Everything that a replay needs, as a safetensors file.
fn handed_out(before: &Weights, ends: &[(&str, Weights)]) -> Vec<u8> {
    let experiment = experiment(Optimizer::adam(1e-3));
    let batches = batches(&experiment);
    let bytes = |values: &mut dyn Iterator<Item = f32>| -> Vec<u8> {
        values.flat_map(f32::to_le_bytes).collect()
    };
    let mut tensors: Vec<(String, Vec<usize>, Vec<u8>)> = Vec::new();
    for (idx, name) in ["input", "target"].into_iter().enumerate() {
        let mut values = batches.iter().flat_map(|batch| batch[idx].iter().copied());
        let shape = vec![N_STEPS, N_IMAGES, N_PIXELS];
        tensors.push((name.to_owned(), shape, bytes(&mut values)));
    }
    let mut add = |prefix: String, weights: &Weights| {
        for ((name, shape), values) in NAMES.iter().zip(SHAPES).zip(weights) {
            let mut values = values.iter().map(|&value| value as f32);
            tensors.push((
                format!("{prefix}/{name}"),
                shape.to_vec(),
                bytes(&mut values),
            ));
        }
    };
    add("initial".to_owned(), before);
    for (name, end) in ends {
        add(format!("after/{name}"), end);
    }
    let optimizers = optimizers();
    let settings: BTreeMap<_, _> = optimizers
        .iter()
        .map(|(name, optimizer)| (*name, settings_of(optimizer)))
        .collect();
    let metadata = HashMap::from([
        (
            "experiments".to_owned(),
            serde_json::to_string(&settings).expect("plain data"),
        ),
        ("steps_per_epoch".to_owned(), STEPS_PER_EPOCH.to_string()),
        ("epochs".to_owned(), EPOCHS.to_string()),
    ]);
    let views = tensors.iter().map(|(name, shape, bytes)| {
        let view = TensorView::new(Dtype::F32, shape.clone(), bytes).expect("it fits");
        (name.as_str(), view)
    });
    safetensors::serialize(views, Some(metadata)).expect("a safetensors file")
}

/// An optimizer with all its settings, those at their defaults too.
fn settings_of(optimizer: &Optimizer) -> serde_json::Value {
    let mut settings = serde_json::json!({
        "schedule": "constant",
        "momentum": 0.0,
        "nesterov": false,
        "momentum_schedule": "constant",
        "weight_decay": 0.0,
        "gradient_clip": 0.0,
    });
    let written = serde_json::to_value(optimizer).expect("plain data");
    if let (Some(settings), Some(written)) = (settings.as_object_mut(), written.as_object()) {
        settings.extend(written.clone());
    }
    settings
}
