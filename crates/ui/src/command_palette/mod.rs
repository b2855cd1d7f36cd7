//! The search over everything the window can do: type a few letters, choose with the arrows, Enter.

mod entries;
mod other_names;
mod score;

use egui::{
    Align, Align2, Button, Frame, Id, Key, Label, Modal, Modifiers, ScrollArea, TextEdit, Ui, vec2,
};

use super::shortcuts::Switches;
use super::theme::{self, space};
use super::{Action, GuideAction};
use hourglass_state::LabState;

pub use entries::{Entry, entries};
pub use score::score;

/// Width and greatest height of the list, in points.
const WIDTH: f32 = 520.0;
const HEIGHT: f32 = 380.0;
/// Below the upper edge of the window, in points.
const TOP: f32 = 76.0;

/// What was typed and chosen.
#[derive(Debug, Default)]
pub struct CommandPalette {
    is_open: bool,
    query: String,
    chosen: usize,
}

impl CommandPalette {
    /// Whether it is shown.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Shows it empty, or hides it.
    pub fn show(&mut self, is_open: bool) {
        *self = Self {
            is_open,
            ..Self::default()
        };
    }

    /// Draws it over everything else; nothing while it is hidden.
    pub fn ui(&mut self, ui: &Ui, state: &LabState, switches: Switches, actions: &mut Vec<Action>) {
        if !self.is_open {
            return;
        }
        let steps = arrows(ui);
        let is_entered = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
        let (mut found, mut clicked) = (Vec::new(), None);
        let id = Id::unique("command-palette");
        let area = Modal::default_area(id)
            .anchor(Align2::CENTER_TOP, vec2(0.0, TOP))
            .accessible_name("Search everything");
        let frame = Frame::popup(ui.style()).inner_margin(12).corner_radius(12);
        let modal = Modal::new(id).area(area).frame(frame);
        let shown = modal.show(ui.ctx(), |ui| {
            ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 60.0));
            self.field(ui);
            ui.add_space(space::XS);
            // What was typed in this frame counts, also for an Enter that came with it.
            found = best_of(&self.query, entries(ui.ctx(), state, switches));
            self.step(steps, found.len());
            let is_moved = steps != [0, 0];
            if found.is_empty() {
                let text = "Nothing matches: try fewer letters";
                ui.add(Label::new(theme::dim(ui, text)));
            }
            ScrollArea::vertical().max_height(HEIGHT).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                for (place, entry) in found.iter().enumerate() {
                    if self.row(ui, place, entry, is_moved) {
                        clicked = Some(place);
                    }
                }
            });
        });
        let run = clicked.or(is_entered.then_some(self.chosen));
        if let Some(entry) = run.and_then(|place| found.get(place)) {
            actions.push(GuideAction::ShowCommands(false).into());
            actions.push(entry.action.clone());
        } else if shown.should_close() {
            actions.push(GuideAction::ShowCommands(false).into());
        }
    }

    fn field(&mut self, ui: &mut Ui) {
        let field = TextEdit::singleline(&mut self.query)
            .hint_text("Search commands, presets, lessons, settings")
            .desired_width(f32::INFINITY)
            .margin(vec2(8.0, 6.0));
        let response = ui
            .add(field)
            .on_hover_text("A few letters are enough: “lr” finds the learning rate")
            .accessible_name("Search everything");
        if response.changed() {
            self.chosen = 0;
        }
        if !response.has_focus() {
            response.request_focus(); // it is there to be typed into
        }
    }

    /// One entry; tells whether it was clicked.
    fn row(&self, ui: &mut Ui, place: usize, entry: &Entry, is_moved: bool) -> bool {
        let beside = if entry.keys.is_empty() {
            entry.kind
        } else {
            entry.keys.as_str()
        };
        let button = Button::selectable(place == self.chosen, entry.name.as_str())
            .right_text(theme::dim(ui, beside))
            .min_size(vec2(ui.available_width(), space::CONTROL))
            .truncate();
        let response = ui
            .add(button)
            .on_hover_text(&entry.help)
            .accessible_name(&entry.name);
        if is_moved && place == self.chosen {
            response.scroll_to_me(Some(Align::Center));
        }
        response.clicked()
    }

    /// Up and down go round.
    fn step(&mut self, [up, down]: [usize; 2], n_found: usize) {
        if n_found == 0 {
            self.chosen = 0;
            return;
        }
        self.chosen = self.chosen.min(n_found - 1);
        self.chosen = (self.chosen + down + n_found * up - up) % n_found;
    }
}

/// How often up and down were pressed.
fn arrows(ui: &Ui) -> [usize; 2] {
    [Key::ArrowUp, Key::ArrowDown]
        .map(|key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key)))
}

/// The entries that answer a query, the best first; all of them, in their order, before anything is typed.
#[must_use]
fn best_of(query: &str, entries: Vec<Entry>) -> Vec<Entry> {
    /// What a match of the kind, as in "preset sparse", is worth less than one of the name.
    const OF_KIND: i32 = 4;
    /// What a match of another name is worth less.
    const OF_OTHER_NAME: i32 = 8;
    let mut scored: Vec<(i32, Entry)> = entries
        .into_iter()
        .filter_map(|entry| {
            let by_name = score(query, &entry.name);
            let by_kind = score(query, &format!("{} {}", entry.kind, entry.name));
            let others = other_names::of(&entry.name).filter(|_| !query.trim().is_empty());
            let by_others = others.filter_map(|name| score(query, name)).max();
            let best = by_name
                .max(by_kind.map(|score| score - OF_KIND))
                .max(by_others.map(|score| score - OF_OTHER_NAME))?;
            Some((best, entry))
        })
        .collect();
    if !query.trim().is_empty() {
        scored.extend(not_here(query));
    }
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score)); // stable: alike ones keep their order
    scored.into_iter().map(|(_, entry)| entry).collect()
}

/// Answers to names of things that are not here, and what comes nearest.
fn not_here(query: &str) -> impl Iterator<Item = (i32, Entry)> + '_ {
    other_names::NOT_HERE.iter().filter_map(move |missing| {
        let names = missing.names.iter();
        let best = names.filter_map(|name| score(query, name)).max()?;
        let entry = Entry {
            name: format!("{}: not here; {}", missing.names[0], missing.instead),
            kind: "Not here",
            help: format!("Leads to what comes nearest: {}", missing.instead),
            keys: String::new(),
            action: missing.leads_to.clone(),
        };
        Some((best, entry))
    })
}
