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
