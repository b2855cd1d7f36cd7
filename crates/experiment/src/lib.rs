//! The experiment of a run as plain, validated data.
//!
//! An autoencoder is one point in a space of independent choices: an architecture, a corruption, an
//! objective, an optimizer, a training length. A preset is a named point. This module knows nothing of
//! tensors, windows or files: it depends on `std`, `serde` and `thiserror` alone, so that both threads,
//! the command line and the files speak of the same experiment.

mod activation;
mod architecture;
mod arithmetic;
mod blocks;
mod corruption;
mod course;
pub mod dataset;
mod difference;
mod emphasis;
pub mod field;
mod formula;
mod group;
mod image_shape;
mod initialization;
mod layer;
mod n_classes;
pub mod network;
pub mod number;
mod objective;
mod optimizer;
mod other_images;
mod piece;
mod plan;
pub mod preset;
mod prior;
mod prior_terms;
mod reconstruction;
mod sparsity;
mod streams;
mod target;
mod term;
mod training;
mod validate;
mod zero;

use serde::{Deserialize, Serialize};

pub use activation::Activation;
pub use architecture::{Architecture, Convolutional, Dense, LayerLists, LayerName};
pub use blocks::{Block, Blocks, Misfit, blocks};
pub use corruption::Corruption;
pub use course::Course;
pub use dataset::{DataSetId, DataSetSpec};
pub use difference::{Difference, differences, fixed_change, in_words, live_differences};
pub use emphasis::Emphasis;
pub use image_shape::ImageShape;
pub use initialization::{Initialization, InitializationKind};
pub use layer::{Kernels, Layer, Shape, Weights};
pub use objective::Objective;
pub use optimizer::{MomentumSchedule, Optimizer, OptimizerKind, Schedule};
pub use other_images::OtherImages;
pub use piece::{Piece, Written};
pub use plan::{FineTuning, LayerPretraining, Plan, Stage};
pub use preset::{Bound, Expectation, Figure, Preset, PresetId, Print, Stated, Verdict};
pub use prior::{Adversarial, LatentPrior, Prior, Updates, Variational};
pub use reconstruction::Reconstruction;
pub use sparsity::Sparsity;
pub use streams::{Stream, stream_seed};
pub use target::{Half, Target};
pub use term::{Group, Pen, Reported, Role, Term, TermInfo, Unit};
pub use training::Training;
pub use validate::InvalidExperiment;

/// Height and width of an image of MNIST's format: for what reads, draws or prepares such images. All else asks the
/// experiment or the data set for its [`ImageShape`].
pub const IMAGE_SIDE: usize = ImageShape::MNIST.height;

/// Pixels of such an image.
pub const N_PIXELS: usize = ImageShape::MNIST.n_values();

/// Everything needed to repeat a run on the same data.
///
/// The order of the fields is the order of `experiment.toml`: plain values first, then the tables.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Experiment {
    /// The preset this experiment started from, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<PresetId>,
    /// Every random choice of the run derives from this number through its own [`Stream`].
    pub seed: u64,
    /// Classes of the data set: what a softmax layer tells apart.
    #[serde(
        default = "n_classes::n_digits",
        skip_serializing_if = "n_classes::is_n_digits"
    )]
    pub n_classes: usize,
    /// Strength of the corruption when measuring; that of training when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_noise: Option<f32>,
    /// Layers and activations.
    pub architecture: Architecture,
    /// The first weights of encoder and decoder.
    #[serde(default, skip_serializing_if = "Initialization::is_default")]
    pub initialization: Initialization,
    /// What happens to an image before the encoder sees it.
    pub corruption: Corruption,
    /// Which image is asked for.
    #[serde(default, skip_serializing_if = "is_same_image")]
    pub target: Target,
    /// What training minimises.
    pub objective: Objective,
    /// How the weights follow the gradient.
    pub optimizer: Optimizer,
    /// How long and in which portions.
    pub training: Training,
    /// What is trained before and after all layers together.
    #[serde(default, skip_serializing_if = "Plan::is_plain")]
    pub plan: Plan,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_same_image(target: &Target) -> bool {
    *target == Target::SameImage
}

impl Default for Experiment {
    /// The experiment the window starts with: `vanilla-64`.
    fn default() -> Self {
        PresetId::default().preset().experiment()
    }
}

impl Experiment {
    /// Whether the experiment is still exactly the preset it names, whatever its seed and the shape of its images.
    #[must_use]
    pub fn is_pristine(&self) -> bool {
        self.preset.is_some_and(|id| {
            let mut original = id.preset().experiment();
            original.seed = self.seed;
            // What a data set settles is no change of the preset.
            *original.architecture.image_mut() = self.architecture.image();
            original.n_classes = self.n_classes;
            original == *self
        })
    }

    /// Takes on the shape and the number of classes of a data set; whether its layers allow that, `validate` says.
    pub fn fit_to(&mut self, data: DataSetId) {
        let spec = data.spec();
        *self.architecture.image_mut() = spec.shape;
        self.n_classes = data.n_classes();
    }

