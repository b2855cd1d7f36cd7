//! The command line as its users meet it: exit codes, messages, files.

use std::path::Path;
use std::process::{Command, Output};

use hourglass::protocol::Mark;
use hourglass::run_folder::{Summary, to_toml};
use safetensors::tensor::{Dtype, TensorView};

use crate::data_sets;
use crate::training;

pub fn hourglass(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hourglass"))
        .args(arguments)
        .output()
        .expect("the program starts")
}

fn failure_of(arguments: &[&str]) -> String {
    let output = hourglass(arguments);
    let message = String::from_utf8(output.stderr).expect("text");
    assert!(
        !output.status.success(),
        "{arguments:?} succeeded: {message}"
    );
    message
}

/// The digits of this test run, as `--data` takes them.
fn data() -> &'static str {
    data_sets::id().name()
}

/// A short training run; returns what it printed.
fn train(out: &Path, more: &[&str]) -> Output {
    let out = out.to_str().expect("a Unicode path");
    let mut arguments = vec![
        "train",
        "--preset",
        "sparse-64",
        "--data",
        data(),
        "--device",
        "cpu",
        "--out",
        out,
        "--epochs",
        "2",
        "--set",
        "train_samples=1280",
    ];
    arguments.extend(more);
    hourglass(&arguments)
}

/// What a command that succeeds prints on standard output.
fn printed_by(arguments: &[&str]) -> String {
    let output = hourglass(arguments);
    assert_success(&output);
    String::from_utf8(output.stdout).expect("text")
}

fn assert_success(output: &Output) {
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{message}");
}

#[test]
fn a_run_folder_holds_experiment_figures_curves_and_weights() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    assert_success(&train(folder.path(), &["--seed", "7", "--set", "code=16"]));

    let summary = std::fs::read_to_string(folder.path().join("summary.json")).expect("written");
    assert!(
        !summary.contains("null"),
        "absent figures are left out: {summary}"
    );
    let summary: Summary = serde_json::from_str(&summary).expect("the contract");
    assert_eq!(summary.format, 1);
    assert_eq!((summary.seed, summary.epochs, summary.steps), (7, 2, 40));
    assert_eq!(summary.parameters, 784 * 16 + 16 + 16 * 784 + 784);
    assert_eq!(summary.data, data());
    assert!(summary.test.objective > summary.test.mse_per_pixel);
    assert_eq!(summary.code.expect("always measured").size, 16);
    let layers: Vec<_> = summary
        .layers
        .iter()
        .map(|layer| (layer.layer.as_str(), layer.step))
        .collect();
    assert_eq!(layers, [("code", Some(40)), ("output", Some(40))]);

    let metrics = std::fs::read_to_string(folder.path().join("metrics.csv")).expect("written");
    let mut lines = metrics.lines();
    assert_eq!(
        lines.next(),
        Some("step,epoch,split,total (per pixel),mse (per pixel),l1 (per pixel),elapsed (s)")
    );
    let of = |split: &str| {
        metrics
            .lines()
            .filter(|line| line.split(',').nth(2) == Some(split))
            .count()
    };
    assert_eq!((of("train"), of("test")), (40, 2));

    // The experiment repeats the run.
    let again = tempfile::tempdir().expect("a temporary folder");
    let experiment = folder.path().join("experiment.toml");
    assert_success(&hourglass(&[
        "train",
        "--experiment",
        experiment.to_str().expect("Unicode"),
        "--data",
        data(),
        "--device",
        "cpu",
        "--out",
        again.path().to_str().expect("Unicode"),
    ]));
    assert_eq!(figures(folder.path()), figures(again.path()));
    let mut names: Vec<String> = std::fs::read_dir(folder.path())
        .expect("readable")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    let expected = [
        "SHA256SUMS",
        "experiment.toml",
        "gradients.csv",
        "metrics.csv",
        "model.safetensors",
        "resume.bpk",
        "summary.json",
    ];
    assert_eq!(names, expected);
    let gradients =
        |folder: &Path| std::fs::read_to_string(folder.join("gradients.csv")).expect("written");
    assert_eq!(gradients(folder.path()), gradients(again.path()));

    // It is not replaced unasked.
    let refused = train(folder.path(), &["--seed", "8"]);
    let message = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success());
    for words in ["the preset sparse-64", "seed 7", "2 of 2 epochs", "--force"] {
        assert!(message.contains(words), "{words}: {message}");
    }
    assert_eq!(
        figures(folder.path()),
        figures(again.path()),
        "it is as it was"
    );
}

/// `metrics.csv` without its column of times.
fn figures(folder: &Path) -> Vec<String> {
    let metrics = std::fs::read_to_string(folder.join("metrics.csv")).expect("written");
    let without_time = |line: &str| line.rsplit_once(',').expect("columns").0.to_owned();
    metrics.lines().map(without_time).collect()
}

#[test]
fn a_run_goes_on_in_its_folder_and_on_its_digits() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let folder = home.path().to_str().expect("Unicode");
    assert_success(&train(home.path(), &[]));
    let resume = ["train", "--resume", folder, "--device", "cpu"];
    let nothing = hourglass(&resume);
    assert_success(&nothing);
    let message = String::from_utf8_lossy(&nothing.stderr);
    assert!(
        message.contains("use --epochs to train further"),
        "{message}"
    );

    // Without --data, the digits are those it learned from.
    assert_success(&hourglass(&[&resume[..], &["--epochs", "3"]].concat()));
    let metrics = std::fs::read_to_string(home.path().join("metrics.csv")).expect("written");
    let steps = |split: &str| -> Vec<String> {
        let rows = metrics
            .lines()
            .map(|line| line.split(',').collect::<Vec<_>>());
        let rows = rows.filter(|row| row[2] == split);
        rows.map(|row| row[0].to_owned()).collect()
    };
    let expected: Vec<String> = (1..=60).map(|step| step.to_string()).collect();
    assert_eq!(steps("train"), expected);
    assert_eq!(steps("test"), ["20", "40", "60"]);
    let summary = Summary::of_folder(home.path()).expect("written");
    assert_eq!((summary.steps, summary.epochs), (60, 3));

    // What is in the way is named, with what this command can do about it.
    let lock = home.path().join(".hourglass-lock");
    std::fs::create_dir(&lock).expect("made");
    let message = failure_of(&[&resume[..], &["--epochs", "4"]].concat());
    assert!(
        message.contains("make it writable, or copy it"),
        "{message}"
    );
    assert!(!message.contains("--out"), "{message}");
    std::fs::remove_dir(&lock).expect("removed");

    let message = failure_of(&["train", "--resume", "/nowhere", "--device", "cpu"]);
    assert!(message.contains("there is no run in /nowhere"), "{message}");
    let message = failure_of(&[&resume[..], &["--preset", "vanilla-64"]].concat());
    assert!(message.contains("cannot be used with"), "{message}");
}

