//! The objective as a formula with the values in use.

use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Frame, Label, Margin, Panel, Ui};

use super::controls::shortest;
use super::{now, plan};
use crate::number;
use crate::theme::{self, Tokens, space};
use hourglass_experiment::{
    Adversarial, Corruption, Experiment, Half, Objective, Prior, Reconstruction, Sparsity, Target,
    Term, Variational,
};
use hourglass_state::LabState;

/// Size of the formula's letters, in points.
const SIZE: f32 = 14.0;
/// Size of its indices, as a share of its letters'.
const INDEX: f32 = 0.68;

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
            formula(ui, &state.draft, SIZE);
            let lines = state.run.as_ref().map(now::lines).unwrap_or_default();
            for line in lines {
                ui.add(Label::new(theme::dim(ui, line.text).font(theme::mono(11.0))).truncate())
                    .on_hover_text(line.help);
            }
        });
    ui.add_space(space::XS);
}

/// The objective of a recipe in letters of a size, with the values in use.
pub(crate) fn formula(ui: &mut Ui, experiment: &Experiment, size: f32) {
    let formula = Formula::of(experiment, theme::tokens_of(ui), size);
    ui.add(Label::new(formula.job).wrap())
        .on_hover_text(help(experiment));
}

/// What the formula is a mean of, and what its letters stand for.
pub(crate) fn help(experiment: &Experiment) -> String {
    let objective = &experiment.objective;
    let unit = objective.unit(Term::Objective);
    let unit = if unit.starts_with("per ") {
        unit.to_owned() // "MSE per pixel" has no other
    } else {
        format!("in {unit}")
    };
    let kind = if objective.is_per_image() {
        "a sum over an image's pixels and a mean over images"
    } else {
        "a mean over pixels and images"
    };
    let mut letters = vec!["x image", "x̂ reconstruction", "h code"];
    if !objective.is_per_image() {
        letters.push("n pixels");
    }
    if matches!(objective.sparsity, Sparsity::Kl { .. }) {
        letters.push("mean h a unit's mean activation over the batch");
    }
    match objective.prior {
        Prior::None => {}
        Prior::Variational(_) => letters.push("q the Gaussian of codes of one image"),
        Prior::Adversarial(_) => {
            letters.push("D the discriminator's belief that a code is a sample of the prior");
        }
    }
    let letters = letters.join(", ");
    format!("The objective: what training minimises, {kind}, {unit}. {letters}")
}

/// A formula as text with indices and exponents.
struct Formula {
    job: LayoutJob,
    size: f32,
    colors: &'static Tokens,
}

impl Formula {
    fn of(experiment: &Experiment, colors: &'static Tokens, size: f32) -> Self {
        let mut formula = Self {
            job: LayoutJob::default(),
            size,
            colors,
        };
        formula.letters("J");
        formula.signs(" = ");
        formula.reconstruction(&experiment.objective);
        formula.sparsity(experiment.objective.sparsity);
        formula.contraction(experiment.objective.contraction);
        match &experiment.objective.prior {
            Prior::None => {}
            Prior::Variational(prior) => formula.variational(prior),
            Prior::Adversarial(prior) => formula.adversarial(prior),
        }
        formula.input(experiment);
        if let Some(words) = plan::in_words(experiment) {
            formula.signs("\n");
            formula.signs(&words);
        }
        formula
    }

