//! The picture formats that can be read.

use image::ImageFormat;

use hourglass_protocol::ImageNote;

/// A format that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Png,
    Jpeg,
    Gif,
    Bmp,
    WebP,
}

impl Format {
    pub(super) fn of(format: ImageFormat) -> Option<Self> {
        match format {
            ImageFormat::Png => Some(Self::Png),
            ImageFormat::Jpeg => Some(Self::Jpeg),
            ImageFormat::Gif => Some(Self::Gif),
            ImageFormat::Bmp => Some(Self::Bmp),
            ImageFormat::WebP => Some(Self::WebP),
            _ => None,
        }
    }

    /// What a person should know; nothing of PNG, which is what is expected.
    pub(super) fn note(self) -> Option<ImageNote> {
        let (name, is_lossy) = match self {
            Self::Png => return None,
            Self::Jpeg => ("JPEG", true),
            Self::Gif => ("GIF", false),
            Self::Bmp => ("BMP", false),
            Self::WebP => ("WebP", true),
        };
        Some(ImageNote::Format { name, is_lossy })
    }
}