#[test]
fn a_short_experiment_and_weights_of_another_run_are_what_training_starts_from() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| home.path().join(name).to_str().expect("Unicode").to_owned();
    let recipe = "preset = \"vanilla-64\"\nseed = 5\n[architecture]\ncode = 3\n[training]\nepochs = 1\n\
                  train_samples = 64\n";
    std::fs::write(path("short.toml"), recipe).expect("written");
    let train = |out: &str, more: &[&str]| {
        let (recipe, out) = (path("short.toml"), path(out));
        let common = [
            "train",
            "--experiment",
            &recipe,
            "--out",
            &out,
            "--data",
            data(),
        ];
        hourglass(&[&common[..], &["--device", "cpu"], more].concat())
    };
    assert_success(&train("first", &[]));
    let complete = std::fs::read_to_string(path("first/experiment.toml")).expect("written");
    assert!(complete.starts_with("format = 2\n"), "{complete}");
    for line in ["seed = 5", "code = 3", "learning_rate = 0.001"] {
        assert!(complete.contains(line), "{line} is missing: {complete}");
    }

    let weights = path("first/model.safetensors");
    assert_success(&train("second", &["--weights", &weights, "--seed", "6"]));
    let row = |out: &str, split: &str, n: usize| -> String {
        let metrics = std::fs::read_to_string(home.path().join(out).join("metrics.csv"));
        let metrics = metrics.expect("written");
        let rows = metrics
            .lines()
            .filter(|line| line.split(',').nth(2) == Some(split));
        let value = rows.map(|line| line.split(',').nth(3).expect("the objective").to_owned());
        value.collect::<Vec<_>>()[n].clone()
    };
    assert_eq!(
        row("second", "test", 0),
        row("first", "test", 0),
        "it begins where the first ended"
    );

    let message =
        String::from_utf8(train("third", &["--weights", &weights, "--set", "code=4"]).stderr);
    let message = message.expect("text");
    assert!(
        message.contains("encoder.layers.0.weight is [3, 784] in it and [4, 784] in this model"),
        "{message}"
    );

    // The same shapes under other names are shown, and taken when that is asked for.
    let zeros = vec![0_u8; 4 * 3 * 784];
    let tensor = |shape: &[usize]| {
        let n_bytes = 4 * shape.iter().product::<usize>();
        TensorView::new(Dtype::F32, shape.to_vec(), &zeros[..n_bytes]).expect("a tensor")
    };
    let tensors = [
        ("fc1.weight", tensor(&[3, 784])),
        ("fc1.bias", tensor(&[3])),
        ("fc2.weight", tensor(&[784, 3])),
        ("fc2.bias", tensor(&[784])),
    ];
    let file = safetensors::serialize(tensors, None).expect("a file");
    let others = path("others.safetensors");
    std::fs::write(&others, file).expect("written");
    let message = String::from_utf8(train("named", &["--weights", &others]).stderr).expect("text");
    for words in [
        "fc1.weight [3, 784] → encoder.layers.0.weight",
        "use --weights-by-shape",
    ] {
        assert!(message.contains(words), "{message}");
    }
    assert_success(&train(
        "by-shape",
        &["--weights", &others, "--weights-by-shape"],
    ));
    std::fs::write(&others, "version https://git-lfs.github.com/spec/v1\n").expect("written");
    let message =
        String::from_utf8(train("pointer", &["--weights", &others]).stderr).expect("text");
    assert!(
        message.contains("others.safetensors: it is the pointer"),
        "{message}"
    );

    std::fs::write(path("short.toml"), recipe.replace("epochs", "epoch")).expect("written");
    let message = String::from_utf8(train("fourth", &[]).stderr).expect("text");
    assert!(
        message.contains("did you mean training.epochs?"),
        "{message}"
    );
}

#[test]
fn an_experiment_that_lists_its_layers_is_trained_written_and_opened_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| {
        folder
            .path()
            .join(name)
            .to_str()
            .expect("Unicode")
            .to_owned()
    };
    let (recipe, run) = (at("listed.toml"), at("run"));
    let mut experiment = training::listed();
    experiment.training.epochs = 1;
    experiment.training.train_samples = Some(1280);
    std::fs::write(&recipe, to_toml(&experiment)).expect("written");
    let common = ["train", "--device", "cpu"];
    let first = ["--data", data(), "--experiment", &recipe, "--out", &run];
    assert_success(&hourglass(&[&common[..], &first].concat()));
    let text = std::fs::read_to_string(at("run/experiment.toml")).expect("written");
    assert_eq!(text, to_toml(&experiment));
    let again = ["--resume", &run, "--epochs", "2"];
    assert_success(&hourglass(&[&common[..], &again].concat()));
    let summary = Summary::of_folder(folder.path().join("run").as_path()).expect("written");
    assert_eq!((summary.steps, summary.epochs), (40, 2));
}

#[test]
fn images_of_another_shape_than_the_experiment_names_are_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run = in_folder(folder.path(), "run");
    let shape = "architecture.image=[12,20,1]";
    let message = failure_of(&[
        "train",
        "--preset",
        "vanilla-64",
        "--set",
        shape,
        "--data",
        data(),
        "--out",
        &run,
    ]);
    assert!(
        message.contains("12×20") && message.contains("28×28"),
        "{message}"
    );
}

