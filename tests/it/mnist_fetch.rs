//! Downloads from servers that misbehave in every way known so far.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::net::TcpListener;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use hourglass::data::mnist::{
    FetchError, FetchOptions, FetchProgress, FileSpec, MirrorFault, VerifyError, check, fetch,
};
use tempfile::TempDir;

use crate::http_server::{DEADLINE, Reply, Request, Server};
use crate::synthetic::{gzip, small};

/// The file most of the mishaps happen to: 314 kB of training images.
const IMAGES: &str = "train-images-idx3-ubyte.gz";
const PART: &str = "train-images-idx3-ubyte.gz.part";
/// Where a download breaks off in these tests, in bytes.
const BREAK: usize = 100_000;

fn server(reply: Reply) -> Server {
    Server::start(small().served(), move |_| reply.clone())
}

/// Replies so to requests for the training images, and as it should to the others.
fn images_server(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Server {
    Server::start(small().served(), move |request| {
        if request.name == IMAGES {
            reply(request)
        } else {
            Reply::File
        }
    })
}

fn options(mirrors: &[&Server]) -> FetchOptions {
    FetchOptions {
        replaces: true,
        mirrors: mirrors.iter().map(|server| server.url.clone()).collect(),
        stall_timeout: DEADLINE,
        rounds: NonZeroU32::MIN,
    }
}

fn files() -> [FileSpec; 4] {
    small().manifest.files().map(|file| *file)
}

fn fetch_from(mirrors: &[&Server], into: &Path) -> Result<(), FetchError> {
    fetch_with(&options(mirrors), into)
}

fn fetch_with(options: &FetchOptions, into: &Path) -> Result<(), FetchError> {
    let cancel = AtomicBool::new(false);
    fetch(&files(), options, into, &mut |_| (), &cancel)
}

/// Options with a short patience, for servers that stall.
fn impatient(mirrors: &[&Server]) -> FetchOptions {
    FetchOptions {
        stall_timeout: Duration::from_millis(300),
        ..options(mirrors)
    }
}

/// All four files are there under their names, whole, and nothing else but the lock.
fn assert_complete(folder: &Path) {
    let cancel = AtomicBool::new(false);
    check(folder, &small().manifest, &mut |_| (), &cancel).unwrap();
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "fetch.lock")
        .collect();
    names.sort();
    let mut expected: Vec<String> = small().served().into_keys().collect();
    expected.sort();
    assert_eq!(names, expected);
}

fn faults(error: FetchError) -> Vec<MirrorFault> {
    let FetchError::NoMirror { failures, .. } = error else {
        panic!("expected that no mirror served the file: {error}");
    };
    failures.into_iter().map(|failure| failure.fault).collect()
}

#[test]
fn fetches_all_files_once() {
    let folder = TempDir::new().unwrap();
    let into = folder.path().join("made/on/the/way");
    let good = server(Reply::File);
    fetch_from(&[&good], &into).unwrap();
    assert_complete(&into);
    assert_eq!(good.requests().len(), 4);

    fetch_from(&[&good], &into).unwrap();
    assert_eq!(good.requests().len(), 4, "whole files were fetched again");
}

#[test]
fn a_mirror_address_may_lack_the_slash() {
    let folder = TempDir::new().unwrap();
    let good = server(Reply::File);
    let mut options = options(&[&good]);
    options.mirrors[0].pop();
    fetch_with(&options, folder.path()).unwrap();
    assert_complete(folder.path());
}

#[test]
fn progress_of_a_slow_server_rises_to_the_total() {
    let folder = TempDir::new().unwrap();
    let slow = server(Reply::Trickle(4000));
    let mut seen: Vec<FetchProgress> = Vec::new();
    let cancel = AtomicBool::new(false);
    fetch(
        &files(),
        &options(&[&slow]),
        folder.path(),
        &mut |progress| seen.push(progress),
        &cancel,
    )
    .unwrap();
    assert_complete(folder.path());
    assert!(seen.len() > 15, "only {} reports", seen.len());
    assert!(seen.is_sorted_by_key(|progress| progress.received_bytes));
    let total_bytes: u64 = files().iter().map(|spec| spec.gzip_bytes).sum();
    assert!(seen.iter().all(|seen| seen.total_bytes == total_bytes));
    assert_eq!(seen.last().unwrap().received_bytes, total_bytes);
    assert!(seen[0].received_bytes < 100_000);
}

