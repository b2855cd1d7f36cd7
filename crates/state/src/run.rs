//! What the window knows of the run in progress.

use std::path::PathBuf;

use hourglass_experiment::{DataSetId, Experiment, Figure, Stated, field};
use hourglass_protocol::{
    CodeReport, DataSource, Diagnosis, Evaluation, EvaluationScope, Event, JudgingProgress, Phase,
    PlanPosition, RunHistory, RunId, Snapshot, StepBatch, kept_to, title_of,
};

use super::{Ghost, Gradients, History, Reel, Replay, Rewind};

/// What the window knows of the run in progress.
#[derive(Debug)]
pub struct RunState {
    pub id: RunId,
    /// Its experiment, as the worker took it on.
    pub experiment: Experiment,
    /// Where the data come from that it learns from.
    pub data: DataSource,
    /// Trainable numbers of its model.
    pub n_parameters: usize,
    pub steps_per_epoch: usize,
    /// What it is doing, as the worker reported.
    pub phase: Phase,
    /// Steps taken.
    pub step: u64,
    /// The same in epochs.
    pub epoch: f64,
    /// How fast it goes.
    pub speed: Speed,
    /// Its curves.
    pub history: History,
    /// How gradients reached its layers.
    pub gradients: Gradients,
    /// The run before it.
    pub ghost: Option<Ghost>,
    /// The newest evaluation on the whole test split.
    pub full_evaluation: Option<Evaluation>,
    /// The newest evaluation of any scope.
    pub evaluation: Option<Evaluation>,
    /// What the code is worth, when it was last judged.
    pub code_report: Option<CodeReport>,
    /// How far it is being judged.
    pub judging: Option<JudgingProgress>,
    /// The newest look at the model.
    pub snapshot: Option<Snapshot>,
    /// The folder a person saved it in, and the step it was saved at.
    pub saved: Option<(PathBuf, u64)>,
    /// Its film; empty where none was asked for.
    pub reel: Reel,
    /// Its past, to be shown again.
    pub replay: Replay,
    /// Whether it began with weights from a file, not with random ones. Of a run that was saved since and opened again this
    /// is not known.
    pub(super) has_given_weights: bool,
}

/// What a run is called: its preset, where its experiment comes from one.
#[must_use]
pub fn title(run: &RunState) -> String {
    let experiment = &run.experiment;
    title_of(experiment.preset, !experiment.is_pristine())
}

/// How fast a run goes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Speed {
    /// Training images a second, smoothed over about a second; 0 before the first steps.
    pub images_per_sec: f64,
    /// Time spent in training steps, in seconds.
    pub elapsed_secs: f64,
}

impl RunState {
    pub(super) fn new(
        id: RunId,
        experiment: Experiment,
        data: DataSource,
        n_parameters: usize,
        steps_per_epoch: usize,
    ) -> Self {
        Self {
            id,
            experiment,
            data,
            n_parameters,
            steps_per_epoch,
            phase: Phase::Ready,
            step: 0,
            epoch: 0.0,
            speed: Speed::default(),
            history: History::default(),
            gradients: Gradients::default(),
            ghost: None,
            full_evaluation: None,
            evaluation: None,
            code_report: None,
            judging: None,
            snapshot: None,
            saved: None,
            reel: Reel::default(),
            replay: Replay::default(),
            has_given_weights: false,
        }
    }

    /// Whether it went the way of its experiment up to its newest evaluation of the whole test split, as far as is known.
    pub(super) fn kept_to_its_experiment(&self) -> bool {
        let evaluation = self.full_evaluation.as_ref();
        let epoch = evaluation.map_or(0.0, |evaluation| evaluation.epoch);
        let changes = self.history.marks();
        kept_to(&self.experiment, epoch, changes, self.has_given_weights)
    }

    /// Whether it follows its preset to the letter, whatever its seed: only then does what is known of the preset's figures
    /// apply to it.
    #[must_use]
    pub fn follows_its_preset(&self) -> bool {
        self.experiment.is_pristine() && self.kept_to_its_experiment()
    }

