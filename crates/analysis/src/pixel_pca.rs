//! Exact PCA of images: what the best linear autoencoder of each size reaches.
//!
//! A linear autoencoder with `k` units that minimises the mean squared error ends in the plane of the first
//! `k` principal axes (Baldi & Hornik, 1989, *Neural Networks* 2, 53), and by the theorem of Eckart and Young
//! no other linear code of that size comes closer to the images it was fitted on.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par, Side};
use rayon::prelude::*;

/// White, as a byte.
const WHITE: f64 = 255.0;

/// Images multiplied at once. Bytes and sums of up to 258 products of two bytes are whole numbers below
/// 2²⁴, which single precision holds exactly; so the covariance has no rounding error, and the order in
/// which threads finish changes nothing.
const IMAGES_PER_EXACT_PRODUCT: usize = 256;

/// Columns of the covariance that a thread works out at once: few enough that all threads have some, many enough that
/// bytes are seldom turned into numbers.
const COLUMNS_PER_TASK: usize = 128;

/// Images projected at once: 3 MB of doubles, about a core's cache.
const IMAGES_PER_PROJECTION: usize = 512;

/// Mean, principal axes and variances of images scaled to 0..1, all of them and in double precision.
#[derive(Clone, Debug)]
pub struct PixelPca {
    /// Mean image: `[pixels]`.
    mean: Vec<f64>,
    /// Unit vectors along the axes, column by column, by falling variance: `[pixels, axes]`.
    axes: Mat<f64>,
    /// Variance along each axis, falling: `[axes]`.
    variances: Vec<f64>,
}

/// Variance below which there is none, as a share of the largest: what rounding leaves of fewer images than pixels.
const NO_VARIANCE: f64 = 1e-12;

impl PixelPca {
    /// Finds mean and axes of images `[n, pixels]` of 0..255, from the eigenvectors of their covariance
    /// `Σ (x − m)(x − m)ᵀ / n`.
    ///
    /// There are as many axes as pixels, and of fewer images than pixels as many as these images vary along: they are
    /// found from the products of the images then, which are fewer.
    ///
    /// None of no images. The same bytes give the same axes, whatever the number of threads. 60,000 images of 784 pixels
    /// take about a second on two cores, 8,000 of 3,072 about 14, 500 of these a fifth of one.
    #[must_use]
    pub fn fit(train: &[u8], n_pixels: usize) -> Option<Self> {
        if n_pixels > 0 && train.len() / n_pixels < n_pixels {
            return Self::of_few(train, n_pixels);
        }
        let sums = Sums::over(train, n_pixels)?;
        let n_images = (train.len() / n_pixels) as f64;
        let means: Vec<f64> = sums.pixels.iter().map(|sum| sum / n_images).collect();
        let covariance = Mat::from_fn(n_pixels, n_pixels, |row, column| {
            // The eigenvectors are found from what lies below the diagonal.
            (sums.product(row, column) / n_images - means[row] * means[column]) / (WHITE * WHITE)
        });
        let eigen = covariance.self_adjoint_eigen(Side::Lower).ok()?;
        Some(Self {
            mean: means.iter().map(|mean| mean / WHITE).collect(),
            axes: eigen.U().reverse_cols().to_owned(), // eigenvalues rise: the largest are last
            variances: (0..n_pixels)
                .rev()
                .map(|idx| eigen.S()[idx].max(0.0))
                .collect(),
        })
    }

