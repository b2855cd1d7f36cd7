//! The experiments of the presets, with their sources and what they must reach.
//!
//! Bounds are those of the same experiment run with Keras 3.15 on MNIST, plus the spread between seeds; what a source
//! printed is [`Stated`], with its place. A variant changes its original in the setting that it is about.

use crate::{
    Activation, Adversarial, Architecture, Convolutional, Corruption, Dense, Experiment,
    FineTuning, ImageShape, Initialization, InitializationKind, LatentPrior, LayerPretraining,
    MomentumSchedule, Objective, Optimizer, OptimizerKind, Plan, Prior, Reconstruction, Schedule,
    Sparsity, Target, Training, Updates, Variational,
};

use super::{Bound, Expectation, Figure, Preset, PresetId, Print, Stated};

impl PresetId {
    /// The experiment with its texts.
    #[must_use]
    pub fn preset(self) -> &'static Preset {
        match self {
            Self::Vanilla64 => &VANILLA_64,
            Self::Vanilla64Tied => &VANILLA_64_TIED,
            Self::Sparse64 => &SPARSE_64,
            Self::SparseKl64 => &SPARSE_KL_64,
            Self::Multilayer64 => &MULTILAYER_64,
            Self::Multilayer64Keras3 => &MULTILAYER_64_KERAS_3,
            Self::Conv4 => &CONV_4,
            Self::Conv4Cosine => &CONV_4_COSINE,
            Self::Basic32 => &BASIC_32,
            Self::Linear32 => &LINEAR_32,
            Self::DenoiseDense => &DENOISE_DENSE,
            Self::DenoiseConv32 => &DENOISE_CONV_32,
            Self::Contractive64 => &CONTRACTIVE_64,
            Self::Contractive64Untied => &CONTRACTIVE_64_UNTIED,
            Self::Overcomplete1024 => &OVERCOMPLETE_1024,
            Self::Deep30 => &DEEP_30,
            Self::Deep30Logistic => &DEEP_30_LOGISTIC,
            Self::Deep30Momentum => &DEEP_30_MOMENTUM,
            Self::StackedDenoising => &STACKED_DENOISING,
            Self::StackedDenoisingTied => &STACKED_DENOISING_TIED,
            Self::Vae20 => &VAE_20,
            Self::Vae2 => &VAE_2,
            Self::BetaVae10 => &BETA_VAE_10,
            Self::Aae2 => &AAE_2,
            Self::AaeMixture => &AAE_MIXTURE,
        }
    }
}

/// What all presets share; each says what it changes.
fn base(preset: PresetId, code: usize) -> Experiment {
    Experiment {
        preset: Some(preset),
        seed: 1,
        n_classes: crate::n_classes::n_digits(),
        test_noise: None,
        architecture: dense(&[], code, Activation::Sigmoid, Activation::Linear),
        initialization: Initialization::default(),
        corruption: Corruption::None,
        target: Target::SameImage,
        objective: Objective::plain(Reconstruction::Mse),
        optimizer: Optimizer::adam(1e-3),
        training: Training {
            batch_size: 64,
            epochs: 5,
            train_samples: None,
            held_out: 0,
            patience: 0,
        },
        plan: Plan::default(),
    }
}

fn dense(
    hidden: &[usize],
    code: usize,
    code_activation: Activation,
    output_activation: Activation,
) -> Architecture {
    Architecture::Dense(Dense {
        image: ImageShape::MNIST,
        hidden: hidden.to_vec(),
        code,
        hidden_activation: Activation::Relu,
        code_activation,
        output_activation,
        tied: false,
    })
}

fn convolutional(channels: &[usize], output_activation: Activation) -> Architecture {
    Architecture::Convolutional(Convolutional {
        image: ImageShape::MNIST,
        channels: channels.to_vec(),
        bottleneck: None,
        hidden_activation: Activation::Relu,
        code_activation: Activation::Relu,
        output_activation,
    })
}

/// One hidden layer of 400 `ReLU` units on each side, summed cross-entropy and KL.
fn variational(preset: PresetId, code: usize, beta: f32, epochs: usize) -> Experiment {
    let mut experiment = base(preset, code);
    experiment.architecture = dense(&[400], code, Activation::Linear, Activation::Sigmoid);
    experiment.objective.reconstruction = Reconstruction::Bce;
    experiment.objective.prior = Prior::Variational(Variational {
        beta,
        ..Variational::PLAIN
    });
    experiment.training.batch_size = 128;
    experiment.training.epochs = epochs;
    experiment
}

