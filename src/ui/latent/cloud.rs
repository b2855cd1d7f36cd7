//! The points of the scatter: one mesh, built again only when something of it changed.

use std::sync::Arc;

use egui::{Color32, Mesh, Pos2, Rect, TextureId, epaint::Vertex, pos2, vec2};
use egui_plot::{PlotBounds, PlotTransform};

use crate::experiment::N_CLASSES;
use crate::protocol::{Axes, RunId, SampleIdx, ScatterView};
use crate::ui::plot::{Bounds, Interval};
use crate::ui::theme;

use super::filter::ClassFilter;
use super::grid::Grid;
use super::marker::MarkerAtlas;

/// One scatter, with what is derived from it once.
pub struct Points {
    run: RunId,
    labels: Arc<[u8]>,
    view: Arc<ScatterView>,
    /// Class of each point.
    classes: Vec<u8>,
    grid: Grid,
    /// What holds all points; none without a finite one.
    extent: Option<Bounds>,
    /// Where the points were before, to move from there.
    from: Option<Motion>,
}

/// Points under way from one scatter to the next.
struct Motion {
    from: Vec<[f32; 2]>,
    /// Time of departure, in seconds of egui's clock.
    start_secs: f64,
}

impl Points {
    /// How long points take to their new places, in seconds: less than the time between two snapshots.
    const MOVE_SECS: f64 = 0.15;
    /// Larger clouds jump: moving means building the mesh anew in every frame.
    const MAX_MOVING: usize = 20_000;

    /// Takes in a scatter; points move from where they were in `before`.
    #[must_use]
    pub fn new(
        run: RunId,
        labels: &Arc<[u8]>,
        view: &Arc<ScatterView>,
        before: Option<Self>,
        now_secs: f64,
    ) -> Self {
        let class = |sample: &SampleIdx| labels.get(*sample as usize).copied().unwrap_or(0);
        let axis = |axis: usize| {
            let values = view.points.iter().map(|point| f64::from(point[axis]));
            Interval::around(values)
        };
        let from = before
            .filter(|before| before.run == run && before.can_move_to(view))
            .map(|before| Motion {
                from: before.positions(now_secs),
                start_secs: now_secs,
            });
        Self {
            run,
            labels: Arc::clone(labels),
            view: Arc::clone(view),
            classes: view.samples.iter().map(class).collect(),
            grid: Grid::new(&view.points),
            extent: axis(0).zip(axis(1)).map(|(x, y)| Bounds { x, y }),
            from,
        }
    }

    /// Whether it was made from these.
    #[must_use]
    pub fn is_of(&self, run: RunId, labels: &Arc<[u8]>, view: &Arc<ScatterView>) -> bool {
        self.run == run && Arc::ptr_eq(&self.labels, labels) && Arc::ptr_eq(&self.view, view)
    }

    /// The run it is of.
    #[must_use]
    pub fn run(&self) -> RunId {
        self.run
    }

    /// The scatter.
    #[must_use]
    pub fn view(&self) -> &ScatterView {
        &self.view
    }

    /// What holds all points; none without a finite one.
    #[must_use]
    pub fn extent(&self) -> Option<Bounds> {
        self.extent
    }

    /// Points of each class.
    #[must_use]
    pub fn n_shown(&self, filter: ClassFilter) -> usize {
        let shown = self.classes.iter().filter(|class| filter.shows(**class));
        shown.count()
    }

    /// The shown point nearest to a place within `reach` points of the screen.
    #[must_use]
    pub fn nearest(
        &self,
        at: Pos2,
        reach: f32,
        transform: &PlotTransform,
        filter: ClassFilter,
    ) -> Option<usize> {
        let at = transform.value_from_position(at);
        #[expect(clippy::cast_possible_truncation, reason = "the points are f32")]
        let [at, reach] = [
            [at.x, at.y].map(|value| value as f32),
            transform
                .dvalue_dpos()
                .map(|per_point| reach * per_point.abs() as f32),
        ];
        let is_shown = |idx: usize| filter.shows(self.classes[idx]);
        self.grid.nearest(&self.view.points, at, reach, is_shown)
    }

    /// The class of a point.
    #[must_use]
    pub fn class(&self, idx: usize) -> u8 {
        self.classes[idx]
    }

