//! Choosing what the two axes are: units of the code, or its principal components.

use std::collections::BTreeMap;

use egui::Ui;

use crate::small_menu::SmallMenu;
use crate::theme;
use hourglass_protocol::{Axes, Plane};

/// The planes that were chosen, for each size of code.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Planes(BTreeMap<usize, Plane>);

impl Planes {
    /// Sizes of code that are remembered.
    const MAX: usize = 32;

    /// The plane that was chosen for codes of this many units; `None` if none was chosen.
    #[must_use]
    pub fn of(&self, code_size: usize) -> Option<Plane> {
        self.0.get(&code_size).copied()
    }

    /// Remembers a choice.
    pub fn choose(&mut self, code_size: usize, plane: Plane) {
        if self.0.len() >= Self::MAX && !self.0.contains_key(&code_size) {
            self.0.pop_first();
        }
        self.0.insert(code_size, plane);
    }
}

/// The two menus, from right to left. A plane that is chosen keeps to one kind of axis: where the other axis is of the
/// other kind, it follows.
pub fn menus(ui: &mut Ui, plane: Plane, code_size: usize) -> Option<Plane> {
    let names = ["Horizontal axis", "Vertical axis"];
    let helps = [
        "What the horizontal axis shows: a principal component of the codes, or a unit",
        "What the vertical axis shows: a principal component of the codes, or a unit",
    ];
    let mut chosen = None;
    for axis in [0, 1] {
        let text = format!("{} {}", ["→", "↑"][axis], name_of(plane, axis));
        let menu = SmallMenu {
            name: names[axis],
            text: &text,
            help: helps[axis],
        };
        let found = menu.show(ui, |ui| entries(ui, plane, axis, code_size));
        chosen = chosen.or(found);
    }
    chosen
}

/// Everything an axis can be.
fn entries(ui: &mut Ui, plane: Plane, axis: usize, code_size: usize) -> Option<Plane> {
    let components = (0..Plane::n_components(code_size)).map(|idx| (true, idx));
    let units = (0..code_size).map(|idx| (false, idx));
    let mut chosen = None;
    ui.label(theme::dim(ui, "principal components"));
    for (is_component, idx) in components.chain(units) {
        if !is_component && idx == 0 {
            ui.separator();
            ui.label(theme::dim(ui, "units of the code"));
        }
        let other = with_axis(plane, axis, is_component, idx);
        if ui
            .selectable_label(other == plane, name_of(other, axis))
            .clicked()
        {
            chosen = Some(other);
        }
    }
    chosen
}

/// The plane with another axis. Where both would be the same, the other one takes the place that became free.
fn with_axis(plane: Plane, axis: usize, is_component: bool, idx: usize) -> Plane {
    let was_component = matches!(plane, Plane::Components(_));
    let mut pair = if was_component == is_component {
        plane.pair()
    } else {
        [0, 1]
    };
    if pair[1 - axis] == idx {
        pair[1 - axis] = pair[axis];
    }
    pair[axis] = idx;
    if is_component {
        Plane::Components(pair)
    } else {
        Plane::Units(pair)
    }
}

fn name_of(plane: Plane, axis: usize) -> String {
    let idx = plane.pair()[axis];
    match plane {
        Plane::Units(_) => unit(idx),
        Plane::Components(_) => format!("PC {}", idx + 1),
    }
}

/// `h₁₂`
fn unit(idx: usize) -> String {
    let digits = (idx + 1).to_string();
    let lowered = digits.chars().filter_map(|digit| {
        let digit = digit.to_digit(10)?;
        char::from_u32('₀' as u32 + digit)
    });
    std::iter::once('h').chain(lowered).collect()
}

/// What the two axes are called.
#[must_use]
pub fn names(axes: Axes, pair: [usize; 2]) -> [String; 2] {
    match axes {
        Axes::Raw => pair.map(unit),
        Axes::Pca { .. } => pair.map(|component| format!("PC {}", component + 1)),
        Axes::Turned { .. } => pair.map(|component| format!("along A's PC {}", component + 1)),
    }
}

/// The same with the share of variance where it is known; `of_what` says what the percentages are of.
#[must_use]
pub fn titles(axes: Axes, pair: [usize; 2], of_what: &str) -> [String; 2] {
    let [first, second] = names(axes, pair);
    let (Axes::Pca { explained } | Axes::Turned { explained }) = axes else {
        return [first, second];
    };
    [(first, explained[0]), (second, explained[1])].map(|(name, share)| {
        let share = format!("{:.1} % {of_what}", 100.0 * share);
        format!("{name} ({})", share.trim_end())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_named_from_one() {
        assert_eq!([0, 11, 63].map(unit), ["h₁", "h₁₂", "h₆₄"]);
    }

    #[test]
    fn the_axes_stay_apart_and_of_one_kind() {
        let first = Plane::Components([0, 1]);
        assert_eq!(with_axis(first, 0, true, 4), Plane::Components([4, 1]));
        assert_eq!(with_axis(first, 0, true, 1), Plane::Components([1, 0]));
        assert_eq!(with_axis(first, 1, false, 9), Plane::Units([0, 9]));
        assert_eq!(with_axis(first, 1, false, 0), Plane::Units([1, 0]));
        assert_eq!(
            with_axis(Plane::Units([5, 3]), 0, true, 2),
            Plane::Components([2, 1])
        );
    }

    #[test]
    fn choices_are_kept_for_each_size_and_bounded() {
        let mut planes = Planes::default();
        for size in 3..100 {
            planes.choose(size, Plane::Units([0, 2]));
        }
        assert_eq!(planes.of(99), Some(Plane::Units([0, 2])));
        assert_eq!(planes.of(3), None);
        assert!(planes.0.len() <= Planes::MAX);
    }
}
