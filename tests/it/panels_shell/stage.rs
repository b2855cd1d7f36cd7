//! The whole window before a worker whose words the test writes.

use std::cell::RefCell;
use std::rc::Rc;

use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use hourglass::app::{App, SpawnWorker, StartOptions};
use hourglass::protocol::{
    Command, DeviceInfo, DeviceKind, Event, Phase, PlanPosition, ProbeRequest, RunId, Snapshot,
};
use hourglass::worker::{Worker, WorkerSide};

use crate::panels_views::script;

/// The window with the worker's end of the lanes in hand.
pub struct Stage {
    pub harness: Harness<'static, Option<App>>,
    sides: Rc<RefCell<Vec<WorkerSide>>>,
}

/// A closure that makes workers without threads and keeps their ends.
fn scripted() -> (SpawnWorker, Rc<RefCell<Vec<WorkerSide>>>) {
    let sides = Rc::new(RefCell::new(Vec::new()));
    let kept = Rc::clone(&sides);
    let spawn: SpawnWorker = Rc::new(move |_wake| {
        let (worker, side) = Worker::lanes();
        kept.borrow_mut().push(side);
        worker
    });
    (spawn, sides)
}

impl Stage {
    /// A window that has just been opened.
    pub fn open() -> Self {
        Self::open_with(StartOptions::default(), None, egui::vec2(1280.0, 800.0))
    }

    pub fn open_with(
        start: StartOptions,
        storage: Option<&dyn eframe::Storage>,
        size: egui::Vec2,
    ) -> Self {
        Self::build(start, storage, Harness::builder().with_size(size))
    }

    /// Opens a window in its own harness. The first frame only installs the fonts, which the next
    /// frame has.
    pub fn build(
        start: StartOptions,
        storage: Option<&dyn eframe::Storage>,
        builder: egui_kittest::HarnessBuilder<Option<App>>,
    ) -> Self {
        let (spawn, sides) = scripted();
        let ctx = Rc::new(RefCell::new(None));
        let seen = Rc::clone(&ctx);
        let draw = move |ui: &mut egui::Ui, app: &mut Option<App>| match app {
            Some(app) => {
                app.tick(ui.ctx());
                app.show(ui);
            }
            None => *seen.borrow_mut() = Some(ui.ctx().clone()),
        };
        let mut harness = builder.build_ui_state(draw, None);
        let ctx = ctx.take().expect("a frame was drawn");
        *harness.state_mut() = Some(App::new(&ctx, storage, start, spawn));
        let mut stage = Self { harness, sides };
        stage.step();
        stage.show_all_settings();
        stage
    }

    /// Shows the settings that a beginner does not need as well.
    fn show_all_settings(&mut self) {
        let all = self.harness.query_by_label("Settings, All settings");
        if let Some(all) = all {
            all.click();
            self.step();
        }
    }

    /// A window whose worker has a device, data and a fresh model, with the commands so far forgotten.
    pub fn ready() -> Self {
        let mut stage = Self::open();
        stage.get_ready();
        stage.commands();
        stage
    }

    pub fn get_ready(&mut self) {
        self.report(Event::WorkerReady { device: cpu() });
        self.report(Event::DatasetLoaded(script::dataset(20)));
        self.step();
        self.answer_start();
    }

    /// The same with training going on.
    pub fn training() -> Self {
        let mut stage = Self::ready();
        stage.train();
        stage
    }

    pub fn train(&mut self) {
        self.phase(|position| Phase::Training { position });
        let run = self.run();
        let steps = hourglass::protocol::StepBatch {
            first_step: 1,
            epochs: vec![0.01],
            terms: vec![],
            n_images: 64,
            elapsed_secs: 1e-3,
        };
        self.report(Event::StepsTaken { run, steps });
        self.step();
    }

    pub fn phase(&mut self, phase: impl FnOnce(PlanPosition) -> Phase) {
        let position = PlanPosition {
            epochs_goal: 5,
            ..PlanPosition::default()
        };
        let run = self.run();
        self.report(Event::PhaseChanged {
            run,
            phase: phase(position),
        });
        self.step();
    }

    /// Answers the newest `StartRun`, if one came; gives all commands that came.
    pub fn answer_start(&mut self) -> Vec<Command> {
        let commands = self.commands();
        let start = commands.iter().rev().find_map(|command| match command {
            Command::StartRun { run, experiment } => Some((*run, experiment.clone())),
            _ => None,
        });
        if let Some((run, experiment)) = start {
            self.report(Event::RunStarted {
                run,
                n_parameters: experiment.architecture.n_parameters(),
                steps_per_epoch: 100,
                experiment,
            });
            self.step();
        }
        commands
    }

    pub fn app(&self) -> &App {
        self.harness.state().as_ref().expect("it was opened")
    }

    pub fn run(&self) -> RunId {
        self.app().state().current_run()
    }

    pub fn report(&mut self, event: Event) {
        let sides = self.sides.borrow();
        let side = sides.last().expect("the window starts a worker");
        side.events.send(event).expect("the window listens");
    }

    /// What the window asked for since the last time.
    pub fn commands(&self) -> Vec<Command> {
        let sides = self.sides.borrow();
        let side = sides.last().expect("the window starts a worker");
        side.commands.try_iter().collect()
    }

    /// What the window looks at, where that changed since the last time.
    pub fn newest_request(&self) -> Option<ProbeRequest> {
        let sides = self.sides.borrow();
        sides
            .last()
            .expect("the window starts a worker")
            .probe
            .take()
    }

    /// Delivers a look at the model.
    pub fn deliver(&mut self, snapshot: Snapshot) {
        self.sides
            .borrow()
            .last()
            .expect("the window starts a worker")
            .snapshot
            .put(snapshot);
        self.step();
    }

    /// Closes the worker's ends, as a thread that ends does.
    pub fn end_worker(&mut self) {
        self.sides.borrow_mut().pop();
    }

    pub fn n_workers(&self) -> usize {
        self.sides.borrow().len()
    }

    pub fn step(&mut self) {
        self.harness.run_steps(3);
    }

    pub fn press(&mut self, key: egui::Key) {
        self.harness.key_press(key);
        self.step();
    }

    pub fn click(&mut self, name: &str) {
        self.harness
            .get_by_role_and_label(Role::Button, name)
            .click();
        self.step();
    }

    pub fn has(&self, text: &str) -> bool {
        self.harness
            .query_all_by_label_contains(text)
            .next()
            .is_some()
    }

    /// Brings the field of a setting into view and clicks it.
    pub fn click_field(&mut self, field: &str) {
        self.harness
            .get_by_role_and_label(Role::SpinButton, field)
            .scroll_to_me();
        self.harness.run_steps(60); // scrolling glides
        self.harness
            .get_by_role_and_label(Role::SpinButton, field)
            .click();
        self.step();
    }

    /// Types a number into the field of a setting.
    pub fn type_into(&mut self, field: &str, text: &str) {
        self.click_field(field);
        self.harness
            .key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
        self.harness.event(egui::Event::Text(text.to_owned()));
        self.step();
        self.press(egui::Key::Enter);
    }
}

pub fn cpu() -> DeviceInfo {
    DeviceInfo {
        kind: DeviceKind::Cpu,
        name: "CPU (flex)".to_owned(),
    }
}
