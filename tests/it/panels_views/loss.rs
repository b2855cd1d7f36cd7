use egui_kittest::kittest::{AccessKitNode, NodeT as _, Queryable as _};
use hourglass::experiment::{PresetId, Stage};
use hourglass::state::LabState;
use hourglass::ui::Panel as _;
use hourglass::ui::loss::LossPanel;

use super::{click, name_of, says, script, stage};

fn trained(preset: PresetId) -> LabState {
    trained_on(script::with_data(20), preset)
}

fn trained_on(mut lab: LabState, preset: PresetId) -> LabState {
    script::start(&mut lab, &preset.preset().experiment());
    script::train(&mut lab, 200);
    lab
}

#[test]
fn empty_states_say_what_to_do() {
    let harness = stage(LossPanel::ui, LabState::default());
    assert!(says(&harness, "Load a data set"));
    let harness = stage(LossPanel::ui, script::with_data(20));
    assert!(says(&harness, "Press Train"));
}

#[test]
fn the_evaluation_before_the_first_step_is_no_curve_yet() {
    let mut lab = script::with_data(20);
    script::start(&mut lab, &PresetId::Vanilla64.preset().experiment());
    script::evaluate(&mut lab, 0);
    let harness = stage(LossPanel::ui, lab);
    assert!(says(&harness, "Not trained yet"));
    assert!(harness.query_by_label_contains("Loss: ").is_none());
}

#[test]
fn the_key_figures_are_told_with_their_unit() {
    let harness = stage(LossPanel::ui, trained(PresetId::Vanilla64));
    let name = name_of(&harness, "Loss: ");
    assert!(
        name.contains("train 0.0103 per pixel, test 0.0126 per pixel"),
        "{name}"
    );
    let harness = stage(LossPanel::ui, trained(PresetId::Basic32));
    assert!(name_of(&harness, "Loss: ").contains("nats per pixel"));
}

#[test]
fn the_axis_switches_between_log_and_linear() {
    let mut harness = stage(LossPanel::ui, trained(PresetId::Vanilla64));
    assert!(name_of(&harness, "Loss: ").contains("logarithmic axis"));
    click(&mut harness, "Loss axis, linear");
    assert!(name_of(&harness, "Loss: ").contains("linear axis"));
    click(&mut harness, "Loss axis, log");
    assert!(name_of(&harness, "Loss: ").contains("logarithmic axis"));
}

#[test]
fn in_a_narrow_panel_the_choices_fold_into_menus() {
    let mut harness = stage(LossPanel::ui, trained(PresetId::Vanilla64));
    harness.set_size(egui::vec2(270.0, 200.0));
    harness.run_steps(3);
    assert!(harness.query_by_label("Loss history, recent").is_none());
    click(&mut harness, "Loss history");
    harness.get_by_label("recent").click();
    harness.run_steps(3);
    harness.set_size(egui::vec2(490.0, 375.0));
    harness.run_steps(3);
    let recent = harness.get_by_label("Loss history, recent");
    assert!(recent.accesskit_node().toggled() == Some(egui::accesskit::Toggled::True));
}

#[test]
fn each_term_can_be_hidden_and_without_a_penalty_there_is_one() {
    let mut harness = stage(LossPanel::ui, trained(PresetId::Sparse64));
    click(&mut harness, "show L1 penalty");
    harness.get_by_label("show objective");
    harness.get_by_label("show MSE");
    let harness = stage(LossPanel::ui, trained(PresetId::Vanilla64));
    assert!(harness.query_by_label("show objective").is_none());
}

#[test]
fn a_hidden_split_says_nothing() {
    let mut harness = stage(LossPanel::ui, trained(PresetId::Vanilla64));
    click(&mut harness, "show test loss");
    assert!(!name_of(&harness, "Loss: ").contains("test"));
}

#[test]
fn hovering_reads_five_digits_and_names_the_curve() {
    let mut harness = stage(LossPanel::ui, trained(PresetId::Vanilla64));
    let plot = harness.get_by_label_contains("Loss: ").rect();
    harness.hover_at(plot.right_center() - egui::vec2(2.0, 0.0));
    harness.run_steps(3);
    // The last evaluation is 1.2 · (0.01 + 0.09 e⁻⁸) · 1.05.
    assert!(says(&harness, "0.012638"), "{:?}", harness.root());
    assert!(says(&harness, "train") && says(&harness, "epoch"));
    assert!(says(&harness, "per pixel"), "with its unit");
}

#[test]
fn hovering_reads_every_term_with_its_unit() {
    let mut harness = stage(LossPanel::ui, trained(PresetId::Vae20));
    let plot = harness.get_by_label_contains("Loss: ").rect();
    harness.hover_at(plot.right_center() - egui::vec2(2.0, 0.0));
    harness.run_steps(3);
    let units = harness.query_all_by(|node| node.value().as_deref() == Some("nats per image"));
    assert_eq!(units.count(), 7, "three terms on two splits, and the axis");
    for name in ["train objective", "test objective", "train KL", "test KL"] {
        assert!(says(&harness, name), "{name}");
    }
}

