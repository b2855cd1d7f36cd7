//! Which test images are looked at.

use std::collections::BTreeMap;

use hourglass_experiment::{Stream, stream_seed};
use hourglass_protocol::{ErrorView, SampleIdx};

use super::numbers;

/// How test images are chosen.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
pub enum DigitChoice {
    /// One of each class in turn: 0, 1, … 9.
    #[default]
    EachClass,
    /// In the order of the test split.
    InOrder,
    /// Anywhere in the test split; the same page is the same images.
    Random,
    Class,
    Numbers,
    /// Those that are reconstructed worst.
    Worst,
}

/// Which test images, as a person chose them.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct WantedDigits {
    /// How they are chosen.
    pub choice: DigitChoice,
    /// Which portion of them, as many as fit.
    pub page: usize,
    /// The class, where one is chosen.
    pub class: u8,
    /// Whether those of the class that are reconstructed worst come first.
    pub worst_first: bool,
    /// Numbers as they were typed.
    pub numbers: String,
}

impl WantedDigits {
    /// Whether it takes errors to find them.
    #[must_use]
    pub fn needs_errors(&self) -> bool {
        match self.choice {
            DigitChoice::Worst => true,
            DigitChoice::Class => self.worst_first,
            _ => false,
        }
    }

    /// The images of the page, `n` of them or as many as there are; `None` while they cannot be told: errors are not
    /// known yet, or numbers make no sense. Pages wrap around at the end.
    #[must_use]
    pub fn samples(
        &self,
        n: usize,
        labels: &[u8],
        errors: Option<&ErrorView>,
    ) -> Option<Vec<SampleIdx>> {
        let class = usize::from(self.class);
        let all = match self.choice {
            DigitChoice::EachClass | DigitChoice::InOrder | DigitChoice::Random => {
                // What is remembered may be damaged.
                const LAST_PAGE: usize = 100_000;
                return Some(choose(self.choice, self.page.min(LAST_PAGE), n, labels));
            }
            DigitChoice::Class if self.worst_first => {
                let mut classes = errors?.classes.iter();
                classes
                    .find(|found| usize::from(found.class) == class)?
                    .worst
                    .clone()
            }
            DigitChoice::Class => of_class(self.class, labels),
            DigitChoice::Numbers => numbers::parse(&self.numbers, labels.len()).ok()?,
            DigitChoice::Worst => errors?.worst.clone(),
        };
        let n_pages = all.len().div_ceil(n.max(1));
        let page = self.page.checked_rem(n_pages)?;
        Some(all.into_iter().skip(page * n).take(n).collect())
    }
}

/// The images of a class, in the order of the test split.
fn of_class(class: u8, labels: &[u8]) -> Vec<SampleIdx> {
    let each = (0..).zip(labels);
    let members = each.filter(|&(_, label)| *label == class);
    members.map(|(sample, _)| sample).collect()
}

/// The images of a page, `n` of them or as many as there are. Pages wrap around at the end.
#[must_use]
fn choose(choice: DigitChoice, page: usize, n: usize, labels: &[u8]) -> Vec<SampleIdx> {
    let n_test = labels.len();
    let n = n.min(n_test);
    let chosen: Vec<usize> = match choice {
        DigitChoice::EachClass => each_class(page, n, labels),
        DigitChoice::InOrder => (0..n).map(|idx| (page * n + idx) % n_test).collect(),
        DigitChoice::Random | DigitChoice::Class | DigitChoice::Numbers | DigitChoice::Worst => {
            random(page, n, n_test)
        }
    };
    let sample = |idx: usize| SampleIdx::try_from(idx).ok();
    chosen.into_iter().filter_map(sample).collect()
}

/// The classes in turn, each time round the next image of each. A class without images is passed over.
fn each_class(page: usize, n: usize, labels: &[u8]) -> Vec<usize> {
    let mut of_class: BTreeMap<u8, Vec<usize>> = BTreeMap::new();
    for (idx, &label) in labels.iter().enumerate() {
        of_class.entry(label).or_default().push(idx);
    }
    if of_class.is_empty() {
        return Vec::new();
    }
    let rounds_per_page = n.div_ceil(of_class.len());
    let in_turn = (page * rounds_per_page..).flat_map(|round| {
        let members = of_class.values();
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
            let chosen = choose(DigitChoice::EachClass, page, n, &labels);
            chosen.into_iter().map(|idx| labels[idx as usize]).collect()
        };
        assert_eq!(classes(0, 12), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
        assert_eq!(classes(5, 10), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        let [first, second] = [0, 1].map(|page| choose(DigitChoice::EachClass, page, 10, &labels));
        assert!(first.iter().all(|idx| !second.contains(idx)));
    }

    #[test]
    fn a_class_numbers_and_the_worst_are_told_page_by_page() {
        use hourglass_protocol::ClassErrors;
        let labels: Vec<u8> = (0..100_u8).map(|idx| idx % 10).collect();
        let errors = ErrorView {
            worst: vec![42, 7, 13],
            classes: vec![ClassErrors {
                class: 3,
                worst: vec![93, 13],
                ..ClassErrors::default()
            }],
            ..ErrorView::default()
        };
        let mut wanted = WantedDigits {
            choice: DigitChoice::Class,
            class: 3,
            ..WantedDigits::default()
        };
        let pages = |wanted: &WantedDigits, n| -> Vec<_> {
            let of = |page| {
                WantedDigits {
                    page,
                    ..wanted.clone()
                }
                .samples(n, &labels, Some(&errors))
            };
            (0..3).map(of).map(Option::unwrap_or_default).collect()
        };
        assert_eq!(
            pages(&wanted, 4),
            [vec![3, 13, 23, 33], vec![43, 53, 63, 73], vec![83, 93]]
        );
        wanted.worst_first = true;
        assert_eq!(pages(&wanted, 4), [[93, 13], [93, 13], [93, 13]]);
        assert_eq!(
            wanted.samples(4, &labels, None),
            None,
            "errors are on their way"
        );
        wanted.choice = DigitChoice::Worst;
        assert_eq!(pages(&wanted, 2), [vec![42, 7], vec![13], vec![42, 7]]);
        wanted.choice = DigitChoice::Numbers;
        assert_eq!(wanted.samples(4, &labels, None), None);
        wanted.numbers = "5, 90-92".to_owned();
        assert_eq!(
            pages(&wanted, 3),
            [vec![5, 90, 91], vec![92], vec![5, 90, 91]]
        );
        wanted.numbers = "5, 900".to_owned();
        assert_eq!(wanted.samples(3, &labels, None), None);
    }

    proptest! {
        #[test]
        fn every_choice_is_within_the_split_and_different(
            labels in prop::collection::vec(0..10_u8, 0..200), page in 0..50_usize, n in 0..20_usize,
        ) {
            for choice in [DigitChoice::InOrder, DigitChoice::Random] {
                let mut chosen = choose(choice, page, n, &labels);
                prop_assert_eq!(chosen.len(), n.min(labels.len()));
                prop_assert!(chosen.iter().all(|idx| (*idx as usize) < labels.len()));
                chosen.sort_unstable();
                chosen.dedup();
                prop_assert_eq!(chosen.len(), n.min(labels.len()));
            }
            let chosen = choose(DigitChoice::EachClass, page, n, &labels);
            prop_assert_eq!(chosen.len(), n.min(labels.len()));
        }
    }
}
