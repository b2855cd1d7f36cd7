//! Runs on a person's own images: found again by what is in them, wherever they lie, and refused where it is not the same.

use std::fs;
use std::path::{Path, PathBuf};

use hourglass::experiment::PresetId;
use hourglass::protocol::one_file::PackedImages;
use hourglass::protocol::{
    Command, DataSource, DatasetDescription, Event, Failure, Fitting, Phase, RunId,
};
use hourglass::run_folder::SavedFiles;
use hourglass::train::device;
use hourglass::worker::{Wake, Worker, spawn};
use image::{GrayImage, Luma};

use crate::command_line::hourglass;
use crate::worker::{send, wait_for, wait_for_phase};

/// A folder of two classes of small images; `shade` is that of one pixel of one of them.
fn images(folder: &Path, shade: u8) -> PathBuf {
    let path = folder.join("bars");
    for (class, at) in [("left", 2), ("right", 7)] {
        fs::create_dir_all(path.join(class)).expect("a folder");
        for idx in 0..20 {
            let mut image = GrayImage::from_fn(10, 8, |x, y| {
                let is_bar = x == at && y > idx % 6;
                Luma([if is_bar {
                    240 - u8::try_from(idx).expect("few")
                } else {
                    10
                }])
            });
            image.put_pixel(0, 0, Luma([shade]));
            let name = format!("{idx}.png");
            image.save(path.join(class).join(name)).expect("written");
        }
    }
    path
}

fn with(path: &Path) -> (Worker, DatasetDescription) {
    let worker = spawn(device::cpu(), Wake::nobody()).expect("a thread");
    let loaded = load(&worker, path);
    (worker, loaded)
}

fn load(worker: &Worker, path: &Path) -> DatasetDescription {
    send(worker, Command::LoadDataset(DataSource::at(path)));
    wait_for(worker, |event| match event {
        Event::DatasetLoaded(dataset) => Some(dataset),
        Event::Failed(failure) => panic!("{failure}"),
        _ => None,
    })
}

/// Opens a run; why it was not opened.
fn open(worker: &Worker, folder: &Path) -> Result<(), Failure> {
    let (run, folder) = (RunId(2), folder.to_owned());
    send(worker, Command::OpenRun { run, folder });
    wait_for(worker, |event| match event {
        Event::RunOpened { .. } => Some(Ok(())),
        Event::Failed(failure) => Some(Err(failure)),
        _ => None,
    })
}

/// Trains for an epoch, saves the run in a folder.
fn saved(worker: &Worker, dataset: &DatasetDescription, folder: PathBuf) -> PathBuf {
    let mut experiment = PresetId::Vanilla64.preset().experiment();
    experiment.training.epochs = 1;
    experiment.training.train_samples = None;
    experiment.fit_to(dataset.id);
    let run = RunId(1);
    send(worker, Command::StartRun { run, experiment });
    send(worker, Command::Train);
    wait_for_phase(worker, |phase| matches!(phase, Phase::Finished { .. }));
    save(worker, &folder);
    folder
}

/// Saves the run in use, in a folder or in one file.
fn save(worker: &Worker, place: &Path) {
    let folder = place.to_owned();
    send(worker, Command::SaveRun { folder });
    wait_for(worker, |event| match event {
        Event::RunSaved { .. } => Some(()),
        Event::Failed(failure) => panic!("{failure}"),
        _ => None,
    });
}

#[test]
fn a_run_opens_on_the_same_images_wherever_they_lie_and_on_no_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = images(folder.path(), 30);
    let (worker, dataset) = with(&path);
    let name = dataset.id.name();
    let run = saved(&worker, &dataset, folder.path().join("run"));

    // Renamed: another name for people, the same content.
    let renamed = folder.path().join("stripes");
    fs::rename(&path, &renamed).expect("renamed");
    let (worker, found) = with(&renamed);
    assert!(
        found.id.name().starts_with("stripes@"),
        "{}",
        found.id.name()
    );
    open(&worker, &run).expect("the images are the same");

    // Others where they were.
    let path = images(folder.path(), 31);
    let (worker, other) = with(&path);
    let reason = open(&worker, &run)
        .expect_err("a pixel differs")
        .to_string();
    assert!(
        reason.contains(name) && reason.contains(other.id.name()),
        "{reason}"
    );
    assert!(reason.contains("start a new run"), "{reason}");

    // While others are in use, it is said where its own are.
    let elsewhere = folder.path().join("elsewhere");
    fs::create_dir(&elsewhere).expect("a folder");
    let (worker, _) = with(&images(&elsewhere, 77));
    let failure = open(&worker, &run).expect_err("others are in use");
    let Failure::OtherDataset { needed, .. } = &failure else {
        panic!("{failure}");
    };
    assert_eq!(needed.label, name);
    let DataSource::Path(at, _) = &needed.source else {
        panic!("{needed:?}");
    };
    assert_eq!(at, &path);

    // And where they are nowhere, that too.
    fs::remove_dir_all(&path).expect("removed");
    let reason = open(&worker, &run).expect_err("they are gone").to_string();
    assert!(
        reason.contains(name) && reason.contains("no longer in"),
        "{reason}"
    );
}

