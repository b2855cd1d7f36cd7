//! Settings of what is added to the reconstruction error.

use super::setting::without_joint_training;
use super::value::{Leaf as _, Place, at, labels};
use super::{Field, Kind, Number, Section};
use crate::{
    Activation, Adversarial, Course, Experiment, LatentPrior, Prior, Reconstruction, Sparsity,
    Updates,
};

const ROW: Field = Field {
    section: Section::Penalties,
    idle: without_joint_training,
    ..Field::LIVE
};

/// Why what shapes the divergence changes nothing: a weight of 0.
fn without_divergence(experiment: &Experiment) -> Option<String> {
    let beta = experiment
        .objective
        .prior
        .variational()
        .map(|prior| prior.beta);
    let is_off = beta == Some(0.0);
    without_joint_training(experiment)
        .or_else(|| is_off.then(|| "the KL weight β is 0: give it a weight first".to_owned()))
}

pub(super) static ROWS: &[&Field] = &[
    &SPARSITY,
    &L1_WEIGHT,
    &SPARSITY_TARGET,
    &SPARSITY_WEIGHT,
    &CONTRACTION,
    &PRIOR,
    &KL_WEIGHT,
    &WARM_UP,
    &CAPACITY,
    &CAPACITY_RISE,
    &LIKELIHOOD_SIGMA,
    &DISTRIBUTION,
    &UPDATES,
    &ADVERSARIAL_WEIGHT,
    &ENCODER_RATE,
    &DISCRIMINATOR_RATE,
];

pub static SPARSITY: Field = Field {
    path: "objective.sparsity.kind",
    label: "sparsity",
    is_basic: true,
    kind: Kind::Choice(labels::<Sparsity>),
    help: "A penalty on active code units. With L1 most of the code stays near zero, and each digit uses few \
           units; KL pushes every unit towards the same small mean ρ and needs the sigmoid code",
    place: at!(objective.sparsity),
    ..ROW
};

pub static L1_WEIGHT: Field = Field {
    path: "objective.sparsity.weight",
    short: Some("l1"),
    label: "L1 weight λ",
    is_basic: true,
    row: Some("Weight λ"),
    kind: Kind::Number(Number::logarithmic(1e-7, 1.0)),
    help: "Weight of the L1 penalty: λ times the sum of the code's absolute activations, averaged over the \
           batch. A larger weight pushes more of the code to zero but worsens the reconstruction. Typical: 10⁻⁵ \
           to 0.001",
    needs: Some(&SPARSITY),
    place: at!(Sparsity::L1 { weight } = objective.sparsity => weight),
    ..ROW
};

static SPARSITY_TARGET: Field = Field {
    path: "objective.sparsity.target",
    label: "target activation ρ",
    is_basic: true,
    row: Some("Mean ρ"),
    kind: Kind::Number(Number::logarithmic(0.001, 0.999)),
    help: "The target mean activation of every code unit. With small values each unit responds to few images. \
           Typical: 0.01 to 0.1",
    needs: Some(&SPARSITY),
    place: at!(Sparsity::Kl { target, .. } = objective.sparsity => target),
    ..ROW
};

static SPARSITY_WEIGHT: Field = Field {
    path: "objective.sparsity.weight",
    label: "sparsity weight β",
    is_basic: true,
    row: Some("Weight β"),
    kind: Kind::Number(Number::logarithmic(1e-6, 100.0)),
    help: "Weight of the divergence between ρ and each unit's mean activation over the batch, summed over the \
           units. Typical: 10⁻⁴ to 0.03",
    needs: Some(&SPARSITY),
    place: at!(Sparsity::Kl { weight, .. } = objective.sparsity => weight),
    ..ROW
};

static CONTRACTION: Field = Field {
    path: "objective.contraction",
    short: Some("contraction"),
    label: "contraction λ",
    kind: Kind::Number(Number::logarithmic(0.0, 100.0).off_at_zero()),
    help: "Weight of ‖∂h/∂x‖²: how much the code changes when the image does. A larger weight makes the code \
           ignore everything that the reconstruction does not need. 0: none. Typical: 10⁻⁵ to 0.01",
    place: at!(objective.contraction),
    ..ROW
};

