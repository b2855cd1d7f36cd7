//! A model, its optimizer and its place in the data: everything a step needs and changes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use burn::module::Module;
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Tensor, TensorData};
use rayon::prelude::*;

use crate::data::{Corruptor, Dataset, EpochOrder};
use crate::experiment::{Adam, Experiment, N_PIXELS, Optimizer, Term};
use crate::model::Autoencoder;
use crate::objective;
use crate::protocol::{Evaluation, EvaluationScope, StepBatch};

use super::held_out::HeldOut;
use super::host_state::LoadedOnHost;
use super::{Checkpoint, TrainError, checkpoint, evaluate, readback};

/// Running evaluations within an epoch, at fixed steps so that two runs alike measure alike.
const EVALUATIONS_PER_EPOCH: u64 = 10;

/// Batches of fewer values are corrupted on one thread: handing out the work would cost more.
const MIN_PARALLEL_IMAGES: usize = 32;

/// One model being trained.
#[derive(Debug)]
pub struct Trainer {
    experiment: Experiment,
    dataset: Arc<Dataset>,
    /// With gradients.
    device: Device,
    model: Autoencoder,
    optimizer: ModuleOptimizerSlot,
    step: u64,
    /// Images of the epoch in progress that were visited.
    position: usize,
    order: EpochOrder,
    held_out: HeldOut,
}

/// `ModuleOptimizer` has no `Debug` of its own.
struct ModuleOptimizerSlot(ModuleOptimizer);

impl std::fmt::Debug for ModuleOptimizerSlot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ModuleOptimizer")
    }
}

/// Steps taken in one go.
#[derive(Clone, Debug, PartialEq)]
pub struct Burst {
    /// Their figures.
    pub steps: StepBatch,
    /// Whether the last step completed an epoch.
    pub completed_epoch: bool,
    /// Whether a running evaluation is due.
    pub evaluation_due: bool,
}

/// The terms of one step, still on the device.
struct StepTerms {
    epoch: f64,
    /// The objective, then its terms: `[n_terms]`.
    values: Tensor<1>,
}

impl Trainer {
    /// A fresh model on a device.
    ///
    /// The experiment must have been validated.
    #[must_use]
    pub fn new(experiment: Experiment, dataset: Arc<Dataset>, device: &Device) -> Self {
        let device = device.clone().autodiff();
        let model = Autoencoder::new(&experiment, &device);
        let n_samples = experiment.training.samples_per_epoch(dataset.train.len());
        let order = EpochOrder::new(experiment.seed, 0, n_samples);
        let held_out = HeldOut::new(
            dataset.test.clone(),
            device.clone().inner(),
            experiment.corruption,
        );
        Self {
            optimizer: ModuleOptimizerSlot(optimizer_of(&experiment)),
            experiment,
            dataset,
            device,
            model,
            step: 0,
            position: 0,
            order,
            held_out,
        }
    }

    /// A model that goes on from a checkpoint, on whatever device.
    ///
    /// # Errors
    /// When the optimizer's state cannot be read.
    pub fn resume(
        experiment: Experiment,
        dataset: Arc<Dataset>,
        device: &Device,
        checkpoint: &Checkpoint,
    ) -> Result<Self, TrainError> {
        let mut trainer = Self::new(experiment, dataset, device);
        trainer.restore(checkpoint)?;
        Ok(trainer)
    }

    /// The recipe in use.
    #[must_use]
    pub fn experiment(&self) -> &Experiment {
        &self.experiment
    }

    /// The images in use.
    #[must_use]
    pub fn dataset(&self) -> &Arc<Dataset> {
        &self.dataset
    }

    /// Steps taken.
    #[must_use]
    pub fn step(&self) -> u64 {
        self.step
    }

    /// Epochs completed.
    #[must_use]
    pub fn epochs_done(&self) -> u64 {
        self.order.epoch()
    }

