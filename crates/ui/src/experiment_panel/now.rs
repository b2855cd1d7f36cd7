//! The figures of the latest training batch, in the terms of the part of the plan that is being trained.

use crate::number;
use hourglass_experiment::{Schedule, Stage, Term, Unit};
use hourglass_state::RunState;

/// One line below the formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// What it says.
    pub text: String,
    pub help: &'static str,
}

const PARTS_HELP: &str = "The latest training batch: the objective and its terms";
const BESIDE_HELP: &str = "The latest training batch: figures that are not part of the objective";
const RATE_HELP: &str = "The learning rate of the next step, after the schedule";
const STAGE_HELP: &str = "The latest training batch of this part of the plan";

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

/// "current learning rate 3.24×10⁻⁴", while a schedule changes it.
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
        text: format!("current learning rate {}", number::setting(rate)),
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
            let value = with_percent(objective.unit(term), value(term)?);
            Some(format!("{} {value}", term.info().short_label))
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

/// "now layer error 0.0123 per input"; of two networks that are compared: "wrong 1.5 %, from random 3 %".
fn of_stage(run: &RunState, terms: &[Term], value: impl Fn(Term) -> Option<f64>) -> Option<Line> {
    let unit = run.experiment.objective.unit(*terms.first()?);
    let figures: Option<Vec<String>> = terms
        .iter()
        .map(|&term| Some(with_percent(unit, value(term)?)))
        .collect();
    let name = terms.first()?.info().short_label;
    let text = match &figures?[..] {
        [tuned, random] => format!("{name} {tuned}, from random {random}"),
        figures => format!("{name} {} {unit}", figures.join(" ")),
    };
    let begin = if unit == Unit::Percent { "" } else { "now " };
    Some(Line {
        text: format!("{begin}{text}"),
        help: STAGE_HELP,
    })
}

/// A figure, with its unit where a short line is not clear without.
fn with_percent(unit: Unit, value: f64) -> String {
    let value = number::three_digits(value);
    if unit == Unit::Percent {
        format!("{value} {unit}")
    } else {
        value
    }
}
