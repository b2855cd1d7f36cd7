//! The shell of the window: run control, recipe, data, crashes, remembered settings.

mod data;
mod export;
mod memory;
mod recipe;
mod run_control;
pub mod stage;
mod trouble;
