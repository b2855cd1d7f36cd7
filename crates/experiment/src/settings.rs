//! Every number a person may set: name, range, default, and what it does, in one place.
//!
//! The window's sliders and their hover texts, the command line's messages and [`Experiment::validate`]
//! all read this table.
//!
//! [`Experiment::validate`]: super::Experiment::validate

use super::Corruption;

/// A number a person may set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// Name in the window and in messages.
    pub label: &'static str,
    /// Smallest value allowed.
    pub min: f64,
    /// Largest value allowed.
    pub max: f64,
    /// Whether only whole numbers make sense.
    pub whole: bool,
    /// Whether a slider should be logarithmic.
    pub logarithmic: bool,
    /// What it is and does, and what is typical.
    pub help: &'static str,
}

/// Units of the code.
pub const CODE_SIZE: Setting = Setting {
    label: "code size",
    min: 1.0,
    max: 2048.0,
    whole: true,
    logarithmic: true,
    help: "Units of the code, the waist every image has to pass through. 2 can be drawn as it is, 32 to 64 \
           keep most of a digit, 784 or more could simply copy. Typical: 2 to 128",
};

/// Units of a hidden layer.
pub const HIDDEN_SIZE: Setting = Setting {
    label: "hidden layer",
    min: 1.0,
    max: 2048.0,
    whole: true,
    logarithmic: true,
    help: "Units of a layer between pixels and code; the decoder mirrors it. More units can shape the code \
           in more complicated ways and cost time. Typical: 128 to 1000",
};

/// Hidden layers between pixels and code.
pub const N_HIDDEN: Setting = Setting {
    label: "number of hidden layers",
    min: 0.0,
    max: 6.0,
    whole: true,
    logarithmic: false,
    help: "Layers between pixels and code; the decoder mirrors them. None gives the classic autoencoder \
           whose only hidden layer is the code. Typical: 0 to 3",
};

/// ν, share of pixels that masking or salt and pepper hits.
pub const NOISE_FRACTION: Setting = Setting {
    label: "noise fraction ν",
    min: 0.0,
    max: 1.0,
    whole: false,
    logarithmic: false,
    help: "Share of the pixels that are damaged before the encoder sees the image; the target stays clean. \
           Typical: 0.1 to 0.5",
};

/// σ of Gaussian corruption.
pub const NOISE_SIGMA: Setting = Setting {
    label: "noise level σ",
    min: 0.0,
    max: 2.0,
    whole: false,
    logarithmic: false,
    help: "Standard deviation of the noise added to each pixel, in units of the pixel range; the sum is \
           clipped to 0..1. Typical: 0.1 to 0.5",
};

/// λ of the L1 penalty.
pub const L1_WEIGHT: Setting = Setting {
    label: "L1 weight λ",
    min: 1e-7,
    max: 1.0,
    whole: false,
    logarithmic: true,
    help: "Weight of the L1 penalty: λ times the sum of the code's absolute activations, averaged over the \
           batch. More pushes more of the code to zero and costs reconstruction. Typical: 1e-5 to 1e-3",
};

/// ρ of the KL sparsity.
pub const SPARSITY_TARGET: Setting = Setting {
    label: "target activation ρ",
    min: 0.001,
    max: 0.999,
    whole: false,
    logarithmic: true,
    help: "The mean activation asked of every code unit. Small values leave each unit to few images. Typical: \
           0.01 to 0.1",
};

/// β of the KL sparsity.
pub const SPARSITY_WEIGHT: Setting = Setting {
    label: "sparsity weight β",
    min: 1e-6,
    max: 100.0,
    whole: false,
    logarithmic: true,
    help: "Weight of the divergence between ρ and each unit's mean activation over the batch, summed over the \
           units. Typical: 1e-4 to 1e-2",
};

/// `λ_c` of the contraction; 0 switches it off.
pub const CONTRACTION: Setting = Setting {
    label: "contraction λ",
    min: 0.0,
    max: 100.0,
    whole: false,
    logarithmic: true,
    help: "Weight of ‖∂h/∂x‖²: how much the code moves when the image does. More makes the code blind to \
           everything but what the reconstruction needs. 0: none. Typical: 1e-5 to 1e-2",
};

/// β of the variational prior.
pub const BETA: Setting = Setting {
    label: "KL weight β",
    min: 0.0,
    max: 100.0,
    whole: false,
    logarithmic: true,
    help: "Weight of the divergence between each image's Gaussian of codes and N(0, I). 1 is the variational \
           bound, more gives fewer and more independent units. Typical: 0.5 to 10",
};

/// Epochs of KL warm-up.
pub const WARM_UP: Setting = Setting {
    label: "KL warm-up",
    min: 0.0,
    max: 1000.0,
    whole: false,
    logarithmic: false,
    help: "Epochs over which the KL weight rises from 0 to β, so that units are not given up before they are of \
           use. Typical: 0 to 10",
};

/// C of the variational prior.
pub const CAPACITY: Setting = Setting {
    label: "capacity C",
    min: 0.0,
    max: 500.0,
    whole: false,
    logarithmic: false,
    help: "Nats of divergence that cost nothing: the term becomes β |KL − C|. 0: none. Typical: 0 to 25",
};

/// σ of the Gaussian likelihood.
pub const LIKELIHOOD_SIGMA: Setting = Setting {
    label: "likelihood σ",
    min: 0.01,
    max: 10.0,
    whole: false,
    logarithmic: true,
    help: "Standard deviation of the Gaussian that the squared error stands for when there is a variational \
           prior. Smaller asks for sharper images. Typical: 0.1 to 1",
};

