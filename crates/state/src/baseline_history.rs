//! What finished runs of this session reached, so that a run can be compared with another experiment.

use std::collections::VecDeque;

use hourglass_experiment::{Experiment, Figure};
use hourglass_protocol::{DataSetId, Reached};

/// Figures of finished runs, the newest last.
#[derive(Clone, Debug, Default)]
pub struct BaselineHistory {
    kept: VecDeque<PastBaseline>,
}

#[derive(Clone, Debug)]
struct PastBaseline {
    data: DataSetId,
    /// With seed 0: runs of other seeds say the same.
    experiment: Experiment,
    jacobian_norm: Option<f64>,
    relative_jacobian_norm: Option<f64>,
    mse: Option<f64>,
    noise_image_mse: Option<f64>,
    active_units: Option<f64>,
}

impl BaselineHistory {
    /// Most runs kept.
    pub const MAX: usize = 32;

    /// Keeps what a run of an experiment has reached at its end; a newer run of the same experiment replaces an older one.
    pub fn note(&mut self, data: DataSetId, experiment: &Experiment, reached: &Reached<'_>) {
        let experiment = without_seed(experiment);
        self.kept
            .retain(|known| known.data != data || known.experiment != experiment);
        if self.kept.len() == Self::MAX {
            self.kept.pop_front();
        }
        self.kept.push_back(PastBaseline {
            data,
            experiment,
            jacobian_norm: reached.figure(Figure::JacobianNorm),
            relative_jacobian_norm: reached.figure(Figure::RelativeJacobianNorm),
            mse: reached.figure(Figure::Mse),
            noise_image_mse: reached.figure(Figure::NoiseImageMse),
            active_units: reached.figure(Figure::ActiveUnits),
        });
    }

    /// A figure that presets are compared by, of a finished run of this experiment on these digits.
    #[must_use]
    pub fn figure(&self, data: DataSetId, experiment: &Experiment, figure: Figure) -> Option<f64> {
        let experiment = without_seed(experiment);
        let found = self
            .kept
            .iter()
            .find(|known| known.data == data && known.experiment == experiment)?;
        match figure {
            Figure::JacobianNorm => found.jacobian_norm,
            Figure::RelativeJacobianNorm => found.relative_jacobian_norm,
            Figure::Mse => found.mse,
            Figure::NoiseImageMse => found.noise_image_mse,
            Figure::ActiveUnits => found.active_units,
            _ => None,
        }
    }
}

fn without_seed(experiment: &Experiment) -> Experiment {
    Experiment {
        seed: 0,
        ..experiment.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_experiment::{Bound, PresetId};

    fn reached(mse: f64) -> Reached<'static> {
        Reached {
            parameters: 1,
            mse_per_pixel: mse,
            bce_per_pixel: None,
            squared_error_per_image: 784.0 * mse,
            noise_image_mse: Some(10.0 * mse),
            negative_elbo_nats: None,
            error_percent: None,
            psnr_db: None,
            pca_mse: None,
            subspace_angle_degrees: None,
            code: None,
            discriminator_accuracy: None,
            petals_filled: None,
            codes_in_petals: None,
        }
    }

    #[test]
    fn runs_of_any_seed_are_found_on_their_digits_alone() {
        let mut baseline_history = BaselineHistory::default();
        let vanilla = PresetId::Vanilla64.preset().experiment();
        baseline_history.note(DataSetId::MNIST, &vanilla, &reached(0.01));
        let mut other_seed = vanilla.clone();
        other_seed.seed = 99;
        let mse = |data| baseline_history.figure(data, &other_seed, Figure::Mse);
        assert_eq!(mse(DataSetId::MNIST), Some(0.01));
        assert_eq!(mse(DataSetId::PEN_DIGITS), None);
    }

    #[test]
    fn invariant_10_baselines_stay_bounded_and_the_newest_counts() {
        let mut baseline_history = BaselineHistory::default();
        let mut experiment = PresetId::Vanilla64.preset().experiment();
        for batch in 1..=100 {
            experiment.training.batch_size = batch;
            baseline_history.note(DataSetId::MNIST, &experiment, &reached(0.5));
            baseline_history.note(DataSetId::MNIST, &experiment, &reached(0.25));
        }
        assert_eq!(baseline_history.kept.len(), BaselineHistory::MAX);
        let mse = baseline_history.figure(DataSetId::MNIST, &experiment, Figure::Mse);
        assert_eq!(mse, Some(0.25));
    }

    /// Whatever a bound compares has to be kept.
    #[test]
    fn every_figure_that_presets_are_compared_by_is_kept() {
        for id in PresetId::ALL {
            for expectation in id.preset().expectations {
                let is_relative = expectation.bound.compared_with(id).is_some();
                let is_kept = matches!(
                    expectation.figure,
                    Figure::JacobianNorm
                        | Figure::RelativeJacobianNorm
                        | Figure::Mse
                        | Figure::NoiseImageMse
                        | Figure::ActiveUnits
                );
                assert!(!is_relative || is_kept, "{id}: {:?}", expectation.figure);
                if let Bound::AtMostTimes(..) = expectation.bound {
                    assert!(is_relative);
                }
            }
        }
    }
}
