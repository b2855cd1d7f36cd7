//! Sweeps as people and schedulers meet them: what is written down, what each call does, what is gathered.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use hourglass::run_folder::Summary;
use hourglass::sweep::{State, Sweep};

use crate::command_line::hourglass;

/// How long a process may take for what takes seconds.
const DEADLINE: Duration = Duration::from_mins(4);

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_hourglass"))
}

fn succeeds(arguments: &[&str]) -> String {
    let output = hourglass(arguments);
    let said = said_by(&output);
    assert!(output.status.success(), "{arguments:?}: {said}");
    said
}

fn fails(arguments: &[&str]) -> String {
    let output = hourglass(arguments);
    let said = said_by(&output);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
    said
}

pub fn said_by(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}

/// Sixty images of 12×12 in two classes.
pub fn images(home: &Path) -> PathBuf {
    let folder = home.join("shapes");
    for class in 0..2_u8 {
        let of_class = folder.join(["bars", "dots"][usize::from(class)]);
        fs::create_dir_all(&of_class).expect("a writable folder");
        for at in 0..30_u8 {
            let pixel = |x: u32, y: u32| {
                let is_lit = match class {
                    0 => x == u32::from(at % 12),
                    _ => x % 3 == u32::from(at % 3) && y % 4 == u32::from(at % 4),
                };
                image::Luma([if is_lit { 255 - at } else { at / 2 }])
            };
            let image = image::GrayImage::from_fn(12, 12, pixel);
            image
                .save(of_class.join(format!("{at:02}.png")))
                .expect("written");
        }
    }
    folder
}

/// A sweep of two code sizes and two seeds, of runs that take a moment.
struct Small {
    home: tempfile::TempDir,
}

impl Small {
    fn new(more: &[&str]) -> Self {
        Self::of("2", "3", more)
    }

    fn of(seeds: &str, epochs: &str, more: &[&str]) -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        let data = images(home.path());
        let this = Self { home };
        let data = data.to_str().expect("a Unicode path").to_owned();
        let mut arguments = vec![
            "sweep",
            "new",
            "vanilla-64",
            "--vary",
            "code=2,4",
            "--seeds",
            seeds,
            "--epochs",
            epochs,
            "--data",
            &data,
            "--device",
            "cpu",
            "--out",
        ];
        let out = this.out();
        arguments.push(&out);
        arguments.extend(more);
        succeeds(&arguments);
        this
    }

    fn out(&self) -> String {
        let out = self.home.path().join("sweep");
        out.to_str().expect("a Unicode path").to_owned()
    }

    fn path(&self) -> PathBuf {
        self.home.path().join("sweep")
    }

    fn sweep(&self) -> Sweep {
        Sweep::read(&self.path()).expect("a sweep")
    }

    fn states(&self) -> Vec<&'static str> {
        let path = self.path();
        let sweep = self.sweep();
        let tasks = sweep.tasks().iter();
        tasks.map(|task| State::of(task, &path).word()).collect()
    }

    fn task(&self, number: &str) -> Output {
        program()
            .args(["sweep", "task", &self.out(), number, "--device", "cpu"])
            .output()
            .expect("the program starts")
    }
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < DEADLINE, "not {what}");
        std::thread::yield_now();
    }
}

#[test]
fn a_sweep_is_checked_whole_before_anything_is_written() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let out = home.path().join("out");
    let out = out.to_str().expect("a Unicode path");
    let new = |arguments: &[&str]| {
        let mut all = vec!["sweep", "new", "--data", "pen-digits", "--out", out];
        all.extend(arguments);
        hourglass(&all)
    };
    for (arguments, code, expected) in [
        (
            &["vanilla-64", "--vary", "code=2,4096"][..],
            1,
            "code=4096: code size is 4096",
        ),
        (&["vanilla-64", "--vary", "cod=2"], 1, "did you mean code?"),
        (
            &["vanilla-64", "--vary", "code=2", "--vary", "code=4"],
            1,
            "varies twice",
        ),
        (&["vanila-64"], 1, "vanilla-64"),
        (&["nothing.toml"], 1, "nothing.toml does not exist"),
        (&["vanilla-64", "--vary", "code"], 2, "such as code=2,4,8"),
        (
            &["vanilla-64", "--seeds", "0"],
            2,
            "how many, from 1 to 1000",
        ),
    ] {
        let output = new(arguments);
        let said = said_by(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(expected), "{arguments:?}: {said}");
        assert!(!Path::new(out).join("sweep.toml").exists());
    }
    for command in ["task", "run", "list", "status", "gather", "slurm"] {
        let mut arguments = vec!["sweep", command, out];
        arguments.extend((command == "task").then_some("1"));
        assert!(fails(&arguments).contains("is no sweep"), "{command}");
    }
}

