//! Exporting a figure from the window: the menu, the dialog, and the way to the file.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hourglass::experiment::{Reconstruction, Term};
use hourglass::figure::{FigureKind, FigureRequest, Format};
use hourglass::protocol::{
    CodeTable, Command, DataSetId, Event, Failure, FilmFrame, Gather, Gathered, Numbers,
    ScatterView, Snapshot, StepBatch,
};
use hourglass::state::NoticeLevel;
use hourglass::ui::Action;

use super::stage::Stage;

fn request(kind: FigureKind, format: Format) -> FigureRequest {
    FigureRequest {
        samples: vec![0],
        ..crate::figures::request(kind, format)
    }
}

fn export(stage: &mut Stage, request: FigureRequest, path: &Path) {
    let ctx = stage.harness.ctx.clone();
    let app = stage.harness.state_mut().as_mut().expect("it was opened");
    app.perform(&ctx, Action::ExportTo(Box::new(request), path.to_owned()));
    stage.step();
}

/// The next notice, which has to come before a deadline.
fn notice(stage: &mut Stage) -> (NoticeLevel, String) {
    let first = n_notices(stage);
    notice_after(stage, first)
}

fn n_notices(stage: &Stage) -> u64 {
    stage.app().state().notices.since(0).count() as u64
}

/// The notice that comes after the first ones; it may be there already.
fn notice_after(stage: &mut Stage, first: u64) -> (NoticeLevel, String) {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        stage.step();
        if let Some(notice) = stage.app().state().notices.since(first).next() {
            return (notice.level, notice.text.clone());
        }
        assert!(Instant::now() < deadline, "nothing was said of the export");
        std::thread::yield_now();
    }
}

/// The codes of four images.
fn gathered(stage: &Stage) -> Gathered {
    let run = stage.app().state().run.as_ref().expect("a run");
    Gathered {
        experiment: run.experiment.clone(),
        data: DataSetId::PEN_DIGITS,
        step: 7,
        epoch: 0.5,
        numbers: Numbers::Codes(CodeTable {
            scatter: ScatterView {
                step: 7,
                samples: [0, 1, 2, 3].into(),
                points: vec![[0.0, 1.0], [2.0, 3.0], [4.0, 5.0], [6.0, 7.0]],
                ..ScatterView::default()
            },
            labels: vec![0, 1, 2, 3],
            size: 2,
            codes: (0..8_u8).map(f32::from).collect(),
            mse_per_pixel: vec![0.01; 4],
        }),
    }
}

fn answer(stage: &mut Stage) {
    let (run, gathered) = (stage.run(), Box::new(gathered(stage)));
    stage.report(Event::Gathered { run, gathered });
}

#[test]
fn ctrl_e_opens_the_dialog_and_escape_closes_it() {
    let mut stage = Stage::training();
    stage.commands();
    stage
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::E);
    stage.step();
    assert!(stage.has("Export a figure"));
    let commands = stage.commands();
    assert_eq!(
        commands,
        [Command::Gather(Gather::Codes)],
        "for the preview; no epoch is trained by it"
    );
    stage.press(Key::Escape);
    assert!(!stage.has("Export a figure"));
}

#[test]
fn the_menu_names_every_figure_and_opens_the_dialog_for_it() {
    let mut stage = Stage::training();
    for &kind in FigureKind::ALL {
        stage.click("Export");
        stage.click(&format!("{}…", kind.label()));
        assert!(stage.has("Export a figure"));
        assert!(
            stage
                .harness
                .query_by_role_and_label(Role::ComboBox, "Figure")
                .is_some()
        );
        for format in Format::ALL {
            let name = format!("Format, {}", format.label());
            let is_offered = stage
                .harness
                .query_by_role_and_label(Role::RadioButton, &name)
                .is_some();
            assert_eq!(
                is_offered,
                kind.formats().contains(&format),
                "{kind:?} {format:?}"
            );
        }
        stage.click("Cancel");
        assert!(!stage.has("Export a figure"));
    }
}

