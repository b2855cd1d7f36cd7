//! Saving and opening by the worker's words.

use std::num::NonZeroU64;
use std::path::Path;

use hourglass::experiment::PresetId;
use hourglass::protocol::{
    Command, DataSetId, Event, Failure, Matching, Measured, Phase, RunHistory, RunId,
};
use hourglass::run_folder::{GradientTable, Summary};
use hourglass::worker::Worker;
use safetensors::SafeTensors;

use crate::data_sets;
use crate::worker::{send, small, start, wait_for, wait_for_phase, with_digits};

fn train_steps(worker: &Worker, n: u64) {
    let n = NonZeroU64::new(n).expect("some steps");
    send(worker, Command::TrainSteps(n));
    wait_for_phase(worker, |phase| matches!(phase, Phase::Paused { .. }));
}

fn save(worker: &Worker, folder: &Path) {
    let folder = folder.to_owned();
    send(worker, Command::SaveRun { folder });
    wait_for(worker, |event| {
        matches!(event, Event::RunSaved { .. }).then_some(())
    });
}

fn open(worker: &Worker, run: u64, folder: &Path) -> (RunHistory, Phase) {
    let (run, folder) = (RunId(run), folder.to_owned());
    send(worker, Command::OpenRun { run, folder });
    let history = wait_for(worker, |event| match event {
        Event::RunOpened { history, .. } => Some(history),
        Event::Failed(failure) => panic!("{failure}"),
        _ => None,
    });
    (history, wait_for_phase(worker, |_| true))
}

fn failure_of(worker: &Worker, command: Command) -> Failure {
    send(worker, command);
    wait_for(worker, |event| match event {
        Event::Failed(failure) => Some(failure),
        _ => None,
    })
}

/// `metrics.csv` without its column of times.
fn curves(folder: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join("metrics.csv")).expect("written");
    let without_time = |line: &str| line.rsplit_once(',').expect("columns").0.to_owned();
    text.lines().map(without_time).collect()
}

#[test]
fn a_run_saved_in_mid_epoch_and_opened_elsewhere_ends_like_one_that_never_stopped() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let folder = |name: &str| home.path().join(name);
    let worker = with_digits();
    start(&worker, 1, small());
    train_steps(&worker, 7);
    save(&worker, &folder("broken"));
    send(&worker, Command::Train);
    wait_for_phase(&worker, |phase| matches!(phase, Phase::Finished { .. }));
    save(&worker, &folder("unbroken"));
    drop(worker);

    let worker = with_digits();
    let (history, phase) = open(&worker, 3, &folder("broken"));
    let Phase::Paused { position } = phase else {
        panic!("{phase:?}");
    };
    assert_eq!((position.steps_done, position.epochs_goal), (7, 2));
    let steps = history.rows.iter();
    let steps = steps.filter(|row| row.measured == Measured::Step);
    let steps: Vec<u64> = steps.map(|row| row.step).collect();
    assert_eq!(steps, (1..=7).collect::<Vec<_>>());
    assert!(history.goes_on && history.lost.is_none());
    send(&worker, Command::Train);
    wait_for_phase(&worker, |phase| matches!(phase, Phase::Finished { .. }));
    save(&worker, &folder("broken"));

    assert_eq!(curves(&folder("broken")), curves(&folder("unbroken")));
    for file in ["model.safetensors", "experiment.toml", "gradients.csv"] {
        let read = |name: &str| std::fs::read(folder(name).join(file)).expect("written");
        assert!(read("broken") == read("unbroken"), "{file}");
    }
    let summary = |name: &str| Summary::of_folder(&folder(name)).expect("written");
    let (broken, unbroken) = (summary("broken"), summary("unbroken"));
    assert_eq!((broken.steps, &broken.test), (20, &unbroken.test));
    assert_eq!(broken.code, unbroken.code);
    assert_eq!(broken.layers, unbroken.layers);
    let first = &broken.layers[0];
    assert_eq!((first.layer.as_str(), first.step), ("code", Some(20)));
    assert!(first.activation_std.is_some() && first.update_ratio.is_some());

    let (_, phase) = open(&worker, 4, &folder("broken"));
    assert!(matches!(phase, Phase::Finished { position } if position.epochs_done == 2));
}

