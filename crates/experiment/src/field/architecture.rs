//! Settings of the layers.

use super::value::{Leaf as _, Place, Value, at, labels};
use super::{Field, Kind, List, Number, Optional, Section};
use crate::layer::MAX_CHANNELS;
use crate::{Activation, Architecture, Convolutional, Dense, InitializationKind};

const ROW: Field = Field {
    section: Section::Architecture,
    ..Field::NEW_MODEL
};

pub(super) static ROWS: &[&Field] = &[
    &NETWORK,
    &HIDDEN,
    &CODE_SIZE,
    &TIED,
    &CHANNELS,
    &DENSE_CODE,
    &ENCODER,
    &DECODER,
    &HIDDEN_ACTIVATION,
    &CODE_ACTIVATION,
    &OUTPUT_ACTIVATION,
    &INITIALIZATION,
    &INITIAL_SCALE,
];

/// Units of the code.
const CODE: Number = Number::logarithmic(1.0, 2048.0).whole();
/// Largest code of a dense network.
const MAX_CODE: usize = CODE.max as usize;
/// Units of a dense code that is switched on where the map has more.
const NEW_DENSE_CODE: usize = 64;
/// Levels of a newly chosen convolutional network.
const NEW_CHANNELS: [usize; 2] = [16, 8];

pub static NETWORK: Field = Field {
    path: "architecture.kind",
    label: "kind of network",
    row: Some("Network"),
    kind: Kind::Choice(|| vec!["dense", "convolutional", "list of layers"]),
    left_out: "",
    help: "How units are connected. Dense: each to every unit of the previous layer. Convolutional: small patterns detected anywhere in the image, with pooling in between; far fewer parameters. List of layers: any order of \
           them, as the text of the experiment lists them",
    place: Place {
        get: |experiment| {
            Some(Value::Choice(match experiment.architecture {
                Architecture::Dense(_) => 0,
                Architecture::Convolutional(_) => 1,
                Architecture::Layers(_) => 2,
            }))
        },
        set: |experiment, value| {
            let architecture = &mut experiment.architecture;
            match value {
                Value::Choice(0) => *architecture = dense_like(architecture),
                Value::Choice(1) => *architecture = convolutional_like(architecture),
                Value::Choice(2) => *architecture = Architecture::Layers(architecture.lists()),
                _ => {}
            }
        },
    },
    ..ROW
};

pub static HIDDEN: Field = Field {
    path: "architecture.hidden",
    short: Some("hidden"),
    label: "hidden layers",
    kind: Kind::List(List {
        n_items: Number::linear(0.0, 6.0).whole(),
        item: Number::logarithmic(1.0, 2048.0).whole(),
        item_label: "hidden layer",
        item_help: "Units of a layer between pixels and code; the decoder mirrors it. More units can shape the \
                    code in more complex ways but cost time. Typical: 128 to 1000",
        first: 128.0,
        edits: [
            "Adds a layer next to the code, mirrored in the decoder",
            "Removes the layer next to the code",
        ],
    }),
    help: "Layers between pixels and code; the decoder mirrors them. None gives the classic autoencoder whose \
           only hidden layer is the code. Typical: 0 to 3",
    needs: Some(&NETWORK),
    place: at!(Architecture::Dense(dense) = architecture => dense.hidden),
    ..ROW
};

pub static CODE_SIZE: Field = Field {
    path: "architecture.code",
    short: Some("code"),
    label: "code size",
    is_basic: true,
    kind: Kind::Number(CODE),
    help: "Units of the code, the bottleneck that every image has to pass through. 2 can be plotted directly, \
           32 to 64 keep most of a digit, 784 or more could simply copy. Typical: 2 to 128",
    needs: Some(&NETWORK),
    idle: |experiment| match &experiment.architecture {
        Architecture::Dense(_) => None,
        Architecture::Convolutional(_) => {
            let units = experiment.architecture.code_size();
            Some(format!(
                "the code of this convolutional network has {units} units, and what sets them is its dense code \
                 (architecture.waist), or without one its last map"
            ))
        }
        Architecture::Layers(_) => Some(in_the_list()),
    },
    place: at!(Architecture::Dense(dense) = architecture => dense.code),
    ..ROW
};

