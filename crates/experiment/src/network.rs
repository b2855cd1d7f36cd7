//! The network of an experiment as a drawing needs it: its layers with their shapes, what connects them, and how many
//! numbers each connection is made of.
//!
//! A `Connection` names weights and a `Place` a layer, in the window and in the worker alike.

use serde::{Deserialize, Serialize};

use super::blocks::Blocks;
use super::layer::{Layer, Weights};
use super::{Adversarial, Architecture, Experiment, ImageShape, LayerName, Prior, Stage};

pub use super::blocks::Tile;
pub use super::layer::Shape;

/// Where in the network something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The pixels that the encoder is shown.
    Input,
    /// A layer with activations of its own.
    Layer(LayerName),
    /// `ln σ²` of a variational code, beside its mean.
    LogVariance,
    /// The reconstruction.
    Output,
    /// A hidden layer of the discriminator, from 0.
    Discriminator(usize),
    /// `D(h)`, the probability that a code is a sample of the prior.
    Verdict,
    /// The softmax layer of fine-tuning.
    Classes,
}

/// A layer of the drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub place: Place,
    /// How its values lie.
    pub shape: Shape,
    /// The name of its activation; `None` if there is none.
    pub activation: Option<&'static str>,
}

/// Weights between two layers, counted along the flow in each half.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Connection {
    /// A layer of the encoder, 0 next to the pixels.
    Encoder(usize),
    /// The layer of a variational code's `ln σ²`.
    LogVariance,
    /// A layer of the decoder, 0 next to the code.
    Decoder(usize),
    /// A layer of the discriminator, 0 next to the code.
    Discriminator(usize),
    /// The softmax layer.
    Classes,
}

/// A connection of the drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    pub connection: Connection,
    /// Where its inputs come from.
    pub from: Place,
    /// What it makes.
    pub to: Place,
    /// What is done before the weights.
    pub before: Vec<Layer>,
    pub weights: Weights,
    /// What is done after them.
    pub after: Vec<Layer>,
    /// How its weights can be looked at; none of networks beside the autoencoder.
    pub tile: Option<Tile>,
}

/// An experiment's network.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    image: ImageShape,
    /// From the input through the code to the output.
    pub chain: Vec<Node>,
    /// `ln σ²` of a variational code.
    pub log_variance: Option<Node>,
    /// The discriminator of an adversarial prior, from the code to its verdict; empty without one.
    pub discriminator: Vec<Node>,
    /// The softmax layer on the code, where the plan ends in fine-tuning.
    pub classes: Option<Node>,
    /// Every connection, the autoencoder's first, along the flow.
    pub links: Vec<Link>,
}

impl Place {
    /// The name a person reads.
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::Input => "input".to_owned(),
            Self::Layer(layer) => layer.label(),
            Self::LogVariance => "ln σ²".to_owned(),
            Self::Output => "output".to_owned(),
            Self::Discriminator(idx) => format!("discriminator {}", idx + 1),
            Self::Verdict => "D".to_owned(),
            Self::Classes => "classes".to_owned(),
        }
    }

    /// The place that has this label.
    #[must_use]
    pub fn of_label(label: &str) -> Option<Self> {
        let place = match label.rsplit_once(' ') {
            None => match label {
                "input" => Self::Input,
                "code" => Self::Layer(LayerName::Code),
                "output" => Self::Output,
                "D" => Self::Verdict,
                "classes" => Self::Classes,
                _ => return None,
            },
            Some(_) if label == Self::LogVariance.label() => Self::LogVariance,
            Some((half, number)) => {
                let idx = number.parse::<usize>().ok()?.checked_sub(1)?;
                match half {
                    "encoder" => Self::Layer(LayerName::Encoder(idx)),
                    "decoder" => Self::Layer(LayerName::Decoder(idx)),
                    "discriminator" => Self::Discriminator(idx),
                    _ => return None,
                }
            }
        };
        (place.label() == label).then_some(place)
    }
}

