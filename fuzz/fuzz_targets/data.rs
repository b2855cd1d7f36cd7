//! Any bytes against one of the readers of data files; what must hold of them is said there. `HOURGLASS_DATA_FILE` names
//! one (`a.npy`); without it, the first byte chooses.
#![no_main]

#[allow(dead_code, reason = "one reader of several")]
#[path = "../../tests/it/readers.rs"]
mod readers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    match std::env::var("HOURGLASS_DATA_FILE") {
        Ok(name) => readers::data(&name, bytes),
        Err(_) => readers::chosen_data(bytes),
    };
});
