//! Puts ink into the middle of 28×28 by whole pixels, as MNIST's was.
//!
//! The pen digits and user images both use it.

use std::ops::Range;

use hourglass_experiment::{IMAGE_SIDE, N_PIXELS};

/// One grey image, row by row from the top left: 0 is paper, 255 is ink.
type Image = [u8; N_PIXELS];

/// Puts the ink of a square where its centre of mass comes nearest to the middle of pixel (14, 14).
///
/// By whole pixels, as in MNIST, where the centre of mass lies at 14.0 ± 0.5 in both directions,
/// counted from the middle of pixel 0. Ink is never lost: if all of it lies to one side, it stops at the
/// edge of the image.
///
/// # Panics
/// When the grey values are not a square of at most 28×28.
#[must_use]
pub fn by_mass(grey: &[u8]) -> Image {
    let (side, columns, rows) = mass_along_axes(grey);
    place(grey, side, middle_of_mass(&columns), middle_of_mass(&rows))
}

/// Puts the box around the ink of a square into the middle; where a pixel is left over, it goes to the right
/// and to the bottom.
///
/// # Panics
/// When the grey values are not a square of at most 28×28.
#[must_use]
pub fn by_box(grey: &[u8]) -> Image {
    let (side, columns, rows) = mass_along_axes(grey);
    let placed = |mass: &[usize]| {
        let inked = inked(mass);
        let start = (IMAGE_SIDE - inked.len()) / 2;
        (inked, start)
    };
    place(grey, side, placed(&columns), placed(&rows))
}

/// Side of the square, and the sums of its columns and rows.
fn mass_along_axes(grey: &[u8]) -> (usize, Vec<usize>, Vec<usize>) {
    let side = grey.len().isqrt();
    assert!(
        side > 0 && side <= IMAGE_SIDE && side * side == grey.len(),
        "a square that fits into 28×28"
    );
    let (mut columns, mut rows) = (vec![0; side], vec![0; side]);
    for (pixels, row) in grey.chunks_exact(side).zip(&mut rows) {
        for (pixel, column) in pixels.iter().zip(&mut columns) {
            *row += usize::from(*pixel);
            *column += usize::from(*pixel);
        }
    }
    (side, columns, rows)
}

/// Which pixels along an axis have ink.
fn inked(mass: &[usize]) -> Range<usize> {
    let has_ink = |mass: &usize| *mass > 0;
    let first = mass.iter().position(has_ink).unwrap_or(0);
    let end = mass.iter().rposition(has_ink);
    first..end.map_or(first, |last| last + 1)
}

/// Which pixels have ink along an axis, and where in the image the first of them goes.
fn middle_of_mass(mass: &[usize]) -> (Range<usize>, usize) {
    let inked = inked(mass);
    let total: usize = mass.iter().sum();
    let moments = mass.iter().enumerate().map(|(pixel, mass)| pixel * mass);
    let moment: usize = moments.sum();
    let mean = (2 * moment + total) / (2 * total).max(1); // to the nearest pixel
    let start = (IMAGE_SIDE / 2 + inked.start).saturating_sub(mean);
    let start = start.min(IMAGE_SIDE - inked.len());
    (inked, start)
}

fn place(
    grey: &[u8],
    side: usize,
    (columns, left): (Range<usize>, usize),
    (rows, top): (Range<usize>, usize),
) -> Image {
    let mut image = [0; N_PIXELS];
    let lines = grey.chunks_exact(side).skip(rows.start).take(rows.len());
    for (line, out) in lines.zip(image.chunks_exact_mut(IMAGE_SIDE).skip(top)) {
        out[left..left + columns.len()].copy_from_slice(&line[columns.clone()]);
    }
    image
}

/// Side of the box that MNIST's digits were fitted into, in pixels.
pub(super) const BOX_SIDE: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    const BOX_SIDE: usize = 20;

    #[test]
    fn mass_goes_to_the_middle() {
        let mut grey = [[0; BOX_SIDE]; BOX_SIDE];
        grey[12][8] = 200;
        assert_eq!(by_mass(grey.as_flattened())[14 * IMAGE_SIDE + 14], 200);
    }

    #[test]
    fn no_ink_is_lost_at_the_edge() {
        let mut grey = [[0; BOX_SIDE]; BOX_SIDE];
        grey[0][0] = 1;
        grey[0][19] = 255;
        let image = by_mass(grey.as_flattened());
        // The centre of mass would go to pixel 14 and the faint pixel out of the image.
        assert_eq!(
            (image[14 * IMAGE_SIDE], image[14 * IMAGE_SIDE + 19]),
            (1, 255)
        );
        assert_eq!(by_mass(&[0; BOX_SIDE * BOX_SIDE]), [0; N_PIXELS]);
    }

    #[test]
    fn the_box_goes_to_the_middle_whatever_its_mass() {
        let mut grey = [[0; BOX_SIDE]; BOX_SIDE];
        grey[3][2] = 255;
        grey[6][5] = 1;
        let image = by_box(grey.as_flattened());
        assert_eq!(
            (image[12 * IMAGE_SIDE + 12], image[15 * IMAGE_SIDE + 15]),
            (255, 1)
        );
        assert_eq!(by_box(&[0; N_PIXELS]), [0; N_PIXELS]);
    }
}
