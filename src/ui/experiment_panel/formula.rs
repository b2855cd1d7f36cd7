//! The objective as a formula with the values in use.

use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Frame, Label, Margin, Panel, Ui};

use super::objective::shortest;
use crate::experiment::{Corruption, Experiment, Reconstruction, Sparsity, Term};
use crate::state::{LabState, RunState};
use crate::ui::number;
use crate::ui::theme::{self, Tokens, space};

/// Size of the formula's letters and of its indices, in points.
const SIZE: f32 = 14.0;
const INDEX_SIZE: f32 = 9.5;

/// Draws `above` in the space over the formula, which keeps to the bottom.
pub(super) fn pinned(ui: &mut Ui, state: &LabState, above: impl FnOnce(&mut Ui)) {
    let frame = Frame::new().inner_margin(Margin {
        top: 6,
        ..Margin::ZERO
    });
    Panel::bottom("formula")
        .frame(frame)
        .resizable(false)
        .show_separator_line(false)
        .show(ui, |ui| show(ui, state));
    above(ui);
}

fn show(ui: &mut Ui, state: &LabState) {
    let t = theme::tokens_of(ui);
    Frame::new()
        .fill(t.plot)
        .stroke(egui::Stroke::new(1.0, t.border))
        .corner_radius(6)
        .inner_margin(Margin::symmetric(10, 6))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 2.0;
            let formula = Formula::of(&state.draft, t);
            let help = format!(
                "The objective: what training minimises, a mean over pixels and images in {}. {}",
                state.draft.objective.reconstruction.unit(),
                formula.legend
            );
            ui.add(Label::new(formula.job).wrap()).on_hover_text(help);
            if let Some(text) = state.run.as_ref().and_then(terms_now) {
                ui.add(Label::new(theme::dim(ui, text).font(theme::mono(11.0))).truncate())
                    .on_hover_text(
                        "The newest training batch: the objective and the terms it adds up",
                    );
            }
        });
    ui.add_space(space::XS);
}

/// "J = 0.0169 = MSE 0.0161 + L1 penalty 0.0008"
fn terms_now(run: &RunState) -> Option<String> {
    let terms = run.experiment.objective.terms();
    let value = |term: Term| {
        let [_, value] = run.history.train(term)?.last()?;
        Some(value)
    };
    let total = value(Term::Objective)?;
    let parts: Option<Vec<String>> = terms
        .into_iter()
        .filter(|&term| term != Term::Objective)
        .map(|term| {
            Some(format!(
                "{} {}",
                short_label(term),
                number::three_digits(value(term)?)
            ))
        })
        .collect();
    let parts = parts?;
    if parts.len() == 1 {
        return Some(format!(
            "now {} {}",
            parts[0],
            run.experiment.objective.reconstruction.unit()
        ));
    }
    Some(format!(
        "now {} = {}",
        number::three_digits(total),
        parts.join(" + ")
    ))
}

/// The name of a term where there is little room.
fn short_label(term: Term) -> &'static str {
    match term {
        Term::L1 => "L1",
        _ => term.label(),
    }
}

/// A formula as text with indices and exponents.
struct Formula {
    job: LayoutJob,
    legend: &'static str,
    colors: &'static Tokens,
}

impl Formula {
    fn of(experiment: &Experiment, colors: &'static Tokens) -> Self {
        let mut formula = Self {
            job: LayoutJob::default(),
            legend: "x image, x̂ reconstruction, h code, n pixels",
            colors,
        };
        formula.objective(experiment);
        formula.corruption(experiment.corruption);
        formula
    }

    fn objective(&mut self, experiment: &Experiment) {
        self.letters("J");
        self.signs(" = ");
        match experiment.objective.reconstruction {
            Reconstruction::Mse => {
                self.fraction_of_n("1");
                self.signs(" Σ(");
                self.letters("x̂");
                self.signs(" − ");
                self.letters("x");
                self.signs(")");
                self.exponent("2");
            }
            Reconstruction::Bce => {
                self.fraction_of_n("−1");
                self.signs(" Σ[");
                self.letters("x");
                self.signs(" ln ");
                self.letters("x̂");
                self.signs(" + (1−");
                self.letters("x");
                self.signs(") ln(1−");
                self.letters("x̂");
                self.signs(")]");
            }
        }
        if let Sparsity::L1 { weight } = experiment.objective.sparsity {
            self.signs(" + ");
            self.value(&number::setting(shortest(weight)));
            self.signs(" Σ|");
            self.letters("h");
            self.signs("|");
        }
    }

    /// What x̂ is made from when the encoder sees a damaged image.
    fn corruption(&mut self, corruption: Corruption) {
        if corruption.is_none() {
            return;
        }
        self.signs("\n");
        self.letters("x̂");
        self.signs(" from ");
        self.letters("x");
        self.signs(" with ");
        let strength = shortest(corruption.strength());
        match corruption {
            Corruption::None => {}
            Corruption::Masking { .. } => {
                self.value(&number::percent(strength));
                self.signs(" of pixels set to 0");
            }
            Corruption::SaltAndPepper { .. } => {
                self.value(&number::percent(strength));
                self.signs(" of pixels set to 0 or 1");
            }
            Corruption::Gaussian { .. } => {
                self.signs("noise N(0, ");
                self.value(&number::setting(strength));
                self.exponent("2");
                self.signs(")");
            }
        }
    }

    fn letters(&mut self, text: &str) {
        self.push(text, SIZE, Align::BOTTOM, self.colors.text);
    }

    fn signs(&mut self, text: &str) {
        self.push(text, SIZE, Align::BOTTOM, self.colors.text_dim);
    }

    /// A value that a control sets.
    fn value(&mut self, text: &str) {
        self.push(text, SIZE, Align::BOTTOM, self.colors.accent);
    }

    fn exponent(&mut self, text: &str) {
        self.push(text, INDEX_SIZE, Align::TOP, self.colors.text_dim);
    }

    fn fraction_of_n(&mut self, numerator: &str) {
        self.signs(numerator);
        self.signs("/");
        self.letters("n");
    }

    fn push(&mut self, text: &str, size: f32, valign: Align, color: egui::Color32) {
        let format = TextFormat {
            font_id: theme::regular(size),
            color,
            valign,
            ..TextFormat::default()
        };
        self.job.append(text, 0.0, format);
    }
}
