//! What can be wrong with one of the four files, and what to do about it.

use std::io;
use std::path::PathBuf;

const WHAT_TO_DO: &str =
    "it is left as it is; run `hourglass data fetch`, or give a folder with its four files";

/// Several data sets were made in MNIST's format, and their files have the names of MNIST's: a person who is told that a
/// file is damaged might delete a data set.
const OTHER_DATA_SET: &str = "it is in MNIST's format but has different content, probably from another data set such as \
     Fashion-MNIST, or a single byte has changed";

/// What is wrong with a file. Reasons are part of the text and not a `source`, because the file
/// and what to do come last.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The file is not there.
    #[error("{name} is missing, plain and as .gz: {}; run `hourglass data fetch`, or give a folder with its four files", .folder.display())]
    Missing {
        /// Name of the uncompressed file.
        name: String,
        /// Folder where it was looked for.
        folder: PathBuf,
    },
    /// The file is one of the other three.
    #[error("the file is not {expected}, its header is that of {found}: {}; give the files their original names, or {}", .path.display(), WHAT_TO_DO)]
    Swapped {
        /// Name of the file that was expected.
        expected: String,
        /// Name of the file that was found.
        found: String,
        /// The file.
        path: PathBuf,
    },
    /// The file is of a kind that has nothing to do with MNIST.
    #[error("the file is not {expected} but {kind}: {}; {}", .path.display(), WHAT_TO_DO)]
    OtherKind {
        /// Name of the file that was expected.
        expected: String,
        /// What it is, by its first bytes.
        kind: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// The content is too short, or a plain file is too long.
    #[error("the file holds {found_bytes} bytes of data instead of {expected_bytes}{}: {}; {}", cut_short(*.found_bytes, *.expected_bytes), .path.display(), WHAT_TO_DO)]
    WrongSize {
        /// Size of the uncompressed content in bytes.
        found_bytes: u64,
        /// Size it should have in bytes.
        expected_bytes: u64,
        /// The file.
        path: PathBuf,
    },
    /// The content goes on after its end; how far was not looked at.
    #[error("the file holds more than {expected_bytes} bytes of data: {}; {}", .path.display(), WHAT_TO_DO)]
    TooLong {
        /// Size of the uncompressed content it should have, in bytes.
        expected_bytes: u64,
        /// The file.
        path: PathBuf,
    },
    /// The compressed file is cut short or corrupted.
    #[error("the gzip file is damaged after {unpacked_bytes} bytes of data ({reason}): {}; {}", .path.display(), WHAT_TO_DO)]
    DamagedGzip {
        /// Uncompressed bytes before the damage.
        unpacked_bytes: u64,
        /// What the decoder found; [`io::ErrorKind::UnexpectedEof`] for a file cut short.
        reason: io::Error,
        /// The file.
        path: PathBuf,
    },
    /// The header is that of no file of the data set.
    #[error("the file is not {expected}, it begins with the bytes {found_hex}: {}; {}", .path.display(), WHAT_TO_DO)]
    WrongHeader {
        /// Name of the file that was expected.
        expected: String,
        /// What the header is, in hexadecimal.
        found_hex: String,
        /// The file.
        path: PathBuf,
    },
    /// Images and labels do not belong together.
    #[error("there are {n_images} images but {n_labels} labels for them: {} and {}; take both files from the same data set", .images.display(), .labels.display())]
    CountsDiffer {
        /// Number of images by the header.
        n_images: u32,
        /// Number of labels by the header.
        n_labels: u32,
        /// The file with the images.
        images: PathBuf,
        /// The file with the labels.
        labels: PathBuf,
    },
    /// Images and labels agree with each other but not with the data set.
    #[error("the file holds {found} images or labels instead of {expected}, so it is probably from another data set such as EMNIST: {}; {}", .path.display(), WHAT_TO_DO)]
    WrongCount {
        /// Number of items by the header.
        found: u32,
        /// Number of items there should be.
        expected: u32,
        /// The file.
        path: PathBuf,
    },
    /// Size and header are right, the content is not.
    #[error("{} (SHA-256 {found} instead of {expected}): {}; {}", OTHER_DATA_SET, .path.display(), WHAT_TO_DO)]
    WrongChecksum {
        /// SHA-256 of the uncompressed content, in hexadecimal.
        found: String,
        /// SHA-256 it should have.
        expected: String,
        /// The file.
        path: PathBuf,
    },
    /// Nothing is known of the uncompressed content.
    #[error("only the .gz of this data set can be checked, and the file is not compressed: {}; {}", .path.display(), WHAT_TO_DO)]
    NotCompressed { path: PathBuf },
    /// The file cannot be read.
    #[error("the file cannot be read ({reason}): {}; check the disk and the file's permissions", .path.display())]
    Unreadable {
        /// What the system said.
        reason: io::Error,
        /// The file.
        path: PathBuf,
    },
    /// The caller asked to stop.
    #[error("the check was cancelled")]
    Cancelled,
}

fn cut_short(found_bytes: u64, expected_bytes: u64) -> &'static str {
    match found_bytes {
        0 => ", it is empty",
        found if found < expected_bytes => ", it is cut short",
        _ => "",
    }
}
