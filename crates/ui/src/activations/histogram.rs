//! The histogram of a layer's activations.

use egui::{
    Align2, Color32, PopupAnchor, Rect, Response, Role, Stroke, Tooltip, Ui, WidgetInfo, vec2,
};
use egui_plot::{Bar, BarChart, PlotTransform, PlotUi, Span, VLine};

use crate::number;
use crate::plot::{Bounds, Chart, Interval, Range, Tick, note, ticks};
use crate::theme::{self, Tokens};
use hourglass_protocol::{ActivationView, Histogram};

/// An activation nearer to zero than this counts as off (the same bound as everywhere in the program).
const NEAR_ZERO: f64 = 0.01;

/// Draws the histogram into the space there is.
pub fn show(ui: &mut Ui, view: &ActivationView, scale: CountScale) {
    let histogram = &view.histogram;
    let bounds = bounds(histogram, scale);
    let y_ticks = |heights: Interval, length_points: f32, label_points: f32| {
        let total = histogram.total();
        count_ticks(heights, length_points, label_points, scale, total)
    };
    let x_title = format!("activation of {}", view.layer.label());
    let chart = Chart {
        id_salt: "histogram",
        x_titles: &[&x_title, "activation"],
        x_ticks: &ticks::linear,
        y_ticks: &y_ticks,
        range: Range::Fixed(bounds),
    };
    let tokens = theme::tokens_of(ui);
    let pixel = 1.0 / ui.pixels_per_point();
    let shown = chart.show(ui, |plot| {
        plot.span(near_zero_band(plot.transform(), near_zero_color(tokens)));
        let hovered = hovered_bin(plot.response(), plot.transform(), histogram);
        let color = |bin: usize| bar_color(tokens, hovered == Some(bin));
        add_bars(plot, histogram, scale, pixel, color);
        let mean = VLine::new("", view.mean)
            .stroke(Stroke::new(1.5 * theme::thickness(plot.ctx()), tokens.test));
        plot.vline(mean);
    });
    let info = || WidgetInfo::labeled(Role::Image, ui.is_enabled(), summary(view));
    shown.response.widget_info(info);

    name_mean(ui, &shown.transform, view.mean);
    if let Some(bin) = hovered_bin(&shown.response, &shown.transform, histogram) {
        tooltip(ui, &shown.response, |ui| bin_text(ui, histogram, bin));
    }
}

/// Shows what is under the pointer.
pub fn tooltip(ui: &Ui, response: &Response, contents: impl FnOnce(&mut Ui)) {
    let (ctx, layer) = (ui.ctx().clone(), ui.layer_id());
    Tooltip::always_open(ctx, layer, response.id, PopupAnchor::Pointer)
        .gap(12.0)
        .show(contents);
}

/// The colour of a bar.
#[must_use]
pub fn bar_color(tokens: &Tokens, is_hovered: bool) -> Color32 {
    let opacity = if is_hovered { 1.0 } else { 0.6 };
    theme::faint(tokens.accent, opacity)
}

fn hovered_bin(
    response: &Response,
    transform: &PlotTransform,
    histogram: &Histogram,
) -> Option<usize> {
    let at = response.hover_pos()?;
    bin_at(histogram, transform.value_from_position(at).x)
}

fn bin_text(ui: &mut Ui, histogram: &Histogram, bin: usize) {
    let [left, right] = [0, 1].map(|side| edge(histogram, bin + side));
    let count = u64::from(histogram.counts[bin]);
    let share = count as f64 / histogram.total().max(1) as f64;
    ui.label(format!("h from {left:.3} to {right:.3}"));
    ui.label(theme::dim(
        ui,
        format!(
            "{} activations, {}",
            number::count(count),
            number::percent(share)
        ),
    ));
}

/// All bins, from zero to a little above the highest bar.
fn bounds(histogram: &Histogram, scale: CountScale) -> Bounds {
    let highest = histogram.counts.iter().copied().max().unwrap_or(0);
    let x = Interval::new(edge(histogram, 0), edge(histogram, histogram.counts.len()));
    // A margin so that the bar at the edge, often the one at zero, is seen whole.
    let x = x.padded(0.015);
    let top = scale.height(highest.max(1)) * 1.06;
    Bounds {
        x,
        y: Interval::new(0.0, top.max(1e-9)),
    }
}

/// The left edge of a bin.
fn edge(histogram: &Histogram, bin: usize) -> f64 {
    let offset = bin as f64 * f64::from(histogram.bin_width);
    f64::from(histogram.start) + offset
}

/// The bin that holds a value.
fn bin_at(histogram: &Histogram, value: f64) -> Option<usize> {
    let offset = (value - f64::from(histogram.start)) / f64::from(histogram.bin_width);
    let bin = (offset >= 0.0).then_some(offset as usize)?;
    (bin < histogram.counts.len()).then_some(bin)
}

/// Ticks in shares of all activations; on a logarithmic axis, in powers of ten.
fn count_ticks(
    heights: Interval,
    length_points: f32,
    label_points: f32,
    scale: CountScale,
    total: u64,
) -> Vec<Tick> {
    let total = total.max(1) as f64;
    match scale {
        CountScale::Linear => {
            let shares = Interval::new(0.0, heights.max / total * 100.0);
            ticks::linear(shares, length_points, label_points)
                .into_iter()
                .map(|tick| Tick {
                    at: tick.at / 100.0 * total,
                    label: tick.label.map(|label| format!("{label} %")),
                })
                .collect()
        }
        CountScale::Log => share_decades(length_points, heights.max, total, label_points),
    }
}

