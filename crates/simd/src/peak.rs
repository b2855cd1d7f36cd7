//! How many multiplications and additions the processor could do: what the speed of training is measured against.
#![expect(
    clippy::inline_always,
    reason = "vector instructions are used only where they are inlined into a function that was made for them"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use pulp::{Arch, Simd, WithSimd};

/// Registers that are multiplied and added to side by side: enough that none waits for another.
const N_SUMS: usize = 12;

/// Rounds between two looks at the clock: some microseconds.
const N_ROUNDS: usize = 1_000;

/// Parts of the time given; the median of their speeds counts, because clocks of virtual machines jump.
const N_PARTS: u32 = 5;

/// Multiplications and additions a second of f32, all threads together, with nothing read from memory.
///
/// They are counted one by one, a fused multiplication and addition as two.
#[must_use]
pub fn peak_flops(time: Duration) -> f64 {
    let part = time / N_PARTS;
    let mut speeds = [(); N_PARTS as usize].map(|()| {
        let of_threads = rayon::broadcast(|_| of_one_thread(part));
        of_threads.into_iter().sum::<f64>()
    });
    speeds.sort_by(f64::total_cmp);
    speeds[speeds.len() / 2]
}

fn of_one_thread(time: Duration) -> f64 {
    let arch = Arch::new();
    let (begun, mut n_flops) = (Instant::now(), 0);
    while begun.elapsed() < time {
        n_flops += black_box(arch.dispatch(Rounds));
    }
    n_flops as f64 / begun.elapsed().as_secs_f64()
}

/// Multiplies and adds, and tells how often.
struct Rounds;

impl WithSimd for Rounds {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> usize {
        let factor = simd.splat_f32s(black_box(0.999));
        let offset = simd.splat_f32s(black_box(0.001));
        let mut sums = [simd.splat_f32s(black_box(0.5)); N_SUMS];
        for _ in 0..N_ROUNDS {
            for sum in &mut sums {
                *sum = simd.mul_add_e_f32s(*sum, factor, offset);
            }
        }
        let total = sums.into_iter().fold(offset, |a, b| simd.add_f32s(a, b));
        black_box(simd.reduce_sum_f32s(total));
        2 * S::F32_LANES * N_SUMS * N_ROUNDS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_processor_does_more_than_one_thing_each_cycle() {
        let peak = peak_flops(Duration::from_millis(50));
        // The slowest that this can run on does hundreds of millions a second, the fastest has thousands of cores.
        assert!((1e7..1e16).contains(&peak), "{peak}");
    }
}
