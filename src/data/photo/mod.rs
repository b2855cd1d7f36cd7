//! Pictures of one's own, made digits the way MNIST was made.
//!
//! 1. `decode` reads PNG, and JPEG, GIF, BMP and `WebP` with a note; `cost` tells from the header what it will take,
//!    `jpeg` what of a JPEG is there, and `guard` makes an error of a decoder's panic;
//! 2. `picture` makes what was read small enough to work with, as light and opacity;
//! 3. `prepare` goes from there to 28×28: transparency over white, light and dark exchanged where the
//!    background is light (`paper` tells from the border), the paper taken off, cropped to the ink (`ink`),
//!    fitted into 20×20 with its proportions kept (`fit`), its centre of mass put into the middle.
//!
//! Every stage is kept as a picture, and each decision can be made by the person instead.
//!
//! [`Picture::decode`] and [`prepare`] are functions of bytes and options alone, fit to be fuzzed.

mod cost;
mod decode;
mod drawing;
mod fit;
mod folder;
mod frames;
mod guard;
mod ink;
mod jpeg;
mod paper;
mod picture;
mod prepare;
mod salvage;
mod segment;
mod source;
mod stripped;

pub use decode::DecodeError;
pub use drawing::{OF_DRAWINGS, picture_of};
pub use folder::{PhotoError, RESULT_MARK, find, is_result, read};
pub use picture::Picture;
pub use prepare::prepare;
