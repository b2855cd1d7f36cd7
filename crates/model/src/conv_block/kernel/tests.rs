//! The kernel against the definition, in double precision and by finite differences, on every instruction set
//! this machine has.

use pulp::Arch;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::ThreadPoolBuilder;

use super::{Block, Parameters, Passed, backward, forward};
use crate::layer_gradients::LayerGradients;
use crate::nonlinearity::Nonlinearity;

/// The instruction sets of this machine, the plain one first.
fn architectures() -> Vec<Arch> {
    let mut found = vec![Arch::Scalar];
    #[cfg(target_arch = "x86_64")]
    found.extend(pulp::x86::V3::try_new().map(Arch::V3));
    found.push(Arch::new());
    found
}

/// Blocks of every kind: sides of the model's maps and odd ones, channels below, at and beyond each tile's.
fn blocks() -> Vec<Block> {
    let channels = [(1, 33), (33, 1), (32, 2), (4, 4), (5, 7), (3, 12), (1, 1)];
    let nonlinearities = [
        Nonlinearity::None,
        Nonlinearity::Relu,
        Nonlinearity::Sigmoid,
    ];
    let mut found = Vec::new();
    for (n_inputs, n_outputs) in channels {
        for side in [28, 14, 7, 4, 1] {
            for (upsampled, pooled) in [(false, false), (true, false), (false, true), (true, true)]
            {
                found.push(Block {
                    n_inputs,
                    n_outputs,
                    side,
                    upsampled,
                    nonlinearity: nonlinearities[found.len() % nonlinearities.len()],
                    pooled,
                });
            }
        }
    }
    found
}

/// What goes into a block: some images and parameters, and how much the loss has of each output.
struct Case {
    block: Block,
    inputs: Vec<f32>,
    weights: Vec<f32>,
    bias: Vec<f32>,
    loss: Vec<f32>,
}

impl Case {
    fn new(block: Block, n_images: usize) -> Self {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
        let mut numbers =
            |len: usize| -> Vec<f32> { (0..len).map(|_| rng.random_range(-1.0..1.0)).collect() };
        Self {
            block,
            inputs: numbers(n_images * block.input_len()),
            weights: numbers(block.n_outputs * block.n_inputs * 9),
            bias: numbers(block.n_outputs),
            loss: numbers(n_images * block.output_len()),
        }
    }

    fn forward(&self, arch: Arch) -> super::Activations {
        let parameters = Parameters {
            weights: &self.weights,
            bias: &self.bias,
        };
        forward(arch, &self.block, &self.inputs, parameters)
    }

    fn backward(&self, arch: Arch) -> LayerGradients {
        let activations = self.forward(arch);
        let passed = Passed {
            inputs: &self.inputs,
            weights: &self.weights,
            outputs: &activations.outputs,
            winners: &activations.winners,
        };
        backward(arch, &self.block, passed, &self.loss, true)
    }

    /// The outputs by the definition.
    fn defined(&self) -> Vec<f64> {
        let block = &self.block;
        let images = self.inputs.chunks_exact(block.input_len());
        let outputs = images.flat_map(|maps| self.defined_for(maps));
        outputs.collect()
    }

    fn defined_for(&self, maps: &[f32]) -> Vec<f64> {
        let Block {
            n_inputs,
            n_outputs,
            side,
            ..
        } = self.block;
        let (input_side, scale) = (
            self.block.input_side(),
            1 + usize::from(self.block.upsampled),
        );
        let value = |input: usize, y: usize, x: usize| {
            // Positions are one too high, so that none is negative.
            if !(1..=side).contains(&y) || !(1..=side).contains(&x) {
                return 0.0;
            }
            let row = (input * input_side + (y - 1) / scale) * input_side;
            f64::from(maps[row + (x - 1) / scale])
        };
        let convolved = |output: usize, y: usize, x: usize| {
            let taps = (0..n_inputs * 9).map(|idx| {
                let (input, tap) = (idx / 9, idx % 9);
                f64::from(self.weights[output * n_inputs * 9 + idx])
                    * value(input, y + tap / 3, x + tap % 3)
            });
            let sum = taps.sum::<f64>() + f64::from(self.bias[output]);
            match self.block.nonlinearity {
                Nonlinearity::None => sum,
                Nonlinearity::Relu => sum.max(0.0),
                Nonlinearity::Sigmoid => 1.0 / (1.0 + (-sum).exp()),
            }
        };
        let (output_side, window) = (self.block.output_side(), 1 + usize::from(self.block.pooled));
        let places = (0..n_outputs * output_side * output_side).map(|idx| {
            let (output, place) = (
                idx / (output_side * output_side),
                idx % (output_side * output_side),
            );
            let (y, x) = (place / output_side * window, place % output_side * window);
            let rows = y..(y + window).min(side);
            let values = rows.flat_map(|y| (x..(x + window).min(side)).map(move |x| (y, x)));
            values
                .map(|(y, x)| convolved(output, y, x))
                .fold(f64::NEG_INFINITY, f64::max)
        });
        places.collect()
    }

    fn defined_loss(&self) -> f64 {
        let outputs = self.defined();
        let terms = outputs.iter().zip(&self.loss);
        terms.map(|(output, &loss)| output * f64::from(loss)).sum()
    }
}

