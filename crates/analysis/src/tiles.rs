//! Facts about small pictures of weights or activations.

use hourglass_protocol::TileFigures;

/// Norm and range of each picture of `n_values` values.
#[must_use]
pub fn figures(values: &[f32], n_values: usize) -> Vec<TileFigures> {
    let pictures = values.chunks(n_values.max(1));
    pictures
        .map(|picture| TileFigures {
            norm: norm(picture),
            min: picture.iter().copied().fold(f32::INFINITY, f32::min),
            max: picture.iter().copied().fold(f32::NEG_INFINITY, f32::max),
        })
        .collect()
}

/// Norm of each row of `n_values` values.
#[must_use]
pub fn norms(values: &[f32], n_values: usize) -> Vec<f32> {
    values.chunks(n_values.max(1)).map(norm).collect()
}

/// The largest absolute value; 0 of none.
#[must_use]
pub fn largest(values: &[f32]) -> f32 {
    values
        .iter()
        .fold(0.0, |largest: f32, value| largest.max(value.abs()))
}

fn norm(values: &[f32]) -> f32 {
    let squares = values.iter().map(|&value| f64::from(value).powi(2));
    squares.sum::<f64>().sqrt() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_the_norm_and_range_of_its_own_values() {
        let found = figures(&[3.0, -4.0, 1.0, 1.0], 2);
        let close = |a: f32, b: f32| (a - b).abs() < 1e-6;
        assert!(close(found[0].norm, 5.0) && close(found[1].norm, 2.0_f32.sqrt()));
        assert!(close(found[0].min, -4.0) && close(found[0].max, 3.0));
        assert!(close(found[0].end(), 4.0) && close(largest(&[3.0, -4.0]), 4.0));
        assert_eq!(norms(&[3.0, -4.0, 0.0, 0.0], 4).len(), 1);
    }
}
