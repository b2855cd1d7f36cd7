use std::sync::Arc;

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{AccessKitNode, Queryable as _};
use hourglass::experiment::{Experiment, LayerName};
use hourglass::protocol::{GroupSet, Preparation, Take, UserImageId};
use hourglass::state::LabState;
use hourglass::ui::{Action, DrawEdit, Panel as _, UserImageAction, your_image::YourImagePanel};

use super::{Stage, click, says, script, stage};

/// A run that was looked at, and two user images.
fn two_images() -> (LabState, [UserImageId; 2]) {
    let mut lab = script::with_data(40);
    script::start(&mut lab, &Experiment::default());
    script::look(&mut lab, &[0], None, LayerName::Code);
    let ids =
        [("first.png", 8), ("second.png", 20)].map(|(name, n)| script::add_own(&mut lab, name, n));
    script::look_at_own(&mut lab);
    (lab, ids)
}

fn user_image_actions(harness: &Harness<'static, Stage<YourImagePanel>>) -> Vec<UserImageAction> {
    let user_image = harness
        .state()
        .actions
        .iter()
        .filter_map(|action| match action {
            Action::UserImage(user_image) => Some(user_image.clone()),
            _ => None,
        });
    user_image.collect()
}

fn last_action(harness: &Harness<'static, Stage<YourImagePanel>>) -> Option<UserImageAction> {
    user_image_actions(harness).pop()
}

#[test]
fn the_empty_state_says_how_images_come() {
    let mut harness = stage(YourImagePanel::ui, LabState::default());
    for way in ["Drop images", "Ctrl+V", "Open…", "or draw"] {
        assert!(says(&harness, way), "{way}");
    }
    click(&mut harness, "Open images");
    assert_eq!(last_action(&harness), Some(UserImageAction::Open));
}

#[test]
fn the_chosen_image_shows_every_stage_its_error_and_its_percentile() {
    let (lab, [first, _]) = two_images();
    let mut harness = stage(YourImagePanel::ui, lab);
    for stage in [
        "picture",
        "grey",
        "ink",
        "cropped",
        "20×20",
        "28×28",
        "reconstructed",
        "difference",
    ] {
        let name = format!("second.png, {stage}");
        assert!(harness.query_by_label(&name).is_some(), "{name}");
    }
    assert!(says(&harness, "MSE 0.020000 per pixel"));
    assert!(says(&harness, "worse than 93 % of the test images"));
    assert!(says(&harness, "digit 3, test image 3, distance 0.300"));
    click(&mut harness, "first.png, MSE 0.010000 per pixel");
    assert_eq!(last_action(&harness), Some(UserImageAction::Choose(first)));
    harness.state_mut().lab.user_images.choose(first);
    harness.run_steps(3);
    assert!(says(&harness, "first.png, 28×28") && !says(&harness, "second.png, 28×28"));
}

/// The strip, the stages and the figures are of one image, whatever was removed.
#[test]
fn invariant_11_figures_belong_to_their_image_also_after_others_are_removed() {
    let (lab, [first, _]) = two_images();
    let mut harness = stage(YourImagePanel::ui, lab);
    click(&mut harness, "Remove second.png");
    let id = harness.state().lab.user_images.images()[1].id;
    assert_eq!(last_action(&harness), Some(UserImageAction::Remove(id)));
    // The answer of the worker is still about both.
    harness.state_mut().lab.user_images.remove(id);
    harness.run_steps(3);
    assert_eq!(
        harness
            .state()
            .lab
            .user_images
            .chosen()
            .map(|user_image| user_image.id),
        Some(first)
    );
    assert!(says(&harness, "MSE 0.010000 per pixel") && !says(&harness, "MSE 0.020000"));
    click(&mut harness, "Undo removal");
    assert_eq!(last_action(&harness), Some(UserImageAction::Restore));
}

#[test]
fn an_image_that_was_not_answered_yet_says_so() {
    let (mut lab, _) = two_images();
    script::add_own(&mut lab, "third.png", 12);
    let harness = stage(YourImagePanel::ui, lab);
    assert!(says(&harness, "third.png, 28×28") && says(&harness, "reconstructing…"));
    let figure = |node: &AccessKitNode<'_>| {
        let texts = [node.label(), node.value()];
        texts.iter().flatten().any(|text| text.starts_with("MSE "))
    };
    let mut figures = harness.query_all_by(|node| figure(node));
    assert!(figures.next().is_none(), "no figure of another image");
}

