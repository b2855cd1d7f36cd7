//! Layers of encoder and decoder: their kinds, sizes and activations.

use serde::{Deserialize, Serialize};

use super::blocks::{Block, Blocks, Misfit};
use super::layer::{Layer, Shape};
use super::{Activation, ImageShape};

/// The layers of encoder and decoder, from an image to the code and on to an image.
///
/// Two families have a compact form, which makes their lists. Whatever a term of the objective, a corruption or
/// a view needs to know is asked of the blocks that are folded from the lists, so that they combine with any.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Architecture {
    /// Fully connected layers, the decoder mirroring the encoder.
    Dense(Dense),
    /// Convolutions with pooling, the decoder mirroring them with upsampling.
    Convolutional(Convolutional),
    /// Any other.
    Layers(LayerLists),
}

/// Layers one by one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerLists {
    /// Shape of the images that come in and go out.
    #[serde(
        default,
        with = "crate::image_shape::listed",
        skip_serializing_if = "ImageShape::is_mnists"
    )]
    pub image: ImageShape,
    /// Activation of the reconstruction.
    pub output_activation: Activation,
    /// From the image to the code.
    pub encoder: Vec<Layer>,
    /// From the code to what the reconstruction is before its activation.
    pub decoder: Vec<Layer>,
}

/// A stack of fully connected layers: pixels → hidden… → code → …hidden → pixels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dense {
    /// Shape of the images that come in and go out.
    #[serde(
        default,
        with = "crate::image_shape::listed",
        skip_serializing_if = "ImageShape::is_mnists"
    )]
    pub image: ImageShape,
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
    pub output_activation: Activation,
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
    /// Shape of the images that come in and go out.
    #[serde(
        default,
        with = "crate::image_shape::listed",
        skip_serializing_if = "ImageShape::is_mnists"
    )]
    pub image: ImageShape,
    /// Channels of each level of the encoder; as many levels as channels. The decoder repeats them in
    /// reverse.
    pub channels: Vec<usize>,
    /// Units of a fully connected code between the convolutions; without it, the last pooled map is the
    /// code.
    #[serde(rename = "waist", default, skip_serializing_if = "Option::is_none")]
    pub bottleneck: Option<usize>,
    /// Activation of every level that is not the code.
    pub hidden_activation: Activation,
    pub code_activation: Activation,
    /// Activation of the reconstruction.
    pub output_activation: Activation,
}

/// Which layer's activations are meant, counted along the flow from input to output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LayerName {
    /// Hidden layer of the encoder, 0 next to the input.
    Encoder(usize),
    /// The bottleneck.
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

impl Dense {
    fn lists(&self) -> LayerLists {
        let to_code: Vec<usize> = [self.image.n_values()]
            .into_iter()
            .chain(self.hidden.iter().copied())
            .chain([self.code])
            .collect();
        let from_code: Vec<usize> = to_code.iter().rev().copied().collect();
        let mut encoder = vec![Layer::Flatten {}];
        encoder.extend(Layer::dense_chain(&to_code, self.hidden_activation));
        encoder.push(Layer::activation(self.code_activation));
        LayerLists {
            image: self.image,
            output_activation: self.output_activation,
            encoder,
            decoder: Layer::dense_chain(&from_code, self.hidden_activation),
        }
    }
}

impl Convolutional {
    /// The image, then the maps after each pooling.
    #[must_use]
    pub fn maps(&self) -> Vec<ImageShape> {
        let mut maps = vec![self.image];
        for &channels in &self.channels {
            let last = maps.last().copied().unwrap_or(self.image);
            let level = Shape::Maps(ImageShape { channels, ..last });
            let pooled = Layer::Pool {}.output(level).ok().and_then(Shape::maps);
            maps.extend(pooled);
        }
        maps
    }

    /// Values of the last pooled map: channels × height × width.
    #[must_use]
    pub fn map_size(&self) -> usize {
        self.maps().last().map_or(0, |maps| maps.n_values())
    }

