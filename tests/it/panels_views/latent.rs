use std::sync::Arc;

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use hourglass::experiment::dataset::Opened;
use hourglass::experiment::{DataSetId, Experiment, LayerName, PresetId};
use hourglass::protocol::{Axes, ScatterView};
use hourglass::state::{LabState, RunView};
use hourglass::ui::{Action, Panel as _, UserImageAction, latent::LatentPanel};

use super::{Stage, click, name_of, says, script, stage, stage_of};

/// Sample `i` is at (`i` mod 100, `i` / 100) and of class `i` mod 10: 201 samples centre on (49.5, 1).
fn scatter() -> LabState {
    let mut lab = script::with_data(201);
    script::start(&mut lab, &Experiment::default());
    script::look(&mut lab, &[0], None, LayerName::Code);
    lab
}

/// Points the mouse at (49.75, 1): nearest are samples 150, 149, 151, 148, in this order.
fn hover_beside_the_center(harness: &mut Harness<'static, Stage<LatentPanel>>) {
    let plot = harness.get_by_label_contains("Latent scatter").rect();
    harness.hover_at(plot.center() + egui::vec2(1.0, 0.0));
    harness.run_steps(3);
}

fn hovered(harness: &Harness<'static, Stage<LatentPanel>>) -> Option<u32> {
    harness.state().request.hovered
}

#[test]
fn empty_states_say_what_to_do() {
    assert!(says(
        &stage(LatentPanel::ui, LabState::default()),
        "Load a data set"
    ));
    assert!(says(
        &stage(LatentPanel::ui, script::with_data(20)),
        "Press Train"
    ));
    let mut lab = script::with_data(20);
    script::start(&mut lab, &Experiment::default());
    assert!(says(&stage(LatentPanel::ui, lab), "are being computed"));
}

#[test]
fn the_number_of_points_is_told() {
    let harness = stage(LatentPanel::ui, scatter());
    let name = name_of(&harness, "Latent scatter");
    assert!(name.starts_with("Latent scatter, 201 points · step 0, raw code"));
}

#[test]
fn hiding_a_class_hides_its_points() {
    let mut harness = stage(LatentPanel::ui, scatter());
    click(&mut harness, "show class 3");
    assert!(name_of(&harness, "Latent scatter").contains("181 of 201 points"));
    click(&mut harness, "show class 3");
    assert!(name_of(&harness, "Latent scatter").contains("201 points"));
}

#[test]
fn a_double_click_shows_a_class_alone() {
    let mut harness = stage(LatentPanel::ui, scatter());
    for _ in 0..2 {
        harness.get_by_label("show class 3").click();
        harness.run_steps(1);
    }
    harness.run_steps(2);
    assert!(name_of(&harness, "Latent scatter").contains("20 of 201 points"));
}

/// Invariant 11: points, images and labels are tied by sample id everywhere; filtering never shows another
/// sample's image.
#[test]
fn invariant_11_hovering_names_the_right_sample_also_after_hiding_classes() {
    let mut harness = stage(LatentPanel::ui, scatter());
    hover_beside_the_center(&mut harness);
    assert_eq!(hovered(&harness), Some(150));
    assert!(says(&harness, "test image 150") && says(&harness, "digit 0"));

    click(&mut harness, "show class 0");
    hover_beside_the_center(&mut harness);
    assert_eq!(hovered(&harness), Some(149));
    assert!(says(&harness, "test image 149") && says(&harness, "digit 9"));

    click(&mut harness, "show class 9");
    hover_beside_the_center(&mut harness);
    assert_eq!(hovered(&harness), Some(151));
    assert!(says(&harness, "test image 151") && says(&harness, "digit 1"));
}

#[test]
fn the_reconstruction_shown_is_the_one_that_was_asked_for() {
    let mut harness = stage(LatentPanel::ui, scatter());
    hover_beside_the_center(&mut harness);
    assert!(says(&harness, "reconstructing"));
    script::look(
        &mut harness.state_mut().lab,
        &[0],
        Some(77),
        LayerName::Code,
    );
    harness.run_steps(3);
    assert!(
        says(&harness, "reconstructing"),
        "an answer about another sample is none"
    );
    script::look(
        &mut harness.state_mut().lab,
        &[0],
        Some(150),
        LayerName::Code,
    );
    harness.run_steps(3);
    assert!(says(&harness, "MSE 0.15000 per pixel"));
}

#[test]
fn leaving_the_plot_ends_hovering() {
    let mut harness = stage(LatentPanel::ui, scatter());
    hover_beside_the_center(&mut harness);
    harness.hover_at(egui::pos2(3.0, 3.0));
    harness.run_steps(3);
    assert_eq!(hovered(&harness), None);
    assert!(!says(&harness, "test image"));
}

#[test]
fn the_outline_of_the_prior_can_be_hidden() {
    let mut lab = script::with_data(201);
    script::start(&mut lab, &PresetId::AaeMixture.preset().experiment());
    script::look(&mut lab, &[0], None, LayerName::Code);
    let mut harness = stage(LatentPanel::ui, lab);
    let said = "with the outline of the prior: ten Gaussians";
    assert!(name_of(&harness, "Latent scatter").contains(said));
    click(&mut harness, "show prior");
    assert!(!name_of(&harness, "Latent scatter").contains("prior"));
    click(&mut harness, "show prior");
    assert!(name_of(&harness, "Latent scatter").contains(said));
}

