//! A model, its optimizer and its place in the data: everything a step needs and changes.
//!
//! On the processor, a burst runs inside rayon's pool, so that products of matrices are divided among threads
//! without waking them first. On a card it stays on the worker's thread, whose queue it is.

mod watch;

use std::sync::Arc;
use std::time::{Duration, Instant};

use burn::module::Module;
use burn::tensor::{Device, Int, Tensor, TensorData};
use rayon::prelude::*;

use hourglass_analysis::diagnosis;
use hourglass_data::{Corruptor, Dataset, EpochOrder, noise};
use hourglass_experiment::{
    Activation, Adversarial, Experiment, Optimizer, Prior, Reconstruction, Stage, Stream, Term,
    Updates,
};
use hourglass_model::processor::is_processor;
use hourglass_model::{Autoencoder, Discriminator};
use hourglass_objective::{self as objective, Pass, TermValues, contraction};
use hourglass_protocol::{BestEpoch, Evaluation, EvaluationScope, GradientRow, StepBatch};

use super::average::Average;
use super::checkpoint::Best;
use super::companions::{Adversary, Classifiers};
use super::evaluate::Subject;
use super::gradients::WaitingFigures;
use super::held_out::{HeldOut, Shown};
use super::optimizer::{Held, Stepper};
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
    model: Held<Autoencoder>,
    /// The mean of the model's weights over the steps of joint training, if the optimizer keeps it.
    average: Option<Box<Average>>,
    stepper: Stepper,
    adversary: Option<Adversary>,
    /// From the first epoch of fine-tuning on.
    classifiers: Option<Classifiers>,
    /// Errors of the classifiers after each epoch of fine-tuning, in per cent.
    error_curve: Vec<[f64; 2]>,
    step: u64,
    /// Images of the epoch in progress that were visited.
    position: usize,
    order: EpochOrder,
    held_out: HeldOut,
    /// The training images that are held out, if any are.
    validation: Option<Box<HeldOut>>,
    /// The best weights by their loss.
    best: Option<Best>,
}

/// Steps taken in one go.
#[derive(Clone, Debug, PartialEq)]
pub struct Burst {
    /// Their figures.
    pub steps: StepBatch,
    /// How gradients reached the layers, at those steps where that was measured.
    pub gradients: Vec<GradientRow>,
    /// Whether the last step completed an epoch.
    pub completed_epoch: bool,
    /// Whether a running evaluation is due.
    pub evaluation_due: bool,
    /// Whether the held-out loss has not fallen for as many epochs as the experiment waits: the run is to end.
    pub is_out_of_patience: bool,
}

/// What a step is taken on: `[n, pixels]` each.
struct Batch {
    /// What the encoder is shown.
    input: Tensor<2>,
    /// The clean images.
    target: Tensor<2>,
    /// Weights of the pixels' errors, where pixels do not count alike.
    weights: Option<Tensor<2>>,
}

