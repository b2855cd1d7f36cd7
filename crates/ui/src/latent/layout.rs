//! Which part of the plane holds the points, and how large they are.

use egui::{Rect, Vec2, vec2};
use egui_plot::PlotTransform;

use crate::plot::{Bounds, Interval};
use crate::theme::space;

/// Room around the points, so that they seldom outgrow it.
#[must_use]
pub fn roomy(extent: Bounds) -> Bounds {
    const ROOM: f64 = 0.06;
    Bounds {
        x: extent.x.padded(ROOM),
        y: extent.y.padded(ROOM),
    }
}

/// What was shown before as long as it still fits: the axes rest while the cloud breathes.
#[must_use]
pub fn steady(shown: Bounds, extent: Bounds) -> Bounds {
    /// Below this share of the axis the points would look lost.
    const LEAST_SHARE: f64 = 0.75;
    let axis = |shown: Interval, extent: Interval, roomy: Interval| {
        let fits = shown.holds(extent) && extent.length() >= LEAST_SHARE * shown.length();
        if fits { shown } else { roomy }
    };
    let roomy = roomy(extent);
    Bounds {
        x: axis(shown.x, extent.x, roomy.x),
        y: axis(shown.y, extent.y, roomy.y),
    }
}

/// Where plot and gallery stand in the room below the legend: side by side where it is wide, otherwise the gallery below;
/// the plot alone where both would be too small.
#[must_use]
pub fn with_gallery(room: Rect) -> (Rect, Option<Rect>) {
    /// Least width and height of what is left for the plot, in points.
    const LEAST: Vec2 = vec2(150.0, 110.0);
    let size = room.size();
    if size.x >= 620.0 && size.x > 1.5 * size.y {
        let width = (0.34 * size.x).clamp(210.0, 460.0);
        let (plot, gallery) = room.split_left_right_at_x(room.right() - width);
        let gallery = gallery.with_min_x(gallery.left() + space::M);
        return (plot, Some(gallery));
    }
    let height = (0.45 * size.y).clamp(152.0, 320.0);
    if size.x < LEAST.x || size.y - height < LEAST.y {
        return (room, None);
    }
    let (plot, gallery) = room.split_top_bottom_at_y(room.bottom() - height);
    (plot, Some(gallery.with_min_y(gallery.top() + space::XS)))
}

/// Radius of a point, in points of the screen: small where many share the plot, larger when zoomed in.
#[must_use]
pub fn radius(n_points: usize, fit: &Bounds, transform: &PlotTransform) -> f32 {
    let [per_x, per_y] = transform.dpos_dvalue().map(f64::abs);
    let area = fit.x.length() * per_x * fit.y.length() * per_y;
    let spacing = (area / n_points.max(1) as f64).sqrt() as f32;
    // In steps of half a point: each size of marker is a texture of its own.
    ((0.8 * spacing).clamp(2.0, 5.0) * 2.0).round() / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(x: (f64, f64), y: (f64, f64)) -> Bounds {
        Bounds {
            x: Interval::new(x.0, x.1),
            y: Interval::new(y.0, y.1),
        }
    }

    #[test]
    fn plot_and_gallery_share_the_room_without_overlap() {
        for size in [vec2(300.0, 300.0), vec2(466.0, 280.0), vec2(1200.0, 700.0)] {
            let room = Rect::from_min_size(egui::pos2(10.0, 20.0), size);
            let (plot, gallery) = with_gallery(room);
            let gallery = gallery.expect("there is room for both");
            assert!(
                room.contains_rect(plot) && room.contains_rect(gallery),
                "{size:?}"
            );
            assert!(!plot.intersect(gallery).is_positive(), "{size:?}");
        }
        let small = Rect::from_min_size(egui::pos2(0.0, 0.0), vec2(200.0, 120.0));
        assert_eq!(with_gallery(small), (small, None));
    }

    #[test]
    fn the_axes_rest_while_the_cloud_breathes() {
        let shown = roomy(bounds((0.0, 10.0), (0.0, 10.0)));
        assert_eq!(steady(shown, bounds((0.3, 9.8), (0.1, 10.2))), shown);
    }

    #[test]
    fn an_axis_follows_what_outgrows_it_or_shrinks_away() {
        let shown = roomy(bounds((0.0, 10.0), (0.0, 10.0)));
        let next = steady(shown, bounds((0.0, 12.0), (4.0, 6.0)));
        assert!(next.x.max > 12.0 && next.y.length() < 3.0);
    }
}
