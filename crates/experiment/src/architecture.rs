//! Layers of encoder and decoder: their kinds, sizes and activations.

use serde::{Deserialize, Serialize};

use super::{Activation, IMAGE_SIDE, N_PIXELS, OutputActivation};

/// The shape of encoder and decoder.
///
/// Each kind of network is one variant; whatever a term of the objective, a corruption or a view needs to
/// know of it is asked through the methods, so that they combine with any kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Architecture {
    /// Fully connected layers, the decoder mirroring the encoder.
    Dense(Dense),
    /// Convolutions with pooling, the decoder mirroring them with upsampling.
    Convolutional(Convolutional),
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
    pub code_activation: Activation,
    /// Activation of the reconstruction.
    pub output_activation: OutputActivation,
    /// Whether the decoder uses the encoder's weights, transposed; it keeps biases of its own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tied: bool,
}

/// Levels of a 3×3 convolution, an activation and a 2×2 max-pooling; the decoder mirrors each with a
/// convolution, an activation and a nearest-neighbour upsampling by 2, and ends in a convolution to one
/// channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Convolutional {
    /// Channels of each level of the encoder; as many levels as channels. The decoder repeats them in
    /// reverse.
    pub channels: Vec<usize>,
    /// Units of a fully connected code between the convolutions; without it, the last pooled map is the
    /// code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waist: Option<usize>,
    /// Activation of every level that is not the code.
    pub hidden_activation: Activation,
    pub code_activation: Activation,
    /// Activation of the reconstruction.
    pub output_activation: OutputActivation,
}

impl Convolutional {
    /// Height and width of the maps after so many poolings: 28, 14, 7, 4, 2. A side that is not even is
    /// rounded up.
    #[must_use]
    pub fn side_after(n_poolings: usize) -> usize {
        (0..n_poolings).fold(IMAGE_SIDE, |side, _| side.div_ceil(2))
    }

    /// Values of the last pooled map: channels × height × width.
    #[must_use]
    pub fn map_size(&self) -> usize {
        let side = Self::side_after(self.channels.len());
        self.channels.last().copied().unwrap_or(1) * side * side
    }
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
    /// Whether the code is the map of a convolution, without a fully connected layer behind it.
    #[must_use]
    pub fn code_is_map(&self) -> bool {
        matches!(self, Self::Convolutional(conv) if conv.waist.is_none())
    }

    /// Units of the code.
    #[must_use]
    pub fn code_size(&self) -> usize {
        match self {
            Self::Dense(dense) => dense.code,
            Self::Convolutional(conv) => conv.waist.unwrap_or_else(|| conv.map_size()),
        }
    }

    #[must_use]
    pub fn code_activation(&self) -> Activation {
        match self {
            Self::Dense(dense) => dense.code_activation,
            Self::Convolutional(conv) => conv.code_activation,
        }
    }

    /// Activation of the code, to be changed in place.
    pub fn code_activation_mut(&mut self) -> &mut Activation {
        match self {
            Self::Dense(dense) => &mut dense.code_activation,
            Self::Convolutional(conv) => &mut conv.code_activation,
        }
    }

    /// Activation of the layers that are neither code nor output.
    #[must_use]
    pub fn hidden_activation(&self) -> Activation {
        match self {
            Self::Dense(dense) => dense.hidden_activation,
            Self::Convolutional(conv) => conv.hidden_activation,
        }
    }

    /// The same, to be changed in place.
    pub fn hidden_activation_mut(&mut self) -> &mut Activation {
        match self {
            Self::Dense(dense) => &mut dense.hidden_activation,
            Self::Convolutional(conv) => &mut conv.hidden_activation,
        }
    }

    #[must_use]
    pub fn activation_of(&self, layer: LayerName) -> Activation {
        match layer {
            LayerName::Code => self.code_activation(),
            LayerName::Encoder(_) | LayerName::Decoder(_) => self.hidden_activation(),
        }
    }

    /// Activation of the reconstruction.
    #[must_use]
    pub fn output_activation(&self) -> OutputActivation {
        match self {
            Self::Dense(dense) => dense.output_activation,
            Self::Convolutional(conv) => conv.output_activation,
        }
    }

    /// The same, to be changed in place.
    pub fn output_activation_mut(&mut self) -> &mut OutputActivation {
        match self {
            Self::Dense(dense) => &mut dense.output_activation,
            Self::Convolutional(conv) => &mut conv.output_activation,
        }
    }

    /// The fully connected kind, where it is of that kind.
    #[must_use]
    pub fn as_dense(&self) -> Option<&Dense> {
        match self {
            Self::Dense(dense) => Some(dense),
            Self::Convolutional(_) => None,
        }
    }

    /// The same, to be changed in place.
    pub fn as_dense_mut(&mut self) -> Option<&mut Dense> {
        match self {
            Self::Dense(dense) => Some(dense),
            Self::Convolutional(_) => None,
        }
    }

