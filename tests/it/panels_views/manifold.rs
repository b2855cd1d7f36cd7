use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use hourglass::experiment::{Experiment, LatentPrior, LayerName, PresetId};
use hourglass::protocol::{Axes, CodeSelection, DecodeRequest, Found, Requester, Spacing, Span};
use hourglass::state::LabState;
use hourglass::ui::Panel as _;
use hourglass::ui::manifold::ManifoldPanel;

use super::{Stage, click, name_of, says, script, stage};

fn running(id: PresetId) -> LabState {
    let mut lab = script::with_data(40);
    script::start(&mut lab, &id.preset().experiment());
    script::look(&mut lab, &[0], None, LayerName::Code);
    lab
}

/// Answers with a grid of this many places along each axis, from 0 on.
pub fn answer_grid(lab: &mut LabState, n_places: usize) {
    let run = lab.run.as_ref().expect("a run was started");
    let size = run.experiment.architecture.code_size();
    let prior = run.experiment.objective.prior.distribution();
    let is_wide = size > 2;
    let places: Vec<f32> = (0..n_places).map(|place| place as f32).collect();
    let found = Found::Grid {
        units: (!is_wide).then_some([0, 1]),
        axes: if is_wide {
            Axes::Pca {
                explained: [0.4, 0.25],
            }
        } else {
            Axes::Raw
        },
        spacing: prior.map_or(Spacing::Codes, Spacing::Quantiles),
        xs: places.clone(),
        ys: places,
    };
    let set = DecodeRequest {
        requester: Requester::Grid,
        places: CodeSelection::Grid {
            n_places,
            span: Span::Principal,
        },
    };
    script::decode(lab, set, found, vec![0.5; n_places * n_places * size]);
}

fn places(
    harness: &Harness<'static, Stage<ManifoldPanel>>,
    requester: Requester,
) -> Option<CodeSelection> {
    harness.state().places(requester)
}

#[test]
fn empty_states_say_what_to_do() {
    let empty = stage(ManifoldPanel::ui, LabState::default());
    assert!(says(&empty, "Load a data set"));
    let with_data = stage(ManifoldPanel::ui, script::with_data(20));
    assert!(says(&with_data, "Press Train"));
    let waiting = stage(ManifoldPanel::ui, running(PresetId::Vae2));
    assert!(says(&waiting, "are being computed"));
}

#[test]
fn the_grid_says_where_it_lies_and_its_size_is_chosen() {
    let mut lab = running(PresetId::Vae2);
    answer_grid(&mut lab, 12);
    let mut harness = stage(ManifoldPanel::ui, lab);
    let (n_places, span) = (12, Span::Principal);
    let expected = CodeSelection::Grid { n_places, span };
    assert_eq!(places(&harness, Requester::Grid), Some(expected));
    let name = name_of(&harness, "Manifold, ");
    assert!(name.starts_with("Manifold, 144 pictures, grid, h₁ from 0.00 to 11.00, h₂ from 0.00"));
    assert!(name.contains("quantiles of the prior N(0, I)"), "{name}");
    assert!(
        harness.query_by_label("Plane, units").is_none(),
        "there are only two"
    );

    click(&mut harness, "Pictures along each axis, 8");
    let expected = CodeSelection::Grid { n_places: 8, span };
    assert_eq!(places(&harness, Requester::Grid), Some(expected));
    assert_eq!(places(&harness, Requester::Samples), None);
}

#[test]
fn a_picture_under_the_pointer_says_its_code_and_arrow_keys_go_on_from_it() {
    let mut lab = running(PresetId::Vae2);
    answer_grid(&mut lab, 12);
    let mut harness = stage(ManifoldPanel::ui, lab);
    let grid = harness.get_by_label_contains("Manifold, 144").rect();
    // The lowest row is at the bottom; a click lets the keys go on from there.
    let lower_left = grid.left_bottom() + egui::vec2(3.0, -3.0);
    harness.hover_at(lower_left);
    harness.run_steps(2);
    assert!(says(&harness, "decoded h₁ 0.00, h₂ 0.00"));
    harness.drag_at(lower_left);
    harness.run_steps(1);
    harness.drop_at(lower_left);
    harness.run_steps(2);
    harness.remove_cursor();
    harness.run_steps(2);
    for key in [
        Key::ArrowRight,
        Key::ArrowRight,
        Key::ArrowUp,
        Key::ArrowDown,
        Key::ArrowUp,
    ] {
        harness.key_press(key);
        harness.run_steps(2);
    }
    assert!(says(&harness, "decoded h₁ 2.00, h₂ 1.00"));
}

#[test]
fn a_wide_code_is_seen_in_its_pca_plane_or_along_two_units() {
    let mut lab = running(PresetId::Vanilla64);
    answer_grid(&mut lab, 12);
    let mut harness = stage(ManifoldPanel::ui, lab);
    assert!(name_of(&harness, "Manifold, ").contains("PC 1 from 0.00"));
    assert!(says(&harness, "middle 98 % of the test images' codes"));
    click(&mut harness, "Plane, units");
    let span = Span::Units([0, 1]);
    let expected = CodeSelection::Grid { n_places: 12, span };
    assert_eq!(places(&harness, Requester::Grid), Some(expected));
    harness.get_by_label("Vertical unit").increment_accesskit();
    harness.run_steps(3);
    let Some(CodeSelection::Grid { span, .. }) = places(&harness, Requester::Grid) else {
        panic!("a grid is asked for")
    };
    assert_eq!(span, Span::Units([0, 2]));
}

#[test]
fn samples_say_what_they_are_drawn_from_and_others_are_drawn_on_demand() {
    let mut harness = stage(ManifoldPanel::ui, running(PresetId::Vanilla64));
    click(&mut harness, "Codes, samples");
    assert_eq!(places(&harness, Requester::Grid), None);
    let Some(CodeSelection::Drawn { n_places, seed: 1 }) = places(&harness, Requester::Samples)
    else {
        panic!("samples are asked for")
    };
    assert!(
        (144..1000).contains(&n_places),
        "they fill the panel: {n_places}"
    );
    let answer = |harness: &mut Harness<'static, Stage<ManifoldPanel>>, found| {
        let places = places(harness, Requester::Samples).expect("asked for");
        let set = DecodeRequest {
            requester: Requester::Samples,
            places,
        };
        script::decode(
            &mut harness.state_mut().lab,
            set,
            found,
            vec![0.5; 64 * 200],
        );
        harness.run_steps(3);
    };
    answer(&mut harness, Found::Fitted { n_codes: 10_000 });
    assert!(says(
        &harness,
        "Gaussian with the mean and the full covariance of the 10,000"
    ));
    answer(&mut harness, Found::Prior(LatentPrior::Uniform));
    assert!(says(&harness, "drawn from the prior (uniform)"));

    click(&mut harness, "New samples");
    let Some(CodeSelection::Drawn { seed, .. }) = places(&harness, Requester::Samples) else {
        panic!("samples are asked for")
    };
    assert_eq!(seed, 2);
}

#[test]
fn pictures_of_a_code_of_another_size_are_not_shown() {
    let mut lab = running(PresetId::Vae2);
    answer_grid(&mut lab, 4);
    let run = lab.run.as_mut().expect("a run was started");
    run.experiment = Experiment::default();
    assert!(says(&stage(ManifoldPanel::ui, lab), "are being computed"));
}