    /// From the eigenvectors `u` of `C Cᵀ / n` with the centred images in the rows of `C`: the axes are `Cᵀ u / √(n λ)`,
    /// and the eigenvalues `λ` the same (Turk and Pentland 1991, *Journal of Cognitive Neuroscience* 3, 71).
    fn of_few(train: &[u8], n_pixels: usize) -> Option<Self> {
        let n_images = train.len() / n_pixels;
        if n_images == 0 {
            return None;
        }
        let sums = sums_of_pixels(train, n_pixels);
        let mean: Vec<f64> = sums
            .iter()
            .map(|sum| sum / n_images as f64 / WHITE)
            .collect();
        let centred = centred(train, &mean);
        let centred = MatRef::from_row_major_slice(&centred, n_images, n_pixels);
        let products = centred * centred.transpose();
        let products = Mat::from_fn(n_images, n_images, |row, column| {
            products[(row, column)] / n_images as f64
        });
        let eigen = products.self_adjoint_eigen(Side::Lower).ok()?;
        let variances: Vec<f64> = (0..n_images).rev().map(|idx| eigen.S()[idx]).collect();
        let least = NO_VARIANCE
            * variances
                .first()
                .copied()
                .unwrap_or(0.0)
                .max(f64::MIN_POSITIVE);
        let n_axes = variances
            .iter()
            .take_while(|variance| **variance > least)
            .count();
        let directions = eigen.U().reverse_cols().subcols(0, n_axes);
        let mut axes = centred.transpose() * directions;
        for axis in 0..n_axes {
            // Rounding makes them a little longer or shorter than one.
            let length = axes.col(axis).norm_l2();
            for value in axes.col_as_slice_mut(axis) {
                *value /= length;
            }
        }
        Some(Self {
            mean,
            axes,
            variances: variances[..n_axes].to_vec(),
        })
    }

    fn n_pixels(&self) -> usize {
        self.mean.len()
    }

    /// Axes that there are.
    #[must_use]
    pub fn n_axes(&self) -> usize {
        self.variances.len()
    }

    /// Mean image, 0..1: `[pixels]`.
    #[must_use]
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// Variance of the training images along each axis, falling: `[axes]`. Together they are the variance of
    /// an image, the sum over its pixels.
    #[must_use]
    pub fn variances(&self) -> &[f64] {
        &self.variances
    }

    /// The first `k` axes as the columns of `[pixels, k]`, row by row: where a decoder has its weights.
    ///
    /// # Panics
    /// When there are not as many axes.
    #[must_use]
    pub fn axes(&self, k: usize) -> Vec<f32> {
        let (n_pixels, n_axes) = (self.n_pixels(), self.n_axes());
        assert!(k <= n_axes, "there are {n_axes} axes, not {k}");
        (0..n_pixels * k)
            .map(|idx| single(self.axes[(idx / k, idx % k)]))
            .collect()
    }

    /// Mean squared error per pixel of images `[n, pixels]` of 0..255 and their reconstructions from the first
    /// `k` axes, for every `k` from 0 to as many as there are axes: `[axes + 1]`. Pixels count as 0..1.
    ///
    /// What is lost with `k` axes is the energy along the others, and what lies along none of them, so one projection
    /// answers for all `k`. The sums start at the smallest terms. Of no images every figure is zero.
    #[must_use]
    pub fn mse_per_pixel(&self, test: &[u8]) -> Vec<f64> {
        let (n_pixels, n_axes) = (self.n_pixels(), self.n_axes());
        let is_basis = n_axes == n_pixels;
        let energies: Vec<Vec<f64>> = test
            .par_chunks(IMAGES_PER_PROJECTION * n_pixels)
            .map(|images| {
                let coordinates = self.project(images, n_axes);
                let mut energies = vec![0.0; n_axes + 1];
                for (row, image) in images.chunks_exact(n_pixels).enumerate() {
                    let coordinates = &coordinates[row * n_axes..(row + 1) * n_axes];
                    let mut along_axes = 0.0;
                    for (energy, coordinate) in energies.iter_mut().zip(coordinates) {
                        *energy += coordinate * coordinate;
                        along_axes += coordinate * coordinate;
                    }
                    if !is_basis {
                        let energy: f64 = offsets(image, &self.mean).map(|off| off * off).sum();
                        energies[n_axes] += (energy - along_axes).max(0.0);
                    }
                }
                energies
            })
            .collect();
        let n_values = test.len().max(1) as f64;
        let mut lost = vec![0.0; n_axes + 1];
        lost[n_axes] = energies
            .iter()
            .map(|energies| energies[n_axes])
            .sum::<f64>()
            / n_values;
        for k in (0..n_axes).rev() {
            let along_axis: f64 = energies.iter().map(|energies| energies[k]).sum();
            lost[k] = lost[k + 1] + along_axis / n_values;
        }
        lost
    }

