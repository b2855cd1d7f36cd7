//! The shell of the window: run control, recipe, data, runs on disk, crashes, remembered settings.

mod closing;
mod controls;
mod data;
mod export;
mod guide;
mod keep;
mod kept_aside;
mod memory;
mod notes;
mod own_images;
mod recipe;
mod recipe_text;
mod run_control;
pub mod stage;
mod trouble;
