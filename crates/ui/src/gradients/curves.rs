//! Norms of gradients and sizes of updates, over epochs.

use egui::{
    Label, PopupAnchor, Rect, Response, Role, Sense, Tooltip, Ui, UiBuilder, Vec2, WidgetInfo, vec2,
};
use egui_plot::{PlotPoint, PlotTransform};

use super::lines::{self, Figure, GradientLine};
use super::paint::{self, MARK_WIDTH};
use crate::legend::{self, Entry};
use crate::loss::marks;
use crate::number::three_digits;
use crate::plot::{Chart, Follow, MakeTicks, Range, RunAxis, View, ticks};
use crate::theme::{self, space};
use hourglass_experiment::network::Place;
use hourglass_state::{LayerGradients, RunState};

/// Narrower than this, plots stand one above the other, in points.
const LEAST_WIDTH: f32 = 180.0;

/// Whether a step was measured.
pub fn has_any(run: &RunState) -> bool {
    run.gradients.layers().any(|layer| !layer.norms.is_empty())
}

/// Shows the legend and both plots.
pub fn show(
    ui: &mut Ui,
    run: &RunState,
    hidden: &mut Vec<Place>,
    views: &mut [View; Figure::ALL.len()],
) {
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = legend::HEIGHT;
        legend_line(ui, run, hidden);
    });
    let rects = halves(ui);
    for ((figure, view), rect) in Figure::ALL.into_iter().zip(views).zip(rects) {
        let builder = UiBuilder::new().id_salt(figure.title()).max_rect(rect);
        let mut half = ui.new_child(builder);
        plot(&mut half, run, figure, hidden, view);
    }
}

/// Room for two plots: side by side, or one above the other where that is too narrow.
fn halves(ui: &mut Ui) -> [Rect; 2] {
    let room = ui.available_rect_before_wrap();
    ui.advance_cursor_after_rect(room);
    let half = 0.5 * space::GAP;
    if room.width() >= 2.0 * LEAST_WIDTH && room.width() > room.height() {
        let (a, b) = room.split_left_right_at_fraction(0.5);
        let gap = vec2(half, 0.0);
        [
            Rect::from_min_max(a.min, a.max - gap),
            Rect::from_min_max(b.min + gap, b.max),
        ]
    } else {
        let (a, b) = room.split_top_bottom_at_fraction(0.5);
        let gap = vec2(0.0, half);
        [
            Rect::from_min_max(a.min, a.max - gap),
            Rect::from_min_max(b.min + gap, b.max),
        ]
    }
}

/// An entry for each layer with weights, which shows and hides its lines.
fn legend_line(ui: &mut Ui, run: &RunState, hidden: &mut Vec<Place>) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        let layers = run.gradients.layers().enumerate();
        for (idx, layer) in layers.filter(|(_, layer)| !layer.norms.is_empty()) {
            let label = layer.layer.label();
            let place = hidden.iter().position(|place| *place == layer.layer);
            let entry = Entry {
                name: &format!("show {label}"),
                text: &label,
                figure: "",
                on: place.is_none(),
                mark_width: MARK_WIDTH,
            };
            let color = paint::color(ui, idx);
            let response = entry.show(ui, |painter, mark, opacity| {
                paint::swatch(painter, mark, layer.layer, theme::faint(color, opacity));
            });
            let help = "Shows or hides the lines of this layer's weights. Lines of the encoder are solid, those of the \
                        decoder dashed";
            if response.on_hover_text(help).clicked() {
                match place {
                    Some(at) => {
                        hidden.swap_remove(at);
                    }
                    None => hidden.push(layer.layer),
                }
            }
        }
    });
}