#[test]
fn the_second_mirror_goes_on_where_the_first_stopped() {
    let folder = TempDir::new().unwrap();
    let stops = images_server(|_| Reply::StopAfter(BREAK));
    let good = server(Reply::File);
    fetch_from(&[&stops, &good], folder.path()).unwrap();
    assert_complete(folder.path());
    assert_eq!(good.first_bytes(IMAGES), [Some(BREAK)]);
    assert_eq!(stops.requests().len(), 1, "the good mirror is kept");
}

#[test]
fn a_server_that_often_hangs_up_is_asked_until_the_file_is_whole() {
    let folder = TempDir::new().unwrap();
    let stops = images_server(|_| Reply::StopAfter(BREAK));
    fetch_from(&[&stops], folder.path()).unwrap();
    assert_complete(folder.path());
    let expected = [None, Some(BREAK), Some(2 * BREAK), Some(3 * BREAK)];
    assert_eq!(stops.first_bytes(IMAGES), expected);
}

#[test]
fn a_server_that_hangs_up_without_progress_is_given_up() {
    let folder = TempDir::new().unwrap();
    let stops = images_server(|_| Reply::StopAfter(10));
    let error = fetch_from(&[&stops], folder.path()).unwrap_err();
    assert!(
        matches!(
            faults(error)[..],
            [MirrorFault::EndedEarly { received_bytes: 10 }]
        ),
        "the first ten bytes are kept"
    );
    assert_eq!(fs::metadata(folder.path().join(PART)).unwrap().len(), 10);
}

#[test]
fn a_server_without_ranges_starts_over() {
    let folder = TempDir::new().unwrap();
    let stops = images_server(|_| Reply::StopAfter(BREAK));
    let plain = server(Reply::WholeFile);
    fetch_from(&[&stops, &plain], folder.path()).unwrap();
    assert_complete(folder.path());
    assert_eq!(plain.first_bytes(IMAGES), [Some(BREAK)]);
}

#[test]
fn a_refused_range_starts_over() {
    for refusal in [Reply::Status(416), Reply::WrongPart] {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join(PART), &small().gzips[0][..BREAK]).unwrap();
        let expected = [Some(BREAK), None];
        let refuses = images_server(move |request| match request.first_byte {
            Some(_) => refusal.clone(),
            None => Reply::File,
        });
        let mut seen_bytes = Vec::new();
        let cancel = AtomicBool::new(false);
        fetch(
            &files(),
            &options(&[&refuses]),
            folder.path(),
            &mut |progress| seen_bytes.push(progress.received_bytes),
            &cancel,
        )
        .unwrap();
        assert_eq!(seen_bytes[0], BREAK as u64);
        assert!(seen_bytes[1] < BREAK as u64, "the refusal was stored");
        assert_complete(folder.path());
        assert_eq!(refuses.first_bytes(IMAGES), expected);
    }
}

#[test]
fn wrong_bytes_are_deleted_and_the_next_mirror_asked() {
    let folder = TempDir::new().unwrap();
    let mut content = small().contents[0].clone();
    *content.last_mut().unwrap() ^= 1;
    let wrong = images_server(move |_| Reply::Bytes(gzip(&content)));
    let error = fetch_from(&[&wrong], folder.path()).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("its checksum differs"), "{text}");
    assert!(matches!(
        faults(error)[..],
        [MirrorFault::WrongFile(VerifyError::WrongChecksum { .. })]
    ));
    assert!(!folder.path().join(PART).exists());
    assert!(!folder.path().join(IMAGES).exists());
    assert_eq!(
        wrong.requests().len(),
        1,
        "wrong bytes are no reason to ask again"
    );

    let good = server(Reply::File);
    fetch_from(&[&wrong, &good], folder.path()).unwrap();
    assert_complete(folder.path());
    assert_eq!(good.first_bytes(IMAGES), [None]);
}

