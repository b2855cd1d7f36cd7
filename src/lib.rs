//! Hourglass, a desktop laboratory for autoencoders: watch one learn, from the inside.
//!
//! A thread of its own trains with Burn and reports in plain data; the window draws what was reported and
//! never waits. The same engine runs from the command line.
//!
//! | to read about | open |
//! |---|---|
//! | the recipe of a run, its ranges and presets | [`experiment`] |
//! | pictures and tables of a run | [`figure`] |
//! | what the threads say to one another | [`protocol`] |
//! | MNIST and the pen digits | [`data`] |
//! | networks, and what they minimise | [`model`], [`objective`] |
//! | steps, evaluations, looks inside, devices | [`train`], [`analysis`] |
//! | the thread that trains | [`worker`] |
//! | what the window knows, and how it looks | [`state`], [`ui`], [`app`] |
//! | the command line and the files it writes | [`cli`], [`run_folder`], [`whole_file`], [`plain_file`] |
//!
//! `ARCHITECTURE.md` says which of them may know of which.

pub mod analysis;
pub mod app;
pub mod cli;
pub mod data;
pub mod experiment;
pub mod figure;
pub mod model;
pub mod objective;
pub mod plain_file;
pub mod protocol;
pub mod run_folder;
pub mod state;
pub mod train;
pub mod ui;
pub mod whole_file;
pub mod worker;
