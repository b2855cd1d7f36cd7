//! The memory that images may take.

use hourglass_experiment::ImageShape;

/// Most bytes of pixels.
const MAX_BYTES: usize = 1 << 30;

/// Says that images would take too much memory.
pub(super) fn too_many(n: usize, shape: ImageShape) -> Result<(), String> {
    let n_most = MAX_BYTES / shape.n_values().max(1);
    if n > n_most {
        return Err(format!(
            "its {n} images of {} take {} MB, and at most {} MB are kept: take a sample with --fit limit={n_most}, or make \
             them smaller, as with --fit 32x32",
            shape.describe(),
            n * shape.n_values() / 1_000_000,
            MAX_BYTES / 1_000_000
        ));
    }
    Ok(())
}

/// The memory that is left for the values of arrays. Short texts and small whole numbers take several times the bytes that
/// they have in a file.
#[derive(Debug)]
pub(super) struct Memory {
    left: u64,
}

impl Memory {
    /// For arrays of files of this many bytes.
    pub(super) fn of(n_bytes: u64) -> Self {
        Self { left: 2 * n_bytes }
    }

    /// Takes what some values need.
    pub(super) fn take(&mut self, n_values: usize, n_bytes_each: usize) -> Result<(), String> {
        let needed = n_values.saturating_mul(n_bytes_each) as u64;
        let left = self.left.checked_sub(needed);
        self.left = left.ok_or_else(|| {
            format!(
                "its {n_values} values take {} MB of memory, and {} MB are left for them: open fewer of them, or keep \
                 numbers as single bytes",
                needed / 1_000_000,
                self.left / 1_000_000
            )
        })?;
        Ok(())
    }
}
