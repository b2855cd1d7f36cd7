//! What to do about a fault in an experiment as it is: nothing is advised that it does already.

use hourglass_experiment::{
    Activation, Experiment, OptimizerKind, Reconstruction, Updates, number,
};

/// Where a learning rate lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rate {
    Low,
    Usual,
    High,
}

fn rate(experiment: &Experiment) -> Rate {
    let optimizer = &experiment.optimizer;
    let usual = match optimizer.kind {
        OptimizerKind::Adam | OptimizerKind::AdamW | OptimizerKind::RmsProp => 1e-4..=1e-2,
        // Its steps are as long as the gradient: a mean over pixels asks for longer ones than their sum.
        OptimizerKind::Sgd if experiment.objective.is_per_image() => 1e-5..=1e-2,
        OptimizerKind::Sgd => 1e-1..=10.0,
    };
    match optimizer.learning_rate {
        rate if rate < *usual.start() => Rate::Low,
        rate if rate > *usual.end() => Rate::High,
        _ => Rate::Usual,
    }
}

/// "raise the learning rate, which is low for Adam (10⁻⁶)"
fn about_rate(experiment: &Experiment, verb: &str, what: &str) -> String {
    let (rate, rule) = (
        experiment.optimizer.learning_rate,
        experiment.optimizer.label(),
    );
    let rate = number::exact(rate);
    format!("{verb} the learning rate ({rate} is {what} for {rule})")
}

fn weaker_penalty(experiment: &Experiment) -> Option<String> {
    let objective = &experiment.objective;
    let is_penalized = !objective.sparsity.is_none() || objective.contraction > 0.0;
    is_penalized.then(|| "weaken the penalty".to_owned())
}

/// The weights have blown up.
pub fn of_absurd_error(experiment: &Experiment) -> String {
    let rate = match rate(experiment) {
        Rate::High => about_rate(experiment, "lower", "high"),
        Rate::Usual | Rate::Low if experiment.optimizer.gradient_clip > 0.0 => {
            "lower the learning rate".to_owned() // the gradient is limited already
        }
        Rate::Usual | Rate::Low => "lower the learning rate, or limit the gradient".to_owned(),
    };
    sentence(vec![format!("start again: {rate}")])
}

/// Units of the code are never on.
pub fn of_dead_units(experiment: &Experiment) -> String {
    let rate = match rate(experiment) {
        Rate::High => Some(about_rate(experiment, "lower", "high")),
        Rate::Usual => Some("lower the learning rate".to_owned()),
        Rate::Low => None,
    };
    let is_relu = experiment.architecture.code_activation() == Activation::Relu;
    let leaky = is_relu.then(|| "try leaky ReLU".to_owned());
    let ways = [weaker_penalty(experiment), rate, leaky];
    let ways: Vec<String> = ways.into_iter().flatten().collect();
    sentence(if ways.is_empty() {
        vec!["start again with another seed or activation".to_owned()]
    } else {
        ways
    })
}

/// Every image is answered alike.
pub fn of_collapsed_output(experiment: &Experiment) -> String {
    let output = experiment.architecture.output_activation();
    let is_relu = output == Activation::Relu;
    let rate = match rate(experiment) {
        Rate::Low => Some(about_rate(experiment, "raise", "low")),
        // Where it is zero on every image a ReLU has no gradient: the output stays black for ever.
        Rate::Usual if is_relu => None,
        Rate::Usual => Some("train for longer, or with another learning rate".to_owned()),
        Rate::High => Some(about_rate(experiment, "lower", "high")),
    };
    let anew = is_relu.then(|| "start again with another seed".to_owned());
    let linear = is_relu.then(|| "choose the linear output".to_owned());
    let is_squared = experiment.objective.reconstruction != Reconstruction::Bce;
    let is_sigmoid = output == Activation::Sigmoid;
    let entropy = (is_squared && is_sigmoid)
        .then(|| "use cross-entropy, which suits the sigmoid output".to_owned());
    let ways = [rate, weaker_penalty(experiment), entropy, anew, linear];
    sentence(ways.into_iter().flatten().collect())
}

/// The encoder cannot deceive it.
pub fn of_won_discriminator(experiment: &Experiment) -> String {
    let prior = experiment.objective.prior.adversarial();
    let raise = match prior.map(|prior| prior.updates) {
        Some(Updates::TwoPhases { .. }) => "raise the encoder's regularisation rate",
        Some(Updates::OneStep { .. }) | None => "raise the adversarial weight",
    };
    sentence(vec!["lower its learning rate".to_owned(), raise.to_owned()])
}

/// "Weaken the penalty, lower the learning rate, or take another seed"
fn sentence(mut ways: Vec<String>) -> String {
    let last = ways.pop().unwrap_or_default();
    let text = match &ways[..] {
        [] => last,
        [one] => format!("{one}, or {last}"),
        _ => format!("{}, or {last}", ways.join(", ")),
    };
    let mut letters = text.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_experiment::PresetId;

    #[test]
    fn advice_fits_the_experiment() {
        let mut slow = PresetId::Basic32.preset().experiment();
        slow.optimizer.learning_rate = 1e-6;
        let text = of_collapsed_output(&slow);
        assert_eq!(text, "Raise the learning rate (10⁻⁶ is low for Adam)");
        slow.objective.reconstruction = Reconstruction::Mse;
        assert!(of_collapsed_output(&slow).contains("cross-entropy"));

        let mut wild = PresetId::Vanilla64.preset().experiment();
        wild.optimizer.kind = OptimizerKind::Sgd;
        wild.optimizer.learning_rate = 1e3;
        let text = of_absurd_error(&wild);
        assert_eq!(
            text,
            "Start again: lower the learning rate (1000 is high for SGD)"
        );
        wild.optimizer.learning_rate = 1.0;
        assert!(of_absurd_error(&wild).ends_with("or limit the gradient"));
        wild.optimizer.gradient_clip = 1.0;
        let text = of_absurd_error(&wild);
        assert_eq!(text, "Start again: lower the learning rate");
        wild.optimizer.learning_rate = 1e3;
        let text = of_dead_units(&wild);
        assert_eq!(text, "Lower the learning rate (1000 is high for SGD)");

        let mut black = PresetId::Conv4.preset().experiment();
        let text = of_collapsed_output(&black);
        assert_eq!(
            text,
            "Start again with another seed, or choose the linear output"
        );
        black.optimizer.learning_rate = 1e-6;
        let text = of_collapsed_output(&black);
        assert!(text.starts_with("Raise the learning rate"), "{text}");

        let sparse = PresetId::Multilayer64.preset().experiment();
        let text = of_dead_units(&sparse);
        assert_eq!(
            text,
            "Weaken the penalty, lower the learning rate, or try leaky ReLU"
        );
    }
}
