//! The objective by closed forms and finite differences, on the CPU.

use burn::tensor::{Device, Tensor, TensorData};
use hourglass::experiment::{
    Activation, Architecture, Corruption, Experiment, Objective, PresetId, Reconstruction,
    Sparsity, Term,
};
use hourglass::model::Autoencoder;
use hourglass::objective::{evaluate, reconstruction, sparsity};
use hourglass::train::{device, readback};
use proptest::prelude::*;

fn cpu() -> Device {
    device::cpu().device
}

fn matrix(values: &[f32], columns: usize) -> Tensor<2> {
    let rows = values.len() / columns;
    Tensor::from_data(TensorData::new(values.to_vec(), [rows, columns]), &cpu())
}

fn value(tensor: Tensor<1>) -> f64 {
    f64::from(readback::values(tensor).expect("read back")[0])
}

#[test]
fn squared_error_of_a_tiny_batch_is_exact() {
    // ((1−0)² + (2−2)² + (0−3)² + (1−1)²) / 4
    let error = reconstruction::mse(
        matrix(&[1.0, 2.0, 0.0, 1.0], 2),
        matrix(&[0.0, 2.0, 3.0, 1.0], 2),
    );
    assert!((value(error) - 2.5).abs() < 1e-6);
}

#[test]
fn l1_is_summed_over_units_and_averaged_over_the_batch() {
    let code = [1.0, -2.0, 0.0, 0.5, 0.5, 0.0]; // Σ|h| = 3 and 1
    let penalty = value(sparsity::l1(matrix(&code, 3), 0.1));
    assert!((penalty - 0.2).abs() < 1e-7);
    // The same λ means the same whatever the batch size.
    let twice: Vec<f32> = code.iter().chain(&code).copied().collect();
    assert!((value(sparsity::l1(matrix(&twice, 3), 0.1)) - penalty).abs() < 1e-7);
}

/// `−x ln σ(z) − (1 − x) ln(1 − σ(z))` in double precision.
fn cross_entropy(x: f64, z: f64) -> f64 {
    let softplus = |z: f64| z.max(0.0) + (-z.abs()).exp().ln_1p();
    x * softplus(-z) + (1.0 - x) * softplus(z)
}

#[test]
fn cross_entropy_stays_finite_and_exact_for_every_certainty() {
    for z in [-200.0_f32, -90.0, -20.0, -1.0, 0.0, 1e-3, 5.0, 60.0, 200.0] {
        for x in [0.0_f32, 0.25, 1.0] {
            let found = value(reconstruction::bce_from_logits(
                matrix(&[z], 1),
                matrix(&[x], 1),
            ));
            let expected = cross_entropy(x.into(), z.into());
            assert!(
                (found - expected).abs() < 1e-6 * expected.max(1.0),
                "x {x}, z {z}: {found}"
            );
        }
    }
}

proptest! {
    /// No reconstruction goes below the entropy of the target, and the target itself reaches it.
    #[test]
    fn cross_entropy_is_never_below_the_entropy_of_its_target(x in 0.02_f32..0.98, z in -12.0_f32..12.0) {
        let floor = cross_entropy(x.into(), f64::from(x / (1.0 - x)).ln());
        let of = |z: f32| value(reconstruction::bce_from_logits(matrix(&[z], 1), matrix(&[x], 1)));
        prop_assert!(of(z) >= floor - 1e-6);
        prop_assert!((of((x / (1.0 - x)).ln()) - floor).abs() < 1e-6);
    }
}

/// A small model of one kind, its loss as a function of its parameters' values.
fn experiment(activation: Activation, reconstruction: Reconstruction, l1: f32) -> Experiment {
    let id = match reconstruction {
        Reconstruction::Mse => PresetId::Vanilla64,
        Reconstruction::Bce => PresetId::Basic32,
    };
    let mut experiment = id.preset().experiment();
    let Architecture::Dense(dense) = &mut experiment.architecture;
    dense.hidden = vec![12];
    dense.code = 8;
    dense.hidden_activation = activation;
    dense.code_activation = activation;
    experiment.corruption = Corruption::None;
    experiment.objective = Objective {
        reconstruction,
        sparsity: if l1 == 0.0 {
            Sparsity::None
        } else {
            Sparsity::L1 { weight: l1 }
        },
    };
    experiment
}

