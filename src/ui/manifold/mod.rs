//! The panel of the manifold: what the decoder draws over a plane of codes, and of codes drawn at random.

mod tiles;
mod words;

use std::sync::Arc;

use egui::{
    Align2, Button, DragValue, Label, PopupAnchor, Rect, Role, Sense, Tooltip, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};
use egui_material_icons::icons::ICON_CASINO;

use super::action::Action;
use super::decoded::{self, Asking, DecodedPictures};
use super::segmented::{Segment, segmented};
use super::theme::{self, space};
use super::{card, number};
use crate::protocol::{Asker, DecodedView, Found, MAX_DECODED, Places, Span};
use crate::state::LabState;
use tiles::{Tiles, fitting};

/// The panel of the manifold.
#[derive(Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct ManifoldPanel {
    options: ManifoldOptions,
    #[serde(skip)]
    kept: Kept,
}

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
struct ManifoldOptions {
    shown: Shown,
    /// Pictures along each axis of the grid.
    n_places: usize,
    plane: Plane,
    /// The two units that span a plane of units, counted from 0.
    units: [usize; 2],
    /// Which samples are drawn.
    seed: u64,
}

impl Default for ManifoldOptions {
    fn default() -> Self {
        Self {
            shown: Shown::default(),
            n_places: 12,
            plane: Plane::default(),
            units: [0, 1],
            seed: 1,
        }
    }
}

/// What of the space of codes is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum Shown {
    /// A grid over a plane.
    #[default]
    Grid,
    /// Random codes.
    Samples,
}

/// What spans the plane of a code of more than two units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum Plane {
    /// The two principal components.
    #[default]
    Principal,
    /// Two units.
    Units,
}

/// What is kept from frame to frame.
#[derive(Default)]
struct Kept {
    grid: Asking,
    samples: Asking,
    pictures: DecodedPictures,
    /// The picture that arrow keys went to.
    keyed: usize,
}

impl ManifoldPanel {
    /// Shows what the decoder draws over the plane of codes of the run in progress.
    pub fn ui(&mut self, ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
        let Self { options, kept } = self;
        let run = state.run.as_ref();
        let size = run.map(|run| run.experiment.architecture.code_size());
        let mut edited = *options;
        card::card(
            ui,
            "Manifold",
            |ui| {
                if let Some(size) = size {
                    controls(ui, &mut edited, size);
                }
            },
            |ui| match size {
                Some(size) => kept.body(ui, *options, size, state, actions),
                None => empty(ui, state),
            },
        );
        *options = edited;
    }
}

fn empty(ui: &mut Ui, state: &LabState) {
    if state.dataset.is_none() {
        card::empty(ui, "No digits yet", "Load a data set, then press Train");
    } else if state.run.is_none() {
        card::empty(
            ui,
            "No model yet",
            "Press Train: what the decoder draws for codes side by side appears here",
        );
    } else {
        card::empty(
            ui,
            "The pictures are on their way",
            "The codes of all test images come first",
        );
    }
}

/// The controls in the header, from right to left.
fn controls(ui: &mut Ui, options: &mut ManifoldOptions, size: usize) {
    let shown = [
        Segment {
            value: Shown::Grid,
            text: "grid",
            help: "What the decoder draws for codes side by side in a plane",
        },
        Segment {
            value: Shown::Samples,
            text: "samples",
            help: "What the decoder draws for random codes: of the prior, or of a Gaussian fitted to the codes where there is none",
        },
    ];
    options.shown = segmented(ui, "Codes", options.shown, &shown).unwrap_or(options.shown);
    let n_places = [8, 12, 16, 20, 28].map(|n| (n, n.to_string()));
    let segments = n_places.each_ref().map(|(n, text)| Segment {
        value: *n,
        text,
        help: "Pictures along each axis",
    });
    let name = "Pictures along each axis";
    options.n_places = segmented(ui, name, options.n_places, &segments).unwrap_or(options.n_places);
    match options.shown {
        Shown::Grid if size > 2 => plane(ui, options, size),
        Shown::Grid => {}
        Shown::Samples => seed(ui, options),
    }
}

