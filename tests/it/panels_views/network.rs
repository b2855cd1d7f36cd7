use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use hourglass::experiment::network::Connection;
use hourglass::experiment::{LayerName, PresetId, Stage as PlanStage};
use hourglass::state::LabState;
use hourglass::ui::Pane;
use hourglass::ui::{Action, Panel as _, network::NetworkPanel};

use super::inside::look_inside;
use super::{Stage, click, name_of, says, script, stage};

fn lit(preset: PresetId) -> LabState {
    let mut lab = script::with_data(20);
    script::start(&mut lab, &preset.preset().experiment());
    look_inside(&mut lab, Connection::Encoder(0), 0);
    lab
}

fn panel(lab: LabState) -> Harness<'static, Stage<NetworkPanel>> {
    stage(NetworkPanel::ui, lab)
}

#[test]
fn before_training_the_draft_is_drawn() {
    let mut lab = LabState::default();
    let harness = panel(LabState::default());
    assert!(says(
        &harness,
        "101,200 parameters · 784 pixels : 64 code = 12.2 : 1"
    ));
    assert!(says(&harness, "The draft, before training"));
    assert!(harness.query_by_label("Play in slow motion").is_none());
    lab.draft = PresetId::Deep30.preset().experiment();
    let harness = panel(lab);
    assert_eq!(
        name_of(&harness, "encoder 1:"),
        "encoder 1: 1,000 units, ReLU, 785,000 parameters"
    );
}

#[test]
fn a_draft_that_cannot_be_built_is_not_drawn() {
    let mut lab = LabState::default();
    lab.draft.architecture.as_dense_mut().expect("dense").code = 0;
    assert!(says(&panel(lab), "The Experiment panel says what is wrong"));
}

#[test]
fn each_layer_is_a_button_with_its_facts() {
    let harness = panel(lit(PresetId::Vanilla64));
    let facts = [
        ("input:", "input: 784 pixels"),
        ("code:", "code: 64 units, sigmoid, 50,240 parameters"),
        ("output:", "output: 784 pixels, linear, 50,960 parameters"),
        (
            "input to code:",
            "input to code: 50,240 parameters, fully connected",
        ),
    ];
    for (beginning, expected) in facts {
        assert_eq!(name_of(&harness, beginning), expected);
    }
}

#[test]
fn every_kind_of_network_says_what_it_is() {
    let harness = panel(lit(PresetId::Conv4));
    assert_eq!(
        name_of(&harness, "code:"),
        "code: 4 maps of 14×14, 784 values, ReLU, 40 parameters"
    );
    let harness = panel(lit(PresetId::Vae2));
    assert!(says(&harness, "code μ: 2 units") && says(&harness, "ln σ²: 2 units"));
    let harness = panel(lit(PresetId::Aae2));
    assert!(says(&harness, "discriminator 1: 256 units, ReLU"));
    assert!(says(&harness, "prior with probability 0.250"));
    assert!(says(&harness, "beside it"));
    let harness = panel(lit(PresetId::StackedDenoising));
    assert!(says(&harness, "class 7: probability 0.100"));
    let mut lab = LabState::default();
    lab.draft.architecture.as_dense_mut().expect("dense").tied = true;
    assert!(says(&panel(lab), "the encoder's weights, transposed"));
}

#[test]
fn clicking_a_layer_brings_its_histogram_and_its_weights() {
    let mut harness = panel(lit(PresetId::Multilayer64));
    assert!(says(&harness, "Click a layer for its histogram"));
    harness
        .get_by_label_contains("encoder 1: 128 units")
        .click();
    harness.run_steps(3);
    assert_eq!(
        harness.state().actions,
        [Action::ChooseLayer(LayerName::Encoder(0))]
    );
    click(&mut harness, "histogram");
    assert_eq!(
        harness.state().actions.last(),
        Some(&Action::ShowPane(Pane::Activations))
    );
    click(&mut harness, "weights");
    assert_eq!(
        harness.state().actions.last(),
        Some(&Action::ShowPane(Pane::Filters))
    );
}

