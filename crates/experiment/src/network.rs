//! The network of a recipe as a drawing needs it: its layers with their shapes, what connects them, and how many
//! numbers each connection is made of.
//!
//! A `Connection` names weights and a `Place` a layer, in the window and in the worker alike.

use serde::{Deserialize, Serialize};

use super::{
    Adversarial, Architecture, Convolutional, Experiment, IMAGE_SIDE, LayerName, N_CLASSES,
    N_PIXELS, Prior, Stage,
};

/// Height and width of a convolution's kernels.
pub const KERNEL_SIDE: usize = 3;

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

/// How the values of a layer lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// In a row.
    Units(usize),
    /// In square maps.
    Maps {
        /// How many maps.
        channels: usize,
        /// Height and width of each.
        side: usize,
    },
}

/// A layer of the drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub place: Place,
    /// How its values lie.
    pub shape: Shape,
    /// The name of its activation; none where there is none.
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

/// What kind of layer a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// Every unit with every unit.
    Dense,
    /// The same with the weights of the encoder's mirror, transposed: only its biases are its own.
    Tied,
    /// Kernels of 3×3, then 2×2 max-pooling.
    ConvolutionThenPooling,
    /// Upsampling to the size of the maps it makes, where they are larger, then kernels of 3×3.
    UpsamplingThenConvolution,
}

/// What the weights of a connection look like as small pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tile {
    /// The weights between a unit and each pixel.
    Pixels,
    /// The product of the weights of several layers between a unit and each pixel, as if nothing between them
    /// were curved.
    LinearPath,
    /// A kernel for each pair of maps.
    Kernels,
    /// The weights between a unit and each place of each map.
    Maps,
}

/// A connection of the drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    pub connection: Connection,
    /// Where its inputs come from.
    pub from: Place,
    /// What it makes.
    pub to: Place,
    /// What kind of layer it is.
    pub kind: LinkKind,
    /// How its weights can be looked at; none of networks beside the autoencoder.
    pub tile: Option<Tile>,
    /// Trainable numbers of its own: weights and biases.
    pub n_parameters: usize,
}

/// A recipe's network.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
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

impl Shape {
    /// How many values.
    #[must_use]
    pub fn size(self) -> usize {
        match self {
            Self::Units(units) => units,
            Self::Maps { channels, side } => channels * side * side,
        }
    }

    /// Units or maps: what has weights of its own.
    #[must_use]
    pub fn n_parts(self) -> usize {
        match self {
            Self::Units(units) => units,
            Self::Maps { channels, .. } => channels,
        }
    }
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
}

impl Link {
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
    /// The network of a recipe that was validated.
    #[must_use]
    pub fn new(experiment: &Experiment) -> Self {
        let architecture = &experiment.architecture;
        let chain = chain(architecture);
        let mut links = main_links(architecture, &chain);
        let code = Place::Layer(LayerName::Code);
        let code_size = architecture.code_size();
        let dense = |connection, from, to, sizes: [usize; 2]| Link {
            connection,
            from,
            to,
            kind: LinkKind::Dense,
            tile: None,
            n_parameters: dense_parameters(sizes),
        };
        let log_variance = matches!(experiment.objective.prior, Prior::Variational(_)).then(|| {
            let from = links[architecture.encoder_depth() - 1].from;
            let from = match architecture {
                // Without a fully connected code, the last map is the input of the variances' layer.
                Architecture::Convolutional(Convolutional { waist: None, .. }) => code,
                _ => from,
            };
            let sizes = [architecture.inputs_of_code(), code_size];
            links.push(Link {
                tile: Some(match architecture {
                    Architecture::Dense(dense) if dense.hidden.is_empty() => Tile::Pixels,
                    Architecture::Dense(_) => Tile::LinearPath,
                    Architecture::Convolutional(_) => Tile::Maps,
                }),
                ..dense(Connection::LogVariance, from, Place::LogVariance, sizes)
            });
            node(Place::LogVariance, Shape::Units(code_size), None)
        });
        let discriminator = match experiment.objective.prior {
            Prior::Adversarial(_) => discriminator(),
            Prior::None | Prior::Variational(_) => Vec::new(),
        };
        let mut from = (code, code_size);
        for (idx, node) in discriminator.iter().enumerate() {
            let sizes = [from.1, node.shape.size()];
            links.push(dense(
                Connection::Discriminator(idx),
                from.0,
                node.place,
                sizes,
            ));
            from = (node.place, node.shape.size());
        }
        let classes = experiment.plan.fine_tuning.is_some().then(|| {
            let sizes = [code_size, N_CLASSES];
            links.push(dense(Connection::Classes, code, Place::Classes, sizes));
            node(Place::Classes, Shape::Units(N_CLASSES), Some("softmax"))
        });
        Self {
            chain,
            log_variance,
            discriminator,
            classes,
            links,
        }
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
            .map(|link| link.n_parameters)
            .sum()
    }

