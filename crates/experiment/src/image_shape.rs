//! The shape of an image.

use serde::{Deserialize, Serialize};

/// Height, width and channels of an image, or of a stack of maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ImageShape {
    pub height: usize,
    pub width: usize,
    pub channels: usize,
}

impl ImageShape {
    /// A handwritten digit of MNIST.
    pub const MNIST: Self = Self {
        height: 28,
        width: 28,
        channels: 1,
    };

    #[must_use]
    pub const fn n_values(self) -> usize {
        self.height * self.width * self.channels
    }
}
