//! A figure that was asked for: what it shows, and how.

use std::path::{Path, PathBuf};

use hourglass_experiment::Experiment;
use hourglass_protocol::{Gather, Gathered, Numbers, SampleIdx};

use super::file_name::named;
use super::{Content, Facts, FigureKind, Format, Group, Interval, Look, figures};

/// A figure that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct FigureRequest {
    pub kind: FigureKind,
    /// What it is written as.
    pub format: Format,
    pub look: Look,
    /// Classes that are left out of scatters.
    pub hidden: Vec<u8>,
    /// Test images that were chosen: the digits, and a column of the scatter's table.
    pub samples: Vec<SampleIdx>,
    /// Curves that are drawn.
    pub group: Group,
    /// Whether they are drawn by their logarithm.
    pub is_log: bool,
    /// The part of the plane that curves and scatters show, across and up; all of it if none.
    pub part: Option<[Interval; 2]>,
}

impl FigureRequest {
    /// What the model has to be asked for; `None` if the figure is of what is known already.
    #[must_use]
    pub fn gather(&self) -> Option<Gather> {
        self.kind.gather(&self.samples)
    }

    /// Whether numbers are of the kind that the model has to be asked for: those of a request that was given up may
    /// come late.
    #[must_use]
    pub fn is_answered_by(&self, numbers: &Numbers) -> bool {
        self.gather().is_some_and(|asked| match asked {
            Gather::Codes => matches!(numbers, Numbers::Codes(_)),
            Gather::Digits(_) => matches!(numbers, Numbers::Digits(_)),
            Gather::Manifold(_) => matches!(numbers, Numbers::Manifold(_)),
            Gather::Filters => matches!(numbers, Numbers::Filters(_)),
            Gather::Activations => matches!(numbers, Numbers::Activations(_)),
            Gather::Page(_) => matches!(numbers, Numbers::Page(_)),
        })
    }

    /// What the figure shows, once that was gathered.
    #[must_use]
    pub fn content(&self, gathered: Gathered) -> (Facts, Content) {
        let Gathered {
            experiment,
            data,
            step,
            epoch,
            numbers,
        } = gathered;
        let facts = Facts {
            experiment,
            data,
            step,
            epoch,
        };
        (
            facts,
            figures::content(numbers, &self.hidden, &self.samples, self.part),
        )
    }

    /// The file that a person means by a path, and what it is to hold. One that is there already is meant as it is.
    #[must_use]
    pub fn file_at(&self, path: &Path) -> (PathBuf, Format) {
        match Format::of(path, self.kind) {
            Ok(format) if path.is_file() => (path.to_owned(), format),
            _ => named(path, self.kind, self.format),
        }
    }

    /// A name for the file: `sparse-64-scatter.png`.
    #[must_use]
    pub fn file_name(&self, experiment: &Experiment) -> String {
        let name = experiment
            .preset
            .map_or("custom-experiment".to_owned(), |preset| preset.to_string());
        let figure = self.kind.file_name();
        format!("{name}-{figure}.{}", self.format.ending())
    }
}
