//! The sheet that lists the lessons, how far a person is in each, and the way back to their own experiment.

use egui::{Button, Frame, Label, Margin, RichText, Stroke, Ui};
use egui_material_icons::icons::{ICON_CHECK_CIRCLE, ICON_UNDO};

use super::{ALL, Course, Lesson};
use crate::theme::{self, space};
use crate::{Action, GuideAction};
use crate::{Sheet, sheet};
use hourglass_state::LabState;

/// Shows the sheet.
pub fn show(ui: &Ui, course: &Course, state: &LabState, actions: &mut Vec<Action>) {
    let mut pushed = Vec::new();
    sheet::show(ui, Sheet::Lessons, actions, |ui| {
        sheet::title(ui, "Six guided lessons");
        sheet::paragraph(
            ui,
            "Each takes a few minutes: read, press the button that sets the controls, watch the view that opens, \
             and answer. The lesson notices when you have got there",
        );
        let note = "The buttons of a lesson start new models. Save a run that you want to keep; your own experiment is \
                    kept and can be restored";
        ui.add(Label::new(theme::dim(ui, note)).wrap());
        own_experiment(ui, course, state, &mut pushed);
        ui.add_space(space::S);
        for lesson in &ALL {
            card(ui, course, lesson, &mut pushed);
        }
    });
    actions.append(&mut pushed);
}

fn own_experiment(ui: &mut Ui, course: &Course, state: &LabState, actions: &mut Vec<Action>) {
    let Some(own) = course.own() else { return };
    if *own == state.draft {
        return;
    }
    let name = own
        .preset
        .map_or("custom experiment", |id| id.preset().title);
    let back = ui
        .add(Button::new((
            theme::icon(ICON_UNDO),
            "Restore my experiment",
        )))
        .on_hover_text(format!(
            "Restores the experiment from before the first lesson changed it: {name}, {}",
            own.architecture.summary()
        ))
        .accessible_name("Restore my experiment");
    if back.clicked() {
        actions.push(GuideAction::RestoreExperiment.into());
    }
}

fn card(ui: &mut Ui, course: &Course, lesson: &Lesson, actions: &mut Vec<Action>) {
    let t = theme::tokens_of(ui);
    let (step, n_steps, is_done) = course.progress(lesson);
    Frame::new()
        .fill(t.plot)
        .stroke(Stroke::new(1.0, t.border))
        .corner_radius(8)
        .inner_margin(Margin::symmetric(14, 10))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            let title = format!("{}  {}", lesson.number(), lesson.title);
            let title = RichText::new(title).font(theme::semibold(theme::reading_size::BODY));
            ui.add(Label::new(title).wrap());
            ui.add(Label::new(lesson.about).wrap());
            ui.horizontal(|ui| {
                let (name, steps) = match (is_done, step) {
                    (true, _) => ("Again", format!("done, {n_steps} steps")),
                    (false, 0) => ("Start", format!("{n_steps} steps")),
                    (false, _) => ("Continue", format!("step {step} of {n_steps}")),
                };
                let start = ui
                    .button(name)
                    .on_hover_text("Opens the lesson above the views; nothing changes until you press its buttons")
                    .accessible_name(format!("{name}: {}", lesson.title));
                if start.clicked() {
                    actions.push(GuideAction::StartLesson(lesson.id).into());
                }
                if is_done {
                    ui.label(theme::icon(ICON_CHECK_CIRCLE).color(t.positive));
                }
                ui.label(theme::dim(ui, steps));
            });
        });
    ui.add_space(space::S);
}