/// The figures and weights of each run are those of the same run alone, whatever ran before it in its process, on how
/// many threads, and by whom.
#[test]
fn runs_of_a_sweep_are_those_runs_alone_bit_for_bit() {
    let small = Small::new(&["--no-estimate"]);
    let said = succeeds(&["sweep", "run", &small.out(), "--jobs", "2"]);
    assert!(said.contains("4 runs: 4 done"), "{said}");
    let sweep = small.sweep();
    let alone = small.home.path().join("alone");
    for (task, threads) in sweep.tasks().iter().zip(["1", "2", "3", "2"]) {
        let experiment = small.home.path().join("experiment.toml");
        let text = hourglass::run_folder::to_toml(&task.experiment);
        fs::write(&experiment, text).expect("written");
        let output = program()
            .args(["train", "--force", "--device", "cpu", "--experiment"])
            .arg(&experiment)
            .arg("--data")
            .arg(&sweep.images().place)
            .arg("--out")
            .arg(&alone)
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .expect("the program starts");
        assert!(output.status.success(), "{}", said_by(&output));
        let folder = task.folder(&small.path());
        for name in ["model.safetensors", "experiment.toml"] {
            let [here, there] = [&folder, &alone].map(|folder| fs::read(folder.join(name)));
            assert_eq!(
                here.expect("saved"),
                there.expect("saved"),
                "{task}: {name}"
            );
        }
        let figures = |folder: &Path| {
            let mut summary = Summary::of_folder(folder).expect("measured");
            (summary.seconds, summary.images_per_second) = (0.0, 0.0);
            summary.judging_seconds = None;
            summary
        };
        assert_eq!(figures(&folder), figures(&alone), "{task}");
    }
}

#[test]
fn tables_say_what_was_reached_and_what_is_missing() {
    let small = Small::new(&[]);
    let out = small.out();
    let said = succeeds(&["sweep", "task", &out, "1", "2", "3", "--device", "cpu"]);
    assert!(said.contains("run 3 is done"), "{said}");
    let said = fails(&["sweep", "gather", &out]);
    assert!(said.contains("3 done, 1 missing"), "{said}");
    assert!(
        said.contains("missing 4 (code=4, seed=2): not begun"),
        "{said}"
    );
    let of = |name: &str| fs::read_to_string(small.path().join(name)).expect("written");
    let csv = of("runs.csv");
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 5, "{csv}");
    assert!(lines[0].starts_with("task,code,seed,state,test."), "{csv}");
    assert!(lines[1].starts_with("1,2,1,done,"), "{csv}");
    assert!(lines[4].starts_with("4,4,2,missing,,"), "{csv}");

    let said = succeeds(&["sweep", "task", &out, "4", "--device", "cpu"]);
    assert!(!said.contains("already"), "{said}");
    let said = succeeds(&["sweep", "task", &out, "4", "--device", "cpu"]);
    assert!(said.contains("run 4 is done already"), "{said}");
    let said = succeeds(&["sweep", "gather", &out, "--figures", "test_mse,dead"]);
    assert!(said.contains("4 runs: 4 done"), "{said}");

    // Median and range are those of the two runs.
    let sweep = small.sweep();
    let mse = |number: usize| {
        let folder = sweep.tasks()[number - 1].folder(&small.path());
        Summary::of_folder(&folder)
            .expect("measured")
            .test
            .mse_per_pixel
    };
    let (least, greatest) = (mse(1).min(mse(2)), mse(1).max(mse(2)));
    let median = f64::midpoint(least, greatest);
    let expected = format!("2,test.mse_per_pixel,2,{median},{least},{greatest}");
    assert!(
        of("medians.csv").lines().any(|line| line == expected),
        "{expected}"
    );
    let report = of("sweep.md");
    assert!(
        report.contains("| code | runs | test.mse_per_pixel | code.dead_units |"),
        "{report}"
    );
    assert!(report.contains("| 2 | 2 of 2 | 0."), "{report}");
    assert!(fails(&["sweep", "gather", &out, "--figures", "tset"]).contains("did you mean"));

    // A figure of it, in every format.
    for name in ["a.svg", "a.png", "a.pdf", "a.csv"] {
        let file = small.home.path().join(name);
        let file = file.to_str().expect("a Unicode path");
        succeeds(&[
            "export", "sweep", "--sweep", &out, "--y", "test_mse", "--x", "code", "--out", file,
        ]);
    }
    let table = fs::read_to_string(small.home.path().join("a.csv")).expect("written");
    assert!(table.contains(&format!("2,1,{}", mse(1))), "{table}");
    assert!(table.contains("\nPCA,2,,"), "{table}");
    let file = small.home.path().join("b.svg");
    let file = file.to_str().expect("a Unicode path");
    let of_sweep = |more: &[&str]| {
        let mut arguments = vec!["export", "sweep", "--sweep", &out, "--out", file];
        arguments.extend(more);
        fails(&arguments)
    };
    assert!(of_sweep(&["--x", "l1"]).contains("choose one of code"));
    assert!(of_sweep(&["--y", "tset.mse"]).contains("did you mean"));
}

