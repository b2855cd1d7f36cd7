//! What the run is doing and how far it is.

use std::sync::Arc;

use egui::{Galley, Rect, Role, Sense, Ui, WidgetInfo, vec2};

use crate::number;
use crate::theme::{self, text};
use hourglass_protocol::Phase;
use hourglass_state::{LabState, RunState};

/// Height of text and bar together, in points.
const HEIGHT: f32 = 30.0;
/// Height of the progress bar, in points.
const BAR: f32 = 4.0;
/// Between the parts of the line, in points.
const GAP: f32 = 12.0;

/// Shows a line of words above a thin progress bar.
pub(super) fn show(ui: &mut Ui, state: &LabState) {
    let status = Status::of(state);
    let size = vec2(ui.available_width(), HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let t = theme::tokens_of(ui);
    let painter = ui.painter().with_clip_rect(rect);

    let middle = rect.top() + (HEIGHT - BAR - 6.0) / 2.0;
    let galley = |text: &str, font: egui::FontId, color| {
        painter.layout_no_wrap(text.to_owned(), font, color)
    };
    let words = galley(&status.words, theme::medium(text::size::BODY), t.text);
    let epoch = galley(&status.epoch, theme::mono(text::size::FIGURE), t.text);
    let details = status.details.iter().map(|detail| {
        let font = theme::mono(text::size::SMALL);
        galley(detail, font, t.text_dim)
    });
    let details: Vec<_> = details.collect();
    let [most, least] = [details.first(), details.last()];
    // Where not all fits, the speed goes first, then the words: how far it is stays longest.
    let lines = [
        vec![Some(&words), Some(&epoch), most],
        vec![Some(&words), Some(&epoch), least],
        vec![Some(&epoch), least],
        vec![Some(&words), Some(&epoch)],
        vec![Some(&epoch)],
    ];
    let lines = lines.map(|line| {
        let parts = line.into_iter().flatten();
        parts.filter(|part| part.size().x > 0.0).collect::<Vec<_>>()
    });
    let width = |line: &[&Arc<Galley>]| {
        let widths = line.iter().map(|part| part.size().x);
        widths.sum::<f32>() + GAP * line.len().saturating_sub(1) as f32
    };
    let is_shown = |line: &&Vec<&Arc<Galley>>| !line.is_empty() && width(line) <= rect.width();
    let words_alone = vec![&words];
    let line = lines.iter().find(is_shown).unwrap_or(&words_alone);
    let mut left = rect.left();
    for part in line {
        let is_detail = details.iter().any(|detail| Arc::ptr_eq(detail, part));
        if is_detail {
            left = rect.right() - part.size().x; // its end rests while its digits change
        }
        let at = egui::pos2(left, middle - part.size().y / 2.0);
        painter.galley(at, Arc::clone(part), t.text);
        left += part.size().x + GAP;
    }
    let rail = Rect::from_min_max(rect.left_bottom() - vec2(0.0, BAR), rect.right_bottom());
    painter.rect_filled(rail, BAR / 2.0, t.control_active);
    if status.progress > 0.0 {
        let done = Rect::from_min_size(rail.min, vec2(rail.width() * status.progress, BAR));
        painter.rect_filled(done, BAR / 2.0, t.accent);
    }

    let detail = status.details.first().map_or("", String::as_str);
    let spoken = [&status.words, &status.epoch, detail].join(" ");
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, spoken.trim());
        info.value = Some(f64::from(status.progress));
        info
    });
    response.on_hover_text(format!("{}\n{}", spoken.trim(), status.help));
}

/// The words and numbers of the status.
struct Status {
    words: String,
    epoch: String,
    /// Times and speeds, from all to the most important ones.
    details: Vec<String>,
    help: &'static str,
    /// 0..1
    progress: f32,
}

impl Status {
    fn of(state: &LabState) -> Self {
        if state.crash.is_some() {
            return Self::words(
                "Stopped",
                "The training thread is gone: restart it to continue",
            );
        }
        match (&state.run, &state.loading) {
            (Some(run), _) => Self::of_run(run, state.remaining_secs()),
            (None, Some(loading)) => Self {
                details: vec![loading.detail.clone()],
                progress: loading.fraction.unwrap_or(0.0),
                ..Self::words(
                    &format!("{}…", loading.stage.label()),
                    "The data set is being prepared",
                )
            },
            (None, None) if state.device.is_none() => {
                Self::words("Starting…", "The training thread is choosing its device")
            }
            (None, None) if state.dataset.is_none() => {
                Self::words("No data", "Choose a data set on the left")
            }
            (None, None) => Self::words("Building the model…", "The first model is being made"),
        }
    }

    fn of_run(run: &RunState, remaining_secs: Option<f64>) -> Self {
        let elapsed = || {
            let elapsed = number::duration(run.speed.elapsed_secs);
            vec![format!("{elapsed} of training"), elapsed]
        };
        let (words, details, help) = match run.phase {
            Phase::Ready => ("Ready", Vec::new(), "A fresh model: press Train, or Space"),
            Phase::PreparingKernels => (
                "Preparing GPU kernels…",
                vec!["only before the first step".to_owned()],
                "The device compiles its kernels and finds the fastest; this happens once",
            ),
            Phase::Training { .. } => (
                "Training",
                in_training(run, remaining_secs),
                "Time left at the present speed",
            ),
            Phase::Paused { .. } => ("Paused", elapsed(), "Train continues from here"),
            Phase::Finished { .. } => (
                "Finished",
                elapsed(),
                "The target number of epochs is reached; Train continues for the same number again",
            ),
            Phase::Stopped { .. } => (
                "Stopped",
                elapsed(),
                "A failure stopped the run; its last good weights have been restored",
            ),
        };
        Self {
            words: words.to_owned(),
            epoch: place_in_plan(run),
            details,
            help,
            progress: run.progress() as f32,
        }
    }

    fn words(words: &str, help: &'static str) -> Self {
        Self {
            words: words.to_owned(),
            epoch: String::new(),
            details: Vec::new(),
            help,
            progress: 0.0,
        }
    }
}

/// "epoch 4 / 15", or "layer 2 of 3, epoch 4/15" where the plan has several parts.
fn place_in_plan(run: &RunState) -> String {
    let position = run.position();
    if run.experiment.stages().len() < 2 {
        return format!("epoch {:.0} / {}", run.epoch.ceil(), position.epochs_goal);
    }
    let before = position
        .epochs_done
        .saturating_sub(position.stage_epochs_done);
    let goal = position.stage_epochs_goal;
    // The steps of an epoch are reported before its end is: between the two the next part has begun.
    let epoch = (run.epoch - before as f64).ceil().clamp(0.0, goal as f64);
    format!("{}, epoch {epoch:.0}/{goal}", position.stage.label())
}

/// "21 s left · 84 k img/s", "21 s left"
fn in_training(run: &RunState, remaining_secs: Option<f64>) -> Vec<String> {
    let left = remaining_secs.map(|secs| format!("{} left", number::duration(secs)));
    let speed = (run.speed.images_per_sec > 0.0).then(|| number::rate(run.speed.images_per_sec));
    match (left, speed) {
        (Some(left), Some(speed)) => vec![format!("{left} · {speed}"), left],
        (left, speed) => left.into_iter().chain(speed).collect(),
    }
}
