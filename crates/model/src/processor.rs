//! Tensors in the memory of this machine, for operations that the program computes itself where the processor trains.
//!
//! It says which devices these operations are for, and reads a tensor's numbers without a copy.

use burn::backend::tensor::FloatTensor;
use burn::backend::{DispatchDevice, Flex};
use burn::tensor::{Device, Shape, TensorData};

/// A tensor of Burn's processor backend.
pub type Numbers = FloatTensor<Flex>;

/// Gradients, and what optimizers remember of them, count as 0 below this. Beside Adam's ε they move no weight; but
/// products with them would be subnormal, and those take a processor ten times as long.
const FAINT: f32 = 1e-30;

/// Whether a device is the processor, with gradients or without.
#[must_use]
pub fn is_processor(device: &Device) -> bool {
    match device.as_dispatch() {
        DispatchDevice::Flex(_) => true,
        DispatchDevice::Autodiff(device) => matches!(**device, DispatchDevice::Flex(_)),
        DispatchDevice::Cube(_) => false,
    }
}

/// The numbers of a contiguous tensor, without a copy.
///
/// # Panics
/// If it is not contiguous or not f32; the caller has made sure of both.
#[must_use]
pub fn numbers(tensor: &Numbers) -> &[f32] {
    tensor
        .as_slice()
        .expect("it was made contiguous, and has f32 as was seen to before")
}

/// A tensor of these numbers, without a copy.
#[must_use]
pub fn tensor(numbers: Vec<f32>, shape: impl Into<Shape>) -> Numbers {
    Numbers::from_data(TensorData::new(numbers, shape))
}

/// A gradient or a moment, or 0 in the place of one that is too faint to matter.
#[inline]
#[must_use]
pub fn without_faint(value: f32) -> f32 {
    if value.abs() < FAINT { 0.0 } else { value }
}
