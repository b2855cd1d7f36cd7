//! One kind of view over a run, kept within a budget of memory.

use std::sync::Arc;

use hourglass_protocol::{ActivationView, DigitView, ErrorView, ScatterView};

use super::thinned::Thinned;

/// One kind of view over a run.
#[derive(Clone, Debug)]
pub struct Track<T> {
    views: Thinned<Kept<T>>,
    /// The largest view so far, in bytes: how many fit follows from it.
    largest: usize,
}

/// A view with its moment.
#[derive(Debug)]
pub struct Kept<T> {
    /// When it was seen.
    pub at: Moment,
    /// What was seen.
    pub view: Arc<T>,
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self {
            at: self.at,
            view: Arc::clone(&self.view),
        }
    }
}

impl<T> Default for Track<T> {
    fn default() -> Self {
        Self {
            views: Thinned::default(),
            largest: 1,
        }
    }
}

impl<T: Seen> Track<T> {
    /// Keeps a view unless it is kept already; the whole track takes at most `budget_bytes`.
    pub fn keep(&mut self, view: &Arc<T>, epoch_of: impl Fn(u64) -> f64, budget_bytes: usize) {
        let step = view.step();
        let kept = Kept {
            at: Moment {
                step,
                epoch: epoch_of(step),
            },
            view: Arc::clone(view),
        };
        self.largest = self.largest.max(view.bytes());
        // The newest, which may come on top, has its room too.
        let most = (budget_bytes / self.largest).saturating_sub(1);
        match self.views.newest() {
            Some(newest) if Arc::ptr_eq(&newest.view, view) => {}
            Some(newest) if newest.at.step == step => self.views.replace_newest(kept),
            Some(newest) => {
                if newest.at.step > step {
                    self.views.retain(|kept| kept.at.step < step); // the run went back
                }
                self.views.push(kept, most);
            }
            None => self.views.push(kept, most),
        }
    }

    /// The newest view at or before a step that `accept` takes.
    #[must_use]
    pub fn at(&self, step: u64, accept: impl Fn(&T) -> bool) -> Option<&Kept<T>> {
        let mut before = self.views.iter().rev();
        before.find(|kept| kept.at.step <= step && accept(&kept.view))
    }

    /// When its views were seen, oldest first.
    pub fn moments(&self) -> impl Iterator<Item = Moment> + '_ {
        self.views.iter().map(|kept| kept.at)
    }

    /// When the first and the last were seen.
    #[must_use]
    pub fn ends(&self) -> Option<[Moment; 2]> {
        let first = self.views.iter().next()?;
        let last = self.views.newest()?;
        Some([first.at, last.at])
    }

    /// Memory that its views take, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.views.iter().map(|kept| kept.view.bytes()).sum()
    }
}

/// A view that is kept.
pub trait Seen {
    /// Steps taken before it.
    fn step(&self) -> u64;
    /// Memory it takes, in bytes.
    fn bytes(&self) -> usize;
}

impl Seen for DigitView {
    fn step(&self) -> u64 {
        self.step
    }

    fn bytes(&self) -> usize {
        let pixels = self.originals.len() + self.corrupted.len() + self.reconstructions.len();
        4 * (pixels + self.samples.len() + self.mse_per_pixel.len()) + self.labels.len()
    }
}

impl Seen for ActivationView {
    fn step(&self) -> u64 {
        self.step
    }

    fn bytes(&self) -> usize {
        let units = self.unit_means.len() + self.unit_kl_nats.as_ref().map_or(0, Vec::len);
        size_of::<Self>() + 4 * (self.histogram.counts.len() + units)
    }
}

impl Seen for ScatterView {
    fn step(&self) -> u64 {
        self.step
    }

    fn bytes(&self) -> usize {
        8 * self.points.len() + 4 * self.samples.len()
    }
}

impl Seen for ErrorView {
    fn step(&self) -> u64 {
        self.step
    }

    fn bytes(&self) -> usize {
        let of_classes: usize = self.classes.iter().map(|class| class.worst.len()).sum();
        size_of::<Self>() + 4 * (self.worst.len() + of_classes)
    }
}

/// A moment of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// Steps taken before it.
    pub step: u64,
    /// The same in epochs.
    pub epoch: f64,
}