fn adversarial(preset: PresetId, distribution: LatentPrior, epochs: usize) -> Experiment {
    let mut experiment = base(preset, 2);
    experiment.architecture = dense(&[512, 256], 2, Activation::Linear, Activation::Sigmoid);
    experiment.objective.prior = Prior::Adversarial(Adversarial {
        distribution,
        updates: Updates::OneStep { weight: 10.0 },
        discriminator_learning_rate: 3e-4,
    });
    experiment.optimizer = Optimizer::adam(3e-4);
    experiment.training.batch_size = 128;
    experiment.training.epochs = epochs;
    experiment
}

const fn expect(figure: Figure, stated: Option<Stated>, bound: Bound) -> Expectation {
    Expectation {
        figure,
        stated,
        bound,
        on_pen_digits: false,
    }
}

const fn count(n_parameters: f64) -> Expectation {
    let figure = Figure::Parameters;
    expect(figure, Some(Stated::Count), Bound::Exactly(n_parameters))
}

const HINTON: Print = Print {
    digits: "3.00",
    place: "Hinton & Salakhutdinov 2006, caption of figure 2, part B",
    otherwise: "restricted Boltzmann machines for pre-training, logistic units, conjugate gradients",
};
const OF_HINTON: Stated = Stated::Published(HINTON);

/// The same, to be compared with a network of logistic units.
const OF_HINTON_LOGISTIC: Stated = Stated::Published(Print {
    otherwise: "restricted Boltzmann machines for pre-training, conjugate gradients",
    ..HINTON
});

const THEANO: Print = Print {
    digits: "1.3",
    place: "Theano's tutorial, section “Running the Code”",
    otherwise: "15 epochs a layer and 36 of fine-tuning with plain SGD on clean images, tied weights while layers learn",
};
const OF_THEANO: Stated = Stated::Published(THEANO);

/// The same, to be compared with tied weights.
const OF_THEANO_TIED: Stated = Stated::Published(Print {
    otherwise: "15 epochs a layer and 36 of fine-tuning with plain SGD on clean images",
    ..THEANO
});

const OF_TORCH: Stated = Stated::Published(Print {
    digits: "105.5890",
    place: "README of “Bayesian Deep Learning with torch distributions”, output under “Basic VAE setup”, of \
            PyTorch's example unchanged",
    otherwise: "PyTorch's initial weights, and 10⁻⁸ for Adam's ε",
});

/// A variant: its original with other texts and one thing changed.
fn changed(id: PresetId, change: impl FnOnce(&mut Experiment)) -> Experiment {
    let mut experiment = id.original().preset().experiment();
    experiment.preset = Some(id);
    change(&mut experiment);
    experiment
}

fn tie(experiment: &mut Experiment, is_tied: bool) {
    if let Some(dense) = experiment.architecture.as_dense_mut() {
        dense.tied = is_tied;
    }
}

/// A mean activation that the post gives, in the last paragraph of its section on sparse networks.
const fn of_post(digits: &'static str) -> Stated {
    Stated::Published(Print {
        digits,
        place: "section “Sparse Autoencoder”, last paragraph",
        otherwise: "55,000 training images; whether these or test images were averaged is not said",
    })
}

pub(super) const VANILLA_64: Preset = Preset {
    id: PresetId::Vanilla64,
    variant_of: None,
    title: "Vanilla",
    about: "The simplest autoencoder: an image compressed into 64 sigmoid units and reconstructed. Watch \
            the reconstructions sharpen; on average each unit is about half active (0.5)",
    source: "“Many flavors of Autoencoder”, wiseodd 2016",
    expected: "101,200 parameters; test MSE 0.0099 per pixel after 5 epochs; mean activation 0.50",
    expectations: &[
        count(101_200.0),
        expect(Figure::Mse, None, Bound::AtMost(0.0102)),
        expect(
            Figure::MeanActivation,
            Some(of_post("0.512477")),
            Bound::Between(0.47, 0.53),
        ),
    ],
    recipe: || base(PresetId::Vanilla64, 64),
};

