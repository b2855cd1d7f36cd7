//! What a run of a preset has to reach, in a form that can be checked.

use super::{PresetId, Stated};
use crate::{DataSetId, Experiment, Prior};

/// One figure of a finished run with the bound it is held to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expectation {
    pub figure: Figure,
    /// What its source printed for it, or theory says.
    pub stated: Option<Stated>,
    /// What it is held to.
    pub bound: Bound,
    /// Whether it is a figure of a run on the pen digits, whatever the others are trained on: their true factors
    /// are known.
    pub on_pen_digits: bool,
}

/// A figure of a finished run, on the whole test split unless it says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Figure {
    /// Trainable numbers of encoder and decoder.
    Parameters,
    /// Mean squared error per pixel.
    Mse,
    /// Binary cross-entropy in nats per pixel.
    Bce,
    /// Mean squared error divided by that of PCA with as many components as the code has units.
    MseOverPca,
    /// Largest principal angle between the decoder's subspace and PCA's, in degrees.
    SubspaceAngle,
    /// Squared error summed over an image's pixels.
    SquaredErrorPerImage,
    /// Mean activation of the code.
    MeanActivation,
    /// What a digit class gains in signal-to-noise ratio over its corrupted input, in decibel; the class that
    /// gains least.
    LeastGainDb,
    /// `‖∂h/∂x‖²_F`, averaged over images.
    JacobianNorm,
    /// The same divided by the variance of the code, summed over its units: free of the code's scale.
    RelativeJacobianNorm,
    /// Mean squared error per pixel on images of noise, each pixel drawn from another test image.
    NoiseImageMse,
    /// `−ELBO` in nats per image.
    NegativeElbo,
    /// Units of the code that carry information about the image.
    ActiveUnits,
    /// How closely the unit that follows it best goes with the slant: the correlation's size, 0..1. Only of digits
    /// whose slant is known.
    SlantCorrelation,
    /// Distance from 0 of the codes' mean, on the axis where it is largest.
    CodeMeanOffset,
    /// Ratio of the codes' variance to 1, on the axis where it is farthest from it; below 1 inverted.
    CodeVarianceRatio,
    /// Share of samples and codes that the discriminator tells right, in per cent.
    DiscriminatorAccuracy,
    /// Petals of the prior, of ten, that hold at least 2 % of the codes within three standard deviations.
    PetalsFilled,
    /// Share of codes within three standard deviations of some petal, in per cent.
    CodesInPetals,
    /// Test images classified wrong after fine-tuning, in per cent.
    ErrorPercent,
}

/// What became of an expectation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The figure keeps to its bound.
    Reached,
    /// It does not.
    FallsShort,
    /// The run does not have the figure.
    NotMeasured,
    /// The figure that it is compared with is not known.
    NothingToCompare,
}

/// What a figure is held to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// Exactly this.
    Exactly(f64),
    /// This or less.
    AtMost(f64),
    /// This or more.
    AtLeast(f64),
    /// From the first to the second.
    Between(f64, f64),
    /// At most this many times the same figure of another preset, trained with the same seed.
    AtMostTimes(f64, PresetId),
    /// Less than the same figure of another experiment: this preset with β = 1.
    LessThanWithBetaOne,
}

impl Verdict {
    /// In a word or two, for people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::FallsShort => "falls short",
            Self::NotMeasured => "not measured",
            Self::NothingToCompare => "nothing to compare",
        }
    }
}

impl Figure {
    /// Its name for people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Parameters => "parameters",
            Self::Mse => "test MSE per pixel",
            Self::Bce => "test BCE, nats per pixel",
            Self::MseOverPca => "test MSE / PCA's",
            Self::SubspaceAngle => "largest angle to PCA, degrees",
            Self::SquaredErrorPerImage => "squared error per test image",
            Self::MeanActivation => "mean activation",
            Self::LeastGainDb => "least gain of a class over its input, dB",
            Self::JacobianNorm => "‖J‖²",
            Self::RelativeJacobianNorm => "‖J‖²/Var(h)",
            Self::NoiseImageMse => "MSE on noise images, per pixel",
            Self::NegativeElbo => "−ELBO, nats per test image",
            Self::ActiveUnits => "active units",
            Self::SlantCorrelation => "correlation of a unit with the slant",
            Self::CodeMeanOffset => "codes' mean, farthest from 0",
            Self::CodeVarianceRatio => "codes' variance, farthest from 1",
            Self::DiscriminatorAccuracy => "discriminator accuracy, %",
            Self::PetalsFilled => "petals filled",
            Self::CodesInPetals => "codes in petals, %",
            Self::ErrorPercent => "test error, %",
        }
    }
}