    fn lists(&self) -> LayerLists {
        let hidden = Layer::activation(self.hidden_activation);
        let code = Layer::activation(self.code_activation);
        let maps = self.maps();
        let mut encoder: Vec<Layer> = self
            .channels
            .iter()
            .flat_map(|&channels| [Layer::convolution(channels), hidden, Layer::Pool {}])
            .collect();
        let mut decoder = Vec::new();
        if let (Some(units), Some(&last)) = (self.bottleneck, maps.last()) {
            encoder.extend([Layer::Flatten {}, Layer::Dense { units }, code]);
            let units = last.n_values();
            decoder.extend([Layer::Dense { units }, hidden, Layer::Reshape(last)]);
        } else if let Some(last) = encoder.iter_mut().rev().find(|layer| **layer == hidden) {
            *last = code;
        }
        // Each level is upsampled to the maps that its mirror pooled.
        for (&channels, &to) in self.channels.iter().zip(&maps).rev() {
            decoder.extend([Layer::convolution(channels), hidden, Layer::upsample(to)]);
        }
        decoder.push(Layer::convolution(self.image.channels));
        LayerLists {
            image: self.image,
            output_activation: self.output_activation,
            encoder,
            decoder,
        }
    }
}

/// Whether the lists make an autoencoder of images.
fn check_whole(image: ImageShape, blocks: &Blocks) -> Result<(), (&'static str, Misfit)> {
    let whole = |half, reason| {
        Err((
            half,
            Misfit {
                layer: None,
                reason,
            },
        ))
    };
    let Some(last) = blocks.decoder.last() else {
        return Ok(());
    };
    if last.activation() != Activation::Linear {
        let reason = "an activation follows its last layer with weights: that is output_activation, which stands \
                      beside the lists"
            .to_owned();
        return whole("decoder", reason);
    }
    let is_image = last.to == Shape::Maps(image) || last.to == Shape::Units(image.n_values());
    if is_image {
        return Ok(());
    }
    let (image, units) = (Shape::Maps(image), image.n_values());
    let reason = format!(
        "it makes {} of the code, and an image is {image}: end it in a convolution or a reshape to that shape, \
         or in a dense layer of {units} units",
        last.to
    );
    whole("decoder", reason)
}

impl Architecture {
    /// Shape of the images that come in and go out.
    #[must_use]
    pub fn image(&self) -> ImageShape {
        match self {
            Self::Dense(dense) => dense.image,
            Self::Convolutional(conv) => conv.image,
            Self::Layers(lists) => lists.image,
        }
    }

    /// The same, to be changed in place. Compact forms fit any; lists have to be made for it.
    pub fn image_mut(&mut self) -> &mut ImageShape {
        match self {
            Self::Dense(dense) => &mut dense.image,
            Self::Convolutional(conv) => &mut conv.image,
            Self::Layers(lists) => &mut lists.image,
        }
    }

    /// The list of every layer.
    #[must_use]
    pub fn lists(&self) -> LayerLists {
        match self {
            Self::Dense(dense) => dense.lists(),
            Self::Convolutional(conv) => conv.lists(),
            Self::Layers(lists) => lists.clone(),
        }
    }

    /// The blocks of both halves.
    ///
    /// # Errors
    /// Which half and layer of a list does not fit; never of a compact form.
    pub fn try_blocks(&self) -> Result<Blocks, (&'static str, Misfit)> {
        let is_tied = self.as_dense().is_some_and(|dense| dense.tied);
        let lists = self.lists();
        let halves = [&lists.encoder[..], &lists.decoder];
        let Self::Layers(_) = self else {
            return Blocks::new(lists.image, halves, is_tied, |_, _| Ok(()));
        };
        let blocks = Blocks::new(lists.image, halves, is_tied, Layer::check)?;
        check_whole(lists.image, &blocks)?;
        Ok(blocks)
    }

