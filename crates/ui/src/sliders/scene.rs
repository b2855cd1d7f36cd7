//! What the panel of the sliders knows once everything is answered.

use std::sync::Arc;

use hourglass_protocol::{CodeUnits, DatasetDescription, DecodedView, SampleIdx};

use crate::number;

/// What the panel knows once everything is answered.
pub(super) struct AnsweredCode<'a> {
    pub dataset: &'a DatasetDescription,
    /// The test image that the code starts from; `None` if it starts from the mean.
    pub sample: Option<SampleIdx>,
    pub units: &'a CodeUnits,
    /// The code as it is set, and where it starts.
    pub view: &'a Arc<DecodedView>,
    pub traversals: Option<&'a Arc<DecodedView>>,
}

impl AnsweredCode<'_> {
    /// Which units there are sliders for, where that is not all of them.
    pub fn note(&self) -> Option<String> {
        let (shown, size) = (self.units.units.len(), self.units.size);
        (shown < size).then(|| {
            format!(
                "the {shown} of {} units with the largest variance",
                number::count_of(size)
            )
        })
    }

    /// The value of a unit as it is set, and where it starts.
    pub fn values(&self, unit: usize) -> Option<[f32; 2]> {
        let at = |code: usize| self.view.code(code)?.get(unit).copied();
        Some([at(0)?, at(1)?])
    }
}
