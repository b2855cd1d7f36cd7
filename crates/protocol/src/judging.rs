//! How far the measuring of a code is.

/// What is being measured, and how much of all is done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JudgingProgress {
    pub part: JudgingPart,
    /// 0..1, of all parts.
    pub fraction: f32,
}

/// A part of measuring what a code is worth. The last four are found by plain arithmetic beside the training, and the
/// last three of them depend on the images alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JudgingPart {
    /// Images are encoded and decoded.
    Encoding,
    /// Classes are told from the code.
    Code,
    /// Classes are told from principal components.
    Components,
    /// Classes are told from raw pixels.
    Pixels,
    /// Images are compressed as PNG, WebP and JPEG.
    Formats,
}

impl JudgingPart {
    /// What is being done, for people: it follows "measuring the code: ".
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Encoding => "encoding images",
            Self::Code => "classifiers of the code",
            Self::Components => "classifiers of PCA",
            Self::Pixels => "classifiers of raw pixels",
            Self::Formats => "PNG, WebP and JPEG",
        }
    }
}
