//! The page about a person's own images before they are trained on: what was found, how it is made to fit, what was left
//! out, and some images of each class as the network will see them.

use std::path::PathBuf;

use egui::{
    Align, Button, DragValue, Frame, Grid, Id, Label, Layout, Modal, RichText, ScrollArea, Sense,
    Slider, Ui, vec2,
};

use hourglass_experiment::dataset::SIDES;
use hourglass_protocol::{
    Colour, DataReport, DataSource, DatasetDescription, Fitting, Resizing, samples_of,
};
use hourglass_state::LabState;

use super::Action;
use super::memo::{Memo, Same};
use super::number::count_of;
use super::segmented::{Segment, segmented};
use super::theme::{self, space};
use super::tile_atlas::{TileAtlas, TileShape, magnification};

/// Width of the decisions, in points.
const WIDTH: f32 = 340.0;
/// Width of the images, in points, where the window has that much.
const IMAGES: f32 = 520.0;
/// Height of both, in points, where the window has that much.
const HEIGHT: f32 = 520.0;
/// What the page needs beside them, in points.
const AROUND: f32 = 170.0;
/// Images of a class.
const N_SAMPLES: usize = 12;
/// Side of an image, in points, and the gap after it.
const SIDE: f32 = 32.0;
const GAP: f32 = 4.0;
/// Lines of what was left out.
const MAX_SKIPPED: usize = 100;

/// The page, and what is decided on it.
#[derive(Default)]
pub struct DataPage {
    is_open: bool,
    /// Data that were asked for last, where a person named a place.
    asked: Option<PathBuf>,
    /// Whether they are shown when they come.
    is_expected: bool,
    /// Height and width that a person gives where they cannot be found.
    size: Option<[usize; 2]>,
    /// What is decided, while it is not loaded.
    draft: Fitting,
    /// The data that `draft` began with.
    shown: Memo<Option<Same<DataReport>>>,
    samples: Memo<(Same<[u8]>, bool, usize), Samples>,
}

/// Images of each class, in one texture.
#[derive(Default)]
struct Samples {
    /// Places of the images of each class.
    of_class: Vec<Vec<usize>>,
    atlas: TileAtlas,
}

impl DataPage {
    /// Opens the page when these data come, if they are a person's own.
    pub fn expect(&mut self, source: &DataSource) {
        self.ask(source);
        self.is_expected = self.asked.is_some();
    }

    /// Notes which data are loaded, to ask for their size where it cannot be found.
    pub fn ask(&mut self, source: &DataSource) {
        self.is_expected = false;
        self.asked = match source {
            DataSource::Path(path, _) => std::path::absolute(path).ok(),
            DataSource::Auto | DataSource::Named(_) => None,
        };
    }

    pub fn show(&mut self, is_open: bool) {
        self.is_open = is_open;
    }

