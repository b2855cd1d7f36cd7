//! The words the window and the worker share: plain data, no tensors, no handles.
//!
//! | | all arrive, in order | only the newest matters |
//! |---|---|---|
//! | window → worker | [`Command`] | [`ProbeRequest`] |
//! | worker → window | [`Event`] | [`Snapshot`] |
//!
//! Commands are imperatives, events are past facts. Whatever concerns one run carries its [`RunId`], so
//! that a late message about an older run can be told apart.

mod backup;
mod baseline;
mod code_table;
mod data_report;
mod dataset;
mod decode;
mod device;
mod encodings;
mod errors;
mod factors;
mod failure;
mod filters;
mod fitting;
mod flow;
mod gather;
mod gradients;
mod history;
mod judging;
mod marks;
mod metrics;
pub mod one_file;
mod page;
mod pieces;
mod plane;
mod probe;
mod reached;
mod run_id;
mod sample;
mod turn;
mod user_images;

use std::num::NonZeroU64;
use std::path::PathBuf;

use hourglass_experiment::Experiment;

pub use backup::{AboutRun, BackupPolicy, KeptRun, title_of};
pub use baseline::{
    Accuracies, Baselines, CodeReport, Compressed, CompressionReport, FollowedFactor, ProbeResult,
};
pub use code_table::CodeTable;
pub use data_report::{DataPlace, DataReport, Duplicates, Skipped, samples_of};
pub use dataset::{DataSource, DataStage, DatasetDescription, DatasetProgress, NeededData};
pub use decode::{
    CodeSelection, CodeStart, CodeUnits, DecodeRequest, Decoded, DecodedView, EditedCode, Found,
    MAX_CODE_UNITS, MAX_DECODED, Requester, Route, Spacing, Span, UnitRange,
};
pub use device::{AdapterName, DeviceChoice, DeviceInfo, DeviceKind};
pub use encodings::{EncodingRequest, Encodings};
pub use errors::{ClassErrors, ErrorView};
pub use factors::{Factor, KnownFactors};
pub use failure::Failure;
pub use filters::{FilterBank, FilterRequest, FilterView, TileFigures, UnitMeans};
pub use fitting::{Colour, Fitting, Resizing};
pub use flow::{FlowView, LayerFlow};
pub use gather::{FilmFrame, Gather, Gathered, Manifold, Numbers};
pub use gradients::{GradientFigures, GradientRow, LayerSpread, WeightUpdate};
pub use history::{HistoryRow, Measured, RunHistory};
pub use hourglass_experiment::{DataSetId, Stage};
pub use judging::{JudgingPart, JudgingProgress};
pub use marks::{ChangedSetting, Mark, Marks};
pub use metrics::{
    AdversarialFigures, BestEpoch, ClassificationFigures, CodeFigures, Diagnosis, Evaluation,
    EvaluationScope, Psnr, StepBatch, VariationalFigures,
};
pub use one_file::ImagesKept;
pub use page::{CodePlane, PageNumbers, PlainDecoder, PlainLayer};
pub use pieces::{Group, GroupMap, GroupSet, LeftOut, MAX_GROUPS, Take};
pub use plane::{Axes, Plane, PointSource, ScatterRequest};
pub use probe::{
    ActivationView, DigitView, Histogram, ProbeRequest, SampleErrors, ScatterView, Snapshot,
};
pub use reached::{Reached, ReachedCode, kept_to};
pub use run_id::RunId;
pub use sample::SampleIdx;
pub use turn::Turn;
pub use user_images::{
    Backdrop, Centring, Decisions, ImageNote, ImageStage, ImageTarget, InkDecisions, Neighbour,
    Paper, PenStroke, Percentile, Preparation, Prepared, PreparedImage, StagePicture, UserImageId,
    UserImageLook, UserImageView, Way, WholeTarget,
};

/// How tensors of a file and parameters of a model find each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Matching {
    /// By their names, apart from what wrappers put before or between them.
    #[default]
    ByName,
    /// By their shapes and their order, whatever they are called.
    ByShape,
}

