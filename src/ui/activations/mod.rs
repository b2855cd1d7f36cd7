//! The panel of the activations: how much the units of a layer fire.

mod figures;
mod histogram;
mod units;

use std::sync::Arc;

use egui::{ComboBox, Role, Ui, WidgetInfo, vec2};

use super::action::Action;
use super::card;
use super::plot::heading;
use super::segmented::{Segment, segmented};
use super::theme::{self, space};
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
    let room = ui.available_width();
    let combo = ComboBox::from_id_salt("layer")
        .icon(theme::chevron)
        .width(room.min(80.0))
        .truncate()
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
    if ui.available_height() > LEAST_HISTOGRAM + space::CONTROL {
        figures::show(ui, view);
    }
    // The histogram is what the panel is for: it gets what the strip can spare, and all of a low panel.
    let room = ui.available_height();
    let strip = (0.38 * room).clamp(LEAST_STRIP, 150.0);
    if room < LEAST_HISTOGRAM + LEAST_STRIP {
        histogram_with_controls(ui, view, options);
        return;
    }
    let upper = vec2(ui.available_width(), room - strip - space::S);
    ui.allocate_ui(upper, |ui| {
        ui.set_min_size(upper);
        histogram_with_controls(ui, view, options);
    });
    units_with_controls(ui, view, options, kept);
}

/// Least height of the histogram with its heading, in points.
const LEAST_HISTOGRAM: f32 = 100.0;
/// Least height of the strip with its heading, in points.
const LEAST_STRIP: f32 = 80.0;

fn histogram_with_controls(ui: &mut Ui, view: &ActivationView, options: &mut ActivationsOptions) {
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
    heading(ui, "share of activations", |ui| {
        let clicked = segmented(ui, "Activation counts", options.counts, &scales);
        options.counts = clicked.unwrap_or(options.counts);
    });
    histogram::show(ui, view, options.counts);
}

fn units_with_controls(
    ui: &mut Ui,
    view: &Arc<ActivationView>,
    options: &mut ActivationsOptions,
    kept: &mut Kept,
) {
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
    heading(ui, "mean activation of each unit", |ui| {
        let clicked = segmented(ui, "Units", options.order, &orders);
        options.order = clicked.unwrap_or(options.order);
    });
    let sorted = options.order == UnitOrder::Sorted;
    units::show(ui, view, kept.order(view, options.order), sorted);
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
