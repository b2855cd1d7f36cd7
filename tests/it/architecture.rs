//! The walls between the modules: who may import whom, and where which crate may appear.

use std::fs;
use std::path::Path;

/// A source file with the crate it is of; of the program's own, the folder or file directly under `src`.
struct Source {
    /// `ui/theme/tokens.rs`, `app/perform.rs`
    path: String,
    module: String,
    /// The lines that are code, without comments.
    code: String,
    /// Whether its first line says what it is for.
    has_purpose: bool,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The names of the crates under `crates`, in order.
fn crates() -> Vec<String> {
    let entries = fs::read_dir(root().join("crates")).expect("a readable folder");
    let name = |entry: std::io::Result<fs::DirEntry>| {
        let name = entry.expect("a readable entry").file_name();
        name.into_string().expect("a name of letters")
    };
    let mut names: Vec<String> = entries.map(name).collect();
    names.sort_unstable();
    names
}

fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    let src = root().join("src");
    collect(&src, &src, "", &mut found);
    for name in crates() {
        let src = root().join("crates").join(&name).join("src");
        collect(&src, &src, &name, &mut found);
    }
    assert!(found.len() > 400, "the sources are not where they were");
    found
}

fn collect(src: &Path, folder: &Path, name: &str, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            collect(src, &path, name, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).expect("a readable source");
            let is_code = |line: &&str| !line.trim_start().starts_with("//");
            let code: Vec<&str> = text.lines().filter(is_code).collect();
            let inside = path.strip_prefix(src).expect("under src");
            let path = Path::new(name).join(inside);
            let first = path.components().next().expect("a name");
            let first = first.as_os_str().to_string_lossy();
            found.push(Source {
                module: first.trim_end_matches(".rs").to_owned(),
                code: code.join("\n"),
                has_purpose: text.starts_with("//! "),
                path: path.to_string_lossy().replace('\\', "/"),
            });
        }
    }
}

/// Fails for every file outside `allowed` in which a word appears.
fn only_in(words: &[&str], allowed: &[&str]) {
    for source in sources() {
        let path = &source.path;
        let is_allowed = allowed
            .iter()
            .any(|place| source.module == *place || path == place);
        for word in words {
            assert!(
                is_allowed || !source.code.contains(word),
                "{path} uses {word}, which belongs to {allowed:?} alone"
            );
        }
    }
}

/// What a crate's manifest has it depend on, tests aside.
fn dependencies(manifest: &Path) -> Vec<String> {
    let text = fs::read_to_string(manifest).expect("a readable manifest");
    let table: toml::Table = text.parse().expect("TOML");
    let names = table["dependencies"].as_table().expect("a table").keys();
    names.cloned().collect()
}

/// The crates of the program that another one depends on.
fn below(name: &str) -> Vec<String> {
    let manifest = root().join("crates").join(name).join("Cargo.toml");
    let names = dependencies(&manifest).into_iter();
    let ours = names.filter_map(|name| Some(name.strip_prefix("hourglass-")?.replace('-', "_")));
    ours.collect()
}

/// The crates and modules of the program that one of its modules names.
fn named_by(module: &str) -> Vec<String> {
    let sources = sources();
    let own: Vec<&Source> = sources
        .iter()
        .filter(|source| source.module == module)
        .collect();
    assert!(!own.is_empty(), "{module} is not where it was");
    let is_named = |path: String| own.iter().any(|source| source.code.contains(&path));
    let others = MODULES.into_iter().filter(|&other| other != module);
    let modules = others.filter(|other| is_named(format!("crate::{other}")));
    let crates = crates()
        .into_iter()
        .filter(|name| is_named(format!("hourglass_{name}")));
    let mut names: Vec<String> = modules.map(str::to_owned).chain(crates).collect();
    names.sort_unstable();
    names
}

/// The program's own modules, which no manifest keeps apart.
const MODULES: [&str; 3] = ["app", "cli", "signals"];

