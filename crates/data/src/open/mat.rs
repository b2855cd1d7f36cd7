//! MATLAB's files of version 5 to 7, in which arrays may be packed (`MathWorks`, "MAT-File Format", 2020). Later ones are
//! HDF5, and are refused by name.

use std::io::Read as _;

use flate2::read::ZlibDecoder;

use super::array::{Array, Values};
use super::numbers::Number;
use super::room::Memory;

/// Text, offset and version, before the first element.
const HEADER_BYTES: usize = 128;

/// Most sides of an array.
const MAX_SIDES: usize = 4;

/// Types of elements.
const PACKED: u32 = 15;
const MATRIX: u32 = 14;

/// Classes of arrays of numbers, from doubles to whole numbers of 64 bits.
const NUMBERS: std::ops::RangeInclusive<u8> = 6..=15;

/// Whether bytes begin as such a file does.
pub(super) fn is_mat(bytes: &[u8]) -> bool {
    bytes.starts_with(b"MATLAB 5.0 MAT-file")
}

/// Reads the arrays of numbers of a file; `most` bytes of each, unpacked, and twice as many in memory of all. Images come
/// first then: what MATLAB keeps as height × width × channels × images is read as images × height × width × channels.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(name: &str, bytes: &[u8], most: u64) -> Result<Vec<Array>, String> {
    if bytes.starts_with(b"MATLAB 7.3") || bytes.starts_with(b"\x89HDF") {
        let reason = "it is of MATLAB 7.3 or later, which is HDF5: save it with -v7";
        return Err(reason.to_owned());
    }
    if !is_mat(bytes) || bytes.len() < HEADER_BYTES {
        return Err("it is no MAT-file of version 5".to_owned());
    }
    let is_big = match &bytes[126..128] {
        b"IM" => false,
        b"MI" => true,
        _ => return Err("its header does not say the order of its bytes".to_owned()),
    };
    let mut rest = &bytes[HEADER_BYTES..];
    let (mut arrays, mut memory) = (Vec::new(), Memory::of(most));
    while !rest.is_empty() {
        let (kind, data, after) = element(rest, is_big)?;
        rest = after;
        let found = match kind {
            MATRIX => matrix(data, is_big, &mut memory)?,
            PACKED => {
                let mut unpacked = Vec::new();
                let mut reader = ZlibDecoder::new(data).take(most + 1);
                reader
                    .read_to_end(&mut unpacked)
                    .map_err(|error| format!("it is damaged and cannot be unpacked: {error}"))?;
                if unpacked.len() as u64 > most {
                    return Err(format!("it has more than {} MB", most >> 20));
                }
                match element(&unpacked, is_big)? {
                    (MATRIX, data, _) => matrix(data, is_big, &mut memory)?,
                    _ => None,
                }
            }
            _ => None,
        };
        if let Some((own, dims, values)) = found {
            arrays.push(Array {
                name: format!("{name}/{own}"),
                dims,
                values,
            });
        }
    }
    Ok(arrays)
}

fn word(bytes: &[u8], is_big: bool) -> Option<u32> {
    let bytes = bytes.get(..4)?.try_into().ok()?;
    Some(if is_big {
        u32::from_be_bytes(bytes)
    } else {
        u32::from_le_bytes(bytes)
    })
}

/// Type, data and what follows of an element.
fn element(bytes: &[u8], is_big: bool) -> Result<(u32, &[u8], &[u8]), String> {
    let ends = || "it ends within an array: it is cut short".to_owned();
    let tag = word(bytes, is_big).ok_or_else(ends)?;
    // Up to four bytes stand within the tag.
    if tag >> 16 != 0 {
        let (kind, n_bytes) = (tag & 0xffff, (tag >> 16) as usize);
        let data = bytes.get(4..8).and_then(|data| data.get(..n_bytes));
        return Ok((kind, data.ok_or_else(ends)?, &bytes[8..]));
    }
    let n_bytes = bytes.get(4..).and_then(|bytes| word(bytes, is_big));
    let n_bytes = n_bytes.ok_or_else(ends)? as usize;
    let data = &bytes[8..];
    let own = data.get(..n_bytes).ok_or_else(ends)?;
    // All but what is packed ends on eight bytes.
    let padded = if tag == PACKED {
        n_bytes
    } else {
        n_bytes.next_multiple_of(8)
    };
    Ok((tag, own, data.get(padded..).unwrap_or_default()))
}

/// Name, sides and values of an array; none if it holds no numbers.
type Matrix = Option<(String, Vec<usize>, Values)>;

fn matrix(bytes: &[u8], is_big: bool, memory: &mut Memory) -> Result<Matrix, String> {
    let (_, flags, rest) = element(bytes, is_big)?;
    let class = word(flags, is_big).map_or(0, |flags| flags.to_le_bytes()[0]);
    let (_, dims, rest) = element(rest, is_big)?;
    let (_, name, rest) = element(rest, is_big)?;
    if !NUMBERS.contains(&class) {
        return Ok(None);
    }
    let (kind, data, _) = element(rest, is_big)?;
    let sides = dims.chunks_exact(4).filter_map(|side| word(side, is_big));
    let dims: Vec<usize> = sides.map(|side| side as usize).collect();
    if !(2..=MAX_SIDES).contains(&dims.len()) {
        return Ok(None);
    }
    let name = String::from_utf8_lossy(name).into_owned();
    let n = dims
        .iter()
        .try_fold(1_usize, |n, side| n.checked_mul(*side));
    let number = number_of(kind)?;
    let n_values = data.len() / number.n_bytes();
    memory.take(n_values, number.n_bytes_in_memory())?;
    let values = number.read(data, is_big);
    if n != Some(values.len()) {
        return Err(format!(
            "{name}: its header says {}, but {} values follow",
            super::array::described(&dims),
            values.len()
        ));
    }
    // What has three or four sides is images, the last side first.
    let order: &[usize] = match dims[..] {
        [1, _] => &[1, 0], // a row of labels is a column of them
        [_, _] => &[0, 1],
        [_, _, _] => &[2, 0, 1],
        _ => &[3, 0, 1, 2],
    };
    let values = values.with_last_fastest(&dims, order);
    let dims = order.iter().map(|&axis| dims[axis]).collect();
    Ok(Some((name, dims, values)))
}

