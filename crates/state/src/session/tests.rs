//! The table of the session: from every state, what each input leads to and which commands follow.

use std::collections::BTreeMap;

use super::*;
use hourglass_experiment::DataSetId;

/// State, input, the state that follows, commands. What is in no row changes nothing and has no command follow.
const TABLE: &str = "
no worker        | start            | no worker, run 1                                               | start 1 of 5
no worker        | open             | no worker, run 0, to open b                                    | -
no worker        | compare          | no worker, run 0                                               | compare 1 of 5
no worker        | 2 needs data     | no worker, run 0, to open c, asked MNIST                       | load MNIST
no data          | start            | no data, run 1                                                 | start 1 of 5
no data          | open             | no data, run 0, to open b                                      | -
no data          | compare          | no data, run 0                                                 | compare 1 of 5
no data          | data loaded      | ready, run 1, seed 9                                           | start 1 of 9
no data          | 2 needs data     | no data, run 0, to open c, asked MNIST                         | load MNIST
to open          | start            | no data, run 1, to open a                                      | start 1 of 5
to open          | open             | no data, run 0, to open b                                      | -
to open          | compare          | no data, run 0, to open a                                      | compare 1 of 5
to open          | data loaded      | ready, run 0, opens 1 or starts                                | open 1 of a
to open          | data failed      | no data, run 0                                                 | -
to open          | 2 needs data     | no data, run 0, to open c, asked MNIST                         | load MNIST
running          | start            | ready, run 2, seed 5                                           | start 2 of 5
running          | tune             | ready, run 1, seed 5                                           | tune 5
running          | open             | ready, run 1, seed 1, opens 2                                  | open 2 of b
running          | weights          | ready, run 1, seed 1, opens 2                                  | weights 2
running          | compare          | ready, run 1, seed 1, compares 2                               | compare 2 of 5
running          | bring back       | ready, run 1, seed 1, brings back                              | bring back
running          | data loaded      | ready, run 2, seed 1                                           | start 2 of 1
running          | refused          | ready, run 1                                                   | -
running          | 2 needs data     | ready, run 1, seed 1, to open c, asked MNIST                   | load MNIST
refused          | start            | ready, run 2, seed 5                                           | start 2 of 5
refused          | tune             | ready, run 1, seed 5                                           | tune 5
refused          | open             | ready, run 1, opens 2                                          | open 2 of b
refused          | weights          | ready, run 1, opens 2                                          | weights 2
refused          | compare          | ready, run 1, compares 2                                       | compare 2 of 5
refused          | bring back       | ready, run 1, brings back                                      | bring back
refused          | data loaded      | ready, run 2, seed 9                                           | start 2 of 9
refused          | 2 needs data     | ready, run 1, to open c, asked MNIST                           | load MNIST
opening          | start            | ready, run 3, seed 5                                           | start 3 of 5
opening          | tune             | ready, run 1, seed 5, opens 2                                  | tune 5
opening          | open             | ready, run 1, seed 1, opens 3                                  | open 3 of b
opening          | weights          | ready, run 1, seed 1, opens 3                                  | weights 3
opening          | compare          | ready, run 1, seed 1, opens 2, compares 3                      | compare 3 of 5
opening          | bring back       | ready, run 1, seed 1, opens 2, brings back                     | bring back
opening          | data loaded      | ready, run 3, seed 1                                           | start 3 of 1
opening          | 2 started        | ready, run 2, seed 5                                           | -
opening          | refused          | ready, run 1, opens 2                                          | -
opening          | 2 not opened     | ready, run 1, seed 1                                           | -
opening          | 2 needs data     | ready, run 1, seed 1, to open c, asked MNIST                   | load MNIST
owed             | start            | ready, run 2, seed 5                                           | start 2 of 5
owed             | tune             | ready, run 0, seed 5, opens 1 or starts                        | tune 5
owed             | open             | ready, run 0, opens 2 or starts                                | open 2 of b
owed             | weights          | ready, run 0, opens 2 or starts                                | weights 2
owed             | compare          | ready, run 0, opens 1 or starts, compares 2                    | compare 2 of 5
owed             | bring back       | ready, run 0, opens 1 or starts, brings back                   | bring back
owed             | data loaded      | ready, run 2, seed 9                                           | start 2 of 9
owed             | 1 not opened     | ready, run 2, seed 9                                           | start 2 of 9
owed             | 2 needs data     | ready, run 0, opens 1 or starts, to open c, asked MNIST        | load MNIST
other data       | start            | ready, run 3, seed 5, to open a, asked MNIST                   | start 3 of 5
other data       | tune             | ready, run 1, seed 5, to open a, asked MNIST                   | tune 5
other data       | open             | ready, run 1, seed 1, opens 3, to open a, asked MNIST          | open 3 of b
other data       | weights          | ready, run 1, seed 1, opens 3, to open a, asked MNIST          | weights 3
other data       | compare          | ready, run 1, seed 1, compares 3, to open a, asked MNIST       | compare 3 of 5
other data       | bring back       | ready, run 1, seed 1, brings back, to open a, asked MNIST      | bring back
other data       | data loaded      | ready, run 1, seed 1, opens 3 or starts, on MNIST, asked MNIST | open 3 of a
other data       | data failed      | ready, run 1, seed 1, asked MNIST                              | -
other data       | refused          | ready, run 1, to open a, asked MNIST                           | -
other data       | 2 needs data     | ready, run 1, seed 1, to open c, asked MNIST                   | load MNIST
owed, other data | start            | ready, run 2, seed 5, to open a, asked MNIST                   | start 2 of 5
owed, other data | tune             | ready, run 0, seed 5, to open a or starts, asked MNIST         | tune 5
owed, other data | open             | ready, run 0, opens 2, to open a or starts, asked MNIST        | open 2 of b
owed, other data | weights          | ready, run 0, opens 2, to open a or starts, asked MNIST        | weights 2
owed, other data | compare          | ready, run 0, compares 2, to open a or starts, asked MNIST     | compare 2 of 5
owed, other data | bring back       | ready, run 0, brings back, to open a or starts, asked MNIST    | bring back
owed, other data | data loaded      | ready, run 0, opens 2 or starts, on MNIST, asked MNIST         | open 2 of a
owed, other data | data failed      | ready, run 2, seed 9, asked MNIST                              | start 2 of 9
owed, other data | 2 needs data     | ready, run 0, to open c or starts, asked MNIST                 | load MNIST
comparing        | start            | ready, run 3, seed 5, compares 2                               | start 3 of 5
comparing        | tune             | ready, run 1, seed 5, compares 2                               | tune 5
comparing        | open             | ready, run 1, seed 1, opens 3, compares 2                      | open 3 of b
comparing        | weights          | ready, run 1, seed 1, opens 3, compares 2                      | weights 3
comparing        | compare          | ready, run 1, seed 1, compares 3                               | compare 3 of 5
comparing        | bring back       | ready, run 1, seed 1, compares 2, brings back                  | bring back
comparing        | data loaded      | ready, run 3, seed 1, compares 2                               | start 3 of 1
comparing        | 2 started        | ready, run 1, seed 1                                           | -
comparing        | refused          | ready, run 1, compares 2                                       | -
comparing        | 2 needs data     | ready, run 1, seed 1, compares 2, to open c, asked MNIST       | load MNIST
comparing        | not compared     | ready, run 1, seed 1                                           | -
bringing back    | start            | ready, run 2, seed 5                                           | start 2 of 5
bringing back    | tune             | ready, run 1, seed 5, brings back                              | tune 5
bringing back    | open             | ready, run 1, seed 1, opens 2, brings back                     | open 2 of b
bringing back    | weights          | ready, run 1, seed 1, opens 2, brings back                     | weights 2
bringing back    | compare          | ready, run 1, seed 1, compares 2, brings back                  | compare 2 of 5
bringing back    | bring back       | ready, run 1, seed 1, brings back                              | bring back
bringing back    | data loaded      | ready, run 2, seed 1                                           | start 2 of 1
bringing back    | refused          | ready, run 1, brings back                                      | -
bringing back    | 2 needs data     | ready, run 1, seed 1, brings back, to open c, asked MNIST      | load MNIST
bringing back    | not brought back | ready, run 1, seed 1                                           | -
";