#[test]
fn settings_out_of_range_are_refused_before_anything_is_loaded() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (setting, expected) in [
        ("code=0", "code size is 0: choose a value from 1 to 2048"),
        (
            "learning_rate=nan",
            "learning rate is NaN: choose a value from",
        ),
        ("noise=0.5", "this experiment has no corruption"),
        ("optimizer.momentum=0.9", "choose SGD or RMSProp"),
        ("beta=4", "--set objective.prior.kind=variational"),
        (
            "corruption={kind=\"masking\",fraction=-0.5}",
            "noise fraction ν is -0.5",
        ),
        ("batch_size=0", "batch size is 0"),
        (
            "codesize=3",
            "there is no setting \"codesize\": did you mean code",
        ),
        ("loss=bce", "choose the sigmoid output"),
        ("code", "write key=value"),
    ] {
        let out = folder.path().join("out");
        let message = failure_of(&[
            "train",
            "--preset",
            "vanilla-64",
            "--out",
            out.to_str().expect("Unicode"),
            "--set",
            setting,
        ]);
        assert!(message.contains(expected), "{setting}: {message}");
        assert!(!out.exists(), "{setting} left something behind");
    }
}

#[test]
fn work_is_spread_over_as_many_threads_as_were_asked_for() {
    let said = printed_by(&["doctor", "--threads", "1"]);
    assert!(said.contains(", of which 1 are used"), "{said}");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("speed.json");
    let out = file.to_str().expect("Unicode");
    let ask = [
        "bench",
        "vanilla-64",
        "--secs",
        "0.1",
        "--batch",
        "64",
        "--threads",
        "3",
    ];
    printed_by(
        &[
            &ask[..],
            &["--data", data(), "--device", "cpu", "--out", out],
        ]
        .concat(),
    );
    let report = std::fs::read_to_string(&file).expect("written");
    assert!(report.contains("\"threads\": 3"), "{report}");
}

#[test]
fn bench_measures_what_it_is_asked_and_refuses_before_it_measures() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("speed.csv");
    let file = file.to_str().expect("Unicode");
    let bench = |batch: &'static str| {
        let ask = ["bench", "vanilla-64", "--secs", "0.1", "--device", "cpu"];
        let rest = ["--data", data(), "--batch", batch, "--out", file];
        [&ask[..], &rest[..]].concat()
    };
    #[cfg(unix)]
    {
        let message = failure_of(&["bench", "vanilla-64", "--out", "/dev/null"]);
        assert!(message.contains("it is a device or a pipe"), "{message}");
    }
    let refused = hourglass(&bench("64,99999999"));
    assert!(!refused.status.success());
    let message = String::from_utf8_lossy(&refused.stderr);
    assert!(message.contains("batch size"), "{message}");
    assert!(
        !message.contains("images/s"),
        "measured before it refused: {message}"
    );

    let table = printed_by(&bench("64"));
    assert!(table.contains("| `vanilla-64` | "), "{table}");
    let written = std::fs::read_to_string(file).expect("written");
    let lines: Vec<&str> = written.lines().collect();
    assert_eq!(lines[0], "preset,part,batch_size,figure,value");
    let values: Vec<(&str, f64)> = lines[1..]
        .iter()
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (cells[3], cells[4].parse().expect("a number"))
        })
        .collect();
    let [(speed, images), (rate, gigaflops), (share, percent)] = values[..] else {
        panic!("three figures: {written}");
    };
    assert_eq!(
        [speed, rate, share],
        ["images/s", "GFLOP/s", "share of peak (%)"]
    );
    // 784–64–784: five products of each weight.
    let expected = images * f64::from(2 * 5 * 784 * 64) / 1e9;
    assert!((gigaflops / expected - 1.0).abs() < 1e-6, "{written}");
    assert!(percent > 0.0 && percent < 100.0, "{written}");
}

/// The same figures twice as good, and then half as good, as those of a file.
#[test]
fn bench_tells_what_became_slower_than_a_file_says() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| {
        let path = folder.path().join(name);
        path.to_str().expect("Unicode").to_owned()
    };
    let (old, slower, faster) = (path("old.json"), path("slow.json"), path("fast.json"));
    let ask = ["bench", "vanilla-64", "--secs", "0.1", "--device", "cpu"];
    let rest = ["--data", data(), "--batch", "64"];
    let bench = |more: &[&str]| hourglass(&[&ask[..], &rest, more].concat());
    assert!(bench(&["--out", &old]).status.success());
    let text = std::fs::read_to_string(&old).expect("written");
    let times = |factor: f64| {
        let mut report: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        for row in report["rows"].as_array_mut().expect("rows") {
            let value = row["value"].as_f64().expect("a number");
            row["value"] = (factor * value).into();
        }
        report.to_string()
    };
    std::fs::write(&slower, times(1e-3)).expect("written");
    std::fs::write(&faster, times(1e3)).expect("written");

    let better = bench(&["--compare", &slower]);
    assert!(better.status.success(), "{better:?}");
    assert!(!String::from_utf8_lossy(&better.stdout).contains("| worse |"));
    let worse = bench(&["--compare", &faster]);
    assert!(!worse.status.success(), "{worse:?}");
    let table = String::from_utf8_lossy(&worse.stdout);
    assert!(
        table.contains("| images/s |") && table.contains("| worse |"),
        "{table}"
    );
    let message = String::from_utf8_lossy(&worse.stderr);
    assert!(
        message.contains("1 of 1 figures are more than 10 % worse"),
        "{message}"
    );

    let message = failure_of(&["bench", "vanilla-64", "--compare", &path("none.json")]);
    assert!(message.contains("none.json"), "{message}");
    let message = failure_of(&["bench", "vanilla-64", "--against", &path("none")]);
    assert!(message.contains("none cannot be run"), "{message}");
    #[cfg(unix)]
    {
        let message = hourglass(&[&ask[..], &rest, &["--against", "/bin/true"]].concat());
        let message = String::from_utf8_lossy(&message.stderr).into_owned();
        assert!(
            message.contains("true leaves no figures as JSON"),
            "{message}"
        );
    }
}

