//! The figures of the newest training batch, in the words of the part of the plan that is being trained.

use crate::number;
use hourglass_experiment::{Schedule, Stage, Term};
use hourglass_state::RunState;

/// One line below the formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// What it says.
    pub text: String,
    pub help: &'static str,
}

const PARTS_HELP: &str = "The newest training batch: the objective and the terms it adds up";
const BESIDE_HELP: &str =
    "The newest training batch: figures beside the objective, which it does not add up";
const RATE_HELP: &str =
    "What the schedule has made of the learning rate: the length of the next step";
const STAGE_HELP: &str = "The newest training batch of this part of the plan";

/// Terms in one line, so that lines neither break nor jump while figures change.
const PARTS_A_LINE: usize = 2;

/// What there is to say of the newest batch; nothing before there is one.
pub(super) fn lines(run: &RunState) -> Vec<Line> {
    let value = |term: Term| {
        let [_, value] = run.history.train(term)?.last()?;
        Some(value)
    };
    let mut lines = match run.position().stage {
        Stage::Joint => joint(run, value),
        Stage::Pretraining { .. } => of_stage(run, &[Term::LayerReconstruction], value)
            .into_iter()
            .collect(),
        Stage::FineTuning => [
            [Term::Classification, Term::ClassificationFromRandom],
            [Term::ErrorRate, Term::ErrorRateFromRandom],
        ]
        .iter()
        .filter_map(|pair| of_stage(run, pair, value))
        .collect(),
    };
    lines.extend(scheduled_rate(run));
    lines
}

/// "learning rate 3.24e-4 by now", while a schedule changes it.
fn scheduled_rate(run: &RunState) -> Option<Line> {
    let experiment = &run.experiment;
    if experiment.optimizer.schedule == Schedule::Constant || run.step == 0 {
        return None;
    }
    let tuning = experiment.plan.fine_tuning.as_ref();
    let full = match run.position().stage {
        Stage::FineTuning => tuning.map(|tuning| tuning.learning_rate)?,
        Stage::Pretraining { .. } | Stage::Joint => experiment.optimizer.learning_rate,
    };
    let rate = full * experiment.schedule_factor(run.epoch);
    Some(Line {
        text: format!("learning rate {rate:.2e} by now"),
        help: RATE_HELP,
    })
}

/// "now 0.0169 = MSE 0.0161 + L1 0.0008", and the figures beside it.
fn joint(run: &RunState, value: impl Fn(Term) -> Option<f64>) -> Vec<Line> {
    let objective = &run.experiment.objective;
    let terms = run.experiment.terms_of(Stage::Joint);
    let with_values = |is_part: bool| -> Vec<String> {
        let chosen = terms
            .iter()
            .copied()
            .filter(|term| *term != Term::Objective && term.is_part() == is_part);
        let text = |term: Term| {
            let unit = if term.is_part() {
                ""
            } else {
                unit_beside(term)
            };
            Some(format!(
                "{} {}{unit}",
                short_label(term),
                number::three_digits(value(term)?)
            ))
        };
        chosen.filter_map(text).collect()
    };
    let parts = with_values(true);
    let Some(total) = value(Term::Objective).filter(|_| !parts.is_empty()) else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    if let [part] = &parts[..] {
        let unit = objective.unit(Term::Objective);
        lines.push(Line {
            text: format!("now {part} {unit}"),
            help: PARTS_HELP,
        });
    } else {
        let mut begin = format!("now {} = ", number::three_digits(total));
        for part in parts.chunks(PARTS_A_LINE) {
            let text = format!("{begin}{}", part.join(" + "));
            lines.push(Line {
                text,
                help: PARTS_HELP,
            });
            "    + ".clone_into(&mut begin);
        }
    }
    let beside = with_values(false);
    lines.extend(beside.chunks(PARTS_A_LINE).map(|figures| Line {
        text: figures.join(" · "),
        help: BESIDE_HELP,
    }));
    lines
}

/// "layer error 0.0123 per input"; the same of two networks stands side by side.
fn of_stage(run: &RunState, terms: &[Term], value: impl Fn(Term) -> Option<f64>) -> Option<Line> {
    let figures: Option<Vec<String>> = terms
        .iter()
        .map(|&term| Some(number::three_digits(value(term)?)))
        .collect();
    let figures = figures?;
    let unit = run.experiment.objective.unit(*terms.first()?);
    let text = match (terms, &figures[..]) {
        ([Term::Classification, ..], [tuned, random]) => {
            format!("now CE {tuned}, from random {random}")
        }
        ([Term::ErrorRate, ..], [tuned, random]) => {
            format!("wrong {tuned} %, from random {random} %")
        }
        _ => format!("now {} {} {unit}", terms[0].label(), figures.join(" ")),
    };
    Some(Line {
        text,
        help: STAGE_HELP,
    })
}

/// The name of a term where there is little room.
fn short_label(term: Term) -> &'static str {
    match term {
        Term::L1 => "L1",
        Term::KlSparsity => "KL ρ",
        Term::LatentKl => "KL",
        Term::Contraction => "∂h/∂x",
        Term::JacobianNorm => "‖J‖²",
        Term::DiscriminatorAccuracy => "right",
        _ => term.label(),
    }
}

/// The unit of a figure beside the objective, where the line is not clear without.
fn unit_beside(term: Term) -> &'static str {
    match term {
        Term::DiscriminatorAccuracy => " %",
        _ => "",
    }
}
