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
    #[error(
        "{held_out} images are held out, and {} has {n_train} for training, which leaves none to learn from: set \
         training.held_out to fewer",
        .data.label()
    )]
    NothingToLearnFrom {
        held_out: usize,
        /// Images of its training split.
        n_train: usize,
        data: DataSetId,
    },
}
