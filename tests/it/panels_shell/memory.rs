//! What is remembered between sessions, and what becomes of it when it is damaged.

use std::collections::BTreeMap;

use eframe::App as _;
use egui::accesskit::{Role, Toggled};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hourglass::app::StartOptions;
use hourglass::experiment::{Experiment, PresetId};
use hourglass::ui::{Action, GuideAction};

use super::stage::Stage;

/// Storage in memory.
#[derive(Default)]
struct Shelf(BTreeMap<String, String>);

impl eframe::Storage for Shelf {
    fn get_string(&self, key: &str) -> Option<String> {
        self.0.get(key).cloned()
    }

    fn set_string(&mut self, key: &str, value: String) {
        self.0.insert(key.to_owned(), value);
    }

    fn remove_string(&mut self, key: &str) {
        self.0.remove(key);
    }

    fn flush(&mut self) {}
}

fn reopened(shelf: &Shelf, start: StartOptions) -> Stage {
    Stage::open_with(start, Some(shelf), egui::vec2(1280.0, 800.0))
}

fn saved(stage: &mut Stage) -> Shelf {
    let mut shelf = Shelf::default();
    let app = stage.harness.state_mut().as_mut().expect("it was opened");
    app.save(&mut shelf);
    shelf
}

#[test]
fn theme_scale_and_experiment_come_back() {
    let mut stage = Stage::ready();
    let ctx = stage.harness.ctx.clone();
    let app = stage.harness.state_mut().as_mut().expect("it was opened");
    app.perform(&ctx, Action::SetTheme(egui::ThemePreference::Dark));
    app.perform(&ctx, Action::SetScale(1.5));
    app.perform(&ctx, Action::ChoosePreset(PresetId::Basic32));
    let shelf = saved(&mut stage);

    let stage = reopened(&shelf, StartOptions::default());
    assert_eq!(
        stage.app().state().draft,
        PresetId::Basic32.preset().experiment()
    );
    assert!((stage.harness.ctx.zoom_factor() - 1.5).abs() < 1e-6);
    assert_eq!(stage.harness.ctx.theme(), egui::Theme::Dark);
}

#[test]
fn the_experiment_of_the_command_line_goes_first() {
    let shelf = saved(&mut Stage::ready());
    let start = StartOptions::default().with_preset(PresetId::Sparse64);
    let stage = reopened(&shelf, start);
    assert_eq!(
        stage.app().state().draft,
        PresetId::Sparse64.preset().experiment()
    );
}

#[test]
fn damaged_memories_fall_back_to_the_default_one_by_one() {
    let good = saved(&mut Stage::ready());
    for damage in ["", "{", "null", "[1, 2]", "\"x\"", "-1", "1e999"] {
        let mut shelf = Shelf(good.0.clone());
        for value in shelf.0.values_mut() {
            damage.clone_into(value);
        }
        let mut stage = reopened(&shelf, StartOptions::default());
        assert_eq!(
            stage.app().state().draft,
            Experiment::default(),
            "{damage:?}"
        );
        stage.get_ready(); // the layout draws
        assert!(stage.has("Latent space"));
    }
}

#[test]
fn an_invalid_experiment_is_not_taken_back() {
    let mut shelf = saved(&mut Stage::ready());
    let experiment = shelf.0["experiment"].replace("\"epochs\":5", "\"epochs\":0");
    assert_ne!(experiment, shelf.0["experiment"]);
    shelf.0.insert("experiment".to_owned(), experiment);
    let stage = reopened(&shelf, StartOptions::default());
    assert_eq!(stage.app().state().draft, Experiment::default());
}

#[test]
fn the_last_choices_of_the_export_dialog_come_back() {
    let mut stage = Stage::training();
    let choose = |stage: &mut Stage, name: &str| {
        let choice = stage.harness.get_by_role_and_label(Role::RadioButton, name);
        choice.click();
        stage.step();
    };
    let is_chosen = |stage: &Stage, name: &str| {
        let choice = stage.harness.get_by_role_and_label(Role::RadioButton, name);
        choice.accesskit_node().toggled() == Some(Toggled::True)
    };
    stage.click("Export");
    stage.click("Loss…");
    choose(&mut stage, "Format, SVG");
    choose(&mut stage, "Theme of the figure, dark");
    stage.click("Cancel");
    let shelf = saved(&mut stage);

    let mut stage = reopened(&shelf, StartOptions::default());
    stage.get_ready();
    stage
        .harness
        .key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::E);
    stage.step();
    assert!(is_chosen(&stage, "Format, SVG") && is_chosen(&stage, "Theme of the figure, dark"));
}

#[test]
fn the_choice_of_digits_comes_back() {
    let mut stage = Stage::training();
    for name in ["Digits, class", "Class, 7"] {
        let choice = stage.harness.get_by_role_and_label(Role::RadioButton, name);
        choice.click();
        stage.step();
    }
    let shelf = saved(&mut stage);
    let mut stage = reopened(&shelf, StartOptions::default());
    stage.get_ready();
    let request = stage.newest_request().expect("something is looked at");
    assert_eq!(request.samples, [7, 17]);
}

/// What the bubble of the tour says it is, if there is one.
fn bubble(stage: &Stage) -> Option<String> {
    let found = stage.harness.query_by_label_contains("Tour, ");
    found.map(|bubble| bubble.accesskit_node().label().unwrap_or_default())
}

#[test]
fn the_tour_shows_a_newcomer_five_places_and_does_not_come_back() {
    let mut stage = reopened(&Shelf::default(), StartOptions::default());
    stage.get_ready();
    let first = bubble(&stage).expect("a newcomer is shown around");
    assert!(first.contains("1 of 5"), "{first}");
    stage.train(); // what the first bubble says: the second is there
    stage.step();
    for title in ["2 of 5", "3 of 5", "4 of 5", "5 of 5"] {
        let now = bubble(&stage).expect("it goes on");
        assert!(now.contains(title), "{now}");
        let shelf = saved(&mut stage);
        let again = reopened(&shelf, StartOptions::default());
        assert!(bubble(&again).is_some(), "it was not dismissed");
        if title != "5 of 5" {
            stage.harness.get_by_label("Next").click();
            stage.step();
            stage.step();
        }
    }
    stage.harness.get_by_label("Lessons").click();
    stage.step();
    assert_eq!(bubble(&stage), None);
    stage
        .harness
        .get_by_label("Start: Compression and the bottleneck");
    let shelf = saved(&mut stage);
    let stage = reopened(&shelf, StartOptions::default());
    assert_eq!(bubble(&stage), None);
}

#[test]
fn the_tour_is_skipped_for_good_and_does_not_bother_those_who_know_the_window() {
    let mut stage = reopened(&Shelf::default(), StartOptions::default());
    stage.get_ready();
    stage.harness.get_by_label("Skip tour").click();
    stage.step();
    let mut shelf = saved(&mut stage);
    assert_eq!(bubble(&reopened(&shelf, StartOptions::default())), None);
    shelf.0.remove("tour"); // as before there was one
    let mut stage = reopened(&shelf, StartOptions::default());
    assert_eq!(bubble(&stage), None);

    stage.get_ready();
    let ctx = stage.harness.ctx.clone();
    let app = stage.harness.state_mut().as_mut().expect("it was opened");
    app.perform(&ctx, Action::Guide(GuideAction::Tour(Some(3))));
    stage.step();
    assert!(bubble(&stage).is_some_and(|now| now.contains("Explore the latent space")));
    stage.harness.key_press(egui::Key::Escape);
    stage.step();
    stage.step();
    assert_eq!(bubble(&stage), None);
}
