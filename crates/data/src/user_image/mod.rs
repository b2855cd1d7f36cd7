//! User images, prepared the way those of the data set were: MNIST's as follows, others by `whole` alone.
//!
//! 1. `decode` reads PNG, and JPEG, GIF, BMP and `WebP` with a note; `cost` tells from the header what it will take,
//!    `jpeg` what of a JPEG is there, `salvage` keeps what there is of a file cut short, `frames` finds the first
//!    frame that is not blank, and `guard` makes an error of a decoder's panic;
//! 2. `picture` is what was read, made small enough to work with (`reduce`), as light, colour (`colour`) and opacity;
//! 3. `segment` finds the writing, and lists what surrounds it. Where it finds none, everything that stands out from
//!    the `paper` at the border is ink (`stripped`); `source` is either;
//! 4. `prepare` makes that what the data set has, 28×28: cropped to the ink (`ink`), a usual pen, fitted into 20×20
//!    with its proportions kept (`fit`), its centre of mass put into the middle.
//!
//! Every stage is kept as a picture, and each decision can be made by the person instead.
//!
//! [`Picture::decode`] and [`prepare()`] are functions of bytes and options alone, fit to be fuzzed.
//!
//! Dropped, opened, pasted and drawn images and `hourglass reconstruct` all go through these two. The window asks
//! for a preparation and is told every decision, and every group of ink with the reason why it was left out.

mod colour;
mod cost;
mod decode;
mod distance;
mod drawing;
mod fit;
mod folder;
mod format;
mod frames;
mod ink;
mod jpeg;
mod paper;
mod picture;
mod pixels;
mod prepare;
mod reduce;
mod refusal;
mod salvage;
mod segment;
mod source;
mod stripped;
mod whole;

pub(crate) use decode::whole;
pub use drawing::{OF_DRAWINGS, picture_of};
pub(crate) use folder::ENDINGS;
pub use folder::{ImageError, RESULT_MARK, find, is_result, read};
pub use picture::Picture;
pub use prepare::prepare;
pub use refusal::DecodeError;

use hourglass_protocol::{ImageTarget, Preparation, Prepared};

/// Makes a picture what the images of the data set in use are.
#[must_use]
pub fn prepare_for(picture: &Picture, preparation: &Preparation, target: &ImageTarget) -> Prepared {
    match target {
        ImageTarget::Handwriting => prepare(picture, preparation),
        ImageTarget::Whole(target) => whole::prepare(picture, preparation, target),
    }
}
