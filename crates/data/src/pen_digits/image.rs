//! What an image of the pen digits is.

/// Number of digit classes, 0 to 9.
pub const N_CLASSES: usize = 10;

/// Side of an image, in pixels.
pub const SIDE_PX: usize = 28;

/// Pixels of one image.
pub const N_PIXELS: usize = SIDE_PX * SIDE_PX;

/// One grey image, row by row from the top left: 0 is paper, 255 is ink.
pub type Image = [u8; N_PIXELS];

/// Geometry is computed in `f64`, as kurbo does; what leaves the module needs no more than `f32`.
pub(super) fn narrow(value: f64) -> f32 {
    value as f32
}