    /// Trainable numbers of the networks beside the autoencoder.
    #[must_use]
    pub fn n_parameters_beside(&self) -> usize {
        let links = self.links.iter();
        links
            .filter(|link| link.is_beside())
            .map(|link| link.n_parameters)
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

impl Link {
    /// Whether it belongs to a network beside the autoencoder.
    #[must_use]
    pub fn is_beside(&self) -> bool {
        matches!(
            self.connection,
            Connection::Discriminator(_) | Connection::Classes
        )
    }
}

fn node(place: Place, shape: Shape, activation: Option<&'static str>) -> Node {
    Node {
        place,
        shape,
        activation,
    }
}

/// Weights and biases of a fully connected layer.
fn dense_parameters([inputs, outputs]: [usize; 2]) -> usize {
    (inputs + 1) * outputs
}

fn discriminator() -> Vec<Node> {
    let hidden = Adversarial::DISCRIMINATOR_HIDDEN.iter().enumerate();
    let hidden = hidden
        .map(|(idx, &units)| node(Place::Discriminator(idx), Shape::Units(units), Some("ReLU")));
    hidden
        .chain([node(Place::Verdict, Shape::Units(1), Some("sigmoid"))])
        .collect()
}

fn chain(architecture: &Architecture) -> Vec<Node> {
    let pixels = match architecture {
        Architecture::Dense(_) => Shape::Units(N_PIXELS),
        Architecture::Convolutional(_) => Shape::Maps {
            channels: 1,
            side: IMAGE_SIDE,
        },
    };
    let layers = architecture.layers().into_iter().map(|(layer, units)| {
        let shape = match architecture {
            Architecture::Dense(_) => Shape::Units(units),
            Architecture::Convolutional(conv) => shape_of_map(conv, layer, units),
        };
        let activation = architecture.activation_of(layer).label();
        node(Place::Layer(layer), shape, Some(activation))
    });
    let output = architecture.output_activation().label();
    [node(Place::Input, pixels, None)]
        .into_iter()
        .chain(layers)
        .chain([node(Place::Output, pixels, Some(output))])
        .collect()
}

fn shape_of_map(conv: &Convolutional, layer: LayerName, units: usize) -> Shape {
    let n_levels = conv.channels.len();
    let n_poolings = match layer {
        LayerName::Encoder(idx) => idx + 1,
        LayerName::Code if conv.waist.is_some() => return Shape::Units(units),
        LayerName::Code => n_levels,
        LayerName::Decoder(idx) if conv.waist.is_some() => n_levels - idx.saturating_sub(1),
        LayerName::Decoder(idx) => n_levels - idx,
    };
    let side = Convolutional::side_after(n_poolings);
    Shape::Maps {
        channels: units / (side * side),
        side,
    }
}

/// The connections of encoder and decoder.
fn main_links(architecture: &Architecture, chain: &[Node]) -> Vec<Link> {
    let depth = architecture.encoder_depth();
    let n_links = chain.len() - 1;
    let links = chain.windows(2).enumerate().map(|(idx, pair)| {
        let connection = if idx < depth {
            Connection::Encoder(idx)
        } else {
            Connection::Decoder(idx - depth)
        };
        let [inputs, outputs] = [&pair[0], &pair[1]].map(|node| node.shape);
        let meets_pixels = idx == 0 || idx + 1 == n_links;
        let in_decoder = idx >= depth;
        let (kind, tile, n_parameters) = match (architecture, inputs, outputs) {
            (
                Architecture::Convolutional(_),
                Shape::Maps { channels: from, .. },
                Shape::Maps { channels: to, .. },
            ) => {
                let kind = if in_decoder {
                    LinkKind::UpsamplingThenConvolution
                } else {
                    LinkKind::ConvolutionThenPooling
                };
                let n_parameters = (from * KERNEL_SIDE * KERNEL_SIDE + 1) * to;
                (kind, Tile::Kernels, n_parameters)
            }
            (Architecture::Convolutional(_), ..) => {
                let sizes = [inputs, outputs].map(Shape::size);
                (LinkKind::Dense, Tile::Maps, dense_parameters(sizes))
            }
            (Architecture::Dense(dense), ..) => {
                let sizes = [inputs, outputs].map(Shape::size);
                let tile = if meets_pixels {
                    Tile::Pixels
                } else {
                    Tile::LinearPath
                };
                if dense.tied && in_decoder {
                    (LinkKind::Tied, tile, sizes[1]) // a bias for each unit
                } else {
                    (LinkKind::Dense, tile, dense_parameters(sizes))
                }
            }
        };
        Link {
            connection,
            from: pair[0].place,
            to: pair[1].place,
            kind,
            tile: Some(tile),
            n_parameters,
        }
    });
    links.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PresetId;

    fn network(id: PresetId) -> Network {
        Network::new(&id.preset().experiment())
    }

    #[test]
    fn parts_add_up_to_the_whole_for_every_preset_and_kind() {
        for id in PresetId::ALL {
            let mut experiment = id.preset().experiment();
            assert_eq!(
                Network::new(&experiment).n_parameters(),
                experiment.n_parameters(),
                "{id:?}"
            );
            if let Some(dense) = experiment.architecture.as_dense_mut() {
                dense.tied = true;
            }
            if let Architecture::Convolutional(conv) = &mut experiment.architecture {
                conv.waist = Some(16);
            }
            assert_eq!(
                Network::new(&experiment).n_parameters(),
                experiment.n_parameters(),
                "{id:?}, tied or with a waist"
            );
        }
    }

    #[test]
    fn shapes_hold_as_many_values_as_their_layers() {
        for waist in [None, Some(16)] {
            let mut experiment = PresetId::DenoiseConv32.preset().experiment();
            if let Architecture::Convolutional(conv) = &mut experiment.architecture {
                conv.waist = waist;
                conv.channels = vec![8, 4];
            }
            let network = Network::new(&experiment);
            for (layer, units) in experiment.architecture.layers() {
                let node = network.node(Place::Layer(layer)).expect("it is drawn");
                assert_eq!(node.shape.size(), units, "{layer:?} {waist:?}");
            }
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
