//! Which tensor of a file is meant for which parameter of a model: by name, or by shape and order.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use safetensors::SafeTensors;

use super::layout::torch_shape;
use crate::readback::ParameterValues;
use hourglass_data::name_order;

/// Parts of names that `PyTorch`'s wrappers add: `DataParallel`, `DistributedDataParallel` and `torch.compile`.
const WRAPPERS: [&str; 2] = ["module", "_orig_mod"];

/// A tensor of a file for each parameter of a model, in the model's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairing {
    /// One for each parameter.
    pub pairs: Vec<Pair>,
    /// Whether several tensors have the shape of one parameter, so that their order decides.
    pub is_ambiguous: bool,
}

/// A tensor and the parameter it is meant for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The parameter's name.
    pub parameter: String,
    /// The tensor's name in the file.
    pub tensor: String,
    /// Its shape in the file.
    pub shape: Vec<usize>,
    /// Whether it is a matrix with a row for each input, as Keras has it, instead of one for each unit.
    pub is_transposed: bool,
}

/// How a file stores the weights of a dense layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// A row for each unit: `[outputs, inputs]`.
    Torch,
    /// A row for each input: `[inputs, outputs]`.
    Keras,
}

impl Layout {
    /// A tensor's shape as `PyTorch` would have it.
    fn in_torch(self, shape: &[usize]) -> Vec<usize> {
        match (self, shape) {
            (Self::Keras, &[inputs, outputs]) => vec![outputs, inputs],
            _ => shape.to_vec(),
        }
    }

    fn transposes(self, shape: &[usize]) -> bool {
        self == Self::Keras && shape.len() == 2
    }
}

/// A tensor of a file without its numbers.
#[derive(Clone, Debug)]
struct Stored {
    name: String,
    shape: Vec<usize>,
}

impl Stored {
    /// All of a file, in the order of layers: encoder first, layers by their numbers, a layer's matrix before its
    /// bias.
    fn all(tensors: &SafeTensors<'_>) -> Vec<Self> {
        let mut all: Vec<Self> = tensors
            .iter()
            .map(|(name, tensor)| Self {
                name: name.to_owned(),
                shape: tensor.shape().to_vec(),
            })
            .collect();
        all.sort_by(Self::order);
        all
    }

    fn order(&self, other: &Self) -> Ordering {
        let half = |name: &str| {
            let name = name.to_lowercase();
            let (encodes, decodes) = (name.contains("enc"), name.contains("dec"));
            match (encodes, decodes) {
                (true, false) => 0,
                (false, true) => 2,
                _ => 1,
            }
        };
        half(&self.name)
            .cmp(&half(&other.name))
            .then_with(|| name_order::compare(self.module(), other.module()))
            .then_with(|| other.shape.len().cmp(&self.shape.len()))
            .then_with(|| name_order::compare(&self.name, &other.name))
    }

    /// The name of its layer: all before the last part of its own.
    fn module(&self) -> &str {
        let end = self.name.rfind(['.', '/']).unwrap_or(0);
        &self.name[..end]
    }
}

impl Pairing {
    /// By name, if the file has each parameter under its name, apart from what wrappers add, and nothing else. A
    /// file whose matrices all stand the other way round fits too, which [`Pairing::is_as_stored`] tells.
    pub(super) fn by_name(tensors: &SafeTensors<'_>, model: &[ParameterValues]) -> Option<Self> {
        let names = names(tensors, model);
        if names.len() != model.len() || tensors.len() != model.len() {
            return None;
        }
        let pairs_in = |layout: Layout| -> Option<Vec<Pair>> {
            let pairs = model.iter().map(|parameter| {
                let name = names.get(parameter.name.as_str())?;
                let shape = tensors.tensor(name).ok()?.shape().to_vec();
                (layout.in_torch(&shape) == torch_shape(&parameter.shape)).then(|| Pair {
                    parameter: parameter.name.clone(),
                    tensor: name.clone(),
                    is_transposed: layout.transposes(&shape),
                    shape,
                })
            });
            pairs.collect()
        };
        let pairs = pairs_in(Layout::Torch).or_else(|| pairs_in(Layout::Keras))?;
        Some(Self {
            pairs,
            is_ambiguous: false,
        })
    }

