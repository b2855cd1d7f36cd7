//! Images as they were found: of one size, in bytes, with what they show.

use hourglass_experiment::ImageShape;

/// Which split images are of, as the names of their files say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Part {
    Training,
    Test,
    Validation,
    /// Nothing is said.
    All,
}

impl Part {
    /// What a name says: `x_train`, `t10k-images`, `val`.
    pub(super) fn of(name: &str) -> Self {
        let name = name.to_lowercase();
        let words: Vec<&str> = name
            .split(|letter: char| !letter.is_alphanumeric())
            .collect();
        let any = |is: &dyn Fn(&str) -> bool| words.iter().any(|word| is(word));
        if any(&|word| word.contains("train")) {
            Self::Training
        } else if any(&|word| ["t10k", "eval"].contains(&word) || word.contains("test")) {
            Self::Test
        } else if any(&|word| ["val", "valid", "validation"].contains(&word)) {
            Self::Validation
        } else {
            Self::All
        }
    }
}

/// Numbers that are known of images besides their class: what they are called, and a value for each image, NaN where it
/// is not known.
pub(super) type Known = Vec<(String, Vec<f32>)>;

/// Most of them.
pub(super) const MAX_KNOWN: usize = 32;

/// Images of one part.
#[derive(Debug)]
pub(super) struct Images {
    pub(super) part: Part,
    pub(super) shape: ImageShape,
    /// `[n, channels, height, width]`.
    pub(super) pixels: Vec<u8>,
    /// The class of each, or none at all.
    pub(super) classes: Option<Vec<String>>,
    pub(super) known: Known,
}

impl Images {
    pub(super) fn len(&self) -> usize {
        self.pixels.len() / self.shape.n_values().max(1)
    }
}

/// The order of the values of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// One channel after the other.
    Planar,
    /// All channels of a pixel side by side.
    Interleaved,
}

/// Puts the values of images into the order `[channels, height, width]`, with rows for columns if they are
/// transposed, and leaves opacity out.
pub(super) fn arranged(
    pixels: Vec<u8>,
    shape: ImageShape,
    layout: Layout,
    is_transposed: bool,
) -> (Vec<u8>, ImageShape) {
    let ImageShape {
        height,
        width,
        channels,
    } = shape;
    let n_kept = if channels >= 3 { 3 } else { 1 };
    let kept = ImageShape {
        height: if is_transposed { width } else { height },
        width: if is_transposed { height } else { width },
        channels: n_kept,
    };
    let is_in_order = layout == Layout::Planar || channels == 1;
    if is_in_order && !is_transposed && n_kept == channels {
        return (pixels, shape);
    }
    let n_images = pixels.len() / shape.n_values().max(1);
    let mut arranged = Vec::with_capacity(n_images * kept.n_values());
    for image in pixels.chunks_exact(shape.n_values().max(1)) {
        for channel in 0..n_kept {
            for row in 0..kept.height {
                for column in 0..kept.width {
                    let [row, column] = if is_transposed {
                        [column, row]
                    } else {
                        [row, column]
                    };
                    let pixel = row * width + column;
                    arranged.push(match layout {
                        Layout::Planar => image[channel * height * width + pixel],
                        Layout::Interleaved => image[pixel * channels + channel],
                    });
                }
            }
        }
    }
    (arranged, kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_which_part_images_are_of() {
        use Part::{All, Test, Training, Validation};
        let parts = [
            "x_train",
            "t10k-images-idx3-ubyte",
            "mnist_test.csv",
            "val",
            "digits",
        ]
        .map(Part::of);
        assert_eq!(parts, [Training, Test, Test, Validation, All]);
    }

    #[test]
    fn values_come_into_one_order() {
        let shape = ImageShape {
            height: 1,
            width: 2,
            channels: 4,
        };
        let rgba = vec![1, 2, 3, 9, 4, 5, 6, 9];
        let (pixels, kept) = arranged(rgba, shape, Layout::Interleaved, false);
        assert_eq!(
            (pixels, kept.describe()),
            (vec![1, 4, 2, 5, 3, 6], "1×2×3".to_owned())
        );
        let (pixels, kept) = arranged(
            vec![1, 2, 3, 4, 5, 6],
            ImageShape::gray(2, 3),
            Layout::Planar,
            true,
        );
        assert_eq!(
            (pixels, kept),
            (vec![1, 4, 2, 5, 3, 6], ImageShape::gray(3, 2))
        );
    }
}
