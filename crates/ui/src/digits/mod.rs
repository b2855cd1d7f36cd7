//! The Digits panel: test images and their reconstructions.

mod choice;
mod classes;
mod controls;
mod digit;
mod layout;
mod numbers;
mod options;
mod paint;

use std::sync::Arc;

use egui::{Role, Sense, Ui, WidgetInfo};

use super::action::Action;
use super::memo::{Memo, Same};
use super::pane::Pane;
use super::panel::{InThePast, Panel};
use super::tile_atlas::{TileAtlas, TileShape, magnification};
use super::{card, theme};
use choice::{DigitChoice, WantedDigits};
use classes::ErrorsOfRuns;
use digit::{ShownDigit, enlarged, error_text};
use hourglass_protocol::{
    DataSetId, DatasetDescription, DigitView, ErrorView, ProbeRequest, SampleIdx,
};
use hourglass_state::{LabState, Past, RunState, RunView};
use layout::DigitLayout;
use options::DigitsOptions;
use paint::{DigitRow, Views};

#[derive(Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct DigitsPanel {
    options: DigitsOptions,
    #[serde(skip)]
    kept: DigitsScene,
}

/// What is kept from frame to frame.
struct DigitsScene {
    /// The images that are looked at, and what they were chosen by.
    samples: Memo<Chosen, Vec<SampleIdx>>,
    atlas: Memo<(Views, Vec<DigitRow>, bool, TileShape), TileAtlas>,
}

impl Default for DigitsScene {
    fn default() -> Self {
        Self {
            // Until it is known how many there is room for.
            samples: Memo::of(ProbeRequest::default().samples),
            atlas: Memo::default(),
        }
    }
}

/// What images are chosen by, how many of them, of which data set.
#[derive(PartialEq)]
struct Chosen {
    wanted: WantedDigits,
    n_digits: usize,
    labels: Same<[u8]>,
    errors: Option<Same<ErrorView>>,
}

impl DigitsPanel {
    /// The test images that are looked at.
    #[must_use]
    pub fn samples(&self) -> &[SampleIdx] {
        &self.kept.samples
    }
}

impl Panel for DigitsPanel {
    /// Shows test images, what the network made of them, and how far off it was.
    fn ui(&mut self, ui: &mut Ui, view: RunView<'_>, _actions: &mut Vec<Action>) {
        let state = view.state;
        let Self { options, kept } = self;
        let before = options.clone();
        let mut edited = before.clone();
        card::card(
            ui,
            Pane::Digits.title_of(state),
            |ui| {
                if state.dataset.is_some() {
                    controls::header(ui, &mut edited);
                }
            },
            |ui| match &state.dataset {
                Some(dataset) => body(ui, options, kept, (state, dataset)),
                None => empty(ui, state, "The first reconstructions"),
            },
        );
        if edited != before {
            *options = edited;
        }
    }

    fn look(&self, _state: &LabState, request: &mut ProbeRequest) {
        request.samples.clone_from(&self.kept.samples);
        request.errors = self.options.needs_errors();
    }

    fn shows_of(&self, past: &Past) -> InThePast {
        InThePast::Moment(if self.options.errors {
            past.errors
        } else {
            past.digits
        })
    }
}

fn body(
    ui: &mut Ui,
    options: &mut DigitsOptions,
    kept: &mut DigitsScene,
    (state, dataset): (&LabState, &DatasetDescription),
) {
    if options.errors {
        class_errors(ui, options, state, dataset.id);
        return;
    }
    let run = state.run.as_ref();
    let shown = run.and_then(RunState::shown);
    let live = run.and_then(|run| run.snapshot.as_ref());
    let newest = live.and_then(|snapshot| snapshot.errors.as_ref());
    controls::line(ui, &mut options.wanted, dataset, newest.map(Arc::as_ref));
    let views = shown.and_then(|snapshot| views(state, &snapshot.digits));
    let compares = views
        .as_ref()
        .is_some_and(|views| views.comparison.is_some());
    let corrupts = run.is_some_and(|run| !run.experiment.corruption.is_none());
    let room = ui.available_rect_before_wrap();
    let line_height = ui.text_style_height(&theme::text::SMALL) + 1.0;
    let n_errors = if compares { 2 } else { 1 };
    let rows = DigitRow::all(corrupts, compares, true);
    let is_high = room.height() >= DigitLayout::least_height(rows.len(), n_errors, line_height);
    let rows = DigitRow::all(corrupts, compares, is_high);
    let n_pictures = [rows.len(), n_errors];
    let layout = DigitLayout::new(room, n_pictures, line_height, ui.pixels_per_point());
    kept.ask(&options.wanted, layout.n_digits(), dataset, newest);
    match views {
        Some(views) => {
            table(ui, kept, &views, dataset.id, &rows, &layout);
            ui.advance_cursor_after_rect(room);
        }
        None => empty(ui, state, "The first reconstructions"),
    }
}

