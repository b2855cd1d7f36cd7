//! What happened, as short notes over a corner of the views.
//!
//! A message has one place: what a bar above the views says is no note, and of equal notes the newest is shown. Notes
//! keep away from the view in use. Those of things done as asked go by themselves after a while, and so do warnings;
//! errors stay until they are dismissed. A pointer that rests on one keeps them all, a click shows the log.

use egui::accesskit::{Live, Role};
use egui::text::LayoutJob;
use egui::{
    Align, Align2, Area, AreaState, Frame, Id, Label, Layout, Margin, Order, Pos2, Rect, Sense,
    Stroke, TextStyle, Ui, vec2,
};
use egui_material_icons::icons::ICON_CLOSE;

use super::log::Log;
use super::message::{capitalized, icon_of};
use super::shortcuts::{self, ShortcutAction};
use super::theme::{self, space};
use super::{Action, GuideAction, KeepAction};
use hourglass_state::{LabState, Notice, NoticeLevel};

/// How long a note of something done as asked stays, in seconds.
const INFO_SECS: f64 = 5.0;
/// How long a warning stays, or what can be undone: it takes longer to read or to decide, in seconds.
const WARNING_SECS: f64 = 9.0;
/// How long a note takes to fade out if animations are on, in seconds.
const FADE_SECS: f64 = 0.4;
/// Between two frames of a note that fades, in seconds.
const FADE_FRAME_SECS: f64 = 1.0 / 30.0;
/// Most notes shown at once; older ones are in the log.
const MAX_SHOWN: usize = 4;
/// Most lines of a note; the log has all of them.
const MAX_LINES: usize = 6;
/// Width of a note, in points.
const WIDTH: f32 = 340.0;
/// Height of a note of a few lines, in points.
const USUAL_HEIGHT: f32 = 80.0;
/// Where notes may stand, the best place first.
const CORNERS: [Align2; 4] = [
    Align2::RIGHT_BOTTOM,
    Align2::LEFT_BOTTOM,
    Align2::RIGHT_TOP,
    Align2::LEFT_TOP,
];

/// Notes over the corner of the window, and the log of all notices.
#[derive(Debug, Default)]
pub struct Notes {
    pub log: Log,
    /// Notes on the screen, oldest first.
    shown: Vec<Note>,
    /// Notices before this number were turned into notes.
    next_number: u64,
    /// Errors before this number were read in the log.
    read_until: u64,
    /// When notes last grew older, in egui's seconds.
    last_secs: f64,
    /// Whether the pointer rests on a note.
    is_held: bool,
    /// Where they stand, as long as there are any.
    corner: Option<Align2>,
}

/// The room of the views, and the view that notes keep away from.
#[derive(Clone, Copy, Debug)]
pub struct Views {
    pub room: Rect,
    /// The one that a lesson asks to look at, or that is under the pointer.
    pub in_use: Option<Rect>,
}

#[derive(Debug)]
struct Note {
    number: u64,
    /// How long it has been shown without the pointer on a note, in seconds.
    age_secs: f64,
}

/// What a person did with a note.
#[derive(Clone, Copy, Debug)]
struct Touch {
    is_held: bool,
    press: Option<Press>,
}

/// What was pressed on a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Press {
    /// The note goes.
    Dismiss,
    /// The run that it speaks of comes back.
    Undo,
    /// The note itself: the log opens.
    Log,
}

impl Notes {
    /// Draws the notes over everything else, and the log where it is shown.
    pub fn ui(&mut self, ui: &mut Ui, state: &LabState, views: Views, actions: &mut Vec<Action>) {
        let now = ui.input(|input| input.time);
        let glides = theme::glides(ui.ctx());
        self.grow_older(now);
        self.take_new(state);
        self.drop_old(state);
        let mut held = false;
        let mut dismissed = None;
        if self.shown.is_empty() {
            self.corner = None;
        }
        let corner = *self.corner.get_or_insert_with(|| free_corner(views));
        let room = views.room.shrink(space::S);
        let mut at = corner.pos_in_rect(&room);
        for note in &self.shown {
            let Some(notice) = state.notices.since(note.number).next() else {
                continue;
            };
            let opacity = if glides { note.opacity(notice) } else { 1.0 };
            let area = Area::new(Id::unique(("note", note.number)))
                .order(Order::Foreground)
                .fixed_pos(at)
                .pivot(corner)
                .fade_in(glides)
                .show(ui.ctx(), |ui| {
                    let can_undo = is_previous(notice, state) && shortcuts::can_bring_back(state);
                    note_ui(ui, notice, opacity, can_undo)
                });
            at = next_to(at, corner, area.response.rect.height());
            let touch = area.inner;
            held |= touch.is_held;
            match touch.press {
                Some(Press::Log) => actions.push(GuideAction::ShowLog(true).into()),
                Some(Press::Undo) => actions.push(KeepAction::BringBack.into()),
                Some(Press::Dismiss) | None => {}
            }
            if matches!(touch.press, Some(Press::Dismiss | Press::Undo)) {
                dismissed = Some(note.number);
            }
        }
        self.is_held = held;
        if let Some(number) = dismissed {
            self.shown.retain(|note| note.number != number);
        }
        if self.log.is_open {
            self.read_until = state.notices.next_number();
        }
        self.log.ui(ui, state, actions);
    }