impl Link {
    /// Trainable numbers of its own: weights and biases.
    #[must_use]
    pub fn n_parameters(&self) -> usize {
        self.weights.n_parameters()
    }

    /// Height and width of its kernels; 1 where it has none.
    #[must_use]
    pub fn kernel(&self) -> usize {
        match self.weights {
            Weights::Convolution { kernels, .. } => kernels.kernel,
            Weights::Dense { .. } | Weights::Tied { .. } => 1,
        }
    }

    /// Whether it belongs to a network beside the autoencoder.
    #[must_use]
    pub fn is_beside(&self) -> bool {
        matches!(
            self.connection,
            Connection::Discriminator(_) | Connection::Classes
        )
    }

    /// The layer whose units or maps the pictures of its weights stand for: those that are made, but for the
    /// decoder's fully connected layers, where a picture is what an input paints.
    #[must_use]
    pub fn pictured(&self) -> Place {
        match (self.connection, self.tile) {
            (Connection::Decoder(_), Some(Tile::Kernels)) => self.to,
            (Connection::Decoder(_), _) => self.from,
            _ => self.to,
        }
    }

    /// Which weights, for people: `code ← pixels`, `encoder 2 ← pixels, linear path`, `decoder 1 kernels`.
    #[must_use]
    pub fn label(&self) -> String {
        let part = self.pictured().label();
        let arrow = if matches!(self.connection, Connection::Decoder(_)) {
            '→'
        } else {
            '←'
        };
        match self.tile {
            Some(Tile::Pixels) => format!("{part} {arrow} pixels"),
            Some(Tile::LinearPath) => format!("{part} {arrow} pixels, linear path"),
            Some(Tile::Maps) => format!("{part} {arrow} maps"),
            Some(Tile::Kernels) => format!("{part} kernels"),
            None => part,
        }
    }
}

impl Network {
    /// The network of an experiment that was validated.
    #[must_use]
    pub fn new(experiment: &Experiment) -> Self {
        let architecture = &experiment.architecture;
        let blocks = architecture.blocks();
        let chain = chain(architecture, &blocks);
        let mut links = main_links(&blocks, &chain);
        let code = Place::Layer(LayerName::Code);
        let code_size = architecture.code_size();
        let log_variance = matches!(experiment.objective.prior, Prior::Variational(_)).then(|| {
            let inputs = blocks.met_by_variance().size();
            let of_code = blocks.encoder.len().checked_sub(1).map(|idx| &links[idx]);
            // Without a fully connected code, the last map is the input of the variances' layer.
            let (from, tile) = match of_code {
                Some(link) if !blocks.code_is_map() => (link.from, link.tile),
                _ => (code, Some(Tile::Maps)),
            };
            let link = dense(
                Connection::LogVariance,
                from,
                Place::LogVariance,
                [inputs, code_size],
            );
            links.push(Link { tile, ..link });
            node(Place::LogVariance, Shape::Units(code_size), None)
        });
        let discriminator = match experiment.objective.prior {
            Prior::Adversarial(_) => discriminator(),
            Prior::None | Prior::Variational(_) => Vec::new(),
        };
        let mut from = (code, code_size);
        for (idx, node) in discriminator.iter().enumerate() {
            let to = (node.place, node.shape.size());
            links.push(dense(
                Connection::Discriminator(idx),
                from.0,
                to.0,
                [from.1, to.1],
            ));
            from = to;
        }
        let classes = experiment.plan.fine_tuning.is_some().then(|| {
            let n_classes = experiment.n_classes;
            let sizes = [code_size, n_classes];
            links.push(dense(Connection::Classes, code, Place::Classes, sizes));
            node(Place::Classes, Shape::Units(n_classes), Some("softmax"))
        });
        Self {
            image: architecture.image(),
            chain,
            log_variance,
            discriminator,
            classes,
            links,
        }
    }

    /// Shape of the images that come in and go out.
    #[must_use]
    pub fn image(&self) -> ImageShape {
        self.image
    }

