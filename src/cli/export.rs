//! `hourglass export`: a figure or a table of a run folder, as the window makes it, or of many runs.

mod args;
mod onnx;
mod sweep;

use std::ops::ControlFlow;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};

use hourglass_experiment::Experiment;
use hourglass_figure::{
    Content, Curve, Facts, FigureKind, FigureRequest, Format, Group, Loss, OtherRun, Split,
    reference::Reference,
};
use hourglass_files::whole_file;
use hourglass_protocol::{
    Baselines, Command, DatasetDescription, Event, Gathered, HistoryRow, Measured, SampleIdx,
};
use hourglass_run_folder::{
    self as run_folder, EXPERIMENT_FILE, METRICS_FILE, MetricsTable, SavedFiles,
};

use super::engine::{Engine, OpenedRun};
use super::occupied;
use super::progress::Progress;

pub use args::ExportArgs;
use args::What;

/// Draws the figure and writes it.
///
/// # Errors
/// When the ending says no format, the file cannot be written, the run cannot be opened, or has no such figure.
pub fn run(args: &ExportArgs) -> Result<()> {
    match (args.what, &args.run, &args.many.sweep) {
        (What::Sweep, _, Some(folder)) => sweep::export(args, folder),
        (What::Sweep, _, None) => bail!("give the folder of the sweep with --sweep"),
        (What::Onnx, Some(folder), _) => onnx::export(args, folder),
        (What::Of(kind), Some(folder), _) => export(args, kind, folder),
        (What::Of(_) | What::Onnx, None, _) => bail!("give the folder of the run with --run"),
    }
}

fn export(args: &ExportArgs, what: FigureKind, folder: &Path) -> Result<()> {
    if what == FigureKind::Film {
        bail!(
            "a run folder contains one moment of a run, not an animation: record one with `hourglass train --animation \
             FILE.gif`, or in the window under Export"
        );
    }
    let format = Format::of(&args.out, what)?;
    let look = args.look(what.default_size());
    if !args.beside.is_empty() && !matches!(what, FigureKind::Loss | FigureKind::Page) {
        bail!("--beside is for `hourglass export loss` and `hourglass export page`: leave it out");
    }
    occupied::check_file(&args.out, args.force)?;
    let progress = Progress::new();
    let engine = Engine::start(args.device)?;
    let opened = engine.open_run(folder, args.data.source()?.as_ref(), &progress)?;
    let n_classes = opened.dataset.id.n_classes();
    let is_beyond = |class: &&u8| usize::from(**class) >= n_classes;
    if let Some(class) = args.hide.iter().find(is_beyond) {
        bail!(
            "there is no class {class}: classes are numbers from 0 to {}",
            n_classes - 1
        );
    }
    let request = FigureRequest {
        kind: what,
        format,
        look,
        hidden: args.hide.clone(),
        samples: samples(args, &opened.dataset)?,
        group: args.curves,
        is_log: !(args.linear || args.curves.is_share()),
        part: None,
    };
    let (facts, content) = match request.gather() {
        Some(gather) => {
            progress.set(0.5, "gathering the numbers…".to_owned());
            engine.send(Command::Gather(gather))?;
            let (facts, content) = request.content(gathered(&engine)?);
            let has_curves = what == FigureKind::Page && !opened.history.rows.is_empty();
            let curves = has_curves.then(|| recorded(args, folder, &request, &opened, &engine));
            (facts, content.with_curves(curves.transpose()?))
        }
        None => loss(args, folder, &request, &opened, &engine)?,
    };
    let file = content.file(format, &facts, &request.look, &mut |_| {
        ControlFlow::Continue(())
    })?;
    whole_file::write(&args.out, &file)?;
    progress.finish();
    progress.line(&format!("{}: {}", args.out.display(), facts.line()));
    Ok(())
}

fn gathered(engine: &Engine) -> Result<Gathered> {
    engine.answer(|event| match event {
        Event::Gathered { gathered, .. } => Some(*gathered),
        _ => None,
    })
}

/// The figure of the curves that the run recorded.
fn loss(
    args: &ExportArgs,
    folder: &Path,
    request: &FigureRequest,
    opened: &OpenedRun,
    engine: &Engine,
) -> Result<(Facts, Content)> {
    let Some(last) = opened.history.rows.last() else {
        return Err(without_curves(folder));
    };
    let facts = Facts {
        experiment: opened.experiment.clone(),
        data: opened.dataset.id,
        step: last.step,
        epoch: last.epoch,
    };
    let loss = recorded(args, folder, request, opened, engine)?;
    Ok((facts, Content::Loss(loss)))
}

