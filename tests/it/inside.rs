//! Looks inside a model, against the model they are of: weights as pictures, and one image through every layer.

use burn::tensor::{Tensor, TensorData};
use hourglass::experiment::network::{Connection, Network, Place, Tile};
use hourglass::experiment::{Architecture, Experiment, LayerName, N_PIXELS, PresetId};
use hourglass::protocol::{FilterRequest, FilterView, FlowView, Gather, Numbers};
use hourglass::train::{ProbeState, Trainer, device, digits, filters, flow, readback, unit_means};

use crate::data_sets;
use crate::training::{listed, take};

fn trained(experiment: &Experiment) -> Trainer {
    let dataset = data_sets::small(640, 400);
    let mut trainer = Trainer::new(experiment.clone(), dataset, &device::cpu().device);
    take(&mut trainer, 3);
    trainer
}

fn preset(id: PresetId) -> Experiment {
    id.preset().experiment()
}

/// Every kind of architecture, small.
fn kinds() -> Vec<Experiment> {
    let mut tied = preset(PresetId::Multilayer64);
    tied.architecture.as_dense_mut().expect("dense").tied = true;
    let mut bottleneck = preset(PresetId::Conv4);
    if let Architecture::Convolutional(conv) = &mut bottleneck.architecture {
        conv.channels = vec![4, 3];
        conv.bottleneck = Some(6);
    }
    let others = [
        PresetId::Vanilla64,
        PresetId::Multilayer64,
        PresetId::Conv4,
        PresetId::Vae2,
        PresetId::Aae2,
    ];
    others
        .map(preset)
        .into_iter()
        .chain([tied, bottleneck, listed()])
        .collect()
}

fn filters_of(trainer: &Trainer, connection: Connection) -> FilterView {
    let request = FilterRequest {
        connection,
        all_scales: false,
    };
    let found = filters(trainer, request).expect("looked at");
    found.expect("there is such a connection")
}

/// A parameter by its place in the module: its shape and values.
fn parameter(trainer: &Trainer, name: &str) -> (Vec<usize>, Vec<f32>) {
    let checkpoint = trainer.checkpoint().expect("read back");
    let found = checkpoint
        .parameters
        .into_iter()
        .find(|parameter| parameter.name == name);
    let found = found.unwrap_or_else(|| panic!("no {name}"));
    (found.shape, found.values)
}

#[test]
fn the_counts_of_the_drawing_add_up_to_the_models() {
    for experiment in kinds() {
        let trainer = trained(&experiment);
        let checkpoint = trainer.checkpoint().expect("read back");
        let counted: usize = checkpoint.parameters.iter().map(|p| p.values.len()).sum();
        let network = Network::new(&experiment);
        assert_eq!(
            network.n_parameters() + network.n_parameters_beside(),
            counted,
            "{}",
            experiment.architecture.summary()
        );
        assert_eq!(network.n_parameters(), experiment.n_parameters());
    }
}

fn assert_close(found: &[f32], expected: &[f32], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (idx, (a, b)) in found.iter().zip(expected).enumerate() {
        // Both are sums of the same products, perhaps in another order.
        assert!(
            (a - b).abs() <= 1e-5 * (1.0 + b.abs()),
            "{what}, {idx}: {a} {b}"
        );
    }
}

fn followed(trainer: &mut Trainer, sample: u32) -> FlowView {
    let found = flow(trainer, sample).expect("looked at");
    found.expect("there is such an image")
}

#[test]
fn the_flow_is_the_model_layer_by_layer() {
    for experiment in kinds() {
        let what = experiment.architecture.summary();
        let mut trainer = trained(&experiment);
        let view = followed(&mut trainer, 7);
        let seen = digits(&mut trainer, &[7]).expect("looked at");
        assert_eq!((view.sample, view.label), (7, seen.labels[0]));
        assert_eq!(view.input, seen.corrupted);
        assert_close(&view.reconstruction, &seen.reconstructions, &what);

        let model = trainer.model();
        let data = TensorData::new(seen.corrupted, [1, N_PIXELS]);
        let input = Tensor::<2>::from_data(data, &device::cpu().device);
        let values = |tensor| readback::values::<2>(tensor).expect("read back");
        let layers = experiment.architecture.layers();
        assert_eq!(view.layers.len(), layers.len());
        for ((layer, n_units), found) in layers.into_iter().zip(&view.layers) {
            assert_eq!(
                (found.layer, found.values.len()),
                (layer, n_units),
                "{what}"
            );
            let expected = values(model.activations(input.clone(), layer));
            assert_close(&found.values, &expected, &format!("{what} {layer:?}"));
        }
        let log_variance = model.latent(input).log_variance.map(values);
        match (&view.log_variance, &log_variance) {
            (Some(found), Some(expected)) => assert_close(found, expected, "ln σ²"),
            (found, expected) => assert_eq!(found, expected, "{what}"),
        }
        let is_adversarial = experiment.objective.prior.adversarial().is_some();
        assert_eq!(view.verdict.is_some(), is_adversarial);
        assert!(
            view.verdict
                .is_none_or(|share| (0.0..=1.0).contains(&share))
        );
    }
}