    /// Steps taken, in epochs.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "epochs and images are far below 2^53"
    )]
    pub fn epoch(&self) -> f64 {
        self.order.epoch() as f64 + self.position as f64 / self.samples_per_epoch() as f64
    }

    /// Steps of one epoch.
    #[must_use]
    pub fn steps_per_epoch(&self) -> usize {
        let training = &self.experiment.training;
        training.steps_per_epoch(self.dataset.train.len())
    }

    /// The model without gradients, for looking at.
    #[must_use]
    pub fn model(&self) -> Autoencoder {
        self.model.valid()
    }

    /// The test split on the device.
    pub(super) fn held_out(&mut self) -> &mut HeldOut {
        &mut self.held_out
    }

    /// Takes on another recipe for the same model, from the next step on.
    pub fn tune(&mut self, experiment: Experiment) {
        debug_assert!(self.experiment.keeps_model_of(&experiment));
        self.held_out.set_corruption(experiment.corruption);
        self.experiment = experiment;
    }

    /// Takes steps until the budget is used up, `max_steps` are done, an epoch is complete, a running
    /// evaluation is due, or `interrupted` says so; at least one step is taken. One read-back in the end.
    ///
    /// # Errors
    /// When the device fails, or a term is not finite; then the model is not fit to go on.
    pub fn burst(
        &mut self,
        budget: Duration,
        max_steps: u64,
        mut interrupted: impl FnMut() -> bool,
    ) -> Result<Burst, TrainError> {
        let started = Instant::now();
        let (first_step, mut n_images) = (self.step + 1, 0);
        let mut taken = Vec::new();
        let (completed_epoch, evaluation_due) = loop {
            let before = self.order.epoch();
            let (terms, n) = self.take_step();
            taken.push(terms);
            n_images += n as u64;
            let completed_epoch = self.order.epoch() != before;
            let evaluation_due = self.is_evaluation_due();
            if completed_epoch
                || evaluation_due
                || taken.len() as u64 >= max_steps
                || started.elapsed() >= budget
                || interrupted()
            {
                break (completed_epoch, evaluation_due);
            }
        };
        let steps = self.read(taken, first_step, n_images, started)?;
        Ok(Burst {
            steps,
            completed_epoch,
            evaluation_due,
        })
    }

    /// Measures the model on the test split.
    ///
    /// # Errors
    /// When the device fails.
    pub fn evaluate(&mut self, scope: EvaluationScope) -> Result<Evaluation, TrainError> {
        let model = self.model();
        let evaluation = match scope {
            EvaluationScope::Full => {
                let chunks = self.held_out.full();
                evaluate::evaluate(
                    &model,
                    &self.experiment,
                    self.held_out.split(),
                    &chunks,
                    scope,
                )
            }
            EvaluationScope::Running => {
                let chunk = [self.held_out.sparse()];
                evaluate::evaluate(
                    &model,
                    &self.experiment,
                    self.held_out.split(),
                    &chunk,
                    scope,
                )
            }
        }?;
        Ok(Evaluation {
            step: self.step,
            epoch: self.epoch(),
            ..evaluation
        })
    }

    /// The run's changing state as plain numbers.
    ///
    /// # Errors
    /// When the device fails.
    pub fn checkpoint(&self) -> Result<Checkpoint, TrainError> {
        let optimizer = self.optimizer.0.into_bytes().map_err(|error| {
            let reason = format!("the optimizer's state cannot be read: {error}");
            TrainError::Device { reason }
        })?;
        Ok(Checkpoint {
            parameters: readback::parameters(&self.model)?,
            optimizer,
            step: self.step,
            epoch: self.order.epoch(),
            position: self.position,
        })
    }

    /// Goes back to a checkpoint.
    ///
    /// # Errors
    /// When the optimizer's state cannot be read.
    pub fn restore(&mut self, checkpoint: &Checkpoint) -> Result<(), TrainError> {
        let fresh = Autoencoder::new(&self.experiment, &self.device);
        self.model = checkpoint::with_parameters(fresh, &checkpoint.parameters);
        let mut optimizer = optimizer_of(&self.experiment);
        if checkpoint.step > 0 {
            optimizer = optimizer
                .from_bytes(checkpoint.optimizer.clone())
                .map_err(|error| TrainError::Device {
                    reason: format!("the optimizer's state cannot be read: {error}"),
                })?;
        }
        self.optimizer = ModuleOptimizerSlot(optimizer);
        self.step = checkpoint.step;
        self.position = checkpoint.position;
        self.order = self.order_of(checkpoint.epoch);
        Ok(())
    }

    /// One step: forward, backward, update. Returns its terms and its images' number.
    fn take_step(&mut self) -> (StepTerms, usize) {
        let start = self.position;
        let end = (start + self.experiment.training.batch_size).min(self.samples_per_epoch());
        let n_images = end - start;
        let (input, target) = self.batch(start, end);

        let output = self.model.forward(input);
        let terms = objective::evaluate(&self.experiment.objective, &output, target);
        let gradients = terms.objective.backward();
        let gradients = GradientsParams::from_grads(gradients, &self.model);
        let learning_rate = self.experiment.optimizer.learning_rate();
        let model = self.model.clone();
        self.model = self.optimizer.0.step(learning_rate, model, gradients);

        self.step += 1;
        self.position = end;
        if end == self.samples_per_epoch() {
            self.position = 0;
            self.order = self.order_of(self.order.epoch() + 1);
        }
        let parts = terms.parts.into_iter().map(|(_, value)| value.inner());
        let values = [terms.objective.inner()].into_iter().chain(parts).collect();
        let step = StepTerms {
            epoch: self.epoch(),
            values: Tensor::cat(values, 0), // [n_terms]
        };
        (step, n_images)
    }

    /// Inputs and clean targets of a step: `[n, 784]` each.
    fn batch(&self, start: usize, end: usize) -> (Tensor<2>, Tensor<2>) {
        let samples = &self.order.samples()[start..end];
        let pixels = self.dataset.train.gather(samples);
        let tensor = |pixels: Vec<f32>| {
            let data = TensorData::new(pixels, [samples.len(), N_PIXELS]);
            Tensor::<2>::from_data(data, &self.device) // [n, 784]
        };
        if self.experiment.corruption.is_none() {
            let input = tensor(pixels);
            return (input.clone(), input);
        }

        let corruptor = Corruptor::training(self.experiment.corruption, self.experiment.seed);
        let mut corrupted = pixels.clone();
        let step = self.step;
        corrupted
            .par_chunks_exact_mut(N_PIXELS)
            .with_min_len(MIN_PARALLEL_IMAGES)
            .zip(samples)
            .for_each(|(image, &sample)| corruptor.corrupt(image, &[step, u64::from(sample)]));
        (tensor(corrupted), tensor(pixels))
    }

    /// Turns the terms of some steps into numbers: the burst's one wait for the device.
    fn read(
        &self,
        taken: Vec<StepTerms>,
        first_step: u64,
        n_images: u64,
        started: Instant,
    ) -> Result<StepBatch, TrainError> {
        let names = self.experiment.objective.terms();
        let epochs = taken.iter().map(|step| step.epoch).collect();
        let values = Tensor::cat(taken.into_iter().map(|step| step.values).collect(), 0);
        let values = readback::values(values)?; // [steps · n_terms]
        first_non_finite(&values, &names, first_step)?;

        let column = |idx: usize| values.iter().skip(idx).step_by(names.len()).copied();
        let terms = names.iter().enumerate();
        Ok(StepBatch {
            first_step,
            epochs,
            terms: terms
                .map(|(idx, &term)| (term, column(idx).collect()))
                .collect(),
            n_images,
            elapsed_secs: started.elapsed().as_secs_f64(),
        })
    }

    fn is_evaluation_due(&self) -> bool {
        let every = (self.steps_per_epoch() as u64 / EVALUATIONS_PER_EPOCH).max(1);
        let step_of_epoch = self.position.div_ceil(self.experiment.training.batch_size) as u64;
        step_of_epoch > 0 && step_of_epoch.is_multiple_of(every)
    }

    fn samples_per_epoch(&self) -> usize {
        let training = &self.experiment.training;
        training.samples_per_epoch(self.dataset.train.len())
    }

    fn order_of(&self, epoch: u64) -> EpochOrder {
        EpochOrder::new(self.experiment.seed, epoch, self.samples_per_epoch())
    }
}

/// The optimizer of an experiment, with no state yet.
fn optimizer_of(experiment: &Experiment) -> ModuleOptimizer {
    match experiment.optimizer {
        Optimizer::Adam(_) => {
            let adam = AdamConfig::new()
                .with_beta_1(Adam::BETA_1)
                .with_beta_2(Adam::BETA_2)
                .with_epsilon(Adam::EPSILON);
            LoadedOnHost(adam.build()).into()
        }
    }
}

/// Fails at the first value that is not finite; where several terms of a step are not, a part is named
/// before the sum it spoils.
fn first_non_finite(values: &[f32], terms: &[Term], first_step: u64) -> Result<(), TrainError> {
    for (step, row) in (first_step..).zip(values.chunks_exact(terms.len())) {
        let named = terms.iter().zip(row);
        let culprit = named.skip(1).chain(terms.iter().zip(row).take(1));
        for (&term, &value) in culprit {
            if !value.is_finite() {
                return Err(TrainError::NonFinite { term, value, step });
            }
        }
    }
    Ok(())
}
