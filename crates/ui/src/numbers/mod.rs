//! The panel of the numbers: what was measured of the model, with the values to compare it with.

mod report;
mod rows;
mod table;

use egui::{Button, ScrollArea, Ui};

use super::action::Action;
use super::pane::Pane;
use super::panel::Panel;
use super::theme;
use super::{card, judging, number};
use hourglass_protocol::Evaluation;
use hourglass_state::{LabState, RunState, RunView};

#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct NumbersPanel {
    /// The row that comes into sight as soon as it is there.
    #[serde(skip)]
    sought: Option<&'static str>,
}

impl NumbersPanel {
    /// Brings the row of this name into sight.
    pub fn seek(&mut self, row: &'static str) {
        self.sought = Some(row);
    }
}

impl Panel for NumbersPanel {
    /// Shows the figures of the run in progress.
    fn ui(&mut self, ui: &mut Ui, view: RunView<'_>, actions: &mut Vec<Action>) {
        let RunView { state, run } = view;
        let Self { sought } = self;
        card::card(
            ui,
            Pane::Numbers.title(),
            |ui| {
                judge_button(ui, run, actions);
                if let Some(evaluation) = run.and_then(|run| run.full_evaluation.as_ref()) {
                    card::caption(ui, &caption(evaluation));
                }
            },
            |ui| match run {
                Some(run) if has_figures(run) => body(ui, state, run, sought),
                _ => card::waiting(ui, view, AWAITED),
            },
        );
    }
}

fn has_figures(run: &RunState) -> bool {
    run.full_evaluation.is_some() || run.code_report.is_some() || run.judging.is_some()
}

/// `test images · epoch 3, step 2,814`
fn caption(evaluation: &Evaluation) -> String {
    let step = number::count(evaluation.step);
    format!("test images · epoch {:.0}, step {step}", evaluation.epoch)
}

/// Asks for the figures that take seconds, or stops measuring them.
fn judge_button(ui: &mut Ui, run: Option<&RunState>, actions: &mut Vec<Action>) {
    ui.spacing_mut().interact_size.y = 21.0; // as high as the choices in other headers
    ui.spacing_mut().button_padding.y = 1.0;
    let progress = run.and_then(|run| run.judging);
    let (text, help) = if let Some(progress) = progress {
        let [text, _] = judging::cancel_texts(progress);
        (text, judging::sentence(progress))
    } else {
        let help = "How well the class can be predicted from the code, and how it compresses compared with PNG, WebP and \
                    JPEG.";
        let cost = judging::COST;
        ("Measure the code".to_owned(), format!("{help} {cost}"))
    };
    let text = egui::RichText::new(text).text_style(theme::text::SMALL);
    let response = ui
        .add_enabled(run.is_some(), Button::new(text))
        .on_hover_text(help)
        .on_disabled_hover_text("There is no model yet: load a data set first");
    if response.clicked() {
        actions.push(judging::action(progress));
    }
}

const AWAITED: card::Awaited<'static> = card::Awaited {
    appears: "the model's results on the test images appear here",
    under_way: "Nothing measured yet",
    takes: "The whole test split is measured at the end of each epoch; the code is measured on request",
    has_past: false,
};

fn body(ui: &mut Ui, state: &LabState, run: &RunState, sought: &mut Option<&str>) {
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if let Some(evaluation) = &run.full_evaluation {
            for group in rows::groups(state, run, evaluation) {
                group.show(ui, sought);
            }
        }
        if let Some(progress) = run.judging {
            report::under_way(ui, progress);
        }
        match &run.code_report {
            Some(report) => report::show(ui, run, report, sought),
            None if run.judging.is_none() => report::missing(ui),
            None => {}
        }
    });
}
