//! The files that the fuzzers found worth keeping: each leads a reader along another way, and none may crash it.

use std::fs;
use std::path::Path;

use crate::readers;

/// Reads every seed of a reader; how many were read, and how many refused.
fn read_all(name: &str, read: fn(&[u8]) -> bool) -> [usize; 2] {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/seeds")
        .join(name);
    let seeds = fs::read_dir(&folder).expect("the seeds are part of the project");
    let mut counts = [0, 0];
    for seed in seeds {
        let bytes = fs::read(seed.expect("listed").path()).expect("readable");
        counts[usize::from(!read(&bytes))] += 1;
    }
    counts
}

/// Both outcomes have to be among the seeds: otherwise they would test less than they seem to.
fn check(name: &str, read: fn(&[u8]) -> bool) {
    let [accepted, refused] = read_all(name, read);
    assert!(
        accepted > 0 && refused > 0,
        "{name}: {accepted} read, {refused} refused"
    );
}

#[test]
fn pictures_from_fuzzing_are_read_or_refused() {
    check("picture", readers::picture);
}

/// The first byte names the reader, as in the fuzzer.
#[test]
fn data_files_from_fuzzing_are_read_or_refused() {
    check("data", readers::chosen_data);
}

#[test]
fn experiments_from_fuzzing_are_read_or_refused() {
    check("experiment", readers::experiment);
}

#[test]
fn weights_from_fuzzing_are_read_or_refused() {
    check("weights", readers::weights_of);
}

#[test]
fn states_of_runs_from_fuzzing_are_read_or_refused() {
    check("resume", readers::state_of_a_run);
}
