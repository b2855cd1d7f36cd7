//! Where an action becomes a message.

use std::hash::{BuildHasher, Hasher, RandomState};

use egui::Context;

use super::App;
use super::path_question::Question;
use hourglass_experiment::Experiment;
use hourglass_protocol::{Command, Phase};
use hourglass_state::Input;
use hourglass_ui::Action;
use hourglass_ui::layout::Layout;
use hourglass_ui::shortcuts::SCALE_RANGE;

/// New seeds are below this, so that a person can read and retype them.
const SEED_END: u64 = 1_000_000;

impl App {
    /// Turns an action into a message or a setting of the window.
    pub fn perform(&mut self, ctx: &Context, action: Action) {
        match action {
            Action::Train => {
                self.apply_draft();
                self.outbox.push(Command::Train);
            }
            Action::Pause => self.outbox.push(Command::Pause),
            Action::StepBatches(n) => self.outbox.push(Command::TrainSteps(n)),
            Action::StepEpochs(n) => self.outbox.push(Command::TrainEpochs(n)),
            Action::Reset => self.reset(),
            Action::NewSeed => self.new_seed(),
            Action::Edit(draft) => self.edit(*draft),
            Action::ChoosePreset(id) => {
                let mut draft = id.preset().experiment();
                draft.seed = self.state.draft.seed;
                self.propose(draft);
            }
            Action::ApplyDraft => self.apply_draft(),
            Action::DiscardDraft => {
                if let Some(run) = &self.state.run {
                    self.state.draft = run.experiment.clone();
                }
            }
            Action::LoadData(source) => {
                self.data_page.expect(&source);
                self.advance(Input::Load(source));
            }
            Action::OpenDataFolder => self.ask(Question::DataFolder),
            Action::OpenDataFile => self.ask(Question::DataFile),
            Action::ShowData(is_open) => self.data_page.show(is_open),
            Action::AskToSaveSkipped => self.ask(Question::Skipped),
            Action::SaveSkipped(path) => self.save_skipped(&path),
            Action::Fetch(id) => {
                self.state.offers_to_fetch = None;
                self.advance(Input::Fetch(id));
            }
            Action::LeaveUnfetched => self.state.offers_to_fetch = None,
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
            Action::Enlarge => self.layout.toggle_at(ctx.pointer_latest_pos()),
            Action::FoldExperiment => self.experiment_panel.is_folded ^= true,
            Action::Shrink => {
                self.layout.shrink();
            }
            Action::Rewind(action) => self.state.rewind(action),
            Action::Compare(action) => self.compare(action),
            Action::UserImage(action) => self.perform_own(action),
            Action::JudgeCode => {
                self.state.note_judging();
                self.outbox.push(Command::JudgeCode);
            }
            Action::SetThreads(n) => self.window.threads.asked = n,
            Action::CancelJudging => self.outbox.push(Command::CancelJudging),
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

    /// Starts a worker that loads the data again; a run starts once it has them.
    pub(super) fn start_worker(&mut self) {
        self.outbox.clear();
        self.state.crash = None;
        self.worker = Some((self.spawn_worker)(self.wake.clone()));
        self.outbox
            .push(Command::BackupPolicy(self.keeping.backups.policy()));
        self.advance(Input::WorkerStarted);
        self.look();
        self.send_waiting();
    }

    /// Takes in what is asked for, and has the worker told what follows.
    pub(super) fn advance(&mut self, input: Input) {
        let commands = self.state.ask(input);
        self.push_all(commands);
    }

    /// A run that starts over while it is compared takes its comparison run along.
    pub(super) fn push_all(&mut self, commands: Vec<Command>) {
        for command in commands {
            let starts_run = matches!(command, Command::StartRun { .. });
            self.outbox.push(command);
            if starts_run {
                self.start_comparison_again();
            }
        }
    }

    /// Makes a new model from an experiment; whatever is reported of older runs is ignored from here on.
    pub(super) fn start_run(&mut self, experiment: Experiment) {
        self.advance(Input::Start(experiment));
    }

    fn reset(&mut self) {
        if self.state.run.is_some()
            && let Some(experiment) = self.state.experiment_asked().cloned()
        {
            self.start_run(experiment);
        }
    }

    fn new_seed(&mut self) {
        if self.state.run.is_some()
            && let Some(mut experiment) = self.state.experiment_asked().cloned()
        {
            experiment.seed = another_seed(experiment.seed);
            self.state.draft.seed = experiment.seed;
            self.start_run(experiment);
        }
    }

    /// Takes a draft that belongs together, as a preset does: nothing of it goes to a trained run before Apply. Only
    /// the run's own preset does, where the model stays.
    pub(super) fn propose(&mut self, draft: Experiment) {
        let draft = self.state.session.fitted(draft);
        let is_own = self
            .state
            .experiment_asked()
            .is_some_and(|asked| asked.preset == draft.preset && asked.keeps_model_of(&draft));
        self.take_draft(draft, !is_own);
    }

    /// Takes a changed draft. Live settings go to the run at once; what needs a new model waits for Apply,
    /// unless the run has not been trained, when there is nothing to lose.
    pub(super) fn edit(&mut self, draft: Experiment) {
        let draft = self.state.session.fitted(draft);
        let waits = self.state.experiment_asked() != Some(&self.state.draft);
        self.take_draft(draft, waits && self.state.waits_whole);
    }

    fn take_draft(&mut self, draft: Experiment, waits_whole: bool) {
        let before = std::mem::replace(&mut self.state.draft, draft);
        self.state.waits_whole = waits_whole;
        if self.run_is_untouched() {
            self.follow_draft();
            return;
        }
        let Some(asked) = self.state.session.experiment() else {
            return;
        };
        if waits_whole {
            return;
        }
        let tuned = if asked.keeps_model_of(&self.state.draft) {
            self.state.draft.clone()
        } else {
            asked.with_live_changes(&before, &self.state.draft)
        };
        if tuned != *asked {
            self.advance(Input::Tune(tuned));
        }
    }

    /// Makes the model of a run without any training follow the draft. While such a model is being made
    /// nothing is sent: its arrival calls this again, so that dragging a slider does not queue models.
    pub(super) fn follow_draft(&mut self) {
        let draft = self.state.draft.clone();
        let Some(asked) = self.state.session.experiment() else {
            if self.state.session.is_ready() {
                self.start_run(draft); // it was invalid until now
            }
            return;
        };
        let is_being_made = self
            .state
            .run
            .as_ref()
            .is_none_or(|run| run.id != self.state.current_run());
        if is_being_made || draft == *asked {
            return;
        }
        if asked.keeps_model_of(&draft) {
            self.advance(Input::Tune(draft));
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

    /// A new model from a draft that waits for one; a run that was training continues with it.
    fn apply_draft(&mut self) {
        let was_training = self.state.is_training();
        let draft = self.state.draft.clone();
        if !self.state.waits_for_new_model() || draft.validate().is_err() {
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
        self.outbox.look(request, |request| worker.look_at(request));
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
