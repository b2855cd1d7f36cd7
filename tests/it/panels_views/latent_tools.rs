//! The latent space as an instrument: axes, colours, selecting, the gallery, and points as pictures.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use egui::accesskit::Role;
use egui::{
    ColorImage, Event, FullOutput, ImageData, Key, Modifiers, Pos2, Rect, Shape, TextureId,
    TexturesDelta,
};
use egui_kittest::kittest::{AccessKitNode, NodeT as _, Queryable as _};
use egui_kittest::{Harness, TestRenderer};
use hourglass::experiment::{Experiment, LayerName, PresetId};
use hourglass::figure::FigureKind;
use hourglass::protocol::{
    Axes, DatasetDescription, Event as Report, Factor, KnownFactors, Plane, PointSource,
    ProbeRequest, SampleErrors, SampleIdx, ScatterRequest, ScatterView,
};
use hourglass::state::{LabState, RunView};
use hourglass::ui::export::ExportDialog;
use hourglass::ui::panels::Panels;
use hourglass::ui::{Action, Panel as _, latent::LatentPanel, theme};

use super::{Stage, click, name_of, says, script, stage, stage_of};
use crate::data_sets;

type Latent = Harness<'static, Stage<LatentPanel>>;

/// Points side by side in a script.
const COLUMNS: u16 = 100;

/// Sample `i` is at (`i` mod 100, `i` / 100) and of class `i` mod 10.
fn lab(n: usize, experiment: &Experiment) -> LabState {
    let mut lab = script::with_data(n);
    script::start(&mut lab, experiment);
    script::look(&mut lab, &[0], None, LayerName::Code);
    lab
}

/// Delivers another scatter.
fn rescatter(lab: &mut LabState, change: impl FnOnce(&mut ScatterView)) {
    let run = lab.run.as_mut().expect("a run was started");
    let snapshot = run.snapshot.as_mut().expect("something was looked at");
    let mut view = ScatterView::clone(snapshot.scatter.as_ref().expect("looked at"));
    change(&mut view);
    snapshot.scatter = Some(Arc::new(view));
}

/// The error of sample `i` is `i` / 1000.
fn with_errors(view: &mut ScatterView) {
    let errors = view.samples.iter().map(|&sample| sample as f32 / 1000.0);
    view.errors = Some(SampleErrors {
        mse_per_pixel: errors.collect(),
        range: [0.0, 0.2],
    });
}

fn scatter_rect<P>(harness: &Harness<'static, Stage<P>>) -> Rect {
    harness.get_by_label_contains("Latent scatter").rect()
}

/// Where a place of the plane is on the screen: the points and 6 % around them fill the width, a unit is as long on
/// both axes.
fn on_screen<P>(harness: &Harness<'static, Stage<P>>, x: f32, y: f32, n_rows: u16) -> Pos2 {
    let frame = scatter_rect(harness);
    let width = f32::from(COLUMNS - 1);
    let unit = frame.width() / (1.12 * width);
    let middle = [width / 2.0, f32::from(n_rows - 1) / 2.0];
    frame.center() + unit * egui::vec2(x - middle[0], middle[1] - y)
}

/// Drags the pointer along these places, held down with these keys.
fn drag<P>(harness: &mut Harness<'static, Stage<P>>, places: &[Pos2], modifiers: Modifiers) {
    harness.event(Event::ModifiersChanged(modifiers));
    harness.hover_at(places[0]);
    harness.run_steps(1);
    harness.drag_at(places[0]);
    harness.run_steps(1);
    for &place in &places[1..] {
        harness.hover_at(place);
        harness.run_steps(1);
    }
    harness.drop_at(places[places.len() - 1]);
    harness.run_steps(1);
    harness.event(Event::ModifiersChanged(Modifiers::NONE));
    harness.run_steps(40); // the plot finds its new size
}

/// Drags from one place of the plane to another.
fn drag_box<P>(
    harness: &mut Harness<'static, Stage<P>>,
    [from, to]: [[f32; 2]; 2],
    modifiers: Modifiers,
) {
    let [from, to] = [from, to].map(|[x, y]| on_screen(harness, x, y, 3));
    drag(harness, &[from, from.lerp(to, 0.5), to], modifiers);
}

fn asked(harness: &Latent) -> Option<ScatterRequest> {
    harness.state().request.scatter
}

