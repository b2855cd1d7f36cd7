//! Files of a run that are damaged, foreign, of another version, or made to do harm.

use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use hourglass::experiment::PresetId;
use hourglass::protocol::{Command, Event, Failure, Phase, RunId};
use hourglass::run_folder::{
    CHECKSUMS_FILE, FolderLock, RESUME_FILE, RunFiles, SavedFiles, is_run_folder, names_in,
};
use hourglass::train::resume::{self, Resume, ResumeError};
use hourglass::train::{Trainer, device};
use sha2::{Digest, Sha256};

use super::{IMAGES, resume_of, trainer};
use crate::data_sets;
use crate::training::take;
use crate::worker::{send, small, start, wait_for, wait_for_phase, with_digits};

fn a_run() -> Resume {
    let mut trainer = trainer(&PresetId::Vanilla64.preset().experiment());
    take(&mut trainer, 3);
    resume_of(&trainer)
}

fn opened(resume: Resume) -> Result<Trainer, ResumeError> {
    let dataset = data_sets::small(IMAGES.0, IMAGES.1);
    resume.trainer(dataset, &device::cpu().device)
}

/// A file whose checksum is right again after its content was changed.
fn sealed(mut content: Vec<u8>) -> Vec<u8> {
    content.truncate(content.len() - 32);
    content.extend(Sha256::digest(&content));
    content
}

#[test]
fn every_flipped_bit_and_every_cut_is_noticed() {
    let file = resume::write(&a_run()).expect("written");
    let n_bits = file.len() * 8;
    for bit in (0..2048)
        .chain((2048..n_bits).step_by(n_bits / 300))
        .chain(n_bits - 512..n_bits)
    {
        let mut flipped = file.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let error = resume::read(&flipped).expect_err("a bit was flipped");
        assert!(
            matches!(error, ResumeError::Damaged | ResumeError::Older),
            "bit {bit}: {error}"
        );
        if bit > 2048 {
            assert_eq!(error, ResumeError::Damaged);
        }
    }
    for length in (0..64).chain((64..file.len()).step_by(file.len() / 100)) {
        assert!(resume::read(&file[..length]).is_err(), "cut to {length}");
    }
    assert!(resume::read(&[&file[..], b"more"].concat()).is_err());
    assert!(resume::read(b"\x89PNG\r\n\x1a\n").is_err());
    assert!(
        resume::read(&sealed(vec![0; 100])).is_err(),
        "a checksum alone is no run"
    );
}

#[test]
fn other_formats_are_told_from_damage() {
    let run = a_run();
    let older = run.checkpoint.optimizers[0].to_vec(); // all that the first format kept
    assert_eq!(
        resume::read(&older).expect_err("too old"),
        ResumeError::Older
    );

    let mut newer = resume::write(&run).expect("written");
    let number = b"hourglassa2"; // a text of one character, in CBOR
    let at = newer
        .windows(number.len())
        .position(|window| window == number);
    newer[at.expect("a format number") + number.len() - 1] = b'4';
    let error = resume::read(&sealed(newer)).expect_err("too new");
    assert_eq!(error, ResumeError::Newer(4));
    assert!(error.to_string().contains("newer version"), "{error}");
}

type Change = &'static dyn Fn(&mut Resume);

/// Numbers with a right checksum that are not those of the experiment's networks.
#[test]
fn runs_that_were_made_up_are_refused() {
    let honest = a_run();
    let rewritten = |change: &dyn Fn(&mut Resume)| {
        let mut run = honest.clone();
        change(&mut run);
        let file = resume::write(&run).map_err(|error| error.to_string())?;
        let read = resume::read(&file).map_err(|error| error.to_string())?;
        opened(read).map(drop).map_err(|error| error.to_string())
    };
    assert_eq!(rewritten(&|_| {}), Ok(()));
    let changes: [(&str, Change); 9] = [
        ("a parameter less", &|run| {
            run.checkpoint.parameters.pop();
        }),
        ("a parameter more", &|run| {
            let mut more = run.checkpoint.parameters[0].clone();
            more.id = 77.into();
            run.checkpoint.parameters.push(more);
        }),
        ("another shape", &|run| {
            run.checkpoint.parameters[0].shape.reverse();
        }),
        ("another architecture", &|run| {
            run.run.experiment = PresetId::Multilayer64.preset().experiment();
        }),
        ("past the end of the epoch", &|run| {
            run.checkpoint.position = usize::MAX;
        }),
        ("no optimizer", &|run| run.checkpoint.optimizers.clear()),
        ("an optimizer more", &|run| {
            let state = run.checkpoint.optimizers[0].clone();
            run.checkpoint.optimizers.push(state);
        }),
        ("an optimizer of nothing", &|run| {
            let nothing = vec![0_u8; 40];
            run.checkpoint.optimizers[0] = burn_bytes(nothing);
        }),
        ("an optimizer of other parameters", &|run| {
            for parameter in &mut run.checkpoint.parameters {
                parameter.id = (parameter.id.val() + 100).into();
            }
        }),
    ];
    for (what, change) in changes {
        let message = rewritten(change).expect_err(what);
        assert!(
            message.contains("not a run of this program"),
            "{what}: {message}"
        );
    }
}

