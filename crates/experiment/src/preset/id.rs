//! The names of the presets.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Identifies a preset in files and on the command line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PresetId {
    /// 784-64-784 with a sigmoid code.
    #[default]
    #[serde(rename = "vanilla-64")]
    Vanilla64,
    /// The same with the encoder's weights in the decoder, transposed.
    #[serde(rename = "vanilla-64-tied")]
    Vanilla64Tied,
    /// The same with an L1 penalty on the code.
    #[serde(rename = "sparse-64")]
    Sparse64,
    /// The same with a divergence from a mean activation of 0.05.
    #[serde(rename = "sparse-kl-64")]
    SparseKl64,
    /// 784-128-64-128-784 with `ReLU`.
    #[serde(rename = "multilayer-64")]
    Multilayer64,
    /// The same with the penalty as Keras 3 reads it.
    #[serde(rename = "multilayer-64-keras-3")]
    Multilayer64Keras3,
    /// Four channels, one pooling.
    #[serde(rename = "conv-4")]
    Conv4,
    /// The same with a linear output and a learning rate that falls from 1e-2.
    #[serde(rename = "conv-4-cosine")]
    Conv4Cosine,
    /// 784-32-784 with `ReLU` code, sigmoid output and cross-entropy.
    #[serde(rename = "basic-32")]
    Basic32,
    /// 784-32-784 without any nonlinearity: PCA's plane.
    #[serde(rename = "linear-32")]
    Linear32,
    /// Masked input, clean target.
    #[serde(rename = "denoise-dense")]
    DenoiseDense,
    /// Convolutions against Gaussian noise.
    #[serde(rename = "denoise-conv-32")]
    DenoiseConv32,
    /// A code that hardly moves when the image does.
    #[serde(rename = "contractive-64")]
    Contractive64,
    /// The same with weights of its own in the decoder.
    #[serde(rename = "contractive-64-untied")]
    Contractive64Untied,
    /// More units than pixels, free to copy.
    #[serde(rename = "overcomplete-1024")]
    Overcomplete1024,
    /// 784-1000-500-250-30, one layer after the other.
    #[serde(rename = "deep-30")]
    Deep30,
    /// The same with logistic hidden units.
    #[serde(rename = "deep-30-logistic")]
    Deep30Logistic,
    /// The same from random weights with Nesterov's momentum instead of pre-training.
    #[serde(rename = "deep-30-momentum")]
    Deep30Momentum,
    /// Three masked layers, then a classifier.
    #[serde(rename = "stacked-denoising")]
    StackedDenoising,
    /// The same with tied weights while its layers learn.
    #[serde(rename = "stacked-denoising-tied")]
    StackedDenoisingTied,
    /// Variational with 20 units.
    #[serde(rename = "vae-20")]
    Vae20,
    /// Variational in the plane.
    #[serde(rename = "vae-2")]
    Vae2,
    /// Variational with β = 4.
    #[serde(rename = "beta-vae-10")]
    BetaVae10,
    /// Adversarial, N(0, I) in the plane.
    #[serde(rename = "aae-2")]
    Aae2,
    /// Adversarial, ten Gaussians in the plane.
    #[serde(rename = "aae-mixture")]
    AaeMixture,
}

impl PresetId {
    /// All presets, in the order a menu shows them, each followed by its variants.
    pub const ALL: [Self; 25] = [
        Self::Vanilla64,
        Self::Vanilla64Tied,
        Self::Sparse64,
        Self::SparseKl64,
        Self::Multilayer64,
        Self::Multilayer64Keras3,
        Self::Conv4,
        Self::Conv4Cosine,
        Self::Basic32,
        Self::Linear32,
        Self::DenoiseDense,
        Self::DenoiseConv32,
        Self::Contractive64,
        Self::Contractive64Untied,
        Self::Overcomplete1024,
        Self::Deep30,
        Self::Deep30Logistic,
        Self::Deep30Momentum,
        Self::StackedDenoising,
        Self::StackedDenoisingTied,
        Self::Vae20,
        Self::Vae2,
        Self::BetaVae10,
        Self::Aae2,
        Self::AaeMixture,
    ];

    /// Its name in files and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Vanilla64 => "vanilla-64",
            Self::Vanilla64Tied => "vanilla-64-tied",
            Self::Sparse64 => "sparse-64",
            Self::SparseKl64 => "sparse-kl-64",
            Self::Multilayer64 => "multilayer-64",
            Self::Multilayer64Keras3 => "multilayer-64-keras-3",
            Self::Conv4 => "conv-4",
            Self::Conv4Cosine => "conv-4-cosine",
            Self::Basic32 => "basic-32",
            Self::Linear32 => "linear-32",
            Self::DenoiseDense => "denoise-dense",
            Self::DenoiseConv32 => "denoise-conv-32",
            Self::Contractive64 => "contractive-64",
            Self::Contractive64Untied => "contractive-64-untied",
            Self::Overcomplete1024 => "overcomplete-1024",
            Self::Deep30 => "deep-30",
            Self::Deep30Logistic => "deep-30-logistic",
            Self::Deep30Momentum => "deep-30-momentum",
            Self::StackedDenoising => "stacked-denoising",
            Self::StackedDenoisingTied => "stacked-denoising-tied",
            Self::Vae20 => "vae-20",
            Self::Vae2 => "vae-2",
            Self::BetaVae10 => "beta-vae-10",
            Self::Aae2 => "aae-2",
            Self::AaeMixture => "aae-mixture",
        }
    }

    /// The presets that are no variants of another.
    pub fn originals() -> impl Iterator<Item = Self> {
        Self::ALL
            .into_iter()
            .filter(|id| id.preset().variant_of.is_none())
    }

    /// The presets that differ from this one in little, and say so.
    pub fn variants(self) -> impl Iterator<Item = Self> {
        Self::ALL
            .into_iter()
            .filter(move |id| id.preset().variant_of == Some(self))
    }

    /// The preset that it is a variant of, or itself.
    #[must_use]
    pub fn original(self) -> Self {
        self.preset().variant_of.unwrap_or(self)
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

/// A name that is no preset's.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no preset {name:?}: did you mean {}? `hourglass presets` lists all", self.nearest())]
pub struct UnknownPreset {
    name: String,
}

impl UnknownPreset {
    /// The preset with the most similar name.
    fn nearest(&self) -> &'static str {
        let likeness = |name: &str| strsim::normalized_damerau_levenshtein(&self.name, name);
        let nearest = PresetId::ALL
            .iter()
            .map(|id| id.name())
            .max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        nearest.unwrap_or_default()
    }
}
