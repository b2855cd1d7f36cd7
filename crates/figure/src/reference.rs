//! Horizontal reference lines: what PCA reaches, what nothing can go below, what was published.

use std::f64::consts::LN_2;

use hourglass_experiment::{DataSetId, Experiment, Figure, Group, Reconstruction, Stated, Target};
use hourglass_protocol::Baselines;

use super::number;

/// Which line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// PCA with as many components as the code has units.
    Pca,
    /// What grey pixels leave to any cross-entropy.
    EntropyFloor,
    /// What the preset's source printed, or theory says.
    Published,
    /// What a discriminator reaches that cannot tell.
    Undecided,
    /// What the encoder reaches when the discriminator cannot tell.
    Deceived,
}

/// A reference line.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// Which line.
    pub kind: Kind,
    /// Its name at the edge and in the legend: "PCA, 32 components".
    pub name: String,
    /// What it means.
    pub help: String,
    /// Where it lies, in the unit of the group.
    pub value: f64,
    /// The digits of its value, where they are somebody else's.
    pub digits: Option<String>,
}

impl Reference {
    /// The lines of a group, whether shown or hidden. `data` is what the run learns from; while that is not known,
    /// nothing is said to be published for it.
    #[must_use]
    pub fn of(
        group: Group,
        experiment: &Experiment,
        data: Option<DataSetId>,
        baselines: Option<&Baselines>,
    ) -> Vec<Self> {
        let stated = |figure: Option<Figure>| stated(experiment.stated(figure?, data?)?, figure?);
        let lines = match group {
            Group::Objective => vec![
                pca(experiment, baselines),
                entropy_floor(experiment, baselines),
                stated(figure_of(experiment)),
            ],
            Group::Errors => vec![stated(Some(Figure::ErrorPercent))],
            Group::Adversary => vec![Some(undecided(2.0 * LN_2)), Some(deceived())],
            Group::Accuracy => vec![Some(undecided(50.0))],
            Group::Jacobian | Group::Layers | Group::Classes => Vec::new(),
        };
        lines.into_iter().flatten().collect()
    }

    /// `PCA, 32 components: 0.0168`
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}: {}", self.name, self.figure())
    }

    /// Its value; what was published, with the digits that were printed.
    #[must_use]
    pub fn figure(&self) -> String {
        match &self.digits {
            Some(digits) => digits.clone(),
            None => number::three_digits(self.value),
        }
    }
}

/// PCA minimises the squared error per pixel of the image itself; no sum over pixels, nor any other error, is compared
/// with it.
fn pca(experiment: &Experiment, baselines: Option<&Baselines>) -> Option<Reference> {
    let objective = &experiment.objective;
    let is_comparable = objective.reconstruction == Reconstruction::Mse
        && experiment.emphasis().is_none()
        && !objective.is_per_image()
        && experiment.target == Target::SameImage;
    let size = experiment.architecture.code_size();
    let is_comparable = is_comparable && size < n_pixels(experiment); // with every component PCA is exact
    let baselines = baselines.filter(|_| is_comparable)?;
    let of_what = if experiment.corruption.is_none() {
        ""
    } else {
        ", of clean images"
    };
    Some(Reference {
        kind: Kind::Pca,
        name: format!("PCA, {} components", baselines.n_components(size)),
        help: format!(
            "Test error of PCA with as many components as the code has units, fitted on the training \
             images{of_what}: the best a linear code of this size can do"
        ),
        value: baselines.pca_mse(size)?,
        digits: None,
    })
}

fn entropy_floor(experiment: &Experiment, baselines: Option<&Baselines>) -> Option<Reference> {
    let objective = &experiment.objective;
    let is_entropy =
        objective.reconstruction == Reconstruction::Bce && experiment.emphasis().is_none();
    let baselines = baselines.filter(|_| is_entropy)?;
    Some(Reference {
        kind: Kind::EntropyFloor,
        name: "entropy floor".to_owned(),
        help: "The test images' own entropy: grey pixels are never certain, so no cross-entropy can be below it"
            .to_owned(),
        value: baselines.entropy_floor * images_worth(experiment),
        digits: None,
    })
}

fn n_pixels(experiment: &Experiment) -> usize {
    experiment.architecture.image().n_values()
}

/// Pixels that the error is summed over.
fn images_worth(experiment: &Experiment) -> f64 {
    if experiment.objective.is_per_image() {
        n_pixels(experiment) as f64
    } else {
        1.0
    }
}

/// The figure that the objective's axis shows, if presets speak of it.
fn figure_of(experiment: &Experiment) -> Option<Figure> {
    let objective = &experiment.objective;
    if experiment.emphasis().is_some() {
        return None; // nothing is stated of weighted errors
    }
    if objective.prior.variational().is_some() {
        return Some(Figure::NegativeElbo);
    }
    match objective.reconstruction {
        Reconstruction::Mse if !objective.is_per_image() => Some(Figure::Mse),
        Reconstruction::Bce if !objective.is_per_image() => Some(Figure::Bce),
        _ => None,
    }
}

/// The line of what is stated for a figure.
fn stated(stated: Stated, figure: Figure) -> Option<Reference> {
    let place = stated.place();
    let place = if place.is_empty() {
        String::new()
    } else {
        format!(" ({place})")
    };
    Some(Reference {
        kind: Kind::Published,
        name: stated.name(),
        help: format!(
            "What is {} for this experiment: {}{place}",
            stated.label(),
            figure.label()
        ),
        value: stated.value()?,
        digits: Some(stated.digits()),
    })
}

fn undecided(value: f64) -> Reference {
    Reference {
        kind: Kind::Undecided,
        name: "cannot tell".to_owned(),
        help: "Where a discriminator that only guesses ends up".to_owned(),
        value,
        digits: None,
    }
}

fn deceived() -> Reference {
    Reference {
        kind: Kind::Deceived,
        name: "fooled".to_owned(),
        help: "ln 2, where −ln D(h) ends up when the discriminator only guesses".to_owned(),
        value: LN_2,
        digits: None,
    }
}