/// A run that is under way, and what it says.
#[cfg(unix)]
mod under_way {
    use std::io::{BufRead, BufReader, Lines};
    use std::process::{Child, ChildStderr, Stdio};

    use hourglass::run_folder::{RESUME_FILE, SavedFiles};
    use hourglass::train::resume;

    use super::*;

    struct UnderWay {
        child: Child,
        lines: Lines<BufReader<ChildStderr>>,
    }

    impl UnderWay {
        fn start(out: &Path, more: &[&str]) -> Self {
            let out = out.to_str().expect("Unicode");
            let experiment = [
                "train",
                "--preset",
                "vanilla-64",
                "--set",
                "train_samples=640",
            ];
            let place = ["--data", data(), "--device", "cpu", "--out", out];
            let mut child = Command::new(env!("CARGO_BIN_EXE_hourglass"))
                .args([&experiment[..], &place[..], more].concat())
                .stderr(Stdio::piped())
                .spawn()
                .expect("the program starts");
            let lines = BufReader::new(child.stderr.take().expect("piped")).lines();
            Self { child, lines }
        }

        fn wait_for(&mut self, words: &str) {
            let said = self.lines.by_ref().map_while(Result::ok);
            let said: Vec<String> = said.take_while(|line| !line.contains(words)).collect();
            assert!(self.child.try_wait().expect("asked").is_none(), "{said:?}");
        }

        fn signal(&self, signal: &str) {
            let pid = self.child.id().to_string();
            let sent = Command::new("kill").args(["-s", signal, &pid]).status();
            assert!(sent.expect("kill is there").success());
        }

        /// Its exit code, and what else it said.
        fn end(mut self) -> (Option<i32>, String) {
            let said: Vec<String> = self.lines.map_while(Result::ok).collect(); // before the pipe is full
            let code = self.child.wait().expect("it ends").code();
            (code, said.join("\n"))
        }
    }

    /// Epochs and steps of the run in a folder.
    fn reached(folder: &Path) -> (u64, u64) {
        let saved = SavedFiles::read(folder, &[RESUME_FILE]).expect("readable");
        let bytes = saved.bytes(RESUME_FILE).expect("whole").expect("there");
        let checkpoint = resume::read(bytes).expect("a run").checkpoint;
        (checkpoint.epoch, checkpoint.step)
    }

    /// Whether these tests were started by `nohup`, as then every program is that they start.
    fn hangups_are_ignored() -> bool {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mut masks = status
            .lines()
            .filter_map(|line| line.strip_prefix("SigIgn:"));
        let mask = masks
            .next()
            .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        mask.is_some_and(|mask| mask & 1 != 0)
    }

    #[test]
    fn every_signal_to_end_keeps_the_run_and_ends_with_its_own_code() {
        let home = tempfile::tempdir().expect("a temporary folder");
        for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
            let folder = home.path().join(signal);
            let mut run = UnderWay::start(&folder, &["--epochs", "1000"]);
            run.wait_for("epoch 1/1000");
            run.signal(signal);
            run.signal(signal); // at once: it is the same action
            let lives_on = signal == "HUP" && hangups_are_ignored();
            if lives_on {
                run.wait_for("epoch 3/1000");
                run.signal("TERM");
            }
            let (ended, said) = run.end();
            assert_eq!(ended, Some(if lives_on { 143 } else { code }), "{said}");
            assert!(said.contains("interrupted; the run so far is in"), "{said}");
            assert!(reached(&folder).0 >= 1);
            assert!(Summary::of_folder(&folder).is_some());
            assert!(!folder.join(".hourglass-lock").exists());
        }

        // The same experiment again is offered to go on, and a second process is told of the first.
        let folder = home.path().join("INT");
        let out = folder.to_str().expect("Unicode");
        let again = [
            "train",
            "--preset",
            "vanilla-64",
            "--set",
            "train_samples=640",
        ];
        let again = [&again[..], &["--epochs", "1000", "--out", out]].concat();
        let message = failure_of(&again);
        assert!(message.contains("this same run, unfinished"), "{message}");
        assert!(message.contains(&format!("--resume {out}")), "{message}");
        let mut first = UnderWay::start(&folder, &["--epochs", "1000", "--force"]);
        first.wait_for("epoch 1/1000");
        let message = failure_of(&["train", "--resume", out, "--device", "cpu"]);
        let words = format!("in use by process {} (hourglass train)", first.child.id());
        assert!(message.contains(&words), "{message}");
        first.signal("KILL");
        let (code, _) = first.end();
        assert_eq!(code, None);
        reached(&folder); // it was saved before, and the lock of the killed process holds nobody up
        let finished = ["train", "--resume", out, "--device", "cpu", "--epochs", "1"];
        assert_success(&hourglass(&finished));
    }

    #[test]
    fn a_finished_run_is_on_disk_before_it_is_judged_and_judging_can_be_stopped() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let folder = home.path().join("run");
        let mut run = UnderWay::start(&folder, &["--epochs", "1"]);
        run.wait_for("epoch 1/1 ");
        run.signal("INT");
        let (code, said) = run.end();
        assert_eq!(code, Some(130), "{said}");
        assert_eq!(reached(&folder), (1, 10));
        let summary = Summary::of_folder(&folder).expect("measured");
        assert!(summary.compression.is_none(), "its code was not judged");
    }

    #[test]
    fn a_run_whose_folder_can_no_longer_be_written_is_written_beside_it() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let folder = home.path().join("run");
        let mut run = UnderWay::start(&folder, &["--epochs", "1000"]);
        run.wait_for("epoch 1/1000");
        while std::fs::write(&folder, "in the way").is_err() {
            std::fs::remove_dir_all(&folder).ok(); // a save may make it anew meanwhile
        }
        run.signal("TERM");
        let rescued = home.path().join(format!("run-rescued-{}", run.child.id()));
        let (code, said) = run.end();
        assert_eq!(code, Some(143), "{said}");
        let words = format!("the run is in {} instead", rescued.display());
        assert!(said.contains(&words), "{said}");
        assert!(reached(&rescued).0 >= 1);
    }
}

