//! Settings of how the weights follow the gradient, and for how long.

use super::setting::without_joint_training;
use super::value::{Leaf as _, Place, at, labels};
use super::{Field, Kind, Number, Optional, Section};
use crate::{Course, Experiment, MomentumSchedule, Optimizer, OptimizerKind, Schedule, Stage};

const ROW: Field = Field {
    section: Section::Training,
    ..Field::LIVE
};

pub(super) static ROWS: &[&Field] = &[
    &OPTIMIZER,
    &LEARNING_RATE,
    &SCHEDULE,
    &MOMENTUM,
    &NESTEROV,
    &MOMENTUM_SCHEDULE,
    &BATCH_SIZE,
    &EPOCHS,
    &TRAIN_SAMPLES,
    &HELD_OUT,
    &PATIENCE,
    &SEED,
    &WEIGHT_DECAY,
    &GRADIENT_CLIP,
    &AVERAGING,
];

/// α, the length of a step.
pub(super) const RATE: Number = Number::logarithmic(1e-6, 1e3);
/// Passes over the training images.
pub(super) const PASSES: Number = Number::logarithmic(0.0, 10_000.0).whole();

pub static OPTIMIZER: Field = Field {
    path: "optimizer.kind",
    label: "optimizer",
    kind: Kind::Choice(labels::<OptimizerKind>),
    left_out: "",
    help: "How the weights follow the gradient. Adam adapts the step size of each weight and suits \
           most networks; AdamW applies weight decay separately from the gradient, and comes with a decay of 0.01; \
           SGD takes plain steps, with momentum; RMSProp divides by a running average of the gradient's size. Adam \
           and AdamW: β₁ 0.9, β₂ 0.999, ε 10⁻⁷",
    place: Place {
        get: |experiment| Some(experiment.optimizer.kind.value()),
        set: |experiment, value| {
            let before = experiment.optimizer.kind;
            experiment.optimizer.kind.put(value);
            let optimizer = &mut experiment.optimizer;
            if !optimizer.kind.has_momentum() {
                optimizer.momentum = 0.0; // nothing left over makes an experiment differ from its preset
            }
            if !optimizer.kind.has_nesterov() {
                optimizer.nesterov = false;
                optimizer.momentum_schedule = MomentumSchedule::Constant;
            }
            // AdamW without its decay is Adam: it comes with one, which goes with it unless a person changed it.
            let default = |decay: f32| decay.to_bits() == Optimizer::ADAMW_DECAY.to_bits();
            let comes = optimizer.kind == OptimizerKind::AdamW && before != OptimizerKind::AdamW;
            let goes = before == OptimizerKind::AdamW && optimizer.kind != OptimizerKind::AdamW;
            if comes && optimizer.weight_decay == 0.0 {
                optimizer.weight_decay = Optimizer::ADAMW_DECAY;
            } else if goes && default(optimizer.weight_decay) {
                optimizer.weight_decay = 0.0;
            }
        },
    },
    ..ROW
};

static LEARNING_RATE: Field = Field {
    path: "optimizer.learning_rate",
    short: Some("learning_rate"),
    label: "learning rate",
    is_basic: true,
    kind: Kind::Number(RATE),
    help: "Size of a step along the gradient. If it is too small, learning is slow; if too large, the loss \
           jumps or becomes infinite. Typical for Adam: 3×10⁻⁴ to 0.003",
    idle: |experiment| {
        let stages = experiment.stages();
        let only_tuning = stages.iter().all(|(stage, _)| *stage == Stage::FineTuning);
        (only_tuning && !stages.is_empty()).then(|| {
            "nothing but fine-tuning is trained, which has a learning rate of its own".to_owned()
        })
    },
    place: at!(optimizer.learning_rate),
    ..ROW
};

