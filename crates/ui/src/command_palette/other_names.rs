//! Other names under which people look for things, and what they look for that is not here.

use crate::Action;
use crate::GuideAction;
use crate::experiment_panel::Control;
use crate::pane::Pane;
use hourglass_experiment::field;

/// The beginnings of entries' names, with other names for the same.
const OTHERS: [(&str, &[&str]); 17] = [
    (
        "Code size",
        &["bottleneck", "latent dimension", "embedding size", "z dim"],
    ),
    ("Learning rate…", &["step size", "lr", "alpha"]),
    (
        "Corruption…",
        &[
            "noise",
            "dropout of pixels",
            "denoising",
            "masking",
            "salt and pepper",
        ],
    ),
    (
        "Sparsity…",
        &["penalty", "regularization", "regularisation", "lasso"],
    ),
    (
        "Weight decay",
        &["L2", "ridge", "regularization", "regularisation"],
    ),
    (
        "Loss…",
        &[
            "MSE",
            "BCE",
            "cross-entropy",
            "reconstruction error",
            "likelihood",
        ],
    ),
    (
        "Prior…",
        &["variational", "KL", "VAE", "AAE", "GAN", "adversarial"],
    ),
    ("Patience", &["early stopping"]),
    ("Held-out images", &["validation set"]),
    ("Averaging of weights", &["EMA", "Polyak"]),
    ("Gradient clip", &["clipping", "exploding gradients"]),
    (
        "Initialization",
        &["Glorot", "Xavier", "He", "Kaiming", "orthogonal"],
    ),
    ("Layer-wise pre-training", &["stacked", "greedy", "RBM"]),
    (
        "Train on",
        &["GPU", "CUDA", "graphics card", "device", "CPU", "processor"],
    ),
    (
        "Show Latent space",
        &["scatter", "embedding", "codes", "PCA", "projector"],
    ),
    ("Show Filters", &["weights", "features", "kernels"]),
    (
        "Show Numbers",
        &["metrics", "figures", "accuracy", "results"],
    ),
];

/// Something that people know from elsewhere.
pub(super) struct Missing {
    /// What they call it, the first as it is shown.
    pub names: &'static [&'static str],
    /// What there is instead.
    pub instead: &'static str,
    pub leads_to: Action,
}

/// What is not here.
pub(super) static NOT_HERE: [Missing; 5] = [
    Missing {
        names: &["t-SNE", "tsne"],
        instead: "the latent space on two components",
        leads_to: Action::Guide(GuideAction::LookAt(Pane::Latent)),
    },
    Missing {
        names: &["UMAP"],
        instead: "the latent space on two components",
        leads_to: Action::Guide(GuideAction::LookAt(Pane::Latent)),
    },
    Missing {
        names: &["3-D scatter", "3d"],
        instead: "the latent space on any two components or units",
        leads_to: Action::Guide(GuideAction::LookAt(Pane::Latent)),
    },
    Missing {
        names: &["Dropout"],
        instead: "masking, which drops pixels of the input",
        leads_to: Action::Guide(GuideAction::Find(Control::Setting(&field::CORRUPTION))),
    },
    Missing {
        names: &["Batch normalization", "batchnorm", "layer norm"],
        instead: "the initialization, which keeps activations in range at the start",
        leads_to: Action::Guide(GuideAction::Find(Control::Setting(&field::INITIALIZATION))),
    },
];

/// The other names of an entry.
pub(super) fn of(name: &str) -> impl Iterator<Item = &'static str> {
    let found = OTHERS
        .iter()
        .filter(move |(begins, _)| name.starts_with(begins));
    found.flat_map(|(_, names)| names.iter().copied())
}