    /// Draws the page while it is open.
    pub fn ui(&mut self, ui: &Ui, state: &LabState, actions: &mut Vec<Action>) {
        if let (Some(reason), Some(path)) = (&state.needs_size, self.asked.clone()) {
            self.ask_for_size(ui, reason, path, actions);
            return;
        }
        let Some(dataset) = &state.dataset else {
            return;
        };
        let Some(report) = &dataset.report else {
            self.is_open = false;
            return;
        };
        if self.shown.changes(Some(Same::of(report))) {
            self.draft = report.place.fitting.clone();
            let is_asked = self.asked.as_ref() == Some(&report.place.path);
            self.is_open |= std::mem::take(&mut self.is_expected) && is_asked;
        }
        if !self.is_open {
            return;
        }
        let frame = Frame::popup(ui.style()).inner_margin(16).corner_radius(12);
        let window = ui.ctx().content_rect().size();
        let height = (window.y - AROUND).clamp(160.0, HEIGHT);
        let images = (window.x - WIDTH - 120.0).clamp(150.0, IMAGES);
        let shown = Modal::new(Id::unique("data-page"))
            .frame(frame)
            .show(ui.ctx(), |ui| {
                ui.heading(dataset.id.label());
                let from = format!("{}, {}", report.kind, dataset.origin);
                ui.add(Label::new(theme::dim(ui, from)).truncate());
                ui.add_space(space::S);
                ui.horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing.x = space::L;
                    ui.allocate_ui_with_layout(
                        vec2(WIDTH, height),
                        Layout::top_down(Align::Min),
                        |ui| {
                            ScrollArea::vertical()
                                .id_salt("decisions")
                                .max_height(height)
                                .show(ui, |ui| {
                                    ui.set_width(WIDTH - space::M);
                                    ui.spacing_mut().item_spacing.x = space::S;
                                    decisions(ui, &mut self.draft, dataset, report);
                                    ui.add_space(space::M);
                                    facts(ui, dataset, report, actions);
                                });
                        },
                    );
                    ui.allocate_ui_with_layout(
                        vec2(images, height),
                        Layout::top_down(Align::Min),
                        |ui| {
                            ui.set_min_size(vec2(images, height));
                            ScrollArea::both()
                                .id_salt("images")
                                .max_height(height)
                                .auto_shrink(false)
                                .show(ui, |ui| {
                                    self.images(ui, dataset, report);
                                });
                        },
                    );
                });
                ui.add_space(space::M);
                ui.horizontal(|ui| {
                    ui.scope(|ui| {
                        theme::bright(ui);
                        let train = ui
                            .add_enabled(state.loading.is_none(), Button::new("Train on them"))
                            .on_hover_text("Closes this page and starts training");
                        train.clicked().then(|| actions.push(Action::Train))
                    })
                    .inner
                    .is_some()
                        | ui.button("Close")
                            .on_hover_text("Under Data, \"Look\" opens this page again")
                            .clicked()
                })
                .inner
            });
        if shown.should_close() || shown.inner {
            self.is_open = false;
        }
        // A decision counts when it is made: a slider is let go of first.
        let is_settled =
            ui.input(|input| !input.pointer.any_down()) && !ui.ctx().text_edit_focused();
        if self.draft != report.place.fitting && is_settled && state.loading.is_none() {
            let source = DataSource::Path(report.place.path.clone(), self.draft.clone());
            actions.push(Action::LoadData(source));
        }
    }

    /// Asks for the height and width of images that are rows of numbers.
    fn ask_for_size(&mut self, ui: &Ui, reason: &str, path: PathBuf, actions: &mut Vec<Action>) {
        let mut size = self.size.unwrap_or([28, 28]);
        let frame = Frame::popup(ui.style()).inner_margin(16).corner_radius(12);
        let shown = Modal::new(Id::unique("size-of-images"))
            .frame(frame)
            .show(ui.ctx(), |ui| {
                ui.set_width(WIDTH);
                ui.heading("What size are the images?");
                ui.add_space(space::XS);
                let said = reason.trim_end_matches(Fitting::ASK_FOR_SIZE).trim_end();
                let said = said.trim_end_matches([':', ';']);
                ui.add(Label::new(theme::dim(ui, said)).wrap());
                ui.add_space(space::S);
                ui.horizontal(|ui| {
                    size_fields(ui, &mut size);
                });
                ui.add_space(space::M);
                ui.horizontal(|ui| {
                    let opens = ui.scope(|ui| {
                        theme::bright(ui);
                        ui.button("Open").clicked()
                    });
                    (opens.inner, ui.button("Cancel").clicked())
                })
                .inner
            });
        self.size = Some(size);
        let (opens, cancels) = shown.inner;
        if opens {
            let fitting = Fitting {
                size: Some(size),
                ..Fitting::default()
            };
            actions.push(Action::LoadData(DataSource::Path(path, fitting)));
        } else if cancels || shown.should_close() {
            self.asked = None;
        }
    }

    /// Twelve of each class.
    fn images(&mut self, ui: &mut Ui, dataset: &DatasetDescription, report: &DataReport) {
        let dark = ui.visuals().dark_mode;
        let shape = dataset.shape();
        let magnify = magnification(SIDE * ui.pixels_per_point(), shape);
        let key = (Same::of(&dataset.train_images), dark, magnify);
        let samples = self.samples.renew(key, |_, samples| {
            let classes = dataset.id.classes();
            samples.of_class = classes
                .map(|class| samples_of(&dataset.train_labels, class, N_SAMPLES))
                .collect();
            let table = TileShape {
                columns: N_SAMPLES,
                rows: samples.of_class.len(),
                picture: shape,
                magnify,
            };
            let of_class = &samples.of_class;
            samples.atlas.write(
                ui.ctx(),
                "images of each class",
                table,
                |row, column, pixel| {
                    let place = of_class[row].get(column);
                    let image = place.and_then(|place| shape.of(&dataset.train_images, *place));
                    theme::byte_pixel(dark, shape, image, pixel)
                },
            );
        });
        let is_labelled = report.counts.len() > 1;
        for (row, (places, [n_train, n_test])) in
            samples.of_class.iter().zip(&report.counts).enumerate()
        {
            let name = dataset
                .id
                .spec()
                .classes
                .get(row)
                .copied()
                .unwrap_or_default();
            ui.horizontal(|ui| {
                if is_labelled {
                    ui.label(RichText::new(name).font(theme::medium(theme::reading_size::SMALL)));
                }
                let counts = format!("{} + {}", count_of(*n_train), count_of(*n_test));
                ui.label(theme::dim(ui, counts))
                    .on_hover_text("Images to learn from + to test with");
            });
            let width = N_SAMPLES as f32 * (SIDE + GAP);
            let (rect, response) = ui.allocate_exact_size(vec2(width, SIDE), Sense::hover());
            let label = format!("Images of class {name}");
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &label));
            for column in 0..places.len() {
                let left = rect.min + vec2(column as f32 * (SIDE + GAP), 0.0);
                let square = egui::Rect::from_min_size(left, vec2(SIDE, SIDE));
                samples.atlas.paint(ui.painter(), square, row, column);
            }
            ui.add_space(space::XS);
        }
    }
}

