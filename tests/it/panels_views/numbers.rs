use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hourglass::experiment::PresetId;
use hourglass::protocol::{Evaluation, Event, JudgingPart, JudgingProgress, RunHistory};
use hourglass::state::LabState;
use hourglass::ui::{Action, Panel as _, numbers::NumbersPanel};

use super::{click, name_of, says, script, stage};

fn measured(preset: PresetId, change: impl FnOnce(&mut Evaluation)) -> LabState {
    measured_on(script::with_mnist(20), preset, change)
}

fn measured_on(
    mut lab: LabState,
    preset: PresetId,
    change: impl FnOnce(&mut Evaluation),
) -> LabState {
    script::know_baselines(&mut lab);
    script::start(&mut lab, &preset.preset().experiment());
    script::train(&mut lab, 100);
    script::evaluate_fully(&mut lab, change);
    lab
}

#[test]
fn empty_states_say_what_to_do() {
    let harness = stage(NumbersPanel::ui, LabState::default());
    assert!(says(&harness, "Load a data set"));
    let harness = stage(NumbersPanel::ui, script::with_data(20));
    assert!(says(&harness, "Press Train"));
    let mut lab = script::with_data(20);
    script::start(&mut lab, &PresetId::Vanilla64.preset().experiment());
    let harness = stage(NumbersPanel::ui, lab);
    assert!(says(&harness, "Nothing measured yet"));
}

#[test]
fn every_figure_stands_beside_what_it_is_held_against() {
    let lab = measured(PresetId::Vanilla64, |evaluation| {
        evaluation.bce_per_pixel = Some(0.12);
    });
    let harness = stage(NumbersPanel::ui, lab);
    // PCA with 64 components leaves 0.1 / 65 = 0.00154 here.
    assert_eq!(
        name_of(&harness, "MSE "),
        "MSE 0.0100 per pixel 6.50 × PCA's 0.00154"
    );
    assert_eq!(
        name_of(&harness, "BCE "),
        "BCE 0.120 nats per pixel floor 0.0700 + 0.0500"
    );
    assert_eq!(
        name_of(&harness, "squared error"),
        "squared error 7.84 per image"
    );
    assert_eq!(
        name_of(&harness, "noise images"),
        "noise images 0.0250 per pixel 25 % of variance 0.100"
    );
    assert_eq!(name_of(&harness, "‖J‖² "), "‖J‖² 3.21 per image");
    // 64 units of variance 0.1 each: 3.21 / 6.4.
    assert_eq!(
        name_of(&harness, "‖J‖²/Var(h)"),
        "‖J‖²/Var(h) 0.502 per pixel²"
    );
    assert_eq!(
        name_of(&harness, "mean activation"),
        "mean activation 0.250 published 0.512477, trained otherwise"
    );
    let lab = measured_on(script::with_data(20), PresetId::Vanilla64, |_| {});
    let harness = stage(NumbersPanel::ui, lab); // pen digits
    assert_eq!(
        name_of(&harness, "mean activation"),
        "mean activation 0.250"
    );
}

#[test]
fn what_is_published_does_not_stand_beside_a_run_that_went_another_way() {
    let vanilla = PresetId::Vanilla64.preset().experiment(); // five epochs
    let activation = |lab: LabState| name_of(&stage(NumbersPanel::ui, lab), "mean activation");
    let run_of = |n_epochs: u64| {
        let mut lab = script::with_mnist(20);
        script::start(&mut lab, &vanilla);
        script::train(&mut lab, n_epochs * script::STEPS_PER_EPOCH);
        lab
    };
    let measured = |mut lab: LabState| {
        script::evaluate_fully(&mut lab, |_| {});
        lab
    };
    let (alone, beside) = ("mean activation 0.250", "published 0.512477");
    assert!(activation(measured(run_of(5))).contains(beside));
    assert_eq!(activation(measured(run_of(6))), alone, "past its plan");

    let mut tuned = run_of(1);
    let mut faster = vanilla.clone();
    faster.optimizer.learning_rate *= 2.0;
    for (step, epoch, experiment) in [(101, 1.0, faster), (201, 2.0, vanilla.clone())] {
        let run = tuned.current_run();
        tuned.apply(Event::Tuned {
            run,
            experiment,
            step,
            epoch,
            steps_per_epoch: 100,
        });
    }
    let back = tuned.run.as_ref().map(|run| run.experiment.clone());
    assert_eq!(back, Some(vanilla.clone()));
    assert_eq!(
        activation(measured(tuned)),
        alone,
        "changed and changed back"
    );

    let mut given = script::with_mnist(20);
    let run = script::start(&mut given, &vanilla);
    let terms = vanilla.objective.terms();
    let history = RunHistory {
        rows: [].into(),
        gradients: [].into(),
        evaluation: script::evaluation(0, 0.0, &terms, 0.1),
        training_secs: 0.0,
        images_per_sec: 0.0,
        goes_on: false,
        marks: Vec::new(),
        edited: None,
        lost: None,
    };
    let from = "pytorch.safetensors".into();
    given.apply(Event::RunOpened { run, from, history });
    script::train(&mut given, 100);
    assert_eq!(
        activation(measured(given)),
        alone,
        "with weights from a file"
    );
}

