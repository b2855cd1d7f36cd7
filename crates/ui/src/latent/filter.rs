//! Which classes the scatter shows.

/// Which classes are hidden: one bit each. Classes from the 64th on share one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(from = "u64", into = "u64")]
pub struct ClassFilter(u64);

/// Settings were kept before there were more than ten classes, with a bit for each that is shown: those stay as
/// they are, and further ones say what is hidden.
const KEPT_AS_SHOWN: u64 = (1 << 10) - 1;

impl From<u64> for ClassFilter {
    fn from(kept: u64) -> Self {
        Self(kept ^ KEPT_AS_SHOWN)
    }
}

impl From<ClassFilter> for u64 {
    fn from(filter: ClassFilter) -> Self {
        filter.0 ^ KEPT_AS_SHOWN
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
        (0..64).filter(|&class| !self.shows(class)).collect()
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

    /// Whether nothing is hidden.
    #[must_use]
    pub fn is_all(self) -> bool {
        self == Self::ALL
    }

    fn bit(class: u8) -> u64 {
        1 << class.min(63)
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
        assert_eq!(ClassFilter::from(1023), ClassFilter::ALL);
        assert_eq!(ClassFilter::from(1023 - 8).hidden(), [3]);
        let mut filter = ClassFilter::ALL;
        filter.isolate(12, 14);
        assert_eq!(filter.hidden(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13]);
        assert_eq!(ClassFilter::from(u64::from(filter)), filter);
    }
}