    /// Errors that have not been viewed in the log.
    #[must_use]
    pub fn n_unread_errors(&self, state: &LabState) -> usize {
        let unread = state.notices.since(self.read_until);
        unread
            .filter(|notice| notice.level == NoticeLevel::Error)
            .count()
    }

    /// Seconds until a note changes by itself; `None` if none will.
    #[must_use]
    pub fn next_change_secs(&self, state: &LabState) -> Option<f64> {
        if self.is_held {
            return None; // the pointer's leaving causes a frame
        }
        let left = self.shown.iter().filter_map(|note| {
            let notice = state.notices.since(note.number).next()?;
            let left = life_secs(notice)? - note.age_secs;
            Some(if left > FADE_SECS {
                left - FADE_SECS
            } else {
                FADE_FRAME_SECS
            })
        });
        left.min_by(f64::total_cmp)
    }

    fn grow_older(&mut self, now: f64) {
        let passed = (now - self.last_secs).max(0.0);
        self.last_secs = now;
        if !self.is_held {
            for note in &mut self.shown {
                note.age_secs += passed;
            }
        }
    }

    fn take_new(&mut self, state: &LabState) {
        for notice in state.notices.since(self.next_number) {
            self.shown.retain(|note| {
                let earlier = state.notices.since(note.number).next();
                earlier.is_some_and(|earlier| earlier.text != notice.text)
            });
            self.shown.push(Note {
                number: notice.number,
                age_secs: 0.0,
            });
        }
        self.next_number = state.notices.next_number();
    }

    fn drop_old(&mut self, state: &LabState) {
        self.shown.retain(|note| {
            let notice = state.notices.since(note.number).next();
            notice.is_some_and(|notice| {
                let is_over = life_secs(notice).is_some_and(|life| note.age_secs >= life);
                let is_history = notice.replaced.is_some() && !is_previous(notice, state);
                !is_over && !is_history && !is_in_bar(notice, state)
            })
        });
        let n_over = self.shown.len().saturating_sub(MAX_SHOWN);
        self.shown.drain(..n_over);
    }
}

impl Note {
    /// 1, and less in its last moments.
    fn opacity(&self, notice: &Notice) -> f32 {
        let left = life_secs(notice).map_or(FADE_SECS, |life| life - self.age_secs);
        (left / FADE_SECS).clamp(0.0, 1.0) as f32
    }
}

/// How long a note stays; for good where there is none.
fn life_secs(notice: &Notice) -> Option<f64> {
    match notice.level {
        NoticeLevel::Info if notice.replaced.is_some() => Some(WARNING_SECS),
        NoticeLevel::Info => Some(INFO_SECS),
        NoticeLevel::Warning => Some(WARNING_SECS),
        NoticeLevel::Error => None,
    }
}

/// Whether it says that a run was replaced which can still be brought back.
fn is_previous(notice: &Notice, state: &LabState) -> bool {
    let previous = state.previous.as_ref().map(|previous| previous.run.id);
    notice.replaced.is_some() && notice.replaced == previous
}

/// Whether a bar above the views already says it.
fn is_in_bar(notice: &Notice, state: &LabState) -> bool {
    let crash = state.crash.as_ref();
    let of_crash = crash.is_some_and(|message| notice.text.contains(message.as_str()));
    let trouble = state.keep.trouble.as_ref();
    let of_backup = trouble.is_some_and(|trouble| notice.text == *trouble);
    let run = state.run.as_ref();
    let of_model = run.is_some_and(|run| {
        let mut said = run.diagnoses().iter().map(ToString::to_string);
        said.any(|said| notice.text == said)
    });
    of_crash || of_backup || of_model
}

/// The corner of the views where notes hide nothing that is in use.
fn free_corner(views: Views) -> Align2 {
    let size = vec2(WIDTH, USUAL_HEIGHT);
    let is_free = |corner: &Align2| {
        let note = corner.align_size_within_rect(size, views.room);
        views.in_use.is_none_or(|view| !view.intersects(note))
    };
    CORNERS.into_iter().find(is_free).unwrap_or(CORNERS[0])
}

