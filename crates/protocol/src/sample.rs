//! Which image.

/// Position of an image in the test split or, counted on from its end, in the training split; ties points, pictures
/// and labels together everywhere.
pub type SampleIdx = u32;
