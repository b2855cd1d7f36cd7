//! A run in one file, to keep or to send: a ZIP of the files of its folder.
//!
//! Its first entry, `mimetype`, is stored as it is, so that systems know it by its first bytes, as they do EPUB and
//! `OpenDocument`. After the files with their checksums come the images that it learned from, if they are a person's own
//! and small.
//!
//! Such a file comes from anywhere. No path in it is ever written to: its files are looked for by the names that a run's
//! have, and one with others is refused. Each is read to the end that the table of the ZIP gives and no further, and all
//! together may be no more than a multiple of the file.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Write};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use hourglass_experiment::DataSetId;
use hourglass_files::plain_file;
use hourglass_files::whole_file::{self, WriteError};
use hourglass_protocol::Fitting;
use hourglass_protocol::one_file::{FIT_FILE, IMAGES_FILE, PackedImages, is_run_file};

use super::files::{FILES, ReadError, max_bytes_of};
use super::sums::{CHECKSUMS_FILE, checksums};

/// Name of the first entry.
const TYPE_FILE: &str = "mimetype";

/// What it says.
const TYPE: &str = "application/x-hourglass-run";

/// How the file begins: the header of a ZIP's entry, then the name and the content of the first.
const TYPE_AT: usize = 30;

/// How many times as large as the file its content may be. A deflated stream reaches 1,032; weights with all that an
/// optimizer remembers of them, most of which are zeros at first, not ten.
const MOST_TIMES: u64 = 100;

/// What is allowed beyond: the curves of a short run are small and repeat themselves.
const SPARE: u64 = 16 << 20;

/// Whether a path leads to a run in one file, by its name or its first bytes: one that is damaged is still a run.
#[must_use]
pub fn is_archive(path: &Path) -> bool {
    if is_run_file(path) {
        return path.is_file();
    }
    let start = plain_file::read_start(path, (TYPE_AT + TYPE_FILE.len() + TYPE.len()) as u64);
    start.is_ok_and(|start| start.get(TYPE_AT..) == Some(format!("{TYPE_FILE}{TYPE}").as_bytes()))
}

/// Writes a run into one file, whole or not at all.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write(
    path: &Path,
    files: &[(&str, Option<&[u8]>)],
    images: Option<&PackedImages>,
) -> Result<(), WriteError> {
    let packed = pack(files, images).map_err(|error| WriteError::new(path, &error))?;
    whole_file::write(path, &packed)
}

