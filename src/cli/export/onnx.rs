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
    let files = ["", "-encoder", "-decoder"].map(|end| beside(&args.out, end));
    for file in &files {
        if !args.force && file.exists() {
            bail!(
                "{} already exists: choose another file, or replace it with --force",
                file.display()
            );
        }
        occupied::check_file(file, true)?;
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
    let written = [
        whole(&experiment, &weights)?,
        encoder(&experiment, &weights)?,
        decoder(&experiment, &weights)?,
    ];
    for (file, content) in files.iter().zip(&written) {
        whole_file::write(file, content)?;
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

/// Images in, code and reconstruction out; of a variational code the mean is decoded.
fn whole(experiment: &Experiment, weights: &Named<'_>) -> Result<Vec<u8>> {
    let architecture = &experiment.architecture;
    let (blocks, image) = (architecture.blocks(), architecture.image());
    let mut graph = Graph::default();
    let images = graph.images(image);
    let (code, log_variance) = graph.encoder(&blocks.encoder, &images, weights)?;
    let ends = (image, architecture.output_activation());
    let reconstruction = graph.decoder(&blocks.decoder, &code, weights, ends)?;
    graph.put_out(&reconstruction, "reconstruction");
    graph.put_out(&code, "code");
    if let Some(log_variance) = log_variance {
        graph.put_out(&log_variance, "log_variance");
    }
    Ok(graph.file("autoencoder", &facts(experiment)))
}

/// Images in, code out.
fn encoder(experiment: &Experiment, weights: &Named<'_>) -> Result<Vec<u8>> {
    let architecture = &experiment.architecture;
    let mut graph = Graph::default();
    let images = graph.images(architecture.image());
    let (code, log_variance) = graph.encoder(&architecture.blocks().encoder, &images, weights)?;
    graph.put_out(&code, "code");
    if let Some(log_variance) = log_variance {
        graph.put_out(&log_variance, "log_variance");
    }
    Ok(graph.file("encoder", &facts(experiment)))
}

/// Codes in, reconstruction out.
fn decoder(experiment: &Experiment, weights: &Named<'_>) -> Result<Vec<u8>> {
    let architecture = &experiment.architecture;
    let mut graph = Graph::default();
    let code = graph.codes(architecture.code_size());
    let ends = (architecture.image(), architecture.output_activation());
    let blocks = architecture.blocks().decoder;
    let reconstruction = graph.decoder(&blocks, &code, weights, ends)?;
    graph.put_out(&reconstruction, "reconstruction");
    Ok(graph.file("decoder", &facts(experiment)))
}

fn facts(experiment: &Experiment) -> [(&'static str, String); 2] {
    [
        ("experiment", run_folder::to_toml(experiment)),
        ("seed", experiment.seed.to_string()),
    ]
}
