//! The page about a person's own images: it comes with them, says what was found, and a decision loads them anew.

use std::path::Path;
use std::sync::Arc;

use egui_kittest::kittest::Queryable as _;
use hourglass::app::StartOptions;
use hourglass::protocol::{
    Colour, Command, DataPlace, DataReport, DataSource, DatasetDescription, Duplicates, Event,
    Failure, Fitting, Skipped,
};
use hourglass::ui::Action;

use super::controls::act;
use super::stage::{Stage, cpu};
use crate::panels_views::script;

fn report(path: &Path, fitting: Fitting) -> DataReport {
    DataReport {
        inverts: false,
        kind: "a folder of images".to_owned(),
        place: DataPlace {
            path: path.to_owned(),
            fitting,
        },
        sizes: vec![([28, 28], 201)],
        counts: vec![[0, 20]; 10],
        is_split: false,
        skipped: vec![Skipped {
            name: "cats/7.png".to_owned(),
            reason: "it is empty".to_owned(),
        }],
        notes: vec!["a note".to_owned()],
        duplicates: Duplicates {
            train: 3,
            test: 1,
            between: 2,
        },
        n_constant: [67, 784],
        sha256: String::new(),
        n_bytes: 157_584,
    }
}

fn loaded(path: &Path, fitting: Fitting) -> Event {
    Event::DatasetLoaded(DatasetDescription {
        report: Some(Arc::new(report(path, fitting))),
        ..script::dataset(201)
    })
}

#[test]
fn the_page_comes_with_the_images_and_a_decision_loads_them_anew() {
    let mut stage = Stage::ready();
    let path = std::path::absolute("/sets/cats").expect("a path");
    act(&mut stage, Action::LoadData(DataSource::at(&path)));
    stage.commands();
    stage.report(loaded(&path, Fitting::default()));
    stage.step();
    stage.step();
    for text in [
        "28×28, all of them",
        "3 in training, 1 in test, 2 in both",
        "67 of 784 values",
        "1 left out",
        "a note",
    ] {
        assert!(stage.has(text), "{text}");
    }
    assert!(stage.has("cats/7.png: it is empty"));
    stage.commands();
    let gray = stage
        .harness
        .get_by_role_and_label(egui::accesskit::Role::RadioButton, "pixels, gray");
    gray.click();
    stage.step();
    stage.step();
    let gray = Fitting {
        colour: Some(Colour::Gray),
        ..Fitting::default()
    };
    let expected = Command::LoadDataset(DataSource::Path(path.clone(), gray.clone()));
    assert!(stage.commands().contains(&expected));
    stage.report(loaded(&path, gray));
    stage.step();
    assert!(stage.has("28×28, all of them"), "the page stays");
    stage.click("Close");
    stage.step();
    assert!(!stage.has("28×28, all of them"));
    act(&mut stage, Action::ShowData(true));
    stage.step();
    assert!(stage.has("28×28, all of them"));
}

#[test]
fn images_of_the_catalogue_have_no_page() {
    let mut stage = Stage::ready();
    act(&mut stage, Action::ShowData(true));
    stage.step();
    assert!(stage.harness.query_by_label("Train on them").is_none());
}

#[test]
fn the_list_of_what_was_left_out_is_saved() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut stage = Stage::ready();
    stage.report(loaded(Path::new("/sets/cats"), Fitting::default()));
    stage.step();
    let file = folder.path().join("list.csv");
    act(&mut stage, Action::SaveSkipped(file.clone()));
    let text = std::fs::read_to_string(file).expect("saved");
    assert_eq!(text, "name,reason\n\"cats/7.png\",\"it is empty\"\n");
}

/// Rows of numbers that make no square say nothing of their height and width: a person does.
#[test]
fn where_the_size_cannot_be_found_it_is_asked_for() {
    let mut stage = Stage::ready();
    let path = std::path::absolute("/sets/flat.csv").expect("a path");
    act(&mut stage, Action::LoadData(DataSource::at(&path)));
    stage.commands();
    let reason = format!(
        "/sets/flat.csv: its images are rows of 560 values, which make no square: {}",
        Fitting::ASK_FOR_SIZE
    );
    stage.report(Event::Failed(Failure::Dataset { reason }));
    stage.step();
    stage.step();
    assert!(stage.has("What size are the images?") && stage.has("rows of 560 values"));
    assert!(!stage.has("--fit"), "that is for the command line");
    stage
        .harness
        .get_by_label("height of the images")
        .set_value_accesskit(20.0);
    stage.step(); // the width is 28 already
    stage.click("Open");
    stage.step();
    let fitting = Fitting {
        size: Some([20, 28]),
        ..Fitting::default()
    };
    let expected = Command::LoadDataset(DataSource::Path(path.clone(), fitting.clone()));
    assert_eq!(stage.commands(), [expected]);
    stage.report(loaded(&path, fitting));
    stage.step();
    stage.step();
    assert!(
        stage.has("A note") || stage.has("a note"),
        "the page follows"
    );
}

/// Also of what is named on the command line, which has no page of its own.
#[test]
fn the_size_is_asked_for_at_the_start_too() {
    let path = std::path::absolute("/sets/flat.csv").expect("a path");
    let start = StartOptions {
        data: DataSource::at(&path),
        ..StartOptions::default()
    };
    let mut stage = Stage::open_with(start, None, egui::vec2(1280.0, 800.0));
    stage.report(Event::WorkerReady { device: cpu() });
    let reason = format!(
        "/sets/flat.csv: rows of 560 values; {}",
        Fitting::ASK_FOR_SIZE
    );
    stage.report(Event::Failed(Failure::Dataset { reason }));
    stage.step();
    stage.step();
    assert!(stage.has("What size are the images?"));
    stage.click("Cancel");
    stage.step();
    assert!(!stage.has("What size are the images?"));
    stage.report(loaded(&path, Fitting::default()));
    stage.step();
    assert!(
        !stage.has("Train on them"),
        "the person who named it knows it"
    );
}
