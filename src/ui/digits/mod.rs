//! The panel of the digits: test images on their way through the network.

mod choice;
mod layout;
mod paint;

use std::sync::Arc;

use egui::{Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};
use egui_material_icons::icons;

use super::action::Action;
use super::digit_image::{AtlasShape, DigitAtlas, magnification};
use super::segmented::{Segment, segmented};
use super::theme::{self, space};
use super::{card, number};
use crate::experiment::N_PIXELS;
use crate::protocol::{DatasetDescription, DigitView, SampleIdx};
use crate::state::{LabState, RunState};
use choice::{Choice, choose};
use layout::Layout;
use paint::Row;

/// The panel of the digits.
#[derive(Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct DigitsPanel {
    options: DigitsOptions,
    #[serde(skip)]
    kept: Kept,
}

/// Which digits are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
struct DigitsOptions {
    choice: Choice,
    page: usize,
}

/// What is kept from frame to frame.
#[derive(Default)]
struct Kept {
    /// What was asked for, and of which data set.
    asked: Option<Asked>,
    atlas: DigitAtlas,
    /// What the atlas shows.
    drawn: Option<Drawn>,
}

struct Asked {
    options: DigitsOptions,
    n_digits: usize,
    labels: Arc<[u8]>,
}

struct Drawn {
    view: Arc<DigitView>,
    rows: &'static [Row],
    dark: bool,
    shape: AtlasShape,
}

impl DigitsPanel {
    /// Shows test images, what the network made of them, and how far off it was.
    pub fn ui(&mut self, ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
        let Self { options, kept } = self;
        let mut edited = *options;
        card::card(
            ui,
            "Digits",
            |ui| {
                if state.dataset.is_some() {
                    controls(ui, &mut edited);
                }
            },
            |ui| match &state.dataset {
                Some(dataset) => body(ui, *options, kept, state, dataset, actions),
                None => card::empty(
                    ui,
                    "No digits yet",
                    "Load a data set to see its images here",
                ),
            },
        );
        *options = edited;
    }
}

/// The controls in the header, from right to left.
fn controls(ui: &mut Ui, options: &mut DigitsOptions) {
    let next = egui::Button::new(theme::icon(icons::ICON_CHEVRON_RIGHT))
        .small()
        .frame(false);
    let response = ui.add(next).on_hover_text("Show the next test images");
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), "Next digits"));
    if response.clicked() {
        options.page += 1;
    }
    let segments = [
        Segment {
            value: Choice::EachClass,
            text: "each class",
            help: "One test image of each class, 0 to 9",
        },
        Segment {
            value: Choice::InOrder,
            text: "in order",
            help: "Test images in the order of the data set",
        },
        Segment {
            value: Choice::Random,
            text: "random",
            help: "Test images from anywhere in the data set",
        },
    ];
    if let Some(choice) = segmented(ui, "Digits", options.choice, &segments) {
        *options = DigitsOptions { choice, page: 0 };
    }
}

fn body(
    ui: &mut Ui,
    options: DigitsOptions,
    kept: &mut Kept,
    state: &LabState,
    dataset: &DatasetDescription,
    actions: &mut Vec<Action>,
) {
    let corrupts = |run: &RunState| !run.experiment.corruption.is_none();
    let rows = Row::all(state.run.as_ref().is_some_and(corrupts));
    let room = ui.available_rect_before_wrap();
    let line_height = ui.text_style_height(&theme::text::SMALL) + 1.0;
    let layout = Layout::new(room, rows.len(), line_height, ui.pixels_per_point());
    kept.ask(options, layout.n_digits(), dataset, actions);

    let snapshot = state.run.as_ref().and_then(|run| run.snapshot.as_ref());
    let Some(snapshot) = snapshot else {
        empty(ui, state);
        return;
    };
    let view = &snapshot.digits;
    kept.draw(ui, view, rows, &layout);
    let n_digits = layout.n_digits().min(view.samples.len());
    for band in 0..n_digits.div_ceil(layout.n_columns) {
        paint::row_names(ui, &layout, rows, band);
    }
    let worst = view
        .mse_per_pixel
        .iter()
        .take(n_digits)
        .copied()
        .fold(0.0, f32::max);
    for idx in 0..n_digits {
        let Some(digit) = Digit::of(view, idx) else {
            continue;
        };
        let id = ui.scope_id().with(("digit", idx));
        let response = ui.interact(layout.digit(idx), id, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, ui.is_enabled(), digit.summary()));
        paint::pictures(
            ui,
            &layout,
            &kept.atlas,
            idx,
            digit.label,
            response.hovered(),
        );
        let text = digit.error_text(layout.error_decimals());
        let share = if worst > 0.0 {
            digit.mse_per_pixel / worst
        } else {
            0.0
        };
        paint::error(ui, &layout, idx, &text, share);
        response.on_hover_ui(|ui| enlarged(ui, &kept.atlas, &layout, rows, idx, &digit));
    }
    ui.advance_cursor_after_rect(room);
}