    /// Δ: a mean over pixels, or a sum with a prior.
    fn reconstruction(&mut self, objective: &Objective) {
        let is_sum = objective.is_per_image();
        match objective.reconstruction {
            Reconstruction::Mse => {
                match objective.prior.variational() {
                    Some(prior) => self.likelihood(shortest(prior.likelihood_sigma)),
                    None if is_sum => {}
                    None => self.fraction_of_n("1"),
                }
                self.signs("Σ(");
                self.letters("x̂");
                self.signs(" − ");
                self.letters("x");
                self.signs(")");
                self.exponent("2");
            }
            Reconstruction::Mae => {
                if !is_sum {
                    self.fraction_of_n("1");
                }
                self.signs("Σ|");
                self.letters("x̂");
                self.signs(" − ");
                self.letters("x");
                self.signs("|");
            }
            Reconstruction::Bce => {
                if is_sum {
                    self.signs("−");
                } else {
                    self.fraction_of_n("−1");
                }
                self.signs("Σ[");
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
    }

    /// "1/(2·0.5²) ", before the squared error; the normaliser ln σ√2π does not depend on the weights.
    fn likelihood(&mut self, sigma: f64) {
        self.signs("1/(2·");
        self.value(&number::setting(sigma));
        self.exponent("2");
        self.signs(") ");
    }

    fn sparsity(&mut self, sparsity: Sparsity) {
        match sparsity {
            Sparsity::None => {}
            Sparsity::L1 { weight } => {
                self.plus_weight(weight);
                self.tight("Σ|");
                self.letters("h");
                self.tight("|");
            }
            Sparsity::Kl { target, weight } => {
                self.plus_weight(weight);
                self.tight("Σ KL(");
                self.value(&number::setting(shortest(target)));
                self.tight(" || ");
                self.signs("mean\u{a0}");
                self.letters("h");
                self.tight(")");
            }
        }
    }

    fn contraction(&mut self, weight: f32) {
        if weight > 0.0 {
            self.plus_weight(weight);
            self.tight("||∂");
            self.letters("h");
            self.tight("/∂");
            self.letters("x");
            self.tight("||");
            self.exponent("2");
        }
    }

    /// "+ β KL(q || N(0, I))", or the distance to C.
    fn variational(&mut self, prior: &Variational) {
        self.plus_weight(prior.beta);
        let has_capacity = prior.capacity > 0.0;
        if has_capacity {
            self.tight("|");
        }
        self.tight("KL(");
        self.letters("q");
        self.tight(" || N(0, I))");
        if has_capacity {
            self.tight(" − ");
            self.value(&number::setting(shortest(prior.capacity)));
            self.tight("|");
        }
        if prior.warm_up_epochs > 0.0 {
            self.signs("\nKL weight from 0 to ");
            self.value(&number::setting(shortest(prior.beta)));
            self.signs(" over ");
            self.value(&number::setting(shortest(prior.warm_up_epochs)));
            self.signs(" epochs");
        }
    }

    fn adversarial(&mut self, prior: &Adversarial) {
        self.signs(" ");
        self.tight("− ");
        self.value(&number::setting(shortest(prior.weight)));
        self.tight(" ln D(");
        self.letters("h");
        self.signs(")\nD: samples of ");
        self.value(prior.distribution.label());
        self.signs(", or codes?");
    }

    /// What x̂ is made from when the encoder sees something else than the image asked for.
    fn input(&mut self, experiment: &Experiment) {
        if !experiment.alters_input() {
            return;
        }
        self.signs("\n");
        self.letters("x̂");
        self.signs(" from ");
        self.letters("x");
        match experiment.target {
            Target::SameImage => {}
            Target::WholeFromHalf { hidden } => {
                self.signs(" without its ");
                self.value(match hidden {
                    Half::Left => "left",
                    Half::Right => "right",
                    Half::Top => "upper",
                    Half::Bottom => "lower",
                });
                self.signs(" half");
            }
            Target::UprightFromRotated { degrees } => {
                self.signs(" turned by up to ±");
                self.value(&number::setting(shortest(degrees)));
                self.signs("°");
            }
        }
        if !experiment.corruption.is_none() {
            self.signs(if experiment.target == Target::SameImage {
                " with "
            } else {
                ", "
            });
            self.corruption(experiment.corruption);
        }
        if let Some(strength) = experiment
            .test_noise
            .filter(|_| !experiment.corruption.is_none())
        {
            self.signs("; at test ");
            self.value(&strength_text(experiment.corruption, strength));
        }
    }

    fn corruption(&mut self, corruption: Corruption) {
        let strength = strength_text(corruption, corruption.strength());
        match corruption {
            Corruption::None => {}
            Corruption::Masking { .. } => {
                self.value(&strength);
                self.signs(" of pixels set to 0");
            }
            Corruption::SaltAndPepper { .. } => {
                self.value(&strength);
                self.signs(" of pixels set to 0 or 1");
            }
            Corruption::Gaussian { .. } => {
                self.signs("noise N(0, ");
                self.value(&strength);
                self.exponent("2");
                self.signs(")");
            }
        }
    }

    /// " + λ ", the weight of what follows.
    fn plus_weight(&mut self, weight: f32) {
        self.signs(" ");
        self.tight("+ ");
        self.value(&number::setting(shortest(weight)));
        self.tight(" ");
    }

    fn letters(&mut self, text: &str) {
        self.push(text, self.size, Align::BOTTOM, self.colors.text);
    }

    fn signs(&mut self, text: &str) {
        self.push(text, self.size, Align::BOTTOM, self.colors.text_dim);
    }

    /// The same, to be kept in one line.
    fn tight(&mut self, text: &str) {
        self.signs(&text.replace(' ', "\u{a0}"));
    }

    /// A value that a control sets.
    fn value(&mut self, text: &str) {
        self.push(text, self.size, Align::BOTTOM, self.colors.accent);
    }

    fn exponent(&mut self, text: &str) {
        self.push(text, INDEX * self.size, Align::TOP, self.colors.text_dim);
    }

    fn fraction_of_n(&mut self, numerator: &str) {
        self.signs(numerator);
        self.signs("/");
        self.letters("n");
        self.signs(" ");
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

/// ν as a share, σ as it is.
fn strength_text(corruption: Corruption, strength: f32) -> String {
    match corruption {
        Corruption::Gaussian { .. } => number::setting(shortest(strength)),
        _ => number::percent(shortest(strength)),
    }
}