/// An experiment that is told by its seed.
fn of_seed(seed: u64) -> Experiment {
    Experiment {
        seed,
        ..Experiment::default()
    }
}

/// What is started where nothing was asked for.
const OTHERWISE: u64 = 9;

/// How a session gets into each state.
fn states() -> Vec<(&'static str, Session)> {
    let start = |to_open: Option<&str>, inputs: Vec<Input>| {
        let mut session = Session::new(DataSource::Auto, to_open.map(PathBuf::from));
        for input in inputs {
            session.on(input, &of_seed(OTHERWISE));
        }
        session
    };
    let ready = |inputs: Vec<Input>| {
        let first = vec![Input::WorkerStarted, Input::DataLoaded];
        start(
            None,
            [first, vec![Input::Tune(of_seed(1))], inputs].concat(),
        )
    };
    let owed = |inputs: Vec<Input>| {
        let first = vec![Input::WorkerStarted, Input::DataLoaded];
        start(Some("a"), [first, inputs].concat())
    };
    let needs_data = |run| Input::NeedsData {
        run: RunId(run),
        folder: "a".into(),
        data: DataSource::Named(DataSetId::MNIST),
    };
    vec![
        ("no worker", start(None, vec![])),
        ("no data", start(None, vec![Input::WorkerStarted])),
        ("to open", start(Some("a"), vec![Input::WorkerStarted])),
        ("running", ready(vec![])),
        ("refused", ready(vec![Input::Refused])),
        ("opening", ready(vec![Input::Open("a".into())])),
        ("owed", owed(vec![])),
        (
            "other data",
            ready(vec![Input::Open("a".into()), needs_data(2)]),
        ),
        ("owed, other data", owed(vec![needs_data(1)])),
        ("comparing", ready(vec![Input::Compare(of_seed(4))])),
        ("bringing back", ready(vec![Input::BringBack])),
    ]
}

