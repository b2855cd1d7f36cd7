//! A slot in which only the newest value matters.

use std::sync::{Arc, Mutex, PoisonError};

/// Holds the newest value put in until it is taken out; a value not taken is replaced by the next.
#[derive(Debug)]
pub struct Mailbox<T> {
    slot: Arc<Mutex<Option<T>>>,
}

impl<T> Clone for Mailbox<T> {
    fn clone(&self) -> Self {
        Self {
            slot: Arc::clone(&self.slot),
        }
    }
}

impl<T> Default for Mailbox<T> {
    fn default() -> Self {
        Self {
            slot: Arc::default(),
        }
    }
}

impl<T> Mailbox<T> {
    /// Replaces whatever is in the slot.
    pub fn put(&self, value: T) {
        // The lock guards one assignment, which cannot leave the slot half-written: poison is no danger.
        let replaced = {
            let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
            slot.replace(value)
        };
        drop(replaced); // freeing a large value happens outside the lock
    }

    /// Takes the newest value out; none if none was put in since the last time.
    #[must_use]
    pub fn take(&self) -> Option<T> {
        self.slot
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_value_is_found_and_only_once() {
        let mailbox = Mailbox::default();
        assert_eq!(mailbox.take(), None);
        mailbox.put(1);
        mailbox.put(2);
        assert_eq!(mailbox.clone().take(), Some(2));
        assert_eq!(mailbox.take(), None);
    }
}
