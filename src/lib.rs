//! Hourglass, a desktop laboratory for autoencoders: watch one learn, from the inside.
//!
//! A separate thread trains with Burn and reports in plain data; the window draws what was reported and
//! never waits. The same engine runs from the command line.
//!
//! | to read about | open |
//! |---|---|
//! | the experiment of a run, its ranges and presets | [`experiment`] |
//! | pictures and tables of a run | [`figure`] |
//! | the messages between the threads | [`protocol`] |
//! | MNIST and the pen digits | [`data`] |
//! | networks, and what they minimise | [`model`], [`objective`] |
//! | steps, evaluations, looks inside, devices | [`train`], [`analysis`] |
//! | the thread that trains | [`worker`] |
//! | what the window knows, and how it looks | [`state`], [`ui`], [`app`] |
//! | the pages of the manual | [`manual`] |
//! | what ends the program from outside | [`signals`] |
//! | the command line and the files it writes | [`cli`], [`run_folder`], [`whole_file`], [`plain_file`] |
//!
//! `ARCHITECTURE.md` says which of them may know of which.

pub mod app;
pub mod cli;
pub mod signals;

pub use hourglass_analysis as analysis;
pub use hourglass_data as data;
pub use hourglass_experiment as experiment;
pub use hourglass_figure as figure;
pub use hourglass_files::{numpy, plain_file, whole_file};
pub use hourglass_manual as manual;
pub use hourglass_model as model;
pub use hourglass_objective as objective;
pub use hourglass_protocol as protocol;
pub use hourglass_run_folder as run_folder;
pub use hourglass_simd as simd;
pub use hourglass_state as state;
pub use hourglass_sweep as sweep;
pub use hourglass_train as train;
pub use hourglass_ui as ui;
pub use hourglass_worker as worker;
