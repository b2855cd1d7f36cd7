//! What a data set settles: the shape of its images and the number of its classes.

use super::kind::{Kind, List, Number, Section};
use super::setting::Field;
use super::value::{Leaf as _, Place, at};
use crate::dataset::SIDES;

/// There is no control: choosing a data set chooses them.
const ROW: Field = Field {
    section: Section::Data,
    shown: |_| false,
    ..Field::NEW_MODEL
};

pub(super) static ROWS: &[&Field] = &[&IMAGE, &CLASSES];

/// Largest height and width: principal components of pixels cost the third power of their number.
const MAX_SIDE: f64 = *SIDES.end() as f64;

pub static IMAGE: Field = Field {
    path: "architecture.image",
    label: "image shape",
    kind: Kind::List(List {
        n_items: Number::linear(3.0, 3.0).whole(),
        item: Number::linear(1.0, MAX_SIDE).whole(),
        item_label: "side of the image",
        item_help: "Height, width and channels",
        first: 1.0,
        edits: ["", ""],
    }),
    help: "Height, width and channels of the images that come in and go out, as the data set has them",
    place: Place {
        get: |experiment| Some(experiment.architecture.image().value()),
        set: |experiment, value| experiment.architecture.image_mut().put(value),
    },
    ..ROW
};

static CLASSES: Field = Field {
    path: "n_classes",
    label: "number of classes",
    kind: Kind::Number(Number::linear(2.0, 256.0).whole()),
    help: "Classes that the softmax layer of a fine-tuning tells apart, as the data set has them",
    idle: |experiment| {
        experiment.plan.fine_tuning.is_none().then(|| {
            "there is no softmax layer without fine-tuning, and with it the data set says how many classes there are"
                .to_owned()
        })
    },
    place: at!(n_classes),
    ..ROW
};