impl Expectation {
    /// The data set that it speaks of.
    #[must_use]
    pub fn measured_on(&self) -> DataSetId {
        if self.on_pen_digits {
            DataSetId::PEN_DIGITS
        } else {
            DataSetId::MNIST
        }
    }

    /// Compares a figure with its bound; `other` is the same figure of the run it is compared with, if it is
    /// compared with one.
    #[must_use]
    pub fn judge(&self, measured: Option<f64>, other: Option<f64>) -> Verdict {
        let Some(measured) = measured else {
            return Verdict::NotMeasured;
        };
        if self.bound.is_relative() && other.is_none() {
            return Verdict::NothingToCompare;
        }
        if self.bound.is_kept(measured, other) {
            Verdict::Reached
        } else {
            Verdict::FallsShort
        }
    }
}

impl Bound {
    fn is_relative(self) -> bool {
        matches!(self, Self::AtMostTimes(..) | Self::LessThanWithBetaOne)
    }

    /// The experiment that a run of `preset` is compared with; `None` if the bound is a number.
    #[must_use]
    pub fn compared_with(self, preset: PresetId) -> Option<Experiment> {
        match self {
            Self::AtMostTimes(_, other) => Some(other.preset().experiment()),
            Self::LessThanWithBetaOne => {
                let mut experiment = preset.preset().experiment();
                if let Prior::Variational(prior) = &mut experiment.objective.prior {
                    prior.beta = 1.0;
                }
                Some(experiment)
            }
            Self::Exactly(_) | Self::AtMost(_) | Self::AtLeast(_) | Self::Between(..) => None,
        }
    }

    /// What it asks for, for people: "at most 0.0105".
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::Exactly(value) => format!("{value}"),
            Self::AtMost(value) => format!("≤ {value}"),
            Self::AtLeast(value) => format!("≥ {value}"),
            Self::Between(low, high) => format!("{low} to {high}"),
            Self::AtMostTimes(factor, preset) => format!("≤ {factor} × {preset}"),
            Self::LessThanWithBetaOne => "fewer than with β = 1".to_owned(),
        }
    }

    /// Whether a value keeps to it, `other` being the figure of the run it is compared with. A value that is
    /// not a number keeps to nothing.
    #[must_use]
    pub fn is_kept(self, value: f64, other: Option<f64>) -> bool {
        match self {
            Self::Exactly(expected) => (value - expected).abs() < 0.5e-9 * expected.abs().max(1.0),
            Self::AtMost(most) => value <= most,
            Self::AtLeast(least) => value >= least,
            Self::Between(low, high) => (low..=high).contains(&value),
            Self::AtMostTimes(factor, _) => other.is_some_and(|other| value <= factor * other),
            Self::LessThanWithBetaOne => other.is_some_and(|other| value < other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_hold_and_break_where_they_say() {
        assert!(Bound::AtMost(1.0).is_kept(1.0, None));
        assert!(!Bound::AtMost(1.0).is_kept(1.01, None));
        assert!(!Bound::AtMost(1.0).is_kept(f64::NAN, None));
        assert!(Bound::Between(1.0, 2.0).is_kept(1.5, None));
        assert!(!Bound::Between(1.0, 2.0).is_kept(2.5, None));
        let half = Bound::AtMostTimes(0.5, PresetId::Vanilla64);
        assert!(half.is_kept(1.0, Some(2.0)));
        assert!(!half.is_kept(1.1, Some(2.0)));
        assert!(!half.is_kept(0.1, None), "nothing to compare with");
        assert!(!Bound::LessThanWithBetaOne.is_kept(3.0, Some(3.0)));
    }

    #[test]
    fn a_verdict_needs_the_figure_and_what_it_is_compared_with() {
        let half = Expectation {
            figure: Figure::JacobianNorm,
            stated: None,
            bound: Bound::AtMostTimes(0.5, PresetId::Vanilla64),
            on_pen_digits: false,
        };
        assert_eq!(half.judge(None, Some(4.0)), Verdict::NotMeasured);
        assert_eq!(half.judge(Some(1.0), None), Verdict::NothingToCompare);
        assert_eq!(half.judge(Some(1.0), Some(4.0)), Verdict::Reached);
        assert_eq!(half.judge(Some(3.0), Some(4.0)), Verdict::FallsShort);
        let other = half.bound.compared_with(PresetId::Contractive64);
        assert_eq!(other, Some(PresetId::Vanilla64.preset().experiment()));
        let plain = Bound::LessThanWithBetaOne.compared_with(PresetId::BetaVae10);
        let beta = plain.and_then(|plain| Some(plain.objective.prior.variational()?.beta));
        assert_eq!(beta, Some(1.0));
    }
}