#[test]
fn a_run_in_one_file_brings_its_images_along() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = images(folder.path(), 30);
    let (worker, dataset) = with(&path);
    let file = saved(&worker, &dataset, folder.path().join("mailed.hourglass"));
    fs::remove_dir_all(&path).expect("the images stay behind");

    // On another machine, on which other images are in use.
    let elsewhere = folder.path().join("elsewhere");
    fs::create_dir(&elsewhere).expect("a folder");
    let (worker, _) = with(&images(&elsewhere, 77));
    let failure = open(&worker, &file).expect_err("others are in use");
    let Failure::OtherDataset { needed, .. } = failure else {
        panic!("{failure}");
    };
    send(&worker, Command::LoadDataset(needed.source));
    let found = wait_for(&worker, |event| match event {
        Event::DatasetLoaded(dataset) => Some(dataset),
        Event::Failed(failure) => panic!("{failure}"),
        _ => None,
    });
    assert!(found.id.is_content_of(dataset.id.name()));
    assert_eq!(found.test_images, dataset.test_images);
    open(&worker, &file).expect("it is on its own images");

    // Saved as a folder, it still has them.
    let kept = folder.path().join("kept");
    save(&worker, &kept);
    let name = dataset.id.name();
    let of = |run: &Path| hourglass::run_folder::images_of(run, name).expect("readable");
    assert!(of(&kept).is_some_and(|(at, _)| at.starts_with(&kept)));

    // A folder is made of it, and it opens there on the images beside it.
    let unpacked = folder.path().join("unpacked");
    let [from, to] = [&file, &unpacked].map(|path| path.to_str().expect("Unicode"));
    let output = hourglass(&["unpack", from, "--out", to]);
    assert!(output.status.success(), "{output:?}");
    fs::remove_file(&file).expect("removed");
    let exported = folder.path().join("codes.csv");
    let to_csv = exported.to_str().expect("Unicode");
    let output = hourglass(&[
        "export", "scatter", "--run", to, "--out", to_csv, "--device", "cpu",
    ]);
    assert!(output.status.success(), "{output:?}");

    // And one file is made of that again, with or without them.
    for (name, options, said) in [
        ("with.hourglass", &[][..], "with its 40 images"),
        ("without.hourglass", &["--no-images"], "MB\n"),
    ] {
        let file = folder.path().join(name);
        let file = file.to_str().expect("Unicode");
        let output = hourglass(&[&["pack", to, "--out", file], options].concat());
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains(said), "{output:?}");
        let images = hourglass::run_folder::images_of(Path::new(file), dataset.id.name());
        let images = images.expect("readable");
        assert_eq!(images.is_some(), options.is_empty());
    }
    // Without them, the place where they were is said, and left alone.
    let file = folder.path().join("without.hourglass");
    images(folder.path(), 30);
    let (worker, _) = with(&elsewhere.join("bars"));
    let reason = open(&worker, &file).expect_err("nothing came along");
    assert!(
        matches!(reason, Failure::ImagesNotSent { .. })
            && reason.to_string().contains("did not come along"),
        "{reason}"
    );
    let data = hourglass(&["data", "check", file.to_str().expect("Unicode")]);
    let message = String::from_utf8_lossy(&data.stderr).into_owned();
    assert!(message.contains("a run without its images"), "{message}");
}

/// Images that lie in a folder belong to the run there by their checksum: those of a run before it are no hindrance, and
/// those of a person stay.
#[test]
fn images_beside_a_run_are_its_own_or_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = |path: &Path| path.to_str().expect("Unicode").to_owned();
    let files = ["one", "two"].map(|name| {
        let home = folder.path().join(name);
        fs::create_dir(&home).expect("a folder");
        let shade = if name == "one" { 30 } else { 60 };
        let (worker, dataset) = with(&images(&home, shade));
        let file = saved(&worker, &dataset, home.join("run.hourglass"));
        (worker, dataset, file)
    });
    let [(_, first, file), (worker, second, _)] = files;
    let run = folder.path().join("run");
    let output = hourglass(&["unpack", &text(&file), "--out", &text(&run)]);
    assert!(output.status.success(), "{output:?}");
    save(&worker, &run); // in its place
    let of = |data: &DatasetDescription| {
        hourglass::run_folder::images_of(&run, data.id.name()).expect("readable")
    };
    assert!(of(&first).is_some() && of(&second).is_none());
    open(&worker, &run).expect("it is on the images in use");

    let own = folder.path().join("own");
    fs::create_dir(&own).expect("a folder");
    fs::write(own.join("images.npz"), "a person's").expect("written");
    let output = hourglass(&["unpack", &text(&file), "--out", &text(&own)]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.contains("images.npz"), "{message}");
    let kept = fs::read_to_string(own.join("images.npz")).expect("there");
    assert_eq!(kept, "a person's");
}

/// The images of a run that was sent are opened without being asked for, so they may not fill the memory.
#[test]
fn images_in_a_run_that_would_unpack_to_far_too_many_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (worker, dataset) = with(&images(folder.path(), 30));
    let file = folder.path().join("bomb.hourglass");
    let whole = saved(&worker, &dataset, folder.path().join("whole.hourglass"));
    let mut npz = hourglass::numpy::Npz::compressed();
    let n = 300_000_000;
    npz.put("x_train", "|u1", &[n / 80, 8, 10], &vec![0; n])
        .expect("room");
    let bomb = PackedImages {
        arrays: npz.finish().expect("room"),
        fitting: Fitting::default(),
        data: dataset.id.name().to_owned(),
    };
    assert!(bomb.arrays.len() < 1_000_000);
    let saved = SavedFiles::all(&whole).expect("whole");
    saved.pack(&file, Some(&bomb)).expect("written");
    let path = file.to_str().expect("Unicode");
    let output = hourglass(&["data", "check", path]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        message.contains("its arrays have more than 244 MB"),
        "{message}"
    );
    assert!(message.contains("bomb.hourglass"), "{message}");
}
