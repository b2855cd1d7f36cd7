use egui_kittest::kittest::Queryable as _;
use hourglass::experiment::{Experiment, LayerName};
use hourglass::state::LabState;
use hourglass::ui::{Action, digits::DigitsPanel};

use super::{click, name_of, says, script, stage};

#[test]
fn empty_states_say_what_to_do() {
    let harness = stage(DigitsPanel::ui, LabState::default());
    assert!(says(&harness, "Load a data set"));
    let harness = stage(DigitsPanel::ui, script::with_data(20));
    assert!(says(&harness, "Press Train"));
}

#[test]
fn each_class_is_asked_for_once() {
    let mut harness = stage(DigitsPanel::ui, script::with_data(40));
    let two_of_each: Vec<u32> = (0..20).collect();
    assert_eq!(
        harness.state().actions,
        [Action::LookAtSamples(two_of_each)]
    );
    harness.run_steps(5);
    assert_eq!(harness.state().actions.len(), 1);
}

#[test]
fn next_and_the_other_choices_ask_for_other_digits() {
    let mut harness = stage(DigitsPanel::ui, script::with_data(100));
    click(&mut harness, "Next digits");
    let next: Vec<u32> = (20..40).collect();
    assert_eq!(
        harness.state().actions.last(),
        Some(&Action::LookAtSamples(next))
    );
    click(&mut harness, "Digits, random");
    assert_eq!(harness.state().actions.len(), 3);
}

#[test]
fn every_digit_has_its_own_label_and_error() {
    let mut lab = script::with_data(40);
    script::start(&mut lab, &Experiment::default());
    script::look(&mut lab, &[17, 4, 32], None, LayerName::Code);
    let mut harness = stage(DigitsPanel::ui, lab);
    assert_eq!(
        name_of(&harness, "digit 7"),
        "digit 7, test image 17, MSE 0.017000 per pixel"
    );
    assert_eq!(
        name_of(&harness, "digit 2"),
        "digit 2, test image 32, MSE 0.032000 per pixel"
    );
    harness.get_by_label_contains("test image 4,").hover();
    harness.run_steps(60);
    assert!(says(&harness, "MSE 0.0040000 per pixel"));
}