#[test]
fn a_table_has_neither_size_nor_theme() {
    let mut stage = Stage::training();
    stage.click("Export");
    stage.click("Latent scatter…");
    let has_width = |stage: &Stage| {
        stage
            .harness
            .query_by_role_and_label(Role::SpinButton, "Width")
            .is_some()
    };
    assert!(has_width(&stage));
    stage
        .harness
        .get_by_role_and_label(Role::RadioButton, "Format, CSV")
        .click();
    stage.step();
    assert!(!has_width(&stage));
}

#[test]
fn what_is_missing_is_said_and_nothing_can_be_saved() {
    let mut stage = Stage::ready();
    stage.click("Export");
    stage.click("Animation…");
    assert!(stage.has("This run was not recorded"));
    let save = stage.harness.get_by_role_and_label(Role::Button, "Save…");
    assert!(save.accesskit_node().is_disabled());
}

#[test]
fn ticking_the_box_records_the_latent_space() {
    let mut stage = Stage::ready();
    let asks = |stage: &Stage| stage.newest_request().is_some_and(|probe| probe.film);
    assert!(!asks(&stage));
    stage.click("Export");
    stage.click("Animation…");
    stage
        .harness
        .get_by_role_and_label(Role::CheckBox, "Record the latent space during training")
        .click();
    stage.step();
    assert!(asks(&stage), "the worker is told");
}

#[test]
fn numbers_are_gathered_and_the_file_is_written_beside_the_window() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("scatter.csv");
    let mut stage = Stage::training();
    stage.commands();
    export(&mut stage, request(FigureKind::Scatter, Format::Png), &path);
    assert_eq!(stage.commands(), [Command::Gather(Gather::Codes)]);
    assert!(
        stage.has("Stop the export"),
        "that something is going on can be seen"
    );
    answer(&mut stage);
    let (level, text) = notice(&mut stage);
    assert_eq!(level, NoticeLevel::Info);
    assert!(text.contains("scatter.csv"), "{text}");
    let csv = std::fs::read_to_string(&path).expect("written");
    assert!(
        csv.contains("\n3,3,6,7,0.01,0,0,6,7\n"),
        "the ending decides the format: {csv}"
    );
    stage.step();
    assert!(!stage.has("Stop the export"));
}

#[test]
fn a_name_without_an_ending_gets_the_format_chosen_and_replaces_nothing_unasked() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut stage = Stage::training();
    let path = folder.path().join("figure.v2");
    export(&mut stage, request(FigureKind::Scatter, Format::Svg), &path);
    answer(&mut stage);
    let (level, _) = notice(&mut stage);
    assert_eq!(level, NoticeLevel::Info);
    let written = folder.path().join("figure.v2.svg");
    assert!(
        std::fs::read_to_string(&written)
            .expect("written")
            .starts_with("<svg")
    );
    std::fs::write(&written, "precious").expect("written");
    export(&mut stage, request(FigureKind::Scatter, Format::Svg), &path);
    let refused = stage
        .app()
        .state()
        .notices
        .since(0)
        .last()
        .expect("a notice")
        .text
        .clone();
    assert!(refused.contains("already exists"), "{refused}");
    assert_eq!(
        std::fs::read_to_string(&written).expect("there"),
        "precious"
    );
}

#[test]
fn a_file_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("a-file");
    std::fs::write(&file, "precious").expect("written");
    let mut stage = Stage::training();
    export(
        &mut stage,
        request(FigureKind::Scatter, Format::Png),
        &file.join("scatter.png"),
    );
    answer(&mut stage);
    let (level, text) = notice(&mut stage);
    assert_eq!(level, NoticeLevel::Error);
    assert!(
        text.contains("no figure was written") && text.contains("a-file"),
        "{text}"
    );
}

