//! Train, pause, step, reset, new seed, and the keyboard.

use std::num::NonZeroU64;

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use hourglass::app::StartOptions;
use hourglass::experiment::Experiment;
use hourglass::protocol::{AdapterName, Command, DeviceChoice, Event, Phase, PlanPosition};

use super::stage::Stage;

fn started(commands: &[Command]) -> Option<&Experiment> {
    commands.iter().rev().find_map(|command| match command {
        Command::StartRun { experiment, .. } => Some(experiment),
        _ => None,
    })
}

#[test]
fn once_device_and_data_are_there_a_run_is_started_and_space_trains_it() {
    let mut stage = Stage::open();
    let first = stage.commands();
    assert!(
        matches!(
            first[..],
            [Command::BackupPolicy(_), Command::LoadDataset(_)]
        ),
        "{first:?}"
    );
    stage.get_ready();
    assert_eq!(stage.app().state().phase(), Some(Phase::Ready));
    stage.press(Key::Space);
    assert_eq!(stage.commands(), [Command::Train]);
}

#[test]
fn the_button_trains_and_then_pauses() {
    let mut stage = Stage::ready();
    stage.click("Train");
    assert_eq!(stage.commands(), [Command::Train]);
    stage.train();
    stage.click("Pause");
    assert_eq!(stage.commands(), [Command::Pause]);
}

#[test]
fn invariant_6_the_phase_shown_is_the_one_reported() {
    let mut stage = Stage::ready();
    stage.click("Train");
    assert!(
        stage
            .harness
            .query_by_role_and_label(Role::Button, "Pause")
            .is_none()
    );
    stage.train();
    assert!(
        stage
            .harness
            .query_by_role_and_label(Role::Button, "Pause")
            .is_some()
    );
    stage.phase(|_| Phase::PreparingKernels);
    assert!(stage.has("Preparing GPU kernels…"));
    stage.phase(|position| Phase::Finished { position });
    assert!(stage.has("Finished"));
}

#[test]
fn space_toggles() {
    let mut stage = Stage::training();
    stage.press(Key::Space);
    assert_eq!(stage.commands(), [Command::Pause]);
    stage.phase(|position| Phase::Paused { position });
    stage.press(Key::Space);
    assert_eq!(stage.commands(), [Command::Train]);
}

#[test]
fn s_and_e_step() {
    let mut stage = Stage::ready();
    stage.press(Key::S);
    stage.press(Key::E);
    let one = NonZeroU64::MIN;
    let expected = [Command::TrainSteps(one), Command::TrainEpochs(one)];
    assert_eq!(stage.commands(), expected);
}

#[test]
fn the_step_menu_offers_longer_steps() {
    let mut stage = Stage::ready();
    stage.click("Step menu");
    stage.click("10 batches");
    let ten = NonZeroU64::new(10).expect("ten");
    assert_eq!(stage.commands(), [Command::TrainSteps(ten)]);
    stage.click("Step menu");
    stage.click("Step several epochs");
    let five = NonZeroU64::new(5).expect("five");
    assert_eq!(stage.commands(), [Command::TrainEpochs(five)]);
}

#[test]
fn reset_starts_the_same_experiment_with_the_same_seed() {
    let mut stage = Stage::training();
    let (run, experiment) = (stage.run(), stage.app().state().draft.clone());
    stage.click("Reset");
    let commands = stage.commands();
    assert_eq!(started(&commands), Some(&experiment));
    assert_ne!(stage.run(), run);
}

#[test]
fn a_new_seed_changes_the_seed_alone() {
    let mut stage = Stage::training();
    let before = stage.app().state().draft.clone();
    stage.press(Key::N);
    let commands = stage.commands();
    let after = started(&commands).expect("a run was started").clone();
    assert_ne!(after.seed, before.seed);
    assert_eq!(
        Experiment {
            seed: before.seed,
            ..after.clone()
        },
        before
    );
    assert_eq!(stage.app().state().draft, after, "the seed is shown");
}