fn burn_bytes(bytes: Vec<u8>) -> burn::tensor::Bytes {
    burn::tensor::Bytes::from_bytes_vec(bytes)
}

/// Folders with one file damaged each, made from a whole one.
fn damaged_folders(whole: &Path, home: &Path) -> Vec<(&'static str, PathBuf)> {
    type Damage = (&'static str, &'static str, fn(Vec<u8>) -> Vec<u8>);
    let damages: [Damage; 6] = [
        ("resume cut", RESUME_FILE, |bytes| {
            bytes[..bytes.len() / 2].to_vec()
        }),
        ("resume empty", RESUME_FILE, |_| Vec::new()),
        ("resume foreign", RESUME_FILE, |_| {
            b"BURN and nothing else".to_vec()
        }),
        ("curves foreign", "metrics.csv", |_| {
            b"a,b,c\n1,2,3\n".to_vec()
        }),
        ("curves no text", "metrics.csv", |_| vec![0xff; 1000]),
        ("curves cut", "metrics.csv", |bytes| {
            bytes[..bytes.len() / 2].to_vec()
        }),
    ];
    let mut folders: Vec<(&str, PathBuf)> = damages
        .into_iter()
        .map(|(name, file, damage)| {
            let folder = copied(whole, &home.join(name));
            let path = folder.join(file);
            let bytes = std::fs::read(&path).expect("there");
            std::fs::write(&path, damage(bytes)).expect("written");
            (name, folder)
        })
        .collect();
    for (name, text) in [
        ("experiment nested", "[".repeat(100_000)),
        ("experiment long", "# \n".repeat(1_000_000)),
        ("experiment newer", "format = 99\n".to_owned()),
        ("experiment of nothing", "learning_rate = 3\n".to_owned()),
    ] {
        let folder = copied(whole, &home.join(name));
        std::fs::remove_file(folder.join(RESUME_FILE)).expect("removed");
        std::fs::write(folder.join("experiment.toml"), text).expect("written");
        folders.push((name, folder));
    }
    folders
}

fn copied(from: &Path, to: &Path) -> PathBuf {
    std::fs::create_dir(to).expect("made");
    for entry in std::fs::read_dir(from).expect("readable") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name");
        std::fs::copy(&path, to.join(name)).expect("copied");
    }
    to.to_owned()
}

#[test]
fn a_damaged_folder_is_refused_with_its_file_and_the_run_in_progress_is_untouched() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let whole = home.path().join("whole");
    let worker = with_digits();
    start(&worker, 1, small());
    send(
        &worker,
        Command::TrainSteps(NonZeroU64::new(4).expect("four")),
    );
    wait_for_phase(&worker, |phase| matches!(phase, Phase::Paused { .. }));
    let folder = whole.clone();
    send(&worker, Command::SaveRun { folder });
    wait_for(&worker, |event| {
        matches!(event, Event::RunSaved { .. }).then_some(())
    });

    let folders = damaged_folders(&whole, home.path());
    for (run, (name, folder)) in (2..).zip(&folders) {
        let command = Command::OpenRun {
            run: RunId(run),
            folder: folder.clone(),
        };
        send(&worker, command);
        let failure = wait_for(&worker, |event| match event {
            Event::RunStarted { .. } => panic!("{name} was opened"),
            Event::Failed(failure) => Some(failure),
            _ => None,
        });
        let Failure::NotOpened { run: named, reason } = &failure else {
            panic!("{name}: {failure}");
        };
        assert_eq!(*named, RunId(run));
        assert!(
            reason.contains(folder.to_str().expect("Unicode")),
            "{name}: {reason}"
        );
    }
    send(&worker, Command::TrainSteps(NonZeroU64::MIN));
    let step = wait_for(&worker, |event| match event {
        Event::StepsTaken { run, steps } => Some((run, steps.first_step)),
        _ => None,
    });
    assert_eq!(step, (RunId(1), 5));
}

fn write(files: &RunFiles, folder: &Path) -> Result<(), String> {
    let lock = FolderLock::take(folder).map_err(|error| error.to_string())?;
    files.write(&lock).map_err(|error| error.to_string())
}