/// What is asked for and what happens, where that depends on the state.
fn inputs() -> Vec<(&'static str, Input)> {
    let weights = |experiment| Input::StartFromWeights {
        experiment,
        file: "w".into(),
        matching: Matching::ByName,
    };
    let mut invalid = Experiment::default();
    invalid.optimizer.learning_rate = -1.0;
    let run = RunId(2);
    vec![
        ("start", Input::Start(of_seed(5))),
        ("start invalid", Input::Start(invalid.clone())),
        ("tune", Input::Tune(of_seed(5))),
        ("tune invalid", Input::Tune(invalid.clone())),
        ("open", Input::Open("b".into())),
        ("weights", weights(of_seed(5))),
        ("weights invalid", weights(invalid.clone())),
        ("compare", Input::Compare(of_seed(5))),
        ("compare invalid", Input::Compare(invalid)),
        ("bring back", Input::BringBack),
        ("data loaded", Input::DataLoaded),
        ("data failed", Input::DataFailed),
        (
            "2 started",
            Input::RunStarted {
                run,
                experiment: of_seed(5),
            },
        ),
        ("refused", Input::Refused),
        ("1 not opened", Input::NotOpened(RunId(1))),
        ("2 not opened", Input::NotOpened(run)),
        (
            "2 needs data",
            Input::NeedsData {
                run,
                folder: "c".into(),
                data: DataSource::Named(DataSetId::MNIST),
            },
        ),
        ("not compared", Input::NotCompared),
        ("not brought back", Input::NotBroughtBack),
    ]
}

