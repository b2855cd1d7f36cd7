//! Experiments as text: copied, pasted, refused.

use egui::accesskit::Role;
use egui::{Event as Input, OutputCommand};
use egui_kittest::kittest::Queryable as _;
use hourglass::experiment::PresetId;

use super::stage::Stage;

#[test]
fn an_experiment_is_copied_short_and_pasted_back() {
    let mut stage = Stage::ready();
    stage
        .harness
        .get_by_role_and_label(Role::Button, "Copy experiment")
        .click();
    let copied = (0..4).find_map(|_| {
        stage.harness.step();
        let commands = &stage.harness.output().platform_output.commands;
        commands.iter().find_map(|command| match command {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        })
    });
    assert_eq!(
        copied.as_deref(),
        Some("format = 2\npreset = \"vanilla-64\"\n")
    );

    let text = "preset = \"sparse-64\"\nseed = 7\n[training]\nepochs = 2\n";
    stage.harness.event(Input::Paste(text.to_owned()));
    stage.step();
    assert!(stage.has("Experiment pasted"));
    let draft = &stage.app().state().draft;
    let expected = (Some(PresetId::Sparse64), 7, 2);
    assert_eq!((draft.preset, draft.seed, draft.training.epochs), expected);
}

#[test]
fn what_is_no_experiment_is_said_and_changes_nothing() {
    let mut stage = Stage::ready();
    let before = stage.app().state().draft.clone();
    let text = "[training]\nepoch = 2\n";
    stage.harness.event(Input::Paste(text.to_owned()));
    stage.step();
    assert!(stage.has("there is no setting \"training.epoch\": did you mean training.epochs?"));
    assert_eq!(stage.app().state().draft, before);
}

#[test]
fn text_pasted_into_a_field_stays_there() {
    let mut stage = Stage::ready();
    stage.click_field("code size");
    let before = stage.app().state().notices.next_number();
    stage.harness.event(Input::Paste("32".to_owned()));
    stage.step();
    assert_eq!(stage.app().state().notices.next_number(), before);
}
