//! The figure on its way: what it needs, and the thread that draws and writes it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::writer::{Outcome, Task, Writer};
use hourglass_experiment::Experiment;
use hourglass_figure::{
    Content, Curve, Facts, FigureKind, FigureRequest, Film, Loss, OtherRun, Split,
    reference::Reference,
};
use hourglass_protocol::{Gather, Gathered};
use hourglass_state::{History, LabState, RunState, Series, difference};
use hourglass_worker::Wake;

/// Longest description of another run in a legend, in letters.
const MAX_WORDS: usize = 60;

/// The figure on its way, if there is one.
#[derive(Debug, Default)]
pub struct Exporter {
    stage: Stage,
}

#[derive(Debug, Default)]
enum Stage {
    #[default]
    Idle,
    /// The worker gathers the numbers; a page has the curves as they were when it was asked for.
    Gathering(Box<FigureRequest>, PathBuf, Option<Box<Loss>>),
    /// A thread draws and writes.
    Writing(Writer),
}

impl Exporter {
    /// Share of a figure that is done; `None` while nothing is on its way.
    pub fn share(&self) -> Option<f32> {
        match &self.stage {
            Stage::Idle => None,
            Stage::Gathering(..) => Some(0.0),
            Stage::Writing(writer) => Some(writer.share),
        }
    }

    /// Begins with a figure. Gives what the worker is to gather, if it has to.
    ///
    /// # Errors
    /// When another figure is on its way, or the file's name says no format.
    pub fn begin(
        &mut self,
        mut request: Box<FigureRequest>,
        path: &Path,
        state: &LabState,
        wake: &Wake,
    ) -> Result<Option<Gather>, String> {
        if self.share().is_some() {
            return Err("another figure is being written: wait for it, or stop it".to_owned());
        }
        let path = with_ending(&mut request, path)?;
        if let Some(gather) = request.gather() {
            let curves = state
                .run
                .as_ref()
                .filter(|run| request.kind == FigureKind::Page && !run.history.is_empty());
            let curves = curves.map(|run| Box::new(loss(&request, run, state)));
            self.stage = Stage::Gathering(request, path, curves);
            return Ok(Some(gather));
        }
        let figure = known(&request, state).ok_or("there is no run to draw: press Train first")?;
        self.write(*request, path, figure, wake)?;
        Ok(None)
    }

    /// The numbers are there.
    ///
    /// # Errors
    /// When no thread can be had.
    pub fn gathered(&mut self, gathered: Gathered, wake: &Wake) -> Result<(), String> {
        let is_awaited = matches!(&self.stage, Stage::Gathering(request, ..)
            if request.is_answered_by(&gathered.numbers));
        if !is_awaited {
            return Ok(()); // it was cancelled meanwhile, or they are for the preview
        }
        let Stage::Gathering(request, path, curves) = std::mem::take(&mut self.stage) else {
            return Ok(());
        };
        let (facts, content) = request.content(gathered);
        let content = content.with_curves(curves.map(|curves| *curves));
        self.write(*request, path, (facts, content), wake)
    }

    /// Whether numbers are being waited for.
    pub fn is_gathering(&self) -> bool {
        matches!(self.stage, Stage::Gathering(..))
    }

    /// Stops what is on its way; no file is left behind.
    pub fn cancel(&mut self) {
        match &self.stage {
            Stage::Writing(writer) => writer.cancel(),
            Stage::Gathering(..) => self.stage = Stage::Idle,
            Stage::Idle => {}
        }
    }

    /// How it ended, once.
    pub fn take_outcome(&mut self) -> Option<Outcome> {
        let Stage::Writing(writer) = &mut self.stage else {
            return None;
        };
        let outcome = writer.poll()?;
        self.stage = Stage::Idle;
        Some(outcome)
    }

    fn write(
        &mut self,
        request: FigureRequest,
        path: PathBuf,
        (facts, content): (Facts, Content),
        wake: &Wake,
    ) -> Result<(), String> {
        let task = Task {
            format: request.format,
            look: request.look,
            path,
            facts,
            content,
        };
        let writer = Writer::start(task, wake)
            .map_err(|error| format!("no thread to draw on could be started: {error}"))?;
        self.stage = Stage::Writing(writer);
        Ok(())
    }
}

/// Where the figure goes: its ending and its format say the same.
fn with_ending(request: &mut FigureRequest, path: &Path) -> Result<PathBuf, String> {
    let (named, format) = request.file_at(path);
    request.format = format;
    if named != path && named.exists() {
        // The person who chose the name was not asked about this one.
        return Err(format!(
            "{} already exists: to replace it, choose it by its full name",
            named.display()
        ));
    }
    Ok(named)
}

/// What a figure shows that the window knows without asking.
pub(super) fn known(request: &FigureRequest, state: &LabState) -> Option<(Facts, Content)> {
    let (run, dataset) = (state.run.as_ref()?, state.dataset.as_ref()?);
    let facts = Facts {
        experiment: run.experiment.clone(),
        data: dataset.id,
        step: run.step,
        epoch: run.epoch,
    };
    let content = match request.kind {
        FigureKind::Film => {
            let film = Film {
                frames: run.reel.frames(),
                labels: Arc::clone(&dataset.test_labels),
                hidden: request.hidden.clone(),
            };
            Content::Film(film.thinned(Film::N_FRAMES))
        }
        FigureKind::Loss => Content::Loss(loss(request, run, state)),
        _ => return None, // the others are gathered
    };
    Some((facts, content))
}

/// All curves of a history.
fn curves(history: &History) -> Vec<Curve> {
    let curve = |split, term, series: Option<&Series>| {
        Some(Curve {
            split,
            term,
            points: series?.points(),
        })
    };
    let train = history
        .terms()
        .filter_map(|term| curve(Split::Train, term, history.train(term)));
    let test = history
        .test_terms()
        .filter_map(|term| curve(Split::Test, term, history.test(term)));
    train.chain(test).collect()
}

/// The run that the window draws beside the run in progress, if it counts in the same unit: its comparison run, or the run
/// before it.
fn other_run(request: &FigureRequest, run: &RunState, state: &LabState) -> Option<OtherRun> {
    let (experiment, history) = match (&state.comparison, &run.ghost) {
        (Some(other), _) => (&other.experiment, &other.history),
        (None, Some(ghost)) => (&ghost.experiment, &ghost.history),
        (None, None) => return None,
    };
    let unit = |of: &Experiment| of.objective.unit(request.group.main_term());
    let kind = match state.comparison {
        Some(_) => "comparison run",
        None => "previous run",
    };
    let words = difference(experiment, &run.experiment);
    (unit(experiment) == unit(&run.experiment)).then(|| OtherRun {
        name: if words.is_empty() || words.chars().count() > MAX_WORDS {
            kind.to_owned()
        } else {
            format!("{kind} ({words})")
        },
        curves: curves(history),
    })
}

/// All curves of a run.
fn loss(request: &FigureRequest, run: &RunState, state: &LabState) -> Loss {
    let history = &run.history;
    let data = state.dataset.as_ref().map(|dataset| dataset.id);
    Loss {
        name: "this run".to_owned(),
        others: other_run(request, run, state).into_iter().collect(),
        curves: curves(history),
        group: request.group,
        is_log: request.is_log,
        references: Reference::of(
            request.group,
            &run.experiment,
            data.filter(|_| run.follows_its_preset()), // else nothing is published of it
            state.baselines.as_ref(),
        ),
        marks: history
            .marks()
            .iter()
            .map(|mark| (mark.epoch, mark.change()))
            .collect(),
        generator_weight: run.generator_weight(),
        part: request.part,
    }
}
