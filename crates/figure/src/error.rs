//! Why there is no figure.

/// Why there is no figure.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// The file's ending stands for no format of this figure.
    #[error(transparent)]
    Ending(#[from] UnknownEnding),
    /// More pixels than comfortably fit into memory.
    #[error(
        "an image of {width} × {height} pixels is too large: choose a smaller size or resolution, or SVG or PDF, which have no pixels"
    )]
    TooLarge {
        /// Pixels of a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// A film without frames.
    #[error("no frames of the latent space were recorded")]
    NoFrames,
    /// More weights than a page that is opened in a moment holds.
    #[error(
        "a page holds the weights of its decoder, at most {most} of them, and this one has {found}: choose a narrower \
         network"
    )]
    TooManyWeights {
        /// Of the decoder.
        found: String,
        /// Of a page.
        most: String,
    },
    /// The data of a page were not written: a defect.
    #[error("the page cannot be written: {0}")]
    Page(#[from] serde_json::Error),
    /// It was cancelled.
    #[error("the export was cancelled")]
    Cancelled,
    /// The page was not understood: a defect.
    #[error("the figure cannot be drawn: {0}")]
    Draw(String),
    /// The pixels were not packed.
    #[error("the figure cannot be encoded as PNG: {0}")]
    Png(#[from] ::png::EncodingError),
    /// The document was not put together: a defect.
    #[error("the figure cannot be written as PDF: {0}")]
    Pdf(String),
    /// The frames were not packed.
    #[error("the figure cannot be encoded as GIF: {0}")]
    Gif(#[from] ::gif::EncodingError),
}

/// A file name whose ending stands for no format of the figure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file} has no extension of a format for the {figure}: use {endings}")]
pub struct UnknownEnding {
    pub(super) file: String,
    pub(super) figure: String,
    pub(super) endings: String,
}
