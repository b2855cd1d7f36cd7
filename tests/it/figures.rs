//! Figures: what they show is what the model has, and what is read back from a file is what went into it.

mod files;
mod film;
mod gathered;
mod page;
mod pdf;

use std::ops::ControlFlow;

use hourglass::experiment::{Experiment, PresetId};
use hourglass::figure::{
    Content, Facts, FigureKind, FigureRequest, Format, Group, Look, Size, TYPE_POINTS, USUAL_TYPE,
};
use hourglass::protocol::{Gather, Gathered};
use hourglass::train::{ProbeState, Trainer, device};

use crate::data_sets;
use crate::training::take;

/// A model that took some steps on a few digits.
fn trained(experiment: &Experiment) -> Trainer {
    let dataset = data_sets::small(640, 400);
    let mut trainer = Trainer::new(experiment.clone(), dataset, &device::cpu().device);
    take(&mut trainer, 5);
    trainer
}

fn preset(id: PresetId) -> Experiment {
    id.preset().experiment()
}

fn gather(trainer: &mut Trainer, what: &Gather) -> Gathered {
    ProbeState::default()
        .gather(trainer, what)
        .expect("gathered")
}

pub fn request(kind: FigureKind, format: Format) -> FigureRequest {
    FigureRequest {
        kind,
        format,
        look: Look {
            size: kind.default_size(),
            scale: 1.0,
            type_points: USUAL_TYPE,
            dark: false,
            title: None,
        },
        hidden: Vec::new(),
        samples: vec![3, 1, 4],
        group: Group::Objective,
        is_log: true,
        part: None,
    }
}

/// A figure of a trained model.
fn content(request: &FigureRequest, trainer: &mut Trainer) -> (Facts, Content) {
    let what = request.gather().expect("it is of the model");
    request.content(gather(trainer, &what))
}

fn file(request: &FigureRequest, facts: &Facts, content: &Content) -> Vec<u8> {
    let written = content.file(request.format, facts, &request.look, &mut |_| {
        ControlFlow::Continue(())
    });
    written.expect("it can be drawn")
}

fn text(request: &FigureRequest, facts: &Facts, content: &Content) -> String {
    String::from_utf8(file(request, facts, content)).expect("text")
}

/// Every figure of every kind of network, in both themes and at odd sizes, is drawn.
#[test]
fn every_figure_of_every_network_is_drawn() {
    let mut one_unit = preset(PresetId::Vanilla64);
    one_unit.architecture.as_dense_mut().expect("dense").code = 1;
    let mut tied = preset(PresetId::Multilayer64);
    tied.architecture.as_dense_mut().expect("dense").tied = true;
    let presets = [
        PresetId::Vanilla64,
        PresetId::DenoiseDense,
        PresetId::Vae2,
        PresetId::AaeMixture,
        PresetId::Conv4,
    ];
    for experiment in presets.map(preset).into_iter().chain([one_unit, tied]) {
        let mut trainer = trained(&experiment);
        for &kind in FigureKind::ALL {
            let mut request = request(kind, Format::Png);
            if request.gather().is_none() {
                continue; // of what the window knows already
            }
            let (facts, content) = content(&request, &mut trainer);
            assert_eq!(content.kind(), kind);
            for (size, dark, type_points) in [
                (Size::Millimetres([60.0, 55.0]), true, *TYPE_POINTS.start()),
                (Size::Millimetres([60.0, 55.0]), false, *TYPE_POINTS.end()),
                (Size::Pixels([900.0, 300.0]), false, USUAL_TYPE),
            ] {
                request.look.size = size;
                request.look.dark = dark;
                request.look.type_points = type_points;
                for &format in kind.formats() {
                    request.format = format;
                    let file = file(&request, &facts, &content);
                    assert!(file.len() > 500, "{kind:?} as {format:?} at {size}");
                }
            }
        }
    }
}
