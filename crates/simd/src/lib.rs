//! Arithmetic on several numbers at once, and what the processor can do of it.

mod exponential;
mod instructions;
mod peak;

pub use exponential::exp_of_negative;
pub use instructions::instruction_set;
pub use peak::peak_flops;