    /// Codes of images `[n, pixels]` of 0..255: their coordinates along the first `k` axes, `[n, k]`.
    ///
    /// # Panics
    /// When there are not as many axes.
    #[must_use]
    pub fn codes(&self, images: &[u8], k: usize) -> Vec<f32> {
        let (n_pixels, n_axes) = (self.n_pixels(), self.n_axes());
        assert!(k <= n_axes, "there are {n_axes} axes, not {k}");
        let blocks: Vec<Vec<f32>> = images
            .par_chunks(IMAGES_PER_PROJECTION * n_pixels)
            .map(|images| self.project(images, k).into_iter().map(single).collect())
            .collect();
        blocks.concat()
    }

    /// Images that codes `[n, k]` stand for, the mean and the way along each axis: `[n, pixels]`, about 0..1.
    ///
    /// # Panics
    /// When there are not as many axes, or none.
    #[must_use]
    pub fn reconstruct(&self, codes: &[f32], k: usize) -> Vec<f32> {
        let (n_pixels, n_axes) = (self.n_pixels(), self.n_axes());
        assert!(
            (1..=n_axes).contains(&k),
            "there are {n_axes} axes, not {k}"
        );
        let blocks: Vec<Vec<f32>> = codes
            .par_chunks(IMAGES_PER_PROJECTION * k)
            .map(|codes| {
                let n_rows = codes.len() / k;
                let codes: Vec<f64> = codes.iter().map(|&value| f64::from(value)).collect();
                let mut images = self.mean.repeat(n_rows);
                matmul(
                    MatMut::from_row_major_slice_mut(&mut images, n_rows, n_pixels),
                    Accum::Add,
                    MatRef::from_row_major_slice(&codes[..n_rows * k], n_rows, k),
                    self.axes.subcols(0, k).transpose(),
                    1.0,
                    Par::Seq,
                );
                images.into_iter().map(single).collect()
            })
            .collect();
        blocks.concat()
    }

    /// Coordinates of images `[n, pixels]` along the first `k` axes, with the mean taken off: `[n, k]`.
    fn project(&self, images: &[u8], k: usize) -> Vec<f64> {
        let n_pixels = self.n_pixels();
        let n_images = images.len() / n_pixels;
        let centred = centred(images, &self.mean);
        let mut coordinates = vec![0.0; n_images * k];
        matmul(
            MatMut::from_row_major_slice_mut(&mut coordinates, n_images, k),
            Accum::Replace,
            MatRef::from_row_major_slice(&centred, n_images, n_pixels),
            self.axes.subcols(0, k),
            1.0,
            Par::Seq,
        );
        coordinates
    }
}

/// Sums over images, in squares of bytes. All are whole numbers, and exact.
struct Sums {
    /// `Σ x`: `[pixels]`.
    pixels: Vec<f64>,
    /// `Σ x xᵀ` from the diagonal on downwards, [`COLUMNS_PER_TASK`] columns each.
    products: Vec<Mat<f64>>,
}

impl Sums {
    /// None of no images.
    fn over(images: &[u8], n_pixels: usize) -> Option<Self> {
        if images.len() < n_pixels || n_pixels == 0 {
            return None;
        }
        // Each thread has columns of its own: the sums are there once, however many threads there are.
        let firsts: Vec<usize> = (0..n_pixels).step_by(COLUMNS_PER_TASK).collect();
        let products = firsts.into_par_iter();
        let products = products.map(|first| products_from(images, n_pixels, first));
        Some(Self {
            pixels: sums_of_pixels(images, n_pixels),
            products: products.collect(),
        })
    }

    /// `Σ xᵢ xⱼ` of two pixels; nothing above the diagonal.
    fn product(&self, row: usize, column: usize) -> f64 {
        let (block, column) = (column / COLUMNS_PER_TASK, column % COLUMNS_PER_TASK);
        let row = row.checked_sub(block * COLUMNS_PER_TASK);
        row.map_or(0.0, |row| self.products[block][(row, column)])
    }
}

