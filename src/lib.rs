//! Hourglass, a desktop laboratory for autoencoders.

pub mod experiment;
pub mod protocol;
pub mod state;