/// Opens a menu and clicks an entry.
fn choose(harness: &mut Latent, menu: &str, entry: &str) {
    harness
        .get_by_role_and_label(Role::ComboBox, menu)
        .click_accesskit();
    harness.run_steps(3);
    harness.get_by_label(entry).click_accesskit();
    harness.run_steps(3);
}

fn value_of(harness: &Latent, menu: &str) -> String {
    let node = harness.get_by_role_and_label(Role::ComboBox, menu);
    node.value().unwrap_or_default()
}

fn selected(harness: &Latent) -> Vec<SampleIdx> {
    harness.state().panel.selected()
}

/// The images of the gallery, in order, by their accessible names.
fn gallery(harness: &Latent) -> Vec<String> {
    let is_cell = |node: &AccessKitNode<'_>| {
        node.role() == Role::Image
            && node
                .label()
                .is_some_and(|label| label.starts_with("digit "))
    };
    let cells = harness.query_all_by(is_cell);
    cells
        .filter_map(|cell| cell.accesskit_node().label())
        .collect()
}

#[test]
fn the_axes_are_chosen_from_components_and_units() {
    let mut lab = lab(201, &PresetId::Vanilla64.preset().experiment());
    rescatter(&mut lab, |view| {
        view.axes = Axes::Pca {
            explained: [0.3, 0.2],
        };
    });
    let mut harness = stage(LatentPanel::ui, lab);
    assert_eq!(value_of(&harness, "Horizontal axis"), "→ PC 1");
    assert!(says(&harness, "PC 2 (20.0 % of variance)"));
    choose(&mut harness, "Horizontal axis", "PC 4");
    let plane = |harness: &Latent| asked(harness).and_then(|asked| asked.plane);
    assert_eq!(plane(&harness), Some(Plane::Components([3, 1])));
    assert!(
        name_of(&harness, "Latent scatter").contains("two principal components"),
        "until the answer comes, the axes are what is shown"
    );
    rescatter(&mut harness.state_mut().lab, |view| {
        view.pair = [3, 1];
        view.axes = Axes::Pca {
            explained: [0.1, 0.2],
        };
    });
    harness.run_steps(3);
    assert!(name_of(&harness, "Latent scatter").contains("components 4 and 2, 30 %"));
    choose(&mut harness, "Vertical axis", "h₁₂");
    assert_eq!(plane(&harness), Some(Plane::Units([0, 11])));
    rescatter(&mut harness.state_mut().lab, |view| {
        (view.axes, view.pair) = (Axes::Raw, [0, 11]);
    });
    harness.run_steps(3);
    assert!(name_of(&harness, "Latent scatter").contains("raw units 1 and 12"));
}

#[test]
fn a_choice_of_axes_is_kept_for_codes_of_that_size() {
    let vanilla = PresetId::Vanilla64.preset().experiment();
    let mut harness = stage(LatentPanel::ui, lab(201, &vanilla));
    choose(&mut harness, "Vertical axis", "PC 5");
    let mut other = vanilla.clone();
    other.architecture.as_dense_mut().expect("dense").code = 16;
    let restart = |harness: &mut Latent, experiment: &Experiment| {
        let lab = &mut harness.state_mut().lab;
        script::start(lab, experiment);
        script::look(lab, &[0], None, LayerName::Code);
        harness.run_steps(3);
        asked(harness).expect("asked").plane
    };
    assert_eq!(restart(&mut harness, &other), None);
    assert_eq!(
        restart(&mut harness, &vanilla),
        Some(Plane::Components([0, 4]))
    );
    let text = serde_json::to_string(&harness.state().panel).expect("plain data");
    let remembered: LatentPanel = serde_json::from_str(&text).expect("just written");
    let mut next = stage(LatentPanel::ui, lab(201, &vanilla));
    next.state_mut().panel = remembered;
    next.run_steps(2);
    assert_eq!(
        asked(&next).expect("asked").plane,
        Some(Plane::Components([0, 4]))
    );
}

#[test]
fn a_code_of_two_units_is_the_plane_itself() {
    let harness = stage(
        LatentPanel::ui,
        lab(201, &PresetId::Vae2.preset().experiment()),
    );
    assert!(harness.query_by_label("Horizontal axis").is_none());
    assert!(says(&harness, "h₂"));
    assert_eq!(
        asked(&harness),
        Some(ScatterRequest::default()),
        "the first request is what is shown"
    );
}

