//! One test image on its way through every layer, in one pass. It looks, and changes nothing.

use burn::module::Module;
use burn::tensor::activation::{sigmoid, softmax};

use hourglass_analysis::tiles;
use hourglass_experiment::network::{Network, Place, Shape};
use hourglass_protocol::{FlowView, LayerFlow, SampleIdx};

use super::{TrainError, Trainer, readback};

/// What every layer makes of a test image, from what the experiment makes of its input; `None` if the data set has no
/// such image.
///
/// # Errors
/// When the device fails.
pub fn flow(trainer: &mut Trainer, sample: SampleIdx) -> Result<Option<FlowView>, TrainError> {
    let model = trainer.model();
    let network = Network::new(trainer.experiment());
    let step = trainer.step();
    let held_out = trainer.held_out();
    if sample as usize >= held_out.split().len() {
        return Ok(None);
    }
    let label = held_out.split().label(sample as usize);
    let input = held_out.chunk(&[sample]).corrupted; // [1, pixels]
    let trace = model.trace(input.clone());
    let verdict = trainer.adversary().map(|adversary| {
        let discriminator = adversary.discriminator.valid();
        sigmoid(discriminator.forward(trace.code.clone())) // [1, 1]
    });
    let classes = trainer.classifiers().map(|classifiers| {
        let tuned = classifiers.tuned.valid();
        softmax(tuned.forward(input.clone()), 1) // [1, classes]
    });
    let names: Vec<_> = trace.layers.iter().map(|(layer, _)| *layer).collect();
    let has = [
        trace.log_variance.is_some(),
        verdict.is_some(),
        classes.is_some(),
    ];
    let layers = trace.layers.into_iter().map(|(_, values)| values);
    let tensors = [input, trace.reconstruction]
        .into_iter()
        .chain(layers)
        .chain(trace.log_variance)
        .chain(verdict)
        .chain(classes);
    let mut values = readback::all_values(tensors.collect())?.into_iter();
    let mut next = || values.next().unwrap_or_default();
    let (input, reconstruction) = (next(), next());
    let layers = names.into_iter().map(|layer| {
        let values = next();
        let shape = network.node(Place::Layer(layer)).map(|node| node.shape);
        LayerFlow {
            layer,
            end: tiles::largest(&values),
            maps: match shape {
                Some(Shape::Maps(maps)) => tiles::figures(&values, maps.height * maps.width),
                _ => Vec::new(),
            },
            values,
        }
    });
    let layers = layers.collect();
    let [log_variance, verdict, classes] = has.map(|is_there| is_there.then(&mut next));
    Ok(Some(FlowView {
        step,
        sample,
        label,
        input,
        layers,
        log_variance,
        reconstruction,
        verdict: verdict.and_then(|values| values.first().copied()),
        classes,
    }))
}