    /// What its preset's source or theory says a figure should be, if that applies to this run on these data.
    #[must_use]
    pub fn stated(&self, figure: Figure, data: DataSetId) -> Option<Stated> {
        let stated = self.experiment.stated(figure, data);
        stated.filter(|_| self.follows_its_preset())
    }

    /// Where in its plan the run is; the start while it has not reported.
    #[must_use]
    pub fn position(&self) -> PlanPosition {
        match self.phase {
            Phase::Ready | Phase::PreparingKernels => PlanPosition {
                epochs_goal: self.experiment.total_epochs(),
                stage: self.experiment.stage_of(0).0,
                stage_epochs_goal: self
                    .experiment
                    .stages()
                    .first()
                    .map_or(0, |&(_, epochs)| epochs),
                ..PlanPosition::default()
            },
            Phase::Training { position }
            | Phase::Paused { position }
            | Phase::Finished { position }
            | Phase::Stopped { position } => position,
        }
    }

    /// What the generator's values are divided by to be in nats beside the discriminator's; `None` if there is no
    /// generator, or if its weight changed on the way.
    #[must_use]
    pub fn generator_weight(&self) -> Option<f64> {
        let weight = self.experiment.objective.prior.generator_weight();
        weight.filter(|_| !self.history.has_changed(&field::ADVERSARIAL_WEIGHT))
    }

    /// Whether steps were taken that are in no folder a person chose.
    #[must_use]
    pub fn is_unsaved(&self) -> bool {
        let saved_step = self.saved.as_ref().map_or(0, |&(_, step)| step);
        self.step != saved_step
    }

    /// Share of the goal that is done, 0..1.
    #[must_use]
    pub fn progress(&self) -> f64 {
        let goal = self.position().epochs_goal.max(1) as f64;
        (self.epoch / goal).clamp(0.0, 1.0)
    }

    /// Seconds of training left until the goal at the present speed; none before there is a speed.
    #[must_use]
    pub fn remaining_secs(&self) -> Option<f64> {
        let per_sec = self.epoch / self.speed.elapsed_secs;
        let left = self.position().epochs_goal as f64 - self.epoch;
        (per_sec.is_finite() && per_sec > 0.0).then(|| left.max(0.0) / per_sec)
    }

    /// What is wrong with the model, as the newest evaluation of the whole test split found.
    #[must_use]
    pub fn diagnoses(&self) -> &[Diagnosis] {
        let evaluation = self.full_evaluation.as_ref();
        evaluation.map_or(&[], |evaluation| &evaluation.diagnoses)
    }