#[test]
fn a_variational_code_has_its_bound() {
    let lab = measured(PresetId::Vae20, |evaluation| {
        evaluation.variational = Some(script::variational());
    });
    let harness = stage(NumbersPanel::ui, lab);
    assert_eq!(
        name_of(&harness, "−ELBO "),
        "−ELBO 105.00 nats per image published 105.5890, trained otherwise"
    );
    assert_eq!(
        name_of(&harness, "KL to prior"),
        "KL to prior 25.0 nats per image"
    );
    assert_eq!(name_of(&harness, "active units"), "active units 7 of 20");
}

#[test]
fn an_adversarial_prior_and_classifiers_have_their_rows() {
    let lab = measured(PresetId::AaeMixture, |evaluation| {
        evaluation.adversarial = Some(script::adversarial());
        evaluation.classification = Some(script::classification());
    });
    let harness = stage(NumbersPanel::ui, lab);
    assert_eq!(
        name_of(&harness, "discriminator accuracy"),
        "discriminator accuracy 52.5 % 50 if it guesses"
    );
    assert_eq!(name_of(&harness, "petals filled"), "petals filled 9 of 10");
    assert_eq!(name_of(&harness, "pre-trained"), "pre-trained 1.42 % wrong");
    assert_eq!(
        name_of(&harness, "from random weights"),
        "from random weights 2.05 % wrong"
    );
}

#[test]
fn the_code_is_measured_when_asked_for() {
    let mut harness = stage(NumbersPanel::ui, measured(PresetId::Linear32, |_| {}));
    click(&mut harness, "Measure the code");
    assert_eq!(harness.state().actions, [Action::JudgeCode]);
    harness.state_mut().lab.note_judging(); // what the application does with the action
    harness.run_steps(3);
    let lab = &mut harness.state_mut().lab;
    let run = lab.current_run();
    lab.apply(Event::JudgingProgress {
        run,
        progress: JudgingProgress {
            part: JudgingPart::Pixels,
            fraction: 0.625,
        },
    });
    harness.run_steps(3);
    let sentence = "Measuring the code: classifiers of raw pixels, 62 %";
    assert!(says(&harness, sentence));
    click(&mut harness, "Cancel measuring (62 %)");
    assert_eq!(harness.state().actions.last(), Some(&Action::CancelJudging));
    let lab = &mut harness.state_mut().lab;
    lab.apply(Event::JudgingCancelled { run });
    harness.run_steps(3);
    assert!(!says(&harness, sentence));
    harness.get_by_label("Measure the code");

    let lab = &mut harness.state_mut().lab;
    lab.note_judging();
    let report = script::code_report(90);
    let secs = 2.5;
    lab.apply(Event::CodeJudged { run, report, secs });
    harness.run_steps(3);
    harness.get_by_label("Measure the code");
    assert_eq!(
        name_of(&harness, "linear probe"),
        "linear probe 95.1, 87.3, 91.8"
    );
    assert_eq!(
        name_of(&harness, "5 neighbours"),
        "5 neighbours 96.2, 95.4, 94.3"
    );
    assert_eq!(
        name_of(&harness, "code, 8 bit"),
        "code, 8 bits per unit 64, 20.1"
    );
    assert_eq!(name_of(&harness, "PNG"), "PNG 281, exact");
    assert_eq!(
        name_of(&harness, "JPEG, quality 75"),
        "JPEG, quality 75 402, 181, 33.2"
    );
    assert_eq!(
        name_of(&harness, "WebP, lossless"),
        "WebP, lossless 230, exact"
    );
    assert_eq!(
        name_of(&harness, "code, inverted"),
        "code, inverted 64, 3.4"
    );
    assert_eq!(
        name_of(&harness, "angle to PCA's"),
        "angle to PCA's 12.5 degrees 0 when it is the same"
    );
    assert_eq!(name_of(&harness, "slant"), "slant 4, −0.82");
    assert!(says(&harness, "measured at step 90") && says(&harness, "trained further since"));
}

#[test]
fn without_a_model_there_is_no_code_to_measure() {
    let harness = stage(NumbersPanel::ui, script::with_data(20));
    let button = harness.get_by_label("Measure the code");
    assert!(button.accesskit_node().is_disabled());
}