pub(super) const VANILLA_64_TIED: Preset = Preset {
    id: PresetId::Vanilla64Tied,
    variant_of: Some(PresetId::Vanilla64),
    title: "Vanilla, tied weights",
    about: "The decoder uses the encoder's weights, transposed: half the numbers, and an encoder that cannot make its \
            code small for the decoder to make it large again",
    source: "a variant of our own: what contractive-64, which ties its weights, is compared with",
    expected: "51,024 parameters; test MSE at most 0.0131 per pixel after 5 epochs",
    expectations: &[
        count(51_024.0),
        expect(Figure::Mse, None, Bound::AtMost(0.0131)),
    ],
    recipe: || {
        changed(PresetId::Vanilla64Tied, |experiment| {
            tie(experiment, true);
        })
    },
};

pub(super) const SPARSE_64: Preset = Preset {
    id: PresetId::Sparse64,
    variant_of: None,
    title: "Sparse, L1",
    about: "The same network with a penalty on every active unit. The histogram of the code moves towards zero, and \
            each digit uses few units",
    source: "“Many flavors of Autoencoder”, wiseodd 2016, whose 10⁻⁵ Keras 1 summed over the batch of 64",
    expected: "test MSE 0.0161 to 0.0169 per pixel after 5 epochs; mean activation 0.14",
    expectations: &[
        expect(Figure::Mse, None, Bound::AtMost(0.0172)),
        expect(
            Figure::MeanActivation,
            Some(of_post("0.148664")),
            Bound::Between(0.125, 0.155),
        ),
    ],
    recipe: || {
        let mut experiment = base(PresetId::Sparse64, 64);
        experiment.objective.sparsity = Sparsity::L1 { weight: 6.4e-4 };
        experiment
    },
};

pub(super) const SPARSE_KL_64: Preset = Preset {
    id: PresetId::SparseKl64,
    variant_of: None,
    title: "Sparse, KL",
    about: "Every unit is pushed to be on for one image in twenty. The bars of the units' means cluster around the \
            ρ line, whereas L1 lets some die and others stay",
    source: "Ng, “Sparse autoencoder”, CS294A lecture notes, 2011",
    expected: "mean activation within 20 % of ρ = 0.05; test MSE below 0.02 per pixel",
    expectations: &[
        expect(
            Figure::MeanActivation,
            Some(Stated::Ideal(0.05)), // ρ
            Bound::Between(0.04, 0.06),
        ),
        expect(Figure::Mse, None, Bound::AtMost(0.02)),
    ],
    recipe: || {
        let mut experiment = base(PresetId::SparseKl64, 64);
        experiment.objective.sparsity = Sparsity::Kl {
            target: 0.05,
            weight: 1.5e-2,
        };
        experiment.training.epochs = 10;
        experiment
    },
};

pub(super) const MULTILAYER_64: Preset = Preset {
    id: PresetId::Multilayer64,
    variant_of: None,
    title: "Multilayer",
    about: "A hidden layer on each side of the bottleneck, ReLU throughout, and the penalty of sparse-64 on the code. \
            ReLU units can be exactly zero: under the penalty two thirds of the units die, and few units carry the digits",
    source: "“Many flavors of Autoencoder”, wiseodd 2016, whose 10⁻⁵ Keras 1 summed over the batch of 64; Hubens, “Deep \
             inside: Autoencoders”",
    expected: "218,192 parameters; test MSE at most 0.022 per pixel and a mean activation below 0.1 after 5 epochs",
    expectations: &[
        count(218_192.0),
        expect(Figure::Mse, None, Bound::AtMost(0.022)),
        expect(Figure::MeanActivation, None, Bound::AtMost(0.1)),
    ],
    recipe: || {
        let mut experiment = base(PresetId::Multilayer64, 64);
        experiment.architecture = dense(&[128], 64, Activation::Relu, Activation::Linear);
        experiment.objective.sparsity = Sparsity::L1 { weight: 6.4e-4 };
        experiment
    },
};