fn files(resume: &[u8]) -> RunFiles {
    RunFiles {
        gradients: None,
        metrics: "step,epoch,split,total (per pixel),elapsed (s)\n".to_owned(),
        summary: None,
        experiment: "format = 2\n".to_owned(),
        model: b"weights".to_vec(),
        resume: resume.to_vec(),
    }
}

#[cfg(unix)]
#[test]
fn links_that_lead_out_of_the_folder_are_replaced_and_not_followed() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let outside = home.path().join("precious");
    std::fs::write(&outside, "precious").expect("written");
    let run = home.path().join("run");
    std::fs::create_dir(&run).expect("made");
    for file in ["metrics.csv", "model.safetensors", RESUME_FILE] {
        std::os::unix::fs::symlink("../precious", run.join(file)).expect("linked");
    }
    write(&files(b"run"), &run).expect("written");
    assert_eq!(std::fs::read(&outside).expect("there"), b"precious");
    assert_eq!(std::fs::read(run.join(RESUME_FILE)).expect("there"), b"run");
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_neither_opened_nor_waited_for() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let pipe = home.path().join(RESUME_FILE);
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo is there").success());
    assert!(!is_run_folder(home.path()));
    let error = hourglass::run_folder::read_bytes(&pipe).expect_err("a pipe");
    assert!(error.to_string().contains("it is a pipe"), "{error}");
    let error = hourglass::run_folder::read_text(home.path()).expect_err("a folder");
    assert!(error.to_string().contains("it is a folder"), "{error}");
}

/// Nothing can be made there, not even by root.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let message = write(&files(b"run"), Path::new("/proc/hourglass")).expect_err("read-only");
    assert!(message.contains("/proc/hourglass"), "{message}");
    assert!(
        message.contains("Choose a folder that is writable"),
        "{message}"
    );
}

/// Writing fails in the middle of a file, as on a full disk: the system lets this process write no more than
/// 64 kB into a file.
#[cfg(unix)]
#[test]
fn a_disk_that_fills_up_leaves_the_save_before() {
    const FOLDER: &str = "HOURGLASS_TEST_FILLS_UP";
    const NAME: &str = "run_folders::damage::a_disk_that_fills_up_leaves_the_save_before";
    if let Some(folder) = std::env::var_os(FOLDER) {
        let message = write(&files(&vec![1; 200_000]), Path::new(&folder)).expect_err("no room");
        assert!(
            message.contains(RESUME_FILE) && message.contains("has space"),
            "{message}"
        );
        return;
    }
    let home = tempfile::tempdir().expect("a temporary folder");
    write(&files(b"the save before"), home.path()).expect("written");
    let this = std::env::current_exe().expect("this test");
    let script = "trap '' XFSZ; ulimit -f 128; exec \"$0\" --exact \"$1\""; // blocks of 512 bytes
    let status = std::process::Command::new("sh")
        .args(["-c", script])
        .arg(this)
        .arg(NAME)
        .env(FOLDER, home.path())
        .stdout(std::process::Stdio::null())
        .status()
        .expect("sh starts");
    assert!(status.success(), "the failure is not as expected");
    let resume = std::fs::read(home.path().join(RESUME_FILE)).expect("there");
    assert_eq!(resume, b"the save before");
    let n_files = std::fs::read_dir(home.path()).expect("readable").count();
    assert_eq!(n_files, 5, "nothing unfinished is left");
}

/// A folder with an older run and a newer save of which this many files have taken their places.
fn folder_in_mid_save(home: &Path, n_moved: usize) -> PathBuf {
    let (folder, newer) = (home.join(format!("run-{n_moved}")), home.join("newer"));
    let mut older = files(b"older");
    older.summary = Some("{}".to_owned());
    write(&older, &folder).expect("written");
    write(&files(b"newer"), &newer).expect("written");
    let pending = copied(&newer, &folder.join(".hourglass-save"));
    for name in names_in(&newer).into_iter().take(n_moved) {
        std::fs::rename(pending.join(name), folder.join(name)).expect("moved");
    }
    folder
}

#[test]
fn a_save_counts_once_its_list_is_written_and_not_before() {
    let home = tempfile::tempdir().expect("a temporary folder");
    for n_moved in 0..=4 {
        let folder = folder_in_mid_save(home.path(), n_moved);
        assert!(is_run_folder(&folder));
        let names = [RESUME_FILE, "summary.json", "metrics.csv"];
        let saved = SavedFiles::read(&folder, &names).expect("readable");
        let content = |name: &str| saved.bytes(name).expect("as it was saved");
        assert_eq!(content(RESUME_FILE), Some(&b"newer"[..]), "{n_moved}");
        assert_eq!(content("summary.json"), None, "the newer run has none");
        let left: Vec<_> = std::fs::read_dir(&folder).expect("readable").collect();
        assert_eq!(left.len(), 5, "the save is finished: {left:?}");
    }
    // The same without the list: the save never was, and the next one clears it away.
    let folder = folder_in_mid_save(home.path(), 0);
    std::fs::remove_file(folder.join(".hourglass-save").join(CHECKSUMS_FILE)).expect("removed");
    let saved = SavedFiles::read(&folder, &[RESUME_FILE]).expect("readable");
    assert_eq!(
        saved.bytes(RESUME_FILE).expect("whole"),
        Some(&b"older"[..])
    );
    write(&files(b"newest"), &folder).expect("written");
    assert_eq!(std::fs::read_dir(&folder).expect("readable").count(), 5);
}

