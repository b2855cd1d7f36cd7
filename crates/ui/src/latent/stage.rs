//! Everything that is seen of the scatter: legend, plot, what is among the points, and the gallery of the selected.

use egui::{Color32, Painter, Pos2, Rect, Response, Role, Stroke, Ui, UiBuilder, WidgetInfo};
use egui_plot::PlotTransform;

use crate::action::Action;
use crate::plot::{Bounds, Chart, Follow, Interval, Range, ticks};
use crate::theme;
use hourglass_protocol::{DatasetDescription, SampleIdx, Snapshot};
use hourglass_state::RunView;

use super::axes::{self, Planes};
use super::cloud::CloudLook;
use super::colour::{ColourBy, ColourScale};
use super::outline::PriorOutline;
use super::points::Points;
use super::words::{Extras, summary};
use super::{LatentOptions, LatentScene, Units, controls, layout, legend, user_images};

/// Below this height the points have all the room: of two runs compared in a small window, legend and choices would
/// leave them none. In points.
const LEAST_FOR_CONTROLS: f32 = 170.0;

impl LatentScene {
    /// Shows the scatter.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        options: &mut LatentOptions,
        planes: &mut Planes,
        (run, dataset, snapshot): (RunView<'_>, &DatasetDescription, &Snapshot),
        actions: &mut Vec<Action>,
    ) {
        let scale = self.scale(options.colour.known_of(Some(dataset)));
        let prior = self.outline.as_ref().map(PriorOutline::prior);
        let has_room = ui.available_height() >= LEAST_FOR_CONTROLS;
        if has_room {
            legend::show(
                ui,
                options,
                &mut self.legend_markers,
                dataset.id,
                prior,
                scale,
            );
        }
        let room = ui.available_rect_before_wrap();
        let (plot, gallery) = if self.selection.is_empty() {
            (room, None)
        } else {
            layout::with_gallery(room)
        };
        let strip_height = self.interpolation.height(plot.width());
        let (plot, strip) =
            plot.split_top_bottom_at_y((plot.bottom() - strip_height).max(plot.top()));
        let mut shown = inside(ui, plot, "plot", |ui| {
            if let Some(points) = self.points.as_ref().filter(|_| has_room) {
                let plane = self.asked.plane;
                controls::heading(
                    ui,
                    options,
                    &mut self.tool,
                    planes,
                    (run, dataset, points, plane),
                );
            }
            self.plot(ui, *options, scale, (run, snapshot), actions)
        });
        inside(ui, strip, "strip", |ui| {
            self.interpolation.show(ui, run.run, dataset, snapshot); // also where it only ends
        });
        if let Some(gallery) = gallery {
            let shortcut_actions = inside(ui, gallery, "selected", |ui| {
                let points = self.points.as_ref()?;
                let what = (dataset, points, &self.selection);
                Some(
                    self.gallery
                        .show(ui, &mut options.sort, what, &mut self.album),
                )
            });
            let shortcut_actions = shortcut_actions.unwrap_or_default();
            if let (Some((sample, place)), Some(shown)) = (shortcut_actions.hovered, &mut shown) {
                shown.hovered = Some((sample, place));
            }
            if shortcut_actions.clears {
                self.selection.clear();
            }
        }
        ui.advance_cursor_after_rect(room);
        let hovered = shown.as_ref().and_then(|shown| shown.hovered);
        if let (Some(shown), Some((sample, place))) = (shown, hovered) {
            self.mark(ui, &shown, sample);
            let response = &shown.response;
            self.hover_card.is_past = run.past().is_some();
            self.hover_card
                .show(ui, response, place, sample, dataset, snapshot);
        }
        self.hovered = hovered.map(|(sample, _)| sample);
    }