#[test]
fn noise_is_followed_as_the_encoder_sees_it_and_an_image_that_is_not_there_is_not() {
    let mut trainer = trained(&preset(PresetId::DenoiseDense));
    let view = followed(&mut trainer, 3);
    let seen = digits(&mut trainer, &[3]).expect("looked at");
    assert_eq!(view.input, seen.corrupted);
    assert_ne!(view.input, seen.originals);
    assert_eq!(flow(&mut trainer, 400), Ok(None));
}

#[test]
fn classes_are_followed_from_the_first_epoch_of_fine_tuning_on() {
    let mut experiment = preset(PresetId::StackedDenoising);
    experiment.plan.pretraining.clear();
    let dense = experiment.architecture.as_dense_mut().expect("dense");
    (dense.hidden, dense.code) = (vec![16], 16);
    experiment.training.epochs = 1;
    experiment.training.batch_size = 128; // five steps an epoch
    let mut trainer = trained(&experiment);
    assert_eq!(followed(&mut trainer, 0).classes, None);
    take(&mut trainer, 3);
    let classes = followed(&mut trainer, 0)
        .classes
        .expect("fine-tuning began");
    let sum: f32 = classes.iter().sum();
    assert_eq!(classes.len(), 10);
    assert!((sum - 1.0).abs() < 1e-5, "{sum}");
}

#[test]
fn pictures_are_the_weights() {
    let trainer = trained(&preset(PresetId::Multilayer64));
    let (shape, weights) = parameter(&trainer, "encoder.layers.0.weight");
    let view = filters_of(&trainer, Connection::Encoder(0));
    let n_units = shape[1];
    assert_eq!((view.bank.n_outputs, view.bank.shape.height), (n_units, 28));
    for unit in [0, 17, n_units - 1] {
        for pixel in [0, 400, 783] {
            assert_eq!(
                view.bank.weights[unit * N_PIXELS + pixel].to_bits(),
                weights[pixel * n_units + unit].to_bits()
            );
        }
    }
    let (_, weights) = parameter(&trainer, "decoder.layers.1.weight"); // [units, pixels]
    assert_eq!(
        filters_of(&trainer, Connection::Decoder(1)).bank.weights,
        weights
    );

    let conv = trained(&preset(PresetId::Conv4));
    let (shape, weights) = parameter(&conv, "decoder.levels.0.weight");
    let view = filters_of(&conv, Connection::Decoder(0));
    assert_eq!([view.bank.n_outputs, view.bank.n_inputs, 3, 3], shape[..]);
    assert_eq!(view.bank.weights, weights);
}

#[test]
fn a_linear_path_is_the_product_of_the_weights_on_it() {
    let trainer = trained(&preset(PresetId::Multilayer64));
    let (first_shape, first) = parameter(&trainer, "encoder.layers.0.weight");
    let (second_shape, second) = parameter(&trainer, "encoder.layers.1.weight");
    let (n_hidden, n_code) = (first_shape[1], second_shape[1]);
    let view = filters_of(&trainer, Connection::Encoder(1));
    for unit in [0, n_code - 1] {
        for pixel in [300, 406] {
            let path = (0..n_hidden).map(|hidden| {
                f64::from(first[pixel * n_hidden + hidden])
                    * f64::from(second[hidden * n_code + unit])
            });
            let expected: f64 = path.sum();
            let found = f64::from(view.bank.weights[unit * N_PIXELS + pixel]);
            assert!((found - expected).abs() < 1e-5, "{found} {expected}");
        }
    }
    // Tied weights: what a unit looks for is what it paints.
    let mut tied = preset(PresetId::Multilayer64);
    tied.architecture.as_dense_mut().expect("dense").tied = true;
    let trainer = trained(&tied);
    for (sees, paints) in [
        (Connection::Encoder(0), Connection::Decoder(1)),
        (Connection::Encoder(1), Connection::Decoder(0)),
    ] {
        let [sees, paints] = [sees, paints].map(|connection| filters_of(&trainer, connection));
        assert_close(&sees.bank.weights, &paints.bank.weights, "tied");
    }
}

#[test]
fn every_picture_has_the_shape_that_the_drawing_says() {
    for experiment in kinds() {
        let trainer = trained(&experiment);
        let network = Network::new(&experiment);
        for link in network.pictured_links() {
            let view = filters_of(&trainer, link.connection);
            let of = network.node(link.pictured()).expect("it is drawn");
            assert_eq!(view.bank.n_outputs, of.shape.n_parts(), "{}", link.label());
            let side = match link.tile {
                Some(Tile::Kernels) => link.kernel(),
                Some(Tile::Maps) => {
                    let places = [link.from, link.to].map(|place| network.node(place));
                    let maps = places
                        .into_iter()
                        .flatten()
                        .find_map(|node| node.shape.maps());
                    maps.expect("it meets maps").height
                }
                _ => 28,
            };
            assert_eq!(view.bank.shape.height, side, "{}", link.label());
            assert_eq!(view.tiles.len(), view.bank.n_outputs * view.bank.n_inputs);
            assert_eq!(view.row_norms.len(), view.bank.n_outputs);
        }
    }
}

