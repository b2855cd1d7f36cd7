//! A step in one pass over each parameter, where the processor trains.
//!
//! Burn's optimizers make a new tensor in each of their operations, on one thread. Adam and momentum do the same
//! operations in the same order here, value by value and in place, so that the weights are the same to the last bit as long
//! as nothing is too faint to matter; tests compare the bits. Other devices and rules use Burn's.

use hourglass_model::processor::{Numbers, is_processor, numbers};

use burn::tensor::{DType, Tensor};
use pulp::Arch;

/// Values that one thread takes at a time; fewer are not worth handing out.
pub const CHUNK: usize = 1 << 15;

/// Whether a parameter can be stepped here.
pub fn is_on_host<const D: usize>(parameter: &Tensor<D>) -> bool {
    is_processor(&parameter.device()) && parameter.dtype() == DType::F32
}

/// A step of an optimizer that changes a parameter and the other tensors of its state, `N` together.
pub trait Rule<const N: usize>: Sync {
    /// Takes the step with values that belong together: gradients, and what they change.
    fn take(&self, gradients: &[f32], changed: [&mut [f32]; N]);
}

/// A parameter and the tensors of its state, all of the gradient's shape, after a step.
pub fn in_one_pass<const N: usize>(
    gradients: &Numbers,
    changed: [Numbers; N],
    rule: &impl Rule<N>,
) -> [Numbers; N] {
    let gradients = gradients.to_contiguous();
    let mut changed = changed.map(|tensor: Numbers| tensor.to_contiguous());
    let values = Values {
        gradients: numbers(&gradients),
        changed: changed.each_mut().map(|tensor| {
            let places = tensor.layout().contiguous_offsets();
            let (start, end) = places.expect("it was made contiguous");
            // Copied only if another owner still has the tensor.
            &mut tensor.storage_mut::<f32>()[start..end]
        }),
    };
    on_all_threads(values, rule);
    changed
}

/// Some gradients with the values that they change.
struct Values<'a, const N: usize> {
    gradients: &'a [f32],
    changed: [&'a mut [f32]; N],
}

impl<const N: usize> Values<'_, N> {
    /// The first `at` and the others.
    fn split(mut self, at: usize) -> (Self, Self) {
        let rest = Self {
            gradients: self.gradients.split_off(at..).unwrap_or_default(),
            changed: (self.changed.each_mut())
                .map(|values| values.split_off_mut(at..).unwrap_or_default()),
        };
        (self, rest)
    }
}

fn on_all_threads<const N: usize>(values: Values<'_, N>, rule: &impl Rule<N>) {
    let n_values = values.gradients.len();
    if n_values <= CHUNK {
        return Arch::new().dispatch(
            #[inline(always)]
            || rule.take(values.gradients, values.changed),
        );
    }
    let (first, second) = values.split((n_values / 2).next_multiple_of(CHUNK));
    rayon::join(
        || on_all_threads(first, rule),
        || on_all_threads(second, rule),
    );
}

#[cfg(test)]
pub mod drawn {
    use burn::optim::Optimizer;
    use burn::tensor::{Device, Tensor, TensorData};
    use rand::{RngExt, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use crate::readback::values;

    /// `n_values` parameters after a step at each rate, the same weights and gradients for every optimizer. They are not
    /// drawn by the device: all tests that run at the time share its generator.
    pub fn after_steps<O: Optimizer>(optimizer: &O, n_values: usize, rates: [f64; 4]) -> Vec<f32> {
        let device = Device::flex();
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(5);
        let mut draw = |shape: [usize; 2]| {
            let drawn: Vec<f32> = (0..n_values).map(|_| rng.random()).collect();
            Tensor::<2>::from_data(TensorData::new(drawn, shape), &device)
        };
        let mut parameters = draw([n_values / 4, 4]);
        let mut state = None;
        for rate in rates {
            let gradients = draw([4, n_values / 4]);
            let gradients = gradients.sub_scalar(0.5).transpose(); // not contiguous, like those of a product
            (parameters, state) = optimizer.step(rate, parameters, gradients, state);
        }
        values(parameters).expect("the processor works")
    }
}
