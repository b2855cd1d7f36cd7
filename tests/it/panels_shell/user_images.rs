//! Pictures that come to the window: dropped, pasted, drawn; and what the worker is asked about them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{ColorImage, Event, HoveredFile};
use egui_kittest::kittest::Queryable as _;
use hourglass::app::StartOptions;
use hourglass::protocol::{
    Command, DataSetId, DataSource, Event as Report, Preparation, Resizing, UserImageId, Way,
};
use hourglass::state::UserImages;
use hourglass::ui::{Action, DrawEdit, GuideAction, Pane, UserImageAction};

use super::controls::act;
use super::stage::Stage;
use crate::panels_views::script;

/// Far more than reading a few small files takes.
const DEADLINE: Duration = Duration::from_mins(1);

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

/// A PNG of one pixel whose palette of four bytes makes the decoder panic.
const ODD_PALETTE: &[u8] =
    b"\x89PNG\x0d\x0a\x1a\x0a\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x01\x03\x00\
          \x00\x00%\xdbV\xca\x00\x00\x00\x04PLTE\x00\x00\x00\x00\xb4\xa3\xaez\x00\x00\x00\x0aIDATx\
          \x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82";

/// A folder with two pictures of bars, a file that is none, and one that its decoder cannot bear.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, width) in [("a.png", 6), ("c.png", 14)] {
        let bar = |x: u32, y: u32| (10..10 + width).contains(&x) && (8..50).contains(&y);
        let picture = image::GrayImage::from_fn(60, 60, |x, y| {
            image::Luma([if bar(x, y) { 20 } else { 240 }])
        });
        picture.save(folder.path().join(name)).expect("written");
    }
    std::fs::write(folder.path().join("b.png"), "no picture").expect("written");
    std::fs::write(folder.path().join("bb.png"), ODD_PALETTE).expect("written");
    folder
}

fn user_image(stage: &Stage) -> &UserImages {
    &stage.app().state().user_images
}

fn names(stage: &Stage) -> Vec<String> {
    user_image(stage)
        .images()
        .iter()
        .map(|image| image.name.clone())
        .collect()
}

fn drop_files(stage: &mut Stage, paths: &[PathBuf]) {
    let files = paths
        .iter()
        .map(|path| Arc::new(Dropped(path.clone())) as egui::DroppedFileHandle);
    stage.harness.input_mut().dropped_files.extend(files);
    stage.step();
}

/// Draws frames until it is so.
fn wait_until(stage: &mut Stage, is: impl Fn(&Stage) -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !is(stage) {
        assert!(
            Instant::now() < deadline,
            "it was not so before the deadline"
        );
        stage.step();
        std::thread::yield_now();
    }
}

fn perform(stage: &mut Stage, action: UserImageAction) {
    let ctx = stage.harness.ctx.clone();
    let app = stage.harness.state_mut().as_mut().expect("it was opened");
    app.perform(&ctx, Action::UserImage(action));
    stage.step();
}

/// The ids of the user images that the worker was last asked about.
fn asked(stage: &Stage) -> Option<Vec<UserImageId>> {
    let request = stage.newest_request()?;
    Some(request.user_images.iter().map(|image| image.id).collect())
}

#[test]
fn a_dropped_folder_becomes_images_and_what_is_no_picture_is_named() {
    let mut stage = Stage::ready();
    asked(&stage);
    let folder = folder();
    drop_files(&mut stage, &[folder.path().to_owned()]);
    wait_until(&mut stage, |stage| {
        user_image(stage).images().len() == 2 && user_image(stage).reading.is_none()
    });
    stage.step();
    assert_eq!(names(&stage), ["a.png", "c.png"]);
    assert!(stage.has("b.png") && stage.has("save it as PNG"));
    assert!(stage.has("bb.png") && stage.has("its decoder gave up"));
    assert!(stage.has("c.png, 28×28"), "the tab came to the front");
    assert_eq!(asked(&stage), Some(vec![UserImageId(1), UserImageId(2)]));
    drop(folder);
    assert!(
        user_image(&stage)
            .images()
            .iter()
            .all(|image| image.prepared.decisions.invert)
    );
}