fn pack(files: &[(&str, Option<&[u8]>)], images: Option<&PackedImages>) -> io::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut put = |name: &str, method, content: &[u8]| -> io::Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .large_file(content.len() > u32::MAX as usize / 2);
        zip.start_file(name, options)?;
        zip.write_all(content)
    };
    put(TYPE_FILE, CompressionMethod::Stored, TYPE.as_bytes())?;
    for (name, content) in files {
        if let Some(content) = content {
            put(name, CompressionMethod::Deflated, content)?;
        }
    }
    let sums = checksums(files);
    put(CHECKSUMS_FILE, CompressionMethod::Deflated, sums.as_bytes())?;
    if let Some(images) = images {
        put(IMAGES_FILE, CompressionMethod::Stored, &images.arrays)?; // made smaller already
        let words = images.words();
        put(FIT_FILE, CompressionMethod::Stored, words.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

/// The files of a run in one file.
pub(super) struct Archive {
    path: PathBuf,
    zip: ZipArchive<BufReader<File>>,
}

impl Archive {
    /// Opens it and looks at the names and sizes in its table.
    pub(super) fn open(path: &Path) -> Result<Self, ReadError> {
        let wrong = |reason: String| ReadError::new(path, reason);
        let file = plain_file::open(path).map_err(|error| wrong(error.to_string()))?;
        let n_bytes = file.metadata().map_err(|error| wrong(error.to_string()))?;
        let most = n_bytes.len().saturating_mul(MOST_TIMES) + SPARE;
        let zip = ZipArchive::new(BufReader::new(file));
        let mut zip = zip.map_err(|error| {
            wrong(format!(
                "it is not a run in one file, or damaged ({error}): ask for it again, or choose a run folder"
            ))
        })?;
        if zip.has_duplicate_names() {
            let reason = "it contains a file twice: it was not made by Hourglass, or was changed";
            return Err(wrong(reason.to_owned()));
        }
        let mut total = 0_u64;
        for at in 0..zip.len() {
            let entry = zip.by_index_raw(at);
            let entry = entry.map_err(|error| wrong(format!("it is damaged: {error}")))?;
            let name = entry.name().unwrap_or_default().into_owned();
            let is_known = entry.is_file() && max_bytes(&name).is_some();
            if !is_known {
                return Err(wrong(format!(
                    "it contains {name:?}, which is not a file of a run: it was not made by Hourglass, or was changed"
                )));
            }
            total = total.saturating_add(entry.size());
        }
        if total > most {
            return Err(wrong(format!(
                "its content would be {} MB, far more than a file of its size can hold of a run: it was not made by \
                 Hourglass",
                total / 1_000_000
            )));
        }
        Ok(Self {
            path: path.to_owned(),
            zip,
        })
    }

    /// The content of a file; `None` if there is no such file.
    pub(super) fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>, ReadError> {
        let place = self.path.join(name);
        let wrong = |reason: String| ReadError::new(&place, reason);
        let Some(at) = self.zip.index_for_name(name) else {
            return Ok(None);
        };
        let entry = self.zip.by_index(at);
        let entry = entry.map_err(|error| wrong(error.to_string()))?;
        let (n_bytes, most) = (entry.size(), max_bytes(name).unwrap_or(0));
        if n_bytes > most {
            return Err(wrong(format!("it has more than {} MB", most >> 20)));
        }
        let mut content = Vec::new();
        let read = entry.take(n_bytes + 1).read_to_end(&mut content);
        read.map_err(|error| wrong(format!("it is damaged: {error}")))?;
        if content.len() as u64 > n_bytes {
            let reason = "it has more bytes than the table of the ZIP says";
            return Err(wrong(reason.to_owned()));
        }
        Ok(Some(content))
    }

    /// The same of text.
    pub(super) fn read_text(&mut self, name: &str) -> Result<Option<String>, ReadError> {
        let Some(content) = self.read(name)? else {
            return Ok(None);
        };
        let text = String::from_utf8(content);
        let text = text.map_err(|_| ReadError::new(&self.path.join(name), "it is not text"))?;
        Ok(Some(text))
    }
}

/// Most bytes of a file with this name; `None` if a run has no such file.
fn max_bytes(name: &str) -> Option<u64> {
    /// Of what is neither weights nor curves.
    const MAX_SMALL: u64 = 64 << 10;
    match name {
        TYPE_FILE | CHECKSUMS_FILE | FIT_FILE => Some(MAX_SMALL),
        IMAGES_FILE => Some(2 * hourglass_protocol::one_file::MOST_IMAGES as u64),
        _ => FILES.contains(&name).then(|| max_bytes_of(name)),
    }
}

/// The images that a run learned from, by their name, where they came along with it: in its file, or in the folder that was
/// made of it. Others that are there belonged to a run that it replaced.
///
/// # Errors
/// When the words beside them are no fitting, or cannot be read.
pub fn images_of(run: &Path, data: &str) -> Result<Option<(PathBuf, Fitting)>, ReadError> {
    let (place, words) = if run.is_file() {
        let words = Archive::open(run)?.read_text(FIT_FILE)?;
        (run.to_owned(), words)
    } else {
        let place = run.join(IMAGES_FILE);
        let words = super::files::read_text(&run.join(FIT_FILE))?;
        (place.clone(), words.filter(|_| place.is_file()))
    };
    let found = words.map(|words| read_words(&words, run)).transpose()?;
    let found = found.filter(|(_, of)| DataSetId::have_same_content(of, data));
    Ok(found.map(|(fitting, _)| (place, fitting)))
}

/// Images that came along, to be written elsewhere.
///
/// # Errors
/// When they cannot be read, or the words beside them are no fitting.
pub fn read_images(file: &Path) -> Result<Option<PackedImages>, ReadError> {
    let mut archive = Archive::open(file)?;
    let (arrays, words) = (archive.read(IMAGES_FILE)?, archive.read_text(FIT_FILE)?);
    let Some((arrays, words)) = arrays.zip(words) else {
        return Ok(None);
    };
    let (fitting, data) = read_words(&words, file)?;
    Ok(Some(PackedImages {
        arrays,
        fitting,
        data,
    }))
}

fn read_words(words: &str, run: &Path) -> Result<(Fitting, String), ReadError> {
    let read = PackedImages::read_words(words);
    read.map_err(|reason| ReadError::new(&run.join(FIT_FILE), reason))
}

/// Writes images that came along into the folder of their run.
///
/// # Errors
/// When they cannot be written.
pub fn write_images(folder: &Path, images: &PackedImages) -> Result<(), WriteError> {
    whole_file::write(&folder.join(IMAGES_FILE), &images.arrays)?;
    whole_file::write(&folder.join(FIT_FILE), images.words().as_bytes())
}
