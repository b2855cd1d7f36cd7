//! How gradients reach the layers, against the same worked out by hand.

use std::time::Duration;

use burn::module::{Module as _, ModuleVisitor, Param};
use burn::tensor::{Device, Distribution, Gradients, Tensor};
use hourglass::data::EpochOrder;
use hourglass::experiment::network::Place;
use hourglass::experiment::{
    Activation, Architecture, Dense, Experiment, ImageShape, LayerName, Optimizer, OptimizerKind,
    PresetId, Reconstruction, Stage,
};
use hourglass::model::Autoencoder;
use hourglass::protocol::{GradientFigures, GradientRow};
use hourglass::train::{Trainer, device, readback};

use crate::data_sets;
use crate::training::listed;

const FOREVER: Duration = Duration::from_hours(1);
const RATE: f64 = 0.05;
const N_IMAGES: usize = 16;

/// Two tanh layers, a linear code and a linear output, which learn the squared error from 64 images.
fn deep(kind: OptimizerKind) -> Experiment {
    let mut experiment = PresetId::Linear32.preset().experiment();
    experiment.architecture = Architecture::Dense(Dense {
        image: ImageShape::MNIST,
        hidden: vec![20, 12],
        code: 5,
        hidden_activation: Activation::Tanh,
        code_activation: Activation::Linear,
        output_activation: Activation::Linear,
        tied: false,
    });
    experiment.objective.reconstruction = Reconstruction::Mse;
    experiment.training.batch_size = N_IMAGES;
    experiment.optimizer = Optimizer {
        kind,
        ..Optimizer::adam(RATE)
    };
    experiment
}

fn trainer(experiment: &Experiment) -> Trainer {
    let dataset = data_sets::small(64, 20);
    Trainer::new(experiment.clone(), dataset, &device::cpu().device)
}

/// The rows of the first `n_steps` steps, taken in bursts of at most `at_once`.
fn rows(trainer: &mut Trainer, n_steps: u64, at_once: u64) -> Vec<GradientRow> {
    let mut rows = Vec::new();
    while trainer.step() < n_steps {
        let left = (n_steps - trainer.step()).min(at_once);
        let burst = trainer.burst(FOREVER, left, || false);
        rows.extend(burst.expect("the CPU works").gradients);
    }
    rows
}

/// A matrix of doubles, row by row.
#[derive(Clone)]
struct Matrix {
    n_columns: usize,
    values: Vec<f64>,
}

impl Matrix {
    fn new(n_columns: usize, values: &[f32]) -> Self {
        Self {
            n_columns,
            values: values.iter().map(|&value| value.into()).collect(),
        }
    }

    fn n_rows(&self) -> usize {
        self.values.len() / self.n_columns
    }

    fn transposed(&self) -> Self {
        let columns = 0..self.n_columns;
        let values =
            columns.flat_map(|column| self.values.iter().skip(column).step_by(self.n_columns));
        Self {
            n_columns: self.n_rows(),
            values: values.copied().collect(),
        }
    }

    fn times(&self, other: &Self) -> Self {
        let columns = other.transposed();
        let dot = |row: &[f64], column: &[f64]| -> f64 {
            row.iter().zip(column).map(|(a, b)| a * b).sum()
        };
        let rows = self.values.chunks_exact(self.n_columns);
        let values = rows.flat_map(|row| {
            let columns = columns.values.chunks_exact(columns.n_columns);
            columns
                .map(move |column| dot(row, column))
                .collect::<Vec<_>>()
        });
        Self {
            n_columns: other.n_columns,
            values: values.collect(),
        }
    }

    fn with(&self, other: &Self, of: impl Fn(f64, f64) -> f64) -> Self {
        let pairs = self.values.iter().zip(other.values.iter().cycle());
        Self {
            n_columns: self.n_columns,
            values: pairs.map(|(&a, &b)| of(a, b)).collect(),
        }
    }

    fn norm(&self) -> f64 {
        self.values
            .iter()
            .map(|value| value * value)
            .sum::<f64>()
            .sqrt()
    }

