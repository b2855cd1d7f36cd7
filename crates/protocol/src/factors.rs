//! Numbers that are known of images besides their class: what they were drawn from.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A number that is known of every image. Two of one name are the same.
#[derive(Clone, Copy, Debug)]
pub struct Factor {
    /// Its name, for people and in files.
    pub name: &'static str,
    /// The unit of its values; nothing where it is not known.
    pub unit: &'static str,
    /// What it says.
    pub help: &'static str,
}

impl Factor {
    /// The factor by which a preset's expectations ask whether a code has found one.
    pub const SLANT: Self = Self::of(
        "slant",
        "degrees",
        "How far the digit leans from the vertical; to the right is positive",
    );

    #[must_use]
    pub const fn of(name: &'static str, unit: &'static str, help: &'static str) -> Self {
        Self { name, unit, help }
    }

    /// For legends and columns: `slant, degrees`.
    #[must_use]
    pub fn title(self) -> String {
        if self.unit.is_empty() {
            self.name.to_owned()
        } else {
            format!("{}, {}", self.name, self.unit)
        }
    }
}

impl PartialEq for Factor {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Factor {}

impl Serialize for Factor {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.name.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Factor {
    /// What is remembered is a name; its data set says the rest. It stays in memory to the end of the program.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = String::deserialize(from)?;
        Ok(Self::of(Box::leak(name.into_boxed_str()), "", ""))
    }
}

/// What is known of each of some images.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KnownFactors {
    factors: &'static [Factor],
    /// `[images, factors]`
    values: Arc<[f32]>,
}

impl KnownFactors {
    /// Values row by row, `[images, factors]`.
    ///
    /// # Panics
    /// If there is not one value for each factor of each image.
    #[must_use]
    pub fn new(factors: &'static [Factor], values: Vec<f32>) -> Self {
        assert_eq!(
            values.len() % factors.len().max(1),
            0,
            "a value for each factor"
        );
        Self {
            factors,
            values: values.into(),
        }
    }

    /// Numbers that came with a person's own images, row by row, `[images, factors]`; NaN where one is not known. The
    /// names stay in memory to the end of the program.
    #[must_use]
    pub fn of_names(names: Vec<String>, values: Vec<f32>) -> Self {
        if names.is_empty() {
            return Self::default();
        }
        let factor = |name: String| {
            let name = Box::leak(name.into_boxed_str());
            Factor::of(name, "", "A number that came with the images")
        };
        let factors: Vec<Factor> = names.into_iter().map(factor).collect();
        Self::new(Box::leak(factors.into_boxed_slice()), values)
    }

    /// All of them; no factor if nothing is known.
    #[must_use]
    pub fn all(&self) -> &'static [Factor] {
        self.factors
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The value of a factor in an image; none if it is not known.
    #[must_use]
    pub fn value(&self, factor: Factor, image: usize) -> Option<f32> {
        let column = self.factors.iter().position(|known| *known == factor)?;
        let value = self.values.get(image * self.factors.len() + column);
        value.copied().filter(|value| value.is_finite())
    }

    /// The values of a factor in all images.
    #[must_use]
    pub fn column(&self, factor: Factor) -> Vec<f32> {
        let column = self.factors.iter().position(|known| *known == factor);
        let of_column = |column| self.values.iter().skip(column).step_by(self.factors.len());
        column
            .map(of_column)
            .into_iter()
            .flatten()
            .copied()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_tied_to_image_and_factor() {
        static FACTORS: [Factor; 2] = [Factor::SLANT, Factor::of("size", "pixels", "")];
        let known = KnownFactors::new(&FACTORS, vec![1.0, 2.0, 3.0, 4.0]);
        assert_eq!(known.value(FACTORS[1], 0), Some(2.0));
        assert_eq!(known.column(Factor::SLANT), [1.0, 3.0]);
        assert_eq!(known.value(Factor::of("age", "", ""), 0), None);
        assert_eq!(known.value(Factor::SLANT, 2), None);
        assert!(KnownFactors::default().is_empty());
        assert!(KnownFactors::default().column(Factor::SLANT).is_empty());
    }

    #[test]
    fn numbers_of_a_persons_own_may_be_missing() {
        let names = vec!["age".to_owned(), "height".to_owned()];
        let known = KnownFactors::of_names(names, vec![31.5, f32::NAN, 8.0, 1.3]);
        let [age, height] = known.all() else {
            panic!("two names");
        };
        assert_eq!(
            (known.value(*age, 1), known.value(*height, 0)),
            (Some(8.0), None)
        );
        assert_eq!((age.title(), known.is_empty()), ("age".to_owned(), false));
        assert!(KnownFactors::of_names(Vec::new(), Vec::new()).is_empty());
    }

    #[test]
    fn a_factor_is_remembered_by_its_name() {
        use serde::de::IntoDeserializer;
        let name = IntoDeserializer::<serde::de::value::Error>::into_deserializer("slant");
        assert_eq!(Factor::deserialize(name).expect("a name"), Factor::SLANT);
    }
}