/// Decades of the share of all activations, where the height is log₁₀(1 + count).
fn share_decades(length_points: f32, highest: f64, total: f64, label_points: f32) -> Vec<Tick> {
    let every = (f64::from(label_points) * highest / f64::from(length_points)).ceil() as usize;
    let shares = (0_i32..)
        .map(|idx| -idx)
        .take_while(|exponent| 10_f64.powi(*exponent) * total >= 1.0);
    let ticks = shares.enumerate().map(|(idx, exponent)| {
        let percent = 10_f64.powi(exponent + 2);
        let decimals = usize::try_from(-exponent - 2).unwrap_or(0);
        Tick {
            at: (1.0 + 10_f64.powi(exponent) * total).log10(),
            label: idx
                .is_multiple_of(every.max(1))
                .then(|| format!("{percent:.decimals$} %")),
        }
    });
    ticks.filter(|tick| tick.at <= highest).collect()
}

/// Bars with a pixel between neighbours, where they are wide enough to spare it.
fn add_bars(
    plot: &mut PlotUi<'_>,
    histogram: &Histogram,
    scale: CountScale,
    pixel: f32,
    color: impl Fn(usize) -> Color32,
) {
    let [x_pixel, y_pixel] = plot
        .transform()
        .dvalue_dpos()
        .map(|per_point| per_point.abs() * f64::from(pixel));
    let bin_width = f64::from(histogram.bin_width);
    let gap = if bin_width > 4.0 * x_pixel {
        x_pixel
    } else {
        0.0
    };
    let counts = histogram.counts.iter().enumerate();
    let bars = counts
        .filter(|(_, count)| **count > 0)
        .map(|(bin, &count)| {
            let middle = edge(histogram, bin) + (bin_width - gap) / 2.0;
            // A single count shows too.
            Bar::new(middle, scale.height(count).max(y_pixel))
                .width(bin_width - gap)
                .fill(color(bin))
                .stroke(Stroke::NONE)
        });
    plot.bar_chart(BarChart::new("", bars.collect()));
}

/// The colour of what counts as near zero.
#[must_use]
pub fn near_zero_color(tokens: &Tokens) -> Color32 {
    theme::faint(tokens.warning, 0.3)
}

/// At least two points wide.
fn near_zero_band(transform: &PlotTransform, color: Color32) -> Span {
    let two_points = 2.0 * transform.dvalue_dpos()[0];
    let band = (-NEAR_ZERO).min(NEAR_ZERO - two_points)..=NEAR_ZERO;
    Span::new("", band)
        .fill(color)
        .border(Stroke::new(0.0, color))
}

/// Writes beside the line of the mean what it is.
fn name_mean(ui: &Ui, transform: &PlotTransform, mean: f32) {
    let tokens = theme::tokens_of(ui);
    let frame: Rect = *transform.frame();
    let x = transform.position_from_point_x(f64::from(mean));
    let (offset, anchor) = if x > frame.center().x {
        (vec2(-5.0, 3.0), Align2::RIGHT_TOP)
    } else {
        (vec2(5.0, 3.0), Align2::LEFT_TOP)
    };
    let at = egui::pos2(x, frame.top()) + offset;
    note(ui, &ui.painter_at(frame), at, anchor, "mean", tokens.test);
}

fn summary(view: &ActivationView) -> String {
    format!(
        "Histogram of {}: mean activation {:.4}, {} near zero, {} of {} units dead, {} images",
        view.layer.label(),
        view.mean,
        number::percent(f64::from(view.near_zero_fraction)),
        view.dead_units,
        view.unit_means.len(),
        number::count_of(view.n_samples),
    )
}

/// How counts become heights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) enum CountScale {
    /// As they are.
    #[default]
    Linear,
    /// As log₁₀(1 + count): the tails show, and an empty bin is at zero.
    Log,
}

impl CountScale {
    pub fn height(self, count: u32) -> f64 {
        match self {
            Self::Linear => f64::from(count),
            Self::Log => (1.0 + f64::from(count)).log10(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decades_of_shares_stand_where_their_counts_do() {
        let ticks = share_decades(200.0, 4.0, 1000.0, 20.0);
        let labels: Vec<_> = ticks
            .iter()
            .filter_map(|tick| tick.label.as_deref())
            .collect();
        assert_eq!(labels, ["100 %", "10 %", "1 %", "0.1 %"]);
        assert!((ticks[2].at - CountScale::Log.height(10)).abs() < 1e-12);
    }

    #[test]
    fn a_value_is_found_in_its_bin() {
        let histogram = Histogram {
            start: -1.0,
            bin_width: 0.5,
            counts: vec![1, 2, 3, 4],
        };
        let bins = [-1.1, -1.0, -0.6, 0.0, 0.99, 1.0].map(|value| bin_at(&histogram, value));
        assert_eq!(bins, [None, Some(0), Some(0), Some(2), Some(3), None]);
    }
}
