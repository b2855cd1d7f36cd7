//! Drawing the weights of a layer by a rule.

use rand::distr::{Distribution, Uniform};
use rand::seq::index;
use rand::{Rng, RngExt};
use rayon::prelude::*;

use hourglass_experiment::{Initialization, InitializationKind};

/// How the weights of a layer meet its inputs and its units.
#[derive(Clone, Copy, Debug)]
pub struct Fans {
    /// Weights that meet at a unit.
    fan_in: usize,
    /// Weights that leave an input.
    fan_out: usize,
    /// Units, or maps of a convolution.
    n_units: usize,
    /// Whether the weights of a unit lie one after the other; otherwise those of an input do.
    by_unit: bool,
}

impl Fans {
    /// Weights `[inputs, units]`.
    pub fn of_dense(n_inputs: usize, n_units: usize) -> Self {
        Self {
            fan_in: n_inputs,
            fan_out: n_units,
            n_units,
            by_unit: false,
        }
    }

    /// Kernels `[outputs, inputs, side, side]` of `taps = side²` places.
    pub fn of_convolution(taps: usize, n_inputs: usize, n_outputs: usize) -> Self {
        Self {
            fan_in: taps * n_inputs,
            fan_out: taps * n_outputs,
            n_units: n_outputs,
            by_unit: true,
        }
    }

    fn n_weights(self) -> usize {
        self.fan_in * self.n_units
    }

    /// Where the weight between a unit and one of its inputs lies.
    fn place(self, unit: usize, input: usize) -> usize {
        if self.by_unit {
            unit * self.fan_in + input
        } else {
            input * self.n_units + unit
        }
    }
}

/// The weights of a layer, in the order in which its tensor has them.
pub fn weights(kind: InitializationKind, fans: Fans, rng: &mut impl Rng) -> Vec<f32> {
    let both = (fans.fan_in + fans.fan_out) as f32;
    let fan_in = fans.fan_in as f32;
    match kind {
        InitializationKind::GlorotUniform => uniform((6.0 / both).sqrt(), fans, rng),
        InitializationKind::GlorotNormal => normal((2.0 / both).sqrt(), fans, rng),
        InitializationKind::HeUniform => uniform((6.0 / fan_in).sqrt(), fans, rng),
        InitializationKind::HeNormal => normal((2.0 / fan_in).sqrt(), fans, rng),
        InitializationKind::Orthogonal => orthogonal(fans, rng),
        InitializationKind::Sparse => sparse(fans, rng),
    }
}

fn uniform(bound: f32, fans: Fans, rng: &mut impl Rng) -> Vec<f32> {
    let uniform = Uniform::new(-bound, bound).expect("the bound is finite and positive");
    uniform.sample_iter(rng).take(fans.n_weights()).collect()
}

fn normal(deviation: f32, fans: Fans, rng: &mut impl Rng) -> Vec<f32> {
    let weights = (0..fans.n_weights()).map(|_| deviation * standard_normal(rng) as f32);
    weights.collect()
}

/// Each unit's weights lie at inputs drawn without replacement.
fn sparse(fans: Fans, rng: &mut impl Rng) -> Vec<f32> {
    let mut weights = vec![0.0; fans.n_weights()];
    let n_incoming = Initialization::INCOMING.min(fans.fan_in);
    for unit in 0..fans.n_units {
        for input in index::sample(rng, fans.fan_in, n_incoming) {
            weights[fans.place(unit, input)] = standard_normal(rng) as f32;
        }
    }
    weights
}

/// The orthogonal factor of a matrix of normal numbers, the other one having a positive diagonal: every orthogonal
/// matrix is as likely as any other (Mezzadri 2007, section 5).
fn orthogonal(fans: Fans, rng: &mut impl Rng) -> Vec<f32> {
    let is_tall = fans.fan_in >= fans.n_units; // then there is room for the units' vectors side by side
    let (n_vectors, length) = if is_tall {
        (fans.n_units, fans.fan_in)
    } else {
        (fans.fan_in, fans.n_units)
    };
    let mut vectors: Vec<Vec<f64>> = (0..n_vectors)
        .map(|_| (0..length).map(|_| standard_normal(rng)).collect())
        .collect();
    // Gram and Schmidt, modified: what is common with the newest vector is taken off all later ones at once.
    for newest in 0..n_vectors {
        let (done, later) = vectors.split_at_mut(newest + 1);
        let base = &mut done[newest];
        let norm = dot(base, base).sqrt();
        for value in base.iter_mut() {
            *value /= norm;
        }
        let base = &*base;
        later.par_iter_mut().for_each(|vector| {
            let common = dot(vector, base);
            for (value, &of_base) in vector.iter_mut().zip(base) {
                *value -= common * of_base;
            }
        });
    }
    let mut weights = vec![0.0; fans.n_weights()];
    for (idx, vector) in vectors.iter().enumerate() {
        for (place, &value) in vector.iter().enumerate() {
            let (unit, input) = if is_tall { (idx, place) } else { (place, idx) };
            weights[fans.place(unit, input)] = value as f32;
        }
    }
    weights
}