pub(super) const MULTILAYER_64_KERAS_3: Preset = Preset {
    id: PresetId::Multilayer64Keras3,
    variant_of: Some(PresetId::Multilayer64),
    title: "Multilayer, penalty of Keras 3",
    about: "The post's 10⁻⁵ as Keras 3 reads it: averaged over the batch, as the error is, and so 64 times weaker. \
            Hardly anything is penalised: the error is lower and the code busier",
    source: "“Many flavors of Autoencoder”, wiseodd 2016, run with Keras 3",
    expected: "218,192 parameters; test MSE 0.0134 to 0.0145 per pixel after 5 epochs (Keras 0.0147)",
    expectations: &[
        count(218_192.0),
        expect(Figure::Mse, None, Bound::AtMost(0.0150)),
    ],
    recipe: || {
        changed(PresetId::Multilayer64Keras3, |experiment| {
            experiment.objective.sparsity = Sparsity::L1 { weight: 1e-5 };
        })
    },
};

pub(super) const CONV_4: Preset = Preset {
    id: PresetId::Conv4,
    variant_of: None,
    title: "Convolutional",
    about: "Two hundred parameters instead of a hundred thousand: the same small patterns are looked for \
            everywhere. On MNIST its code is a map of 784 values, so little is compressed and much is kept. Its output is a \
            ReLU, which makes the black background exact",
    source: "“Many flavors of Autoencoder”, wiseodd 2016",
    expected: "225 parameters; test MSE at most 0.00194 per pixel after 5 epochs, how much less depends on the \
               initial weights",
    expectations: &[
        count(225.0),
        expect(Figure::Mse, None, Bound::AtMost(0.00194)), // of Keras' seeds that live, the worst
    ],
    recipe: || {
        let mut experiment = base(PresetId::Conv4, 64);
        experiment.architecture = convolutional(&[4], Activation::Relu);
        experiment
    },
};

pub(super) const CONV_4_COSINE: Preset = Preset {
    id: PresetId::Conv4Cosine,
    variant_of: Some(PresetId::Conv4),
    title: "Convolutional, cosine decay",
    about: "A linear output, which cannot die, and longer steps that shrink to nothing: 225 weights bear them, and need \
            them in so few epochs",
    source: "a variant of our own of the post's network: learning rate 0.01 with cosine decay, linear output",
    expected: "225 parameters; test MSE at most 0.0046 per pixel after 5 epochs",
    expectations: &[
        count(225.0),
        expect(Figure::Mse, None, Bound::AtMost(0.0046)),
    ],
    recipe: || {
        changed(PresetId::Conv4Cosine, |experiment| {
            experiment.architecture = convolutional(&[4], Activation::Linear);
            experiment.optimizer.learning_rate = 1e-2;
            experiment.optimizer.schedule = Schedule::Cosine;
        })
    },
};

pub(super) const BASIC_32: Preset = Preset {
    id: PresetId::Basic32,
    variant_of: None,
    title: "Basic, cross-entropy",
    about: "Pixels treated as probabilities: sigmoid output and binary cross-entropy, half as many code units. \
            The cross-entropy has a floor above zero, because grey pixels are never certain",
    source: "Keras blog, “Building autoencoders in Keras”; after Baldi 2012",
    expected: "50,992 parameters; test BCE 0.152 to 0.153 nats per pixel, MSE 0.0286 to 0.0288 after 2 epochs (Keras \
               0.154, 0.0292); BCE 0.0922 after 20 (Keras 0.0921)",
    expectations: &[
        expect(
            Figure::Parameters,
            Some(Stated::Reported(Print {
                digits: "50,992",
                place: "a review of Baldi 2012 on Qiita",
                otherwise: "",
            })),
            Bound::Exactly(50_992.0),
        ),
        expect(Figure::Bce, None, Bound::AtMost(0.156)),
        expect(Figure::Mse, None, Bound::AtMost(0.0297)),
    ],
    recipe: || {
        let mut experiment = base(PresetId::Basic32, 32);
        experiment.architecture = dense(&[], 32, Activation::Relu, Activation::Sigmoid);
        experiment.objective.reconstruction = Reconstruction::Bce;
        experiment.training.batch_size = 256;
        experiment.training.epochs = 2;
        experiment
    },
};