/// What spans the plane of a code of more than two units.
fn plane(ui: &mut Ui, options: &mut ManifoldOptions, size: usize) {
    options.units = options.units.map(|unit| unit.min(size - 1));
    if options.plane == Plane::Units {
        let [first, second] = &mut options.units;
        // From right to left.
        for (unit, name, axis) in [
            (second, "Vertical unit", "vertical"),
            (first, "Horizontal unit", "horizontal"),
        ] {
            let mut shown = *unit + 1;
            let field = DragValue::new(&mut shown)
                .range(1..=size)
                .speed(0.1)
                .prefix("h ");
            ui.add(field)
                .on_hover_text(format!(
                    "Which of the {size} units runs along the {axis} axis"
                ))
                .accessible_name(name);
            *unit = shown - 1;
        }
    }
    let planes = [
        Segment {
            value: Plane::Principal,
            text: "PCA",
            help: "The plane of the two principal components of the codes, through their mean",
        },
        Segment {
            value: Plane::Units,
            text: "units",
            help: "The plane of two units; the others rest at 0, the mean of the prior, or at their own mean where there is none",
        },
    ];
    options.plane = segmented(ui, "Plane", options.plane, &planes).unwrap_or(options.plane);
}

/// Which samples.
fn seed(ui: &mut Ui, options: &mut ManifoldOptions) {
    let icon = theme::icon(ICON_CASINO);
    let button = ui
        .add(Button::new(icon).small().frame(false))
        .on_hover_text("Draw new samples; the same seed draws the same ones at every step");
    button.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), "New samples"));
    if button.clicked() {
        options.seed = options.seed.wrapping_add(1);
    }
    let field = DragValue::new(&mut options.seed).speed(0.1).prefix("seed ");
    ui.add(field)
        .on_hover_text("Which samples are drawn: they stay put while training goes on")
        .accessible_name("Seed of the samples");
}

impl Kept {
    fn body(
        &mut self,
        ui: &mut Ui,
        options: ManifoldOptions,
        size: usize,
        state: &LabState,
        actions: &mut Vec<Action>,
    ) {
        let room = ui.available_rect_before_wrap();
        let line = ui.text_style_height(&theme::text::SMALL);
        let below_caption = room.with_min_y((room.top() + line + space::XS).min(room.bottom()));
        let (asker, places, table) = match options.shown {
            Shown::Grid => {
                let span = match options.plane {
                    Plane::Units => Span::Units(options.units.map(|unit| unit.min(size - 1))),
                    Plane::Principal => Span::Principal,
                };
                let n_places = options.n_places;
                let places = Places::Grid { n_places, span };
                (Asker::Grid, places, None)
            }
            Shown::Samples => {
                let table = samples_in(below_caption, options.n_places, ui.pixels_per_point());
                let places = Places::Drawn {
                    n_places: table.n,
                    seed: options.seed,
                };
                (Asker::Samples, places, Some(table))
            }
        };
        let is_grid = table.is_none();
        self.grid
            .ask(Asker::Grid, is_grid.then(|| places.clone()), actions);
        self.samples
            .ask(Asker::Samples, (!is_grid).then_some(places), actions);
        let view = decoded::decoded(state).and_then(|decoded| decoded.of(asker));
        let Some(view) = view.filter(|view| !view.is_empty() && view.size == size) else {
            empty(ui, state);
            return;
        };
        caption(ui, room, view);
        let marked = match (&view.found, table) {
            (Found::Grid { xs, ys, .. }, _) => {
                self.grid_with_axes(ui, below_caption, line, view, [xs, ys])
            }
            (_, Some(table)) => self.show(ui, table, view, &summary(view, "samples")),
            _ => None,
        };
        if let Some((idx, tile)) = marked {
            tooltip(ui, &self.pictures, view, idx, tile);
        }
        ui.advance_cursor_after_rect(room);
    }

    fn grid_with_axes(
        &mut self,
        ui: &Ui,
        room: Rect,
        line: f32,
        view: &Arc<DecodedView>,
        [xs, ys]: [&[f32]; 2],
    ) -> Option<(usize, Rect)> {
        let has_height = ys.len() > 1;
        let left = if has_height { 3.4 * line } else { 0.0 };
        // Labels of the horizontal axis and its title share a line.
        let inner = Rect::from_min_max(
            room.min + vec2(left, 1.0),
            room.max - vec2(2.0, line + space::XS),
        );
        let mut table = fitting(inner, xs.len(), ys.len(), ui.pixels_per_point());
        table.rises = true;
        axes(ui, &table, view, [xs, ys]);
        let [x_name, y_name] = words::axis_names(&view.found);
        let range = |name: &str, places: &[f32]| match places {
            [first, .., last] => {
                let [first, last] = [*first, *last].map(decoded::value);
                format!(", {name} from {first} to {last}")
            }
            _ => String::new(),
        };
        let what = format!("grid{}{}", range(&x_name, xs), range(&y_name, ys));
        self.show(ui, table, view, &summary(view, &what))
    }

