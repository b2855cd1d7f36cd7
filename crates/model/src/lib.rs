//! Encoder, decoder, autoencoder and their companions: the networks as Burn modules.

mod activation;
mod autoencoder;
mod classifier;
mod conv_block;
mod convolutional;
mod dense;
mod discriminator;
mod filters;
mod init;
pub mod processor;
pub mod sigmoid;
mod trace;

pub use autoencoder::{Autoencoder, Code, Encoder, LayerOutput, Output};
pub use classifier::{Classifier, CodeClassifier};
pub use conv_block::ConvLevel;
pub use dense::DenseStack;
pub use discriminator::Discriminator;
pub use filters::Filters;
pub use init::Part;
pub use trace::Trace;