#[test]
fn mirrors_that_fail_are_passed_over() {
    let folder = TempDir::new().unwrap();
    let lost = server(Reply::Status(404));
    let broken = server(Reply::Status(500));
    let page = server(Reply::Bytes(b"<html>Please log in</html>".to_vec()));
    let good = server(Reply::File);
    fetch_from(&[&lost, &broken, &page, &good], folder.path()).unwrap();
    assert_complete(folder.path());
    for bad in [lost, broken, page] {
        assert_eq!(bad.requests().len(), 1, "the good mirror is kept");
    }
}

#[test]
fn when_all_mirrors_fail_the_error_says_how() {
    let folder = TempDir::new().unwrap();
    let lost = server(Reply::Status(404));
    let broken = server(Reply::Status(500));
    // A port that was free a moment ago and that nobody listens on.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed_url = format!("http://{}/", closed.local_addr().unwrap());
    drop(closed);
    let mut options = options(&[&lost, &broken]);
    options.mirrors.push(closed_url.clone());
    options.rounds = NonZeroU32::new(3).unwrap();

    let error = fetch_with(&options, folder.path()).unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with(&format!("{IMAGES} could not be fetched")),
        "{text}"
    );
    assert!(
        text.contains(&format!("{} answered 404; ", lost.url)),
        "{text}"
    );
    assert!(
        text.contains(&format!("{} answered 500; ", broken.url)),
        "{text}"
    );
    let refused = format!("{closed_url} did not answer (");
    assert!(text.contains(&refused), "{text}");
    assert!(text.contains("refused"), "{text}");
    let folder_text = folder.path().display().to_string();
    assert!(text.contains(&folder_text), "{text}");
    assert!(text.contains("by hand"), "{text}");
    assert_eq!(
        lost.requests().len(),
        1,
        "a file that is not there stays away"
    );
    assert_eq!(broken.requests().len(), 3, "once in each round");
}

#[test]
fn a_server_without_tls_is_passed_over() {
    let folder = TempDir::new().unwrap();
    let plain = server(Reply::File);
    let mut options = options(&[&plain]);
    options.mirrors[0] = plain.url.replace("http:", "https:");
    let error = fetch_with(&options, folder.path()).unwrap_err();
    assert!(matches!(faults(error)[..], [MirrorFault::Unreachable(_)]));
}

#[test]
fn redirects_are_followed() {
    let folder = TempDir::new().unwrap();
    let good = server(Reply::File);
    let moved = server(Reply::Redirect(good.url.clone()));
    fs::write(folder.path().join(PART), &small().gzips[0][..BREAK]).unwrap();
    fetch_from(&[&moved], folder.path()).unwrap();
    assert_complete(folder.path());
    assert_eq!(good.first_bytes(IMAGES), [Some(BREAK)], "the range is kept");
}

#[test]
fn a_mirror_that_stalls_is_left_for_the_next() {
    for (stall, expected) in [
        (Reply::StallAtOnce, None),
        (Reply::StallAfter(BREAK), Some(BREAK)),
    ] {
        let folder = TempDir::new().unwrap();
        let stalls = server(stall);
        let good = server(Reply::File);
        fetch_with(&impatient(&[&stalls, &good]), folder.path()).unwrap();
        stalls.hang_ups.recv_timeout(DEADLINE).unwrap();
        assert_complete(folder.path());
        assert_eq!(good.first_bytes(IMAGES), [expected]);
        assert_eq!(
            stalls.requests().len(),
            1,
            "every stall costs the user 20 s"
        );
    }
}

#[test]
fn a_stall_is_reported_as_one() {
    let folder = TempDir::new().unwrap();
    let stalls = server(Reply::StallAtOnce);
    let error = fetch_with(&impatient(&[&stalls]), folder.path()).unwrap_err();
    assert!(matches!(faults(error)[..], [MirrorFault::Stalled(_)]));
}

