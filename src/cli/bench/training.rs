//! Training speed: images a second through the steps of each part of a preset's plan, data on the host included.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;

use hourglass_data::Dataset;
use hourglass_experiment::{Experiment, Plan, PresetId, Stage};
use hourglass_train::Trainer;
use hourglass_train::device::OpenDevice;

use super::row::{Figure, Row};

/// Parts of a measurement; the median of their speeds is what counts, so that another process' moment does not.
const N_PARTS: u32 = 5;

/// Share of the measurement that warms up: caches, kernels that are chosen once.
const WARM_UP: f64 = 0.3;

/// The speed of each part of a preset's plan.
///
/// # Errors
/// When the batch size is out of range, the device fails or a loss is not finite.
pub(super) fn measure(
    preset: PresetId,
    batch_size: usize,
    budget: Duration,
    dataset: &Arc<Dataset>,
    device: &OpenDevice,
) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let mut experiment = experiment(preset, batch_size)?;
    experiment.fit_to(dataset.id);
    for (part, experiment) in parts(&experiment) {
        experiment.validate()?;
        let batch_size = experiment.training.batch_size;
        let stages = experiment.stages();
        let flops = stages
            .first()
            .map_or(0, |&(stage, _)| experiment.flops_per_image(stage));
        let mut trainer = Trainer::new(experiment, Arc::clone(dataset), &device.device);
        speed(&mut trainer, budget.mul_f64(WARM_UP))?;
        let mut speeds = Vec::new();
        for _ in 0..N_PARTS {
            speeds.push(speed(&mut trainer, budget / N_PARTS)?);
        }
        speeds.sort_by(f64::total_cmp);
        let images_per_sec = speeds[speeds.len() / 2];
        for (figure, value) in [
            (Figure::ImagesPerSec, images_per_sec),
            (Figure::Gigaflops, images_per_sec * flops as f64 / 1e9),
        ] {
            rows.push(Row {
                preset,
                part: part.clone(),
                batch_size,
                figure,
                value,
            });
        }
    }
    Ok(rows)
}

/// A preset with another batch size; 0 stands for its own.
///
/// # Errors
/// When the batch size is out of range.
pub(super) fn experiment(preset: PresetId, batch_size: usize) -> Result<Experiment> {
    let mut experiment = preset.preset().experiment();
    if batch_size > 0 {
        experiment.training.batch_size = batch_size;
    }
    experiment.validate()?;
    Ok(experiment)
}

/// Images a second over this time.
fn speed(trainer: &mut Trainer, budget: Duration) -> Result<f64> {
    let (started, mut n_images) = (Instant::now(), 0);
    while started.elapsed() < budget {
        let left = budget.saturating_sub(started.elapsed());
        n_images += trainer.burst(left, u64::MAX, || false)?.steps.n_images;
    }
    Ok(n_images as f64 / started.elapsed().as_secs_f64())
}

/// The experiment once for each part of its plan, with nothing but that part: of layers trained one by one the first
/// and the last.
fn parts(experiment: &Experiment) -> Vec<(String, Experiment)> {
    let alone = |change: &dyn Fn(&mut Experiment)| {
        let mut alone = experiment.clone();
        change(&mut alone);
        alone
    };
    let many = 1_000; // epochs: more than a measurement takes
    let mut parts = Vec::new();
    for (stage, _) in experiment.stages() {
        let only = match stage {
            Stage::Pretraining { layer, of } if layer == 0 || layer + 1 == of => {
                alone(&|experiment| {
                    for (idx, part) in experiment.plan.pretraining.iter_mut().enumerate() {
                        part.epochs = if idx == layer { many } else { 0 };
                    }
                    experiment.plan.fine_tuning = None;
                    experiment.training.epochs = 0;
                })
            }
            Stage::Pretraining { .. } => continue,
            Stage::Joint => alone(&|experiment| {
                experiment.plan = Plan::default();
                experiment.training.epochs = many;
            }),
            Stage::FineTuning => alone(&|experiment| {
                experiment.plan.pretraining.clear();
                experiment.training.epochs = 0;
                if let Some(tuning) = &mut experiment.plan.fine_tuning {
                    tuning.epochs = many;
                }
            }),
        };
        parts.push((stage.label(), only));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_of_a_plan_stands_alone() {
        for preset in PresetId::ALL {
            for (label, experiment) in parts(&preset.preset().experiment()) {
                let stages = experiment.stages();
                assert_eq!(stages.len(), 1, "{preset}: {label}");
                assert_eq!(stages[0].0.label(), label);
            }
        }
        let stacked = parts(&PresetId::StackedDenoising.preset().experiment());
        let labels: Vec<&str> = stacked.iter().map(|(label, _)| label.as_str()).collect();
        assert_eq!(labels, ["layer 1 of 3", "layer 3 of 3", "fine-tuning"]);
    }
}
