//! Numbers of a run that lessons ask about and answer with.

use serde::{Deserialize, Serialize};

use crate::number;
use hourglass_experiment::{DataSetId, Figure};
use hourglass_state::LabState;

/// A number of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quote {
    /// Test mean squared error per pixel.
    Mse,
    /// That of PCA with as many components as the code has units.
    PcaMse,
    /// The first divided by the second.
    MseOverPca,
    /// Fewest components with which PCA has at most the run's error.
    PcaComponents,
    /// Test mean squared error per pixel of always returning the mean of the training images; also that of an image of
    /// noise which is answered with it.
    MeanImageMse,
    /// Largest principal angle between the decoder's subspace and PCA's, in degrees.
    SubspaceAngle,
    MeanActivation,
    /// Share of activations near zero, 0..1.
    NearZero,
    DeadUnits,
    ActiveUnits,
    /// Mean squared error per pixel on images of noise.
    NoiseImageMse,
    /// How many times smaller than its corrupted input's the error is, in the class where it is least.
    LeastGain,
    /// The same in the class where it is most.
    MostGain,
    /// `−ELBO` in nats per image.
    NegativeElbo,
    /// What of it is for the code, in nats per image.
    CodeNats,
    /// Ratio of the codes' variance to 1 on the axis where it is farthest from it; below 1 inverted.
    CodeVarianceRatio,
    /// Share of samples and codes that the discriminator tells right, 0..1.
    DiscriminatorAccuracy,
}

impl Quote {
    /// Its value for the run in progress; `None` as long as it is not measured.
    #[must_use]
    pub fn of(self, state: &LabState) -> Option<f64> {
        let reached = state.reached()?;
        let code = reached.code.as_ref();
        let run = state.run.as_ref()?;
        let evaluation = run.full_evaluation.as_ref()?;
        let baselines = state.baselines.as_ref();
        match self {
            Self::Mse => reached.figure(Figure::Mse),
            Self::PcaMse => reached.pca_mse,
            Self::MseOverPca => reached.figure(Figure::MseOverPca),
            Self::PcaComponents => {
                let errors = baselines?.pca_mse.iter();
                let fewest = errors
                    .take_while(|&&error| error > reached.mse_per_pixel)
                    .count();
                Some(fewest as f64)
            }
            Self::MeanImageMse => baselines?.pca_mse(0),
            Self::SubspaceAngle => reached.figure(Figure::SubspaceAngle),
            Self::MeanActivation => reached.figure(Figure::MeanActivation),
            Self::NearZero => Some(code?.near_zero_fraction),
            Self::DeadUnits => Some(evaluation.code.as_ref()?.dead_units as f64),
            Self::ActiveUnits => reached.figure(Figure::ActiveUnits),
            Self::NoiseImageMse => reached.figure(Figure::NoiseImageMse),
            Self::LeastGain => reached.gains_db()?.map(times).reduce(f64::min),
            Self::MostGain => reached.gains_db()?.map(times).reduce(f64::max),
            Self::NegativeElbo => reached.figure(Figure::NegativeElbo),
            Self::CodeNats => Some(evaluation.variational.as_ref()?.kl_nats),
            Self::CodeVarianceRatio => reached.figure(Figure::CodeVarianceRatio),
            Self::DiscriminatorAccuracy => {
                Some(reached.figure(Figure::DiscriminatorAccuracy)? / 100.0)
            }
        }
    }