#[test]
fn cancel_ends_a_stall_at_once_and_the_next_fetch_resumes() {
    for stall in [Reply::StallAtOnce, Reply::StallAfter(BREAK)] {
        let n_sent = if matches!(stall, Reply::StallAfter(_)) {
            BREAK
        } else {
            0
        };
        let folder = TempDir::new().unwrap();
        let mut stalls = server(stall);
        let options = options(&[&stalls]);
        let stalled = &mut stalls.stalls;
        let cancel = &AtomicBool::new(false);
        // The server has sent all it will; the client may still be reading it.
        let mut received = |progress: FetchProgress| {
            assert!(progress.received_bytes <= n_sent as u64);
        };
        let elapsed = thread::scope(|scope| {
            let canceller = thread::Builder::new().name("test-cancel".to_owned());
            let canceller = canceller.spawn_scoped(scope, move || {
                stalled.recv_timeout(DEADLINE).unwrap();
                cancel.store(true, Ordering::Relaxed);
                Instant::now()
            });
            let outcome = fetch(&files(), &options, folder.path(), &mut received, cancel);
            assert!(matches!(outcome, Err(FetchError::Cancelled)), "{outcome:?}");
            canceller.unwrap().join().unwrap().elapsed()
        });
        assert!(elapsed < Duration::from_millis(500), "{elapsed:?}");
        stalls.hang_ups.recv_timeout(DEADLINE).unwrap();
        let kept = fs::metadata(folder.path().join(PART)).unwrap().len();
        let kept = usize::try_from(kept).unwrap();
        assert!(kept <= n_sent);

        let good = server(Reply::File);
        fetch_from(&[&good], folder.path()).unwrap();
        assert_complete(folder.path());
        let expected = (kept > 0).then_some(kept);
        assert_eq!(good.first_bytes(IMAGES), [expected]);
    }
}

#[test]
fn cancel_between_pieces_keeps_what_came() {
    let folder = TempDir::new().unwrap();
    let stalls = server(Reply::StallAfter(BREAK));
    let options = options(&[&stalls]);
    let cancel = AtomicBool::new(false);
    let mut cancel_at_break = |progress: FetchProgress| {
        cancel.store(progress.received_bytes >= BREAK as u64, Ordering::Relaxed);
    };
    let outcome = fetch(
        &files(),
        &options,
        folder.path(),
        &mut cancel_at_break,
        &cancel,
    );
    assert!(matches!(outcome, Err(FetchError::Cancelled)), "{outcome:?}");
    let kept = fs::read(folder.path().join(PART)).unwrap();
    assert_eq!(kept, small().gzips[0][..BREAK]);
}

#[test]
fn a_part_that_is_no_gzip_file_is_thrown_away_unasked() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(PART), b"<html>not found</html>").unwrap();
    let good = server(Reply::File);
    fetch_from(&[&good], folder.path()).unwrap();
    assert_complete(folder.path());
    assert_eq!(good.first_bytes(IMAGES), [None]);
}

#[test]
fn a_part_of_another_file_does_not_spoil_a_good_mirror() {
    let folder = TempDir::new().unwrap();
    let mut other = small().contents[0].clone();
    other[20] ^= 1;
    fs::write(folder.path().join(PART), &gzip(&other)[..BREAK]).unwrap();
    let good = server(Reply::File);
    fetch_from(&[&good], folder.path()).unwrap();
    assert_complete(folder.path());
    assert_eq!(good.first_bytes(IMAGES), [Some(BREAK), None]);
}

#[test]
fn a_whole_part_needs_no_request() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(PART), &small().gzips[0]).unwrap();
    let good = server(Reply::File);
    fetch_from(&[&good], folder.path()).unwrap();
    assert_complete(folder.path());
    assert!(good.first_bytes(IMAGES).is_empty());
}

#[test]
fn a_damaged_file_is_fetched_again() {
    let folder = TempDir::new().unwrap();
    small().write_gzip(folder.path());
    fs::write(folder.path().join(IMAGES), &small().gzips[0][..BREAK]).unwrap();
    let good = server(Reply::File);
    fetch_from(&[&good], folder.path()).unwrap();
    assert_complete(folder.path());
    assert_eq!(good.requests().len(), 1);
}