pub static PRIOR: Field = Field {
    path: "objective.prior.kind",
    label: "prior",
    kind: Kind::Choice(labels::<Prior>),
    help: "The distribution that the codes of all images should have together. Variational: each image is a \
           small Gaussian of codes near N(0, I). Adversarial: a second network learns to tell codes from \
           samples of a distribution, and the encoder learns to fool it. Both need a linear code, which is set \
           when you choose one. A prior that is added to the error has it summed over pixels",
    live: |_| false, // another kind has other networks
    place: Place {
        get: |experiment| Some(experiment.objective.prior.value()),
        set: |experiment, value| {
            experiment.objective.prior.put(value);
            if !experiment.objective.prior.is_none()
                && let Some([_, code]) = experiment.architecture.activations_mut()
            {
                *code = Activation::Linear;
            }
        },
    },
    ..ROW
};

static KL_WEIGHT: Field = Field {
    path: "objective.prior.beta",
    short: Some("beta"),
    label: "KL weight β",
    kind: Kind::Number(Number::logarithmic(0.0, 100.0)),
    help: "Weight of the divergence between each image's Gaussian of codes and N(0, I). 1 is the variational \
           bound, larger values give fewer active and more independent units. Typical: 0.5 to 10",
    needs: Some(&PRIOR),
    place: at!(Prior::Variational(prior) = objective.prior => prior.beta),
    ..ROW
};

static WARM_UP: Field = Field {
    path: "objective.prior.warm_up_epochs",
    short: Some("warm_up"),
    label: "KL warm-up",
    kind: Kind::Number(Number {
        rail: 20.0,
        unit: "epochs",
        ..Number::linear(0.0, 1000.0).off_at_zero()
    }),
    help: "Epochs over which the KL weight rises from 0 to β, so that units are not given up before they \
           become useful. Typical: 0 to 10",
    needs: Some(&PRIOR),
    idle: without_divergence,
    place: at!(Prior::Variational(prior) = objective.prior => prior.warm_up_epochs),
    course: Course::of_kl_weight,
    ..ROW
};

static CAPACITY: Field = Field {
    path: "objective.prior.capacity",
    label: "capacity C",
    kind: Kind::Number(Number {
        rail: 50.0,
        unit: "nats",
        ..Number::linear(0.0, 500.0).off_at_zero()
    }),
    help: "Divergence that costs nothing: the term becomes β |KL − C|. 0: none. Typical: 0 to 25",
    needs: Some(&PRIOR),
    idle: without_divergence,
    place: at!(Prior::Variational(prior) = objective.prior => prior.capacity),
    ..ROW
};

static CAPACITY_RISE: Field = Field {
    path: "objective.prior.capacity_epochs",
    label: "capacity rises over",
    kind: Kind::Number(Number {
        rail: 50.0,
        unit: "epochs",
        ..Number::linear(0.0, 1000.0).off_at_zero()
    }),
    help: "Epochs over which C rises evenly from 0: units open up one after another, those that lower the error most \
           first. 0: it is C from the start. Typical: as many as are trained",
    needs: Some(&CAPACITY),
    shown: |experiment| {
        let prior = experiment.objective.prior.variational();
        prior.is_some_and(|prior| prior.capacity > 0.0)
    },
    idle: |experiment| {
        let prior = experiment.objective.prior.variational();
        let is_off = prior.is_some_and(|prior| prior.capacity == 0.0);
        without_divergence(experiment)
            .or_else(|| is_off.then(|| "the capacity C is 0: give it a value first".to_owned()))
    },
    place: at!(Prior::Variational(prior) = objective.prior => prior.capacity_epochs),
    course: Course::of_capacity,
    ..ROW
};

