//! Looks inside a network as a worker would report them, with values that can be told apart.

use std::sync::Arc;

use hourglass::experiment::network::{Connection, Network, Place, Shape, Tile};
use hourglass::experiment::{ImageShape, LayerName};
use hourglass::protocol::{
    FilterBank, FilterView, FlowView, LayerFlow, SampleIdx, Snapshot, TileFigures, UnitMeans,
};
use hourglass::state::LabState;

use super::script;

/// Delivers the weights of a connection and the way of a test image, after an ordinary look.
///
/// All values of tile `t` are (t + 1) / 1000, in odd tiles negative; the mean activation of unit `u` of `n` is
/// (`n` − `u`) / `n`. The values of a layer rise from 0 to 1.
pub fn look_inside(lab: &mut LabState, connection: Connection, sample: SampleIdx) {
    script::look(lab, &[0, 1, 2], None, LayerName::Code);
    let run = lab.run.as_mut().expect("a run was started");
    let network = Network::new(&run.experiment);
    let snapshot = run.snapshot.as_mut().expect("just delivered");
    fill(snapshot, &network, connection, sample);
}

/// Puts the same into a snapshot.
pub fn fill(snapshot: &mut Snapshot, network: &Network, connection: Connection, sample: SampleIdx) {
    let view = filters(network, connection, snapshot.step);
    let n = view.bank.n_outputs;
    snapshot.unit_means = Some(Arc::new(UnitMeans {
        step: snapshot.step,
        connection,
        n_samples: 2_000,
        means: (0..n).map(|unit| share(n - unit, n)).collect(),
    }));
    snapshot.filters = Some(Arc::new(view));
    snapshot.flow = Some(Arc::new(flow(network, sample, snapshot.step)));
}

fn share(part: usize, whole: usize) -> f32 {
    let of = |n: usize| f32::from(u16::try_from(n).expect("a few thousand"));
    of(part) / of(whole)
}

fn filters(network: &Network, connection: Connection, step: u64) -> FilterView {
    let link = network
        .link(connection)
        .expect("there is such a connection");
    let shape = |place| network.node(place).expect("it is drawn").shape;
    let n_outputs = shape(link.pictured()).n_parts();
    let (side, n_inputs) = match link.tile.expect("it can be looked at") {
        Tile::Pixels | Tile::LinearPath => (28, 1),
        Tile::Kernels => (3, shape(link.from).n_parts()),
        Tile::Maps => match shape(link.from) {
            Shape::Maps(maps) => (maps.height, maps.channels),
            Shape::Units(_) => (4, shape(link.to).n_parts()),
        },
    };
    let n_pixels = side * side;
    let tiles: Vec<f32> = (0..n_outputs * n_inputs)
        .map(|tile| {
            let sign = if tile % 2 == 0 { 1.0 } else { -1.0 };
            sign * share(tile + 1, 1_000)
        })
        .collect();
    let figures = tiles.iter().map(|&value| TileFigures {
        norm: value.abs() * share(side, 1),
        min: value,
        max: value,
    });
    let norm = |row: &[f32]| row.iter().map(|value| value * value).sum::<f32>().sqrt();
    FilterView {
        step,
        connection,
        tiles: figures.collect(),
        row_norms: tiles
            .chunks(n_inputs)
            .map(|row| share(side, 1) * norm(row))
            .collect(),
        end: 0.5,
        end_of_all: Some(2.0),
        bank: FilterBank {
            name: link.label(),
            n_inputs,
            n_outputs,
            shape: ImageShape::gray(side, side),
            weights: tiles
                .iter()
                .flat_map(|&value| std::iter::repeat_n(value, n_pixels))
                .collect(),
        },
    }
}

fn flow(network: &Network, sample: SampleIdx, step: u64) -> FlowView {
    let rising = |n: usize| -> Vec<f32> { (0..n).map(|idx| share(idx, n)).collect() };
    let layers = network.chain.iter().filter_map(|node| {
        let Place::Layer(layer) = node.place else {
            return None;
        };
        let n_maps = node.shape.maps().map_or(0, |maps| maps.channels);
        let maps = (0..n_maps).map(|map| TileFigures {
            norm: share(map + 1, 1),
            min: 0.0,
            max: share(map + 1, n_maps),
        });
        Some(LayerFlow {
            layer,
            values: rising(node.shape.size()),
            end: 1.0,
            maps: maps.collect(),
        })
    });
    let code = network.node(Place::Layer(LayerName::Code));
    let n_code = code.map_or(0, |node| node.shape.size());
    FlowView {
        step,
        sample,
        label: u8::try_from(sample % 10).expect("a digit"),
        input: rising(784),
        layers: layers.collect(),
        log_variance: network.log_variance.as_ref().map(|_| rising(n_code)),
        reconstruction: rising(784),
        verdict: (!network.discriminator.is_empty()).then_some(0.25),
        classes: network.classes.as_ref().map(|_| vec![0.1; 10]),
    }
}
