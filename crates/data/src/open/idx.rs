//! The format of MNIST's files: four bytes that say what follows, the sides as big-endian numbers, then the values
//! (`LeCun` & Cortes, "The MNIST database", file formats).

use super::array::Array;
use super::numbers::Number;
use super::room::Memory;
use super::store::MAX_FILE_BYTES;

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
    let Some(number) = number_of(*kind) else {
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
    let n_expected = n.and_then(|n| n.checked_mul(number.n_bytes()));
    if n_expected != Some(values.len()) {
        return Err(format!(
            "its header says {}, which are {} bytes, but {} follow",
            super::array::described(&dims),
            n_expected.map_or_else(|| "too many".to_owned(), |n| n.to_string()),
            values.len()
        ));
    }
    let n_values = values.len() / number.n_bytes();
    Memory::of(MAX_FILE_BYTES).take(n_values, number.n_bytes_in_memory())?;
    Ok(Array {
        name: name.to_owned(),
        dims,
        values: number.read(values, true),
    })
}

/// The kind of number that a type stands for; none if there is no such type.
fn number_of(kind: u8) -> Option<Number> {
    Some(match kind {
        0x08 => Number::U8,
        0x09 => Number::I8,
        0x0b => Number::I16,
        0x0c => Number::I32,
        0x0d => Number::F32,
        0x0e => Number::F64,
        _ => return None,
    })
}
