//! Files written whole or not at all, files that people name read within limits, and arrays as `NumPy` has them.

pub mod log_file;
pub mod numpy;
pub mod plain_file;
pub mod whole_file;
