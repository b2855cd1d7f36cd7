//! Optimizers as an experiment describes them, with a state that can be kept.

use burn::grad_clipping::GradientClippingConfig;
use burn::module::Module;
use burn::optim::{GradientsParams, ModuleOptimizer, RmsPropConfig, SgdConfig};
use burn::tensor::{Bytes, Tensor};

use hourglass_experiment::{Optimizer, OptimizerKind};

use super::TrainError;
use super::adam::OnePassAdam;
use super::decay::decay_of;
use super::gradients::{Before, Motion};
use super::host_state::LoadedOnHost;
use super::momentum::MomentumSgd;

/// An optimizer and its state.
pub struct Stepper {
    optimizer: ModuleOptimizer,
    /// Whether the next step is measured.
    is_watched: bool,
    /// What was measured of the newest step.
    motions: Vec<Motion>,
}

impl std::fmt::Debug for Stepper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stepper") // `ModuleOptimizer` has no `Debug` of its own
    }
}

impl Stepper {
    /// An optimizer with no state yet, for a part of the plan of `n_steps` steps.
    pub fn new(experiment: &Optimizer, n_steps: u64) -> Self {
        let mut optimizer: ModuleOptimizer = match experiment.kind {
            OptimizerKind::Adam => LoadedOnHost(OnePassAdam::new(experiment.weight_decay)).into(),
            OptimizerKind::AdamW => {
                LoadedOnHost(OnePassAdam::decoupled(experiment.weight_decay)).into()
            }
            OptimizerKind::Sgd if experiment.momentum > 0.0 => {
                LoadedOnHost(MomentumSgd::new(experiment, n_steps)).into()
            }
            OptimizerKind::Sgd => {
                let sgd = SgdConfig::new().with_weight_decay(decay_of(experiment.weight_decay));
                LoadedOnHost(sgd.build()).into()
            }
            OptimizerKind::RmsProp => {
                let rms = RmsPropConfig::new()
                    .with_alpha(Optimizer::RMS_DECAY)
                    .with_momentum(experiment.momentum)
                    .with_epsilon(Optimizer::EPSILON)
                    .with_weight_decay(decay_of(experiment.weight_decay));
                LoadedOnHost(rms.build()).into()
            }
        };
        if experiment.gradient_clip > 0.0 {
            let clipping = GradientClippingConfig::Norm(experiment.gradient_clip);
            optimizer = optimizer.with_grad_clipping(clipping.init());
        }
        Self::from(optimizer)
    }

    /// The same state under another experiment; with another rule, no state.
    ///
    /// # Errors
    /// When the device fails.
    pub fn retuned(
        &self,
        before: &Optimizer,
        after: &Optimizer,
        n_steps: u64,
    ) -> Result<Self, TrainError> {
        let fresh = Self::new(after, n_steps);
        if before.kind == after.kind && (before.momentum > 0.0) == (after.momentum > 0.0) {
            fresh.with_state(self.state()?)
        } else {
            Ok(fresh)
        }
    }

    /// Moves a module's parameters against the gradient of a loss. Parameters that the loss does not depend on
    /// stay as they are.
    pub fn step<M: Module>(&mut self, learning_rate: f64, module: M, loss: &Tensor<1>) -> M {
        let gradients = GradientsParams::from_grads(loss.backward(), &module);
        let is_watched = std::mem::take(&mut self.is_watched);
        let before = is_watched.then(|| Before::of(&module, &gradients));
        let module = self.optimizer.step(learning_rate, module, gradients);
        if let Some(before) = before {
            self.motions = before.motions(&module);
        }
        module
    }

    /// Measures the next step, which does the same as any other.
    pub fn watch_next_step(&mut self) {
        self.is_watched = true;
    }

    /// What was measured since it was taken last.
    pub fn take_motions(&mut self) -> Vec<Motion> {
        self.is_watched = false;
        std::mem::take(&mut self.motions)
    }

    /// The state in Burn's own format.
    ///
    /// # Errors
    /// When the device fails.
    pub fn state(&self) -> Result<Bytes, TrainError> {
        self.optimizer.into_bytes().map_err(unreadable)
    }

    /// Puts a state in place of its own. An empty one, of an optimizer that has not taken a step, changes
    /// nothing.
    ///
    /// # Errors
    /// When it is no state of such an optimizer.
    pub fn with_state(self, state: Bytes) -> Result<Self, TrainError> {
        let loaded = self.optimizer.from_bytes(state);
        loaded.map(Self::from).map_err(unreadable)
    }
}

impl From<ModuleOptimizer> for Stepper {
    fn from(optimizer: ModuleOptimizer) -> Self {
        Self {
            optimizer,
            is_watched: false,
            motions: Vec::new(),
        }
    }
}