#[test]
fn decisions_show_who_made_them_and_can_be_changed() {
    let (lab, [_, second]) = two_images();
    let mut harness = stage(YourImagePanel::ui, lab);
    let background = |harness: &Harness<'static, Stage<YourImagePanel>>| {
        harness
            .get_by_label("Background")
            .value()
            .expect("what holds")
    };
    assert_eq!(background(&harness), "light: invert, auto");
    click(&mut harness, "Background");
    click(&mut harness, "dark: keep");
    let preparation = Preparation {
        invert: Some(false),
        ..Preparation::default()
    };
    assert_eq!(
        last_action(&harness),
        Some(UserImageAction::Prepare(second, preparation))
    );
    harness
        .state_mut()
        .lab
        .user_images
        .set_preparation(second, preparation);
    harness.run_steps(3);
    assert_eq!(background(&harness), "dark: keep, yours");
    click(&mut harness, "Background");
    click(&mut harness, "Automatic");
    assert_eq!(
        last_action(&harness),
        Some(UserImageAction::Prepare(second, Preparation::default()))
    );
}

#[test]
fn digits_on_a_picture_are_switched_taken_each_and_cut_out() {
    let (mut lab, _) = two_images();
    let id = script::add_two_digits(&mut lab, "two.png");
    let mut harness = stage(YourImagePanel::ui, lab);
    assert!(says(&harness, "2 digits found"));
    let prepared = |harness: &Harness<'static, Stage<YourImagePanel>>| {
        let user_image = harness
            .state()
            .lab
            .user_images
            .find(id)
            .expect("it is there");
        Arc::clone(&user_image.prepared)
    };
    let digits: Vec<usize> = prepared(&harness).digits().collect();
    assert_eq!(digits.len(), 2);
    let place = |digit: usize| {
        let [left, _, right, _] = prepared(&harness).groups[digits[digit]].bounds;
        left.midpoint(right)
    };
    assert!(place(0) < 0.5 && place(1) > 0.5, "in reading order");
    click(&mut harness, "Add all 2");
    assert_eq!(last_action(&harness), Some(UserImageAction::TakeEach(id)));

    // A switch and a click on the ink mean the same.
    let is_taken = prepared(&harness).groups[digits[1]].is_taken();
    let taken = |digit: usize| prepared(&harness).groups[digits[digit]].is_taken();
    assert_ne!(taken(0), taken(1), "one of them was taken");
    let both: GroupSet = digits.iter().copied().collect();
    let preparation = Preparation {
        take: Some(Take::Groups(both)),
        ..Preparation::default()
    };
    let left_out = if is_taken { "Digit 1" } else { "Digit 2" };
    click(&mut harness, left_out);
    assert_eq!(
        last_action(&harness),
        Some(UserImageAction::Prepare(id, preparation))
    );
    let picture = harness.get_by_label("two.png, what was found").rect();
    let at = |x: f32, y: f32| picture.min + egui::vec2(x, y) * picture.size();
    let ink = if is_taken {
        at(0.155, 0.5)
    } else {
        at(0.845, 0.5)
    };
    harness.hover_at(ink);
    harness.run_steps(2);
    harness.drag_at(ink);
    harness.drop_at(ink);
    harness.run_steps(2);
    assert_eq!(
        last_action(&harness),
        Some(UserImageAction::Prepare(id, preparation))
    );
    assert_eq!(user_image_actions(&harness).len(), 3);

    // A rectangle that is dragged is looked at alone.
    harness.drag_at(at(0.5, 0.1));
    harness.run_steps(2);
    harness.hover_at(at(0.9, 0.6));
    harness.run_steps(2);
    harness.drop_at(at(0.95, 0.9));
    harness.run_steps(2);
    let Some(UserImageAction::Prepare(_, preparation)) = last_action(&harness) else {
        panic!("{:?}", last_action(&harness));
    };
    let part = preparation.region.expect("a part");
    for (found, expected) in part.into_iter().zip([0.5, 0.1, 0.95, 0.9]) {
        assert!((found - expected).abs() < 0.02, "{part:?}");
    }
}

