//! What a view panel is.

use egui::Ui;

use super::action::Action;
use hourglass_protocol::ProbeRequest;
use hourglass_state::{LabState, Moment, Past, RunView};

/// A view panel: options of its own, and facts to draw.
pub trait Panel {
    /// Draws it for a run, and pushes what is asked for in it.
    fn ui(&mut self, ui: &mut Ui, view: RunView<'_>, actions: &mut Vec<Action>);

    /// Writes into the request what it looks at, as it was drawn last. Only panels that can be seen are asked; the
    /// request may hold what another one looks at.
    fn look(&self, state: &LabState, request: &mut ProbeRequest) {
        _ = (state, request);
    }

    /// What it shows while a moment of the past is replayed.
    fn shows_of(&self, past: &Past) -> InThePast {
        _ = past;
        InThePast::LiveOnly
    }
}

/// What a panel shows while a moment of the past is replayed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum InThePast {
    /// The run as it is.
    LiveOnly,
    /// All of the run, with a line that says which moment it is.
    Marked,
    /// That moment, if it was kept.
    Moment(Option<Moment>),
}
