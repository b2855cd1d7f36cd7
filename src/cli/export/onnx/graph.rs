//! A network as a graph of ONNX, from the blocks of its architecture and its weights.

use anyhow::{Context, Result};

use hourglass_experiment::{Activation, Block, ImageShape, Layer, Shape, Weights};

use super::protobuf::Message;
use super::tensor::Tensor;
use super::weights::{Half, Named};

/// The version of the operators: old enough for every runtime, new enough for all that is needed.
const OPSET: i64 = 17;

/// The version of the format that came with it.
const IR: i64 = 8;

/// The name of the number of images, which may be any.
const ANY: &str = "n";

const FLOAT: i64 = 1;
const INT64: i64 = 7;

/// A graph that grows by nodes.
#[derive(Debug, Default)]
pub(super) struct Graph {
    nodes: Vec<Message>,
    constants: Vec<Message>,
    /// Names of the weights among the constants.
    tensors: Vec<String>,
    inputs: Vec<Message>,
    outputs: Vec<Message>,
    n_values: usize,
}

/// A value of the graph.
#[derive(Clone, Debug)]
pub(super) struct Value {
    name: String,
    shape: Shape,
}

impl Graph {
    /// Images that come in: `[n, channels, height, width]`, 0 to 1.
    pub(super) fn images(&mut self, image: ImageShape) -> Value {
        self.input("images", Shape::Maps(image))
    }

    /// Codes that come in: `[n, size]`.
    pub(super) fn codes(&mut self, size: usize) -> Value {
        self.input("code", Shape::Units(size))
    }

    fn input(&mut self, name: &str, shape: Shape) -> Value {
        self.inputs.push(info(name, shape));
        Value {
            name: name.to_owned(),
            shape,
        }
    }

    /// Has a value go out under a name.
    pub(super) fn put_out(&mut self, value: &Value, name: &str) {
        self.outputs.push(info(name, value.shape));
        self.named("Identity", &[&value.name], Vec::new(), name);
    }

    /// The code, and what its variance is made of, where there is one: of each image `[n, size]`.
    pub(super) fn encoder(
        &mut self,
        blocks: &[Block],
        images: &Value,
        weights: &Named<'_>,
    ) -> Result<(Value, Option<Value>)> {
        let mut value = images.clone();
        let mut log_variance = None;
        for (idx, block) in blocks.iter().enumerate() {
            let met = self.before(block, value);
            if idx + 1 == blocks.len() && weights.has_variance() {
                let rows = self.as_units(met.clone());
                log_variance = Some(self.dense(&rows, &weights.of_variance()?, false)?);
            }
            value = self.block(block, idx, &met, Half::Encoder, weights)?;
        }
        Ok((self.as_units(value), log_variance))
    }

    /// The reconstruction of codes: `[n, channels, height, width]`.
    pub(super) fn decoder(
        &mut self,
        blocks: &[Block],
        code: &Value,
        weights: &Named<'_>,
        (image, output): (ImageShape, Activation),
    ) -> Result<Value> {
        let mut value = code.clone();
        for (idx, block) in blocks.iter().enumerate() {
            let met = self.before(block, value);
            value = self.block(block, idx, &met, Half::Decoder, weights)?;
        }
        let maps = self.as_shape(value, Shape::Maps(image));
        Ok(self.activate(output, maps))
    }

    /// What is done before a block's weights.
    fn before(&mut self, block: &Block, value: Value) -> Value {
        let value = self.as_shape(value, block.from);
        let value = self.through(&block.before, value);
        self.as_shape(value, block.met)
    }

    fn block(
        &mut self,
        block: &Block,
        idx: usize,
        met: &Value,
        half: Half,
        weights: &Named<'_>,
    ) -> Result<Value> {
        let made = match block.weights {
            Weights::Dense { .. } => self.dense(met, &weights.layer(half, idx)?, false)?,
            Weights::Tied { .. } => self.dense(met, &weights.tied(idx)?, true)?,
            Weights::Convolution { kernels, .. } => {
                let [kernel, bias] = weights.layer(half, idx)?;
                let names = [self.tensor(&kernel), self.tensor(&bias)];
                let shape = Layer::Convolution(kernels).output(met.shape);
                let shape = shape.map_err(anyhow::Error::msg)?;
                let four = |value: usize| vec![value; 4];
                let attributes = vec![
                    ints("kernel_shape", &[kernels.kernel, kernels.kernel]),
                    ints("strides", &[kernels.stride, kernels.stride]),
                    ints("pads", &four(kernels.padding)),
                ];
                let inputs = [&*met.name, &names[0], &names[1]];
                self.node("Conv", &inputs, attributes, shape)
            }
        };
        let after = self.through(&block.after, made);
        Ok(self.as_shape(after, block.to))
    }