/// The terms of one step, still on the device.
struct StepTerms {
    epoch: f64,
    terms: Vec<Term>,
    /// One for each of them: `[n_terms]`.
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
        let shown = Shown::of(&experiment);
        let held_out = HeldOut::new(&dataset, device.clone().inner(), shown);
        let validation = validation_of(&experiment, &dataset, &device);
        let adversary = experiment.objective.prior.adversarial();
        let n_train = dataset.train.len();
        let n_steps = steps_of_part(&experiment, 0, n_train);
        Self {
            stepper: Stepper::new(&experiment.optimizer, n_steps),
            adversary: adversary.map(|_| Adversary::new(&experiment, &device)),
            classifiers: None,
            error_curve: Vec::new(),
            experiment,
            dataset,
            device,
            model: Held::new(model),
            average: None,
            validation,
            best: None,
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

    /// The experiment in use.
    #[must_use]
    pub fn experiment(&self) -> &Experiment {
        &self.experiment
    }

    /// The images in use.
    #[must_use]
    pub fn dataset(&self) -> &Arc<Dataset> {
        &self.dataset
    }

    /// Numbers in an image.
    pub(super) fn n_pixels(&self) -> usize {
        self.dataset.train.shape().n_values()
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
    pub fn epoch(&self) -> f64 {
        self.order.epoch() as f64 + self.position as f64 / self.samples_per_epoch() as f64
    }

    #[must_use]
    pub fn steps_per_epoch(&self) -> usize {
        let training = &self.experiment.training;
        training.steps_per_epoch(self.dataset.train.len())
    }

    /// The model without gradients, for looking at; with the mean of the weights where it is kept.
    #[must_use]
    pub fn model(&self) -> Autoencoder {
        match &self.average {
            Some(average) => average.model().clone(),
            None => self.model.valid(),
        }
    }

    /// The device, without gradients.
    pub(super) fn inner_device(&self) -> Device {
        self.device.clone().inner()
    }

    /// The adversary of an adversarial prior.
    pub(super) fn adversary(&self) -> Option<&Adversary> {
        self.adversary.as_ref()
    }

    /// The classifiers, from the first epoch of fine-tuning on.
    pub(super) fn classifiers(&self) -> Option<&Classifiers> {
        self.classifiers.as_ref()
    }

    /// The test split on the device.
    pub(super) fn held_out(&mut self) -> &mut HeldOut {
        &mut self.held_out
    }

    /// Which part of the plan the next step belongs to, and the epochs before that part.
    #[must_use]
    pub fn stage(&self) -> (Stage, u64) {
        self.experiment.stage_of(self.order.epoch())
    }

    /// Takes on another experiment for the same model, from the next step on.
    ///
    /// # Errors
    /// When the device fails.
    pub fn tune(&mut self, experiment: Experiment) -> Result<(), TrainError> {
        debug_assert!(self.experiment.keeps_model_of(&experiment));
        let (before, after) = (&self.experiment.optimizer, &experiment.optimizer);
        let n_steps = self.steps_of_part(&experiment);
        let keeps_part = n_steps == self.steps_of_part(&self.experiment);
        let keeps_optimizer = Optimizer {
            learning_rate: after.learning_rate,
            schedule: after.schedule,
            averaging: after.averaging,
            ..*before
        } == *after;
        if !(keeps_optimizer && keeps_part) {
            self.stepper = self.stepper.retuned(before, after, n_steps)?;
        }
        let shown = Shown::of(&experiment);
        self.held_out.set_shown(shown);
        if let Some(validation) = &mut self.validation {
            validation.set_shown(shown);
        }
        if after.averaging == 0.0 {
            self.average = None;
        }
        if experiment.objective != self.experiment.objective {
            self.best = None; // losses of another objective are no measure of these weights
        }
        self.experiment = experiment;
        Ok(())
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
        interrupted: impl FnMut() -> bool + Send,
    ) -> Result<Burst, TrainError> {
        if is_processor(&self.device) {
            // Among the threads that share the arithmetic: asking them from outside costs a switch each time.
            rayon::scope(|_| self.take_steps(budget, max_steps, interrupted))
        } else {
            self.take_steps(budget, max_steps, interrupted) // a card has a queue for each thread
        }
    }

    fn take_steps(
        &mut self,
        budget: Duration,
        max_steps: u64,
        mut interrupted: impl FnMut() -> bool,
    ) -> Result<Burst, TrainError> {
        let started = Instant::now();
        let (first_step, mut n_images) = (self.step + 1, 0);
        let (mut taken, mut figures) = (Vec::new(), WaitingFigures::default());
        if self.step == 0 {
            self.watch_first_batch(&mut figures);
        }
        let (completed_epoch, evaluation_due) = loop {
            let before = self.order.epoch();
            let (terms, n) = self.take_step(&mut figures)?;
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
        let (steps, gradients) = read(taken, figures, (first_step, n_images, started))?;
        Ok(Burst {
            steps,
            gradients,
            completed_epoch,
            evaluation_due,
            is_out_of_patience: completed_epoch && self.is_out_of_patience(),
        })
    }

    /// Measures the model on the test split.
    ///
    /// # Errors
    /// When the device fails.
    pub fn evaluate(&mut self, scope: EvaluationScope) -> Result<Evaluation, TrainError> {
        let chunks = match scope {
            EvaluationScope::Full => self.held_out.full(),
            EvaluationScope::Running => [self.held_out.sparse()].into(),
        };
        let subject = self.subject();
        let split = self.held_out.split();
        let mut evaluation = evaluate::evaluate(&subject, split, &chunks, scope)?;
        if let Some(figures) = &mut evaluation.classification {
            let errors = [figures.error_percent, figures.error_percent_from_random];
            let epochs_tuned = self.epochs_tuned();
            if epochs_tuned > self.error_curve.len() {
                self.error_curve.push(errors);
            }
            figures.by_epoch.clone_from(&self.error_curve);
        }
        if scope == EvaluationScope::Full {
            evaluation.best = self.best.as_ref().map(|best| best.found);
        }
        evaluation.step = self.step;
        evaluation.epoch = self.epoch();
        if scope == EvaluationScope::Full && self.is_trained_as_a_whole() {
            let variance = self.held_out.pixel_variance();
            evaluation.diagnoses = diagnosis::of(&evaluation, &self.experiment, variance);
        }
        Ok(evaluation)
    }

    /// What there is to measure.
    fn subject(&self) -> Subject<'_> {
        let tuning = self.classifiers.as_ref();
        Subject {
            model: self.model(),
            experiment: &self.experiment,
            n_classes: self.dataset.n_classes(),
            discriminator: self.adversary.as_ref().map(|a| a.discriminator.valid()),
            classifiers: tuning.map(|both| [both.tuned.valid(), both.random.valid()]),
            epoch: self.joint_epoch(),
        }
    }

    /// Compares the weights with the best so far, by the loss J of the held-out images.
    fn judge_held_out(&mut self) -> Result<(), TrainError> {
        let Some(mut validation) = self.validation.take() else {
            return Ok(());
        };
        let chunks = validation.full();
        let subject = Subject {
            epoch: f64::INFINITY, // every weight that warms up at its full value, so that epochs can be compared
            ..self.subject()
        };
        let scope = EvaluationScope::Running;
        let measured = evaluate::evaluate(&subject, validation.split(), &chunks, scope);
        self.validation = Some(validation);
        let loss = measured?.term(Term::Objective);
        let loss = loss.filter(|loss| loss.is_finite()); // else the next burst stops at it
        let Some(newest_loss) = loss else {
            return Ok(());
        };
        let least = self.best.as_ref().map(|best| best.found.loss);
        if least.is_none_or(|least| newest_loss < least) {
            self.best = Some(Best {
                parameters: readback::parameters(&self.model())?,
                found: BestEpoch {
                    epoch: self.order.epoch(),
                    loss: newest_loss,
                    newest_loss,
                    waited: 0,
                    is_in_place: true,
                },
            });
        } else if let Some(Best { found, .. }) = &mut self.best {
            found.newest_loss = newest_loss;
            found.waited += 1;
            found.is_in_place = false;
        }
        Ok(())
    }

    fn is_out_of_patience(&self) -> bool {
        let patience = self.experiment.training.patience as u64;
        let waited = self.best.as_ref().map_or(0, |best| best.found.waited);
        patience > 0 && waited >= patience
    }

    /// Puts the best weights in place of the newest, where images are held out and others were better. What the
    /// optimizer has learned belongs to the newest and goes.
    pub fn put_best_back(&mut self) {
        let Some(mut best) = self.best.take_if(|best| !best.found.is_in_place) else {
            return;
        };
        self.put_parameters(&best.parameters);
        self.average = None;
        self.stepper = self.fresh_stepper();
        if let Some(adversary) = &mut self.adversary {
            adversary.forget_encoder();
        }
        best.found.is_in_place = true;
        best.found.waited = 0;
        self.best = Some(best);
    }

    /// Whether the newest step was one of the whole network: while layers are trained one by one, what all of them
    /// make of an image together says nothing.
    fn is_trained_as_a_whole(&self) -> bool {
        let at_start = u64::from(self.position == 0);
        let epoch = self.order.epoch().saturating_sub(at_start);
        !matches!(self.experiment.stage_of(epoch).0, Stage::Pretraining { .. })
    }

    /// The run's changing state as plain numbers.
    ///
    /// # Errors
    /// When the device fails.
    pub fn checkpoint(&self) -> Result<Checkpoint, TrainError> {
        let mut parameters = readback::parameters(&*self.model)?;
        let mut optimizers = vec![self.stepper.state()?];
        if let Some(adversary) = &self.adversary {
            parameters.extend(adversary.parameters()?);
            optimizers.extend(adversary.states()?);
        }
        if let Some(classifiers) = &self.classifiers {
            parameters.extend(classifiers.parameters()?);
            optimizers.extend(classifiers.states()?);
        }
        Ok(Checkpoint {
            parameters,
            optimizers,
            average: match &self.average {
                Some(average) => Some(average.checkpoint()?),
                None => None,
            },
            best: self.best.clone(),
            error_curve: self.error_curve.clone(),
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
        let Checkpoint {
            parameters,
            optimizers,
            ..
        } = checkpoint;
        let fresh = Autoencoder::new(&self.experiment, &self.device);
        let averaged = checkpoint.average.as_ref();
        self.average =
            averaged.map(|averaged| Box::new(Average::restored(fresh.valid(), averaged)));
        self.best.clone_from(&checkpoint.best);
        self.model = Held::new(checkpoint::with_parameters(fresh, parameters));
        self.step = checkpoint.step;
        self.position = checkpoint.position;
        self.order = self.order_of(checkpoint.epoch);
        self.stepper = self.fresh_stepper();
        let mut states = optimizers.as_slice();
        if let Some((state, others)) = states.split_first() {
            self.stepper = self.fresh_stepper().with_state(state.clone())?;
            states = others;
        }
        if self.adversary.is_some() {
            let fresh = Adversary::new(&self.experiment, &self.device);
            let (own, others) = states.split_at(states.len().min(fresh.n_states()));
            self.adversary = Some(fresh.restored(parameters, own)?);
            states = others;
        }
        self.error_curve.clone_from(&checkpoint.error_curve);
        self.classifiers = None;
        if states.len() == 2 {
            let fresh = self.fresh_classifiers()?;
            self.classifiers = Some(fresh.restored(parameters, states)?);
        }
        Ok(())
    }

    /// Puts values in place of the model's own.
    pub(super) fn put_parameters(&mut self, parameters: &[readback::ParameterValues]) {
        self.model
            .replace(|model| checkpoint::with_parameters(model, parameters));
    }

    /// One step: forward, backward, update. Returns its terms and its images' number.
    fn take_step(
        &mut self,
        figures: &mut WaitingFigures,
    ) -> Result<(StepTerms, usize), TrainError> {
        let start = self.position;
        let end = (start + self.experiment.training.batch_size).min(self.samples_per_epoch());
        let (stage, _) = self.stage();
        let is_watched = self.is_watched(end);
        if is_watched {
            self.stepper.watch_next_step();
        }
        let found = match stage {
            Stage::Pretraining { layer, .. } => self.pretrain_layer(layer, start, end),
            Stage::Joint => self.train_jointly(start, end),
            Stage::FineTuning => self.tune_classifiers(start, end, is_watched)?,
        };
        let moved = is_watched.then(|| self.moved(stage));

        self.step += 1;
        self.position = end;
        if end == self.samples_per_epoch() {
            self.position = 0;
            self.order = self.order_of(self.order.epoch() + 1);
            if stage == Stage::Joint {
                self.judge_held_out()?;
            }
            if self.stage().0 != stage {
                if stage == Stage::Joint {
                    self.put_best_back();
                }
                // What one part learned about its gradients says nothing about the next one's.
                self.stepper = self.fresh_stepper();
            }
        }
        let terms: Vec<Term> = found.keys().copied().collect();
        debug_assert_eq!(terms, self.experiment.terms_of(stage), "what was promised");
        let values = found.into_values().map(Tensor::inner).collect();
        if let Some((layers, motions)) = moved {
            figures.add_step((self.step, self.epoch()), &layers, motions);
        }
        let step = StepTerms {
            epoch: self.epoch(),
            terms,
            values: Tensor::cat(values, 0), // [n_terms]
        };
        Ok((step, end - start))
    }

    /// The discriminator, where what it says is a term of J.
    fn discriminator_in_j(&self) -> Option<&Discriminator> {
        let adversary = self.adversary.as_ref()?;
        let is_added = self.experiment.objective.prior.is_added();
        is_added.then(|| &*adversary.discriminator)
    }

    /// The noise of a variational code at this step: `[n, code]`.
    fn latent_noise(&self, n_images: usize) -> Option<Tensor<2>> {
        let variational = self.experiment.objective.prior.variational();
        let code_size = self.experiment.architecture.code_size();
        variational.map(|_| self.normals(Stream::Latent, n_images, code_size))
    }

    /// All layers, by the experiment's objective.
    fn train_jointly(&mut self, start: usize, end: usize) -> TermValues {
        let Batch {
            input,
            target,
            weights,
        } = self.batch(start, end);
        let objective = self.experiment.objective;
        let n_images = end - start;
        let noise = self.latent_noise(n_images);
        let needs_directions =
            objective.contraction > 0.0 && !contraction::has_closed_form(&self.model);
        let directions =
            needs_directions.then(|| self.normals(Stream::Contraction, n_images, self.n_pixels()));

        let output = self.model.forward_sampled(input.clone(), noise);
        let codes = output.code.clone();
        let pass = Pass {
            model: &self.model,
            input: input.clone(),
            output,
            weights,
            epoch: self.joint_epoch(),
            directions,
            discriminator: self.discriminator_in_j(),
        };
        let terms = objective::evaluate(&objective, &pass, target);
        let rate = self.scheduled(self.experiment.optimizer.learning_rate);
        let stepper = &mut self.stepper;
        self.model
            .replace(|model| stepper.step(rate, model, &terms.objective));

        let mut found = terms.parts;
        found.insert(Term::Objective, terms.objective);
        if let Prior::Adversarial(prior) = &objective.prior {
            found.extend(self.play(prior, input, codes));
        }
        self.take_into_average();
        found
    }

    /// The adversary's part of a step: the discriminator learns, and in two phases the encoder takes a step of its own to
    /// deceive it (Makhzani et al. 2015, section 2). That phase sees the codes that the encoder makes after its step on
    /// the reconstruction; one step of the sum sees those of before.
    ///
    /// # Shapes
    /// `input`: `[batch, pixels]`, `codes_before`: `[batch, code]`
    fn play(
        &mut self,
        prior: &Adversarial,
        input: Tensor<2>,
        codes_before: Tensor<2>,
    ) -> TermValues {
        let factor = self.scheduled(1.0);
        let [n_images, code_size] = codes_before.dims();
        let (seed, step) = (self.experiment.seed, self.step);
        let samples = noise::prior_samples(prior.distribution, seed, step, n_images, code_size);
        let samples = TensorData::new(samples, [n_images, code_size]);
        let samples = Tensor::<2>::from_data(samples, &self.device); // [n, code]
        let Some(adversary) = &mut self.adversary else {
            return TermValues::new();
        };
        match prior.updates {
            Updates::OneStep { .. } => adversary.step(prior, factor, samples, codes_before),
            Updates::TwoPhases {
                encoder_learning_rate,
            } => {
                let codes = self.model.encode(input); // [n, code]
                let mut found = adversary.step(prior, factor, samples, codes.clone());
                let rate = encoder_learning_rate * factor;
                found.extend(adversary.deceive(rate, &mut self.model, codes));
                found
            }
        }
    }

    /// Takes the newest weights into their mean, where it is kept.
    fn take_into_average(&mut self) {
        let decay = self.experiment.optimizer.averaging;
        if decay > 0.0 {
            let newest = self.model.valid();
            match &mut self.average {
                Some(average) => average.take_in(&newest, decay),
                None => self.average = Some(Box::new(Average::of(newest))),
            }
        }
    }

    /// One layer and its mirror: rebuild the layer's own input from a masked one (Vincent et al. 2010).
    fn pretrain_layer(&mut self, layer: usize, start: usize, end: usize) -> TermValues {
        let (_, images) = self.clean_batch(start, end);
        // Layers below stay as they are: their activations are data.
        let below = self.model.valid().encode_through(images.inner(), layer);
        let clean = Tensor::from_inner(below); // [n, inputs of the layer]
        let [n_images, width] = clean.dims();
        let plan = self.experiment.plan.pretraining.get(layer);
        let fraction = plan.map_or(0.0, |plan| plan.corruption);
        let mask = self.mask(Stream::Pretraining, [n_images, width], fraction);
        let input = match &mask {
            Some(mask) => clean.clone() * mask.clone(),
            None => clean.clone(),
        };
        let emphasis = self.experiment.objective.emphasis.weights();
        let weights = mask.zip(emphasis).map(|(mask, [of_hit, of_clean])| {
            mask.mul_scalar(of_clean - of_hit).add_scalar(of_hit) // [n, inputs of the layer]
        });
        let Some(output) = self.model.rebuild_layer(input, layer) else {
            let zero = Tensor::<1>::zeros([1], &self.device); // refused by validation
            return TermValues::from([(Term::LayerReconstruction, zero)]);
        };
        let error = if output.activation == Activation::Sigmoid {
            Reconstruction::Bce
        } else {
            Reconstruction::Mse
        };
        let loss = objective::error(error, output.logits, output.activation, clean, weights);
        let rate = self.scheduled(self.experiment.optimizer.learning_rate);
        let stepper = &mut self.stepper;
        self.model.replace(|model| stepper.step(rate, model, &loss));
        TermValues::from([(Term::LayerReconstruction, loss)])
    }

    /// Both classifiers, by the labels.
    fn tune_classifiers(
        &mut self,
        start: usize,
        end: usize,
        is_watched: bool,
    ) -> Result<TermValues, TrainError> {
        let (labels, images) = self.clean_batch(start, end);
        let mut classifiers = match self.classifiers.take() {
            Some(classifiers) => classifiers,
            None => self.fresh_classifiers()?,
        };
        if is_watched {
            classifiers.watch_next_step();
        }
        let tuning = self.experiment.plan.fine_tuning.as_ref();
        let rate = self.scheduled(tuning.map_or(0.0, |tuning| tuning.learning_rate));
        let fraction = tuning.map_or(0.0, |tuning| tuning.corruption);
        let mask = self.mask(Stream::FineTuning, [end - start, self.n_pixels()], fraction);
        let images = mask.into_iter().fold(images, |images, mask| images * mask);
        let found = classifiers.step(rate, &images, &labels);
        self.classifiers = Some(classifiers);
        Ok(found)
    }

    /// Labels `[n, 1]` and clean images `[n, pixels]` of a step.
    fn clean_batch(&self, start: usize, end: usize) -> (Tensor<2, Int>, Tensor<2>) {
        let samples = &self.order.samples()[start..end];
        let train = &self.dataset.train;
        let labels: Vec<i32> = samples
            .iter()
            .map(|&sample| i32::from(train.label(sample as usize)))
            .collect();
        let labels = TensorData::new(labels, [samples.len(), 1]);
        let pixels = TensorData::new(train.gather(samples), [samples.len(), self.n_pixels()]);
        (
            Tensor::from_data(labels, &self.device),
            Tensor::from_data(pixels, &self.device),
        )
    }

    /// 0 with this probability, for inputs that are masked at this step, and 1 elsewhere; `None` without a mask.
    fn mask(&self, stream: Stream, shape: [usize; 2], fraction: f32) -> Option<Tensor<2>> {
        (fraction > 0.0).then(|| {
            let mask = noise::masks(self.experiment.seed, stream, self.step, shape, fraction);
            Tensor::from_data(TensorData::new(mask, shape), &self.device) // [n, width]
        })
    }

    /// Standard normal numbers of this step: `[n, width]`.
    fn normals(&self, stream: Stream, n: usize, width: usize) -> Tensor<2> {
        let values = noise::normals(self.experiment.seed, stream, self.step, n, width);
        Tensor::from_data(TensorData::new(values, [n, width]), &self.device)
    }

    /// A learning rate as the schedule has it at the next step.
    fn scheduled(&self, learning_rate: f64) -> f64 {
        learning_rate * self.experiment.schedule_factor(self.epoch())
    }

    /// Steps taken since joint training began, in epochs.
    fn joint_epoch(&self) -> f64 {
        let mut before = 0;
        for (stage, epochs) in self.experiment.stages() {
            if stage == Stage::Joint {
                break;
            }
            before += epochs;
        }
        (self.epoch() - before as f64).max(0.0)
    }

    /// Epochs of fine-tuning that are complete.
    fn epochs_tuned(&self) -> usize {
        match self
            .experiment
            .stage_of(self.order.epoch().saturating_sub(1))
        {
            (Stage::FineTuning, before) => {
                usize::try_from(self.order.epoch() - before).unwrap_or(usize::MAX)
            }
            _ => 0,
        }
    }

    /// What a step is taken on.
    fn batch(&self, start: usize, end: usize) -> Batch {
        let samples = &self.order.samples()[start..end];
        let pixels = self.dataset.train.gather(samples);
        let tensor = |pixels: Vec<f32>| {
            let data = TensorData::new(pixels, [samples.len(), self.n_pixels()]);
            Tensor::<2>::from_data(data, &self.device) // [n, pixels]
        };
        if !self.experiment.alters_input() {
            let input = tensor(pixels);
            return Batch {
                target: input.clone(),
                input,
                weights: None,
            };
        }

        let (image, corruption) = (self.dataset.train.shape(), self.experiment.corruption);
        let corruptor = Corruptor::training(image, corruption, self.experiment.seed)
            .with_target(self.experiment.target);
        let mut corrupted = pixels.clone();
        let step = self.step;
        corrupted
            .par_chunks_exact_mut(self.n_pixels())
            .with_min_len(MIN_PARALLEL_IMAGES)
            .zip(samples)
            .for_each(|(image, &sample)| corruptor.corrupt(image, &[step, u64::from(sample)]));
        let weights = self.experiment.emphasis().map(|emphasis| {
            let mut weights = vec![0.0; pixels.len()];
            weights
                .par_chunks_exact_mut(self.n_pixels())
                .with_min_len(MIN_PARALLEL_IMAGES)
                .zip(samples)
                .for_each(|(image, &sample)| {
                    corruptor.weigh(image, &[step, u64::from(sample)], emphasis);
                });
            tensor(weights)
        });
        Batch {
            input: tensor(corrupted),
            target: tensor(pixels),
            weights,
        }
    }

    fn is_evaluation_due(&self) -> bool {
        self.is_evaluation_due_at(self.position)
    }

    /// Whether an evaluation is due once this many images of the epoch were visited.
    fn is_evaluation_due_at(&self, position: usize) -> bool {
        let every = (self.steps_per_epoch() as u64 / EVALUATIONS_PER_EPOCH).max(1);
        let step_of_epoch = position.div_ceil(self.experiment.training.batch_size) as u64;
        step_of_epoch > 0 && step_of_epoch.is_multiple_of(every)
    }

    fn samples_per_epoch(&self) -> usize {
        let training = &self.experiment.training;
        training.samples_per_epoch(self.dataset.train.len())
    }

    /// An optimizer for the part of the plan that the next step belongs to.
    fn fresh_stepper(&self) -> Stepper {
        Stepper::new(
            &self.experiment.optimizer,
            self.steps_of_part(&self.experiment),
        )
    }

    /// The classifiers as fine-tuning starts with them.
    fn fresh_classifiers(&self) -> Result<Classifiers, TrainError> {
        let n_steps = self.steps_of_part(&self.experiment);
        Classifiers::new(&self.experiment, &self.model(), n_steps, &self.device)
    }

    /// Steps of the part that the next step belongs to, as an experiment has it.
    fn steps_of_part(&self, experiment: &Experiment) -> u64 {
        steps_of_part(experiment, self.order.epoch(), self.dataset.train.len())
    }

    fn order_of(&self, epoch: u64) -> EpochOrder {
        EpochOrder::new(self.experiment.seed, epoch, self.samples_per_epoch())
    }
}

/// The training images that are held out, to be measured as test images are.
fn validation_of(
    experiment: &Experiment,
    dataset: &Dataset,
    device: &Device,
) -> Option<Box<HeldOut>> {
    let samples = experiment.training.held_out_of(dataset.train.len());
    (!samples.is_empty()).then(|| {
        let held_out = dataset.train.part(samples);
        let nothing = dataset.train.part(0..0);
        let shown = Shown::of(experiment);
        Box::new(HeldOut::of(
            held_out,
            nothing,
            device.clone().inner(),
            shown,
        ))
    })
}

/// Steps of the part of the plan that an epoch belongs to, with `n_train` images in the training split.
fn steps_of_part(experiment: &Experiment, epoch: u64, n_train: usize) -> u64 {
    let steps_per_epoch = experiment.training.steps_per_epoch(n_train);
    (experiment.epochs_of_part(epoch) * steps_per_epoch) as u64
}

/// Turns the terms of some steps into numbers, and figures of layers: the burst's one wait for the device.
fn read(
    taken: Vec<StepTerms>,
    mut figures: WaitingFigures,
    (first_step, n_images, started): (u64, u64, Instant),
) -> Result<(StepBatch, Vec<GradientRow>), TrainError> {
    // A burst ends with the epoch, so with the stage: its steps have the same terms.
    let names = taken.first().map_or(Vec::new(), |step| step.terms.clone());
    let epochs: Vec<f64> = taken.iter().map(|step| step.epoch).collect();
    let of_steps = taken.into_iter().map(|step| step.values);
    let values = Tensor::cat(of_steps.chain(figures.take_values()).collect(), 0);
    let values = readback::values(values)?; // [steps · n_terms + figures]
    let (values, of_layers) = values.split_at(epochs.len() * names.len());
    first_non_finite(values, &names, first_step)?;

    let column = |idx: usize| values.iter().skip(idx).step_by(names.len()).copied();
    let terms = names.iter().enumerate();
    let steps = StepBatch {
        first_step,
        epochs,
        terms: terms
            .map(|(idx, &term)| (term, column(idx).collect()))
            .collect(),
        n_images,
        elapsed_secs: started.elapsed().as_secs_f64(),
    };
    Ok((steps, figures.rows(of_layers)))
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
