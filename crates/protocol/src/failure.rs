//! What can go wrong on the worker's side, and what the window can offer then.
//!
//! Crates below have `thiserror` types of their own, which say what failed, where, and what to do.

use std::path::PathBuf;

use hourglass_experiment::Term;

use hourglass_experiment::DataSetId;

use super::{DataPlace, DeviceChoice, NeededData, RunId};

/// Something that went wrong. The worker lives on, except after [`Failure::WorkerPanicked`].
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Failure {
    /// An experiment was refused.
    #[error("{reason}")]
    InvalidExperiment {
        /// Why.
        reason: String,
    },
    /// A data set could not be loaded or fetched; the one in use still is.
    #[error("{reason}")]
    Dataset {
        /// What, which file, and what to do.
        reason: String,
    },
    /// A data set of the catalogue is not on this machine, but can be fetched; the one in use still is.
    #[error("{reason}")]
    NotFetched {
        id: DataSetId,
        /// How to fetch it.
        reason: String,
    },
    /// A run could not be written; what was there before still is.
    #[error("{reason}")]
    NotSaved {
        /// What, which file, and what to do.
        reason: String,
    },
    /// Runs cannot be backed up, so a crash would lose them; it is tried again.
    #[error(
        "Runs cannot be backed up in {}: {reason}. Save the run, or make the folder writable",
        place.display()
    )]
    NotBackedUp {
        /// The folder for them.
        place: PathBuf,
        /// Why.
        reason: String,
    },
    /// There is no run before to be brought back, or it cannot be.
    #[error("the previous run cannot be brought back: {reason}")]
    NotBroughtBack {
        /// Why.
        reason: String,
    },
    /// A run could not be opened, or weights not be taken over; the run in progress still is.
    #[error("{reason}")]
    NotOpened {
        /// Which run it would have been.
        run: RunId,
        /// What, which file, and what to do.
        reason: String,
    },
    /// Weights have other names than the model's, or are stored the other way round, and would fit by their shapes;
    /// the run in progress still is.
    #[error(
        "{file}: the tensors are named or stored differently from the model's, but their shapes match in this \
         order: {pairs}",
        file = .file.display(),
        pairs = .pairs.join("; ")
    )]
    WeightsFitByShape {
        /// Which run it would have been.
        run: RunId,
        file: PathBuf,
        /// A line for each tensor and the parameter it would become, and what there is to know of them all.
        pairs: Vec<String>,
    },
    /// A run learned from other digits than those in use; the run in progress still is.
    #[error(
        "the run in {folder} was trained on {needed}, but {in_use} is in use: load {needed}, then open it again",
        folder = .folder.display(),
        needed = .needed.label,
        in_use = .in_use.exact_label()
    )]
    OtherDataset {
        /// Which run it would have been.
        run: RunId,
        folder: PathBuf,
        /// The digits it learned from.
        needed: NeededData,
        /// The digits in use.
        in_use: DataSetId,
    },
    /// A run came without the images it learned from, and where they were is its sender's word: that place was not looked
    /// at. The run in progress still is.
    #[error(
        "{file}: it was trained on {needed}, which did not come along: name that data set with --data. Where it was \
         trained, its place was {place}",
        file = .file.display(),
        place = .place.path.display()
    )]
    ImagesNotSent {
        /// Which run it would have been.
        run: RunId,
        file: PathBuf,
        /// The images it learned from, by their name.
        needed: String,
        /// Where they were.
        place: DataPlace,
    },
    /// The numbers of a figure cannot be gathered.
    #[error("{reason}")]
    NoFigure {
        /// Why, and what to do.
        reason: String,
    },
    /// What the code is worth could not be measured; training goes on.
    #[error("the code could not be measured: {reason}")]
    NotJudged {
        /// Why.
        reason: String,
    },
    /// A comparison run cannot be trained beside the run in progress, which goes on.
    #[error("{reason}")]
    NotCompared {
        /// Why, and what to do.
        reason: String,
    },
    /// A device did not start; training stays where it was.
    #[error("{choice} does not start: {reason}", choice = .choice.label())]
    DeviceDidNotStart {
        /// What was asked for.
        choice: DeviceChoice,
        /// Why, in the driver's words.
        reason: String,
    },
    /// A device died; the worker went back to the last good weights and continues on the CPU.
    #[error(
        "{device} stopped working: {reason}. Training can continue on the CPU from step {step}"
    )]
    DeviceLost {
        /// Its name.
        device: String,
        /// Why, in the driver's words.
        reason: String,
        /// The step of the last good weights.
        step: u64,
    },
    /// A term of the objective became infinite or NaN; the run stopped with its last good weights.
    #[error(
        "{term} became {value} at step {step}, so the run stopped. The weights of step {restored_step} have been \
         restored: lower the learning rate, then continue training",
        term = .term.label()
    )]
    NonFiniteLoss {
        run: RunId,
        /// The first term that was not finite.
        term: Term,
        value: f32,
        /// The step that computed it.
        step: u64,
        /// The step whose weights are in place now.
        restored_step: u64,
    },
    /// The worker panicked and is gone; the window lives, and a new worker can be started.
    #[error("the training thread crashed: {message}. Restart it to continue")]
    WorkerPanicked {
        /// The panic's message.
        message: String,
    },
}