#[test]
fn hovering_a_mark_says_what_changed() {
    let mut lab = trained(PresetId::Vanilla64);
    let mut experiment = lab.run.as_ref().expect("it runs").experiment.clone();
    experiment.optimizer.learning_rate = 0.01;
    let run = lab.current_run();
    lab.apply(hourglass::protocol::Event::Tuned {
        run,
        experiment,
        step: 201,
        epoch: 2.0,
        steps_per_epoch: 100,
    });
    let mut harness = stage(LossPanel::ui, lab);
    let name = name_of(&harness, "Loss: ");
    assert!(
        name.contains("learning rate 0.001 → 0.01 at epoch 2.00"),
        "{name}"
    );
    let plot = harness.get_by_label_contains("Loss: ").rect();
    harness.hover_at(plot.right_center() - egui::vec2(2.0, 0.0));
    harness.run_steps(3);
    let exact =
        |node: &AccessKitNode<'_>| node.value().as_deref() == Some("learning rate 0.001 → 0.01");
    assert!(harness.query_all_by(exact).next().is_some());
}

#[test]
fn the_run_before_is_a_ghost_that_can_be_hidden() {
    let mut lab = trained(PresetId::Vanilla64);
    script::start(&mut lab, &PresetId::Vanilla64.preset().experiment());
    script::train(&mut lab, 50);
    let mut harness = stage(LossPanel::ui, lab);
    let plot = harness.get_by_label_contains("Loss: ").rect();
    harness.hover_at(plot.right_center() - egui::vec2(2.0, 0.0));
    harness.run_steps(3);
    assert!(says(&harness, "previous train"));
    click(&mut harness, "show previous run");
    assert!(!says(&harness, "previous train"));
}

#[test]
fn a_run_opened_from_a_folder_is_a_ghost_too() {
    use hourglass::protocol::{Event, HistoryRow, Measured, RunHistory};
    let mut lab = script::with_data(20);
    let run = script::start(&mut lab, &PresetId::Vanilla64.preset().experiment());
    let row = |step: u32| HistoryRow {
        step: step.into(),
        epoch: f64::from(step) / 100.0,
        measured: Measured::Step,
        values: vec![(hourglass::experiment::Term::Objective, 0.05)],
        elapsed_secs: 1.0,
    };
    let history = RunHistory {
        gradients: std::sync::Arc::from([]),
        rows: (1..=200).map(row).collect(),
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
    let mut slower = PresetId::Vanilla64.preset().experiment();
    slower.optimizer.learning_rate = 1e-4;
    script::start(&mut lab, &slower);
    script::train(&mut lab, 50);
    let mut harness = stage(LossPanel::ui, lab);
    let plot = harness.get_by_label_contains("Loss: ").rect();
    harness.hover_at(plot.right_center() - egui::vec2(2.0, 0.0));
    harness.run_steps(3);
    assert!(says(&harness, "previous train"));
    harness.get_by_label("show previous run").hover();
    harness.run_steps(60);
    assert!(says(&harness, "The previous run: learning rate 0.001"));
}

#[test]
fn a_ghost_that_counts_in_another_unit_is_not_drawn() {
    let mut lab = trained(PresetId::Vae20);
    script::start(&mut lab, &PresetId::Vanilla64.preset().experiment());
    script::train(&mut lab, 50);
    let mut harness = stage(LossPanel::ui, lab);
    let plot = harness.get_by_label_contains("Loss: ").rect();
    harness.hover_at(plot.right_center() - egui::vec2(2.0, 0.0));
    harness.run_steps(3);
    assert!(says(&harness, "train") && !says(&harness, "previous train"));
    assert!(
        !says(&harness, "show previous run"),
        "the legend names what is drawn"
    );
}

#[test]
fn dragging_moves_the_view_and_a_double_click_brings_it_back() {
    let mut harness = stage(LossPanel::ui, trained(PresetId::Vanilla64));
    let center = harness.get_by_label_contains("Loss: ").rect().center();
    let epoch_at_center =
        |harness: &mut egui_kittest::Harness<'static, super::Stage<LossPanel>>| {
            harness.hover_at(center);
            harness.run_steps(3);
            name_of(harness, "epoch ")
        };
    let before = epoch_at_center(&mut harness);
    harness.drag_at(center);
    harness.run_steps(1);
    harness.hover_at(center + egui::vec2(80.0, 0.0));
    harness.run_steps(1);
    harness.drop_at(center + egui::vec2(80.0, 0.0));
    harness.run_steps(2);
    assert_ne!(epoch_at_center(&mut harness), before);
    for _ in 0..2 {
        harness.drag_at(center);
        harness.drop_at(center);
        harness.run_steps(1);
    }
    assert_eq!(epoch_at_center(&mut harness), before);
}