#[test]
fn raw_units_of_a_variational_code_show_its_prior() {
    let mut lab = lab(201, &PresetId::Vae20.preset().experiment());
    rescatter(&mut lab, |view| view.pair = [4, 7]);
    let harness = stage(LatentPanel::ui, lab);
    let name = name_of(&harness, "Latent scatter");
    assert!(name.contains("raw units 5 and 8, with the outline of the prior: Gaussian"));
}

#[test]
fn errors_become_colours_with_a_scale() {
    let mut harness = stage(LatentPanel::ui, lab(201, &Experiment::default()));
    choose(&mut harness, "Colour by", "error");
    assert!(asked(&harness).is_some_and(|asked| asked.errors));
    assert!(
        harness.query_by_label_contains("Colours,").is_none(),
        "until the errors have come, colours are the classes'"
    );
    rescatter(&mut harness.state_mut().lab, with_errors);
    harness.run_steps(3);
    assert!(says(&harness, "Colours, MSE per pixel, from 0 to 0.200"));
    assert!(name_of(&harness, "Latent scatter").contains("coloured by MSE per pixel"));
    choose(&mut harness, "Colour by", "class");
    assert!(asked(&harness).is_some_and(|asked| !asked.errors));
    assert!(harness.query_by_label_contains("Colours,").is_none());
}

#[test]
fn factors_are_colours_where_the_data_set_knows_them() {
    static FACTORS: [Factor; 2] = [
        Factor::SLANT,
        Factor::of("thickness", "pixels", "Mean width of the stroke"),
    ];
    let mut lab = LabState::default();
    let values = (0..=200_u8).flat_map(|idx| [f32::from(idx) - 10.0, 2.0]);
    lab.apply(Report::DatasetLoaded(DatasetDescription {
        test_factors: KnownFactors::new(&FACTORS, values.collect()),
        ..script::dataset(201)
    }));
    script::start(&mut lab, &Experiment::default());
    script::look(&mut lab, &[0], None, LayerName::Code);
    let mut harness = stage(LatentPanel::ui, lab);
    for factor in FACTORS {
        choose(&mut harness, "Colour by", factor.name);
        let title = format!("Colours, {}", factor.title());
        assert!(says(&harness, &title), "{title}");
    }
    choose(&mut harness, "Colour by", "slant");
    assert!(says(&harness, "slant, degrees, from −10.0 to 190"));
    // A data set that does not know them has the classes' colours again.
    let mut other = script::with_data(201);
    script::start(&mut other, &Experiment::default());
    script::look(&mut other, &[0], None, LayerName::Code);
    harness.state_mut().lab = other;
    harness.run_steps(3);
    assert!(!says(&harness, "Colours, slant"));
    assert_eq!(value_of(&harness, "Colour by"), "class");
}

#[test]
fn a_box_drawn_within_a_frame_selects_too() {
    let mut harness = stage(LatentPanel::ui, lab(300, &Experiment::default()));
    click(&mut harness, "Select with a box");
    let [from, to] = [[9.5, 3.0], [19.5, -1.0]].map(|[x, y]| on_screen(&harness, x, y, 3));
    harness.hover_at(from);
    harness.run_steps(1);
    harness.drag_at(from);
    harness.hover_at(to);
    harness.drop_at(to);
    harness.run_steps(40);
    assert_eq!(selected(&harness).len(), 30);
}

#[test]
fn a_box_selects_and_shift_adds_and_ctrl_takes_away_and_escape_clears() {
    let mut harness = stage(LatentPanel::ui, lab(300, &Experiment::default()));
    drag_box(&mut harness, [[9.5, 3.0], [19.5, -1.0]], Modifiers::NONE);
    assert!(
        selected(&harness).is_empty(),
        "plain dragging moves the plane"
    );
    let mut harness = stage(LatentPanel::ui, lab(300, &Experiment::default()));
    click(&mut harness, "Select with a box");
    drag_box(&mut harness, [[9.5, 3.0], [19.5, -1.0]], Modifiers::NONE);
    let columns = |from: u32, to: u32| -> Vec<u32> {
        let rows = (0..3).flat_map(|row| (from..to).map(move |column| 100 * row + column));
        rows.collect()
    };
    assert_eq!(selected(&harness), columns(10, 20));
    assert!(says(&harness, "30 selected") && says(&harness, "class 4: 3 selected"));
    assert!(asked(&harness).is_some_and(|asked| asked.errors));
    assert!(name_of(&harness, "Latent scatter").contains("30 selected"));

    drag_box(&mut harness, [[19.5, -1.0], [29.5, 3.0]], Modifiers::SHIFT);
    assert_eq!(selected(&harness), columns(10, 30));
    drag_box(&mut harness, [[29.5, 0.5], [14.5, -1.0]], Modifiers::CTRL);
    assert_eq!(selected(&harness).len(), 60 - 15);
    drag_box(&mut harness, [[29.5, 0.5], [14.5, 3.0]], Modifiers::ALT);
    assert_eq!(selected(&harness), columns(10, 15));
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert!(selected(&harness).is_empty());
    assert!(!says(&harness, "5 selected"));
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    drag_box(&mut harness, [[9.5, 3.0], [19.5, -1.0]], Modifiers::NONE);
    assert!(selected(&harness).is_empty(), "the tool was put away");
}

