//! Unsaved runs of earlier windows: the bar that offers them after a crash, and the list of all of them.

use std::time::Duration;

use egui::{
    Align, Button, Frame, Id, Label, Layout, Modal, Panel, Rect, ScrollArea, Sense, Ui, vec2,
};
use egui_material_icons::icons::{ICON_CLOSE, ICON_HISTORY};

use super::card::NOTE_MARGIN;
use super::theme::space;
use super::{Action, KeepAction, number, theme};
use hourglass_protocol::{AboutRun, KeptRun};
use hourglass_state::{LabState, Offer};

/// Width of the list, in points.
const WIDTH: f32 = 560.0;
/// Height of the list, in points, where the window has that much.
const HEIGHT: f32 = 420.0;
/// Size of a loss curve in it, in points.
const CURVE: egui::Vec2 = vec2(96.0, 36.0);

const OPEN_HELP: &str =
    "Continues that run from its last backup. The run in progress can be brought back";
const FORGET_HELP: &str = "Deletes the backup of that run";

/// Offers the runs in a bar; nothing while there is none, or they are offered in another way.
pub fn offer(ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
    let runs = &state.keep.left_behind;
    let (Some(newest), Offer::Bar) = (runs.first(), state.keep.offer) else {
        return;
    };
    let t = theme::tokens_of(ui);
    let frame = Frame::new().fill(t.warning_soft).inner_margin(NOTE_MARGIN);
    Panel::top("left-behind")
        .frame(frame)
        .show_separator_line(false)
        .show(ui, |ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let close = Button::new(theme::icon(ICON_CLOSE)).frame(false);
                let close = ui
                    .add(close)
                    .on_hover_text("Hides this; the run menu still lists the backups")
                    .accessible_name("Hide unsaved runs");
                if close.clicked() {
                    actions.push(KeepAction::Offer(Offer::Menu).into());
                }
                let text = if runs.len() == 1 {
                    let forget = ui.button("Forget it").on_hover_text(FORGET_HELP);
                    if forget.clicked() {
                        actions.push(KeepAction::Forget(newest.folder.clone()).into());
                    }
                    let open = ui.button("Open it").on_hover_text(OPEN_HELP);
                    if open.clicked() {
                        actions.push(KeepAction::Open(newest.folder.clone()).into());
                    }
                    let what = newest.about.as_ref().map_or(String::new(), |about| {
                        format!(
                            ": {}, epoch {:.1}, {}",
                            about.title(),
                            about.epoch,
                            ago(newest.age)
                        )
                    });
                    format!("A run was not saved when Hourglass was last closed{what}")
                } else {
                    let show = ui
                        .button("Show…")
                        .on_hover_text("Lists them, so that you can open or forget them");
                    if show.clicked() {
                        actions.push(KeepAction::Offer(Offer::List).into());
                    }
                    format!(
                        "{} runs were not saved when their windows closed",
                        runs.len()
                    )
                };
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.label(theme::icon(ICON_HISTORY).color(t.warning));
                    ui.add(Label::new(text).wrap());
                });
            });
        });
}

/// Lists the runs over everything else, while a person looks at them.
pub fn list(ui: &Ui, state: &LabState, actions: &mut Vec<Action>) {
    if state.keep.offer != Offer::List {
        return;
    }
    let runs = &state.keep.left_behind;
    let frame = Frame::popup(ui.style()).inner_margin(20).corner_radius(12);
    let modal = Modal::new(Id::unique("unsaved-runs")).frame(frame);
    let mut pushed = Vec::new();
    let shown = modal.show(ui.ctx(), |ui| {
        ui.set_width(WIDTH);
        ui.heading("Unsaved runs");
        ui.add_space(space::XS);
        let text = format!(
            "Backed up by windows that closed or moved on to another run. The newest {} are kept, each for at least {} \
             days; a run leaves this list once you open and save it, or forget it",
            KeptRun::MAX,
            KeptRun::MAX_DAYS
        );
        ui.add(Label::new(theme::dim(ui, text)).wrap());
        ui.add_space(space::M);
        if runs.is_empty() {
            ui.label("None left");
        }
        let height = (ui.ctx().content_rect().height() - 260.0).clamp(120.0, HEIGHT);
        ScrollArea::vertical().max_height(height).show(ui, |ui| {
            for run in runs {
                entry(ui, run, &mut pushed);
            }
        });
        ui.add_space(space::M);
        ui.horizontal(|ui| {
            if ui.button("Close").on_hover_text("The backups are kept").clicked() {
                pushed.push(KeepAction::Offer(Offer::Menu));
            }
            let all = ui
                .add_enabled(!runs.is_empty(), Button::new("Forget all"))
                .on_hover_text("Deletes the backups of all these runs");
            if all.clicked() {
                pushed.push(KeepAction::ForgetAll);
            }
        });
    });
    if shown.should_close() {
        pushed.push(KeepAction::Offer(Offer::Menu));
    }
    actions.extend(pushed.into_iter().map(Action::from));
}

