//! `NumPy`'s arrays: `.npy` (NEP 1), and `.npz`, a ZIP of them.
//!
//! The header is a line of Python. Of the crates that read it, `npyz` parses it by recursion, which a hostile header
//! drives out of the stack, and takes room for as many values as it says; here three entries are looked for in it.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::array::{Array, Values, described};
use super::numbers::Number;
use super::room::Memory;
use super::store::MAX_FILE_BYTES;

/// Whether bytes begin as an `.npy` does.
pub(super) fn is_npy(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x93NUMPY")
}

/// Reads all arrays of an `.npz`, named `FILE/ARRAY`, which have no more than `most` bytes together.
///
/// # Errors
/// What is wrong, and with which array.
pub(super) fn read_npz(name: &str, bytes: Vec<u8>, most: u64) -> Result<Vec<Array>, String> {
    let damaged = |error| format!("it is a damaged .npz: {error}");
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let (mut arrays, mut room, mut memory) = (Vec::new(), most, Memory::of(most));
    for at in 0..zip.len() {
        let file = zip.by_index(at).map_err(damaged)?;
        let name_of = file.name().map_err(damaged)?;
        let inner = name_of.trim_end_matches(".npy").to_owned();
        let mut bytes = Vec::new();
        file.take(room + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| format!("{inner} in it is damaged: {error}"))?;
        room = room
            .checked_sub(bytes.len() as u64)
            .ok_or_else(|| format!("its arrays have more than {} MB", most >> 20))?;
        let array = read_within(&format!("{name}/{inner}"), &bytes, &mut memory);
        arrays.push(array.map_err(|reason| format!("{inner} in it: {reason}"))?);
    }
    Ok(arrays)
}

/// Reads an array.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Array, String> {
    read_within(name, bytes, &mut Memory::of(MAX_FILE_BYTES))
}

fn read_within(name: &str, bytes: &[u8], memory: &mut Memory) -> Result<Array, String> {
    let (header, values) = parts(bytes).ok_or("it has no NumPy header")?;
    let Header {
        kind,
        is_fortran,
        dims,
    } = Header::of(&header)?;
    let n = dims
        .iter()
        .try_fold(1_usize, |n, side| n.checked_mul(*side));
    let size = kind.n_bytes;
    if n.and_then(|n| n.checked_mul(size)) != Some(values.len()) {
        return Err(format!(
            "its header says {} values of {size} bytes, but {} bytes follow",
            described(&dims),
            values.len()
        ));
    }
    memory.take(values.len() / size, kind.n_bytes_in_memory())?;
    let values = decoded(&kind, values)?;
    Ok(Array {
        name: name.to_owned(),
        values: if is_fortran {
            let order: Vec<usize> = (0..dims.len()).collect();
            values.with_last_fastest(&dims, &order)
        } else {
            values
        },
        dims,
    })
}

/// The text of the header, and the values.
fn parts(bytes: &[u8]) -> Option<(String, &[u8])> {
    let [major, _minor, rest @ ..] = bytes.strip_prefix(b"\x93NUMPY")? else {
        return None;
    };
    let (length, rest) = if *major == 1 {
        let (length, rest) = rest.split_first_chunk()?;
        (usize::from(u16::from_le_bytes(*length)), rest)
    } else {
        let (length, rest) = rest.split_first_chunk()?;
        (usize::try_from(u32::from_le_bytes(*length)).ok()?, rest)
    };
    let (header, values) = rest.split_at_checked(length)?;
    Some((String::from_utf8_lossy(header).into_owned(), values))
}

/// What a header says.
struct Header {
    kind: Kind,
    /// Whether the first side is fastest.
    is_fortran: bool,
    dims: Vec<usize>,
}

/// A type of values: `<f4`.
struct Kind {
    text: String,
    is_big: bool,
    letter: char,
    n_bytes: usize,
}

impl Header {
    fn of(text: &str) -> Result<Self, String> {
        let entry = |name: &str| {
            let at = text
                .find(&format!("'{name}'"))
                .or_else(|| text.find(&format!("\"{name}\"")));
            let (_, value) = text.get(at?..)?.split_once(':')?;
            Some(value.trim_start())
        };
        let lacks = |name: &str| format!("its header has no {name}");
        let kind = entry("descr").ok_or_else(|| lacks("descr"))?;
        let order = entry("fortran_order").ok_or_else(|| lacks("fortran_order"))?;
        let shape = entry("shape").ok_or_else(|| lacks("shape"))?;
        let sides = shape
            .strip_prefix('(')
            .and_then(|shape| shape.split_once(')'));
        let (sides, _) = sides.ok_or_else(|| lacks("shape"))?;
        let sides = sides
            .split(',')
            .map(str::trim)
            .filter(|side| !side.is_empty());
        let dims: Result<Vec<usize>, _> = sides.map(str::parse).collect();
        Ok(Self {
            kind: Kind::of(kind)?,
            is_fortran: order.starts_with("True"),
            dims: dims.map_err(|_| format!("its header has the shape ({shape}"))?,
        })
    }
}

impl Kind {
    fn of(value: &str) -> Result<Self, String> {
        if value.starts_with('[') {
            return Err("it holds records, and not one number in each place".to_owned());
        }
        let text = value.trim_start_matches(['\'', '"']);
        let text = text.split(['\'', '"']).next().unwrap_or_default();
        let wrong = || format!("it holds values of type {text:?}, which are not numbers");
        let mut letters = text.chars();
        let order = letters.next().ok_or_else(wrong)?;
        let letter = letters.next().ok_or_else(wrong)?;
        let n: usize = letters.as_str().parse().map_err(|_| wrong())?;
        let n_bytes = if letter == 'U' {
            n.saturating_mul(4)
        } else {
            n
        };
        if n_bytes == 0 {
            return Err(wrong());
        }
        Ok(Self {
            text: text.to_owned(),
            is_big: order == '>',
            letter,
            n_bytes,
        })
    }

