//! The panel of the activations: how much the units of a layer fire.

mod histogram;
mod units;

use std::sync::Arc;

use egui::{Color32, ComboBox, Rect, Role, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::action::Action;
use super::segmented::{Segment, segmented};
use super::theme::{self, space};
use super::{card, number};
use crate::experiment::LayerName;
use crate::protocol::ActivationView;
use crate::state::LabState;

/// The panel of the activations.
#[derive(Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct ActivationsPanel {
    options: ActivationsOptions,
    #[serde(skip)]
    kept: Kept,
}

/// How the activations are shown.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
struct ActivationsOptions {
    layer: LayerName,
    counts: CountScale,
    order: UnitOrder,
}

impl Default for ActivationsOptions {
    fn default() -> Self {
        Self {
            layer: LayerName::Code,
            counts: CountScale::default(),
            order: UnitOrder::default(),
        }
    }
}

/// How counts become heights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum CountScale {
    /// As they are.
    #[default]
    Linear,
    /// As log₁₀(1 + count): the tails show, and an empty bin is at zero.
    Log,
}

impl CountScale {
    fn height(self, count: u32) -> f64 {
        match self {
            Self::Linear => f64::from(count),
            Self::Log => (1.0 + f64::from(count)).log10(),
        }
    }
}

/// In which order units stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum UnitOrder {
    /// As in the layer.
    #[default]
    Layer,
    /// The most active first.
    Sorted,
}

/// What is kept from frame to frame.
#[derive(Default)]
struct Kept {
    /// The layer that was asked for.
    asked: Option<LayerName>,
    /// Which unit stands where, and for which view that was found.
    order: Option<(Arc<ActivationView>, UnitOrder, Vec<usize>)>,
}

impl ActivationsPanel {
    /// Shows the activations of a layer of the run in progress.
    pub fn ui(&mut self, ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
        let Self { options, kept } = self;
        let layers = state
            .run
            .as_ref()
            .map(|run| run.experiment.architecture.layers())
            .unwrap_or_default();
        if !layers.is_empty() && !layers.iter().any(|(layer, _)| *layer == options.layer) {
            options.layer = LayerName::Code; // the new model has no such layer
        }
        let mut layer = options.layer;
        card::card(
            ui,
            "Activations",
            |ui| {
                if !layers.is_empty() {
                    controls(ui, &mut layer, &layers);
                }
            },
            |ui| match view(state, options.layer) {
                Some(view) => body(ui, view, options, kept),
                None => empty(ui, state, options.layer),
            },
        );
        options.layer = layer;
        if !layers.is_empty() && kept.asked != Some(options.layer) {
            kept.asked = Some(options.layer);
            actions.push(Action::LookAtLayer(options.layer));
        }
    }
}

/// The newest activations, if they are of this layer.
fn view(state: &LabState, layer: LayerName) -> Option<&Arc<ActivationView>> {
    let snapshot = state.run.as_ref()?.snapshot.as_ref()?;
    snapshot
        .activations
        .as_ref()
        .filter(|view| view.layer == layer)
}

fn empty(ui: &mut Ui, state: &LabState, layer: LayerName) {
    if state.dataset.is_none() {
        card::empty(ui, "No digits yet", "Load a data set, then press Train");
    } else if state.run.is_none() {
        card::empty(
            ui,
            "No model yet",
            "Press Train: how much each unit fires appears here",
        );
    } else {
        let text = format!("The activations of {} are on their way", layer.label());
        card::empty(ui, &text, "They take a moment");
    }
}

/// The choice of the layer.
fn controls(ui: &mut Ui, chosen: &mut LayerName, layers: &[(LayerName, usize)]) {
    ui.spacing_mut().interact_size.y = 21.0; // as high as the choices in other headers
    ui.spacing_mut().button_padding.y = 1.0;
    let combo = ComboBox::from_id_salt("layer")
        .icon(theme::chevron)
        .selected_text(theme::dim(ui, chosen.label()))
        .show_ui(ui, |ui| {
            for (layer, units) in layers {
                let text = format!("{}, {units} units", layer.label());
                ui.selectable_value(chosen, *layer, text);
            }
        });
    let label = chosen.label();
    combo.response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ComboBox, ui.is_enabled(), "Layer");
        info.current_text_value = Some(label.clone());
        info
    });
}

