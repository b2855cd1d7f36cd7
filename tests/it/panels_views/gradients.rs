use egui_kittest::kittest::Queryable as _;
use hourglass::experiment::{Experiment, PresetId};
use hourglass::protocol::{Event, RunHistory};
use hourglass::state::LabState;
use hourglass::ui::{Panel as _, gradients::GradientsPanel};

use super::{click, name_of, says, script, stage};

fn measured(preset: PresetId) -> LabState {
    let mut lab = script::with_data(20);
    script::start(&mut lab, &preset.preset().experiment());
    script::train(&mut lab, 20);
    script::measure_gradients(&mut lab, 0..=20);
    lab
}

#[test]
fn empty_states_say_what_to_do() {
    let harness = stage(GradientsPanel::ui, LabState::default());
    assert!(says(&harness, "Load a data set"));
    let harness = stage(GradientsPanel::ui, script::with_data(20));
    assert!(says(&harness, "Press Train"));
    let mut lab = script::with_data(20);
    script::start(&mut lab, &Experiment::default());
    assert!(says(&stage(GradientsPanel::ui, lab), "Press Train"));
}

#[test]
fn each_layer_is_named_with_its_newest_figures() {
    let harness = stage(GradientsPanel::ui, measured(PresetId::Multilayer64));
    let norms = name_of(&harness, "Gradient norm at epoch 0.20");
    assert!(
        norms.ends_with(": encoder 1 1.00, code 0.100, decoder 1 0.0100, output 0.00100"),
        "{norms}"
    );
    let ratios = name_of(&harness, "Update ratio at epoch 0.20");
    assert!(
        ratios.contains("decoder 1 0.00100, output 0.00100"),
        "{ratios}"
    );
    for layer in ["encoder 1", "code", "decoder 1", "output"] {
        assert!(says(&harness, &format!("show {layer}")), "{layer}");
    }
}

#[test]
fn a_layer_is_hidden_and_the_pointer_reads_the_others() {
    let mut harness = stage(GradientsPanel::ui, measured(PresetId::Multilayer64));
    let plot = harness.get_by_label_contains("Gradient norm at").rect();
    harness.hover_at(plot.center());
    harness.run_steps(3);
    assert!(says(&harness, "epoch 0.") && says(&harness, "0.0100"));
    click(&mut harness, "show decoder 1");
    harness.hover_at(plot.center());
    harness.run_steps(3);
    let is_read = |text: &str| harness.query_all_by_label(text).next().is_some();
    assert!(is_read("output") && is_read("encoder 1") && !is_read("0.0100"));
}

#[test]
fn the_first_step_is_told_layer_by_layer() {
    let mut harness = stage(GradientsPanel::ui, measured(PresetId::Vae20));
    click(&mut harness, "Gradients of, first step");
    let rows = ["encoder 1", "code", "ln σ²", "decoder 1", "output"];
    let tops = rows.map(|row| {
        let begins = format!("{row}: standard deviation of activations");
        harness.get_by_label_contains(&begins).rect().top()
    });
    assert!(tops.is_sorted(), "from the input to the output: {tops:?}");
    assert_eq!(
        name_of(&harness, "code: "),
        "code: standard deviation of activations 0.500, of gradients 0.000200"
    );
    assert!(says(&harness, "initial weights: Glorot uniform"));
}

#[test]
fn a_run_of_an_older_version_says_that_nothing_was_recorded() {
    let mut lab = script::with_data(20);
    let run = script::start(&mut lab, &PresetId::Vanilla64.preset().experiment());
    let history = RunHistory {
        gradients: std::sync::Arc::from([]),
        rows: std::sync::Arc::from([]),
        evaluation: script::evaluation(200, 2.0, &[], 0.05),
        training_secs: 1.0,
        images_per_sec: 1.0,
        goes_on: true,
        marks: Vec::new(),
        edited: None,
        lost: None,
    };
    let from = std::path::PathBuf::from("a run");
    lab.apply(Event::RunOpened { run, from, history });
    let mut harness = stage(GradientsPanel::ui, lab);
    assert!(says(&harness, "Not recorded"));
    // Trained on, it has curves, and still no first step.
    script::measure_gradients(&mut harness.state_mut().lab, 201..=202);
    harness.run_steps(3);
    assert!(says(&harness, "Gradient norm at epoch 2.02"));
    click(&mut harness, "Gradients of, first step");
    assert!(says(&harness, "Not recorded"));
}