    /// Shows axes, points and what is among them.
    fn plot(
        &mut self,
        ui: &mut Ui,
        options: LatentOptions,
        scale: Option<ColourScale>,
        (run, snapshot): (RunView<'_>, &Snapshot),
        actions: &mut Vec<Action>,
    ) -> Option<ShownPlot> {
        let points = self.points.as_ref()?;
        let unit = Interval::new(0.0, 1.0);
        let fit = self.fit.unwrap_or(Bounds { x: unit, y: unit });
        let beside = self.beside.filter(|_| options.shares_axes);
        let fit = beside.map_or(fit, |beside| fit.union(beside));
        let view = points.view();
        let [x_title, _] = axes::titles(view.axes, view.pair, "of variance");
        let [short_x_title, _] = axes::titles(view.axes, view.pair, "");
        let names = axes::names(view.axes, view.pair);
        let chart = Chart {
            id_salt: "scatter",
            x_titles: &[&x_title, &short_x_title, &names[0]],
            x_ticks: &ticks::linear,
            y_ticks: &|y, length, label| ticks::linear(y, length, 1.4 * label),
            range: Range::Free {
                fit,
                view: &mut self.view,
                follow: Follow {
                    x_secs: 0.2,
                    y_secs: 0.2,
                },
                equal_units: options.units == Units::Equal,
            },
        };
        let outline = self.outline.as_ref().filter(|_| options.prior);
        let tokens = theme::tokens_of(ui);
        // The points are one mesh, which is kept while nothing moves: painted on top, not added.
        let shown = chart.show(ui, |plot| {
            if let Some(outline) = outline {
                outline.add(plot, tokens);
            }
        });
        let (response, transform) = (shown.response, shown.transform);
        let now_secs = if theme::glides(ui.ctx()) {
            ui.input(|input| input.time)
        } else {
            f64::INFINITY // every movement is over
        };
        let radius = layout::radius(view.points.len(), &fit, &transform);
        let radius_px = radius * ui.pixels_per_point();
        let selection = &self.selection;
        let look = CloudLook {
            frame: *transform.frame(),
            bounds: *transform.bounds(),
            filter: options.filter,
            dark: ui.visuals().dark_mode,
            texture: self.markers.prepare(ui.ctx(), "markers", radius_px),
            half_side: self.markers.half_side(radius),
            progress: points.progress(now_secs),
            scale,
            selection: (!selection.is_empty()).then_some(selection.revision()),
        };
        if look.progress < 1.0 {
            ui.ctx().request_repaint();
        }
        let painter = ui.painter_at(look.frame);
        painter.add(self.cloud.mesh(points, look, selection, now_secs));
        if options.pictures {
            let n_in_view = self.cloud.n_in_view();
            self.pictures
                .choose(points, look, selection, n_in_view, now_secs);
            if let Some(dataset) = &run.state.dataset {
                self.pictures.paint(ui, &painter, &mut self.album, dataset);
            }
        } else {
            self.pictures.clear();
        }
        if let Some(outline) = outline {
            outline.shimmer(&painter, tokens, &transform);
        }
        let user_images = user_images::points(run.state, snapshot);
        let extras = Extras {
            prior: outline.map(PriorOutline::prior),
            n_own: user_images.len(),
            n_selected: selection.len(),
            n_pictures: self.pictures.len(),
            colour: scale.map_or(ColourBy::Class, |scale| scale.by),
        };
        let summary = summary(points, options.filter, extras);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, ui.is_enabled(), &summary));
        let response = self.select(ui, &painter, response, &transform, options.filter);
        user_images::show(ui, &painter, &transform, &user_images, actions);
        if let Some(points) = &self.points {
            self.interpolation
                .mark(ui, &painter, &transform, points, snapshot);
        }
        self.view.hint(ui, &painter);
        let mut shown = ShownPlot {
            response,
            transform,
            radius,
            now_secs,
            hovered: None,
        };
        shown.hovered = self.under_pointer(&shown, options.filter);
        self.pick(ui, run, &shown, actions);
        self.decode(ui, run, &shown, names.each_ref().map(String::as_str));
        Some(shown)
    }

    /// Marks the point of an image.
    fn mark(&self, ui: &Ui, shown: &ShownPlot, sample: SampleIdx) {
        let Some(points) = &self.points else { return };
        let Some(idx) = points.find(sample) else {
            return;
        };
        let color = theme::class_color(ui.visuals().dark_mode, points.class(idx));
        let painter = ui.painter_at(*shown.transform.frame());
        ring(ui, &painter, shown.center(points, idx), shown.radius, color);
    }
}

/// What the plot showed.
pub(super) struct ShownPlot {
    pub response: Response,
    pub transform: PlotTransform,
    /// Of a point, on the screen.
    pub radius: f32,
    now_secs: f64,
    /// The image that is pointed at, and where.
    pub hovered: Option<(SampleIdx, Rect)>,
}

impl ShownPlot {
    pub fn center(&self, points: &Points, idx: usize) -> Pos2 {
        let point = points.position(idx, self.now_secs).map(f64::from);
        self.transform.position_from_point(&point.into())
    }
}

/// Shows contents in a part of the room.
fn inside<R>(ui: &mut Ui, rect: Rect, salt: &str, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let builder = UiBuilder::new().id_salt(salt).max_rect(rect);
    let mut child = ui.new_child(builder);
    child.shrink_clip_rect(rect);
    contents(&mut child)
}

/// Marks the point under the pointer.
fn ring(ui: &Ui, painter: &Painter, center: Pos2, radius: f32, color: Color32) {
    let stroke = Stroke::new(1.5, theme::tokens_of(ui).text);
    painter.circle(center, radius + 4.0, theme::faint(color, 0.25), stroke);
}