fn plot(ui: &mut Ui, run: &RunState, figure: Figure, hidden: &[Place], view: &mut View) {
    ui.spacing_mut().item_spacing.y = 2.0;
    let title = theme::dim(ui, figure.title());
    ui.add(Label::new(title).truncate().sense(Sense::hover()))
        .on_hover_text(figure.help());
    let lines = lines::of(run, figure, hidden);
    let tokens = theme::tokens_of(ui);
    let dark = ui.visuals().dark_mode;
    let fit = lines::fit(&lines, figure);
    let axis = RunAxis::of(run, fit.x);
    let x_ticks: MakeTicks<'_> = &|epochs, length, label| axis.ticks(epochs, length, label);
    let chart = Chart {
        id_salt: figure.title(),
        x_titles: axis.titles(),
        x_ticks,
        y_ticks: &ticks::log10,
        range: Range::Free {
            fit,
            view,
            follow: Follow {
                x_secs: 0.0,
                y_secs: 0.15,
            },
            equal_units: false,
        },
    };
    let drawn = chart.show(ui, |plot| {
        marks::settings(plot, tokens, run.history.marks());
        marks::stages(plot, tokens, run);
        if figure == Figure::Ratio {
            paint::usual(plot, tokens);
        }
        paint::lines(plot, dark, &lines);
        marks::moment(plot, tokens, run);
    });
    let summary = summary(run, figure);
    let info = || WidgetInfo::labeled(Role::Image, ui.is_enabled(), &summary);
    drawn.response.widget_info(info);
    let painter = ui.painter_at(*drawn.transform.frame());
    if figure == Figure::Ratio {
        paint::usual_name(ui, &painter, &drawn.transform);
    }
    marks::moment_name(ui, &painter, run, &drawn.transform);
    view.hint(ui, &painter);
    tooltip(ui, &drawn.response, &lines, &drawn.transform, axis);
}

/// The newest values in words: `Gradient norm at epoch 2.00: encoder 1 0.0123, code 0.00456`.
fn summary(run: &RunState, figure: Figure) -> String {
    let layers = run.gradients.layers();
    let newest: Vec<(&LayerGradients, [f64; 2])> = layers
        .filter_map(|layer| Some((layer, figure.series(layer).last()?)))
        .collect();
    let epoch = newest
        .iter()
        .map(|(_, [epoch, _])| *epoch)
        .fold(0.0, f64::max);
    let values = newest
        .into_iter()
        .map(|(layer, [_, value])| format!("{} {}", layer.layer.label(), three_digits(value)));
    let values: Vec<String> = values.collect();
    let what = match figure {
        Figure::Norm => "Gradient norm",
        Figure::Ratio => "Update ratio",
    };
    format!("{what} at epoch {epoch:.2}: {}", values.join(", "))
}

/// Shows every line's value at the pointer, the nearest line's in strong text.
fn tooltip(
    ui: &Ui,
    response: &Response,
    lines: &[GradientLine],
    transform: &PlotTransform,
    axis: RunAxis,
) {
    let Some(pointer) = response.hover_pos().filter(|_| !response.dragged()) else {
        return;
    };
    let epoch = transform.value_from_position(pointer).x;
    let readings: Vec<(&GradientLine, PlotPoint)> = lines
        .iter()
        .filter_map(|line| Some((line, nearest(&line.points, epoch)?)))
        .collect();
    let distance = |point: &PlotPoint| (transform.position_from_point_y(point.y) - pointer.y).abs();
    let strong = readings
        .iter()
        .map(|(_, point)| distance(point))
        .enumerate()
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(idx, _)| idx);
    if readings.is_empty() {
        return;
    }
    Tooltip::always_open(
        ui.ctx().clone(),
        ui.layer_id(),
        response.id,
        PopupAnchor::Pointer,
    )
    .gap(14.0)
    .show(|ui| {
        ui.label(theme::dim(ui, axis.words(epoch)));
        egui::Grid::new("readings")
            .num_columns(3)
            .spacing(vec2(space::S, 2.0))
            .min_row_height(0.0)
            .min_col_width(0.0)
            .show(ui, |ui| {
                for (idx, (line, point)) in readings.iter().enumerate() {
                    let height = ui.text_style_height(&theme::text::BODY);
                    let (mark, _) =
                        ui.allocate_exact_size(vec2(MARK_WIDTH, height), Sense::hover());
                    paint::swatch(ui.painter(), mark, line.place, paint::color(ui, line.idx));
                    let value = three_digits(10_f64.powf(point.y));
                    if strong == Some(idx) {
                        ui.label(theme::title(ui, line.label.as_str()));
                        ui.label(theme::figure(ui, value));
                    } else {
                        let dim = theme::tokens_of(ui).text_dim;
                        ui.label(egui::RichText::new(&line.label).color(dim));
                        ui.label(theme::figure(ui, value).color(dim));
                    }
                    ui.end_row();
                }
            });
    });
}

/// The point nearest to an epoch; points rise in it.
fn nearest(points: &[PlotPoint], epoch: f64) -> Option<PlotPoint> {
    let after = points.partition_point(|point| point.x < epoch);
    let candidates = [after.checked_sub(1), Some(after)];
    let found = candidates
        .into_iter()
        .flatten()
        .filter_map(|idx| points.get(idx));
    found
        .min_by(|a, b| (a.x - epoch).abs().total_cmp(&(b.x - epoch).abs()))
        .copied()
}