    /// The kind of number; none if it is something else.
    fn number(&self) -> Option<Number> {
        Some(match (self.letter, self.n_bytes) {
            ('b' | 'u', 1) => Number::U8,
            ('i', 1) => Number::I8,
            ('i', 2) => Number::I16,
            ('i', 4) => Number::I32,
            ('i', 8) => Number::I64,
            ('u', 2) => Number::U16,
            ('u', 4) => Number::U32,
            ('u', 8) => Number::U64,
            ('f', 2) => Number::F16,
            ('f', 4) => Number::F32,
            ('f', 8) => Number::F64,
            _ => return None,
        })
    }

    /// What a value takes once it is read.
    fn n_bytes_in_memory(&self) -> usize {
        let of_text = || size_of::<String>() + self.n_bytes;
        self.number()
            .map_or_else(of_text, Number::n_bytes_in_memory)
    }
}

fn decoded(kind: &Kind, bytes: &[u8]) -> Result<Values, String> {
    if let Some(number) = kind.number() {
        return Ok(number.read(bytes, kind.is_big));
    }
    match (kind.letter, kind.n_bytes) {
        ('U', n) => {
            let texts = bytes.chunks_exact(n);
            let texts = texts.map(|text| unicode(text, kind.is_big));
            Ok(Values::Text(texts.collect()))
        }
        ('S' | 'a', n) => Ok(Values::Text(bytes.chunks_exact(n).map(ascii).collect())),
        _ => Err(format!(
            "it holds values of type {:?}, which are not numbers",
            kind.text
        )),
    }
}

/// Text of four bytes a letter, filled up with zeros.
fn unicode(bytes: &[u8], is_big: bool) -> String {
    let letters = bytes.chunks_exact(4).map(|letter| {
        let letter: [u8; 4] = letter.try_into().unwrap_or_default();
        let code = if is_big {
            u32::from_be_bytes(letter)
        } else {
            u32::from_le_bytes(letter)
        };
        char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
    });
    letters.take_while(|letter| *letter != '\0').collect()
}

fn ascii(bytes: &[u8]) -> String {
    let end = bytes
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn npy(header: &str, values: &[u8]) -> Vec<u8> {
        let header = format!("{header:<117}\n");
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend(
            u16::try_from(header.len())
                .expect("it is short")
                .to_le_bytes(),
        );
        bytes.extend(header.as_bytes());
        bytes.extend(values);
        bytes
    }

    #[test]
    fn arrays_come_in_either_order() {
        let header =
            |order| format!("{{'descr': '|u1', 'fortran_order': {order}, 'shape': (2, 3), }}");
        let values = |order| match read("a", &npy(&header(order), &[1, 2, 3, 4, 5, 6]))
            .expect("it is right")
            .values
        {
            Values::Bytes(values) => values,
            other => panic!("{other:?}"),
        };
        assert_eq!(values("False"), [1, 2, 3, 4, 5, 6]);
        assert_eq!(values("True"), [1, 3, 5, 2, 4, 6]);
    }

    #[test]
    fn numbers_of_every_type_are_read() {
        let of = |kind: &str, bytes: &[u8]| {
            let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': (2,), }}");
            read("a", &npy(&header, bytes)).map(|array| array.values)
        };
        assert!(matches!(of("<i2", &[1, 0, 255, 255]), Ok(Values::Whole(v)) if v == [1, -1]));
        assert!(matches!(of(">u2", &[1, 0, 0, 2]), Ok(Values::Whole(v)) if v == [256, 2]));
        assert!(matches!(of("<f2", &[0, 0x3c, 0, 0xb8]), Ok(Values::Real(v)) if v == [1.0, -0.5]));
        assert!(
            matches!(of("<f4", &[0, 0, 128, 63, 0, 0, 0, 0]), Ok(Values::Real(v)) if v == [1.0, 0.0])
        );
        assert!(
            matches!(of("<U1", &[97, 0, 0, 0, 98, 0, 0, 0]), Ok(Values::Text(v)) if v == ["a", "b"])
        );
        assert!(matches!(of("|S2", b"ab\0\0"), Ok(Values::Text(v)) if v == ["ab", ""]));
        assert!(of("|O", &[0, 0]).is_err());
    }

    #[test]
    fn what_would_fill_the_memory_is_refused_before_it_is_read() {
        let of = |kind: &str, bytes: &[u8]| {
            let header = format!(
                "{{'descr': '{kind}', 'fortran_order': False, 'shape': ({},), }}",
                bytes.len()
            );
            read_within("a", &npy(&header, bytes), &mut Memory::of(100))
        };
        assert!(of("|u1", &[1; 200]).is_ok());
        assert!(of("|i1", &[1; 25]).is_ok());
        for (kind, n) in [("|i1", 26), ("|S1", 9), ("|u1", 201)] {
            let refused = of(kind, &vec![b'1'; n]).expect_err(kind);
            assert!(refused.contains("of memory"), "{refused}");
        }
    }

    #[test]
    fn a_header_that_says_too_much_is_not_believed() {
        let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000, 28, 28), }";
        assert!(
            read("a", &npy(header, &[0; 64])).is_err_and(|error| error.contains("64 bytes follow"))
        );
        let header =
            "{'descr': '|u1', 'fortran_order': False, 'shape': (4294967296, 4294967296, 4), }";
        assert!(read("a", &npy(header, &[])).is_err());
    }
}
