//! Plain numbers in, plain numbers out: what the views and the reports say about a code.

pub mod activations;
pub mod cross_entropy;
pub mod pca;
