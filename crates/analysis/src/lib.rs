//! Plain numbers in, plain numbers out: what the views and the reports say about a code.
//!
//! Besides the figures of one run there are *baselines*, which show how good a figure is: what the best linear
//! code reaches ([`pixel_pca`]), what no code can beat ([`entropy`]), what files cost ([`compression`]), and
//! what a simple reader finds in a code ([`neighbours`], [`linear_probe`], [`correlation`]).

pub mod activations;
mod advice;
pub mod code_moments;
pub mod compression;
pub mod correlation;
pub mod cross_entropy;
pub mod diagnosis;
pub mod entropy;
pub mod fitted_gaussian;
pub mod interpolation;
pub mod latent;
mod lbfgs;
pub mod linear_probe;
pub mod manifold;
pub mod neighbours;
pub mod pca;
pub mod pixel_pca;
pub mod rank;
pub mod ranking;
mod sketch;
pub mod subspace;
pub mod tiles;
pub mod unit_ranges;
