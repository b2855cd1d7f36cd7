//! `hourglass presets`: the named experiments.

use std::io::{self, Write};

use anyhow::Result;

use hourglass_experiment::{PresetId, differences};

/// Lists the presets with their sources and their expected figures, and under each its variants.
pub fn run() -> Result<()> {
    let mut out = io::stdout().lock();
    for id in PresetId::originals() {
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
        for variant in id.variants() {
            let preset = variant.preset();
            writeln!(out, "    variant {variant} · {}", preset.title)?;
            let original = id.preset().experiment();
            let changes: Vec<String> = differences(&original, &preset.experiment())
                .iter()
                .map(|change| format!("{} {}", change.field.label, change.after))
                .collect();
            writeln!(out, "        changes: {}", changes.join(", "))?;
            writeln!(out, "        {}", preset.about)?;
            writeln!(out, "        source: {}", preset.source)?;
            writeln!(out, "        expected: {}", preset.expected)?;
        }
        writeln!(out)?;
    }
    Ok(())
}