#[test]
fn a_run_of_an_older_version_goes_on_with_the_gradients_of_its_steps() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let worker = with_digits();
    start(&worker, 1, small());
    train_steps(&worker, 7);
    save(&worker, home.path());
    drop(worker);
    let worker = with_digits();
    let (history, _) = open(&worker, 2, home.path());
    assert_eq!(history.gradients.first().map(|row| row.step), Some(0));
    assert_eq!(history.gradients.last().map(|row| row.step), Some(7));
    drop(worker);

    for file in ["gradients.csv", "SHA256SUMS"] {
        std::fs::remove_file(home.path().join(file)).expect("there");
    }
    let worker = with_digits();
    let (history, _) = open(&worker, 3, home.path());
    assert!(history.gradients.is_empty() && history.lost.is_none());
    train_steps(&worker, 2);
    save(&worker, home.path());
    let text = std::fs::read_to_string(home.path().join("gradients.csv")).expect("written");
    let table = GradientTable::read_csv(&text).expect("a table");
    let mut steps: Vec<u64> = table.rows().iter().map(|row| row.step).collect();
    steps.dedup();
    assert_eq!(
        steps,
        [8, 9],
        "and not that which was taken without being measured"
    );
}

#[test]
fn files_of_two_saves_are_told_apart_and_without_the_list_the_state_decides() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let (old, new) = (home.path().join("old"), home.path().join("new"));
    let worker = with_digits();
    start(&worker, 1, small());
    train_steps(&worker, 3);
    save(&worker, &old);
    train_steps(&worker, 3);
    save(&worker, &new);
    std::fs::copy(old.join("resume.bpk"), new.join("resume.bpk")).expect("copied");
    let (run, folder) = (RunId(2), new.clone());
    let failure = failure_of(&worker, Command::OpenRun { run, folder });
    assert!(
        failure.to_string().contains("comes from another run"),
        "{failure}"
    );

    // As an older version left it: rows written after the state that is gone on from are left out.
    std::fs::remove_file(new.join("SHA256SUMS")).expect("there");
    let (history, _) = open(&worker, 2, &new);
    assert_eq!(history.rows.last().map(|row| row.step), Some(3));
    assert_eq!(history.evaluation.step, 3);
}

#[test]
fn a_folder_is_written_by_one_process_at_a_time() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let (first, second) = (with_digits(), with_digits());
    start(&first, 1, small());
    start(&second, 1, small());
    save(&first, home.path());
    let folder = home.path().to_owned();
    let failure = failure_of(&second, Command::BackUpRun { folder });
    let words = format!("in use by process {}", std::process::id());
    assert!(failure.to_string().contains(&words), "{failure}");
    save(&first, home.path()); // which has it as long as its run lasts
    start(&first, 2, small());
    save(&second, home.path());
}

#[test]
fn weights_without_a_state_start_over_and_that_is_said() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let worker = with_digits();
    start(&worker, 1, small());
    train_steps(&worker, 9);
    save(&worker, home.path());
    let trained = Summary::of_folder(home.path()).expect("written");
    std::fs::remove_file(home.path().join("resume.bpk")).expect("removed");
    let (history, phase) = open(&worker, 2, home.path());
    assert_eq!(phase, Phase::Ready);
    assert!(!history.goes_on);
    let lost = history.lost.expect("said");
    assert!(lost.contains("training starts at step 0"), "{lost}");
    let mse = history.evaluation.mse_per_pixel;
    assert!((mse - trained.test.mse_per_pixel).abs() < 1e-12, "{mse}");
}

#[test]
fn a_run_on_other_digits_is_refused_with_what_to_load_and_the_run_in_progress_goes_on() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let worker = with_digits();
    start(&worker, 1, small());
    train_steps(&worker, 2);
    save(&worker, home.path());
    let path = home.path().join("resume.bpk");
    let mut resume = {
        let bytes = std::fs::read(&path).expect("written");
        hourglass::train::resume::read(&bytes).expect("whole")
    };
    let needed = if data_sets::id() == DataSetId::PEN_DIGITS {
        DataSetId::MNIST
    } else {
        DataSetId::PEN_DIGITS
    };
    resume.run.data = needed.name().to_owned();
    let bytes = hourglass::train::resume::write(&resume).expect("written");
    std::fs::write(&path, bytes).expect("written");
    std::fs::remove_file(home.path().join("SHA256SUMS")).expect("there");
    let failure = failure_of(
        &worker,
        Command::OpenRun {
            run: RunId(2),
            folder: home.path().to_owned(),
        },
    );
    assert!(matches!(failure, Failure::OtherDataset { .. }), "{failure}");
    let words = format!("load {}, then open it again", needed.label());
    assert!(failure.to_string().contains(&words), "{failure}");
    train_steps(&worker, 1);
    send(&worker, Command::TrainSteps(NonZeroU64::MIN));
    let step = wait_for(&worker, |event| match event {
        Event::StepsTaken { run, steps } => Some((run, steps.first_step)),
        _ => None,
    });
    assert_eq!(step, (RunId(1), 4));
}

