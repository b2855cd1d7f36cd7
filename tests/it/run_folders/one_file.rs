//! A run in one file: the same run, and nothing that a hostile one could do.

use std::fs;
use std::io::{Cursor, Write};
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use hourglass::protocol::one_file::PackedImages;
use hourglass::protocol::{Command, Event, Fitting, Phase, RunId};
use hourglass::run_folder::{
    CHECKSUMS_FILE, METRICS_FILE, RESUME_FILE, RunFiles, SavedFiles, images_of, is_archive, is_run,
    read_images,
};
use hourglass::worker::Worker;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::command_line::hourglass;
use crate::worker::{send, small, start, wait_for, wait_for_phase, with_digits};

fn train(worker: &Worker, n: u64) {
    let n = NonZeroU64::new(n).expect("some");
    send(worker, Command::TrainSteps(n));
    wait_for_phase(worker, |phase| matches!(phase, Phase::Paused { .. }));
}

fn save(worker: &Worker, folder: &Path) {
    let folder = folder.to_owned();
    send(worker, Command::SaveRun { folder });
    wait_for(worker, |event| match event {
        Event::RunSaved { images, .. } => {
            assert_eq!(images, None, "everybody can have these digits");
            Some(())
        }
        Event::Failed(failure) => panic!("{failure}"),
        _ => None,
    });
}

/// A run after four steps, as a folder and as a file.
fn both(home: &Path) -> [PathBuf; 2] {
    let worker = with_digits();
    start(&worker, 1, small());
    train(&worker, 4);
    let places = [home.join("run"), home.join("run.hourglass")];
    for place in &places {
        save(&worker, place);
    }
    places
}

#[test]
fn a_file_is_the_run_of_its_folder() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let [folder, file] = both(home.path());
    assert!(is_archive(&file) && is_run(&file) && is_run(&folder) && !is_archive(&folder));
    let read = |run: &Path| SavedFiles::all(run).expect("whole");
    let [of_folder, of_file] = [&folder, &file].map(|run| read(run));
    for name in ["experiment.toml", "model.safetensors", "gradients.csv"] {
        let both = [&of_folder, &of_file].map(|saved| saved.bytes(name).expect("whole"));
        assert!(both[0].is_some() && both[0] == both[1], "{name}");
    }

    // It is trained on from there, and saved into the file.
    let worker = with_digits();
    let (run, from) = (RunId(7), file.clone());
    send(&worker, Command::OpenRun { run, folder: from });
    let history = wait_for(&worker, |event| match event {
        Event::RunOpened { history, .. } => Some(history),
        Event::Failed(failure) => panic!("{failure}"),
        _ => None,
    });
    assert!(history.goes_on && history.evaluation.step == 4);
    wait_for_phase(&worker, |_| true);
    train(&worker, 1);
    save(&worker, &file);
    let metrics = |run: &Path| {
        let saved = read(run);
        let text = saved.text("metrics.csv").expect("whole").expect("saved");
        text.to_owned()
    };
    assert!(metrics(&file).starts_with(metrics(&folder).lines().next().expect("a heading")));
    assert!(metrics(&file).contains("\n5,") && !metrics(&folder).contains("\n5,"));
}

