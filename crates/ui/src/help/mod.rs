//! The help: first steps, the keys, and the pages of the manual, over everything else.

mod first_steps;
mod page;

use egui::{Frame, Id, Key, Modal, Modifiers, ScrollArea, Ui, vec2};
use hourglass_manual::markdown::Block;
use hourglass_manual::{PAGES, Page};

use super::Action;
use super::theme::{self, space};

/// Width of the help, and of what is beside its text, in points; a window of 900 points has room for it.
const WIDTHS: std::ops::RangeInclusive<f32> = 620.0..=880.0;
const BESIDE: f32 = 80.0;
/// Width of the list of pages, in points.
const LIST: f32 = 130.0;
/// Height of what is around the part that scrolls, in points.
const AROUND: f32 = 200.0;
/// Share of the visible part that Page Up and Page Down move by: a line or two stays in sight.
const PAGE_STEP: f32 = 0.9;
const FIRST_STEPS: &str = "First steps";

/// What the help shows.
#[derive(Debug, Default)]
pub struct Help {
    pub is_open: bool,
    /// The page that is read; first steps and keys otherwise.
    reading: Option<Reading>,
}

#[derive(Debug)]
struct Reading {
    page: &'static Page,
    blocks: Vec<Block>,
    /// The heading that a link asked for, until it is in sight.
    sought: Option<String>,
}

impl Reading {
    fn new(page: &'static Page, sought: Option<String>) -> Self {
        Self {
            page,
            blocks: page.blocks(),
            sought,
        }
    }
}

impl Help {
    /// Draws the help over everything else, if it is open.
    pub fn ui(&mut self, ui: &Ui, actions: &mut Vec<Action>) {
        if !self.is_open {
            return;
        }
        let window = ui.ctx().content_rect();
        let width = (window.width() - BESIDE).clamp(*WIDTHS.start(), *WIDTHS.end());
        let height = window.height() - AROUND;
        let frame = Frame::popup(ui.style()).inner_margin(22).corner_radius(12);
        let modal = Modal::new(Id::unique("help"))
            .frame(frame)
            .show(ui.ctx(), |ui| {
                ui.set_width(width);
                ui.heading("Hourglass");
                ui.label(theme::dim(ui, "A laboratory for autoencoders"));
                ui.add_space(space::S);
                ui.horizontal_top(|ui| {
                    ui.vertical(|ui| self.list(ui));
                    ui.add_space(space::L);
                    ui.vertical(|ui| self.body(ui, height));
                });
                ui.add_space(space::S);
                ui.vertical_centered_justified(|ui| {
                    let close = ui.button("Close").on_hover_text("Back to the window (Esc)");
                    close.clicked()
                })
                .inner
            });
        if modal.inner || modal.should_close() {
            actions.push(Action::ShowHelp(false));
        }
    }

    /// The pages to choose from.
    fn list(&mut self, ui: &mut Ui) {
        ui.set_width(LIST);
        let topic = self.reading.as_ref().map(|reading| reading.page.topic);
        let first = ui
            .selectable_label(topic.is_none(), FIRST_STEPS)
            .on_hover_text("What to try first, and every key");
        if first.clicked() {
            self.reading = None;
        }
        for page in &PAGES {
            let help = format!("This page of the manual; `hourglass help {}`", page.topic);
            let entry = ui
                .selectable_label(topic == Some(page.topic), page.title())
                .on_hover_text(help);
            if entry.clicked() {
                self.reading = Some(Reading::new(page, None));
            }
        }
    }

    fn body(&mut self, ui: &mut Ui, height: f32) {
        let topic = self.reading.as_ref().map(|reading| reading.page.topic);
        let followed = ScrollArea::vertical()
            .id_salt(topic) // each page stays where it was read
            .max_height(height)
            .min_scrolled_height(height)
            .auto_shrink(false)
            .show(ui, |ui| {
                scroll_by_keys(ui, height);
                ui.set_max_width(ui.available_width() - space::L); // the scroll bar is beside the text
                let Some(reading) = &mut self.reading else {
                    first_steps::show(ui);
                    return None;
                };
                page::show(ui, &reading.blocks, &mut reading.sought)
            });
        if let Some(target) = followed.inner
            && let Some(page) = Page::linked(&target)
        {
            let sought = target
                .split_once('#')
                .map(|(_, heading)| heading.to_owned());
            self.reading = Some(Reading::new(page, sought));
        }
    }
}

fn scroll_by_keys(ui: &Ui, height: f32) {
    for (key, sign) in [(Key::PageUp, 1.0), (Key::PageDown, -1.0)] {
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)) {
            ui.scroll_with_delta(vec2(0.0, sign * PAGE_STEP * height));
        }
    }
}
