//! A process that is killed at any moment of saving leaves the save before, or the one it was at, whole: also
//! where each save is over another run.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hourglass::data::{Dataset, Split};
use hourglass::experiment::{Experiment, ImageShape, N_PIXELS, PresetId};
use hourglass::protocol::{DataSetId, KnownFactors, Measured};
use hourglass::run_folder::{
    EXPERIMENT_FILE, FolderLock, METRICS_FILE, MODEL_FILE, MetricsTable, RESUME_FILE, Record,
    RunFiles, SUMMARY_FILE, SavedFiles, is_run_folder, read_experiment,
};
use hourglass::train::{Trainer, device, resume};

use super::resume_of;

/// Where a process saves that this test starts of itself, and the name it is found by.
const FOLDER: &str = "HOURGLASS_TEST_SAVES_INTO";
const NAME: &str = "run_folders::kill::a_hundred_kills_while_saving_leave_a_whole_run_each";

const N_KILLS: u32 = 100;

/// Images of noise: nothing is loaded, so that a process starts at once.
fn dataset() -> Arc<Dataset> {
    let byte = |idx: usize| u8::try_from(idx * 7919 % 251).expect("below 251");
    let split = || {
        let images: Vec<u8> = (0..64 * N_PIXELS).map(byte).collect();
        Split::new(ImageShape::MNIST, images, vec![3; 64])
    };
    Arc::new(Dataset {
        id: DataSetId::PEN_DIGITS,
        origin: "made up".to_owned(),
        train: split(),
        test: split(),
        test_factors: KnownFactors::default(),
        report: None,
    })
}

/// The experiment of one of two runs.
fn experiment(seed: u64) -> Experiment {
    let mut experiment = PresetId::Vanilla64.preset().experiment();
    experiment.training.batch_size = 16;
    experiment.seed = seed;
    experiment
}

/// Trains a step of one run and saves it over the other, in turns and for ever, saying what it begins and what is
/// done. The nth save is of seed 1 where n is odd, and of seed 2 where it is even.
fn save_without_end(folder: &Path) {
    let new = |seed: u64| {
        let trainer = Trainer::new(experiment(seed), dataset(), &device::cpu().device);
        let device = "CPU (flex)".to_owned();
        let record = Record::new(experiment(seed), DataSetId::PEN_DIGITS, device);
        (trainer, record)
    };
    let mut runs = [new(2), new(1)];
    let lock = FolderLock::take(folder).expect("nobody else saves here");
    let mut out = std::io::stdout();
    for n in 1_u64.. {
        let (trainer, record) = &mut runs[usize::from(n % 2 == 1)];
        let burst = trainer.burst(Duration::ZERO, 1, || true).expect("a step");
        let run = hourglass::protocol::RunId(1);
        let steps = burst.steps;
        record.note(&hourglass::protocol::Event::StepsTaken { run, steps });
        let files = RunFiles {
            metrics: record.metrics_csv(),
            gradients: record.gradients_csv(),
            summary: record.summary_json(None),
            experiment: record.experiment_toml(),
            model: trainer.weights().expect("written"),
            resume: resume::write(&resume_of(trainer)).expect("written"),
        };
        writeln!(out, "\nbegins {n}")
            .and_then(|()| out.flush())
            .expect("heard");
        files.write(&lock).expect("saved");
        writeln!(out, "\ndone {n}")
            .and_then(|()| out.flush())
            .expect("heard");
    }
}

/// Starts a process that saves, and kills it some time after it began to save for the second time. Gives the
/// newest save that was done and the newest that was begun.
fn kill_while_saving(folder: &Path, after: Duration) -> (u64, u64) {
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", NAME, "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut seen = (0, 0);
    let mut take = |line: &str| {
        match line.split_once(' ') {
            Some(("begins", step)) => seen.1 = step.parse().unwrap_or(seen.1),
            Some(("done", step)) => seen.0 = step.parse().unwrap_or(seen.0),
            _ => {}
        }
        seen
    };
    while let Some(Ok(line)) = lines.next() {
        let (done, begun) = take(&line);
        if begun > done && done > 0 {
            break;
        }
    }
    let kill_at = Instant::now() + after;
    while Instant::now() < kill_at {
        std::hint::spin_loop(); // microseconds: the moment within a save is what this is about
    }
    kill(&mut child);
    for line in lines.map_while(Result::ok) {
        take(&line); // what it still said
    }
    seen
}

fn kill(child: &mut Child) {
    child.kill().expect("killed"); // SIGKILL
    child.wait().expect("gone");
}

#[test]
fn a_hundred_kills_while_saving_leave_a_whole_run_each() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        save_without_end(Path::new(&folder)); // until it is killed
    }
    let home = tempfile::tempdir().expect("a temporary folder");
    let folder = home.path();
    let (mut n_before, mut n_within) = (0, 0);
    for n in 0..N_KILLS {
        // Steps of a third of a millisecond over the length of a save on a slow disk.
        let (done, begun) = kill_while_saving(folder, Duration::from_micros(333) * (n % 40));
        let save = open(folder);
        assert!(
            save == done || save == begun,
            "save {save} is neither the one done, {done}, nor the one begun, {begun}"
        );
        if save == begun && begun > done {
            n_within += 1;
        } else {
            n_before += 1;
        }
        std::fs::remove_dir_all(folder).expect("removed");
        std::fs::create_dir(folder).expect("made again");
    }
    assert!(
        n_before > 0,
        "no kill came before the save was done ({n_within} after)"
    );
}

/// Opens everything in the folder, which is of one run; tells which save it is.
fn open(folder: &Path) -> u64 {
    assert!(is_run_folder(folder));
    let names = [
        RESUME_FILE,
        EXPERIMENT_FILE,
        METRICS_FILE,
        MODEL_FILE,
        SUMMARY_FILE,
    ];
    let saved = SavedFiles::read(folder, &names).expect("readable");
    let read = |name: &str| saved.bytes(name).expect("as it was saved").expect(name);
    let text = |name: &str| std::str::from_utf8(read(name)).expect(name);
    let resume = resume::read(read(RESUME_FILE)).expect("whole");
    let seed = resume.run.experiment.seed;
    let trainer = resume
        .trainer(dataset(), &device::cpu().device)
        .expect("a run of ours");
    let step = trainer.step();

    let found = read_experiment(text(EXPERIMENT_FILE));
    assert_eq!(found, Ok(experiment(seed)));
    let metrics = MetricsTable::read_csv(text(METRICS_FILE)).expect("whole");
    let steps = metrics.rows().iter();
    let steps = steps.filter(|row| row.measured == Measured::Step);
    let steps: Vec<u64> = steps.map(|row| row.step).collect();
    assert_eq!(
        steps,
        (1..=step).collect::<Vec<_>>(),
        "the curves are as long"
    );
    assert!(saved.bytes(SUMMARY_FILE).expect("none").is_none());
    let weights = trainer.weights().expect("read back");
    assert!(weights == read(MODEL_FILE), "the weights are the state's");
    2 * step - seed % 2
}