#[test]
fn a_lasso_selects_what_it_surrounds() {
    let mut harness = stage(LatentPanel::ui, lab(300, &Experiment::default()));
    harness.key_press(Key::L);
    harness.run_steps(2);
    // A triangle, whose sides cross the lowest row at 11.7 and 28.3, and the next at 16.1 and 23.9.
    let corners = [[9.5, -0.5], [30.5, -0.5], [20.0, 1.9], [9.5, -0.5]];
    let places = corners.map(|[x, y]| on_screen(&harness, x, y, 3));
    drag(&mut harness, &places, Modifiers::NONE);
    let expected: Vec<u32> = (12..=28).chain(117..=123).collect();
    assert_eq!(selected(&harness), expected);
    harness.key_press(Key::L);
    harness.run_steps(2);
    assert!(
        harness.query_by_label("Select points").is_none(),
        "the same key puts it away"
    );
}

#[test]
fn a_click_selects_the_point_beside_it() {
    let mut harness = stage(LatentPanel::ui, lab(300, &Experiment::default()));
    harness.key_press(Key::B);
    harness.run_steps(2);
    let at = on_screen(&harness, 40.2, 0.0, 3);
    drag(&mut harness, &[at], Modifiers::NONE);
    assert_eq!(selected(&harness), [40]);
    let nowhere = scatter_rect(&harness).left_top() + egui::vec2(4.0, 4.0);
    drag(&mut harness, &[nowhere], Modifiers::NONE);
    assert!(selected(&harness).is_empty());
}

/// Invariant 11, for what is selected: it stays these images while the points move, classes are hidden, and axes
/// change.
#[test]
fn invariant_11_a_selection_is_of_images_and_not_of_places() {
    let mut harness = stage(LatentPanel::ui, lab(300, &Experiment::default()));
    click(&mut harness, "show class 3");
    click(&mut harness, "Select with a box");
    drag_box(&mut harness, [[9.5, 3.0], [15.5, -1.0]], Modifiers::NONE);
    let expected: Vec<u32> = vec![
        10, 11, 12, 14, 15, 110, 111, 112, 114, 115, 210, 211, 212, 214, 215,
    ];
    assert_eq!(
        selected(&harness),
        expected,
        "what is hidden is not selected"
    );
    rescatter(&mut harness.state_mut().lab, |view| {
        view.step += 7;
        view.points.reverse();
    });
    harness.run_steps(20);
    click(&mut harness, "show class 3");
    click(&mut harness, "show class 4");
    rescatter(&mut harness.state_mut().lab, |view| view.pair = [3, 9]);
    harness.run_steps(3);
    assert_eq!(selected(&harness), expected);
    // Another data set has other images.
    let mut other = script::with_data(300);
    script::start(&mut other, &Experiment::default());
    script::look(&mut other, &[0], None, LayerName::Code);
    harness.state_mut().lab = other;
    harness.run_steps(3);
    assert!(selected(&harness).is_empty());
}

