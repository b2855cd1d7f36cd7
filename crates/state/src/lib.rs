//! Everything the window knows, and the one way it learns: [`LabState::apply`].
//!
//! All of it is plain and bounded: losses are kept at full rate for the recent steps and thinned for the
//! whole run, snapshots replace one another, notices are a short log. Panels read it and never change it.

mod baseline_history;
mod comparison;
mod difference;
mod ghost;
mod gradients;
mod history;
mod judging;
mod keep;
mod notice;
mod previous;
mod reel;
mod replay;
mod reports;
mod run;
mod run_view;
mod series;
mod session;
mod thinned;
mod track;
mod user_images;

use hourglass_experiment::{Experiment, InvalidExperiment};
use hourglass_protocol::{
    Baselines, Command, DataSetId, DatasetDescription, DatasetProgress, DeviceChoice, DeviceInfo,
    EvaluationScope, Event, Failure, Fitting, JudgingPart, JudgingProgress, Phase, RunId,
    SampleIdx, Snapshot,
};

pub use baseline_history::BaselineHistory;
pub use difference::difference;
pub use ghost::Ghost;
pub use gradients::{Gradients, LayerGradients};
pub use history::History;
pub use judging::{Judged, Outcome};
pub use keep::{Keep, Offer, OfferedImages, OfferedWeights};
pub use notice::{Notice, NoticeLevel, Notices};
pub use reel::Reel;
pub use replay::{Past, Replay, Rewind};
pub use run::{Previous, RunState, Speed, title};
pub use run_view::RunView;
pub use series::Series;
pub use session::{Input, Newcomer, Session};
pub use track::Moment;
pub use user_images::{Drawing, MAX_USER_IMAGES, RADII, Reading, UserImage, UserImages};

/// Everything the window knows.
#[derive(Debug, Default)]
pub struct LabState {
    /// The graphics adapters of this machine: what they are called, and what to ask for.
    pub adapters: Vec<(String, DeviceChoice)>,
    /// The device training runs on; `None` until the worker has reported.
    pub device: Option<DeviceInfo>,
    /// The data set in use.
    pub dataset: Option<DatasetDescription>,
    /// What that data set allows; `None` until it is known.
    pub baselines: Option<Baselines>,
    /// Loading or fetching that is under way.
    pub loading: Option<DatasetProgress>,
    /// Why the data asked for last were not loaded, where a person has to give the size of the images.
    pub needs_size: Option<String>,
    /// A data set that was asked for and is not on this machine: a person is asked whether to fetch it.
    pub offers_to_fetch: Option<DataSetId>,
    /// The run in progress.
    pub run: Option<RunState>,
    /// The experiment as the controls show it; it may differ from the run's until it is applied.
    pub draft: Experiment,
    /// Whether the draft waits to be applied as a whole, as a preset or a pasted experiment does. It counts while the
    /// draft differs from what the run was asked to follow.
    pub waits_whole: bool,
    /// The test image that is followed through every layer.
    pub followed: SampleIdx,
    /// User images, and the drawing.
    pub user_images: UserImages,
    /// What happened, newest last.
    pub notices: Notices,
    /// Why there is no worker any more, once it has crashed.
    pub crash: Option<String>,
    /// What is known of runs on disk.
    pub keep: Keep,
    /// The run trained beside the run in progress, while two are compared.
    pub comparison: Option<RunState>,
    /// The run before, which can be brought back.
    pub previous: Option<Previous>,
    /// The run that is taken out of its place by the next news.
    replaced: Option<RunId>,
    /// The experiment of a comparison run while a person chooses it.
    pub comparison_draft: Option<Experiment>,
    /// What finished runs of this session reached.
    pub baseline_history: BaselineHistory,
    /// Which worker, data and run there are, and what is on its way.
    pub session: Session,
}

impl LabState {
    /// Chooses the name of the next run; messages about earlier ones are ignored from here on.
    pub fn begin_run(&mut self) -> RunId {
        self.session.begin_run()
    }

