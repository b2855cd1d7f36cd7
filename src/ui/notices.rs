//! What happened: short notes over the window's corner, and a log of all of them.
//!
//! Notes of things done as asked go by themselves, and so do warnings, which the bar above the views repeats;
//! errors stay until they are dismissed.

use egui::{Align, Align2, Area, Frame, Id, Label, Layout, Margin, Order, Stroke, Ui, vec2};
use egui_material_icons::icons::{ICON_CLOSE, ICON_ERROR, ICON_INFO, ICON_WARNING};

use super::theme::{self, space};
use crate::state::{LabState, Notice, NoticeLevel};

/// How long a note of something done as asked stays, in seconds.
const INFO_SECS: f64 = 5.0;
/// Most notes shown at once; older ones are in the log.
const MAX_SHOWN: usize = 4;
/// Width of a note and of the log, in points.
const WIDTH: f32 = 340.0;

/// Notes over the corner of the window, and which notices were read in the log.
#[derive(Debug, Default)]
pub struct Notes {
    /// Notes on the screen, oldest first.
    shown: Vec<Note>,
    /// Notices before this number were turned into notes.
    next_number: u64,
    /// Errors before this number were read in the log or dismissed.
    read_until: u64,
}

#[derive(Debug)]
struct Note {
    number: u64,
    /// When it came, in egui's seconds.
    since_secs: f64,
}

impl Notes {
    /// Draws the notes over everything else.
    pub fn ui(&mut self, ui: &mut Ui, state: &LabState) {
        let now = ui.input(|input| input.time);
        self.take_new(state, now);
        let mut dismissed = None;
        let mut bottom = -space::M;
        for note in &self.shown {
            let Some(notice) = state.notices.since(note.number).next() else {
                continue;
            };

            let response = Area::new(Id::unique(("note", note.number)))
                .order(Order::Foreground)
                .anchor(Align2::RIGHT_BOTTOM, vec2(-space::M, bottom))
                .show(ui.ctx(), |ui| note_ui(ui, notice));
            bottom -= response.response.rect.height() + space::S;
            if response.inner {
                dismissed = Some(note.number);
            }
        }
        if let Some(number) = dismissed {
            self.shown.retain(|note| note.number != number);
        }
    }

    /// Errors that nobody has looked at in the log.
    #[must_use]
    pub fn n_unread_errors(&self, state: &LabState) -> usize {
        let unread = state.notices.since(self.read_until);
        unread
            .filter(|notice| notice.level == NoticeLevel::Error)
            .count()
    }

    /// Draws the log, newest first, and takes it as read.
    pub fn log_ui(&mut self, ui: &mut Ui, state: &LabState) {
        self.read_until = state.notices.next_number();
        ui.set_width(WIDTH);
        ui.label(theme::title(ui, "What happened"));
        let mut notices: Vec<&Notice> = state.notices.since(0).collect();
        notices.reverse();
        if notices.is_empty() {
            ui.label(theme::dim(
                ui,
                "Nothing yet: news of data, devices and errors is kept here",
            ));
            return;
        }
        egui::ScrollArea::vertical()
            .max_height(360.0)
            .show(ui, |ui| {
                for notice in notices {
                    ui.separator();
                    text_ui(ui, notice);
                }
            });
        ui.add_space(space::XS);
        if ui
            .button("Dismiss all notes")
            .on_hover_text("Removes the notes over the corner of the window; the log keeps them")
            .clicked()
        {
            self.shown.clear();
        }
    }

    fn take_new(&mut self, state: &LabState, now: f64) {
        for notice in state.notices.since(self.next_number) {
            self.shown.push(Note {
                number: notice.number,
                since_secs: now,
            });
        }
        self.next_number = state.notices.next_number();
        let is_error = |note: &Note| {
            let notice = state.notices.since(note.number).next();
            notice.is_some_and(|notice| notice.level == NoticeLevel::Error)
        };
        self.shown
            .retain(|note| now - note.since_secs < INFO_SECS || is_error(note));
        self.shown.retain(|note| {
            let notice = state.notices.since(note.number).next();
            notice.is_some_and(|notice| !is_in_banner(notice, state))
        });
        let n_over = self.shown.len().saturating_sub(MAX_SHOWN);
        self.shown.drain(..n_over);
    }

    /// Seconds until the next note goes by itself; none while none will.
    #[must_use]
    pub fn next_change_secs(&self, now: f64) -> Option<f64> {
        let ends = self
            .shown
            .iter()
            .map(|note| note.since_secs + INFO_SECS - now);
        ends.filter(|secs| *secs > 0.0).min_by(f64::total_cmp)
    }
}

/// Whether the banner under the top bar already says it.
fn is_in_banner(notice: &Notice, state: &LabState) -> bool {
    let crash = state.crash.as_ref();
    crash.is_some_and(|message| notice.text.contains(message.as_str()))
}

/// One note; tells whether it was dismissed.
fn note_ui(ui: &mut Ui, notice: &Notice) -> bool {
    let t = theme::tokens_of(ui);
    let (fill, edge) = match notice.level {
        NoticeLevel::Info => (t.panel, t.border),
        NoticeLevel::Warning => (t.warning_soft, t.warning),
        NoticeLevel::Error => (t.error_soft, t.error),
    };
    Frame::new()
        .fill(fill)
        .stroke(Stroke::new(1.0, edge))
        .corner_radius(8)
        .shadow(ui.visuals().popup_shadow)
        .inner_margin(Margin::symmetric(12, 8))
        .show(ui, |ui| {
            ui.set_width(WIDTH - 2.0 * space::M);
            ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                let close = egui::Button::new(theme::icon(ICON_CLOSE)).frame(false);
                let closed = ui
                    .add(close)
                    .on_hover_text("Dismiss this note; the log keeps it")
                    .accessible_name("Dismiss note")
                    .clicked();
                ui.with_layout(Layout::left_to_right(Align::Min), |ui| text_ui(ui, notice));
                closed
            })
            .inner
        })
        .inner
}

fn text_ui(ui: &mut Ui, notice: &Notice) {
    let t = theme::tokens_of(ui);
    let (icon, color) = match notice.level {
        NoticeLevel::Info => (ICON_INFO, t.text_dim),
        NoticeLevel::Warning => (ICON_WARNING, t.warning),
        NoticeLevel::Error => (ICON_ERROR, t.error),
    };
    ui.horizontal_top(|ui| {
        ui.label(theme::icon(icon).color(color));
        ui.add(
            Label::new(capitalized(&notice.text))
                .wrap()
                .selectable(true),
        );
    });
}

/// A message as a sentence: errors begin in lower case, to stand behind others.
pub(super) fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