#[test]
fn the_gallery_shows_each_selected_image_with_its_number_and_error() {
    let mut harness = stage(LatentPanel::ui, lab(300, &Experiment::default()));
    harness.set_size(egui::vec2(900.0, 500.0));
    harness.run_steps(3);
    click(&mut harness, "Select with a box");
    drag_box(&mut harness, [[9.5, 3.0], [12.5, -1.0]], Modifiers::NONE);
    let first = ["digit 0, test image 10", "digit 1, test image 11"];
    assert_eq!(gallery(&harness)[..2], first);
    rescatter(&mut harness.state_mut().lab, with_errors);
    harness.run_steps(3);
    assert_eq!(
        gallery(&harness)[0],
        "digit 0, test image 10, MSE 0.010000 per pixel"
    );
    click(&mut harness, "Order of the selected images, class");
    let by_class = gallery(&harness);
    assert!(
        by_class[1].starts_with("digit 0, test image 110"),
        "{by_class:?}"
    );
    click(&mut harness, "Order of the selected images, worst");
    assert!(gallery(&harness)[0].starts_with("digit 2, test image 212"));
    // Pointing at a picture points at its point.
    let cell = harness.get_by_label_contains("test image 212").rect();
    harness.hover_at(cell.center());
    harness.run_steps(3);
    assert_eq!(harness.state().request.hovered, Some(212));
    click(&mut harness, "Clear the selection");
    assert!(selected(&harness).is_empty() && gallery(&harness).is_empty());
}

#[test]
fn a_gallery_of_thousands_lays_out_only_what_is_seen() {
    let mut harness = stage(LatentPanel::ui, lab(3_000, &Experiment::default()));
    harness.set_size(egui::vec2(900.0, 500.0));
    harness.run_steps(3);
    click(&mut harness, "Select with a box");
    let frame = scatter_rect(&harness).shrink(2.0);
    drag(
        &mut harness,
        &[frame.left_top(), frame.center(), frame.right_bottom()],
        Modifiers::NONE,
    );
    assert_eq!(selected(&harness).len(), 3_000);
    let shown = gallery(&harness);
    assert!((4..200).contains(&shown.len()), "{} cells", shown.len());
    assert!(shown[0].starts_with("digit 0, test image 0"));
}

#[test]
fn what_the_code_is_worth_is_told_or_asked_for() {
    let mut harness = stage(LatentPanel::ui, lab(201, &Experiment::default()));
    harness.set_size(egui::vec2(900.0, 500.0));
    harness.run_steps(3);
    click(&mut harness, "Measure the code");
    assert_eq!(harness.state().actions.last(), Some(&Action::JudgeCode));
    harness.state_mut().lab.note_judging();
    harness.run_steps(2);
    click(&mut harness, "Cancel measuring (0 %)");
    assert_eq!(harness.state().actions.last(), Some(&Action::CancelJudging));
    let lab = &mut harness.state_mut().lab;
    let run = lab.current_run();
    let report = script::code_report(150);
    let secs = 2.5;
    lab.apply(Report::CodeJudged { run, report, secs });
    harness.run_steps(2);
    assert!(says(&harness, "5-NN 96.2 % · linear 95.1 % · epoch 1.5"));
}

#[test]
fn training_images_are_asked_for_and_called_so() {
    let mut lab = LabState::default();
    let small = data_sets::small(300, 100).describe();
    lab.apply(Report::DatasetLoaded(small.clone()));
    script::start(&mut lab, &Experiment::default());
    script::look(&mut lab, &[0], None, LayerName::Code);
    let mut harness = stage(LatentPanel::ui, lab);
    harness.set_size(egui::vec2(700.0, 500.0));
    harness.run_steps(3);
    click(&mut harness, "Images shown, training");
    assert_eq!(
        asked(&harness).expect("asked").source,
        PointSource::Training
    );
    rescatter(&mut harness.state_mut().lab, |view| {
        view.samples = (100..400).collect();
        view.points = (0..300_u16)
            .map(|idx| [f32::from(idx % 100), f32::from(idx / 100)])
            .collect();
    });
    harness.run_steps(3);
    assert!(name_of(&harness, "Latent scatter").contains("300 points"));
    let at = on_screen(&harness, 20.0, 1.0, 3);
    harness.hover_at(at);
    harness.run_steps(3);
    assert_eq!(harness.state().request.hovered, Some(220));
    assert!(says(&harness, "training image 120"));
    let label = small.train_labels[120];
    assert!(says(&harness, &format!("digit {label}")));
}

