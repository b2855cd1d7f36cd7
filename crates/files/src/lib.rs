//! Files written whole or not at all, and files that people name read within limits.

pub mod log_file;
pub mod numpy;
pub mod plain_file;
pub mod whole_file;
