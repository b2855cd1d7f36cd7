//! A run that was saved and opened again is the run that never stopped, bit for bit.

use hourglass::experiment::{
    Experiment, MomentumSchedule, Objective, OptimizerKind, PresetId, Term,
};
use hourglass::protocol::EvaluationScope;
use hourglass::train::{device, resume};

use super::{IMAGES, resume_of, trainer};
use crate::data_sets;
use crate::training::take;

/// One of each kind whose state differs, small enough for seconds, and where to stop it: in the middle of an
/// epoch.
fn runs() -> Vec<(&'static str, Experiment, u64)> {
    let preset = |id: PresetId| id.preset().experiment();
    let plan = || {
        let mut experiment = preset(PresetId::StackedDenoising);
        let dense = experiment.architecture.as_dense_mut().expect("dense");
        (dense.hidden, dense.code) = (vec![20, 16], 12);
        experiment.training.epochs = 1;
        for layer in &mut experiment.plan.pretraining {
            layer.epochs = 1;
        }
        experiment
    };
    let momentum = || {
        let mut experiment = preset(PresetId::Vanilla64);
        experiment.optimizer.kind = OptimizerKind::Sgd;
        experiment.optimizer.momentum = 0.95;
        experiment.optimizer.nesterov = true;
        experiment.optimizer.momentum_schedule = MomentumSchedule::RisingThenLowered;
        experiment
    };
    let mean_and_best = || {
        let mut experiment = preset(PresetId::Vanilla64);
        experiment.optimizer.averaging = 0.9;
        experiment.training.held_out = 40;
        experiment
    };
    let adversarial = |loss| {
        let mut experiment = preset(PresetId::Aae2);
        experiment.objective = Objective::example(loss).expect("it is minimised");
        experiment
    };
    vec![
        ("with Nesterov momentum", momentum(), 13),
        ("with a mean and held-out images", mean_and_best(), 13),
        ("dense", preset(PresetId::DenoiseDense), 13),
        ("convolutional", preset(PresetId::Conv4), 13),
        ("variational", preset(PresetId::Vae2), 7),
        ("adversarial", adversarial(Term::Generator), 7),
        (
            "adversarial in two phases",
            adversarial(Term::GeneratorLoss),
            7,
        ),
        ("layer by layer", plan(), 8),
        ("fine-tuning", plan(), 23),
    ]
}

#[test]
fn an_opened_run_measures_and_trains_as_if_it_had_never_stopped() {
    for (name, experiment, stop) in runs() {
        let mut unbroken = trainer(&experiment);
        take(&mut unbroken, stop);
        let file = resume::write(&resume_of(&unbroken)).expect("written");
        let figures = unbroken.evaluate(EvaluationScope::Full).expect("measured");
        let expected = take(&mut unbroken, 100);

        let opened = resume::read(&file).expect("whole");
        assert_eq!(opened.run.experiment, experiment, "{name}");
        let dataset = data_sets::small(IMAGES.0, IMAGES.1);
        let mut opened = opened
            .trainer(dataset, &device::cpu().device)
            .expect("a run of ours");
        assert_eq!(opened.step(), stop, "{name}");
        let found = opened.evaluate(EvaluationScope::Full).expect("measured");
        assert_eq!(found, figures, "{name}");
        assert_eq!(take(&mut opened, 100), expected, "{name}");
    }
}

#[test]
fn a_run_is_written_the_same_again() {
    for (name, experiment, stop) in runs() {
        let mut trainer = trainer(&experiment);
        take(&mut trainer, stop);
        let resume = resume_of(&trainer);
        let file = resume::write(&resume).expect("written");
        let read = resume::read(&file).expect("whole");
        assert_eq!(read.run, resume.run, "{name}: to the last bit");
        assert!(resume::write(&read).expect("written") == file, "{name}");
    }
}
