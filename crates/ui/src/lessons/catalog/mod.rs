//! The lessons, one file each. Figures in them are of runs on MNIST with seed 1, as this program measures them,
//! or of PCA on MNIST.

mod bottleneck;
mod copying;
mod denoising;
mod generation;
mod linear;
mod sparsity;

use super::Lesson;

/// All lessons, in their order.
pub static ALL: [Lesson; 6] = [
    bottleneck::LESSON,
    linear::LESSON,
    copying::LESSON,
    sparsity::LESSON,
    denoising::LESSON,
    generation::LESSON,
];
