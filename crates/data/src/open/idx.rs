//! The format of MNIST's files: four bytes that say what follows, the sides as big-endian numbers, then the values
//! (`LeCun` & Cortes, "The MNIST database", file formats).

use super::array::{Array, Values};

/// Most sides of an array.
const MAX_SIDES: usize = 4;

/// Whether bytes begin as such a file does.
pub(super) fn is_idx(bytes: &[u8]) -> bool {
    matches!(bytes, [0, 0, 0x08..=0x0e, 1..=4, ..])
}

/// Reads a file.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Array, String> {
    let [0, 0, kind, n_sides, rest @ ..] = bytes else {
        return Err("it has no IDX header".to_owned());
    };
    let Some(n_bytes) = bytes_of(*kind) else {
        return Err(format!(
            "its values are of a type that is not known ({kind:#04x})"
        ));
    };
    let n_sides = usize::from(*n_sides);
    if n_sides == 0 || n_sides > MAX_SIDES {
        return Err(format!("its header says {n_sides} dimensions"));
    }
    let (header, values) = rest
        .split_at_checked(4 * n_sides)
        .ok_or("it ends within its header")?;
    let sides = header.chunks_exact(4).map(|side| {
        let side = side.try_into().map_or(0, u32::from_be_bytes);
        usize::try_from(side).unwrap_or(usize::MAX)
    });
    let dims: Vec<usize> = sides.collect();
    let n = dims
        .iter()
        .try_fold(1_usize, |n, side| n.checked_mul(*side));
    let n_expected = n.and_then(|n| n.checked_mul(n_bytes));
    if n_expected != Some(values.len()) {
        return Err(format!(
            "its header says {}, which are {} bytes, but {} follow",
            super::array::described(&dims),
            n_expected.map_or_else(|| "too many".to_owned(), |n| n.to_string()),
            values.len()
        ));
    }
    Ok(Array {
        name: name.to_owned(),
        dims,
        values: numbers(*kind, values),
    })
}

/// Bytes of a value of a type; none if there is no such type.
fn bytes_of(kind: u8) -> Option<usize> {
    match kind {
        0x08 | 0x09 => Some(1),
        0x0b => Some(2),
        0x0c | 0x0d => Some(4),
        0x0e => Some(8),
        _ => None,
    }
}

/// Values as they are stored, the highest byte first.
fn numbers(kind: u8, bytes: &[u8]) -> Values {
    macro_rules! each {
        ($number:ty) => {
            bytes
                .chunks_exact(size_of::<$number>())
                .map(|bytes| <$number>::from_be_bytes(bytes.try_into().unwrap_or_default()))
        };
    }
    match kind {
        0x09 => Values::Whole(each!(i8).map(i64::from).collect()),
        0x0b => Values::Whole(each!(i16).map(i64::from).collect()),
        0x0c => Values::Whole(each!(i32).map(i64::from).collect()),
        0x0d => Values::Real(each!(f32).collect()),
        0x0e => Values::Real(each!(f64).map(|value| value as f32).collect()),
        _ => Values::Bytes(bytes.to_vec()),
    }
}
