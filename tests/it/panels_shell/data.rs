//! Loading, fetching and cancelling.

use hourglass::app::StartOptions;
use hourglass::protocol::{
    Command, DataSetId, DataSource, DataStage, DatasetProgress, Event, Failure,
};
use hourglass::ui::Action;

use super::controls::act;
use super::stage::{Stage, cpu};
use crate::panels_views::script;

fn fetching(fraction: f32) -> Event {
    Event::DatasetProgress(DatasetProgress {
        stage: DataStage::Fetching(DataSetId::MNIST),
        fraction: Some(fraction),
        detail: "4.2 of 11.6 MB from storage.googleapis.com".to_owned(),
    })
}

#[test]
fn the_window_says_what_is_missing_and_offers_to_fetch_it() {
    let mut stage = Stage::open();
    stage.commands();
    stage.report(Event::WorkerReady { device: cpu() });
    stage.step();
    assert!(stage.has("No data set yet"));
    stage.click("Fetch MNIST");
    assert_eq!(stage.commands(), [Command::Fetch(DataSetId::MNIST)]);
}

#[test]
fn fetching_shows_bytes_and_can_be_cancelled() {
    let mut stage = Stage::ready();
    stage.report(fetching(0.36));
    stage.step();
    assert!(stage.has("36 %"));
    assert!(stage.has("4.2 of 11.6 MB"));
    stage.click("Cancel loading");
    assert_eq!(stage.commands(), [Command::CancelLoading]);
    stage.report(Event::LoadingCancelled);
    stage.step();
    assert!(!stage.has("4.2 of 11.6 MB"));
    assert!(stage.has("Loading cancelled"), "a note says so");
}

#[test]
fn a_new_data_set_starts_a_new_run_with_the_same_experiment() {
    let mut stage = Stage::training();
    let recipe = stage.app().state().draft.clone();
    let mut mnist = script::dataset(30);
    mnist.id = DataSetId::MNIST;
    stage.report(Event::DatasetLoaded(mnist));
    stage.step();
    let commands = stage.commands();
    assert!(
        matches!(&commands[..], [Command::StartRun { experiment, .. }] if *experiment == recipe),
        "{commands:?}"
    );
}

#[test]
fn a_data_set_that_does_not_load_is_a_note_and_the_old_one_stays() {
    let mut stage = Stage::ready();
    stage.report(fetching(0.1));
    let reason = "train-images-idx3-ubyte.gz has another checksum: fetch it again".to_owned();
    stage.report(Event::Failed(Failure::Dataset { reason }));
    stage.step();
    assert!(stage.has("train-images-idx3-ubyte.gz has another checksum"));
    assert!(stage.app().state().dataset.is_some());
    assert_eq!(stage.commands(), []);
}

#[test]
fn the_data_asked_for_at_the_start_are_loaded() {
    let start = StartOptions {
        data: DataSource::Named(DataSetId::PEN_DIGITS),
        ..StartOptions::default()
    };
    let stage = Stage::open_with(start, None, egui::vec2(1280.0, 800.0));
    assert_eq!(
        stage.commands().last(),
        Some(&Command::LoadDataset(DataSource::Named(
            DataSetId::PEN_DIGITS
        )))
    );
}

/// A known data set that is not here is offered, with what it takes and under which licence.
#[test]
fn what_is_not_on_this_machine_is_fetched_if_the_person_agrees() {
    let id = DataSetId::of_name("svhn").expect("it is in the catalogue");
    let offered = || {
        let mut stage = Stage::ready();
        act(&mut stage, Action::LoadData(DataSource::Named(id)));
        stage.commands();
        let reason = "SVHN is not on this machine".to_owned();
        stage.report(Event::Failed(Failure::NotFetched { id, reason }));
        stage.step();
        stage.step();
        assert!(stage.has("Fetch SVHN?") && stage.has("246 MB"));
        assert!(stage.has("non-commercial use only"));
        stage
    };
    let mut stage = offered();
    stage.click("Cancel");
    stage.step();
    assert!(!stage.has("Fetch SVHN?") && stage.app().state().dataset.is_some());
    assert_eq!(stage.commands(), []);
    let mut stage = offered();
    stage.click("Fetch it");
    stage.step();
    assert_eq!(stage.commands(), [Command::Fetch(id)]);
    assert!(!stage.has("Fetch SVHN?"));
}
