//! Where an action becomes a message.

use std::hash::{BuildHasher, Hasher, RandomState};

use egui::Context;

use super::App;
use super::path_question::Question;
use hourglass_experiment::Experiment;
use hourglass_protocol::{Command, DataSource, Phase};
use hourglass_state::DraftStatus;
use hourglass_ui::Action;
use hourglass_ui::layout::Layout;
use hourglass_ui::shortcuts::SCALE_RANGE;

/// New seeds are below this, so that a person can read and retype them.
const SEED_END: u64 = 1_000_000;

impl App {
    /// Turns an action into a message or a setting of the window.
    pub fn perform(&mut self, ctx: &Context, action: Action) {
        match action {
            Action::Train => self.outbox.push(Command::Train),
            Action::Pause => self.outbox.push(Command::Pause),
            Action::StepBatches(n) => self.outbox.push(Command::TrainSteps(n)),
            Action::StepEpochs(n) => self.outbox.push(Command::TrainEpochs(n)),
            Action::Reset => self.reset(),
            Action::NewSeed => self.new_seed(),
            Action::Edit(draft) => self.edit(*draft),
            Action::ChoosePreset(id) => {
                let mut draft = id.preset().experiment();
                draft.seed = self.state.draft.seed;
                self.edit(draft);
            }
            Action::ApplyDraft => self.apply_draft(),
            Action::DiscardDraft => {
                if let Some(run) = &self.state.run {
                    self.state.draft = run.experiment.clone();
                }
            }
            Action::LoadData(source) => {
                self.data_asked = source.clone();
                self.outbox.push(Command::LoadDataset(source));
            }
            Action::OpenDataFolder => self.ask(Question::DataFolder),
            Action::Fetch(id) => {
                self.data_asked = DataSource::Named(id);
                self.outbox.push(Command::Fetch(id));
            }
            Action::CancelLoading => self.outbox.push(Command::CancelLoading),
            Action::UseDevice(choice) => {
                self.window.device = choice;
                self.outbox.push(Command::UseDevice(choice));
            }
            Action::ChooseLayer(layer) => {
                self.panels.activations.choose(layer);
                self.panels.filters.choose(layer);
            }
            Action::Follow(sample) => self.state.followed = sample,
            Action::ShowPane(pane) => self.layout.bring_forward(pane),
            Action::Rewind(action) => self.state.rewind(action),
            Action::Compare(action) => self.compare(action),
            Action::UserImage(action) => self.perform_own(action),
            Action::JudgeCode => {
                self.state.note_judging();
                self.outbox.push(Command::JudgeCode);
            }
            Action::ShowExport(kind) => self.export.open(kind),
            Action::Export(order) => self.ask_for_file(order),
            Action::ExportTo(order, path) => self.export_to(order, &path),
            Action::CancelExport => self.exporter.cancel(),
            Action::Keep(action) => self.keep(ctx, action),
            Action::Path(action) => self.perform_typed(ctx, action),
            Action::SetTheme(theme) => {
                self.window.theme = theme;
                ctx.set_theme(theme);
            }
            Action::SetScale(scale) => self.set_scale(ctx, scale),
            Action::ResetLayout => self.layout = Layout::default(),
            Action::ShowHelp(is_open) => self.help.is_open = is_open,
            Action::Guide(action) => self.perform_guide(ctx, action),
            Action::RestartWorker => self.start_worker(),
        }
    }

    /// Starts a worker that loads the data again; a run starts once it has both device and data.
    pub(super) fn start_worker(&mut self) {
        self.outbox.clear();
        self.asked = None;
        self.state.crash = None;
        self.worker_has_data = false;
        self.data_asked = self.data.clone();
        self.worker = Some((self.spawn_worker)(self.wake.clone()));
        self.probe = None; // the new worker has to be told what the window looks at
        self.outbox
            .push(Command::BackupPolicy(self.keeping.backups.action()));
        self.outbox.push(Command::LoadDataset(self.data.clone()));
        self.look();
        self.send_waiting();
    }