#[test]
fn a_new_run_or_a_failure_ends_the_wait_for_numbers() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("scatter.png");
    let mut stage = Stage::training();
    export(&mut stage, request(FigureKind::Scatter, Format::Png), &path);
    stage.report(Event::Failed(Failure::NoFigure {
        reason: "there is no model to draw yet".to_owned(),
    }));
    stage.step();
    assert!(!stage.has("Stop the export"));

    export(&mut stage, request(FigureKind::Scatter, Format::Png), &path);
    assert!(stage.has("Stop the export"));
    stage.click("Reset");
    stage.answer_start();
    assert!(!stage.has("Stop the export"));
    answer(&mut stage); // late: nobody waits for it
    stage.step();
    assert!(!path.exists());
}

#[test]
fn an_export_can_be_stopped_while_numbers_are_gathered() {
    let mut stage = Stage::training();
    export(
        &mut stage,
        request(FigureKind::Manifold, Format::Png),
        Path::new("/nowhere/manifold.png"),
    );
    stage.click("Stop the export");
    assert!(!stage.has("Stop the export"));
}

#[test]
fn a_film_that_was_recorded_becomes_a_gif() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("film.gif.png"); // as a dialog may name it
    let mut stage = Stage::training();
    let run = stage.run();
    for step in 0..3_u8 {
        let frame = FilmFrame {
            epoch: f64::from(step),
            scatter: ScatterView {
                step: u64::from(step),
                samples: [0, 1].into(),
                points: vec![[0.0, 0.0], [f32::from(step), 1.0]],
                ..ScatterView::default()
            },
        };
        stage.report(Event::FrameTaken { run, frame });
    }
    stage.step();
    export(&mut stage, request(FigureKind::Film, Format::Gif), &path);
    let (level, text) = notice(&mut stage);
    assert_eq!(level, NoticeLevel::Info, "{text}");
    let names: Vec<_> = std::fs::read_dir(folder.path())
        .expect("a folder")
        .map(|entry| entry.expect("a file").file_name())
        .collect();
    assert_eq!(names, ["film.gif"]);
    let film = std::fs::read(folder.path().join("film.gif")).expect("written");
    assert!(film.starts_with(b"GIF89a"));
}

#[test]
fn hidden_classes_are_named_before_they_are_left_out() {
    let mut stage = Stage::training();
    stage.deliver(Snapshot {
        scatter: Some(Arc::new(ScatterView {
            step: 1,
            samples: (0..20).collect(),
            points: (0..20_u8)
                .map(|idx| [f32::from(idx), f32::from(idx % 7)])
                .collect(),
            ..ScatterView::default()
        })),
        ..Snapshot::nothing(stage.run(), 1)
    });
    stage.harness.get_by_label("show class 3").click();
    stage.step();
    stage.click("Export");
    stage.click("Latent scatter…");
    assert!(stage.has("Hidden classes stay hidden: 3"));
}

/// Waits until something is said, which a thread has to draw first.
fn wait_for(stage: &mut Stage, text: &str) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !stage.has(text) {
        assert!(Instant::now() < deadline, "{text:?} is not said");
        std::thread::yield_now();
        stage.step();
    }
}

/// A window whose run has curves, with the dialog open for a figure.
fn dialog(figure: &str) -> Stage {
    let mut stage = Stage::training();
    let run = stage.run();
    let term = Term::Reconstruction(Reconstruction::Mse);
    let values = |term| {
        (
            term,
            (1..=50_u8).map(|step| 1.0 / f32::from(step)).collect(),
        )
    };
    let steps = StepBatch {
        first_step: 2,
        epochs: (1..=50_u8).map(|step| f64::from(step) / 25.0).collect(),
        terms: vec![values(Term::Objective), values(term)],
        n_images: 3_200,
        elapsed_secs: 0.1,
    };
    stage.report(Event::StepsTaken { run, steps });
    stage.step();
    stage.commands();
    open(&mut stage, figure);
    stage
}

fn open(stage: &mut Stage, figure: &str) {
    stage.click("Export");
    stage.click(&format!("{figure}…"));
}

fn choose(stage: &mut Stage, name: &str) {
    stage
        .harness
        .get_by_role_and_label(Role::RadioButton, name)
        .click();
    stage.step();
}