    fn deviation(&self) -> f64 {
        let n = self.values.len() as f64;
        let mean = self.values.iter().sum::<f64>() / n;
        let squares = self.values.iter().map(|value| (value - mean).powi(2));
        (squares.sum::<f64>() / n).sqrt()
    }
}

/// A layer as it is worked out by hand.
struct ByHand {
    weights: Matrix,
    activations: Matrix,
    /// ∂J/∂z
    back: Matrix,
    /// ∂J/∂W
    gradient: Matrix,
}

/// Forward and backward through the layers of [`deep`] with the first batch, in double precision.
fn by_hand(trainer: &Trainer) -> Vec<ByHand> {
    let order = EpochOrder::new(trainer.experiment().seed, 0, 64);
    let train = &trainer.dataset().train;
    let images = Matrix::new(784, &train.gather(&order.samples()[..N_IMAGES]));
    let parameters = trainer.checkpoint().expect("it reads back").parameters;
    let layers: Vec<(Matrix, Matrix)> = parameters
        .chunks_exact(2)
        .map(|pair| {
            assert!(pair[0].name.ends_with("weight") && pair[1].name.ends_with("bias"));
            let n_units = pair[1].values.len();
            assert_eq!(pair[0].shape[1], n_units, "[inputs, units]");
            (
                Matrix::new(n_units, &pair[0].values),
                Matrix::new(n_units, &pair[1].values),
            )
        })
        .collect();
    let is_tanh = |idx: usize| ![2, 5].contains(&idx);

    let mut inputs = vec![images.clone()];
    for (idx, (weights, bias)) in layers.iter().enumerate() {
        let made = inputs[idx].times(weights).with(bias, |a, b| a + b);
        let activated = made.with(&made, |z, _| if is_tanh(idx) { z.tanh() } else { z });
        inputs.push(activated);
    }
    let n = images.values.len() as f64;
    let mut back = inputs[6].with(&images, |made, target| 2.0 * (made - target) / n);
    let mut found = Vec::new();
    for (idx, (weights, _)) in layers.into_iter().enumerate().rev() {
        let made = &inputs[idx + 1];
        let slope = made.with(made, |h, _| if is_tanh(idx) { 1.0 - h * h } else { 1.0 });
        let before = back.with(&slope, |gradient, slope| gradient * slope);
        back = before.times(&weights.transposed());
        found.push(ByHand {
            gradient: inputs[idx].transposed().times(&before),
            weights,
            activations: made.clone(),
            back: before,
        });
    }
    found.reverse();
    found
}

const LAYERS: [Place; 6] = [
    Place::Layer(LayerName::Encoder(0)),
    Place::Layer(LayerName::Encoder(1)),
    Place::Layer(LayerName::Code),
    Place::Layer(LayerName::Decoder(0)),
    Place::Layer(LayerName::Decoder(1)),
    Place::Output,
];

/// A sum of thousands of products in single precision keeps four digits at the least.
#[track_caller]
fn is_close(found: f32, expected: f64, what: &str) {
    let difference = (f64::from(found) - expected).abs() / expected;
    assert!(difference < 1e-4, "{what}: {found}, not {expected}");
}

