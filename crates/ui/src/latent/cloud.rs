//! How the points are drawn: one mesh, built again only when something of it changed.

use std::sync::Arc;

use egui::epaint::Vertex;
use egui::{Color32, Mesh, Pos2, Rect, TextureId, vec2};
use egui_plot::{PlotBounds, PlotTransform};

use crate::memo::{Memo, Same};
use crate::theme;
use hourglass_figure::marks::mixed;
use hourglass_figure::palette::N_MARKS;
use hourglass_protocol::{SampleIdx, ScatterView};

use super::colour::ColourScale;
use super::filter::ClassFilter;
use super::marker::MarkerAtlas;
use super::points::Points;
use super::selection::Selection;

/// How the points are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CloudLook {
    /// Where on the screen, in points.
    pub frame: Rect,
    /// What is shown there.
    pub bounds: PlotBounds,
    pub filter: ClassFilter,
    /// For a dark background.
    pub dark: bool,
    /// Half the side of a point's square, in points.
    pub half_side: f32,
    /// The shapes.
    pub texture: TextureId,
    /// How far the points have moved, 0..1.
    pub progress: f32,
    /// How values become colours; `None` if colours are the classes'.
    pub scale: Option<ColourScale>,
    /// The revision of what is selected; `None` while nothing is.
    pub selection: Option<u64>,
}

impl CloudLook {
    /// The way from a point of the plane to the screen, once for all points.
    pub fn place(&self) -> impl Fn([f32; 2]) -> Pos2 + use<> {
        let transform = PlotTransform::new(self.frame, self.bounds, false);
        let [per_x, per_y] = transform.dpos_dvalue();
        let ([left, _], [_, top]) = (self.bounds.min(), self.bounds.max());
        let corner = self.frame.min;
        move |[x, y]: [f32; 2]| {
            let right = (f64::from(x) - left) * per_x;
            let down = (f64::from(y) - top) * per_y;
            corner + vec2(right as f32, down as f32)
        }
    }
}

/// Shades of a scale of values.
const N_SHADES: usize = 256;

/// The colours of points, once for all of them.
pub struct Colors {
    scale: Option<ColourScale>,
    /// Of the classes, or the shades of the scale; first at rest, then faint beside a selection.
    tables: [Vec<Color32>; 2],
    /// Of points without a value, likewise.
    unknown: [Color32; 2],
    has_selection: bool,
}

impl Colors {
    /// The colour of a point.
    #[must_use]
    pub fn of(&self, points: &Points, idx: usize, is_selected: bool) -> Color32 {
        let faint = usize::from(self.has_selection && !is_selected);
        let table = &self.tables[faint];
        let Some(scale) = &self.scale else {
            return table[usize::from(points.class(idx) % N_MARKS)];
        };
        let Some(value) = scale.value(idx, points) else {
            return self.unknown[faint];
        };
        let shade = (scale.share(value) * (N_SHADES - 1) as f32) as usize;
        table[shade]
    }
}

impl CloudLook {
    /// The colours that points have in this look.
    #[must_use]
    pub fn colors(&self) -> Colors {
        /// Clouds overlap: what lies below still shows a little.
        const OPACITY: f32 = 0.85;
        /// Of what is not selected, while something is.
        const FAINT: f32 = 0.22;
        let opaque: Vec<Color32> = if self.scale.is_some() {
            let shade = |idx: usize| idx as f32 / (N_SHADES - 1) as f32;
            let shades = (0..N_SHADES).map(|idx| theme::sequential(self.dark, shade(idx)));
            shades.collect()
        } else {
            (0..N_MARKS)
                .map(|class| theme::class_color(self.dark, class))
                .collect()
        };
        let unknown = theme::tokens(self.dark).text_dim;
        let table = |opacity: f32| {
            let faint = opaque.iter().map(|&color| theme::faint(color, opacity));
            faint.collect()
        };
        Colors {
            scale: self.scale,
            tables: [OPACITY, FAINT].map(table),
            unknown: [OPACITY, FAINT].map(|opacity| theme::faint(unknown, 0.6 * opacity)),
            has_selection: self.selection.is_some(),
        }
    }
}

