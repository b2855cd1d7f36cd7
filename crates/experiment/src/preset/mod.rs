//! Named experiments with their sources and the numbers they are known to reach.

mod expectation;
mod experiments;
mod id;

use super::Experiment;

pub use expectation::{Bound, Expectation, Figure, Verdict};
pub use id::{PresetId, UnknownPreset};

/// A named experiment.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// Its name in files and on the command line.
    pub id: PresetId,
    /// Its name in the window.
    pub title: &'static str,
    /// What it shows, in a sentence or two.
    pub about: &'static str,
    /// Where the experiment comes from.
    pub source: &'static str,
    /// What a run is known to reach, for people.
    pub expected: &'static str,
    /// What a run has to reach, for `hourglass reproduce`.
    pub expectations: &'static [Expectation],
    /// Makes the experiment, with seed 1.
    recipe: fn() -> Experiment,
}

impl Preset {
    /// The experiment, with seed 1.
    #[must_use]
    pub fn experiment(&self) -> Experiment {
        (self.recipe)()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_again() {
        for id in PresetId::ALL {
            assert_eq!(id.name().parse(), Ok(id));
            assert_eq!(id.preset().id, id);
            assert_eq!(id.preset().experiment().preset, Some(id));
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let error = "vanila".parse::<PresetId>().expect_err("no such preset");
        assert!(error.to_string().contains("vanilla-64"), "{error}");
    }

    #[test]
    fn parameters_are_those_of_the_sources() {
        let parameters = |id: PresetId| id.preset().experiment().architecture.n_parameters();
        assert_eq!(parameters(PresetId::Vanilla64), 101_200);
        assert_eq!(parameters(PresetId::Sparse64), 101_200);
        assert_eq!(parameters(PresetId::Multilayer64), 218_192);
        assert_eq!(parameters(PresetId::Basic32), 50_992);
        assert_eq!(parameters(PresetId::Conv4), 225);
        assert_eq!(parameters(PresetId::DenoiseConv32), 28_353);
        let vae = PresetId::Vae20.preset().experiment();
        assert_eq!(vae.n_parameters(), 652_824); // of PyTorch's example
    }
}
