//! `hourglass export`: a figure or a table of a run folder, as the window makes it.

use std::ops::{ControlFlow, RangeInclusive};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;

use hourglass_experiment::Experiment;
use hourglass_figure::{
    Content, Curve, Facts, FigureKind, FigureRequest, Format, Group, Look, Loss, OtherRun,
    PIXELS_PER_INCH, SCALES, Size, Split, TYPE_POINTS, USUAL_TYPE, reference::Reference,
};
use hourglass_files::whole_file;
use hourglass_protocol::{
    Baselines, Command, DatasetDescription, DeviceChoice, Event, Gathered, HistoryRow, Measured,
    SampleIdx,
};
use hourglass_run_folder::{
    self as run_folder, EXPERIMENT_FILE, METRICS_FILE, MetricsTable, SavedFiles,
};

use super::args::DataArgs;
use super::args::Theme;
use super::engine::{Engine, OpenedRun};
use super::occupied;
use super::progress::Progress;

/// A figure or a table of a run folder.
#[derive(Clone, Debug, Args)]
pub struct ExportArgs {
    /// What to draw: `scatter`, `loss`, `digits`, `manifold`, `filters`, `histogram`; `gif` needs a run in
    /// training, see `hourglass train --animation`
    #[arg(value_name = "WHAT", value_parser = kind)]
    what: FigureKind,
    /// The folder of the run
    #[arg(long, value_name = "DIR")]
    run: PathBuf,
    /// The file to write; its extension selects the format: .png, .svg, .pdf or .csv
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Replace the file even if something else made it
    #[arg(long)]
    force: bool,
    /// Width and height, such as 160x120mm on paper or 1600x1200 on a screen
    #[arg(long, value_name = "WIDTHxHEIGHT")]
    size: Option<Size>,
    /// PNG pixels per pixel of the size, or per 1/96 inch of paper; by default 1, or 3 on paper (288 dpi)
    #[arg(long, value_parser = scale)]
    scale: Option<f32>,
    /// The same as PNG pixels per inch
    #[arg(long, value_name = "PIXELS", value_parser = dpi, conflicts_with = "scale")]
    dpi: Option<f32>,
    /// Size of the type of axes and legends in points, from 5 to 14; titles are larger, ticks smaller
    #[arg(long, value_name = "POINTS", value_parser = type_points, default_value_t = USUAL_TYPE)]
    type_size: f32,
    /// Light, for print, or dark, for slides
    #[arg(long, value_enum, default_value = "light")]
    theme: Theme,
    /// Title of the figure, instead of its own
    #[arg(long)]
    title: Option<String>,
    /// Classes that the scatter leaves out, such as 3,7; the table marks them
    #[arg(long, value_name = "CLASSES", value_delimiter = ',')]
    hide: Vec<u8>,
    /// Test images to draw in `digits`, by number; by default the first of each class
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',')]
    samples: Vec<SampleIdx>,
    /// Curves of the loss: `objective`, `layers`, `adversary`, `accuracy`, `jacobian`, `classes` or `errors`
    #[arg(long, value_parser = group, default_value = "objective")]
    curves: Group,
    /// Folders of other runs whose curve the loss plot draws beside this one
    #[arg(long, value_name = "DIR")]
    beside: Vec<PathBuf>,
    /// Draw the loss on a linear axis instead of a logarithmic one
    #[arg(long)]
    linear: bool,
    #[command(flatten)]
    data: DataArgs,
    /// Device to compute on: `auto`, `cpu` or `gpu`
    #[arg(long, default_value_t = DeviceChoice::Cpu)]
    device: DeviceChoice,
}