/// The mesh of the last frame.
#[derive(Default)]
pub struct PointCloud {
    mesh: Memo<(Same<ScatterView>, CloudLook), Arc<Mesh>>,
}

impl PointCloud {
    /// The mesh of these points; built again only if they or their look changed. Building takes about 15 ns
    /// for each point.
    pub fn mesh(
        &mut self,
        points: &Points,
        look: CloudLook,
        selection: &Selection,
        now_secs: f64,
    ) -> Arc<Mesh> {
        let key = (Same::of(points.view_arc()), look);
        let mesh = self.mesh.renew(key, |_, mesh| {
            *mesh = Arc::new(build(points, look, selection, now_secs));
        });
        Arc::clone(mesh)
    }

    /// Points in view, of which the mesh is.
    #[must_use]
    pub fn n_in_view(&self) -> usize {
        self.mesh.indices.len() / 3
    }
}

fn build(points: &Points, look: CloudLook, selection: &Selection, now_secs: f64) -> Mesh {
    /// What is selected is a little larger.
    const SELECTED: f32 = 1.3;
    let colors = look.colors();
    let shapes: Vec<Rect> = (0..=u8::MAX).map(MarkerAtlas::uv).collect();
    let visible = look.frame.expand(SELECTED * look.half_side);
    let place = look.place();

    let n = points.view().points.len();
    let mut mesh = Mesh::with_texture(look.texture);
    mesh.vertices.reserve(3 * n);
    mesh.indices.reserve(3 * n);
    let has_selection = look.selection.is_some();
    let mut add = |idx: usize, is_selected: bool| {
        let class = points.class(idx);
        if !look.filter.shows(class) {
            return;
        }
        let center = place(points.position(idx, now_secs));
        // A point that is nowhere (NaN) is not within either.
        if !visible.contains(center) {
            return;
        }
        let half = look.half_side * if is_selected { SELECTED } else { 1.0 };
        let rect = Rect::from_center_size(center, vec2(2.0 * half, 2.0 * half));
        let shape = shapes[usize::from(class)];
        triangle(&mut mesh, rect, shape, colors.of(points, idx, is_selected));
    };
    let samples = points.view().samples.as_ref();
    let samples = mixed(samples.len()).map(|idx| (idx, &samples[idx]));
    if has_selection {
        let is_selected = |(_, sample): &(usize, &SampleIdx)| selection.contains(**sample);
        let others = samples.clone().filter(|point| !is_selected(point));
        others.for_each(|(idx, _)| add(idx, false));
        samples
            .filter(is_selected)
            .for_each(|(idx, _)| add(idx, true)); // on top
    } else {
        samples.for_each(|(idx, _)| add(idx, false));
    }
    mesh
}