/// The gradient with respect to the input agrees with central differences of the loss, for every activation,
/// reconstruction error and penalty: one check that goes through every layer and term.
///
/// With h = 1e-2 in single precision the truncation error is about h² and rounding about 1e-7/h, so that a
/// tenth of a per mille of the largest derivative plus 2e-5 is what can be asked for.
#[test]
fn gradients_agree_with_finite_differences() {
    for activation in Activation::ALL {
        for reconstruction in Reconstruction::ALL {
            for l1 in [0.0, 0.3] {
                check_gradient(&experiment(activation, reconstruction, l1));
            }
        }
    }
}

fn check_gradient(experiment: &Experiment) {
    /// Pixels whose derivative is compared.
    const PROBED: [usize; 6] = [0, 17, 200, 391, 500, 783];
    let device = cpu().autodiff();
    let model = Autoencoder::new(experiment, &device);
    let images: Vec<f32> = (0..2 * 784_u16)
        .map(|i| (f32::from(i) * 0.37).sin() * 0.5 + 0.5)
        .collect();
    let target: Vec<f32> = images.iter().map(|pixel| 1.0 - pixel).collect();
    let loss = |pixels: &[f32]| {
        let input = Tensor::<2>::from_data(TensorData::new(pixels.to_vec(), [2, 784]), &device);
        let target = Tensor::<2>::from_data(TensorData::new(target.clone(), [2, 784]), &device);
        let input = input.require_grad();
        let output = model.forward(input.clone());
        (
            evaluate(&experiment.objective, &output, target).objective,
            input,
        )
    };

    let (objective, input) = loss(&images);
    let gradient = input
        .grad(&objective.backward())
        .expect("the input is a leaf");
    let gradient = readback::values(gradient).expect("read back");
    let scale = gradient.iter().fold(0.0_f32, |max, g| max.max(g.abs()));
    assert!(scale > 0.0);

    let h = 1e-2_f32;
    let mut disagreements = Vec::new();
    for idx in PROBED {
        let at = |shift: f32| {
            let mut moved = images.clone();
            moved[idx] += shift;
            value(loss(&moved).0.inner())
        };
        let estimate = (at(h) - at(-h)) / f64::from(2.0 * h);
        let error = (estimate - f64::from(gradient[idx])).abs();
        if error >= 2e-5 + 1e-4 * f64::from(scale) {
            disagreements.push((idx, estimate, gradient[idx]));
        }
    }
    let allowed = if is_kinked(experiment) { 2 } else { 0 };
    assert!(
        disagreements.len() <= allowed,
        "{experiment:?}: (pixel, by differences, by gradients) {disagreements:?}"
    );
}

/// Whether a difference may straddle a kink, where the derivative jumps: `ReLU`'s, and |h| of any activation
/// that crosses zero. A pixel moves a unit by less than a thousandth, so few do.
fn is_kinked(experiment: &Experiment) -> bool {
    let activation = experiment.architecture.code_activation();
    let has_corner = matches!(activation, Activation::Relu | Activation::LeakyRelu);
    let crosses_zero = activation != Activation::Sigmoid;
    has_corner || (crosses_zero && experiment.objective.sparsity != Sparsity::None)
}

#[test]
fn the_objective_names_its_terms_in_order() {
    let device = cpu();
    let sparse = experiment(Activation::Sigmoid, Reconstruction::Mse, 0.1);
    let model = Autoencoder::new(&sparse, &device);
    let images = matrix(&[0.5; 784], 784);
    let terms = evaluate(&sparse.objective, &model.forward(images.clone()), images);
    let names: Vec<Term> = [Term::Objective]
        .into_iter()
        .chain(terms.parts.iter().map(|(term, _)| *term))
        .collect();
    assert_eq!(names, sparse.objective.terms());
}