static SCHEDULE: Field = Field {
    path: "optimizer.schedule",
    label: "learning rate schedule",
    row: Some("Schedule"),
    kind: Kind::Choice(labels::<Schedule>),
    left_out: "constant",
    help: "How the learning rate changes during a part of the plan. Cosine: from the full learning rate down \
           to 0 at the part's last epoch, so that the weights settle; if training goes on, it starts over. It \
           applies to every learning rate of the run",
    place: at!(optimizer.schedule),
    course: Course::of_learning_rate,
    ..ROW
};

pub static MOMENTUM: Field = Field {
    path: "optimizer.momentum",
    label: "momentum",
    row: Some("Momentum μ"),
    kind: Kind::Number(Number::linear(0.0, 0.999)),
    help: "Fraction of the last step that is carried into the next one: steps in the same direction add up. \
           Typical: 0.9",
    needs: Some(&OPTIMIZER),
    idle: |experiment| {
        let kind = experiment.optimizer.kind;
        (!kind.has_momentum()).then(|| {
            let rule = kind.label();
            format!(
                "{rule} has a running mean of gradients of its own (β₁ 0.9), so momentum changes nothing: choose SGD \
                 or RMSProp to set it"
            )
        })
    },
    place: at!(optimizer.momentum),
    ..ROW
};

fn without_momentum(experiment: &Experiment) -> Option<String> {
    let optimizer = &experiment.optimizer;
    if !optimizer.kind.has_nesterov() {
        let rule = optimizer.kind.label();
        return Some(format!(
            "it belongs to SGD, and the optimizer is {rule}: choose SGD first"
        ));
    }
    (optimizer.momentum == 0.0).then(|| "the momentum is 0: give it a value first".to_owned())
}

static NESTEROV: Field = Field {
    path: "optimizer.nesterov",
    label: "Nesterov momentum",
    row: Some("Nesterov"),
    kind: Kind::Flag,
    help: "Takes the gradient where the momentum alone would lead, not where the weights are: a step that goes too far \
           is corrected at once, so that a momentum near 1 stays stable. For SGD with a momentum above 0",
    needs: Some(&OPTIMIZER),
    shown: |experiment| experiment.optimizer.kind.has_nesterov(),
    idle: without_momentum,
    place: at!(optimizer.nesterov),
    ..ROW
};

static MOMENTUM_SCHEDULE: Field = Field {
    path: "optimizer.momentum_schedule",
    label: "momentum schedule",
    row: Some("Momentum schedule"),
    kind: Kind::Choice(labels::<MomentumSchedule>),
    left_out: "constant",
    help: "How the momentum changes during a part of the plan. Rising: 0.5 during the first 250 steps, then \
           1 − 1 / 2n in the n-th 250 steps, up to μ. At last 0.9: the same, and at most 0.9 in the part's last \
           1,000 steps, so that the weights settle. For SGD with a momentum above 0",
    needs: Some(&OPTIMIZER),
    shown: |experiment| experiment.optimizer.kind.has_nesterov(),
    idle: without_momentum,
    place: at!(optimizer.momentum_schedule),
    ..ROW
};

static BATCH_SIZE: Field = Field {
    path: "training.batch_size",
    short: Some("batch_size"),
    label: "batch size",
    kind: Kind::Number(Number::logarithmic(1.0, 4096.0).whole()),
    help: "Images per step. Small batches give more and noisier steps per epoch, large ones use the device \
           better. Typical: 32 to 256",
    place: at!(training.batch_size),
    ..ROW
};

pub static EPOCHS: Field = Field {
    path: "training.epochs",
    short: Some("epochs"),
    label: "epochs",
    is_basic: true,
    kind: Kind::Number(PASSES),
    help: "Passes over the training images before the run stops by itself; Train then continues for as many \
           again. Typical: 5 to 50",
    live: |experiment| experiment.plan.is_plain(), // else they say which part of the plan an epoch belongs to
    place: at!(training.epochs),
    ..ROW
};

