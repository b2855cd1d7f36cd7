//! What a table of codes says of each image.

use hourglass_protocol::Encodings;

/// An image and its code.
pub(super) struct Row<'a> {
    pub(super) split: &'static str,
    /// Its position in the split.
    pub(super) index: usize,
    pub(super) label: u8,
    pub(super) class: String,
    pub(super) error: f32,
    pub(super) code: &'a [f32],
}

/// A row for each image.
pub(super) fn rows(encodings: &Encodings, n_test: usize) -> impl Iterator<Item = Row<'_>> {
    let codes = encodings.codes.chunks(encodings.size.max(1));
    let of_images = encodings.samples.iter().zip(&encodings.labels);
    let of_images = of_images.zip(&encodings.mse_per_pixel).zip(codes);
    of_images.map(move |(((&sample, &label), &error), code)| {
        let sample = sample as usize;
        let (split, index) = match sample.checked_sub(n_test) {
            Some(index) => ("train", index),
            None => ("test", sample),
        };
        Row {
            split,
            index,
            label,
            class: encodings.data.class_name(label),
            error,
            code,
        }
    })
}
