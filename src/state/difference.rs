//! What makes two recipes different, in words.

use crate::experiment::{Experiment, Prior};

use super::history::settings_of;

/// What `of` has other than `from`: "learning rate 0.003, code of 32 units", or the title of a preset; empty where
/// they are the same.
#[must_use]
pub fn difference(of: &Experiment, from: &Experiment) -> String {
    let preset = of.preset.filter(|_| of.is_pristine());
    if let Some(id) = preset.filter(|_| of.preset != from.preset) {
        return id.preset().title.to_owned();
    }
    let (old, new) = (settings_of(from), settings_of(of));
    let changed = old.iter().zip(&new).filter(|(old, new)| old != new);
    let changed = changed.map(|(_, (name, value))| format!("{name} {value}"));
    let parts: Vec<String> = of_model(of, from).into_iter().chain(changed).collect();
    parts.join(", ")
}

/// What differs beyond the live settings.
fn of_model(of: &Experiment, from: &Experiment) -> Vec<String> {
    let mut parts = Vec::new();
    if of.architecture != from.architecture {
        let [size, before] = [of, from].map(|recipe| recipe.architecture.code_size());
        let mut resized = from.architecture.clone();
        if let Some(dense) = resized.as_dense_mut() {
            dense.code = size;
        }
        let [summary, other] = [of, from].map(|recipe| recipe.architecture.summary());
        if size != before && resized == of.architecture {
            parts.push(format!("code of {size} units"));
        } else if summary == other {
            parts.push("other activations or ties".to_owned());
        } else {
            parts.push(summary);
        }
    }
    if kind(of) != kind(from) {
        parts.push(kind(of).to_owned());
    }
    if of.seed != from.seed {
        parts.push(format!("seed {}", of.seed));
    }
    if of.training.train_samples != from.training.train_samples {
        let samples = of.training.train_samples;
        parts.push(samples.map_or("all images".to_owned(), |n| format!("{n} images")));
    }
    if of.plan != from.plan {
        parts.push("another plan".to_owned());
    }
    if of.training.epochs != from.training.epochs {
        parts.push(format!("{} epochs", of.training.epochs));
    }
    parts
}

/// What the prior makes of an autoencoder.
fn kind(experiment: &Experiment) -> &'static str {
    match experiment.objective.prior {
        Prior::None => "no prior",
        Prior::Variational(_) => "variational",
        Prior::Adversarial(_) => "adversarial",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::PresetId;

    fn vanilla() -> Experiment {
        PresetId::Vanilla64.preset().experiment()
    }

    #[test]
    fn every_difference_is_named() {
        assert_eq!(difference(&vanilla(), &vanilla()), "");
        let mut other = vanilla();
        other.optimizer.learning_rate = 0.003;
        assert_eq!(difference(&other, &vanilla()), "learning rate 0.003");
        other.architecture.as_dense_mut().expect("dense").code = 32;
        other.seed = 7;
        assert_eq!(
            difference(&other, &vanilla()),
            "code of 32 units, seed 7, learning rate 0.003"
        );
        let basic = PresetId::Basic32.preset().experiment();
        assert_eq!(
            difference(&basic, &vanilla()),
            PresetId::Basic32.preset().title
        );
        assert_ne!(difference(&vanilla(), &other), "");
    }

    /// Recipes that differ are never said to be the same.
    #[test]
    fn no_two_presets_are_alike() {
        for of in PresetId::ALL {
            for from in PresetId::ALL {
                let mut of = of.preset().experiment();
                of.preset = None;
                let from = Experiment {
                    preset: None,
                    ..from.preset().experiment()
                };
                assert_eq!(difference(&of, &from).is_empty(), of == from, "{of:?}");
            }
        }
    }
}