#[test]
fn packing_and_unpacking_gives_the_same_folder() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let [folder, _] = both(home.path());
    let text = |path: &Path| path.to_str().expect("Unicode").to_owned();
    let packed = home.path().join("packed.hourglass");
    let again = home.path().join("packed");
    let run = |arguments: &[&str]| {
        let output = hourglass(arguments);
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    };
    let pack = ["pack", &text(&folder), "--out", &text(&packed)];
    let (done, said) = run(&pack);
    assert!(done && said.contains("packed.hourglass"), "{said}");
    let (done, said) = run(&pack);
    assert!(!done && said.contains("--force"), "{said}");
    let (done, said) = run(&["unpack", &text(&packed)]); // beside the file, called after it
    assert!(done, "{said}");
    for entry in fs::read_dir(&folder).expect("readable") {
        let name = entry.expect("an entry").file_name();
        if name.to_string_lossy().starts_with('.') {
            continue; // a lock that stays on Windows
        }
        let [one, other] = [&folder, &again].map(|of| fs::read(of.join(&name)).ok());
        assert_eq!(one, other, "{}", name.display());
    }
    let (done, said) = run(&["unpack", &text(&packed)]);
    assert!(!done && said.contains("choose another --out"), "{said}");
    let (done, said) = run(&["train", "--resume", &text(&packed)]);
    assert!(!done && said.contains("hourglass unpack"), "{said}");
    let out = text(&home.path().join("a.hourglass"));
    let (done, said) = run(&["train", "--preset", "vanilla-64", "--out", &out]);
    assert!(!done && said.contains("hourglass pack"), "{said}");
    let (done, said) = run(&["pack", &text(home.path())]);
    assert!(!done && said.contains(RESUME_FILE), "{said}");
    let (done, said) = run(&["pack", &text(&home.path().join("none"))]);
    assert!(!done && said.contains("no such folder or file"), "{said}");
    let (done, said) = run(&["unpack", &text(&packed), "--out", &out]);
    assert!(!done && said.contains("another --out"), "{said}");

    let renamed = home.path().join("run.zip");
    fs::rename(&packed, &renamed).expect("renamed");
    assert!(is_run(&renamed), "its first bytes say what it is");
    let empty = home.path().join("empty.hourglass");
    fs::write(&empty, "").expect("written");
    assert!(
        is_run(&empty),
        "it is opened as one, which says what is wrong with it"
    );
}

/// Entries as an archive may hold them, in place of or beside those of a run.
type Entries = Vec<(String, Vec<u8>)>;

fn entries_of(file: &Path) -> Entries {
    let mut zip = ZipArchive::new(fs::File::open(file).expect("there")).expect("a ZIP");
    let names: Vec<String> = (0..zip.len())
        .map(|at| {
            zip.by_index(at)
                .expect("an entry")
                .name()
                .expect("text")
                .into_owned()
        })
        .collect();
    let read = |name: String| {
        let mut content = Vec::new();
        let mut entry = zip.by_name(&name).expect("listed");
        std::io::Read::read_to_end(&mut entry, &mut content).expect("whole");
        (name, content)
    };
    names.into_iter().map(read).collect()
}

fn packed(entries: &Entries) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let deflated = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in entries {
        zip.start_file(name.as_str(), deflated).expect("room");
        zip.write_all(content).expect("room");
    }
    zip.finish().expect("room").into_inner()
}

/// One more file, with this name.
fn with(mut entries: Entries, name: &str) -> Vec<u8> {
    entries.push((name.to_owned(), b"gone".to_vec()));
    packed(&entries)
}

/// The list of checksums under the name of another file, which is as long.
fn with_a_file_twice(entries: &Entries) -> Vec<u8> {
    let mut bytes = packed(entries);
    let [from, to] = [CHECKSUMS_FILE, RESUME_FILE].map(str::as_bytes);
    for at in 0..bytes.len() - from.len() {
        if bytes[at..].starts_with(from) {
            bytes[at..at + to.len()].copy_from_slice(to);
        }
    }
    bytes
}

/// A link under the name of a file.
fn with_a_link(mut entries: Entries) -> Vec<u8> {
    entries.retain(|(name, _)| *name != METRICS_FILE);
    let mut zip = ZipWriter::new_append(Cursor::new(packed(&entries))).expect("a ZIP");
    let options = SimpleFileOptions::default();
    zip.add_symlink(METRICS_FILE, "/etc/passwd", options)
        .expect("room");
    zip.finish().expect("room").into_inner()
}

/// Every entry marked as encrypted, here and in the table.
fn encrypted(entries: &Entries) -> Vec<u8> {
    let mut bytes = packed(entries);
    for at in 0..bytes.len() - 10 {
        match &bytes[at..at + 4] {
            b"PK\x03\x04" => bytes[at + 6] |= 1,
            b"PK\x01\x02" => bytes[at + 8] |= 1,
            _ => (),
        }
    }
    bytes
}