    fn show(
        &mut self,
        ui: &Ui,
        table: Tiles,
        view: &Arc<DecodedView>,
        summary: &str,
    ) -> Option<(usize, Rect)> {
        self.pictures.prepare(ui, "manifold", view, table.side);
        let table = Tiles {
            n: table.n.min(view.len()),
            ..table
        };
        let id = ui.scope_id().with("manifold tiles");
        let marked = table.show(ui, id, summary, &self.pictures, &mut self.keyed);
        marked.map(|idx| (idx, table.tile(idx)))
    }
}

/// As many samples as fill a room, as large as the pictures of a grid would be.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a few pictures"
)]
fn samples_in(room: Rect, n_places: usize, pixels_per_point: f32) -> Tiles {
    let square = fitting(room, n_places, n_places, pixels_per_point);
    let along = |length: f32| ((length / square.side) as usize).max(1);
    let n_rows = along(room.height()).min(MAX_DECODED);
    let n_columns = along(room.width()).min(MAX_DECODED / n_rows).max(1);
    fitting(room, n_columns, n_rows, pixels_per_point)
}

fn summary(view: &DecodedView, what: &str) -> String {
    let [_, origin] = words::origin(view);
    let n = number::count_of(view.len());
    let step = number::count(view.step);
    format!("Manifold, {n} pictures, {what}, step {step}. {origin}")
}

/// The line above the pictures: where the codes are from, and the step.
fn caption(ui: &mut Ui, room: Rect, view: &DecodedView) {
    let [short, full] = words::origin(view);
    let text = format!("{short} · step {}", number::count(view.step));
    let text = theme::dim(ui, text);
    let line = room.with_max_y(room.top() + ui.text_style_height(&theme::text::SMALL));
    ui.place(line, Label::new(text).truncate())
        .on_hover_text(full);
}

/// Titles and the first, middle and last place of both axes.
fn axes(ui: &Ui, table: &Tiles, view: &DecodedView, [xs, ys]: [&[f32]; 2]) {
    let tokens = theme::tokens_of(ui);
    let painter = ui.painter();
    let font = theme::text::SMALL.resolve(ui.style());
    let rect = table.rect();
    let [x_title, y_title] = words::axis_titles(&view.found);
    let ends = |places: &[f32]| match places {
        [first, .., last] => vec![(0, *first), (places.len() - 1, *last)],
        [only] => vec![(0, *only)],
        [] => Vec::new(),
    };
    let text =
        |at, anchor, text: String, color| painter.text(at, anchor, text, font.clone(), color);
    for (column, at) in ends(xs) {
        let center = table.tile(column).center().x;
        let anchor = match column {
            0 if xs.len() > 1 => Align2::LEFT_TOP,
            _ => Align2::RIGHT_TOP,
        };
        let x = if column == 0 {
            rect.left().min(center)
        } else {
            rect.right()
        };
        text(
            pos2(x, rect.bottom() + 2.0),
            anchor,
            decoded::value(at),
            tokens.text_dim,
        );
    }
    let below = rect.center_bottom() + vec2(0.0, 2.0);
    text(below, Align2::CENTER_TOP, x_title, tokens.text_dim);
    if ys.len() < 2 {
        return;
    }
    for (row, at) in ends(ys) {
        let (y, anchor) = if row == 0 {
            (rect.bottom(), Align2::RIGHT_BOTTOM)
        } else {
            (rect.top(), Align2::RIGHT_TOP)
        };
        text(
            pos2(rect.left() - space::XS, y),
            anchor,
            decoded::value(at),
            tokens.text_dim,
        );
    }
    let short = y_title.split(" (").next().unwrap_or_default().to_owned();
    let beside = rect.left_center() - vec2(space::XS, 0.0);
    text(beside, Align2::RIGHT_CENTER, short, tokens.text_dim);
}

/// One picture, larger, with its code.
fn tooltip(ui: &Ui, pictures: &DecodedPictures, view: &DecodedView, idx: usize, tile: Rect) {
    /// Side of the picture, in points: four for each pixel.
    const SIDE: f32 = 112.0;
    let id = ui.scope_id().with("manifold tooltip");
    Tooltip::always_open(
        ui.ctx().clone(),
        ui.layer_id(),
        id,
        PopupAnchor::ParentRect(tile),
    )
    .gap(6.0)
    .show(|ui| {
        let (rect, response) = ui.allocate_exact_size(Vec2::splat(SIDE), Sense::hover());
        let lines = words::code_lines(view, idx);
        let label = format!("decoded {}", lines.join(", "));
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &label));
        pictures.paint(ui.painter(), rect, idx);
        decoded::frame(ui, rect);
        for line in lines {
            ui.add(Label::new(theme::figure(ui, line)).extend());
        }
    });
}