#[test]
fn the_selected_images_are_a_column_of_the_exported_table() {
    fn show(
        (panels, export): &mut (Panels, ExportDialog),
        ui: &mut egui::Ui,
        lab: &LabState,
        actions: &mut Vec<Action>,
    ) {
        panels.latent.ui(ui, RunView::of(lab), actions);
        export.ui(ui, lab, panels, actions);
    }
    let mut harness = stage_of(show, lab(300, &Experiment::default()));
    click(&mut harness, "Select with a box");
    drag_box(&mut harness, [[9.5, 0.5], [12.5, -1.0]], Modifiers::NONE);
    let order = |harness: &mut Harness<'static, Stage<(Panels, ExportDialog)>>, kind| {
        harness.set_size(egui::vec2(800.0, 600.0));
        harness.state_mut().panel.1.open(Some(kind));
        harness.run_steps(3);
        click(harness, "Save…");
        let newest_first = harness.state().actions.iter().rev();
        let mut orders = newest_first.filter_map(|action| match action {
            Action::Export(order) => Some(order.samples.clone()),
            _ => None,
        });
        orders.next().expect("it was ordered")
    };
    assert_eq!(order(&mut harness, FigureKind::Scatter), [10, 11, 12]);
    let digits = harness.state().panel.0.digits.samples().to_vec();
    assert_ne!(digits, [10, 11, 12]);
    assert_eq!(order(&mut harness, FigureKind::Digits), digits);
}

/// What is on each texture, kept as a graphics card would.
#[derive(Clone, Default)]
struct Textures(Rc<RefCell<HashMap<TextureId, ColorImage>>>);

impl TestRenderer for Textures {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        let mut textures = self.0.borrow_mut();
        for (id, change) in delta
            .set
            .iter()
            .flat_map(|(id, changes)| changes.iter().map(move |change| (id, change)))
        {
            let ImageData::Color(image) = &change.image;
            match change.pos {
                None => drop(textures.insert(*id, ColorImage::clone(image))),
                Some([left, top]) => {
                    let texture = textures.get_mut(id).expect("it was made before");
                    let [width, height] = image.size;
                    for row in 0..height {
                        let to = (top + row) * texture.size[0] + left;
                        let line = &image.pixels[row * width..(row + 1) * width];
                        texture.pixels[to..to + width].copy_from_slice(line);
                    }
                }
            }
        }
        delta.clear(); // what is dropped unapplied is a fault
    }

    fn render(&mut self, _: &egui::Context, _: &FullOutput) -> Result<image::RgbaImage, String> {
        Err("textures alone make no picture".to_owned())
    }
}