#[test]
fn a_folder_without_a_run_says_what_is_missing() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let worker = with_digits();
    let failure = failure_of(
        &worker,
        Command::OpenRun {
            run: RunId(1),
            folder: home.path().to_owned(),
        },
    );
    assert!(failure.to_string().contains("resume.bpk"), "{failure}");
}

#[test]
fn weights_of_another_experiment_are_refused_by_name() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let worker = with_digits();
    start(&worker, 1, small());
    save(&worker, home.path());
    let failure = failure_of(
        &worker,
        Command::StartFromWeights {
            run: RunId(2),
            experiment: PresetId::Multilayer64.preset().experiment(),
            file: home.path().join("model.safetensors"),
            matching: Matching::ByName,
        },
    );
    let message = failure.to_string();
    assert!(message.contains("encoder.layers.1.weight"), "{message}");
    assert!(message.contains("choose the experiment"), "{message}");
}

#[test]
fn weights_under_other_names_are_offered_with_their_pairs_and_taken_after_a_yes() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let worker = with_digits();
    start(&worker, 1, small());
    save(&worker, home.path());
    let model = std::fs::read(home.path().join("model.safetensors")).expect("saved");
    let tensors = SafeTensors::deserialize(&model).expect("a safetensors file");
    let renamed = tensors
        .iter()
        .map(|(name, tensor)| (format!("net/{name}"), tensor));
    let file = home.path().join("theirs.safetensors");
    let bytes = safetensors::serialize(renamed, None).expect("written");
    std::fs::write(&file, bytes).expect("written");
    let command = |matching| Command::StartFromWeights {
        run: RunId(2),
        experiment: small(),
        file: file.clone(),
        matching,
    };
    let failure = failure_of(&worker, command(Matching::ByName));
    let Failure::WeightsFitByShape { pairs, .. } = &failure else {
        panic!("{failure}");
    };
    assert!(
        pairs[0].contains("net/encoder.layers.0.weight ["),
        "{pairs:?}"
    );
    send(&worker, command(Matching::ByShape));
    wait_for(&worker, |event| {
        matches!(event, Event::RunOpened { .. }).then_some(())
    });
}

/// As the window opens it.
#[test]
fn an_edit_of_a_run_that_is_opened_holds_from_there_on_and_is_remembered() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let folder = home.path().join("run");
    let worker = with_digits();
    start(&worker, 1, small());
    train_steps(&worker, 5);
    save(&worker, &folder);
    let file = folder.join("experiment.toml");
    let saved = std::fs::read_to_string(&file).expect("written");

    let other_code = saved.replacen("code = 8", "code = 4", 1);
    std::fs::write(&file, &other_code).expect("written");
    let (run, from) = (RunId(2), folder.clone());
    let failure = failure_of(&worker, Command::OpenRun { run, folder: from });
    assert!(matches!(failure, Failure::NotOpened { .. }), "{failure:?}");
    assert!(failure.to_string().contains("code size 8 → 4"), "{failure}");
    assert_eq!(std::fs::read_to_string(&file).expect("there"), other_code);

    let faster = saved.replacen("learning_rate = 0.001", "learning_rate = 0.002", 1);
    std::fs::write(&file, &faster).expect("written");
    let run = RunId(3);
    send(
        &worker,
        Command::OpenRun {
            run,
            folder: folder.clone(),
        },
    );
    let rate = wait_for(&worker, |event| match event {
        Event::RunStarted { experiment, .. } => Some(experiment.optimizer.learning_rate),
        Event::Failed(failure) => panic!("{failure}"),
        _ => None,
    });
    let history = wait_for(&worker, |event| match event {
        Event::RunOpened { history, .. } => Some(history),
        _ => None,
    });
    let edited = history.edited.expect("it was changed");
    assert!(
        edited.contains("from step 6 on: learning rate 0.001 → 0.002"),
        "{edited}"
    );
    assert_eq!(history.marks.len(), 1);
    assert!((rate - 0.002).abs() < 1e-12);
    train_steps(&worker, 5);
    save(&worker, &folder);
    let (again, _) = open(&worker, 4, &folder);
    assert_eq!(again.edited, None, "its file is the run's again");
    let changes: Vec<String> = again
        .marks
        .iter()
        .map(hourglass::protocol::Mark::sentence)
        .collect();
    assert_eq!(changes, ["from step 6 on: learning rate 0.001 → 0.002"]);
}