    /// By shape, in the order of layers, if the file has as many tensors of each shape as the model.
    pub(super) fn by_shape(tensors: &SafeTensors<'_>, model: &[ParameterValues]) -> Option<Self> {
        let mut left = Stored::all(tensors);
        if left.len() != model.len() {
            return None;
        }
        let layout = layout_of(&left);
        let n_of = |shape: &[usize], stored: &[Stored]| {
            let same = stored
                .iter()
                .filter(|one| layout.in_torch(&one.shape) == shape);
            same.count()
        };
        let mut is_ambiguous = false;
        let mut found: BTreeMap<&str, Stored> = BTreeMap::new();
        // Matrices first: a bias is then looked for in the layer that its matrix came from.
        let by_rank = |wanted: bool| {
            model
                .iter()
                .filter(move |one| (one.shape.len() > 1) == wanted)
        };
        for parameter in by_rank(true).chain(by_rank(false)) {
            let shape = torch_shape(&parameter.shape);
            let fits = |one: &Stored| layout.in_torch(&one.shape) == shape;
            let layer = parameter
                .name
                .rsplit_once('.')
                .map_or("", |(layer, _)| layer);
            let of_layer = found
                .iter()
                .find(|(name, _)| name.rsplit_once('.').is_some_and(|(of, _)| of == layer))
                .map(|(_, stored)| stored.module().to_owned());
            let beside = |one: &Stored| Some(one.module()) == of_layer.as_deref();
            let in_layer = left.iter().position(|one| fits(one) && beside(one));
            is_ambiguous |= in_layer.is_none() && n_of(&shape, &left) > 1;
            let idx = in_layer.or_else(|| left.iter().position(fits))?;
            found.insert(&parameter.name, left.remove(idx));
        }
        let pairs = model.iter().filter_map(|parameter| {
            let stored = found.remove(parameter.name.as_str())?;
            Some(Pair {
                parameter: parameter.name.clone(),
                tensor: stored.name,
                is_transposed: layout.transposes(&stored.shape),
                shape: stored.shape,
            })
        });
        Some(Self {
            pairs: pairs.collect(),
            is_ambiguous,
        })
    }

    /// Whether every matrix has a row for each unit, so that nothing but names had to be compared.
    pub(super) fn is_as_stored(&self) -> bool {
        !self.pairs.iter().any(|pair| pair.is_transposed)
    }

    /// A line for each pair, and what a person should know of them all.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let pairs = self.pairs.iter().map(Pair::to_string);
        let transposed = (!self.is_as_stored()).then(|| {
            "matrices have a row for each input, as in Keras, and are transposed".to_owned()
        });
        let ambiguous = self.is_ambiguous.then(|| {
            "several have the same shape, and the order of their names decides".to_owned()
        });
        pairs.chain(transposed).chain(ambiguous).collect()
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            parameter,
            tensor,
            shape,
            ..
        } = self;
        write!(f, "{tensor} {shape:?} → {parameter}")
    }
}

impl fmt::Display for Pairing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines().join("; "))
    }
}

/// The file's name for each parameter that it has by name. Wrappers' parts and a common beginning do not count, and
/// the layers of an `nn.Sequential` are counted without what stands between them.
pub(super) fn names<'a>(
    tensors: &SafeTensors<'_>,
    model: &'a [ParameterValues],
) -> BTreeMap<&'a str, String> {
    let stored = tensors.names();
    let cleaned: Vec<String> = stored
        .iter()
        .map(|name| {
            let parts = name.split('.').filter(|part| !WRAPPERS.contains(part));
            parts.collect::<Vec<_>>().join(".")
        })
        .collect();
    let first = cleaned.first().map_or("", String::as_str);
    let beginnings = first.match_indices('.').map(|(end, _)| &first[..=end]);
    let common = [""].into_iter().chain(beginnings).filter(|beginning| {
        let mut names = cleaned.iter();
        names.all(|name| name.starts_with(beginning))
    });
    let known = common.flat_map(|beginning| {
        let rests: Vec<&str> = cleaned
            .iter()
            .map(|name| &name[beginning.len()..])
            .collect();
        let as_they_are = rests.iter().map(|&name| name.to_owned()).collect();
        [as_they_are, of_sequential(&rests)].map(|names: Vec<String>| {
            let found = model.iter().filter_map(|parameter| {
                let idx = names.iter().position(|name| *name == parameter.name)?;
                Some((parameter.name.as_str(), stored[idx].to_owned()))
            });
            found.collect::<BTreeMap<_, _>>()
        })
    });
    // Of equals the first, as they are called.
    known
        .reduce(|best, next| if next.len() > best.len() { next } else { best })
        .unwrap_or_default()
}