/// A reader that may not write, or meets the writer, takes the newer files from where they lie.
#[test]
fn a_save_in_progress_is_read_without_touching_it() {
    let home = tempfile::tempdir().expect("a temporary folder");
    for n_moved in 0..=4 {
        let folder = folder_in_mid_save(home.path(), n_moved);
        let lock = FolderLock::take(&folder).expect("nobody holds it");
        let saved = SavedFiles::read(&folder, &[RESUME_FILE, "summary.json"]).expect("readable");
        assert_eq!(
            saved.bytes(RESUME_FILE).expect("whole"),
            Some(&b"newer"[..])
        );
        assert_eq!(saved.bytes("summary.json").expect("whole"), None);
        assert!(
            folder.join(".hourglass-save").is_dir(),
            "it is the writer's"
        );
        drop(lock);
    }
}

#[test]
fn every_flipped_byte_and_every_cut_of_a_saved_file_is_noticed() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let mut whole = files(b"run");
    whole.summary = Some("{\"steps\": 3}".to_owned());
    write(&whole, home.path()).expect("written");
    for name in names_in(home.path()) {
        let path = home.path().join(name);
        let bytes = std::fs::read(&path).expect("there");
        let is_noticed = |damaged: &[u8]| {
            std::fs::write(&path, damaged).expect("written");
            let saved = SavedFiles::read(home.path(), &[name]).expect("readable");
            let error = saved.bytes(name).expect_err(name).to_string();
            assert!(
                error.contains(name) && error.contains("its checksum"),
                "{error}"
            );
        };
        for idx in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[idx] ^= 4;
            is_noticed(&flipped);
            is_noticed(&bytes[..idx]);
        }
        std::fs::write(&path, &bytes).expect("written");
    }
    // The list itself: a cut is noticed; without it, the folder is one of before there were lists.
    let list = home.path().join(CHECKSUMS_FILE);
    let text = std::fs::read(&list).expect("there");
    for length in 0..text.len() {
        std::fs::write(&list, &text[..length]).expect("written");
        let error = SavedFiles::read(home.path(), &[RESUME_FILE]).expect_err("cut");
        assert!(
            error.to_string().contains("not a list of checksums"),
            "{error}"
        );
    }
    std::fs::remove_file(&list).expect("removed");
    let saved = SavedFiles::read(home.path(), &[RESUME_FILE]).expect("readable");
    assert_eq!(
        saved.bytes(RESUME_FILE).expect("as it is"),
        Some(&b"run"[..])
    );
}

#[test]
fn figures_of_the_run_before_do_not_stay_and_other_files_do() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let mut with_figures = files(b"first");
    with_figures.summary = Some("{}".to_owned());
    write(&with_figures, home.path()).expect("written");
    std::fs::write(home.path().join("notes.txt"), "mine").expect("written");
    write(&files(b"second"), home.path()).expect("written");
    assert!(!home.path().join("summary.json").exists());
    assert!(home.path().join("notes.txt").exists());
}

/// The list is one that other programs check.
#[cfg(target_os = "linux")]
#[test]
fn the_list_of_checksums_is_what_sha256sum_reads() {
    let home = tempfile::tempdir().expect("a temporary folder");
    write(&files(b"run"), home.path()).expect("written");
    let check = std::process::Command::new("sha256sum")
        .args(["--check", "--strict", CHECKSUMS_FILE])
        .current_dir(home.path())
        .output()
        .expect("sha256sum is there");
    assert!(check.status.success(), "{check:?}");
}

#[test]
fn what_is_in_the_way_of_a_file_is_named_before_anything_is_replaced() {
    let home = tempfile::tempdir().expect("a temporary folder");
    write(&files(b"first"), home.path()).expect("written");
    std::fs::create_dir(home.path().join("summary.json")).expect("made");
    let error = write(&files(b"second"), home.path()).expect_err("a folder is in the way");
    assert!(
        error.contains("summary.json") && error.contains("a folder"),
        "{error}"
    );
    let resume = std::fs::read(home.path().join(RESUME_FILE)).expect("there");
    assert_eq!(resume, b"first");
}
