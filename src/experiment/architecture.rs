//! Layers of encoder and decoder: their kinds, sizes and activations.

use serde::{Deserialize, Serialize};

use super::{Activation, N_PIXELS, OutputActivation};

/// The shape of encoder and decoder.
///
/// Each kind of network is one variant; whatever a term of the objective, a corruption or a view needs to
/// know of it is asked through the methods, so that they combine with any kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Architecture {
    /// Fully connected layers, the decoder mirroring the encoder.
    Dense(Dense),
}

/// A stack of fully connected layers: pixels → hidden… → code → …hidden → pixels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dense {
    /// Units of the layers between pixels and code; the decoder repeats them in reverse. Empty: the code
    /// is the only hidden layer.
    #[serde(default)]
    pub hidden: Vec<usize>,
    /// Units of the code.
    pub code: usize,
    /// Activation of the layers in `hidden`, in encoder and decoder.
    pub hidden_activation: Activation,
    /// Activation of the code.
    pub code_activation: Activation,
    /// Activation of the reconstruction.
    pub output_activation: OutputActivation,
}

/// Which layer's activations are meant, counted along the flow from input to output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LayerName {
    /// Hidden layer of the encoder, 0 next to the input.
    Encoder(usize),
    /// The waist.
    Code,
    /// Hidden layer of the decoder, 0 next to the code.
    Decoder(usize),
}

impl LayerName {
    /// The name a person reads: "encoder 1", "code", "decoder 1".
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::Encoder(idx) => format!("encoder {}", idx + 1),
            Self::Code => "code".to_owned(),
            Self::Decoder(idx) => format!("decoder {}", idx + 1),
        }
    }
}

impl Architecture {
    /// Units of the code.
    #[must_use]
    pub fn code_size(&self) -> usize {
        match self {
            Self::Dense(dense) => dense.code,
        }
    }

    /// Activation of the code.
    #[must_use]
    pub fn code_activation(&self) -> Activation {
        match self {
            Self::Dense(dense) => dense.code_activation,
        }
    }

    /// Activation of the reconstruction.
    #[must_use]
    pub fn output_activation(&self) -> OutputActivation {
        match self {
            Self::Dense(dense) => dense.output_activation,
        }
    }

    /// Every layer with activations of its own and its units, from input to output, the output left out.
    #[must_use]
    pub fn layers(&self) -> Vec<(LayerName, usize)> {
        match self {
            Self::Dense(Dense { hidden, code, .. }) => {
                let encoder = hidden.iter().enumerate();
                let decoder = hidden.iter().rev().enumerate();
                encoder
                    .map(|(idx, &units)| (LayerName::Encoder(idx), units))
                    .chain([(LayerName::Code, *code)])
                    .chain(decoder.map(|(idx, &units)| (LayerName::Decoder(idx), units)))
                    .collect()
            }
        }
    }

    /// Trainable numbers of encoder and decoder.
    #[must_use]
    pub fn n_parameters(&self) -> usize {
        let sizes = self.sizes();
        sizes.windows(2).map(|pair| (pair[0] + 1) * pair[1]).sum() // weights and one bias per unit
    }

    /// Units from input to output: `784-128-64-128-784`.
    #[must_use]
    pub fn summary(&self) -> String {
        let sizes: Vec<String> = self.sizes().iter().map(ToString::to_string).collect();
        sizes.join("-")
    }

    /// Units of every layer, the input and the output included.
    fn sizes(&self) -> Vec<usize> {
        let inner = self.layers().into_iter().map(|(_, units)| units);
        [N_PIXELS]
            .into_iter()
            .chain(inner)
            .chain([N_PIXELS])
            .collect()
    }
}
