//! What is recorded of a run, collected from its reports.
//!
//! The worker keeps it, whether or not anything listens to the events, and writes the run folder from it, for the window and the
//! command line alike.

use std::time::Instant;

use serde::{Deserialize, Serialize};

use hourglass_experiment::Experiment;
use hourglass_protocol::{
    Baselines, CodeReport, DataSetId, Evaluation, EvaluationScope, Event, Marks, Phase, StepBatch,
};

use super::{
    AdversarySummary, CodeSummary, CompressionSummary, DataSetSummary, GradientTable, LayerSummary,
    MetricsTable, Noticed, PcaSummary, SUMMARY_FORMAT, Summary, TestFigures, to_toml,
};

/// What a run leaves behind. The window and the command line have one and the same: the worker keeps it.
#[derive(Debug)]
pub struct Record {
    experiment: Experiment,
    data: DataSetId,
    device: String,
    metrics: MetricsTable,
    gradients: GradientTable,
    effort: Effort,
    /// When training went on; `None` while the run waits.
    since: Option<Instant>,
    full: Option<Evaluation>,
    marks: Marks,
    /// What the code is worth, and the seconds it took to find out.
    report: Option<(CodeReport, f64)>,
}

/// What a run has cost so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Effort {
    /// Time in which the run did not wait, evaluations included, in seconds.
    pub elapsed_secs: f64,
    /// Time spent in training steps, in seconds.
    pub training_secs: f64,
    /// Images trained on.
    pub images: u64,
}

impl Effort {
    /// Training images a second while steps were being taken; 0 before the first.
    #[must_use]
    pub fn images_per_sec(&self) -> f64 {
        if self.training_secs > 0.0 {
            self.images as f64 / self.training_secs
        } else {
            0.0
        }
    }
}

impl Record {
    /// Nothing has happened yet.
    #[must_use]
    pub fn new(experiment: Experiment, data: DataSetId, device: String) -> Self {
        let metrics = MetricsTable::new(experiment.terms());
        let nothing = (
            metrics,
            GradientTable::default(),
            Marks::default(),
            Effort::default(),
        );
        Self::resumed(experiment, data, device, nothing)
    }

    /// Continues with what was recorded before.
    #[must_use]
    pub fn resumed(
        experiment: Experiment,
        data: DataSetId,
        device: String,
        (mut metrics, gradients, marks, effort): (MetricsTable, GradientTable, Marks, Effort),
    ) -> Self {
        metrics.add_terms(&experiment.terms());
        Self {
            experiment,
            data,
            device,
            metrics,
            gradients,
            effort,
            since: None,
            full: None,
            marks,
            report: None,
        }
    }

    /// Takes in what is reported of the run.
    pub fn note(&mut self, event: &Event) {
        match event {
            Event::DeviceChanged { device } => self.device.clone_from(&device.name),
            Event::PhaseChanged { phase, .. } => self.note_phase(*phase),
            Event::Tuned {
                experiment,
                step,
                epoch,
                ..
            } => {
                self.marks
                    .push((*step, *epoch), &self.experiment, experiment);
                self.metrics.add_terms(&experiment.terms());
                self.experiment = experiment.clone();
            }
            Event::StepsTaken { steps, .. } => self.add_steps(steps),
            Event::GradientsMeasured { rows, .. } => self.gradients.push(rows),
            Event::Evaluated { evaluation, .. } => self.add_evaluation(evaluation),
            Event::CodeJudged { report, secs, .. } => self.report = Some((report.clone(), *secs)),
            _ => {}
        }
    }

    /// Takes in a measurement; one that is known already changes nothing.
    pub fn add_evaluation(&mut self, evaluation: &Evaluation) {
        self.metrics
            .push_evaluation(evaluation, self.effort().elapsed_secs);
        if evaluation.scope == EvaluationScope::Full {
            self.full = Some(evaluation.clone());
        }
    }

    /// Counts the time from here on, until the run waits again.
    pub fn start_clock(&mut self) {
        self.since.get_or_insert_with(Instant::now);
    }

    /// Stops counting.
    pub fn stop_clock(&mut self) {
        self.effort = self.effort();
        self.since = None;
    }

