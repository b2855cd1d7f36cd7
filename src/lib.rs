//! Hourglass, a desktop laboratory for autoencoders.

pub mod data;
pub mod experiment;
pub mod protocol;
pub mod state;
