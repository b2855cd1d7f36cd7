//! Encoder, decoder, autoencoder: the networks as Burn modules.

mod activation;
mod autoencoder;
mod classifier;
mod dense;
mod init;

pub use autoencoder::{Autoencoder, Output};
pub use classifier::Classifier;
pub use dense::DenseStack;
