//! A figure that was asked for: what it shows, and how.

use hourglass_experiment::Experiment;
use hourglass_protocol::{Gather, Gathered, SampleIdx};

use super::{Content, Facts, FigureKind, Format, Group, Look, figures};

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
}

impl FigureRequest {
    /// What the model has to be asked for; `None` if the figure is of what is known already.
    #[must_use]
    pub fn gather(&self) -> Option<Gather> {
        self.kind.gather(&self.samples)
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
            figures::content(numbers, &self.hidden, &self.samples),
        )
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
