//! MNIST on disk: finds the four files, checks them, reads them, fetches them.
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
//! manifest.

mod content;
mod fetch;
mod locate;
mod manifest;
mod mirror;
mod part;
mod progress;
mod read;
mod transfer;
mod verify;

pub use fetch::{FetchError, FetchOptions, FetchProgress, MirrorFailure, fetch};
pub use locate::{DATA_VARIABLE, GivenBy, LocateError, Places, cache_folder, locate};
pub use manifest::{Content, FileSpec, IMAGE_SIDE, MNIST_MIRRORS, Manifest};
pub use mirror::MirrorFault;
pub use progress::{LoadProgress, LoadStage};
pub use read::{LoadError, LoadOptions, MnistArrays, load};
pub use verify::{VerifyError, check};
