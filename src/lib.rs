//! Hourglass, a desktop laboratory for autoencoders.

pub mod experiment;