/// Height and width.
fn size_fields(ui: &mut Ui, size: &mut [usize; 2]) {
    let names = ["height of the images", "width of the images"];
    for (at, (side, name)) in size.iter_mut().zip(names).enumerate() {
        if at > 0 {
            ui.label(theme::dim(ui, "×"));
        }
        ui.add(DragValue::new(side).range(SIDES).speed(0.1))
            .on_hover_text("Pixels of a side, 8 to 64: height, then width")
            .accessible_name(name);
    }
    ui.label(theme::dim(ui, "pixels"));
}

/// Yes, no, or as the images say.
fn three_ways(ui: &mut Ui, name: &str, value: &mut Option<bool>, [yes, no]: [(&str, &str); 2]) {
    let segments = [
        Segment {
            value: None,
            text: "auto",
            help: "As the images say",
        },
        Segment {
            value: Some(true),
            text: yes.0,
            help: yes.1,
        },
        Segment {
            value: Some(false),
            text: no.0,
            help: no.1,
        },
    ];
    if let Some(chosen) = segmented(ui, name, *value, &segments) {
        *value = chosen;
    }
}

fn decisions(ui: &mut Ui, draft: &mut Fitting, dataset: &DatasetDescription, report: &DataReport) {
    let shape = dataset.shape();
    Grid::new("decisions")
        .num_columns(2)
        .spacing(vec2(space::M, space::S))
        .show(ui, |ui| {
            ui.label("Size");
            ui.horizontal(|ui| {
                let mut size = draft.size.unwrap_or([shape.height, shape.width]);
                let before = size;
                size_fields(ui, &mut size);
                if size != before {
                    draft.size = Some(size);
                }
            });
            ui.end_row();
            ui.label("Pixels");
            let segments = [
                Segment {
                    value: None,
                    text: "auto",
                    help: "Gray where all images are",
                },
                Segment {
                    value: Some(Colour::Gray),
                    text: "gray",
                    help: "One value for each pixel",
                },
                Segment {
                    value: Some(Colour::Rgb),
                    text: "RGB",
                    help: "Red, green and blue for each pixel",
                },
            ];
            if let Some(chosen) = segmented(ui, "pixels", draft.colour, &segments) {
                draft.colour = chosen;
            }
            ui.end_row();
            ui.label("Fit");
            let segments = [
                Segment {
                    value: Resizing::Pad,
                    text: "pad",
                    help: "All of an image, with a margin as light as its border",
                },
                Segment {
                    value: Resizing::Crop,
                    text: "crop",
                    help: "The middle of an image",
                },
                Segment {
                    value: Resizing::Stretch,
                    text: "stretch",
                    help: "All of an image, with other proportions",
                },
            ];
            if let Some(chosen) = segmented(ui, "fit", draft.resizing, &segments) {
                draft.resizing = chosen;
            }
            ui.end_row();
            ui.label("Ink");
            let ways = [
                ("invert", "Light becomes dark and dark becomes light"),
                ("keep", "As the images are"),
            ];
            three_ways(ui, "ink", &mut draft.inverts, ways);
            ui.end_row();
            samples(ui, draft, dataset, report.is_split);
        });
}

