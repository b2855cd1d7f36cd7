//! What of a picture is writing, and what is not: groups of ink, and which of them become the digit.

use std::fmt;
use std::sync::Arc;

/// Groups that are told apart in one picture; the rest are of the smallest.
pub const MAX_GROUPS: usize = 256;

/// Ink that belongs together: a digit, or something that was left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Left, top, right and bottom as shares of the picture's width and height.
    pub bounds: [f32; 4],
    /// Whether it may be a digit of its own: no surroundings, and about as tall as the tallest of these.
    pub is_digit: bool,
    /// Why it is no part of the digit that was made; nothing where it is.
    pub left_out: Option<LeftOut>,
}

impl Group {
    /// Whether it is part of the digit that was made.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        self.left_out.is_none()
    }
}

/// Why ink is no part of the digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeftOut {
    /// It reaches the border of the picture: a table, a thumb, a neighbour's stroke.
    AtBorder,
    /// It runs around other ink: a frame, a circle, the cell of a form.
    Around,
    /// It is straight, and nearly as long as the picture.
    Line,
    /// It is much smaller than the writing and lies apart from it: a label, a stamp.
    Small,
    /// It is another digit.
    OtherDigit,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AtBorder => "what reaches the border",
            Self::Around => "a frame around the writing",
            Self::Line => "a long straight line",
            Self::Small => "small marks away from the writing",
            Self::OtherDigit => "another digit",
        })
    }
}

/// Which groups become the digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// All ink there is, surroundings and specks too.
    AllInk,
    /// Some groups, by their places in [`super::Prepared::groups`].
    Groups(GroupSet),
}

/// A set of groups by their places, at most [`MAX_GROUPS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GroupSet([u64; MAX_GROUPS / 64]);

impl GroupSet {
    /// A set of one group.
    #[must_use]
    pub fn one(group: usize) -> Self {
        let mut set = Self::default();
        set.toggle(group);
        set
    }

    #[must_use]
    pub fn contains(&self, group: usize) -> bool {
        let bits = self.0.get(group / 64);
        bits.is_some_and(|bits| bits >> (group % 64) & 1 == 1)
    }

    /// Puts a group in, or takes it out; beyond [`MAX_GROUPS`] nothing happens.
    pub fn toggle(&mut self, group: usize) {
        if let Some(bits) = self.0.get_mut(group / 64) {
            *bits ^= 1 << (group % 64);
        }
    }

    /// Whether there is none in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|bits| *bits == 0)
    }
}

impl FromIterator<usize> for GroupSet {
    fn from_iter<I: IntoIterator<Item = usize>>(groups: I) -> Self {
        let mut set = Self::default();
        for group in groups {
            if !set.contains(group) {
                set.toggle(group);
            }
        }
        set
    }
}

/// Which group each place of a picture belongs to: for showing what was left out, and for clicking.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroupMap {
    /// Places side by side.
    pub width: usize,
    /// Places on top of each other.
    pub height: usize,
    /// 0 where there is no ink, otherwise the place of its group in [`super::Prepared::groups`], counted from 1.
    /// Row by row, `[height × width]`.
    pub groups: Arc<[u16]>,
    /// Left, top, right and bottom of it all as shares of the picture's width and height: smaller than the picture
    /// where a part of it was cut out by hand.
    pub bounds: [f32; 4],
}

impl GroupMap {
    /// The group at a place, given as shares of the picture's width and height; a near one where there is no ink.
    #[must_use]
    pub fn at(&self, place: [f32; 2]) -> Option<usize> {
        /// How far a click may lie beside the ink, in places of the map.
        const REACH: usize = 3;
        let along = |axis: usize, side: usize| {
            let [from, to] = [self.bounds[axis], self.bounds[axis + 2]];
            let share = (place[axis] - from) / (to - from);
            (0.0..1.0)
                .contains(&share)
                .then_some((share * side as f32) as usize)
        };
        let (column, row) = (along(0, self.width)?, along(1, self.height)?);
        let rows = row.saturating_sub(REACH)..(row + REACH + 1).min(self.height);
        let near = rows.flat_map(|y| {
            let columns = column.saturating_sub(REACH)..(column + REACH + 1).min(self.width);
            columns.map(move |x| (x.abs_diff(column).max(y.abs_diff(row)), y, x))
        });
        let inked = near.filter_map(|(away, y, x)| {
            let group = *self.groups.get(y * self.width + x)?;
            (group > 0).then(|| (away, usize::from(group) - 1))
        });
        inked.min().map(|(_, group)| group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_switched_and_out_of_range_is_none() {
        let mut set: GroupSet = [0, 70, 70, 255, 256, 9999].into_iter().collect();
        assert!([0, 70, 255].iter().all(|&group| set.contains(group)));
        assert!(!set.contains(256) && !set.contains(9999));
        set.toggle(70);
        set.toggle(0);
        set.toggle(255);
        assert!(set.is_empty());
    }

    #[test]
    fn a_click_finds_the_ink_beside_it() {
        let mut groups = vec![0; 100];
        groups[5 * 10 + 5] = 3;
        let map = GroupMap {
            width: 10,
            height: 10,
            groups: groups.into(),
            bounds: [0.5, 0.5, 1.0, 1.0],
        };
        assert_eq!(map.at([0.77, 0.77]), Some(2));
        assert_eq!(map.at([0.70, 0.70]), Some(2));
        assert_eq!(map.at([0.52, 0.52]), None);
        assert_eq!(map.at([0.2, 0.2]), None);
        assert_eq!(map.at([f32::NAN, 0.8]), None);
    }
}
