//! A person's own images, whatever they lie in.
//!
//! 1. `store` lists the files of a folder or ZIP and reads them; nothing that a file says of itself is believed.
//! 2. Arrays are read by `idx`, `npy` and `table`, and become images with classes in `gather` (`array` has what they
//!    are made of, `images` the order of their values); folders of images are read by `pictures`.
//! 3. `build` makes one data set of them: one shape, classes by number, two splits (`split`), a checksum, and a report
//!    of what was found and left out.

mod array;
mod build;
mod fit;
mod gather;
mod idx;
mod images;
mod npy;
mod pictures;
mod recognise;
mod refusal;
mod room;
mod split;
mod store;
mod table;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use hourglass_protocol::{DataStage, DatasetProgress, Fitting};

use super::Dataset;
use array::Array;
use build::Found;
pub use recognise::holds_data_set;
pub use refusal::OpenError;
use store::{Entry, Store};

/// Opens whatever images lie in a folder or file.
///
/// # Errors
/// What is wrong, where, and what to do; or that it was cancelled.
pub fn open(
    path: &Path,
    fitting: &Fitting,
    report: &mut dyn FnMut(DatasetProgress),
    cancel: &AtomicBool,
) -> Result<Dataset, OpenError> {
    let mut store = Store::open(path)?;
    let found = read(&mut store, fitting, report, cancel)?;
    if cancel.load(Ordering::Relaxed) {
        return Err(OpenError::Cancelled);
    }
    report(DatasetProgress {
        stage: DataStage::Counting,
        fraction: None,
        detail: String::new(),
    });
    build::build(path, found, fitting).map_err(|reason| OpenError::content(path, reason))
}

/// What the files of a store are, by their endings and first bytes.
#[derive(Default)]
struct Kinds {
    idx: Vec<Entry>,
    numpy: Vec<Entry>,
    tables: Vec<Entry>,
    zips: Vec<Entry>,
    n_pictures: usize,
    /// A file of the hub's format, which is refused by name.
    parquet: Option<Entry>,
}

impl Kinds {
    fn of(store: &Store) -> Self {
        let mut kinds = Self::default();
        let is_alone = store.entries.len() == 1;
        for entry in store.entries.iter().cloned() {
            let ending = entry.ending();
            match ending.as_str() {
                "npy" | "npz" => kinds.numpy.push(entry),
                "csv" | "tsv" => kinds.tables.push(entry),
                "txt" | "data" if is_alone => kinds.tables.push(entry),
                "zip" => kinds.zips.push(entry),
                "parquet" => kinds.parquet = Some(entry),
                _ if pictures::is_picture(&entry) => kinds.n_pictures += 1,
                _ if is_alone
                    || ending.contains("ubyte")
                    || entry.name.contains("ubyte")
                    || ending == "idx" =>
                {
                    kinds.idx.push(entry);
                }
                _ => {}
            }
        }
        kinds
    }
}

fn read(
    store: &mut Store,
    fitting: &Fitting,
    report: &mut dyn FnMut(DatasetProgress),
    cancel: &AtomicBool,
) -> Result<Found, OpenError> {
    let kinds = Kinds::of(store);
    if !kinds.numpy.is_empty() {
        return arrays(store, &kinds.numpy, "NumPy arrays", fitting, report, cancel);
    }
    if !kinds.idx.is_empty() {
        return idx_files(store, &kinds.idx, fitting, report, cancel);
    }
    let is_pixels = |store: &mut Store, entry: &Entry| {
        kinds.n_pictures == 0
            || store
                .read(entry)
                .is_ok_and(|bytes| table::is_table_of_pixels(&bytes))
    };
    let tables: Vec<Entry> = kinds
        .tables
        .iter()
        .filter(|entry| is_pixels(store, entry))
        .cloned()
        .collect();
    if !tables.is_empty() {
        return read_tables(store, &tables, fitting, report, cancel);
    }
    if kinds.n_pictures > 0 {
        return read_pictures(store, fitting, report, cancel);
    }
    if let [zip] = &kinds.zips[..] {
        let place = store.place_of(zip);
        if !store.path.is_dir() {
            // The file itself: no ZIP begins like that.
            return Err(OpenError::content(
                place,
                "it cannot be opened as a ZIP: unpack it, and open the folder",
            ));
        }
        let mut inner = Store::open(&place)?;
        return read(&mut inner, fitting, report, cancel);
    }
    if let Some(parquet) = kinds.parquet {
        let reason =
            "Parquet files are not read: save the images as a folder of PNG files or as .npz";
        return Err(OpenError::content(store.place_of(&parquet), reason));
    }
    Err(OpenError::Nothing(store.path.clone()))
}

