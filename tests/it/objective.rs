//! The objective by closed forms and finite differences, on the CPU.

use burn::module::{Module, ModuleMapper, Param, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::activation;
use burn::tensor::{Device, Distribution, Int, Tensor, TensorData};
use hourglass::experiment::{
    Activation, Adversarial, Architecture, Convolutional, Experiment, ImageShape, Kernels,
    LatentPrior, Layer, LayerLists, Objective, PresetId, Prior, Reconstruction, Sparsity, Term,
    Updates, Variational,
};
use hourglass::model::sigmoid::sigmoid;
use hourglass::model::{Autoencoder, Discriminator};
use hourglass::objective::{
    self, Pass, Terms, adversarial, classification, contraction, evaluate, penalties,
    reconstruction, variational,
};
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
    let penalty = value(penalties::l1(matrix(&code, 3), 0.1));
    assert!((penalty - 0.2).abs() < 1e-7);
    // The same λ means the same whatever the batch size.
    let twice: Vec<f32> = code.iter().chain(&code).copied().collect();
    assert!((value(penalties::l1(matrix(&twice, 3), 0.1)) - penalty).abs() < 1e-7);
}

/// `−x ln σ(z) − (1 − x) ln(1 − σ(z))` in double precision.
fn cross_entropy(x: f64, z: f64) -> f64 {
    let softplus = |z: f64| z.max(0.0) + (-z.abs()).exp().ln_1p();
    x * softplus(-z) + (1.0 - x) * softplus(z)
}

