//! The objective as a formula with the values in use.

use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Frame, Label, Margin, Panel, Ui};

use super::{now, plan};
use crate::number;
use crate::theme::{self, Tokens, space};
use hourglass_experiment::{Experiment, Piece, Term};
use hourglass_state::RunState;

/// Size of the formula's letters, in points.
const SIZE: f32 = 14.0;
/// Size of its indices, as a share of its letters'.
const INDEX: f32 = 0.68;

/// Draws `above` in the space over the formula, which keeps to the bottom.
pub(super) fn pinned(
    ui: &mut Ui,
    draft: &Experiment,
    run: Option<&RunState>,
    above: impl FnOnce(&mut Ui),
) {
    let frame = Frame::new().inner_margin(Margin {
        top: 6,
        ..Margin::ZERO
    });
    Panel::bottom("formula")
        .frame(frame)
        .resizable(false)
        .show_separator_line(false)
        .show(ui, |ui| show(ui, draft, run));
    above(ui);
}

fn show(ui: &mut Ui, draft: &Experiment, run: Option<&RunState>) {
    let t = theme::tokens_of(ui);
    Frame::new()
        .fill(t.plot)
        .stroke(egui::Stroke::new(1.0, t.border))
        .corner_radius(6)
        .inner_margin(Margin::symmetric(10, 6))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 2.0;
            formula(ui, draft, SIZE);
            let lines = run.map(now::lines).unwrap_or_default();
            for line in lines {
                ui.add(Label::new(theme::dim(ui, line.text).font(theme::mono(11.0))).truncate())
                    .on_hover_text(line.help);
            }
        });
    ui.add_space(space::XS);
}

/// The objective of an experiment in letters of a size, with the values in use.
pub(crate) fn formula(ui: &mut Ui, experiment: &Experiment, size: f32) {
    let job = job(experiment, theme::tokens_of(ui), size);
    ui.add(Label::new(job).wrap())
        .on_hover_text(help(experiment));
}

/// What the formula is a mean of, and what its letters stand for.
pub(crate) fn help(experiment: &Experiment) -> String {
    let objective = experiment.objective_in_use();
    let unit = objective.unit(Term::Objective).phrase();
    let kind = if objective.is_per_image() {
        "summed over an image's pixels and averaged over images"
    } else {
        "averaged over pixels and images"
    };
    let mut letters = vec!["x image", "x̂ reconstruction", "h code"];
    if !objective.is_per_image() {
        letters.push("n pixels");
    }
    let losses = objective.losses();
    letters.extend(losses.iter().filter_map(|(_, loss)| loss.letters));
    let letters = letters.join(", ");
    let what = if objective.of_own_phase().is_some() {
        "what encoder and decoder minimise in the reconstruction phase"
    } else {
        "what training minimises"
    };
    format!("The objective: {what}, {kind}, {unit}. {letters}")
}

/// A formula as text with exponents: quantities bright, what a control sets in the accent's colour.
fn job(experiment: &Experiment, colors: &Tokens, size: f32) -> LayoutJob {
    let mut job = LayoutJob::default();
    let mut push = |text: &str, size: f32, valign: Align, color: egui::Color32| {
        let format = TextFormat {
            font_id: theme::regular(size),
            color,
            valign,
            ..TextFormat::default()
        };
        job.append(text, 0.0, format);
    };
    for piece in experiment.formula() {
        let text = number::piece(piece);
        match piece {
            Piece::Letter(_) => push(&text, size, Align::BOTTOM, colors.text),
            Piece::Sign(_) | Piece::TightSign(_) => {
                push(&text, size, Align::BOTTOM, colors.text_dim);
            }
            Piece::Squared => push("2", INDEX * size, Align::TOP, colors.text_dim),
            Piece::Number(_) | Piece::Share(_) | Piece::Choice(_) => {
                push(&text, size, Align::BOTTOM, colors.accent);
            }
        }
    }
    if let Some(words) = plan::in_words(experiment) {
        push(&format!("\n{words}"), size, Align::BOTTOM, colors.text_dim);
    }
    job
}
