//! One model being trained: steps, evaluations, looks inside, and the way numbers leave the device.

mod adam;
mod average;
mod checkpoint;
pub mod classify;
mod companions;
mod decode;
pub mod device;
mod encoded;
mod error;
mod errors;
mod evaluate;
mod filters;
mod flow;
mod gather;
mod held_out;
mod host_state;
mod judge;
mod momentum;
mod optimizer;
pub mod parity;
mod probe;
pub mod readback;
pub mod resume;
mod seal;
mod trainer;
pub mod weights;

pub use checkpoint::Checkpoint;
pub use decode::decode;
pub use encoded::{EncodedTestSet, user_images};
pub use error::TrainError;
pub use errors::errors;
pub use filters::{filters, unit_means};
pub use flow::flow;
pub use judge::{Measures, judge};
pub use probe::{ProbeState, digits};
pub use trainer::{Burst, Trainer};
