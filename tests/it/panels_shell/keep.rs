//! Saving and opening runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::accesskit::Role;
use egui::{DroppedFile, Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use hourglass::app::StartOptions;
use hourglass::experiment::{Experiment, PresetId, Term};
use hourglass::protocol::{
    Command, DataPlace, DataSetId, DataSource, Event, Failure, Fitting, HistoryRow, ImagesKept,
    Matching, Measured, Phase, PlanPosition, RunHistory, RunId,
};
use hourglass::ui::{Action, KeepAction};

use super::backed_up::leave_behind;
use super::stage::{Stage, cpu};
use crate::panels_views::script;

fn perform(stage: &mut Stage, action: KeepAction) {
    let ctx = stage.harness.ctx.clone();
    let app = stage.harness.state_mut().as_mut().expect("it was opened");
    app.perform(&ctx, Action::Keep(action));
    stage.step();
}

/// Answers the newest `OpenRun` as a worker does that finds a run of `vae-20` with two steps.
pub fn answer_opening(stage: &mut Stage) -> Experiment {
    let commands = stage.commands();
    let Some(Command::OpenRun { run, folder }) = commands.last().cloned() else {
        panic!("nothing was to be opened: {commands:?}");
    };
    let experiment = PresetId::Vae20.preset().experiment();
    stage.report(Event::RunStarted {
        run,
        experiment: experiment.clone(),
        n_parameters: experiment.n_parameters(),
        steps_per_epoch: 100,
    });
    let row = |step: u32, loss: f64| HistoryRow {
        step: step.into(),
        epoch: f64::from(step) / 100.0,
        measured: Measured::Step,
        values: vec![(Term::Objective, loss)],
        elapsed_secs: 0.1,
    };
    stage.report(Event::RunOpened {
        run,
        from: folder,
        history: RunHistory {
            gradients: Arc::from([]),
            rows: vec![row(1, 500.0), row(2, 400.0)].into(),
            evaluation: script::evaluation(2, 0.02, &[Term::Objective], 390.0),
            training_secs: 0.2,
            images_per_sec: 640.0,
            goes_on: true,
            marks: Vec::new(),
            edited: None,
            lost: None,
        },
    });
    let position = PlanPosition {
        epochs_goal: 10,
        steps_done: 2,
        ..PlanPosition::default()
    };
    stage.report(Event::PhaseChanged {
        run,
        phase: Phase::Paused { position },
    });
    stage.step();
    experiment
}

pub fn saved(stage: &mut Stage, folder: &Path) {
    stage.report(Event::RunSaved {
        run: stage.run(),
        folder: folder.to_owned(),
        step: 1,
        images: None,
    });
    stage.step();
}

fn not_opened(stage: &mut Stage, reason: &str) {
    let commands = stage.commands();
    let Some(Command::OpenRun { run, .. }) = commands.last() else {
        panic!("nothing was to be opened: {commands:?}");
    };
    stage.report(Event::Failed(Failure::NotOpened {
        run: *run,
        reason: reason.to_owned(),
    }));
    stage.step();
}

#[test]
fn the_menu_saves_where_the_run_was_saved_before_and_says_where() {
    let mut stage = Stage::training();
    stage.commands();
    perform(&mut stage, KeepAction::SaveIn("/runs/first".into()));
    let folder = PathBuf::from("/runs/first");
    assert_eq!(
        stage.commands(),
        [Command::SaveRun {
            folder: folder.clone()
        }]
    );
    saved(&mut stage, &folder);
    assert!(stage.has("Run saved in /runs/first"));

    stage.click("Run menu");
    for name in [
        "Save as…",
        "Save as one file…",
        "Open run…",
        "Open run file…",
        "Load weights…",
    ] {
        let found = stage.harness.query_by_role_and_label(Role::Button, name);
        assert!(found.is_some(), "{name}");
    }
    stage.click("Save");
    assert_eq!(
        stage.commands(),
        [Command::SaveRun {
            folder: folder.clone()
        }]
    );
    stage
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::S);
    stage.step();
    assert_eq!(stage.commands(), [Command::SaveRun { folder }]);
}

#[test]
fn another_run_in_the_folder_is_replaced_only_after_a_yes() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let folder = leave_behind(home.path(), "other");
    let mut stage = Stage::training();
    stage.commands();
    perform(&mut stage, KeepAction::SaveIn(folder.clone()));
    assert!(stage.has("Replace the run?"));
    stage.click("Cancel");
    assert_eq!(stage.commands(), []);
    assert!(!stage.has("Replace the run?"));

    perform(&mut stage, KeepAction::SaveIn(folder.clone()));
    stage.click("Replace");
    let saves = |commands: &[Command]| matches!(commands, [Command::SaveRun { folder: into }] if *into == folder);
    assert!(saves(&stage.commands()));
    saved(&mut stage, &folder);
    perform(&mut stage, KeepAction::SaveIn(folder.clone())); // its own now
    assert!(saves(&stage.commands()));
}