pub(super) const LINEAR_32: Preset = Preset {
    id: PresetId::Linear32,
    variant_of: None,
    title: "Linear",
    about: "Without nonlinearities the best an autoencoder can do is PCA, and there is no other minimum: the \
            loss falls to PCA's line and stays there, and the decoder's subspace turns into PCA's",
    source: "Baldi & Hornik 1989, “Neural networks and principal component analysis”; Baldi 2012",
    expected: "test MSE between PCA's 0.01683 per pixel and 1.05 times it; at most 10° between its subspace and PCA's",
    expectations: &[
        expect(
            Figure::MseOverPca,
            Some(Stated::Ideal(1.0)),
            Bound::Between(0.9999, 1.05),
        ),
        expect(
            Figure::SubspaceAngle,
            Some(Stated::Ideal(0.0)),
            Bound::AtMost(10.0),
        ),
    ],
    recipe: || {
        let mut experiment = base(PresetId::Linear32, 32);
        experiment.architecture = dense(&[], 32, Activation::Linear, Activation::Linear);
        experiment.training.epochs = 15;
        experiment
    },
};

pub(super) const DENOISE_DENSE: Preset = Preset {
    id: PresetId::DenoiseDense,
    variant_of: None,
    title: "Denoising",
    about: "30 % of the pixels are set to black before the encoder sees them, and the target is the clean digit. \
            The network has to learn what digits look like",
    source: "Vincent et al. 2008, “Extracting and composing robust features with denoising autoencoders”",
    expected: "a better signal-to-noise ratio than its own corrupted input on every digit class",
    expectations: &[expect(Figure::LeastGainDb, None, Bound::AtLeast(0.0))],
    recipe: || {
        let mut experiment = base(PresetId::DenoiseDense, 128);
        experiment.architecture = dense(&[], 128, Activation::Sigmoid, Activation::Sigmoid);
        experiment.corruption = Corruption::Masking { fraction: 0.3 };
        experiment.objective.reconstruction = Reconstruction::Bce;
        experiment.training.epochs = 10;
        experiment
    },
};

pub(super) const DENOISE_CONV_32: Preset = Preset {
    id: PresetId::DenoiseConv32,
    variant_of: None,
    title: "Denoising, convolutional",
    about: "Heavy grey noise, three levels of convolutions. With the squared error this network's output turns black in \
            the first fifty steps and stays black; cross-entropy avoids this",
    source: "Hubens, “Deep inside: Autoencoders”, with cross-entropy",
    expected: "28,353 parameters; test MSE 0.0133 to 0.0137 per pixel after 2 epochs",
    expectations: &[
        count(28_353.0),
        expect(Figure::Mse, None, Bound::AtMost(0.0140)),
    ],
    recipe: || {
        let mut experiment = base(PresetId::DenoiseConv32, 32);
        experiment.architecture = convolutional(&[32, 32], Activation::Sigmoid);
        experiment.corruption = Corruption::Gaussian { sigma: 0.5 };
        experiment.objective.reconstruction = Reconstruction::Bce;
        experiment.training.epochs = 2;
        experiment
    },
};

pub(super) const CONTRACTIVE_64: Preset = Preset {
    id: PresetId::Contractive64,
    variant_of: None,
    title: "Contractive",
    about: "The code is penalised for changing when the image changes. What is left are the few directions in which digits \
            really differ. The decoder uses the encoder's weights, so that it cannot make up for a code that is merely \
            smaller",
    source: "Rifai et al. 2011, “Contractive auto-encoders: explicit invariance during feature extraction”",
    expected: "‖J‖² at most 0.75 times vanilla-64-tied's, ‖J‖²/Var(h) at most 0.8 times, at no more than 1.2 times its test \
               MSE",
    expectations: &[
        expect(
            Figure::JacobianNorm,
            None,
            Bound::AtMostTimes(0.75, PresetId::Vanilla64Tied),
        ),
        expect(
            Figure::RelativeJacobianNorm,
            None,
            Bound::AtMostTimes(0.8, PresetId::Vanilla64Tied),
        ),
        expect(
            Figure::Mse,
            None,
            Bound::AtMostTimes(1.2, PresetId::Vanilla64Tied),
        ),
    ],
    recipe: || {
        let mut experiment = base(PresetId::Contractive64, 64);
        tie(&mut experiment, true);
        experiment.objective.contraction = 1e-3;
        experiment
    },
};

