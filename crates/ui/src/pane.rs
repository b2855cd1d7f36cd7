//! The view panels by name: a row each, from which names, titles, places, memory and drawing are made.

use serde::{Deserialize, Serialize};

/// Hands a macro one row for each view panel: variant, field of [`Panels`](crate::panels::Panels), type, name,
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
            /// Weights and feature maps as tiles.
            Filters, filters: $crate::filters::FiltersPanel, "filters", "Filters", LowerRight;
            /// What the decoder draws over the plane of codes.
            Manifold, manifold: $crate::manifold::ManifoldPanel, "manifold", "Manifold", LowerLeft;
            /// A code set by hand.
            Sliders, sliders: $crate::sliders::SlidersPanel, "sliders", "Sliders", LowerLeft;
            /// The architecture, lit up by a digit.
            Network, network: $crate::network::NetworkPanel, "network", "Network", LowerRight;
            /// Images of one's own, and drawing one.
            YourImage, your_image: $crate::your_image::YourImagePanel,
                "your-image", "Your image", LowerRight;
            /// What was measured.
            Numbers, numbers: $crate::numbers::NumbersPanel, "numbers", "Numbers", LowerRight;
        }
    };
}

pub(crate) use for_each_pane;

/// Where panes stand at first; those of one place are tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    UpperLeft,
    LowerLeft,
    UpperRight,
    LowerRight,
}

macro_rules! declare_pane {
    ($($(#[$doc:meta])* $pane:ident, $field:ident: $panel:ty, $name:literal, $title:literal, $place:ident;)*) => {
        /// One view panel, as the tree knows it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Pane {
            $($(#[$doc])* $pane,)*
        }

        impl Pane {
            /// All panes, those of one place in the order of their tabs.
            pub const ALL: [Self; [$(Self::$pane),*].len()] = [$(Self::$pane),*];

            /// Its name on the command line and in what is remembered.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$pane => $name,)*
                }
            }

            /// Its name in a tab.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self {
                    $(Self::$pane => $title,)*
                }
            }

            /// Where it stands at first.
            #[must_use]
            pub const fn place(self) -> Place {
                match self {
                    $(Self::$pane => Place::$place,)*
                }
            }
        }
    };
}

for_each_pane!(declare_pane);