/// One entry of one byte in the long form of a ZIP, which claims to have `n_bytes`, in a table that claims `n_entries`.
fn zip64(n_bytes: u64, n_entries: u64) -> Vec<u8> {
    let name = b"metrics.csv";
    let long = u32::MAX.to_le_bytes(); // look in the longer field
    let lengths = [11, 0, 20, 0];
    let field = [
        &[1, 0, 16, 0][..],
        &n_bytes.to_le_bytes(),
        &1_u64.to_le_bytes(),
    ]
    .concat();
    let head = [
        &[45, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0][..],
        &long,
        &long,
    ]
    .concat();
    let mut bytes = [b"PK\x03\x04", &head[..], &lengths, name, &field, b"1"].concat();
    let table_at = bytes.len() as u64;
    let table = [
        b"PK\x01\x02\x2d\0",
        &head[..],
        &lengths,
        &[0; 14],
        name,
        &field,
    ]
    .concat();
    bytes.extend(&table);
    let end_at = bytes.len() as u64;
    bytes.extend(
        [
            b"PK\x06\x06",
            &44_u64.to_le_bytes()[..],
            &[45, 0, 45, 0],
            &[0; 8],
        ]
        .concat(),
    );
    for number in [n_entries, n_entries, table.len() as u64, table_at] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(
        [
            b"PK\x06\x07",
            &[0; 4][..],
            &end_at.to_le_bytes(),
            &[1, 0, 0, 0],
        ]
        .concat(),
    );
    bytes.extend([b"PK\x05\x06", &[0; 4][..], &[255; 12], &[0; 2]].concat());
    bytes
}

/// The long form is read: programs that pack again may use it.
#[test]
fn a_file_in_the_long_form_of_a_zip_is_the_same_run() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let [folder, file] = both(home.path());
    let long = SimpleFileOptions::default().large_file(true);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries_of(&file) {
        zip.start_file(name, long).expect("room");
        zip.write_all(&content).expect("room");
    }
    fs::write(&file, zip.finish().expect("room").into_inner()).expect("written");
    let weights = [&file, &folder].map(|run| {
        let saved = SavedFiles::all(run).expect("whole");
        let content = saved.bytes("model.safetensors").expect("whole");
        content.expect("saved").to_owned()
    });
    assert_eq!(weights[0], weights[1]);
}

#[test]
fn hostile_files_are_refused_with_their_names_and_touch_nothing() {
    type Change = fn(Entries) -> Vec<u8>;
    let home = tempfile::tempdir().expect("a temporary folder");
    let [_, file] = both(home.path());
    let whole = entries_of(&file);
    let cases: [(&str, Change, &str); 14] = [
        (
            "a path that leads out",
            |entries| with(entries, "../outside.txt"),
            "not a file of a run",
        ),
        (
            "a path from the root",
            |entries| with(entries, "/tmp/outside.txt"),
            "not a file of a run",
        ),
        (
            "a stranger",
            |entries| with(entries, "run.sh"),
            "not a file of a run",
        ),
        (
            "a bomb",
            |mut entries| {
                entries.retain(|(name, _)| *name != "metrics.csv");
                entries.push(("metrics.csv".to_owned(), vec![b'1'; 90_000_000]));
                entries.retain(|(name, _)| *name == "metrics.csv"); // some 90 kB
                packed(&entries)
            },
            "far more than a file of its size",
        ),
        (
            "a file twice",
            |entries| with_a_file_twice(&entries),
            "twice",
        ),
        (
            "a changed file",
            |mut entries| {
                for (name, content) in &mut entries {
                    if *name == RESUME_FILE {
                        content[1_000] ^= 1;
                    }
                }
                packed(&entries)
            },
            RESUME_FILE,
        ),
        (
            "no run",
            |mut entries| {
                entries.retain(|(name, _)| *name != RESUME_FILE);
                packed(&entries)
            },
            "run",
        ),
        (
            "no list",
            |mut entries| {
                for (name, content) in &mut entries {
                    if *name == CHECKSUMS_FILE {
                        *content = b"nothing".to_vec();
                    }
                }
                packed(&entries)
            },
            "not a list of checksums",
        ),
        (
            "half",
            |entries| {
                let mut bytes = packed(&entries);
                bytes.truncate(bytes.len() / 2);
                bytes
            },
            "damaged",
        ),
        ("text", |_| b"not a ZIP".to_vec(), "damaged"),
        ("a link", with_a_link, "not a file of a run"),
        ("a password", |entries| encrypted(&entries), "Password"),
        (
            "endless bytes",
            |_| zip64(u64::MAX, 1),
            "far more than a file of its size",
        ),
        ("endless entries", |_| zip64(1, 1 << 40), "damaged"),
    ];
    for (name, change, expected) in cases {
        let hostile = home.path().join(format!("{name}.hourglass"));
        fs::write(&hostile, change(whole.clone())).expect("written");
        let text = hostile.to_str().expect("Unicode");
        let into = home.path().join("into");
        let output = hourglass(&["unpack", text, "--out", into.to_str().expect("Unicode")]);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{name} was unpacked");
        assert!(message.contains(expected), "{name}: {message}");
        assert!(message.contains(text), "{name}: {message}");
        assert!(!into.exists(), "{name} left a folder");
    }
    assert!(!home.path().join("outside.txt").exists());
}