/// A folder of Fashion-MNIST, named by mistake.
#[test]
fn a_file_of_somebody_else_is_not_replaced() {
    let mirror = server(Reply::File);
    let folder = TempDir::new().unwrap();
    let mut theirs = small().contents[0].clone();
    theirs[100] ^= 1;
    let theirs = gzip(&theirs);
    fs::write(folder.path().join(IMAGES), &theirs).unwrap();
    let options = FetchOptions {
        replaces: false,
        ..options(&[&mirror])
    };
    let error = fetch_with(&options, folder.path()).unwrap_err();
    assert!(matches!(error, FetchError::Occupied { .. }), "{error}");
    assert!(error.to_string().contains("another data set"), "{error}");
    assert!(fs::read(folder.path().join(IMAGES)).unwrap() == theirs);
}

#[test]
fn a_gzip_bomb_is_refused() {
    let folder = TempDir::new().unwrap();
    // 64 MB in 0.3 MB: as long as the file itself, 200 times as large.
    let mut bomb = small().contents[0][..16].to_vec();
    bomb.resize(64 << 20, 0);
    let bomb = gzip(&bomb);
    assert!(
        bomb.len() < small().gzips[0].len() + 64 * 1024,
        "stopped for its length"
    );
    let hostile = images_server(move |_| Reply::Bytes(bomb.clone()));
    let error = fetch_from(&[&hostile], folder.path()).unwrap_err();
    assert!(matches!(
        faults(error)[..],
        [MirrorFault::WrongFile(VerifyError::TooLong { .. })]
    ));
    assert!(!folder.path().join(PART).exists());
}

#[test]
fn an_endless_file_is_refused() {
    let folder = TempDir::new().unwrap();
    let hostile = server(Reply::Endless);
    let error = fetch_from(&[&hostile], folder.path()).unwrap_err();
    assert!(matches!(faults(error)[..], [MirrorFault::TooLong { .. }]));
    assert!(!folder.path().join(PART).exists());
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let into = file.join("mnist");
    let error = fetch_from(&[], &into).unwrap_err();
    assert!(matches!(error, FetchError::Storage { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains(&into.display().to_string()), "{text}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_named() {
    let folder = TempDir::new().unwrap();
    // Writing to this device fails as on a full disk.
    std::os::unix::fs::symlink("/dev/full", folder.path().join(PART)).unwrap();
    let good = server(Reply::File);
    let error = fetch_from(&[&good], folder.path()).unwrap_err();
    let FetchError::Storage { reason, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(reason.kind(), std::io::ErrorKind::StorageFull);
    let text = error.to_string();
    assert!(
        text.contains(&folder.path().display().to_string()),
        "{text}"
    );
    assert_eq!(good.requests().len(), 1, "no mirror can help");
}

#[test]
fn two_fetches_into_one_folder_do_not_mix() {
    let folder = TempDir::new().unwrap();
    let stalls = server(Reply::StallAfter(BREAK));
    let good = server(Reply::File);
    let options = options(&[&stalls]);
    let cancel = AtomicBool::new(false);
    let second = thread::scope(|scope| {
        let first = thread::Builder::new().name("test-fetch".to_owned());
        let first = first.spawn_scoped(scope, || {
            fetch(&files(), &options, folder.path(), &mut |_| (), &cancel)
        });
        let began = stalls.stalls.recv_timeout(DEADLINE);
        let second = fetch_from(&[&good], folder.path());
        cancel.store(true, Ordering::Relaxed);
        let first = first.unwrap().join().unwrap();
        began.unwrap();
        assert!(matches!(first, Err(FetchError::Cancelled)), "{first:?}");
        second
    });
    let error = second.unwrap_err();
    assert!(matches!(error, FetchError::Busy { .. }), "{error}");
    assert!(
        error
            .to_string()
            .starts_with("another Hourglass process is fetching")
    );
    assert!(good.requests().is_empty());

    fetch_from(&[&good], folder.path()).unwrap();
    assert_complete(folder.path());
}
