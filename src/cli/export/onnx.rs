//! A run's network for other programs: ONNX.

mod graph;
mod protobuf;
mod tensor;
mod weights;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use hourglass_experiment::Experiment;
use hourglass_files::whole_file;
use hourglass_run_folder::{self as run_folder, EXPERIMENT_FILE, MODEL_FILE, SavedFiles};

use crate::cli::occupied;
use crate::cli::progress::Progress;

use super::args::ExportArgs;
use graph::Graph;
use weights::Named;

/// Writes the whole network, and its halves beside it.
pub(super) fn export(args: &ExportArgs, folder: &Path) -> Result<()> {
    if args.out.extension().is_none_or(|ending| ending != "onnx") {
        bail!(
            "{} has no extension for a network: use .onnx",
            args.out.display()
        );
    }
    let files = Part::ALL.map(|part| beside(&args.out, part.ending()));
    for file in &files {
        occupied::check_new_file(file, args.force)?;
    }
    let saved = SavedFiles::read(folder, &[EXPERIMENT_FILE, MODEL_FILE])?;
    let lacks = |name: &str| format!("{} has no {name}: it is no run folder", folder.display());
    let experiment = saved
        .text(EXPERIMENT_FILE)?
        .with_context(|| lacks(EXPERIMENT_FILE))?;
    let experiment = run_folder::read_experiment(experiment)
        .with_context(|| format!("{} cannot be read", folder.join(EXPERIMENT_FILE).display()))?;
    let model = saved
        .bytes(MODEL_FILE)?
        .with_context(|| lacks(MODEL_FILE))?;
    let weights = Named::of(model)
        .with_context(|| format!("{} cannot be read", folder.join(MODEL_FILE).display()))?;
    for (part, file) in Part::ALL.into_iter().zip(&files) {
        whole_file::write(file, &content(part, &experiment, &weights)?)?;
    }
    let [all, encoder, decoder] = files.map(|file| file.display().to_string());
    Progress::new().line(&format!(
        "{all}, {encoder} and {decoder}: {}",
        experiment.architecture.summary()
    ));
    Ok(())
}

/// `model-encoder.onnx` beside `model.onnx`
fn beside(path: &Path, end: &str) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}{end}.onnx"))
}

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Images in, code and reconstruction out; of a variational code the mean is decoded.
    Whole,
    /// Images in, code out.
    Encoder,
    /// Codes in, reconstruction out.
    Decoder,
}

impl Part {
    const ALL: [Self; 3] = [Self::Whole, Self::Encoder, Self::Decoder];

    /// What its file's name ends in.
    fn ending(self) -> &'static str {
        match self {
            Self::Whole => "",
            Self::Encoder => "-encoder",
            Self::Decoder => "-decoder",
        }
    }

    /// The name of its graph.
    fn name(self) -> &'static str {
        match self {
            Self::Whole => "autoencoder",
            Self::Encoder => "encoder",
            Self::Decoder => "decoder",
        }
    }
}

fn content(part: Part, experiment: &Experiment, weights: &Named<'_>) -> Result<Vec<u8>> {
    let architecture = &experiment.architecture;
    let (blocks, image) = (architecture.blocks(), architecture.image());
    let mut graph = Graph::default();
    let (code, log_variance) = if part == Part::Decoder {
        (graph.codes(architecture.code_size()), None)
    } else {
        let images = graph.images(image);
        graph.encoder(&blocks.encoder, &images, weights)?
    };
    if part != Part::Encoder {
        let ends = (image, architecture.output_activation());
        let reconstruction = graph.decoder(&blocks.decoder, &code, weights, ends)?;
        graph.put_out(&reconstruction, "reconstruction");
    }
    if part != Part::Decoder {
        graph.put_out(&code, "code");
    }
    if let Some(log_variance) = log_variance {
        graph.put_out(&log_variance, "log_variance");
    }
    Ok(graph.file(part.name(), &facts(experiment)))
}

fn facts(experiment: &Experiment) -> [(&'static str, String); 2] {
    [
        ("experiment", run_folder::to_toml(experiment)),
        ("seed", experiment.seed.to_string()),
    ]
}
