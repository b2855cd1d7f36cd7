//! The lesson in progress, in a strip above the views: its text, its question, and the way on.

use egui::{Align, Button, Frame, Label, Layout, Margin, RichText, Stroke, Ui, WidgetInfo, vec2};
use egui_material_icons::icons::{
    ICON_ARROW_BACK, ICON_ARROW_FORWARD, ICON_CHECK_CIRCLE, ICON_CLOSE, ICON_LIGHTBULB,
    ICON_SCHOOL, ICON_UNDO, ICON_VISIBILITY,
};

use super::{Course, Does, Lesson, Question, Step};
use crate::theme::{self, space};
use crate::{Action, GuideAction};
use hourglass_experiment::{Experiment, differences};
use hourglass_state::LabState;

/// Longest line of text, in points: about ninety letters.
const LINE: f32 = 700.0;
/// Most differences that are listed; more are counted.
const MAX_LISTED: usize = 5;

impl Course {
    /// Draws the lesson in progress; nothing while there is none.
    pub fn ui(&mut self, ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
        self.notice(state);
        let Some((lesson, place)) = self.current() else {
            return;
        };
        let Some(step) = lesson.steps.get(place) else {
            return;
        };
        let t = theme::tokens_of(ui);
        Frame::new()
            .fill(t.panel)
            .stroke(Stroke::new(1.0, t.accent))
            .corner_radius(8)
            .inner_margin(Margin::symmetric(14, 8))
            .show(ui, |ui| {
                ui.set_width(ui.available_width());
                theme::reading(ui);
                ui.spacing_mut().item_spacing.y = 5.0;
                header(ui, lesson, place, step, actions);
                ui.scope(|ui| {
                    ui.set_max_width(ui.available_width().min(LINE));
                    ui.add(Label::new(step.text).wrap());
                    if let Some(question) = &step.question {
                        self.question(ui, lesson, place, question, state);
                    }
                });
                self.ways_on(ui, lesson, place, step, state, actions);
            });
        ui.add_space(space::GAP);
    }

    fn question(
        &mut self,
        ui: &mut Ui,
        lesson: &Lesson,
        place: usize,
        question: &Question,
        state: &LabState,
    ) {
        let t = theme::tokens_of(ui);
        let asks = RichText::new(question.asks).font(theme::medium(theme::reading_size::BODY));
        ui.add(Label::new(asks).wrap());
        if self.is_answered(lesson.id, place) {
            ui.horizontal_top(|ui| {
                ui.label(theme::icon(ICON_CHECK_CIRCLE).color(t.positive));
                ui.add(Label::new(RichText::new(question.answer).color(t.positive)).wrap());
            });
            return;
        }
        if let Some(goal) = &question.goal {
            let percentile = theme::dim(ui, goal.percentile(state));
            ui.add(Label::new(percentile).wrap());
            return;
        }
        let show = ui
            .add(Button::new((theme::icon(ICON_LIGHTBULB), "Show the answer")).small())
            .on_hover_text("Think first: the answer stays shown")
            .accessible_name("Show the answer");
        if show.clicked() {
            self.answer(lesson.id, place);
        }
    }

    /// Back, what the step offers and what that changes, and on.
    fn ways_on(
        &self,
        ui: &mut Ui,
        lesson: &Lesson,
        place: usize,
        step: &Step,
        state: &LabState,
        actions: &mut Vec<Action>,
    ) {
        let is_last = place + 1 == lesson.steps.len();
        ui.horizontal(|ui| {
            self.back(ui, place, state, actions);
            let (name, help) = if is_last {
                ("Done", "Ends the lesson; the experiment is not changed")
            } else {
                ("Next", "To the next step")
            };
            let next = ui
                .add(Button::new((name, theme::icon(ICON_ARROW_FORWARD))))
                .on_hover_text(help)
                .accessible_name(format!("{name} step of the lesson"));
            if next.clicked() {
                actions.push(GuideAction::GoToStep(place + 1).into());
            }
            if let Some(offer) = &step.offer {
                let changes = changes_text(&offer.does, &state.draft);
                let label = RichText::new(offer.label)
                    .font(theme::medium(theme::reading_size::BODY - 1.0))
                    .color(theme::tokens_of(ui).accent);
                let does = ui
                    .add_enabled(
                        state.run.is_some() && state.crash.is_none(),
                        Button::new(label),
                    )
                    .on_hover_text(format!("{changes}. Back undoes this"))
                    .on_disabled_hover_text(
                        "There is no model yet: load a data set on the left first",
                    )
                    .accessible_name(offer.label);
                if does.clicked() {
                    actions.push(GuideAction::DoStep.into());
                }
                ui.add(Label::new(theme::dim(ui, changes)).truncate());
            }
        });
    }

