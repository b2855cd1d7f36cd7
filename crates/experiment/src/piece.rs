//! A formula in pieces, which the window, captions and documents each draw in their own way.

/// A stretch of a formula that is drawn in one way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Piece {
    /// A quantity: `x̂`.
    Letter(&'static str),
    /// An operator, a bracket or a word; a line break is one too.
    Sign(&'static str),
    /// A sign that is raised.
    Exponent(&'static str),
    /// A number that is set.
    Number(f32),
    /// A share of 1 that is set, read in per cent.
    Share(f32),
    /// What was chosen, by its name.
    Choice(&'static str),
}

use Piece::{Number, Sign};

/// A part of the objective in words and signs, with the values in use.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Written {
    /// What captions call it: `L1`.
    pub name: &'static str,
    /// What the panel calls the choice that switches it on: `variational`.
    pub choice: &'static str,
    /// Its settings as captions give them: `λ`, `6.4e-4`.
    pub settings: Vec<(&'static str, Piece)>,
    /// Its place in the sum, with the sign before it.
    pub formula: Vec<Piece>,
    /// A line below the formula.
    pub note: Vec<Piece>,
    /// What a letter that no other part has stands for.
    pub letters: Option<&'static str>,
}

/// ` + λ ` and what it weighs, with no line break after the sign.
pub(super) fn plus(weight: f32, term: &[Piece]) -> Vec<Piece> {
    weighted("+\u{a0}", weight, term)
}

/// ` − λ ` and what it weighs.
pub(super) fn minus(weight: f32, term: &[Piece]) -> Vec<Piece> {
    weighted("−\u{a0}", weight, term)
}

fn weighted(sign: &'static str, weight: f32, term: &[Piece]) -> Vec<Piece> {
    let begin = [Sign(" "), Sign(sign), Number(weight), Sign("\u{a0}")];
    begin.iter().chain(term).copied().collect()
}
