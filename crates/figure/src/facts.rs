//! What a figure says about where its numbers are from.

use hourglass_experiment::{Experiment, Target, Written};
use hourglass_protocol::DataSetId;

use super::number;

/// What is known about a figure, for its file: the title first.
pub type Entries = Vec<(&'static str, String)>;

/// Where the numbers of a figure are from.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// The experiment as it was then.
    pub experiment: Experiment,
    /// The digits.
    pub data: DataSetId,
    /// Steps taken before.
    pub step: u64,
    /// The same in epochs.
    pub epoch: f64,
}

impl Facts {
    /// One line under the title: `vanilla-64 · 784-64-784 · MSE · MNIST · seed 1 · epoch 5, step 4,690`.
    #[must_use]
    pub fn line(&self) -> String {
        let Self {
            experiment,
            data,
            step,
            epoch,
        } = self;
        let name = experiment.preset.map(|preset| preset.to_string());
        let recipe = [
            experiment.architecture.summary(),
            objective(experiment),
            data.label().to_owned(),
            format!("seed {}", experiment.seed),
            format!("epoch {}, step {}", epochs(*epoch), number::count(*step)),
        ];
        let parts: Vec<String> = name.into_iter().chain(recipe).collect();
        parts.join(" · ")
    }

    /// What goes into the file's metadata. The experiment is written as JSON, whole.
    #[must_use]
    pub fn entries(&self, title: &str) -> Entries {
        let experiment = serde_json::to_string(&self.experiment);
        vec![
            ("Title", title.to_owned()),
            ("Description", self.line()),
            (
                "Software",
                concat!("Hourglass ", env!("CARGO_PKG_VERSION")).to_owned(),
            ),
            (
                "Experiment",
                experiment.unwrap_or_else(|error| error.to_string()),
            ),
            ("Seed", self.experiment.seed.to_string()),
            ("Data set", self.data.name().to_owned()),
            ("Step", self.step.to_string()),
            ("Epoch", self.epoch.to_string()),
        ]
    }
}

/// `5`, `0.25`
#[must_use]
pub fn epochs(epoch: f64) -> String {
    let text = format!("{epoch:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What training minimises and what it does to its inputs: `MSE + L1 (λ 6.4×10⁻⁴), masking 0.3`.
fn objective(experiment: &Experiment) -> String {
    let terms = experiment.objective.parts();
    let terms: Vec<String> = terms.iter().map(|(_, part)| caption(part)).collect();
    let mut parts = vec![terms.join(" + ")];
    let of_own_phase = experiment.objective.of_own_phase();
    parts.extend(of_own_phase.map(|(_, loss)| caption(&loss)));
    let corruption = &experiment.corruption;
    if !corruption.is_none() {
        let strength = number::setting(f64::from(corruption.strength()));
        let label = corruption.label();
        parts.push(format!("{label} {strength}"));
    }
    if experiment.target != Target::SameImage {
        parts.push(experiment.target.label().to_owned());
    }
    parts.join(", ")
}

/// A part of the objective: `KL sparsity (ρ 0.05, β 0.001)`.
fn caption(part: &Written) -> String {
    if part.settings.is_empty() {
        return part.name.to_owned();
    }
    let settings = part.settings.iter().map(|(symbol, value)| {
        let value = number::piece(*value);
        format!("{symbol} {value}").trim_start().to_owned()
    });
    let settings: Vec<String> = settings.collect();
    format!("{} ({})", part.name, settings.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_experiment::PresetId;

    #[test]
    fn the_line_names_experiment_data_seed_and_time() {
        let facts = Facts {
            experiment: PresetId::Sparse64.preset().experiment(),
            data: DataSetId::MNIST,
            step: 4_690,
            epoch: 5.0,
        };
        assert_eq!(
            facts.line(),
            "sparse-64 · 784-64-784 · MSE + L1 (λ 6.4×10⁻⁴) · MNIST · seed 1 · epoch 5, step 4,690"
        );
        let entries = facts.entries("Loss");
        let of = |key| {
            entries
                .iter()
                .find(|(name, _)| *name == key)
                .map(|(_, value)| value.as_str())
        };
        assert_eq!(of("Title"), Some("Loss"));
        let experiment: Experiment =
            serde_json::from_str(of("Experiment").expect("there")).expect("an experiment");
        assert_eq!(experiment, facts.experiment, "the file can be repeated");
    }

    #[test]
    fn parts_of_epochs_are_short() {
        assert_eq!(
            [0.0, 0.25, 5.0, 1.333].map(epochs),
            ["0", "0.25", "5", "1.33"]
        );
    }
}
