//! Reference lines: how far they may stretch an axis, and what curves are divided by.

use crate::plot::Interval;
use hourglass_experiment::Term;

pub use hourglass_figure::reference::{Kind, Reference};

use super::curve::LossScale;
use super::group::Group;

/// `heights` with the line, where that does not squeeze the curves.
#[must_use]
pub fn extended(line: &Reference, heights: Interval, scale: LossScale) -> Interval {
    /// How many times longer the axis may become.
    const MOST: f64 = 2.0;
    let at = scale.height(line.value);
    if !at.is_finite() {
        return heights;
    }
    let with = Interval::new(heights.min.min(at), heights.max.max(at));
    if with.length() <= MOST * heights.length() {
        with
    } else {
        heights
    }
}

/// What a curve's values are divided by: the generator's term is weighted in the objective, and in nats beside
/// the discriminator's. `None` if it cannot be told because the weight changed on the way.
#[must_use]
pub fn divisor(group: Group, term: Term, run: &hourglass_state::RunState) -> Option<f64> {
    if (group, term) != (Group::Adversary, Term::Generator) {
        return Some(1.0);
    }
    run.generator_weight()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_far_away_does_not_squeeze_the_curves() {
        let line = |value| Reference {
            kind: Kind::Pca,
            name: String::new(),
            help: String::new(),
            value,
            digits: None,
        };
        let heights = Interval::new(-2.0, -1.0);
        let near = extended(&line(0.005), heights, LossScale::Log);
        assert!((near.min - 0.005_f64.log10()).abs() < 1e-12);
        assert_eq!(extended(&line(1e-5), heights, LossScale::Log), heights);
        assert_eq!(extended(&line(0.0), heights, LossScale::Log), heights);
    }
}
