//! When it is measured how gradients reach the layers, and of which weights.

use burn::module::ParamId;

use hourglass_experiment::network::Place;
use hourglass_experiment::{Objective, Stage};
use hourglass_objective::{self as objective, Pass};

use super::Trainer;
use crate::gradients::{Motion, WaitingFigures};

impl Trainer {
    /// Whether it is measured how a step that ends here reaches the layers: the first step of each part of the plan, and
    /// the last before each running evaluation or the end of an epoch that stands for one. Only its place decides, so
    /// that two runs alike measure alike.
    pub(super) fn is_watched(&self, end: usize) -> bool {
        let starts_part = self.position == 0 && self.stage().1 == self.order.epoch();
        starts_part || self.is_evaluation_due_at(end)
    }

    /// Which weights the newest step may have moved, with the names of their layers, and how far it moved them.
    pub(super) fn moved(&mut self, stage: Stage) -> (Vec<(Place, ParamId)>, Vec<Motion>) {
        match (&mut self.classifiers, stage) {
            (Some(classifiers), Stage::FineTuning) => {
                (classifiers.tuned.weights(), classifiers.take_motions())
            }
            _ => (self.model.weights(), self.stepper.take_motions()),
        }
    }

    /// How widely the values of the layers are spread before the first step, on the first batch of joint training,
    /// whatever the plan begins with. It draws nothing that a step draws, and changes nothing.
    pub(super) fn watch_first_batch(&self, figures: &mut WaitingFigures) {
        let n_images = (self.experiment.training.batch_size).min(self.samples_per_epoch());
        let (input, target) = self.batch(0, n_images);
        let objective = Objective {
            contraction: 0.0, // which asks for the slope of the code, not for its value
            ..self.experiment.objective
        };
        let noise = self.latent_noise(n_images);
        let watch = self.model.watch(input.clone(), noise);
        let pass = Pass {
            model: &self.model,
            input,
            output: watch.output.clone(),
            epoch: self.joint_epoch(),
            directions: None,
            discriminator: self.adversary.as_ref().map(|a| &*a.discriminator),
        };
        let terms = objective::evaluate(&objective, &pass, target);
        figures.add_spread(watch, &terms.objective.backward());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;
    use std::time::Duration;

    use super::*;
    use crate::device;
    use hourglass_data::{Dataset, Split, load};
    use hourglass_experiment::PresetId;
    use hourglass_protocol::{DataSetId, DataSource};

    fn few_digits() -> Arc<Dataset> {
        let source = DataSource::Named(DataSetId::PEN_DIGITS);
        let whole = load(&source, &mut |_| {}, &AtomicBool::new(false)).expect("always there");
        let first = |split: &Split, n: usize| {
            let images: Vec<u8> = (0..n).flat_map(|idx| split.image(idx).to_vec()).collect();
            Split::new(split.shape(), images, split.labels()[..n].to_vec())
        };
        Arc::new(Dataset {
            train: first(&whole.train, 64),
            test: first(&whole.test, 20),
            ..whole
        })
    }

    /// The bits of all weights after six steps; looks at the first batch as often as asked before each.
    fn weights(dataset: &Arc<Dataset>, id: PresetId, n_looks: usize) -> Vec<u32> {
        let mut experiment = id.preset().experiment();
        experiment.training.batch_size = 16;
        let mut trainer = Trainer::new(experiment, Arc::clone(dataset), &device::cpu().device);
        for _ in 0..6 {
            for _ in 0..n_looks {
                let mut figures = WaitingFigures::default();
                trainer.watch_first_batch(&mut figures);
                assert!(!figures.take_values().is_empty());
            }
            let burst = trainer.burst(Duration::MAX, 1, || false);
            burst.expect("the processor works");
        }
        let checkpoint = trainer.checkpoint().expect("it reads back");
        let values = checkpoint.parameters.iter().flat_map(|of| &of.values);
        values.map(|value| value.to_bits()).collect()
    }

    #[test]
    fn invariant_8_measuring_the_spread_changes_no_step() {
        let dataset = few_digits();
        for id in [
            PresetId::DenoiseDense,
            PresetId::DenoiseConv32,
            PresetId::Vae20,
            PresetId::Aae2,
            PresetId::Contractive64,
            PresetId::StackedDenoising,
        ] {
            let (never, twice) = (weights(&dataset, id, 0), weights(&dataset, id, 2));
            assert!(never == twice, "{id}");
        }
    }
}
