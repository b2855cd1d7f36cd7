//! Named experiments with their sources and the numbers they are known to reach.

mod expectation;
mod experiments;
mod id;
mod stated;

use super::{DataSetId, Experiment};

pub use expectation::{Bound, Expectation, Figure, Verdict};
pub use id::{PresetId, UnknownPreset};
pub use stated::{Print, Stated};

/// A named experiment.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// Its name in files and on the command line.
    pub id: PresetId,
    /// The preset that it differs from in little; it is listed under that one.
    pub variant_of: Option<PresetId>,
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

impl Experiment {
    /// What its preset's source or theory says a figure should be, if that applies to this experiment on these data:
    /// those that the preset is measured on, and every setting but the seed as the preset has it. The one place that
    /// decides it, for window, figures and command line.
    #[must_use]
    pub fn stated(&self, figure: Figure, data: DataSetId) -> Option<Stated> {
        let preset = self.preset.filter(|_| self.is_pristine())?.preset();
        let mut expectations = preset.expectations.iter();
        let expectation = expectations.find(|expectation| {
            expectation.figure == figure && expectation.measured_on() == data
        })?;
        expectation.stated
    }
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
    fn an_unknown_name_is_answered_with_the_nearest() {
        for (typed, meant) in [("vanila", "vanilla-64"), ("sparse-46", "sparse-64")] {
            let error = typed.parse::<PresetId>().expect_err("no such preset");
            let guess = format!("did you mean {meant}?");
            assert!(error.to_string().contains(&guess), "{error}");
        }
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

    #[test]
    fn variants_follow_what_they_vary_and_differ_from_it_in_more_than_the_name() {
        for (place, id) in PresetId::ALL.into_iter().enumerate() {
            let Some(original) = id.preset().variant_of else {
                assert_eq!(id.original(), id);
                continue;
            };
            assert!(original.preset().variant_of.is_none(), "{id}");
            assert_eq!(PresetId::ALL[place - 1].original(), original, "{id}");
            assert!(original.variants().any(|variant| variant == id));
            let differences =
                crate::differences(&original.preset().experiment(), &id.preset().experiment());
            assert!(!differences.is_empty(), "{id}");
        }
        let listed = PresetId::originals().count()
            + PresetId::originals()
                .map(|id| id.variants().count())
                .sum::<usize>();
        assert_eq!(listed, PresetId::ALL.len());
    }

    #[test]
    fn what_a_source_printed_applies_to_its_experiment_on_its_data_only() {
        let vae = PresetId::Vae20.preset().experiment();
        let figure = Figure::NegativeElbo;
        assert!(vae.stated(figure, DataSetId::MNIST).is_some());
        assert_eq!(vae.stated(figure, DataSetId::PEN_DIGITS), None);
        assert_eq!(vae.stated(Figure::Mse, DataSetId::MNIST), None);
        let changes: [fn(&mut Experiment); 5] = [
            |experiment| experiment.training.epochs += 1,
            |experiment| experiment.training.train_samples = Some(1_000),
            |experiment| experiment.optimizer.learning_rate = 2e-3,
            |experiment| experiment.objective.reconstruction = crate::Reconstruction::Mse,
            |experiment| experiment.preset = None,
        ];
        for change in changes {
            let mut other = vae.clone();
            change(&mut other);
            assert_eq!(other.stated(figure, DataSetId::MNIST), None);
        }
        let mut reseeded = vae;
        reseeded.seed = 9;
        assert!(reseeded.stated(figure, DataSetId::MNIST).is_some());
    }

    #[test]
    fn a_published_number_names_the_paper_that_prints_it_where_the_preset_follows_another() {
        // Its own source is Sutskever et al. 2013.
        let momentum = PresetId::Deep30Momentum.preset().experiment();
        let stated = momentum.stated(Figure::SquaredErrorPerImage, DataSetId::MNIST);
        let place = stated.expect("it is compared with deep-30's").place();
        assert!(place.starts_with("Hinton & Salakhutdinov 2006"), "{place}");
    }

    #[test]
    fn every_printed_number_reads_and_has_a_place_and_every_count_is_exact() {
        for id in PresetId::ALL {
            for expectation in id.preset().expectations {
                match expectation.stated {
                    Some(Stated::Published(print) | Stated::Reported(print)) => {
                        assert!(print.value().is_finite(), "{id}: {print:?}");
                        assert!(!print.place.is_empty(), "{id}");
                    }
                    Some(Stated::Count) => {
                        let is_exact = matches!(expectation.bound, Bound::Exactly(_));
                        assert!(is_exact, "{id}");
                    }
                    Some(Stated::Ideal(value)) => assert!(value.is_finite()),
                    None => {}
                }
                if expectation.figure == Figure::Parameters {
                    let n_parameters = id.preset().experiment().n_parameters();
                    assert_eq!(expectation.bound, Bound::Exactly(n_parameters as f64));
                }
            }
        }
    }
}
