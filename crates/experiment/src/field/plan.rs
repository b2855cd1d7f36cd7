//! Settings of what is trained before and after all layers together.

use super::training::{PASSES, RATE};
use super::value::{Leaf as _, Place, Value, at};
use super::{Field, Kind, List, Number, Section};
use crate::{Experiment, FineTuning, LayerPretraining};

const ROW: Field = Field {
    section: Section::Plan,
    ..Field::NEW_MODEL
};

pub(super) static ROWS: &[&Field] = &[
    &PRETRAINING,
    &LAYER_EPOCHS,
    &LAYER_CORRUPTION,
    &FINE_TUNING,
    &TUNING_EPOCHS,
    &TUNING_RATE,
    &TUNING_CORRUPTION,
];

/// What each layer starts with when pre-training is switched on.
const NEW_LAYER: LayerPretraining = LayerPretraining {
    epochs: 5,
    corruption: 0.2,
};
/// What fine-tuning starts with when it is switched on: shorter than that of the preset `stacked-denoising`, and on clean
/// images.
const NEW_TUNING: FineTuning = FineTuning {
    epochs: 12,
    learning_rate: 3e-4,
    corruption: 0.0,
};
/// One number for each layer of the encoder, whose number the architecture says.
const A_LAYER: List = List {
    n_items: Number::linear(0.0, f64::INFINITY),
    item: PASSES,
    item_label: "",
    item_help: "",
    first: 0.0,
    edits: ["", ""],
};

pub static PRETRAINING: Field = Field {
    path: "plan.pretraining",
    label: "layer-wise pre-training",
    row: Some("Before"),
    kind: Kind::Flag,
    help: "Trains the encoder's layers one after another before training them all together: each learns to \
           reconstruct its own, partly masked input. This is how deep networks were first trained. For dense \
           networks only",
    place: Place {
        get: |experiment| Some(Value::Flag(!experiment.plan.pretraining.is_empty())),
        set: |experiment, value| {
            let n_layers = match value {
                Value::Flag(true) => experiment.architecture.encoder_depth(),
                _ => 0,
            };
            experiment.plan.pretraining = vec![NEW_LAYER; n_layers];
        },
    },
    ..ROW
};

pub static LAYER_EPOCHS: Field = Field {
    path: "plan.pretraining.epochs",
    label: "epochs of each layer",
    kind: Kind::List(List {
        item_label: "epochs of a layer",
        item_help: "Passes over the training images with this layer by itself",
        ..A_LAYER
    }),
    help: "Epochs of each layer by itself",
    needs: Some(&PRETRAINING),
    place: Place {
        get: |experiment| of_layers(experiment, |layer| layer.epochs.value()),
        set: |experiment, value| put_layers(experiment, value, |layer, one| layer.epochs.put(one)),
    },
    ..ROW
};

pub static LAYER_CORRUPTION: Field = Field {
    path: "plan.pretraining.corruption",
    label: "corruption ν of each layer",
    kind: Kind::List(List {
        item: Number::linear(0.0, 0.99),
        item_label: "layer corruption ν",
        item_help: "Fraction of a layer's inputs set to 0 while it learns by itself to reconstruct them. \
                    Typical: 0.1 to 0.3",
        ..A_LAYER
    }),
    help: "Share ν of each layer's inputs that are masked while it learns by itself",
    needs: Some(&PRETRAINING),
    idle: |experiment| {
        let layers = &experiment.plan.pretraining;
        (!layers.is_empty() && layers.iter().all(|layer| layer.epochs == 0))
            .then(|| "no layer has an epoch by itself: give one its epochs first".to_owned())
    },
    place: Place {
        get: |experiment| of_layers(experiment, |layer| layer.corruption.value()),
        set: |experiment, value| {
            put_layers(experiment, value, |layer, one| layer.corruption.put(one));
        },
    },
    ..ROW
};

static FINE_TUNING: Field = Field {
    path: "plan.fine_tuning",
    label: "fine-tuning with labels",
    row: Some("After"),
    kind: Kind::Flag,
    help: "After everything else, trains the encoder with a softmax layer on the code to predict the class. \
           For comparison, the same network is also trained from random weights",
    place: Place {
        get: |experiment| Some(Value::Flag(experiment.plan.fine_tuning.is_some())),
        set: |experiment, value| {
            experiment.plan.fine_tuning = (*value == Value::Flag(true)).then_some(NEW_TUNING);
        },
    },
    ..ROW
};

static TUNING_EPOCHS: Field = Field {
    path: "plan.fine_tuning.epochs",
    label: "fine-tuning epochs",
    row: Some("Epochs"),
    kind: Kind::Number(PASSES),
    help: "Passes over the training images with the encoder and a softmax layer. Typical: 5 to 50",
    needs: Some(&FINE_TUNING),
    place: at!(Some(tuning) = plan.fine_tuning => tuning.epochs),
    ..ROW
};

static TUNING_RATE: Field = Field {
    path: "plan.fine_tuning.learning_rate",
    label: "fine-tuning learning rate",
    row: Some("Learning rate"),
    kind: Kind::Number(RATE),
    help: "Length of a step along the gradient of the fine-tuning. Typical for Adam: 3×10⁻⁴ to 0.003",
    needs: Some(&FINE_TUNING),
    idle: without_tuning,
    place: at!(Some(tuning) = plan.fine_tuning => tuning.learning_rate),
    ..ROW
};

static TUNING_CORRUPTION: Field = Field {
    path: "plan.fine_tuning.corruption",
    label: "corruption ν in fine-tuning",
    row: Some("Corruption ν"),
    kind: Kind::Number(Number::linear(0.0, 0.99)),
    help: "Fraction of the pixels that are set to 0 while the classifiers learn; they are tested on whole images. It keeps \
           them from relying on single pixels. 0: none. Typical: 0.1 to 0.3",
    needs: Some(&FINE_TUNING),
    idle: without_tuning,
    place: at!(Some(tuning) = plan.fine_tuning => tuning.corruption),
    ..ROW
};

/// Why a setting of fine-tuning changes nothing: no epochs of it.
fn without_tuning(experiment: &Experiment) -> Option<String> {
    let tuning = experiment.plan.fine_tuning.as_ref()?;
    (tuning.epochs == 0).then(|| "fine-tuning has 0 epochs: give it some first".to_owned())
}

/// A number of each layer that is pre-trained; none without pre-training.
fn of_layers(experiment: &Experiment, of: fn(&LayerPretraining) -> Value) -> Option<Value> {
    let layers = &experiment.plan.pretraining;
    let numbers = layers.iter().filter_map(|layer| match of(layer) {
        Value::Number(number) => Some(number),
        _ => None,
    });
    (!layers.is_empty()).then(|| Value::List(numbers.collect()))
}

/// Gives each layer its number.
fn put_layers(experiment: &mut Experiment, value: &Value, put: fn(&mut LayerPretraining, &Value)) {
    let Value::List(numbers) = value else { return };
    let layers = &mut experiment.plan.pretraining;
    layers.resize(numbers.len(), NEW_LAYER);
    for (layer, number) in layers.iter_mut().zip(numbers) {
        put(layer, &Value::Number(*number));
    }
}