pub static TRAIN_SAMPLES: Field = Field {
    path: "training.train_samples",
    short: Some("train_samples"),
    label: "training images",
    row: Some("Images"),
    kind: Kind::Number(Number {
        optional: Some(Optional {
            switch: "training images",
            absent: "all",
            first: |_| 60_000.0,
            instead: |_| "all".to_owned(),
        }),
        ..Number::logarithmic(1.0, 1e9).whole()
    }),
    help: "Use only this many training images, the first ones. With few images you can see overfitting: the \
           test loss turns upwards while the training loss still falls. Typical: all 60,000",
    live: |_| false, // what an epoch means
    place: at!(training.train_samples),
    ..ROW
};

pub static HELD_OUT: Field = Field {
    path: "training.held_out",
    label: "held-out images",
    row: Some("Held out"),
    kind: Kind::Number(Number::logarithmic(0.0, 50_000.0).whole().off_at_zero()),
    help: "Keeps the last training images, this many, out of training and measures the loss J on them after every \
           epoch of joint training. At its end, the weights of the epoch with the lowest loss are put back, so that \
           no overfitting remains. 0: none. Typical: 5,000 to 10,000",
    idle: without_joint_training,
    live: |_| false, // what an epoch means
    place: at!(training.held_out),
    ..ROW
};

pub static PATIENCE: Field = Field {
    path: "training.patience",
    label: "patience",
    row: Some("Patience"),
    kind: Kind::Number(Number {
        unit: "epochs",
        ..Number::logarithmic(0.0, 1000.0).whole().off_at_zero()
    }),
    help: "Ends the run when the loss on the held-out images has not reached a new low for this many epochs. 0: the \
           run goes on to its end. Typical: 5 to 20",
    needs: Some(&HELD_OUT),
    shown: |experiment| experiment.training.held_out > 0,
    idle: |experiment| {
        let is_off = experiment.training.held_out == 0;
        without_joint_training(experiment).or_else(|| {
            is_off.then(|| {
                "no training images are held out, by which it could end: hold some out first"
                    .to_owned()
            })
        })
    },
    place: at!(training.patience),
    ..ROW
};

pub static SEED: Field = Field {
    path: "seed",
    label: "seed",
    kind: Kind::Seed,
    help: "All random choices of a run derive from this number: the same seed gives the same initial weights, the \
           same order of images and the same noise. Any whole number",
    live: |_| false,
    place: at!(seed),
    ..ROW
};

pub static WEIGHT_DECAY: Field = Field {
    path: "optimizer.weight_decay",
    label: "weight decay",
    kind: Kind::Number(Number::logarithmic(0.0, 1.0).off_at_zero()),
    help: "How strongly all weights and biases are pulled towards zero: added to the gradient, or for AdamW taken off them. \
           0: none. AdamW begins with 0.01, PyTorch's default (Keras has 0.004), and is Adam at 0. Typical: 10⁻⁵ to 0.01",
    needs: Some(&OPTIMIZER), // AdamW comes with another
    place: at!(optimizer.weight_decay),
    ..ROW
};

static GRADIENT_CLIP: Field = Field {
    path: "optimizer.gradient_clip",
    label: "gradient clip",
    kind: Kind::Number(Number::logarithmic(0.0, 1000.0).off_at_zero()),
    help: "Largest gradient norm allowed for each layer's weights or biases; larger gradients are scaled down. \
           0: no limit. Typical: 0.1 to 10",
    place: at!(optimizer.gradient_clip),
    ..ROW
};

static AVERAGING: Field = Field {
    path: "optimizer.averaging",
    label: "averaging of weights",
    row: Some("Averaging"),
    kind: Kind::Number(Number::linear(0.0, 1.0).off_at_zero()),
    help: "Keeps a mean of the weights over the steps of joint training, and measures, shows and saves that mean: it \
           is calmer than the newest weights. The number is the share that remains of the mean at every step: with \
           0.999 it remembers about the last 1,000 steps, with 1 all of them. 0: none. Training itself stays the \
           same. Typical: 0.99 to 0.9999",
    idle: without_joint_training,
    place: at!(optimizer.averaging),
    ..ROW
};
