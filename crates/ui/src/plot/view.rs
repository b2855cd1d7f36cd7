//! Which part of the plane a plot shows: what holds the data, until someone drags or zooms.
//!
//! It follows the data until a person chooses a view.

use egui::{Align2, Context, Id, Painter, vec2};
use egui_plot::{PlotMemory, PlotTransform};

use super::{Bounds, Interval, note};
use crate::theme::{self, space};

/// Which part of the plane a plot shows. While nobody drags or zooms, `egui_plot` calls its bounds
/// automatic; a double click makes them so again.
#[derive(Clone, Copy, Debug, Default)]
pub struct View {
    /// What the last frame showed.
    shown: Option<Bounds>,
    /// Whether a person chose it.
    is_chosen: bool,
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
    /// What is shown, if a person chose it by dragging or zooming.
    #[must_use]
    pub fn chosen(&self) -> Option<Bounds> {
        self.shown.filter(|_| self.is_chosen)
    }

    /// Whether nothing was shown yet.
    pub(super) fn is_new(&self) -> bool {
        self.shown.is_none()
    }

    /// What to show this frame unless a person chose: what would hold the data, approached smoothly. Asks
    /// for another frame while it still moves.
    pub(super) fn follow(&self, ctx: &Context, fit: Bounds, follow: Follow) -> Bounds {
        let Some(shown) = self.shown else { return fit };
        if self.is_chosen {
            return shown; // where the way back starts
        }
        if !theme::glides(ctx) {
            return fit;
        }
        let dt = ctx.input(|input| input.stable_dt).min(0.1);
        let (x, x_moves) = approach(shown.x, fit.x, follow.x_secs, dt);
        let (y, y_moves) = approach(shown.y, fit.y, follow.y_secs, dt);
        if x_moves || y_moves {
            ctx.request_repaint();
        }
        Bounds { x, y }
    }

    /// Takes note of what the plot showed.
    pub(super) fn remember(&mut self, ctx: &Context, plot: Id, transform: &PlotTransform) {
        let was_chosen = self.is_chosen;
        self.is_chosen =
            PlotMemory::load(ctx, plot).is_some_and(|memory| !memory.auto_bounds.all());
        self.shown = Some((*transform.bounds()).into());
        if was_chosen && !self.is_chosen {
            ctx.request_repaint(); // the way back starts with the next frame
        }
    }

    /// Says how to see all data again, while a person has chosen otherwise.
    pub fn hint(&self, ui: &egui::Ui, painter: &Painter) {
        if self.is_chosen {
            let at = painter.clip_rect().left_bottom() + vec2(space::S, -space::XS);
            let color = theme::tokens_of(ui).text_dim;
            let text = "double-click to see all";
            note(ui, painter, at, Align2::LEFT_BOTTOM, text, color);
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