/// Reports of files read, and whether it was cancelled.
fn tell(
    report: &mut dyn FnMut(DatasetProgress),
    cancel: &AtomicBool,
    (n_done, n_all): (usize, usize),
) -> Result<(), OpenError> {
    if cancel.load(Ordering::Relaxed) {
        return Err(OpenError::Cancelled);
    }
    report(DatasetProgress {
        stage: DataStage::Reading,
        fraction: Some(n_done as f32 / n_all.max(1) as f32),
        detail: format!("{n_done} of {n_all}"),
    });
    Ok(())
}

fn read_pictures(
    store: &mut Store,
    fitting: &Fitting,
    report: &mut dyn FnMut(DatasetProgress),
    cancel: &AtomicBool,
) -> Result<Found, OpenError> {
    let mut each = |n_done: usize, n_all: usize| {
        tell(report, cancel, (n_done, n_all)).ok();
    };
    let read = pictures::read(store, fitting, &mut each, &|| {
        cancel.load(Ordering::Relaxed)
    });
    let pictures = read.map_err(|reason| match reason {
        Some(reason) => OpenError::content(&store.path, reason),
        None => OpenError::Cancelled,
    })?;
    Ok(Found {
        kind: "a folder of images",
        images: pictures.images,
        sizes: pictures.sizes,
        skipped: pictures.skipped,
        notes: pictures.notes,
    })
}

fn read_tables(
    store: &mut Store,
    tables: &[Entry],
    fitting: &Fitting,
    report: &mut dyn FnMut(DatasetProgress),
    cancel: &AtomicBool,
) -> Result<Found, OpenError> {
    let mut found = Found {
        kind: "a table of pixels",
        images: Vec::new(),
        sizes: Vec::new(),
        skipped: Vec::new(),
        notes: Vec::new(),
    };
    for (at, entry) in tables.iter().enumerate() {
        tell(report, cancel, (at, tables.len()))?;
        let bytes = store.read(entry)?;
        let images = table::read(
            &entry.name,
            &bytes,
            fitting,
            &mut found.notes,
            &mut found.skipped,
        );
        let images = images.map_err(|reason| OpenError::content(store.place_of(entry), reason))?;
        found.images.push(images);
    }
    Ok(found)
}

fn arrays(
    store: &mut Store,
    entries: &[Entry],
    kind: &'static str,
    fitting: &Fitting,
    report: &mut dyn FnMut(DatasetProgress),
    cancel: &AtomicBool,
) -> Result<Found, OpenError> {
    let mut arrays = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        tell(report, cancel, (at, entries.len()))?;
        let bytes = store.read(entry)?;
        let read = read_arrays(entry, bytes);
        arrays.extend(read.map_err(|reason| OpenError::content(store.place_of(entry), reason))?);
    }
    let mut notes = Vec::new();
    let images = gather::gather(arrays, fitting, &mut notes);
    let images = images.map_err(|reason| OpenError::content(&store.path, reason))?;
    Ok(Found {
        kind,
        images,
        sizes: Vec::new(),
        skipped: Vec::new(),
        notes,
    })
}

fn read_arrays(entry: &Entry, bytes: Vec<u8>) -> Result<Vec<Array>, String> {
    if entry.ending() == "npz" {
        return npy::read_npz(&entry.name, bytes);
    }
    let is_npy = npy::is_npy(&bytes);
    let read = if is_npy { npy::read } else { idx::read };
    Ok(vec![read(&entry.name, &bytes)?])
}