    /// Makes a new model from an experiment; whatever is reported of older runs is ignored from here on.
    pub(super) fn start_run(&mut self, experiment: Experiment) {
        if experiment.validate().is_err() {
            return; // the panel says why
        }
        let run = self.state.begin_run();
        self.asked = Some(experiment.clone());
        self.outbox.push(Command::StartRun { run, experiment });
        self.start_rival_again();
    }

    fn reset(&mut self) {
        if let Some(run) = &self.state.run {
            let experiment = self.asked.clone().unwrap_or_else(|| run.experiment.clone());
            self.start_run(experiment);
        }
    }

    fn new_seed(&mut self) {
        let Some(run) = &self.state.run else { return };
        let mut experiment = self.asked.clone().unwrap_or_else(|| run.experiment.clone());
        experiment.seed = another_seed(experiment.seed);
        self.state.draft.seed = experiment.seed;
        self.start_run(experiment);
    }

    /// Takes a changed draft. Live settings go to the run at once; what needs a new model waits for Apply,
    /// unless the run has not been trained, when there is nothing to lose.
    pub(super) fn edit(&mut self, draft: Experiment) {
        let before = std::mem::replace(&mut self.state.draft, draft);
        if self.run_is_untouched() {
            self.follow_draft();
            return;
        }
        let Some(asked) = &self.asked else { return };
        let tuned = if asked.keeps_model_of(&self.state.draft) {
            self.state.draft.clone()
        } else {
            asked.with_live_changes(&before, &self.state.draft)
        };
        if tuned != *asked && tuned.validate().is_ok() {
            self.asked = Some(tuned.clone());
            self.outbox.push(Command::Tune(tuned));
        }
    }

    /// Makes the model of a run without any training follow the draft. While such a model is being made
    /// nothing is sent: its arrival calls this again, so that dragging a slider does not queue models.
    pub(super) fn follow_draft(&mut self) {
        let Some(asked) = &self.asked else {
            self.start_run_when_possible(); // a draft that was invalid until now
            return;
        };
        let is_being_made = self
            .state
            .run
            .as_ref()
            .is_none_or(|run| run.id != self.state.current_run());
        let draft = self.state.draft.clone();
        if is_being_made || draft == *asked || draft.validate().is_err() {
            return;
        }
        if asked.keeps_model_of(&draft) {
            self.asked = Some(draft.clone());
            self.outbox.push(Command::Tune(draft));
        } else {
            self.start_run(draft);
        }
    }

    /// Whether the run, or the one being made, has not taken a step.
    pub(super) fn run_is_untouched(&self) -> bool {
        match &self.state.run {
            Some(run) if run.id == self.state.current_run() => {
                run.phase == Phase::Ready && run.step == 0
            }
            _ => true,
        }
    }

    /// A new model from the draft; a run that was training continues with it.
    fn apply_draft(&mut self) {
        let was_training = self.state.is_training();
        let draft = self.state.draft.clone();
        if self.state.draft_status() == DraftStatus::InUse || draft.validate().is_err() {
            return;
        }
        self.start_run(draft);
        if was_training {
            self.outbox.push(Command::Train);
        }
    }

    fn set_scale(&mut self, ctx: &Context, scale: f32) {
        // Whole hundredths, so that steps up and down meet again.
        let scale = (scale * 100.0).round() / 100.0;
        self.window.scale = scale.clamp(*SCALE_RANGE.start(), *SCALE_RANGE.end());
        ctx.set_zoom_factor(self.window.scale);
    }

    /// Tells the worker what the window looks at, when that has changed.
    pub(super) fn look(&mut self) {
        self.prepare_drawing();
        let Some(worker) = &self.worker else { return };
        let mut request = self.panels.look(&self.layout.visible(), &self.state);
        request.film = self.export.records_film;
        request.revision = self.probe.as_ref().map_or(0, |probe| probe.revision);
        if self.probe.as_ref() != Some(&request) {
            request.revision += 1;
            worker.look_at(request.clone());
            self.probe = Some(request);
        }
    }
}

/// A seed that differs from the one in use. It needs to be new, not secret: std's keys for hash maps differ
/// at every call.
fn another_seed(seed: u64) -> u64 {
    let drawn = RandomState::new().build_hasher().finish() % (SEED_END - 1) + 1;
    if drawn == seed {
        drawn % (SEED_END - 1) + 1
    } else {
        drawn
    }
}
