//! Ctrl-C in commands that work without the engine.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};

/// Set by Ctrl-C; asked for twice, the process ends at once.
pub(super) fn cancel_on_ctrl_c() -> Result<Arc<AtomicBool>> {
    let cancel = Arc::new(AtomicBool::new(false));
    let seen_by_handler = Arc::clone(&cancel);
    ctrlc::set_handler(move || {
        if seen_by_handler.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    })
    .context("Ctrl-C cannot be caught")?;
    Ok(cancel)
}
