//! The shell of the window: run control, recipe, data, runs on disk, crashes, remembered settings.

mod closing;
mod data;
mod decoding;
mod export;
mod keep;
mod kept_aside;
mod memory;
mod own_images;
mod recipe;
mod recipe_text;
mod run_control;
pub mod stage;
mod trouble;
