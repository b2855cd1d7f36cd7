//! The objective as a formula, with the values in use.

use super::Piece::{self, Choice, Number, Share, Sign};
use super::piece::pieces;
use super::{Corruption, Experiment, Half, Target};

impl Experiment {
    /// What training minimises, with the values in use: J and its parts, a line for what needs one or has a phase of its
    /// own, and what x̂ is made from where that is not the image itself.
    #[must_use]
    pub fn formula(&self) -> Vec<Piece> {
        let parts = self.objective_in_use().parts();
        let mut formula = pieces("*J* = ", &[]);
        formula.extend(parts.iter().flat_map(|(_, part)| &part.formula));
        let losses = self.objective.losses().into_iter();
        let notes = losses.map(|(_, loss)| loss.note);
        for line in notes.chain([self.input_line()]) {
            if !line.is_empty() {
                formula.push(Sign("\n"));
                formula.extend(line);
            }
        }
        formula
    }

    fn input_line(&self) -> Vec<Piece> {
        if !self.alters_input() {
            return Vec::new();
        }
        let mut line = pieces("*x̂* from *x*", &[]);
        line.extend(match self.target {
            Target::SameImage => Vec::new(),
            Target::WholeFromHalf { hidden } => {
                let half = Choice(match hidden {
                    Half::Left => "left",
                    Half::Right => "right",
                    Half::Top => "upper",
                    Half::Bottom => "lower",
                });
                pieces(" without its # half", &[half])
            }
            Target::UprightFromRotated { degrees } => {
                pieces(" turned by up to ±#°", &[Number(degrees)])
            }
        });
        if self.corruption.is_none() {
            return line;
        }
        line.push(Sign(match self.target {
            Target::SameImage => " with ",
            Target::WholeFromHalf { .. } | Target::UprightFromRotated { .. } => ", ",
        }));
        line.extend(damage(self.corruption));
        if let Some(strength) = self.test_noise {
            line.extend([Sign("; at test "), amount(self.corruption, strength)]);
        }
        line
    }
}

fn damage(corruption: Corruption) -> Vec<Piece> {
    let text = match corruption {
        Corruption::None => return Vec::new(),
        Corruption::Masking { .. } => "# of pixels set to 0",
        Corruption::SaltAndPepper { .. } => "# of pixels set to 0 or 1",
        Corruption::Gaussian { .. } => "noise N(0, #²)",
    };
    pieces(text, &[amount(corruption, corruption.strength())])
}

/// ν as a share, σ as it is.
fn amount(corruption: Corruption, strength: f32) -> Piece {
    match corruption {
        Corruption::Gaussian { .. } => Number(strength),
        Corruption::None | Corruption::Masking { .. } | Corruption::SaltAndPepper { .. } => {
            Share(strength)
        }
    }
}