#[test]
fn unknown_presets_and_missing_data_are_answered_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().to_str().expect("Unicode");
    let message = failure_of(&["train", "--preset", "vanila-64", "--out", out]);
    assert!(message.contains("vanilla-64"), "{message}");

    let empty = tempfile::tempdir().expect("a temporary folder");
    for (data, expected) in [
        ("/nowhere/at/all", "/nowhere/at/all does not exist"),
        (
            empty.path().to_str().expect("Unicode"),
            "holds no images that can be opened",
        ),
    ] {
        let message = failure_of(&[
            "train",
            "--preset",
            "vanilla-64",
            "--data",
            data,
            "--device",
            "cpu",
            "--out",
            out,
        ]);
        assert!(message.contains(expected), "{message}");
        assert!(message.contains("one folder for each class"), "{message}");
    }
}

#[test]
fn an_unwritable_folder_is_named_before_the_training() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("a-file");
    std::fs::write(&file, "precious").expect("written");
    let out = file.join("run");
    let message = failure_of(&[
        "train",
        "--preset",
        "vanilla-64",
        "--out",
        out.to_str().expect("Unicode"),
    ]);
    assert!(
        message.contains("a-file") && message.contains("choose another --out"),
        "{message}"
    );
    assert_eq!(
        std::fs::read_to_string(&file).expect("readable"),
        "precious"
    );
}

#[test]
fn a_loss_that_becomes_infinite_ends_with_an_error_and_what_was_reached() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().to_str().expect("Unicode");
    let message = failure_of(&[
        "train",
        "--preset",
        "vanilla-64",
        "--data",
        data(),
        "--device",
        "cpu",
        "--out",
        out,
        "--set",
        "optimizer.kind=sgd",
        "--set",
        "learning_rate=1000",
        "--set",
        "train_samples=6400",
    ]);
    assert!(
        message.contains("MSE became") && message.contains("lower the learning rate"),
        "{message}"
    );
    assert!(folder.path().join("model.safetensors").is_file());
}

#[test]
fn presets_are_listed_with_sources_and_expected_numbers() {
    let text = printed_by(&["presets"]);
    for word in [
        "vanilla-64",
        "sparse-64",
        "multilayer-64",
        "basic-32",
        "denoise-dense",
        "source:",
        "variant conv-4-cosine",
        "changes: output activation linear, learning rate 0.01",
    ] {
        assert!(text.contains(word), "{word} is missing: {text}");
    }
}

#[test]
fn doctor_says_what_would_be_chosen_and_why() {
    let text = printed_by(&["doctor"]);
    for word in [
        "graphics adapters",
        "device:",
        "why:",
        "renderer:",
        "cache:",
    ] {
        assert!(text.contains(word), "{word} is missing: {text}");
    }
}

#[test]
fn data_sets_are_listed_and_checked() {
    assert!(printed_by(&["data", "list"]).contains("pen-digits"));
    assert!(printed_by(&["data", "check", data()]).contains("60000 + 10000 images"));
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_display_the_program_says_so_and_names_the_command_line() {
    let output = Command::new(env!("CARGO_BIN_EXE_hourglass"))
        .args(["--device", "cpu"])
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("WAYLAND_SOCKET")
        .output()
        .expect("the program starts");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(message.contains("there is no display here"), "{message}");
    assert!(message.contains("hourglass train"), "{message}");
}

#[test]
fn reproduce_writes_a_table_fails_where_a_figure_falls_short_and_trains_nothing_twice() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().to_str().expect("a Unicode path");
    let arguments = [
        "reproduce",
        "vanilla-64",
        "contractive-64",
        "--data",
        data(),
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
    let message = failure_of(&arguments); // ten steps reach no published error
    assert!(message.contains("falls short"), "{message}");
    let table = std::fs::read_to_string(folder.path().join("reproduce.md")).expect("written");
    assert!(
        table.contains("| `vanilla-64` | parameters | count | 101200 | 101200 | 1 | reached |"),
        "{table}"
    );
    let csv = std::fs::read_to_string(folder.path().join("reproduce.csv")).expect("written");
    let n_rows = csv.lines().count() - 1;
    assert_eq!(
        n_rows, 6,
        "three of vanilla-64, three of contractive-64: {csv}"
    );
    assert!(csv.contains("falls short"), "{csv}");

    let weights = folder.path().join("vanilla-64-seed-1/model.safetensors");
    let written = |path: &Path| {
        std::fs::metadata(path)
            .and_then(|m| m.modified())
            .expect("there")
    };
    let before = written(&weights);
    failure_of(&arguments);
    assert_eq!(
        written(&weights),
        before,
        "a finished run is taken as it is"
    );
}

/// Three pictures of which one is none: it is named, the others are rebuilt, and the exit code says that not all
/// was done.
#[test]
fn reconstruct_writes_pictures_and_a_table_and_names_what_is_no_picture() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name);
    let run = path("run");
    assert_success(&train(&run, &["--set", "code=16"]));
    let test = &data_sets::whole().test;
    for (name, sample) in [("seven, first.png", 0), ("other.png", 1)] {
        let digit = image::GrayImage::from_raw(28, 28, test.image(sample).to_vec()).expect("28×28");
        let mut large =
            image::imageops::resize(&digit, 140, 140, image::imageops::FilterType::Triangle);
        image::imageops::invert(&mut large);
        large.save(path(name)).expect("written");
    }
    std::fs::write(path("broken.png"), "no picture").expect("written");
    let long = format!("{}.png", "n".repeat(245));
    std::fs::copy(path("other.png"), path(&long)).expect("copied");

    let named = |path: &Path| path.to_str().expect("a Unicode path").to_owned();
    let (run, out) = (named(&run), named(&path("out")));
    let pictures =
        ["seven, first.png", "broken.png", "other.png", &long].map(|name| named(&path(name)));
    let mut arguments = vec![
        "reconstruct",
        "--run",
        &run,
        "--out",
        &out,
        "--device",
        "cpu",
    ];
    arguments.extend(pictures.iter().map(String::as_str));
    let message = failure_of(&arguments);
    assert!(
        message.contains("broken.png") && message.contains("save it as PNG"),
        "{message}"
    );
    assert!(
        message.contains("2 of 4 images could not be read or written"),
        "{message}"
    );

    let out = path("out");
    for name in ["seven, first", "other"] {
        for kind in ["prepared", "reconstruction"] {
            let picture = image::open(out.join(format!("{name}.{kind}.png"))).expect("written");
            assert_eq!(
                (picture.width(), picture.height()),
                (28, 28),
                "{name}.{kind}"
            );
        }
        assert!(out.join(format!("{name}.side-by-side.png")).exists());
    }
    let table = std::fs::read_to_string(out.join("errors.csv")).expect("written");
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 5);
    assert!(lines[4].contains("cannot be written"), "{}", lines[4]); // its name has no room for a longer ending
    assert!(lines[0].starts_with("file,mse_per_pixel,percentile,nearest_labels"));
    assert!(
        lines[1].starts_with('"') && lines[1].ends_with("inverted"),
        "{}",
        lines[1]
    );
    assert!(
        lines[2].contains("broken.png,,,,,,") && lines[2].contains("error:"),
        "{}",
        lines[2]
    );
    let figures: Vec<&str> = lines[3].split(',').collect();
    let mse: f64 = figures[1].parse().expect("a number");
    let percentile: f64 = figures[2].parse().expect("a number");
    assert!(
        mse > 0.0 && mse < 0.2 && (0.0..=100.0).contains(&percentile),
        "{}",
        lines[3]
    );
    assert_eq!(figures[3].split(' ').count(), 5);
    // The picture was test image 1: nothing is nearer to it, but for what enlarging changed.
    let label = test.label(1).to_string();
    assert!(
        figures[3].split(' ').any(|near| near == label),
        "{}",
        lines[3]
    );
}