/// Where the next note stands: above the one before, or below it in an upper corner.
fn next_to(at: Pos2, corner: Align2, height: f32) -> Pos2 {
    let step = height + space::S;
    match corner.y() {
        Align::Max => at - vec2(0.0, step),
        Align::Min | Align::Center => at + vec2(0.0, step),
    }
}

/// One note; tells what was done with it. A screen reader is told of it as soon as it comes.
fn note_ui(ui: &mut Ui, notice: &Notice, opacity: f32, can_undo: bool) -> Touch {
    let t = theme::tokens_of(ui);
    let (fill, edge) = match notice.level {
        NoticeLevel::Info => (t.panel, t.border),
        NoticeLevel::Warning => (t.warning_soft, t.warning),
        NoticeLevel::Error => (t.error_soft, t.error),
    };
    ui.multiply_opacity(opacity);
    // Under what the note holds, so that its button keeps its clicks; where the note was in the frame before.
    let area = ui.layer_id().id;
    let before = AreaState::load(ui.ctx(), area).map(|area| area.rect());
    let response = ui.interact(
        before.unwrap_or(Rect::NOTHING),
        area.with("note"),
        Sense::click(),
    );
    let inner = Frame::new()
        .fill(fill)
        .stroke(Stroke::new(1.0, edge))
        .corner_radius(8)
        .shadow(ui.visuals().popup_shadow)
        .inner_margin(Margin::symmetric(12, 8))
        .show(ui, |ui| {
            ui.set_width(WIDTH - 2.0 * space::M);
            let is_dismissed = note_contents(ui, notice);
            let is_undone = can_undo && undo(ui);
            (is_dismissed.then_some(Press::Dismiss)).or(is_undone.then_some(Press::Undo))
        })
        .inner;
    let (role, live) = match notice.level {
        NoticeLevel::Info | NoticeLevel::Warning => (Role::Status, Live::Polite),
        NoticeLevel::Error => (Role::Alert, Live::Assertive),
    };
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_role(role);
        node.set_live(live);
        node.set_label(capitalized(&notice.text));
    });
    let response = response.on_hover_text("Click to see the log");
    Touch {
        is_held: response.contains_pointer(),
        press: inner.or(response.clicked().then_some(Press::Log)),
    }
}

/// The button that brings the previous run back, under what the note says.
fn undo(ui: &mut Ui) -> bool {
    let keys = shortcuts::key_of(ui.ctx(), ShortcutAction::BringBack);
    ui.button(format!("Undo ({keys})"))
        .on_hover_text("Brings the run back: weights, optimizer, position in the epoch, curves")
        .accessible_name("Undo: bring the run back")
        .clicked()
}

fn note_contents(ui: &mut Ui, notice: &Notice) -> bool {
    ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
        let close = egui::Button::new(theme::icon(ICON_CLOSE)).frame(false);
        let is_dismissed = ui
            .add(close)
            .on_hover_text("Dismiss this message; it stays in the log")
            .accessible_name("Dismiss message")
            .clicked();
        ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
            let (icon, color) = icon_of(ui, notice.level);
            ui.label(theme::icon(icon).color(color));
            let font = TextStyle::Body.resolve(ui.style());
            let color = ui.visuals().text_color();
            let text = capitalized(&notice.text);
            let mut lines = LayoutJob::simple(text, font, color, ui.available_width());
            lines.wrap.max_rows = MAX_LINES;
            ui.add(Label::new(lines).wrap()); // in a row, a label is as long as its text unless told
        });
        is_dismissed
    })
    .inner
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    #[test]
    fn notes_keep_away_from_the_view_in_use() {
        let room = Rect::from_min_max(pos2(300.0, 50.0), pos2(1280.0, 800.0));
        let quarter = |corner: Align2| corner.align_size_within_rect(0.5 * room.size(), room);
        let corner = |in_use| free_corner(Views { room, in_use });
        assert_eq!(corner(None), Align2::RIGHT_BOTTOM);
        let left = quarter(Align2::LEFT_BOTTOM);
        assert_eq!(corner(Some(left)), Align2::RIGHT_BOTTOM);
        let right = quarter(Align2::RIGHT_BOTTOM);
        assert_eq!(corner(Some(right)), Align2::LEFT_BOTTOM);
        let lower = right.union(left);
        assert_eq!(corner(Some(lower)), Align2::RIGHT_TOP);
        assert_eq!(
            corner(Some(room)),
            Align2::RIGHT_BOTTOM,
            "there is no other"
        );
    }

    #[test]
    fn notes_stand_next_to_one_another() {
        let at = pos2(100.0, 500.0);
        assert_eq!(next_to(at, Align2::LEFT_BOTTOM, 40.0), pos2(100.0, 452.0));
        assert_eq!(next_to(at, Align2::LEFT_TOP, 40.0), pos2(100.0, 548.0));
    }
}
