//! The points of the scatter: where they are, of which class and which sample, and how they are found.

use std::cell::OnceCell;
use std::sync::Arc;

use egui::Pos2;
use egui_plot::PlotTransform;

use crate::plot::{Bounds, Interval};
use hourglass_protocol::{DatasetDescription, KnownFactors, RunId, SampleIdx, ScatterView};

use super::density;
use super::filter::ClassFilter;
use super::grid::PointGrid;
use super::marker::contains;

/// One scatter, with what is derived from it once.
pub struct Points {
    run: RunId,
    labels: Arc<[u8]>,
    factors: KnownFactors,
    view: Arc<ScatterView>,
    /// Class of each point.
    classes: Vec<u8>,
    /// Which point each sample is, from the lowest sample on; [`NO_POINT`] for those that are none.
    places: Vec<u32>,
    lowest: SampleIdx,
    grid: PointGrid,
    /// What holds all points; none without a finite one.
    extent: Option<Bounds>,
    /// How many points lie near each, once that is asked for.
    densities: OnceCell<Vec<f32>>,
    /// Where the points were before, to move from there.
    from: Option<Motion>,
}

/// Marks samples that are no points.
const NO_POINT: u32 = u32::MAX;

/// Points under way from one scatter to the next.
struct Motion {
    from: Vec<[f32; 2]>,
    /// Time of departure, in seconds of egui's clock.
    start_secs: f64,
}

impl Points {
    /// How long points take to their new places, in seconds: less than the time between two snapshots.
    const MOVE_SECS: f64 = 0.15;
    /// Larger clouds jump: moving means rebuilding the mesh in every frame.
    const MAX_MOVING: usize = 20_000;

    /// Takes in a scatter; points move from where they were in `before`.
    #[must_use]
    pub fn new(
        run: RunId,
        dataset: &DatasetDescription,
        view: &Arc<ScatterView>,
        before: Option<Self>,
        now_secs: f64,
    ) -> Self {
        let class = |sample: &SampleIdx| dataset.label(*sample).unwrap_or(0);
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
        let (lowest, places) = places(&view.samples);
        Self {
            run,
            labels: Arc::clone(&dataset.test_labels),
            factors: dataset.test_factors.clone(),
            view: Arc::clone(view),
            places,
            lowest,
            classes: view.samples.iter().map(class).collect(),
            grid: PointGrid::new(&view.points),
            extent: axis(0).zip(axis(1)).map(|(x, y)| Bounds { x, y }),
            densities: OnceCell::new(),
            from,
        }
    }

    /// Whether it was made from these.
    #[must_use]
    pub fn is_of(&self, run: RunId, dataset: &DatasetDescription, view: &Arc<ScatterView>) -> bool {
        self.run == run
            && Arc::ptr_eq(&self.labels, &dataset.test_labels)
            && Arc::ptr_eq(&self.view, view)
    }

    #[must_use]
    pub fn run(&self) -> RunId {
        self.run
    }

    #[must_use]
    pub fn view(&self) -> &ScatterView {
        &self.view
    }

    /// The scatter, to tell it from another by its address.
    #[must_use]
    pub fn view_arc(&self) -> &Arc<ScatterView> {
        &self.view
    }

    /// What the test images were made from, where the data set knows.
    #[must_use]
    pub fn factors(&self) -> &KnownFactors {
        &self.factors
    }

    /// Which point an image is; `None` if it is no point.
    #[must_use]
    pub fn find(&self, sample: SampleIdx) -> Option<usize> {
        let place = self.places.get(sample.checked_sub(self.lowest)? as usize)?;
        (*place != NO_POINT).then_some(*place as usize)
    }

    /// Mean squared error per pixel of an image, where it is a point and was measured.
    #[must_use]
    pub fn error(&self, sample: SampleIdx) -> Option<f32> {
        let errors = self.view.errors.as_ref()?;
        errors.mse_per_pixel.get(self.find(sample)?).copied()
    }

    /// What holds all points; none without a finite one.
    #[must_use]
    pub fn extent(&self) -> Option<Bounds> {
        self.extent
    }

    /// How many points lie near each: those in its cell, smoothed with the cells around it.
    #[must_use]
    pub fn densities(&self) -> &[f32] {
        self.densities.get_or_init(|| {
            let extent = self.extent.unwrap_or(Bounds {
                x: Interval::new(0.0, 1.0),
                y: Interval::new(0.0, 1.0),
            });
            density::near(&self.view.points, extent)
        })
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
        let [at, reach] = [
            [at.x, at.y].map(|value| value as f32),
            transform
                .dvalue_dpos()
                .map(|per_point| reach * per_point.abs() as f32),
        ];
        let is_shown = |idx: usize| filter.shows(self.classes[idx]);
        self.grid.nearest(&self.view.points, at, reach, is_shown)
    }

