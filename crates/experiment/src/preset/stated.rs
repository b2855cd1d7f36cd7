//! What a figure of a preset is compared with besides its bound, and where that number is from.

use std::fmt;

/// What is known about a figure before anything is trained. Only what a source printed is called published.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stated {
    /// Printed by the source, at a place that can be looked up.
    Published(Print),
    /// Passed on as the source's, without a place in it; [`Print::place`] is who says so.
    Reported(Print),
    /// The value where the aim of the experiment would be met in full: theory, and not a measurement.
    Ideal(f64),
    /// Follows from the layers: the bound is the number.
    Count,
}

/// A number in print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Print {
    /// With the digits that were printed: `3.00`.
    pub digits: &'static str,
    /// Where: section, table, figure or output.
    pub place: &'static str,
    /// What is known to be otherwise in the source's experiment; empty if nothing is.
    pub otherwise: &'static str,
}

impl Print {
    /// The number; not a number if the digits are none, which a test excludes.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.digits.replace(',', "").parse().unwrap_or(f64::NAN)
    }
}

impl Stated {
    /// What it is called.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Published(_) => "published",
            Self::Reported(_) => "reported",
            Self::Ideal(_) => "ideal",
            Self::Count => "count",
        }
    }

    /// Its number, in the figure's unit; none of a count, which is the bound.
    #[must_use]
    pub fn value(self) -> Option<f64> {
        match self {
            Self::Published(print) | Self::Reported(print) => Some(print.value()),
            Self::Ideal(value) => Some(value),
            Self::Count => None,
        }
    }

    /// What was printed, if it is that.
    #[must_use]
    pub fn print(self) -> Option<Print> {
        match self {
            Self::Published(print) | Self::Reported(print) => Some(print),
            Self::Ideal(_) | Self::Count => None,
        }
    }

    /// Its digits: those that were printed, or those of an ideal; empty of a count.
    #[must_use]
    pub fn digits(self) -> String {
        match self {
            Self::Published(print) | Self::Reported(print) => print.digits.to_owned(),
            Self::Ideal(value) => value.to_string(),
            Self::Count => String::new(),
        }
    }

    /// Its name where the digits stand beside it. A source that trained otherwise than the preset is not left
    /// unsaid: `published, trained otherwise`.
    #[must_use]
    pub fn name(self) -> String {
        match self.print() {
            Some(print) if !print.otherwise.is_empty() => {
                format!("{}, trained otherwise", self.label())
            }
            _ => self.label().to_owned(),
        }
    }

    /// Where the number stands and what is otherwise there; empty of an ideal and of a count.
    #[must_use]
    pub fn place(self) -> String {
        match self.print() {
            Some(print) if print.otherwise.is_empty() => print.place.to_owned(),
            Some(print) => format!("{}; there: {}", print.place, print.otherwise),
            None => String::new(),
        }
    }
}

impl fmt::Display for Stated {
    /// `published 3.00: caption of figure 2; there: …`, `ideal 1`, `count`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())?;
        for (before, text) in [(" ", self.digits()), (": ", self.place())] {
            if !text.is_empty() {
                write!(f, "{before}{text}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_says_what_it_is() {
        let print = Print {
            digits: "50,992",
            place: "output of cell 3",
            otherwise: "",
        };
        let published = Stated::Published(print);
        assert_eq!(published.value(), Some(50_992.0));
        assert_eq!(published.to_string(), "published 50,992: output of cell 3");
        assert_eq!(published.name(), "published");
        let otherwise = Stated::Reported(Print {
            otherwise: "SGD",
            ..print
        });
        assert_eq!(
            otherwise.to_string(),
            "reported 50,992: output of cell 3; there: SGD"
        );
        assert_eq!(otherwise.name(), "reported, trained otherwise");
        assert_eq!(Stated::Ideal(0.05).to_string(), "ideal 0.05");
        assert_eq!(Stated::Count.to_string(), "count");
        assert_eq!(Stated::Count.value(), None);
    }
}