#[test]
fn a_layer_is_reached_with_the_keyboard() {
    let mut harness = panel(lit(PresetId::Multilayer64));
    harness.get_by_label_contains("code: 64 units").focus();
    harness.run_steps(2);
    harness.key_press(egui::Key::Enter);
    harness.run_steps(3);
    assert_eq!(
        harness.state().actions,
        [Action::ChooseLayer(LayerName::Code)]
    );
}

#[test]
fn the_light_travels_step_by_step_and_names_each_stage() {
    let mut harness = panel(lit(PresetId::Multilayer64));
    let stages = [
        "1 of 5 · input: what the encoder is shown",
        "2 of 5 · encoder 1: each of 128 adds 784 weighted inputs and a bias, then",
        "3 of 5 · code: 128 inputs compressed into 64",
        "4 of 5 · decoder 1: each of 128 adds 64 weighted inputs",
        "5 of 5 · output: each of 784 adds 128 weighted inputs and a bias",
    ];
    for stage in stages {
        click(&mut harness, "Step to the next layer");
        assert!(says(&harness, stage), "{stage}");
    }
    click(&mut harness, "Step to the next layer");
    assert!(says(&harness, "Click a layer"), "everything is lit again");
}

#[test]
fn the_light_travels_by_itself_until_it_is_stopped() {
    let mut harness = panel(lit(PresetId::Vanilla64));
    click(&mut harness, "Play in slow motion");
    assert!(says(&harness, "1 of 3 · input"));
    harness.run_steps(120); // two seconds
    assert!(says(&harness, "2 of 3 · code"));
    click(&mut harness, "Pause the animation");
    harness.run_steps(200);
    assert!(says(&harness, "2 of 3 · code"));
    click(&mut harness, "Play in slow motion");
    harness.run_steps(300);
    assert!(says(&harness, "Click a layer"), "it comes to rest");
}

#[test]
fn the_digit_is_chosen_by_index_by_chance_or_from_digits() {
    let mut harness = panel(lit(PresetId::Vanilla64));
    click(&mut harness, "Follow a random image");
    let last =
        |harness: &Harness<'static, Stage<NetworkPanel>>| harness.state().actions.last().cloned();
    assert!(matches!(last(&harness), Some(Action::Follow(sample)) if sample != 0));
    click(&mut harness, "Follow one of the images shown");
    harness.get_by_label("digit 2, test image 2").click();
    harness.run_steps(3);
    assert_eq!(last(&harness), Some(Action::Follow(2)));
    harness.get_by_label("Followed test image").focus();
    harness.run_steps(2);
    harness.key_press(egui::Key::ArrowUp);
    harness.run_steps(3);
    assert_eq!(last(&harness), Some(Action::Follow(1)));
}

/// Invariant 11: what is lit is the image that is followed, never another one's late answer.
#[test]
fn invariant_11_another_images_way_is_not_shown_as_the_followed_ones() {
    let mut lab = lit(PresetId::Vanilla64);
    lab.followed = 5;
    let mut harness = panel(lab);
    assert!(harness.query_by_label("Play in slow motion").is_none());
    look_inside(&mut harness.state_mut().lab, Connection::Encoder(0), 5);
    harness.run_steps(3);
    assert!(harness.query_by_label("Play in slow motion").is_some());
}

#[test]
fn the_part_of_a_plan_is_told() {
    let mut lab = lit(PresetId::Deep30);
    let stage = PlanStage::Pretraining { layer: 1, of: 4 };
    script::train_stage(&mut lab, stage, 1..=2);
    assert!(says(
        &panel(lab),
        "training layer 2 of 4: its connections are marked"
    ));
}

#[test]
fn a_hovered_layer_explains_itself() {
    let mut harness = panel(lit(PresetId::Deep30));
    harness
        .get_by_label_contains("encoder 1: 1,000 units")
        .hover();
    harness.run_steps(40);
    assert!(says(&harness, "Heights follow the square root of the size"));
    assert!(says(&harness, "Each cell is the mean of"));
    assert!(says(&harness, "Colours end at ±1"));
}