#[test]
fn the_logistic_function_on_all_threads_is_burns() {
    let device = cpu().autodiff();
    // More than one chunk, and not contiguous.
    let z = Tensor::<2>::random([130, 70], Distribution::Normal(0.0, 5.0), &device);
    let z = z.swap_dims(0, 1).detach().require_grad();
    let weights = Tensor::<2>::random([70, 130], Distribution::Default, &device);
    let of = |function: fn(Tensor<2>) -> Tensor<2>| {
        let outputs = function(z.clone());
        let grads = (outputs.clone() * weights.clone()).sum().backward();
        let by_z = z.grad(&grads).expect("z was asked for");
        [outputs.inner(), by_z].map(|found| readback::values(found).expect("read back"))
    };
    let [ours, burns] = [of(sigmoid), of(activation::sigmoid)];
    for (ours, burns) in ours.iter().flatten().zip(burns.iter().flatten()) {
        // Both are right to some units in the last place of 1.
        assert!((ours - burns).abs() < 3e-7, "{ours} is not {burns}");
    }
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

type Way = fn(Tensor<2>, Tensor<2>) -> Tensor<1>;

/// Three times a mean error, and its gradient by the outputs.
fn with_gradient(way: Way, outputs: &Tensor<2>, target: &Tensor<2>) -> (f64, Vec<f32>) {
    let outputs = outputs.clone().require_grad();
    let mean = way(outputs.clone(), target.clone()).mul_scalar(3.0);
    let gradient = outputs.grad(&mean.backward()).expect("it was asked for");
    (
        value(mean.inner()),
        readback::values(gradient).expect("read back"),
    )
}

/// Compares two ways to a mean error on outputs of this distribution, and their gradients by `check`.
fn compare_ways(ways: [Way; 2], outputs: Distribution, check: fn(&[f32], &[f32])) {
    let device = cpu().autodiff();
    for shape in [[1, 1], [3, 7], [64, 784]] {
        let outputs = Tensor::<2>::random(shape, outputs, &device);
        let target = Tensor::<2>::random(shape, Distribution::Default, &device);
        let [ours, theirs] = ways.map(|way| with_gradient(way, &outputs, &target));
        assert!(
            (ours.0 - theirs.0).abs() < 1e-5 * theirs.0,
            "{ours:?}, {theirs:?}"
        );
        check(&ours.1, &theirs.1);
    }
}

/// On the processor a mean is one operation with a gradient of its own; elsewhere it is many.
#[test]
fn squared_error_in_one_pass_is_that_of_the_operations_one_by_one() {
    let one_by_one = |outputs, target| reconstruction::squared_errors(outputs, target).mean();
    let outputs = Distribution::Normal(0.5, 1.0);
    compare_ways(
        [reconstruction::mse, one_by_one],
        outputs,
        |ours, theirs| {
            for (our, their) in ours.iter().zip(theirs) {
                assert!((our - their).abs() <= 1e-6 * their.abs(), "{our}, {their}");
            }
        },
    );
}

#[test]
fn cross_entropy_in_one_pass_is_that_of_the_operations_one_by_one() {
    let one_by_one = |logits, target| reconstruction::cross_entropies(logits, target).mean();
    let ways: [Way; 2] = [reconstruction::bce_from_logits, one_by_one];
    compare_ways(ways, Distribution::Normal(0.0, 8.0), |ours, theirs| {
        for (our, their) in ours.iter().zip(theirs) {
            // The gradient of each pixel, `3 (σ(z) − x) / n`, is a small difference of numbers near 1.
            let difference = f64::from((our - their).abs());
            let of_pixel = difference * ours.len() as f64;
            assert!(of_pixel <= 1e-6, "{our}, {their}");
        }
    });
}

#[test]
fn sure_pixels_leave_no_subnormal_gradients() {
    let device = cpu().autodiff();
    let logits = Tensor::<2>::full([1, 2], -95.0, &device).require_grad();
    let target = Tensor::zeros([1, 2], &device);
    let gradients = reconstruction::bce_from_logits(logits.clone(), target).backward();
    let gradient = logits.grad(&gradients).expect("it was asked for");
    assert_eq!(readback::values(gradient).expect("read back"), [0.0; 2]);
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

#[test]
fn weights_of_pixels_multiply_their_errors_and_gradients() {
    let logits = [0.5_f32, -1.0, 2.0, 0.0];
    let targets = [1.0_f32, 0.25, 0.5, 0.0];
    let weights = [2.0_f32, 0.0, 0.5, 1.0];
    let sigma = |z: f32| 1.0 / (1.0 + (-f64::from(z)).exp());
    for error in Reconstruction::ALL {
        let of = |idx: usize| {
            let (z, x) = (logits[idx], f64::from(targets[idx]));
            let (y, slope) = (sigma(z), sigma(z) * (1.0 - sigma(z)));
            match error {
                Reconstruction::Mse => [(y - x).powi(2), 2.0 * (y - x) * slope],
                Reconstruction::Bce => [cross_entropy(x, z.into()), y - x],
                Reconstruction::Mae => [(y - x).abs(), (y - x).signum() * slope],
            }
        };
        let device = cpu().autodiff();
        let tensor = |values: &[f32]| {
            Tensor::<2>::from_data(TensorData::new(values.to_vec(), [2, 2]), &device)
        };
        let input = tensor(&logits).require_grad();
        let activation = Activation::Sigmoid;
        let weighted = Some(tensor(&weights));
        let mean = objective::error(error, input.clone(), activation, tensor(&targets), weighted);
        let gradients = mean.backward();
        let gradient = input.grad(&gradients).expect("of the logits");
        let gradient = readback::values::<1>(gradient.flatten(0, 1)).expect("read back");
        let weight = |idx: usize| f64::from(weights[idx]) / 4.0;
        let expected: f64 = (0..4).map(|idx| weight(idx) * of(idx)[0]).sum();
        assert!((value(mean.inner()) - expected).abs() < 1e-6, "{error:?}");
        for (idx, &found) in gradient.iter().enumerate() {
            let expected = weight(idx) * of(idx)[1];
            let found = f64::from(found);
            assert!(
                (found - expected).abs() < 1e-6,
                "{error:?}: {found}, {expected}"
            );
        }
        // Without weights every pixel has weight 1.
        let plain = objective::error(error, tensor(&logits), activation, tensor(&targets), None);
        let expected: f64 = (0..4).map(|idx| of(idx)[0] / 4.0).sum();
        assert!((value(plain.inner()) - expected).abs() < 1e-6, "{error:?}");
    }
}

#[test]
fn absolute_error_of_a_tiny_batch_is_exact() {
    let error = reconstruction::mae(matrix(&[1.0, 2.0, 0.0, 1.0], 2), matrix(&[0.0; 4], 2));
    assert!((value(error) - 1.0).abs() < 1e-6);
}

#[test]
fn kl_sparsity_is_the_divergence_of_unit_means() {
    // Unit 0 has ρ̂ = 0.5, unit 1 has ρ̂ = ρ and costs nothing.
    let code = matrix(&[0.2, 0.1, 0.8, 0.1], 2);
    let expected = 0.1 * (0.1_f64 / 0.5).ln() + 0.9 * (0.9_f64 / 0.5).ln();
    assert!((value(penalties::kl_sparsity(code, 0.1, 3.0)) - 3.0 * expected).abs() < 1e-5);
    let of_means = penalties::kl_sparsity_of_means(&[0.5, 0.1], 0.1, 3.0);
    assert!((of_means - 3.0 * expected).abs() < 1e-7); // ρ is a single
}

#[test]
fn divergence_of_gaussians_has_its_closed_form() {
    // ½ (μ² + σ² − ln σ² − 1) for (μ, σ²) = (0, 1), (2, 1), (0, 4).
    let kl = |mean: f32, log_variance: f32| {
        value(variational::kl(
            matrix(&[mean], 1),
            matrix(&[log_variance], 1),
        ))
    };
    assert!(kl(0.0, 0.0).abs() < 1e-7);
    assert!((kl(2.0, 0.0) - 2.0).abs() < 1e-6);
    assert!((kl(0.0, 4.0_f32.ln()) - 0.5 * (3.0 - 4.0_f64.ln())).abs() < 1e-6);
    // Summed over units, averaged over images; capacity and β as they say.
    let of_two = variational::kl(matrix(&[2.0, 0.0, 0.0, 0.0], 2), matrix(&[0.0; 4], 2));
    assert!((value(of_two.clone()) - 1.0).abs() < 1e-6);
    let prior = Variational {
        beta: 3.0,
        capacity: 5.0,
        ..Variational::PLAIN
    };
    assert!((value(variational::weighted(of_two.clone(), &prior, 0.0)) - 12.0).abs() < 1e-5);
    // C has risen to 2 nats after four of ten epochs: 3 |1 − 2|; at the start the divergence is what it is.
    let rising = Variational {
        capacity_epochs: 10.0,
        ..prior
    };
    let at = |epoch| value(variational::weighted(of_two.clone(), &rising, epoch));
    let found = [at(0.0), at(4.0), at(10.0), at(50.0)];
    for (found, expected) in found.into_iter().zip([3.0, 3.0, 12.0, 12.0]) {
        assert!((found - expected).abs() < 1e-5, "{found}, not {expected}");
    }
}

#[test]
fn a_discriminator_that_cannot_tell_pays_two_ln_two() {
    let equal = matrix(&[0.0; 8], 1);
    let both = adversarial::discriminator(equal.clone(), equal.clone());
    assert!((value(both) - 2.0 * 2.0_f64.ln()).abs() < 1e-6);
    assert!((value(adversarial::generator(equal)) - 2.0_f64.ln()).abs() < 1e-6);
    let (samples, codes) = (matrix(&[3.0, -1.0], 1), matrix(&[-2.0, -2.0], 1));
    assert!((value(adversarial::accuracy(samples, codes)) - 75.0).abs() < 1e-5);
}

#[test]
fn classes_are_told_by_the_largest_logit() {
    let logits = matrix(&[2.0, 0.0, 0.0, 1.0, 1.5, 0.0], 2);
    let labels = TensorData::new(vec![0_i32, 1, 1], [3, 1]);
    let labels = Tensor::<2, Int>::from_data(labels, &cpu());
    let error = value(classification::error_percent(
        logits.clone(),
        labels.clone(),
    ));
    assert!((error - 100.0 / 3.0).abs() < 1e-4);
    let softplus = |z: f64| z.exp().ln_1p();
    let expected = (softplus(-2.0) + softplus(-1.0) + softplus(1.5)) / 3.0;
    let found = value(classification::cross_entropy(logits, labels));
    assert!((found - expected).abs() < 1e-6);
}

proptest! {
    #[test]
    fn divergences_are_never_negative(mean in -6.0_f32..6.0, log_variance in -8.0_f32..4.0, rho in 0.01_f32..0.99, h in 0.01_f32..0.99) {
        let kl = value(variational::kl(matrix(&[mean], 1), matrix(&[log_variance], 1)));
        prop_assert!(kl >= -1e-5, "{kl}");
        let sparse = value(penalties::kl_sparsity(matrix(&[h], 1), rho, 1.0));
        prop_assert!(sparse >= -1e-5, "{sparse}");
    }
}

/// The Jacobian, column by column, by central differences in double steps.
fn explicit_jacobian_norm(model: &Autoencoder, image: &[f32]) -> f64 {
    const H: f32 = 1e-2;
    let rows: Vec<f32> = (0..784)
        .flat_map(|pixel| {
            [H, -H].into_iter().flat_map(move |shift| {
                let mut moved = image.to_vec();
                moved[pixel] += shift;
                moved
            })
        })
        .collect();
    let codes = model.encode(matrix(&rows, 784));
    let [_, size] = codes.dims();
    let codes = readback::values(codes).expect("read back");
    codes
        .chunks_exact(2 * size)
        .map(|pair| {
            let (plus, minus) = pair.split_at(size);
            let slopes = plus.iter().zip(minus);
            slopes
                .map(|(a, b)| f64::from((a - b) / (2.0 * H)).powi(2))
                .sum::<f64>()
        })
        .sum()
}

/// A model, an image, and the pass of the image through it.
#[test]
fn contraction_agrees_with_an_explicit_jacobian() {
    let image: Vec<f32> = (0..784_u16)
        .map(|i| (f32::from(i) * 0.11).sin().abs())
        .collect();
    for activation in [
        Activation::Linear,
        Activation::Sigmoid,
        Activation::Tanh,
        Activation::Relu,
        Activation::LeakyRelu,
        Activation::Elu,
    ] {
        let mut experiment = PresetId::Vanilla64.preset().experiment();
        let dense = experiment.architecture.as_dense_mut().expect("dense");
        dense.code_activation = activation;
        let model = Autoencoder::new(&experiment, &cpu());
        let images = matrix(&image, 784);
        let code = model.encode(images.clone());
        let found = contraction::jacobian_norm(&model, images, code, None);
        let found = value(found.expect("a closed form"));
        let expected = explicit_jacobian_norm(&model, &image);
        let error = (found - expected).abs() / expected;
        assert!(error < 2e-3, "{activation:?}: {found} for {expected}");
    }
}

#[test]
fn the_estimate_of_a_deep_encoders_jacobian_is_right_on_average() {
    let image: Vec<f32> = (0..784_u16)
        .map(|i| (f32::from(i) * 0.11).sin().abs())
        .collect();
    let mut experiment = PresetId::Vanilla64.preset().experiment();
    let dense = experiment
        .architecture
        .as_dense_mut()
        .expect("a dense preset");
    dense.hidden = vec![32];
    dense.hidden_activation = Activation::Tanh;
    let model = Autoencoder::new(&experiment, &cpu());
    let n = 2000;
    let directions =
        hourglass::data::noise::normals(1, hourglass::experiment::Stream::Contraction, 0, n, 784);
    let directions = matrix(&directions, 784);
    let images = matrix(&image, 784).repeat_dim(0, n);
    let code = model.encode(images.clone());
    let found = contraction::jacobian_norm(&model, images, code, Some(directions));
    let found = value(found.expect("directions were given"));
    let expected = explicit_jacobian_norm(&model, &image);
    // The estimate of one direction has a relative spread below 1; 2,000 of them one of a few per cent.
    assert!(
        (found - expected).abs() / expected < 0.06,
        "{found} for {expected}"
    );
}

/// `‖∂h/∂x‖²_F` by backpropagation of each unit of the code in turn: exact, and by other operations than
/// [`contraction`]'s.
fn backpropagated_jacobian_norm(experiment: &Experiment, image: &[f32]) -> f64 {
    let device = cpu().autodiff();
    let model = Autoencoder::new(experiment, &device);
    // A row of the image for each unit, whose gradient goes into its own row.
    let size = experiment.architecture.code_size();
    let data = TensorData::new(image.repeat(size), [size, image.len()]);
    let input = Tensor::<2>::from_data(data, &device).require_grad();
    let own = model.encode(input.clone()) * Tensor::eye(size, &device); // [code, code]
    let grads = own.sum().backward();
    let slopes = input.grad(&grads).expect("the code depends on the image");
    let slopes = readback::values(slopes).expect("read back");
    slopes.iter().map(|&slope| f64::from(slope).powi(2)).sum()
}

/// `‖∂h/∂x‖²_F` from derivatives along each pixel in turn.
fn summed_jacobian_norm(experiment: &Experiment, image: &[f32]) -> f64 {
    let model = Autoencoder::new(experiment, &cpu());
    let n_pixels = image.len();
    let pixels = Tensor::<2>::eye(n_pixels, &cpu());
    let images = matrix(image, n_pixels).repeat_dim(0, n_pixels);
    n_pixels as f64 * value(contraction::estimate(&model, images, pixels))
}

/// A stroke on a flat background, on which every window of a pool that does not meet the stroke is a tie.
fn stroke() -> Vec<f32> {
    let is_stroke = |pixel: usize| (8..20).contains(&(pixel / 28)) && pixel % 28 == 13;
    (0..784)
        .map(|pixel| if is_stroke(pixel) { 0.7 } else { 0.0 })
        .collect()
}

#[test]
fn derivatives_along_all_pixels_add_up_to_the_backpropagated_jacobian() {
    let image: Vec<f32> = (0..784_u16)
        .map(|i| (f32::from(i) * 0.11).sin().abs())
        .collect();
    for activation in Activation::ALL {
        for architecture in [
            dense(&[12], activation, false),
            convolutional(&[2, 3], Some(5), activation),
            convolutional(&[2, 2, 2], None, activation), // 7 pools to 4
            strided(activation),                         // pools before its activation
        ] {
            let experiment = experiment(architecture, Reconstruction::Mse);
            for image in [image.clone(), stroke()] {
                let expected = backpropagated_jacobian_norm(&experiment, &image);
                let found = summed_jacobian_norm(&experiment, &image);
                // Single precision, and up to 784 · 288 squares.
                let error = (found - expected).abs() / expected.max(1e-12);
                assert!(
                    error < 1e-4,
                    "{activation:?}, {}: {found} for {expected}",
                    experiment.architecture.summary()
                );
            }
        }
    }
}

/// Along random directions, a difference quotient of one side adds the largest of what a step adds wherever the pool is
/// tied, which was ten times the Jacobian on a flat background.
#[test]
fn ties_of_a_pool_add_nothing_to_the_estimated_jacobian() {
    let architecture = convolutional(&[8, 8], None, Activation::Relu);
    let mut experiment = experiment(architecture, Reconstruction::Mse);
    let image = stroke();
    experiment.seed = 3;
    let expected = backpropagated_jacobian_norm(&experiment, &image);
    let n = 1_000;
    let directions =
        hourglass::data::noise::normals(1, hourglass::experiment::Stream::Contraction, 0, n, 784);
    let model = Autoencoder::new(&experiment, &cpu());
    let images = matrix(&image, 784).repeat_dim(0, n);
    let found = contraction::estimate(&model, images, matrix(&directions, 784));
    let found = value(found);
    // One direction has a relative spread below √2, a thousand of them one below 5 %.
    let error = (found - expected).abs() / expected;
    assert!(error < 0.1, "{found} for {expected}");
}

/// A small model of one kind.
fn experiment(architecture: Architecture, reconstruction: Reconstruction) -> Experiment {
    let mut experiment = PresetId::Vanilla64.preset().experiment();
    experiment.architecture = architecture;
    experiment.objective.reconstruction = reconstruction;
    experiment
}

fn dense(hidden: &[usize], activation: Activation, tied: bool) -> Architecture {
    Architecture::Dense(hourglass::experiment::Dense {
        image: ImageShape::MNIST,
        hidden: hidden.to_vec(),
        code: 6,
        hidden_activation: activation,
        code_activation: activation,
        output_activation: Activation::Sigmoid,
        tied,
    })
}

fn convolutional(
    channels: &[usize],
    bottleneck: Option<usize>,
    activation: Activation,
) -> Architecture {
    Architecture::Convolutional(Convolutional {
        image: ImageShape::MNIST,
        channels: channels.to_vec(),
        bottleneck,
        hidden_activation: activation,
        code_activation: activation,
        output_activation: Activation::Sigmoid,
    })
}

/// A list whose convolution takes every second position and pools before its activation.
fn strided(smooth: Activation) -> Architecture {
    let activation = Layer::activation(smooth);
    let strided = Layer::Convolution(Kernels {
        channels: 2,
        kernel: 5,
        stride: 2,
        padding: 1,
    });
    Architecture::Layers(LayerLists {
        image: ImageShape::MNIST,
        output_activation: smooth,
        encoder: vec![
            strided,
            Layer::Pool {},
            activation,
            Layer::Flatten {},
            Layer::Dense { units: 6 },
        ],
        decoder: vec![Layer::Dense { units: 784 }],
    })
}

#[test]
fn gradients_agree_with_finite_differences_for_every_output() {
    for activation in Activation::ALL {
        let mut experiment = experiment(dense(&[], Activation::Tanh, false), Reconstruction::Mse);
        *experiment.architecture.output_activation_mut() = activation;
        check_gradient(&experiment);
    }
}

#[test]
fn gradients_agree_with_finite_differences_for_every_activation_and_loss() {
    for activation in Activation::ALL {
        for reconstruction in Reconstruction::ALL {
            check_gradient(&experiment(dense(&[12], activation, false), reconstruction));
        }
    }
}

#[test]
fn gradients_agree_with_finite_differences_for_every_layer_kind() {
    let smooth = Activation::Tanh;
    for architecture in [
        dense(&[], smooth, false),
        dense(&[10, 8], smooth, true), // tied weights
        dense(&[1000], smooth, false), // wider than the input
        convolutional(&[2], None, smooth),
        convolutional(&[2, 3], Some(5), smooth),
        convolutional(&[2, 2, 2], None, smooth), // 7 pools to 4, and 8 is cut to 7
        strided(smooth),
    ] {
        check_gradient(&experiment(architecture, Reconstruction::Mse));
    }
}

/// Three channels in and three out, on sides that pools do not divide.
#[test]
fn gradients_agree_with_finite_differences_for_images_in_colour() {
    let image = ImageShape {
        height: 9,
        width: 14,
        channels: 3,
    };
    let smooth = Activation::Tanh;
    let mut architectures = [
        dense(&[10], smooth, false),
        convolutional(&[2], None, smooth),
        convolutional(&[3, 2], Some(5), smooth),
    ];
    for architecture in &mut architectures {
        match architecture {
            Architecture::Dense(dense) => dense.image = image,
            Architecture::Convolutional(convolutional) => convolutional.image = image,
            Architecture::Layers(_) => unreachable!("none of these"),
        }
        assert_eq!(architecture.image(), image);
        for reconstruction in [Reconstruction::Mse, Reconstruction::Bce] {
            check_gradient(&experiment(architecture.clone(), reconstruction));
        }
    }
    let mut variational = experiment(dense(&[12], smooth, false), Reconstruction::Bce);
    variational.architecture = architectures[0].clone();
    if let Some(dense) = variational.architecture.as_dense_mut() {
        dense.code_activation = Activation::Linear;
    }
    variational.objective.prior = Prior::Variational(Variational::PLAIN);
    assert_eq!(variational.problems(), []);
    check_gradient(&variational);
}

#[test]
fn gradients_agree_with_finite_differences_for_every_term() {
    let base = |activation| experiment(dense(&[12], activation, false), Reconstruction::Mse);
    let mut l1 = base(Activation::Sigmoid);
    l1.objective.sparsity = Sparsity::L1 { weight: 0.3 };
    let mut kl = base(Activation::Sigmoid);
    kl.objective.sparsity = Sparsity::Kl {
        target: 0.1,
        weight: 0.5,
    };
    let mut closed = experiment(dense(&[], Activation::Sigmoid, false), Reconstruction::Mse);
    closed.objective.contraction = 0.1;
    let mut estimated = base(Activation::Tanh);
    estimated.objective.contraction = 0.1;
    let mut bound = base(Activation::Linear);
    bound.objective.prior = Prior::Variational(Variational {
        beta: 2.0,
        likelihood_sigma: 0.7,
        ..Variational::PLAIN
    });
    let mut bernoulli = bound.clone();
    bernoulli.objective.reconstruction = Reconstruction::Bce;
    let mut adversarial = base(Activation::Linear);
    adversarial.objective.prior = Prior::Adversarial(Adversarial {
        distribution: LatentPrior::Gaussian,
        updates: Updates::OneStep { weight: 5.0 },
        discriminator_learning_rate: 1e-3,
    });
    for experiment in [l1, kl, closed, estimated, bound, bernoulli, adversarial] {
        assert_eq!(experiment.problems(), []);
        check_gradient(&experiment);
    }
}

/// A small experiment that minimises a term, with the first code that it takes.
fn with_part(term: Term) -> Option<Experiment> {
    let objective = Objective::example(term)?;
    let fitting = [Activation::Sigmoid, Activation::Linear].map(|activation| {
        let mut experiment = experiment(dense(&[12], activation, false), Reconstruction::Mse);
        experiment.objective = objective;
        experiment
    });
    let found = fitting.into_iter().find(|it| it.problems().is_empty());
    Some(found.expect("one of these codes fits"))
}

/// Every term that there is, whatever its weight: its share is scaled to be about 1 beside the objective, which gives
/// those parameters a gradient that it does not depend on.
#[test]
fn the_gradient_of_every_term_agrees_with_finite_differences() {
    for term in Term::all() {
        let Some(experiment) = with_part(term) else {
            continue;
        };
        let device = cpu().autodiff();
        let model = Autoencoder::new(&experiment, &device);
        let part = terms(&experiment, &model, &device).parts.remove(&term);
        let size = value(part.expect("evaluated").inner()).abs();
        check_gradient_of(&experiment, |mut terms| {
            let part = terms.parts.remove(&term).expect("evaluated");
            terms.objective + part.div_scalar(size as f32)
        });
    }
}

#[test]
fn two_phases_add_nothing_to_the_reconstruction_error() {
    let mut plain = experiment(dense(&[12], Activation::Linear, false), Reconstruction::Mse);
    let apart = with_part(Term::GeneratorLoss).expect("an example");
    plain.architecture = apart.architecture.clone();
    let device = cpu().autodiff();
    let model = Autoencoder::new(&apart, &device);
    let [of_plain, of_two_phases] =
        [&plain, &apart].map(|of| terms(of, &model, &device).objective.inner());
    let [plain, two_phases] = [of_plain, of_two_phases].map(value);
    assert_eq!(plain.to_bits(), two_phases.to_bits());
}

#[test]
fn every_term_is_evaluated_and_the_objective_adds_up_its_parts() {
    for term in Term::all() {
        let Some(experiment) = with_part(term) else {
            continue;
        };
        let device = cpu().autodiff();
        let model = Autoencoder::new(&experiment, &device);
        let found = terms(&experiment, &model, &device);
        assert!(found.parts.contains_key(&term), "{term:?} has no value");
        let parts = found.parts.iter().filter(|(term, _)| term.is_part());
        let sum: f64 = parts.map(|(_, part)| value(part.clone().inner())).sum();
        let objective = value(found.objective.inner());
        assert!((sum - objective).abs() < 1e-5 * objective.abs(), "{term:?}");
    }
}

/// One number of a parameter, found by its name and place, moved by a little.
struct Nudge {
    id: ParamId,
    place: usize,
    shift: f32,
}

impl ModuleMapper for Nudge {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        if param.id != self.id {
            return param;
        }
        param.map(|own| {
            let shape = own.dims();
            let device = own.device();
            let mut values = readback::values(own.inner()).expect("read back");
            values[self.place] += self.shift;
            Tensor::from_data(TensorData::new(values, shape), &device).require_grad()
        })
    }
}

/// The terms of a fixed batch under a model.
fn terms(experiment: &Experiment, model: &Autoencoder, device: &Device) -> Terms {
    let noise = |stream, width: usize| {
        let values = hourglass::data::noise::normals(3, stream, 0, 3, width);
        Tensor::<2>::from_data(TensorData::new(values, [3, width]), device)
    };
    let n_values = experiment.architecture.image().n_values();
    let images: Vec<f32> = (0..3 * n_values)
        .map(|i| (i as f32 * 0.37).sin() * 0.5 + 0.5)
        .collect();
    let images = Tensor::<2>::from_data(TensorData::new(images, [3, n_values]), device);
    let target = images.clone().neg().add_scalar(1.0).mul_scalar(0.8);
    let stream = hourglass::experiment::Stream::Latent;
    let latent = noise(stream, experiment.architecture.code_size());
    let discriminator = Discriminator::new(experiment, device);
    let pass = Pass {
        model,
        input: images.clone(),
        output: model.forward_sampled(images, Some(latent)),
        weights: None,
        epoch: 0.0,
        directions: Some(noise(hourglass::experiment::Stream::Contraction, n_values)),
        discriminator: Some(&discriminator),
    };
    evaluate(&experiment.objective, &pass, target)
}

/// The gradient with respect to numbers of every parameter agrees with central differences of the loss: one
/// check that goes through every layer and term.
///
/// With h = 1e-2 in single precision the truncation error is about h² and rounding about 1e-7 of the loss over
/// h, so that half a per cent of the largest derivative of the parameter and some roundings are what can be
/// asked for. A step over a kink of `ReLU`, pooling or |·| changes a difference for good: one number in ten
/// may disagree.
fn check_gradient(experiment: &Experiment) {
    check_gradient_of(experiment, |terms| terms.objective);
}

/// The same of something else that is made from an experiment's terms.
fn check_gradient_of(experiment: &Experiment, of: impl Fn(Terms) -> Tensor<1>) {
    const H: f32 = 1e-2;
    let device = cpu().autodiff();
    let loss = |experiment: &Experiment, model: &Autoencoder, device: &Device| {
        of(terms(experiment, model, device))
    };
    let model = Autoencoder::new(experiment, &device);
    let objective = loss(experiment, &model, &device);
    let size = value(objective.clone().inner()).abs();
    let gradients = GradientsParams::from_grads(objective.backward(), &model);
    let parameters = readback::parameters(&model).expect("read back");
    assert!(parameters.len() >= 3);
    let (mut n_checked, mut disagreements) = (0, Vec::new());
    for parameter in &parameters {
        let gradient = gradient_of(&gradients, parameter.id, parameter.shape.len());
        let scale = gradient.iter().fold(0.0_f32, |max, g| max.max(g.abs()));
        for place in [0, gradient.len() / 3, gradient.len() - 1] {
            let at = |shift: f32| {
                let id = parameter.id;
                let moved = model.clone().map(&mut Nudge { id, place, shift });
                value(loss(experiment, &moved, &device).inner())
            };
            let estimate = (at(H) - at(-H)) / f64::from(2.0 * H);
            let error = (estimate - f64::from(gradient[place])).abs();
            n_checked += 1;
            if error > 5e-3 * f64::from(scale) + 2e-5 * size.max(1.0) + 1e-6 {
                disagreements.push((parameter.id, place, estimate, gradient[place]));
            }
        }
    }
    assert!(
        disagreements.len() * 10 <= n_checked,
        "{experiment:?}: (parameter, place, by differences, by gradients) {disagreements:?}"
    );
}

fn gradient_of(gradients: &GradientsParams, id: ParamId, n_dims: usize) -> Vec<f32> {
    let flat = match n_dims {
        1 => gradients.get::<1>(id).map(readback::values),
        2 => gradients.get::<2>(id).map(readback::values),
        _ => gradients.get::<4>(id).map(readback::values),
    };
    flat.expect("every parameter has a gradient")
        .expect("read back")
}

#[test]
fn the_objective_names_its_terms_in_order_and_adds_them_up() {
    let device = cpu().autodiff();
    let mut everything = experiment(dense(&[12], Activation::Linear, false), Reconstruction::Bce);
    everything.objective.sparsity = Sparsity::L1 { weight: 0.1 };
    everything.objective.contraction = 0.1;
    everything.objective.prior = Prior::Variational(Variational::PLAIN);
    let model = Autoencoder::new(&everything, &device);
    let images = Tensor::<2>::full([2, 784], 0.5, &device);
    let pass = Pass {
        model: &model,
        input: images.clone(),
        output: model.forward_sampled(images.clone(), None),
        weights: None,
        epoch: 0.0,
        directions: Some(Tensor::ones([2, 784], &device)),
        discriminator: None,
    };
    let terms = evaluate(&everything.objective, &pass, images);
    let names: Vec<Term> = [Term::Objective]
        .into_iter()
        .chain(terms.parts.keys().copied())
        .collect();
    assert_eq!(names, everything.objective.terms());
    let parts = terms.parts.iter().filter(|(term, _)| term.is_part());
    let sum: f64 = parts.map(|(_, part)| value(part.clone().inner())).sum();
    assert!((sum - value(terms.objective.inner())).abs() < 1e-3);
}
