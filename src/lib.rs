//! Hourglass, a desktop laboratory for autoencoders.
pub mod analysis;
pub mod cli;
pub mod data;
pub mod experiment;
pub mod model;
pub mod objective;
pub mod protocol;
pub mod run_folder;
pub mod state;
pub mod train;
pub mod whole_file;
pub mod worker;
