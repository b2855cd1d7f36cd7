//! The baselines on whole data sets: known values on MNIST, and what must hold of any digits.

use hourglass::analysis::code_moments::CodeMoments;
use hourglass::analysis::compression::{jpeg, png_bytes_per_image, quantise};
use hourglass::analysis::entropy::entropy_floor;
use hourglass::analysis::linear_probe::linear_probe;
use hourglass::analysis::neighbours::knn_accuracy;
use hourglass::analysis::pixel_pca::PixelPca;
use hourglass::analysis::subspace::largest_principal_angle;
use hourglass::data::Split;
use hourglass::experiment::{ImageShape, N_PIXELS};
use hourglass::protocol::DataSetId;

use super::data_sets::{small, whole};

/// Mean squared error per pixel on the test images of MNIST from the first axes of the training images.
const MNIST_PCA_MSE: [(usize, f64); 5] = [
    (2, 0.05567),
    (8, 0.03744),
    (16, 0.02686),
    (32, 0.01683),
    (64, 0.00905),
];

/// Entropy of the test images of MNIST, in nats per pixel.
const MNIST_ENTROPY: f64 = 0.05808;

/// All pixels of a split: `[n, 784]`.
fn bytes(split: &Split) -> Vec<u8> {
    let images = (0..split.len()).map(|idx| split.image(idx));
    images.collect::<Vec<_>>().concat()
}

/// The same as 0..1.
fn pixels(split: &Split) -> Vec<f32> {
    let bytes = bytes(split);
    bytes.iter().map(|&byte| f32::from(byte) / 255.0).collect()
}

#[test]
fn pca_of_all_training_images_reaches_the_known_errors() {
    let digits = whole();
    let pca = PixelPca::fit(&bytes(&digits.train), N_PIXELS).expect("there are images");
    let lost = pca.mse_per_pixel(&bytes(&digits.test));
    assert_eq!(lost.len(), N_PIXELS + 1);
    assert!(lost.windows(2).all(|pair| pair[0] >= pair[1]));
    assert!(lost[N_PIXELS] < 1e-12 && lost[0] > 0.01);
    if digits.id == DataSetId::MNIST {
        for (k, known) in MNIST_PCA_MSE {
            assert!((lost[k] - known).abs() < 1e-5, "{k} axes: {}", lost[k]);
        }
    }
    // The axes span their own plane, and are orthogonal to the axes after them.
    let axes = pca.axes(16);
    let own = largest_principal_angle(&axes, &axes, N_PIXELS, 16);
    assert!(own.expect("axes are orthogonal") < 1e-4);
    let both = pca.axes(32);
    let later: Vec<f32> = both
        .chunks_exact(32)
        .flat_map(|row| &row[16..])
        .copied()
        .collect();
    let other = largest_principal_angle(&axes, &later, N_PIXELS, 16);
    assert!(other.expect("axes are orthogonal") > 89.99);
}

#[test]
fn the_floor_of_the_cross_entropy_is_the_known_one() {
    let digits = whole();
    let floor = entropy_floor(&bytes(&digits.test));
    assert!((0.0..std::f64::consts::LN_2).contains(&floor));
    if digits.id == DataSetId::MNIST {
        assert!((floor - MNIST_ENTROPY).abs() < 1e-5, "{floor}");
    }
}

#[test]
fn classes_are_found_in_raw_pixels_and_in_codes_of_pca() {
    let digits = small(2_000, 1_000);
    let (train_labels, test_labels) = (digits.train.labels(), digits.test.labels());
    let (train, test) = (pixels(&digits.train), pixels(&digits.test));
    let neighbours = knn_accuracy(&train, train_labels, &test, test_labels, N_PIXELS, 5);
    let sizes = [N_PIXELS, 10];
    let probe = linear_probe(&train, train_labels, &test, test_labels, sizes, || true);
    // Chance is 0.1.
    assert!(neighbours.expect("finite") > 0.8, "{neighbours:?}");
    let probe = probe.expect("finite");
    assert!(probe.accuracy > 0.7 && probe.has_converged, "{probe:?}");

    let pca = PixelPca::fit(&bytes(&digits.train), N_PIXELS).expect("there are images");
    let train_codes = pca.codes(&bytes(&digits.train), 32);
    let test_codes = pca.codes(&bytes(&digits.test), 32);
    let in_codes = knn_accuracy(&train_codes, train_labels, &test_codes, test_labels, 32, 5);
    assert!(in_codes.expect("finite") > 0.8, "{in_codes:?}");
    let moments = CodeMoments::of(&train_codes, 32);
    for (variance, expected) in moments.variance.iter().zip(pca.variances()) {
        assert!((variance - expected).abs() < 1e-4 * expected);
    }
}

#[test]
fn eight_bits_a_unit_lose_little_and_files_cost_more() {
    let digits = small(2_000, 500);
    let (train, test) = (bytes(&digits.train), bytes(&digits.test));
    let pca = PixelPca::fit(&train, N_PIXELS).expect("there are images");
    let codes = pca.codes(&test, 32);
    let kept = quantise(&pca.codes(&train, 32), &codes, 32);
    let mse = |codes: &[f32]| -> f64 {
        let images = pca.reconstruct(codes, 32);
        let differences = images.iter().zip(&test);
        let squares =
            differences.map(|(value, &byte)| f64::from(value - f32::from(byte) / 255.0).powi(2));
        squares.sum::<f64>() / 392_000.0 // 500 images
    };
    assert!((mse(&codes) - pca.mse_per_pixel(&test)[32]).abs() < 1e-6);
    assert!(mse(&kept.codes) < 1.02 * mse(&codes));
    let [poor, _, good] = jpeg(&test, ImageShape::MNIST);
    assert!(kept.bytes_per_image < png_bytes_per_image(&test, ImageShape::MNIST));
    assert!(poor.bytes_per_image < good.bytes_per_image && poor.psnr_db + 3.0 < good.psnr_db);
}