    /// The same; no blocks of lists that do not fit.
    #[must_use]
    pub fn blocks(&self) -> Blocks {
        self.try_blocks().unwrap_or_default()
    }

    /// Units of the code.
    #[must_use]
    pub fn code_size(&self) -> usize {
        let blocks = self.blocks();
        blocks.encoder.last().map_or(0, |block| block.to.size())
    }

    #[must_use]
    pub fn code_activation(&self) -> Activation {
        let blocks = self.blocks();
        let code = blocks.encoder.last();
        code.map_or(Activation::Linear, Block::activation)
    }

    /// Activation of the reconstruction.
    #[must_use]
    pub fn output_activation(&self) -> Activation {
        match self {
            Self::Dense(dense) => dense.output_activation,
            Self::Convolutional(conv) => conv.output_activation,
            Self::Layers(lists) => lists.output_activation,
        }
    }

    /// The same, to be changed in place.
    pub fn output_activation_mut(&mut self) -> &mut Activation {
        match self {
            Self::Dense(dense) => &mut dense.output_activation,
            Self::Convolutional(conv) => &mut conv.output_activation,
            Self::Layers(lists) => &mut lists.output_activation,
        }
    }

    /// Activations of hidden layers and of the code as the compact forms have them, to be changed in place.
    pub fn activations_mut(&mut self) -> Option<[&mut Activation; 2]> {
        match self {
            Self::Dense(dense) => Some([&mut dense.hidden_activation, &mut dense.code_activation]),
            Self::Convolutional(conv) => {
                Some([&mut conv.hidden_activation, &mut conv.code_activation])
            }
            Self::Layers(_) => None,
        }
    }

    /// Activation of the layers that are neither code nor output, where all have the same by the experiment's form.
    #[must_use]
    pub fn hidden_activation(&self) -> Option<Activation> {
        match self {
            Self::Dense(dense) => Some(dense.hidden_activation),
            Self::Convolutional(conv) => Some(conv.hidden_activation),
            Self::Layers(_) => None,
        }
    }

    /// The fully connected form, where it is of that form.
    #[must_use]
    pub fn as_dense(&self) -> Option<&Dense> {
        match self {
            Self::Dense(dense) => Some(dense),
            Self::Convolutional(_) | Self::Layers(_) => None,
        }
    }

    /// The same, to be changed in place.
    pub fn as_dense_mut(&mut self) -> Option<&mut Dense> {
        match self {
            Self::Dense(dense) => Some(dense),
            Self::Convolutional(_) | Self::Layers(_) => None,
        }
    }

    /// Every layer with activations of its own, from input to output, the output left out, with what makes it.
    /// Values of a level of convolutions are those of its map: after pooling, before upsampling.
    #[must_use]
    pub fn named_blocks(&self) -> Vec<(LayerName, Block)> {
        let Blocks {
            encoder,
            mut decoder,
        } = self.blocks();
        decoder.pop();
        let code = encoder.len().saturating_sub(1);
        let name = |idx| {
            if idx < code {
                LayerName::Encoder(idx)
            } else {
                LayerName::Code
            }
        };
        let encoder = encoder.into_iter().enumerate();
        let decoder = decoder.into_iter().enumerate();
        encoder
            .map(|(idx, block)| (name(idx), block))
            .chain(decoder.map(|(idx, block)| (LayerName::Decoder(idx), block)))
            .collect()
    }

    /// The same layers with how many values they have.
    #[must_use]
    pub fn layers(&self) -> Vec<(LayerName, usize)> {
        let blocks = self.named_blocks().into_iter();
        blocks
            .map(|(name, block)| (name, block.to.size()))
            .collect()
    }

    #[must_use]
    pub fn activation_of(&self, layer: LayerName) -> Activation {
        let blocks = self.named_blocks();
        let found = blocks.iter().find(|(name, _)| *name == layer);
        found.map_or(Activation::Linear, |(_, block)| block.activation())
    }

    /// Layers of the encoder, the code included.
    #[must_use]
    pub fn encoder_depth(&self) -> usize {
        self.blocks().encoder.len()
    }

