//! From one picked point to another: a strip of what the decoder draws on the way.

use std::sync::Arc;

use egui::{
    Button, DragValue, Key, Modifiers, Painter, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, vec2,
};
use egui_material_icons::icons::{ICON_CLOSE, ICON_LINEAR_SCALE};
use egui_plot::PlotTransform;

use crate::decoded::DecodedPictures;
use crate::memo::{Memo, Same};
use crate::number;
use crate::segmented::{Segment, segmented};
use crate::theme::{self, space};
use crate::tile_atlas::{TileAtlas, TileShape, magnification};
use hourglass_experiment::LatentPrior;
use hourglass_protocol::{
    CodeSelection, DatasetDescription, DecodedView, Requester, Route, SampleIdx, Snapshot,
};
use hourglass_state::RunState;

use super::points::Points;
use super::way::Way;

/// Codes on the way, both ends included.
const N_PLACES: usize = 9;
/// Pictures of the strip: the decoded ones between the two originals.
const N_PICTURES: usize = N_PLACES + 2;
/// Largest side of a picture, in points: two for each pixel.
const MAX_SIDE: f32 = 56.0;
/// Height of the line of controls.
const LINE: f32 = 22.0;

/// The images at the ends: which, of which data set, in which theme, how large.
type Originals = Memo<([SampleIdx; 2], Same<[u8]>, bool, usize), TileAtlas>;

/// The points that are picked: where the way begins, and where it ends.
pub type Ends = [Option<SampleIdx>; 2];

/// The strip between two picked points.
#[derive(Default)]
pub struct Interpolation {
    /// The first point that was picked.
    from: Option<SampleIdx>,
    /// The second.
    to: Option<SampleIdx>,
    route: Route,
    pictures: DecodedPictures,
    originals: Originals,
}

