//! How large an image is, and how many values each of its pixels has.

use std::borrow::Cow;

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
        let of_channel = self.height.saturating_mul(self.width);
        of_channel.saturating_mul(self.channels)
    }

    /// Whether files leave it out.
    pub(crate) fn is_mnists(&self) -> bool {
        *self == Self::MNIST
    }

    /// Height and width as shares of the longer of them.
    #[must_use]
    pub fn proportions(self) -> [f32; 2] {
        let longer = self.height.max(self.width).max(1) as f32;
        [self.height, self.width].map(|side| side.max(1) as f32 / longer)
    }

    /// Those of one of many images that lie one after the other, `[n, height, width]`.
    #[must_use]
    pub fn of<T>(self, images: &[T], idx: usize) -> Option<&[T]> {
        let n_values = self.n_values();
        images.get(idx * n_values..(idx + 1) * n_values)
    }

    /// Whether its pixels have no colour.
    #[must_use]
    pub const fn is_gray(self) -> bool {
        self.channels != 3
    }

    /// Places of an image.
    #[must_use]
    pub const fn n_pixels(self) -> usize {
        self.height.saturating_mul(self.width)
    }

    /// Red, green and blue of a pixel, from the values of an image, `[channels, height, width]`; gray is all three alike.
    #[must_use]
    pub fn rgb_of<T: Copy + Default>(self, values: &[T], pixel: usize) -> [T; 3] {
        let plane = if self.is_gray() { 0 } else { self.n_pixels() };
        [0, 1, 2].map(|channel| {
            values
                .get(channel * plane + pixel)
                .copied()
                .unwrap_or_default()
        })
    }

    /// Images `[n, channels, height, width]` as files of other programs have them, `[n, height, width, channels]`.
    #[must_use]
    pub fn pixel_by_pixel<T: Copy + Default>(self, images: &[T]) -> Cow<'_, [T]> {
        if self.is_gray() {
            return Cow::Borrowed(images);
        }
        let images = images.chunks(self.n_values().max(1));
        let pixels = images.flat_map(|image| {
            (0..self.n_pixels()).flat_map(move |pixel| self.rgb_of(image, pixel))
        });
        Cow::Owned(pixels.collect())
    }

    /// The axes of such an array: `[n, height, width]`, and a fourth of three where there are colours.
    #[must_use]
    pub fn axes_of(self, n: usize) -> Vec<usize> {
        let mut axes = vec![n, self.height, self.width];
        axes.extend((!self.is_gray()).then_some(self.channels));
        axes
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

/// A shape as a list in files: `[height, width, channels]`.
pub(crate) mod listed {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::ImageShape;

    pub fn serialize<S: Serializer>(shape: &ImageShape, to: S) -> Result<S::Ok, S::Error> {
        let ImageShape {
            height,
            width,
            channels,
        } = *shape;
        [height, width, channels].serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<ImageShape, D::Error> {
        let [height, width, channels] = Deserialize::deserialize(from)?;
        Ok(ImageShape {
            height,
            width,
            channels,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_channels_of_a_pixel_come_together() {
        let shape = ImageShape {
            height: 1,
            width: 2,
            channels: 3,
        };
        let by_channel: Vec<f32> = (0..12_u8).map(f32::from).collect();
        let expected = [0.0, 2.0, 4.0, 1.0, 3.0, 5.0, 6.0, 8.0, 10.0, 7.0, 9.0, 11.0];
        assert_eq!(*shape.pixel_by_pixel(&by_channel), expected);
        assert_eq!(shape.axes_of(2), [2, 1, 2, 3]);
        let gray = ImageShape {
            channels: 1,
            ..shape
        };
        assert_eq!(*gray.pixel_by_pixel(&by_channel), by_channel);
        assert_eq!(gray.axes_of(6), [6, 1, 2]);
    }

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
