//! Plain numbers in, plain numbers out: what the views and the reports say about a code.

pub mod activations;
pub mod pca;
