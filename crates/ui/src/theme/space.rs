//! Distances, in points.

/// Between a number and its unit.
pub const XS: f32 = 4.0;
/// Between neighbours.
pub const S: f32 = 8.0;
/// Between a frame and its content.
pub const M: f32 = 12.0;
/// Between groups.
pub const L: f32 = 16.0;
/// Height of a control.
pub const CONTROL: f32 = 24.0;
/// Height of a card's header.
pub const HEADER: f32 = 30.0;
/// Between cards.
pub const GAP: f32 = 6.0;