/// The size in the table of a ZIP is a claim.
#[test]
fn an_entry_that_is_longer_than_it_says_is_not_read_to_its_end() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let [_, file] = both(home.path());
    let entries = entries_of(&file);
    let mut bytes = packed(&entries);
    let (_, content) = entries
        .iter()
        .find(|(name, _)| *name == RESUME_FILE)
        .expect("saved");
    let size = u32::try_from(content.len()).expect("small").to_le_bytes();
    let places: Vec<usize> = bytes
        .windows(4)
        .enumerate()
        .filter(|(_, window)| *window == size)
        .map(|(at, _)| at)
        .collect();
    for at in places {
        bytes[at..at + 4].copy_from_slice(&1_000_u32.to_le_bytes());
    }
    fs::write(&file, bytes).expect("written");
    let error = SavedFiles::all(&file).expect_err("it lies").to_string();
    assert!(error.contains(RESUME_FILE), "{error}");
}

/// Whatever becomes of a byte, or of the end, a file is the run that was saved or is refused.
#[test]
fn every_flipped_byte_and_every_cut_of_a_file_is_refused_or_changes_nothing() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let file = home.path().join("run.hourglass");
    let run = RunFiles {
        metrics: "metrics".to_owned(),
        gradients: None,
        summary: Some("summary".to_owned()),
        experiment: "experiment".to_owned(),
        model: b"model".to_vec(),
        resume: b"resume".to_vec(),
    };
    let images = PackedImages {
        arrays: b"not really".to_vec(),
        fitting: Fitting::default(),
        data: "bars@1234".to_owned(),
    };
    run.pack(&file, Some(&images)).expect("written");
    let whole = fs::read(&file).expect("there");
    let is_sound = |damaged: &[u8]| {
        fs::write(&file, damaged).expect("written");
        images_of(&file, &images.data).ok();
        read_images(&file).ok();
        let Ok(saved) = SavedFiles::all(&file) else {
            return false; // refused
        };
        for (name, content) in [
            ("metrics.csv", "metrics"),
            ("summary.json", "summary"),
            ("experiment.toml", "experiment"),
            ("model.safetensors", "model"),
            (RESUME_FILE, "resume"),
        ] {
            let found = saved.bytes(name).expect("it was compared");
            assert!(
                found.is_none_or(|found| found == content.as_bytes()),
                "{name}"
            );
        }
        true
    };
    assert!(is_sound(&whole));
    let mut n_refused = 0;
    for at in 0..whole.len() {
        for bit in [1, 128] {
            let mut flipped = whole.clone();
            flipped[at] ^= bit;
            n_refused += usize::from(!is_sound(&flipped));
        }
        assert!(!is_sound(&whole[..at]), "cut to {at}");
    }
    assert!(
        n_refused > whole.len() / 2,
        "{n_refused} of {}",
        2 * whole.len()
    );
}