/// A module that a step takes away and puts back. While it is away nobody else has its tensors, so that none has
/// to be copied to be changed.
#[derive(Debug)]
pub struct Held<M>(Option<M>);

impl<M> Held<M> {
    pub fn new(module: M) -> Self {
        Self(Some(module))
    }

    /// Puts what becomes of the module in its place.
    pub fn replace(&mut self, with: impl FnOnce(M) -> M) {
        self.0 = self.0.take().map(with);
    }
}

impl<M> std::ops::Deref for Held<M> {
    type Target = M;

    fn deref(&self) -> &M {
        let module = self.0.as_ref();
        module.expect("it is away only where a step panicked, and then nobody goes on")
    }
}

fn unreadable(error: impl std::fmt::Display) -> TrainError {
    TrainError::Device {
        reason: format!("the optimizer's state cannot be read: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readback;
    use burn::optim::AdamWConfig;
    use burn::tensor::{Device, TensorData};
    use hourglass_experiment::PresetId;
    use hourglass_model::Autoencoder;

    fn fresh_model() -> Autoencoder {
        let experiment = PresetId::Multilayer64.preset().experiment();
        Autoencoder::new(&experiment, &Device::flex().autodiff())
    }

    /// The loss of the images of a step.
    fn loss(model: &Autoencoder, step: u16) -> Tensor<1> {
        let pixels = (0..3 * 784).map(|idx| f32::from((idx * 7 + step) % 11) / 10.0);
        let pixels = TensorData::new(pixels.collect::<Vec<f32>>(), [3, 784]);
        let images = Tensor::<2>::from_data(pixels, &Device::flex().autodiff()); // [3, 784]
        let error = model.forward(images.clone()).logits - images;
        (error.clone() * error).mean()
    }

    /// All parameters, one after the other.
    fn parameters(model: &Autoencoder) -> Vec<f32> {
        let parameters = readback::parameters(model).expect("the processor works");
        parameters.into_iter().flat_map(|of| of.values).collect()
    }

    #[test]
    fn a_state_that_burns_adamw_wrote_goes_on_where_it_was() {
        let settings = Optimizer {
            kind: OptimizerKind::AdamW,
            weight_decay: 0.1,
            ..Optimizer::adam(0.01)
        };
        let adam = AdamWConfig::new()
            .with_beta_1(Optimizer::BETA_1)
            .with_beta_2(Optimizer::BETA_2)
            .with_epsilon(Optimizer::EPSILON)
            .with_weight_decay(settings.weight_decay);
        let mut burns = Stepper::from(ModuleOptimizer::from(LoadedOnHost(adam.build())));
        let mut model = fresh_model();
        for step in 0..3 {
            model = burns.step(0.01, model.clone(), &loss(&model, step));
        }
        let state = burns.state().expect("it can be written");
        let ours = Stepper::new(&settings, 4).with_state(state);
        let mut ours = ours.expect("it is read");
        let after = |stepper: &mut Stepper| {
            parameters(&stepper.step(0.01, model.clone(), &loss(&model, 3)))
        };
        let (found, expected) = (after(&mut ours), after(&mut burns));
        let fresh = after(&mut Stepper::new(&settings, 4));
        let farthest = |found: &[f32]| {
            let pairs = found.iter().zip(&expected);
            pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
        };
        assert!(farthest(&found) < 1e-6, "{}", farthest(&found));
        assert!(farthest(&fresh) > 1e-3, "a state that was lost would show");
    }

    /// The weights after four steps, as bits, and how many motions were measured.
    fn after_four_steps(settings: &Optimizer, watches: bool) -> (Vec<u32>, usize) {
        let mut model = fresh_model();
        let mut stepper = Stepper::new(settings, 4);
        let mut n_motions = 0;
        for step in 0..4 {
            let loss = loss(&model, step);
            if watches {
                stepper.watch_next_step();
            }
            model = stepper.step(0.01, model, &loss);
            n_motions += stepper.take_motions().len();
        }
        let bits = parameters(&model).into_iter().map(f32::to_bits);
        (bits.collect(), n_motions)
    }

    #[test]
    fn invariant_8_a_step_that_is_measured_moves_every_weight_as_any_other() {
        for kind in OptimizerKind::ALL {
            for (momentum, gradient_clip, weight_decay) in [(0.0, 0.0, 0.0), (0.9, 0.01, 0.1)] {
                let settings = Optimizer {
                    kind,
                    momentum: if kind.has_momentum() { momentum } else { 0.0 },
                    gradient_clip,
                    weight_decay,
                    ..Optimizer::adam(0.01)
                };
                let (measured, n_motions) = after_four_steps(&settings, true);
                assert_eq!(n_motions, 4 * 4, "four weight matrices, and no bias");
                assert!(
                    after_four_steps(&settings, false) == (measured, 0),
                    "{kind:?}"
                );
            }
        }
    }
}
