//! Which classes the scatter shows.

use hourglass_experiment::N_CLASSES;

/// Which classes are shown: one bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ClassFilter(u16);

impl Default for ClassFilter {
    fn default() -> Self {
        Self::ALL
    }
}

impl ClassFilter {
    /// Every class is shown.
    pub const ALL: Self = Self((1 << N_CLASSES) - 1);

    /// Whether a class is shown.
    #[must_use]
    pub fn shows(self, class: u8) -> bool {
        self.0 & Self::bit(class) != 0
    }

    /// The classes that are hidden.
    #[must_use]
    pub fn hidden(self) -> Vec<u8> {
        (0_u8..)
            .take(N_CLASSES)
            .filter(|&class| !self.shows(class))
            .collect()
    }

    /// Shows a hidden class, hides a shown one.
    pub fn toggle(&mut self, class: u8) {
        self.0 ^= Self::bit(class);
    }

    /// Shows this class alone; all again if no other was shown anyway.
    pub fn isolate(&mut self, class: u8) {
        let others = self.0 & !Self::bit(class);
        *self = if others == 0 {
            Self::ALL
        } else {
            Self(Self::bit(class))
        };
    }

    /// Whether nothing is hidden.
    #[must_use]
    pub fn is_all(self) -> bool {
        self == Self::ALL
    }

    /// The bit of a class; classes beyond the tenth share its.
    fn bit(class: u8) -> u16 {
        let last = N_CLASSES as u8 - 1;
        1 << class.min(last)
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
        filter.isolate(3);
        assert_eq!(shown(filter), [3]);
        filter.toggle(3);
        filter.isolate(3);
        assert!(filter.is_all());
    }
}
