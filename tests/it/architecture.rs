//! The walls between the modules: who may import whom, and where which crate may appear.

use std::fs;
use std::path::{Path, PathBuf};

/// A source file with its module's name: the folder or file directly under `src`.
struct Source {
    path: PathBuf,
    module: String,
    /// The lines that are code, without comments.
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    collect(&root, &root, &mut found);
    assert!(found.len() > 40, "the sources are not where they were");
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            collect(root, &path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).expect("a readable source");
            let is_code = |line: &&str| !line.trim_start().starts_with("//");
            let code: Vec<&str> = text.lines().filter(is_code).collect();
            let inside = path.strip_prefix(root).expect("under src");
            let first = inside.components().next().expect("a name");
            let first = first.as_os_str().to_string_lossy();
            found.push(Source {
                module: first.trim_end_matches(".rs").to_owned(),
                code: code.join("\n"),
                path: inside.to_owned(),
            });
        }
    }
}

/// Fails for every file outside `allowed` in which a word appears.
fn only_in(words: &[&str], allowed: &[&str]) {
    for source in sources() {
        let path = source.path.to_string_lossy().replace('\\', "/");
        let is_allowed = allowed
            .iter()
            .any(|place| source.module == *place || path == *place);
        for word in words {
            assert!(
                is_allowed || !source.code.contains(word),
                "{path} uses {word}, which belongs to {allowed:?} alone"
            );
        }
    }
}

/// The modules a module imports from this crate.
fn imports(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in code.split("crate::").skip(1) {
        // `use crate::{a, b::c}` names several modules, `crate::a::b` one.
        let names: Vec<&str> = match part.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or("").split(',').collect(),
            None => vec![part],
        };
        for name in names {
            let name = name.trim_start();
            let end = name.find(|c: char| !c.is_alphanumeric() && c != '_');
            found.push(name[..end.unwrap_or(name.len())].to_owned());
        }
    }
    found
}

#[test]
fn modules_import_only_what_lies_below_them() {
    let allowed: &[(&str, &[&str])] = &[
        ("experiment", &["experiment"]),
        ("protocol", &["protocol", "experiment"]),
        ("state", &["state", "protocol", "experiment"]),
        ("figure", &["figure", "protocol", "experiment"]),
        ("whole_file", &["whole_file"]),
        ("plain_file", &["plain_file"]),
        ("data", &["data", "plain_file", "protocol", "experiment"]),
        ("analysis", &["analysis", "protocol", "experiment"]),
        ("model", &["model", "experiment"]),
        ("objective", &["objective", "model", "experiment"]),
        (
            "train",
            &[
                "train",
                "model",
                "objective",
                "data",
                "analysis",
                "protocol",
                "experiment",
            ],
        ),
        (
            "run_folder",
            &[
                "run_folder",
                "whole_file",
                "plain_file",
                "protocol",
                "experiment",
            ],
        ),
        (
            "worker",
            &[
                "worker",
                "train",
                "data",
                "run_folder",
                "protocol",
                "experiment",
            ],
        ),
        ("ui", &["ui", "figure", "state", "protocol", "experiment"]),
    ];
    for source in sources() {
        let Some((_, below)) = allowed.iter().find(|(module, _)| *module == source.module) else {
            continue; // main, lib, app and cli stand above the others
        };
        for import in imports(&source.code) {
            assert!(
                below.contains(&import.as_str()),
                "{} imports {import}; {} may import {below:?}",
                source.path.display(),
                source.module
            );
        }
    }
}

#[test]
fn invariant_1_tensors_never_cross_a_thread_because_burn_stays_below_the_worker() {
    only_in(&["burn::"], &["model", "objective", "train", "worker"]);
}

#[test]
fn numbers_leave_tensors_in_one_place() {
    let reads = [
        "into_data",
        "to_data",
        "into_scalar",
        "try_into_vec_as",
        "try_to_vec_as",
        "Transaction",
    ];
    only_in(&reads, &["train/readback.rs"]);
}

#[test]
fn invariant_2_burn_and_the_window_share_no_graphics_device() {
    only_in(
        &["wgpu_options", "enumerate_adapters"],
        &["train/device.rs"],
    );
}

#[test]
fn egui_stays_in_the_window() {
    only_in(&["egui::", "eframe::"], &["ui", "app", "main"]);
}

#[test]
fn threads_and_channels_live_in_the_worker_and_the_download() {
    only_in(
        &["thread::Builder", "crossbeam_channel::", "mpsc::"],
        &[
            "worker",
            "data/mnist/transfer.rs",
            "data/mnist/mirror.rs",
            "cli/engine.rs",
            "cli/signals.rs",
            "app/dialog.rs",
            "app/fonts.rs", // there may be a thousand fonts to look through
            "app/photos.rs",
            "app/export/writer.rs", // a large picture takes a second to draw, a film a minute
        ],
    );
}

#[test]
fn only_the_app_and_the_command_line_see_the_worker() {
    only_in(&["crate::worker"], &["worker", "app", "cli", "main"]);
}

#[test]
fn colours_live_in_the_theme() {
    for source in sources() {
        let path = source.path.to_string_lossy().replace('\\', "/");
        if path.starts_with("ui/theme") {
            continue;
        }
        for word in ["Color32::from_", "from_rgb(", "from_gray("] {
            assert!(
                !source.code.contains(word),
                "{path} makes a colour of its own: {word}"
            );
        }
    }
}

#[test]
fn nothing_is_unsafe() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let manifest = fs::read_to_string(manifest).expect("a readable manifest");
    assert!(manifest.contains("unsafe_code = \"forbid\""));
    assert!(
        !manifest.contains("panic = \"abort\""),
        "invariant 7 needs unwinding"
    );
}

#[test]
fn invariant_12_files_are_written_whole_or_not_at_all() {
    only_in(
        &["fs::write", "File::create", "OpenOptions"],
        &[
            "whole_file",
            "plain_file", // to read
            "data/mnist/part.rs",
            "data/mnist/fetch.rs",
            "data/mnist/read.rs",
        ],
    );
}

/// A pipe would be waited for, a device read without end: `plain_file` does neither.
#[test]
fn only_plain_files_are_read_and_in_one_place() {
    let reads = [
        "File::open",
        "fs::read(",
        "fs::read_to_string(",
        "image::open",
        "ImageReader::open",
    ];
    for source in sources() {
        let path = source.path.to_string_lossy().replace('\\', "/");
        // What tests look at is their own.
        let code = source.code.split("#[cfg(test)]").next().unwrap_or("");
        let of_the_system = ["\"/proc/", "File::open(folder)"]; // Linux' own answers; a folder to be synced
        for line in code.lines() {
            let is_read = reads.iter().any(|word| line.contains(word));
            let is_allowed =
                path == "plain_file.rs" || of_the_system.iter().any(|word| line.contains(word));
            assert!(
                !is_read || is_allowed,
                "{path} reads a file by itself, which belongs into plain_file.rs: {line}"
            );
        }
    }
}
