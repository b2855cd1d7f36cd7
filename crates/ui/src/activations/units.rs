//! A number for each unit, as a strip of bars: its mean activation, or what it says in nats.

use egui::{Align2, Pos2, Role, Stroke, Ui, WidgetInfo, pos2};
use egui_plot::{Bar, BarChart, HLine, LineStyle, PlotTransform, PlotUi};

use crate::number;
use crate::plot::{Bounds, Chart, Interval, MakeTicks, Range, note, ticks};
use crate::theme;
use hourglass_protocol::ActivationView;

use super::histogram::{bar_color, tooltip};
use super::layer::LayerActivations;

/// What the bars show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bars {
    /// Mean activations.
    Means,
    /// Divergences from the prior, in nats.
    Kl,
}

impl Bars {
    /// A value for each unit.
    #[must_use]
    pub fn values(self, view: &ActivationView) -> &[f32] {
        match self {
            Self::Means => &view.unit_means,
            Self::Kl => view.unit_kl_nats.as_deref().unwrap_or_default(),
        }
    }

    /// What the vertical axis shows.
    #[must_use]
    pub fn title(self, layer: &LayerActivations<'_>) -> String {
        match (self, active_of(layer)) {
            (Self::Means, _) => "mean activation of each unit".to_owned(),
            (Self::Kl, None) => "KL of each unit, nats".to_owned(),
            (Self::Kl, Some(active)) => format!("KL of each unit, nats · {active} active"),
        }
    }

    fn summary(self, layer: &LayerActivations<'_>, n: usize, order: &str) -> String {
        match self {
            Self::Means => {
                let target = layer.target.map_or(String::new(), |target| {
                    format!(", target ρ = {}", number::setting(f64::from(target)))
                });
                format!("Mean activation of each of {n} units, {order}{target}")
            }
            Self::Kl => {
                let active = active_of(layer)
                    .map_or(String::new(), |active| format!("; {active} units active"));
                format!("KL of each of {n} units in nats, {order}{active}")
            }
        }
    }

    fn reading(self, value: f32) -> String {
        match self {
            Self::Means => format!("mean activation {value:.5}"),
            Self::Kl => format!("KL {value:.4} nats"),
        }
    }
}

/// `7 of 20`
fn active_of(layer: &LayerActivations<'_>) -> Option<String> {
    let active = layer.active_units?;
    Some(format!("{active} of {}", layer.view.unit_means.len()))
}

/// Draws the strip into the space there is; `order` says which unit stands where.
pub fn show(ui: &mut Ui, layer: &LayerActivations<'_>, bars: Bars, order: &[usize], sorted: bool) {
    let n = order.len();
    let values = bars.values(layer.view);
    let x_ticks: MakeTicks<'_> = if sorted {
        &|_, _, _| Vec::new()
    } else {
        &ticks::whole
    };
    let target = layer.target.filter(|_| bars == Bars::Means);
    let chart = Chart {
        id_salt: match bars {
            Bars::Means => "units",
            Bars::Kl => "unit KL",
        },
        x_titles: if sorted {
            &["units, sorted"]
        } else {
            &["unit"]
        },
        x_ticks,
        y_ticks: &ticks::linear,
        range: Range::Fixed(bounds(values, target, n)),
    };
    let tokens = theme::tokens_of(ui);
    let pixel = 1.0 / ui.pixels_per_point();
    let place_under = |pointer: Option<Pos2>, transform: &PlotTransform| {
        pointer.and_then(|at| place_at(transform, at, n))
    };
    let mean = layer.view.mean;
    let shown = chart.show(ui, |plot| {
        let hovered = place_under(plot.response().hover_pos(), plot.transform());
        let color = |place: usize| bar_color(tokens, hovered == Some(place));
        add_bars(plot, values, order, pixel, color);
        plot.hline(HLine::new("", 0.0).stroke(Stroke::new(1.0, tokens.border)));
        if bars == Bars::Means {
            plot.hline(HLine::new("", mean).stroke(Stroke::new(
                1.25 * theme::thickness(plot.ctx()),
                tokens.test,
            )));
        }
        if let Some(target) = target {
            let line = HLine::new("", target).stroke(Stroke::new(1.25, tokens.warning));
            plot.hline(line.style(LineStyle::Dashed { length: 9.0 }));
        }
    });
    let summary = bars.summary(layer, n, if sorted { "sorted" } else { "in order" });
    let info = || WidgetInfo::labeled(Role::Image, ui.is_enabled(), &summary);
    shown.response.widget_info(info);
    if let Some(target) = target {
        name_target(ui, &shown.transform, target);
    }
    let hovered = place_under(shown.response.hover_pos(), &shown.transform);
    if let Some(&unit) = hovered.and_then(|place| order.get(place)) {
        let value = values.get(unit).copied().unwrap_or_default();
        tooltip(ui, &shown.response, |ui| {
            ui.label(format!("unit {unit}"));
            ui.label(theme::dim(ui, bars.reading(value)));
            if let Some(target) = target {
                let target = number::setting(f64::from(target));
                ui.label(theme::dim(ui, format!("target ρ = {target}")));
            }
        });
    }
}

/// Writes above the line of ρ what it is.
fn name_target(ui: &Ui, transform: &PlotTransform, target: f32) {
    let frame = transform.frame();
    let y = transform.position_from_point_y(f64::from(target));
    let at = pos2(frame.right() - theme::space::XS, y - 1.0);
    let text = format!("ρ = {}", number::setting(f64::from(target)));
    let color = theme::tokens_of(ui).warning;
    let painter = ui.painter_at(*frame);
    note(ui, &painter, at, Align2::RIGHT_BOTTOM, &text, color);
}

/// All units side by side, from zero to a little beyond the largest value and the target.
fn bounds(values: &[f32], target: Option<f32>, n_units: usize) -> Bounds {
    /// Share of the axis that stays free beyond the longest bar.
    const MARGIN: f64 = 0.1;
    /// The same beyond the target, which has its name above it.
    const NAMED: f64 = 1.35;
    let x = Interval::new(-0.5, n_units as f64 - 0.5);
    let heights = values.iter().map(|&value| f64::from(value));
    let target = target.map(|target| NAMED * f64::from(target));
    let y = Interval::around(heights.chain(target).chain([0.0]));
    let y = y.unwrap_or(Interval::new(0.0, 1.0));
    let beyond = |is_used: bool| if is_used { MARGIN * y.length() } else { 0.0 };
    let y = Interval::new(y.min - beyond(y.min < 0.0), y.max + beyond(y.max > 0.0));
    Bounds { x, y }
}

/// Which bar is at a place of the screen.
fn place_at(transform: &PlotTransform, at: Pos2, n_units: usize) -> Option<usize> {
    let place = transform.value_from_position(at).x;
    let place = (place + 0.5).max(0.0) as usize;
    (place < n_units).then_some(place)
}

/// Bars with a little room between neighbours, where they are wide enough to spare it.
fn add_bars(
    plot: &mut PlotUi<'_>,
    values: &[f32],
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
        let value = f64::from(*values.get(unit)?);
        // A unit that is off still shows that it is there.
        let least = pixel * y_point;
        let height = if value.abs() < least { least } else { value };
        let bar = Bar::new(place as f64, height)
            .width(1.0 - gap * x_point)
            .fill(color(place))
            .stroke(Stroke::NONE);
        Some(bar)
    });
    plot.bar_chart(BarChart::new("", bars.collect()));
}