#[test]
fn outputs_agree_with_the_definition() {
    for (idx, block) in blocks().into_iter().enumerate() {
        let case = Case::new(block, 1 + idx % 6); // less than a chunk, a whole one, and more
        let defined = case.defined();
        for arch in architectures() {
            let found = case.forward(arch).outputs;
            assert_eq!(found.len(), defined.len(), "{block:?}");
            for (found, defined) in found.iter().zip(&defined) {
                // 300 products of numbers below 1, each rounded to 2⁻²⁴ of a sum below 20.
                let difference = (f64::from(*found) - defined).abs();
                assert!(
                    difference < 5e-5,
                    "{arch:?} {block:?}: {found} is not {defined}"
                );
            }
        }
    }
}

/// A number of a case.
type Place = fn(&mut Case) -> &mut Vec<f32>;

#[test]
fn gradients_agree_with_finite_differences() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(11);
    // The definition is in double precision, so that a step may be small enough to meet no kink.
    let step = 2.0_f32.powi(-20);
    for (idx, block) in blocks().into_iter().enumerate() {
        let mut case = Case::new(block, 1 + idx % 6);
        let found: Vec<LayerGradients> = architectures()
            .into_iter()
            .map(|arch| case.backward(arch))
            .collect();
        let places: [Place; 3] = [
            |case| &mut case.inputs,
            |case| &mut case.weights,
            |case| &mut case.bias,
        ];
        for (kind, numbers) in places.into_iter().enumerate() {
            let place = rng.random_range(0..numbers(&mut case).len());
            let original = numbers(&mut case)[place];
            let mut loss_at = |offset: f32| {
                numbers(&mut case)[place] = original + offset;
                let moved = f64::from(numbers(&mut case)[place]);
                let loss = case.defined_loss();
                numbers(&mut case)[place] = original;
                (moved, loss)
            };
            let (before, less) = loss_at(-step);
            let (after, more) = loss_at(step);
            let expected = (more - less) / (after - before);
            for gradients in &found {
                let inputs = gradients.inputs.as_ref().expect("they were wanted");
                let gradient = [inputs, &gradients.weights, &gradients.bias][kind][place];
                let difference = (f64::from(gradient) - expected).abs();
                let scale = 1.0 + expected.abs();
                assert!(
                    difference < 2e-3 * scale,
                    "{block:?}, kind {kind}: {gradient} is not {expected}"
                );
            }
        }
    }
}

#[test]
fn instruction_sets_agree_on_every_gradient() {
    for (idx, block) in blocks().into_iter().enumerate() {
        let case = Case::new(block, 1 + idx % 6);
        let plain = case.backward(Arch::Scalar);
        for arch in architectures() {
            let found = case.backward(arch);
            let pairs = [
                (plain.inputs.as_deref(), found.inputs.as_deref()),
                (Some(&plain.weights[..]), Some(&found.weights[..])),
                (Some(&plain.bias[..]), Some(&found.bias[..])),
            ];
            for (plain, found) in pairs {
                let (plain, found) = (plain.unwrap_or_default(), found.unwrap_or_default());
                let largest = plain
                    .iter()
                    .fold(1.0_f32, |max, value| max.max(value.abs()));
                for (plain, found) in plain.iter().zip(found) {
                    let difference = (plain - found).abs();
                    assert!(
                        difference < 2e-4 * largest,
                        "{arch:?} {block:?}: {found} is not {plain}"
                    );
                }
            }
        }
    }
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    for block in blocks().into_iter().filter(|block| block.side == 14) {
        let case = Case::new(block, 27);
        let with_threads = |n: usize| {
            let pool = ThreadPoolBuilder::new().num_threads(n).build();
            let pool = pool.expect("threads can be started");
            pool.install(|| (case.forward(Arch::new()), case.backward(Arch::new())))
        };
        let alone = with_threads(1);
        assert!(alone == with_threads(2), "{block:?}");
        assert!(alone == with_threads(3), "{block:?}");
    }
}

#[test]
fn gradients_by_inputs_are_left_out_where_nobody_wants_them() {
    let case = Case::new(blocks()[0], 2);
    let activations = case.forward(Arch::new());
    let passed = Passed {
        inputs: &case.inputs,
        weights: &case.weights,
        outputs: &activations.outputs,
        winners: &activations.winners,
    };
    let found = backward(Arch::new(), &case.block, passed, &case.loss, false);
    assert_eq!(found.inputs, None);
    assert_eq!(found.weights, case.backward(Arch::new()).weights);
}

#[test]
fn faint_gradients_count_as_zero() {
    for block in blocks() {
        let mut case = Case::new(block, 1);
        for loss in &mut case.loss {
            *loss *= 1e-36; // subnormal after one more product
        }
        let found = case.backward(Arch::new());
        let values = found
            .inputs
            .iter()
            .flatten()
            .chain(&found.weights)
            .chain(&found.bias);
        assert!(values.copied().all(|value| value == 0.0), "{block:?}");
    }
}

#[test]
fn what_is_not_a_number_comes_through() {
    for block in blocks() {
        let mut case = Case::new(block, 1);
        for weight in &mut case.weights {
            *weight = f32::NAN;
        }
        let outputs = case.forward(Arch::new()).outputs;
        assert!(outputs.iter().all(|output| output.is_nan()), "{block:?}");
    }
}

#[test]
fn of_equal_values_the_first_wins() {
    let block = Block {
        n_inputs: 1,
        n_outputs: 1,
        side: 7,
        upsampled: false,
        nonlinearity: Nonlinearity::None,
        pooled: true,
    };
    let mut case = Case::new(block, 1);
    case.inputs.fill(0.0);
    assert!(
        case.forward(Arch::new())
            .winners
            .iter()
            .all(|&winner| winner == 0)
    );
}