    /// Trainable numbers of encoder and decoder.
    #[must_use]
    pub fn n_parameters(&self) -> usize {
        let blocks = self.blocks();
        blocks.all().map(|block| block.weights.n_parameters()).sum()
    }

    /// The layers for people: `784-128-64-128-784`, `conv 4 · pool · conv 4 · up · conv 1`.
    #[must_use]
    pub fn summary(&self) -> String {
        let blocks = self.blocks();
        if let Some(first) = blocks.encoder.first()
            && blocks.all().all(Block::is_plain_dense)
        {
            let sizes = blocks.all().map(|block| block.to.size());
            let sizes = [first.met.size()].into_iter().chain(sizes);
            let sizes: Vec<String> = sizes.map(|size| size.to_string()).collect();
            return sizes.join("-");
        }
        let LayerLists {
            encoder, decoder, ..
        } = self.lists();
        let layers = encoder.iter().chain(&decoder);
        let told = layers.filter(|layer| {
            !matches!(
                layer,
                Layer::Activation { .. } | Layer::Flatten {} | Layer::Reshape(_)
            )
        });
        let words: Vec<String> = told.map(ToString::to_string).collect();
        words.join(" · ")
    }

    /// Whether the reconstruction is a linear function of the code.
    #[must_use]
    pub fn has_linear_decoder(&self) -> bool {
        let is_linear =
            |block: &Block| block.is_plain_dense() && block.activation() == Activation::Linear;
        self.output_activation() == Activation::Linear
            && self.blocks().decoder.iter().all(is_linear)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PresetId;

    /// The architecture of a preset without tied weights, which a list of layers does not have.
    fn untied(id: PresetId) -> Architecture {
        let mut architecture = id.preset().experiment().architecture;
        if let Some(dense) = architecture.as_dense_mut() {
            dense.tied = false;
        }
        architecture
    }

    /// Every form makes the image it is shown of itself, whatever its shape.
    #[test]
    fn compact_forms_fit_images_of_any_shape() {
        for id in PresetId::ALL {
            for (height, width) in [(12, 20), (1, 1), (5, 64), (28, 28)] {
                let mut compact = untied(id);
                *compact.image_mut() = ImageShape::gray(height, width);
                let blocks = Architecture::Layers(compact.lists()).try_blocks();
                assert_eq!(
                    blocks.as_ref(),
                    Ok(&compact.blocks()),
                    "{id} {height}×{width}"
                );
                let output = compact.blocks().decoder.last().map(|block| block.to.size());
                assert_eq!(output, Some(height * width), "{id} {height}×{width}");
            }
        }
    }

    #[test]
    fn a_compact_form_is_its_list() {
        for id in PresetId::ALL {
            let compact = untied(id);
            let listed = Architecture::Layers(compact.lists());
            assert_eq!(listed.try_blocks(), Ok(compact.blocks()), "{id}");
            assert_eq!(listed.summary(), compact.summary(), "{id}");
        }
    }

    #[test]
    fn every_level_is_upsampled_to_what_its_mirror_pooled() {
        let conv = Convolutional {
            image: ImageShape::MNIST,
            channels: vec![3, 5, 4], // 28, 14, 7, 4: one side is odd
            bottleneck: Some(6),
            hidden_activation: Activation::Elu,
            code_activation: Activation::Linear,
            output_activation: Activation::Sigmoid,
        };
        let architecture = Architecture::Convolutional(conv);
        let layers = architecture.layers().into_iter();
        let sizes: Vec<usize> = layers.map(|(_, size)| size).collect();
        assert_eq!(sizes, [588, 245, 64, 6, 64, 64, 245, 588]);
        assert_eq!(
            architecture.summary(),
            "conv 3 · pool · conv 5 · pool · conv 4 · pool · dense 6 · dense 64 · conv 4 · up · conv 5 · up · \
             conv 3 · up · conv 1"
        );
    }
}