    /// Share of the way to the new places that is done, 0..1; 1 at rest.
    #[must_use]
    pub fn progress(&self, now_secs: f64) -> f32 {
        let Some(motion) = &self.from else { return 1.0 };
        #[expect(clippy::cast_possible_truncation, reason = "a share")]
        let share = ((now_secs - motion.start_secs) / Self::MOVE_SECS).clamp(0.0, 1.0) as f32;
        share * (2.0 - share) // slower towards the end
    }

    /// Where one point is drawn.
    #[must_use]
    pub fn position(&self, idx: usize, now_secs: f64) -> [f32; 2] {
        let goal = self.view.points[idx];
        match &self.from {
            Some(motion) => mix(motion.from[idx], goal, self.progress(now_secs)),
            None => goal,
        }
    }

    fn positions(&self, now_secs: f64) -> Vec<[f32; 2]> {
        let all = 0..self.view.points.len();
        all.map(|idx| self.position(idx, now_secs)).collect()
    }

    fn can_move_to(&self, next: &ScatterView) -> bool {
        let same_plane = matches!(
            (self.view.axes, next.axes),
            (Axes::Raw, Axes::Raw) | (Axes::Pca { .. }, Axes::Pca { .. })
        );
        same_plane && next.points.len() <= Self::MAX_MOVING && self.view.samples == next.samples
    }
}

fn mix(from: [f32; 2], to: [f32; 2], share: f32) -> [f32; 2] {
    [0, 1].map(|axis| from[axis] + share * (to[axis] - from[axis]))
}

/// How the points are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Where on the screen, in points.
    pub frame: Rect,
    /// What is shown there.
    pub bounds: PlotBounds,
    /// Which classes.
    pub filter: ClassFilter,
    /// For a dark background.
    pub dark: bool,
    /// Half the side of a point's square, in points.
    pub half_side: f32,
    /// The shapes.
    pub texture: TextureId,
    /// How far the points have moved, 0..1.
    pub progress: f32,
}

impl Look {
    /// The way from a point of the plane to the screen, once for all points.
    fn place(&self) -> impl Fn([f32; 2]) -> Pos2 + use<> {
        let transform = PlotTransform::new(self.frame, self.bounds, false);
        let [per_x, per_y] = transform.dpos_dvalue();
        let ([left, _], [_, top]) = (self.bounds.min(), self.bounds.max());
        let corner = self.frame.min;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the screen needs no more than f32"
        )]
        move |[x, y]: [f32; 2]| {
            let right = (f64::from(x) - left) * per_x;
            let down = (f64::from(y) - top) * per_y;
            corner + vec2(right as f32, down as f32)
        }
    }
}

/// The mesh of the last frame and what it was built from.
#[derive(Default)]
pub struct Cloud {
    built_from: Option<(Arc<ScatterView>, Look)>,
    mesh: Arc<Mesh>,
}

impl Cloud {
    /// The mesh of these points; built again only if they or their look changed. Building takes about 15 ns
    /// for each point.
    pub fn mesh(&mut self, points: &Points, look: Look, now_secs: f64) -> Arc<Mesh> {
        let is_current = self
            .built_from
            .as_ref()
            .is_some_and(|(view, built)| Arc::ptr_eq(view, &points.view) && *built == look);
        if !is_current {
            self.mesh = Arc::new(build(points, look, now_secs));
            self.built_from = Some((Arc::clone(&points.view), look));
        }
        Arc::clone(&self.mesh)
    }
}

fn build(points: &Points, look: Look, now_secs: f64) -> Mesh {
    /// Clouds overlap: what lies below still shows a little.
    const OPACITY: f32 = 0.85;
    let styles: Vec<(Color32, Rect)> = (0_u8..)
        .take(N_CLASSES)
        .map(|class| {
            let color = theme::faint(theme::class_color(look.dark, class), OPACITY);
            (color, MarkerAtlas::uv(class))
        })
        .collect();
    let visible = look.frame.expand(look.half_side);
    let place = look.place();
    let half = vec2(look.half_side, look.half_side);

    let mut mesh = Mesh::with_texture(look.texture);
    mesh.vertices.reserve(4 * points.classes.len());
    mesh.indices.reserve(6 * points.classes.len());
    let last = N_CLASSES - 1;
    for (idx, &class) in points.classes.iter().enumerate() {
        if !look.filter.shows(class) {
            continue;
        }
        let center = place(points.position(idx, now_secs));
        // A point that is nowhere (NaN) is not within either.
        if !visible.contains(center) {
            continue;
        }
        let (color, uv) = styles[usize::from(class).min(last)];
        let (min, max) = (center - half, center + half);
        #[expect(clippy::cast_possible_truncation, reason = "at most 240,000 vertices")]
        let first = mesh.vertices.len() as u32;
        mesh.indices
            .extend([0, 1, 2, 2, 1, 3].map(|corner| first + corner));
        mesh.vertices.extend([
            Vertex {
                pos: min,
                uv: uv.left_top(),
                color,
            },
            Vertex {
                pos: pos2(max.x, min.y),
                uv: uv.right_top(),
                color,
            },
            Vertex {
                pos: pos2(min.x, max.y),
                uv: uv.left_bottom(),
                color,
            },
            Vertex {
                pos: max,
                uv: uv.right_bottom(),
                color,
            },
        ]);
    }
    mesh
}