/// `encoder.0.weight`, `encoder.2.weight` → `encoder.layers.0.weight`, `encoder.layers.1.weight`: activations stand
/// between the layers of an `nn.Sequential` and are counted there.
fn of_sequential(names: &[&str]) -> Vec<String> {
    /// Its half, its number there and what follows.
    fn parsed(name: &str) -> Option<(&str, usize, &str)> {
        let (half, rest) = name.split_once('.')?;
        let (number, leaf) = rest.split_once('.')?;
        Some((half, number.parse().ok()?, leaf))
    }
    let numbers: BTreeSet<(&str, usize)> = names
        .iter()
        .filter_map(|name| parsed(name))
        .map(|(half, number, _)| (half, number))
        .collect();
    let renamed = names.iter().map(|&name| match parsed(name) {
        Some((half, number, leaf)) => {
            let layer = numbers.range((half, 0)..(half, number)).count();
            format!("{half}.layers.{layer}.{leaf}")
        }
        None => name.to_owned(),
    });
    renamed.collect()
}

/// How a file stores its matrices: a bias tells its layer's units. Where no bias tells, the name does.
fn layout_of(stored: &[Stored]) -> Layout {
    let (mut torch, mut keras) = (0, 0);
    for matrix in stored {
        let &[rows, columns] = matrix.shape.as_slice() else {
            continue;
        };
        let beside = stored
            .iter()
            .find(|one| one.shape.len() == 1 && one.module() == matrix.module());
        match beside.map(|bias| bias.shape[0]) {
            Some(units) if rows != columns && units == rows => torch += 1,
            Some(units) if rows != columns && units == columns => keras += 1,
            _ => {}
        }
    }
    let says_kernel = stored.iter().any(|one| one.name.contains("kernel"));
    if keras > torch || (keras == torch && says_kernel) {
        Layout::Keras
    } else {
        Layout::Torch
    }
}

#[cfg(test)]
mod tests {
    use burn::module::ParamId;
    use safetensors::serialize;
    use safetensors::tensor::{Dtype, TensorView};

    use super::*;

    /// A model of parameters with these names and shapes, `[inputs, outputs]` for matrices.
    fn model(parameters: &[(&str, &[usize])]) -> Vec<ParameterValues> {
        let parameters = parameters.iter();
        parameters
            .map(|(name, shape)| ParameterValues {
                id: ParamId::new(),
                name: (*name).to_owned(),
                shape: shape.to_vec(),
                values: vec![0.0; shape.iter().product()],
            })
            .collect()
    }

    /// An autoencoder 8-3-8.
    fn small() -> Vec<ParameterValues> {
        model(&[
            ("encoder.layers.0.weight", &[8, 3]),
            ("encoder.layers.0.bias", &[3]),
            ("decoder.layers.0.weight", &[3, 8]),
            ("decoder.layers.0.bias", &[8]),
        ])
    }

    fn file(tensors: &[(&str, &[usize])]) -> Vec<u8> {
        let zeros = vec![0_u8; 4096];
        let views = tensors.iter().map(|(name, shape)| {
            let n_bytes = shape.iter().product::<usize>() * 4;
            let view = TensorView::new(Dtype::F32, shape.to_vec(), &zeros[..n_bytes]);
            (*name, view.expect("a tensor"))
        });
        serialize(views.collect::<Vec<_>>(), None).expect("written")
    }

    fn tensors_of(pairing: Option<Pairing>) -> Vec<(String, bool)> {
        let pairs = pairing.expect("it fits").pairs.into_iter();
        pairs
            .map(|pair| (pair.tensor, pair.is_transposed))
            .collect()
    }

    fn by_shape(tensors: &[(&str, &[usize])], model: &[ParameterValues]) -> Option<Pairing> {
        let file = file(tensors);
        Pairing::by_shape(&SafeTensors::deserialize(&file).expect("a file"), model)
    }

    #[test]
    fn what_wrappers_add_to_names_does_not_count() {
        for before in [
            "",
            "module.",
            "_orig_mod.",
            "model.",
            "module._orig_mod.net.",
            "a.b.c.",
        ] {
            let names = small()
                .into_iter()
                .map(|one| format!("{before}{}", one.name));
            let names: Vec<String> = names.collect();
            let shapes: [&[usize]; 4] = [&[3, 8], &[3], &[8, 3], &[8]];
            let tensors: Vec<_> = names.iter().map(String::as_str).zip(shapes).collect();
            let file = file(&tensors);
            let tensors = SafeTensors::deserialize(&file).expect("a file");
            let pairing = Pairing::by_name(&tensors, &small()).expect(before);
            assert!(pairing.is_as_stored());
            assert_eq!(tensors_of(Some(pairing)).len(), 4);
        }
    }