/// λ of the adversarial prior.
pub const ADVERSARIAL_WEIGHT: Setting = Setting {
    label: "adversarial weight λ",
    min: 1e-3,
    max: 1e3,
    whole: false,
    logarithmic: true,
    help: "Weight of the encoder's reward for deceiving the discriminator, beside the reconstruction error summed \
           over an image. Typical: 1 to 30",
};

pub const DISCRIMINATOR_LEARNING_RATE: Setting = Setting {
    label: "discriminator rate",
    min: 1e-6,
    max: 1.0,
    whole: false,
    logarithmic: true,
    help: "Length of the discriminator's own steps. Too large and it wins, too small and it tells the encoder \
           nothing. Typical: 1e-4 to 1e-3",
};

/// Largest angle of rotated inputs.
pub const ROTATION: Setting = Setting {
    label: "rotation",
    min: 0.0,
    max: 180.0,
    whole: false,
    logarithmic: false,
    help: "Largest angle in degrees, to either side, by which the encoder's image is turned; the upright one is \
           asked for. Typical: 15 to 60",
};

/// Levels of a convolutional network.
pub const N_LEVELS: Setting = Setting {
    label: "number of levels",
    min: 1.0,
    max: 4.0,
    whole: true,
    logarithmic: false,
    help: "Convolutions with pooling between pixels and code; the decoder mirrors them. Each halves height and \
           width: 28, 14, 7, 4, 2. Typical: 1 to 3",
};

/// Channels of a convolution.
pub const CHANNELS: Setting = Setting {
    label: "channels",
    min: 1.0,
    max: 256.0,
    whole: true,
    logarithmic: true,
    help: "Maps that a convolution makes, each looking for another pattern. Typical: 4 to 64",
};

/// ν of greedy pre-training.
pub const LAYER_CORRUPTION: Setting = Setting {
    label: "layer corruption ν",
    min: 0.0,
    max: 0.99,
    whole: false,
    logarithmic: false,
    help: "Share of a layer's inputs set to 0 while it learns by itself to rebuild them. Typical: 0.1 to 0.3",
};

/// Momentum of SGD and `RMSProp`.
pub const MOMENTUM: Setting = Setting {
    label: "momentum",
    min: 0.0,
    max: 0.999,
    whole: false,
    logarithmic: false,
    help: "Share of the last step that goes into the next one: steps in the same direction add up. Typical: 0.9",
};

/// Weight decay of any optimizer.
pub const WEIGHT_DECAY: Setting = Setting {
    label: "weight decay",
    min: 0.0,
    max: 1.0,
    whole: false,
    logarithmic: true,
    help: "Pull of all weights towards zero. 0: none. Typical: 1e-5 to 1e-2",
};

/// Largest norm of a gradient.
pub const GRADIENT_CLIP: Setting = Setting {
    label: "gradient clip",
    min: 0.0,
    max: 1000.0,
    whole: false,
    logarithmic: true,
    help: "Longest gradient allowed for each layer's weights or biases; a longer one is shortened. 0: any length. \
           Typical: 0.1 to 10",
};

/// α, the optimizer's step length.
pub const LEARNING_RATE: Setting = Setting {
    label: "learning rate",
    min: 1e-6,
    max: 1e3,
    whole: false,
    logarithmic: true,
    help: "Length of a step along the gradient. Too small learns slowly, too large makes the loss jump or \
           become infinite. Typical for Adam: 3e-4 to 3e-3",
};

/// Images per step.
pub const BATCH_SIZE: Setting = Setting {
    label: "batch size",
    min: 1.0,
    max: 4096.0,
    whole: true,
    logarithmic: true,
    help: "Images per step. Small batches take more and noisier steps per epoch, large ones use the device \
           better. Typical: 32 to 256",
};

/// Passes over the training images.
pub const EPOCHS: Setting = Setting {
    label: "epochs",
    min: 0.0,
    max: 10_000.0,
    whole: true,
    logarithmic: true,
    help: "Passes over the training images before the run stops by itself; Train then goes on for as many \
           again. Typical: 5 to 50",
};

/// Training images used.
pub const TRAIN_SAMPLES: Setting = Setting {
    label: "training images",
    min: 1.0,
    max: 1e9,
    whole: true,
    logarithmic: true,
    help: "Use only the first so many training images. Few images show overfitting: the test loss turns \
           upwards while the training loss still falls. Typical: all 60,000",
};

/// The setting that bounds a corruption's strength; none where there is no strength.
#[must_use]
pub fn of_corruption(corruption: Corruption) -> Option<&'static Setting> {
    match corruption {
        Corruption::None => None,
        Corruption::Masking { .. } | Corruption::SaltAndPepper { .. } => Some(&NOISE_FRACTION),
        Corruption::Gaussian { .. } => Some(&NOISE_SIGMA),
    }
}

impl Setting {
    /// The range for people: "1 to 2048", "1e-6 to 1000".
    #[must_use]
    pub fn range_text(&self) -> String {
        format!("{} to {}", number(self.min), number(self.max))
    }

    /// What it is, what it does and its range: the hover text of its control.
    #[must_use]
    pub fn hover_text(&self) -> String {
        format!("{}. Allowed: {}", self.help, self.range_text())
    }
}

/// A bound as a person writes it.
fn number(value: f64) -> String {
    if value != 0.0 && !(1e-3..1e5).contains(&value) {
        format!("{value:e}")
    } else {
        format!("{value}")
    }
}
