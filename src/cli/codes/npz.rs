//! Codes as arrays of `NumPy`.

use anyhow::Result;

use hourglass_files::numpy::Npz;
use hourglass_protocol::Encodings;

/// `codes` `[n, size]`, `labels` `[n]`, `class_names`, `mse_per_pixel` `[n]`, `is_test` `[n]`, `index` `[n]` within the
/// split, and `reconstructions` `[n, height, width]` or `[n, height, width, 3]` if there are any.
pub(super) fn of(encodings: &Encodings, n_test: usize) -> Result<Vec<u8>> {
    let mut npz = Npz::stored();
    let n = encodings.samples.len();
    npz.put_floats("codes", &[n, encodings.size], &encodings.codes)?;
    npz.put("labels", "|u1", &[n], &encodings.labels)?;
    npz.put_floats("mse_per_pixel", &[n], &encodings.mse_per_pixel)?;
    let samples = encodings.samples.iter().map(|&sample| sample as usize);
    let is_test: Vec<u8> = samples
        .clone()
        .map(|sample| u8::from(sample < n_test))
        .collect();
    npz.put("is_test", "|b1", &[n], &is_test)?;
    let index = samples.map(|sample| sample.checked_sub(n_test).unwrap_or(sample) as u64);
    let index: Vec<u8> = index.flat_map(u64::to_le_bytes).collect();
    npz.put("index", "<u8", &[n], &index)?;
    let id = encodings.data;
    let names: Vec<String> = id.classes().map(|class| id.class_name(class)).collect();
    npz.put_texts("class_names", names.iter().map(String::as_str))?;
    if let Some(images) = &encodings.reconstructions {
        let shape = encodings.shape;
        npz.put_floats(
            "reconstructions",
            &shape.axes_of(n),
            &shape.pixel_by_pixel(images),
        )?;
    }
    Ok(npz.finish()?)
}