/// What the window asks of the worker.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Load a data set; the one in use stays until the new one is whole.
    LoadDataset(DataSource),
    /// Fetch a data set into the user's cache, then load it.
    Fetch(DataSetId),
    /// Stop loading or fetching.
    CancelLoading,
    /// Make a new model from an experiment and wait for `Train`. The run before it ends.
    StartRun {
        /// Name of the new run, chosen by the window.
        run: RunId,
        /// Its experiment.
        experiment: Experiment,
    },
    /// Train a second run beside the one in progress, on the same digits and step for step; a comparison run before it ends.
    Compare {
        /// Name of the comparison run, chosen by the window.
        run: RunId,
        /// Its experiment.
        experiment: Experiment,
    },
    /// Continue with one of the two runs compared; the other ends.
    EndComparison { keep: RunId },
    /// Train until the goal of epochs is reached; past the goal, for as many epochs again.
    Train,
    /// Train for this many steps, then pause.
    TrainSteps(NonZeroU64),
    /// Train for this many epochs, then pause.
    TrainEpochs(NonZeroU64),
    /// Stop after the current batch.
    Pause,
    /// Take on another experiment for the same model at the next step.
    Tune(Experiment),
    /// Continue on another device, from the current weights.
    UseDevice(DeviceChoice),
    /// Measure what the code is worth, from the weights as they are now. It takes seconds, and training goes on beside it;
    /// one that is under way begins anew.
    JudgeCode,
    /// Stop measuring what the code is worth.
    CancelJudging,
    /// Gather the numbers of a figure; it takes a moment, during which nothing is trained.
    Gather(Gather),
    /// Find what the model makes of every image; it takes a moment, during which nothing is trained.
    Encode(EncodingRequest),
    /// Measure the model where that was not done at this step, and write the run's folder.
    SaveRun {
        /// The folder; it is made where it is missing.
        folder: PathBuf,
    },
    /// Write the run's folder as it is, in case it does not get saved.
    BackUpRun {
        /// The folder; it is made where it is missing.
        folder: PathBuf,
    },
    /// Back up unsaved runs: on the worker's own clock, and whenever one of them may be lost.
    BackupPolicy(BackupPolicy),
    /// Remove the backups, and make no more: a person said that these runs are not wanted.
    ForgetBackup,
    /// Put the run before back in the place of the one in progress, as it was.
    BringBack,
    /// Continue the run in a folder. The run before it ends, unless this one cannot be opened.
    OpenRun {
        /// Its name from here on, chosen by the window.
        run: RunId,
        folder: PathBuf,
    },
    /// Make a new model from an experiment, with weights from a file in place of its first ones.
    StartFromWeights {
        /// Name of the new run, chosen by the window.
        run: RunId,
        /// Its experiment.
        experiment: Experiment,
        /// A safetensors file under `PyTorch`'s names and layout.
        file: PathBuf,
        /// How its tensors find the model's parameters.
        matching: Matching,
    },
}

