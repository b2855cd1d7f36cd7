//! `hourglass presets`: the named experiments.

use std::io::{self, Write};

use anyhow::Result;

use hourglass_experiment::PresetId;

/// Lists the presets with their sources and their expected figures.
pub fn run() -> Result<()> {
    let mut out = io::stdout().lock();
    for id in PresetId::ALL {
        let preset = id.preset();
        let experiment = preset.experiment();
        let architecture = &experiment.architecture;
        writeln!(out, "{id} · {}", preset.title)?;
        writeln!(
            out,
            "    {}, {} parameters, {}, {} epochs of batches of {}",
            architecture.summary(),
            experiment.n_parameters(),
            experiment.objective.reconstruction.label(),
            experiment.total_epochs(),
            experiment.training.batch_size,
        )?;
        writeln!(out, "    {}", preset.about)?;
        writeln!(out, "    source: {}", preset.source)?;
        writeln!(out, "    expected: {}", preset.expected)?;
        writeln!(out)?;
    }
    Ok(())
}