/// The manifests are the walls, and for the program's modules what they name; `ARCHITECTURE.md` has them as a table.
#[test]
fn the_map_says_what_manifests_and_imports_say() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the map");
    let told = |name: &str| {
        let begin = format!("| `{name}` |");
        let row = map.lines().find(|line| line.starts_with(&begin));
        let row = row.unwrap_or_else(|| panic!("ARCHITECTURE.md has no row {begin}"));
        let names = row.split('`').skip(3).step_by(2).map(str::to_owned);
        let mut names: Vec<String> = names.collect();
        names.sort_unstable();
        names
    };
    for name in crates() {
        assert_eq!(told(&name), below(&name), "the row of {name}");
    }
    for name in MODULES {
        assert_eq!(told(name), named_by(name), "the row of {name}");
    }
}

#[test]
fn invariant_1_tensors_never_cross_a_thread_because_burn_stays_below_the_worker() {
    let with_burn = |name: &String| {
        let manifest = root().join("crates").join(name).join("Cargo.toml");
        dependencies(&manifest).iter().any(|name| name == "burn")
    };
    let names: Vec<String> = crates().into_iter().filter(with_burn).collect();
    assert_eq!(names, ["model", "objective", "train"]);
    let program = dependencies(&root().join("Cargo.toml"));
    assert!(!program.contains(&"burn".to_owned()));
}

#[test]
fn every_file_says_what_it_is_for() {
    for source in sources() {
        assert!(source.has_purpose, "{} begins with no `//!`", source.path);
    }
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
            "cli/sweep/crew.rs", // hears each process of its own
            "cli/sweep/task.rs", // hears when the process that started this one is gone
            "signals",
            "app/dialog.rs",
            "app/fonts.rs", // there may be a thousand fonts to look through
            "app/image_reader.rs",
            "app/path_question.rs",    // the dialog that is open
            "app/export/previewer.rs", // as does its preview
            "app/export/writer.rs",    // a large picture takes a second to draw, a film a minute
        ],
    );
}

#[test]
fn only_the_app_and_the_command_line_see_the_worker() {
    only_in(&["hourglass_worker"], &["app", "cli", "main", "lib"]);
}

/// All else asks the experiment or the data set for the shape of its images and the number of its classes.
#[test]
fn mnists_shape_is_named_only_where_its_format_is_meant() {
    let allowed = [
        "cli/reconstruct/output.rs", // user images
        "data/centring.rs",
        "data/pen_digits/",
        "data/load.rs", // divides the pen digits
        "data/user_image/",
        "experiment/dataset/manifest.rs", // MNIST's files
        "experiment/lib.rs",
    ];
    for source in sources() {
        let path = &source.path;
        // What tests look at is their own.
        let code = source.code.split("#[cfg(test)]").next().unwrap_or("");
        let is_allowed = allowed.iter().any(|place| path.starts_with(place));
        for word in ["N_PIXELS", "IMAGE_SIDE", "N_CLASSES"] {
            assert!(
                is_allowed || !code.contains(word),
                "{path} names {word}: take the shape from the experiment, the data set or the view"
            );
        }
    }
}

#[test]
fn colours_live_in_the_theme() {
    for source in sources() {
        let path = &source.path;
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
    let manifest = root().join("Cargo.toml");
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
            "files",
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
        let path = &source.path;
        // What tests look at is their own.
        let code = source.code.split("#[cfg(test)]").next().unwrap_or("");
        let of_the_system = ["\"/proc/", "File::open(folder)"]; // Linux' own answers; a folder to be synced
        for line in code.lines() {
            let is_read = reads.iter().any(|word| line.contains(word));
            let is_allowed = path == "files/plain_file.rs"
                || of_the_system.iter().any(|word| line.contains(word));
            assert!(
                !is_read || is_allowed,
                "{path} reads a file by itself, which belongs into plain_file.rs: {line}"
            );
        }
    }
}
