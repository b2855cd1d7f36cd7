//! Arrays as `NumPy` writes them: `.npy` files (NEP 1), and a ZIP of them, `.npz`.

use std::io::{self, Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The header of an `.npy`, its magic number included, is filled up to a multiple of this many bytes.
const ALIGNMENT: usize = 64;

/// Bytes before the text of the header.
const PREAMBLE: usize = 10;

/// An `.npz` that is being written.
#[derive(Debug)]
pub struct Npz {
    zip: ZipWriter<Cursor<Vec<u8>>>,
    method: CompressionMethod,
}

impl Npz {
    /// With arrays as they are, as `numpy.savez` does it: weights and codes hardly shrink.
    #[must_use]
    pub fn stored() -> Self {
        Self::with(CompressionMethod::Stored)
    }

    /// With arrays made smaller, as `numpy.savez_compressed` does it.
    #[must_use]
    pub fn compressed() -> Self {
        Self::with(CompressionMethod::Deflated)
    }

    fn with(method: CompressionMethod) -> Self {
        Self {
            zip: ZipWriter::new(Cursor::new(Vec::new())),
            method,
        }
    }

    /// Adds an array of this kind, such as `<f4`, with its values as bytes, row by row.
    ///
    /// # Errors
    /// When it has more axes than a header has room for.
    pub fn put(&mut self, name: &str, kind: &str, dims: &[usize], values: &[u8]) -> io::Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(self.method)
            .large_file(values.len() > u32::MAX as usize / 2);
        self.zip.start_file(format!("{name}.npy"), options)?;
        self.zip.write_all(&header(kind, dims)?)?;
        self.zip.write_all(values)
    }

    /// Adds an array of floats in single precision.
    ///
    /// # Errors
    /// As [`Self::put`].
    pub fn put_floats(&mut self, name: &str, dims: &[usize], values: &[f32]) -> io::Result<()> {
        let bytes: Vec<u8> = values.iter().copied().flat_map(f32::to_le_bytes).collect();
        self.put(name, "<f4", dims, &bytes)
    }

    /// Adds texts: all as wide as the widest, each character four bytes.
    ///
    /// # Errors
    /// As [`Self::put`].
    pub fn put_texts<'a>(
        &mut self,
        name: &str,
        texts: impl Iterator<Item = &'a str> + Clone,
    ) -> io::Result<()> {
        let width = texts.clone().map(|text| text.chars().count()).max();
        let width = width.unwrap_or_default().max(1);
        let n = texts.clone().count();
        let padded = texts.flat_map(|text| {
            let rest = std::iter::repeat_n('\0', width - text.chars().count());
            text.chars().chain(rest)
        });
        let bytes: Vec<u8> = padded.flat_map(|c| u32::from(c).to_le_bytes()).collect();
        self.put(name, &format!("<U{width}"), &[n], &bytes)
    }

    /// The file.
    ///
    /// # Errors
    /// When it has become too large for a ZIP.
    pub fn finish(self) -> io::Result<Vec<u8>> {
        Ok(self.zip.finish()?.into_inner())
    }
}

/// What stands before the values.
fn header(kind: &str, dims: &[usize]) -> io::Result<Vec<u8>> {
    let dims: Vec<String> = dims.iter().map(|side| format!("{side},")).collect();
    let mut text = format!(
        "{{'descr': '{kind}', 'fortran_order': False, 'shape': ({}), }}",
        dims.join(" ")
    );
    let end = (PREAMBLE + text.len() + 1).next_multiple_of(ALIGNMENT);
    text.extend(std::iter::repeat_n(' ', end - PREAMBLE - text.len() - 1));
    text.push('\n');
    let length = u16::try_from(text.len()).map_err(io::Error::other)?;
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(length.to_le_bytes());
    bytes.extend(text.as_bytes());
    Ok(bytes)
}