#[test]
fn the_first_step_is_that_of_backpropagation_by_hand() {
    for kind in [OptimizerKind::Sgd, OptimizerKind::Adam] {
        let mut trainer = trainer(&deep(kind));
        let by_hand = by_hand(&trainer);
        let rows = rows(&mut trainer, 1, 1);
        let places: Vec<(u64, Place)> = rows.iter().map(|row| (row.step, row.layer)).collect();
        let expected = [0, 1].map(|step| LAYERS.map(|layer| (step, layer)));
        assert_eq!(
            places,
            expected.as_flattened(),
            "before the step, then the step"
        );
        for (row, layer) in rows.iter().zip(by_hand.iter().chain(&by_hand)) {
            let name = format!("{kind:?}, {}", row.layer.label());
            match row.figures {
                GradientFigures::Spread(spread) => {
                    is_close(spread.activations, layer.activations.deviation(), &name);
                    is_close(spread.gradients, layer.back.deviation(), &name);
                }
                GradientFigures::Update(update) => {
                    is_close(update.gradient_norm, layer.gradient.norm(), &name);
                    // Plain descent moves weights by α g, and Adam's first step by α g / (|g| + ε).
                    let epsilon = f64::from(Optimizer::EPSILON);
                    let update_of = |g: f64, _| match kind {
                        OptimizerKind::Sgd => RATE * g,
                        _ => RATE * g / (g.abs() + epsilon),
                    };
                    let moved = layer.gradient.with(&layer.gradient, update_of).norm();
                    let ratio = moved / layer.weights.norm();
                    // Adam divides by gradients of 1e-8, which single precision knows to three digits.
                    let difference = (f64::from(update.ratio) - ratio).abs() / ratio;
                    assert!(difference < 1e-3, "{name}: {} {ratio}", update.ratio);
                }
            }
        }
    }
}

#[test]
fn clipping_and_decay_change_the_update_and_not_the_gradient_that_is_told() {
    let plain = deep(OptimizerKind::Sgd);
    let mut clipped = plain.clone();
    clipped.optimizer.gradient_clip = 1e-3;
    let mut decayed = plain.clone();
    decayed.optimizer.weight_decay = 0.1;
    let of = |experiment: &Experiment| {
        let rows = rows(&mut trainer(experiment), 1, 1);
        let updates = rows.iter().filter_map(|row| match row.figures {
            GradientFigures::Update(update) => Some(update),
            GradientFigures::Spread(_) => None,
        });
        updates.collect::<Vec<_>>()
    };
    let [plain, clipped, decayed] = [plain, clipped, decayed].map(|experiment| of(&experiment));
    for ((plain, clipped), decayed) in plain.iter().zip(&clipped).zip(&decayed) {
        let norms = [plain, clipped, decayed].map(|update| update.gradient_norm.to_bits());
        assert_eq!(norms, [norms[0]; 3]);
        // Changes of 4e-7 to weights of 0.05 are rounded by up to a hundredth each.
        let share = f64::from(clipped.ratio) / f64::from(plain.ratio);
        let allowed = 1e-3 / f64::from(plain.gradient_norm);
        let difference = (share - allowed).abs() / allowed;
        assert!(difference < 1e-3, "as short as allowed: {share} {allowed}");
        assert!(
            decayed.ratio > 0.9 * (0.1 * RATE) as f32,
            "{}",
            decayed.ratio
        );
    }
}

/// Ten steps an epoch, and the first of each part of the plan, however many are taken at once.
#[test]
fn the_same_steps_are_measured_in_every_run_alike() {
    let mut experiment = deep(OptimizerKind::Adam);
    experiment.training.batch_size = 3; // 22 steps an epoch: every second, and the first
    let mut expected = vec![0, 1];
    expected.extend((1..=22).map(|n| 2 * n));
    let mut at_once = Vec::new();
    for most in [1, 7, u64::MAX] {
        let rows = rows(&mut trainer(&experiment), 44, most);
        let mut steps: Vec<u64> = rows.iter().map(|row| row.step).collect();
        steps.dedup();
        assert_eq!(steps, expected);
        at_once.push(rows);
    }
    assert!(at_once[0] == at_once[1] && at_once[1] == at_once[2]);
}

