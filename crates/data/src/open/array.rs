//! Arrays of numbers, from whatever file, and what they become: bytes of pixels, and classes.

/// An array as a file has it.
#[derive(Debug)]
pub(super) struct Array {
    /// Where it was found, which says what it is: `train-images-idx3-ubyte`, `mnist.npz/x_train`.
    pub(super) name: String,
    /// Its sides, the slowest first.
    pub(super) dims: Vec<usize>,
    /// Its values, the last side fastest.
    pub(super) values: Values,
}

/// Values of an array.
#[derive(Debug)]
pub(super) enum Values {
    Bytes(Vec<u8>),
    Whole(Vec<i64>),
    Real(Vec<f32>),
    Text(Vec<String>),
}

impl Values {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Bytes(values) => values.len(),
            Self::Whole(values) => values.len(),
            Self::Real(values) => values.len(),
            Self::Text(values) => values.len(),
        }
    }

    /// Whether they are numbers of which some are not whole: nobody numbers classes so.
    pub(super) fn has_fractions(&self) -> bool {
        let Self::Real(values) = self else {
            return false;
        };
        values.iter().any(|value| value.fract() != 0.0)
    }

    /// Those of some places, in their order.
    fn picked(&self, places: impl Iterator<Item = usize>) -> Self {
        match self {
            Self::Bytes(values) => Self::Bytes(places.map(|at| values[at]).collect()),
            Self::Whole(values) => Self::Whole(places.map(|at| values[at]).collect()),
            Self::Real(values) => Self::Real(places.map(|at| values[at]).collect()),
            Self::Text(values) => Self::Text(places.map(|at| values[at].clone()).collect()),
        }
    }

    /// Some rows of `n_values` each.
    pub(super) fn rows(&self, places: &[usize], n_values: usize) -> Self {
        let rows = places.iter();
        self.picked(rows.flat_map(|row| row * n_values..(row + 1) * n_values))
    }

    /// Values whose first side is fastest, with the last side fastest; `order` says which side comes where.
    pub(super) fn with_last_fastest(&self, dims: &[usize], order: &[usize]) -> Self {
        let mut strides = vec![1; dims.len()];
        for axis in 1..dims.len() {
            strides[axis] = strides[axis - 1] * dims[axis - 1];
        }
        let (mut counters, mut next) = (vec![0; dims.len()], 0);
        let places = (0..self.len()).map(|_| {
            let place = next;
            for &axis in order.iter().rev() {
                counters[axis] += 1;
                next += strides[axis];
                if counters[axis] < dims[axis] {
                    break;
                }
                next -= strides[axis] * dims[axis];
                counters[axis] = 0;
            }
            place
        });
        self.picked(places)
    }

    /// Their values as numbers; what is none is NaN.
    pub(super) fn reals(&self) -> Vec<f32> {
        match self {
            Self::Bytes(values) => values.iter().map(|value| f32::from(*value)).collect(),
            Self::Whole(values) => values.iter().map(|value| *value as f32).collect(),
            Self::Real(values) => values.clone(),
            Self::Text(values) => vec![f32::NAN; values.len()],
        }
    }

    /// Names of what they say, one for each.
    pub(super) fn names(self) -> Vec<String> {
        match self {
            Self::Bytes(values) => values.iter().map(u8::to_string).collect(),
            Self::Whole(values) => values.iter().map(i64::to_string).collect(),
            Self::Real(values) => values.iter().map(f32::to_string).collect(),
            Self::Text(values) => values,
        }
    }
}

/// `60000×28×28`.
pub(super) fn described(dims: &[usize]) -> String {
    let dims: Vec<String> = dims.iter().map(ToString::to_string).collect();
    dims.join("×")
}

/// How values become bytes: `(value + shift) · factor`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    shift: f32,
    factor: f32,
}

