//! How large an image is, and how many values each of its pixels has.

use serde::{Deserialize, Serialize};

/// The shape of every image of a data set. Pixels are stored row by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageShape {
    pub height: usize,
    pub width: usize,
    /// 1 for gray, 3 for red, green and blue.
    pub channels: usize,
}

impl ImageShape {
    /// MNIST's, and that of every data set made in its format.
    pub const MNIST: Self = Self::gray(28, 28);

    #[must_use]
    pub const fn gray(height: usize, width: usize) -> Self {
        Self {
            height,
            width,
            channels: 1,
        }
    }

    /// Numbers in one image: 784 for MNIST.
    #[must_use]
    pub const fn n_values(self) -> usize {
        self.height * self.width * self.channels
    }

    /// Height, width and, where there is more than one, channels: `28×28`, `32×32×3`.
    #[must_use]
    pub fn describe(self) -> String {
        let Self {
            height,
            width,
            channels,
        } = self;
        if channels == 1 {
            format!("{height}×{width}")
        } else {
            format!("{height}×{width}×{channels}")
        }
    }
}

impl Default for ImageShape {
    /// What experiments mean that were written before other shapes could be said.
    fn default() -> Self {
        Self::MNIST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_has_as_many_values_as_its_pixels_and_channels_say() {
        assert_eq!(ImageShape::MNIST.n_values(), 784);
        let color = ImageShape {
            height: 12,
            width: 20,
            channels: 3,
        };
        assert_eq!(color.n_values(), 720);
        assert_eq!(color.describe(), "12×20×3");
        assert_eq!(ImageShape::gray(12, 20).describe(), "12×20");
    }
}