/// Which images are used, and which of them to test with.
fn samples(ui: &mut Ui, draft: &mut Fitting, dataset: &DatasetDescription, is_split: bool) {
    if !is_split {
        ui.label("To test with");
        let slider = Slider::new(&mut draft.test_percent, 1..=90).suffix(" %");
        ui.add(slider)
            .on_hover_text("Share of each class that is measured with and not learned from")
            .accessible_name("share to test with");
        ui.end_row();
    }
    if !is_split || draft.limit.is_some() {
        ui.label("Seed");
        ui.add(DragValue::new(&mut draft.seed).speed(0.1))
            .on_hover_text("Another one draws another split, and another sample")
            .accessible_name("seed of the split");
        ui.end_row();
    }
    ui.label("At most");
    ui.horizontal(|ui| {
        let mut limits = draft.limit.is_some();
        let n_all = dataset.n_train + dataset.n_test();
        ui.checkbox(&mut limits, "")
            .on_hover_text("Takes a sample, alike from all classes")
            .accessible_name("take a sample");
        let mut limit = draft.limit.unwrap_or(n_all);
        let field = DragValue::new(&mut limit)
            .range(20..=usize::MAX)
            .speed(10.0);
        ui.add_enabled(limits, field)
            .on_hover_text("Most images, for training and testing together")
            .accessible_name("most images");
        ui.label(theme::dim(ui, "images"));
        draft.limit = limits.then_some(limit);
    });
    ui.end_row();
}

fn facts(
    ui: &mut Ui,
    dataset: &DatasetDescription,
    report: &DataReport,
    actions: &mut Vec<Action>,
) {
    let (n_train, n_test) = (dataset.n_train, dataset.n_test());
    let same = report.duplicates;
    let [n_constant, of] = report.n_constant;
    let split = if report.is_split {
        "as it was found"
    } else {
        "drawn from each class"
    };
    let rows = [
        (
            "Images",
            format!(
                "{} of {}",
                count_of(n_train + n_test),
                dataset.shape().describe()
            ),
        ),
        (
            "Split",
            format!("{} + {}, {split}", count_of(n_train), count_of(n_test)),
        ),
        ("Sizes found", report.sizes_found()),
        (
            "Duplicates",
            format!(
                "{} in training, {} in test, {} in both",
                count_of(same.train),
                count_of(same.test),
                count_of(same.between)
            ),
        ),
        (
            "Constant",
            format!("{} of {} values", count_of(n_constant), count_of(of)),
        ),
        ("Memory", format!("{:.1} MB", report.n_bytes as f64 / 1e6)),
    ];
    Grid::new("facts")
        .num_columns(2)
        .spacing(vec2(space::M, space::XS))
        .show(ui, |ui| {
            for (name, value) in rows {
                ui.label(theme::dim(ui, name));
                ui.add(Label::new(value).wrap());
                ui.end_row();
            }
        });
    for note in &report.notes {
        ui.add_space(space::XS);
        ui.add(Label::new(theme::dim(ui, note)).wrap());
    }
    if report.skipped.is_empty() {
        return;
    }
    ui.add_space(space::M);
    ui.horizontal(|ui| {
        let text = format!("{} left out", count_of(report.skipped.len()));
        ui.label(RichText::new(text).color(theme::tokens_of(ui).warning));
        if ui
            .button("Save the list…")
            .on_hover_text("All of them with their reasons, as CSV")
            .clicked()
        {
            actions.push(Action::AskToSaveSkipped);
        }
    });
    for skipped in report.skipped.iter().take(MAX_SKIPPED) {
        let text = format!("{}: {}", skipped.name, skipped.reason);
        ui.add(Label::new(theme::dim(ui, &text)).truncate())
            .on_hover_text(text);
    }
    let more = report.skipped.len().saturating_sub(MAX_SKIPPED);
    if more > 0 {
        ui.label(theme::dim(ui, format!("and {} more", count_of(more))));
    }
}
