//! A curve of bounded size: recent values at full rate, the whole run thinned.

use std::collections::VecDeque;

/// Values over epochs. However long a run is, at most [`Series::MAX_WHOLE`] + [`Series::MAX_RECENT`]
/// points are kept.
#[derive(Clone, Debug)]
pub struct Series {
    /// Means of `stride` consecutive values each: `[epoch, value]`.
    whole: Vec<[f64; 2]>,
    /// Values that one point of `whole` stands for; doubles when `whole` is full.
    stride: u32,
    /// Sum and count of the values that do not fill a point yet.
    pending: [f64; 2],
    n_pending: u32,
    recent: VecDeque<[f64; 2]>,
}

impl Default for Series {
    fn default() -> Self {
        Self {
            whole: Vec::new(),
            stride: 1,
            pending: [0.0; 2],
            n_pending: 0,
            recent: VecDeque::new(),
        }
    }
}

impl Series {
    /// Most points kept of the whole run: about what a wide plot can show.
    pub const MAX_WHOLE: usize = 4096;
    /// Most points kept at full rate.
    pub const MAX_RECENT: usize = 2048;

    /// Adds a value; epochs must not fall.
    pub fn push(&mut self, epoch: f64, value: f64) {
        if self.recent.len() == Self::MAX_RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back([epoch, value]);

        self.pending = [self.pending[0] + epoch, self.pending[1] + value];
        self.n_pending += 1;
        if self.n_pending == self.stride {
            self.whole.push(self.pending_mean());
            self.pending = [0.0; 2];
            self.n_pending = 0;
            if self.whole.len() == Self::MAX_WHOLE {
                self.thin();
            }
        }
    }

    /// The whole run, thinned: `[epoch, value]`, oldest first.
    #[must_use]
    pub fn whole(&self) -> &[[f64; 2]] {
        &self.whole
    }

    /// The whole run, thinned, up to the newest value: `[epoch, value]`, oldest first.
    #[must_use]
    pub fn points(&self) -> Vec<[f64; 2]> {
        self.whole.iter().copied().chain(self.beyond()).collect()
    }

    /// The newest value where no thinned point holds it yet: `[epoch, value]`.
    #[must_use]
    pub fn beyond(&self) -> Option<[f64; 2]> {
        let end = self
            .whole
            .last()
            .map_or(f64::NEG_INFINITY, |point| point[0]);
        self.last().filter(|point| point[0] > end)
    }

    /// The newest values at full rate: `[epoch, value]`, oldest first.
    #[must_use]
    pub fn recent(&self) -> impl DoubleEndedIterator<Item = [f64; 2]> + ExactSizeIterator + '_ {
        self.recent.iter().copied()
    }

    /// The newest value: `[epoch, value]`.
    #[must_use]
    pub fn last(&self) -> Option<[f64; 2]> {
        self.recent.back().copied()
    }

    /// Whether nothing was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.recent.is_empty()
    }

    fn pending_mean(&self) -> [f64; 2] {
        let n = f64::from(self.n_pending);
        [self.pending[0] / n, self.pending[1] / n]
    }

    /// Halves the points: each stands for twice as many values from here on.
    fn thin(&mut self) {
        self.whole = self
            .whole
            .chunks_exact(2)
            .map(|pair| {
                [
                    f64::midpoint(pair[0][0], pair[1][0]),
                    f64::midpoint(pair[0][1], pair[1][1]),
                ]
            })
            .collect();
        self.stride *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invariant_10_size_stays_bounded_and_the_mean_is_kept() {
        let mut series = Series::default();
        let n = 50_000_u32;
        for step in 0..n {
            series.push(f64::from(step), f64::from(step) * 2.0);
        }
        assert!(series.whole().len() < Series::MAX_WHOLE);
        assert_eq!(series.recent().len(), Series::MAX_RECENT);
        for [epoch, value] in series.whole() {
            assert!(
                (value - 2.0 * epoch).abs() < 1e-9,
                "a thinned point leaves the line"
            );
        }
        let first = series.whole()[0][0];
        assert!(first < 32.0, "the start of the run is kept: {first}");
    }

    #[test]
    fn recent_values_are_exact_and_in_order() {
        let mut series = Series::default();
        for step in 0..5_000_u32 {
            series.push(f64::from(step), f64::from(step));
        }
        let recent: Vec<_> = series.recent().collect();
        assert_eq!(recent.last(), Some(&[4_999.0, 4_999.0]));
        assert!(
            recent
                .windows(2)
                .all(|pair| (pair[1][0] - pair[0][0] - 1.0).abs() < 1e-12)
        );
    }
}
