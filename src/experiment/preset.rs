//! Named recipes with their sources and the numbers they are known to reach.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{
    Activation, Adam, Architecture, Corruption, Dense, Experiment, Objective, Optimizer,
    OutputActivation, Reconstruction, Sparsity, Training,
};

/// Identifies a preset in files and on the command line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PresetId {
    /// 784-64-784 with a sigmoid code.
    #[default]
    #[serde(rename = "vanilla-64")]
    Vanilla64,
    /// The same with an L1 penalty on the code.
    #[serde(rename = "sparse-64")]
    Sparse64,
    /// 784-128-64-128-784 with `ReLU`.
    #[serde(rename = "multilayer-64")]
    Multilayer64,
    /// 784-32-784 with `ReLU` code, sigmoid output and cross-entropy.
    #[serde(rename = "basic-32")]
    Basic32,
    /// Masked input, clean target.
    #[serde(rename = "denoise-dense")]
    DenoiseDense,
}

/// A named recipe.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// Its name in files and on the command line.
    pub id: PresetId,
    /// Its name in the window.
    pub title: &'static str,
    /// What it shows, in a sentence or two.
    pub about: &'static str,
    /// Where the recipe comes from.
    pub source: &'static str,
    /// What a run is known to reach, for people.
    pub expected: &'static str,
    /// Makes the recipe, with seed 1.
    recipe: fn() -> Experiment,
}

/// A name that is no preset's.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no preset {name:?}: choose one of {}", PresetId::names().join(", "))]
pub struct UnknownPreset {
    name: String,
}

impl PresetId {
    /// All presets, in the order a menu shows them.
    pub const ALL: [Self; 5] = [
        Self::Vanilla64,
        Self::Sparse64,
        Self::Multilayer64,
        Self::Basic32,
        Self::DenoiseDense,
    ];

    /// Its name in files and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Vanilla64 => "vanilla-64",
            Self::Sparse64 => "sparse-64",
            Self::Multilayer64 => "multilayer-64",
            Self::Basic32 => "basic-32",
            Self::DenoiseDense => "denoise-dense",
        }
    }

    /// The recipe with its texts.
    #[must_use]
    pub fn preset(self) -> &'static Preset {
        match self {
            Self::Vanilla64 => &VANILLA_64,
            Self::Sparse64 => &SPARSE_64,
            Self::Multilayer64 => &MULTILAYER_64,
            Self::Basic32 => &BASIC_32,
            Self::DenoiseDense => &DENOISE_DENSE,
        }
    }

    fn names() -> Vec<&'static str> {
        Self::ALL.iter().map(|id| id.name()).collect()
    }
}

impl fmt::Display for PresetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for PresetId {
    type Err = UnknownPreset;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|id| id.name() == name)
            .ok_or_else(|| UnknownPreset {
                name: name.to_owned(),
            })
    }
}

impl Preset {
    /// The recipe, with seed 1.
    #[must_use]
    pub fn experiment(&self) -> Experiment {
        (self.recipe)()
    }
}

/// What all presets share; each says what it changes.
fn base(preset: PresetId, code: usize) -> Experiment {
    Experiment {
        preset: Some(preset),
        seed: 1,
        architecture: Architecture::Dense(Dense {
            hidden: Vec::new(),
            code,
            hidden_activation: Activation::Relu,
            code_activation: Activation::Sigmoid,
            output_activation: OutputActivation::Linear,
        }),
        corruption: Corruption::None,
        objective: Objective {
            reconstruction: Reconstruction::Mse,
            sparsity: Sparsity::None,
        },
        optimizer: Optimizer::Adam(Adam {
            learning_rate: 1e-3,
        }),
        training: Training {
            batch_size: 64,
            epochs: 5,
            train_samples: None,
        },
    }
}

fn dense(experiment: &mut Experiment) -> &mut Dense {
    let Architecture::Dense(dense) = &mut experiment.architecture;
    dense
}

const VANILLA_64: Preset = Preset {
    id: PresetId::Vanilla64,
    title: "Vanilla",
    about: "The autoencoder at its plainest: 784 pixels squeezed through 64 sigmoid units and rebuilt. Watch \
            the reconstructions sharpen; the code stays busy, about half on",
    source: "“Many flavors of Autoencoder”, wiseodd 2016",
    expected: "101,200 parameters; test MSE 0.0099 per pixel after 5 epochs; mean activation 0.50",
    recipe: || base(PresetId::Vanilla64, 64),
};

