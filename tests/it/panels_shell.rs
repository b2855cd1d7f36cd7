//! The shell of the window: run control, experiment, data, runs on disk, crashes, remembered settings.

mod backed_up;
mod closing;
mod compare;
mod controls;
mod data;
mod data_page;
mod decoding;
mod experiment;
mod experiment_text;
mod export;
mod guide;
mod help;
mod inside;
mod keep;
mod memory;
mod notes;
mod previous;
mod replay;
mod run_control;
pub mod stage;
mod trouble;
mod typed_paths;
mod user_images;