/// Every picture of the album that is drawn: where, and its texels.
fn pictures(harness: &Latent, textures: &Textures) -> Vec<(Rect, Vec<u8>)> {
    fn collect(shape: &Shape, found: &mut Vec<(Rect, TextureId, Rect)>) {
        match shape {
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, found)),
            Shape::Mesh(mesh) => {
                for corners in mesh.vertices.chunks_exact(4) {
                    let rect = Rect::from_two_pos(corners[0].pos, corners[3].pos);
                    let uv = Rect::from_two_pos(corners[0].uv, corners[3].uv);
                    found.push((rect, mesh.texture_id, uv));
                }
            }
            Shape::Rect(rect) => {
                if let Some(brush) = &rect.brush {
                    found.push((rect.rect, brush.fill_texture_id, brush.uv));
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    for clipped in &harness.output().shapes {
        collect(&clipped.shape, &mut found);
    }
    let textures = textures.0.borrow();
    let texels = |(rect, texture, uv): (Rect, TextureId, Rect)| {
        let page = textures.get(&texture)?;
        if page.size != [1008, 1008] {
            return None; // no page of pictures
        }
        let center = uv.center();
        let [left, top] = [center.x, center.y].map(|at| (at * 1008.0) as usize / 28 * 28);
        let rows = (top..top + 28).flat_map(|row| row * 1008 + left..row * 1008 + left + 28);
        Some((rect, rows.map(|idx| page.pixels[idx].a()).collect()))
    };
    found.into_iter().filter_map(texels).collect()
}

/// The panel with real digits, and what is on its textures.
fn with_real_digits(n: usize) -> (Latent, Textures, DatasetDescription) {
    let described = data_sets::small(0, n).describe();
    let mut lab = LabState::default();
    lab.apply(Report::DatasetLoaded(described.clone()));
    script::start(&mut lab, &Experiment::default());
    script::look(&mut lab, &[0], None, LayerName::Code);
    let textures = Textures::default();
    let stage = Stage {
        panel: LatentPanel::default(),
        lab,
        actions: Vec::new(),
        request: ProbeRequest::default(),
    };
    let mut harness = Harness::builder()
        .with_size(egui::vec2(900.0, 600.0))
        .with_step_dt(1.0 / 60.0)
        .renderer(textures.clone())
        .with_context_setup(theme::install)
        .build_ui_state(
            |ui, stage: &mut Stage<LatentPanel>| {
                let view = RunView::of(&stage.lab);
                stage.panel.ui(ui, view, &mut stage.actions);
            },
            stage,
        );
    harness.run_steps(4);
    (harness, textures, described)
}

/// Invariant 11: each picture in the plot is the picture of the sample whose point is there, texel by texel, after
/// hiding, selecting, another order of points, other axes and other colours.
#[test]
fn invariant_11_each_point_drawn_as_a_picture_is_its_own_image() {
    let (mut harness, textures, described) = with_real_digits(400);
    let check = |harness: &Latent, points: &[[f32; 2]], n_rows: u16, least: usize| {
        let frame = scatter_rect(harness);
        let drawn = pictures(harness, &textures);
        let in_plot = drawn
            .iter()
            .filter(|(rect, _)| frame.contains(rect.center()));
        let in_plot: Vec<_> = in_plot.collect();
        assert!(in_plot.len() >= least, "{} pictures", in_plot.len());
        for (rect, texels) in &in_plot {
            let nearest = (0..points.len()).min_by(|&a, &b| {
                let away = |idx: usize| {
                    let [x, y] = points[idx];
                    on_screen(harness, x, y, n_rows).distance(rect.center())
                };
                away(a).total_cmp(&away(b))
            });
            let sample = nearest.expect("there are points");
            let [x, y] = points[sample];
            assert!(on_screen(harness, x, y, n_rows).distance(rect.center()) < 0.5);
            let image = described.test_image(sample).expect("it has a number");
            assert!(texels == image, "another picture at the point of {sample}");
        }
        in_plot.len()
    };
    let places: Vec<[f32; 2]> = (0..400_u16)
        .map(|idx| [f32::from(idx % 100), f32::from(idx / 100)])
        .collect();
    let n_all = check(&harness, &places, 4, 20);
    assert!(name_of(&harness, "Latent scatter").contains(&format!("{n_all} as pictures")));

    click(&mut harness, "show class 3");
    click(&mut harness, "show class 7");
    check(&harness, &places, 4, 20);
    // The points change places: sample 399 − i is where sample i was.
    rescatter(&mut harness.state_mut().lab, |view| {
        view.points.reverse();
        view.pair = [5, 2];
        with_errors(view);
    });
    choose(&mut harness, "Colour by", "error");
    harness.run_steps(40);
    let turned: Vec<[f32; 2]> = places.iter().rev().copied().collect();
    check(&harness, &turned, 4, 20);
    harness.key_press(Key::B);
    harness.run_steps(2);
    let frame = scatter_rect(&harness).shrink(2.0);
    drag(
        &mut harness,
        &[frame.left_top(), frame.center(), frame.right_bottom()],
        Modifiers::NONE,
    );
    check(&harness, &turned, 4, 10);

    // The gallery's pictures are those of its cells.
    let drawn = pictures(&harness, &textures);
    let mut n_checked = 0;
    for (rect, texels) in drawn {
        let cells = harness.query_all_by(|node| {
            node.role() == Role::Image
                && node
                    .label()
                    .is_some_and(|label| label.starts_with("digit "))
        });
        let cell = cells
            .into_iter()
            .find(|cell| cell.rect().contains(rect.center()));
        let Some(cell) = cell else { continue };
        let name = cell.accesskit_node().label().expect("it has a name");
        let number = name
            .split("test image ")
            .nth(1)
            .and_then(|rest| rest.split(',').next());
        let sample: usize = number
            .expect("its number")
            .parse()
            .expect("below a thousand");
        let image = described.test_image(sample).expect("it has a number");
        assert!(texels == image, "another picture in the cell of {sample}");
        n_checked += 1;
    }
    assert!(n_checked >= 4, "{n_checked} cells");
}

#[test]
fn pictures_can_be_switched_off_and_give_way_to_points_where_there_are_many() {
    let (mut harness, textures, _) = with_real_digits(400);
    assert!(!pictures(&harness, &textures).is_empty());
    click(&mut harness, "Points as pictures");
    assert!(pictures(&harness, &textures).is_empty());
    click(&mut harness, "Points as pictures");
    assert!(!pictures(&harness, &textures).is_empty());
    harness.set_size(egui::vec2(300.0, 300.0));
    harness.run_steps(3);
    assert!(
        pictures(&harness, &textures).is_empty(),
        "400 points share a small plot"
    );
}