/// Has the figure written into a file, by its path.
fn save_as(stage: &mut Stage, path: &Path) -> Vec<u8> {
    let first = n_notices(stage);
    stage.click("Type a path…");
    let path = path.to_str().expect("Unicode");
    stage.harness.get_by_label("Path").type_text(path);
    stage.step();
    stage.press(Key::Enter);
    let (level, text) = notice_after(stage, first);
    assert_eq!(level, NoticeLevel::Info, "{text}");
    std::fs::read(path).expect("written")
}

#[test]
fn the_preview_appears_and_is_renewed_from_what_was_gathered_once() {
    let mut stage = dialog("Latent scatter");
    assert!(stage.has("Drawing the preview…"));
    assert_eq!(stage.commands(), [Command::Gather(Gather::Codes)]);
    answer(&mut stage);
    wait_for(
        &mut stage,
        "Preview: Latent space of 4 test images, light, 529 × 45",
    );
    choose(&mut stage, "Theme of the figure, dark");
    wait_for(&mut stage, "Preview: Latent space of 4 test images, dark");
    let title = |stage: &Stage| {
        stage
            .harness
            .get_by_role_and_label(Role::TextInput, "Title of the figure")
            .click();
    };
    title(&stage);
    stage.step();
    stage.harness.event(egui::Event::Text("Mine".to_owned()));
    wait_for(&mut stage, "Preview: Mine, dark");
    choose(&mut stage, "Format, CSV");
    wait_for(&mut stage, "Preview of the table: Mine");
    assert_eq!(stage.commands(), [], "nothing is gathered twice");
    stage.click("Cancel");
    assert!(!stage.has("Preview"));
}

#[test]
fn a_preview_whose_numbers_do_not_come_says_so_and_asks_no_more() {
    let mut stage = dialog("Latent scatter");
    stage.report(Event::Failed(Failure::NoFigure {
        reason: "the device is gone".to_owned(),
    }));
    wait_for(&mut stage, "No preview: the model gave no numbers");
    stage.commands();
    stage.step();
    assert_eq!(stage.commands(), []);
}

/// Numbers of one kind are never taken for those of another.
#[test]
fn late_numbers_of_another_figure_are_not_written() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("manifold.csv");
    let mut stage = Stage::training();
    export(
        &mut stage,
        request(FigureKind::Manifold, Format::Csv),
        &path,
    );
    answer(&mut stage); // of a scatter that was given up
    stage.step();
    assert!(stage.has("Stop the export"), "it still waits for its own");
    assert!(!path.exists());
}

#[test]
fn the_dialog_and_its_preview_fit_into_small_windows() {
    for size in [egui::vec2(1024.0, 768.0), egui::vec2(1280.0, 800.0)] {
        let start = hourglass::app::StartOptions::default();
        let mut stage = Stage::open_with(start, None, size);
        stage.get_ready();
        stage.train();
        open(&mut stage, "Latent scatter");
        answer(&mut stage);
        wait_for(&mut stage, "Preview: ");
        let inside = egui::Rect::from_min_size(egui::Pos2::ZERO, size).shrink(8.0);
        let preview = stage.harness.get_by_label_contains("Preview: ").rect();
        let cancel = stage.harness.get_by_role_and_label(Role::Button, "Cancel");
        for rect in [preview, cancel.rect()] {
            assert!(inside.contains_rect(rect), "{rect:?} of {size:?}");
        }
        assert!(preview.width() > 400.0, "{preview:?}");
        let aspect = preview.width() / preview.height();
        assert!((aspect - 140.0 / 120.0).abs() < 0.01, "{aspect}");
    }
}