    /// What it is called, beside its value.
    fn label(self) -> &'static str {
        match self {
            Self::Mse => "test MSE",
            Self::PcaMse => "PCA's test MSE",
            Self::MseOverPca => "test MSE / PCA's",
            Self::PcaComponents => "PCA's components for the same error",
            Self::MeanImageMse => "MSE of the mean image",
            Self::SubspaceAngle => "largest angle",
            Self::MeanActivation => "mean activation",
            Self::NearZero => "near zero",
            Self::DeadUnits => "dead units",
            Self::ActiveUnits => "active units",
            Self::NoiseImageMse => "MSE on noise images",
            Self::LeastGain => "least gain of a class",
            Self::MostGain => "largest gain",
            Self::NegativeElbo => "−ELBO",
            Self::CodeNats => "KL",
            Self::CodeVarianceRatio => "variance, farthest from 1",
            Self::DiscriminatorAccuracy => "discriminator right",
        }
    }

    /// A value of it, with its unit where it has one.
    fn text(self, value: f64) -> String {
        match self {
            Self::PcaComponents | Self::DeadUnits | Self::ActiveUnits => format!("{value:.0}"),
            Self::NearZero | Self::DiscriminatorAccuracy => number::percent(value),
            Self::SubspaceAngle => format!("{}°", number::two_digits(value)),
            Self::LeastGain | Self::MostGain => number::two_digits(value),
            Self::NegativeElbo | Self::CodeNats => format!("{} nats", number::three_digits(value)),
            Self::Mse
            | Self::PcaMse
            | Self::MeanImageMse
            | Self::NoiseImageMse
            | Self::MseOverPca
            | Self::MeanActivation
            | Self::CodeVarianceRatio => number::three_digits(value),
        }
    }
}

/// How many times smaller an error is that is better by this many decibel.
fn times(decibel: f64) -> f64 {
    10_f64.powf(decibel / 10.0)
}

/// What a sentence says of numbers; steps are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Said {
    /// A number of this step's run.
    Now(Quote),
    /// A number of the run of an earlier step.
    Earlier(usize, Quote),
    /// How many times the number of an earlier step it is.
    Times(usize, Quote),
    /// How far it is on the way from the number of the first step to that of the second, 0..1.
    Way([usize; 2], Quote),
    /// The first number of this step's run divided by the second.
    Ratio(Quote, Quote),
    /// Its square root.
    Root(Quote),
}

/// The numbers of a step's run, and the images that they were measured on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    data: String,
    values: Vec<(Quote, f64)>,
}

impl Measured {
    /// The numbers asked for; `None` as long as one is not measured.
    pub fn of(quotes: impl Iterator<Item = Quote>, state: &LabState) -> Option<Self> {
        let mut values: Vec<(Quote, f64)> = Vec::new();
        for quote in quotes {
            if values.iter().all(|(known, _)| *known != quote) {
                values.push((quote, quote.of(state)?));
            }
        }
        let data = state.dataset.as_ref()?.id.name().to_owned();
        Some(Self { data, values })
    }

    /// Whether they were measured on this data set.
    #[must_use]
    pub fn is_on(&self, data: DataSetId) -> bool {
        self.data == data.name()
    }

    fn value(&self, quote: Quote) -> Option<f64> {
        let found = self.values.iter().find(|(known, _)| *known == quote);
        found.map(|&(_, value)| value)
    }
}

impl Said {
    /// The numbers that it needs, and the step that each is of, `this` being its own.
    #[must_use]
    pub fn needs(self, this: usize) -> Vec<(usize, Quote)> {
        match self {
            Self::Now(quote) | Self::Root(quote) => vec![(this, quote)],
            Self::Earlier(step, quote) => vec![(step, quote)],
            Self::Times(step, quote) => vec![(this, quote), (step, quote)],
            Self::Way([from, to], quote) => vec![(this, quote), (from, quote), (to, quote)],
            Self::Ratio(above, below) => vec![(this, above), (this, below)],
        }
    }