    /// What the run has cost so far.
    #[must_use]
    pub fn effort(&self) -> Effort {
        let running = self
            .since
            .map_or(0.0, |since| since.elapsed().as_secs_f64());
        Effort {
            elapsed_secs: self.effort.elapsed_secs + running,
            ..self.effort
        }
    }

    /// The steps and evaluations recorded.
    #[must_use]
    pub fn metrics(&self) -> &MetricsTable {
        &self.metrics
    }

    /// How gradients reached the layers.
    #[must_use]
    pub fn gradients(&self) -> &GradientTable {
        &self.gradients
    }

    /// The moments at which the experiment changed.
    #[must_use]
    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    /// The newest measurement on the whole test split.
    #[must_use]
    pub fn full_evaluation(&self) -> Option<&Evaluation> {
        self.full.as_ref()
    }

    #[must_use]
    pub fn experiment_toml(&self) -> String {
        to_toml(&self.experiment)
    }

    #[must_use]
    pub fn metrics_csv(&self) -> String {
        self.metrics.to_csv(&self.experiment.objective)
    }

    /// `gradients.csv`; `None` if nothing was recorded of them.
    #[must_use]
    pub fn gradients_csv(&self) -> Option<String> {
        let has_any = !self.gradients.rows().is_empty();
        has_any.then(|| self.gradients.to_csv())
    }

    /// `summary.json`; none before the model was measured on the whole test split.
    ///
    /// # Panics
    /// Never: a summary is made of numbers and names.
    #[must_use]
    pub fn summary_json(&self, baselines: Option<&Baselines>) -> Option<String> {
        let summary = self.summary(baselines)?;
        let json = serde_json::to_string_pretty(&summary);
        Some(json.expect("a summary is made of numbers and names") + "\n")
    }

    /// The run's figures; none before the model was measured on the whole test split.
    #[must_use]
    pub fn summary(&self, baselines: Option<&Baselines>) -> Option<Summary> {
        let full = self.full.as_ref()?;
        // What the code was worth at another step is not this model's.
        let judged = self.report.as_ref();
        let judged = judged.filter(|(report, _)| report.step == full.step);
        let report = judged.map(|(report, _)| report);
        let both = baselines.zip(report);
        let effort = self.effort();
        let epochs = full.epoch as usize;
        Some(Summary {
            format: SUMMARY_FORMAT,
            preset: self.experiment.preset,
            seed: self.experiment.seed,
            device: self.device.clone(),
            data: self.data.name().to_owned(),
            parameters: self.experiment.n_parameters(),
            epochs,
            steps: full.step,
            seconds: effort.elapsed_secs,
            judging_seconds: judged.map(|&(_, secs)| secs),
            images_per_second: effort.images_per_sec(),
            test: TestFigures::from(full),
            code: CodeSummary::of(full, report),
            adversary: full.adversarial.as_ref().map(AdversarySummary::from),
            pca: both.and_then(|(baselines, report)| {
                PcaSummary::of(baselines, report, self.experiment.architecture.code_size())
            }),
            data_set: both.map(|(baselines, report)| DataSetSummary::of(baselines, report)),
            compression: report.map(|report| CompressionSummary::from(&report.compression)),
            layers: LayerSummary::all(&self.gradients, full.step),
            best: full.best,
            changes: self.marks.up_to(full.step, full.epoch),
            noticed: full
                .diagnoses
                .iter()
                .map(|diagnosis| Noticed {
                    what: diagnosis.key().to_owned(),
                    message: diagnosis.to_string(),
                })
                .collect(),
        })
    }

    fn note_phase(&mut self, phase: Phase) {
        match phase {
            Phase::Training { .. } => self.start_clock(),
            Phase::PreparingKernels => {} // of the views, or before a step that starts the clock
            Phase::Ready
            | Phase::Paused { .. }
            | Phase::Finished { .. }
            | Phase::Stopped { .. } => self.stop_clock(),
        }
    }

    fn add_steps(&mut self, steps: &StepBatch) {
        self.start_clock();
        self.metrics.push_steps(steps, self.effort().elapsed_secs);
        self.effort.images += steps.n_images;
        self.effort.training_secs += steps.elapsed_secs;
    }
}