    /// The run whose messages count.
    #[must_use]
    pub fn current_run(&self) -> RunId {
        self.session.current_run()
    }

    /// The experiment that the run follows, or is about to.
    #[must_use]
    pub fn experiment_asked(&self) -> Option<&Experiment> {
        let run = self.run.as_ref().map(|run| &run.experiment);
        self.session.experiment().or(run)
    }

    /// Whether the draft waits for a new model: it is to be applied as a whole or changes what the model is, and there
    /// is training to lose. A run without any training follows the draft by itself.
    #[must_use]
    pub fn waits_for_new_model(&self) -> bool {
        let has_trained = self.run.as_ref().is_some_and(|run| {
            let is_current = run.id == self.current_run();
            is_current && (run.step > 0 || run.phase != Phase::Ready)
        });
        let waits = self.experiment_asked().is_some_and(|asked| {
            *asked != self.draft && (self.waits_whole || !asked.keeps_model_of(&self.draft))
        });
        has_trained && waits
    }

    /// What is wrong with the draft.
    #[must_use]
    pub fn draft_problems(&self) -> Vec<InvalidExperiment> {
        self.draft.problems()
    }

    /// What the run is doing; `None` while there is no run.
    #[must_use]
    pub fn phase(&self) -> Option<Phase> {
        self.run.as_ref().map(|run| run.phase)
    }

    /// Whether steps were taken that are in no folder a person chose.
    #[must_use]
    pub fn has_unsaved_run(&self) -> bool {
        self.run.as_ref().is_some_and(RunState::is_unsaved)
    }

    /// Whether steps are being taken.
    #[must_use]
    pub fn is_training(&self) -> bool {
        matches!(
            self.phase(),
            Some(Phase::Training { .. } | Phase::PreparingKernels)
        )
    }

    /// Takes in what a person asks for; gives the commands that follow.
    pub fn ask(&mut self, input: Input) -> Vec<Command> {
        let run = self.run.as_ref().map(|run| &run.experiment);
        self.session.in_use = self.dataset.as_ref().map(|dataset| dataset.id);
        self.session.on(input, run.unwrap_or(&self.draft))
    }

    /// Takes in what the worker reports; gives the commands that follow.
    pub fn apply(&mut self, event: Event) -> Vec<Command> {
        let input = Input::of(&event, self);
        self.note(event);
        input.map_or_else(Vec::new, |input| self.ask(input))
    }

    fn note(&mut self, event: Event) {
        match event {
            Event::WorkerReady { device } => {
                self.device = Some(device);
                self.crash = None;
            }
            Event::DeviceChanged { device } => {
                self.notices
                    .info(format!("Training now runs on {}", device.name));
                self.device = Some(device);
            }
            Event::DatasetProgress(progress) => {
                self.loading = Some(progress);
                self.needs_size = None;
            }
            Event::DatasetLoaded(dataset) => {
                self.loading = None;
                self.needs_size = None;
                self.draft.fit_to(dataset.id);
                self.dataset = Some(dataset);
                self.baselines = None;
            }
            Event::BaselinesKnown(baselines) => self.baselines = Some(baselines),
            Event::LoadingCancelled => {
                self.loading = None;
                self.notices.info("Loading cancelled".to_owned());
            }
            Event::RunStarted {
                run,
                experiment,
                n_parameters,
                steps_per_epoch,
            } => {
                let data = self.session.data().clone();
                self.take_run(RunState::new(
                    run,
                    experiment,
                    data,
                    n_parameters,
                    steps_per_epoch,
                ));
            }
            Event::ComparisonEnded { run } => self.end_comparison(run),
            Event::RunReplaced { run } => self.note_replaced(run),
            Event::RunBroughtBack { run, dataset } => self.take_back(run, dataset),
            Event::BackingUp => self.keep.trouble = None,
            Event::Failed(failure) => self.fail(&failure),
            Event::Gathered { .. } | Event::Encoded { .. } => {} // the request for numbers has been answered
            Event::PhaseChanged { run, .. }
            | Event::Tuned { run, .. }
            | Event::StepsTaken { run, .. }
            | Event::GradientsMeasured { run, .. }
            | Event::Evaluated { run, .. }
            | Event::FrameTaken { run, .. }
            | Event::JudgingProgress { run, .. }
            | Event::CodeJudged { run, .. }
            | Event::JudgingCancelled { run }
            | Event::RunOpened { run, .. }
            | Event::RunSaved { run, .. }
            | Event::RunBackedUp { run, .. } => {
                self.notice(&event);
                let is_full = matches!(
                    &event,
                    Event::Evaluated { evaluation, .. } if evaluation.scope == EvaluationScope::Full
                );
                let both = [self.run.as_mut(), self.comparison.as_mut()];
                let found = both.into_iter().flatten().find(|state| state.id == run);
                if let Some(state) = found {
                    if let Event::Evaluated { evaluation, .. } = &event
                        && evaluation.scope == EvaluationScope::Full
                    {
                        for diagnosis in state.new_diagnoses(evaluation) {
                            self.notices.warning(diagnosis.to_string());
                        }
                    }
                    state.apply(event);
                    if is_full {
                        self.note_baseline();
                    }
                }
            }
        }
    }

