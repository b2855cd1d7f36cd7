//! The view panels by name, and where each stands at first: made from the rows of `for_each_pane!`.

use serde::{Deserialize, Serialize};

use hourglass_state::LabState;

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

impl Pane {
    /// Its name in a tab beside the data set in use: a shoe is no digit.
    #[must_use]
    pub fn title_of(self, state: &LabState) -> &'static str {
        let noun = state
            .dataset
            .as_ref()
            .map(|dataset| dataset.id.spec().class_noun);
        match (self, noun) {
            (Self::Digits, Some(noun)) if noun != Some("digit") => "Images",
            _ => self.title(),
        }
    }
}