pub(super) const CONTRACTIVE_64_UNTIED: Preset = Preset {
    id: PresetId::Contractive64Untied,
    variant_of: Some(PresetId::Contractive64),
    title: "Contractive, untied",
    about: "With weights of its own the decoder makes large what the encoder made small: ‖J‖² falls further, and part \
            of that is only the scale of the code. ‖J‖²/Var(h) does not depend on the scale",
    source: "a variant of our own: Rifai et al. 2011 without their tied weights",
    expected: "‖J‖² and ‖J‖²/Var(h) at most half of vanilla-64's, at no more than 1.5 times its test MSE",
    expectations: &[
        expect(
            Figure::JacobianNorm,
            None,
            Bound::AtMostTimes(0.5, PresetId::Vanilla64),
        ),
        expect(
            Figure::RelativeJacobianNorm,
            None,
            Bound::AtMostTimes(0.5, PresetId::Vanilla64),
        ),
        expect(
            Figure::Mse,
            None,
            Bound::AtMostTimes(1.5, PresetId::Vanilla64),
        ),
    ],
    recipe: || {
        changed(PresetId::Contractive64Untied, |experiment| {
            tie(experiment, false);
        })
    },
};

pub(super) const OVERCOMPLETE_1024: Preset = Preset {
    id: PresetId::Overcomplete1024,
    variant_of: None,
    title: "Overcomplete",
    about: "More code units than pixels and no regularisation: the network learns to copy, and copies even \
            pure noise. Turn on corruption or sparsity to stop the copying",
    source: "Baldi 2012; Goodfellow et al. 2016, section 14.1: “it tends to learn the identity”",
    expected: "noise images, each pixel from a different digit, are reconstructed with at most a tenth of vanilla-64's error",
    expectations: &[expect(
        Figure::NoiseImageMse,
        None,
        Bound::AtMostTimes(0.1, PresetId::Vanilla64),
    )],
    recipe: || {
        let mut experiment = base(PresetId::Overcomplete1024, 1024);
        experiment.architecture = dense(&[], 1024, Activation::Linear, Activation::Linear);
        experiment
    },
};

pub(super) const DEEP_30: Preset = Preset {
    id: PresetId::Deep30,
    variant_of: None,
    title: "Deep",
    about: "Four layers down to 30 numbers and four back, first one layer at a time, then all together. The \
            network that made deep learning popular again",
    source: "Hinton & Salakhutdinov 2006, “Reducing the dimensionality of data with neural networks”",
    expected: "squared error per test image 3.00 published; PCA with 30 components: 13.87 in the same caption",
    expectations: &[expect(
        Figure::SquaredErrorPerImage,
        Some(OF_HINTON),
        Bound::AtMost(3.0),
    )],
    recipe: || {
        let mut experiment = base(PresetId::Deep30, 30);
        experiment.architecture = dense(
            &[1000, 500, 250],
            30,
            Activation::Linear,
            Activation::Sigmoid,
        );
        experiment.objective.reconstruction = Reconstruction::Bce;
        experiment.optimizer.schedule = Schedule::Cosine;
        experiment.training.batch_size = 128;
        experiment.training.epochs = 30;
        let layer = LayerPretraining {
            epochs: 2,
            corruption: 0.0,
        };
        experiment.plan.pretraining = vec![layer; 4];
        experiment
    },
};

pub(super) const DEEP_30_LOGISTIC: Preset = Preset {
    id: PresetId::Deep30Logistic,
    variant_of: Some(PresetId::Deep30),
    title: "Deep, logistic units",
    about: "The source's units: logistic in the hidden layers, linear in the code. Their slope is a quarter at most, so \
            gradients shrink from layer to layer, which is why the source pre-trained",
    source: "Hinton & Salakhutdinov 2006, as in deep-30, with the units of the source",
    expected: "squared error per test image at most the 3.00 published",
    expectations: &[expect(
        Figure::SquaredErrorPerImage,
        Some(OF_HINTON_LOGISTIC),
        Bound::AtMost(3.0),
    )],
    recipe: || {
        changed(PresetId::Deep30Logistic, |experiment| {
            if let Some(dense) = experiment.architecture.as_dense_mut() {
                dense.hidden_activation = Activation::Sigmoid;
            }
        })
    },
};

