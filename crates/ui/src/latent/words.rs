//! What the panel says of the scatter: how many points, of what, in which plane.

use crate::number;
use hourglass_experiment::LatentPrior;
use hourglass_protocol::{Axes, DatasetDescription, PointSource, SampleIdx, ScatterView};

use super::colour::ColourBy;
use super::filter::ClassFilter;
use super::points::Points;

/// `10,000 points · step 1,234`
#[must_use]
pub fn caption(points: &Points, filter: ClassFilter) -> String {
    let view = points.view();
    let total = number::count_of(view.points.len());
    let step = number::count(view.step);
    if filter.is_all() {
        format!("{total} points · step {step}")
    } else {
        let shown = number::count_of(points.n_shown(filter));
        format!("{shown} of {total} points · step {step}")
    }
}

/// What a screen reader is told besides the points.
#[derive(Clone, Copy, Debug)]
pub struct Extras {
    /// The outline that is drawn.
    pub prior: Option<LatentPrior>,
    /// User images.
    pub n_own: usize,
    /// Points that are selected.
    pub n_selected: usize,
    /// Points that are drawn as pictures.
    pub n_pictures: usize,
    /// What colours say.
    pub colour: ColourBy,
}

/// The key figures in words.
#[must_use]
pub fn summary(points: &Points, filter: ClassFilter, extras: Extras) -> String {
    let caption = caption(points, filter);
    let mut text = format!("Latent scatter, {caption}, {}", plane(points.view()));
    let mut add = |more: String| text.push_str(&more);
    if let Some(prior) = extras.prior {
        add(format!(
            ", with the outline of the prior: {}",
            prior.label()
        ));
    }
    if extras.colour != ColourBy::Class {
        add(format!(", coloured by {}", extras.colour.title()));
    }
    if extras.n_pictures > 0 {
        add(format!(
            ", {} as pictures",
            number::count_of(extras.n_pictures)
        ));
    }
    if extras.n_selected > 0 {
        add(format!(
            ", {} selected",
            number::count_of(extras.n_selected)
        ));
    }
    match extras.n_own {
        0 => {}
        1 => add(", with your image".to_owned()),
        n => add(format!(", with {n} of your images")),
    }
    text
}

fn plane(view: &ScatterView) -> String {
    let [x, y] = view.pair.map(|axis| axis + 1);
    match view.axes {
        Axes::Raw if x.max(y) <= 2 => "raw code".to_owned(),
        Axes::Raw => format!("raw units {x} and {y}"),
        Axes::Pca { explained } | Axes::Turned { explained } => {
            let share = number::percent(f64::from(explained[0] + explained[1]));
            let turned = match view.axes {
                Axes::Turned { .. } => " turned onto A's",
                Axes::Raw | Axes::Pca { .. } => "",
            };
            match view.pair {
                [0, 1] => format!("two principal components{turned}, {share} of variance"),
                _ => format!("principal components {x} and {y}{turned}, {share} of variance"),
            }
        }
    }
}

/// `test image 1,204`, counted from 0 in its split.
#[must_use]
pub fn name_of(dataset: &DatasetDescription, sample: SampleIdx) -> String {
    let (source, position) = dataset.place(sample);
    let split = match source {
        PointSource::Test => "test",
        PointSource::Training => "training",
    };
    format!("{split} image {}", number::count_of(position))
}