/// What is written beside the pictures is not read the next time, and what is not its own is not replaced.
#[test]
fn reconstruct_into_the_folder_of_its_pictures_can_be_repeated() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let named = |name: &str| {
        folder
            .path()
            .join(name)
            .to_str()
            .expect("Unicode")
            .to_owned()
    };
    let (run, scans) = (named("run"), named("scans"));
    assert_success(&train(Path::new(&run), &["--set", "code=16"]));
    std::fs::create_dir(&scans).expect("made");
    let digit = image::GrayImage::from_raw(28, 28, data_sets::whole().test.image(0).to_vec());
    digit
        .expect("28×28")
        .save(named("scans/7.png"))
        .expect("written");
    let arguments = [
        "reconstruct",
        "--run",
        &run,
        "--out",
        &scans,
        "--device",
        "cpu",
        "--data",
        data(),
        &scans,
    ];
    let table = || std::fs::read_to_string(named("scans/errors.csv")).expect("written");
    assert_success(&hourglass(&arguments));
    let first = table();
    assert_success(&hourglass(&arguments));
    assert_eq!(table(), first);

    std::fs::copy(named("scans/7.png"), named("scans/7.prepared.png")).expect("somebody's own");
    std::fs::remove_file(named("scans/7.reconstruction.png")).expect("removed");
    let message = failure_of(&arguments);
    assert!(
        message.contains("7.prepared.png already exists"),
        "{message}"
    );
    std::fs::write(named("scans/errors.csv"), "mine").expect("written");
    let message = failure_of(&arguments);
    assert!(message.contains("errors.csv already exists"), "{message}");
    assert_eq!(table(), "mine");
}

