use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hourglass::experiment::network::Connection;
use hourglass::experiment::{Experiment, LayerName, PresetId};
use hourglass::protocol::FilterRequest;
use hourglass::state::LabState;
use hourglass::ui::{Action, Panel as _, filters::FiltersPanel};

use super::inside::look_inside;
use super::{Stage, click, name_of, says, script, stage};

type Panel = Harness<'static, Stage<FiltersPanel>>;

fn looking_at(preset: PresetId, connection: Connection) -> LabState {
    let mut lab = script::with_data(20);
    script::start(&mut lab, &preset.preset().experiment());
    look_inside(&mut lab, connection, 0);
    lab
}

fn request(connection: Connection, all_scales: bool) -> FilterRequest {
    FilterRequest {
        connection,
        all_scales,
    }
}

/// The names of the tiles that are drawn, row by row.
fn tiles(harness: &Panel) -> Vec<String> {
    let nodes = harness.query_all_by(|node| {
        let label = node.label().unwrap_or_default();
        (label.starts_with("unit ") || label.starts_with("map ")) && label.contains(": norm ")
    });
    let mut found: Vec<(egui::Rect, String)> = nodes
        .map(|node| {
            let label = node.accesskit_node().label().unwrap_or_default();
            (node.rect(), label)
        })
        .collect();
    found.sort_by(|(a, _), (b, _)| {
        (a.top(), a.left())
            .partial_cmp(&(b.top(), b.left()))
            .expect("finite")
    });
    found.into_iter().map(|(_, label)| label).collect()
}

fn first_tile(harness: &Panel) -> String {
    tiles(harness).first().expect("there are tiles").clone()
}

#[test]
fn empty_states_say_what_to_do() {
    let harness = stage(FiltersPanel::ui, LabState::default());
    assert!(says(&harness, "Load a data set"));
    let harness = stage(FiltersPanel::ui, script::with_data(20));
    assert!(says(&harness, "Press Train"));
    let mut lab = script::with_data(20);
    script::start(&mut lab, &Experiment::default());
    let harness = stage(FiltersPanel::ui, lab);
    assert!(says(&harness, "code ← pixels is being computed"));
    assert_eq!(
        harness.state().request.filters,
        Some(request(Connection::Encoder(0), false))
    );
}

#[test]
fn tiles_tell_their_unit_its_norm_its_activity_and_its_range() {
    let harness = stage(
        FiltersPanel::ui,
        looking_at(PresetId::Vanilla64, Connection::Encoder(0)),
    );
    assert!(says(&harness, "what each of 64 units looks for"));
    // Tile 0 is 0.001 everywhere: its norm is 28 times that.
    assert_eq!(
        first_tile(&harness),
        "unit 0: norm 0.0280, mean activation 1.00, from 0.00100 to 0.00100"
    );
    assert_eq!(
        name_of(&harness, "unit 3:"),
        "unit 3: norm 0.112, mean activation 0.953, from −0.00400 to −0.00400"
    );
}

#[test]
fn hovering_a_tile_tells_it_and_a_click_keeps_it() {
    let lab = looking_at(PresetId::Vanilla64, Connection::Encoder(0));
    let mut harness = stage(FiltersPanel::ui, lab);
    harness.set_size(egui::vec2(900.0, 500.0));
    harness.run_steps(3);
    let place = harness.get_by_label_contains("unit 5:").rect().center();
    harness.hover_at(place);
    harness.run_steps(40); // hover texts wait for a third of a second
    assert!(says(&harness, "unit 5 · norm 0.168"), "the line below");
    assert!(says(&harness, "the mean is over 2,000 test images"));
    harness.hover_at(egui::pos2(2.0, 2.0));
    harness.run_steps(3);
    assert!(!says(&harness, "unit 5 · norm"));
    harness.get_by_label_contains("unit 5:").click();
    harness.run_steps(3);
    harness.hover_at(egui::pos2(2.0, 2.0));
    harness.run_steps(3);
    assert!(says(&harness, "unit 5 · norm"), "chosen");
}

#[test]
fn tiles_are_sorted_by_norm_and_by_activity() {
    let lab = looking_at(PresetId::Vanilla64, Connection::Encoder(0));
    let mut harness = stage(FiltersPanel::ui, lab);
    harness.set_size(egui::vec2(700.0, 400.0));
    harness.run_steps(3);
    click(&mut harness, "Order, norm");
    assert!(first_tile(&harness).starts_with("unit 63: norm 1.79"));
    click(&mut harness, "Order, activity");
    assert!(first_tile(&harness).starts_with("unit 0: "));
    click(&mut harness, "Order, index");
    assert!(tiles(&harness)[1].starts_with("unit 1: "));
}

#[test]
fn the_colour_scale_ends_where_it_says() {
    let lab = looking_at(PresetId::Vanilla64, Connection::Encoder(0));
    let mut harness = stage(FiltersPanel::ui, lab);
    harness.set_size(egui::vec2(700.0, 400.0));
    harness.run_steps(3);
    let legend = "Colours: −0.500 is blue, 0 the background, 0.500 red";
    assert_eq!(name_of(&harness, "Colours: "), legend);
    click(&mut harness, "Colour scale, all");
    assert_eq!(
        harness.state().request.filters,
        Some(request(Connection::Encoder(0), true))
    );
    assert!(name_of(&harness, "Colours: ").contains("2.00 red"));
    click(&mut harness, "Colour scale, tile");
    assert!(name_of(&harness, "Colours: ").contains("max red"));
    let place = harness.get_by_label_contains("unit 9:").rect().center();
    harness.hover_at(place);
    harness.run_steps(3);
    assert!(name_of(&harness, "Colours: ").contains("0.0100 red"));
}

