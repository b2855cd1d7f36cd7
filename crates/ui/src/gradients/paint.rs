//! The lines of the layers as items of a plot, and their marks.

use egui::{Align2, Color32, Painter, Rect, Shape, Stroke, Ui, pos2};
use egui_plot::{HLine, Line, LineStyle, PlotPoint, PlotPoints, PlotTransform, PlotUi, Points};

use super::lines::{Figure, GradientLine};
use crate::plot::{envelope, note};
use crate::theme::{self, Tokens};
use hourglass_experiment::LayerName;
use hourglass_experiment::network::Place;

/// Width of the piece of line that stands for a layer, in points.
pub const MARK_WIDTH: f32 = 16.0;

/// Lines of up to this many points show each of them.
const MAX_DOTS: usize = 40;

/// Width of a line, in points.
const WIDTH: f32 = 1.5;

/// Length of the decoder's dashes, in points.
const DASH: f32 = 5.0;

/// The colour of a layer, by its place among them.
pub fn color(ui: &Ui, idx: usize) -> Color32 {
    color_of(ui.visuals().dark_mode, idx)
}

fn color_of(dark: bool, idx: usize) -> Color32 {
    theme::class_color(dark, u8::try_from(idx % 10).unwrap_or(0))
}

fn is_dashed(layer: Place) -> bool {
    matches!(layer, Place::Layer(LayerName::Decoder(_)) | Place::Output)
}

/// Draws a piece of a layer's line across the middle of a mark.
pub fn swatch(painter: &Painter, mark: Rect, layer: Place, color: Color32) {
    let ends = [mark.left_center(), mark.right_center()];
    let stroke = Stroke::new(2.0, color);
    if is_dashed(layer) {
        painter.extend(Shape::dashed_line(&ends, stroke, DASH, 0.5 * DASH));
    } else {
        painter.line_segment(ends, stroke);
    }
}

/// Adds the lines, the output's at the bottom.
pub fn lines<'a>(plot: &mut PlotUi<'a>, dark: bool, lines: &'a [GradientLine]) {
    let thick = theme::thickness(plot.ctx());
    let columns_per_x = plot.transform().dpos_dvalue_x().abs();
    for layer in lines.iter().rev() {
        let color = color_of(dark, layer.idx);
        let style = if is_dashed(layer.place) {
            LineStyle::Dashed { length: DASH }
        } else {
            LineStyle::Solid
        };
        for piece in pieces(&layer.points) {
            let points = envelope(piece, columns_per_x).into_owned();
            let line = Line::new("", PlotPoints::Owned(points)).color(color);
            plot.line(line.width(thick * WIDTH).style(style));
        }
        if layer.points.len() <= MAX_DOTS {
            let dots = Points::new("", PlotPoints::Borrowed(&layer.points));
            plot.points(dots.radius(1.8 * thick).color(color));
        }
    }
}

/// The stretches of a line between which its layer was not trained: it is measured several times an epoch while it is.
fn pieces(points: &[PlotPoint]) -> impl Iterator<Item = &[PlotPoint]> {
    /// Least gap, in epochs and as a share of the whole line, of which a long one has fewer points.
    const LEAST: f64 = 1.0;
    const LEAST_SHARE: f64 = 0.005;
    let ends = points.first().zip(points.last());
    let span = ends.map_or(0.0, |(first, last)| last.x - first.x);
    let gap = (LEAST_SHARE * span).max(LEAST);
    points.chunk_by(move |a, b| b.x - a.x <= gap)
}

/// Adds a line at the usual size of an update.
pub fn usual(plot: &mut PlotUi<'_>, tokens: &Tokens) {
    let thick = theme::thickness(plot.ctx());
    let line = HLine::new("", Figure::USUAL_RATIO.log10());
    let line = line.stroke(Stroke::new(thick, tokens.text_dim));
    plot.hline(line.style(LineStyle::Dashed { length: 9.0 }));
}

/// Writes beside that line what it is.
pub fn usual_name(ui: &Ui, painter: &Painter, transform: &PlotTransform) {
    let frame = transform.frame();
    let y = transform.position_from_point_y(Figure::USUAL_RATIO.log10());
    if frame.y_range().contains(y) {
        let at = pos2(frame.left() + theme::space::XS, y + 1.0); // most lines come down to it
        let color = theme::tokens_of(ui).text_dim;
        note(ui, painter, at, Align2::LEFT_TOP, "usual", color);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_broken_where_its_layer_was_not_trained() {
        let epochs = [0.0, 0.1, 1.0, 2.0, 8.1, 8.2];
        let points = epochs.map(|epoch| PlotPoint::new(epoch, -3.0));
        let lengths: Vec<usize> = pieces(&points).map(<[PlotPoint]>::len).collect();
        assert_eq!(lengths, [4, 2]);
        assert_eq!(pieces(&[]).count(), 0);
    }
}
