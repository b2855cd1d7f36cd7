//! Encoder, decoder, autoencoder and their companions: the networks as Burn modules.

mod activation;
mod autoencoder;
mod classifier;
mod conv_block;
mod dense;
mod discriminator;
mod filters;
mod init;
mod layer_gradients;
mod nonlinearity;
pub mod processor;
pub mod sigmoid;
mod stack;
mod trace;

pub use activation::{activate, slope_of_output};
pub use autoencoder::{Autoencoder, Code, LayerOutput, Output};
pub use classifier::{Classifier, CodeClassifier};
pub use conv_block::ConvLevel;
pub use dense::Dense;
pub use discriminator::Discriminator;
pub use filters::Filters;
pub use init::Part;
pub use stack::{Stack, WatchedLayer};
pub use trace::{Trace, Watch};
