//! How far two subspaces are apart, such as what a linear decoder spans and the plane of PCA.

use faer::Mat;

/// The largest of [`principal_angles`], in degrees: 0 where both span the same subspace, 90 where some
/// direction of one is orthogonal to all of the other.
///
/// # Shapes
/// `a` and `b` `[n, k]`, row by row: their `k` columns span subspaces of the `n`-dimensional space.
#[must_use]
pub fn largest_principal_angle(a: &[f32], b: &[f32], n: usize, k: usize) -> Option<f64> {
    principal_angles(a, b, n, k)?.last().copied()
}

/// The `k` principal angles between the column spaces of two matrices, rising, in degrees from 0 to 90.
///
/// With orthonormal bases `Q₁` and `Q₂` from QR, the singular values of `Q₁ᵀQ₂` are their cosines and those
/// of `Q₂ − Q₁Q₁ᵀQ₂` their sines (Björck & Golub, 1973, *Mathematics of Computation* 27, 579). Below 45° the
/// sine is used, above the cosine: an arc cosine alone sees nothing below a millionth of a degree.
///
/// The length of a column does not matter. `None` when a value is not finite, when there is no column, or when
/// the columns do not span `k` dimensions by more than the rounding of single precision can fake.
///
/// # Shapes
/// `a` and `b` `[n, k]`, row by row.
///
/// # Panics
/// When a matrix has not `n · k` values.
#[must_use]
pub fn principal_angles(a: &[f32], b: &[f32], n: usize, k: usize) -> Option<Vec<f64>> {
    let (first, second) = (orthonormal_basis(a, n, k)?, orthonormal_basis(b, n, k)?);
    let overlap = first.transpose() * &second;
    let outside = &second - &first * &overlap;
    let cosines = overlap.singular_values().ok()?; // falling: the angles rise
    let mut sines = outside.singular_values().ok()?;
    sines.reverse();
    let angles = cosines.iter().zip(&sines).map(|(&cosine, &sine)| {
        let radians = if cosine * cosine > 0.5 {
            sine.clamp(0.0, 1.0).asin()
        } else {
            cosine.clamp(0.0, 1.0).acos()
        };
        radians.to_degrees()
    });
    Some(angles.collect())
}

/// An orthonormal basis of what the columns of `[n, k]` span, as columns. `None` if they span less than `k`
/// dimensions.
fn orthonormal_basis(columns: &[f32], n: usize, k: usize) -> Option<Mat<f64>> {
    assert_eq!(columns.len(), n * k, "a matrix of {n} rows of {k} values");
    if k == 0 || k > n || columns.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let mut matrix = Mat::from_fn(n, k, |row, column| f64::from(columns[row * k + column]));
    for column in 0..k {
        let length = matrix.col(column).norm_l2();
        if length == 0.0 {
            return None;
        }
        for value in matrix.col_as_slice_mut(column) {
            *value /= length;
        }
    }
    let qr = matrix.qr();
    let spread = qr.thin_R().singular_values().ok()?; // those of the matrix
    let rounding = f64::from(f32::EPSILON) * k as f64;
    (spread.last()? > &rounding).then(|| qr.compute_thin_Q())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two planes of a five-dimensional space: that of axes 0 and 1, and one turned out of it by two known
    /// angles, given by vectors that are neither orthogonal nor of length one.
    fn planes(small: f64, large: f64) -> ([f32; 10], [f32; 10]) {
        let first = [2.0, 1.0, 0.0, 3.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        let [p, q] = [
            [small.cos(), 0.0, small.sin(), 0.0, 0.0],
            [0.0, large.cos(), 0.0, large.sin(), 0.0],
        ];
        let mut second = [0.0; 10];
        for row in 0..5 {
            let pair = [(p[row] + q[row]) as f32, (p[row] - 2.0 * q[row]) as f32];
            second[2 * row..2 * row + 2].copy_from_slice(&pair);
        }
        (first, second)
    }

    #[test]
    fn known_angles_are_found() {
        for (small, large) in [(10.0_f64, 30.0_f64), (40.0, 50.0), (0.0, 90.0)] {
            let (a, b) = planes(small.to_radians(), large.to_radians());
            let angles = principal_angles(&a, &b, 5, 2).expect("two planes");
            // Single precision of the vectors: 6e-8 rad is 3.4e-6 degrees.
            assert!((angles[0] - small).abs() < 2e-5, "{angles:?}");
            assert!((angles[1] - large).abs() < 2e-5, "{angles:?}");
            let largest = largest_principal_angle(&a, &b, 5, 2).expect("two planes");
            assert!((largest - large).abs() < 2e-5);
        }
    }

    #[test]
    fn small_angles_are_accurate() {
        let tilt = 1e-9_f32; // 1 - cos is 5e-19: a cosine in double precision would say zero
        let angle = largest_principal_angle(&[1.0, 0.0], &[1.0, tilt], 2, 1).expect("two lines");
        assert!((angle - f64::from(tilt).to_degrees()).abs() < 1e-14);
    }

    #[test]
    fn the_same_subspace_is_known_in_any_basis() {
        let a = [1.0, 0.0, 0.5, 2.0, 1.0, 0.25, -1.0, 3.0];
        // Columns p + q and 1000 (p - q).
        let b: Vec<f32> = a
            .chunks_exact(2)
            .flat_map(|row| [row[0] + row[1], 1_000.0 * (row[0] - row[1])])
            .collect();
        let angle = largest_principal_angle(&a, &b, 4, 2).expect("two planes");
        assert!(angle < 1e-5);
        let whole = [1.0, 2.0, 3.0, 4.0]; // both span everything
        let angle = largest_principal_angle(&whole, &[1.0, 0.0, 0.0, 1.0], 2, 2);
        assert!(angle.expect("two bases") < 1e-12);
    }

    #[test]
    fn what_spans_no_subspace_of_that_size_has_no_angle() {
        let good = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
        for bad in [
            [0.1, 0.3, 0.7, 2.1, 0.3, 0.9], // the second column is three times the first
            [1.0, 0.0, 1.0, 0.0, 1.0, 0.0],
            [1.0, 0.0, 0.0, f32::NAN, 0.0, 0.0],
            [1.0, 0.0, 0.0, f32::INFINITY, 0.0, 0.0],
        ] {
            assert_eq!(largest_principal_angle(&good, &bad, 3, 2), None);
            assert_eq!(largest_principal_angle(&bad, &good, 3, 2), None);
        }
        assert_eq!(largest_principal_angle(&good, &good, 2, 3), None); // three columns in a plane
        assert_eq!(largest_principal_angle(&[], &[], 3, 0), None);
    }
}