    /// A run has started; one that nobody waits for any more is ignored.
    fn take_run(&mut self, mut run: RunState) {
        let Some(newcomer) = self.session.newcomer(run.id) else {
            return;
        };
        let before = self.replace_runs();
        if newcomer == Newcomer::Comparison {
            self.comparison = Some(run);
            return;
        }
        if newcomer == Newcomer::Opened {
            self.draft = run.experiment.clone();
        }
        self.comparison = None; // a comparison ends with the run it is about
        run.ghost = before;
        self.run = Some(run);
    }

    /// Notes what was saved or opened.
    fn notice(&mut self, event: &Event) {
        match event {
            Event::RunSaved { folder, images, .. } => {
                let saved = format!("Run saved in {}", folder.display());
                let text = match images {
                    None => saved,
                    Some(kept) => format!("{saved}, {kept}"),
                };
                self.notices.info(text);
            }
            Event::RunOpened { from, history, .. } => {
                let opened = format!("Opened {}", from.display());
                match (&history.lost, &history.edited) {
                    (Some(lost), _) => self.notices.warning(lost.clone()),
                    (None, Some(edited)) => self.notices.info(format!("{opened}. {edited}")),
                    (None, None) => self.notices.info(opened),
                }
            }
            _ => {}
        }
    }

    /// The code of the run in progress was asked to be judged; the answer takes seconds.
    pub fn note_judging(&mut self) {
        if let Some(run) = &mut self.run {
            run.judging = Some(JudgingProgress {
                part: JudgingPart::Encoding,
                fraction: 0.0,
            });
        }
    }

    /// Takes in the newest look at the model; one of another run is dropped.
    pub fn apply_snapshot(&mut self, snapshot: Snapshot) {
        if let (Some(comparison), Some(seen)) = (&mut self.comparison, &snapshot.comparison)
            && comparison.id == seen.run
        {
            comparison.take_snapshot(Snapshot::clone(seen));
        }
        if let Some(run) = self.run.as_mut().filter(|run| run.id == snapshot.run) {
            run.take_snapshot(snapshot);
        }
    }

