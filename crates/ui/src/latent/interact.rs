//! What the pointer does in the plot: it points at an image, picks it, selects a part, or decodes a place.

use egui::{Painter, Pos2, Rect, Response, Role, Sense, Ui, Vec2, WidgetInfo};
use egui_plot::PlotTransform;

use crate::action::Action;
use hourglass_protocol::{DatasetDescription, SampleIdx};
use hourglass_state::RunView;

use super::LatentScene;
use super::filter::ClassFilter;
use super::marquee::{self, Tool};
use super::selection::Edit;
use super::stage::ShownPlot;

/// How far from a point the pointer still means it, in points of the screen.
const REACH: f32 = 12.0;

impl LatentScene {
    /// Picks the point that was clicked, as an end of the interpolation and to be followed elsewhere; the tools of
    /// selection have clicks of their own. Only test images are followed.
    pub(super) fn pick(
        &mut self,
        ui: &Ui,
        run: RunView<'_>,
        shown: &ShownPlot,
        actions: &mut Vec<Action>,
    ) {
        let is_click = self.tool == Tool::Pan && shown.response.clicked();
        if is_click && shown.response.double_clicked() {
            // It resets the view, and was not meant to pick anything.
            if let Some((picked, followed)) = self.before_click.take() {
                self.interpolation.put_back(picked);
                actions.push(Action::Follow(followed));
            }
            return;
        }
        if is_click {
            self.before_click = Some((self.interpolation.picked(), run.state.followed));
        }
        let n_test = run
            .state
            .dataset
            .as_ref()
            .map_or(0, DatasetDescription::n_test);
        let picked = shown.hovered.filter(|_| is_click);
        if let Some((sample, _)) = picked.filter(|&(sample, _)| (sample as usize) < n_test) {
            let with_shift = ui.input(|input| input.modifiers.shift);
            self.interpolation.pick(sample, with_shift);
            actions.push(Action::Follow(sample));
        }
    }

    /// Decodes the place under the pointer where no point is; there is no model of the past to do it.
    pub(super) fn decode(
        &mut self,
        ui: &Ui,
        run: RunView<'_>,
        shown: &ShownPlot,
        names: [&str; 2],
    ) {
        let is_free = shown.hovered.is_none() && self.tool == Tool::Pan && run.past().is_none();
        let empty = hovered(&shown.response).filter(|_| is_free);
        self.decode_hover
            .show(ui, run, empty, &shown.transform, names);
    }

    /// Lets the tools select; gives what the pointer is on.
    pub(super) fn select(
        &mut self,
        ui: &Ui,
        painter: &Painter,
        response: Response,
        transform: &PlotTransform,
        filter: ClassFilter,
    ) -> Response {
        if self.tool == Tool::Pan {
            self.marquee.cancel();
            return response;
        }
        let id = response.id.with("select");
        let response = ui.interact(*transform.frame(), id, Sense::click_and_drag());
        response
            .widget_info(|| WidgetInfo::labeled(Role::Canvas, ui.is_enabled(), "Select points"));
        marquee::cursor(ui, &response);
        let done = self.marquee.follow(self.tool, &response, transform);
        self.marquee.paint(ui, painter, self.tool, transform);
        if let (Some(polygon), Some(points)) = (done, &self.points) {
            let edit = Edit::of(ui.input(|input| input.modifiers));
            let marked = if polygon.len() < 3 {
                // A click means the point beside it.
                let at = response.interact_pointer_pos();
                let found = at.and_then(|at| points.nearest(at, REACH, transform, filter));
                found
                    .map(|idx| points.view().samples[idx])
                    .into_iter()
                    .collect()
            } else {
                points.within(&polygon, filter)
            };
            self.selection.edit(edit, marked);
            ui.ctx().request_repaint(); // the gallery comes or goes
        }
        response
    }

    /// The point under the pointer, and its place on the screen.
    pub(super) fn under_pointer(
        &self,
        shown: &ShownPlot,
        filter: ClassFilter,
    ) -> Option<(SampleIdx, Rect)> {
        let points = self.points.as_ref()?;
        let at = hovered(&shown.response)?;
        let idx = points.nearest(at, REACH, &shown.transform, filter)?;
        let sample = *points.view().samples.get(idx)?;
        let side = 2.0 * (shown.radius + 6.0);
        let center = shown.center(points, idx);
        Some((sample, Rect::from_center_size(center, Vec2::splat(side))))
    }
}

/// Where the pointer reads, unless it is dragging.
fn hovered(response: &Response) -> Option<Pos2> {
    response.hover_pos().filter(|_| !response.dragged())
}