fn number_of(kind: u32) -> Result<Number, String> {
    Ok(match kind {
        1 => Number::I8,
        2 => Number::U8,
        3 => Number::I16,
        4 => Number::U16,
        5 => Number::I32,
        6 => Number::U32,
        7 => Number::F32,
        9 => Number::F64,
        12 => Number::I64,
        13 => Number::U64,
        _ => {
            return Err(format!(
                "its values are of a type that is not known ({kind})"
            ));
        }
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn tagged(kind: u32, data: &[u8]) -> Vec<u8> {
        let n_bytes = u32::try_from(data.len()).expect("few");
        let mut bytes = [kind.to_le_bytes(), n_bytes.to_le_bytes()].concat();
        bytes.extend(data);
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        bytes
    }

    fn array(class: u8, name: &str, dims: &[u32], kind: u32, data: &[u8]) -> Vec<u8> {
        let flags = [u32::from(class).to_le_bytes(), [0; 4]].concat();
        let dims: Vec<u8> = dims.iter().flat_map(|side| side.to_le_bytes()).collect();
        let parts = [
            tagged(6, &flags),
            tagged(5, &dims),
            tagged(1, name.as_bytes()),
            tagged(kind, data),
        ];
        tagged(MATRIX, &parts.concat())
    }

    fn file(elements: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = b"MATLAB 5.0 MAT-file, made by a test".to_vec();
        bytes.resize(124, b' ');
        bytes.extend([0, 1]);
        bytes.extend(b"IM");
        bytes.extend(elements.concat());
        bytes
    }

    fn packed(element: &[u8]) -> Vec<u8> {
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(element).expect("packed");
        let data = packed.finish().expect("packed");
        let n_bytes = u32::try_from(data.len()).expect("few");
        [&PACKED.to_le_bytes()[..], &n_bytes.to_le_bytes(), &data].concat()
    }

    /// Two images of 2×3 pixels in three channels: hundreds are the image, tens the row, ones the column, and the channel
    /// adds three.
    #[test]
    fn images_come_first_and_rows_before_columns() {
        let value = |row: u8, column: u8, channel: u8, image: u8| {
            100 * image + 10 * row + column + 3 * channel
        };
        let mut data = Vec::new();
        for image in 0..2 {
            for channel in 0..3 {
                for column in 0..3 {
                    for row in 0..2 {
                        data.push(value(row, column, channel, image));
                    }
                }
            }
        }
        let labels: Vec<u8> = [10.0_f64, 3.0]
            .iter()
            .flat_map(|label| label.to_le_bytes())
            .collect();
        let bytes = file(&[
            packed(&array(9, "X", &[2, 3, 3, 2], 2, &data)),
            packed(&array(6, "y", &[2, 1], 9, &labels)),
        ]);
        let arrays = read("train_32x32.mat", &bytes, 1 << 20).expect("two arrays");
        assert_eq!(arrays[0].name, "train_32x32.mat/X");
        assert_eq!(arrays[0].dims, [2, 2, 3, 3]);
        let Values::Bytes(values) = &arrays[0].values else {
            panic!("bytes");
        };
        assert_eq!(
            values[..6],
            [0, 3, 6, 1, 4, 7],
            "channels of the first pixels"
        );
        assert_eq!(values[18 + 9], value(1, 0, 0, 1));
        assert_eq!(arrays[1].dims, [2, 1]);
        assert_eq!(
            arrays[1]
                .values
                .reals()
                .first()
                .map(|label| label.to_bits()),
            Some(10.0_f32.to_bits())
        );
    }

    #[test]
    fn rows_of_a_matrix_stay_rows() {
        let data = [1, 4, 2, 5, 3, 6];
        let bytes = file(&[
            array(9, "X", &[2, 3], 2, &data),
            array(4, "text", &[1, 1], 2, &[1]),
        ]);
        let arrays = read("a.mat", &bytes, 1 << 20).expect("an array and a text");
        assert_eq!(arrays.len(), 1, "a text is no array of numbers");
        let Values::Bytes(values) = &arrays[0].values else {
            panic!("bytes");
        };
        assert_eq!(
            (&arrays[0].dims[..], &values[..]),
            (&[2, 3][..], &[1, 2, 3, 4, 5, 6][..])
        );
    }

    #[test]
    fn what_is_wrong_is_said() {
        let whole = file(&[array(9, "X", &[2, 3], 2, &[1, 4, 2, 5, 3, 6])]);
        let error = |bytes: &[u8]| {
            read("a.mat", bytes, 1 << 20)
                .map(|_| ())
                .expect_err("it is wrong")
        };
        assert!(error(&whole[..whole.len() - 20]).contains("cut short"));
        assert!(error(b"MATLAB 7.3 MAT-file").contains("-v7"));
        assert!(error(b"PK").contains("version 5"));
        let many = file(&[array(9, "X", &[u32::MAX, u32::MAX, 9], 2, &[1])]);
        assert!(error(&many).contains("X: its header says"));
        for n in 0..whole.len() {
            read("a.mat", &whole[..n], 1 << 20).ok(); // and does not panic
        }
    }
}
