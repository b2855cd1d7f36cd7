//! How the worker says that there is news.

use std::fmt;
use std::sync::Arc;

/// Called by the worker when there is news. It knows nothing of windows: the application passes what is to
/// be woken.
#[derive(Clone)]
pub struct Wake(Arc<dyn Fn() + Send + Sync>);

impl Wake {
    /// Something to call when there is news; it must not wait.
    pub fn new(call: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(call))
    }

    /// For an owner that waits on the events themselves.
    #[must_use]
    pub fn nobody() -> Self {
        Self::new(|| {})
    }

    /// Says that there is news.
    pub fn call(&self) {
        (self.0)();
    }
}

impl fmt::Debug for Wake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wake")
    }
}