#[test]
fn the_wheel_zooms_around_the_pointer() {
    let mut harness = stage(LossPanel::ui, trained(PresetId::Vanilla64));
    let plot = harness.get_by_label_contains("Loss: ").rect();
    let epoch_at = |harness: &mut egui_kittest::Harness<'static, super::Stage<LossPanel>>, at| {
        harness.hover_at(at);
        harness.run_steps(3);
        let text = name_of(harness, "epoch ").replace("epoch ", "");
        let (epoch, _) = text.split_once(", step ").expect("epoch and step");
        epoch.parse::<f64>().expect("a number of epochs")
    };
    let right = plot.right_center() - egui::vec2(2.0, 0.0);
    let center_before = epoch_at(&mut harness, plot.center());
    let right_before = epoch_at(&mut harness, right);
    harness.hover_at(plot.center());
    harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, 100.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: egui::Modifiers::NONE,
    });
    harness.run_steps(30); // egui spreads the turn of a wheel over some frames
    assert!((epoch_at(&mut harness, plot.center()) - center_before).abs() < 0.01);
    assert!(epoch_at(&mut harness, right) < right_before - 0.1);
}

#[test]
fn lines_to_hold_the_curves_against_are_named_and_can_be_hidden() {
    let mut lab = trained(PresetId::Vanilla64);
    script::know_baselines(&mut lab);
    let mut harness = stage(LossPanel::ui, lab);
    assert!(name_of(&harness, "Loss: ").contains("PCA, 64 components: 0.00154"));
    click(&mut harness, "show line PCA, 64 components");
    assert!(!name_of(&harness, "Loss: ").contains("PCA"));

    let mut lab = trained(PresetId::Basic32);
    script::know_baselines(&mut lab);
    let name = name_of(&stage(LossPanel::ui, lab), "Loss: ");
    assert!(name.contains("entropy floor: 0.0700"), "{name}");

    let mut lab = trained_on(script::with_mnist(20), PresetId::Vae20);
    script::know_baselines(&mut lab);
    let name = name_of(&stage(LossPanel::ui, lab), "Loss: ");
    // Summed over an image: 784 · 0.07.
    assert!(
        name.contains("entropy floor: 54.9, published, trained otherwise: 105.5890"),
        "{name}"
    );
}

#[test]
fn what_is_published_for_mnist_is_not_drawn_on_other_digits() {
    let lab = trained_on(script::with_data(20), PresetId::Vae20);
    assert!(!says(&stage(LossPanel::ui, lab), "published"));
}

#[test]
fn an_experiment_that_is_another_task_has_no_published_figure() {
    let mut lab = script::with_mnist(20);
    let mut experiment = PresetId::Vae20.preset().experiment();
    experiment.objective.prior = hourglass::experiment::Prior::None;
    script::start(&mut lab, &experiment);
    script::train(&mut lab, 20);
    assert!(!says(&stage(LossPanel::ui, lab), "published"));
}

#[test]
fn figures_with_another_unit_have_an_axis_of_their_own() {
    let mut harness = stage(LossPanel::ui, trained(PresetId::Aae2));
    let name = name_of(&harness, "Loss: ");
    assert!(name.contains("train 0.0103 per image"), "{name}");
    click(&mut harness, "Curves, accuracy");
    let name = name_of(&harness, "Loss: ");
    assert!(
        name.contains("train 51.6 %") && name.contains("cannot tell: 50"),
        "{name}"
    );
    assert!(name.contains("linear axis"), "{name}");
    click(&mut harness, "Curves, adversary");
    let name = name_of(&harness, "Loss: ");
    assert!(name.contains("train 1.24 nats"), "{name}");
    harness.get_by_label("show generator");
    let harness = stage(LossPanel::ui, trained(PresetId::Vanilla64));
    assert!(harness.query_by_label("Curves, objective").is_none());
}

#[test]
fn the_curves_follow_the_part_of_the_plan() {
    let mut lab = script::with_mnist(20);
    script::start(&mut lab, &PresetId::StackedDenoising.preset().experiment());
    script::train_stage(&mut lab, Stage::Pretraining { layer: 0, of: 3 }, 1..=100);
    let mut harness = stage(LossPanel::ui, lab);
    assert!(says(
        &harness,
        "error of the layer being trained, per input"
    ));

    let lab = &mut harness.state_mut().lab;
    script::train_stage(lab, Stage::FineTuning, 101..=200);
    harness.run_steps(3);
    assert!(says(&harness, "misclassified, %"));
    let name = name_of(&harness, "Loss: ");
    for part in [
        "error, pre-trained, train 1.24 %",
        "error, pre-trained, test 1.52 %",
        "error, from random, test 2.53 %",
        "published, trained otherwise: 1.3",
    ] {
        assert!(name.contains(part), "{part}: {name}");
    }
    click(&mut harness, "show error, from random");
    assert!(!name_of(&harness, "Loss: ").contains("from random"));
    click(&mut harness, "Curves, objective");
    assert!(!says(&harness, "misclassified, %"));
}
