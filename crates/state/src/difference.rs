//! What makes two experiments different, in words.

use hourglass_experiment::{Experiment, differences};

/// What `of` has other than `from`: "learning rate 0.003, code size 32", or the title of a preset; empty where they
/// are the same.
#[must_use]
pub fn difference(of: &Experiment, from: &Experiment) -> String {
    let preset = of.preset.filter(|_| of.is_pristine());
    if let Some(id) = preset.filter(|_| of.preset != from.preset) {
        return id.preset().title.to_owned();
    }
    let found = differences(from, of);
    let settings = found
        .iter()
        .map(|found| format!("{} {}", found.field.label, found.after));
    let seed = (of.seed != from.seed).then(|| format!("seed {}", of.seed));
    let parts: Vec<String> = settings.chain(seed).collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_experiment::PresetId;

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
            "code size 32, learning rate 0.003, seed 7"
        );
        let basic = PresetId::Basic32.preset().experiment();
        assert_eq!(
            difference(&basic, &vanilla()),
            PresetId::Basic32.preset().title
        );
        assert_ne!(difference(&vanilla(), &other), "");
    }

    /// Experiments that differ are never said to be the same.
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