#[test]
fn a_reader_that_has_read_enough_is_no_error() {
    let program = env!("CARGO_BIN_EXE_hourglass");
    for command in [&["presets"][..], &["data", "list"]] {
        let mut child = Command::new(program)
            .args(command)
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("the program starts");
        drop(child.stdout.take()); // as `head` does once it has its line
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{command:?}");
        assert!(
            output.stderr.is_empty(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn reconstruct_says_what_is_wrong_with_its_arguments() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let nowhere = folder.path().join("nowhere");
    let nowhere = nowhere.to_str().expect("a Unicode path");
    let out = folder.path().join("out");
    let out = out.to_str().expect("a Unicode path");
    let message = failure_of(&[
        "reconstruct",
        "--run",
        nowhere,
        "--out",
        out,
        "a.png",
        "--threshold",
        "7",
    ]);
    assert!(message.contains("between 0 and 1"), "{message}");
    let message = failure_of(&["reconstruct", "--run", nowhere, "--out", out]);
    assert!(message.contains("<FILE|DIR>"), "{message}");
    let message = failure_of(&[
        "reconstruct",
        "--run",
        nowhere,
        "--out",
        out,
        "a.png",
        "--device",
        "cpu",
    ]);
    assert!(message.contains("nowhere"), "{message}");
}

#[test]
fn figures_of_a_run_folder_are_exported_and_what_cannot_be_is_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run = folder.path().join("run");
    let film = folder.path().join("film.gif");
    let film_name = film.to_str().expect("Unicode");
    assert_success(&train(
        &run,
        &["--set", "code=16", "--animation", film_name],
    ));
    assert!(
        std::fs::read(&film)
            .expect("written")
            .starts_with(b"GIF89a")
    );
    std::fs::write(&film, "GIF89a of somebody").expect("written");
    let elsewhere = in_folder(folder.path(), "elsewhere");
    let message = failure_of(&[
        "train",
        "--preset",
        "vanilla-64",
        "--out",
        &elsewhere,
        "--animation",
        film_name,
    ]);
    assert!(message.contains("was not made by Hourglass"), "{message}");

    let run = run.to_str().expect("Unicode");
    exports_that_succeed(folder.path(), run);
    exports_that_are_refused(folder.path(), run);
}

fn in_folder(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().expect("Unicode").to_owned()
}

fn exports_that_succeed(folder: &Path, run: &str) {
    let in_folder = |name: &str| in_folder(folder, name);
    for (what, file, more) in [
        ("loss", "loss.png", ["--size", "700x500", "--theme", "dark"]),
        (
            "scatter",
            "scatter.csv",
            ["--hide", "3,7", "--data", data()],
        ),
        (
            "digits",
            "digits.svg",
            ["--samples", "5,4", "--title", "Two digits"],
        ),
        (
            "filters",
            "filters.png",
            ["--dpi", "48", "--size", "120x80mm"],
        ),
        (
            "digits",
            "digits.pdf",
            ["--samples", "5,4", "--title", "Two digits"],
        ),
        (
            "loss",
            "both.svg",
            ["--beside", run, "--title", "Beside itself"],
        ),
        ("page", "page.html", ["--samples", "5,4", "--hide", "3"]),
    ] {
        let out = in_folder(file);
        let mut arguments = vec!["export", what, "--run", run, "--out", &out];
        arguments.extend(more);
        assert_success(&hourglass(&arguments));
        if matches!(what, "digits" | "page") {
            assert_success(&hourglass(&arguments)); // its own files are replaced
        }
    }
    let read = |name: &str| std::fs::read(in_folder(name)).expect("written");
    let loss = read("loss.png");
    let side = |at: usize| u32::from_be_bytes(loss[at..at + 4].try_into().expect("four bytes"));
    assert_eq!([side(16), side(20)], [700, 500]);
    let filters = read("filters.png");
    let side = |at: usize| u32::from_be_bytes(filters[at..at + 4].try_into().expect("four bytes"));
    assert_eq!([side(16), side(20)], [227, 151], "120 × 80 mm at 48 dpi");
    let scatter = String::from_utf8(read("scatter.csv")).expect("text");
    assert!(scatter.contains("# Seed: 1") && scatter.contains(",h16\n"));
    assert_eq!(
        scatter
            .lines()
            .filter(|line| !line.starts_with('#'))
            .count(),
        10_001
    );
    let digits = String::from_utf8(read("digits.svg")).expect("text");
    assert!(digits.contains("Two digits") && digits.matches("<image").count() >= 6);
    assert!(read("digits.pdf").starts_with(b"%PDF-"));
    let page = String::from_utf8(read("page.html")).expect("text");
    assert!(page.contains("reconstruction of test image 4"));
    assert!(page.contains("all 10,000 test images"));
    assert!(page.contains("data:image/svg+xml"), "it has its curves");
    let both = String::from_utf8(read("both.svg")).expect("text");
    assert_eq!(
        both.matches("run, test").count(),
        2,
        "its own curve and the other's"
    );
}

fn exports_that_are_refused(folder: &Path, run: &str) {
    let in_folder = |name: &str| in_folder(folder, name);
    std::fs::write(in_folder("mine.csv"), "not to be lost").expect("written");
    for (what, file, more, expected) in [
        (
            "scatter",
            "scatter.txt",
            vec![],
            "use .png, .svg, .pdf or .csv",
        ),
        ("gif", "film.gif", vec![], "hourglass train --animation"),
        ("scater", "a.png", vec![], "choose one of scatter, loss"),
        (
            "loss",
            "a.png",
            vec!["--size", "10x10"],
            "write width x height",
        ),
        (
            "loss",
            "a.png",
            vec!["--type-size", "40"],
            "choose a number from 5 to 14",
        ),
        (
            "loss",
            "a.png",
            vec!["--dpi", "10"],
            "choose a number from 48 to 768",
        ),
        (
            "loss",
            "a.png",
            vec!["--curves", "layers"],
            "no such curves: layers",
        ),
        (
            "digits",
            "a.png",
            vec!["--samples", "10000"],
            "no test image 10000",
        ),
        (
            "loss",
            "a.png",
            vec!["--beside", "/nowhere/at/all"],
            "/nowhere/at/all contains no curves",
        ),
        (
            "digits",
            "a.png",
            vec!["--beside", run],
            "--beside is for `hourglass export loss`",
        ),
        ("page", "a.png", vec![], "for the page: use .html"),
        (
            "page",
            "a.html",
            vec!["--curves", "layers"],
            "no such curves: layers",
        ),
        ("loss", "film.gif/a.png", vec![], "cannot be written"),
        ("loss", "mine.csv", vec![], "replace it with --force"),
    ] {
        let out = in_folder(file);
        let mut arguments = vec!["export", what, "--run", run, "--out", &out];
        arguments.extend(more);
        let message = failure_of(&arguments);
        assert!(message.contains(expected), "{what} {file}: {message}");
    }
    let nowhere = failure_of(&[
        "export",
        "loss",
        "--run",
        "/nowhere/at/all",
        "--out",
        &in_folder("a.png"),
    ]);
    assert!(nowhere.contains("/nowhere/at/all"), "{nowhere}");
    let mine = std::fs::read_to_string(in_folder("mine.csv")).expect("there");
    assert_eq!(mine, "not to be lost");
    assert!(!Path::new(&in_folder("a.png")).exists());
}

#[test]
fn help_prints_pages_of_the_manual_and_options_of_commands() {
    let topics = printed_by(&["help", "topics"]);
    for page in hourglass::manual::PAGES {
        assert!(topics.contains(page.topic), "{topics}");
        let printed = printed_by(&["help", page.topic]);
        assert!(printed.contains(page.title()), "{printed}");
    }
    let files = printed_by(&["help", "files"]);
    assert!(files.starts_with("Files\n====="), "{files}");
    let train = printed_by(&["help", "train"]);
    assert!(train.contains("Usage: hourglass train"), "{train}");
    assert_eq!(train, printed_by(&["train", "--help"]));
    let fetch = printed_by(&["help", "data", "fetch"]);
    assert!(fetch.contains("Usage: hourglass data fetch"), "{fetch}");
    // A name that both have: the options, then the page.
    let presets = printed_by(&["help", "presets"]);
    let options = presets.find("Usage: hourglass presets");
    assert!(options < presets.find("Presets\n======="), "{presets}");
    assert!(options.is_some(), "{presets}");
    let all = printed_by(&["help"]);
    assert_eq!(all, printed_by(&["--help"]));
    assert!(all.contains("own-images"), "{all}");
}

#[test]
fn help_about_something_unknown_names_what_is_nearest() {
    let message = failure_of(&["help", "figurs"]);
    assert!(message.contains("did you mean `figures`?"), "{message}");
    let message = failure_of(&["help", "reproduc"]);
    assert!(message.contains("did you mean `reproduce`?"), "{message}");
    let message = failure_of(&["help", "qqq"]);
    assert!(!message.contains("did you mean"), "{message}");
    assert!(message.contains("hourglass help topics"), "{message}");
}

fn text_of(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A run of `vanilla-64` by plain gradient descent at a rate of 1000, which no network survives.
fn blown_up(out: &str, n_samples: &str, more: &[&str]) -> Output {
    let common = [
        "train",
        "--preset",
        "vanilla-64",
        "--data",
        data(),
        "--device",
        "cpu",
        "--out",
        out,
        "--epochs",
        "1",
        "--set",
        "optimizer.kind=sgd",
        "--set",
        "learning_rate=1000",
        "--set",
        n_samples,
    ];
    hourglass(&[&common[..], more].concat())
}

#[test]
fn a_run_that_blew_up_ends_with_a_code_of_its_own_and_says_why() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let out = in_folder(home.path(), "run");
    let output = blown_up(&out, "train_samples=640", &[]);
    let message = text_of(&output);
    assert_eq!(output.status.code(), Some(3), "{message}");
    for words in [
        "noticed (dead-code): all 64 code units are near zero on every image",
        "noticed (absurd-error): the error is",
        "lower the learning rate (1000 is high for SGD)",
        "its model is of no use",
        "--resume",
    ] {
        assert!(message.contains(words), "{words}: {message}");
    }
    let summary = Summary::of_folder(Path::new(&out)).expect("written all the same");
    assert_eq!((summary.epochs, summary.steps), (1, 10));
    assert!(summary.test.mse_per_pixel > 1000.0);
    let noticed: Vec<&str> = summary
        .noticed
        .iter()
        .map(|noticed| &*noticed.what)
        .collect();
    assert_eq!(noticed, ["dead-code", "absurd-error"]);
}

#[test]
fn after_an_infinite_loss_a_run_goes_on_from_good_weights_at_a_lower_rate() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let out = in_folder(home.path(), "run");
    let output = blown_up(&out, "train_samples=6400", &[]);
    let message = text_of(&output);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.contains("became inf at step"), "{message}");
    let stopped = Summary::of_folder(Path::new(&out)).expect("of the weights that came back");
    // Which weights they are depends on how many steps a moment has; their loss is at most about ten times the first.
    assert!(
        stopped.test.mse_per_pixel < 3.0,
        "{}",
        stopped.test.mse_per_pixel
    );

    let resume = ["train", "--resume", &out, "--device", "cpu", "--set"];
    let message = failure_of(&[&resume[..], &["code=8"]].concat());
    assert!(message.contains("code size 64 → 8"), "{message}");
    assert!(message.contains("Start a new one"), "{message}");

    let output = hourglass(&[&resume[..], &["learning_rate=0.01"]].concat());
    assert_success(&output);
    let step = stopped.steps + 1;
    let said = format!("from step {step} on: learning rate 1000 → 0.01");
    assert!(text_of(&output).contains(&said), "{}", text_of(&output));
    let summary = Summary::of_folder(Path::new(&out)).expect("written");
    assert_eq!(summary.steps, 100);
    let (before, after) = (stopped.test.mse_per_pixel, summary.test.mse_per_pixel);
    assert!(after < before, "{after} from {before}");
    let changes: Vec<String> = summary.changes.iter().map(Mark::sentence).collect();
    assert_eq!(changes, [said]);
    let experiment = std::fs::read_to_string(home.path().join("run/experiment.toml"));
    assert!(
        experiment
            .expect("written")
            .contains("learning_rate = 0.01\n")
    );
}

