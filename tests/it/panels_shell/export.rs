//! Exporting a figure from the window: the menu, the dialog, and the way to the file.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hourglass::figure::{FigureKind, FigureRequest, Format};
use hourglass::protocol::{
    CodeTable, Command, DataSetId, Event, Failure, FilmFrame, Gather, Gathered, Numbers,
    ScatterView, Snapshot,
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
    let deadline = Instant::now() + Duration::from_mins(1);
    let first = stage.app().state().notices.since(0).count() as u64;
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
    assert!(stage.commands().is_empty(), "no epoch is trained by it");
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
        for format in [Format::Png, Format::Svg, Format::Csv, Format::Gif] {
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
    let path = folder.path().join("film.gif");
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
    assert!(
        std::fs::read(&path)
            .expect("written")
            .starts_with(b"GIF89a")
    );
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