    /// Every layer of the drawing.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.chain
            .iter()
            .chain(&self.log_variance)
            .chain(&self.discriminator)
            .chain(&self.classes)
    }

    /// A layer of the drawing.
    #[must_use]
    pub fn node(&self, place: Place) -> Option<&Node> {
        self.nodes().find(|node| node.place == place)
    }

    #[must_use]
    pub fn link(&self, connection: Connection) -> Option<&Link> {
        self.links.iter().find(|link| link.connection == connection)
    }

    /// The connection that makes a layer.
    #[must_use]
    pub fn link_to(&self, place: Place) -> Option<&Link> {
        self.links.iter().find(|link| link.to == place)
    }

    /// Connections whose weights can be looked at.
    pub fn pictured_links(&self) -> impl Iterator<Item = &Link> {
        self.links.iter().filter(|link| link.tile.is_some())
    }

    /// The connection that says most about a layer: the weights its units see with, and for hidden layers of a
    /// fully connected decoder those they paint with.
    #[must_use]
    pub fn filters_of(&self, layer: LayerName) -> Option<Connection> {
        let place = Place::Layer(layer);
        let links = || {
            self.pictured_links()
                .filter(|link| link.pictured() == place)
        };
        let of_decoder = |link: &&Link| matches!(link.connection, Connection::Decoder(_));
        let wanted = match layer {
            LayerName::Decoder(_) => links().find(of_decoder),
            LayerName::Encoder(_) | LayerName::Code => links().next(),
        };
        // The first layer behind a convolutional code has weights that are pictured as the code's.
        let wanted = wanted.or_else(|| self.link_to(place));
        wanted.map(|link| link.connection)
    }

    /// Trainable numbers of encoder and decoder, with the variances' layer.
    #[must_use]
    pub fn n_parameters(&self) -> usize {
        let links = self.links.iter();
        links
            .filter(|link| !link.is_beside())
            .map(Link::n_parameters)
            .sum()
    }

    /// Trainable numbers of the networks beside the autoencoder.
    #[must_use]
    pub fn n_parameters_beside(&self) -> usize {
        let links = self.links.iter();
        links
            .filter(|link| link.is_beside())
            .map(Link::n_parameters)
            .sum()
    }

    /// Whether a part of the plan changes a connection's weights.
    #[must_use]
    pub fn trains(&self, stage: Stage, connection: Connection) -> bool {
        let depth = |is: fn(Connection) -> bool| {
            let links = self.links.iter();
            links.filter(|link| is(link.connection)).count()
        };
        match (stage, connection) {
            (Stage::Pretraining { layer, .. }, Connection::Encoder(idx)) => idx == layer,
            (Stage::Pretraining { layer, .. }, Connection::Decoder(idx)) => {
                idx + layer + 1 == depth(|connection| matches!(connection, Connection::Decoder(_)))
            }
            (Stage::Pretraining { .. }, _) | (Stage::Joint, Connection::Classes) => false,
            (Stage::Joint, _) => true,
            (Stage::FineTuning, _) => {
                matches!(connection, Connection::Encoder(_) | Connection::Classes)
            }
        }
    }
}

impl Experiment {
    /// Trainable numbers of encoder and decoder, with the variances' layer of a variational code.
    #[must_use]
    pub fn n_parameters(&self) -> usize {
        Network::new(self).n_parameters()
    }
}

fn node(place: Place, shape: Shape, activation: Option<&'static str>) -> Node {
    Node {
        place,
        shape,
        activation,
    }
}

/// Fully connected weights of these inputs and units.
fn dense(connection: Connection, from: Place, to: Place, [inputs, units]: [usize; 2]) -> Link {
    Link {
        connection,
        from,
        to,
        before: Vec::new(),
        weights: Weights::Dense { inputs, units },
        after: Vec::new(),
        tile: None,
    }
}