    fn fail(&mut self, failure: &Failure) {
        match failure {
            Failure::OtherDataset { folder, needed, .. } => {
                self.notices.info(format!(
                    "The run in {} was trained on {}: loading that data set",
                    folder.display(),
                    needed.label
                ));
                return;
            }
            Failure::NonFiniteLoss { run, .. }
                if *run != self.current_run() && !self.is_comparison(*run) =>
            {
                return;
            }
            Failure::NotBackedUp { .. } => {
                self.keep.trouble = Some(failure.to_string()); // it lasts, and so does its bar
                return;
            }
            Failure::NotBroughtBack { .. } => self.previous = None,
            Failure::NotFetched { id, .. } => {
                self.loading = None;
                self.offers_to_fetch = Some(*id);
                return; // a question says it
            }
            Failure::Dataset { reason } => {
                self.loading = None;
                if reason.ends_with(Fitting::ASK_FOR_SIZE) {
                    self.needs_size = Some(reason.clone());
                    return; // a question says it
                }
            }
            Failure::WeightsFitByShape { file, pairs, .. } => {
                self.keep.weights_offered = Some(OfferedWeights {
                    file: file.clone(),
                    pairs: pairs.clone(),
                });
                return; // a question says it
            }
            Failure::ImagesNotSent {
                file,
                needed,
                place,
                ..
            } => {
                self.keep.images_offered = Some(OfferedImages {
                    run: file.clone(),
                    needed: needed.clone(),
                    place: place.clone(),
                });
                return; // a question says it
            }
            Failure::WorkerPanicked { message } => {
                self.crash = Some(message.clone());
                self.previous = None; // it went with the worker; if it was backed up, the backup is still there
                self.device = None;
                self.loading = None;
                let both = [self.run.as_mut(), self.comparison.as_mut()];
                both.into_iter().flatten().for_each(RunState::interrupt);
            }
            _ => {}
        }
        if let Some(run) = &mut self.run {
            run.judging = None; // whatever failed, a wait without end would be worse; what goes on says so again
        }
        self.notices.error(failure.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_protocol::{Diagnosis, Evaluation};

    fn evaluation(step: u64, diagnoses: Vec<Diagnosis>) -> Evaluation {
        Evaluation {
            step,
            epoch: 1.0,
            scope: EvaluationScope::Full,
            terms: Vec::new(),
            mse_per_pixel: 0.01,
            bce_per_pixel: None,
            squared_error_per_image: 7.84,
            code: None,
            psnr: None,
            variational: None,
            adversarial: None,
            classification: None,
            noise_image_mse: None,
            best: None,
            diagnoses,
        }
    }

    fn started() -> (LabState, RunId) {
        let mut state = LabState::default();
        let run = state.begin_run();
        state.apply(Event::RunStarted {
            run,
            experiment: Experiment::default(),
            n_parameters: 1,
            steps_per_epoch: 1,
        });
        (state, run)
    }

    #[test]
    fn a_diagnosis_is_noticed_once_while_it_lasts_and_again_when_it_comes_back() {
        let (mut state, run) = started();
        let dead = |dead| Diagnosis::DeadUnits {
            dead,
            size: 64,
            advice: String::new(),
        };
        let copies = Diagnosis::Copies {
            noise_mse: 0.01,
            share: 12.0,
        };
        let epochs = [
            (vec![dead(3)], 1),
            (vec![dead(5)], 1), // the same, and worse
            (vec![dead(5), copies], 2),
            (vec![], 2),
            (vec![dead(4)], 3),
        ];
        for (step, (diagnoses, n_notices)) in (1..).zip(epochs) {
            let evaluation = evaluation(step, diagnoses);
            state.apply(Event::Evaluated { run, evaluation });
            let warnings = state.notices.since(0);
            assert_eq!(
                warnings
                    .filter(|notice| notice.level == NoticeLevel::Warning)
                    .count(),
                n_notices,
                "step {step}"
            );
        }
        let first = state.notices.since(0).next().expect("noticed");
        assert!(first.text.starts_with("3 of 64 code units"));
    }

    #[test]
    fn judging_ends_with_a_failure() {
        let (mut state, _) = started();
        state.note_judging();
        assert!(state.run.as_ref().is_some_and(|run| run.judging.is_some()));
        state.apply(Event::Failed(Failure::WorkerPanicked {
            message: "gone".to_owned(),
        }));
        assert!(state.run.as_ref().is_some_and(|run| run.judging.is_none()));
    }
}