static TIED: Field = Field {
    path: "architecture.tied",
    label: "tied weights",
    row: Some("Decoder"),
    kind: Kind::Flag,
    help: "The decoder uses the encoder's weights, transposed, and learns only its own biases: about half the \
           parameters, and a decoder that cannot drift away from the encoder",
    needs: Some(&NETWORK),
    place: at!(Architecture::Dense(dense) = architecture => dense.tied),
    ..ROW
};

pub static CHANNELS: Field = Field {
    path: "architecture.channels",
    short: Some("channels"),
    label: "channels",
    kind: Kind::List(List {
        n_items: Number::linear(1.0, 4.0).whole(),
        item: Number::logarithmic(1.0, MAX_CHANNELS as f64).whole(),
        item_label: "level",
        item_help: "Maps that a convolution produces, each looking for a different pattern. Typical: 4 to 64",
        first: NEW_CHANNELS[0] as f64,
        edits: [
            "Adds a convolution with pooling next to the code, mirrored in the decoder",
            "Removes the convolution next to the code",
        ],
    }),
    help: "Convolutions with pooling between pixels and code; the decoder mirrors them. Each halves height and \
           width: 28, 14, 7, 4, 2. Typical: 1 to 3",
    needs: Some(&NETWORK),
    place: at!(Architecture::Convolutional(conv) = architecture => conv.channels),
    ..ROW
};

pub static DENSE_CODE: Field = Field {
    path: "architecture.waist",
    label: "dense code",
    kind: Kind::Number(Number {
        optional: Some(Optional {
            switch: "dense code",
            absent: "none",
            first: |experiment| experiment.architecture.code_size().min(NEW_DENSE_CODE) as f64,
            instead: |experiment| {
                let units = experiment.architecture.code_size();
                format!("the last map, {units} units")
            },
        }),
        ..CODE
    }),
    help: "A fully connected code between the convolutions. Without it the last pooled map is the code, which \
           usually compresses little",
    needs: Some(&NETWORK),
    place: at!(Architecture::Convolutional(conv) = architecture => conv.bottleneck),
    ..ROW
};

pub static ENCODER: Field = Field {
    path: "architecture.encoder",
    label: "encoder",
    kind: Kind::Layers,
    help: "The layers from the image to the code. They are changed in the text of the experiment, which the menu \
           above copies and pastes",
    needs: Some(&NETWORK),
    place: at!(Architecture::Layers(lists) = architecture => lists.encoder),
    ..ROW
};

pub static DECODER: Field = Field {
    path: "architecture.decoder",
    label: "decoder",
    kind: Kind::Layers,
    help: "The layers from the code back to the image. They are changed in the text of the experiment, which the \
           menu above copies and pastes",
    needs: Some(&NETWORK),
    place: at!(Architecture::Layers(lists) = architecture => lists.decoder),
    ..ROW
};

static HIDDEN_ACTIVATION: Field = Field {
    path: "architecture.hidden_activation",
    label: "hidden activation",
    row: Some("Hidden units"),
    kind: Kind::Choice(labels::<Activation>),
    left_out: "",
    help: "The function each unit applies to its weighted sum. Sigmoid keeps values between 0 and 1, ReLU sets \
           negative ones to 0, linear changes nothing",
    needs: Some(&NETWORK),
    idle: |experiment| match &experiment.architecture {
        Architecture::Dense(dense) => dense.hidden.is_empty().then(|| {
            "there is no hidden layer, only the code: add a hidden layer first".to_owned()
        }),
        Architecture::Convolutional(_) => None, // the decoder's levels, if no other
        Architecture::Layers(_) => Some(in_the_list()),
    },
    place: Place {
        get: |experiment| Some(experiment.architecture.hidden_activation()?.value()),
        set: |experiment, value| {
            if let Some([hidden, _]) = experiment.architecture.activations_mut() {
                hidden.put(value);
            }
        },
    },
    ..ROW
};

