//! Gathering what a page holds: the test images with their codes, and the decoder as plain numbers. It looks, and
//! changes nothing.

use std::sync::Arc;

use burn::tensor::Tensor;

use hourglass_experiment::{Layer, Shape, Weights};
use hourglass_model::{Autoencoder, Stack};
use hourglass_protocol::{CodePlane, PageNumbers, PlainDecoder, PlainLayer, SampleIdx};

use super::{EncodedTestSet, ProbeState, TrainError, Trainer, digits, gather, readback};

impl ProbeState {
    /// The numbers of a page, with these images on their way through the network. The plane is that of the scatter that
    /// was looked at last.
    pub(super) fn page(
        &self,
        trainer: &mut Trainer,
        samples: &[SampleIdx],
    ) -> Result<PageNumbers, TrainError> {
        let encoded = self.clone().encoded(trainer, true)?;
        let test = &trainer.dataset().test;
        let (shape, images) = (test.shape(), Arc::from(test.images()));
        Ok(PageNumbers {
            table: gather::codes(trainer, &encoded)?,
            shape,
            images,
            plane: encoded.plane(),
            units: Arc::clone(encoded.units()),
            decoder: decoder(trainer)?,
            digits: digits(trainer, samples)?,
        })
    }
}

impl EncodedTestSet {
    /// How its plane lies in the space of codes: it is flat, so three of its places say all.
    fn plane(&self) -> CodePlane {
        let origin = self.code_at([0.0, 0.0]);
        let towards = |place| {
            let code = self.code_at(place);
            let steps = code.iter().zip(&origin).map(|(end, start)| end - start);
            steps.collect()
        };
        CodePlane {
            mean: self.mean_code(),
            across: towards([1.0, 0.0]),
            up: towards([0.0, 1.0]),
            origin,
        }
    }
}

/// The decoder layer by layer.
fn decoder(trainer: &Trainer) -> Result<PlainDecoder, TrainError> {
    let model = trainer.model();
    let mut list = Listing::default();
    for (idx, block) in model.decoder().blocks().iter().enumerate() {
        list.shape = Some(block.from);
        list.without_weights(&block.before);
        let layer = match block.weights {
            Weights::Dense { units, .. } | Weights::Tied { units } => Layer::Dense { units },
            Weights::Convolution { kernels, .. } => Layer::Convolution(kernels),
        };
        list.shape = Some(block.met);
        list.push(layer, weights(&model, idx));
        list.without_weights(&block.after);
    }
    let function = trainer.experiment().architecture.output_activation();
    list.without_weights(&[Layer::Activation { function }]);
    list.read()
}

/// Layers whose numbers are still on the device.
#[derive(Default)]
struct Listing {
    /// What the next one meets.
    shape: Option<Shape>,
    layers: Vec<PlainLayer>,
    /// Weights and biases of those that learn, in their order.
    learned: Vec<[Tensor<1>; 2]>,
}

impl Listing {
    fn without_weights(&mut self, layers: &[Layer]) {
        for &layer in layers {
            self.push(layer, None);
        }
    }

    fn push(&mut self, layer: Layer, learned: Option<[Tensor<1>; 2]>) {
        let Some(from) = self.shape else { return };
        let to = layer.output(from).unwrap_or(from); // shapes were inferred before: it fits
        self.shape = Some(to);
        self.learned.extend(learned);
        self.layers.push(PlainLayer {
            layer,
            from,
            to,
            weights: Vec::new(),
            biases: Vec::new(),
        });
    }

    /// In one wait for the device.
    fn read(self) -> Result<PlainDecoder, TrainError> {
        let learned = self.learned.into_iter().flatten().collect();
        let mut values = readback::all_values(learned)?.into_iter();
        let mut layers = self.layers;
        for layer in &mut layers {
            if layer.layer.weights(layer.from).is_some() {
                layer.weights = values.next().unwrap_or_default();
                layer.biases = values.next().unwrap_or_default();
            }
        }
        Ok(PlainDecoder { layers })
    }
}

/// Weights and biases of a block of the decoder, in the layout of a page: `[units · inputs]` and `[units]`.
fn weights(model: &Autoencoder, idx: usize) -> Option<[Tensor<1>; 2]> {
    let decoder: &Stack = model.decoder();
    let biases = decoder.biases(idx)?;
    let weights = match (decoder.dense_weight(idx), decoder.kernels(idx)) {
        (Some(dense), _) => dense.transpose().flatten(0, 1), // kept as [inputs, units]
        (None, Some(kernels)) => kernels.flatten(0, 3),
        (None, None) => {
            let mirror = decoder.depth() - 1 - idx;
            // Tied: what its mirror has as [inputs, units] are the units and inputs of this one.
            model.encoder().dense_weight(mirror)?.flatten(0, 1)
        }
    };
    Some([weights, biases])
}
