//! The views: loss, digits, activations, latent space, user images, numbers and diagnoses, through the accessibility tree.

mod activations;
mod decoding;
mod diagnoses;
mod digits;
mod filters;
mod gradients;
pub mod inside;
mod latent;
mod latent_tools;
mod loss;
mod manifold;
mod network;
mod numbers;
pub mod script;
mod sliders;
mod your_image;

use egui_kittest::Harness;
use egui_kittest::kittest::{AccessKitNode, NodeT as _, Queryable as _};
use hourglass::protocol::{CodeSelection, ProbeRequest, Requester};
use hourglass::state::{LabState, RunView};
use hourglass::ui::{Action, Panel, theme};

/// A panel, what it reads, what it asked for, and what it looks at.
pub struct Stage<P> {
    pub panel: P,
    pub lab: LabState,
    pub actions: Vec<Action>,
    pub request: ProbeRequest,
}

impl<P> Stage<P> {
    /// The places that a requester looks at.
    pub fn places(&self, requester: Requester) -> Option<CodeSelection> {
        let set = self
            .request
            .decode
            .iter()
            .find(|set| set.requester == requester);
        set.map(|set| set.places.clone())
    }
}

type Show<P> = fn(&mut P, &mut egui::Ui, &LabState, &mut Vec<Action>);

type ShowPanel<P> = fn(&mut P, &mut egui::Ui, RunView<'_>, &mut Vec<Action>);

/// Shows one panel at the size it has in a window of 1280×800, without a GPU.
pub fn stage<P: Panel + Default + 'static>(
    show: ShowPanel<P>,
    lab: LabState,
) -> Harness<'static, Stage<P>> {
    let show =
        move |panel: &mut P, ui: &mut egui::Ui, lab: &LabState, actions: &mut Vec<Action>| {
            show(panel, ui, RunView::of(lab), actions);
        };
    stage_that_looks(show, P::look, lab)
}

/// The same of what is no panel, and looks at nothing.
pub fn stage_of<P: Default + 'static>(show: Show<P>, lab: LabState) -> Harness<'static, Stage<P>> {
    stage_that_looks(show, |_, _, _| (), lab)
}

fn stage_that_looks<P: Default + 'static>(
    show: impl Fn(&mut P, &mut egui::Ui, &LabState, &mut Vec<Action>) + 'static,
    look: fn(&P, &LabState, &mut ProbeRequest),
    lab: LabState,
) -> Harness<'static, Stage<P>> {
    let stage = Stage {
        panel: P::default(),
        lab,
        actions: Vec::new(),
        request: nothing(),
    };
    let mut harness = Harness::builder()
        .with_size(egui::vec2(490.0, 375.0))
        .with_step_dt(1.0 / 60.0)
        .with_context_setup(theme::install)
        .build_ui_state(
            move |ui, stage: &mut Stage<P>| {
                let Stage {
                    panel,
                    lab,
                    actions,
                    request,
                } = stage;
                show(panel, ui, lab, actions);
                *request = nothing();
                look(panel, lab, request);
            },
            stage,
        );
    harness.run_steps(3);
    harness
}

/// What nobody looks at.
fn nothing() -> ProbeRequest {
    ProbeRequest {
        samples: Vec::new(),
        layer: None,
        scatter: None,
        ..ProbeRequest::default()
    }
}

/// Clicks a widget by its accessible name.
pub fn click<P>(harness: &mut Harness<'static, Stage<P>>, label: &str) {
    harness.get_by_label(label).click_accesskit();
    harness.run_steps(3);
}

/// The accessible name or text that begins like this.
pub fn name_of<P>(harness: &Harness<'static, Stage<P>>, beginning: &str) -> String {
    let texts = |node: &AccessKitNode<'_>| [node.label(), node.value()];
    let begins = |text: &String| text.starts_with(beginning);
    let node = harness.get_by(|node| texts(node).iter().flatten().any(begins));
    let found = texts(&node.accesskit_node())
        .into_iter()
        .flatten()
        .find(begins);
    found.expect("found by its text")
}

/// Whether anything on the screen says this.
pub fn says<P>(harness: &Harness<'static, Stage<P>>, text: &str) -> bool {
    let contains = |found: Option<String>| found.is_some_and(|found| found.contains(text));
    let mut nodes = harness.query_all_by(|node| contains(node.label()) || contains(node.value()));
    nodes.next().is_some()
}

/// A pane can be made 140 points wide and high; its borders can be dragged while it shows anything.
#[test]
fn every_panel_can_be_drawn_in_the_smallest_pane() {
    use hourglass::experiment::network::Connection;
    use hourglass::experiment::{LayerName, PresetId};
    use hourglass::ui::your_image::YourImagePanel;
    use hourglass::ui::{activations::ActivationsPanel, digits::DigitsPanel};
    use hourglass::ui::{filters::FiltersPanel, gradients::GradientsPanel, network::NetworkPanel};
    use hourglass::ui::{latent::LatentPanel, loss::LossPanel, numbers::NumbersPanel};
    use hourglass::ui::{manifold::ManifoldPanel, sliders::SlidersPanel};

    fn draw_small<P: Panel + Default + 'static>(show: ShowPanel<P>) {
        let mut lab = script::with_data(20);
        script::know_baselines(&mut lab);
        script::start(&mut lab, &PresetId::Sparse64.preset().experiment());
        script::train(&mut lab, 20);
        script::measure_gradients(&mut lab, 0..=20);
        script::look(&mut lab, &[0, 1], None, LayerName::Code);
        inside::look_inside(&mut lab, Connection::Encoder(0), 0);
        script::add_own(&mut lab, "one.png", 8);
        script::look_at_own(&mut lab);
        manifold::answer_grid(&mut lab, 12);
        sliders::answer(&mut lab, 0.5);
        script::evaluate_fully(&mut lab, |_| {});
        let run = lab.current_run();
        let report = script::code_report(20);
        let secs = 2.5;
        lab.apply(hourglass::protocol::Event::CodeJudged { run, report, secs });
        let mut harness = stage(show, lab);
        for side in [140.0, 60.0, 10.0] {
            harness.set_size(egui::vec2(side, side));
            harness.run_steps(2);
        }
    }
    draw_small(LossPanel::ui);
    draw_small(DigitsPanel::ui);
    draw_small(LatentPanel::ui);
    draw_small(ActivationsPanel::ui);
    draw_small(NumbersPanel::ui);
    draw_small(ManifoldPanel::ui);
    draw_small(SlidersPanel::ui);
    draw_small(YourImagePanel::ui);
    draw_small(FiltersPanel::ui);
    draw_small(NetworkPanel::ui);
    draw_small(GradientsPanel::ui);
}
