//! The data sets that the program knows, and dividing them into batches.

mod batch;
mod centring;
pub mod coloured_shapes;
mod dataset;
mod guard;
mod load;
pub mod mnist;
pub mod name_order;
pub mod noise;
mod open;
mod packed;
pub mod pen_digits;
mod sample_rng;
mod shelf;
mod stand_in;
pub mod user_image;

pub use batch::{Corruptor, EpochOrder};
pub use dataset::{Dataset, Split};
pub use load::{LoadError, fetch, load};
pub use open::{OpenError, holds_data_set};
pub use packed::came_along;
pub use shelf::{Key, Shelf};
