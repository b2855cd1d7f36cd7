//! Taking a screenshot of the window without a person: train for this many epochs, let everything settle, write a
//! PNG, close. What the window cost in the meantime is logged.

use std::cell::RefCell;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{ColorImage, Context, ViewportCommand};
use image::{ExtendedColorType, ImageEncoder, ImageError, codecs::png::PngEncoder};

use super::costs::CostCounter;
use hourglass_files::whole_file::{self, WriteError};
use hourglass_protocol::Phase;
use hourglass_state::LabState;
use hourglass_ui::Action;
use hourglass_worker::Mailbox;

/// Movements end before the picture is taken: points ease for 150 ms, axes a little longer.
const SETTLING: Duration = Duration::from_millis(900);

/// How often it is seen whether the picture can go on, when nothing else causes a frame.
const POLL: Duration = Duration::from_millis(500);

/// The reference lines take a few seconds to find; a run begins without them after this time.
const BASELINES_WITHIN: Duration = Duration::from_mins(1);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureOptions {
    /// Where the PNG goes.
    pub file: PathBuf,
    /// Epochs to train before it is taken; 0 shows the untrained model.
    pub epochs: u64,
    /// Where what the window cost goes as JSON.
    pub costs: Option<PathBuf>,
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The run did not get that far.
    #[error("the screenshot was not taken: {0}")]
    Run(String),
    /// The pixels were not written.
    #[error("the screenshot cannot be written as PNG: {0}")]
    Png(#[from] ImageError),
    /// The file was not written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// How it ended, for the code that opened the window; `None` while it goes on.
pub type Outcome = Rc<RefCell<Option<Result<(), PictureError>>>>;

/// A picture on its way.
#[derive(Debug)]
pub(super) struct Picture {
    options: PictureOptions,
    outcome: Outcome,
    stage: PictureStage,
    pixels: Mailbox<Arc<ColorImage>>,
    costs: CostCounter,
    /// When there was a model.
    ready: Option<Instant>,
}

/// What the picture waits for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum PictureStage {
    Model,
    /// The end of training, and views that show it.
    Training,
    /// The end of all movement.
    Settling(Instant),
    /// The pixels of the frame.
    Pixels,
    /// Nothing more.
    Done,
}

impl Picture {
    pub(super) fn new(options: PictureOptions, outcome: Outcome) -> Self {
        Self {
            options,
            outcome,
            stage: PictureStage::Model,
            pixels: Mailbox::default(),
            costs: CostCounter::default(),
            ready: None,
        }
    }

    /// Notes what laying out a frame cost; what the renderer does with it is not counted.
    pub(super) fn count_frame(&mut self, cost: Duration) {
        let is_training = self.stage == PictureStage::Training;
        self.costs.count(cost, is_training);
    }

    /// Goes on where it waits; the action it has, if it has one.
    pub(super) fn step(&mut self, ctx: &Context, state: &LabState) -> Option<Action> {
        if let Some(reason) = trouble(state) {
            self.end(ctx, Err(PictureError::Run(reason)));
        }
        if state.run.as_ref().is_some_and(|run| run.step > 0) {
            self.costs.note_step();
        }
        ctx.request_repaint_after(POLL); // nobody moves the pointer, and time has to pass
        match self.stage {
            PictureStage::Model => {
                state.run.as_ref()?;
                // Reference lines belong in the picture, and finding them would slow training.
                let waited = self.ready.get_or_insert_with(Instant::now).elapsed();
                if state.baselines.is_none() && waited < BASELINES_WITHIN {
                    return None;
                }
                self.stage = PictureStage::Training;
                self.costs.note_begin(waited);
                std::num::NonZeroU64::new(self.options.epochs).map(Action::StepEpochs)
            }
            PictureStage::Training => {
                if self.is_trained(state) {
                    self.costs.note_end();
                }
                if self.is_trained(state) && views_are_up_to_date(state) {
                    self.stage = PictureStage::Settling(Instant::now());
                }
                None
            }
            PictureStage::Settling(since) => {
                if since.elapsed() >= SETTLING {
                    let pixels = self.pixels.clone();
                    ctx.request_screenshot(move |image| pixels.put(image));
                    self.stage = PictureStage::Pixels;
                }
                None
            }
            PictureStage::Pixels => {
                if let Some(image) = self.pixels.take() {
                    let written = write_png(&self.options.file, &image);
                    let reported = self.report_costs(state);
                    self.end(ctx, written.and(reported));
                }
                None
            }
            PictureStage::Done => None,
        }
    }

    fn is_trained(&self, state: &LabState) -> bool {
        match state.phase() {
            Some(Phase::Ready) => self.options.epochs == 0,
            Some(Phase::Paused { position } | Phase::Finished { position }) => {
                position.epochs_done as u64 >= self.options.epochs
            }
            _ => false,
        }
    }

    fn end(&mut self, ctx: &Context, result: Result<(), PictureError>) {
        if self.stage != PictureStage::Done {
            self.stage = PictureStage::Done;
            *self.outcome.borrow_mut() = Some(result);
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
    }

    /// Logs what the window cost while training went on, and writes it where that was asked for.
    fn report_costs(&self, state: &LabState) -> Result<(), PictureError> {
        let costs = self.costs.costs(state);
        log::info!(
            "{} frames while training, laid out in {:.2} ms (median; 95th percentile {:.2} ms), at most {:.0} ms apart; \
             trained for {:.2} s, of which steps took {:.2} s",
            costs.n_frames,
            costs.frame_ms,
            costs.frame_ms_95,
            costs.longest_gap_ms,
            costs.train_secs,
            costs.step_secs,
        );
        if let Some(file) = &self.options.costs {
            costs.write(file)?;
        }
        Ok(())
    }
}

/// Why there will be no picture; `None` while there is hope.
fn trouble(state: &LabState) -> Option<String> {
    if let Some(crash) = &state.crash {
        return Some(crash.clone());
    }
    match state.phase() {
        Some(Phase::Stopped { .. }) => {
            let last = state.notices.since(0).last();
            Some(last.map_or_else(
                || "the run stopped".to_owned(),
                |notice| notice.text.clone(),
            ))
        }
        None if state.loading.is_none() => {
            // Without digits there is no run: the failure is the last thing noticed.
            let errors = state.notices.since(0);
            errors.last().map(|notice| notice.text.clone())
        }
        _ => None,
    }
}

/// Whether every view that is shown shows the model as it is now.
fn views_are_up_to_date(state: &LabState) -> bool {
    let Some(run) = &state.run else { return false };
    run.snapshot.as_ref().is_some_and(|snapshot| {
        let scatter = snapshot.scatter.as_ref().map(|view| view.step);
        let activations = snapshot.activations.as_ref().map(|view| view.step);
        let user_image = snapshot
            .user_images
            .as_ref()
            .map(|view| (view.step, view.images.len()));
        let n_own = state.user_images.images().len();
        let inside = [
            snapshot.filters.as_ref().map(|view| view.step),
            snapshot.unit_means.as_ref().map(|view| view.step),
            snapshot.flow.as_ref().map(|view| view.step),
        ];
        let decoded = snapshot.decoded.views.iter().map(|view| Some(view.step));
        let errors = snapshot.errors.as_ref().map(|view| view.step);
        let shown = [scatter, activations, errors, Some(snapshot.digits.step)]; // none behind another tab
        shown
            .into_iter()
            .chain(inside)
            .chain(decoded)
            .flatten()
            .all(|step| step == run.step)
            && state.user_images.reading.is_none()
            && (n_own == 0 || user_image == Some((run.step, n_own)))
    })
}

fn write_png(file: &Path, image: &ColorImage) -> Result<(), PictureError> {
    let [width, height] = image.size;
    let pixels: Vec<u8> = image
        .pixels
        .iter()
        .flat_map(|pixel| [pixel.r(), pixel.g(), pixel.b()])
        .collect();
    let mut png = Cursor::new(Vec::new());
    let size = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
    PngEncoder::new(&mut png).write_image(
        &pixels,
        size(width),
        size(height),
        ExtendedColorType::Rgb8,
    )?;
    whole_file::write(file, png.get_ref())?;
    Ok(())
}
