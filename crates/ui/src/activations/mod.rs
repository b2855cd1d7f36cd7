//! The panel of the activations: how much the units of a layer fire.

mod figures;
mod histogram;
mod layer;
mod units;

use std::sync::Arc;

use egui::{ComboBox, Role, Ui, WidgetInfo, vec2};

use super::action::Action;
use super::card;
use super::memo::{Memo, Same};
use super::pane::Pane;
use super::panel::{InThePast, Panel};
use super::plot::heading;
use super::segmented::{Segment, named, segmented};
use super::theme::{self, space};
use histogram::CountScale;
use hourglass_experiment::LayerName;
use hourglass_protocol::{ActivationView, ProbeRequest};
use hourglass_state::{LabState, Past, RunView};
use layer::LayerActivations;
use units::Bars;

#[derive(Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct ActivationsPanel {
    options: ActivationsOptions,
    #[serde(skip)]
    kept: ActivationsScene,
}

/// How the activations are shown.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
struct ActivationsOptions {
    layer: LayerName,
    shown: LayerAspect,
    counts: CountScale,
    order: UnitOrder,
}

impl ActivationsOptions {
    /// The layer chosen, or the code where the model has no such layer.
    fn layer_in(&self, layers: &[(LayerName, usize)]) -> LayerName {
        let is_there = layers.iter().any(|(layer, _)| *layer == self.layer);
        if is_there || layers.is_empty() {
            self.layer
        } else {
            LayerName::Code
        }
    }
}

/// What is shown of a layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum LayerAspect {
    /// The histogram, and the units' means below it.
    #[default]
    Activations,
    /// The units' means.
    Means,
    /// What each unit of a variational code says, in nats.
    Kl,
}

impl Default for ActivationsOptions {
    fn default() -> Self {
        Self {
            layer: LayerName::Code,
            shown: LayerAspect::default(),
            counts: CountScale::default(),
            order: UnitOrder::default(),
        }
    }
}

/// In which order units stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum UnitOrder {
    #[default]
    Layer,
    /// The most active first.
    Sorted,
}

/// What is kept from frame to frame.
#[derive(Default)]
struct ActivationsScene {
    /// Which unit stands where, and for which bars of which view that was found.
    order: Memo<(Same<ActivationView>, Bars, UnitOrder), Vec<usize>>,
}

impl ActivationsPanel {
    /// Shows this layer from the next frame on.
    pub fn choose(&mut self, layer: LayerName) {
        self.options.layer = layer;
    }

    /// Shows the code: its activations, or what each unit of a variational one says.
    pub fn show_code(&mut self, as_nats: bool) {
        self.options.layer = LayerName::Code;
        self.options.shown = if as_nats {
            LayerAspect::Kl
        } else {
            LayerAspect::Activations
        };
    }

    /// Shows what another panel shows, of another run.
    pub fn follow(&mut self, other: &Self) {
        self.options = other.options;
    }
}

impl Panel for ActivationsPanel {
    /// Shows the activations of a layer of a run.
    fn ui(&mut self, ui: &mut Ui, view: RunView<'_>, _actions: &mut Vec<Action>) {
        let Self { options, kept } = self;
        let layers = layers(view);
        options.layer = options.layer_in(&layers);
        let found = activations(view, options.layer).zip(view.run);
        let layer_of = |(view, run)| LayerActivations::new(view, run);
        let found: Option<LayerActivations<'_>> = found.map(layer_of);
        let has_kl = found
            .as_ref()
            .is_some_and(|layer| layer.view.unit_kl_nats.is_some());
        let shown = if options.shown == LayerAspect::Kl && !has_kl {
            LayerAspect::Activations // remembered for the next variational code
        } else {
            options.shown
        };
        let mut layer = options.layer;
        let mut chosen = None;
        card::card(
            ui,
            Pane::Activations.title(),
            |ui| {
                if !layers.is_empty() {
                    controls(ui, &mut layer, &layers);
                    chosen = choice(ui, shown, has_kl);
                }
            },
            |ui| match &found {
                Some(layer) => body(ui, layer, shown, options, kept),
                None => empty(ui, view, options.layer),
            },
        );
        options.shown = chosen.unwrap_or(options.shown);
        options.layer = layer;
    }

    fn look(&self, state: &LabState, request: &mut ProbeRequest) {
        // A layer is looked at of both runs: that of the run in progress.
        let layers = layers(RunView::of(state));
        request.layer = request.layer.or(Some(self.options.layer_in(&layers)));
    }

    fn shows_of(&self, past: &Past) -> InThePast {
        InThePast::Moment(past.activations)
    }
}