/// The curves that the run recorded.
fn recorded(
    args: &ExportArgs,
    folder: &Path,
    request: &FigureRequest,
    opened: &OpenedRun,
    engine: &Engine,
) -> Result<Loss> {
    let experiment = &opened.experiment;
    let curves = curves(&opened.history.rows);
    let terms = request
        .group
        .terms_among(curves.iter().map(|curve| curve.term));
    if terms.is_empty() {
        bail!("this run has no such curves: {}", request.group.info().name);
    }
    let baselines = match request.group {
        Group::Objective => Some(baselines(engine)?),
        _ => None, // no line of another group needs them
    };
    let others = args.beside.iter();
    let others = others.map(|folder| other_run(folder, experiment, request.group));
    let data = Some(opened.dataset.id);
    Ok(Loss {
        name: folder.display().to_string(),
        others: others.collect::<Result<_>>()?,
        curves,
        group: request.group,
        is_log: request.is_log,
        references: Reference::of(
            request.group,
            experiment,
            data.filter(|_| opened.history.kept_to(experiment)), // else nothing is published of it
            baselines.as_ref(),
        ),
        marks: Vec::new(),
        generator_weight: experiment.objective.prior.generator_weight(),
        part: request.part,
    })
}

fn without_curves(folder: &Path) -> anyhow::Error {
    anyhow!(
        "{} contains no curves: train the run first",
        folder.display()
    )
}

/// The curves of a run folder, to be drawn beside those of another experiment.
fn other_run(folder: &Path, beside: &Experiment, group: Group) -> Result<OtherRun> {
    let saved = SavedFiles::read(folder, &[EXPERIMENT_FILE, METRICS_FILE])?;
    let (Some(experiment), Some(table)) = (saved.text(EXPERIMENT_FILE)?, saved.text(METRICS_FILE)?)
    else {
        return Err(without_curves(folder));
    };
    let in_file = |name: &str| format!("{} cannot be read", folder.join(name).display());
    let experiment =
        run_folder::read_experiment(experiment).with_context(|| in_file(EXPERIMENT_FILE))?;
    let table = MetricsTable::read_csv(table).with_context(|| in_file(METRICS_FILE))?;
    let main = group.main_term();
    let [own, other] = [beside, &experiment].map(|experiment| experiment.objective.unit(main));
    if own != other {
        bail!(
            "{} counts its {} {}, and the run it is to be drawn beside {}: choose runs with the same unit",
            folder.display(),
            main.label(),
            other.phrase(),
            own.phrase()
        );
    }
    let curves = curves(table.rows());
    if !curves.iter().any(|curve| curve.term == main) {
        bail!(
            "{} has no such curves: {}",
            folder.display(),
            group.info().name
        );
    }
    Ok(OtherRun {
        name: folder.display().to_string(),
        curves,
    })
}

/// What the digits allow; known a few seconds after they were loaded.
fn baselines(engine: &Engine) -> Result<Baselines> {
    loop {
        if let Some(baselines) = engine.baselines() {
            return Ok(baselines);
        }
        engine.wait()?;
        if engine.is_interrupted() {
            return Err(engine.interruption(""));
        }
    }
}

/// Rows by term and split; of evaluations, those of the whole split and of a part of it make one curve.
fn curves(rows: &[HistoryRow]) -> Vec<Curve> {
    let mut curves: Vec<Curve> = Vec::new();
    for row in rows {
        let split = match row.measured {
            Measured::Step => Split::Train,
            Measured::Test(_) => Split::Test,
        };
        for &(term, value) in &row.values {
            let known = curves
                .iter_mut()
                .find(|curve| (curve.term, curve.split) == (term, split));
            let point = [row.epoch, value];
            match known {
                Some(curve) => curve.points.push(point),
                None => curves.push(Curve {
                    term,
                    split,
                    points: vec![point],
                }),
            }
        }
    }
    curves
}

fn samples(args: &ExportArgs, dataset: &DatasetDescription) -> Result<Vec<SampleIdx>> {
    let n_test = dataset.n_test();
    if let Some(beyond) = args
        .samples
        .iter()
        .find(|&&sample| sample as usize >= n_test)
    {
        bail!(
            "there is no test image {beyond}: choose from 0 to {}",
            n_test.saturating_sub(1)
        );
    }
    if !args.samples.is_empty() {
        return Ok(args.samples.clone());
    }
    let labels = &dataset.test_labels;
    let first = |class: usize| labels.iter().position(|&label| usize::from(label) == class);
    let first = (0..dataset.id.n_classes()).filter_map(first);
    Ok(first
        .filter_map(|sample| SampleIdx::try_from(sample).ok())
        .collect())
}
