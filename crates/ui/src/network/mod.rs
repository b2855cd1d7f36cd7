//! The panel of the network: the architecture drawn from the experiment, lit up by a digit on its way through.

mod beside;
mod chain;
mod layout;
mod paint;
mod travel;
mod words;

use std::sync::Arc;

use egui::{Button, Ui, vec2};
use egui_material_icons::icons;

use super::action::Action;
use super::pane::Pane;
use super::panel::Panel;
use super::theme::{self, space};
use super::{card, followed, signed_legend};
use chain::NetworkDrawing;
use hourglass_experiment::Experiment;
use hourglass_experiment::network::{Network, Place};
use hourglass_protocol::{FlowView, ProbeRequest};
use hourglass_state::{LabState, RunView};
use layout::NetworkLayout;
use paint::FlowPictures;
use travel::Travel;

/// Height of the two lines below the drawing, in points, and the least height with which they are shown.
const FOOTER: f32 = 46.0;
const LEAST_WITH_FOOTER: f32 = 130.0;

#[derive(Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct NetworkPanel {
    #[serde(skip)]
    kept: NetworkScene,
}

/// What is kept from frame to frame.
#[derive(Default)]
struct NetworkScene {
    travel: Travel,
    /// The layer that was clicked.
    chosen: Option<Place>,
    pictures: FlowPictures,
}

impl Panel for NetworkPanel {
    /// Draws the network of the run in progress, before there is one that of the draft.
    fn ui(&mut self, ui: &mut Ui, view: RunView<'_>, actions: &mut Vec<Action>) {
        let state = view.state;
        let Self { kept } = self;
        let experiment = state
            .run
            .as_ref()
            .map_or(&state.draft, |run| &run.experiment);
        if state.run.is_none() && !experiment.problems().is_empty() {
            card::card(
                ui,
                Pane::Network.title(),
                |_| {},
                |ui| {
                    card::empty(
                        ui,
                        "The experiment cannot be built yet",
                        "The Experiment panel says what is wrong",
                    );
                },
            );
            return;
        }
        let network = Network::new(experiment);
        let flow = newest_flow(state);
        let now = ui.input(|input| input.time);
        kept.travel.tick(now, network.chain.len());
        if kept.travel.is_playing() {
            ui.request_repaint();
        }
        let mut travel = kept.travel;
        let mut pushed = Vec::new();
        card::card(
            ui,
            Pane::Network.title(),
            |ui| {
                followed::choice(ui, state, &mut pushed);
                if flow.is_some() {
                    travel_controls(ui, &mut travel, now, network.chain.len());
                }
            },
            |ui| body(ui, state, experiment, &network, flow, kept, now, actions),
        );
        kept.travel = travel;
        actions.append(&mut pushed);
    }

    fn look(&self, state: &LabState, request: &mut ProbeRequest) {
        request.followed = Some(state.followed);
    }
}

/// The newest look at the image that is followed.
fn newest_flow(state: &LabState) -> Option<&Arc<FlowView>> {
    let snapshot = state.run.as_ref()?.snapshot.as_ref()?;
    let flow = snapshot.flow.as_ref();
    flow.filter(|flow| flow.sample == state.followed)
}

fn travel_controls(ui: &mut Ui, travel: &mut Travel, now: f64, n_layers: usize) {
    let step = Button::new(theme::icon(icons::ICON_SKIP_NEXT))
        .small()
        .frame(false);
    let step = ui
        .add(step)
        .on_hover_text(
            "Light up the next layer and explain what happens there; after the last, light up all of them",
        )
        .accessible_name("Step to the next layer");
    if step.clicked() {
        travel.step(now, n_layers);
    }
    let (icon, name) = if travel.is_playing() {
        (icons::ICON_PAUSE, "Pause the animation")
    } else {
        (icons::ICON_PLAY_ARROW, "Play in slow motion")
    };
    let play = Button::new(theme::icon(icon)).small().frame(false);
    let play = ui
        .add(play)
        .on_hover_text("The image travels through the network layer by layer, in slow motion")
        .accessible_name(name);
    if play.clicked() {
        travel.play_or_pause(now);
    }
}

