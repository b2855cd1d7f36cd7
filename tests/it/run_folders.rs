//! Run folders: written, opened again, damaged, cut short.

mod damage;
mod exit;
mod experiments;
mod kill;
mod one_file;
mod recomputed;
mod round_trip;
mod weights;
mod worker;

use hourglass::experiment::Experiment;
use hourglass::train::resume::{Resume, ResumedRun};
use hourglass::train::{Trainer, device};

use crate::data_sets;

/// Training and test images of the trainers here.
const IMAGES: (usize, usize) = (640, 200);

fn trainer(experiment: &Experiment) -> Trainer {
    let dataset = data_sets::small(IMAGES.0, IMAGES.1);
    Trainer::new(experiment.clone(), dataset, &device::cpu().device)
}

/// Everything a trainer goes on from.
fn resume_of(trainer: &Trainer) -> Resume {
    Resume {
        run: ResumedRun {
            data: trainer.dataset().id.name().to_owned(),
            data_place: None,
            n_train: trainer.dataset().train.len(),
            epochs_goal: trainer.experiment().total_epochs() as u64,
            elapsed_secs: 1.25,
            training_secs: 0.1 + 0.2, // 0.30000000000000004
            images: 640,
            experiment: trainer.experiment().clone(),
            changes: Vec::new(),
        },
        checkpoint: trainer.checkpoint().expect("read back"),
    }
}
