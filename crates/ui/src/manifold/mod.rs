//! The Manifold panel: what the decoder draws over a plane of codes, and for random codes.

mod controls;
mod options;
mod paint;
mod tiles;
mod words;

use std::sync::Arc;

use egui::{Rect, Ui, vec2};

use super::action::Action;
use super::decoded::{self, DecodedPictures};
use super::pane::Pane;
use super::panel::Panel;
use super::theme::{self, space};
use super::{card, number};
use hourglass_protocol::{
    CodeSelection, DecodeRequest, DecodedView, Found, MAX_DECODED, ProbeRequest, Requester, Span,
};
use hourglass_state::{LabState, RunView};
use options::{ManifoldKind, ManifoldOptions, ManifoldPlane};
use tiles::{PictureTable, fitting};

#[derive(Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct ManifoldPanel {
    options: ManifoldOptions,
    #[serde(skip)]
    kept: ManifoldScene,
}

/// What is kept from frame to frame.
#[derive(Default)]
struct ManifoldScene {
    /// What it shows, once it was drawn.
    asked: Option<DecodeRequest>,
    pictures: DecodedPictures,
    /// The picture that arrow keys went to.
    keyed: usize,
}

impl Panel for ManifoldPanel {
    /// Shows what the decoder draws over the plane of codes of the run in progress.
    fn ui(&mut self, ui: &mut Ui, view: RunView<'_>, _actions: &mut Vec<Action>) {
        let Self { options, kept } = self;
        let size = view.code_size();
        let mut edited = *options;
        card::card(
            ui,
            Pane::Manifold.title(),
            |ui| {
                if let Some(size) = size {
                    controls::show(ui, &mut edited, size);
                }
            },
            |ui| match size {
                Some(size) => kept.body(ui, *options, size, view),
                None => card::waiting(ui, view, AWAITED),
            },
        );
        *options = edited;
    }

    fn look(&self, _state: &LabState, request: &mut ProbeRequest) {
        request.decode.extend(self.kept.asked.clone());
    }
}

const AWAITED: card::Awaited<'static> = card::Awaited {
    appears: "what the decoder draws for a grid of codes appears here",
    under_way: "The pictures are being computed",
    takes: "The codes of all test images come first",
    has_past: false,
};

impl ManifoldScene {
    fn body(&mut self, ui: &mut Ui, options: ManifoldOptions, size: usize, run: RunView<'_>) {
        let room = ui.available_rect_before_wrap();
        let line = ui.text_style_height(&theme::text::SMALL);
        let below_caption = room.with_min_y((room.top() + line + space::XS).min(room.bottom()));
        let (requester, places, table) = match options.shown {
            ManifoldKind::Grid => {
                let span = match options.plane {
                    ManifoldPlane::Units => {
                        Span::Units(options.units.map(|unit| unit.min(size - 1)))
                    }
                    ManifoldPlane::Principal => Span::Principal,
                };
                let n_places = options.n_places;
                let places = CodeSelection::Grid { n_places, span };
                (Requester::Grid, places, None)
            }
            ManifoldKind::Samples => {
                let table = samples_in(below_caption, options.n_places, ui.pixels_per_point());
                let places = CodeSelection::Drawn {
                    n_places: table.n,
                    seed: options.seed,
                };
                (Requester::Samples, places, Some(table))
            }
        };
        self.asked = Some(DecodeRequest { requester, places });
        let view = decoded::decoded(run).and_then(|decoded| decoded.of(requester));
        let Some(view) = view.filter(|view| !view.is_empty() && view.size == size) else {
            card::waiting(ui, run, AWAITED);
            return;
        };
        paint::caption(ui, room, view);
        let marked = match (&view.found, table) {
            (Found::Grid { xs, ys, .. }, _) => {
                self.grid_with_axes(ui, below_caption, line, view, [xs, ys])
            }
            (_, Some(table)) => self.show(ui, table, view, &summary(view, "samples")),
            _ => None,
        };
        if let Some((idx, tile)) = marked {
            paint::tooltip(ui, &self.pictures, view, idx, tile);
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
        paint::axes(ui, &table, view, [xs, ys]);
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
        table: PictureTable,
        view: &Arc<DecodedView>,
        summary: &str,
    ) -> Option<(usize, Rect)> {
        self.pictures.prepare(ui, "manifold", view, table.side);
        let table = PictureTable {
            n: table.n.min(view.len()),
            ..table
        };
        let id = ui.scope_id().with("manifold tiles");
        let marked = table.show(ui, id, summary, &self.pictures, &mut self.keyed);
        marked.map(|idx| (idx, table.tile(idx)))
    }
}

/// As many samples as fill a room, as large as the pictures of a grid would be.
fn samples_in(room: Rect, n_places: usize, pixels_per_point: f32) -> PictureTable {
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
