//! How many threads of the processor the work is spread over.
//!
//! The number changes how long work takes, and no result.

use std::num::NonZeroUsize;
use std::sync::OnceLock;

/// What was asked for on the command line.
static ASKED: OnceLock<NonZeroUsize> = OnceLock::new();

/// Asks for this many threads. They start with the device: signals have to be listened to before there are any.
pub fn ask(n: NonZeroUsize) {
    ASKED.set(n).ok(); // what was asked for first holds
}

/// Starts the threads that were asked for.
pub(super) fn start_asked() {
    if let Some(&n) = ASKED.get() {
        limit(Some(n));
    }
}

/// Spreads work over this many threads, or over as many as the processor has. It can be said once, before the first work
/// is done: later it has no effect, which is told.
pub fn limit(n: Option<NonZeroUsize>) -> bool {
    let n = n.map_or(0, NonZeroUsize::get); // 0: as many as there are
    rayon::ThreadPoolBuilder::new()
        .num_threads(n)
        .build_global()
        .is_ok()
}

/// Threads that work is spread over. Asking settles the number.
#[must_use]
pub fn in_use() -> NonZeroUsize {
    start_asked();
    NonZeroUsize::new(rayon::current_num_threads()).unwrap_or(NonZeroUsize::MIN)
}

/// Threads that the processor has.
#[must_use]
pub fn available() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}