/// Four sums side by side, so that the processor can add them at once.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (quads_a, rest_a) = a.as_chunks::<4>();
    let (quads_b, rest_b) = b.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for (a, b) in quads_a.iter().zip(quads_b) {
        for lane in 0..4 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f64 = rest_a.iter().zip(rest_b).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}

/// A draw from N(0, 1) (Box & Muller 1958).
fn standard_normal(rng: &mut impl Rng) -> f64 {
    let (length, angle): (f64, f64) = (rng.random(), rng.random());
    let length = (-2.0 * (1.0 - length).ln()).sqrt(); // 1 − u lies in (0, 1]
    length * (std::f64::consts::TAU * angle).cos()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;

    fn drawn(kind: InitializationKind, fans: Fans) -> Vec<f32> {
        weights(kind, fans, &mut Xoshiro256PlusPlus::seed_from_u64(3))
    }

    fn variance(values: &[f32]) -> f64 {
        let squares = values.iter().map(|&value| f64::from(value).powi(2));
        squares.sum::<f64>() / values.len() as f64
    }

    #[test]
    fn variances_are_those_of_the_papers() {
        let dense = Fans::of_dense(300, 100);
        let convolution = Fans::of_convolution(9, 32, 64);
        for (fans, fan_in, fan_out) in [(dense, 300.0, 100.0), (convolution, 288.0, 576.0)] {
            for (kind, expected) in [
                (InitializationKind::GlorotUniform, 2.0 / (fan_in + fan_out)),
                (InitializationKind::GlorotNormal, 2.0 / (fan_in + fan_out)),
                (InitializationKind::HeUniform, 2.0 / fan_in),
                (InitializationKind::HeNormal, 2.0 / fan_in),
            ] {
                let weights = drawn(kind, fans);
                let ratio = variance(&weights) / expected;
                assert!((ratio - 1.0).abs() < 0.04, "{kind:?}: {ratio}");
                let mean = weights.iter().sum::<f32>() / weights.len() as f32;
                assert!(f64::from(mean).abs() < 0.02 * expected.sqrt(), "{kind:?}");
            }
        }
    }

    #[test]
    fn a_normal_rule_draws_from_the_normal_distribution() {
        let weights = drawn(InitializationKind::HeNormal, Fans::of_dense(200, 500));
        let deviation = (2.0_f64 / 200.0).sqrt();
        let within = |n: f64| {
            let inside = |weight: &&f32| f64::from(weight.abs()) < n * deviation;
            weights.iter().filter(inside).count() as f64 / weights.len() as f64
        };
        assert!((within(1.0) - 0.6827).abs() < 0.006);
        assert!((within(2.0) - 0.9545).abs() < 0.003);
        assert!(within(3.0) < 1.0, "it has tails");
    }

    #[test]
    fn orthogonal_weights_have_orthonormal_rows_or_columns() {
        for fans in [
            Fans::of_dense(40, 24),
            Fans::of_dense(24, 40),
            Fans::of_dense(30, 30),
            Fans::of_convolution(9, 3, 8),
            Fans::of_convolution(9, 1, 16),
        ] {
            let weights = drawn(InitializationKind::Orthogonal, fans);
            let is_tall = fans.fan_in >= fans.n_units;
            let n_vectors = fans.fan_in.min(fans.n_units);
            let vector = |idx: usize| -> Vec<f64> {
                let length = fans.fan_in.max(fans.n_units);
                let place = |other| {
                    let (unit, input) = if is_tall { (idx, other) } else { (other, idx) };
                    fans.place(unit, input)
                };
                (0..length)
                    .map(|other| f64::from(weights[place(other)]))
                    .collect()
            };
            for a in 0..n_vectors {
                for b in 0..n_vectors {
                    let expected = f64::from(u8::from(a == b));
                    let product = dot(&vector(a), &vector(b));
                    assert!((product - expected).abs() < 1e-6, "{fans:?}: {a}, {b}");
                }
            }
        }
    }

    #[test]
    fn sparse_weights_are_fifteen_of_unit_variance_at_each_unit() {
        for fans in [Fans::of_dense(100, 400), Fans::of_convolution(9, 4, 300)] {
            let weights = drawn(InitializationKind::Sparse, fans);
            let mut places = vec![0_usize; fans.fan_in];
            for unit in 0..fans.n_units {
                let inputs =
                    (0..fans.fan_in).filter(|&input| weights[fans.place(unit, input)] != 0.0);
                let inputs: Vec<usize> = inputs.collect();
                assert_eq!(inputs.len(), 15);
                for input in inputs {
                    places[input] += 1;
                }
            }
            assert!(
                places.iter().all(|&n| n > 0),
                "every input is met by some unit"
            );
            let others: Vec<f32> = weights
                .into_iter()
                .filter(|weight| *weight != 0.0)
                .collect();
            assert!((variance(&others) - 1.0).abs() < 0.06);
        }
        let few = drawn(InitializationKind::Sparse, Fans::of_dense(8, 4));
        assert!(
            few.iter().all(|weight| *weight != 0.0),
            "all of fewer than 15"
        );
    }
}
