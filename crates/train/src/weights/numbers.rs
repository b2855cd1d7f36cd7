//! The numbers of a tensor, of whatever precision, as single precision.

use half::{bf16, f16};
use safetensors::tensor::{Dtype, TensorView};

/// Why numbers are no weights.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NumbersError {
    /// Numbers of a kind that weights are not of.
    #[error("contains {0} values: save the weights as float32")]
    Kind(String),
    /// Infinite numbers, or NaN.
    #[error("contains infinite numbers or NaN")]
    NotFinite,
    /// A finite number that single precision cannot hold.
    #[error("contains {0:e}, which is out of range for float32")]
    OutOfRange(f64),
}

/// The numbers of a tensor, row by row. Half precision (f16, bf16) is widened exactly, double precision rounded.
///
/// # Errors
/// When they are of another kind, not finite, or too large.
pub fn values(tensor: &TensorView<'_>) -> Result<Vec<f32>, NumbersError> {
    let bytes = tensor.data(); // the shape says how many there are, and has been checked
    let values: Vec<f32> = match tensor.dtype() {
        Dtype::F32 => {
            let quads = bytes.as_chunks::<4>().0.iter();
            quads.map(|quad| f32::from_le_bytes(*quad)).collect()
        }
        Dtype::F16 => {
            let pairs = bytes.as_chunks::<2>().0.iter();
            pairs
                .map(|pair| f16::from_le_bytes(*pair).to_f32())
                .collect()
        }
        Dtype::BF16 => {
            let pairs = bytes.as_chunks::<2>().0.iter();
            pairs
                .map(|pair| bf16::from_le_bytes(*pair).to_f32())
                .collect()
        }
        Dtype::F64 => {
            let doubles = bytes.as_chunks::<8>().0.iter();
            doubles
                .map(|bytes| narrowed(f64::from_le_bytes(*bytes)))
                .collect::<Result<_, _>>()?
        }
        other => return Err(NumbersError::Kind(other.to_string())),
    };
    if values.iter().all(|value| value.is_finite()) {
        Ok(values)
    } else {
        Err(NumbersError::NotFinite)
    }
}

fn narrowed(value: f64) -> Result<f32, NumbersError> {
    let narrow = value as f32;
    if narrow.is_finite() || !value.is_finite() {
        Ok(narrow)
    } else {
        Err(NumbersError::OutOfRange(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(dtype: Dtype, bytes: &[u8]) -> Result<Vec<f32>, NumbersError> {
        let n = bytes.len() * 8 / dtype.bitsize();
        values(&TensorView::new(dtype, vec![n], bytes).expect("a tensor"))
    }

    #[test]
    fn every_precision_gives_the_same_numbers() {
        let numbers = [0.0, -1.5, 0.25, 1024.0]; // exact in eight bits of mantissa
        let bytes = |to: fn(f32) -> Vec<u8>| numbers.into_iter().flat_map(to).collect::<Vec<_>>();
        for (dtype, bytes) in [
            (Dtype::F32, bytes(|x| x.to_le_bytes().to_vec())),
            (Dtype::F64, bytes(|x| f64::from(x).to_le_bytes().to_vec())),
            (
                Dtype::F16,
                bytes(|x| f16::from_f32(x).to_le_bytes().to_vec()),
            ),
            (
                Dtype::BF16,
                bytes(|x| bf16::from_f32(x).to_le_bytes().to_vec()),
            ),
        ] {
            assert_eq!(read(dtype, &bytes), Ok(numbers.to_vec()), "{dtype}");
        }
    }

    #[test]
    fn what_single_precision_cannot_hold_is_refused() {
        assert_eq!(
            read(Dtype::F64, &1e39_f64.to_le_bytes()),
            Err(NumbersError::OutOfRange(1e39))
        );
        assert_eq!(
            read(Dtype::F64, &f64::NAN.to_le_bytes()),
            Err(NumbersError::NotFinite)
        );
        assert_eq!(
            read(Dtype::F16, &f16::INFINITY.to_le_bytes()),
            Err(NumbersError::NotFinite)
        );
        let refused = read(Dtype::I64, &1_i64.to_le_bytes());
        assert!(matches!(refused, Err(NumbersError::Kind(_))));
    }
}