#[expect(clippy::too_many_arguments, reason = "all that the drawing depends on")]
fn body(
    ui: &mut Ui,
    state: &LabState,
    experiment: &Experiment,
    network: &Network,
    flow: Option<&Arc<FlowView>>,
    kept: &mut NetworkScene,
    now: f64,
    actions: &mut Vec<Action>,
) {
    let NetworkScene {
        travel,
        chosen,
        pictures,
    } = kept;
    *chosen = chosen.filter(|&place| network.node(place).is_some());
    let room = ui.available_rect_before_wrap();
    let has_footer = room.height() >= LEAST_WITH_FOOTER;
    let footer = if has_footer { FOOTER } else { 0.0 };
    let upper = room.with_max_y((room.bottom() - footer).max(room.top()));
    let line_height = ui.text_style_height(&theme::text::SMALL) + 1.0;
    let layout = NetworkLayout::new(network, upper.shrink2(vec2(2.0, 0.0)), line_height);
    if let Some(flow) = flow {
        pictures.renew(ui, network, &layout, flow);
    }
    let drawing = NetworkDrawing {
        network,
        layout: &layout,
        data: state.dataset.as_ref().map(|dataset| dataset.id),
        flow: flow.map(Arc::as_ref),
        pictures,
        travel,
        stage: stage(state),
        now,
    };
    if let Some(clicked) = drawing.show(ui, *chosen) {
        *chosen = (*chosen != Some(clicked)).then_some(clicked);
        if let Place::Layer(layer) = clicked {
            actions.push(Action::ChooseLayer(layer));
        }
    }
    ui.advance_cursor_after_rect(upper);
    if has_footer {
        let story = story(state, network, travel, *chosen);
        show_footer(
            ui,
            &story,
            &words::total(network, experiment),
            flow,
            *chosen,
            actions,
        );
    }
}

/// The part of the plan that goes on, where there are several.
fn stage(state: &LabState) -> Option<hourglass_experiment::Stage> {
    let run = state.run.as_ref()?;
    let has_parts = !run.experiment.plan.is_plain();
    has_parts.then(|| run.position().stage)
}

/// The line that says what is looked at: the layer where the light is, the layer that was clicked, the part of
/// the plan, or what can be done.
fn story(state: &LabState, network: &Network, travel: &Travel, chosen: Option<Place>) -> String {
    if let Some(reached) = travel.reached()
        && let Some(node) = network.chain.get(reached)
    {
        let n = network.chain.len();
        let name = words::name(network, node.place);
        return format!(
            "{} of {n} · {name}: {}",
            reached + 1,
            words::making(network, node)
        );
    }
    if let Some(node) = chosen.and_then(|place| network.node(place)) {
        return words::facts(network, node);
    }
    if let Some(stage) = stage(state) {
        return format!("training {}: its connections are marked", stage.label());
    }
    if state.run.is_none() {
        return "The draft, before training: load a data set and press Train to light it up"
            .to_owned();
    }
    "Click a layer for its histogram and its weights".to_owned()
}

fn show_footer(
    ui: &mut Ui,
    story: &str,
    total: &str,
    flow: Option<&Arc<FlowView>>,
    chosen: Option<Place>,
    actions: &mut Vec<Action>,
) {
    ui.spacing_mut().item_spacing.y = 2.0;
    let line = vec2(ui.available_width(), 22.0);
    let layout = egui::Layout::right_to_left(egui::Align::Center);
    ui.allocate_ui_with_layout(line, layout, |ui| {
        if let Some(Place::Layer(_)) = chosen {
            for (name, pane, help) in [
                (
                    "weights",
                    Pane::Filters,
                    "Show the weights of this layer in Filters",
                ),
                (
                    "histogram",
                    Pane::Activations,
                    "Show in Activations how active this layer is over the test images",
                ),
            ] {
                let button = ui.add(Button::new(theme::dim(ui, name)).small());
                if button.on_hover_text(help).clicked() {
                    actions.push(Action::ShowPane(pane));
                }
            }
        }
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
            let text = egui::RichText::new(story).text_style(theme::text::SMALL);
            ui.add(egui::Label::new(text).truncate());
        });
    });
    ui.allocate_ui_with_layout(line, layout, |ui| {
        if flow.is_some() && ui.available_width() > 2.2 * signed_legend::SIZE.x {
            let help = "Colours of each layer end at its largest activation for this digit; pixels go \
                        from paper to ink";
            signed_legend::show(ui, ["−max", "max"], help);
            ui.add_space(space::S);
        }
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
            ui.add(egui::Label::new(theme::dim(ui, total)).truncate());
        });
    });
}
