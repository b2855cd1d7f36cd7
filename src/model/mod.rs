//! Encoder, decoder, autoencoder and their companions: the networks as Burn modules.

mod activation;
mod autoencoder;
mod classifier;
mod convolutional;
mod dense;
mod discriminator;
mod init;

pub use autoencoder::{Autoencoder, Code, Encoder, LayerOutput, Output};
pub use classifier::{Classifier, CodeClassifier};
pub use dense::DenseStack;
pub use discriminator::Discriminator;
pub use init::Part;
