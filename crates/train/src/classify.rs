//! Training a small softmax classifier on labelled images, to judge how realistic drawn digits are.

use burn::module::Module;
use burn::optim::{AdamConfig, GradientsParams};
use burn::tensor::{Device, Int, Tensor, TensorData};

use hourglass_data::{EpochOrder, Split};
use hourglass_experiment::{ImageShape, Optimizer};
use hourglass_model::Classifier;
use hourglass_objective::classification;

use super::held_out::CHUNK;
use super::{TrainError, readback};

/// How a classifier is trained.
#[derive(Clone, Debug, PartialEq)]
pub struct ProbeSettings {
    /// Seed of weights and order.
    pub seed: u64,
    /// Units of its hidden layers.
    pub hidden: Vec<usize>,
    /// Passes over the images.
    pub epochs: usize,
    /// Images per step.
    pub batch_size: usize,
    /// Adam's α.
    pub learning_rate: f64,
}

impl Default for ProbeSettings {
    /// One hidden layer of 256 units, Adam 1e-3, batches of 128, 5 epochs.
    fn default() -> Self {
        Self {
            seed: 1,
            hidden: vec![256],
            epochs: 5,
            batch_size: 128,
            learning_rate: 1e-3,
        }
    }
}

impl ProbeSettings {
    /// Sizes of the network's layers for images of a shape and this many classes: 784, 256, 10.
    #[must_use]
    pub fn sizes(&self, image: ImageShape, n_classes: usize) -> Vec<usize> {
        let hidden = self.hidden.iter().copied();
        let sizes = [image.n_values()].into_iter().chain(hidden);
        sizes.chain([n_classes]).collect()
    }
}

/// What a classifier said of images whose classes are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confusion {
    /// Images by true class and by the class said.
    pub counts: Vec<Vec<u32>>,
}

impl Confusion {
    /// Share of images classified right, 0..1.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        let classes = self.counts.iter().enumerate();
        let right: u32 = classes.map(|(class, said)| said[class]).sum();
        let all: u32 = self.counts.iter().flatten().sum();
        f64::from(right) / f64::from(all.max(1))
    }

    /// The same of each class.
    #[must_use]
    pub fn accuracy_of_classes(&self) -> Vec<f64> {
        let classes = self.counts.iter().enumerate();
        classes
            .map(|(class, said)| {
                let all: u32 = said.iter().sum();
                f64::from(said[class]) / f64::from(all.max(1))
            })
            .collect()
    }
}

/// Trains on all images of a split by cross-entropy. `each_epoch` hears how many epochs are complete and
/// says whether to go on.
///
/// # Errors
/// When the device fails.
pub fn train(
    settings: &ProbeSettings,
    (split, n_classes): (&Split, usize),
    device: &Device,
    each_epoch: &mut dyn FnMut(usize) -> bool,
) -> Result<Classifier, TrainError> {
    let device = device.clone().autodiff();
    let mut model = Classifier::new(
        &settings.sizes(split.shape(), n_classes),
        settings.seed,
        &device,
    );
    let mut optimizer = AdamConfig::new().with_epsilon(Optimizer::EPSILON).init();
    for epoch in 0..settings.epochs {
        let order = EpochOrder::new(settings.seed, epoch as u64, split.len());
        for samples in order.samples().chunks(settings.batch_size) {
            let logits = model.forward(images(split, samples, &device));
            let loss = classification::cross_entropy(logits, labels(split, samples, &device));
            let gradients = GradientsParams::from_grads(loss.backward(), &model);
            model = optimizer.step(settings.learning_rate, model, gradients);
        }
        if !each_epoch(epoch + 1) {
            break;
        }
    }
    Ok(model.valid())
}

/// Classifies all images of a split as one of this many classes.
///
/// # Errors
/// When the device fails.
///
/// # Panics
/// When there are 2³² images or more.
pub fn test(
    model: &Classifier,
    (split, n_classes): (&Split, usize),
    device: &Device,
) -> Result<Confusion, TrainError> {
    let mut confusion = Confusion {
        counts: vec![vec![0; n_classes]; n_classes],
    };
    let n = u32::try_from(split.len()).expect("a split has fewer than 2^32 images");
    let samples: Vec<u32> = (0..n).collect();
    for samples in samples.chunks(CHUNK) {
        let logits = readback::values(model.forward(images(split, samples, device)))?; // [n, classes]
        for (row, &sample) in logits.chunks_exact(n_classes).zip(samples) {
            let said = row.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
            let said = said.map_or(0, |(class, _)| class);
            let class = usize::from(split.label(sample as usize));
            confusion.counts[class][said] += 1;
        }
    }
    Ok(confusion)
}

fn images(split: &Split, samples: &[u32], device: &Device) -> Tensor<2> {
    let data = TensorData::new(
        split.gather(samples),
        [samples.len(), split.shape().n_values()],
    );
    Tensor::from_data(data, device) // [n, pixels]
}

fn labels(split: &Split, samples: &[u32], device: &Device) -> Tensor<2, Int> {
    let labels: Vec<i32> = samples
        .iter()
        .map(|&sample| i32::from(split.label(sample as usize)))
        .collect();
    Tensor::from_data(TensorData::new(labels, [samples.len(), 1]), device) // [n, 1]
}