#[test]
fn what_is_interrupted_goes_on_and_no_two_processes_do_the_same_run() {
    let small = Small::of("2", "4000", &["--no-estimate"]);
    let out = small.out();
    let start = || -> Child {
        program()
            .args(["sweep", "task", &out, "1", "--device", "cpu"])
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts")
    };
    let task = small.sweep().tasks()[0].clone();
    let folder = task.folder(&small.path());
    let mut first = start();
    until("begun", || folder.join("resume.bpk").exists());
    assert_eq!(small.states()[0], "running");
    let second = small.task("1");
    let said = said_by(&second);
    assert_eq!(second.status.code(), Some(1), "{said}");
    let holder = format!("run 1 is being done by process {}", first.id());
    assert!(said.contains(&holder), "{said}");
    assert!(said_by(&hourglass(&["sweep", "gather", &out])).contains("running 1"));
    first.kill().expect("it runs");
    first.wait().expect("it is gone");
    assert_eq!(small.states()[0], "unfinished");

    // The plan is cut short, and what was begun under another plan is left alone.
    let path = small.path().join("sweep.toml");
    let text = fs::read_to_string(&path).expect("readable");
    fs::write(&path, text.replace("epochs = 4000", "epochs = 3")).expect("written");
    let said = said_by(&small.task("1"));
    assert!(
        said.contains("another experiment (epochs 3 → 4000)"),
        "{said}"
    );
    assert_eq!(small.states()[0], "other");
    fs::remove_dir_all(&folder).expect("removable");
    fs::remove_file(
        small
            .path()
            .join("logs")
            .join(format!("{}.failed", task.name())),
    )
    .expect("it failed");
    let said = said_by(&small.task("1"));
    assert!(said.contains("run 1 is done"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_signal_has_every_run_saved_and_the_same_command_goes_on() {
    use nix::sys::signal::{Signal, kill};
    let small = Small::of("2", "1500", &["--no-estimate"]);
    let out = small.out();
    let run = program()
        .args(["sweep", "run", &out, "--jobs", "2"])
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let sweep = small.sweep();
    let begun = |idx: usize| {
        sweep.tasks()[idx]
            .folder(&small.path())
            .join("resume.bpk")
            .exists()
    };
    until("begun", || begun(0) && begun(1));
    let id = i32::try_from(run.id()).expect("a process");
    kill(nix::unistd::Pid::from_raw(id), Signal::SIGTERM).expect("it runs");
    let output = run.wait_with_output().expect("it ends");
    let said = said_by(&output);
    assert_eq!(output.status.code(), Some(143), "{said}");
    assert!(said.contains("continues"), "{said}");
    let states = small.states();
    assert!(
        !states.contains(&"running") && !states.contains(&"failed"),
        "{states:?}"
    );
    assert!(states.contains(&"unfinished"), "{states:?}");
    let said = succeeds(&["sweep", "run", &out, "--jobs", "2"]);
    assert!(said.contains("4 runs: 4 done"), "{said}");
    let log = fs::read_to_string(
        small
            .path()
            .join("logs")
            .join(format!("{}.log", sweep.tasks()[0].name())),
    );
    let log = log.expect("kept");
    assert!(
        log.contains("interrupted") && log.contains("continuing"),
        "{log}"
    );
}

/// While the images are loaded, no run has begun that could fail.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_while_the_images_are_loaded_ends_it_all_and_fails_no_run() {
    use nix::sys::signal::{Signal, kill};
    let home = tempfile::tempdir().expect("a temporary folder");
    let out = home.path().join("sweep");
    let out = out.to_str().expect("a Unicode path");
    succeeds(&[
        "sweep",
        "new",
        "vanilla-64",
        "--vary",
        "code=2,4",
        "--data",
        "pen-digits",
        "--no-estimate",
        "--device",
        "cpu",
        "--out",
        out,
    ]);
    for which in ["1", "--rest"] {
        let task = program()
            .args(["sweep", "task", out, which, "--device", "cpu"])
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        // It listens just before it loads the images, which are drawn and take seconds.
        until("listening", || blocks_sigterm(task.id()));
        let id = i32::try_from(task.id()).expect("a process");
        kill(nix::unistd::Pid::from_raw(id), Signal::SIGTERM).expect("it runs");
        let output = task.wait_with_output().expect("it ends");
        let said = said_by(&output);
        assert_eq!(output.status.code(), Some(143), "{said}");
        let status = succeeds(&["sweep", "status", out]);
        assert!(status.contains("2 runs: 2 missing"), "{status}{said}");
    }
}

#[cfg(target_os = "linux")]
fn blocks_sigterm(process: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigBlk:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & (1 << 14) != 0) // SIGTERM is the fifteenth
}

#[test]
fn a_run_that_fails_is_named_with_its_reason_and_does_not_keep_the_others() {
    let small = Small::of(
        "2",
        "60",
        &[
            "--no-estimate",
            "--vary",
            "optimizer.kind+learning_rate=adam:0.001,sgd:1000",
        ],
    );
    let out = small.out();
    let said = fails(&["sweep", "run", &out, "--jobs", "1"]);
    let states = small.states();
    assert!(states.contains(&"done"), "{said}");
    assert!(states.contains(&"failed"), "{said}");
    assert!(!states.contains(&"missing"), "{said}");
    assert!(said.contains("failed 3"), "{said}");
    assert!(said.contains("learning rate"), "{said}");
    let said = fails(&["sweep", "run", &out, "--jobs", "1"]);
    assert!(
        !said.contains("are left"),
        "what failed is tried again only with --retry: {said}"
    );
    let said = fails(&["sweep", "run", &out, "--jobs", "1", "--retry"]);
    assert!(said.contains("are left"), "{said}");
}

#[test]
fn other_images_and_newer_files_are_refused_and_nothing_is_harmed() {
    let small = Small::new(&["--no-estimate"]);
    succeeds(&["sweep", "task", &small.out(), "1", "--device", "cpu"]);
    let sweep = small.sweep();
    let folder = sweep.tasks()[0].folder(&small.path());
    let summary = folder.join("summary.json");
    let text = fs::read_to_string(&summary).expect("readable");
    fs::write(&summary, text.replacen("\"format\": 1", "\"format\": 9", 1)).expect("written");
    fs::remove_file(folder.join("SHA256SUMS")).expect("removable");
    let said = succeeds(&["sweep", "status", &small.out()]);
    assert!(
        said.contains("other 1 (code=2, seed=1): summary.json of its folder has format 9"),
        "{said}"
    );
    assert!(said.contains("newer version"), "{said}");
    let said = said_by(&small.task("1"));
    assert!(said.contains("format 9"), "{said}");
    assert!(summary.exists(), "it is left alone");

    let one = PathBuf::from(&sweep.images().place)
        .join("dots")
        .join("29.png");
    fs::remove_file(one).expect("removable");
    let said = said_by(&small.task("2"));
    assert!(
        said.contains("and this sweep learns from shapes@"),
        "{said}"
    );
    assert_eq!(small.states()[1], "failed");
}

#[test]
fn a_scheduler_is_given_commands_that_say_everything() {
    let small = Small::new(&["--no-estimate"]);
    succeeds(&["sweep", "task", &small.out(), "2", "--device", "cpu"]);
    let all = succeeds(&["sweep", "list", &small.out()]);
    let left = succeeds(&["sweep", "list", &small.out(), "--left"]);
    assert_eq!((all.lines().count(), left.lines().count()), (4, 3));
    let last = left.lines().last().expect("a command");
    assert!(
        last.ends_with(&format!("sweep task {} 4", small.out())),
        "{last}"
    );
    let output = Command::new("sh")
        .args(["-c", last])
        .output()
        .expect("a shell");
    assert!(output.status.success(), "{}", said_by(&output));
    assert_eq!(small.states(), ["missing", "done", "missing", "done"]);

    let out = small.out();
    let script = succeeds(&[
        "sweep",
        "slurm",
        &out,
        "--limit",
        "3",
        "--partition",
        "short",
        "--gpu",
    ]);
    for expected in [
        "#!/bin/sh\n",
        "#SBATCH --array=1-4%3\n",
        "#SBATCH --partition=short\n",
        "#SBATCH --gres=gpu:1\n",
        "#SBATCH --requeue\n",
        "--device gpu &",
    ] {
        assert!(script.contains(expected), "{expected}: {script}");
    }
    let output = Command::new("sh")
        .args(["-n", "-c", &script])
        .output()
        .expect("a shell");
    assert!(output.status.success(), "{}", said_by(&output));
    let output = hourglass(&["sweep", "slurm", &out, "--partition", "a b"]);
    assert_eq!(output.status.code(), Some(2));
}

/// A thousand runs that are done, each with the figures of one.
#[test]
fn a_thousand_runs_are_gathered() {
    let seeds: Vec<String> = (1..=500).map(|seed| seed.to_string()).collect();
    let small = Small::of(&seeds.join(","), "3", &["--no-estimate"]);
    succeeds(&["sweep", "task", &small.out(), "1", "--device", "cpu"]);
    let sweep = small.sweep();
    assert_eq!(sweep.tasks().len(), 1_000);
    let first = sweep.tasks()[0].folder(&small.path());
    let summary = fs::read(first.join("summary.json")).expect("measured");
    for task in &sweep.tasks()[1..] {
        let folder = task.folder(&small.path());
        fs::create_dir_all(&folder).expect("a writable folder");
        fs::write(folder.join("summary.json"), &summary).expect("written");
        let experiment = hourglass::run_folder::to_toml(&task.experiment);
        fs::write(folder.join("experiment.toml"), experiment).expect("written");
    }
    let said = succeeds(&["sweep", "gather", &small.out()]);
    assert!(said.contains("1000 runs: 1000 done"), "{said}");
}

#[test]
fn the_runs_of_the_published_table_are_listed_done_one_by_one_and_gathered() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let out = home.path().join("table");
    let out = out.to_str().expect("a Unicode path");
    let arguments = [
        "reproduce",
        "contractive-64",
        "--data",
        "pen-digits",
        "--device",
        "cpu",
        "--seeds",
        "1",
        "--set",
        "epochs=1",
        "--set",
        "train_samples=640",
        "--out",
        out,
    ];
    let list = succeeds(&[&arguments[..], &["--list"]].concat());
    let commands: Vec<&str> = list.lines().collect();
    assert_eq!(
        commands.len(),
        2,
        "its own and the one it is compared with: {list}"
    );
    assert!(
        commands[0].ends_with("--task contractive-64-seed-1"),
        "{list}"
    );
    assert!(
        commands[1].ends_with("--task vanilla-64-tied-seed-1"),
        "{list}"
    );
    for command in commands {
        let output = Command::new("sh")
            .args(["-c", command])
            .output()
            .expect("a shell");
        assert!(output.status.success(), "{}", said_by(&output));
    }
    let said = said_by(&hourglass(&arguments));
    assert!(said.contains("falls short"), "{said}");
    assert!(!said.contains("img/s"), "nothing is trained again: {said}");
    let said = fails(&[&arguments[..], &["--task", "vanilla-64-seed-9"]].concat());
    assert!(said.contains("no run"), "{said}");
}