/// A state in words; the data only where they are not, or will not be, those that are found.
fn words(session: &Session) -> String {
    let mut words = match &session.stage {
        Stage::NoWorker => vec!["no worker".to_owned()],
        Stage::NoData => vec!["no data".to_owned()],
        Stage::Ready(_) => vec!["ready".to_owned()],
    };
    words.push(format!("run {}", session.current.0));
    if let Some(asked) = session.asked() {
        let seed = asked.experiment.as_ref().map(|experiment| experiment.seed);
        words.extend(seed.map(|seed| format!("seed {seed}")));
        words.extend(asked.opening.as_ref().map(|opening| {
            let owed = if opening.owes_run { " or starts" } else { "" };
            format!("opens {}{owed}", opening.run.0)
        }));
        words.extend(asked.comparison.map(|run| format!("compares {}", run.0)));
        words.extend(asked.brings_back.then(|| "brings back".to_owned()));
    }
    words.extend(session.to_open.as_ref().map(|to_open| {
        let owed = if to_open.owes_run { " or starts" } else { "" };
        format!("to open {}{owed}", to_open.folder.display())
    }));
    for (what, data) in [("on", &session.data), ("asked", &session.data_asked)] {
        match data {
            DataSource::Auto => {}
            DataSource::Path(folder, _) => words.push(format!("{what} {}", folder.display())),
            DataSource::Named(id) => words.push(format!("{what} {}", id.label())),
        }
    }
    words.join(", ")
}

fn command_words(command: &Command) -> String {
    match command {
        Command::LoadDataset(DataSource::Auto) => "load".to_owned(),
        Command::LoadDataset(DataSource::Path(folder, _)) => format!("load {}", folder.display()),
        Command::LoadDataset(DataSource::Named(id)) => format!("load {}", id.label()),
        Command::Fetch(id) => format!("fetch {}", id.label()),
        Command::StartRun { run, experiment } => format!("start {} of {}", run.0, experiment.seed),
        Command::Tune(experiment) => format!("tune {}", experiment.seed),
        Command::OpenRun { run, folder } => format!("open {} of {}", run.0, folder.display()),
        Command::StartFromWeights { run, .. } => format!("weights {}", run.0),
        Command::Compare { run, experiment } => format!("compare {} of {}", run.0, experiment.seed),
        Command::BringBack => "bring back".to_owned(),
        other => format!("{other:?}"),
    }
}

#[test]
fn every_input_leads_where_the_table_says() {
    let mut rows: BTreeMap<[&str; 2], [&str; 2]> = BTreeMap::new();
    for line in TABLE.lines().filter(|line| !line.is_empty()) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [state, input, next, commands] = cells[..] else {
            panic!("a row has four cells: {line}");
        };
        let before = rows.insert([state, input], [next, commands]);
        assert_eq!(before, None, "{state}, {input}: twice");
    }
    for (name, state) in states() {
        for (input, on) in inputs() {
            let mut next = state.clone();
            let commands = next.on(on, &of_seed(OTHERWISE));
            let commands: Vec<String> = commands.iter().map(command_words).collect();
            let found = match &commands[..] {
                [] if next == state => None,
                [] => Some([words(&next), "-".to_owned()]),
                commands => Some([words(&next), commands.join(", ")]),
            };
            let expected = rows.remove(&[name, input]);
            let expected = expected.map(|row| row.map(str::to_owned));
            assert_eq!(found, expected, "{name}, {input}");
        }
    }
    assert!(rows.is_empty(), "no such state or input: {rows:?}");
}

