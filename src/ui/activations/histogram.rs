//! The histogram of a layer's activations.

use egui::{PopupAnchor, Rect, Role, Sense, Shape, Stroke, Tooltip, Ui, WidgetInfo, pos2, vec2};

use crate::protocol::{ActivationView, Histogram};
use crate::ui::number;
use crate::ui::plot::{Axis, Bounds, Frame, Interval, Tick, Transform, note, ticks};
use crate::ui::theme::{self, Tokens};

use super::CountScale;

/// An activation nearer to zero than this counts as off (the same bound as everywhere in the program).
const NEAR_ZERO: f64 = 0.01;

/// Draws the histogram into `outer`.
pub fn show(ui: &mut Ui, outer: Rect, view: &ActivationView, scale: CountScale) -> Frame {
    let frame = Frame::new(ui, outer);
    let transform = Transform {
        rect: frame.data,
        bounds: bounds(&view.histogram, scale),
    };
    let response = ui.interact(frame.data, ui.scope_id().with("histogram"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, ui.is_enabled(), summary(view)));

    let [across, up] = Frame::label_points(ui);
    let x = Axis {
        title: &format!("activation of {}", view.layer.label()),
        ticks: ticks::linear(transform.bounds.x, frame.data.width(), across),
    };
    let y = Axis {
        title: "share of activations",
        ticks: count_ticks(&transform, scale, view.histogram.total(), up),
    };
    frame.paint(ui, &transform, &x, &y);

    let tokens = theme::tokens_of(ui);
    let painter = ui.painter_at(frame.data);
    near_zero_band(&painter, &transform, near_zero_color(tokens));
    let hovered = response.hover_pos().and_then(|at| {
        let [value, _] = transform.plot_from_screen(at);
        bin_at(&view.histogram, value)
    });
    bars(&painter, &transform, &view.histogram, scale, |bin| {
        if hovered == Some(bin) {
            tokens.accent
        } else {
            theme::faint(tokens.accent, 0.6)
        }
    });
    mean_line(ui, &painter, &transform, view.mean);
    if let Some(bin) = hovered {
        Tooltip::always_open(
            ui.ctx().clone(),
            ui.layer_id(),
            response.id,
            PopupAnchor::Pointer,
        )
        .gap(12.0)
        .show(|ui| bin_text(ui, &view.histogram, bin));
    }
    frame
}

fn bin_text(ui: &mut Ui, histogram: &Histogram, bin: usize) {
    let [left, right] = [0, 1].map(|side| edge(histogram, bin + side));
    let count = u64::from(histogram.counts[bin]);
    #[expect(clippy::cast_precision_loss, reason = "a share")]
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
    #[expect(clippy::cast_precision_loss, reason = "few bins")]
    let offset = bin as f64 * f64::from(histogram.bin_width);
    f64::from(histogram.start) + offset
}

/// The bin that holds a value.
fn bin_at(histogram: &Histogram, value: f64) -> Option<usize> {
    let offset = (value - f64::from(histogram.start)) / f64::from(histogram.bin_width);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked before and after"
    )]
    let bin = (offset >= 0.0).then_some(offset as usize)?;
    (bin < histogram.counts.len()).then_some(bin)
}

/// Ticks in shares of all activations; on a logarithmic axis, in powers of ten.
fn count_ticks(
    transform: &Transform,
    scale: CountScale,
    total: u64,
    label_points: f32,
) -> Vec<Tick> {
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    let total = total.max(1) as f64;
    let length = transform.rect.height();
    match scale {
        CountScale::Linear => {
            let shares = Interval::new(0.0, transform.bounds.y.max / total * 100.0);
            ticks::linear(shares, length, label_points)
                .into_iter()
                .map(|tick| Tick {
                    at: tick.at / 100.0 * total,
                    label: tick.label.map(|label| format!("{label} %")),
                })
                .collect()
        }
        CountScale::Log => share_decades(length, transform.bounds.y.max, total, label_points),
    }
}

/// Decades of the share of all activations, where the height is log₁₀(1 + count).
fn share_decades(length_points: f32, highest: f64, total: f64, label_points: f32) -> Vec<Tick> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few decades; the cast saturates"
    )]
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

fn bars(
    painter: &egui::Painter,
    transform: &Transform,
    histogram: &Histogram,
    scale: CountScale,
    color: impl Fn(usize) -> egui::Color32,
) {
    let base = transform.rect.bottom();
    let pixel = 1.0 / painter.pixels_per_point();
    let mut mesh = egui::Mesh::default();
    for (bin, &count) in histogram.counts.iter().enumerate() {
        if count == 0 {
            continue;
        }
        let left = transform.screen_x(edge(histogram, bin));
        let right = transform.screen_x(edge(histogram, bin + 1));
        // A pixel between neighbours, where bars are wide enough to spare it.
        let gap = if right - left > 4.0 * pixel {
            pixel
        } else {
            0.0
        };
        let top = transform.screen_y(scale.height(count)).min(base - pixel);
        let bar = Rect::from_min_max(pos2(left, top), pos2(right - gap, base));
        mesh.add_colored_rect(bar, color(bin));
    }
    painter.add(Shape::mesh(mesh));
}

/// The colour of what counts as near zero.
#[must_use]
pub fn near_zero_color(tokens: &Tokens) -> egui::Color32 {
    theme::faint(tokens.warning, 0.3)
}

fn near_zero_band(painter: &egui::Painter, transform: &Transform, color: egui::Color32) {
    let [left, right] = [-NEAR_ZERO, NEAR_ZERO].map(|value| transform.screen_x(value));
    let band = Rect::from_min_max(
        pos2(left.min(right - 2.0), transform.rect.top()),
        pos2(right, transform.rect.bottom()),
    );
    painter.rect_filled(band, 0.0, color);
}

fn mean_line(ui: &Ui, painter: &egui::Painter, transform: &Transform, mean: f32) {
    let tokens = theme::tokens_of(ui);
    let x = painter.round_to_pixel_center(transform.screen_x(f64::from(mean)));
    painter.vline(x, transform.rect.y_range(), Stroke::new(1.5, tokens.test));
    let is_right = x > transform.rect.center().x;
    let (offset, anchor) = if is_right {
        (vec2(-5.0, 3.0), egui::Align2::RIGHT_TOP)
    } else {
        (vec2(5.0, 3.0), egui::Align2::LEFT_TOP)
    };
    let at = pos2(x, transform.rect.top()) + offset;
    note(ui, painter, at, anchor, "mean", tokens.test);
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
