//! What is said of layers, connections and the whole.

use crate::number;
use hourglass_experiment::network::{Link, Network, Node, Place, Shape};
use hourglass_experiment::{Experiment, ImageShape, Kernels, Layer, LayerName, Weights};

/// `1,000`, `14×14×4`.
#[must_use]
pub fn size(shape: Shape) -> String {
    match shape {
        Shape::Units(units) => number::count_of(units),
        Shape::Maps(_) => shape.to_string(),
    }
}

/// A count of few characters: `810`, `785 k`, `1.2 M`.
#[must_use]
pub fn short_count(count: usize) -> String {
    match count {
        0..1_000 => count.to_string(),
        1_000..10_000 => format!("{}.{} k", count / 1_000, count % 1_000 / 100),
        10_000..1_000_000 => format!("{} k", count / 1_000),
        _ => format!("{}.{} M", count / 1_000_000, count % 1_000_000 / 100_000),
    }
}

/// All that is known of a layer without looking at the model: name, size, activation, parameters.
#[must_use]
pub fn facts(network: &Network, node: &Node) -> String {
    let units = match (node.place, node.shape) {
        (Place::Input | Place::Output, _) => values_of(network.image()),
        (_, Shape::Units(1)) => "1 unit".to_owned(),
        (_, Shape::Units(units)) => format!("{} units", number::count_of(units)),
        (_, Shape::Maps(maps)) => format!(
            "{} maps of {}×{}, {} values",
            maps.channels,
            maps.height,
            maps.width,
            number::count_of(node.shape.size())
        ),
    };
    let activation = node
        .activation
        .map_or(String::new(), |activation| format!(", {activation}"));
    let parameters = network.link_to(node.place).map_or(String::new(), |link| {
        format!(", {} parameters", number::count_of(link.n_parameters()))
    });
    format!(
        "{}: {units}{activation}{parameters}",
        name(network, node.place)
    )
}

/// The name of a layer; the code of a variational model is a mean.
#[must_use]
pub fn name(network: &Network, place: Place) -> String {
    if place == Place::Layer(LayerName::Code) && network.log_variance.is_some() {
        return "code μ".to_owned();
    }
    place.label()
}

/// What a connection is.
#[must_use]
pub fn link(network: &Network, link: &Link) -> String {
    let weights = match link.weights {
        Weights::Dense { .. } => "fully connected".to_owned(),
        Weights::Tied { .. } => "the encoder's weights, transposed; its own biases".to_owned(),
        Weights::Convolution {
            kernels: Kernels { kernel, stride, .. },
            ..
        } => {
            let stride = if stride == 1 {
                String::new()
            } else {
                format!(" by {stride}")
            };
            format!("{kernel}×{kernel} convolution{stride}")
        }
    };
    let around = |layers: &[Layer]| -> Vec<String> {
        let words = layers.iter().filter_map(|layer| match layer {
            Layer::Pool {} => Some("2×2 max-pooling".to_owned()),
            Layer::Upsample { .. } => Some("upsampling".to_owned()),
            _ => None, // its values stay as many
        });
        words.collect()
    };
    let [before, after] = [&link.before, &link.after].map(|layers| around(layers));
    let kind = [before, vec![weights], after].concat().join(", ");
    format!(
        "{} to {}: {} parameters, {kind}",
        name(network, link.from),
        name(network, link.to),
        number::count_of(link.n_parameters())
    )
}

/// What happens where the light is: how a layer comes about.
#[must_use]
pub fn making(network: &Network, node: &Node) -> String {
    let Some(link) = network.link_to(node.place) else {
        return format!("what the encoder is shown, {}", values_of(network.image()));
    };
    let Some(from) = network.node(link.from).map(|node| node.shape) else {
        return String::new();
    };
    let then = match node.activation {
        None | Some("linear") => String::new(),
        Some(activation) => format!(", then {activation}"),
    };
    let (units, inputs) = (
        number::count_of(node.shape.n_parts()),
        number::count_of(from.size()),
    );
    let maps = match from.n_parts() {
        1 => "1 map".to_owned(),
        n => format!("{n} maps"),
    };
    let before = link.before.iter().map(|layer| match layer {
        Layer::Upsample { height, width } => format!("maps doubled to {height}×{width}, then "),
        Layer::Pool {} => "the largest of each 2×2, then ".to_owned(),
        _ => String::new(), // what moves no value
    });
    let before: String = before.collect();
    let pooled = link
        .after
        .iter()
        .any(|layer| matches!(layer, Layer::Pool {}));
    let pooled = if pooled {
        ", then the largest of each 2×2"
    } else {
        ""
    };
    let made = match link.weights {
        Weights::Dense { .. } if node.place == Place::Layer(LayerName::Code) => {
            let beside = if network.log_variance.is_some() {
                "; ln σ² beside it in the same way"
            } else {
                ""
            };
            format!(
                "{inputs} inputs compressed into {units}: weighted sums and biases{then}{beside}"
            )
        }
        Weights::Dense { .. } => {
            format!("each of {units} adds {inputs} weighted inputs and a bias{then}")
        }
        Weights::Tied { .. } => format!(
            "each of {units} adds {inputs} inputs, weighted as in the encoder, and a bias{then}"
        ),
        Weights::Convolution {
            kernels: Kernels { kernel, .. },
            ..
        } => {
            let kernels = match node.shape.n_parts() {
                1 => "1 kernel".to_owned(),
                _ => format!("{units} kernels"),
            };
            format!("{kernels} of {kernel}×{kernel} over {maps}{then}")
        }
    };
    format!("{before}{made}{pooled}")
}

/// Numbers of an image: of a gray one they are its pixels.
fn values_of(image: ImageShape) -> String {
    let what = if image.is_gray() { "pixels" } else { "values" };
    format!("{} {what}", image.n_values())
}

/// The whole in one line: parameters, and how much the code is smaller than the picture.
#[must_use]
pub fn total(network: &Network, experiment: &Experiment) -> String {
    let code = experiment.architecture.code_size();
    let pixels = u32::try_from(network.image().n_values()).unwrap_or(u32::MAX);
    let size = u32::try_from(code).unwrap_or(u32::MAX).max(1);
    let ratio = number::three_digits(f64::from(pixels) / f64::from(size));
    let ratio = if ratio.contains('.') {
        ratio.trim_end_matches('0').trim_end_matches('.')
    } else {
        &ratio
    };
    let beside = match network.n_parameters_beside() {
        0 => String::new(),
        n => format!(" + {} beside it", number::count_of(n)),
    };
    format!(
        "{} parameters{beside} · {} : {} code = {ratio} : 1",
        number::count_of(network.n_parameters()),
        values_of(network.image()),
        number::count_of(code)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_experiment::PresetId;

    #[test]
    fn counts_are_short() {
        let texts = [810, 1_234, 64_064, 785_000, 2_837_314].map(short_count);
        assert_eq!(texts, ["810", "1.2 k", "64 k", "785 k", "2.8 M"]);
    }

    #[test]
    fn the_whole_is_told() {
        let experiment = PresetId::Vanilla64.preset().experiment();
        let network = Network::new(&experiment);
        assert_eq!(
            total(&network, &experiment),
            "101,200 parameters · 784 pixels : 64 code = 12.2 : 1"
        );
        let code = network.node(Place::Layer(LayerName::Code));
        let code = facts(&network, code.expect("it is drawn"));
        assert!(
            code.starts_with("code: 64 units, ") && code.ends_with("50,240 parameters"),
            "{code}"
        );
    }
}
