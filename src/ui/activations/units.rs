//! The mean activation of each unit, as a strip of bars.

use egui::{
    Mesh, PopupAnchor, Pos2, Rect, Role, Sense, Shape, Stroke, Tooltip, Ui, WidgetInfo, pos2,
};

use crate::protocol::ActivationView;
use crate::ui::plot::{Axis, Bounds, Frame, Interval, Transform, ticks};
use crate::ui::theme;

/// Draws the strip into `outer`; `order` says which unit stands where.
pub fn show(
    ui: &mut Ui,
    outer: Rect,
    view: &ActivationView,
    order: &[usize],
    sorted: bool,
) -> Frame {
    let n = order.len();
    let frame = Frame::new(ui, outer);
    let bounds = bounds(view, n);
    let transform = Transform {
        rect: frame.data,
        bounds,
    };
    let response = ui.interact(frame.data, ui.scope_id().with("units"), Sense::hover());
    response.widget_info(|| {
        let order = if sorted { "sorted" } else { "in order" };
        let label = format!("Mean activation of each of {n} units, {order}");
        WidgetInfo::labeled(Role::Image, ui.is_enabled(), label)
    });
    let [across, up] = Frame::label_points(ui);
    let x_axis = Axis {
        title: if sorted { "units, sorted" } else { "unit" },
        ticks: if sorted {
            Vec::new()
        } else {
            ticks::whole(bounds.x, frame.data.width(), across)
        },
    };
    let y_axis = Axis {
        title: "mean activation of each unit",
        ticks: ticks::linear(bounds.y, frame.data.height(), up),
    };
    frame.paint(ui, &transform, &x_axis, &y_axis);
    let hovered = response
        .hover_pos()
        .and_then(|at| place_at(&transform, at, n));
    paint(ui, &transform, view, order, hovered);
    if let Some(&unit) = hovered.and_then(|place| order.get(place)) {
        let mean = view.unit_means.get(unit).copied().unwrap_or_default();
        Tooltip::always_open(
            ui.ctx().clone(),
            ui.layer_id(),
            response.id,
            PopupAnchor::Pointer,
        )
        .gap(12.0)
        .show(|ui| {
            ui.label(format!("unit {unit}"));
            ui.label(theme::dim(ui, format!("mean activation {mean:.5}")));
        });
    }
    frame
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
fn place_at(transform: &Transform, at: Pos2, n_units: usize) -> Option<usize> {
    let [place, _] = transform.plot_from_screen(at);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the pointer is over the strip; the cast saturates"
    )]
    let place = (place + 0.5).max(0.0) as usize;
    (place < n_units).then_some(place)
}

fn paint(
    ui: &Ui,
    transform: &Transform,
    view: &ActivationView,
    order: &[usize],
    hovered: Option<usize>,
) {
    let tokens = theme::tokens_of(ui);
    let painter = ui.painter_at(transform.rect);
    let pixel = 1.0 / painter.pixels_per_point();
    let base = transform.screen_y(0.0);
    let mut mesh = Mesh::default();
    for (place, &unit) in order.iter().enumerate() {
        let Some(&mean) = view.unit_means.get(unit) else {
            continue;
        };
        #[expect(clippy::cast_precision_loss, reason = "at most 2048 units")]
        let [left, right] = [-0.5, 0.5].map(|side| transform.screen_x(place as f64 + side));
        let width = right - left;
        let gap = if width > 4.0 * pixel {
            (0.2 * width).clamp(pixel, 4.0)
        } else {
            0.0
        };
        let end = transform.screen_y(f64::from(mean));
        // A unit that is off still shows that it is there.
        let (top, bottom) = (end.min(base - pixel), end.max(base));
        let bar = Rect::from_min_max(pos2(left + gap / 2.0, top), pos2(right - gap / 2.0, bottom));
        let color = if hovered == Some(place) {
            tokens.accent
        } else {
            theme::faint(tokens.accent, 0.6)
        };
        mesh.add_colored_rect(bar, color);
    }
    painter.add(Shape::mesh(mesh));
    let zero = painter.round_to_pixel_center(base);
    painter.hline(
        transform.rect.x_range(),
        zero,
        Stroke::new(1.0, tokens.border),
    );
    let mean = painter.round_to_pixel_center(transform.screen_y(f64::from(view.mean)));
    painter.hline(
        transform.rect.x_range(),
        mean,
        Stroke::new(1.25, tokens.test),
    );
}