#[test]
fn an_image_unlike_all_that_was_seen_says_so_with_the_stage_that_looks_like_the_reason() {
    let (mut lab, [first, _]) = two_images();
    let two = script::add_two_digits(&mut lab, "two.png");
    script::look_at_own(&mut lab);
    let run = lab.run.as_mut().expect("a run was started");
    let snapshot = run.snapshot.as_mut().expect("looked at");
    let user_image = snapshot.user_images.as_mut().expect("user images");
    for look in Arc::make_mut(user_image)
        .images
        .iter_mut()
        .filter(|look| look.id != first)
    {
        let percentile = look.percentile.as_mut().expect("measured");
        percentile.share_below = 0.995;
    }
    lab.user_images.choose(two);
    let mut harness = stage(YourImagePanel::ui, lab);
    assert!(says(
        &harness,
        "unlike what the model has seen: there are several digits"
    ));
    harness.state_mut().lab.user_images.choose(first);
    harness.run_steps(3);
    assert!(!says(&harness, "unlike what the model has seen"));
}

#[test]
fn reading_shows_how_far_it_is_and_can_be_cancelled() {
    let (mut lab, _) = two_images();
    lab.user_images.reading = Some(hourglass::state::Reading {
        n_done: 2,
        n_files: 20,
    });
    let mut harness = stage(YourImagePanel::ui, lab);
    assert!(says(&harness, "Reading images, 3 of 20"));
    click(&mut harness, "Cancel reading");
    assert_eq!(last_action(&harness), Some(UserImageAction::CancelReading));
}

/// The panel with the canvas, before which the test plays the app's part.
fn canvas() -> Harness<'static, Stage<YourImagePanel>> {
    let mut lab = script::with_data(40);
    script::start(&mut lab, &Experiment::default());
    script::look(&mut lab, &[0], None, LayerName::Code);
    let mut harness = stage(YourImagePanel::ui, lab);
    click(&mut harness, "Your image, draw");
    harness
}

fn edits(harness: &Harness<'static, Stage<YourImagePanel>>) -> Vec<DrawEdit> {
    let user_image = user_image_actions(harness).into_iter();
    let edits = user_image.filter_map(|action| match action {
        UserImageAction::Draw(edit) => Some(edit),
        _ => None,
    });
    edits.collect()
}

#[test]
fn the_pen_draws_where_the_pointer_goes() {
    let mut harness = canvas();
    let canvas = harness.get_by_label("Canvas, 0 strokes").rect();
    let at = |x: f32, y: f32| canvas.min + egui::vec2(x * canvas.width(), y * canvas.height());
    harness.hover_at(at(0.25, 0.25));
    harness.run_steps(1);
    harness.drag_at(at(0.25, 0.25));
    harness.run_steps(1);
    for share in [0.4, 0.6] {
        harness.hover_at(at(share, 0.5));
        harness.run_steps(1);
    }
    harness.drop_at(at(0.6, 0.5));
    harness.run_steps(2);
    harness.hover_at(at(0.9, 0.9));
    harness.run_steps(2);
    let edits = edits(&harness);
    let near = |found: [f32; 2], [x, y]: [f32; 2]| (found[0] - x).hypot(found[1] - y) < 0.01;
    assert!(
        matches!(edits[0], DrawEdit::Begin { at, .. } if near(at, [0.25, 0.25])),
        "{edits:?}"
    );
    assert_eq!(
        edits
            .iter()
            .filter(|edit| matches!(edit, DrawEdit::Begin { .. }))
            .count(),
        1
    );
    let last = edits.iter().rev().find_map(|edit| match edit {
        DrawEdit::Extend(at) => Some(*at),
        _ => None,
    });
    assert!(
        last.is_some_and(|at| near(at, [0.6, 0.5])),
        "the pen was lifted there: {edits:?}"
    );
}

#[test]
fn a_drawing_can_be_undone_by_keys_cleared_and_added() {
    let mut harness = canvas();
    let drawing = &mut harness.state_mut().lab.user_images.drawing;
    for at in [[0.2, 0.2], [0.5, 0.5]] {
        drawing.begin(at, 0.05);
    }
    harness.run_steps(3);
    assert!(says(&harness, "Canvas, 2 strokes"));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run_steps(3);
    assert_eq!(edits(&harness), [DrawEdit::Undo]);
    harness.state_mut().lab.user_images.drawing.undo();
    harness.run_steps(1);
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    harness.run_steps(3);
    assert_eq!(edits(&harness), [DrawEdit::Undo, DrawEdit::Redo]);
    for (name, edit) in [
        ("Undo stroke", DrawEdit::Undo),
        ("Redo stroke", DrawEdit::Redo),
        ("Clear canvas", DrawEdit::Clear),
        ("Add to your images", DrawEdit::Add),
    ] {
        click(&mut harness, name);
        assert_eq!(edits(&harness).last(), Some(&edit), "{name}");
    }
}
