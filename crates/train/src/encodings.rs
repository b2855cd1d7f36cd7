//! What the model makes of every image. It looks, and changes nothing.

use hourglass_protocol::{EncodingRequest, Encodings, SampleIdx};

use super::evaluate::squared_error_per_image;
use super::held_out::CHUNK;
use super::{TrainError, Trainer, readback};

/// Images whose codes are read back at once: 16 MB of MNIST's pixels.
const AT_ONCE: usize = 5_000;

impl Trainer {
    /// What the model makes of the images that are asked for.
    ///
    /// # Errors
    /// When the device fails.
    pub fn encodings(&mut self, request: EncodingRequest) -> Result<Encodings, TrainError> {
        let mut samples: Vec<SampleIdx> = Vec::new();
        if request.test {
            samples.extend(self.held_out().test_samples());
        }
        if request.train {
            samples.extend(self.held_out().training_samples());
        }
        let labels = samples.iter().map(|&sample| self.held_out().label(sample));
        let mut found = Encodings {
            labels: labels.collect(),
            data: self.dataset().id,
            step: self.step(),
            shape: self.experiment().architecture.image(),
            size: self.experiment().architecture.code_size(),
            codes: Vec::new(),
            mse_per_pixel: Vec::new(),
            reconstructions: request.reconstructions.then(Vec::new),
            samples,
        };
        let n_pixels = self.n_pixels() as f32;
        let model = self.model();
        for samples in found.samples.clone().chunks(AT_ONCE) {
            let [mut codes, mut errors, mut images] = [(); 3].map(|()| Vec::new());
            for samples in samples.chunks(CHUNK) {
                let clean = self.held_out().chunk(samples).clean;
                let code = model.encode(clean.clone());
                let reconstruction = model.decode(code.clone()).reconstruction();
                errors.push(squared_error_per_image(reconstruction.clone(), clean));
                codes.push(code.flatten::<1>(0, 1)); // [n · size]
                if request.reconstructions {
                    images.push(reconstruction.flatten::<1>(0, 1)); // [n · pixels]
                }
            }
            let n = codes.len();
            codes.extend(errors);
            codes.extend(images); // one wait for the device
            let mut values = readback::all_values(codes)?;
            let images = values.split_off(2 * n);
            let errors = values.split_off(n);
            found.codes.extend(values.concat());
            let errors = errors.concat().into_iter().map(|error| error / n_pixels);
            found.mse_per_pixel.extend(errors);
            if let Some(all) = &mut found.reconstructions {
                all.extend(images.concat());
            }
        }
        Ok(found)
    }
}