    fn back(&self, ui: &mut Ui, place: usize, state: &LabState, actions: &mut Vec<Action>) {
        let takes_back = self.can_take_back();
        let (icon, help) = match takes_back {
            Some(before) => {
                let changes = listed(&state.draft, before);
                let help = format!("Undoes what this step changed: {changes}");
                (ICON_UNDO, help)
            }
            None => (ICON_ARROW_BACK, "Goes to the previous step".to_owned()),
        };
        let can = place > 0 || takes_back.is_some();
        let back = ui
            .add_enabled(can, Button::new((theme::icon(icon), "Back")))
            .on_hover_text(help)
            .on_disabled_hover_text("This is the first step")
            .accessible_name("Back in the lesson");
        if back.clicked() {
            actions.push(GuideAction::StepBack.into());
        }
    }
}

fn header(ui: &mut Ui, lesson: &Lesson, place: usize, step: &Step, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        ui.label(theme::icon(ICON_SCHOOL).color(theme::tokens_of(ui).accent));
        let title = RichText::new(lesson.title).font(theme::semibold(theme::reading_size::BODY));
        ui.add(Label::new(title).extend());
        dots(ui, lesson.steps.len(), place);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let leave = ui
                .add(Button::new(theme::icon(ICON_CLOSE)).frame_when_inactive(false))
                .on_hover_text("Leaves the lesson; you can continue it under Lessons")
                .accessible_name("Leave the lesson");
            if leave.clicked() {
                actions.push(GuideAction::LeaveLesson.into());
            }
            let pane = step.look.title();
            let look = ui
                .add(Button::new((theme::icon(ICON_VISIBILITY), pane)).frame_when_inactive(false))
                .on_hover_text("Brings the view to look at to the front")
                .accessible_name(format!("Look at {pane}"));
            if look.clicked() {
                actions.push(GuideAction::LookAt(step.look).into());
            }
        });
    });
}

/// A dot for each step, the one in progress filled.
fn dots(ui: &mut Ui, n_steps: usize, place: usize) {
    const STEP: f32 = 12.0;
    const RADIUS: f32 = 3.5;
    let t = theme::tokens_of(ui);
    let width = n_steps as f32 * STEP;
    let (rect, response) = ui.allocate_exact_size(vec2(width, 16.0), egui::Sense::hover());
    let mut center = rect.left_center() + vec2(STEP / 2.0, 0.0);
    for step in 0..n_steps {
        if step <= place {
            ui.painter().circle_filled(center, RADIUS, t.accent);
        } else {
            let ring = Stroke::new(1.0, t.control_border);
            ui.painter().circle_stroke(center, RADIUS, ring);
        }
        center.x += STEP;
    }
    let text = format!("Step {} of {n_steps}", place + 1);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &text));
    response.on_hover_text(text);
}

/// What an offer changes, for people.
fn changes_text(does: &Does, draft: &Experiment) -> String {
    let Some(experiment) = does.experiment(draft) else {
        return "Measures; nothing changes".to_owned();
    };
    let changes = listed(draft, &experiment);
    match does {
        Does::Train { .. } => format!("New model: {changes}"),
        Does::Tune(_) | Does::Judge => format!("Continues with {changes}"),
    }
}

/// "code size 64 → 8, epochs 5 → 10".
fn listed(before: &Experiment, after: &Experiment) -> String {
    let found = differences(before, after);
    if found.is_empty() {
        return "the same settings".to_owned();
    }
    let texts: Vec<String> = found
        .iter()
        .take(MAX_LISTED)
        .map(ToString::to_string)
        .collect();
    let more = found.len().saturating_sub(MAX_LISTED);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{}{more}", texts.join(", "))
}
