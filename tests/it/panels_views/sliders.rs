use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use hourglass::experiment::{LayerName, PresetId};
use hourglass::protocol::{CodeSelection, CodeStart, DecodeRequest, EditedCode, Found, Requester};
use hourglass::state::LabState;
use hourglass::ui::{Action, Panel as _, sliders::SlidersPanel};

use super::{Stage, click, says, script, stage};

fn running(id: PresetId) -> LabState {
    let mut lab = script::with_data(40);
    script::start(&mut lab, &id.preset().experiment());
    script::look(&mut lab, &[0], None, LayerName::Code);
    lab
}

/// Answers with a code whose units are all at a value, from a start where they are at 0.
pub fn answer(lab: &mut LabState, value: f32) {
    let run = lab.run.as_ref().expect("a run was started");
    let size = run.experiment.architecture.code_size();
    let places = CodeSelection::Edited(EditedCode {
        start: CodeStart::Sample(0),
        edits: Vec::new(),
    });
    let set = DecodeRequest {
        requester: Requester::Sliders,
        places,
    };
    let codes = [vec![value; size], vec![0.0; size]].concat();
    script::decode(lab, set, Found::Given, codes);
}

/// The panel with everything answered, the strips as long as they were asked for.
fn answered(id: PresetId) -> Harness<'static, Stage<SlidersPanel>> {
    let mut lab = running(id);
    answer(&mut lab, 0.5);
    let mut harness = stage(SlidersPanel::ui, lab);
    let strips = harness
        .state()
        .places(Requester::Traversals)
        .expect("there is room");
    let CodeSelection::Traversals {
        units, n_places, ..
    } = &strips
    else {
        panic!("strips are asked for, not {strips:?}")
    };
    let lab = &mut harness.state_mut().lab;
    let size = id.preset().experiment().architecture.code_size();
    let codes = vec![0.5; units.len() * n_places * size];
    let set = DecodeRequest {
        requester: Requester::Traversals,
        places: strips.clone(),
    };
    script::decode(lab, set, Found::Given, codes);
    harness.run_steps(3);
    harness
}

fn code(harness: &Harness<'static, Stage<SlidersPanel>>) -> EditedCode {
    match harness.state().places(Requester::Sliders) {
        Some(CodeSelection::Edited(code)) => code,
        other => panic!("a code is asked for, not {other:?}"),
    }
}

#[test]
fn empty_states_say_what_to_do() {
    let empty = stage(SlidersPanel::ui, LabState::default());
    assert!(says(&empty, "Load a data set"));
    let with_data = stage(SlidersPanel::ui, script::with_data(20));
    assert!(says(&with_data, "Press Train"));
    let waiting = stage(SlidersPanel::ui, running(PresetId::Vae2));
    assert!(says(&waiting, "is being computed"));
}

#[test]
fn a_slider_sets_its_unit_and_the_others_stay_with_their_start() {
    let mut harness = answered(PresetId::Vae2);
    let start = CodeStart::Sample(0);
    let edits = Vec::new();
    assert_eq!(code(&harness), EditedCode { start, edits });
    for picture in [
        "Code set by hand, decoded",
        "Code set by hand, original",
        "Code set by hand, result",
    ] {
        harness.get_by_label(picture);
    }
    harness.get_by_label("h₂ from −1.00 to 1.00, decoded");

    harness.get_by_label("h₂ of the code").focus();
    harness.run_steps(2);
    harness.key_press(Key::ArrowRight);
    harness.run_steps(3);
    let [(1, value)] = code(&harness).edits[..] else {
        panic!("one unit is set: {:?}", code(&harness))
    };
    assert!(value > 0.5 && value < 1.0, "{value}");
    let strips = harness.state().places(Requester::Traversals);
    let Some(CodeSelection::Traversals {
        code: of, units, ..
    }) = strips
    else {
        panic!("strips are asked for")
    };
    assert_eq!((of, units), (code(&harness), vec![0, 1]));

    let slider = harness.get_by_label("h₂ of the code").rect();
    for _ in 0..2 {
        harness.drag_at(slider.center());
        harness.run_steps(1);
        harness.drop_at(slider.center());
        harness.run_steps(1);
    }
    harness.run_steps(2);
    assert_eq!(code(&harness).edits, [], "a double click resets it");
}

#[test]
fn all_sliders_go_back_together_and_to_the_mean() {
    let mut harness = answered(PresetId::Vae2);
    for unit in ["h₁ of the code", "h₂ of the code"] {
        harness.get_by_label(unit).set_value_accesskit(-0.25);
        harness.run_steps(2);
    }
    assert_eq!(code(&harness).edits, [(0, -0.25), (1, -0.25)]);
    click(&mut harness, "Reset all sliders");
    assert_eq!(code(&harness).edits, []);

    click(&mut harness, "Start from, mean");
    assert_eq!(code(&harness).start, CodeStart::Mean);
    harness.get_by_label("Code set by hand, mean code");
    assert!(harness.query_by_label("Random image").is_none());
    click(&mut harness, "Start from, image");
    assert_eq!(code(&harness).start, CodeStart::Sample(0));
}

#[test]
fn the_digit_to_start_from_is_the_one_that_is_followed() {
    let mut harness = answered(PresetId::Vae2);
    click(&mut harness, "Random image");
    let mut newest = harness.state().actions.iter().rev();
    let followed = newest.find_map(|action| match action {
        Action::Follow(sample) => Some(*sample),
        _ => None,
    });
    assert!(followed.is_some_and(|sample| sample < 40));
    harness.state_mut().lab.followed = 17;
    harness.run_steps(3);
    assert_eq!(code(&harness).start, CodeStart::Sample(17));
}

#[test]
fn a_wide_code_shows_the_units_that_vary_most_and_strips_of_those_in_sight() {
    let harness = answered(PresetId::Conv4);
    assert!(says(
        &harness,
        "the 64 of 784 units with the largest variance"
    ));
    harness.get_by_label("h₁ of the code");
    let strips = harness.state().places(Requester::Traversals);
    let Some(CodeSelection::Traversals { units, .. }) = strips else {
        panic!("strips are asked for")
    };
    assert!((3..20).contains(&units.len()), "{units:?}");
}

#[test]
fn another_run_starts_without_edits() {
    let mut harness = answered(PresetId::Vae2);
    harness
        .get_by_label("h₁ of the code")
        .set_value_accesskit(0.75);
    harness.run_steps(2);
    assert_eq!(code(&harness).edits, [(0, 0.75)]);
    let lab = &mut harness.state_mut().lab;
    script::start(lab, &PresetId::Vae2.preset().experiment());
    script::look(lab, &[0], None, LayerName::Code);
    answer(lab, 0.5);
    harness.run_steps(3);
    assert_eq!(code(&harness).edits, []);
}
