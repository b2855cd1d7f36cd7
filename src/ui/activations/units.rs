//! The mean activation of each unit, as a strip of bars.

use egui::{Pos2, Role, Stroke, Ui, WidgetInfo};
use egui_plot::{Bar, BarChart, HLine, PlotTransform, PlotUi};

use crate::protocol::ActivationView;
use crate::ui::plot::{Bounds, Chart, Interval, MakeTicks, Range, ticks};
use crate::ui::theme;

use super::histogram::{bar_color, tooltip};

/// Draws the strip into the space there is; `order` says which unit stands where.
pub fn show(ui: &mut Ui, view: &ActivationView, order: &[usize], sorted: bool) {
    let n = order.len();
    let x_ticks: MakeTicks<'_> = if sorted {
        &|_, _, _| Vec::new()
    } else {
        &ticks::whole
    };
    let chart = Chart {
        id_salt: "units",
        x_titles: if sorted {
            &["units, sorted"]
        } else {
            &["unit"]
        },
        x_ticks,
        y_ticks: &ticks::linear,
        range: Range::Fixed(bounds(view, n)),
    };
    let tokens = theme::tokens_of(ui);
    let pixel = 1.0 / ui.pixels_per_point();
    let place_under = |pointer: Option<Pos2>, transform: &PlotTransform| {
        pointer.and_then(|at| place_at(transform, at, n))
    };
    let shown = chart.show(ui, |plot| {
        let hovered = place_under(plot.response().hover_pos(), plot.transform());
        let color = |place: usize| bar_color(tokens, hovered == Some(place));
        add_bars(plot, view, order, pixel, color);
        plot.hline(HLine::new("", 0.0).stroke(Stroke::new(1.0, tokens.border)));
        plot.hline(HLine::new("", view.mean).stroke(Stroke::new(1.25, tokens.test)));
    });
    shown.response.widget_info(|| {
        let order = if sorted { "sorted" } else { "in order" };
        let label = format!("Mean activation of each of {n} units, {order}");
        WidgetInfo::labeled(Role::Image, ui.is_enabled(), label)
    });
    let hovered = place_under(shown.response.hover_pos(), &shown.transform);
    if let Some(&unit) = hovered.and_then(|place| order.get(place)) {
        let mean = view.unit_means.get(unit).copied().unwrap_or_default();
        tooltip(ui, &shown.response, |ui| {
            ui.label(format!("unit {unit}"));
            ui.label(theme::dim(ui, format!("mean activation {mean:.5}")));
        });
    }
}

/// All units side by side, from zero to a little beyond the largest mean.
fn bounds(view: &ActivationView, n_units: usize) -> Bounds {
    /// Share of the axis that stays free beyond the longest bar.
    const MARGIN: f64 = 0.1;
    #[expect(clippy::cast_precision_loss, reason = "at most 2048 units")]
    let x = Interval::new(-0.5, n_units as f64 - 0.5);
    let means = view.unit_means.iter().map(|&mean| f64::from(mean));
    let y = Interval::around(means.chain([0.0])).unwrap_or(Interval::new(0.0, 1.0));
    let beyond = |is_used: bool| if is_used { MARGIN * y.length() } else { 0.0 };
    let y = Interval::new(y.min - beyond(y.min < 0.0), y.max + beyond(y.max > 0.0));
    Bounds { x, y }
}

/// Which bar is at a place of the screen.
fn place_at(transform: &PlotTransform, at: Pos2, n_units: usize) -> Option<usize> {
    let place = transform.value_from_position(at).x;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the pointer is over the strip; the cast saturates"
    )]
    let place = (place + 0.5).max(0.0) as usize;
    (place < n_units).then_some(place)
}

/// Bars with a little room between neighbours, where they are wide enough to spare it.
fn add_bars(
    plot: &mut PlotUi<'_>,
    view: &ActivationView,
    order: &[usize],
    pixel: f32,
    color: impl Fn(usize) -> egui::Color32,
) {
    let [x_point, y_point] = plot.transform().dvalue_dpos().map(f64::abs);
    let pixel = f64::from(pixel);
    let width = 1.0 / x_point; // of a unit, in points
    let gap = if width > 4.0 * pixel {
        (0.2 * width).clamp(pixel, 4.0)
    } else {
        0.0
    };
    let places = order.iter().enumerate();
    let bars = places.filter_map(|(place, &unit)| {
        let mean = f64::from(*view.unit_means.get(unit)?);
        // A unit that is off still shows that it is there.
        let least = pixel * y_point;
        let height = if mean.abs() < least { least } else { mean };
        #[expect(clippy::cast_precision_loss, reason = "at most 2048 units")]
        let bar = Bar::new(place as f64, height)
            .width(1.0 - gap * x_point)
            .fill(color(place))
            .stroke(Stroke::NONE);
        Some(bar)
    });
    plot.bar_chart(BarChart::new("", bars.collect()));
}
