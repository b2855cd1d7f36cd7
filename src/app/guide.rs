//! What explains the program and helps a person find their way: sheets, lessons, the search, the projector.

use egui::Context;

use super::App;
use hourglass_experiment::Experiment;
use hourglass_ui::Sheet;
use hourglass_ui::lessons::Does;
use hourglass_ui::shortcuts::Switches;
use hourglass_ui::{Action, GuideAction, Pane, lessons, theme, understand};

/// Smallest scale for a projector.
const PRESENTING_SCALE: f32 = 1.5;
/// From this size on a lesson, the experiment and all views have room together, in points.
const ROOM_FOR_ALL: egui::Vec2 = egui::vec2(900.0, 600.0);

impl App {
    /// What keys switch, as it is.
    pub(super) fn switches(&self) -> Switches {
        Switches {
            scale: self.window.scale,
            presents: self.window.presents,
            help: self.help.is_open,
            sheet: self.guide.sheet,
            commands: self.guide.commands.is_open(),
            log: self.notes.log.is_open,
        }
    }

    /// Draws the sheet that is shown, and the search.
    pub(super) fn show_guide(&mut self, ui: &egui::Ui, actions: &mut Vec<Action>) {
        let switches = self.switches();
        let Self { guide, state, .. } = self;
        match guide.sheet {
            Some(Sheet::Understand) => understand::show(ui, state, actions),
            Some(Sheet::Lessons) => lessons::show_list(ui, &guide.course, state, actions),
            None => {}
        }
        guide.commands.ui(ui, state, switches, actions);
    }

    /// Performs an action about what explains the program.
    pub(super) fn perform_guide(&mut self, ctx: &Context, action: GuideAction) {
        match action {
            GuideAction::ShowSheet(sheet) => self.guide.sheet = sheet,
            GuideAction::ShowCommands(is_open) => self.guide.commands.show(is_open),
            GuideAction::ShowLog(is_open) => self.notes.log.is_open = is_open,
            GuideAction::StartLesson(lesson) => {
                self.guide.sheet = None; // the views come into sight
                self.guide.course.start(lesson);
                self.look_at_step(ctx);
            }
            GuideAction::GoToStep(step) => {
                self.guide.course.go_to(step);
                if self.guide.course.current().is_none() {
                    self.guide.sheet = Some(Sheet::Lessons); // it is done: the next one is there
                    self.give_room_back();
                    self.remind_of_own();
                }
                self.look_at_step(ctx);
            }
            GuideAction::DoStep => self.do_step(ctx),
            GuideAction::StepBack => {
                if let Some(before) = self.guide.course.step_back() {
                    self.follow(ctx, before, false);
                }
                self.look_at_step(ctx);
            }
            GuideAction::LeaveLesson => {
                self.guide.course.leave();
                self.give_room_back();
                self.remind_of_own();
            }
            GuideAction::RestoreExperiment => {
                if let Some(own) = self.guide.course.take_own() {
                    self.follow(ctx, own, false);
                    let text = "Your own experiment is back".to_owned();
                    self.state.notices.info(text);
                }
            }
            GuideAction::LookAt(pane) => {
                self.guide.sheet = None; // it may lie over the view
                self.bring_into_sight(ctx, pane);
            }
            GuideAction::Find(control) => self.experiment_panel.find(control),
            GuideAction::Present(presents) => self.present(ctx, presents),
            GuideAction::Glide(glides) => self.window.glides = glides,
            GuideAction::Tour(stop) => {
                self.guide.tour.go_to(stop);
                if let Some(pane) = self.guide.tour.view() {
                    self.layout.shrink();
                    self.bring_into_sight(ctx, pane);
                }
            }
        }
    }

    /// Brings a view into sight. Where a lesson leaves no room for all of them, it has the window to itself: the
    /// lesson sets the controls.
    fn bring_into_sight(&mut self, ctx: &Context, pane: Pane) {
        self.layout.bring_forward(pane);
        let is_small = ctx.content_rect().size().min(ROOM_FOR_ALL) != ROOM_FOR_ALL;
        if is_small && self.guide.course.current().is_some() {
            self.layout.enlarge(pane);
            self.guide.has_enlarged = true;
        }
    }

    fn give_room_back(&mut self) {
        if std::mem::take(&mut self.guide.has_enlarged) {
            self.layout.shrink();
        }
    }

    /// Says that the person's own experiment is kept, where a lesson changed it.
    fn remind_of_own(&mut self) {
        let own = self.guide.course.own();
        if own.is_some_and(|own| *own != self.state.draft) {
            let text = "Your experiment from before the lesson is kept: restore it under Lessons";
            self.state.notices.info(text.to_owned());
        }
    }

    /// Brings the view forward that the step of the lesson speaks of.
    fn look_at_step(&mut self, ctx: &Context) {
        if let Some((look, shows)) = self.guide.course.step().map(|step| (step.look, step.shows)) {
            self.bring_into_sight(ctx, look);
            self.panels.set(shows);
        }
    }

    /// Does what the step of the lesson offers, by the actions that a person would push.
    fn do_step(&mut self, ctx: &Context) {
        let Some(does) = self.guide.course.begin_offer(&self.state.draft) else {
            return;
        };
        self.look_at_step(ctx);
        let experiment = does.experiment(&self.state.draft);
        match (does, experiment) {
            (Does::Train { .. }, Some(experiment)) => self.follow(ctx, experiment, true),
            (Does::Tune(_), Some(experiment)) => {
                self.perform(ctx, Action::Edit(Box::new(experiment)));
                self.perform(ctx, Action::Train);
            }
            (Does::Judge, _) => self.perform(ctx, Action::JudgeCode),
            (Does::Train { .. } | Does::Tune(_), None) => {}
        }
    }

    /// A new model of an experiment, as Apply makes it and Reset, trained if `trains`.
    fn follow(&mut self, ctx: &Context, experiment: Experiment, trains: bool) {
        let was_training = self.state.is_training();
        self.perform(ctx, Action::Edit(Box::new(experiment)));
        let asked = self.state.session.experiment();
        let is_fresh = self.run_is_untouched() && asked == Some(&self.state.draft);
        if !is_fresh {
            self.start_run(self.state.draft.clone());
        }
        if trains {
            self.perform(ctx, Action::Train);
        } else if was_training {
            self.perform(ctx, Action::Pause); // nobody asked for another run to be trained
        }
    }

    /// Thicker lines and nothing smaller than 150 %, or everything as before.
    fn present(&mut self, ctx: &Context, presents: bool) {
        self.window.presents = presents;
        theme::set_presenting(ctx, presents);
        let scale = if presents {
            let before = self.window.scale;
            self.guide.scale_before = (before < PRESENTING_SCALE).then_some(before);
            before.max(PRESENTING_SCALE)
        } else {
            self.guide.scale_before.take().unwrap_or(self.window.scale)
        };
        self.perform(ctx, Action::SetScale(scale));
    }
}
