//! Which test images are looked at.

use crate::experiment::{N_CLASSES, Stream, stream_seed};
use crate::protocol::SampleIdx;

/// How test images are chosen.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
pub enum Choice {
    /// One of each class in turn: 0, 1, … 9.
    #[default]
    EachClass,
    /// In the order of the test split.
    InOrder,
    /// Anywhere in the test split; the same page is the same images.
    Random,
}

/// The images of a page, `n` of them or as many as there are. Pages wrap around at the end.
#[must_use]
pub fn choose(choice: Choice, page: usize, n: usize, labels: &[u8]) -> Vec<SampleIdx> {
    let n_test = labels.len();
    let n = n.min(n_test);
    let chosen: Vec<usize> = match choice {
        Choice::EachClass => each_class(page, n, labels),
        Choice::InOrder => (0..n).map(|idx| (page * n + idx) % n_test).collect(),
        Choice::Random => random(page, n, n_test),
    };
    let sample = |idx: usize| SampleIdx::try_from(idx).ok();
    chosen.into_iter().filter_map(sample).collect()
}

/// The classes in turn, each time round the next image of each. A class without images is passed over.
fn each_class(page: usize, n: usize, labels: &[u8]) -> Vec<usize> {
    let mut of_class = vec![Vec::new(); N_CLASSES];
    for (idx, &label) in labels.iter().enumerate() {
        if let Some(members) = of_class.get_mut(usize::from(label)) {
            members.push(idx);
        }
    }
    of_class.retain(|members| !members.is_empty());
    if of_class.is_empty() {
        return Vec::new();
    }
    let rounds_per_page = n.div_ceil(of_class.len());
    let in_turn = (page * rounds_per_page..).flat_map(|round| {
        let members = of_class.iter();
        members.map(move |members| members[round % members.len()])
    });
    in_turn.take(n).collect()
}

/// Different images, spread by a hash of page and position.
fn random(page: usize, n: usize, n_test: usize) -> Vec<usize> {
    let mut chosen: Vec<usize> = Vec::with_capacity(n);
    let mut count = 0_u64;
    while chosen.len() < n {
        let drawn = stream_seed(page as u64, Stream::Choice, &[count]) % n_test as u64;
        count += 1;
        #[expect(clippy::cast_possible_truncation, reason = "below n_test")]
        let idx = drawn as usize;
        if !chosen.contains(&idx) {
            chosen.push(idx);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_class_comes_in_turn() {
        let labels: Vec<u8> = (0..100_u8).map(|idx| (idx % 10 * 7) % 10).collect();
        let classes = |page, n| -> Vec<u8> {
            let chosen = choose(Choice::EachClass, page, n, &labels);
            chosen.into_iter().map(|idx| labels[idx as usize]).collect()
        };
        assert_eq!(classes(0, 12), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
        assert_eq!(classes(5, 10), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        let [first, second] = [0, 1].map(|page| choose(Choice::EachClass, page, 10, &labels));
        assert!(first.iter().all(|idx| !second.contains(idx)));
    }

    proptest! {
        #[test]
        fn every_choice_is_within_the_split_and_different(
            labels in prop::collection::vec(0..10_u8, 0..200), page in 0..50_usize, n in 0..20_usize,
        ) {
            for choice in [Choice::InOrder, Choice::Random] {
                let mut chosen = choose(choice, page, n, &labels);
                prop_assert_eq!(chosen.len(), n.min(labels.len()));
                prop_assert!(chosen.iter().all(|idx| (*idx as usize) < labels.len()));
                chosen.sort_unstable();
                chosen.dedup();
                prop_assert_eq!(chosen.len(), n.min(labels.len()));
            }
            let chosen = choose(Choice::EachClass, page, n, &labels);
            prop_assert_eq!(chosen.len(), n.min(labels.len()));
        }
    }
}
