use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use hourglass::experiment::{Experiment, LayerName};
use hourglass::state::LabState;
use hourglass::ui::{Panel as _, digits::DigitsPanel};

use super::{Stage, click, name_of, says, script, stage};

#[test]
fn empty_states_say_what_to_do() {
    let harness = stage(DigitsPanel::ui, LabState::default());
    assert!(says(&harness, "Load a data set"));
    let harness = stage(DigitsPanel::ui, script::with_data(20));
    assert!(says(&harness, "Press Train"));
}

#[test]
fn two_of_each_class_are_looked_at() {
    let harness = stage(DigitsPanel::ui, script::with_data(40));
    let two_of_each: Vec<u32> = (0..20).collect();
    assert_eq!(asked(&harness), two_of_each);
    assert!(!harness.state().request.errors);
}

#[test]
fn next_and_the_other_choices_ask_for_other_digits() {
    let mut harness = stage(DigitsPanel::ui, script::with_data(100));
    click(&mut harness, "Next images");
    let next: Vec<u32> = (20..40).collect();
    assert_eq!(asked(&harness), next);
    click(&mut harness, "Digits, random");
    assert_eq!(asked(&harness).len(), next.len());
    assert_ne!(asked(&harness), next);
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

/// A run over 200 test images, of which `i` is of class `i` mod 10 and has an error of `i` / 1000.
fn looked_at() -> Harness<'static, Stage<DigitsPanel>> {
    let mut lab = script::with_data(200);
    script::start(&mut lab, &Experiment::default());
    script::look(&mut lab, &[0], None, LayerName::Code);
    stage(DigitsPanel::ui, lab)
}

/// The images that are looked at.
fn asked(harness: &Harness<'static, Stage<DigitsPanel>>) -> Vec<u32> {
    harness.state().request.samples.clone()
}

/// Answers what was asked for last, and says whether what is shown is those images with their own errors.
fn answer(harness: &mut Harness<'static, Stage<DigitsPanel>>) {
    let samples = asked(harness);
    script::look(
        &mut harness.state_mut().lab,
        &samples,
        None,
        LayerName::Code,
    );
    harness.run_steps(3);
    for sample in samples {
        let name = format!("digit {}, test image {sample}, MSE 0.", sample % 10);
        let error = f64::from(sample) / 1000.0;
        let shown = name_of(harness, &name);
        let told = shown
            .split("MSE ")
            .nth(1)
            .and_then(|rest| rest.split(' ').next());
        let told: f64 = told.and_then(|told| told.parse().ok()).expect("an error");
        assert!((told - error).abs() < 1e-6, "{shown}");
    }
}

#[test]
fn images_of_a_class_can_be_chosen_in_their_order_or_the_worst_first() {
    let mut harness = looked_at();
    click(&mut harness, "Digits, class");
    click(&mut harness, "Class, 3");
    assert_eq!(asked(&harness)[..4], [3, 13, 23, 33]);
    answer(&mut harness);
    click(&mut harness, "Order, worst first");
    assert!(harness.state().request.errors);
    assert!(says(
        &harness,
        "errors of all test images are being computed"
    ));
    script::look_at_errors(&mut harness.state_mut().lab);
    harness.run_steps(3);
    assert!(says(&harness, "worst of 20 test images, as of step 0"));
    assert_eq!(asked(&harness)[..4], [193, 183, 173, 163]);
    answer(&mut harness);
    click(&mut harness, "Digits, each class");
    assert_eq!(asked(&harness)[..10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert!(!harness.state().request.errors);
}

#[test]
fn the_worst_of_the_whole_test_split_are_shown_with_their_own_errors() {
    let mut harness = looked_at();
    click(&mut harness, "Digits, worst");
    script::look_at_errors(&mut harness.state_mut().lab);
    harness.run_steps(3);
    assert!(says(&harness, "worst of 200 test images"));
    assert_eq!(asked(&harness)[..3], [199, 198, 197]);
    answer(&mut harness);
    script::look_at_errors(&mut harness.state_mut().lab); // the worker's next look has both
    let n = u32::try_from(asked(&harness).len()).expect("a few");
    click(&mut harness, "Next images");
    assert_eq!(asked(&harness)[0], 199 - n);
    click(&mut harness, "Previous images");
    assert_eq!(asked(&harness)[0], 199);
}

#[test]
fn images_can_be_chosen_by_their_numbers_and_what_is_wrong_is_said() {
    let mut harness = looked_at();
    click(&mut harness, "Digits, list");
    assert!(says(&harness, "such as 3, 17, 100-105"));
    let write = |harness: &mut Harness<'static, Stage<DigitsPanel>>, text: &str| {
        harness.get_by_label("Test image numbers").click();
        harness.run_steps(2);
        harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
        harness.event(egui::Event::Text(text.to_owned()));
        harness.run_steps(3);
    };
    write(&mut harness, "3, 17, 100-105");
    assert_eq!(asked(&harness), [3, 17, 100, 101, 102, 103, 104, 105]);
    answer(&mut harness);
    let sensible = asked(&harness);
    write(&mut harness, "3, 170, 200");
    assert!(says(
        &harness,
        "there is no test image 200: numbers go from 0 to 199"
    ));
    assert_eq!(
        asked(&harness),
        sensible,
        "nothing is asked for that makes no sense"
    );
    assert!(says(&harness, "test image 17,"), "what was shown stays");
}

#[test]
fn the_bars_of_the_classes_lead_to_their_worst_images() {
    let mut harness = looked_at();
    click(&mut harness, "Digits, errors");
    assert!(harness.state().request.errors);
    assert!(says(
        &harness,
        "The errors of the classes are being computed"
    ));
    script::look_at_errors(&mut harness.state_mut().lab);
    harness.run_steps(3);
    // The mean of 4, 14, … 194, over 1000.
    let name = "errors of class 4, MSE 0.099000 per pixel, 20 test images";
    click(&mut harness, name);
    assert_eq!(asked(&harness)[..3], [194, 184, 174]);
    answer(&mut harness);
}