    /// What an evaluation finds wrong that was not wrong before. The figures in a diagnosis change from epoch
    /// to epoch; it is the same one as long as its kind is.
    pub(super) fn new_diagnoses<'a>(
        &self,
        evaluation: &'a Evaluation,
    ) -> impl Iterator<Item = &'a Diagnosis> {
        let known: Vec<&str> = self.diagnoses().iter().map(Diagnosis::key).collect();
        let found = evaluation.diagnoses.iter();
        found.filter(move |diagnosis| !known.contains(&diagnosis.key()))
    }

    /// The run, to be shown as the ghost of the next; the one before it if it has no curves.
    pub(super) fn to_ghost(&self) -> Option<Ghost> {
        if self.history.is_empty() {
            self.ghost.clone()
        } else {
            Some(Ghost {
                experiment: self.experiment.clone(),
                history: self.history.clone(),
            })
        }
    }

    /// What the views show: the newest look at the model, or the moment of its past that was asked for.
    #[must_use]
    pub fn shown(&self) -> Option<&Snapshot> {
        let past = self.replay.past().map(|past| &past.snapshot);
        past.or(self.snapshot.as_ref())
    }

    /// Takes in a look at the model, and keeps it for later.
    pub(super) fn take_snapshot(&mut self, snapshot: Snapshot) {
        let (step, epoch) = (self.step, self.epoch);
        let per_step = 1.0 / self.steps_per_epoch.max(1) as f64;
        // Looks and steps come in different lanes: one may be a little ahead of the other.
        let epoch_of = |at: u64| (epoch + (at as f64 - step as f64) * per_step).max(0.0);
        self.replay.keep(&snapshot, epoch_of);
        self.snapshot = Some(snapshot);
    }

    /// Shows another moment of its past, or the run as it is.
    pub(super) fn rewind(&mut self, action: Rewind) {
        self.replay.rewind(action, self.snapshot.as_ref());
    }

    /// The worker is gone in mid-run.
    pub(super) fn interrupt(&mut self) {
        self.judging = None;
        self.phase = Phase::Stopped {
            position: self.position(),
        };
    }

    pub(super) fn apply(&mut self, event: Event) {
        match event {
            Event::FrameTaken { frame, .. } => self.reel.push(frame),
            Event::PhaseChanged { phase, .. } => self.phase = phase,
            Event::Tuned {
                experiment,
                step,
                epoch,
                steps_per_epoch,
                ..
            } => {
                self.history
                    .push_mark((step, epoch), &self.experiment, &experiment);
                self.experiment = experiment;
                self.steps_per_epoch = steps_per_epoch;
            }
            Event::StepsTaken { steps, .. } => self.take_steps(&steps),
            Event::GradientsMeasured { rows, .. } => self.gradients.push(&rows),
            Event::Evaluated { evaluation, .. } => {
                self.history.push_evaluation(&evaluation);
                if evaluation.scope == EvaluationScope::Full {
                    self.full_evaluation = Some(evaluation.clone());
                }
                self.evaluation = Some(evaluation);
            }
            Event::JudgingProgress { progress, .. } => self.judging = Some(progress),
            Event::JudgingCancelled { .. } => self.judging = None,
            Event::CodeJudged { report, .. } => {
                self.judging = None;
                self.code_report = Some(report);
            }
            Event::RunOpened { from, history, .. } => {
                self.has_given_weights = !history.goes_on;
                if history.goes_on {
                    self.saved = Some((from, history.evaluation.step));
                }
                self.go_on_from(history);
            }
            Event::RunSaved { folder, step, .. } => self.saved = Some((folder, step)),
            _ => {} // concerns the laboratory, not a run
        }
    }

    /// Shows what the run had recorded before it was opened.
    fn go_on_from(&mut self, history: RunHistory) {
        self.history.push_rows(&history.rows);
        self.gradients.push(&history.gradients);
        self.history.put_marks(history.marks);
        let evaluation = history.evaluation;
        (self.step, self.epoch) = (evaluation.step, evaluation.epoch);
        self.speed = Speed {
            images_per_sec: history.images_per_sec,
            elapsed_secs: history.training_secs,
        };
        self.full_evaluation = Some(evaluation.clone());
        self.evaluation = Some(evaluation);
    }

    fn take_steps(&mut self, steps: &StepBatch) {
        let Some(&epoch) = steps.epochs.last() else {
            return;
        };
        self.step = steps.first_step + steps.len() as u64 - 1;
        self.epoch = epoch;
        self.history.push_steps(steps);

        self.speed.elapsed_secs += steps.elapsed_secs;
        if steps.elapsed_secs > 0.0 {
            let now = steps.n_images as f64 / steps.elapsed_secs;
            // Time constant of one second, so that the figure neither jumps nor lags.
            let share = 1.0 - (-steps.elapsed_secs).exp();
            let before = self.speed.images_per_sec;
            self.speed.images_per_sec = if before == 0.0 {
                now
            } else {
                before + share * (now - before)
            };
        }
    }
}

/// A run that another took the place of. The worker has its model, and the window what it knew of it.
#[derive(Debug)]
pub struct Previous {
    /// What the window knew of it.
    pub run: RunState,
    /// Whether the bar is shown that offers it.
    pub is_offered: bool,
}