/// Adds a marker: one triangle, of which the square that holds the shape is a corner. What lies beyond the square is
/// empty in the texture. A square of two triangles would be half as much again to copy and to draw.
fn triangle(mesh: &mut Mesh, square: Rect, shape: Rect, color: Color32) {
    let first = mesh.vertices.len() as u32;
    mesh.indices.extend([first, first + 1, first + 2]);
    let corners = [vec2(0.0, 0.0), vec2(2.0, 0.0), vec2(0.0, 2.0)];
    mesh.vertices.extend(corners.map(|corner| Vertex {
        pos: square.min + corner * square.size(),
        uv: shape.min + corner * shape.size(),
        color,
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::latent::colour::ColourBy;
    use crate::latent::points::tests::{dataset, scatter};
    use crate::latent::selection::Edit;
    use crate::plot::Interval;
    use egui::pos2;
    use hourglass_protocol::{Factor, RunId, SampleErrors};

    fn look() -> CloudLook {
        CloudLook {
            frame: Rect::from_min_size(pos2(0.0, 0.0), vec2(100.0, 100.0)),
            bounds: PlotBounds::from_min_max([0.0; 2], [10.0; 2]),
            filter: ClassFilter::ALL,
            dark: false,
            half_side: 3.0,
            texture: TextureId::default(),
            progress: 1.0,
            scale: None,
            selection: None,
        }
    }

    #[test]
    fn the_mesh_is_kept_until_something_changes() {
        let view = scatter(vec![[1.0, 1.0], [2.0, 2.0], [f32::NAN, 0.0]], vec![2, 0, 1]);
        let points = Points::new(RunId(1), &dataset(&[3, 4, 5]), &view, None, 0.0);
        let mut cloud = PointCloud::default();
        let mut selection = Selection::default();
        let first = cloud.mesh(&points, look(), &selection, 0.0);
        assert_eq!(
            first.vertices.len(),
            6,
            "the point that is nowhere is left out"
        );
        let again = cloud.mesh(&points, look(), &selection, 1.0);
        assert!(Arc::ptr_eq(&first, &again));
        let mut filter = ClassFilter::ALL;
        filter.toggle(5); // of sample 2, the first point
        let filtered = cloud.mesh(&points, CloudLook { filter, ..look() }, &selection, 1.0);
        assert_eq!(filtered.vertices.len(), 3);
        assert_eq!(cloud.n_in_view(), 1);
        selection.edit(Edit::Add, [2]);
        let with_selection = CloudLook {
            selection: Some(selection.revision()),
            ..look()
        };
        let selected = cloud.mesh(&points, with_selection, &selection, 1.0);
        let width =
            |first: usize| selected.vertices[first + 1].pos.x - selected.vertices[first].pos.x;
        assert!(
            width(3) > width(0),
            "sample 2, the first point, is drawn last and larger"
        );
        assert!(selected.vertices[0].color.a() < selected.vertices[3].color.a());
    }

    #[test]
    fn colours_follow_the_value_of_the_sample() {
        let mut view = Arc::unwrap_or_clone(scatter(vec![[1.0, 1.0]; 3], vec![1, 0, 2]));
        view.errors = Some(SampleErrors {
            mse_per_pixel: vec![0.3, 0.1, f32::NAN],
            range: [0.1, 0.3],
        });
        let view = Arc::new(view);
        let points = Points::new(RunId(1), &dataset(&[3, 4, 5]), &view, None, 0.0);
        let scale = ColourScale::of(ColourBy::Error, &points);
        assert!(scale.is_some());
        let colors = CloudLook { scale, ..look() }.colors();
        let opaque = |value: f32| theme::faint(theme::sequential(false, value), 0.85);
        assert_eq!(colors.of(&points, 0, false), opaque(1.0));
        assert_eq!(colors.of(&points, 1, false), opaque(0.0));
        assert_eq!(points.error(0), Some(0.1));
        let slant = ColourScale {
            by: ColourBy::Factor(Factor::SLANT),
            ends: Interval::new(-10.0, 10.0),
        };
        let colors = CloudLook {
            scale: Some(slant),
            ..look()
        }
        .colors();
        assert_eq!(colors.of(&points, 0, false), colors.unknown[0]);
    }

    #[test]
    fn points_lie_where_the_axes_say() {
        let look = CloudLook {
            bounds: PlotBounds::from_min_max([-3.0, 2.0], [5.0, 4.0]),
            ..look()
        };
        let transform = PlotTransform::new(look.frame, look.bounds, false);
        for point in [[-3.0, 2.0], [0.5, 3.7], [5.0, 4.0]] {
            let expected = transform.position_from_point(&point.map(f64::from).into());
            // A ten-thousandth of a point: f32 below 128 keeps 17 bits behind the comma.
            assert!(
                (look.place()(point) - expected).length() < 1e-4,
                "{point:?}"
            );
        }
    }
}