#[test]
fn choosing_weights_asks_for_them_and_shows_no_others() {
    let lab = looking_at(PresetId::Multilayer64, Connection::Encoder(0));
    let mut harness = stage(FiltersPanel::ui, lab);
    click(&mut harness, "Weights of");
    harness.get_by_label("code ← pixels, linear path").click();
    harness.run_steps(3);
    let asked = request(Connection::Encoder(1), false);
    assert_eq!(harness.state().request.filters, Some(asked));
    assert!(says(&harness, "is being computed") && tiles(&harness).is_empty());
    harness.state_mut().lab = looking_at(PresetId::Multilayer64, Connection::Encoder(1));
    harness.run_steps(3);
    assert!(says(&harness, "64 units · linear path from the pixels"));
}

#[test]
fn a_layer_chosen_elsewhere_brings_its_weights() {
    let lab = looking_at(PresetId::Multilayer64, Connection::Encoder(0));
    let mut harness = stage(FiltersPanel::ui, lab);
    for (layer, connection) in [
        (LayerName::Code, Connection::Encoder(1)),
        (LayerName::Decoder(0), Connection::Decoder(1)),
        (LayerName::Encoder(0), Connection::Encoder(0)),
    ] {
        harness.state_mut().panel.choose(layer);
        harness.run_steps(3);
        let asked = request(connection, false);
        assert_eq!(harness.state().request.filters, Some(asked), "{layer:?}");
    }
}

#[test]
fn kernels_are_a_table_and_maps_are_the_digits() {
    let lab = looking_at(PresetId::Conv4, Connection::Decoder(0));
    let mut harness = stage(FiltersPanel::ui, lab);
    harness.state_mut().panel.choose(LayerName::Decoder(0));
    harness.run_steps(3);
    assert!(says(
        &harness,
        "4 output maps (rows) × 4 input maps (columns)"
    ));
    let found = tiles(&harness);
    assert!(found[0].starts_with("map 0, map 0:") && found[5].starts_with("map 1, map 1:"));
    click(&mut harness, "Shown, maps");
    assert!(says(&harness, "4 maps of 14×14 · digit 0, test image 0"));
    assert_eq!(tiles(&harness).len(), 4);
    click(&mut harness, "Follow a random image");
    let followed = harness.state().actions.last();
    assert!(matches!(followed, Some(Action::Follow(sample)) if (1..20).contains(sample)));
}

#[test]
fn of_a_thousand_tiles_only_those_in_view_are_drawn() {
    let lab = looking_at(PresetId::Overcomplete1024, Connection::Encoder(0));
    let mut harness = stage(FiltersPanel::ui, lab);
    let n_drawn = tiles(&harness).len();
    assert!((20..150).contains(&n_drawn), "{n_drawn}");
    let tile = harness.get_by_label_contains("unit 0:").rect().center();
    harness.hover_at(tile);
    harness.run_steps(2);
    harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, -2_000.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: egui::Modifiers::NONE,
    });
    harness.run_steps(60); // scrolling glides
    let found = tiles(&harness);
    assert!(
        !found.iter().any(|tile| tile.starts_with("unit 0:")),
        "{found:?}"
    );
    assert!((20..150).contains(&found.len()));
}

#[test]
fn arrow_keys_choose_tiles_and_bring_them_into_view() {
    let lab = looking_at(PresetId::Overcomplete1024, Connection::Encoder(0));
    let mut harness = stage(FiltersPanel::ui, lab);
    harness.set_size(egui::vec2(800.0, 375.0));
    harness.run_steps(3);
    harness
        .get_by_label_contains("arrow keys choose one")
        .focus();
    harness.run_steps(3);
    for (key, expected) in [
        (egui::Key::ArrowRight, "unit 0 · "),
        (egui::Key::ArrowRight, "unit 1 · "),
        (egui::Key::ArrowLeft, "unit 0 · "),
    ] {
        harness.key_press(key);
        harness.run_steps(3);
        assert!(says(&harness, expected), "{expected}");
    }
    for _ in 0..20 {
        harness.key_press(egui::Key::ArrowDown);
        harness.run_steps(2);
    }
    harness.run_steps(60); // scrolling glides
    let found = tiles(&harness);
    assert!(
        !found.iter().any(|tile| tile.starts_with("unit 0:")),
        "scrolled"
    );
}

#[test]
fn the_size_of_tiles_can_be_changed() {
    let lab = looking_at(PresetId::Vanilla64, Connection::Encoder(0));
    let mut harness = stage(FiltersPanel::ui, lab);
    harness.set_size(egui::vec2(800.0, 400.0));
    harness.run_steps(3);
    let side = |harness: &Panel| harness.get_by_label_contains("unit 0:").rect().width();
    let before = side(&harness);
    let slider = harness.get_by_label("Tile size");
    slider.focus();
    harness.run_steps(2);
    for _ in 0..10 {
        harness.key_press(egui::Key::ArrowRight);
        harness.run_steps(2);
    }
    assert!(side(&harness) > before, "{} {before}", side(&harness));
}