/// Another data set has other images: those that a person opened are prepared anew for it, and the drawing too.
#[test]
fn own_images_follow_the_data_set() {
    let folder = folder();
    let mut stage = Stage::ready();
    drop_files(&mut stage, &[folder.path().join("a.png")]);
    wait_until(&mut stage, |stage| user_image(stage).images().len() == 1);
    let at = [0.3, 0.3];
    perform(
        &mut stage,
        UserImageAction::Draw(DrawEdit::Begin { at, radius: 0.05 }),
    );
    let shapes = |stage: &Stage| {
        let images = user_image(stage);
        let drawing = images.drawing.prepared().map(|drawn| &drawn.pixels);
        let each = images.images().iter().map(|image| &image.prepared.pixels);
        each.chain(drawing)
            .map(|pixels| pixels.len())
            .collect::<Vec<_>>()
    };
    assert_eq!(shapes(&stage), [784, 784]);
    let mut dataset = script::dataset(20);
    dataset.id = DataSetId::COLOURED_SHAPES;
    dataset.test_images = vec![7; 20 * 3072].into();
    stage.report(Report::DatasetLoaded(dataset));
    wait_until(&mut stage, |stage| shapes(stage) == [3072, 3072]);
    let image = &user_image(&stage).images()[0].prepared;
    assert_eq!(image.decisions.way, Way::Whole(Resizing::Pad));
    assert!(
        image.pixels.iter().any(|&byte| byte > 200),
        "the picture is white"
    );
    // One that was removed before follows once it is back.
    perform(&mut stage, UserImageAction::Clear);
    stage.report(Report::DatasetLoaded(script::dataset(20)));
    stage.step();
    perform(&mut stage, UserImageAction::Restore);
    wait_until(&mut stage, |stage| shapes(stage) == [784, 784]);
}

/// A folder with a folder for each class is a data set, and not some images to reconstruct.
#[test]
fn a_dropped_data_set_is_loaded() {
    let mut stage = Stage::ready();
    stage.commands();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let class = folder.path().join("cats");
    std::fs::create_dir(&class).expect("made");
    std::fs::write(class.join("1.png"), b"").expect("written");
    drop_files(&mut stage, &[folder.path().to_owned()]);
    stage.step();
    let expected = Command::LoadDataset(DataSource::at(folder.path()));
    assert_eq!(stage.commands(), [expected]);
    assert!(user_image(&stage).images().is_empty());
}

/// One data set can be in use: of several, all but the first are told.
#[test]
fn of_two_dropped_data_sets_the_second_is_named_as_left_out() {
    let mut stage = Stage::ready();
    stage.commands();
    let home = tempfile::tempdir().expect("a temporary folder");
    let folders = ["cats", "dogs"].map(|name| home.path().join(name));
    for folder in &folders {
        std::fs::create_dir_all(folder.join("class")).expect("made");
        std::fs::write(folder.join("class/1.png"), b"").expect("written");
    }
    drop_files(&mut stage, &folders);
    stage.step();
    let expected = Command::LoadDataset(DataSource::at(&folders[0]));
    assert_eq!(stage.commands(), [expected]);
    assert!(stage.has("One run and one data set can be open: dogs was left out"));
}

#[test]
fn each_digit_of_a_picture_becomes_an_image_of_its_own() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ring = |x: u32, y: u32, middle: u32| {
        let away = x.abs_diff(middle).pow(2) + y.abs_diff(50).pow(2);
        (100..225).contains(&away)
    };
    let picture = image::GrayImage::from_fn(150, 100, |x, y| {
        let is_ink = [28, 75, 122].iter().any(|&middle| ring(x, y, middle));
        image::Luma([if is_ink { 20 } else { 240 }])
    });
    let path = folder.path().join("sheet.png");
    picture.save(&path).expect("written");
    let mut stage = Stage::ready();
    drop_files(&mut stage, &[path]);
    wait_until(&mut stage, |stage| user_image(stage).images().len() == 1);
    let id = user_image(&stage).images()[0].id;
    perform(&mut stage, UserImageAction::TakeEach(id));
    wait_until(&mut stage, |stage| user_image(stage).images().len() == 4);
    let expected = [
        "sheet.png",
        "sheet.png · 1",
        "sheet.png · 2",
        "sheet.png · 3",
    ];
    assert_eq!(names(&stage), expected);
    for digit in &user_image(&stage).images()[1..] {
        let taken = digit
            .prepared
            .groups
            .iter()
            .filter(|group| group.is_taken());
        assert_eq!(taken.count(), 1);
        assert!(
            digit.preparation.take.is_some(),
            "it stays this one when it is prepared again"
        );
    }
    let digits = user_image(&stage).images()[1..].iter();
    let lefts = digits.map(|digit| digit.prepared.crop[0]);
    assert!(lefts.is_sorted(), "in reading order");
}