/// The layers of the model, empty until there is one, and how many units each has.
fn layers(run: RunView<'_>) -> Vec<(LayerName, usize)> {
    run.run
        .map(|run| run.experiment.architecture.layers())
        .unwrap_or_default()
}

/// The newest activations, if they are of this layer.
fn activations(run: RunView<'_>, layer: LayerName) -> Option<&Arc<ActivationView>> {
    run.shown()?
        .activations
        .as_ref()
        .filter(|view| view.layer == layer)
}

fn empty(ui: &mut Ui, run: RunView<'_>, layer: LayerName) {
    let awaited = card::Awaited {
        appears: "the activations of each unit appear here",
        under_way: &format!("The activations of {} are being computed", layer.label()),
        takes: "This takes a moment",
        has_past: true,
    };
    card::waiting(ui, run, awaited);
}

const LAYER_HELP: &str = "The layer whose activations are shown: a hidden layer of the encoder or the decoder, or the code";

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
                ui.selectable_value(chosen, *layer, text)
                    .on_hover_text(LAYER_HELP);
            }
        });
    let label = chosen.label();
    combo.response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ComboBox, ui.is_enabled(), "Layer");
        info.current_text_value = Some(label.clone());
        info
    });
    combo.response.on_hover_text(LAYER_HELP); // behind its name, so that a screen reader hears it as well
}

/// The choice of what is shown of the layer.
fn choice(ui: &mut Ui, shown: LayerAspect, has_kl: bool) -> Option<LayerAspect> {
    let segments = [
        Segment {
            value: LayerAspect::Activations,
            text: "activations",
            help: "The distribution of the activations, and the mean of each unit",
        },
        Segment {
            value: LayerAspect::Means,
            text: "means",
            help: "The mean activation of each unit, with the target mean if the experiment sets one",
        },
        Segment {
            value: LayerAspect::Kl,
            text: "KL",
            help: "How much each unit says about the image: its divergence from the prior, in nats",
        },
    ];
    let n = if has_kl { 3 } else { 2 };
    segmented(ui, "Shown", shown, &segments[..n])
}

fn body(
    ui: &mut Ui,
    layer: &LayerActivations<'_>,
    shown: LayerAspect,
    options: &mut ActivationsOptions,
    kept: &mut ActivationsScene,
) {
    if ui.available_height() > LEAST_HISTOGRAM + space::CONTROL {
        figures::show(ui, layer);
    }
    match shown {
        LayerAspect::Activations => histogram_and_means(ui, layer, options, kept),
        LayerAspect::Means => units_with_controls(ui, layer, Bars::Means, options, kept),
        LayerAspect::Kl => units_with_controls(ui, layer, Bars::Kl, options, kept),
    }
}

fn histogram_and_means(
    ui: &mut Ui,
    layer: &LayerActivations<'_>,
    options: &mut ActivationsOptions,
    kept: &mut ActivationsScene,
) {
    let view = layer.view;
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
    units_with_controls(ui, layer, Bars::Means, options, kept);
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
            help: "Bar heights show counts",
        },
        Segment {
            value: CountScale::Log,
            text: "log",
            help: "Bar heights show the logarithm of the counts, so that the tails are visible",
        },
    ];
    heading(ui, "share of activations", |ui| {
        let clicked = named(ui, "counts", "Activation counts", options.counts, &scales);
        options.counts = clicked.unwrap_or(options.counts);
    });
    histogram::show(ui, view, options.counts);
}

fn units_with_controls(
    ui: &mut Ui,
    layer: &LayerActivations<'_>,
    bars: Bars,
    options: &mut ActivationsOptions,
    kept: &mut ActivationsScene,
) {
    let orders = [
        Segment {
            value: UnitOrder::Layer,
            text: "in order",
            help: "Units in the order of the layer",
        },
        Segment {
            value: UnitOrder::Sorted,
            text: "sorted",
            help: "The largest bars first",
        },
    ];
    heading(ui, &bars.title(layer), |ui| {
        let clicked = segmented(ui, "Units", options.order, &orders);
        options.order = clicked.unwrap_or(options.order);
    });
    let sorted = options.order == UnitOrder::Sorted;
    let order = kept.order(layer.view, bars, options.order);
    units::show(ui, layer, bars, order, sorted);
}

impl ActivationsScene {
    /// Which unit stands where; sorted once for each view.
    fn order(&mut self, view: &Arc<ActivationView>, bars: Bars, order: UnitOrder) -> &[usize] {
        self.order
            .renew((Same::of(view), bars, order), |_, places| {
                let values = bars.values(view);
                *places = (0..values.len()).collect();
                if order == UnitOrder::Sorted {
                    places.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
                }
            })
    }
}