    /// The shown images whose points lie within a polygon of the plane.
    #[must_use]
    pub fn within(&self, polygon: &[[f32; 2]], filter: ClassFilter) -> Vec<SampleIdx> {
        let axis = |axis: usize| {
            let values = polygon.iter().map(|corner| corner[axis]);
            values.fold([f32::INFINITY, f32::NEG_INFINITY], |[min, max], value| {
                [min.min(value), max.max(value)]
            })
        };
        let bounds = [axis(0), axis(1)];
        let is_within = |point: [f32; 2]| {
            // A point that is nowhere (NaN) is not within either.
            let near =
                (0..2).all(|axis| (bounds[axis][0]..=bounds[axis][1]).contains(&point[axis]));
            near && contains(polygon, point)
        };
        let points = self.view.points.iter().zip(self.view.samples.iter());
        let shown = points
            .zip(&self.classes)
            .filter(|(_, class)| filter.shows(**class));
        shown
            .filter(|((point, _), _)| is_within(**point))
            .map(|((_, sample), _)| *sample)
            .collect()
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
        let kind = |view: &ScatterView| std::mem::discriminant(&view.axes);
        let same_plane = kind(&self.view) == kind(next);
        same_plane
            && self.view.pair == next.pair
            && next.points.len() <= Self::MAX_MOVING
            && self.view.samples == next.samples
    }
}

/// The lowest of some samples, and from there on which place among them each has.
fn places(samples: &[SampleIdx]) -> (SampleIdx, Vec<u32>) {
    let lowest = samples.iter().copied().min().unwrap_or(0);
    let highest = samples.iter().copied().max().unwrap_or(0);
    let mut places = vec![NO_POINT; (highest - lowest) as usize + 1];
    for (place, &sample) in (0..).zip(samples) {
        places[(sample - lowest) as usize] = place;
    }
    (lowest, places)
}

fn mix(from: [f32; 2], to: [f32; 2], share: f32) -> [f32; 2] {
    [0, 1].map(|axis| from[axis] + share * (to[axis] - from[axis]))
}

#[cfg(test)]
#[expect(
    clippy::float_cmp,
    reason = "the ends of a way are copied, not computed"
)]
pub(super) mod tests {
    use super::*;
    use egui::{Rect, pos2};
    use egui_plot::PlotBounds;
    use hourglass_protocol::DataSetId;
    use proptest::prelude::*;

    pub fn scatter(points: Vec<[f32; 2]>, samples: Vec<SampleIdx>) -> Arc<ScatterView> {
        Arc::new(ScatterView {
            step: 1,
            samples: samples.into(),
            points,
            ..ScatterView::default()
        })
    }

    pub fn dataset(labels: &[u8]) -> DatasetDescription {
        DatasetDescription {
            id: DataSetId::PEN_DIGITS,
            origin: String::new(),
            n_train: 0,
            test_images: Arc::from([]),
            test_labels: labels.into(),
            test_factors: KnownFactors::default(),
            report: None,
            train_images: Arc::from([]),
            train_labels: Arc::from([7, 8]),
        }
    }

    #[test]
    fn classes_and_points_are_tied_by_sample() {
        let view = scatter(vec![[1.0, 1.0], [1.1, 1.0]], vec![2, 0]);
        let points = Points::new(RunId(1), &dataset(&[3, 4, 5]), &view, None, 0.0);
        let frame = Rect::from_min_max(pos2(0.0, 0.0), pos2(100.0, 100.0));
        let bounds = PlotBounds::from_min_max([0.0; 2], [10.0; 2]);
        let transform = PlotTransform::new(frame, bounds, false);
        let at = transform.position_from_point(&[1.0, 1.0].into());
        let nearest = |filter| points.nearest(at, 12.0, &transform, filter);
        assert_eq!(nearest(ClassFilter::ALL), Some(0));
        assert_eq!(points.class(0), 5);
        let mut filter = ClassFilter::ALL;
        filter.toggle(5);
        assert_eq!(nearest(filter), Some(1));
    }

    #[test]
    fn training_images_follow_the_test_images_in_number() {
        let view = scatter(vec![[1.0, 1.0], [2.0, 1.0]], vec![3, 4]);
        let points = Points::new(RunId(1), &dataset(&[3, 4, 5]), &view, None, 0.0);
        assert_eq!([0, 1].map(|idx| points.class(idx)), [7, 8]);
        assert_eq!(
            [2, 3, 4, 5].map(|sample| points.find(sample)),
            [None, Some(0), Some(1), None]
        );
    }

    proptest! {
        #[test]
        fn a_box_holds_the_shown_samples_within_it(
            places in prop::collection::vec([0.0..10.0_f32, 0.0..10.0_f32], 0..60),
            corners in [[0.0..10.0_f32, 0.0..10.0_f32], [0.0..10.0_f32, 0.0..10.0_f32]],
            hidden in 0..10_u8,
        ) {
            let n = u32::try_from(places.len()).expect("few");
            let labels: Vec<u8> = (0..places.len()).map(|idx| u8::try_from(idx % 10).expect("a digit")).collect();
            let view = scatter(places.clone(), (0..n).rev().collect());
            let points = Points::new(RunId(1), &dataset(&labels), &view, None, 0.0);
            let [[left, top], [right, bottom]] = corners;
            let polygon = [[left, top], [right, top], [right, bottom], [left, bottom]];
            let mut filter = ClassFilter::ALL;
            filter.toggle(hidden);
            let expected = places.iter().zip((0..n).rev()).filter(|([x, y], sample)| {
                (left.min(right)..left.max(right)).contains(x)
                    && (top.min(bottom)..top.max(bottom)).contains(y)
                    && labels[*sample as usize] != hidden
            });
            let expected: Vec<u32> = expected.map(|(_, sample)| sample).collect();
            prop_assert_eq!(points.within(&polygon, filter), expected);
        }
    }

    #[test]
    fn points_move_within_a_run_and_arrive() {
        let labels = dataset(&[0]);
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