/// Some columns of `Σ x xᵀ`, from the column `first` on, and from the row of that number on: `[pixels − first, columns]`.
fn products_from(images: &[u8], n_pixels: usize, first: usize) -> Mat<f64> {
    let n_rows = n_pixels - first;
    let n_columns = n_rows.min(COLUMNS_PER_TASK);
    let mut sums = Mat::<f64>::zeros(n_rows, n_columns);
    let mut product = Mat::<f32>::zeros(n_rows, n_columns);
    let mut pixels: Vec<f32> = Vec::with_capacity(IMAGES_PER_EXACT_PRODUCT * n_rows);
    for images in images.chunks(IMAGES_PER_EXACT_PRODUCT * n_pixels) {
        pixels.clear();
        let images = images.chunks_exact(n_pixels);
        let n_images = images.len();
        pixels.extend(images.flat_map(|image| image[first..].iter().map(|&byte| f32::from(byte))));
        let rows = MatRef::from_row_major_slice(&pixels, n_images, n_rows);
        matmul(
            product.as_mut(),
            Accum::Replace,
            rows.transpose(),
            rows.subcols(0, n_columns),
            1.0,
            Par::Seq,
        );
        for column in 0..n_columns {
            let sums = sums.col_as_slice_mut(column).iter_mut();
            for (sum, &value) in sums.zip(product.col_as_slice(column)) {
                *sum += f64::from(value);
            }
        }
    }
    sums
}

/// `Σ x`: `[pixels]`.
fn sums_of_pixels(images: &[u8], n_pixels: usize) -> Vec<f64> {
    let mut sums = vec![0.0; n_pixels];
    for image in images.chunks_exact(n_pixels) {
        for (sum, &pixel) in sums.iter_mut().zip(image) {
            *sum += f64::from(pixel);
        }
    }
    sums
}

/// Images with the mean taken off, on a scale of 0..1: `[n, pixels]`.
fn centred(images: &[u8], mean: &[f64]) -> Vec<f64> {
    let images = images.chunks_exact(mean.len());
    images.flat_map(|image| offsets(image, mean)).collect()
}

/// How far each pixel of an image is from the mean.
fn offsets<'a>(image: &'a [u8], mean: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
    let pixels = image.iter().zip(mean);
    pixels.map(|(&byte, mean)| f64::from(byte) / WHITE - mean)
}

