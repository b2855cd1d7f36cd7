//! Which run a view shows and when: two runs side by side while they are compared, and the badges that say so.

use egui::{Rect, Ui, UiBuilder};

use super::card::{self, Badge};
use super::pane::Pane;
use super::panel::{InThePast, Panel as _};
use super::panels::{BothRuns, Panels};
use super::replay::moment_text;
use super::theme::space;
use super::{Action, number};
use hourglass_state::{LabState, Moment, RunView};

/// Views narrower than this stand one above the other, in points.
const LEAST_WIDTH: f32 = 230.0;

/// Room for two views: side by side, or one above the other where that is too narrow.
#[must_use]
pub fn halves(ui: &mut Ui) -> [Ui; 2] {
    let room = ui.available_rect_before_wrap();
    ui.advance_cursor_after_rect(room);
    let half = 0.5 * space::GAP;
    let [a, b] = if room.width() >= 2.0 * LEAST_WIDTH {
        let (a, b) = room.split_left_right_at_fraction(0.5);
        [
            Rect::from_min_max(a.min, a.max - egui::vec2(half, 0.0)),
            Rect::from_min_max(b.min + egui::vec2(half, 0.0), b.max),
        ]
    } else {
        let (a, b) = room.split_top_bottom_at_fraction(0.5);
        [
            Rect::from_min_max(a.min, a.max - egui::vec2(0.0, half)),
            Rect::from_min_max(b.min + egui::vec2(0.0, half), b.max),
        ]
    };
    let mut child = |name: &str, rect| ui.new_child(UiBuilder::new().id_salt(name).max_rect(rect));
    [child("A", a), child("B", b)]
}

impl Panels {
    /// Shows a view of the comparison run.
    pub(super) fn show_comparison(
        &mut self,
        ui: &mut Ui,
        pane: Pane,
        is_in_tab: bool,
        state: &LabState,
        actions: &mut Vec<Action>,
    ) {
        let difference = state.comparison_difference().unwrap_or_default();
        let view = RunView::of_comparison(state);
        let badge = Badge {
            text: "B".to_owned(),
            short: "B".to_owned(),
            help: format!("Comparison run: {difference}"),
            warns: false,
        };
        let badges = [badge].into_iter().chain(moment_badge(view, self, pane));
        let badges = badges.collect();
        card::inside(ui, is_in_tab, badges, |ui| match pane {
            Pane::Latent => {
                let BothRuns { latent, .. } = &mut self.comparisons;
                latent.follow(&self.latent);
                latent.ui(ui, view, actions);
                self.latent.follow(latent);
            }
            Pane::Activations => {
                let BothRuns { activations, .. } = &mut self.comparisons;
                activations.follow(&self.activations);
                activations.ui(ui, view, actions);
                self.activations.follow(activations);
            }
            Pane::Gradients => {
                let BothRuns { gradients, .. } = &mut self.comparisons;
                gradients.follow(&self.gradients);
                gradients.ui(ui, view, actions);
                self.gradients.follow(gradients);
            }
            _ => {} // shown once, of both
        });
    }
}

/// What a view of the run in progress says beside its title.
#[must_use]
pub fn badges(state: &LabState, panels: &Panels, pane: Pane) -> Vec<Badge> {
    let name = state.comparison.is_some().then(|| Badge {
        text: "A".to_owned(),
        short: "A".to_owned(),
        help: "The run in progress".to_owned(),
        warns: false,
    });
    let name = name.filter(|_| !matches!(pane, Pane::Loss | Pane::Digits));
    let moment = moment_badge(RunView::of(state), panels, pane);
    name.into_iter().chain(moment).collect()
}

/// Which moment of the past a view shows; `None` while the run is followed.
fn moment_badge(view: RunView<'_>, panels: &Panels, pane: Pane) -> Option<Badge> {
    let past = view.past()?;
    let (text, short, help, warns) = match panels.of(pane).shows_of(past) {
        InThePast::Marked => return None,
        InThePast::Moment(Some(moment)) => (
            of_both(view.state, pane, moment),
            format!("step {}", number::count(moment.step)),
            "A past moment: follow the run to see its current state",
            true,
        ),
        InThePast::Moment(None) => (
            "not recorded".to_owned(),
            "none".to_owned(),
            "Nothing was recorded at this moment",
            true,
        ),
        InThePast::LiveOnly => (
            "live only".to_owned(),
            "live".to_owned(),
            "This view shows the current state of the run, not the moment being replayed",
            false,
        ),
    };
    Some(Badge {
        text,
        short,
        help: help.to_owned(),
        warns,
    })
}

/// The moment in words. The digits of both runs are in one table, and may be some steps apart.
fn of_both(state: &LabState, pane: Pane, moment: Moment) -> String {
    let text = moment_text(moment);
    let comparison = state.comparison.as_ref().filter(|_| pane == Pane::Digits);
    let comparison = comparison.and_then(|comparison| comparison.replay.past()?.digits);
    match comparison.filter(|comparison| comparison.step != moment.step) {
        Some(comparison) => format!("{text}, of B {}", number::count(comparison.step)),
        None => text,
    }
}