/// IDX files. Where a folder has those of several data sets, one is asked for; where one file was named, the others of
/// its data set lie beside it.
fn idx_files(
    store: &mut Store,
    entries: &[Entry],
    fitting: &Fitting,
    report: &mut dyn FnMut(DatasetProgress),
    cancel: &AtomicBool,
) -> Result<Found, OpenError> {
    if let [alone] = entries
        && store.path.is_file()
        && alone.ending() != "zip"
    {
        let start = store.read(alone)?;
        if !idx::is_idx(&start) {
            return Err(OpenError::Nothing(store.path.clone()));
        }
        let key = set_of(&alone.name);
        let folder = store.path.parent().map(Path::to_owned).unwrap_or_default();
        let mut beside = Store::open(if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            &folder
        })?;
        beside.keep(|entry| {
            !entry.name.contains('/') && entry.name.contains("idx") && set_of(&entry.name) == key
        });
        if beside.entries.len() > 1 {
            let entries = beside.entries.clone();
            return named_by_mapping(&mut beside, &entries, fitting, report, cancel);
        }
        return named_by_mapping(store, entries, fitting, report, cancel);
    }
    let mut sets: Vec<String> = entries.iter().map(|entry| set_of(&entry.name)).collect();
    sets.sort();
    sets.dedup();
    if sets.len() > 1 {
        let reason = format!(
            "it holds several data sets ({}): name one of its files, and those that belong to it are found",
            sets.join(", ")
        );
        return Err(OpenError::content(&store.path, reason));
    }
    named_by_mapping(store, entries, fitting, report, cancel)
}

/// What the names of the files of one data set have in common: `emnist-letters`.
fn set_of(name: &str) -> String {
    let name = name.rsplit('/').next().unwrap_or(name).to_lowercase();
    let words = name.split(|letter: char| !letter.is_alphanumeric());
    let says_part = [
        "train", "test", "t10k", "images", "image", "labels", "label", "idx1", "idx3", "idx4",
        "ubyte", "gz", "idx",
    ];
    let kept: Vec<&str> = words
        .filter(|word| !word.is_empty() && !says_part.contains(word))
        .collect();
    kept.join("-")
}

/// Reads IDX files, with the names of classes that EMNIST has in a file of its own: the label and the code of its
/// letter in each line.
fn named_by_mapping(
    store: &mut Store,
    entries: &[Entry],
    fitting: &Fitting,
    report: &mut dyn FnMut(DatasetProgress),
    cancel: &AtomicBool,
) -> Result<Found, OpenError> {
    let mut found = arrays(store, entries, "IDX files", fitting, report, cancel)?;
    let set = entries
        .first()
        .map(|entry| set_of(&entry.name))
        .unwrap_or_default();
    let place = entries.first().map(|entry| store.place_of(entry));
    let mapping = place.and_then(|place| {
        let path = place.parent()?.join(format!("{set}-mapping.txt"));
        hourglass_files::plain_file::read_text(&path, 1 << 16).ok()
    });
    let letters: Vec<(String, String)> = mapping
        .unwrap_or_default()
        .lines()
        .filter_map(|line| {
            let mut fields = line.split_whitespace();
            let label = fields.next()?.to_owned();
            let letter = char::from_u32(fields.next()?.parse().ok()?)?;
            Some((label, letter.to_string()))
        })
        .collect();
    for class in found
        .images
        .iter_mut()
        .filter_map(|images| images.classes.as_mut())
        .flatten()
    {
        if let Some((_, letter)) = letters.iter().find(|(label, _)| label == class) {
            class.clone_from(letter);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_one_data_set_are_known_by_what_their_names_have_in_common() {
        assert_eq!(
            set_of("emnist-letters-train-images-idx3-ubyte.gz"),
            "emnist-letters"
        );
        assert_eq!(set_of("raw/t10k-labels.idx1-ubyte"), "");
    }
}
