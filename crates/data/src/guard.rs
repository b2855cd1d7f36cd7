//! Runs a decoder so that a panic in it is an error of the file it reads, and nothing else.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// Whether this thread is inside a decoder.
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; a panic becomes what it said. Nothing is printed then, because it is an error and no crash.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    log_panics_of_decoders();
    IS_GUARDED.set(true);
    // What `work` leaves half-done is dropped with it.
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    IS_GUARDED.set(false);
    done.map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        text.unwrap_or("no reason given").to_owned()
    })
}

/// Puts a hook before the present one, once.
fn log_panics_of_decoders() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let others = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if IS_GUARDED.get() {
                log::info!("a decoder gave up: {info}");
            } else {
                others(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_what_it_said_and_the_next_one_is_caught_too() {
        assert_eq!(guarded(|| 1), Ok(1));
        let at = 7;
        let said = guarded(|| -> u8 { panic!("at {at}") });
        assert_eq!(said, Err("at 7".to_owned()));
        assert_eq!(
            guarded(|| -> u8 { panic!("again") }),
            Err("again".to_owned())
        );
        assert!(!IS_GUARDED.get());
    }
}
