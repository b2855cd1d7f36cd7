//! All view panels with their options: made from the rows of `for_each_pane!`.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::activations::ActivationsPanel;
use super::banner::Diagnoses;
use super::gradients::GradientsPanel;
use super::latent::LatentPanel;
use super::lessons::Shows;
use super::pane::Pane;
use super::panel::Panel;
use hourglass_protocol::ProbeRequest;
use hourglass_state::LabState;

/// What was remembered, each part under a name.
pub trait Recall {
    /// Takes on a part, where it can be read.
    fn restore<T: DeserializeOwned>(&mut self, name: &str, value: &mut T);
}

/// Remembers parts under their names.
pub trait Remember {
    fn remember<T: Serialize>(&mut self, name: &str, value: &T);
}

macro_rules! declare_panels {
    ($($(#[$doc:meta])* $pane:ident, $field:ident: $panel:ty, $name:literal, $title:literal, $place:ident;)*) => {
        /// The view panels with their options.
        #[derive(Default)]
        pub struct Panels {
            $($(#[$doc])* pub $field: $panel,)*
            /// What is wrong with the model, above all views.
            pub diagnoses: Diagnoses,
            /// The same views of the comparison run, while two runs are compared.
            pub comparisons: BothRuns,
        }

        impl Panels {
            /// The panel of a pane.
            #[must_use]
            pub fn of(&self, pane: Pane) -> &dyn Panel {
                match pane {
                    $(Pane::$pane => &self.$field,)*
                }
            }

            /// The panel of a pane, to be drawn.
            pub fn of_mut(&mut self, pane: Pane) -> &mut dyn Panel {
                match pane {
                    $(Pane::$pane => &mut self.$field,)*
                }
            }

            /// Takes on the options that were remembered.
            pub fn restore(&mut self, memory: &mut impl Recall) {
                $(memory.restore(Pane::$pane.name(), &mut self.$field);)*
            }

            /// Remembers the options.
            pub fn remember(&self, memory: &mut impl Remember) {
                $(memory.remember(Pane::$pane.name(), &self.$field);)*
            }
        }
    };
}

for_each_pane!(declare_panels);

impl Panels {
    /// Brings what a step of a lesson asks about into sight.
    pub fn set(&mut self, shows: Shows) {
        match shows {
            Shows::AsItIs => {}
            Shows::Code => self.activations.show_code(false),
            Shows::CodeNats => self.activations.show_code(true),
            Shows::Row(name) => self.numbers.seek(name),
        }
    }

    /// What those panels look at that can be seen. The digits are looked at behind another tab as well: what is kept
    /// of a run's past is what was looked at.
    #[must_use]
    pub fn look(&self, visible: &[Pane], state: &LabState) -> ProbeRequest {
        let mut request = ProbeRequest {
            samples: self.digits.samples().to_vec(),
            layer: None,
            scatter: None,
            ..ProbeRequest::default()
        };
        let seen = Pane::ALL.into_iter().filter(|pane| visible.contains(pane));
        for pane in seen {
            self.of(pane).look(state, &mut request);
            if let Some(panel) = self.comparisons.of(pane)
                && state.comparison.is_some()
            {
                panel.look(state, &mut request);
            }
        }
        request
    }
}

/// The views that are shown twice while two runs are compared: curves are in one plot, digits in one table. They
/// follow those of the run in progress, and are followed by them.
#[derive(Default)]
pub struct BothRuns {
    pub(super) latent: LatentPanel,
    pub(super) activations: ActivationsPanel,
    pub(super) gradients: GradientsPanel,
}

impl BothRuns {
    /// The view of the comparison run that a pane shows beside that of the run in progress.
    #[must_use]
    pub fn of(&self, pane: Pane) -> Option<&dyn Panel> {
        match pane {
            Pane::Latent => Some(&self.latent),
            Pane::Activations => Some(&self.activations),
            Pane::Gradients => Some(&self.gradients),
            _ => None,
        }
    }
}