#[cfg(test)]
#[expect(
    clippy::float_cmp,
    reason = "the ends of a way are copied, not computed"
)]
mod tests {
    use super::*;

    fn scatter(points: Vec<[f32; 2]>, samples: Vec<SampleIdx>) -> Arc<ScatterView> {
        Arc::new(ScatterView {
            step: 1,
            axes: Axes::Raw,
            samples: samples.into(),
            points,
        })
    }

    fn look() -> Look {
        Look {
            frame: Rect::from_min_size(pos2(0.0, 0.0), vec2(100.0, 100.0)),
            bounds: PlotBounds::from_min_max([0.0; 2], [10.0; 2]),
            filter: ClassFilter::ALL,
            dark: false,
            half_side: 3.0,
            texture: TextureId::default(),
            progress: 1.0,
        }
    }

    #[test]
    fn the_mesh_is_kept_until_something_changes() {
        let labels: Arc<[u8]> = Arc::from([3, 4, 5]);
        let view = scatter(vec![[1.0, 1.0], [2.0, 2.0], [f32::NAN, 0.0]], vec![2, 0, 1]);
        let points = Points::new(RunId(1), &labels, &view, None, 0.0);
        let mut cloud = Cloud::default();
        let first = cloud.mesh(&points, look(), 0.0);
        assert_eq!(
            first.vertices.len(),
            8,
            "the point that is nowhere is left out"
        );
        assert!(Arc::ptr_eq(&first, &cloud.mesh(&points, look(), 1.0)));
        let mut filter = ClassFilter::ALL;
        filter.toggle(5); // of sample 2, the first point
        let filtered = cloud.mesh(&points, Look { filter, ..look() }, 1.0);
        assert_eq!(filtered.vertices.len(), 4);
    }

    #[test]
    fn classes_and_points_are_tied_by_sample() {
        let labels: Arc<[u8]> = Arc::from([3, 4, 5]);
        let view = scatter(vec![[1.0, 1.0], [1.1, 1.0]], vec![2, 0]);
        let points = Points::new(RunId(1), &labels, &view, None, 0.0);
        let transform = PlotTransform::new(look().frame, look().bounds, false);
        let at = transform.position_from_point(&[1.0, 1.0].into());
        let nearest = |filter| points.nearest(at, 12.0, &transform, filter);
        assert_eq!(nearest(ClassFilter::ALL), Some(0));
        assert_eq!(points.class(0), 5);
        let mut filter = ClassFilter::ALL;
        filter.toggle(5);
        assert_eq!(nearest(filter), Some(1));
    }

    #[test]
    fn points_lie_where_the_axes_say() {
        let look = Look {
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

    #[test]
    fn points_move_within_a_run_and_arrive() {
        let labels: Arc<[u8]> = Arc::from([0]);
        let [a, b] = [[0.0, 0.0], [1.0, 2.0]].map(|point| scatter(vec![point], vec![0]));
        let before = Points::new(RunId(1), &labels, &a, None, 0.0);
        let after = Points::new(RunId(1), &labels, &b, Some(before), 5.0);
        assert_eq!(after.position(0, 5.0), [0.0, 0.0]);
        assert_eq!(after.position(0, 6.0), [1.0, 2.0]);
        let other_run = Points::new(RunId(2), &labels, &a, Some(after), 6.0);
        assert_eq!(
            other_run.position(0, 6.0),
            [0.0, 0.0],
            "points of another run do not move over"
        );
    }
}
