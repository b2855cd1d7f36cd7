//! What a preset should reach, compared with what the run in progress has reached.

use egui::{Color32, Grid, Label, RichText, Ui};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{
    ICON_CHECK_CIRCLE, ICON_CLOSE, ICON_PENDING, ICON_RADIO_BUTTON_UNCHECKED,
};

use crate::theme::{self, space};
use crate::{Action, number};
use hourglass_experiment::{Bound, Figure, Preset, Stated};
use hourglass_state::{Judged, LabState, Outcome};

/// A block for each figure; above all what concerns them all.
pub(super) fn show(ui: &mut Ui, state: &LabState, preset: &Preset, _actions: &mut Vec<Action>) {
    ui.add(Label::new(theme::dim(ui, preset.expected)).wrap());
    let judged = state.judge(preset);
    let why = match judged.first().map(|judged| judged.outcome) {
        Some(Outcome::OtherExperiment) => {
            Some("The run in progress uses a different experiment; train this one to compare")
        }
        Some(Outcome::OtherWay) => Some(
            "The run in progress does not compare with these figures: it trained past the end of the plan, had a setting \
             changed on the way, or began with weights from a file. Reset and train this experiment to compare",
        ),
        _ => None,
    };
    if let Some(why) = why {
        ui.add(Label::new(theme::dim(ui, why)).wrap());
    }
    ui.add_space(space::XS);
    for judged in &judged {
        block(ui, judged);
    }
}

fn block(ui: &mut Ui, judged: &Judged) {
    let expectation = judged.expectation;
    let name = if expectation.on_pen_digits {
        format!("{}, on pen digits", expectation.figure.label())
    } else {
        expectation.figure.label().to_owned()
    };
    let (icon, color, words) = outcome(ui, judged);
    ui.horizontal_wrapped(|ui| {
        ui.label(theme::icon(icon).color(color));
        ui.add(
            Label::new(RichText::new(name).font(theme::medium(theme::reading_size::BODY))).wrap(),
        );
    });
    let stated = expectation.stated;
    let required = match stated {
        Some(stated @ Stated::Count) => stated.label(),
        _ => "required",
    };
    let mut facts = vec![(required, bound(judged))];
    if let Some(stated) = stated.filter(|stated| stated.value().is_some()) {
        facts.push((stated.label(), stated.digits()));
    }
    if judged.outcome.is_of_this_run() {
        let measured = judged.measured.map_or_else(
            || "not measured yet".to_owned(),
            |measured| value(expectation.figure, measured),
        );
        facts.push(("this run", measured));
    }
    Grid::new(("figure", expectation.figure.label()))
        .num_columns(2)
        .min_col_width(84.0)
        .min_row_height(18.0)
        .spacing([space::M, 2.0])
        .show(ui, |ui| {
            for (name, text) in facts {
                ui.label(theme::dim(ui, name));
                ui.label(theme::figure(ui, text));
                ui.end_row();
            }
        });
    let place = stated.map_or_else(String::new, Stated::place);
    if !place.is_empty() {
        ui.add(Label::new(theme::dim(ui, format!("From: {place}"))).wrap());
    }
    if judged.outcome.is_of_this_run() {
        ui.add(Label::new(RichText::new(words).color(color)).wrap());
    }
    ui.add_space(space::S);
}

/// "≤ 0.5 × vanilla-64, here ≤ 1.05".
fn bound(judged: &Judged) -> String {
    let expectation = judged.expectation;
    let text = match expectation.bound {
        Bound::Exactly(exactly) => value(expectation.figure, exactly),
        _ => expectation.bound.label(),
    };
    match (expectation.bound, judged.other) {
        (Bound::AtMostTimes(factor, _), Some(other)) => {
            format!("{text}: {}", number::three_digits(factor * other))
        }
        (Bound::LessThanWithBetaOne, Some(other)) => {
            format!("{text}: {}", value(expectation.figure, other))
        }
        _ => text,
    }
}

fn value(figure: Figure, value: f64) -> String {
    match figure {
        Figure::Parameters => number::count(whole(value)),
        Figure::ActiveUnits | Figure::PetalsFilled => whole(value).to_string(),
        _ => number::three_digits(value),
    }
}

fn whole(value: f64) -> u64 {
    value.max(0.0).round() as u64
}

/// The sign, its colour and the words of an outcome.
fn outcome(ui: &Ui, judged: &Judged) -> (MaterialIcon, Color32, String) {
    let t = theme::tokens_of(ui);
    match judged.outcome {
        Outcome::Reached => (ICON_CHECK_CIRCLE, t.positive, "reached".to_owned()),
        Outcome::OnTheWay => (ICON_PENDING, t.text_dim, "not yet".to_owned()),
        Outcome::FallsShort => (ICON_CLOSE, t.negative, "falls short".to_owned()),
        Outcome::NotMeasured => (
            ICON_RADIO_BUTTON_UNCHECKED,
            t.text_dim,
            not_measured(judged.expectation.figure).to_owned(),
        ),
        Outcome::NothingToCompare => {
            let with = match judged.expectation.bound {
                Bound::AtMostTimes(_, other) => other.to_string(),
                _ => "the same experiment with β = 1".to_owned(),
            };
            let text =
                format!("to compare, train {with} to the end in this session, then this one");
            (ICON_RADIO_BUTTON_UNCHECKED, t.text_dim, text)
        }
        Outcome::OtherDigits => {
            let digits = if judged.expectation.on_pen_digits {
                "the pen digits"
            } else {
                "MNIST"
            };
            let text = format!("this number is for {digits}; it does not apply to other digits");
            (ICON_RADIO_BUTTON_UNCHECKED, t.text_dim, text)
        }
        Outcome::OtherExperiment | Outcome::OtherWay => {
            (ICON_RADIO_BUTTON_UNCHECKED, t.text_dim, String::new())
        }
    }
}

fn not_measured(figure: Figure) -> &'static str {
    match figure {
        Figure::SubspaceAngle | Figure::SlantCorrelation => {
            "press Measure in the Numbers view to find out"
        }
        _ => "measured at the end of each epoch",
    }
}
