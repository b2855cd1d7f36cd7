//! Data sets of four files in MNIST's format: finds the four files, checks them, reads them, fetches them.
//!
//! ```text
//! locate ─► check ─► unpack ─► the `mnist` crate ─► MnistArrays
//!    ▲
//!  fetch ◄─ mirrors
//! ```
//!
//! The [`mnist`](https://docs.rs/mnist/0.6) crate does the reading. It panics on any surprise and
//! compares no checksum, so nothing reaches it that [`check`] would refuse. Everything here is
//! told by a [`Manifest`] what the files must be; a data set in the same format needs only another
//! row of the catalogue.

mod content;
mod fetch;
mod locate;
mod mirror;
mod part;
mod progress;
mod read;
mod transfer;
mod verify;
mod verify_error;

pub use hourglass_experiment::dataset::{Checksum, Content, FileSpec, Manifest};

pub use fetch::{FetchError, FetchOptions, FetchProgress, MirrorFailure, fetch};
pub use locate::{DATA_VARIABLE, GivenBy, LocateError, Places, cache_folder, locate};
pub use mirror::MirrorFault;
pub use progress::{LoadProgress, LoadStage};
pub use read::{LoadError, LoadOptions, MnistArrays, load};
pub use verify::check;
pub use verify_error::VerifyError;
