//! A formula in pieces, which the window, captions and documents each draw in their own way.

/// A stretch of a formula that is drawn in one way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Piece {
    /// A quantity: `x̂`.
    Letter(&'static str),
    /// Operators, brackets or words; a line break is one too.
    Sign(&'static str),
    /// Signs among which no line breaks.
    TightSign(&'static str),
    /// A raised 2.
    Squared,
    /// A number that is set.
    Number(f32),
    /// A share of 1 that is set, read in per cent.
    Share(f32),
    /// What was chosen, by its name.
    Choice(&'static str),
}

use Piece::{Choice, Letter, Number, Share, Sign, Squared, TightSign};

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

/// A formula from its text, in which quantities are between asterisks and `#` stands for each of `values`:
/// `1/*n* Σ(*x̂* − *x*)²`.
pub(super) fn pieces(text: &'static str, values: &[Piece]) -> Vec<Piece> {
    let mut values = values.iter();
    let mut found = Vec::new();
    let mut rest = text;
    let mut is_letter = false;
    loop {
        let end = rest.find(['*', '#', '²']).unwrap_or(rest.len());
        let (stretch, after) = rest.split_at(end);
        if is_letter {
            found.push(Letter(stretch));
        } else if !stretch.is_empty() {
            found.push(Sign(stretch));
        }
        let mut after = after.chars();
        match after.next() {
            None => return found,
            Some('*') => is_letter = !is_letter,
            Some('²') => found.push(Squared),
            Some(_) => found.extend(values.next()),
        }
        rest = after.as_str();
    }
}

/// ` + λ `, or with another sign, and what it weighs: a line breaks before it only.
pub(super) fn weighted(
    sign: &'static str,
    weight: f32,
    text: &'static str,
    values: &[Piece],
) -> Vec<Piece> {
    let begin = [Sign(" "), TightSign(sign), Number(weight), TightSign(" ")];
    let term = pieces(text, values).into_iter().map(|piece| match piece {
        Sign(text) => TightSign(text),
        Letter(_) | TightSign(_) | Squared | Number(_) | Share(_) | Choice(_) => piece,
    });
    begin.into_iter().chain(term).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_letters_signs_and_values() {
        let found = pieces("Σ(*h* − #)²", &[Number(0.5)]);
        let expected = [
            Sign("Σ("),
            Letter("h"),
            Sign(" − "),
            Number(0.5),
            Sign(")"),
            Squared,
        ];
        assert_eq!(found, expected);
    }
}