#[test]
fn the_resolution_is_in_pixels_per_inch_and_says_how_many_pixels_that_makes() {
    let mut stage = dialog("Loss");
    assert!(stage.has("1,587 × 1,020 pixels"), "288 dpi on paper");
    stage.type_into("Resolution", "96");
    assert!(stage.has("529 × 340 pixels"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = save_as(&mut stage, &folder.path().join("loss.png"));
    let side = |at: usize| u32::from_be_bytes(file[at..at + 4].try_into().expect("four bytes"));
    assert_eq!([side(16), side(20)], [529, 340]);
    open(&mut stage, "Loss");
    assert!(stage.has("529 × 340 pixels"), "it is remembered");
    choose(&mut stage, "Format, PDF");
    let resolution = stage
        .harness
        .query_by_role_and_label(Role::SpinButton, "Resolution");
    assert!(resolution.is_none(), "a PDF has no pixels");
}

#[test]
fn the_size_of_type_is_chosen_in_points() {
    let mut stage = dialog("Loss");
    choose(&mut stage, "Format, SVG");
    stage.type_into("Type size", "12");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let svg = save_as(&mut stage, &folder.path().join("loss.svg"));
    let svg = String::from_utf8(svg).expect("text");
    assert!(svg.contains("font-size=\"16\""), "12 points");
    assert!(!svg.contains("font-size=\"10\""), "7.5 points");
}

#[test]
fn the_title_that_a_figure_has_by_itself_stands_in_the_empty_field() {
    let mut stage = dialog("Loss");
    let hint = |stage: &Stage| {
        let field = stage
            .harness
            .get_by_role_and_label(Role::TextInput, "Title of the figure");
        field.accesskit_node().placeholder().map(str::to_owned)
    };
    wait_for(&mut stage, "Preview: Training and test error");
    stage.step();
    assert_eq!(hint(&stage).as_deref(), Some("Training and test error"));
    stage.click("Cancel");
    open(&mut stage, "Latent scatter");
    assert_eq!(hint(&stage).as_deref(), Some("Latent scatter"));
    answer(&mut stage);
    wait_for(&mut stage, "Preview: Latent space");
    stage.step();
    let own = "Latent space of 4 test images";
    assert_eq!(hint(&stage).as_deref(), Some(own));
}

#[test]
fn a_plot_that_was_zoomed_is_exported_as_on_screen_or_whole() {
    let part = "Part of the plot, as on screen";
    let is_offered = |stage: &Stage| {
        stage
            .harness
            .query_by_role_and_label(Role::RadioButton, part)
            .is_some()
    };
    let mut stage = dialog("Loss");
    assert!(!is_offered(&stage), "it shows all there is");
    stage.click("Cancel");
    let plot = stage.harness.get_by_label_contains("Loss: ").rect();
    stage.harness.hover_at(plot.center());
    stage.harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, 200.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
    stage.harness.run_steps(30); // egui spreads the turn of a wheel over some frames
    open(&mut stage, "Loss");
    assert!(is_offered(&stage));
    let folder = tempfile::tempdir().expect("a temporary folder");
    choose(&mut stage, "Format, SVG");
    let written = |stage: &mut Stage, name: &str| {
        let svg = save_as(stage, &folder.path().join(name));
        String::from_utf8(svg).expect("text")
    };
    let seen = written(&mut stage, "seen.svg");
    open(&mut stage, "Loss");
    choose(&mut stage, "Part of the plot, whole");
    let whole = written(&mut stage, "whole.svg");
    let ends = [">0.0<", ">2.0<"]; // the epochs
    assert!(ends.iter().all(|end| whole.contains(end)), "{whole}");
    assert!(!ends.iter().any(|end| seen.contains(end)), "{seen}");
    open(&mut stage, "Latent scatter");
    assert!(!is_offered(&stage), "the scatter was not zoomed");
}

#[test]
fn a_typed_path_begins_in_the_programs_own_folder_with_the_name_of_the_figure() {
    let mut stage = dialog("Loss");
    stage.click("Type a path…");
    let field = stage.harness.get_by_label("Path");
    let text = field.accesskit_node().value().expect("a path");
    let name = stage.app().state().run.as_ref().expect("a run");
    let preset = name.experiment.preset.expect("a preset");
    assert_eq!(text, format!("~/Hourglass/{preset}-loss.png"));
}