#[test]
fn codes_without_a_prior_or_along_components_have_no_outline() {
    let harness = stage(LatentPanel::ui, scatter());
    assert!(harness.query_by_label("show prior").is_none());
    let mut lab = script::with_data(201);
    script::start(&mut lab, &PresetId::Vae20.preset().experiment());
    script::look(&mut lab, &[0], None, LayerName::Code);
    let snapshot = lab.run.as_mut().and_then(|run| run.snapshot.as_mut());
    let scatter = &mut snapshot.expect("just delivered").scatter;
    let mut view = ScatterView::clone(scatter.as_ref().expect("just delivered"));
    view.axes = Axes::Pca {
        explained: [0.2, 0.1],
    };
    *scatter = Some(Arc::new(view));
    let harness = stage(LatentPanel::ui, lab);
    assert!(harness.query_by_label("show prior").is_none());
}

#[test]
fn own_images_are_marked_with_their_names_and_a_click_chooses_one() {
    let mut lab = scatter();
    let first = script::add_own(&mut lab, "first.png", 8);
    script::add_own(&mut lab, "second.png", 20);
    script::look_at_own(&mut lab);
    let mut harness = stage(LatentPanel::ui, lab);
    assert!(name_of(&harness, "Latent scatter").ends_with("with 2 of your images"));
    click(&mut harness, "first.png in the latent space");
    assert_eq!(
        harness.state().actions.last(),
        Some(&Action::UserImage(UserImageAction::Choose(first)))
    );
    harness.state_mut().lab.user_images.remove(first);
    harness.run_steps(3);
    assert!(
        !says(&harness, "first.png"),
        "a removed image leaves no marker"
    );
    assert!(says(&harness, "second.png in the latent space"));
}

/// Two runs that are compared in a small window leave a view little height.
#[test]
fn in_a_low_panel_the_points_have_all_the_room() {
    let mut harness = stage(LatentPanel::ui, scatter());
    assert!(harness.query_by_label("show class 3").is_some());
    harness.set_size(egui::vec2(345.0, 160.0));
    harness.run_steps(3);
    assert!(harness.query_by_label("show class 3").is_none());
    assert!(harness.query_by_label("Colour by").is_none());
    let plot = harness.get_by_label_contains("Latent scatter").rect();
    assert!(plot.height() > 80.0, "of 160 points: {plot:?}");
}

/// The panel in one of two places of the window.
type Placed = (LatentPanel, bool);

/// As it happens to the view of a run when another one is put beside it.
#[test]
fn a_plot_that_moves_to_another_place_still_follows_its_points() {
    fn show(panel: &mut Placed, ui: &mut egui::Ui, lab: &LabState, actions: &mut Vec<Action>) {
        ui.push_id(panel.1, |ui| panel.0.ui(ui, RunView::of(lab), actions));
    }
    fn texts(shape: &egui::Shape, found: &mut String) {
        match shape {
            egui::Shape::Vec(shapes) => shapes.iter().for_each(|shape| texts(shape, found)),
            egui::Shape::Text(text) => found.push_str(text.galley.text()),
            _ => {}
        }
    }
    let mut harness = stage_of(show, scatter());
    harness.state_mut().panel.1 = true;
    harness.run_steps(3);
    let mut found = String::new();
    for clipped in &harness.output().shapes {
        texts(&clipped.shape, &mut found);
    }
    assert!(found.contains("Latent space"), "{found}");
    assert!(
        !found.contains("double-click to see all"),
        "nobody chose a part of it"
    );
}

/// The same points of a person's own data set with these classes.
fn of_classes(classes: Vec<String>) -> LabState {
    let mut lab = scatter();
    let dataset = lab.dataset.as_mut().expect("it has one");
    let n_classes = u8::try_from(classes.len()).expect("few");
    dataset.test_labels = (0..201_u8).map(|sample| sample % n_classes).collect();
    dataset.id = DataSetId::opened(Opened {
        label: "Things".to_owned(),
        slug: "things".to_owned(),
        content: "0".repeat(12),
        about: String::new(),
        classes,
        shape: dataset.shape(),
        is_handwriting: false,
        n_train: 201,
        n_test: 201,
    });
    lab
}

#[test]
fn of_many_classes_some_are_found_by_their_letters() {
    let classes = (0..40).map(|class| format!("kind {class}")).collect();
    let mut harness = stage(LatentPanel::ui, of_classes(classes));
    assert!(says(&harness, "show class kind 17"));
    harness.get_by_label("Find a class").focus();
    harness.run_steps(1);
    harness.get_by_label("Find a class").type_text("KIND 3");
    harness.run_steps(2);
    assert!(says(&harness, "show class kind 37") && !says(&harness, "show class kind 17"));
    harness.key_press(egui::Key::Enter);
    harness.run_steps(3);
    // Kinds 3 and 30 to 39, of each five among 201; of kind 0 there are six.
    assert!(name_of(&harness, "Latent scatter").contains("55 of 201 points"));
}

#[test]
fn without_classes_colours_say_the_error_and_there_is_nothing_to_hide() {
    let harness = stage(LatentPanel::ui, of_classes(vec!["unlabelled".to_owned()]));
    assert!(!says(&harness, "show class"));
    let asked = harness.state().request.scatter.expect("it looks at it");
    assert!(asked.errors, "colours need them");
    let harness = stage(LatentPanel::ui, scatter());
    let asked = harness.state().request.scatter.expect("it looks at it");
    assert!(!asked.errors, "classes need none");
}