pub(super) const DEEP_30_MOMENTUM: Preset = Preset {
    id: PresetId::Deep30Momentum,
    variant_of: Some(PresetId::Deep30),
    title: "Deep, momentum",
    about: "No layer is trained by itself: sparse first weights and a momentum that rises on a schedule are enough to train \
            all eight layers of logistic units at once. Train deep-30 first, and its curve stays in the loss plot",
    source: "Sutskever, Martens, Dahl & Hinton 2013, “On the importance of initialization and momentum in deep learning”",
    expected: "squared error per test image at most 2.9, without pre-training (3.00 published with it)",
    expectations: &[expect(
        Figure::SquaredErrorPerImage,
        Some(OF_HINTON_LOGISTIC),
        Bound::AtMost(2.9),
    )],
    recipe: || {
        changed(PresetId::Deep30Momentum, |experiment| {
            if let Some(dense) = experiment.architecture.as_dense_mut() {
                dense.hidden_activation = Activation::Sigmoid;
            }
            experiment.initialization.kind = InitializationKind::Sparse;
            experiment.optimizer = Optimizer {
                kind: OptimizerKind::Sgd,
                learning_rate: 8.0, // of an error that is a mean over 784 pixels
                momentum: 0.99,
                nesterov: true,
                momentum_schedule: MomentumSchedule::RisingThenLowered,
                ..Optimizer::adam(8.0)
            };
            experiment.training.batch_size = 200;
            experiment.training.epochs = 80;
            experiment.plan = Plan::default();
        })
    },
};

pub(super) const STACKED_DENOISING: Preset = Preset {
    id: PresetId::StackedDenoising,
    variant_of: None,
    title: "Stacked denoising",
    about: "Three layers learn one after another to repair their own masked input; then the labels are used. \
            For comparison, the same network also learns the labels from random weights",
    source: "Vincent et al. 2010, “Stacked denoising autoencoders”; Theano's deep learning tutorial",
    expected: "test error 1.3 % published; at most 1.35 % required",
    expectations: &[expect(
        Figure::ErrorPercent,
        Some(OF_THEANO),
        Bound::AtMost(1.35),
    )],
    recipe: || {
        let mut experiment = base(PresetId::StackedDenoising, 1000);
        experiment.architecture = dense(
            &[1000, 1000],
            1000,
            Activation::Sigmoid,
            Activation::Sigmoid,
        );
        if let Some(dense) = experiment.architecture.as_dense_mut() {
            dense.hidden_activation = Activation::Sigmoid;
        }
        experiment.objective.reconstruction = Reconstruction::Bce;
        experiment.training.batch_size = 128;
        experiment.training.epochs = 0;
        experiment.optimizer.schedule = Schedule::Cosine; // the last tenths of a per cent need small steps
        experiment.plan.pretraining = [0.1, 0.2, 0.3]
            .map(|corruption| LayerPretraining {
                epochs: 8,
                corruption,
            })
            .to_vec();
        // Masked images keep the network from learning the training images by heart.
        experiment.plan.fine_tuning = Some(FineTuning {
            epochs: 30,
            learning_rate: 1e-3,
            corruption: 0.2,
        });
        experiment
    },
};

pub(super) const STACKED_DENOISING_TIED: Preset = Preset {
    id: PresetId::StackedDenoisingTied,
    variant_of: Some(PresetId::StackedDenoising),
    title: "Stacked denoising, tied weights",
    about: "Each layer repairs its input with its own weights, transposed, as in the source. Fine-tuning has no decoder \
            and is the same",
    source: "Vincent et al. 2010, “Stacked denoising autoencoders”, with its tied weights; Theano's deep learning tutorial",
    expected: "test error 1.3 % published; at most 1.6 % required",
    expectations: &[expect(
        Figure::ErrorPercent,
        Some(OF_THEANO_TIED),
        Bound::AtMost(1.6),
    )],
    recipe: || {
        changed(PresetId::StackedDenoisingTied, |experiment| {
            tie(experiment, true);
        })
    },
};

pub(super) const VAE_20: Preset = Preset {
    id: PresetId::Vae20,
    variant_of: None,
    title: "Variational",
    about: "Each image becomes a small cloud of codes, and all clouds together fill a Gaussian ball. Points \
            between digits decode to digits",
    source: "Kingma & Welling 2013, “Auto-encoding variational Bayes”; PyTorch's example",
    expected: "−ELBO at most 106 nats per test image after 10 epochs (105.59 in print)",
    expectations: &[
        count(652_824.0),
        expect(Figure::NegativeElbo, Some(OF_TORCH), Bound::AtMost(106.0)),
    ],
    recipe: || variational(PresetId::Vae20, 20, 1.0, 10),
};