impl Interpolation {
    /// Whether both ends are picked.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.ends().is_some()
    }

    /// Starts without the pointer, with two images to be changed by their numbers, or ends.
    pub fn toggle(&mut self) {
        if self.is_on() {
            self.end();
        } else {
            let from = self.from.unwrap_or(0);
            (self.from, self.to) = (Some(from), Some(from + 1));
        }
    }

    /// A point was clicked: with Shift it is where the way ends, otherwise where it begins.
    pub fn pick(&mut self, sample: SampleIdx, with_shift: bool) {
        if with_shift && self.from.is_some() {
            self.to = Some(sample);
        } else {
            (self.from, self.to) = (Some(sample), None);
        }
    }

    /// What is picked.
    #[must_use]
    pub fn picked(&self) -> Ends {
        [self.from, self.to]
    }

    /// Goes back to what was picked before.
    pub fn put_back(&mut self, [from, to]: Ends) {
        (self.from, self.to) = (from, to);
    }

    fn end(&mut self) {
        (self.from, self.to) = (None, None);
    }

    /// Both ends, once both are picked.
    fn ends(&self) -> Option<[SampleIdx; 2]> {
        Some([self.from?, self.to?])
    }

    /// The way that is to be decoded.
    #[must_use]
    pub fn places(&self) -> Option<CodeSelection> {
        self.ends().map(|ends| CodeSelection::Between {
            ends,
            n_places: N_PLACES,
            route: self.route,
        })
    }

    /// Goes from and to where another one does, in another space.
    pub fn follow(&mut self, other: &Self) {
        (self.from, self.to, self.route) = (other.from, other.to, other.route);
    }

    /// Room that the strip takes below the plot.
    #[must_use]
    pub fn height(&self, width: f32) -> f32 {
        match self.ends() {
            Some(_) => LINE + side(width) + space::S,
            None => 0.0,
        }
    }

    /// Shows the pictures with the controls in what room there is.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        run: Option<&RunState>,
        dataset: &DatasetDescription,
        snapshot: &Snapshot,
    ) {
        let is_picked = self.from.is_some() && !ui.ctx().text_edit_focused();
        if is_picked && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
            self.end();
        }
        let n_test = SampleIdx::try_from(dataset.n_test()).unwrap_or(SampleIdx::MAX);
        let is_gone = |end: Option<SampleIdx>| end.is_some_and(|sample| sample >= n_test);
        if is_gone(self.from) || is_gone(self.to) {
            self.end();
        }
        let prior = run.and_then(|run| run.experiment.objective.prior.distribution());
        let has_arc = prior == Some(LatentPrior::Gaussian);
        if !has_arc {
            self.route = Route::Straight;
        }
        let (Some(ends), Some(asked)) = (self.ends(), self.places()) else {
            return;
        };
        self.controls(ui, n_test, has_arc);
        let view = snapshot.decoded.of(Requester::Interpolation);
        let view = view.filter(|view| view.places == asked); // another way has other ends
        self.strip(ui, dataset, ends, view);
    }

    fn controls(&mut self, ui: &mut Ui, n_test: SampleIdx, has_arc: bool) {
        let size = vec2(ui.available_width(), LINE);
        let layout = egui::Layout::right_to_left(egui::Align::Center);
        ui.allocate_ui_with_layout(size, layout, |ui| {
            ui.spacing_mut().interact_size.y = LINE - 3.0;
            let close = Button::new(theme::icon(ICON_CLOSE)).small().frame(false);
            let close = ui.add(close).on_hover_text("End the interpolation (Escape)");
            close.widget_info(|| {
                WidgetInfo::labeled(Role::Button, ui.is_enabled(), "End the interpolation")
            });
            if has_arc {
                let routes = [
                    Segment {
                        value: Route::Straight,
                        text: "straight",
                        help: "On the straight line between the two codes",
                    },
                    Segment {
                        value: Route::Arc,
                        text: "arc",
                        help: "On an arc around 0: with many units, codes from N(0, I) nearly all lie at the same distance from 0, which a straight line does not keep",
                    },
                ];
                self.route = segmented(ui, "Path", self.route, &routes).unwrap_or(self.route);
            }
            let fields = egui::Layout::left_to_right(egui::Align::Center);
            ui.with_layout(fields, |ui| {
                ui.spacing_mut().item_spacing.x = space::XS;
                for (end, word, name) in [
                    (&mut self.from, "from image", "Interpolate from test image"),
                    (&mut self.to, "to", "Interpolate to test image"),
                ] {
                    let Some(sample) = end else { continue };
                    ui.label(theme::dim(ui, word));
                    let field = DragValue::new(sample).range(0..=n_test - 1).speed(1.0);
                    ui.add(field)
                        .on_hover_text("The number of a test image")
                        .accessible_name(name);
                }
            });
            if close.clicked() {
                self.end();
            }
        });
    }

    fn strip(
        &mut self,
        ui: &mut Ui,
        dataset: &DatasetDescription,
        ends: [SampleIdx; 2],
        view: Option<&Arc<DecodedView>>,
    ) {
        let side = side(ui.available_width());
        self.paint_originals(ui, dataset, ends, side);
        if let Some(view) = view {
            self.pictures.prepare(ui, "interpolation", view, side);
        }
        ui.spacing_mut().item_spacing.x = 2.0;
        ui.horizontal_top(|ui| {
            for place in 0..N_PICTURES {
                let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
                let label = describe(dataset, ends, place);
                let end = match place {
                    0 => Some(0),
                    _ if place == N_PICTURES - 1 => Some(1),
                    _ => None,
                };
                match (end, view) {
                    (Some(end), _) => self.originals.paint(ui.painter(), rect, 0, end),
                    (None, Some(_)) => self.pictures.paint(ui.painter(), rect, place - 1),
                    (None, None) => {}
                }
                let color = if end.is_some() {
                    theme::tokens_of(ui).accent
                } else {
                    theme::tokens_of(ui).border
                };
                let kind = egui::StrokeKind::Inside;
                ui.painter()
                    .rect_stroke(rect, 0.0, Stroke::new(1.0, color), kind);
                response.widget_info(|| WidgetInfo::labeled(Role::Image, ui.is_enabled(), &label));
                response.on_hover_text(label);
            }
        });
    }

    fn paint_originals(
        &mut self,
        ui: &Ui,
        dataset: &DatasetDescription,
        ends: [SampleIdx; 2],
        side: f32,
    ) {
        let dark = ui.visuals().dark_mode;
        let picture = dataset.shape();
        let magnify = magnification(side * ui.pixels_per_point(), picture);
        let shape = TileShape {
            columns: 2,
            rows: 1,
            picture,
            magnify,
        };
        let key = (ends, Same::of(&dataset.test_images), dark, magnify);
        self.originals.renew(key, |_, originals| {
            let pixels = ends.map(|end| dataset.test_image(end as usize));
            let ink =
                |_, end: usize, idx: usize| theme::byte_pixel(dark, picture, pixels[end], idx);
            originals.write(ui.ctx(), "ends of the interpolation", shape, ink);
        });
    }

    /// Marks the picked points and the way between them.
    pub fn mark(
        &self,
        ui: &Ui,
        painter: &Painter,
        transform: &PlotTransform,
        points: &Points,
        snapshot: &Snapshot,
    ) {
        let picked = self.picked();
        if picked == [None; 2] {
            return;
        }
        let view = snapshot.decoded.of(Requester::Interpolation);
        let is_answer = |view: &&Arc<DecodedView>| match &view.places {
            CodeSelection::Between { ends, .. } => self.ends() == Some(*ends),
            _ => false,
        };
        let way = Way::between(
            picked,
            self.route,
            points.view(),
            view.filter(is_answer).map(Arc::as_ref),
        );
        way.paint(ui, painter, transform);
    }
}

/// The button that starts an interpolation or ends it; tells whether it was pressed.
pub fn button(ui: &mut Ui, is_on: bool) -> bool {
    let button = Button::new(theme::icon(ICON_LINEAR_SCALE))
        .small()
        .selected(is_on);
    let response = ui.add(button.frame(is_on)).on_hover_text(
        "Interpolate between two images: click a point, then another with Shift held down. Escape ends it",
    );
    response
        .widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), is_on, "Interpolate"));
    response.clicked()
}

/// What stands at a place of the strip.
fn describe(dataset: &DatasetDescription, ends: [SampleIdx; 2], place: usize) -> String {
    let original = |sample: SampleIdx| {
        let label = dataset
            .test_labels
            .get(sample as usize)
            .copied()
            .unwrap_or_default();
        let image = number::count(u64::from(sample));
        let shown = dataset.id.class_title(label);
        format!("{shown}, test image {image}, original")
    };
    match place {
        0 => original(ends[0]),
        _ if place == N_PICTURES - 1 => original(ends[1]),
        _ => {
            let share = (place - 1) as f64 / (N_PLACES - 1) as f64;
            format!("decoded, {} of the way", number::percent(share))
        }
    }
}

/// Side of a picture where the strip has this width.
fn side(width: f32) -> f32 {
    ((width - 2.0 * N_PICTURES as f32) / N_PICTURES as f32).clamp(12.0, MAX_SIDE)
}