#[test]
fn without_a_run_there_is_nothing_to_save_and_recent_runs_say_how_to_get_there() {
    let mut stage = Stage::open();
    stage.click("Run menu");
    let save = stage
        .harness
        .get_by_role_and_label(Role::Button, "Save as…");
    assert!(save.accesskit_node().is_disabled());
    assert!(stage.has("None yet: save a run, or open one"));
}

#[test]
fn a_recent_run_opens_with_its_experiment_curves_and_place() {
    let mut stage = Stage::training();
    let folder = PathBuf::from("/runs/first");
    saved(&mut stage, &folder);
    stage.commands();
    stage.click("Run menu");
    stage.click("first");
    let experiment = answer_opening(&mut stage);
    let lab = stage.app().state();
    assert_eq!(lab.draft, experiment);
    let run = lab.run.as_ref().expect("opened");
    assert_eq!((run.step, run.is_unsaved()), (2, false));
    let curve = run.history.train(Term::Objective).expect("recorded");
    assert_eq!(curve.last(), Some([0.02, 400.0]));
    assert!(stage.has("Paused"));
    assert!(stage.has("Opened /runs/first"));
    assert_eq!(stage.commands(), [], "no other run is started");
}

#[test]
fn a_run_that_does_not_open_is_a_note_and_the_run_in_progress_goes_on() {
    let mut stage = Stage::training();
    let (run, draft) = (stage.run(), stage.app().state().draft.clone());
    perform(&mut stage, KeepAction::Open("/runs/broken".into()));
    not_opened(&mut stage, "/runs/broken/resume.bpk: it is damaged");
    assert!(stage.has("/runs/broken/resume.bpk: it is damaged"));
    assert_eq!((stage.run(), &stage.app().state().draft), (run, &draft));
    stage.phase(|position| Phase::Paused { position });
    assert!(stage.has("Paused"), "what is said of the run still counts");
    assert_eq!(stage.commands(), []);
}

#[test]
fn a_run_on_other_digits_has_them_loaded_first() {
    let mut stage = Stage::training();
    stage.commands();
    let folder = PathBuf::from("/runs/mnist");
    perform(&mut stage, KeepAction::Open(folder.clone()));
    let commands = stage.commands();
    let [Command::OpenRun { run, .. }] = commands[..] else {
        panic!("{commands:?}");
    };
    stage.report(Event::Failed(Failure::OtherDataset {
        run,
        folder: folder.clone(),
        needed: DataSetId::MNIST.into(),
        in_use: DataSetId::PEN_DIGITS,
    }));
    stage.step();
    assert_eq!(
        stage.commands(),
        [Command::LoadDataset(DataSource::Named(DataSetId::MNIST))]
    );
    assert!(stage.has("trained on MNIST"));
    stage.report(Event::DatasetLoaded(script::dataset(20)));
    stage.step();
    answer_opening(&mut stage);
    assert!(stage.has("Paused"));
}

#[test]
fn the_run_of_the_command_line_is_opened_first_and_a_new_one_started_where_it_is_not() {
    let open = || {
        let start = StartOptions {
            run: Some("/runs/first".into()),
            ..StartOptions::default()
        };
        let mut stage = Stage::open_with(start, None, egui::vec2(1280.0, 800.0));
        stage.commands();
        stage.report(Event::WorkerReady { device: cpu() });
        stage.report(Event::DatasetLoaded(script::dataset(20)));
        stage.step();
        stage
    };
    let mut stage = open();
    answer_opening(&mut stage);
    assert!(stage.has("Paused"));

    let starts_anew = |stage: &Stage| {
        let commands = stage.commands();
        assert!(
            matches!(commands[..], [Command::StartRun { .. }]),
            "{commands:?}"
        );
    };
    let mut stage = open();
    not_opened(&mut stage, "there is no run in /runs/first");
    starts_anew(&stage);

    let mut stage = open();
    let run = RunId(stage.run().0 + 1);
    stage.report(Event::Failed(Failure::OtherDataset {
        run,
        folder: "/runs/first".into(),
        needed: DataSetId::MNIST.into(),
        in_use: DataSetId::PEN_DIGITS,
    }));
    stage.step();
    stage.commands();
    let reason = "MNIST is not on this machine".to_owned();
    stage.report(Event::Failed(Failure::Dataset { reason }));
    stage.step();
    assert!(stage.has("MNIST is not on this machine"));
    starts_anew(&stage);
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("a folder".to_owned())
    }
}

