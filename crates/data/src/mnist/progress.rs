//! How far the loading of the four files has come.

use hourglass_experiment::dataset::{FileSpec, Manifest};

/// Share of the whole load, in thousandths, after which all files are checked and unpacked. The
/// `mnist` crate needs about a tenth of the time for the rest and cannot say how far it is.
const CHECKED_PERMILLE: u64 = 900;

/// What loading is busy with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadStage {
    /// Comparing a file with its checksum.
    Checking,
    /// Unpacking a `.gz` file, and comparing its content with its checksum.
    Unpacking,
    /// Reading the checked files into memory.
    Reading,
}

/// How far loading has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LoadProgress {
    /// What it is busy with.
    pub stage: LoadStage,
    /// Share of the whole load that is done, from 0 to 1; never falls.
    pub fraction: f32,
}

/// Turns bytes of single files into progress of the whole.
pub(super) struct Meter<'a> {
    report: &'a mut dyn FnMut(LoadProgress),
    total_bytes: u64,
    /// Bytes of the files that are done.
    done_bytes: u64,
    /// What was reported last. A file is read a second time when its unpacked copy turned out
    /// damaged: the bar then waits, it does not go back.
    permille: u64,
}

impl<'a> Meter<'a> {
    pub(super) fn new(manifest: &Manifest, report: &'a mut dyn FnMut(LoadProgress)) -> Self {
        Self {
            report,
            total_bytes: manifest.files().iter().map(|spec| spec.size_bytes()).sum(),
            done_bytes: 0,
            permille: 0,
        }
    }

    /// `file_bytes` of the current file's content went through.
    pub(super) fn at(&mut self, stage: LoadStage, file_bytes: u64) {
        let bytes = (self.done_bytes + file_bytes).min(self.total_bytes);
        self.show(stage, CHECKED_PERMILLE * bytes / self.total_bytes.max(1));
    }

    /// The current file is done.
    pub(super) fn end_file(&mut self, spec: &FileSpec) {
        self.done_bytes += spec.size_bytes();
    }

    /// All files are checked, reading them begins.
    pub(super) fn start_reading(&mut self) {
        self.show(LoadStage::Reading, CHECKED_PERMILLE);
    }

    /// Everything is read.
    pub(super) fn end(&mut self) {
        self.show(LoadStage::Reading, 1000);
    }

    fn show(&mut self, stage: LoadStage, permille: u64) {
        self.permille = self.permille.max(permille.min(1000));
        let permille = u16::try_from(self.permille).unwrap_or(1000);
        (self.report)(LoadProgress {
            stage,
            fraction: f32::from(permille) / 1000.0,
        });
    }
}
