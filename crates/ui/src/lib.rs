//! The window: panels that read [`LabState`](hourglass_state::LabState) and push [`Action`]s.
//!
//! A [`Panel`] is a struct of view-only options that draws facts, pushes actions, and says what it looks at. Panels
//! never send, lock, read files or compute statistics.

/// Hands a macro one row for each view panel: variant, field of `Panels`, type, name,
/// title, and where it stands at first. The name is that of the command line and of what is remembered.
macro_rules! for_each_pane {
    ($make:ident) => {
        $make! {
            /// Curves of training and test.
            Loss, loss: $crate::loss::LossPanel, "loss", "Loss", UpperLeft;
            /// Images on their way through the network.
            Digits, digits: $crate::digits::DigitsPanel, "digits", "Digits", LowerLeft;
            /// The test split in the plane of the code.
            Latent, latent: $crate::latent::LatentPanel, "latent", "Latent space", UpperRight;
            /// Histogram and means of a layer.
            Activations, activations: $crate::activations::ActivationsPanel,
                "activations", "Activations", LowerRight;
            /// How gradients reach the layers.
            Gradients, gradients: $crate::gradients::GradientsPanel,
                "gradients", "Gradients", LowerRight;
            /// Weights and feature maps as tiles.
            Filters, filters: $crate::filters::FiltersPanel, "filters", "Filters", LowerRight;
            /// What the decoder draws over the plane of codes.
            Manifold, manifold: $crate::manifold::ManifoldPanel, "manifold", "Manifold", LowerLeft;
            /// A code set by hand.
            Sliders, sliders: $crate::sliders::SlidersPanel, "sliders", "Sliders", LowerLeft;
            /// The architecture, lit up by a digit.
            Network, network: $crate::network::NetworkPanel, "network", "Network", LowerRight;
            /// User images, and drawing one.
            YourImage, your_image: $crate::your_image::YourImagePanel,
                "your-image", "Your image", LowerRight;
            /// What was measured.
            Numbers, numbers: $crate::numbers::NumbersPanel, "numbers", "Numbers", LowerRight;
        }
    };
}

mod action;
pub mod activations;
pub mod banner;
pub mod card;
pub mod command_palette;
pub mod compare;
pub mod data_page;
mod data_sets;
mod decoded;
pub mod digits;
pub mod drop_overlay;
pub mod drops;
pub mod experiment_panel;
pub mod export;
pub mod filters;
mod followed;
pub mod gradients;
pub mod help;
mod judging;
pub mod latent;
pub mod layout;
pub mod left_behind;
mod legend;
pub mod lessons;
pub mod log;
pub mod loss;
pub mod manifold;
mod memo;
mod message;
pub mod network;
pub mod notices;
pub mod numbers;
mod pane;
mod panel;
pub mod panels;
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
pub mod tour;
pub mod understand;
pub mod your_image;

pub use action::{
    Action, CloseAnswer, CompareAction, DrawEdit, GuideAction, KeepAction, PathAction, PathFor,
    Sheet, UserImageAction,
};
pub use hourglass_figure::number;
pub use pane::Pane;
pub use panel::Panel;
