//! Empty space and picked points of the latent space.

use egui::{Key, Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use hourglass::experiment::{Experiment, LayerName, PresetId};
use hourglass::protocol::{Axes, CodeSelection, DecodeRequest, Found, Requester, Route};
use hourglass::ui::{Action, Panel as _, latent::LatentPanel};

use super::{Stage, click, says, script, stage};

/// Sample `i` is at (`i` mod 100, `i` / 100): 201 samples centre on (49.5, 1), and above 2 there is nothing.
fn scatter(experiment: &Experiment) -> Harness<'static, Stage<LatentPanel>> {
    let mut lab = script::with_data(201);
    script::start(&mut lab, experiment);
    script::look(&mut lab, &[0], None, LayerName::Code);
    stage(LatentPanel::ui, lab)
}

/// A code of two units without a prior, whose outline would move the centre.
fn two_units() -> Experiment {
    let mut experiment = Experiment::default();
    let dense = experiment.architecture.as_dense_mut();
    dense.expect("a dense experiment").code = 2;
    experiment
}

fn plot_center(harness: &Harness<'static, Stage<LatentPanel>>) -> Pos2 {
    harness
        .get_by_label_contains("Latent scatter")
        .rect()
        .center()
}

fn click_at(harness: &mut Harness<'static, Stage<LatentPanel>>, at: Pos2, modifiers: Modifiers) {
    harness.hover_at(at);
    harness.run_steps(1);
    for pressed in [true, false] {
        let event = egui::Event::PointerButton {
            pos: at,
            button: PointerButton::Primary,
            pressed,
            modifiers,
        };
        harness.event_modifiers(event, modifiers);
        harness.run_steps(1);
    }
    harness.run_steps(30); // the next click is no double click
}

/// Picks sample 150 and then, with Shift, sample 160; both are right of the centre of the middle row.
fn pick_two(harness: &mut Harness<'static, Stage<LatentPanel>>) {
    let center = plot_center(harness);
    click_at(harness, center + vec2(1.0, 0.0), Modifiers::NONE);
    let mut newest = harness.state().actions.iter().rev();
    let followed = newest.find_map(|action| match action {
        Action::Follow(sample) => Some(*sample),
        _ => None,
    });
    assert_eq!(followed, Some(150), "other panels look at it too");
    click_at(harness, center + vec2(45.0, 0.0), Modifiers::SHIFT);
}

fn ends(harness: &Harness<'static, Stage<LatentPanel>>) -> Option<[u32; 2]> {
    match harness.state().places(Requester::Interpolation)? {
        CodeSelection::Between { ends, .. } => Some(ends),
        other => panic!("asked for {other:?}"),
    }
}

#[test]
fn a_double_click_takes_back_what_its_first_click_picked() {
    let mut harness = scatter(&two_units());
    pick_two(&mut harness);
    let picked = ends(&harness);
    assert!(picked.is_some());
    let at = plot_center(&harness) + vec2(20.0, 0.0);
    harness.hover_at(at);
    harness.run_steps(1);
    for pressed in [true, false, true, false] {
        harness.event(egui::Event::PointerButton {
            pos: at,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
        harness.run_steps(1);
    }
    harness.run_steps(30);
    assert_eq!(ends(&harness), picked);
    let followed = harness.state().lab.followed;
    assert_eq!(
        harness.state().actions.last(),
        Some(&Action::Follow(followed))
    );
}

#[test]
fn empty_space_under_the_pointer_is_decoded() {
    let mut harness = scatter(&two_units());
    let center = plot_center(&harness);
    harness.hover_at(center - vec2(0.0, 80.0));
    harness.run_steps(2);
    let places = harness.state().places(Requester::Pointer);
    let Some(CodeSelection::Plane(points)) = places.clone() else {
        panic!("a point of the plane is asked for, not {places:?}")
    };
    let [x, y] = points[0];
    assert!((x - 49.5).abs() < 0.5 && y > 5.0, "({x}, {y})");
    assert!(says(&harness, "decoding"), "the answer is under way");

    let set = DecodeRequest {
        requester: Requester::Pointer,
        places: CodeSelection::Plane(points),
    };
    let found = Found::Plane(Axes::Raw);
    script::decode(&mut harness.state_mut().lab, set, found, vec![x, y]);
    harness.run_steps(2);
    assert!(says(&harness, &format!("decoded at h₁ {x:.2}, h₂ {y:.2}")));
    assert!(!says(&harness, "PCA plane"));

    harness.hover_at(center + vec2(1.0, 0.0));
    harness.run_steps(2);
    assert_eq!(harness.state().places(Requester::Pointer), None);
    assert!(!says(&harness, "decoded at") && says(&harness, "test image 150"));
}

#[test]
fn a_place_of_a_wide_code_is_said_to_lie_in_the_pca_plane() {
    let mut harness = scatter(&Experiment::default());
    harness.hover_at(plot_center(&harness) - vec2(0.0, 80.0));
    harness.run_steps(2);
    let places = harness
        .state()
        .places(Requester::Pointer)
        .expect("asked for");
    let set = DecodeRequest {
        requester: Requester::Pointer,
        places,
    };
    let explained = [0.4, 0.2];
    let found = Found::Plane(Axes::Pca { explained });
    script::decode(&mut harness.state_mut().lab, set, found, vec![0.0; 64]);
    harness.run_steps(2);
    assert!(says(&harness, "PCA plane through the mean of 64 units"));
}

#[test]
fn leaving_the_plot_ends_decoding() {
    let mut harness = scatter(&Experiment::default());
    harness.hover_at(plot_center(&harness) - vec2(0.0, 80.0));
    harness.run_steps(2);
    assert!(harness.state().places(Requester::Pointer).is_some());
    harness.hover_at(egui::pos2(3.0, 3.0));
    harness.run_steps(2);
    assert_eq!(harness.state().places(Requester::Pointer), None);
    assert!(!says(&harness, "decoding"));
}

#[test]
fn two_picked_points_are_joined_by_a_strip_until_escape() {
    let mut harness = scatter(&Experiment::default());
    pick_two(&mut harness);
    let [from, to] = ends(&harness).expect("both are picked");
    assert_eq!(from, 150);
    assert!((155..170).contains(&to), "{to}");
    assert!(says(&harness, "digit 0, test image 150, original"));
    assert!(says(&harness, "decoded, 50 % of the way"));
    harness.get_by_label("Interpolate from test image");

    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert_eq!(ends(&harness), None);
    assert!(!says(&harness, "of the way"));
}

#[test]
fn an_interpolation_can_be_set_up_without_the_pointer() {
    let mut harness = scatter(&Experiment::default());
    click(&mut harness, "Interpolate");
    assert_eq!(ends(&harness), Some([0, 1]));
    assert!(says(&harness, "digit 1, test image 1, original"));
    assert!(
        harness.query_by_label("Path, arc").is_none(),
        "there is no prior"
    );
    click(&mut harness, "End the interpolation");
    assert_eq!(ends(&harness), None);
}

#[test]
fn codes_of_a_gaussian_prior_can_be_joined_by_an_arc() {
    let mut harness = scatter(&PresetId::Vae20.preset().experiment());
    click(&mut harness, "Interpolate");
    click(&mut harness, "Path, arc");
    let asked = harness.state().places(Requester::Interpolation);
    assert!(matches!(
        asked,
        Some(CodeSelection::Between {
            route: Route::Arc,
            n_places: 9,
            ..
        })
    ));
}
