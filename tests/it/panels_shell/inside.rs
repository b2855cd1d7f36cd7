//! Filters and Network in the whole window: what is asked of the worker, and when.

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use hourglass::experiment::network::Connection;
use hourglass::experiment::{LayerName, PresetId};
use hourglass::protocol::FilterRequest;

use super::stage::Stage;
use crate::panels_views::script;

fn of_multilayer() -> Stage {
    let start = hourglass::app::StartOptions::default().with_preset(PresetId::Multilayer64);
    let mut stage = Stage::open_with(start, None, egui::vec2(1280.0, 800.0));
    stage.get_ready();
    stage
}

#[test]
fn weights_and_the_followed_digit_are_asked_for_only_while_their_views_are_seen() {
    let mut stage = of_multilayer();
    let first = stage.newest_request().expect("the window looks");
    assert_eq!((first.filters, first.followed), (None, None));
    stage.click("Network");
    let request = stage.newest_request().expect("the window looks");
    assert_eq!(
        (request.layer, request.filters, request.followed),
        (None, None, Some(0))
    );
    stage.click("Filters");
    let request = stage.newest_request().expect("the window looks");
    let connection = Connection::Encoder(0);
    let filters = FilterRequest {
        connection,
        all_scales: false,
    };
    assert_eq!(
        (request.filters, request.followed),
        (Some(filters), Some(0))
    );
    stage.click("Activations");
    let request = stage.newest_request().expect("the window looks");
    assert_eq!((request.filters, request.followed), (None, None));
}

#[test]
fn a_layer_clicked_in_network_is_the_layer_of_activations_and_filters() {
    let mut stage = of_multilayer();
    let run = stage.run();
    let mut lab = script::with_data(20);
    script::start(&mut lab, &PresetId::Multilayer64.preset().experiment());
    script::look(&mut lab, &[0], None, LayerName::Code);
    let mut snapshot = lab.run.and_then(|run| run.snapshot).expect("delivered");
    snapshot.run = run;
    stage.deliver(snapshot);
    stage.click("Network");
    stage.newest_request();
    stage
        .harness
        .get_by_label_contains("decoder 1: 128 units")
        .click();
    stage.step();
    stage.click("histogram");
    let request = stage.newest_request().expect("the window looks");
    assert_eq!(request.layer, Some(LayerName::Decoder(0)));
    let choice = stage.harness.get_by_role_and_label(Role::ComboBox, "Layer");
    assert_eq!(choice.value().as_deref(), Some("decoder 1"));

    stage.click("Network");
    stage.click("weights");
    let request = stage.newest_request().expect("the window looks");
    let filters = request.filters.expect("the view is seen");
    assert_eq!(filters.connection, Connection::Decoder(1));
}

#[test]
fn a_digit_is_followed_in_both_views() {
    let mut stage = of_multilayer();
    stage.click("Network");
    stage.newest_request();
    stage.click("Follow a random image");
    let request = stage.newest_request().expect("the window looks");
    let followed = request.followed.expect("it is seen");
    assert_ne!(followed, 0);
    assert_eq!(stage.app().state().followed, followed);
}