#[test]
fn invariant_5_late_words_about_an_older_run_are_ignored() {
    let mut stage = Stage::training();
    let old = stage.run();
    stage.click("Reset");
    stage.answer_start();
    assert_eq!(stage.app().state().phase(), Some(Phase::Ready));
    let position = PlanPosition::default();
    stage.report(Event::PhaseChanged {
        run: old,
        phase: Phase::Finished { position },
    });
    stage.step();
    assert_eq!(stage.app().state().phase(), Some(Phase::Ready));
}

#[test]
fn shortcuts_rest_while_a_field_has_the_focus() {
    let mut stage = Stage::ready();
    stage.click_field("seed");
    for key in [Key::Space, Key::S, Key::E, Key::R, Key::N] {
        stage.press(key);
    }
    assert_eq!(stage.commands(), []);
    stage.press(Key::Escape);
    stage.press(Key::S);
    assert_eq!(stage.commands(), [Command::TrainSteps(NonZeroU64::MIN)]);
}

#[test]
fn without_a_run_no_key_asks_for_anything() {
    let mut stage = Stage::open();
    stage.commands();
    for key in [Key::Space, Key::S, Key::E, Key::R, Key::N] {
        stage.press(key);
    }
    assert_eq!(stage.commands(), []);
}

#[test]
fn a_question_mark_shows_the_shortcuts_and_escape_hides_them() {
    let mut stage = Stage::ready();
    stage.press(Key::Questionmark);
    assert!(stage.has("train or pause"));
    stage.press(Key::Escape);
    stage.step();
    assert!(!stage.has("train or pause"));
}

#[test]
fn the_device_is_shown_by_name_and_can_be_changed() {
    let mut stage = Stage::ready();
    stage.click("Device: CPU (flex)");
    stage.click("GPU");
    assert_eq!(stage.commands(), [Command::UseDevice(DeviceChoice::Gpu)]);
}

#[test]
fn the_scale_goes_in_steps_and_keeps_to_its_range() {
    let mut stage = Stage::ready();
    for _ in 0..20 {
        stage
            .harness
            .key_press_modifiers(egui::Modifiers::COMMAND, Key::Plus);
        stage.step();
    }
    assert!((stage.harness.ctx.zoom_factor() - 2.0).abs() < 1e-6);
    stage
        .harness
        .key_press_modifiers(egui::Modifiers::COMMAND, Key::Num0);
    stage.step();
    assert!((stage.harness.ctx.zoom_factor() - 1.0).abs() < 1e-6);
}

#[test]
fn one_of_several_graphics_cards_is_chosen_by_name() {
    let named = |name: &str| DeviceChoice::Named(AdapterName::new(name));
    let start = StartOptions {
        adapters: vec![
            ("H100 (Vulkan)".to_owned(), named("H100")),
            ("A770 (Vulkan)".to_owned(), named("A770")),
        ],
        ..StartOptions::default()
    };
    let mut stage = Stage::open_with(start, None, egui::vec2(1280.0, 800.0));
    stage.get_ready();
    stage.commands();
    stage.click("Device: CPU (flex)");
    stage.click("A770 (Vulkan)");
    assert_eq!(stage.commands(), [Command::UseDevice(named("A770"))]);
}

#[test]
fn a_window_that_is_to_train_does_so_once_there_is_a_run_and_only_once() {
    let start = StartOptions {
        trains: true,
        ..StartOptions::default()
    };
    let mut stage = Stage::open_with(start, None, egui::vec2(1280.0, 800.0));
    let before = stage.commands();
    assert!(!before.contains(&Command::Train), "there is no run yet");
    stage.get_ready();
    stage.step();
    let n_train = |commands: &[Command]| {
        let trains = commands.iter().filter(|one| **one == Command::Train);
        trains.count()
    };
    assert_eq!(n_train(&stage.commands()), 1);
    stage.step();
    assert_eq!(n_train(&stage.commands()), 0);
}