/// The bars of the classes; a click on one leads to its worst images.
fn class_errors(ui: &mut Ui, options: &mut DigitsOptions, state: &LabState, id: DataSetId) {
    let seen = |run: Option<&RunState>| {
        let errors = run.and_then(RunState::shown)?.errors.as_ref()?;
        Some(Arc::clone(errors))
    };
    let Some(own) = seen(state.run.as_ref()) else {
        empty(ui, state, "The errors of the classes");
        return;
    };
    let comparison = seen(state.comparison.as_ref());
    let errors = ErrorsOfRuns {
        id,
        own: &own,
        comparison: comparison.as_deref(),
    };
    if let Some(class) = classes::show(ui, errors) {
        options.errors = false;
        options.wanted = WantedDigits {
            choice: DigitChoice::Class,
            class,
            worst_first: true,
            page: 0,
            numbers: std::mem::take(&mut options.wanted.numbers),
        };
    }
}

/// The digits of the run and, if it sees the same ones, of its comparison run; `None` if nothing is seen.
fn views(state: &LabState, own: &Arc<DigitView>) -> Option<Views> {
    let comparison = state.comparison.as_ref().and_then(RunState::shown);
    let comparison = comparison.map(|snapshot| &snapshot.digits);
    (!own.samples.is_empty()).then(|| Views {
        own: Arc::clone(own),
        comparison: comparison
            .filter(|comparison| comparison.samples == own.samples)
            .cloned(),
    })
}

/// The pictures of every digit that fits, with its errors.
fn table(
    ui: &mut Ui,
    kept: &mut DigitsScene,
    views: &Views,
    id: DataSetId,
    rows: &[DigitRow],
    layout: &DigitLayout,
) {
    kept.draw(ui, views, rows, layout);
    let view = &views.own;
    let n_digits = layout.n_digits().min(view.samples.len());
    for band in 0..n_digits.div_ceil(layout.n_columns) {
        paint::row_names(ui, layout, rows, band);
    }
    let errors = view.mse_per_pixel.iter().take(n_digits).copied();
    let worst = errors.fold(0.0, f32::max);
    for idx in 0..n_digits {
        let Some(digit) = ShownDigit::of(views, idx, id) else {
            continue;
        };
        let id = ui.scope_id().with(("digit", idx));
        let response = ui.interact(layout.digit(idx), id, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, ui.is_enabled(), digit.summary()));
        paint::pictures(
            ui,
            layout,
            &kept.atlas,
            idx,
            &digit.class,
            response.hovered(),
        );
        let decimals = layout.error_decimals();
        let errors = digit.errors().filter(|_| layout.has_room_for_errors());
        let texts: Vec<String> = errors.map(|(_, mse)| error_text(mse, decimals)).collect();
        let share = if worst > 0.0 {
            digit.mse_per_pixel / worst
        } else {
            0.0
        };
        paint::errors(ui, layout, idx, &texts, share);
        response.on_hover_ui(|ui| enlarged(ui, &kept.atlas, layout, rows, idx, &digit));
    }
}

/// Says what is missing; `what` is on its way, once there is a model.
fn empty(ui: &mut Ui, state: &LabState, what: &str) {
    let awaited = card::Awaited {
        appears: "test images and their reconstructions appear here",
        under_way: &format!("{what} are being computed"),
        takes: "This takes a moment",
        has_past: true,
    };
    card::waiting(ui, RunView::of(state), awaited);
}

impl DigitsScene {
    /// Chooses as many images as fit; those before stay while nobody can tell which.
    fn ask(
        &mut self,
        wanted: &WantedDigits,
        n_digits: usize,
        dataset: &DatasetDescription,
        errors: Option<&Arc<ErrorView>>,
    ) {
        let labels = &dataset.test_labels;
        let errors = errors.filter(|_| wanted.needs_errors());
        let chosen = Chosen {
            wanted: wanted.clone(),
            n_digits,
            labels: Same::of(labels),
            errors: errors.map(Same::of),
        };
        self.samples.renew(chosen, |_, samples| {
            let found = wanted.samples(n_digits, labels, errors.map(Arc::as_ref));
            *samples = found.unwrap_or_else(|| std::mem::take(samples));
        });
    }

    /// Writes the pictures into the texture, if they or how they are shown changed.
    fn draw(&mut self, ui: &Ui, views: &Views, rows: &[DigitRow], layout: &DigitLayout) {
        let dark = ui.visuals().dark_mode;
        let picture = views.own.shape;
        let shape = TileShape {
            columns: layout.n_columns,
            rows: layout.n_bands * rows.len(),
            picture,
            magnify: magnification(layout.side * ui.pixels_per_point(), picture),
        };
        let key = (views.clone(), rows.to_vec(), dark, shape);
        self.atlas.renew(key, |_, atlas| {
            atlas.write(ui.ctx(), "digits", shape, |atlas_row, column, idx| {
                let digit = atlas_row / rows.len() * shape.columns + column;
                rows[atlas_row % rows.len()].color(views, digit, idx, dark)
            });
        });
    }
}