    /// Whether it can learn from a data set of `n_train` training images.
    ///
    /// # Errors
    /// What differs.
    pub fn check_fits(&self, data: DataSetId, n_train: usize) -> Result<(), OtherImages> {
        let held_out = self.training.held_out_in_use();
        let (spec, image) = (data.spec(), self.architecture.image());
        let n_classes = data.n_classes();
        if image != spec.shape {
            Err(OtherImages::Shape { image, data })
        } else if self.plan.fine_tuning.is_some() && self.n_classes != n_classes {
            Err(OtherImages::Classes {
                n_classes: self.n_classes,
                data,
            })
        } else if held_out > 0 && held_out >= self.training.samples_used(n_train) {
            Err(OtherImages::NothingToLearnFrom {
                held_out,
                n_train,
                data,
            })
        } else {
            Ok(())
        }
    }

    /// Whether all layers are ever trained together: only then do the loss, the corruption and the target have an effect.
    #[must_use]
    pub fn trains_jointly(&self) -> bool {
        self.training.epochs > 0 || self.plan.is_plain()
    }

    /// The corruption of test images: none if it is never trained with.
    #[must_use]
    pub fn test_corruption(&self) -> Corruption {
        if !self.trains_jointly() {
            return Corruption::None;
        }
        self.test_noise.map_or(self.corruption, |strength| {
            self.corruption.with_strength(strength)
        })
    }

    /// The target that is trained: the same image if all layers are never trained together.
    #[must_use]
    pub fn target_in_use(&self) -> Target {
        if self.trains_jointly() {
            self.target
        } else {
            Target::SameImage
        }
    }

    /// α and β of corrupted and clean pixels in Δ, where pixels do not count alike: noise that changes every pixel leaves
    /// none clean.
    #[must_use]
    pub fn emphasis(&self) -> Option<[f32; 2]> {
        let weights = self.objective.emphasis.weights();
        weights.filter(|_| self.trains_jointly() && self.corruption.hits_some())
    }

    /// The objective without an emphasis that changes nothing.
    #[must_use]
    pub fn objective_in_use(&self) -> Objective {
        let emphasis = match self.emphasis() {
            Some(_) => self.objective.emphasis,
            None => Emphasis::None,
        };
        Objective {
            emphasis,
            ..self.objective
        }
    }

    /// Whether the encoder is shown something else than the image asked for.
    #[must_use]
    pub fn alters_input(&self) -> bool {
        let is_altered = !self.corruption.is_none() || self.target != Target::SameImage;
        is_altered && self.trains_jointly()
    }

    /// The parts of training in their order, with the epochs of each.
    #[must_use]
    pub fn stages(&self) -> Vec<(Stage, usize)> {
        let of = self.plan.pretraining.len();
        let layers = self.plan.pretraining.iter().enumerate();
        let layers = layers.map(|(layer, part)| (Stage::Pretraining { layer, of }, part.epochs));
        let tuning = self.plan.fine_tuning.as_ref();
        layers
            .chain([(Stage::Joint, self.training.epochs)])
            .chain(tuning.map(|tuning| (Stage::FineTuning, tuning.epochs)))
            .filter(|&(_, epochs)| epochs > 0)
            .collect()
    }

    /// Epochs of all parts together.
    #[must_use]
    pub fn total_epochs(&self) -> usize {
        self.stages().iter().map(|(_, epochs)| epochs).sum()
    }

    /// The part that epoch `epoch` (from 0, over the whole run) belongs to, and how many epochs came before
    /// that part. Epochs past the end belong to the last part.
    #[must_use]
    pub fn stage_of(&self, epoch: u64) -> (Stage, u64) {
        let mut before = 0;
        let mut found = (Stage::Joint, 0);
        for (stage, epochs) in self.stages() {
            found = (stage, before);
            before += epochs as u64;
            if epoch < before {
                break;
            }
        }
        found
    }

    /// Epochs of the part that an epoch (from 0, over the whole run) belongs to.
    #[must_use]
    pub fn epochs_of_part(&self, epoch: u64) -> usize {
        let (stage, _) = self.stage_of(epoch);
        let stages = self.stages();
        let found = stages.iter().find(|(other, _)| *other == stage);
        found.map_or(1, |&(_, epochs)| epochs)
    }

    /// Share of its learning rates with which the step after `epoch` epochs of the whole run is taken: 1, or
    /// what the schedule leaves of it by then.
    #[must_use]
    pub fn schedule_factor(&self, epoch: f64) -> f64 {
        let (_, before) = self.stage_of(epoch as u64);
        let progress = (epoch - before as f64) / self.epochs_of_part(epoch as u64) as f64;
        self.optimizer.schedule.factor(progress)
    }

    /// Every number that steps of the run report, in the order of columns.
    #[must_use]
    pub fn terms(&self) -> Vec<Term> {
        let mut terms = vec![Term::Objective];
        for (stage, _) in self.stages() {
            for term in self.terms_of(stage) {
                if !terms.contains(&term) {
                    terms.push(term);
                }
            }
        }
        terms
    }

    /// The numbers that steps of one part report; the one being minimised first.
    #[must_use]
    pub fn terms_of(&self, stage: Stage) -> Vec<Term> {
        self.objective.terms_of(stage)
    }
}