#[test]
fn a_run_folder_that_is_dropped_opens_and_another_folder_does_not() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let run = leave_behind(home.path(), "run");
    let mut stage = Stage::ready();
    for folder in [home.path(), &run] {
        let file = Arc::new(Dropped(folder.to_owned()));
        stage.harness.input_mut().dropped_files.push(file);
        stage.step();
    }
    let commands = stage.commands();
    assert!(
        matches!(&commands[..], [Command::OpenRun { folder, run: RunId(_) }] if *folder == run),
        "{commands:?}"
    );
}

#[test]
fn weights_that_fit_by_their_shapes_are_shown_and_taken_only_after_a_yes() {
    let mut stage = Stage::training();
    stage.commands();
    let file = PathBuf::from("/home/me/theirs.safetensors");
    for answer in ["Cancel", "Load them"] {
        perform(&mut stage, KeepAction::TakeWeights(file.clone()));
        let commands = stage.commands();
        let Some(Command::StartFromWeights { run, matching, .. }) = commands.last() else {
            panic!("no weights were to be taken: {commands:?}");
        };
        assert_eq!(*matching, Matching::ByName);
        stage.report(Event::Failed(Failure::WeightsFitByShape {
            run: *run,
            file: file.clone(),
            pairs: vec!["fc1.weight [64, 784] → encoder.layers.0.weight".to_owned()],
        }));
        stage.step();
        assert!(stage.has("Load these weights?"));
        stage.click(answer);
        stage.step();
        assert!(!stage.has("Load these weights?"));
        let commands = stage.commands();
        let is_taken = commands.iter().any(|command| {
            matches!(command, Command::StartFromWeights { matching: Matching::ByShape, file: taken, .. } if *taken == file)
        });
        assert_eq!(is_taken, answer == "Load them", "{commands:?}");
    }
}

/// Where the images of a run were is its sender's word: it is shown, and looked at only after a yes.
#[test]
fn images_of_a_run_that_came_without_them_are_opened_only_after_a_yes() {
    let mut stage = Stage::training();
    stage.commands();
    let file = PathBuf::from("/home/me/theirs.hourglass");
    let place = DataPlace {
        path: PathBuf::from("/home/them/leaves"),
        fitting: Fitting::default(),
    };
    for answer in ["Cancel", "Open from there"] {
        perform(&mut stage, KeepAction::Open(file.clone()));
        let commands = stage.commands();
        let Some(Command::OpenRun { run, .. }) = commands.last() else {
            panic!("no run was to be opened: {commands:?}");
        };
        stage.report(Event::Failed(Failure::ImagesNotSent {
            run: *run,
            file: file.clone(),
            needed: "leaves".to_owned(),
            place: place.clone(),
        }));
        stage.step();
        assert!(stage.has("Open its images too?") && stage.has("/home/them/leaves"));
        stage.click(answer);
        stage.step();
        assert!(!stage.has("Open its images too?"));
        let loads = Command::LoadDataset(DataSource::from(&place));
        let expected = if answer == "Cancel" {
            vec![]
        } else {
            vec![loads]
        };
        assert_eq!(stage.commands(), expected);
    }
    stage.report(Event::DatasetLoaded(script::dataset(20)));
    stage.step();
    let commands = stage.commands();
    assert!(
        matches!(&commands[..], [Command::OpenRun { folder, .. }] if *folder == file),
        "{commands:?}"
    );
}

#[test]
fn a_run_is_saved_as_one_file_and_it_is_said_where_its_images_are() {
    let mut stage = Stage::training();
    stage.commands();
    let file = PathBuf::from("/runs/mailed.hourglass");
    perform(&mut stage, KeepAction::SaveIn(file.clone()));
    let commands = stage.commands();
    assert!(
        matches!(commands.last(), Some(Command::SaveRun { folder }) if *folder == file),
        "{commands:?}"
    );
    for (images, said) in [
        (None, "Run saved in /runs/mailed.hourglass"),
        (Some(ImagesKept::Within(1_797)), "with its 1,797 images"),
        (Some(ImagesKept::Apart(71_000_000)), "which take 71 MB"),
    ] {
        let run = stage.run();
        stage.report(Event::RunSaved {
            run,
            folder: file.clone(),
            step: 1,
            images,
        });
        stage.step();
        let notices = stage.app().state().notices.since(0);
        let last = notices.last().expect("it was said").text.clone();
        assert!(last.contains(said), "{last}");
    }
    // From now on it is saved there.
    perform(&mut stage, KeepAction::Save);
    let commands = stage.commands();
    assert!(matches!(commands.last(), Some(Command::SaveRun { folder }) if *folder == file));
}
