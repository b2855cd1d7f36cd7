//! What a person asks for; `App::perform` turns each action into a message or a setting.

use std::num::NonZeroU64;
use std::path::PathBuf;
use std::sync::Arc;

use egui::{ColorImage, ThemePreference};

use super::experiment_panel::Control;
use super::lessons::LessonId;
use super::pane::Pane;
use hourglass_experiment::{Experiment, LayerName, PresetId};
use hourglass_figure::{FigureKind, FigureRequest};
use hourglass_protocol::{
    DataSetId, DataSource, DeviceChoice, Preparation, SampleIdx, UserImageId,
};
use hourglass_state::{Offer, Rewind};

/// An action pushed by a panel.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Train until the goal of epochs.
    Train,
    /// Stop after the current batch.
    Pause,
    /// Train for this many batches, then pause.
    StepBatches(NonZeroU64),
    /// Train for this many epochs, then pause.
    StepEpochs(NonZeroU64),
    /// A new model of the run's experiment with the same initial weights.
    Reset,
    /// A new model of the run's experiment with other initial weights.
    NewSeed,

    /// The draft should be this.
    Edit(Box<Experiment>),
    /// The draft should be this preset.
    ChoosePreset(PresetId),
    /// Start a new model from the draft.
    ApplyDraft,
    /// Forget the draft and show the run's experiment again.
    DiscardDraft,

    /// Load a data set.
    LoadData(DataSource),
    /// Ask for a folder with images to learn from, and load them.
    OpenDataFolder,
    /// Ask for a file with such images, and load them.
    OpenDataFile,
    /// Show or hide the page about the images in use.
    ShowData(bool),
    /// Ask where the list of what was left out is to be written.
    AskToSaveSkipped,
    /// Write that list into this file.
    SaveSkipped(PathBuf),
    /// Fetch MNIST, then load it.
    Fetch(DataSetId),
    /// Leave a data set where it is that was offered to be fetched.
    LeaveUnfetched,
    /// Stop loading or fetching.
    CancelLoading,
    /// Train on another device.
    UseDevice(DeviceChoice),

    /// Bring the views of a layer, its activations and its weights, to this one.
    ChooseLayer(LayerName),
    /// Follow this test image through every layer.
    Follow(SampleIdx),
    /// Bring this view to the front of its tabs.
    ShowPane(Pane),
    /// Fill the window with the view under the pointer, or show all again.
    Enlarge,
    /// Show all views again.
    Shrink,
    /// Fold the experiment into a narrow rail, or show it again.
    FoldExperiment,

    /// Go through the past of the run.
    Rewind(Rewind),
    /// Something about comparing two runs.
    Compare(CompareAction),

    /// Something about user images.
    UserImage(UserImageAction),

    /// Work on this many threads of the processor from the next start on, or on all.
    SetThreads(Option<usize>),

    /// Measure what the code of the run in progress is worth.
    JudgeCode,
    /// Stop measuring it.
    CancelJudging,

    /// Open the dialog that exports a figure; of which, where that was said.
    ShowExport(Option<FigureKind>),
    /// Ask where a figure is to be written, then write it there.
    Export(Box<FigureRequest>),
    /// Write a figure into this file.
    ExportTo(Box<FigureRequest>, PathBuf),
    /// Stop writing a figure.
    CancelExport,
    /// Something about runs on disk, or experiments as text.
    Keep(KeepAction),
    /// Something about a path that is typed.
    Path(PathAction),

    /// Light, dark, or as the system.
    SetTheme(ThemePreference),
    /// Scale of everything, 1 = 100 %; for projectors.
    SetScale(f32),
    /// Put the panels where they were at first.
    ResetLayout,
    /// Show or hide the page of shortcuts.
    ShowHelp(bool),
    /// Something about what explains the program, and about finding one's way in it.
    Guide(GuideAction),
    /// Start another worker after a crash.
    RestartWorker,
}

/// An action about comparing the run in progress, A, with a second one, B.
#[derive(Clone, Debug, PartialEq)]
pub enum CompareAction {
    /// Choose the experiment of B.
    Open,
    /// The experiment of B should be this.
    Edit(Box<Experiment>),
    /// Leave it.
    Cancel,
    /// Train B beside A.
    Start,
    /// Continue with A alone.
    KeepA,
    /// Continue with B alone.
    KeepB,
}

impl From<CompareAction> for Action {
    fn from(action: CompareAction) -> Self {
        Self::Compare(action)
    }
}

