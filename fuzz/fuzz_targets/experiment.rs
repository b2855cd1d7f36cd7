//! Any bytes against one of the readers; what must hold of it is said there.
#![no_main]

#[allow(dead_code, reason = "one reader of several")]
#[path = "../../tests/it/readers.rs"]
mod readers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    readers::experiment(bytes);
});
