//! The lesson in progress, in a strip above the views: its text, its question, and the way on.

use egui::{
    Align, Button, Frame, Label, Layout, Margin, RichText, ScrollArea, Stroke, TextStyle, Ui,
    WidgetInfo, vec2,
};
use egui_material_icons::icons::{
    ICON_ARROW_BACK, ICON_ARROW_FORWARD, ICON_CHECK_CIRCLE, ICON_CLOSE, ICON_LIGHTBULB,
    ICON_SCHOOL, ICON_UNDO, ICON_VISIBILITY,
};

use super::{Course, Does, Guess, Lesson, Question, Step};
use crate::theme::{self, space};
use crate::{Action, GuideAction};
use hourglass_experiment::{DataSetId, Experiment, differences};
use hourglass_state::LabState;

/// Longest line of text, in points: about ninety letters.
const LINE: f32 = 700.0;
/// From this width on the question stands beside the text, in points.
const LEAST_FOR_TWO: f32 = 560.0;
/// Share of the text's column.
const TEXT: f32 = 0.42;
/// Most of the room above the views that the strip takes, as a share: text and view are seen together. What is
/// longer scrolls.
const MOST: f32 = 0.52;
/// Least height of what scrolls, in points.
const LEAST_TEXT: f32 = 60.0;
/// Header, buttons and margins of the strip, in points.
const AROUND: f32 = 84.0;
/// Between the two columns, in points.
const BETWEEN: f32 = 28.0;
/// Between two lines of the strip, in points.
const GAP: f32 = 5.0;
/// Room for the sign before an answer, in points.
const ICON: f32 = 26.0;
/// Height of a choice, in points.
const CHOICE: f32 = 24.0;
/// Room for the dot of a step, in points.
const DOT: f32 = 12.0;
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
        let room = MOST * ui.available_height() - AROUND;
        Frame::new()
            .fill(t.panel)
            .stroke(Stroke::new(1.0, t.accent))
            .corner_radius(8)
            .inner_margin(Margin::symmetric(14, 8))
            .show(ui, |ui| {
                ui.set_width(ui.available_width());
                theme::reading(ui);
                ui.spacing_mut().item_spacing.y = GAP;
                header(ui, lesson, place, step, actions);
                let bar = ui.spacing().scroll.allocated_width();
                let columns = Columns::of(ui.available_width() - bar);
                // The buttons below keep their place throughout the lesson.
                let height = columns.height(ui, lesson).min(room.max(LEAST_TEXT));
                ScrollArea::vertical()
                    .id_salt((lesson.title, place)) // each step begins at its top
                    .auto_shrink(false)
                    .max_height(height)
                    .min_scrolled_height(height)
                    .show(ui, |ui| {
                        self.text_and_question(ui, columns, lesson, place, state);
                    });
                self.ways_on(ui, lesson, place, step, state, actions);
            });
        ui.add_space(space::GAP);
    }

    fn text_and_question(
        &mut self,
        ui: &mut Ui,
        columns: Columns,
        lesson: &Lesson,
        place: usize,
        state: &LabState,
    ) {
        let step = &lesson.steps[place];
        let layout = if columns.are_two {
            Layout::left_to_right(Align::Min)
        } else {
            Layout::top_down(Align::Min)
        };
        ui.with_layout(layout, |ui| {
            ui.spacing_mut().item_spacing.x = BETWEEN;
            column(ui, columns.text, |ui| {
                ui.add(Label::new(step.text).wrap());
            });
            column(ui, columns.question, |ui| {
                if let Some(question) = &step.question {
                    self.question(ui, lesson, place, question, state);
                }
            });
        });
    }

    /// The data set that numbers have to be of.
    fn data(state: &LabState) -> DataSetId {
        let dataset = state.dataset.as_ref();
        dataset.map_or(DataSetId::MNIST, |dataset| dataset.id)
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
        let answer = self.answer(lesson, place, Self::data(state));
        let right = answer.as_ref().map(|(_, right)| *right);
        let chosen = self.guess(lesson.id, place);
        if let Some(choice) = choices(ui, &question.guess, chosen, right) {
            self.take_guess(lesson.id, place, choice);
        }
        let Some((answer, right)) = answer else {
            let lacks = self.what_lacks(lesson, place, question, state);
            ui.add(Label::new(theme::dim(ui, lacks)).wrap());
            return;
        };
        ui.horizontal_top(|ui| {
            let (icon, color) = if chosen == Some(right) {
                (ICON_CHECK_CIRCLE, t.positive)
            } else {
                (ICON_LIGHTBULB, t.text)
            };
            ui.label(theme::icon(icon).color(color));
            ui.add(Label::new(RichText::new(answer).color(color)).wrap());
        });
        if let Some(line) = question.answer.mnist_line() {
            ui.add(Label::new(theme::dim(ui, line)).wrap());
        }
    }

    /// What has to come about before the answer, for people.
    fn what_lacks(
        &self,
        lesson: &Lesson,
        place: usize,
        question: &Question,
        state: &LabState,
    ) -> String {
        let has_happened = self.has_happened(lesson, place, Self::data(state));
        match &question.goal {
            Some(goal) if !has_happened => goal.progress(state),
            _ if self.guess(lesson.id, place).is_none() => {
                "Choose one, and the answer appears".to_owned()
            }
            _ => {
                "Earlier steps measure what this is compared with: train them on these images first"
                    .to_owned()
            }
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
        let data = Self::data(state);
        // The step leaves nothing to do but to go on.
        let is_over = step.question.is_none() || self.answer(lesson, place, data).is_some();
        let has_happened = self.has_happened(lesson, place, data);
        ui.horizontal(|ui| {
            self.back(ui, place, state, actions);
            let (name, help) = if is_last {
                ("Done", "Ends the lesson; the experiment is not changed")
            } else {
                ("Next", "To the next step")
            };
            let next = ways_on_button(ui, is_over, (name, theme::icon(ICON_ARROW_FORWARD)), true)
                .on_hover_text(help)
                .accessible_name(format!("{name} step of the lesson"));
            if next.clicked() {
                actions.push(GuideAction::GoToStep(place + 1).into());
            }
            if let Some(offer) = &step.offer {
                let changes = changes_text(&offer.does, &state.draft);
                let can = state.run.is_some() && state.crash.is_none();
                let does = ways_on_button(ui, !has_happened, offer.label, can)
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

/// A button at the foot of the strip, bright if it is the thing to press.
fn ways_on_button<'a>(
    ui: &mut Ui,
    is_bright: bool,
    atoms: impl egui::IntoAtoms<'a>,
    is_enabled: bool,
) -> egui::Response {
    ui.scope(|ui| {
        if is_bright {
            theme::bright(ui);
        }
        ui.add_enabled(is_enabled, Button::new(atoms))
    })
    .inner
}

/// The three choices of a guess; tells which was taken. After the answer the right one is marked.
fn choices(
    ui: &mut Ui,
    guess: &Guess,
    chosen: Option<usize>,
    right: Option<usize>,
) -> Option<usize> {
    let t = theme::tokens_of(ui);
    let mut taken = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(space::S, GAP);
        ui.visuals_mut().disabled_alpha = 1.0; // after the answer they are there to be read
        for (idx, text) in guess.choices.iter().enumerate() {
            let is_right = right == Some(idx);
            let color = if is_right { t.positive } else { t.text };
            let label = RichText::new(*text).color(color);
            let choice = ui
                .add_enabled(
                    chosen.is_none(),
                    Button::selectable(chosen == Some(idx), label).frame_when_inactive(true),
                )
                .on_hover_text("Your guess; the answer comes after it")
                .accessible_name(format!("Guess: {text}"));
            if choice.clicked() {
                taken = Some(idx);
            }
        }
    });
    taken
}

/// Where the text of a step and its question stand: side by side where there is room.
#[derive(Clone, Copy, Debug)]
struct Columns {
    are_two: bool,
    /// Width of the text, in points.
    text: f32,
    /// Width of the question, in points.
    question: f32,
}

impl Columns {
    fn of(width: f32) -> Self {
        let are_two = width >= LEAST_FOR_TWO;
        let text = (TEXT * (width - BETWEEN)).min(LINE);
        let question = (width - BETWEEN - text).min(LINE);
        let narrow = width.min(LINE);
        Self {
            are_two,
            text: if are_two { text } else { narrow },
            question: if are_two { question } else { narrow },
        }
    }

    /// Height of the longest step of a lesson, from its text to its answer, in points.
    fn height(self, ui: &Ui, lesson: &Lesson) -> f32 {
        let body = TextStyle::Body.resolve(ui.style());
        let medium = theme::medium(theme::reading_size::BODY);
        let of = |text: &str, font: &egui::FontId, width: f32| {
            let color = egui::Color32::PLACEHOLDER;
            let galley = ui
                .painter()
                .layout(text.to_owned(), font.clone(), color, width);
            galley.size().y + GAP
        };
        let heights = lesson.steps.iter().map(|step| {
            let text = of(step.text, &body, self.text);
            let question = step.question.as_ref().map_or(0.0, |question| {
                let answer = question.answer.on_mnist();
                let line = question.answer.mnist_line();
                of(question.asks, &medium, self.question)
                    + rows_of_choices(ui, &question.guess, self.question)
                    + of(&answer, &body, self.question - ICON)
                    + line.map_or(0.0, |line| of(&line, &body, self.question))
            });
            if self.are_two {
                text.max(question)
            } else {
                text + question
            }
        });
        heights.fold(0.0, f32::max)
    }
}

/// A column of the strip.
fn column(ui: &mut Ui, width: f32, contents: impl FnOnce(&mut Ui)) {
    let size = vec2(width, 0.0);
    ui.allocate_ui_with_layout(size, Layout::top_down(Align::Min), |ui| {
        ui.set_width(width);
        ui.spacing_mut().item_spacing = vec2(space::S, GAP);
        contents(ui);
    });
}

/// Height of the choices side by side, wrapped where they have no room, in points.
fn rows_of_choices(ui: &Ui, guess: &Guess, width: f32) -> f32 {
    let body = TextStyle::Button.resolve(ui.style());
    let padding = 2.0 * ui.spacing().button_padding.x;
    let (mut rows, mut used) = (1.0, 0.0);
    for text in guess.choices {
        let galley =
            ui.painter()
                .layout_no_wrap(text.to_owned(), body.clone(), egui::Color32::PLACEHOLDER);
        let needed = galley.size().x + padding;
        if used > 0.0 && used + needed > width {
            (rows, used) = (rows + 1.0, 0.0);
        }
        used += needed + space::S;
    }
    rows * (ui.spacing().interact_size.y.max(CHOICE) + GAP)
}

fn header(ui: &mut Ui, lesson: &Lesson, place: usize, step: &Step, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        ui.label(theme::icon(ICON_SCHOOL).color(theme::tokens_of(ui).accent));
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
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let title = RichText::new(lesson.title);
                let title = title.font(theme::semibold(theme::reading_size::BODY));
                let room = ui.available_width() - dots_width(lesson.steps.len()) - space::M;
                ui.scope(|ui| {
                    ui.set_max_width(room.max(0.0));
                    ui.add(Label::new(title).truncate());
                });
                dots(ui, lesson.steps.len(), place);
            });
        });
    });
}

fn dots_width(n_steps: usize) -> f32 {
    n_steps as f32 * DOT
}

/// A dot for each step, the one in progress filled.
fn dots(ui: &mut Ui, n_steps: usize, place: usize) {
    const RADIUS: f32 = 3.5;
    let t = theme::tokens_of(ui);
    let size = vec2(dots_width(n_steps), 16.0);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::hover());
    let mut center = rect.left_center() + vec2(DOT / 2.0, 0.0);
    for step in 0..n_steps {
        if step <= place {
            ui.painter().circle_filled(center, RADIUS, t.accent);
        } else {
            let ring = Stroke::new(1.0, t.control_border);
            ui.painter().circle_stroke(center, RADIUS, ring);
        }
        center.x += DOT;
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
