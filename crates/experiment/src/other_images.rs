//! Why an experiment cannot learn from a data set.

use thiserror::Error;

use super::dataset::DataSetId;
use super::image_shape::ImageShape;

/// Why an experiment cannot learn from a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OtherImages {
    #[error(
        "the experiment is about images of {}, but those of {} have {}: choose a data set of that shape, or set \
         architecture.image to the other",
        .image.describe(), .data.label(), .data.spec().shape.describe()
    )]
    Shape { image: ImageShape, data: DataSetId },
    #[error(
        "the experiment tells {n_classes} classes apart, but {} has {}: set n_classes to that",
        .data.label(), .data.n_classes()
    )]
    Classes { n_classes: usize, data: DataSetId },
}
