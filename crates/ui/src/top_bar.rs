//! The bar at the top: train, pause, step, reset; how far the run is; device, view and help.

mod export_menu;
mod help_menu;
mod run_controls;
mod run_menu;
mod status;
mod window_menus;

use egui::{Align, Layout, Panel, Ui, vec2};
use serde::{Deserialize, Serialize};

use super::Action;
use super::notices::Notes;
use super::theme::{self, space};
use hourglass_state::LabState;

pub use window_menus::{ThreadFacts, WindowFacts};

/// Height of the bar, in points.
const HEIGHT: f32 = 46.0;
/// Below this width the run controls show icons alone, in points.
const NARROW: f32 = 1120.0;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TopBar {
    /// Epochs that the longest step trains.
    pub step_epochs: u64,
}

impl Default for TopBar {
    fn default() -> Self {
        Self { step_epochs: 5 }
    }
}

impl TopBar {
    /// Draws the bar.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        state: &LabState,
        window: WindowFacts,
        notes: &Notes,
        actions: &mut Vec<Action>,
    ) {
        let t = theme::tokens_of(ui);
        let frame = egui::Frame::new()
            .fill(t.panel)
            .inner_margin(egui::Margin::symmetric(10, 0));
        let is_narrow = ui.available_width() < NARROW;
        Panel::top("top-bar")
            .frame(frame)
            .exact_size(HEIGHT)
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                ui.spacing_mut().interact_size.y = 28.0;
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    self.run_controls(ui, state, is_narrow, actions);
                    divider(ui);
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        window_menus::show(ui, state, window, notes, is_narrow, actions);
                        run_menu::show(ui, state, actions);
                        divider(ui);
                        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                            status::show(ui, state);
                        });
                    });
                });
            });
    }
}

/// A short vertical line between groups.
fn divider(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(2.0 * space::S + 1.0, 24.0), egui::Sense::hover());
    let stroke = egui::Stroke::new(1.0, theme::tokens_of(ui).border);
    ui.painter().vline(rect.center().x, rect.y_range(), stroke);
}
