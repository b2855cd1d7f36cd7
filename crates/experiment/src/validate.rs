//! Whether an experiment makes sense, and if not, why and what would fix it.

use thiserror::Error;

use super::field::{self, Field, Kind, Number, Section, Value};
use super::{
    Activation, Architecture, Experiment, LatentPrior, Layer, Misfit, Reconstruction, Sparsity,
};

/// Why an experiment cannot be trained.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum InvalidExperiment {
    /// A number outside its range, or not a number at all.
    #[error("{name} is {value}: choose a value from {allowed}")]
    OutOfRange {
        field: &'static Field,
        /// The setting's name, or what one number of a list is called.
        name: String,
        /// What was asked for.
        value: f64,
        /// The range, for people.
        allowed: String,
    },
    /// Cross-entropy of an output that is no probability.
    #[error(
        "binary cross-entropy reads the output as probabilities, and a {output} output is none: choose the \
         sigmoid output, or the mean squared error"
    )]
    CrossEntropyOfUnboundedOutput {
        /// The output's activation.
        output: &'static str,
    },
    /// KL sparsity of a code that is no probability.
    #[error(
        "KL sparsity reads mean activations as probabilities, which needs a sigmoid code, not {code}: choose the sigmoid \
         code, or the L1 penalty"
    )]
    KlSparsityOfUnboundedCode {
        /// The code's activation.
        code: &'static str,
    },
    /// A prior over all real numbers for a code that cannot take them.
    #[error(
        "the prior covers positive and negative numbers, but a {code} code does not: choose the linear code"
    )]
    PriorOfBoundedCode {
        /// The code's activation.
        code: &'static str,
    },
    /// A variational bound without a likelihood.
    #[error(
        "the variational bound needs a likelihood, and the mean absolute error does not give one here: choose the mean \
         squared error (Gaussian) or cross-entropy (Bernoulli)"
    )]
    AbsoluteErrorIsNoLikelihood,
    /// A variational bound whose likelihood weighs pixels.
    #[error(
        "the variational bound is of the likelihood of the whole image, in which all pixels count alike: choose no emphasis"
    )]
    EmphasisInABound,
    /// Pixels none of which count.
    #[error(
        "the weights of corrupted and of clean pixels are both 0, so that no error counts: give one of them a weight above 0"
    )]
    NoPixelCounts,
    /// A prior in the plane for a code that is not.
    #[error(
        "the prior “{prior}” is two-dimensional, and the code has {units} units: choose a code of 2 units"
    )]
    PriorNeedsTwoUnits {
        /// The prior's name.
        prior: &'static str,
        /// Units of the code.
        units: usize,
    },
    /// Images that are neither gray nor in colour.
    #[error(
        "the images have {channels} channels: choose 1 for gray images, or 3 for red, green and blue"
    )]
    UnknownChannels { channels: usize },
    /// A list of layers that makes no autoencoder.
    #[error("{half}{}{reason}", place(*.layer))]
    LayersDoNotFit {
        /// The encoder or the decoder.
        half: &'static str,
        /// Position of the layer in it, and which it is; `None` if it is about the whole.
        layer: Option<(usize, Layer)>,
        /// Why, and what to do.
        reason: String,
    },
    /// Greedy pre-training of convolutions.
    #[error(
        "layer-wise pre-training is for fully connected layers: choose a dense network, or no pre-training"
    )]
    PretrainingOfConvolutions,
    /// A plan that does not fit the encoder.
    #[error(
        "the plan pre-trains {planned} layers, but the encoder has {layers}: give each layer its epochs"
    )]
    PretrainingOfOtherDepth {
        /// Layers in the plan.
        planned: usize,
        /// Layers of the encoder.
        layers: usize,
    },
    /// More images held out than are used.
    #[error(
        "{held_out} images are held out of {used}, which leaves none to learn from: hold out fewer, or use more"
    )]
    NothingToLearnFrom { held_out: usize, used: usize },
    /// A run that ends early in the middle of its plan.
    #[error(
        "patience ends the run early, but fine-tuning with labels is to follow: set the patience to 0, or leave out the \
         fine-tuning"
    )]
    PatienceBeforeFineTuning,
    /// A seed that no experiment can hold as text.
    #[error(
        "the seed is {seed}, but the largest seed of an experiment is {}: choose a smaller one",
        i64::MAX
    )]
    SeedTooLarge { seed: u64 },
    /// No epochs anywhere.
    #[error(
        "there is nothing to train: give the training, or a part of the plan, at least one epoch"
    )]
    NothingToTrain,
}

