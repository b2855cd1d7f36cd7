//! The format of MNIST's files: four bytes that say what follows, the sides as big-endian numbers, then the values
//! (`LeCun` & Cortes, "The MNIST database", file formats).

use super::array::{Array, Values};

/// The type of unsigned bytes; the format has five more, which no set of images uses.
const UNSIGNED_BYTES: u8 = 0x08;

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
    if *kind != UNSIGNED_BYTES {
        return Err(format!(
            "its values are of type {kind:#04x}, and only unsigned bytes (0x08) are read"
        ));
    }
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
    if n != Some(values.len()) {
        return Err(format!(
            "its header says {}, which are {} bytes, but {} follow",
            super::array::described(&dims),
            n.map_or_else(|| "too many".to_owned(), |n| n.to_string()),
            values.len()
        ));
    }
    Ok(Array {
        name: name.to_owned(),
        dims,
        values: Values::Bytes(values.to_vec()),
    })
}
