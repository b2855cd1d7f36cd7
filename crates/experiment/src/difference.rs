//! What differs between two recipes, setting by setting, for people.

use super::{Architecture, Experiment, Plan, Prior, Sparsity};

/// A setting that differs between two recipes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub name: &'static str,
    /// Its value in the first recipe.
    pub before: String,
    /// Its value in the second.
    pub after: String,
}

/// Every setting that differs, the seed and the preset's name left out; in an order that does not depend on the
/// values.
#[must_use]
pub fn differences(before: &Experiment, after: &Experiment) -> Vec<Difference> {
    let all = |experiment| [of_model(experiment), live(experiment)].concat();
    compare(all(before), all(after))
}

/// The same among the settings that a run can take on at its next step and that change what it learns.
#[must_use]
pub fn live_differences(before: &Experiment, after: &Experiment) -> Vec<Difference> {
    compare(live(before), live(after))
}

type Values = Vec<(&'static str, String)>;

fn compare(before: Values, after: Values) -> Vec<Difference> {
    let pairs = before.into_iter().zip(after);
    let differ = pairs.filter(|((_, before), (_, after))| before != after);
    differ
        .map(|((name, before), (_, after))| Difference {
            name,
            before,
            after,
        })
        .collect()
}

fn or_none(value: Option<String>) -> String {
    value.unwrap_or_else(|| "none".to_owned())
}

fn list(sizes: &[usize]) -> String {
    let sizes: Vec<String> = sizes.iter().map(ToString::to_string).collect();
    if sizes.is_empty() {
        "none".to_owned()
    } else {
        sizes.join("-")
    }
}

/// Layers, the kind of prior and what is trained when.
fn of_model(experiment: &Experiment) -> Values {
    let architecture = &experiment.architecture;
    let dense = architecture.as_dense();
    let (kind, layers) = match architecture {
        Architecture::Dense(dense) => ("dense", list(&dense.hidden)),
        Architecture::Convolutional(conv) => ("convolutional", list(&conv.channels)),
        Architecture::Layers(_) => ("layers", architecture.summary()),
    };
    let prior = match experiment.objective.prior {
        Prior::None => "none",
        Prior::Variational(_) => "variational",
        Prior::Adversarial(_) => "adversarial",
    };
    let tied = dense.is_some_and(|dense| dense.tied);
    let training = &experiment.training;
    let Plan {
        pretraining,
        fine_tuning,
    } = &experiment.plan;
    let layers_alone = pretraining
        .iter()
        .map(|layer| format!("{} epochs, ν {}", layer.epochs, layer.corruption));
    let layers_alone: Vec<String> = layers_alone.collect();
    vec![
        ("network", kind.to_owned()),
        ("hidden layers", layers),
        ("code size", architecture.code_size().to_string()),
        ("tied weights", if tied { "yes" } else { "no" }.to_owned()),
        (
            "hidden activation",
            or_none(
                architecture
                    .hidden_activation()
                    .map(|hidden| hidden.label().to_owned()),
            ),
        ),
        (
            "code activation",
            architecture.code_activation().label().to_owned(),
        ),
        (
            "output activation",
            architecture.output_activation().label().to_owned(),
        ),
        ("latent prior", prior.to_owned()),
        (
            "pre-training",
            or_none((!layers_alone.is_empty()).then(|| layers_alone.join("; "))),
        ),
        (
            "fine-tuning",
            or_none(
                fine_tuning
                    .as_ref()
                    .map(|part| format!("{} epochs, rate {}", part.epochs, part.learning_rate)),
            ),
        ),
        ("epochs", training.epochs.to_string()),
        (
            "training images",
            training
                .train_samples
                .map_or_else(|| "all".to_owned(), |count| count.to_string()),
        ),
    ]
}

/// Every live setting with its value, in an order that does not depend on the values.
fn live(experiment: &Experiment) -> Values {
    let Experiment {
        corruption,
        target,
        objective,
        optimizer,
        training,
        ..
    } = experiment;
    let with_strength = if corruption.is_none() {
        "none".to_owned()
    } else {
        format!("{} {}", corruption.label(), corruption.strength())
    };
    let (sparsity, target_activation) = match objective.sparsity {
        Sparsity::None => (0.0, None),
        Sparsity::L1 { weight } => (weight, None),
        Sparsity::Kl { target, weight } => (weight, Some(target)),
    };
    let variational = objective.prior.variational();
    let adversarial = objective.prior.adversarial();
    vec![
        ("optimizer", optimizer.label().to_owned()),
        ("learning rate", optimizer.learning_rate.to_string()),
        ("schedule", optimizer.schedule.label().to_owned()),
        ("momentum", optimizer.momentum.to_string()),
        ("weight decay", optimizer.weight_decay.to_string()),
        ("gradient clip", optimizer.gradient_clip.to_string()),
        ("corruption", with_strength),
        (
            "test noise",
            or_none(experiment.test_noise.map(|noise| noise.to_string())),
        ),
        ("target", target.label().to_owned()),
        ("loss", objective.reconstruction.short_label().to_owned()),
        ("sparsity", objective.sparsity.label().to_owned()),
        ("sparsity weight", sparsity.to_string()),
        ("ρ", or_none(target_activation.map(|rho| rho.to_string()))),
        ("contraction λ", objective.contraction.to_string()),
        (
            "β",
            or_none(variational.map(|prior| prior.beta.to_string())),
        ),
        (
            "KL warm-up",
            or_none(variational.map(|prior| prior.warm_up_epochs.to_string())),
        ),
        (
            "capacity C",
            or_none(variational.map(|prior| prior.capacity.to_string())),
        ),
        (
            "likelihood σ",
            or_none(variational.map(|prior| prior.likelihood_sigma.to_string())),
        ),
        (
            "prior",
            or_none(adversarial.map(|prior| prior.distribution.label().to_owned())),
        ),
        (
            "adversarial λ",
            or_none(adversarial.map(|prior| prior.weight.to_string())),
        ),
        (
            "discriminator rate",
            or_none(adversarial.map(|prior| prior.discriminator_learning_rate.to_string())),
        ),
        ("batch size", training.batch_size.to_string()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Corruption, PresetId};

    #[test]
    fn what_differs_is_named_with_both_values() {
        let vanilla = PresetId::Vanilla64.preset().experiment();
        assert_eq!(differences(&vanilla, &vanilla), []);
        let mut other = vanilla.clone();
        other.seed = 7; // what a run starts from, not what it is
        other.corruption = Corruption::Masking { fraction: 0.3 };
        if let Some(dense) = other.architecture.as_dense_mut() {
            dense.code = 8;
        }
        let found = differences(&vanilla, &other);
        let texts: Vec<String> = found
            .iter()
            .map(|found| format!("{}: {} → {}", found.name, found.before, found.after))
            .collect();
        assert_eq!(
            texts,
            ["code size: 64 → 8", "corruption: none → masking 0.3"]
        );
        assert_eq!(live_differences(&vanilla, &other).len(), 1);
    }

    #[test]
    fn a_recipe_that_is_not_its_preset_any_more_differs_in_something() {
        for one in PresetId::ALL {
            for other in PresetId::ALL {
                let (a, b) = (one.preset().experiment(), other.preset().experiment());
                assert_eq!(
                    differences(&a, &b).is_empty(),
                    one == other,
                    "{one}, {other}"
                );
            }
        }
    }
}