fn entry(ui: &mut Ui, run: &KeptRun, pushed: &mut Vec<KeepAction>) {
    let (title, facts) = match &run.about {
        Some(about) => (
            about.title(),
            format!(
                "{}, seed {}, step {}, {} of training, {}",
                about.digits(),
                about.seed,
                number::count(about.step),
                number::duration(about.training_secs),
                ago(run.age)
            ),
        ),
        None => (
            "a run".to_owned(),
            format!("from an earlier version, {}", ago(run.age)),
        ),
    };
    let epoch = run
        .about
        .as_ref()
        .map(|about| format!("epoch {:.1}", about.epoch));
    let name = format!("{title} {}", epoch.as_deref().unwrap_or_default());
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(CURVE, Sense::hover());
        if let Some(about) = &run.about {
            curve(ui, rect, about);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let forget = ui.button("Forget").on_hover_text(FORGET_HELP);
            if forget.accessible_name(format!("Forget {name}")).clicked() {
                pushed.push(KeepAction::Forget(run.folder.clone()));
            }
            let open = ui.button("Open").on_hover_text(OPEN_HELP);
            if open.accessible_name(format!("Open {name}")).clicked() {
                pushed.push(KeepAction::Open(run.folder.clone()));
            }
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                let title = match &epoch {
                    Some(epoch) => format!("{title}, {epoch}"),
                    None => title.clone(),
                };
                ui.add(Label::new(theme::title(ui, title)).truncate());
                let place = run.folder.display().to_string();
                ui.add(Label::new(theme::dim(ui, facts)).truncate())
                    .on_hover_text(place);
            });
        });
    });
    ui.add_space(space::S);
}

/// The run's training loss, from its beginning to its end, on an axis of its own.
fn curve(ui: &Ui, rect: Rect, about: &AboutRun) {
    let t = theme::tokens_of(ui);
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 4.0, t.surface);
    let (lowest, highest) = about
        .loss
        .iter()
        .fold((f32::MAX, f32::MIN), |(low, high), &loss| {
            (low.min(loss), high.max(loss))
        });
    let n = about.loss.len();
    if n < 2 {
        return; // no curve yet
    }
    let inner = rect.shrink(3.0);
    let span = (highest - lowest).max(f32::MIN_POSITIVE);
    let at = |idx: usize, loss: f32| {
        let along = idx as f32 / (n - 1) as f32;
        let up = (loss - lowest) / span;
        inner.lerp_inside(vec2(along, 1.0 - up))
    };
    let points = about
        .loss
        .iter()
        .enumerate()
        .map(|(idx, &loss)| at(idx, loss))
        .collect();
    painter.line(points, egui::Stroke::new(1.5, t.accent));
}

/// A time since, for people.
fn ago(age: Option<Duration>) -> String {
    let Some(age) = age else {
        return "in the future, according to the clock".to_owned();
    };
    let mins = age.as_secs() / 60;
    let (n, unit) = match mins {
        0 => return "just now".to_owned(),
        1..60 => (mins, "minute"),
        60..1440 => (mins / 60, "hour"),
        _ => (mins / 1440, "day"),
    };
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {unit}{plural} ago")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_said_in_the_largest_unit_that_fits() {
        let words = [30, 60, 3_599, 7_200, 86_400, 200_000]
            .map(|secs| ago(Some(Duration::from_secs(secs))));
        let expected = [
            "just now",
            "1 minute ago",
            "59 minutes ago",
            "2 hours ago",
            "1 day ago",
            "2 days ago",
        ];
        assert_eq!(words, expected);
        assert_eq!(ago(None), "in the future, according to the clock");
    }
}
