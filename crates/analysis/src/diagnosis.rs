//! What is wrong with a model, judged by the figures of a full evaluation.
//!
//! `Diagnosis` has the words for the window and for `summary.json`.

use hourglass_protocol::{Diagnosis, Evaluation};

/// Share of the code's units that may be dead before it is worth a word.
const DEAD_SHARE: f64 = 0.1;

/// The same of a code that is a map: its places at the border see no ink, and are at rest in a sound network.
const DEAD_SHARE_OF_MAP: f64 = 0.5;

/// A discriminator that is right this often no longer teaches anything, in per cent.
const WON_ACCURACY: f64 = 95.0;

/// A network that leaves less than this share of the variance of scrambled images copies; one that knows only
/// digits leaves most of it.
const COPY_SHARE: f64 = 0.1;

/// A reconstruction whose error is more than this share of the images' variance ignores the code.
const COLLAPSE_SHARE: f64 = 0.97;

/// Names everything that is wrong. `pixel_variance` is the mean, over pixels, of their variance over the test
/// images: the error of answering every image with the mean image. `code_is_map` tells the code of a convolution.
#[must_use]
pub fn of(evaluation: &Evaluation, pixel_variance: f64, code_is_map: bool) -> Vec<Diagnosis> {
    let mut found = Vec::new();
    if evaluation.step == 0 && evaluation.epoch == 0.0 {
        return found; // fresh weights are no fault
    }
    if let Some(figures) = &evaluation.variational {
        if figures.active_units == 0 {
            let kl_nats = figures.kl_nats;
            found.push(Diagnosis::CollapsedPosterior { kl_nats });
        }
    } else if let Some(code) = &evaluation.code {
        let (dead, size) = (code.dead_units, code.size);
        let share = if code_is_map {
            DEAD_SHARE_OF_MAP
        } else {
            DEAD_SHARE
        };
        if dead > 0 && dead as f64 >= share * size as f64 {
            found.push(Diagnosis::DeadUnits { dead, size });
        }
    }
    if let Some(figures) = &evaluation.adversarial {
        let accuracy = figures.discriminator_accuracy;
        if accuracy > WON_ACCURACY {
            found.push(Diagnosis::DiscriminatorWon { accuracy });
        }
    }
    if let Some(noise_mse) = evaluation.noise_image_mse
        && noise_mse < COPY_SHARE * pixel_variance
    {
        let share = 100.0 * noise_mse / pixel_variance;
        found.push(Diagnosis::Copies { noise_mse, share });
    }
    let mse = evaluation.mse_per_pixel;
    if mse > COLLAPSE_SHARE * pixel_variance {
        let variance = pixel_variance;
        found.push(Diagnosis::CollapsedOutput { mse, variance });
    }
    found
}

/// Mean, over pixels, of their variance over images `[n, 784]` of 0..255, in units of 0..1.
#[must_use]
pub fn pixel_variance(images: &[u8], n_pixels: usize) -> f64 {
    let mut sums = vec![[0_u64; 2]; n_pixels.max(1)];
    for image in images.chunks_exact(n_pixels.max(1)) {
        for (&byte, [sum, square]) in image.iter().zip(&mut sums) {
            *sum += u64::from(byte);
            *square += u64::from(byte) * u64::from(byte);
        }
    }
    let n = (images.len() / n_pixels.max(1)).max(1) as f64;
    let of_pixel = |[sum, square]: &[u64; 2]| *square as f64 / n - (*sum as f64 / n).powi(2);
    sums.iter().map(of_pixel).sum::<f64>() / (n_pixels.max(1) as f64 * 255.0 * 255.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_protocol::{
        AdversarialFigures, CodeFigures, EvaluationScope, VariationalFigures,
    };

    /// Figures of a healthy model.
    fn healthy() -> Evaluation {
        Evaluation {
            step: 1000,
            epoch: 1.0,
            scope: EvaluationScope::Full,
            terms: Vec::new(),
            mse_per_pixel: 0.01,
            bce_per_pixel: None,
            squared_error_per_image: 7.84,
            code: Some(CodeFigures {
                size: 64,
                mean_activation: 0.5,
                near_zero_fraction: 0.0,
                dead_units: 0,
                unit_means: vec![0.5; 64],
                unit_variances: vec![0.1; 64],
                jacobian_norm: 1.0,
            }),
            psnr: None,
            variational: None,
            adversarial: None,
            classification: None,
            noise_image_mse: Some(0.04),
            best: None,
            diagnoses: Vec::new(),
        }
    }

    fn keys(evaluation: &Evaluation) -> Vec<&'static str> {
        of(evaluation, 0.067, false)
            .iter()
            .map(Diagnosis::key)
            .collect()
    }

    #[test]
    fn each_fault_is_named_and_health_is_silent() {
        assert_eq!(keys(&healthy()), Vec::<&str>::new());
        let mut dead = healthy();
        dead.code.as_mut().expect("a code").dead_units = 7;
        assert_eq!(keys(&dead), ["dead-units"]);
        let mut copying = healthy();
        copying.noise_image_mse = Some(0.003);
        assert_eq!(keys(&copying), ["copies"]);
        let mut black = healthy();
        black.mse_per_pixel = 0.1;
        assert_eq!(keys(&black), ["collapsed-output"]);
        let mut collapsed = healthy();
        collapsed.variational = Some(VariationalFigures {
            reconstruction_nats: 200.0,
            kl_nats: 0.001,
            unit_kl_nats: vec![0.0; 64],
            active_units: 0,
        });
        assert_eq!(keys(&collapsed), ["collapsed-posterior"]);
        let mut lost = healthy();
        lost.adversarial = Some(AdversarialFigures {
            discriminator_loss: 0.01,
            generator_loss: 6.0,
            discriminator_accuracy: 99.0,
            petals: None,
        });
        assert_eq!(keys(&lost), ["discriminator-won"]);
    }

    #[test]
    fn variance_of_two_images_is_exact() {
        // Pixels 0 and 255 on half the images, and one that never changes.
        assert!((pixel_variance(&[0, 255, 7, 255, 0, 7], 3) - 1.0 / 6.0).abs() < 1e-12);
    }

    #[test]
    fn the_border_of_a_map_may_rest_and_units_of_a_layer_may_not() {
        let mut quiet = healthy();
        let code = quiet.code.as_mut().expect("a code");
        (code.size, code.dead_units) = (784, 132);
        let dead = |code_is_map| {
            let found = of(&quiet, 0.067, code_is_map);
            found
                .iter()
                .any(|found| matches!(found, Diagnosis::DeadUnits { .. }))
        };
        assert!(dead(false) && !dead(true));
    }
}