static LIKELIHOOD_SIGMA: Field = Field {
    path: "objective.prior.likelihood_sigma",
    label: "likelihood σ",
    kind: Kind::Number(Number::logarithmic(0.01, 10.0)),
    help: "Standard deviation of the Gaussian likelihood that the squared error stands for with a variational \
           prior. Smaller values demand sharper images. Typical: 0.1 to 1",
    needs: Some(&PRIOR),
    idle: |experiment| {
        let error = experiment.objective.reconstruction;
        let is_gaussian = error == Reconstruction::Mse;
        let is_variational = experiment.objective.prior.variational().is_some();
        without_joint_training(experiment).or_else(|| {
            (is_variational && !is_gaussian).then(|| {
                let error = error.label();
                format!(
                    "σ belongs to the Gaussian likelihood of the squared error, and the loss is the {error}: choose \
                     the mean squared error to set it"
                )
            })
        })
    },
    place: at!(Prior::Variational(prior) = objective.prior => prior.likelihood_sigma),
    ..ROW
};

pub static DISTRIBUTION: Field = Field {
    path: "objective.prior.distribution",
    label: "distribution",
    kind: Kind::Choice(labels::<LatentPrior>),
    left_out: "",
    help: "The distribution that the codes should follow. Ten Gaussians and the swiss roll lie in the plane, \
           so they need a code of 2 units",
    needs: Some(&PRIOR),
    place: at!(Prior::Adversarial(prior) = objective.prior => prior.distribution),
    ..ROW
};

pub static UPDATES: Field = Field {
    path: "objective.prior.updates",
    label: "adversarial update",
    row: Some("Update"),
    kind: Kind::Choice(labels::<Updates>),
    left_out: "",
    help: "How the encoder learns to fool the discriminator. One step of the sum: its reward is added to the \
           reconstruction error with a weight. Two phases, as in the paper: each batch first lowers the \
           reconstruction error alone; then the discriminator learns, and the encoder takes a step of its own to \
           fool it, with a learning rate of its own",
    needs: Some(&PRIOR),
    live: |_| false, // another number of optimizers, and another unit of J
    place: at!(Prior::Adversarial(prior) = objective.prior => prior.updates),
    ..ROW
};

pub static ADVERSARIAL_WEIGHT: Field = Field {
    path: "objective.prior.weight",
    short: Some("adversarial"),
    label: "adversarial weight λ",
    row: Some("Weight λ"),
    kind: Kind::Number(Number::logarithmic(1e-3, 1e3)),
    help: "Weight of the encoder's reward for fooling the discriminator, relative to the reconstruction error \
           summed over an image. Typical: 1 to 30",
    needs: Some(&UPDATES),
    place: at!(
        Prior::Adversarial(Adversarial { updates: Updates::OneStep { weight }, .. }) = objective.prior => weight
    ),
    ..ROW
};

static ENCODER_RATE: Field = Field {
    path: "objective.prior.encoder_learning_rate",
    label: "encoder's regularisation rate",
    row: Some("Encoder rate"),
    kind: Kind::Number(Number::logarithmic(1e-6, 1.0)),
    help: "Learning rate of the encoder's step to fool the discriminator, by Adam as the discriminator's. Larger \
           values pull the codes to the prior faster and worsen the reconstruction; far above the discriminator's, \
           codes run after its newest verdict instead. The learning rate of the training is that of the \
           reconstruction phase. Typical: that of the discriminator",
    needs: Some(&UPDATES),
    place: at!(
        Prior::Adversarial(Adversarial { updates: Updates::TwoPhases { encoder_learning_rate }, .. })
            = objective.prior => encoder_learning_rate
    ),
    ..ROW
};

static DISCRIMINATOR_RATE: Field = Field {
    path: "objective.prior.discriminator_learning_rate",
    label: "discriminator learning rate",
    row: Some("Discr. rate"),
    kind: Kind::Number(Number::logarithmic(1e-6, 1.0)),
    help: "Learning rate of the discriminator. Too large and it wins, too small and it tells the encoder \
           nothing. Typical: 10⁻⁴ to 0.001",
    needs: Some(&PRIOR),
    place: at!(Prior::Adversarial(prior) = objective.prior => prior.discriminator_learning_rate),
    ..ROW
};