fn discriminator() -> Vec<Node> {
    let hidden = Adversarial::DISCRIMINATOR_HIDDEN.iter().enumerate();
    let hidden = hidden
        .map(|(idx, &units)| node(Place::Discriminator(idx), Shape::Units(units), Some("ReLU")));
    hidden
        .chain([node(Place::Verdict, Shape::Units(1), Some("sigmoid"))])
        .collect()
}

fn chain(architecture: &Architecture, blocks: &Blocks) -> Vec<Node> {
    let image = Shape::Maps(architecture.image());
    let input = match blocks.encoder.first() {
        Some(block) if block.is_plain_dense() => block.met, // pixels in a row
        _ => image,
    };
    let output = blocks.decoder.last().map_or(image, |block| block.to);
    let layers = architecture.named_blocks().into_iter();
    let layers = layers.map(|(layer, block)| {
        let activation = block.activation().label();
        node(Place::Layer(layer), block.to, Some(activation))
    });
    let activation = architecture.output_activation().label();
    [node(Place::Input, input, None)]
        .into_iter()
        .chain(layers)
        .chain([node(Place::Output, output, Some(activation))])
        .collect()
}

/// The connections of encoder and decoder.
fn main_links(blocks: &Blocks, chain: &[Node]) -> Vec<Link> {
    let encoder = (0..blocks.encoder.len()).map(Connection::Encoder);
    let decoder = (0..blocks.decoder.len()).map(Connection::Decoder);
    let connections = encoder.chain(decoder).zip(blocks.all());
    let links = connections.zip(chain.windows(2));
    links
        .map(|((connection, block), pair)| Link {
            connection,
            from: pair[0].place,
            to: pair[1].place,
            before: block.before.clone(),
            weights: block.weights,
            after: block.after.clone(),
            tile: block.tile,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PresetId;

    fn network(id: PresetId) -> Network {
        Network::new(&id.preset().experiment())
    }

    #[test]
    fn shapes_hold_as_many_values_as_their_layers() {
        for bottleneck in [None, Some(16)] {
            let mut experiment = PresetId::DenoiseConv32.preset().experiment();
            if let Architecture::Convolutional(conv) = &mut experiment.architecture {
                conv.bottleneck = bottleneck;
                conv.channels = vec![8, 4];
            }
            let network = Network::new(&experiment);
            for (layer, units) in experiment.architecture.layers() {
                let node = network.node(Place::Layer(layer)).expect("it is drawn");
                assert_eq!(node.shape.size(), units, "{layer:?} {bottleneck:?}");
            }
        }
    }

    #[test]
    fn a_place_is_found_by_its_label() {
        for id in PresetId::ALL {
            for node in network(id).nodes() {
                assert_eq!(Place::of_label(&node.place.label()), Some(node.place));
            }
        }
        for label in [
            "",
            "encoder",
            "encoder 0",
            "encoder 01",
            "pixels",
            "code 1",
            "ln σ",
        ] {
            assert_eq!(Place::of_label(label), None, "{label}");
        }
    }

    #[test]
    fn pretraining_trains_a_layer_and_its_mirror() {
        let network = network(PresetId::Deep30);
        let stage = Stage::Pretraining { layer: 1, of: 4 };
        let trained: Vec<Connection> = network
            .links
            .iter()
            .map(|link| link.connection)
            .filter(|&connection| network.trains(stage, connection))
            .collect();
        let depth = network.chain.len() / 2;
        assert_eq!(
            trained,
            [Connection::Encoder(1), Connection::Decoder(depth - 2)]
        );
    }

    #[test]
    fn every_layer_has_filters_of_its_own() {
        for id in PresetId::ALL {
            let experiment = id.preset().experiment();
            let network = Network::new(&experiment);
            for (layer, _) in experiment.architecture.layers() {
                let connection = network.filters_of(layer).expect("it is connected");
                let link = network.link(connection).expect("it is drawn");
                assert_eq!(link.pictured(), Place::Layer(layer), "{id:?} {layer:?}");
            }
        }
    }
}