fn empty(ui: &mut Ui, state: &LabState) {
    if state.run.is_none() {
        card::empty(
            ui,
            "No model yet",
            "Press Train: test images and their reconstructions appear here",
        );
    } else {
        card::empty(
            ui,
            "The first reconstructions are on their way",
            "They take a moment",
        );
    }
}

impl Kept {
    /// Asks for as many images as fit, once for each change.
    fn ask(
        &mut self,
        options: DigitsOptions,
        n_digits: usize,
        dataset: &DatasetDescription,
        actions: &mut Vec<Action>,
    ) {
        let labels = &dataset.test_labels;
        let is_current = self.asked.as_ref().is_some_and(|asked| {
            (asked.options, asked.n_digits) == (options, n_digits)
                && Arc::ptr_eq(&asked.labels, labels)
        });
        if is_current {
            return;
        }
        let samples = choose(options.choice, options.page, n_digits, labels);
        actions.push(Action::LookAtSamples(samples));
        self.asked = Some(Asked {
            options,
            n_digits,
            labels: Arc::clone(labels),
        });
    }

    /// Writes the pictures into the texture, if they or how they are shown changed.
    fn draw(&mut self, ui: &Ui, view: &Arc<DigitView>, rows: &'static [Row], layout: &Layout) {
        let dark = ui.visuals().dark_mode;
        let shape = AtlasShape {
            columns: layout.n_columns,
            rows: layout.n_bands * rows.len(),
            magnify: magnification(layout.side * ui.pixels_per_point()),
        };
        let is_current = self.drawn.as_ref().is_some_and(|drawn| {
            (drawn.dark, drawn.shape, drawn.rows) == (dark, shape, rows)
                && Arc::ptr_eq(&drawn.view, view)
        });
        if is_current {
            return;
        }
        self.atlas
            .write(ui.ctx(), "digits", shape, |atlas_row, column, idx| {
                let digit = atlas_row / rows.len() * shape.columns + column;
                rows[atlas_row % rows.len()].color(view, digit * N_PIXELS + idx, dark)
            });
        self.drawn = Some(Drawn {
            view: Arc::clone(view),
            rows,
            dark,
            shape,
        });
    }
}

/// One digit of a view.
struct Digit {
    sample: SampleIdx,
    label: u8,
    mse_per_pixel: f32,
}

impl Digit {
    fn of(view: &DigitView, idx: usize) -> Option<Self> {
        Some(Self {
            sample: *view.samples.get(idx)?,
            label: *view.labels.get(idx)?,
            mse_per_pixel: *view.mse_per_pixel.get(idx)?,
        })
    }

    /// `0.012`, or `2e-5` where that would be all zeros.
    fn error_text(&self, decimals: usize) -> String {
        let mse = self.mse_per_pixel;
        if mse != 0.0 && !(1e-3..10.0).contains(&mse) {
            return format!("{mse:.0e}");
        }
        format!("{mse:.decimals$}")
    }

    fn summary(&self) -> String {
        let image = number::count(u64::from(self.sample));
        let mse = number::five_digits(f64::from(self.mse_per_pixel));
        format!(
            "digit {}, test image {image}, MSE {mse} per pixel",
            self.label
        )
    }
}

/// The pictures of a digit, four times as large.
fn enlarged(
    ui: &mut Ui,
    atlas: &DigitAtlas,
    layout: &Layout,
    rows: &[Row],
    idx: usize,
    digit: &Digit,
) {
    /// Side of an enlarged picture, in points: four for each pixel.
    const SIDE: f32 = 112.0;
    ui.set_max_width((SIDE + space::S) * 4.0);
    ui.horizontal(|ui| {
        ui.label(theme::title(ui, format!("digit {}", digit.label)));
        let image = number::count(u64::from(digit.sample));
        ui.label(theme::dim(ui, format!("test image {image}")));
    });
    ui.horizontal(|ui| {
        for (row_idx, row) in rows.iter().enumerate() {
            ui.vertical(|ui| {
                let (rect, _) = ui.allocate_exact_size(vec2(SIDE, SIDE), Sense::hover());
                let (atlas_row, column) = paint::atlas_place(layout, row_idx, idx);
                atlas.paint(ui.painter(), rect, atlas_row, column);
                let border = Stroke::new(1.0, theme::tokens_of(ui).border);
                ui.painter()
                    .rect_stroke(rect, 0.0, border, StrokeKind::Outside);
                ui.label(theme::dim(ui, row.label()));
            });
        }
    });
    let mse = number::five_digits(f64::from(digit.mse_per_pixel));
    ui.label(format!("MSE {mse} per pixel"));
}