pub static CODE_ACTIVATION: Field = Field {
    path: "architecture.code_activation",
    label: "code activation",
    row: Some("Code units"),
    kind: Kind::Choice(labels::<Activation>),
    left_out: "",
    help: "Activation of the code. Sigmoid is the classic choice for sparse codes, linear finds PCA's subspace \
           and is needed for a prior",
    needs: Some(&NETWORK),
    idle: |experiment| {
        let is_list = matches!(experiment.architecture, Architecture::Layers(_));
        is_list.then(in_the_list)
    },
    place: Place {
        get: |experiment| match experiment.architecture {
            Architecture::Layers(_) => None, // it is a layer of the list
            _ => Some(experiment.architecture.code_activation().value()),
        },
        set: |experiment, value| {
            if let Some([_, code]) = experiment.architecture.activations_mut() {
                code.put(value);
            }
        },
    },
    ..ROW
};

pub static OUTPUT_ACTIVATION: Field = Field {
    path: "architecture.output_activation",
    label: "output activation",
    row: Some("Output units"),
    kind: Kind::Choice(labels::<Activation>),
    left_out: "",
    help: "Activation of the reconstruction. Sigmoid keeps pixels between 0 and 1 and is needed for \
           cross-entropy; linear learns faster with the squared error",
    place: Place {
        get: |experiment| Some(experiment.architecture.output_activation().value()),
        set: |experiment, value| experiment.architecture.output_activation_mut().put(value),
    },
    ..ROW
};

pub static INITIALIZATION: Field = Field {
    path: "initialization.kind",
    label: "initialization",
    row: Some("First weights"),
    kind: Kind::Choice(labels::<InitializationKind>),
    left_out: "glorot_uniform",
    help: "How the first weights of encoder and decoder are drawn. Glorot keeps the spread of values and gradients \
           in networks of sigmoid, tanh or linear units, He in those of ReLU; uniform and normal are two forms of the \
           same variance. Orthogonal keeps lengths. Sparse gives each unit 15 incoming weights from N(0, 1) and \
           suits deep networks of sigmoid units that are trained with momentum",
    place: at!(initialization.kind),
    ..ROW
};

static INITIAL_SCALE: Field = Field {
    path: "initialization.scale",
    label: "scale of the first weights",
    row: Some("Scale"),
    kind: Kind::Number(Number::logarithmic(1e-3, 100.0)),
    help: "What the first weights are multiplied by. Too small, and a signal fades on its way through a deep network; \
           too large, and units saturate. Typical: 1",
    place: at!(initialization.scale),
    ..ROW
};

/// Why a list of layers has no such setting.
fn in_the_list() -> String {
    "this network is a list of layers, which says it itself (architecture.encoder and architecture.decoder): change it \
     there"
        .to_owned()
}

/// A dense network with the same code, up to the largest code allowed.
fn dense_like(other: &Architecture) -> Architecture {
    Architecture::Dense(Dense {
        image: other.image(),
        hidden: Vec::new(),
        code: other.code_size().min(MAX_CODE),
        hidden_activation: other.hidden_activation().unwrap_or(Activation::Relu),
        code_activation: other.code_activation(),
        output_activation: other.output_activation(),
        tied: false,
    })
}

/// A convolutional network with the same code.
fn convolutional_like(other: &Architecture) -> Architecture {
    Architecture::Convolutional(Convolutional {
        image: other.image(),
        channels: NEW_CHANNELS.to_vec(),
        bottleneck: Some(other.code_size()),
        hidden_activation: other.hidden_activation().unwrap_or(Activation::Relu),
        code_activation: other.code_activation(),
        output_activation: other.output_activation(),
    })
}