fn single(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_experiment::N_PIXELS;

    /// Images that vary in two pixels only: four of 0 or 200 in pixel 3, crossed with 0 or 100 in pixel 500.
    fn cross() -> Vec<u8> {
        let mut images = Vec::new();
        for (first, second) in [(0, 0), (200, 0), (0, 100), (200, 100)] {
            let mut image = vec![7; N_PIXELS];
            (image[3], image[500]) = (first, second);
            images.extend(image);
        }
        images
    }

    /// Images without structure, the same at every call.
    fn scattered(n_images: usize) -> Vec<u8> {
        let mut state = 1_u32;
        let bytes = (0..n_images * N_PIXELS).map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24).to_le_bytes()[0]
        });
        bytes.collect()
    }

    #[test]
    fn known_axes_variances_and_errors_are_found() {
        let images = cross();
        let pca = PixelPca::fit(&images, N_PIXELS).expect("there are images");
        let (major, minor) = ((100.0_f64 / 255.0).powi(2), (50.0_f64 / 255.0).powi(2));
        assert!((pca.variances()[0] - major).abs() < 1e-12);
        assert!((pca.variances()[1] - minor).abs() < 1e-12);
        assert_eq!(pca.n_axes(), 2, "they vary along no other");
        let axes = pca.axes(2);
        assert_eq!(axes.len(), 2 * N_PIXELS);
        assert!((axes[3 * 2].abs() - 1.0).abs() < 1e-6);
        assert!((axes[500 * 2 + 1].abs() - 1.0).abs() < 1e-6);
        // Without axes both variances are lost, with one the smaller, with two nothing.
        let lost = pca.mse_per_pixel(&images);
        assert_eq!(lost.len(), 3);
        assert!((lost[0] - (major + minor) / 784.0).abs() < 1e-12);
        assert!((lost[1] - minor / 784.0).abs() < 1e-12);
        assert!(lost[2] < 1e-12);
    }

    #[test]
    fn axes_are_orthonormal_also_where_there_is_no_variance() {
        let pca = PixelPca::fit(&cross().repeat(200), N_PIXELS).expect("there are images");
        let products = pca.axes.transpose() * &pca.axes;
        let identity = Mat::<f64>::identity(N_PIXELS, N_PIXELS);
        assert!((products - identity).norm_max() < 1e-12);
    }

    /// Each image several times has the same mean and covariance.
    #[test]
    fn few_images_have_the_axes_of_many() {
        let (train, test) = (scattered(60), scattered(75));
        let few = PixelPca::fit(&train, N_PIXELS).expect("there are images");
        let many = PixelPca::fit(&train.repeat(14), N_PIXELS).expect("there are images");
        assert_eq!((few.n_axes(), many.n_axes()), (59, N_PIXELS));
        let agree = |a: f64, b: f64| (a - b).abs() < 1e-12 * a.abs().max(1.0);
        for axis in 0..59 {
            assert!(
                agree(few.variances()[axis], many.variances()[axis]),
                "{axis}"
            );
            let along: f64 = few
                .axes
                .col(axis)
                .iter()
                .zip(many.axes.col(axis).iter())
                .map(|(a, b)| a * b)
                .sum();
            assert!((along.abs() - 1.0).abs() < 1e-9, "{axis}: {along}");
        }
        let [few, many] = [few, many].map(|pca| pca.mse_per_pixel(&test[60 * N_PIXELS..]));
        assert_eq!(few.len(), 60);
        let agree = few.iter().zip(&many).all(|(a, b)| agree(*a, *b));
        assert!(agree, "also in what lies along no axis");
    }

    #[test]
    fn one_image_has_a_mean_and_no_axes() {
        let pca = PixelPca::fit(&scattered(1), N_PIXELS).expect("there is an image");
        assert_eq!(
            (pca.n_axes(), pca.mse_per_pixel(&scattered(1)).len()),
            (0, 1)
        );
        assert!(pca.mse_per_pixel(&scattered(1))[0] < 1e-12);
    }

    #[test]
    fn errors_for_all_sizes_agree_with_reconstructions() {
        // More images than one task takes, and a last block that is not full.
        let (train, test) = (scattered(2_100), scattered(30));
        let pca = PixelPca::fit(&train, N_PIXELS).expect("there are images");
        let lost = pca.mse_per_pixel(&test);
        for k in [1, 20, 784] {
            let images = pca.reconstruct(&pca.codes(&test, k), k);
            let squares = images.iter().zip(&test).map(|(&value, &byte)| {
                (f64::from(value) - f64::from(byte) / WHITE).powi(2) / 23_520.0
            });
            assert!((squares.sum::<f64>() - lost[k]).abs() < 1e-7, "{k} axes");
        }
        assert!(lost.windows(2).all(|pair| pair[0] >= pair[1]));
    }

    #[test]
    fn codes_of_training_images_are_centred_and_have_the_variances() {
        let train = scattered(600);
        let pca = PixelPca::fit(&train, N_PIXELS).expect("there are images");
        let codes = pca.codes(&train, 3);
        for unit in 0..3 {
            let values = codes.iter().skip(unit).step_by(3).map(|&v| f64::from(v));
            let sum: f64 = values.clone().sum();
            let squares: f64 = values.map(|value| value * value).sum();
            assert!(sum.abs() / 600.0 < 1e-5);
            assert!((squares / 600.0 - pca.variances()[unit]).abs() < 1e-5);
        }
    }

    #[test]
    fn no_images_have_no_axes() {
        assert!(PixelPca::fit(&[], N_PIXELS).is_none());
        let pca = PixelPca::fit(&cross(), N_PIXELS).expect("there are images");
        assert!(pca.mse_per_pixel(&[]).iter().all(|&lost| lost == 0.0));
        assert!(pca.codes(&[], 2).is_empty() && pca.axes(0).is_empty());
    }
}