#[test]
fn an_edited_experiment_is_taken_on_or_refused_but_not_overwritten_in_silence() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let out = in_folder(home.path(), "run");
    assert_success(&train(Path::new(&out), &[]));
    let file = home.path().join("run/experiment.toml");
    let saved = std::fs::read_to_string(&file).expect("written");
    let resume = [
        "train", "--resume", &out, "--device", "cpu", "--epochs", "3",
    ];
    for (from, to, expected) in [
        ("code = 64", "code = 8", "code size 64 → 8"),
        ("seed = 1", "seed = 5", "seed 1 → 5"),
        (
            "learning_rate = 0.001",
            "learning_rate = 0.0",
            "learning rate is 0",
        ),
        (
            "learning_rate = 0.001",
            "learning_rate = 0.001\nmomentum = 0.9",
            "choose SGD or RMSProp",
        ),
        ("[optimizer]", "[optimiser]", "there is no setting"),
    ] {
        let edited = saved.replacen(from, to, 1);
        assert_ne!(edited, saved, "{from}");
        std::fs::write(&file, &edited).expect("written");
        let message = failure_of(&resume);
        assert!(message.contains(expected), "{message}");
        assert!(
            message.contains("Correct the file, or delete it"),
            "{message}"
        );
        assert_eq!(std::fs::read_to_string(&file).expect("there"), edited);
    }
    let edited = saved.replacen("learning_rate = 0.001", "learning_rate = 0.0005", 1);
    std::fs::write(&file, &edited).expect("written");
    let output = hourglass(&resume);
    assert_success(&output);
    let said = "experiment.toml was changed since the run was saved; from step 41 on: learning rate 0.001 → 5×10⁻⁴";
    assert!(text_of(&output).contains(said), "{}", text_of(&output));
    let summary = Summary::of_folder(Path::new(&out)).expect("written");
    let changes: Vec<String> = summary.changes.iter().map(Mark::sentence).collect();
    assert_eq!(changes, ["from step 41 on: learning rate 0.001 → 5×10⁻⁴"]);
    let kept = std::fs::read_to_string(&file).expect("written");
    assert!(kept.contains("learning_rate = 0.0005\n"), "{kept}");
}