    #[test]
    fn layers_of_a_sequential_are_counted_without_what_is_between_them() {
        let deep = model(&[
            ("encoder.layers.0.weight", &[8, 5]),
            ("encoder.layers.1.weight", &[5, 5]),
            ("encoder.layers.2.weight", &[5, 3]),
            ("decoder.layers.0.weight", &[3, 8]),
        ]);
        let shapes: [&[usize]; 4] = [&[5, 8], &[5, 5], &[3, 5], &[8, 3]];
        for beginning in ["", "module.", "net."] {
            let names = ["encoder.2", "encoder.4", "encoder.10", "decoder.0"];
            let names = names.map(|layer| format!("{beginning}{layer}.weight"));
            let tensors: Vec<_> = names.iter().map(String::as_str).zip(shapes).collect();
            let file = file(&tensors);
            let tensors = SafeTensors::deserialize(&file).expect("a file");
            let found = tensors_of(Pairing::by_name(&tensors, &deep));
            assert_eq!(found, names.map(|name| (name, false)));
        }
    }

    #[test]
    fn layers_are_paired_in_order_whatever_they_are_called() {
        for [first, second] in [
            ["fc1", "fc2"],
            ["encoder.0", "decoder.0"],
            ["net.2", "net.10"],
        ] {
            let [weight, bias] =
                ["weight", "bias"].map(|leaf| move |layer| format!("{layer}.{leaf}"));
            let names = [weight(first), bias(first), weight(second), bias(second)];
            let shapes: [&[usize]; 4] = [&[3, 8], &[3], &[8, 3], &[8]];
            let tensors: Vec<_> = names.iter().map(String::as_str).zip(shapes).collect();
            let pairing = by_shape(&tensors, &small()).expect(first);
            assert!(!pairing.is_ambiguous, "{first}");
            let expected: Vec<_> = names.into_iter().map(|name| (name, false)).collect();
            assert_eq!(tensors_of(Some(pairing)), expected);
        }
    }

    #[test]
    fn a_bias_tells_which_way_round_its_matrix_stands() {
        // The shapes alone are those of the other layout with the halves exchanged.
        let tensors: [(&str, &[usize]); 4] = [
            ("dense/kernel", &[8, 3]),
            ("dense/bias", &[3]),
            ("dense_1/kernel", &[3, 8]),
            ("dense_1/bias", &[8]),
        ];
        let pairing = by_shape(&tensors, &small()).expect("it fits");
        assert!(
            pairing
                .lines()
                .iter()
                .any(|line| line.contains("transposed"))
        );
        let expected = [
            ("dense/kernel", true),
            ("dense/bias", false),
            ("dense_1/kernel", true),
            ("dense_1/bias", false),
        ];
        assert_eq!(
            tensors_of(Some(pairing)),
            expected.map(|(name, is)| (name.to_owned(), is))
        );
    }

    #[test]
    fn a_bias_follows_its_matrix_and_what_only_order_tells_is_said() {
        let deep = model(&[
            ("encoder.layers.0.weight", &[8, 5]),
            ("encoder.layers.0.bias", &[5]),
            ("encoder.layers.1.weight", &[5, 2]),
            ("encoder.layers.1.bias", &[2]),
            ("log_variance.weight", &[5, 2]),
            ("log_variance.bias", &[2]),
        ]);
        let tensors: [(&str, &[usize]); 6] = [
            ("hidden.weight", &[5, 8]),
            ("hidden.bias", &[5]),
            ("mean.weight", &[2, 5]),
            ("mean.bias", &[2]),
            ("variance.weight", &[2, 5]),
            ("variance.bias", &[2]),
        ];
        let pairing = by_shape(&tensors, &deep).expect("it fits");
        assert!(pairing.is_ambiguous);
        let names: Vec<_> = tensors_of(Some(pairing))
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, tensors.map(|(name, _)| name));
    }

    #[test]
    fn other_shapes_do_not_fit() {
        let tensors: [(&str, &[usize]); 4] = [
            ("a.w", &[3, 9]),
            ("a.b", &[3]),
            ("b.w", &[9, 3]),
            ("b.b", &[9]),
        ];
        assert_eq!(by_shape(&tensors, &small()), None);
        assert_eq!(by_shape(&tensors[..2], &small()), None);
    }
}