const SPARSE_64: Preset = Preset {
    id: PresetId::Sparse64,
    title: "Sparse, L1",
    about: "The same network pays for every active unit. The histogram of the code moves towards zero, and \
            each digit is written with few units",
    source: "“Many flavors of Autoencoder”, wiseodd 2016, whose 1e-5 was summed over a batch of 64",
    expected: "test MSE 0.0161 per pixel after 5 epochs; mean activation 0.14",
    recipe: || {
        let mut experiment = base(PresetId::Sparse64, 64);
        experiment.objective.sparsity = Sparsity::L1 { weight: 6.4e-4 };
        experiment
    },
};

const MULTILAYER_64: Preset = Preset {
    id: PresetId::Multilayer64,
    title: "Multilayer",
    about: "A hidden layer on each side of the waist, ReLU throughout. Deeper, and at first slower to learn \
            than one layer",
    source: "“Many flavors of Autoencoder”, wiseodd 2016; Hubens, “Deep inside: Autoencoders”",
    expected: "218,192 parameters; test MSE 0.0147 per pixel after 5 epochs",
    recipe: || {
        let mut experiment = base(PresetId::Multilayer64, 64);
        dense(&mut experiment).hidden = vec![128];
        dense(&mut experiment).code_activation = Activation::Relu;
        experiment.objective.sparsity = Sparsity::L1 { weight: 1e-5 };
        experiment
    },
};

const BASIC_32: Preset = Preset {
    id: PresetId::Basic32,
    title: "Basic, cross-entropy",
    about: "Pixels read as probabilities: sigmoid output and binary cross-entropy, half as many code units. \
            The cross-entropy has a floor above zero, because grey pixels are never certain",
    source: "Keras blog, “Building autoencoders in Keras”; after Baldi 2012",
    expected: "50,992 parameters; test BCE 0.154 nats per pixel, MSE 0.0292 after 2 epochs; BCE 0.0921, MSE 0.0098 \
               after 20",
    recipe: || {
        let mut experiment = base(PresetId::Basic32, 32);
        dense(&mut experiment).code_activation = Activation::Relu;
        dense(&mut experiment).output_activation = OutputActivation::Sigmoid;
        experiment.objective.reconstruction = Reconstruction::Bce;
        experiment.training.batch_size = 256;
        experiment.training.epochs = 2;
        experiment
    },
};

const DENOISE_DENSE: Preset = Preset {
    id: PresetId::DenoiseDense,
    title: "Denoising",
    about: "A third of the pixels is blacked out before the encoder looks, and the clean digit is asked for. \
            It can only learn what digits look like",
    source: "Vincent et al. 2008, “Extracting and composing robust features with denoising autoencoders”",
    expected: "a better signal-to-noise ratio than its own corrupted input on every digit class",
    recipe: || {
        let mut experiment = base(PresetId::DenoiseDense, 128);
        dense(&mut experiment).output_activation = OutputActivation::Sigmoid;
        experiment.corruption = Corruption::Masking { fraction: 0.3 };
        experiment.objective.reconstruction = Reconstruction::Bce;
        experiment.training.epochs = 10;
        experiment
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_again() {
        for id in PresetId::ALL {
            assert_eq!(id.name().parse(), Ok(id));
            assert_eq!(id.preset().id, id);
            assert_eq!(id.preset().experiment().preset, Some(id));
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let error = "vanila".parse::<PresetId>().expect_err("no such preset");
        assert!(error.to_string().contains("vanilla-64"), "{error}");
    }

    #[test]
    fn parameters_are_those_of_the_sources() {
        let parameters = |id: PresetId| id.preset().experiment().architecture.n_parameters();
        assert_eq!(parameters(PresetId::Vanilla64), 101_200);
        assert_eq!(parameters(PresetId::Sparse64), 101_200);
        assert_eq!(parameters(PresetId::Multilayer64), 218_192);
        assert_eq!(parameters(PresetId::Basic32), 50_992);
    }
}
