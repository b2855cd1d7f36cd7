//! Notes over the corner, and the log of all of them.

use egui::Key;
use egui::accesskit::{Live, Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hourglass::experiment::Term;
use hourglass::protocol::{Diagnosis, EvaluationScope, Event, Failure};
use hourglass::ui::{Action, GuideAction, KeepAction};

use super::controls::act;
use super::stage::{Stage, cpu};
use crate::panels_views::script;

/// Something happened as asked.
fn good_news(stage: &mut Stage) {
    act(stage, KeepAction::CopyExperiment);
}

fn trouble(stage: &mut Stage) {
    let reason = "/runs/first cannot be written: no space left".to_owned();
    stage.report(Event::Failed(Failure::NotSaved { reason }));
    stage.step();
}

/// Notes on the screen, by the role that tells a screen reader of them.
fn n_notes(stage: &Stage) -> usize {
    let nodes = stage.harness.root().children_recursive();
    nodes
        .filter(|node| matches!(node.accesskit_node().role(), Role::Status | Role::Alert))
        .count()
}

/// Lets time go by, in seconds.
fn wait(stage: &mut Stage, secs: f32) {
    let dt = stage.harness.input().predicted_dt;
    stage.harness.run_steps((secs / dt).ceil() as usize);
}

#[test]
fn good_news_goes_by_itself_and_errors_stay() {
    let mut stage = Stage::ready();
    let before = n_notes(&stage);
    good_news(&mut stage);
    trouble(&mut stage);
    assert_eq!(n_notes(&stage), before + 2);
    wait(&mut stage, 6.0);
    assert_eq!(n_notes(&stage), 1, "the error");
    assert!(stage.has("no space left"));
}

#[test]
fn a_long_error_is_a_short_note_and_whole_in_the_log() {
    let mut stage = Stage::ready();
    let lines: Vec<String> = (0..90)
        .map(|n| format!("scan-{n}.png is damaged"))
        .collect();
    let reason = lines.join("\n");
    stage.report(Event::Failed(Failure::NotSaved { reason }));
    stage.step();
    let note = stage.harness.get_by_role(Role::Alert).rect();
    assert!(note.height() < 160.0, "{note}");
    act(&mut stage, GuideAction::ShowLog(true));
    stage.step();
    assert!(stage.has("scan-89.png is damaged"));
}

#[test]
fn a_long_sentence_is_broken_beside_the_button_that_dismisses_it() {
    let mut stage = Stage::ready();
    let reason = "/runs/first cannot be written, because there is no space left. ".repeat(3);
    stage.report(Event::Failed(Failure::NotSaved { reason }));
    stage.harness.run_steps(3);
    let note = stage.harness.get_by_role(Role::Alert).rect();
    assert!(note.width() < 400.0 && note.height() > 60.0, "{note}");
    let button = stage.harness.get_by_label("Dismiss message").rect();
    assert!(button.left() > note.right() - 50.0, "{button} in {note}");
}

#[test]
fn a_note_under_the_pointer_stays() {
    let mut stage = Stage::ready();
    wait(&mut stage, 6.0);
    good_news(&mut stage);
    let note = stage.harness.get_by_role(Role::Status).rect().center();
    stage.harness.hover_at(note);
    wait(&mut stage, 8.0);
    assert_eq!(n_notes(&stage), 1);
    stage.harness.hover_at(egui::pos2(5.0, 400.0));
    wait(&mut stage, 6.0);
    assert_eq!(n_notes(&stage), 0);
}

#[test]
fn screen_readers_are_told_politely_of_news_and_at_once_of_errors() {
    let mut stage = Stage::ready();
    wait(&mut stage, 6.0);
    good_news(&mut stage);
    trouble(&mut stage);
    let news = stage.harness.get_by_role(Role::Status);
    assert_eq!(news.accesskit_node().live(), Live::Polite);
    let label = news.accesskit_node().label();
    assert_eq!(label.as_deref(), Some("Experiment copied to the clipboard"));
    let error = stage.harness.get_by_role(Role::Alert);
    assert_eq!(error.accesskit_node().live(), Live::Assertive);
}

#[test]
fn a_click_on_a_note_opens_the_log_which_dates_filters_and_copies() {
    let mut stage = Stage::ready();
    wait(&mut stage, 6.0);
    good_news(&mut stage);
    trouble(&mut stage);
    stage.harness.get_by_role(Role::Alert).click();
    stage.step();
    assert!(stage.has("What happened"));
    let notices = stage.app().state().notices.since(0);
    let at_millis = notices.last().expect("the error").at_millis;
    assert!(at_millis >= 6_000, "{at_millis}");
    let is_time = |text: &str| {
        let parts: Vec<&str> = text.split(':').collect();
        parts.len() == 3
            && parts
                .iter()
                .all(|part| part.len() == 2 && part.parse::<u8>().is_ok())
    };
    let dated = stage
        .harness
        .query_all_by(|node| node.value().is_some_and(|value| is_time(&value)));
    assert_eq!(dated.count(), 2, "the time of day of each");

    let errors = stage
        .harness
        .get_by_role_and_label(Role::RadioButton, "level, Errors");
    errors.click_accesskit();
    stage.harness.hover_at(egui::pos2(5.0, 400.0)); // a note under the pointer would stay
    wait(&mut stage, 6.0); // the note of the news goes
    assert!(!stage.has("Experiment copied to the clipboard"));
    assert!(stage.has("no space left"));

    let copy = stage
        .harness
        .get_by_role_and_label(Role::Button, "Copy the log");
    copy.click_accesskit();
    stage.harness.step();
    let mut copied = stage.harness.output().platform_output.commands.iter();
    let text = copied.find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    let text = text.expect("it was copied");
    assert!(
        text.contains("\terror\t") && text.ends_with("no space left\n"),
        "{text:?}"
    );
    assert_eq!(text.lines().count(), 1, "errors alone");
}

#[test]
fn the_log_opens_by_key_and_says_that_it_is_empty() {
    let mut stage = Stage::open();
    stage.press(Key::F9);
    assert!(stage.has("Nothing yet: messages about data"));
    stage.press(Key::F9);
    assert!(!stage.has("Nothing yet: messages about data"));
    stage.report(Event::WorkerReady { device: cpu() });
    stage.click("Notices");
    assert!(stage.has("What happened"));
    stage.click("Close the log");
    assert!(!stage.has("What happened"));
}

/// Without movement nothing is half transparent at any time: notes are there, and then they are not.
#[test]
fn without_movement_notes_come_and_go_at_once() {
    let mut stage = Stage::ready();
    wait(&mut stage, 6.0);
    act(&mut stage, GuideAction::Glide(false));
    let ctx = stage.harness.ctx.clone();
    ctx.all_styles_mut(|style| style.animation_time = 0.0);
    act(&mut stage, Action::ResetLayout);
    good_news(&mut stage);
    wait(&mut stage, 4.0);
    assert_eq!(n_notes(&stage), 1);
    wait(&mut stage, 1.5);
    assert_eq!(n_notes(&stage), 0);
}

#[test]
fn a_message_has_one_place() {
    let mut stage = Stage::ready();
    let before = n_notes(&stage);
    good_news(&mut stage);
    good_news(&mut stage);
    assert_eq!(n_notes(&stage), before + 1, "the newest of equal notes");
    wait(&mut stage, 6.0);

    let dead = Diagnosis::DeadUnits {
        dead: 3,
        size: 64,
        advice: "Use leaky ReLU".to_owned(),
    };
    let text = dead.to_string();
    let mut evaluation = script::evaluation(20, 1.0, &[Term::Objective], 0.02);
    evaluation.scope = EvaluationScope::Full;
    evaluation.diagnoses = vec![dead];
    let run = stage.run();
    stage.report(Event::Evaluated { run, evaluation });
    stage.step();
    let said = stage.harness.query_all_by_label_contains(&text).count();
    assert_eq!(said, 1, "in the bar above the views");
    let notices = stage.app().state().notices.since(0);
    let logged = notices.filter(|notice| notice.text == text).count();
    assert_eq!(logged, 1, "and in the log");
}
