//! The data sets that the program knows, and dividing them into batches.

mod batch;
mod centring;
mod dataset;
mod load;
pub mod mnist;
pub mod name_order;
pub mod noise;
pub mod pen_digits;
pub mod user_image;

pub use batch::{Corruptor, EpochOrder};
pub use dataset::{Dataset, Split};
pub use load::{LoadError, fetch, load};
