//! Which part of the plane a plot shows: what holds the data, until someone drags or zooms.

use egui::{Align2, Painter, PointerButton, Rect, Response, Ui, Vec2, vec2};

use super::{Bounds, Interval, Transform, note};
use crate::ui::theme::{self, space};

/// Which part of the plane a plot shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct View {
    /// What a person chose by dragging or zooming.
    chosen: Option<Bounds>,
    /// What the last frame showed.
    shown: Option<Bounds>,
}

/// How fast each axis follows its data: time constant in seconds, 0 at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Follow {
    /// Along x.
    pub x_secs: f32,
    /// Along y.
    pub y_secs: f32,
}

impl View {
    /// What to show this frame, given what would hold the data: that, approached smoothly, or what a
    /// person chose. Asks for another frame while it still moves.
    pub fn follow(&mut self, ctx: &egui::Context, fit: Bounds, follow: Follow) -> Bounds {
        let bounds = match (self.chosen, self.shown) {
            (Some(chosen), _) => chosen,
            (None, None) => fit,
            (None, Some(shown)) => {
                let dt = ctx.input(|input| input.stable_dt).min(0.1);
                let (x, x_moves) = approach(shown.x, fit.x, follow.x_secs, dt);
                let (y, y_moves) = approach(shown.y, fit.y, follow.y_secs, dt);
                if x_moves || y_moves {
                    ctx.request_repaint();
                }
                Bounds { x, y }
            }
        };
        self.shown = Some(bounds);
        bounds
    }

    /// Takes in dragging, scrolling and pinching over the plot; a double click shows all data again.
    pub fn navigate(&mut self, response: &Response, transform: &Transform) {
        if response.double_clicked() {
            self.chosen = None;
            return;
        }
        if response.dragged_by(PointerButton::Primary) && response.drag_delta() != Vec2::ZERO {
            self.chosen = Some(transform.dragged(response.drag_delta()));
        }
        let Some(pointer) = response.hover_pos() else {
            return;
        };
        // A notch of the wheel is about 50 points: a factor of 1.22.
        let (scrolled, pinched) = response
            .ctx
            .input(|input| (input.smooth_scroll_delta().y, input.zoom_delta_2d()));
        let factor = pinched * (scrolled / 250.0).exp();
        if factor != Vec2::splat(1.0) {
            self.chosen = Some(transform.zoomed(factor, pointer));
        }
    }

    /// Says how to see all data again, while a person has chosen otherwise.
    pub fn hint(&self, ui: &Ui, painter: &Painter, plot: Rect) {
        if self.chosen.is_some() {
            let at = plot.left_bottom() + vec2(space::S, -space::XS);
            let color = theme::tokens_of(ui).text_dim;
            note(
                ui,
                painter,
                at,
                Align2::LEFT_BOTTOM,
                "double-click to see all",
                color,
            );
        }
    }
}

/// The next stretch to show on the way to `goal`, and whether there is further to go.
fn approach(shown: Interval, goal: Interval, secs: f32, dt: f32) -> (Interval, bool) {
    let off = (shown.min - goal.min)
        .abs()
        .max((shown.max - goal.max).abs());
    // Half a percent of the axis is a pixel or two: not worth another frame.
    if secs <= 0.0 || off < 0.005 * goal.length() {
        return (goal, false);
    }
    let share = 1.0 - f64::from(-dt / secs).exp();
    (shown.towards(goal, share), true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn following_arrives_and_rests() {
        let goal = Interval::new(0.0, 10.0);
        let mut shown = Interval::new(-5.0, 2.0);
        let mut n_frames = 0;
        loop {
            let (next, moves) = approach(shown, goal, 0.1, 1.0 / 60.0);
            shown = next;
            n_frames += 1;
            if !moves {
                break;
            }
            assert!(n_frames < 120, "still moving after two seconds: {shown:?}");
        }
        assert_eq!(shown, goal);
    }
}
