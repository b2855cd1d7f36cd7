//! Paths that are typed, where there is no dialog for files.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hourglass::app::StartOptions;
use hourglass::protocol::{Command, DataSource};
use hourglass::ui::Action;
#[cfg(target_os = "linux")]
use hourglass::ui::KeepAction;
use hourglass::ui::{PathAction, PathFor};

use super::stage::Stage;

fn perform(stage: &mut Stage, action: impl Into<Action>) {
    let ctx = stage.harness.ctx.clone();
    let app = stage.harness.state_mut().as_mut().expect("it was opened");
    app.perform(&ctx, action.into());
    stage.step();
    stage.step();
}

fn type_text(stage: &mut Stage, text: &str) {
    stage.harness.get_by_label("Path").type_text(text);
    stage.step();
}

fn press(stage: &mut Stage, key: Key) {
    stage.harness.key_press(key);
    stage.step();
    stage.step();
}

#[test]
fn a_typed_path_is_taken_with_enter_and_a_wrong_one_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut stage = Stage::ready();
    stage.commands();
    perform(&mut stage, PathAction::Ask(PathFor::DataFolder));
    assert!(stage.has("Folder or file with the images to learn from"));
    type_text(&mut stage, "/no/such/folder");
    press(&mut stage, Key::Enter);
    assert!(stage.has("there is no /no/such/folder"));
    press(&mut stage, Key::Escape);
    assert!(!stage.has("Folder or file with the images to learn from"));

    perform(&mut stage, PathAction::Ask(PathFor::DataFolder));
    type_text(
        &mut stage,
        &format!("\"file://{}\"", folder.path().display()),
    );
    press(&mut stage, Key::Enter);
    let source = DataSource::at(folder.path());
    assert_eq!(stage.commands(), [Command::LoadDataset(source)]);
    assert!(!stage.has("Folder or file with the images to learn from"));
}

#[test]
fn escape_leaves_everything_as_it_is() {
    let mut stage = Stage::open_with(StartOptions::default(), None, egui::vec2(900.0, 600.0));
    stage.commands();
    perform(&mut stage, PathAction::Ask(PathFor::Run));
    type_text(&mut stage, "/tmp");
    press(&mut stage, Key::Escape);
    assert!(!stage.has("Run folder"));
    assert_eq!(stage.commands(), []);
}

#[cfg(target_os = "linux")]
#[test]
fn a_machine_without_dialogs_asks_for_a_path_and_says_what_to_install() {
    let is_here = |program: &str| {
        let programs = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&programs).any(|folder| folder.join(program).is_file())
    };
    if is_here("zenity") || std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some() {
        return; // a dialog would open, and wait for a person
    }
    let mut stage = Stage::ready();
    perform(&mut stage, KeepAction::AskForRun);
    let started = std::time::Instant::now();
    while !stage.has("Run folder") {
        assert!(started.elapsed().as_secs() < 60, "nothing was said");
        std::thread::yield_now();
        stage.step();
    }
    let app = stage.app();
    let said = app
        .state()
        .notices
        .since(0)
        .any(|notice| notice.text.contains("install xdg-desktop-portal"));
    assert!(said);
}

/// With Shift held, the items of the run menu ask for a path to be typed.
#[test]
fn the_run_menu_takes_a_typed_path_on_request() {
    for (item, title, begins) in [
        ("Save as…", "Name of the run's folder", "~/Hourglass/"),
        (
            "Save as one file…",
            "Save the run as one file",
            "~/Hourglass/",
        ),
        ("Open run…", "Run folder", "~/Hourglass/"),
        ("Open run file…", "Run in one file", "~/Hourglass/"),
    ] {
        let mut stage = Stage::training();
        stage.click("Run menu");
        let item = stage.harness.get_by_role_and_label(Role::Button, item);
        item.click_modifiers(egui::Modifiers::SHIFT);
        stage.step();
        stage.step();
        assert!(stage.has(title));
        let field = stage.harness.get_by_label("Path");
        let text = field.accesskit_node().value().expect("a path");
        assert!(text.starts_with(begins), "{text}");
    }
}