    /// Its value, from what the steps measured; `measured` gives that of a step.
    pub fn value<'a>(
        self,
        this: usize,
        measured: &impl Fn(usize) -> Option<&'a Measured>,
    ) -> Option<f64> {
        let of = |step: usize, quote| measured(step)?.value(quote);
        match self {
            Self::Now(quote) => of(this, quote),
            Self::Earlier(step, quote) => of(step, quote),
            Self::Times(step, quote) => Some(of(this, quote)? / of(step, quote)?),
            Self::Way([from, to], quote) => {
                let [from, to] = [of(from, quote)?, of(to, quote)?];
                Some((of(this, quote)? - from) / (to - from))
            }
            Self::Ratio(above, below) => Some(of(this, above)? / of(this, below)?),
            Self::Root(quote) => Some(of(this, quote)?.sqrt()),
        }
    }

    /// A value of it as a sentence has it.
    #[must_use]
    pub fn text(self, value: f64) -> String {
        match self {
            Self::Now(quote) | Self::Earlier(_, quote) => quote.text(value),
            Self::Times(..) | Self::Ratio(..) | Self::Root(_) => number::two_digits(value),
            Self::Way(..) => number::percent(value),
        }
    }

    /// What it is, for a list of numbers.
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::Now(quote) => quote.label().to_owned(),
            Self::Earlier(step, quote) => format!("{} in step {}", quote.label(), step + 1),
            Self::Times(step, _) => format!("times step {}'s", step + 1),
            Self::Way(..) => "of the way".to_owned(),
            Self::Ratio(above, below) => format!("{} / {}", above.label(), below.label()),
            Self::Root(_) => "its root".to_owned(),
        }
    }
}

/// An answer, formed from what the person's own runs measured.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// Its words, with `{}` for each number.
    pub text: &'static str,
    /// The numbers, in their order.
    pub said: &'static [Said],
    /// The same numbers as this program measured them on MNIST with seed 1; a test measures them again.
    pub on_mnist: &'static [f64],
}

impl Answer {
    /// An answer without numbers.
    #[must_use]
    pub const fn words(text: &'static str) -> Self {
        Self {
            text,
            said: &[],
            on_mnist: &[],
        }
    }

    /// The answer with its numbers, `None` as long as one of them is not measured.
    pub fn filled<'a>(
        &self,
        this: usize,
        measured: &impl Fn(usize) -> Option<&'a Measured>,
    ) -> Option<String> {
        let values = self.said.iter().map(|said| said.value(this, measured));
        let values: Option<Vec<f64>> = values.collect();
        Some(self.with(&values?))
    }

    /// The answer with the numbers of MNIST, which is as long as any other.
    #[must_use]
    pub fn on_mnist(&self) -> String {
        self.with(self.on_mnist)
    }

    /// "On MNIST with seed 1: test MSE 0.00994"; nothing of an answer without numbers. Those of earlier steps stood there.
    #[must_use]
    pub fn mnist_line(&self) -> Option<String> {
        let each = self.said.iter().zip(self.on_mnist);
        let each = each.filter(|(said, _)| !matches!(said, Said::Earlier(..)));
        let texts: Vec<String> = each
            .map(|(said, &value)| format!("{} {}", said.label(), said.text(value)))
            .collect();
        (!texts.is_empty()).then(|| format!("On MNIST with seed 1: {}", texts.join(", ")))
    }

    fn with(&self, values: &[f64]) -> String {
        let mut text = String::new();
        let mut numbers = self.said.iter().zip(values);
        for (idx, words) in self.text.split("{}").enumerate() {
            if idx > 0
                && let Some((said, &value)) = numbers.next()
            {
                text.push_str(&said.text(value));
            }
            text.push_str(words);
        }
        text
    }
}

/// Three answers to choose from before the right one is shown.
#[derive(Clone, Copy, Debug)]
pub struct Guess {
    pub choices: [&'static str; 3],
    pub right: Right,
}

/// Which of three choices is right.
#[derive(Clone, Copy, Debug)]
pub enum Right {
    /// The same on all images.
    Always(usize),
    /// The first below the first of these values, the second below the second, the third otherwise.
    By(Said, [f64; 2]),
}

impl Guess {
    /// The place of the right choice; `None` as long as the number that it depends on is not measured.
    pub fn right<'a>(
        &self,
        this: usize,
        measured: &impl Fn(usize) -> Option<&'a Measured>,
    ) -> Option<usize> {
        match self.right {
            Right::Always(place) => Some(place),
            Right::By(said, ends) => {
                let value = said.value(this, measured)?;
                Some(ends.iter().filter(|&&end| value >= end).count())
            }
        }
    }
}