impl Scale {
    /// From the smallest and the largest value.
    ///
    /// # Errors
    /// When they are not of any range that images are kept in.
    pub(super) fn of(least: f32, most: f32) -> Result<Self, String> {
        /// Values are compared with the ends of ranges to this share of them: rounding leaves 1.0000001.
        const SLACK: f32 = 1e-3;
        let within = |from: f32, to: f32| {
            let slack = (SLACK * (to - from)).min(0.5);
            least >= from - slack && most <= to + slack
        };
        let to_top = |top: f32| Self {
            shift: 0.0,
            factor: 255.0 / top,
        };
        if within(0.0, 1.0) {
            Ok(to_top(1.0))
        } else if within(0.0, 16.0) {
            Ok(to_top(16.0)) // scikit-learn's digits
        } else if within(0.0, 255.0) {
            Ok(to_top(255.0))
        } else if within(-1.0, 1.0) {
            Ok(Self {
                shift: 1.0,
                factor: 127.5,
            })
        } else if within(0.0, 65_535.0) {
            Ok(to_top(65_535.0))
        } else {
            Err(format!(
                "its values go from {least} to {most}: pixels go from 0 to 1, from −1 to 1, or from 0 to 255"
            ))
        }
    }

    pub(super) fn is_none(self) -> bool {
        self == Self {
            shift: 0.0,
            factor: 1.0,
        }
    }

    pub(super) fn byte(self, value: f32) -> u8 {
        ((value + self.shift) * self.factor)
            .round()
            .clamp(0.0, 255.0) as u8
    }
}

impl Values {
    /// The smallest and the largest of them.
    ///
    /// # Errors
    /// When they are no numbers, or some are not finite.
    pub(super) fn range(&self) -> Result<[f32; 2], String> {
        let mut range = [f32::INFINITY, f32::NEG_INFINITY];
        let mut take_in = |value: f32| range = [range[0].min(value), range[1].max(value)];
        match self {
            Self::Bytes(values) => values.iter().for_each(|value| take_in(f32::from(*value))),
            Self::Whole(values) => values.iter().for_each(|value| take_in(*value as f32)),
            Self::Real(values) => {
                for (at, value) in values.iter().enumerate() {
                    if !value.is_finite() {
                        return Err(format!("value {at} is {value}: pixels are finite numbers"));
                    }
                    take_in(*value);
                }
            }
            Self::Text(_) => return Err("it holds text, and pixels are numbers".to_owned()),
        }
        Ok(if self.len() == 0 { [0.0; 2] } else { range })
    }

    /// Their bytes on a scale; those that are bytes already and need none are not copied.
    pub(super) fn into_bytes(self, scale: Scale) -> Vec<u8> {
        match self {
            Self::Bytes(mut values) => {
                if !scale.is_none() {
                    for value in &mut values {
                        *value = scale.byte(f32::from(*value));
                    }
                }
                values
            }
            Self::Whole(values) => values
                .iter()
                .map(|value| scale.byte(*value as f32))
                .collect(),
            Self::Real(values) => values.iter().map(|value| scale.byte(*value)).collect(),
            Self::Text(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_every_usual_range_become_bytes() {
        let byte =
            |range: [f32; 2], value| Scale::of(range[0], range[1]).map(|scale| scale.byte(value));
        assert_eq!(byte([0.0, 1.0], 0.5), Ok(128));
        assert_eq!(byte([0.0, 16.0], 8.0), Ok(128));
        assert_eq!(byte([0.0, 255.0], 77.0), Ok(77));
        assert_eq!(byte([-1.0, 1.0], 0.0), Ok(128));
        assert_eq!(byte([0.0, 65_535.0], 65_535.0), Ok(255));
        assert!(Scale::of(0.0, 255.0).is_ok_and(Scale::is_none));
        assert!(byte([-3.0, 3.0], 0.0).is_err_and(|error| error.contains("-3 to 3")));
    }

    #[test]
    fn numbers_that_are_none_are_named() {
        let values = Values::Real(vec![0.0, f32::NAN]);
        assert!(
            values
                .range()
                .is_err_and(|error| error.contains("value 1 is NaN"))
        );
        assert!(Values::Text(vec!["a".to_owned()]).range().is_err());
    }
}
