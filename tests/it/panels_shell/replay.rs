//! Going back through a run, and following it again.

use std::sync::Arc;

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{AccessKitNode, NodeT as _, Queryable as _};
use hourglass::protocol::{Event, StepBatch};
use hourglass::ui::{Action, GuideAction, Pane};

use super::controls::act;
use super::stage::Stage;
use crate::panels_views::script;

/// A run of 30 steps, a hundred of which make an epoch, that was looked at before each tenth: at step `s` the images
/// `s` / 10 and `s` / 10 + 4 were shown.
fn with_past() -> Stage {
    let mut stage = Stage::training();
    let dataset = script::dataset(20);
    for step in [0, 10, 20, 30] {
        take_steps(&mut stage, step);
        let first = u32::try_from(step / 10).expect("few");
        let seen = script::seen(&dataset, stage.run(), step, &[first, first + 4]);
        stage.deliver(seen);
    }
    stage
}

fn take_steps(stage: &mut Stage, step: u64) {
    let run = stage.run();
    let epoch = step as f64 / 100.0;
    let steps = StepBatch {
        first_step: step,
        epochs: vec![epoch],
        terms: vec![(hourglass::experiment::Term::Objective, vec![0.1])],
        n_images: 64,
        elapsed_secs: 1e-3,
    };
    stage.report(Event::StepsTaken { run, steps });
    stage.step();
}

/// Whether the digits, the scatter and the activations are all of this step, and the digits the images of then.
fn shows(stage: &Stage, step: u32) {
    let first = step / 10;
    for sample in [first, first + 4] {
        let name = format!("digit {sample}, test image {sample}, MSE ");
        assert!(stage.has(&name), "{name}");
    }
    let gone = (first + 1) % 4;
    if gone != first + 4 && gone != first {
        assert!(
            !stage.has(&format!("test image {gone},")),
            "{gone} is of another time"
        );
    }
    let scatter = format!("20 points · step {step}");
    assert!(stage.has(&scatter), "{scatter}");
}

#[test]
fn there_is_no_bar_before_there_is_a_past() {
    let mut stage = Stage::training();
    assert!(!stage.has("Follow the run"));
    stage.press(Key::ArrowLeft);
    assert!(!stage.has("replayed"));
    let seen = script::seen(&script::dataset(20), stage.run(), 1, &[0]);
    stage.deliver(seen);
    assert!(!stage.has("Follow the run"), "one moment is no past");
}

#[test]
fn the_keys_go_back_and_on_and_follow() {
    let mut stage = with_past();
    shows(&stage, 30);
    assert!(!stage.has("replayed"));
    for (key, step) in [
        (Key::ArrowLeft, 20),
        (Key::ArrowLeft, 10),
        (Key::ArrowRight, 20),
        (Key::Home, 0),
        (Key::ArrowLeft, 0),
        (Key::ArrowRight, 10),
    ] {
        stage.press(key);
        shows(&stage, step);
        let epoch = f64::from(step) / 100.0;
        assert!(stage.has(&format!("replayed: epoch {epoch:.2} · step {step}")));
    }
    for end in [Key::End, Key::Escape] {
        stage.press(end);
        shows(&stage, 30);
        assert!(!stage.has("replayed"));
        stage.press(Key::Home);
    }
    stage.click("Follow the run");
    shows(&stage, 30);
}

/// Invariant 11: points, images and labels are tied by sample id, at every time.
#[test]
fn invariant_11_a_moment_shows_the_images_and_errors_of_then_while_the_run_goes_on() {
    let mut stage = with_past();
    stage.press(Key::Home);
    shows(&stage, 0);
    take_steps(&mut stage, 40);
    let seen = script::seen(&script::dataset(20), stage.run(), 40, &[9, 11]);
    stage.deliver(seen);
    shows(&stage, 0);
    assert!(!stage.has("test image 9,"));
    stage.press(Key::Escape);
    assert!(stage.has("digit 9, test image 9, MSE 0.0090000 per pixel"));
    assert!(stage.has("digit 1, test image 11, MSE 0.011000 per pixel"));
}

#[test]
fn the_slider_goes_to_the_moment_before_its_place() {
    let mut stage = with_past();
    let slider = stage
        .harness
        .get_by_role_and_label(Role::Slider, "Replay, step");
    assert_eq!(slider.accesskit_node().numeric_value(), Some(30.0));
    let rect = slider.rect();
    stage.harness.drag_at(rect.center());
    stage.step();
    stage.harness.drop_at(rect.center());
    stage.step();
    shows(&stage, 10);
    let slider = stage
        .harness
        .get_by_role_and_label(Role::Slider, "Replay, step");
    slider.focus();
    stage.step();
    stage.press(Key::ArrowRight);
    shows(&stage, 20);
    stage.press(Key::ArrowLeft);
    shows(&stage, 10);
    stage.press(Key::Escape); // egui gives the focus up
    stage.press(Key::Escape);
    shows(&stage, 30);
}

#[test]
fn every_view_says_its_time_and_what_is_not_kept_says_so() {
    let mut stage = with_past();
    stage.press(Key::ArrowLeft);
    let badges = |stage: &Stage, text: &str| {
        let is_badge = |node: &AccessKitNode<'_>| node.value().as_deref() == Some(text);
        stage.harness.query_all_by(is_badge).count()
    };
    // Digits, latent space and activations, and the bar itself.
    assert_eq!(badges(&stage, "epoch 0.20 · step 20"), 4);
    act(&mut stage, GuideAction::LookAt(Pane::Numbers));
    assert_eq!(badges(&stage, "live only"), 1);
    stage.press(Key::Escape);
    assert_eq!(badges(&stage, "live only"), 0);
}

#[test]
fn a_view_that_was_not_made_then_shows_nothing_rather_than_another_time() {
    let mut stage = Stage::training();
    let dataset = script::dataset(20);
    for step in [10, 20] {
        take_steps(&mut stage, step);
        let mut seen = script::seen(&dataset, stage.run(), step, &[1]);
        if step == 10 {
            seen.scatter = None;
        }
        stage.deliver(seen);
    }
    stage.press(Key::Home);
    assert!(stage.has("Nothing was recorded at this moment") && stage.has("not recorded"));
    assert!(!stage.has("20 points"));
}

#[test]
fn what_the_pointer_asks_is_answered_live_only() {
    let mut stage = with_past();
    let seen = script::seen(&script::dataset(20), stage.run(), 30, &[12]);
    let hovered = Arc::clone(&seen.digits);
    stage.deliver(hourglass::protocol::Snapshot {
        hovered: Some(hovered),
        ..seen
    });
    stage.press(Key::Home);
    let plot = stage.harness.get_by_label_contains("Latent scatter").rect();
    // Sample 12 is at (12, 0) of 0..19.
    let mut says_live = false;
    for share in 0..60_u8 {
        let x = plot.left() + plot.width() * f32::from(share) / 60.0;
        stage.harness.hover_at(egui::pos2(x, plot.center().y));
        stage.step();
        if stage.has("test image 12") {
            assert!(
                !stage.has("MSE 0.012000 per pixel"),
                "an answer of another time"
            );
            says_live |= stage.has("reconstruction: live only");
        }
    }
    assert!(says_live);
}

#[test]
fn a_new_run_is_followed() {
    let mut stage = with_past();
    stage.press(Key::Home);
    let ctx = stage.harness.ctx.clone();
    let app = stage.harness.state_mut().as_mut().expect("it was opened");
    app.perform(&ctx, Action::Reset);
    stage.step();
    stage.answer_start();
    assert!(!stage.has("Follow the run") && !stage.has("replayed"));
}
