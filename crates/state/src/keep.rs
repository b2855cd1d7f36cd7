//! What the window knows of runs on disk: where they were, what was left behind, what is asked.

use std::path::{Path, PathBuf};

use hourglass_protocol::{DataPlace, KeptRun};

/// What the window knows of runs on disk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Keep {
    /// Folders of runs that were saved or opened, the newest first.
    pub recent: Vec<PathBuf>,
    /// Unsaved runs that no window has open, the newest first.
    pub left_behind: Vec<KeptRun>,
    /// How they are offered.
    pub offer: Offer,
    /// Why runs cannot be backed up, while they cannot.
    pub trouble: Option<String>,
    /// Weights that would fit by their shapes, until a person has said yes or no.
    pub weights_offered: Option<OfferedWeights>,
    /// A run without its images, which may be opened from where it says they were, until a person has said yes or no.
    pub images_offered: Option<OfferedImages>,
    /// A folder that holds another run and is to be saved into, until a person has said yes or no.
    pub asks_to_replace: Option<PathBuf>,
    /// Whether the window is to be closed and a person is asked what becomes of the run.
    pub asks_before_closing: bool,
}

/// A file whose tensors have other names than the model's, and fit by their shapes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedWeights {
    pub file: PathBuf,
    /// A line for each tensor and the parameter it would become.
    pub pairs: Vec<String>,
}

/// The images of a run that came without them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedImages {
    pub run: PathBuf,
    /// Their name.
    pub needed: String,
    /// Where they were when the run was trained, as it says.
    pub place: DataPlace,
}

/// How runs are offered that were left behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Offer {
    #[default]
    Bar,
    List,
    /// In the menu of runs alone.
    Menu,
}

impl Keep {
    /// Most folders remembered.
    pub const MAX_RECENT: usize = 8;

    /// Puts a folder before the others.
    pub fn note_recent(&mut self, folder: &Path) {
        self.recent.retain(|known| known != folder);
        self.recent.insert(0, folder.to_owned());
        self.recent.truncate(Self::MAX_RECENT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_folders_are_remembered_once() {
        let mut keep = Keep::default();
        for name in ["a", "b", "c", "a"] {
            keep.note_recent(Path::new(name));
        }
        assert_eq!(keep.recent, ["a", "c", "b"].map(PathBuf::from));
        for n in 0..100 {
            keep.note_recent(Path::new(&n.to_string()));
        }
        assert_eq!(keep.recent.len(), Keep::MAX_RECENT);
    }
}
