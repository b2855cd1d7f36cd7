//! A checksum within a safetensors file: an entry of its metadata that covers everything but its own digits.
//!
//! Readers that do not know it take it for one more entry. Files without it are read as they are.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// How the metadata begins in a header, as the safetensors crate writes it.
const METADATA: &str = "{\"__metadata__\":{";

/// The entry's name, up to its value.
const ENTRY: &str = "\"sha256\":\"";

/// Digits of the checksum.
const N_DIGITS: usize = 64;

/// Bytes that say how long the header is.
const N_LENGTH: usize = 8;

/// The header's length is a multiple of it.
const ALIGNMENT: usize = 8;

/// A safetensors file with the checksum in its metadata. A file without metadata stays as it is.
#[must_use]
pub fn sealed(file: Vec<u8>) -> Vec<u8> {
    let Some(header) = header_of(&file).filter(|header| header.starts_with(METADATA)) else {
        return file;
    };
    let (data, rest) = (&file[N_LENGTH + header.len()..], &header[METADATA.len()..]);
    let blank = "0".repeat(N_DIGITS);
    let comma = if rest.starts_with('}') { "" } else { "," };
    let mut header = format!("{METADATA}{ENTRY}{blank}\"{comma}{}", rest.trim_end());
    while !header.len().is_multiple_of(ALIGNMENT) {
        header.push(' ');
    }
    let length = (header.len() as u64).to_le_bytes();
    let mut sealed = [&length, header.as_bytes(), data].concat();
    let at = N_LENGTH + METADATA.len() + ENTRY.len();
    let digits = digits_of(&sealed, at);
    sealed[at..at + N_DIGITS].copy_from_slice(digits.as_bytes());
    sealed
}

/// Whether a file is as it was sealed; also true of one that never was.
#[must_use]
pub fn is_whole(file: &[u8]) -> bool {
    let Some((at, digits)) = header_of(file).and_then(seal_in) else {
        return true;
    };
    digits_of(file, N_LENGTH + at) == digits
}

/// The checksum in a header, and where its digits begin.
fn seal_in(header: &str) -> Option<(usize, String)> {
    let entry = header.strip_prefix(METADATA)?.strip_prefix(ENTRY)?;
    let digits = entry.get(..N_DIGITS)?;
    entry.get(N_DIGITS..)?.starts_with('"').then(|| {
        let at = METADATA.len() + ENTRY.len();
        (at, digits.to_owned())
    })
}

fn header_of(file: &[u8]) -> Option<&str> {
    let (length, rest) = file.split_first_chunk::<N_LENGTH>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    str::from_utf8(rest.get(..length)?).ok()
}

/// The checksum of a file with zeros in place of the digits that begin at `at`.
fn digits_of(file: &[u8], at: usize) -> String {
    let mut hash = Sha256::new();
    hash.update(&file[..at]);
    hash.update([b'0'; N_DIGITS]);
    hash.update(&file[at + N_DIGITS..]);
    hash.finalize()
        .iter()
        .fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("a string takes everything");
            text
        })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use safetensors::tensor::{Dtype, TensorView};
    use safetensors::{SafeTensors, serialize};

    use super::*;

    fn file(metadata: Option<HashMap<String, String>>) -> Vec<u8> {
        let data = [1.0_f32, -2.5].map(f32::to_le_bytes).concat();
        let view = TensorView::new(Dtype::F32, vec![2], &data).expect("two numbers");
        serialize([("bias", view)], metadata).expect("written")
    }

    #[test]
    fn every_flipped_bit_of_a_sealed_file_is_noticed_or_leaves_the_numbers_as_they_are() {
        let entry = ("experiment".to_owned(), "{\"a\":1}".to_owned());
        let sealed = sealed(file(Some(HashMap::from([entry]))));
        assert!(is_whole(&sealed));
        let read = SafeTensors::deserialize(&sealed).expect("a safetensors file");
        let numbers = read.tensor("bias").expect("there").data().to_vec();
        for bit in 0..sealed.len() * 8 {
            let mut flipped = sealed.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let read = SafeTensors::deserialize(&flipped);
            let same = read.is_ok_and(|read| {
                is_whole(&flipped) && read.tensor("bias").is_ok_and(|it| it.data() != numbers)
            });
            assert!(!same, "bit {bit}: other numbers are taken");
        }
    }

    #[test]
    fn files_of_others_are_read_as_they_are() {
        assert!(is_whole(&file(None)) && is_whole(b"") && is_whole(&[0xff; 40]));
        assert_eq!(sealed(file(None)), file(None));
        let (_, metadata) = SafeTensors::read_metadata(&sealed(file(Some(HashMap::new()))))
            .expect("still a safetensors file");
        let metadata = metadata.metadata().clone().expect("one entry");
        assert_eq!(metadata.keys().collect::<Vec<_>>(), ["sha256"]);
    }
}
