//! The errors of all test images, class by class.

use hourglass_analysis::ranking;
use hourglass_protocol::{ErrorView, SampleIdx};

use super::evaluate::squared_error_per_image;
use super::{TrainError, Trainer, readback};

/// How well each class is reconstructed, and which test images are reconstructed worst: from the experiment's inputs, against clean
/// images. It costs one pass of the test split.
///
/// # Errors
/// When the device fails.
pub fn errors(trainer: &mut Trainer) -> Result<ErrorView, TrainError> {
    let model = trainer.model();
    let step = trainer.step();
    let chunks = trainer.held_out().full();
    let squared = chunks.iter().map(|chunk| {
        let rebuilt = model.forward(chunk.corrupted.clone()).reconstruction();
        squared_error_per_image(rebuilt, chunk.clean.clone()) // [n]
    });
    let squared = readback::all_values(squared.collect())?.concat();
    let n_pixels = trainer.n_pixels() as f32;
    let errors: Vec<f32> = squared.into_iter().map(|sum| sum / n_pixels).collect();
    let samples: Vec<SampleIdx> = chunks
        .iter()
        .flat_map(|chunk| chunk.samples.iter().copied())
        .collect();
    let split = trainer.held_out().split();
    let labels: Vec<u8> = samples
        .iter()
        .map(|&sample| split.label(sample as usize))
        .collect();
    Ok(ranking::of(step, &samples, &labels, &errors))
}
