//! Which images are selected: by sample id, so that a selection outlives training, hiding, and other axes.

use hourglass_protocol::SampleIdx;

/// A set of images, one bit each: 9 kB for all of MNIST.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    bits: Vec<u64>,
    n: usize,
    revision: u64,
}

/// What becomes of a selection when further images are marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// They are the selection.
    Replace,
    /// They are added to it.
    Add,
    /// They are taken out of it.
    Remove,
}

impl Edit {
    /// What the keys held down say: Shift adds, Ctrl or Alt removes.
    #[must_use]
    pub fn of(modifiers: egui::Modifiers) -> Self {
        if modifiers.shift {
            Self::Add
        } else if modifiers.alt || modifiers.ctrl || modifiers.command {
            Self::Remove
        } else {
            Self::Replace
        }
    }
}

const BITS: usize = u64::BITS as usize;

impl Selection {
    /// Whether an image is selected.
    #[must_use]
    pub fn contains(&self, sample: SampleIdx) -> bool {
        let sample = sample as usize;
        let word = self.bits.get(sample / BITS).copied().unwrap_or_default();
        word >> (sample % BITS) & 1 == 1
    }

    /// Images selected.
    #[must_use]
    pub fn len(&self) -> usize {
        self.n
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// Counts the changes: what was made from a selection is current while this is the same.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The images, by rising number.
    pub fn samples(&self) -> impl Iterator<Item = SampleIdx> + '_ {
        let all = self.bits.len() * BITS;
        let numbers = (0..).take(all);
        numbers.filter(|&sample| self.contains(sample))
    }

    /// Selects none.
    pub fn clear(&mut self) {
        self.bits.clear();
        self.n = 0;
        self.revision += 1;
    }

    /// Takes marked images in or out.
    pub fn edit(&mut self, edit: Edit, marked: impl IntoIterator<Item = SampleIdx>) {
        if edit == Edit::Replace {
            self.bits.clear();
        }
        for sample in marked {
            let sample = sample as usize;
            if sample / BITS >= self.bits.len() {
                self.bits.resize(sample / BITS + 1, 0);
            }
            let bit = 1 << (sample % BITS);
            match edit {
                Edit::Replace | Edit::Add => self.bits[sample / BITS] |= bit,
                Edit::Remove => self.bits[sample / BITS] &= !bit,
            }
        }
        self.n = self
            .bits
            .iter()
            .map(|word| word.count_ones() as usize)
            .sum();
        self.revision += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn it_is_the_set_that_the_edits_make(
            edits in prop::collection::vec((0..3_u8, prop::collection::vec(0..500_u32, 0..40)), 0..12),
        ) {
            let (mut selection, mut expected) = (Selection::default(), BTreeSet::new());
            for (edit, marked) in edits {
                match edit {
                    0 => {
                        selection.edit(Edit::Replace, marked.iter().copied());
                        expected = marked.into_iter().collect();
                    }
                    1 => {
                        selection.edit(Edit::Add, marked.iter().copied());
                        expected.extend(marked);
                    }
                    _ => {
                        selection.edit(Edit::Remove, marked.iter().copied());
                        expected.retain(|sample| !marked.contains(sample));
                    }
                }
            }
            prop_assert_eq!(selection.len(), expected.len());
            prop_assert!(selection.samples().eq(expected.iter().copied()));
            prop_assert!((0..600).all(|sample| selection.contains(sample) == expected.contains(&sample)));
        }
    }

    #[test]
    fn every_change_is_counted() {
        let mut selection = Selection::default();
        selection.edit(Edit::Add, [7]);
        let before = selection.revision();
        selection.clear();
        assert!(selection.is_empty() && selection.revision() != before);
    }
}
