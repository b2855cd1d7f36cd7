//! What the manifold panel says: where its codes are from, what the axes are, and the code behind a picture.

use crate::decoded::{unit_name, value};
use crate::number;
use hourglass_experiment::LatentPrior;
use hourglass_protocol::{Axes, CodeSelection, DecodedView, Found, Spacing, Span};

/// Units of a code that are listed one by one.
const MAX_LISTED: usize = 12;

/// Units beside each other in that list.
const PER_LINE: usize = 4;

/// What the two axes of a grid are.
#[must_use]
pub fn axis_names(found: &Found) -> [String; 2] {
    match found {
        Found::Grid {
            units: Some(units), ..
        } => units.map(unit_name),
        _ => [1, 2].map(|component| format!("PC {component}")),
    }
}

/// The same as titles, with the share of variance where it is known.
#[must_use]
pub fn axis_titles(found: &Found) -> [String; 2] {
    let names = axis_names(found);
    match found {
        Found::Grid {
            units: None,
            axes: Axes::Pca { explained } | Axes::Turned { explained },
            ..
        } => {
            let [first, second] = names;
            let title = |name: String, share: f32| format!("{name} ({:.1} %)", 100.0 * share);
            [title(first, explained[0]), title(second, explained[1])]
        }
        _ => names,
    }
}

/// Where the codes are from, short and in full.
#[must_use]
pub fn origin(view: &DecodedView) -> [String; 2] {
    match &view.found {
        Found::Grid { spacing, units, .. } => {
            let rest = if view.size > 2 && units.is_some() {
                match spacing {
                    Spacing::Codes => "; the other units stay at their means",
                    _ => "; the other units stay at 0",
                }
            } else {
                ""
            };
            let plane = match units {
                None => " in the plane of the first two principal components",
                Some(_) => "",
            };
            match spacing {
                Spacing::Quantiles(LatentPrior::Gaussian) => [
                    "at the quantiles of N(0, I)".to_owned(),
                    format!(
                        "Codes at the quantiles of the prior N(0, I): each picture stands for an equal share of it{rest}"
                    ),
                ],
                Spacing::Quantiles(prior) | Spacing::Extent(prior) => [
                    format!("over the extent of the prior ({})", prior.label()),
                    format!(
                        "Codes evenly over the extent of the prior ({}){rest}",
                        prior.label()
                    ),
                ],
                Spacing::Codes => [
                    format!(
                        "middle 98 % of the codes{}",
                        if units.is_none() { ", PCA plane" } else { "" }
                    ),
                    format!(
                        "Codes evenly over the middle 98 % of the test images' codes along each axis{plane}{rest}"
                    ),
                ],
            }
        }
        Found::Prior(prior) => [
            format!("drawn from the prior ({})", prior.label()),
            format!(
                "Codes drawn from the prior ({}), decoded as they are",
                prior.label()
            ),
        ],
        Found::Fitted { n_codes } => [
            "drawn from a Gaussian fitted to the codes".to_owned(),
            format!(
                "There is no prior: codes are drawn from a Gaussian with the mean and the full covariance of the {} test images' codes",
                number::count_of(*n_codes)
            ),
        ],
        Found::Given | Found::Plane(_) | Found::Between => [String::new(), String::new()],
    }
}

/// The code behind a picture, in lines, and what is to be said of the rest of it.
#[must_use]
pub fn code_lines(view: &DecodedView, idx: usize) -> (Vec<String>, Option<String>) {
    if let Found::Grid { xs, ys, .. } = &view.found {
        let n_columns = xs.len().max(1);
        let [x_name, y_name] = axis_names(&view.found);
        let at = |places: &[f32], place: usize| places.get(place).copied().map(value);
        let x = at(xs, idx % n_columns).map(|x| format!("{x_name} {x}"));
        let y = at(ys, idx / n_columns).filter(|_| ys.len() > 1);
        let y = y.map(|y| format!("{y_name} {y}"));
        let place: Vec<String> = x.into_iter().chain(y).collect();
        let note = match &view.places {
            CodeSelection::Grid { span, .. } if view.size > 2 => Some(match span {
                Span::Principal => "in the PCA plane, through the mean code".to_owned(),
                Span::Units(_) => format!("{} other units fixed", view.size - 2),
            }),
            _ => None,
        };
        return (vec![place.join(", ")], note);
    }
    let code = view.code(idx).unwrap_or_default();
    let unit = |(unit, &at): (usize, &f32)| format!("{} {}", unit_name(unit), value(at));
    let listed: Vec<String> = code.iter().take(MAX_LISTED).enumerate().map(unit).collect();
    let lines = listed.chunks(PER_LINE).map(|line| line.join("  "));
    let n_more = code.len().saturating_sub(MAX_LISTED);
    let note = (n_more > 0).then(|| format!("and {n_more} more units"));
    (lines.collect(), note)
}