    /// Every layer with activations of its own and its units, from input to output, the output left out.
    /// Units of a convolutional level are those of its map: after pooling in the encoder, before upsampling
    /// in the decoder.
    #[must_use]
    pub fn layers(&self) -> Vec<(LayerName, usize)> {
        let (encoder, decoder) = match self {
            Self::Dense(Dense { hidden, .. }) => {
                (hidden.clone(), hidden.iter().rev().copied().collect())
            }
            Self::Convolutional(conv) => conv.maps(),
        };
        let encoder = encoder.into_iter().enumerate();
        let decoder: Vec<usize> = decoder;
        let decoder = decoder.into_iter().enumerate();
        encoder
            .map(|(idx, units)| (LayerName::Encoder(idx), units))
            .chain([(LayerName::Code, self.code_size())])
            .chain(decoder.map(|(idx, units)| (LayerName::Decoder(idx), units)))
            .collect()
    }

    /// Layers of the encoder, the code included.
    #[must_use]
    pub fn encoder_depth(&self) -> usize {
        let is_of_encoder = |(layer, _): &(LayerName, usize)| {
            matches!(layer, LayerName::Encoder(_) | LayerName::Code)
        };
        self.layers()
            .iter()
            .filter(|layer| is_of_encoder(layer))
            .count()
    }

    /// Inputs of the layer that makes the code.
    #[must_use]
    pub fn inputs_of_code(&self) -> usize {
        match self {
            Self::Dense(dense) => dense.hidden.last().copied().unwrap_or(N_PIXELS),
            Self::Convolutional(conv) => conv.map_size(),
        }
    }

    /// Trainable numbers of encoder and decoder.
    #[must_use]
    pub fn n_parameters(&self) -> usize {
        match self {
            Self::Dense(dense) => {
                let sizes = self.sizes();
                let pairs = sizes.windows(2);
                if dense.tied {
                    let weights: usize = pairs.clone().map(|pair| pair[0] * pair[1]).sum();
                    let biases: usize = pairs.map(|pair| pair[1]).sum();
                    weights / 2 + biases // each weight is used twice
                } else {
                    pairs.map(|pair| (pair[0] + 1) * pair[1]).sum() // one bias per unit
                }
            }
            Self::Convolutional(conv) => conv.n_parameters(),
        }
    }

    /// The layers for people: `784-128-64-128-784`, `conv 4 · pool · conv 4 · up · conv 1`.
    #[must_use]
    pub fn summary(&self) -> String {
        match self {
            Self::Dense(_) => {
                let sizes: Vec<String> = self.sizes().iter().map(ToString::to_string).collect();
                sizes.join("-")
            }
            Self::Convolutional(conv) => conv.summary(),
        }
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

impl Convolutional {
    /// Values of each layer of encoder and decoder beside the code.
    fn maps(&self) -> (Vec<usize>, Vec<usize>) {
        let pooled = |level: usize| {
            let side = Self::side_after(level + 1);
            self.channels[level] * side * side
        };
        let n_levels = self.channels.len();
        let levels_before_code = match self.waist {
            Some(_) => n_levels,
            None => n_levels.saturating_sub(1), // the last map is the code
        };
        let encoder = (0..levels_before_code).map(pooled).collect();
        let from_waist = self.waist.map(|_| self.map_size());
        let decoder = (0..n_levels).rev().map(pooled);
        (encoder, from_waist.into_iter().chain(decoder).collect())
    }

    fn n_parameters(&self) -> usize {
        const KERNEL: usize = 9;
        let convolution = |from: usize, to: usize| (from * KERNEL + 1) * to;
        let down = [1].into_iter().chain(self.channels.iter().copied());
        let up = self.channels.iter().rev().copied();
        let channels: Vec<usize> = down.chain(up).chain([1]).collect();
        let convolutions: usize = channels
            .windows(2)
            .map(|pair| convolution(pair[0], pair[1]))
            .sum();
        let dense = self.waist.map_or(0, |waist| {
            let map = self.map_size();
            (map + 1) * waist + (waist + 1) * map
        });
        convolutions + dense
    }

    fn summary(&self) -> String {
        let down = self
            .channels
            .iter()
            .flat_map(|c| [format!("conv {c}"), "pool".to_owned()]);
        let waist = self.waist.iter().flat_map(|units| {
            [
                format!("dense {units}"),
                format!("dense {}", self.map_size()),
            ]
        });
        let up = self
            .channels
            .iter()
            .rev()
            .flat_map(|c| [format!("conv {c}"), "up".to_owned()]);
        let parts: Vec<String> = down
            .chain(waist)
            .chain(up)
            .chain(["conv 1".to_owned()])
            .collect();
        parts.join(" · ")
    }
}
