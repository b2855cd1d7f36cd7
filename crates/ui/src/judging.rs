//! What is said while a code is being measured.

use super::action::Action;
use super::number;
use hourglass_protocol::JudgingProgress;

/// What measuring costs, said wherever it can be asked for.
pub const COST: &str = "This takes a few seconds; training goes on, more slowly";

/// What a button says that cancels it, from long to short.
pub fn cancel_texts(progress: JudgingProgress) -> [String; 2] {
    let percent = percent(progress);
    [
        format!("Cancel measuring ({percent} %)"),
        format!("Cancel ({percent} %)"),
    ]
}

/// `Measuring the code: classifiers of raw pixels, 62 %`
pub fn sentence(progress: JudgingProgress) -> String {
    let what = progress.part.label();
    format!("Measuring the code: {what}, {} %", percent(progress))
}

/// What a click on the button does.
pub fn action(progress: Option<JudgingProgress>) -> Action {
    match progress {
        Some(_) => Action::CancelJudging,
        None => Action::JudgeCode,
    }
}

fn percent(progress: JudgingProgress) -> String {
    number::count((100.0 * progress.fraction).floor() as u64)
}