/// `, layer 3 (dense 16): `, counted from 1.
fn place(layer: Option<(usize, Layer)>) -> String {
    layer.map_or(": ".to_owned(), |(idx, layer)| {
        format!(", layer {} ({layer}): ", idx + 1)
    })
}

impl Field {
    /// The numbers of an experiment that are out of their ranges.
    fn problems(&'static self, experiment: &Experiment) -> Vec<InvalidExperiment> {
        let refusal = |name: &str, range: &Number, value: f64| {
            (!range.allows(value)).then(|| InvalidExperiment::OutOfRange {
                field: self,
                name: name.to_owned(),
                value,
                allowed: range.range_text(),
            })
        };
        match (self.get(experiment), &self.kind) {
            (Some(Value::Number(value)), Kind::Number(number)) => {
                refusal(self.label, number, value).into_iter().collect()
            }
            (Some(Value::List(values)), Kind::List(list)) => {
                let count = format!("number of {}s", list.item_label);
                let count = refusal(&count, &list.n_items, values.len() as f64);
                let items = values
                    .iter()
                    .filter_map(|&value| refusal(list.item_label, &list.item, value));
                count.into_iter().chain(items).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl Experiment {
    /// Checks every number against its range and every combination against reason.
    ///
    /// # Errors
    /// The first thing that is wrong, with what would be right.
    pub fn validate(&self) -> Result<(), InvalidExperiment> {
        match self.problems().into_iter().next() {
            Some(problem) => Err(problem),
            None => Ok(()),
        }
    }

    /// Everything that is wrong, for a window that marks all of it at once.
    #[must_use]
    pub fn problems(&self) -> Vec<InvalidExperiment> {
        let ranges = field::fields().flat_map(|field| field.problems(self));
        ranges.chain(self.contradictions()).collect()
    }

    /// Settings that are switched on and change nothing, with the reason of each. It is no fault: an experiment may
    /// carry what another choice of optimizer, corruption or plan left behind.
    #[must_use]
    pub fn left_over(&self) -> Vec<(&'static Field, String)> {
        let reason = |field: &'static Field| Some((field, field.why_idle(self)?));
        let fields = field::fields().filter(|field| field.is_left_over(self));
        fields.filter_map(reason).collect()
    }

    /// Choices that are fine by themselves and make no sense together.
    fn contradictions(&self) -> Vec<InvalidExperiment> {
        let mut found = Vec::new();
        if !field::IMAGE.problems(self).is_empty() {
            return found; // what follows from such a shape is of no use
        }
        let channels = self.architecture.image().channels;
        if ![1, 3].contains(&channels) {
            found.push(InvalidExperiment::UnknownChannels { channels });
        }
        let (architecture, objective) = (&self.architecture, &self.objective);
        let code = architecture.code_activation();
        if let Err((half, Misfit { layer, reason })) = architecture.try_blocks()
            && matches!(architecture, Architecture::Layers(_))
        {
            found.push(InvalidExperiment::LayersDoNotFit {
                half,
                layer,
                reason,
            });
        }
        let output = architecture.output_activation();
        let is_entropy = objective.reconstruction == Reconstruction::Bce;
        if is_entropy && self.trains_jointly() && output != Activation::Sigmoid {
            let output = output.label();
            found.push(InvalidExperiment::CrossEntropyOfUnboundedOutput { output });
        }
        if matches!(objective.sparsity, Sparsity::Kl { .. }) && code != Activation::Sigmoid {
            let code = code.label();
            found.push(InvalidExperiment::KlSparsityOfUnboundedCode { code });
        }
        if !objective.prior.is_none() && code != Activation::Linear {
            let code = code.label();
            found.push(InvalidExperiment::PriorOfBoundedCode { code });
        }
        if objective.prior.variational().is_some()
            && objective.reconstruction == Reconstruction::Mae
        {
            found.push(InvalidExperiment::AbsoluteErrorIsNoLikelihood);
        }
        if let Some(weights) = objective.emphasis.weights() {
            if objective.prior.variational().is_some() {
                found.push(InvalidExperiment::EmphasisInABound);
            }
            if weights.iter().all(|&weight| weight == 0.0) {
                found.push(InvalidExperiment::NoPixelCounts);
            }
        }
        let planar = objective.prior.distribution();
        let planar = planar.filter(|prior| LatentPrior::needs_two_units(*prior));
        let units = architecture.code_size();
        if let Some(prior) = planar.filter(|_| units != 2) {
            let prior = prior.label();
            found.push(InvalidExperiment::PriorNeedsTwoUnits { prior, units });
        }
        let (planned, layers) = (self.plan.pretraining.len(), architecture.encoder_depth());
        if planned > 0 {
            if architecture.as_dense().is_none() {
                found.push(InvalidExperiment::PretrainingOfConvolutions);
            } else if planned != layers {
                found.push(InvalidExperiment::PretrainingOfOtherDepth { planned, layers });
            }
        }
        let held_out = self.training.held_out_in_use();
        let used = self.training.train_samples;
        if let Some(used) = used.filter(|&used| held_out > 0 && held_out >= used) {
            found.push(InvalidExperiment::NothingToLearnFrom { held_out, used });
        }
        if held_out > 0 && self.training.patience > 0 && self.plan.fine_tuning.is_some() {
            found.push(InvalidExperiment::PatienceBeforeFineTuning);
        }
        if i64::try_from(self.seed).is_err() {
            let seed = self.seed;
            found.push(InvalidExperiment::SeedTooLarge { seed });
        }
        if self.total_epochs() == 0 {
            found.push(InvalidExperiment::NothingToTrain);
        }
        found
    }
}

impl InvalidExperiment {
    /// The settings it concerns, with what is said at the control of each: at the first everything, at others what
    /// they would have to be.
    #[must_use]
    pub fn said_at(&self) -> Vec<(&'static Field, String)> {
        let (first, others): (_, &[(&'static Field, &str)]) = match self {
            Self::OutOfRange { field, .. } => (*field, &[]),
            Self::CrossEntropyOfUnboundedOutput { .. } => (
                &field::OUTPUT_ACTIVATION,
                &[(&field::LOSS, "Needs the sigmoid output")],
            ),
            Self::UnknownChannels { .. } => (&field::IMAGE, &[]),
            Self::LayersDoNotFit {
                half: "encoder", ..
            } => (&field::ENCODER, &[]),
            Self::LayersDoNotFit { .. } => (&field::DECODER, &[]),
            Self::KlSparsityOfUnboundedCode { .. } => (
                &field::SPARSITY,
                &[(
                    &field::CODE_ACTIVATION,
                    "KL sparsity needs the sigmoid code",
                )],
            ),
            Self::PriorOfBoundedCode { .. } => (
                &field::PRIOR,
                &[(&field::CODE_ACTIVATION, "The prior needs the linear code")],
            ),
            Self::AbsoluteErrorIsNoLikelihood => {
                (&field::LOSS, &[(&field::PRIOR, "Needs another loss")])
            }
            Self::EmphasisInABound => (&field::EMPHASIS, &[(&field::PRIOR, "Needs no emphasis")]),
            Self::NoPixelCounts => (&field::CORRUPTED_WEIGHT, &[]),
            Self::PriorNeedsTwoUnits { .. } => (
                &field::DISTRIBUTION,
                &[
                    (&field::CODE_SIZE, "The prior needs a code of 2 units"),
                    (&field::DENSE_CODE, "The prior needs a code of 2 units"),
                ],
            ),
            Self::PretrainingOfConvolutions => (
                &field::PRETRAINING,
                &[(
                    &field::NETWORK,
                    "Layer-wise pre-training needs a dense network",
                )],
            ),
            Self::PretrainingOfOtherDepth { .. } => (&field::PRETRAINING, &[]),
            Self::NothingToLearnFrom { .. } => (
                &field::HELD_OUT,
                &[(&field::TRAIN_SAMPLES, "Not more than are held out")],
            ),
            Self::PatienceBeforeFineTuning => (&field::PATIENCE, &[]),
            Self::SeedTooLarge { .. } => (&field::SEED, &[]),
            Self::NothingToTrain => (&field::EPOCHS, &[]),
        };
        let others = others.iter().map(|&(field, said)| (field, said.to_owned()));
        [(first, self.to_string())]
            .into_iter()
            .chain(others)
            .collect()
    }

    /// Whether a section has something in it that it concerns.
    #[must_use]
    pub fn concerns(&self, section: Section) -> bool {
        let fields = self.said_at();
        fields.iter().any(|(field, _)| field.section == section)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Convolutional, Corruption, Dense, Emphasis, ImageShape, LayerLists, LayerPretraining,
        MomentumSchedule, PresetId, Prior, Variational,
    };

    fn vanilla() -> Experiment {
        PresetId::Vanilla64.preset().experiment()
    }

    fn message_of(change: impl FnOnce(&mut Experiment)) -> String {
        let mut experiment = vanilla();
        change(&mut experiment);
        experiment
            .validate()
            .expect_err("the change is invalid")
            .to_string()
    }

    fn dense(experiment: &mut Experiment) -> &mut Dense {
        experiment
            .architecture
            .as_dense_mut()
            .expect("a dense preset")
    }

    #[test]
    fn every_preset_is_valid() {
        for id in PresetId::ALL {
            assert_eq!(id.preset().experiment().problems(), [], "{id}");
        }
    }

    #[test]
    fn a_code_of_size_zero_is_refused_with_its_range() {
        assert_eq!(
            message_of(|experiment| dense(experiment).code = 0),
            "code size is 0: choose a value from 1 to 2048"
        );
    }

    #[test]
    fn negative_noise_is_refused() {
        assert_eq!(
            message_of(|experiment| experiment.corruption = Corruption::Masking { fraction: -0.1 }),
            "noise fraction ν is -0.1: choose a value from 0 to 1"
        );
    }

    #[test]
    fn an_emphasis_is_refused_where_it_makes_no_sense() {
        let weighted = |corrupted, clean| Emphasis::ByCorruption { corrupted, clean };
        let message = message_of(|experiment| experiment.objective.emphasis = weighted(0.0, 0.0));
        assert!(message.contains("both 0"), "{message}");
        let mut bound = PresetId::Vae20.preset().experiment();
        bound.objective.emphasis = weighted(1.0, 0.5);
        assert_eq!(bound.problems(), [InvalidExperiment::EmphasisInABound]);
        assert_eq!(
            message_of(|experiment| experiment.objective.emphasis = weighted(-1.0, 1.0)),
            "weight of corrupted pixels α is -1: choose a value from 0 to 10"
        );
    }

    #[test]
    fn a_learning_rate_that_is_no_number_is_refused() {
        for bad in [f64::NAN, f64::INFINITY, 0.0, -1.0] {
            let message = message_of(|experiment| experiment.optimizer.learning_rate = bad);
            assert!(message.starts_with("learning rate is "), "{message}");
        }
    }

    #[test]
    fn cross_entropy_of_a_linear_output_is_refused_with_the_way_out() {
        let message = message_of(|experiment| {
            dense(experiment).output_activation = Activation::Linear;
            experiment.objective.reconstruction = Reconstruction::Bce;
        });
        assert!(message.contains("choose the sigmoid output"), "{message}");
    }

    #[test]
    fn cross_entropy_of_any_output_but_sigmoid_is_refused() {
        for output in Activation::ALL {
            let mut experiment = vanilla();
            dense(&mut experiment).output_activation = output;
            assert_eq!(experiment.problems(), []);
            experiment.objective.reconstruction = Reconstruction::Bce;
            let is_refused = !experiment.problems().is_empty();
            assert_eq!(is_refused, output != Activation::Sigmoid, "{output:?}");
        }
    }

    #[test]
    fn a_list_that_makes_no_autoencoder_is_refused_with_its_place_and_the_way_out() {
        let message = |change: fn(&mut LayerLists)| {
            message_of(|experiment| {
                let mut lists = experiment.architecture.lists();
                change(&mut lists);
                experiment.architecture = Architecture::Layers(lists);
            })
        };
        assert_eq!(
            message(|lists| {
                lists.encoder.remove(0);
            }),
            "encoder, layer 1 (dense 64): it takes units and gets 28×28×1 maps: put a flatten layer before it"
        );
        assert_eq!(
            message(|lists| lists.decoder[0] = Layer::Dense { units: 100 }),
            "decoder: it makes 100 of the code, and an image is 28×28×1: end it in a convolution or a reshape to \
             that shape, or in a dense layer of 784 units"
        );
        let sigmoid = |lists: &mut LayerLists| {
            lists.decoder.push(Layer::activation(Activation::Sigmoid));
        };
        assert!(message(sigmoid).contains("that is output_activation"));
        let wide = |lists: &mut LayerLists| lists.encoder[1] = Layer::Dense { units: 1 << 20 };
        assert!(message(wide).contains("choose a value from 1 to 65536"));
        assert!(message(|lists| lists.decoder.clear()).contains("no layer of it has weights"));
    }

    #[test]
    fn combinations_that_make_no_sense_are_refused_with_the_way_out() {
        let message = message_of(|experiment| {
            dense(experiment).code_activation = Activation::Relu;
            experiment.objective.sparsity = Sparsity::Kl {
                target: 0.05,
                weight: 1e-3,
            };
        });
        assert!(message.contains("a sigmoid code, not ReLU"), "{message}");

        let variational = Prior::Variational(Variational::PLAIN);
        let message = message_of(|experiment| experiment.objective.prior = variational);
        assert!(message.contains("choose the linear code"), "{message}");
        let message = message_of(|experiment| {
            dense(experiment).code_activation = Activation::Linear;
            experiment.objective.prior = variational;
            experiment.objective.reconstruction = Reconstruction::Mae;
        });
        assert!(message.contains("needs a likelihood"), "{message}");

        let message = message_of(|experiment| {
            *experiment = PresetId::AaeMixture.preset().experiment();
            dense(experiment).code = 8;
        });
        assert!(message.contains("choose a code of 2 units"), "{message}");

        let layer = LayerPretraining {
            epochs: 1,
            corruption: 0.1,
        };
        let message = message_of(|experiment| experiment.plan.pretraining = vec![layer; 3]);
        assert!(message.contains("the encoder has 1"), "{message}");
        let message = message_of(|experiment| {
            experiment.architecture = Architecture::Convolutional(Convolutional {
                image: ImageShape::MNIST,
                channels: vec![4],
                bottleneck: None,
                hidden_activation: Activation::Relu,
                code_activation: Activation::Relu,
                output_activation: Activation::Linear,
            });
            experiment.plan.pretraining = vec![layer];
        });
        assert!(message.contains("fully connected"), "{message}");
        let message = message_of(|experiment| experiment.training.epochs = 0);
        assert!(message.contains("nothing to train"), "{message}");
        let message = message_of(|experiment| experiment.seed = u64::MAX);
        assert!(message.contains("choose a smaller one"), "{message}");
    }

    #[test]
    fn what_was_left_behind_is_named_whatever_kind_of_setting_it_is() {
        let mut carried = vanilla(); // with Adam, and without corruption
        assert_eq!(carried.left_over(), []);
        carried.optimizer.momentum = 0.9;
        carried.optimizer.nesterov = true;
        carried.optimizer.momentum_schedule = MomentumSchedule::RisingThenLowered;
        carried.objective.emphasis = Emphasis::KINDS[1];
        let left_over = carried.left_over();
        let labels: Vec<&str> = left_over.iter().map(|(field, _)| field.label).collect();
        for label in [
            "momentum",
            "Nesterov momentum",
            "momentum schedule",
            "emphasis",
        ] {
            assert!(labels.contains(&label), "{label} is not among {labels:?}");
        }
    }

    #[test]
    fn the_loss_has_to_suit_the_output_only_where_it_is_trained_with() {
        let mut experiment = PresetId::StackedDenoising.preset().experiment(); // cross-entropy
        dense(&mut experiment).output_activation = Activation::Linear;
        assert_eq!(experiment.validate(), Ok(()));
        experiment.training.epochs = 1;
        assert!(experiment.validate().is_err());
    }

    #[test]
    fn all_problems_are_reported_at_once() {
        let mut experiment = vanilla();
        dense(&mut experiment).hidden = vec![0, 128];
        experiment.training.batch_size = 0;
        experiment.training.epochs = 0;
        assert_eq!(experiment.problems().len(), 3);
    }
}