fn body(
    ui: &mut Ui,
    view: &Arc<ActivationView>,
    options: &mut ActivationsOptions,
    kept: &mut Kept,
) {
    figures(ui, view);
    let room = ui.available_rect_before_wrap();
    // The histogram is what the panel is for: it gets what the strip can spare.
    let strip = (0.38 * room.height()).clamp(80.0, 150.0);
    let split = room.bottom() - strip;
    let above = Rect::from_min_max(room.min, pos2(room.right(), split - space::S));
    let below = Rect::from_min_max(pos2(room.left(), split), room.max);

    let frame = histogram::show(ui, above, view, options.counts);
    let scales = [
        Segment {
            value: CountScale::Linear,
            text: "linear",
            help: "Bars as high as their counts",
        },
        Segment {
            value: CountScale::Log,
            text: "log",
            help: "Bars as high as the logarithm of their counts: the tails show",
        },
    ];
    let clicked = frame.controls(ui, "counts", |ui| {
        segmented(ui, "Activation counts", options.counts, &scales)
    });
    options.counts = clicked.unwrap_or(options.counts);

    let sorted = options.order == UnitOrder::Sorted;
    let frame = units::show(ui, below, view, kept.order(view, options.order), sorted);
    let orders = [
        Segment {
            value: UnitOrder::Layer,
            text: "in order",
            help: "Units as they stand in the layer",
        },
        Segment {
            value: UnitOrder::Sorted,
            text: "sorted",
            help: "The most active units first",
        },
    ];
    let clicked = frame.controls(ui, "order", |ui| {
        segmented(ui, "Units", options.order, &orders)
    });
    options.order = clicked.unwrap_or(options.order);
    ui.advance_cursor_after_rect(room);
}

/// The key figures, each with the mark that stands for it in the histogram.
fn figures(ui: &mut Ui, view: &ActivationView) {
    let tokens = theme::tokens_of(ui);
    let near_zero = number::percent(f64::from(view.near_zero_fraction));
    let n_units = view.unit_means.len();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        mark(ui, tokens.test, vec2(2.0, 12.0));
        figure(
            ui,
            "mean",
            format!("{:.4}", view.mean),
            "Mean activation over units and images",
        );
        let band = histogram::near_zero_color(tokens);
        mark(ui, band, vec2(8.0, 12.0));
        figure(
            ui,
            "near zero",
            near_zero,
            "Share of activations with |h| < 0.01: units that are off",
        );
        let dead = format!("{} of {n_units}", view.dead_units);
        figure(
            ui,
            "dead",
            dead,
            "Units near zero on every image: they carry nothing",
        );
        let images = number::count_of(view.n_samples);
        figure(
            ui,
            "images",
            images,
            "Test images the figures are taken over",
        );
    });
}

fn figure(ui: &mut Ui, name: &str, value: String, help: &str) {
    ui.label(theme::dim(ui, name)).on_hover_text(help);
    ui.label(theme::figure(ui, value)).on_hover_text(help);
    ui.add_space(space::S);
}

fn mark(ui: &mut Ui, color: Color32, size: Vec2) {
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    ui.painter().rect_filled(rect, 0.0, color);
}

impl Kept {
    /// Which unit stands where; sorted once for each view.
    fn order(&mut self, view: &Arc<ActivationView>, order: UnitOrder) -> &[usize] {
        let is_current = self
            .order
            .as_ref()
            .is_some_and(|(of, how, _)| Arc::ptr_eq(of, view) && *how == order);
        if !is_current {
            let mut places: Vec<usize> = (0..view.unit_means.len()).collect();
            if order == UnitOrder::Sorted {
                places.sort_by(|&a, &b| view.unit_means[b].total_cmp(&view.unit_means[a]));
            }
            self.order = Some((Arc::clone(view), order, places));
        }
        self.order.as_ref().map_or(&[], |(_, _, places)| places)
    }
}