/// What the worker reports.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The worker has a device and listens.
    WorkerReady {
        /// The device it trains on.
        device: DeviceInfo,
    },
    /// Training continues on another device.
    DeviceChanged {
        /// The device it trains on now.
        device: DeviceInfo,
    },
    /// Loading or fetching came further.
    DatasetProgress(DatasetProgress),
    /// A data set is in use.
    DatasetLoaded(DatasetDescription),
    /// The baselines of the data set in use are known; they follow it after a few seconds.
    BaselinesKnown(Baselines),
    /// Loading or fetching was cancelled; what was in use still is.
    LoadingCancelled,
    /// A new model is ready.
    RunStarted {
        run: RunId,
        /// The experiment as taken on.
        experiment: Experiment,
        /// Trainable numbers of its model.
        n_parameters: usize,
        steps_per_epoch: usize,
    },
    /// Two runs are no longer compared.
    ComparisonEnded {
        /// The run that goes on.
        run: RunId,
    },
    /// The run does something else now.
    PhaseChanged {
        run: RunId,
        /// What it does.
        phase: Phase,
    },
    /// The experiment changed while the run went on.
    Tuned {
        run: RunId,
        /// The experiment as taken on.
        experiment: Experiment,
        /// The first step it holds for.
        step: u64,
        /// Epochs of the run before that step.
        epoch: f64,
        steps_per_epoch: usize,
    },
    StepsTaken {
        run: RunId,
        /// Their figures.
        steps: StepBatch,
    },
    /// How gradients reach the layers was measured, at some of these steps or before the first.
    GradientsMeasured {
        run: RunId,
        /// In the order of the steps, and of the layers from the input to the output.
        rows: Vec<GradientRow>,
    },
    /// The model was measured on test images.
    Evaluated {
        run: RunId,
        /// The figures.
        evaluation: Evaluation,
    },
    /// Measuring the code came further.
    JudgingProgress {
        run: RunId,
        progress: JudgingProgress,
    },
    /// What the code is worth was measured.
    CodeJudged {
        run: RunId,
        /// What it is worth.
        report: CodeReport,
        /// From the command to the answer, in seconds.
        secs: f64,
    },
    /// Measuring the code came to nothing: it was cancelled, or the run has ended.
    JudgingCancelled { run: RunId },
    /// The numbers of a figure were gathered.
    Gathered {
        run: RunId,
        /// The numbers.
        gathered: Box<Gathered>,
    },
    /// It was found what the model makes of the images.
    Encoded {
        run: RunId,
        encodings: Box<Encodings>,
    },
    /// A frame of the film was taken.
    FrameTaken { run: RunId, frame: FilmFrame },
    /// The run that was started just now goes on from a folder, or from weights in a file.
    RunOpened {
        run: RunId,
        /// The folder or file.
        from: PathBuf,
        /// What it had recorded.
        history: RunHistory,
    },
    /// The run is on disk.
    RunSaved {
        run: RunId,
        /// Its folder, or the file that it is in.
        folder: PathBuf,
        /// Steps taken before it was saved.
        step: u64,
        /// Where a person's own images are that it learned from, if it is in one file.
        images: Option<ImagesKept>,
    },
    /// The run's folder was written in case it does not get saved.
    RunBackedUp {
        run: RunId,
        folder: PathBuf,
        /// Steps taken before it was written.
        step: u64,
    },
    /// Runs are backed up, or are again.
    BackingUp,
    /// Another run takes the place of this one, which can be brought back.
    RunReplaced { run: RunId },
    /// The run before is in the place of the one in progress, as it was.
    RunBroughtBack {
        run: RunId,
        /// The digits it learned from, where others were in use.
        dataset: Option<DatasetDescription>,
    },
    /// Something went wrong; what it was says what can be done.
    Failed(Failure),
}

/// What a run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// A fresh model that has not been trained.
    Ready,
    /// The device compiles and chooses its kernels; the first step takes longer than the others.
    PreparingKernels,
    /// Steps are being taken.
    Training { position: PlanPosition },
    /// Waiting within an epoch, or for another step.
    Paused { position: PlanPosition },
    /// The goal of epochs is reached.
    Finished { position: PlanPosition },
    /// Stopped by a failure that was reported; the last good weights are in place.
    Stopped { position: PlanPosition },
}

/// Where in its training plan a run is. Positions count from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlanPosition {
    /// What this part of the plan trains.
    pub stage: Stage,
    /// Epochs of this part that are complete.
    pub stage_epochs_done: usize,
    /// Epochs this part is to train.
    pub stage_epochs_goal: usize,
    /// Epochs of the whole run that are complete.
    pub epochs_done: usize,
    /// Epochs the whole run is to train.
    pub epochs_goal: usize,
    /// Steps taken in the whole run.
    pub steps_done: u64,
}
