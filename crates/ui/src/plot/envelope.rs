//! Long curves reduced to as few points as possible without a visible difference.

use std::borrow::Cow;
use std::cmp::Ordering;

use egui_plot::PlotPoint;

/// With fewer points than this in a column, all of them are drawn.
const LEAST_PER_COLUMN: f64 = 4.0;

/// A curve with at most two points in each column of the screen, of which there are `columns_per_x` to a unit of x: its
/// lowest and its highest, which is what a line through all of them would cover (Jugel et al. 2014, "M4: a
/// visualization-oriented time series data aggregation", of whose four points a column these two are seen). The points
/// must rise in x and have finite heights.
#[must_use]
pub fn envelope(points: &[PlotPoint], columns_per_x: f64) -> Cow<'_, [PlotPoint]> {
    let [Some(first), Some(last)] = [points.first(), points.last()] else {
        return Cow::Borrowed(points);
    };
    let n_columns = (last.x - first.x) * columns_per_x;
    let n = points.len() as f64;
    // Not a number of columns, where nothing is shown yet, keeps all points too.
    if n.partial_cmp(&(LEAST_PER_COLUMN * n_columns)) != Some(Ordering::Greater) {
        return Cow::Borrowed(points);
    }
    let column = |point: &PlotPoint| ((point.x - first.x) * columns_per_x).floor();

    let mut kept = Vec::with_capacity(points.len() / 2);
    let (mut current, mut lowest, mut highest) = (0.0, *first, *first);
    for point in &points[1..] {
        let of = column(point);
        if of > current {
            put(&mut kept, lowest, highest);
            (current, lowest, highest) = (of, *point, *point);
        } else if point.y < lowest.y {
            lowest = *point;
        } else if point.y > highest.y {
            highest = *point;
        }
    }
    put(&mut kept, lowest, highest);
    Cow::Owned(kept)
}

/// Both ends of a column in the order in which the curve goes through them.
fn put(kept: &mut Vec<PlotPoint>, lowest: PlotPoint, highest: PlotPoint) {
    let [first, second] = if lowest.x <= highest.x {
        [lowest, highest]
    } else {
        [highest, lowest]
    };
    kept.push(first);
    if second != first {
        kept.push(second);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_figure::Interval;
    use proptest::prelude::*;

    fn curve(heights: &[f64]) -> Vec<PlotPoint> {
        let points = (0..).map(f64::from).zip(heights);
        points.map(|(x, &y)| PlotPoint::new(0.01 * x, y)).collect()
    }

    /// Lowest and highest height in each column.
    fn columns(points: &[PlotPoint], columns_per_x: f64) -> Vec<Interval> {
        let column = |point: &PlotPoint| ((point.x - points[0].x) * columns_per_x).floor();
        let columns = points.chunk_by(|a, b| column(a).total_cmp(&column(b)).is_eq());
        columns
            .filter_map(|column| Interval::around(column.iter().map(|point| point.y)))
            .collect()
    }

    proptest! {
        #[test]
        fn every_column_is_as_high_as_before_with_few_points(
            heights in prop::collection::vec(-5.0..5.0_f64, 1..900), columns_per_x in 0.1..50.0_f64,
        ) {
            let points = curve(&heights);
            let few = envelope(&points, columns_per_x);
            let all = columns(&points, columns_per_x);
            prop_assert!(few.len() <= 4 * all.len());
            prop_assert!(few.windows(2).all(|pair| pair[0].x < pair[1].x));
            prop_assert!(few.iter().all(|point| points.contains(point)));
            prop_assert!(few.len() == points.len() || few.len() <= 2 * all.len());
            // Without the first point columns may begin elsewhere.
            let mut few = few.into_owned();
            if few[0] != points[0] {
                few.insert(0, points[0]);
            }
            prop_assert_eq!(columns(&few, columns_per_x), all);
        }
    }

    #[test]
    fn where_nothing_is_shown_yet_all_points_are_kept() {
        let points = curve(&[0.0, 2.0, 1.0]);
        for columns_per_x in [f64::NAN, f64::INFINITY] {
            assert_eq!(envelope(&points, columns_per_x).as_ref(), points);
        }
        assert!(envelope(&[], 1.0).is_empty());
    }
}
