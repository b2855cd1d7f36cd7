//! A person's own images, whatever they lie in.
//!
//! 1. `store` lists the files of a folder or ZIP and reads them; nothing that a file says of itself is believed.
//! 2. Arrays are read by `idx`, `npy`, `mat`, `table`, `parquet`, `sparse` and `cifar` (`numbers` has the kinds of
//!    numbers), and become images with classes in `gather` (`array` has what they are made of, `images` the order of
//!    their values); folders of images, and images in the rows of a table, are read by `pictures`.
//! 3. `build` makes one data set of them: one shape, classes by number, two splits (`split`), a checksum, and a report
//!    of what was found and left out.

mod array;
mod build;
mod cifar;
mod fit;
mod gather;
mod idx;
mod images;
mod mat;
mod npy;
mod numbers;
mod parquet;
mod pictures;
mod recognise;
mod refusal;
mod room;
mod sparse;
mod split;
mod store;
mod table;

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use hourglass_experiment::dataset::{DataSetSpec, Publication};
use hourglass_files::plain_file;
use hourglass_protocol::{DataStage, DatasetProgress, Fitting, Skipped};

use super::Dataset;
use array::Array;
use build::Found;
pub(crate) use build::is_light_ground;
pub(crate) use fit::fitted;
use gather::Sheet;
use parquet::Contents;
pub use recognise::holds_data_set;
pub use refusal::OpenError;
use store::{Entry, MAX_FILE_BYTES, Store};

/// Most bytes of a file that names classes.
const MAX_MAPPING_BYTES: u64 = 1 << 16;

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
    let store = Store::open(path)?;
    finish(path, store, fitting, None, report, cancel)
}

/// Opens a data set of the catalogue from the files that its makers serve, which lie in a folder.
///
/// # Errors
/// What is wrong, where; or that it was cancelled.
pub fn open_published(
    folder: &Path,
    spec: &'static DataSetSpec,
    publication: &Publication,
    report: &mut dyn FnMut(DatasetProgress),
    cancel: &AtomicBool,
) -> Result<Dataset, OpenError> {
    let files = publication.files.iter();
    let files: Vec<_> = files.map(|file| folder.join(file.name)).collect();
    let mut store = match &files[..] {
        [archive] => Store::open(archive)?,
        _ => Store::of_files(folder, files),
    };
    store.keep(|entry| entry.name.contains(publication.part));
    let fitting = publication.fitting.parse();
    let fitting = fitting.map_err(|reason: String| OpenError::content(folder, reason))?;
    finish(folder, store, &fitting, Some(spec), report, cancel)
}

fn finish(
    path: &Path,
    store: Store,
    fitting: &Fitting,
    known: Option<&'static DataSetSpec>,
    report: &mut dyn FnMut(DatasetProgress),
    cancel: &AtomicBool,
) -> Result<Dataset, OpenError> {
    let mut opening = Opening {
        store,
        fitting,
        report,
        cancel,
    };
    let found = opening.read()?;
    if cancel.load(Ordering::Relaxed) {
        return Err(OpenError::Cancelled);
    }
    report(DatasetProgress {
        stage: DataStage::Counting,
        fraction: None,
        detail: String::new(),
    });
    build::build(path, found, fitting, known).map_err(|reason| OpenError::content(path, reason))
}

/// What the files of a store are, by their endings and first bytes.
#[derive(Default)]
struct Kinds {
    idx: Vec<Entry>,
    numpy: Vec<Entry>,
    tables: Vec<Entry>,
    /// LIBSVM's.
    sparse: Vec<Entry>,
    matlab: Vec<Entry>,
    cifar: Vec<Entry>,
    archives: Vec<Entry>,
    n_pictures: usize,
    parquet: Vec<Entry>,
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
                "libsvm" | "svm" => kinds.sparse.push(entry),
                _ if entry.name.to_lowercase().ends_with(".bz2") => kinds.sparse.push(entry),
                "mat" => kinds.matlab.push(entry),
                "bin" => kinds.cifar.push(entry),
                "zip" | "tar" | "tgz" => kinds.archives.push(entry),
                "parquet" => kinds.parquet.push(entry),
                _ if pictures::is_picture(&entry) => kinds.n_pictures += 1,
                _ if is_alone || entry.name.contains("-idx") || ending.starts_with("idx") => {
                    kinds.idx.push(entry);
                }
                _ => {}
            }
        }
        kinds
    }
}

/// What is being opened, and who is told how far it is.
struct Opening<'a> {
    store: Store,
    fitting: &'a Fitting,
    report: &'a mut dyn FnMut(DatasetProgress),
    cancel: &'a AtomicBool,
}

