//! Tensors in the memory of this machine, for operations that the program computes itself where the processor trains.
//!
//! It says which devices these operations are for, reads a tensor's numbers without a copy, and has an exponential
//! that loops can vectorise.

use burn::backend::tensor::FloatTensor;
use burn::backend::{DispatchDevice, Flex};
use burn::tensor::{Device, Shape, TensorData};

/// A tensor of Burn's processor backend.
pub type Numbers = FloatTensor<Flex>;

/// Gradients below this count as 0. Their squares vanish in f32, so no optimizer sees them; but products with them would
/// be subnormal, and those take a processor ten times as long.
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

/// A gradient, or 0 in the place of one that is too faint to matter.
#[inline]
#[must_use]
pub fn without_faint(value: f32) -> f32 {
    if value.abs() < FAINT { 0.0 } else { value }
}

/// `eˣ` for what is not positive, to two units in the last place; below −87, where f32 ends, `e⁻⁸⁷`. What is not a
/// number stays none. Without a call, so that loops over it are computed several values at a time.
///
/// `x = n ln 2 + r` with whole `n` leaves `|r| ≤ ½ ln 2`, where a polynomial does (Moshier, Cephes, `expf`).
#[inline(always)]
#[must_use]
pub fn exp_of_negative(x: f32) -> f32 {
    /// Added to a small number, this leaves its nearest whole number in the last bits.
    const ROUND: f32 = 12_582_912.0; // 1.5 · 2²³
    /// ln 2 in two parts, of which the first has few digits: its products with whole numbers are exact.
    const LN_2: [f32; 2] = [355.0 / 512.0, -2.121_944_4e-4];
    const POLYNOMIAL: [f32; 6] = [
        1.987_569_1e-4,
        1.398_199_9e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        1.666_666_5e-1,
        0.5,
    ];
    let x = if x < -87.0 { -87.0 } else { x };
    let rounded = x * std::f32::consts::LOG2_E + ROUND;
    let n = rounded - ROUND;
    let r = x - n * LN_2[0] - n * LN_2[1];
    let mut p = 0.0;
    for factor in POLYNOMIAL {
        p = p * r + factor;
    }
    let exponent = rounded.to_bits().wrapping_sub(ROUND.to_bits());
    let power = f32::from_bits(exponent.wrapping_add(127) << 23); // 2ⁿ
    (p * (r * r) + r + 1.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_right_to_two_units_in_the_last_place() {
        for step in 0..=870_000_u32 {
            let x = (-f64::from(step) * 1e-4) as f32;
            let exact = f64::from(x).exp();
            let error = (f64::from(exp_of_negative(x)) - exact).abs() / exact;
            assert!(error < 2.0 * f64::from(f32::EPSILON), "{x}: {error}");
        }
        assert!(exp_of_negative(f32::NAN).is_nan());
        assert!((0.0..1e-37).contains(&exp_of_negative(f32::NEG_INFINITY)));
    }
}
