//! What is wrong with a model, judged by the figures of a full evaluation.
//!
//! `Diagnosis` has the words for the window and for `summary.json`.

use super::advice;
use hourglass_experiment::Experiment;
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

/// An error this many times the images' variance says that the weights have blown up: an output that is always black
/// leaves 1.7 times MNIST's (0.114 and 0.0674).
const ABSURD_TIMES: f64 = 100.0;

/// Epochs and steps before which a sound network may still answer every image alike.
const YOUNG_EPOCHS: f64 = 1.0;
const YOUNG_STEPS: u64 = 300;

/// Names everything that is wrong. `pixel_variance` is the mean, over pixels, of their variance over the test
/// images: the error of answering every image with the mean image.
#[must_use]
pub fn of(evaluation: &Evaluation, experiment: &Experiment, pixel_variance: f64) -> Vec<Diagnosis> {
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
        // The code of a convolution is a map.
        let share = if experiment.architecture.blocks().code_is_map() {
            DEAD_SHARE_OF_MAP
        } else {
            DEAD_SHARE
        };
        let advice = || advice::of_dead_units(experiment);
        if dead > 0 && dead == size {
            let advice = advice();
            found.push(Diagnosis::DeadCode { size, advice });
        } else if dead > 0 && dead as f64 >= share * size as f64 {
            let advice = advice();
            found.push(Diagnosis::DeadUnits { dead, size, advice });
        }
    }
    if let Some(figures) = &evaluation.adversarial {
        let accuracy = figures.discriminator_accuracy;
        if accuracy > WON_ACCURACY {
            let advice = advice::of_won_discriminator(experiment);
            found.push(Diagnosis::DiscriminatorWon { accuracy, advice });
        }
    }
    if let Some(noise_mse) = evaluation.noise_image_mse
        && noise_mse < COPY_SHARE * pixel_variance
    {
        let share = 100.0 * noise_mse / pixel_variance;
        found.push(Diagnosis::Copies { noise_mse, share });
    }
    let (mse, variance) = (evaluation.mse_per_pixel, pixel_variance);
    let is_young = evaluation.epoch < YOUNG_EPOCHS || evaluation.step < YOUNG_STEPS;
    if mse > ABSURD_TIMES * variance {
        let advice = advice::of_absurd_error(experiment);
        found.push(Diagnosis::AbsurdError {
            mse,
            variance,
            advice,
        });
    } else if mse > COLLAPSE_SHARE * variance && !is_young {
        let advice = advice::of_collapsed_output(experiment);
        found.push(Diagnosis::CollapsedOutput {
            mse,
            variance,
            advice,
        });
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
    use hourglass_experiment::PresetId;
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
        let vanilla = PresetId::Vanilla64.preset().experiment();
        of(evaluation, &vanilla, 0.067)
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
        dead.code.as_mut().expect("a code").dead_units = 64;
        assert_eq!(keys(&dead), ["dead-code"]);
        let mut copying = healthy();
        copying.noise_image_mse = Some(0.003);
        assert_eq!(keys(&copying), ["copies"]);
        let mut black = healthy();
        black.mse_per_pixel = 0.1;
        assert_eq!(keys(&black), ["collapsed-output"]);
        (black.step, black.epoch) = (299, 5.0);
        assert_eq!(keys(&black), Vec::<&str>::new(), "too few steps");
        (black.step, black.epoch) = (900, 0.96);
        assert_eq!(keys(&black), Vec::<&str>::new(), "no whole epoch");
        let mut blown = healthy();
        (blown.step, blown.mse_per_pixel) = (10, 6.8);
        assert_eq!(keys(&blown), ["absurd-error"]);
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
        let dead = |preset: PresetId| {
            let found = of(&quiet, &preset.preset().experiment(), 0.067);
            found
                .iter()
                .any(|found| matches!(found, Diagnosis::DeadUnits { .. }))
        };
        assert!(dead(PresetId::Vanilla64) && !dead(PresetId::Conv4));
    }
}