#[test]
fn files_held_over_the_window_are_announced() {
    let mut stage = Stage::ready();
    let hovered = HoveredFile::default();
    stage.harness.input_mut().hovered_files = vec![hovered; 3];
    stage.step();
    assert!(stage.has("Drop to open 3 files"));
    stage.harness.input_mut().hovered_files.clear();
    stage.step();
    assert!(!stage.has("Drop to open"));
}

#[test]
fn a_picture_is_pasted_and_removed_and_taken_back() {
    let mut stage = Stage::ready();
    let white = ColorImage::filled([40, 30], egui::Color32::WHITE);
    stage.harness.event(Event::PasteImage(Arc::new(white)));
    wait_until(&mut stage, |stage| user_image(stage).images().len() == 1);
    assert_eq!(names(&stage), ["Pasted 1"]);
    stage.step();
    assert!(stage.has("no digit was found"));
    stage.click("Remove Pasted 1");
    assert!(names(&stage).is_empty() && stage.has("You have no images yet"));
    stage
        .harness
        .key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Z);
    stage.step();
    assert_eq!(names(&stage), ["Pasted 1"]);
}

#[test]
fn another_decision_makes_another_digit() {
    let folder = folder();
    let start = StartOptions {
        user_images: vec![folder.path().join("a.png")],
        ..StartOptions::default()
    };
    let mut stage = Stage::open_with(start, None, egui::vec2(1280.0, 800.0));
    stage.get_ready();
    wait_until(&mut stage, |stage| user_image(stage).images().len() == 1);
    let before = Arc::clone(&user_image(&stage).images()[0].prepared);
    let id = user_image(&stage).images()[0].id;
    let preparation = Preparation {
        invert: Some(false),
        ..Preparation::default()
    };
    perform(&mut stage, UserImageAction::Prepare(id, preparation));
    wait_until(&mut stage, |stage| {
        !Arc::ptr_eq(&user_image(stage).images()[0].prepared, &before)
    });
    assert!(!user_image(&stage).images()[0].prepared.decisions.invert);
}

#[test]
fn the_drawing_is_rebuilt_as_it_is_drawn_and_can_be_added() {
    let mut stage = Stage::ready();
    stage.click("Your image"); // the tab
    let draw = |edit| UserImageAction::Draw(edit);
    let at = [0.3, 0.3];
    perform(&mut stage, draw(DrawEdit::Begin { at, radius: 0.05 }));
    for at in [[0.6, 0.3], [0.45, 0.8]] {
        perform(&mut stage, draw(DrawEdit::Extend(at)));
    }
    assert_eq!(asked(&stage), Some(vec![UserImageId::DRAWING]));
    let prepared = user_image(&stage)
        .drawing
        .prepared()
        .cloned()
        .expect("something is drawn");
    assert!(!prepared.decisions.invert && prepared.pixels.iter().any(|&byte| byte > 200));
    perform(&mut stage, draw(DrawEdit::Add));
    assert_eq!(names(&stage), ["Drawing 1"]);
    assert!(
        user_image(&stage).drawing.is_empty() && user_image(&stage).drawing.prepared().is_none()
    );
    assert_eq!(
        user_image(&stage).images()[0].prepared.pixels,
        prepared.pixels
    );
    assert_eq!(asked(&stage), Some(vec![UserImageId(1)]));
    perform(&mut stage, draw(DrawEdit::Undo));
    assert!(
        !user_image(&stage).drawing.is_empty(),
        "adding emptied the canvas, and that can be taken back"
    );
}

#[test]
fn the_worker_is_not_asked_about_images_that_nobody_can_see() {
    let mut stage = Stage::ready();
    stage.click("Your image");
    let at = [0.5, 0.5];
    perform(
        &mut stage,
        UserImageAction::Draw(DrawEdit::Begin { at, radius: 0.05 }),
    );
    assert_eq!(asked(&stage), Some(vec![UserImageId::DRAWING]));
    act(&mut stage, GuideAction::LookAt(Pane::Numbers)); // the drawing is behind another tab; it is no image of the scatter yet
    assert_eq!(asked(&stage), Some(vec![]));
    assert!(stage.harness.query_by_label_contains("Canvas").is_none());
}
