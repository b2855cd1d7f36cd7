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
    min: 1.0,
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