/// An action about runs on disk, or experiments as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeepAction {
    /// Write the run into its folder; ask for one where it has none.
    Save,
    /// Ask for a folder and write the run there.
    SaveAs,
    /// Ask for a file and write the run into it.
    SaveAsFile,
    /// Write the run into this folder or file; ask first where it holds another run.
    SaveIn(PathBuf),
    /// Write the run into this folder, whatever it holds.
    Replace(PathBuf),
    /// Leave that folder as it is.
    KeepOther,
    /// Ask for a run's folder and continue the run.
    AskForRun,
    /// Ask for a run in one file and continue it.
    AskForRunFile,
    /// Continue the run in this folder or file.
    Open(PathBuf),
    /// Load these images, and continue the run in this folder or file on them.
    OpenOn(PathBuf, DataSource),
    /// Do not open the run whose images would have to be looked for.
    LeaveUnopened,
    /// Ask for a file with weights and start the experiment with them.
    AskForWeights,
    /// Start the experiment with the weights in this file, taken by their shapes.
    TakeWeightsByShape(PathBuf),
    /// Do not take the weights that were offered by their shapes.
    LeaveWeights,
    /// Start the experiment with the weights in this file.
    TakeWeights(PathBuf),
    /// Offer the runs that were left behind in this way.
    Offer(Offer),
    /// Remove a run that was left behind.
    Forget(PathBuf),
    /// Remove all runs that were left behind.
    ForgetAll,
    /// Put the run before back in the place of the one in progress.
    BringBack,
    /// Show or hide the bar that offers the run before.
    OfferPrevious(bool),
    /// What becomes of an unsaved run when the window closes.
    Close(CloseAnswer),
    /// Put the draft on the clipboard as text.
    CopyExperiment,
    /// Ask the system for the text on the clipboard.
    AskForExperiment,
    /// The draft should be what this text says.
    PasteExperiment(String),
}

/// What becomes of an unsaved run when the window closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseAnswer {
    /// It is saved, then the window closes.
    Save,
    /// It is lost.
    Discard,
    /// The window stays.
    Stay,
}

/// An action about what explains the program, and about finding one's way in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GuideAction {
    /// Show a sheet beside the views, or hide the one that is shown.
    ShowSheet(Option<Sheet>),
    /// Show or hide the search over everything the window can do.
    ShowCommands(bool),
    /// Show or hide the log of what happened.
    ShowLog(bool),
    /// Begin a lesson, or continue it.
    StartLesson(LessonId),
    /// Go to a step of the lesson.
    GoToStep(usize),
    /// Do what the step of the lesson offers.
    DoStep,
    /// Go to the step before, taking back what this one did.
    StepBack,
    /// Leave the lesson; it can be gone on with.
    LeaveLesson,
    /// The draft should be what it was before the lesson.
    RestoreExperiment,
    /// Bring a view to the front of its tabs.
    LookAt(Pane),
    /// Show the control of a setting and give it the focus.
    Find(Control),
    /// For a projector: thicker lines and stronger captions, and nothing smaller than 150 %.
    Present(bool),
    /// Go to a stop of the tour through the window, counted from 0; none ends it.
    Tour(Option<usize>),
    /// Whether things glide from one state to the next.
    Glide(bool),
}

impl From<GuideAction> for Action {
    fn from(action: GuideAction) -> Self {
        Self::Guide(action)
    }
}

impl From<KeepAction> for Action {
    fn from(action: KeepAction) -> Self {
        Self::Keep(action)
    }
}

/// An action on user images.
#[derive(Clone, Debug, PartialEq)]
pub enum UserImageAction {
    /// Ask for pictures and read them.
    Open,
    /// Read these files, and the pictures in these folders.
    Read(Vec<PathBuf>),
    /// Paste the image on the clipboard.
    Paste(Arc<ColorImage>),
    /// Stop reading after the current file.
    CancelReading,
    /// Look closely at this image.
    Choose(UserImageId),
    /// Make this image a digit in this way.
    Prepare(UserImageId, Preparation),
    /// Take each digit that was found on this image's picture as an image of its own.
    TakeEach(UserImageId),
    /// Remove this image.
    Remove(UserImageId),
    /// Remove all images.
    Clear,
    /// Take the last removal back.
    Restore,
    /// Change the drawing.
    Draw(DrawEdit),
}

/// A change of the drawing. Places are shares of the canvas from its upper left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DrawEdit {
    /// Put the pen down.
    Begin {
        at: [f32; 2],
        /// Half the width of the stroke, as a share of the canvas.
        radius: f32,
    },
    /// Move the pen that is down.
    Extend([f32; 2]),
    /// Take the last step back.
    Undo,
    /// Take the step again that was taken back.
    Redo,
    /// Remove every stroke.
    Clear,
    /// Add the drawing to the images.
    Add,
}

/// What a path is wanted for that can be asked for at any time.
#[derive(Clone, Debug, PartialEq)]
pub enum PathFor {
    /// A folder or file with images to learn from.
    DataFolder,
    /// The folder of a run to continue.
    Run,
    /// A run in one file.
    RunFile,
    /// A file with weights.
    Weights,
    /// A user image, or a folder of them.
    Pictures,
    /// A new folder for the run.
    NewRun,
    /// A new file for the run.
    NewRunFile,
    /// The file of a figure.
    Figure(Box<FigureRequest>),
}

/// An action about a path that is typed.
#[derive(Clone, Debug, PartialEq)]
pub enum PathAction {
    /// Show the field.
    Ask(PathFor),
    /// Take this text as the path.
    Take(String),
    /// Take it, and replace the file that is there.
    Replace(String),
    /// Leave it.
    Cancel,
}

impl From<PathAction> for Action {
    fn from(action: PathAction) -> Self {
        Self::Path(action)
    }
}

/// What is read over the right of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sheet {
    /// The preset: what it is, its formula, what it should reach and what it has reached.
    Understand,
    /// The guided lessons.
    Lessons,
}

impl Sheet {
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Understand => "Understand",
            Self::Lessons => "Lessons",
        }
    }
}