#[test]
fn the_window_shows_the_numbers_of_the_figure() {
    for id in [PresetId::Vanilla64, PresetId::Conv4] {
        let mut trainer = trained(&preset(id));
        let gathered = ProbeState::default()
            .gather(&mut trainer, &Gather::Filters)
            .expect("gathered");
        let Numbers::Filters(banks) = gathered.numbers else {
            panic!("filters were asked for");
        };
        let network = Network::new(trainer.experiment());
        let windows: Vec<Vec<f32>> = network
            .pictured_links()
            .map(|link| filters_of(&trainer, link.connection).bank.weights)
            .collect();
        let figures: Vec<Vec<f32>> = banks.into_iter().map(|bank| bank.weights).collect();
        assert_eq!(windows, figures, "{id:?}");
    }
}

#[test]
fn the_widest_scale_is_that_of_some_layer() {
    let trainer = trained(&preset(PresetId::Multilayer64));
    let request = FilterRequest {
        connection: Connection::Encoder(0),
        all_scales: true,
    };
    let view = filters(&trainer, request)
        .expect("looked at")
        .expect("there");
    let network = Network::new(trainer.experiment());
    let ends = network
        .pictured_links()
        .map(|link| filters_of(&trainer, link.connection).end);
    let widest = ends.fold(0.0, f32::max);
    assert_eq!(view.end_of_all, Some(widest));
    assert_eq!(
        filters_of(&trainer, Connection::Encoder(0)).end_of_all,
        None
    );
}

#[test]
fn means_are_those_of_the_activations() {
    let mut trainer = trained(&preset(PresetId::Multilayer64));
    let probe = ProbeState::default();
    for (connection, layer) in [
        (Connection::Encoder(0), LayerName::Encoder(0)),
        (Connection::Decoder(0), LayerName::Code),
        (Connection::Decoder(1), LayerName::Decoder(0)),
    ] {
        let means = unit_means(&mut trainer, connection).expect("looked at");
        let means = means.expect("there is such a layer");
        let view = probe.activations(&mut trainer, layer).expect("looked at");
        let view = view.expect("there is such a layer");
        assert_eq!(means.n_samples, 400);
        assert_close(&means.means, &view.unit_means, "means");
    }
    let mut conv = trained(&preset(PresetId::Conv4));
    let means = unit_means(&mut conv, Connection::Encoder(0)).expect("looked at");
    let means = means.expect("there is such a layer").means;
    let view = probe
        .activations(&mut conv, LayerName::Code)
        .expect("looked at");
    let of_places = view.expect("there is such a layer").unit_means;
    let of_maps: Vec<f32> = of_places
        .chunks(14 * 14)
        .map(|map| map.iter().sum::<f32>() / 196.0)
        .collect();
    assert_eq!(means.len(), 4);
    assert_close(&means, &of_maps, "means of maps");
    let none = unit_means(
        &mut trained(&preset(PresetId::Vae2)),
        Connection::LogVariance,
    );
    assert_eq!(none, Ok(None), "variances are no activations");
}

#[test]
fn invariant_8_looking_inside_never_changes_training() {
    for id in [PresetId::Aae2, PresetId::DenoiseDense] {
        let undisturbed = take(&mut trained(&preset(id)), 4);
        let mut watched = trained(&preset(id));
        let network = Network::new(watched.experiment());
        let mut objectives = Vec::new();
        for _ in 0..4 {
            objectives.extend(take(&mut watched, 1));
            followed(&mut watched, 5);
            for link in network.pictured_links() {
                let request = FilterRequest {
                    connection: link.connection,
                    all_scales: true,
                };
                filters(&watched, request).expect("looked at");
                unit_means(&mut watched, link.connection).expect("looked at");
            }
        }
        assert_eq!(objectives, undisturbed, "{id:?}");
    }
}

/// Where a layer is told, it is told by the name the rest of the program has for it.
#[test]
fn every_layer_of_the_flow_is_in_the_drawing() {
    for experiment in kinds() {
        let network = Network::new(&experiment);
        let view = followed(&mut trained(&experiment), 0);
        for layer in &view.layers {
            let node = network
                .node(Place::Layer(layer.layer))
                .expect("it is drawn");
            assert_eq!(node.shape.size(), layer.values.len());
            let n_maps = node.shape.maps().map_or(0, |maps| maps.channels);
            assert_eq!(layer.maps.len(), n_maps);
        }
    }
}
