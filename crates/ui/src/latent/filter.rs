//! Which classes the scatter shows.

use hourglass_experiment::dataset::MAX_CLASSES;

/// Which classes are hidden: one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(from = "Kept", into = "Kept")]
pub struct ClassFilter(u128);

const _: () = assert!(MAX_CLASSES <= u128::BITS as usize, "a bit for each");

/// How it is remembered: the lower bits, and the higher ones where there are any.
#[derive(Clone, Copy, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
enum Kept {
    Low(u64),
    Both([u64; 2]),
}

/// Settings were kept before there were more than ten classes, with a bit for each that is shown: those stay as
/// they are, and further ones say what is hidden.
const KEPT_AS_SHOWN: u64 = (1 << 10) - 1;

impl From<Kept> for ClassFilter {
    fn from(kept: Kept) -> Self {
        let [low, high] = match kept {
            Kept::Low(low) => [low, 0],
            Kept::Both(both) => both,
        };
        Self(u128::from(low ^ KEPT_AS_SHOWN) | u128::from(high) << u64::BITS)
    }
}

impl From<ClassFilter> for Kept {
    fn from(filter: ClassFilter) -> Self {
        let high = (filter.0 >> u64::BITS) as u64;
        let low = filter.0 as u64 ^ KEPT_AS_SHOWN;
        if high == 0 {
            Self::Low(low)
        } else {
            Self::Both([low, high])
        }
    }
}

impl ClassFilter {
    /// Every class is shown.
    pub const ALL: Self = Self(0);

    /// Whether a class is shown.
    #[must_use]
    pub fn shows(self, class: u8) -> bool {
        self.0 & Self::bit(class) == 0
    }

    /// The classes that are hidden.
    #[must_use]
    pub fn hidden(self) -> Vec<u8> {
        (0..128).filter(|&class| !self.shows(class)).collect()
    }

    /// Shows a hidden class, hides a shown one.
    pub fn toggle(&mut self, class: u8) {
        self.0 ^= Self::bit(class);
    }

    /// Shows this class alone of this many; all again if no other was shown anyway.
    pub fn isolate(&mut self, class: u8, n_classes: usize) {
        let classes = (0..=u8::MAX).take(n_classes);
        let others = classes.fold(0, |all, class| all | Self::bit(class)) & !Self::bit(class);
        let is_alone = self.0 & others == others;
        self.0 = if is_alone { 0 } else { others };
    }

    /// Shows these classes alone of this many.
    pub fn show_only(&mut self, shown: &[u8], n_classes: usize) {
        let classes = (0..=u8::MAX).take(n_classes);
        let others = classes.filter(|class| !shown.contains(class));
        self.0 = others.fold(0, |all, class| all | Self::bit(class));
    }

    /// Whether nothing is hidden.
    #[must_use]
    pub fn is_all(self) -> bool {
        self == Self::ALL
    }

    fn bit(class: u8) -> u128 {
        1 << class.min(127)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(filter: ClassFilter) -> Vec<u8> {
        (0..10).filter(|class| filter.shows(*class)).collect()
    }

    #[test]
    fn a_click_hides_and_shows_again() {
        let mut filter = ClassFilter::default();
        filter.toggle(3);
        assert_eq!(shown(filter), [0, 1, 2, 4, 5, 6, 7, 8, 9]);
        filter.toggle(3);
        assert!(filter.is_all());
    }

    /// The first click of a double click has toggled the class already.
    #[test]
    fn a_double_click_isolates_and_the_next_one_shows_all_again() {
        let mut filter = ClassFilter::default();
        filter.toggle(3);
        filter.isolate(3, 10);
        assert_eq!(shown(filter), [3]);
        filter.toggle(3);
        filter.isolate(3, 10);
        assert!(filter.is_all());
    }

    #[test]
    fn settings_of_ten_classes_are_still_read_and_further_classes_are_kept() {
        let read = |text: &str| serde_json::from_str::<ClassFilter>(text).expect("a filter");
        let written = |filter| serde_json::to_string::<ClassFilter>(&filter).expect("text");
        assert_eq!(read("1023"), ClassFilter::ALL);
        assert_eq!(read("1015").hidden(), [3]);
        let mut filter = ClassFilter::ALL;
        filter.isolate(12, 14);
        assert_eq!(filter.hidden(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13]);
        assert_eq!(read(&written(filter)), filter);
        filter.show_only(&[3, 97], 100);
        assert!(filter.shows(97) && filter.hidden().len() == 98);
        assert_eq!(read(&written(filter)), filter);
    }
}
