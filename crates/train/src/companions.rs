//! The networks that are trained beside an autoencoder: an adversary, or the classifiers of fine-tuning.
//!
//! Their initial weights have random streams of their own (`Part` in `model/init.rs`), so a prior or a classifier
//! does not change the autoencoder's initial weights.

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Bytes, Device, Int, Tensor, TensorData};

use hourglass_experiment::{Adversarial, Experiment, Optimizer, Term};
use hourglass_model::{Autoencoder, CodeClassifier, Discriminator, Part};
use hourglass_objective::{TermValues, adversarial, classification};

use super::gradients::Motion;
use super::optimizer::{Held, Stepper};
use super::readback::{self, ParameterValues};
use super::{TrainError, checkpoint};

/// A discriminator with its optimizer.
#[derive(Debug)]
pub struct Adversary {
    pub discriminator: Held<Discriminator>,
    stepper: Stepper,
}

/// Two classifiers that see the same images in the same order: one starts from the trained encoder, the other
/// from the encoder's first weights.
#[derive(Debug)]
pub struct Classifiers {
    pub tuned: Held<CodeClassifier>,
    pub random: Held<CodeClassifier>,
    steppers: [Stepper; 2],
}

impl Adversary {
    pub fn new(experiment: &Experiment, device: &Device) -> Self {
        Self {
            discriminator: Held::new(Discriminator::new(experiment, device)),
            stepper: Stepper::new(&Optimizer::adam(0.0), 0), // its rate comes with each step
        }
    }

    /// One step of the discriminator; codes are taken as they are, without a way back into the encoder.
    pub fn step(
        &mut self,
        prior: &Adversarial,
        schedule_factor: f64,
        samples: Tensor<2>,
        codes: Tensor<2>,
    ) -> TermValues {
        let of_samples = self.discriminator.forward(samples);
        let of_codes = self.discriminator.forward(codes.detach());
        let loss = adversarial::discriminator(of_samples.clone(), of_codes.clone());
        let accuracy = adversarial::accuracy(of_samples, of_codes);
        let rate = prior.discriminator_learning_rate * schedule_factor;
        let stepper = &mut self.stepper;
        self.discriminator
            .replace(|discriminator| stepper.step(rate, discriminator, &loss));
        TermValues::from([
            (Term::Discriminator, loss),
            (Term::DiscriminatorAccuracy, accuracy),
        ])
    }

    pub fn parameters(&self) -> Result<Vec<ParameterValues>, TrainError> {
        readback::parameters(&*self.discriminator)
    }

    pub fn states(&self) -> Result<Vec<Bytes>, TrainError> {
        Ok(vec![self.stepper.state()?])
    }

    pub fn restored(
        self,
        parameters: &[ParameterValues],
        states: &[Bytes],
    ) -> Result<Self, TrainError> {
        let Self {
            mut discriminator,
            stepper,
        } = self;
        discriminator.replace(|network| checkpoint::with_parameters(network, parameters));
        Ok(Self {
            discriminator,
            stepper: with_state(stepper, states.first())?,
        })
    }
}

impl Classifiers {
    /// The classifiers of a model whose encoder has been trained, for a fine-tuning of `n_steps` steps.
    pub fn new(
        experiment: &Experiment,
        model: &Autoencoder,
        n_steps: u64,
        device: &Device,
    ) -> Result<Self, TrainError> {
        let fresh = CodeClassifier::new(experiment, Part::TunedClassifier, device);
        let trained = readback::parameters(model.encoder())?;
        let tuned = fresh.map(&mut InOrder {
            values: trained.into_iter(),
        });
        let stepper = || Stepper::new(&experiment.optimizer, n_steps);
        Ok(Self {
            tuned: Held::new(tuned),
            random: Held::new(CodeClassifier::new(
                experiment,
                Part::RandomClassifier,
                device,
            )),
            steppers: [stepper(), stepper()],
        })
    }

    /// One step of both.
    pub fn step(
        &mut self,
        learning_rate: f64,
        images: &Tensor<2>,
        labels: &Tensor<2, Int>,
    ) -> TermValues {
        let [tuned_stepper, random_stepper] = &mut self.steppers;
        let mut values = TermValues::new();
        for (network, stepper, [loss_term, error_term]) in [
            (
                &mut self.tuned,
                tuned_stepper,
                [Term::Classification, Term::ErrorRate],
            ),
            (
                &mut self.random,
                random_stepper,
                [Term::ClassificationFromRandom, Term::ErrorRateFromRandom],
            ),
        ] {
            let logits = network.forward(images.clone());
            let loss = classification::cross_entropy(logits.clone(), labels.clone());
            let error = classification::error_percent(logits, labels.clone());
            network.replace(|network| stepper.step(learning_rate, network, &loss));
            values.extend([(loss_term, loss), (error_term, error)]);
        }
        values
    }

    /// Measures the next step of the one that grew out of the trained encoder.
    pub fn watch_next_step(&mut self) {
        self.steppers[0].watch_next_step();
    }

    /// What was measured of it since it was taken last.
    pub fn take_motions(&mut self) -> Vec<Motion> {
        self.steppers[0].take_motions()
    }

    pub fn parameters(&self) -> Result<Vec<ParameterValues>, TrainError> {
        let mut parameters = readback::parameters(&*self.tuned)?;
        parameters.extend(readback::parameters(&*self.random)?);
        Ok(parameters)
    }

    pub fn states(&self) -> Result<Vec<Bytes>, TrainError> {
        self.steppers.iter().map(Stepper::state).collect()
    }

    pub fn restored(
        self,
        parameters: &[ParameterValues],
        states: &[Bytes],
    ) -> Result<Self, TrainError> {
        let Self {
            mut tuned,
            mut random,
            steppers: [first, second],
        } = self;
        for network in [&mut tuned, &mut random] {
            network.replace(|network| checkpoint::with_parameters(network, parameters));
        }
        Ok(Self {
            tuned,
            random,
            steppers: [
                with_state(first, states.first())?,
                with_state(second, states.get(1))?,
            ],
        })
    }
}

fn with_state(stepper: Stepper, state: Option<&Bytes>) -> Result<Stepper, TrainError> {
    match state {
        Some(state) => stepper.with_state(state.clone()),
        None => Ok(stepper),
    }
}

/// Puts values into a module's first parameters, in order; the others keep theirs. The names differ, because
/// an optimizer tells parameters apart by them.
struct InOrder<I> {
    values: I,
}

impl<I: Iterator<Item = ParameterValues>> ModuleMapper for InOrder<I> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(values) = self.values.next() else {
            return param;
        };
        param.map(|own| {
            debug_assert_eq!(own.dims().as_slice(), values.shape);
            let data = TensorData::new(values.values, values.shape);
            Tensor::from_data(data, &own.device()).require_grad()
        })
    }
}
