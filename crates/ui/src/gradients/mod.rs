//! The panel of the gradients: how they reach the layers and how far steps move the weights, over epochs, and how
//! values were spread before the first step.

mod curves;
mod lines;
mod paint;
mod spread;

use egui::Ui;

use super::action::Action;
use super::card;
use super::pane::Pane;
use super::panel::{InThePast, Panel};
use super::plot::View;
use super::segmented::{Segment, segmented};
use hourglass_experiment::network::Place;
use hourglass_protocol::RunId;
use hourglass_state::{Past, RunState, RunView};
use lines::Figure;

#[derive(Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct GradientsPanel {
    shown: GradientsAspect,
    #[serde(skip)]
    hidden: Vec<Place>,
    #[serde(skip)]
    views: [View; Figure::ALL.len()],
    /// The run that the views are of.
    #[serde(skip)]
    of: Option<RunId>,
}

/// What is shown of the layers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum GradientsAspect {
    /// Norms of gradients and sizes of updates, over epochs.
    #[default]
    Training,
    /// Spread of activations and gradients, before the first step.
    FirstStep,
}

impl GradientsPanel {
    /// Shows what another panel shows, of another run.
    pub fn follow(&mut self, other: &Self) {
        self.shown = other.shown;
        self.hidden.clone_from(&other.hidden);
    }
}

impl Panel for GradientsPanel {
    /// Shows the gradients of a run.
    fn ui(&mut self, ui: &mut Ui, view: RunView<'_>, _actions: &mut Vec<Action>) {
        let run = view.run.filter(|run| !run.gradients.is_empty());
        let of = run.map(|run| run.id);
        if self.of != of {
            self.of = of;
            self.views = Default::default();
        }
        let mut chosen = None;
        card::card(
            ui,
            Pane::Gradients.title(),
            |ui| {
                if let Some(run) = run {
                    chosen = choice(ui, self.shown);
                    if self.shown == GradientsAspect::FirstStep {
                        card::caption(ui, &first_weights(run));
                    }
                }
            },
            |ui| match (run, self.shown) {
                (None, _) => empty(ui, view),
                (Some(run), GradientsAspect::Training) if curves::has_any(run) => {
                    curves::show(ui, run, &mut self.hidden, &mut self.views);
                }
                (Some(run), GradientsAspect::FirstStep) if run.gradients.has_spread() => {
                    spread::show(ui, run);
                }
                (Some(_), _) => not_recorded(ui),
            },
        );
        self.shown = chosen.unwrap_or(self.shown);
    }

    fn shows_of(&self, _past: &Past) -> InThePast {
        InThePast::Marked
    }
}

fn choice(ui: &mut Ui, shown: GradientsAspect) -> Option<GradientsAspect> {
    let segments = [
        Segment {
            value: GradientsAspect::Training,
            text: "training",
            help: "The norm of each layer's gradient, and by how much of their norm a step changes its weights; measured \
                   ten times an epoch and at the first step of each part of the plan",
        },
        Segment {
            value: GradientsAspect::FirstStep,
            text: "first step",
            help: "How widely activations and gradients were spread in each layer before the first step: what the initial \
                   weights do to a deep network",
        },
    ];
    segmented(ui, "Gradients of", shown, &segments)
}

/// `Glorot uniform`, `sparse × 0.5`
fn first_weights(run: &RunState) -> String {
    let first = run.experiment.initialization;
    let label = first.kind.label();
    if first.scale.to_bits() == 1.0_f32.to_bits() {
        format!("initial weights: {label}")
    } else {
        format!("initial weights: {label} × {}", first.scale)
    }
}

fn empty(ui: &mut Ui, view: RunView<'_>) {
    match view.run {
        Some(run) if view.state.dataset.is_some() && run.step > 0 => not_recorded(ui),
        _ if view.state.dataset.is_none() => {
            card::empty(ui, "No images yet", "Load a data set, then press Train");
        }
        _ => card::empty(ui, "Not trained yet", "Press Train or Space"),
    }
}

fn not_recorded(ui: &mut Ui) {
    let hint = "This run was begun by an older version. Train on to record its gradients, or Reset to record its first step";
    card::empty(ui, "Not recorded", hint);
}
