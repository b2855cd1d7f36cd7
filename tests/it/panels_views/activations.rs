use egui_kittest::kittest::Queryable as _;
use hourglass::experiment::{Experiment, LayerName, PresetId};
use hourglass::state::LabState;
use hourglass::ui::{Panel as _, activations::ActivationsPanel};

use super::{click, name_of, says, script, stage};

fn looking_at(preset: PresetId, layer: LayerName) -> LabState {
    let mut lab = script::with_data(20);
    script::start(&mut lab, &preset.preset().experiment());
    script::look(&mut lab, &[0], None, layer);
    lab
}

#[test]
fn empty_states_say_what_to_do() {
    let harness = stage(ActivationsPanel::ui, LabState::default());
    assert!(says(&harness, "Load a data set"));
    let harness = stage(ActivationsPanel::ui, script::with_data(20));
    assert!(says(&harness, "Press Train"));
    let mut lab = script::with_data(20);
    script::start(&mut lab, &Experiment::default());
    assert!(says(
        &stage(ActivationsPanel::ui, lab),
        "The activations of code are being computed"
    ));
}

#[test]
fn the_key_figures_are_told() {
    let harness = stage(
        ActivationsPanel::ui,
        looking_at(PresetId::Sparse64, LayerName::Code),
    );
    let name = name_of(&harness, "Histogram of code");
    assert!(
        name.contains("mean activation 0.2500, 14 % near zero, 3 of 64 units dead, 2,000 images"),
        "{name}"
    );
    assert!(says(&harness, "3 of 64"));
}

#[test]
fn choosing_a_layer_asks_for_it_and_shows_no_other() {
    let mut harness = stage(
        ActivationsPanel::ui,
        looking_at(PresetId::Multilayer64, LayerName::Code),
    );
    assert_eq!(harness.state().request.layer, Some(LayerName::Code));
    click(&mut harness, "Layer");
    harness.get_by_label("encoder 1, 128 units").click();
    harness.run_steps(3);
    assert_eq!(harness.state().request.layer, Some(LayerName::Encoder(0)));
    assert!(says(
        &harness,
        "The activations of encoder 1 are being computed"
    ));
}

#[test]
fn a_layer_that_is_gone_gives_way_to_the_code() {
    let mut harness = stage(
        ActivationsPanel::ui,
        looking_at(PresetId::Multilayer64, LayerName::Encoder(0)),
    );
    click(&mut harness, "Layer");
    harness.get_by_label("encoder 1, 128 units").click();
    harness.run_steps(3);
    harness.state_mut().lab = looking_at(PresetId::Vanilla64, LayerName::Code);
    harness.run_steps(2);
    assert_eq!(harness.state().request.layer, Some(LayerName::Code));
    assert!(says(&harness, "Histogram of code"));
}

#[test]
fn units_can_be_sorted() {
    let mut harness = stage(
        ActivationsPanel::ui,
        looking_at(PresetId::Sparse64, LayerName::Code),
    );
    assert!(says(&harness, "each of 64 units, in order"));
    click(&mut harness, "Units, sorted");
    assert!(says(&harness, "each of 64 units, sorted"));
    let strip = harness
        .get_by_label_contains("Mean activation of each")
        .rect();
    harness.hover_at(strip.left_bottom() + egui::vec2(2.0, -3.0));
    harness.run_steps(3);
    // The mean of unit u is (7 u mod 64) / 64: the largest, 63/64, is that of unit 9.
    assert!(says(&harness, "unit 9") && says(&harness, "0.98438"));
}

#[test]
fn a_low_panel_keeps_the_histogram_and_drops_the_strip() {
    let lab = looking_at(PresetId::Sparse64, LayerName::Code);
    let mut harness = stage(ActivationsPanel::ui, lab);
    harness.set_size(egui::vec2(260.0, 200.0));
    harness.run_steps(3);
    let histogram = harness.get_by_label_contains("Histogram of code").rect();
    assert!(histogram.height() > 50.0, "{histogram:?}");
    assert!(!says(&harness, "Mean activation of each"));
}

#[test]
fn the_mean_asked_for_is_named_where_there_is_one() {
    let lab = looking_at(PresetId::SparseKl64, LayerName::Code);
    let mut harness = stage(ActivationsPanel::ui, lab);
    assert!(says(
        &harness,
        "each of 64 units, in order, target ρ = 0.05"
    ));
    click(&mut harness, "Shown, means");
    assert!(says(
        &harness,
        "each of 64 units, in order, target ρ = 0.05"
    ));
    assert!(!says(&harness, "Histogram of code"));
    let lab = looking_at(PresetId::Sparse64, LayerName::Code);
    assert!(!says(&stage(ActivationsPanel::ui, lab), "target ρ"));
}

#[test]
fn a_variational_code_shows_what_each_unit_says() {
    let mut lab = script::with_data(20);
    script::start(&mut lab, &PresetId::Vae20.preset().experiment());
    script::evaluate_fully(&mut lab, |evaluation| {
        evaluation.variational = Some(script::variational());
    });
    script::look_at_variational(&mut lab);
    let mut harness = stage(ActivationsPanel::ui, lab);
    assert!(says(&harness, "‖J‖² 3.21") && says(&harness, "active 7 of 20"));
    click(&mut harness, "Shown, KL");
    assert_eq!(
        name_of(&harness, "KL of each of"),
        "KL of each of 20 units in nats, in order; 7 of 20 units active"
    );
    click(&mut harness, "Units, sorted");
    let strip = harness.get_by_label_contains("KL of each of").rect();
    harness.hover_at(strip.left_bottom() + egui::vec2(2.0, -3.0));
    harness.run_steps(3);
    assert!(says(&harness, "unit 19") && says(&harness, "KL 1.9000 nats"));

    harness.state_mut().lab = looking_at(PresetId::Vanilla64, LayerName::Code);
    harness.run_steps(3);
    assert!(
        says(&harness, "Histogram of code"),
        "without KL, activations"
    );
    assert!(harness.query_by_label("Shown, KL").is_none());
}