/// Draws the figure and writes it.
///
/// # Errors
/// When the ending says no format, the file cannot be written, the run cannot be opened, or has no such figure.
pub fn run(args: &ExportArgs) -> Result<()> {
    if args.what == FigureKind::Film {
        bail!(
            "a run folder contains one moment of a run, not an animation: record one with `hourglass train --animation \
             FILE.gif`, or in the window under Export"
        );
    }
    let format = Format::of(&args.out, args.what)?;
    let size = args.size.unwrap_or(args.what.default_size());
    let look = Look {
        size,
        scale: args.scale.or(args.dpi).unwrap_or(size.default_scale()),
        type_points: args.type_size,
        dark: args.theme == Theme::Dark,
        title: args.title.clone(),
    };
    if !args.beside.is_empty() && args.what != FigureKind::Loss {
        bail!("--beside is for `hourglass export loss`: leave it out");
    }
    occupied::check_file(&args.out, args.force)?;
    let progress = Progress::new();
    let engine = Engine::start(args.device)?;
    let opened = engine.open_run(&args.run, args.data.source()?.as_ref(), &progress)?;
    let n_classes = opened.dataset.id.n_classes();
    let is_beyond = |class: &&u8| usize::from(**class) >= n_classes;
    if let Some(class) = args.hide.iter().find(is_beyond) {
        bail!(
            "there is no class {class}: classes are numbers from 0 to {}",
            n_classes - 1
        );
    }
    let request = FigureRequest {
        kind: args.what,
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
            request.content(gathered(&engine)?)
        }
        None => loss(args, &request, &opened, &engine)?,
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
    loop {
        match engine.wait()? {
            Some(Event::Gathered { gathered, .. }) => return Ok(*gathered),
            Some(Event::Failed(failure)) => bail!(failure),
            _ if engine.is_interrupted() => return Err(engine.interruption("")),
            _ => {}
        }
    }
}

/// The curves that the run recorded.
fn loss(
    args: &ExportArgs,
    request: &FigureRequest,
    opened: &OpenedRun,
    engine: &Engine,
) -> Result<(Facts, Content)> {
    let rows = &opened.history.rows;
    let Some(last) = rows.last() else {
        return Err(without_curves(&args.run));
    };
    let experiment = opened.experiment.clone();
    let curves = curves(rows);
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
    let facts = Facts {
        experiment: experiment.clone(),
        data: opened.dataset.id,
        step: last.step,
        epoch: last.epoch,
    };
    let others = args.beside.iter();
    let others = others.map(|folder| other_run(folder, &experiment, request.group));
    let content = Content::Loss(Loss {
        name: args.run.display().to_string(),
        others: others.collect::<Result<_>>()?,
        curves,
        group: request.group,
        is_log: request.is_log,
        references: Reference::of(
            request.group,
            &experiment,
            Some(opened.dataset.id),
            baselines.as_ref(),
        ),
        marks: Vec::new(),
        generator_weight: experiment.objective.prior.generator_weight(),
        part: request.part,
    });
    Ok((facts, content))
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

fn kind(text: &str) -> Result<FigureKind, String> {
    let names: Vec<&str> = FigureKind::ALL.iter().map(|kind| kind.name()).collect();
    let found = FigureKind::ALL
        .iter()
        .copied()
        .find(|kind| kind.name() == text);
    found.ok_or_else(|| format!("choose one of {}", names.join(", ")))
}

fn scale(text: &str) -> Result<f32, String> {
    number_in(text, &SCALES)
}

/// Pixels per inch, as a scale.
fn dpi(text: &str) -> Result<f32, String> {
    let [least, most] = [SCALES.start(), SCALES.end()].map(|scale| scale * PIXELS_PER_INCH);
    Ok(number_in(text, &(least..=most))? / PIXELS_PER_INCH)
}

fn type_points(text: &str) -> Result<f32, String> {
    number_in(text, &TYPE_POINTS)
}

fn number_in(text: &str, range: &RangeInclusive<f32>) -> Result<f32, String> {
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| format!("choose a number from {} to {}", range.start(), range.end()))
}

fn group(text: &str) -> Result<Group, String> {
    let names: Vec<&str> = Group::all()
        .into_iter()
        .map(|group| group.info().name)
        .collect();
    let found = Group::all()
        .into_iter()
        .find(|group| group.info().name == text);
    found.ok_or_else(|| format!("choose one of {}", names.join(", ")))
}
