//! The window: panels that read [`LabState`](hourglass_state::LabState) and push [`Action`]s.
//!
//! A panel is a struct of view-only options with
//! `fn ui(&mut self, ui: &mut egui::Ui, state: &LabState, actions: &mut Vec<Action>)`. Panels never send,
//! lock, read files or compute statistics.

mod action;
pub mod activations;
pub mod banner;
pub mod card;
pub mod command_palette;
pub mod compare;
mod data_sets;
mod decoded;
mod digit_image;
pub mod digits;
pub mod drop_overlay;
pub mod drops;
pub mod experiment_panel;
pub mod export;
pub mod filters;
mod followed;
pub mod help;
pub mod latent;
pub mod layout;
pub mod left_behind;
mod legend;
pub mod lessons;
pub mod log;
pub mod loss;
pub mod manifold;
pub mod network;
pub mod notices;
pub mod numbers;
pub mod path_field;
mod plot;
pub mod previous;
pub mod question;
pub mod replay;
mod segmented;
pub mod sheet;
pub mod shortcuts;
mod sides;
mod signed_legend;
pub mod sliders;
mod small_menu;
pub mod theme;
mod tile_atlas;
pub mod top_bar;
pub mod understand;
pub mod your_image;

pub use action::{
    Action, CloseAnswer, CompareAction, DrawEdit, GuideAction, KeepAction, OwnAction,
};
pub use hourglass_figure::number;
