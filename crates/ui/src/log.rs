//! The log of what happened, with times and levels; all of it can be copied.

use std::fmt::Write;
use std::time::Duration;

use egui::{Align, Align2, Button, Frame, Id, Label, Layout, ScrollArea, Ui, Window, vec2};
use egui_material_icons::icons::{ICON_CLOSE, ICON_CONTENT_COPY};

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::message::{capitalized, icon_of};
use super::segmented::{Segment, segmented};
use super::theme::{self, space};
use super::{Action, GuideAction};
use hourglass_state::{LabState, Notice, NoticeLevel};

/// Size of the log at first, in points.
const SIZE: [f32; 2] = [440.0, 340.0];

const LEVELS: [Segment<'static, NoticeLevel>; 3] = [
    Segment {
        value: NoticeLevel::Info,
        text: "All",
        help: "Messages, warnings and errors",
    },
    Segment {
        value: NoticeLevel::Warning,
        text: "Warnings",
        help: "Warnings and errors",
    },
    Segment {
        value: NoticeLevel::Error,
        text: "Errors",
        help: "Errors only",
    },
];

/// The log as a window within the window.
#[derive(Debug)]
pub struct Log {
    /// Whether it is shown.
    pub is_open: bool,
    /// The least that is listed.
    least: NoticeLevel,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            is_open: false,
            least: NoticeLevel::Info,
        }
    }
}

impl Log {
    /// Draws the log, newest first; nothing while it is hidden.
    pub fn ui(&mut self, ui: &Ui, state: &LabState, actions: &mut Vec<Action>) {
        if !self.is_open {
            return;
        }
        Window::new("Log")
            .id(Id::unique("log"))
            .title_bar(false)
            .default_size(SIZE)
            .min_width(280.0)
            .pivot(Align2::RIGHT_TOP)
            .default_pos(ui.ctx().content_rect().right_top() + vec2(-space::M, 54.0))
            .fade_in(false)
            .frame(Frame::window(ui.style()).inner_margin(12))
            .show(ui.ctx(), |ui| {
                self.header(ui, state, actions);
                ui.separator();
                self.list(ui, state);
            });
    }

    fn header(&mut self, ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
        ui.horizontal(|ui| {
            ui.label(theme::title(ui, "What happened"));
            if let Some(least) = segmented(ui, "level", self.least, &LEVELS) {
                self.least = least;
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let close = ui
                    .add(Button::new(theme::icon(ICON_CLOSE)).frame_when_inactive(false))
                    .on_hover_text("Hides the log; recording continues")
                    .accessible_name("Close the log");
                if close.clicked() {
                    actions.push(GuideAction::ShowLog(false).into());
                }
                let copy = ui
                    .add(Button::new(theme::icon(ICON_CONTENT_COPY)).frame_when_inactive(false))
                    .on_hover_text("Copies all listed entries to the clipboard, oldest first")
                    .accessible_name("Copy the log");
                if copy.clicked() {
                    ui.ctx().copy_text(self.text(state, Clock::of(ui)));
                }
            });
        });
    }

    fn list(&self, ui: &mut Ui, state: &LabState) {
        let clock = Clock::of(ui);
        let mut listed: Vec<&Notice> = self.listed(state).collect();
        listed.reverse();
        if listed.is_empty() {
            let text = match self.least {
                NoticeLevel::Info => {
                    "Nothing yet: messages about data, devices and errors appear here"
                }
                NoticeLevel::Warning => "No warnings or errors so far",
                NoticeLevel::Error => "No errors so far",
            };
            ui.add(Label::new(theme::dim(ui, text)).wrap());
        }
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            for notice in listed {
                ui.horizontal_top(|ui| {
                    let (icon, color) = icon_of(ui, notice.level);
                    ui.label(theme::icon(icon).color(color));
                    let at = clock.time(notice);
                    let time = at.strftime("%H:%M:%S").to_string();
                    ui.add(Label::new(theme::dim(ui, time)).extend())
                        .on_hover_text(at.strftime("%A, %-d %B %Y").to_string());
                    let text = capitalized(&notice.text);
                    ui.add(Label::new(text).wrap().selectable(true));
                });
            }
        });
    }

    fn listed<'a>(&self, state: &'a LabState) -> impl Iterator<Item = &'a Notice> {
        let least = self.least;
        let notices = state.notices.since(0);
        notices.filter(move |notice| notice.level >= least)
    }

    /// All that is listed, a line each.
    fn text(&self, state: &LabState, clock: Clock) -> String {
        let mut text = String::new();
        for notice in self.listed(state) {
            let level = match notice.level {
                NoticeLevel::Info => "news",
                NoticeLevel::Warning => "warning",
                NoticeLevel::Error => "error",
            };
            let time = clock.time(notice).strftime("%F %T");
            let notice = &notice.text;
            writeln!(text, "{time}\t{level}\t{notice}").expect("a string takes everything");
        }
        text
    }
}

/// Turns the window's clock, by which notices are dated, into the time of day.
#[derive(Clone, Copy)]
struct Clock {
    /// When the window's clock stood at 0.
    start: Timestamp,
}

impl Clock {
    fn of(ui: &Ui) -> Self {
        let since_start = ui.input(|input| input.time).max(0.0);
        let start = Timestamp::now().checked_sub(Duration::from_secs_f64(since_start));
        Self {
            start: start.unwrap_or(Timestamp::UNIX_EPOCH),
        }
    }

    /// When a notice was given, where the window is.
    fn time(self, notice: &Notice) -> Zoned {
        let since_start = Duration::from_millis(notice.at_millis);
        let at = self.start.checked_add(since_start).unwrap_or(self.start);
        at.to_zoned(TimeZone::system())
    }
}
