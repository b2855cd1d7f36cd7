//! Which run a message is about.

use serde::{Deserialize, Serialize};

/// Tells one run from every other of this process.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct RunId(pub u64);