impl Opening<'_> {
    fn read(&mut self) -> Result<Found, OpenError> {
        let kinds = Kinds::of(&self.store);
        if !kinds.numpy.is_empty() {
            return self.arrays(&kinds.numpy, "NumPy arrays");
        }
        if !kinds.idx.is_empty() {
            return self.idx_files(&kinds.idx);
        }
        let mut is_pixels = |entry: &Entry| {
            kinds.n_pictures == 0
                || self
                    .store
                    .read(entry)
                    .is_ok_and(|bytes| table::is_table_of_pixels(&bytes))
        };
        let tables = kinds.tables.iter().filter(|entry| is_pixels(entry));
        let tables: Vec<Entry> = tables.cloned().collect();
        if !tables.is_empty() {
            return self.sheets_of(&tables, "a table of pixels", table::read);
        }
        if kinds.n_pictures > 0 {
            return self.pictures();
        }
        if !kinds.matlab.is_empty() {
            return self.arrays(&kinds.matlab, "MATLAB arrays");
        }
        if !kinds.cifar.is_empty() {
            return self.cifar(&kinds.cifar);
        }
        if !kinds.sparse.is_empty() {
            return self.sheets_of(&kinds.sparse, "LIBSVM's text", sparse::read);
        }
        if let [zip] = &kinds.archives[..] {
            let place = self.store.place_of(zip);
            if !self.store.path.is_dir() {
                // The file itself: no archive begins like that.
                return Err(OpenError::content(
                    place,
                    "it cannot be opened as an archive: unpack it, and open the folder",
                ));
            }
            self.store = Store::open(&place)?;
            return self.read();
        }
        if !kinds.parquet.is_empty() {
            return self.parquet(&kinds.parquet);
        }
        Err(OpenError::Nothing(self.store.path.clone()))
    }

    fn pictures(&mut self) -> Result<Found, OpenError> {
        let (report, cancel) = (&mut *self.report, self.cancel);
        let mut tell = |n_done, n_all| tell(report, cancel, (n_done, n_all));
        pictures::read(&mut self.store, self.fitting, &mut tell)
    }

    /// Parquet files: files of images in their rows, or numbers.
    fn parquet(&mut self, entries: &[Entry]) -> Result<Found, OpenError> {
        let mut found = Found::of("Parquet");
        let (mut files, mut sheets) = (Vec::new(), Vec::new());
        for (at, entry) in entries.iter().enumerate() {
            tell(self.report, self.cancel, (at, entries.len()))?;
            let bytes = self.store.read(entry)?;
            let read = parquet::read(&entry.name, bytes, self.fitting, &mut found.skipped);
            let place = || self.store.place_of(entry);
            match read.map_err(|reason| OpenError::content(place(), reason))? {
                Contents::Files(some) => files.push(some),
                Contents::Sheet(sheet) => sheets.push(sheet),
            }
        }
        if files.is_empty() {
            return self.take(sheets, found);
        }
        if !sheets.is_empty() {
            let reason =
                "some of its tables hold files of images, and some numbers: open one of them";
            return Err(OpenError::content(&self.store.path, reason));
        }
        let path = &self.store.path;
        let (store, labelled, known) = parquet::joined(path, files, &mut found.skipped)
            .map_err(|reason| OpenError::content(path, reason))?;
        self.store = store;
        let (report, cancel) = (&mut *self.report, self.cancel);
        let mut tell = |n_done, n_all| tell(report, cancel, (n_done, n_all));
        pictures::read_labelled(
            &mut self.store,
            (labelled, &known),
            self.fitting,
            found,
            &mut tell,
        )
    }

    /// CIFAR's files, with the names of classes that lie beside them.
    fn cifar(&mut self, entries: &[Entry]) -> Result<Found, OpenError> {
        let names = self.store.entries.iter().find(|entry| {
            let name = entry.name.rsplit('/').next().unwrap_or_default();
            cifar::NAMES.contains(&name)
        });
        let names = match names.cloned() {
            Some(entry) => cifar::names(&String::from_utf8_lossy(&self.store.read(&entry)?)),
            None => Vec::new(),
        };
        let read = |name: &str, bytes: &[u8], _: &Fitting, _: &mut Vec<Skipped>| {
            cifar::read(name, bytes, &names)
        };
        self.sheets_of(entries, "CIFAR's binary files", read)
    }

    fn sheets_of(
        &mut self,
        entries: &[Entry],
        kind: &'static str,
        read: impl Fn(&str, &[u8], &Fitting, &mut Vec<Skipped>) -> Result<Sheet, String>,
    ) -> Result<Found, OpenError> {
        let (mut found, mut sheets) = (Found::of(kind), Vec::new());
        for (at, entry) in entries.iter().enumerate() {
            tell(self.report, self.cancel, (at, entries.len()))?;
            let bytes = self.store.read(entry)?;
            let sheet = read(&entry.name, &bytes, self.fitting, &mut found.skipped);
            let place = || self.store.place_of(entry);
            sheets.push(sheet.map_err(|reason| OpenError::content(place(), reason))?);
        }
        self.take(sheets, found)
    }

    fn arrays(&mut self, entries: &[Entry], kind: &'static str) -> Result<Found, OpenError> {
        let mut arrays = Vec::new();
        for (at, entry) in entries.iter().enumerate() {
            tell(self.report, self.cancel, (at, entries.len()))?;
            let bytes = self.store.read(entry)?;
            let read = read_arrays(entry, bytes, self.store.most_of_arrays());
            arrays.extend(
                read.map_err(|reason| OpenError::content(self.store.place_of(entry), reason))?,
            );
        }
        let mut found = Found::of(kind);
        let sheets = gather::sheets(arrays, self.fitting, &mut found.notes);
        let sheets = sheets.map_err(|reason| OpenError::content(&self.store.path, reason))?;
        self.take(sheets, found)
    }

    fn take(&self, sheets: Vec<Sheet>, mut found: Found) -> Result<Found, OpenError> {
        let images = gather::images(sheets, self.fitting, &mut found.notes);
        found.images = images.map_err(|reason| OpenError::content(&self.store.path, reason))?;
        Ok(found)
    }

    /// IDX files. Where a folder has those of several data sets, one is asked for; where one file was named, the others
    /// of its data set lie beside it.
    fn idx_files(&mut self, entries: &[Entry]) -> Result<Found, OpenError> {
        if let Some(file) = self.store.single_file() {
            let file = file.to_owned();
            let bytes = self.store.read(&entries[0])?;
            if !idx::is_idx(&bytes) {
                return Err(OpenError::Nothing(file));
            }
            let key = set_of(&entries[0].name);
            let folder = file
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty());
            let mut beside = Store::open(folder.unwrap_or(Path::new(".")))?;
            beside.keep(|entry| {
                !entry.name.contains('/')
                    && entry.name.contains("idx")
                    && set_of(&entry.name) == key
            });
            if beside.entries.len() > 1 {
                let entries = beside.entries.clone();
                self.store = beside;
                return self.named_by_mapping(&entries);
            }
            return self.named_by_mapping(entries);
        }
        let mut sets: Vec<String> = entries.iter().map(|entry| set_of(&entry.name)).collect();
        sets.sort();
        sets.dedup();
        if sets.len() > 1 {
            let reason = format!(
                "it holds several data sets ({}): name one of its files, and those that belong to it are found",
                sets.join(", ")
            );
            return Err(OpenError::content(&self.store.path, reason));
        }
        self.named_by_mapping(entries)
    }

    /// Reads IDX files, with the names of classes that EMNIST has in a file of its own.
    fn named_by_mapping(&mut self, entries: &[Entry]) -> Result<Found, OpenError> {
        let mut found = self.arrays(entries, "IDX files")?;
        let names = entries.first().map(|entry| self.letters(entry));
        let names = names.unwrap_or_default();
        let classes = found
            .images
            .iter_mut()
            .filter_map(|images| images.classes.as_mut());
        for class in classes.flatten() {
            if let Some(letter) = names.get(class) {
                class.clone_from(letter);
            }
        }
        Ok(found)
    }

    /// The letter of each label, where a mapping lies beside a file: the label and the code of its letter in each line.
    fn letters(&mut self, entry: &Entry) -> HashMap<String, String> {
        let mapping = format!("{}-mapping.txt", set_of(&entry.name));
        let within = self.store.entries.iter();
        let mut within = within
            .filter(|entry| entry.name.ends_with(&mapping) && entry.n_bytes < MAX_MAPPING_BYTES);
        let text = if let Some(entry) = within.next().cloned() {
            let bytes = self.store.read(&entry).unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        } else {
            let path = self.store.place_of(entry).with_file_name(mapping);
            plain_file::read_text(&path, MAX_MAPPING_BYTES).unwrap_or_default()
        };
        let letter = |line: &str| {
            let mut fields = line.split_whitespace();
            let label = fields.next()?.to_owned();
            let letter = char::from_u32(fields.next()?.parse().ok()?)?;
            Some((label, letter.to_string()))
        };
        text.lines().filter_map(letter).collect()
    }
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

fn read_arrays(entry: &Entry, bytes: Vec<u8>, most: u64) -> Result<Vec<Array>, String> {
    if entry.ending() == "npz" {
        return npy::read_npz(&entry.name, bytes, most);
    }
    if entry.ending() == "mat" {
        return mat::read(&entry.name, &bytes, MAX_FILE_BYTES);
    }
    let is_npy = npy::is_npy(&bytes);
    let read = if is_npy { npy::read } else { idx::read };
    Ok(vec![read(&entry.name, &bytes)?])
}

/// What the names of the files of one data set have in common: `emnist-letters`.
fn set_of(name: &str) -> String {
    let name = name.rsplit('/').next().unwrap_or(name).to_lowercase();
    let words = name.split(|letter: char| !letter.is_alphanumeric());
    let says_part = [
        "train", "test", "t10k", "images", "image", "labels", "label", "idx1", "idx2", "idx3",
        "idx4", "ubyte", "int", "gz", "idx",
    ];
    let kept: Vec<&str> = words
        .filter(|word| !word.is_empty() && !says_part.contains(word))
        .collect();
    kept.join("-")
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