pub(super) const VAE_2: Preset = Preset {
    id: PresetId::Vae2,
    variant_of: None,
    title: "Variational, 2-D",
    about: "The whole of MNIST on a sheet of paper: move the pointer over the plane and every point decodes to \
            a digit",
    source: "Keras' example “Variational autoencoder”, after Kingma & Welling 2013",
    expected: "−ELBO 145 to 155 nats per test image after 30 epochs",
    expectations: &[expect(Figure::NegativeElbo, None, Bound::AtMost(155.0))],
    recipe: || variational(PresetId::Vae2, 2, 1.0, 30),
};

pub(super) const BETA_VAE_10: Preset = Preset {
    id: PresetId::BetaVae10,
    variant_of: None,
    title: "β-VAE",
    about: "Four times the price for information: units that are not worth it fall silent, and those that remain \
            each represent one factor. On pen digits one of them is the slant",
    source: "Higgins et al. 2017, “β-VAE: learning basic visual concepts”",
    expected: "fewer active units than with β = 1; on pen digits a unit that follows the slant (correlation at least 0.4)",
    expectations: &[
        expect(Figure::ActiveUnits, None, Bound::LessThanWithBetaOne),
        Expectation {
            on_pen_digits: true,
            ..expect(Figure::SlantCorrelation, None, Bound::AtLeast(0.4))
        },
    ],
    // With a Gaussian likelihood the price of a unit can be told: a linear one stays active where its direction
    // has more variance than β σ² (Lucas et al. 2019, section 4). MNIST's ten largest variances are 5.1 to 1.2:
    // with σ = 0.7 all ten are worth their price for β = 1 (0.49), and six for β = 4 (1.96). Cross-entropy, at
    // some hundred nats an image, pays for all ten even then.
    recipe: || {
        let mut experiment = variational(PresetId::BetaVae10, 10, 4.0, 10);
        experiment.objective.reconstruction = Reconstruction::Mse;
        experiment.objective.prior = Prior::Variational(Variational {
            beta: 4.0,
            likelihood_sigma: 0.7,
            ..Variational::PLAIN
        });
        experiment
    },
};

pub(super) const AAE_2: Preset = Preset {
    id: PresetId::Aae2,
    variant_of: None,
    title: "Adversarial",
    about: "A second network tries to tell codes from Gaussian samples, and the encoder learns to make that \
            impossible. The outline in the scatter plot shows the prior that the cloud has to fill",
    source: "Makhzani et al. 2015, “Adversarial autoencoders”",
    expected: "codes' mean within 0.2 of 0, variance within 30 % of 1 on both axes; discriminator accuracy 45 to 75 %",
    expectations: &[
        expect(
            Figure::CodeMeanOffset,
            Some(Stated::Ideal(0.0)),
            Bound::AtMost(0.2),
        ),
        expect(
            Figure::CodeVarianceRatio,
            Some(Stated::Ideal(1.0)),
            Bound::AtMost(1.3),
        ),
        expect(
            Figure::DiscriminatorAccuracy,
            Some(Stated::Ideal(50.0)), // it cannot tell
            Bound::Between(45.0, 75.0),
        ),
    ],
    recipe: || adversarial(PresetId::Aae2, LatentPrior::Gaussian, 15),
};

pub(super) const AAE_MIXTURE: Preset = Preset {
    id: PresetId::AaeMixture,
    variant_of: None,
    title: "Adversarial, ten Gaussians",
    about: "The same with a flower-shaped prior: ten petals, which the digits come to divide among \
            themselves, although the network is never told the classes",
    source: "Makhzani et al. 2015, “Adversarial autoencoders”, figure 2",
    expected: "ten petals visible: each holds codes, few codes lie outside",
    expectations: &[
        expect(
            Figure::PetalsFilled,
            Some(Stated::Ideal(10.0)),
            Bound::AtLeast(10.0),
        ),
        expect(Figure::CodesInPetals, None, Bound::AtLeast(70.0)),
    ],
    recipe: || adversarial(PresetId::AaeMixture, LatentPrior::Mixture, 25),
};