    /// `x Wᵀ + b`; of tied weights, which are those of the mirrored layer, `x W + b`.
    fn dense(
        &mut self,
        from: &Value,
        [weight, bias]: &[Tensor<'_>; 2],
        is_tied: bool,
    ) -> Result<Value> {
        let units = *bias.dims.first().context("a bias has a side")?;
        let names = [self.tensor(weight), self.tensor(bias)];
        let attributes = vec![int("transB", i64::from(!is_tied))];
        let inputs = [&*from.name, &names[0], &names[1]];
        Ok(self.node("Gemm", &inputs, attributes, Shape::Units(units)))
    }

    fn through(&mut self, layers: &[Layer], value: Value) -> Value {
        layers
            .iter()
            .fold(value, |value, &layer| self.layer(layer, value))
    }

    /// What a layer without weights makes of a value.
    fn layer(&mut self, layer: Layer, value: Value) -> Value {
        let Ok(shape) = layer.output(value.shape) else {
            return value; // shapes were inferred before: it fits
        };
        match layer {
            Layer::Activation { function } => self.activate(function, value),
            Layer::Pool {} => {
                let attributes = vec![
                    ints("kernel_shape", &[2, 2]),
                    ints("strides", &[2, 2]),
                    int("ceil_mode", 1),
                ];
                self.node("MaxPool", &[&value.name], attributes, shape)
            }
            Layer::Upsample { height, width } => self.upsample(value, [height, width]),
            Layer::Flatten {} | Layer::Reshape(_) => self.as_shape(value, shape),
            Layer::Dense { .. } | Layer::Convolution(_) => value, // weights belong to the block
        }
    }

    /// Twice as high and wide, then cut.
    fn upsample(&mut self, value: Value, [height, width]: [usize; 2]) -> Value {
        let Shape::Maps(from) = value.shape else {
            return value;
        };
        let scales = self.constant(floats(&[4], &[1.0, 1.0, 2.0, 2.0]));
        let twice = ImageShape {
            height: 2 * from.height,
            width: 2 * from.width,
            ..from
        };
        let attributes = vec![
            text("mode", "nearest"),
            text("coordinate_transformation_mode", "asymmetric"),
            text("nearest_mode", "floor"),
        ];
        let inputs = [&*value.name, "", &scales];
        let value = self.node("Resize", &inputs, attributes, Shape::Maps(twice));
        if [height, width] == [twice.height, twice.width] {
            return value;
        }
        let names = [
            self.constant(integers(&[0, 0])),
            self.constant(integers(&[height, width].map(signed))),
            self.constant(integers(&[2, 3])),
        ];
        let cut = ImageShape {
            height,
            width,
            ..from
        };
        let inputs = [&*value.name, &names[0], &names[1], &names[2]];
        self.node("Slice", &inputs, Vec::new(), Shape::Maps(cut))
    }

    fn activate(&mut self, function: Activation, value: Value) -> Value {
        let shape = value.shape;
        let (operator, attributes) = match function {
            Activation::Linear => return value,
            Activation::Sigmoid => ("Sigmoid", Vec::new()),
            Activation::Tanh => ("Tanh", Vec::new()),
            Activation::Relu => ("Relu", Vec::new()),
            Activation::LeakyRelu => ("LeakyRelu", vec![float("alpha", 0.01)]),
            Activation::Elu => ("Elu", vec![float("alpha", 1.0)]),
            Activation::Gelu => return self.gelu(&value),
        };
        self.node(operator, &[&value.name], attributes, shape)
    }

    /// `x Φ(x) = x/2 (1 + erf(x/√2))`; an operator of its own only came with a later version.
    fn gelu(&mut self, value: &Value) -> Value {
        let number = |graph: &mut Self, value: f32| graph.constant(floats(&[], &[value]));
        let constants = [
            number(self, std::f32::consts::FRAC_1_SQRT_2),
            number(self, 1.0),
            number(self, 0.5),
        ];
        let [root, one, half] = &constants;
        let mut then = |operator: &str, a: &str, b: Option<&str>| {
            let inputs: Vec<&str> = [a].into_iter().chain(b).collect();
            self.node(operator, &inputs, Vec::new(), value.shape)
        };
        let scaled = then("Mul", &value.name, Some(root));
        let erf = then("Erf", &scaled.name, None);
        let share = then("Add", &erf.name, Some(one));
        let share = then("Mul", &share.name, Some(half));
        then("Mul", &value.name, Some(&share.name))
    }

    fn as_units(&mut self, value: Value) -> Value {
        let units = Shape::Units(value.shape.size());
        self.as_shape(value, units)
    }

    /// The same numbers in another shape.
    fn as_shape(&mut self, value: Value, shape: Shape) -> Value {
        if value.shape == shape {
            return value;
        }
        let mut dims = vec![-1];
        dims.extend(sides(shape).into_iter().map(signed));
        let dims = self.constant(integers(&dims));
        self.node("Reshape", &[&value.name, &dims], Vec::new(), shape)
    }

    fn node(
        &mut self,
        operator: &str,
        inputs: &[&str],
        attributes: Vec<Message>,
        shape: Shape,
    ) -> Value {
        self.n_values += 1;
        let name = format!("{}_{}", operator.to_lowercase(), self.n_values);
        self.named(operator, inputs, attributes, &name);
        Value { name, shape }
    }

    fn named(&mut self, operator: &str, inputs: &[&str], attributes: Vec<Message>, output: &str) {
        let node = inputs
            .iter()
            .fold(Message::default(), |node, input| node.text(1, input));
        let node = node
            .text(2, output)
            .text(3, &format!("make_{output}"))
            .text(4, operator);
        self.nodes.push(node.messages(5, attributes));
    }

    /// Adds weights, unless they are there already.
    fn tensor(&mut self, tensor: &Tensor<'_>) -> String {
        if self.tensors.iter().any(|known| known == tensor.name) {
            return tensor.name.to_owned(); // tied weights are used twice
        }
        self.tensors.push(tensor.name.to_owned());
        let array = array(tensor.dims, FLOAT, tensor.values);
        self.constants.push(array.text(8, tensor.name));
        tensor.name.to_owned()
    }

    fn constant(&mut self, tensor: Message) -> String {
        self.n_values += 1;
        let name = format!("constant_{}", self.n_values);
        self.constants.push(tensor.text(8, &name));
        name
    }

    /// The whole file. `facts` are what is known about it.
    pub(super) fn file(self, name: &str, facts: &[(&str, String)]) -> Vec<u8> {
        let graph = Message::default()
            .messages(1, self.nodes)
            .text(2, name)
            .messages(5, self.constants)
            .messages(11, self.inputs)
            .messages(12, self.outputs);
        let facts = facts
            .iter()
            .map(|(key, value)| Message::default().text(1, key).text(2, value));
        let operators = Message::default().text(1, "").int(2, OPSET);
        Message::default()
            .int(1, IR)
            .text(2, "Hourglass")
            .text(3, env!("CARGO_PKG_VERSION"))
            .message(7, graph)
            .message(8, operators)
            .messages(14, facts.collect())
            .into_bytes()
    }
}

fn sides(shape: Shape) -> Vec<usize> {
    match shape {
        Shape::Units(units) => vec![units],
        Shape::Maps(maps) => vec![maps.channels, maps.height, maps.width],
    }
}

/// What comes in or goes out: any number of images.
fn info(name: &str, shape: Shape) -> Message {
    let dims = Message::default().message(1, Message::default().text(2, ANY));
    let dims = sides(shape).iter().fold(dims, |dims, &side| {
        dims.message(1, Message::default().size(1, side))
    });
    let tensor = Message::default().int(1, FLOAT).message(2, dims);
    let kind = Message::default().message(1, tensor);
    Message::default().text(1, name).message(2, kind)
}

fn floats(dims: &[usize], values: &[f32]) -> Message {
    let bytes: Vec<u8> = values.iter().copied().flat_map(f32::to_le_bytes).collect();
    array(dims, FLOAT, &bytes)
}

/// Whole numbers in a row.
fn integers(values: &[i64]) -> Message {
    let bytes: Vec<u8> = values.iter().copied().flat_map(i64::to_le_bytes).collect();
    array(&[values.len()], INT64, &bytes)
}

/// An array without a name; its numbers have the lowest byte first.
fn array(dims: &[usize], kind: i64, bytes: &[u8]) -> Message {
    let message = dims
        .iter()
        .fold(Message::default(), |message, &side| message.size(1, side));
    message.int(2, kind).bytes(9, bytes)
}

/// A side as ONNX counts it.
fn signed(side: usize) -> i64 {
    i64::try_from(side).unwrap_or(i64::MAX)
}

/// Attributes of a node, each with the number of its kind.
fn float(name: &str, value: f32) -> Message {
    Message::default().text(1, name).float(2, value).int(20, 1)
}

fn int(name: &str, value: i64) -> Message {
    Message::default().text(1, name).int(3, value).int(20, 2)
}

fn text(name: &str, value: &str) -> Message {
    Message::default().text(1, name).text(4, value).int(20, 3)
}

fn ints(name: &str, values: &[usize]) -> Message {
    let message = Message::default().text(1, name);
    let message = values
        .iter()
        .fold(message, |message, &value| message.size(8, value));
    message.int(20, 7)
}
