//! A sequence of bounded length that stays even and whole however much is added.
//!
//! Every second entry goes when there are too many. The film and the replay are kept in it.

/// What was added over a run, evenly thinned, with the newest of all.
#[derive(Clone, Debug)]
pub struct Thinned<T> {
    kept: Vec<T>,
    /// The newest of all, while it is not among the others: the sequence ends where the run does.
    newest: Option<T>,
    /// One in this many is kept; doubles when there are too many.
    stride: usize,
    n_ever: usize,
}

impl<T> Default for Thinned<T> {
    fn default() -> Self {
        Self {
            kept: Vec::new(),
            newest: None,
            stride: 1,
            n_ever: 0,
        }
    }
}

impl<T> Thinned<T> {
    /// Adds an item; every second one goes while there are `most` beside the newest.
    pub fn push(&mut self, item: T, most: usize) {
        while self.kept.len() >= most.max(2) && self.is_due() {
            self.halve();
        }
        if self.is_due() {
            self.kept.push(item);
            self.newest = None;
        } else {
            self.newest = Some(item);
        }
        self.n_ever += 1;
    }

    /// Puts an item in place of the newest.
    pub fn replace_newest(&mut self, item: T) {
        if let Some(newest) = self.newest.as_mut().or(self.kept.last_mut()) {
            *newest = item;
        }
    }

    /// Keeps only the items that `keep` accepts: what a run took back never happened.
    pub fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        self.kept.retain(&keep);
        self.newest.take_if(|newest| !keep(newest));
        self.n_ever = self.kept.len() * self.stride;
    }

    /// The items, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + '_ {
        self.kept.iter().chain(&self.newest)
    }

    /// The newest item.
    #[must_use]
    pub fn newest(&self) -> Option<&T> {
        self.newest.as_ref().or(self.kept.last())
    }

    /// Items beside the newest.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    fn is_due(&self) -> bool {
        self.n_ever.is_multiple_of(self.stride)
    }

    fn halve(&mut self) {
        let mut idx = 0;
        self.kept.retain(|_| {
            idx += 1;
            idx % 2 == 1
        });
        self.stride *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_stays_bounded_even_and_whole(n in 1..3_000_usize, most in 2..40_usize) {
            let mut items = Thinned::default();
            for item in 0..n {
                items.push(item, most);
                prop_assert!(items.len() <= most);
            }
            let all: Vec<usize> = items.iter().copied().collect();
            prop_assert_eq!((all.first(), all.last()), (Some(&0), Some(&(n - 1))));
            prop_assert_eq!(items.newest(), Some(&(n - 1)));
            prop_assert!(items.len() * 2 >= most.min(n), "too few: {}", items.len());
            let even = &all[..items.len()];
            prop_assert!(even.windows(2).all(|pair| pair[1] - pair[0] == even[1]));
        }
    }

    #[test]
    fn what_was_taken_back_is_gone_and_the_rest_goes_on() {
        let mut items = Thinned::default();
        for item in 0..10 {
            items.push(item, 4);
        }
        items.retain(|&item| item <= 5);
        assert_eq!(items.iter().copied().collect::<Vec<_>>(), [0, 4]);
        items.push(6, 4);
        items.replace_newest(7);
        assert_eq!(items.iter().copied().collect::<Vec<_>>(), [0, 4, 7]);
    }
}