#[test]
fn each_part_of_a_plan_measures_what_it_trains() {
    for id in [
        PresetId::Deep30,
        PresetId::StackedDenoising,
        PresetId::StackedDenoisingTied,
    ] {
        let mut experiment = id.preset().experiment();
        experiment.training.batch_size = 32;
        for part in &mut experiment.plan.pretraining {
            part.epochs = 1;
        }
        experiment.training.epochs = experiment.training.epochs.min(1);
        if let Some(tuning) = &mut experiment.plan.fine_tuning {
            tuning.epochs = 1;
        }
        let n_steps = 2 * experiment.total_epochs() as u64;
        let network = hourglass::experiment::network::Network::new(&experiment);
        let rows = rows(&mut trainer(&experiment), n_steps, u64::MAX);
        for (epoch, (stage, _)) in experiment.stages().into_iter().enumerate() {
            let first = 2 * epoch as u64 + 1;
            let found: Vec<Place> = rows
                .iter()
                .filter(|row| row.step == first)
                .map(|row| row.layer)
                .collect();
            let is_tied = |link: &&hourglass::experiment::network::Link| {
                matches!(link.weights, hourglass::experiment::Weights::Tied { .. })
            };
            let trained = network.links.iter().filter(|link| !is_tied(link));
            let trained = trained.filter(|link| network.trains(stage, link.connection));
            let trained: Vec<Place> = trained.map(|link| link.to).collect();
            assert_eq!(found, trained, "{id} {stage:?}");
            assert!(stage != Stage::FineTuning || found.last() == Some(&Place::Classes));
        }
    }
}

/// The gradients of biases, each with its name.
struct Biases<'a> {
    gradients: &'a Gradients,
    found: Vec<Vec<f32>>,
}

impl ModuleVisitor for Biases<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if D == 1 {
            let gradient = param
                .val()
                .grad(self.gradients)
                .expect("the loss depends on it");
            let values = readback::values(gradient).expect("the CPU works");
            self.found.push(values);
        }
    }
}

/// A bias is added to every pre-activation of its unit or map: its gradient is the sum of theirs.
#[test]
fn the_gradients_of_pre_activations_add_up_to_those_of_the_biases() {
    let presets = PresetId::ALL.map(|id| id.preset().experiment());
    for mut experiment in presets.into_iter().chain([listed()]) {
        experiment.seed = 3;
        let device = Device::flex().autodiff();
        let model = Autoencoder::new(&experiment, &device);
        let draw =
            |width| Tensor::<2>::random([4, width], Distribution::Uniform(0.0, 1.0), &device);
        let n_pixels = experiment.architecture.image().n_values();
        let (images, noise) = (draw(n_pixels), draw(experiment.architecture.code_size()));
        let watch = model.watch(images.clone(), Some(noise.clone()));
        let output = model.forward_sampled(images, Some(noise));
        let name = format!("{:?}", experiment.preset);
        let values = |tensor: Tensor<2>| readback::values(tensor.inner()).expect("the CPU works");
        // The fused kernel adds in another order.
        for (a, b) in values(watch.output.logits.clone())
            .iter()
            .zip(values(output.logits))
        {
            assert!((a - b).abs() <= 1e-4 * (1.0 + b.abs()), "{name}: {a} {b}");
        }
        let mut loss = watch.output.logits.clone().powi_scalar(2).sum();
        if let Some(log_variance) = &watch.output.log_variance {
            loss = loss + log_variance.clone().powi_scalar(2).sum();
        }
        let gradients = loss.backward();
        let mut biases = Biases {
            gradients: &gradients,
            found: Vec::new(),
        };
        model.visit(&mut biases);
        let mut layers = watch.layers;
        if let Some(idx) = layers
            .iter()
            .position(|(place, _)| *place == Place::LogVariance)
        {
            let head = layers.remove(idx); // the module has it last
            layers.push(head);
        }
        assert_eq!(layers.len(), biases.found.len(), "{name}");
        for ((place, layer), biases) in layers.into_iter().zip(biases.found) {
            let nudges = layer
                .nudge
                .grad(&gradients)
                .expect("the loss depends on it");
            let [n_images, n_values] = nudges.dims();
            let per_unit = n_values / biases.len();
            let nudges = nudges.reshape([n_images, biases.len(), per_unit]); // [batch, units, places]
            let sums = readback::values(nudges.sum_dim(2).sum_dim(0)).expect("the CPU works");
            let scale = biases
                .iter()
                .fold(1e-3_f32, |most, bias| most.max(bias.abs()));
            for (sum, bias) in sums.iter().zip(&biases) {
                let difference = (sum - bias).abs() / scale;
                assert!(difference < 1e-4, "{name}, {}: {sum} {bias}", place.label());
            }
        }
    }
}