#[test]
fn data_can_be_asked_for_at_any_time_and_are_in_use_once_they_are_there() {
    let folder = DataSource::at("d");
    for (name, state) in states() {
        let mut next = state.clone();
        let commands = next.on(Input::Load(folder.clone()), &of_seed(OTHERWISE));
        assert_eq!(commands, [Command::LoadDataset(folder.clone())], "{name}");
        let commands = next.on(Input::Fetch(DataSetId::MNIST), &of_seed(OTHERWISE));
        assert_eq!(commands, [Command::Fetch(DataSetId::MNIST)], "{name}");
        let asked = DataSource::Named(DataSetId::MNIST);
        assert_eq!(next.data(), state.data(), "{name}");
        let data_asked = asked.clone();
        assert_eq!(
            next,
            Session {
                data_asked,
                ..state
            },
            "{name}"
        );
        next.on(Input::DataLoaded, &of_seed(OTHERWISE));
        let has_worker = next.stage != Stage::NoWorker;
        assert_eq!(*next.data() == asked, has_worker, "{name}");
    }
}

#[test]
fn a_run_is_opened_on_other_data_once_those_are_there_and_not_if_they_fail() {
    let data = DataSource::at("d");
    let open_on = Input::OpenOn {
        folder: "c".into(),
        data: data.clone(),
    };
    for (name, state) in states() {
        for are_there in [true, false] {
            let mut next = state.clone();
            let commands = next.on(open_on.clone(), &of_seed(OTHERWISE));
            assert_eq!(commands, [Command::LoadDataset(data.clone())], "{name}");
            let has_worker = next.stage != Stage::NoWorker;
            let found = if are_there {
                Input::DataLoaded
            } else {
                Input::DataFailed
            };
            let commands = next.on(found, &of_seed(OTHERWISE));
            let opens = commands.iter().any(
                |command| matches!(command, Command::OpenRun { folder, .. } if folder.as_os_str() == "c"),
            );
            assert_eq!(opens, are_there && has_worker, "{name}: {commands:?}");
        }
    }
}

#[test]
fn what_was_asked_of_a_worker_goes_with_it_and_the_next_one_loads_the_data_in_use() {
    for (name, state) in states() {
        let mut next = state.clone();
        assert_eq!(next.on(Input::WorkerGone, &of_seed(OTHERWISE)), []);
        let stage = Stage::NoWorker;
        assert_eq!(next, Session { stage, ..state }, "{name}");
        let commands = next.on(Input::WorkerStarted, &of_seed(OTHERWISE));
        assert_eq!(commands, [Command::LoadDataset(DataSource::Auto)], "{name}");
        assert_eq!(next.stage, Stage::NoData, "{name}");
        assert_eq!(next.data_asked, next.data, "{name}");
    }
}

#[test]
fn a_run_that_is_kept_or_back_is_the_current_one_unless_another_is_on_its_way() {
    let back = Input::BroughtBack {
        run: RunId(1),
        experiment: of_seed(5),
        data: DataSource::at("d"),
    };
    let kept = Input::ComparisonKept {
        run: RunId(2),
        experiment: of_seed(5),
    };
    let started = Input::RunStarted {
        run: RunId(2),
        experiment: of_seed(5),
    };
    let start = Input::Start(of_seed(3));
    for (inputs, expected) in [
        (
            vec![Input::Compare(of_seed(2)), started, kept],
            "run 2, seed 5",
        ),
        (vec![Input::BringBack, back.clone()], "run 1, seed 5, on d"),
        (vec![Input::BringBack, start, back], "run 2, seed 3, on d"),
    ] {
        let mut session = Session::default();
        for input in [Input::WorkerStarted, Input::DataLoaded]
            .into_iter()
            .chain(inputs)
        {
            session.on(input, &of_seed(OTHERWISE));
        }
        assert_eq!(words(&session), format!("ready, {expected}"));
    }
}

#[test]
fn a_run_that_starts_is_known_for_what_was_asked() {
    let found = |state: &str, run| {
        let states = states();
        let (_, session) = states.iter().find(|(name, _)| *name == state)?;
        session.newcomer(RunId(run))
    };
    assert_eq!(found("running", 1), Some(Newcomer::Current));
    assert_eq!(found("running", 2), None);
    assert_eq!(found("opening", 2), Some(Newcomer::Opened));
    assert_eq!(found("comparing", 2), Some(Newcomer::Comparison));
    assert_eq!(found("other data", 2), None);
}
