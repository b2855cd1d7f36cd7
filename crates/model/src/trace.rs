//! What every layer makes of an image, in one pass from the input to the output.

use burn::tensor::Tensor;

use hourglass_experiment::LayerName;

use super::Autoencoder;
use super::autoencoder::Output;

/// Images on their way through every layer.
#[derive(Clone, Debug)]
pub struct Trace {
    /// Each layer's activations, from the input to the output, without both: `[batch, units of the layer]`.
    pub layers: Vec<(LayerName, Tensor<2>)>,
    /// `ln σ²` of a variational code: `[batch, code]`.
    pub log_variance: Option<Tensor<2>>,
    /// The code: `[batch, code]`.
    pub code: Tensor<2>,
    /// `x̂`: `[batch, 784]`.
    pub reconstruction: Tensor<2>,
}

impl Autoencoder {
    /// Keeps what every layer makes of some images; a variational code is decoded at its mean.
    ///
    /// # Shapes
    /// `[batch, 784]`
    #[must_use]
    pub fn trace(&self, input: Tensor<2>) -> Trace {
        let mut of_encoder = self.encoder.trace(input.clone(), None);
        let log_variance = self.log_variance.as_ref().map(|head| {
            let trunk = self.encoder.trunk_of(input.clone(), &of_encoder);
            head.forward(trunk)
        });
        let code = of_encoder.pop().unwrap_or(input);
        let mut of_decoder = self.decoder.trace(code.clone(), Some(&self.encoder));
        let output = Output {
            logits: of_decoder.pop().unwrap_or_else(|| code.clone()),
            code: code.clone(),
            log_variance: None,
            activation: self.output_activation,
        };
        let encoded = of_encoder.into_iter().enumerate();
        let decoded = of_decoder.into_iter().enumerate();
        let layers = encoded
            .map(|(idx, values)| (LayerName::Encoder(idx), values))
            .chain([(LayerName::Code, code.clone())])
            .chain(decoded.map(|(idx, values)| (LayerName::Decoder(idx), values)));
        Trace {
            layers: layers.collect(),
            log_variance,
            code,
            reconstruction: output.reconstruction(),
        }
    }
}
