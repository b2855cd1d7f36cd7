//! Weights under `PyTorch`'s names and layout: what is in the file, what comes back, what does not fit.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;

use hourglass::experiment::{Activation, Architecture, Convolutional, Experiment, PresetId};
use hourglass::protocol::Matching;
use hourglass::train::weights::WeightsError;
use hourglass::train::{Trainer, digits};
use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensors, serialize};

use super::trainer;
use crate::training::{listed, take};

fn preset(id: PresetId) -> Experiment {
    id.preset().experiment()
}

/// A small network of each kind whose weights have names of their own.
pub(super) fn kinds() -> Vec<(&'static str, Experiment)> {
    let dense = |id, hidden: &[usize], code, tied| {
        let mut experiment = preset(id);
        let dense = experiment.architecture.as_dense_mut().expect("dense");
        dense.hidden = hidden.to_vec();
        (dense.code, dense.tied) = (code, tied);
        experiment
    };
    let mut bottleneck = preset(PresetId::Conv4);
    if let Architecture::Convolutional(Convolutional {
        channels,
        bottleneck,
        hidden_activation,
        ..
    }) = &mut bottleneck.architecture
    {
        (*channels, *bottleneck) = (vec![3, 5, 4], Some(6)); // 28, 14, 7, 4: one side is odd
        *hidden_activation = Activation::Elu;
    }
    vec![
        ("dense", dense(PresetId::Multilayer64, &[20, 12], 6, false)),
        ("tied", dense(PresetId::Vanilla64, &[16], 5, true)),
        ("variational", dense(PresetId::Vae2, &[16], 2, false)),
        ("convolutional", preset(PresetId::Conv4)),
        ("with a bottleneck", bottleneck),
        ("a list", listed()),
    ]
}

pub(super) fn trained(experiment: &Experiment) -> Trainer {
    let mut trainer = trainer(experiment);
    take(&mut trainer, 12);
    trainer
}

/// Images `[n, 784]` and what the model makes of them.
fn rebuilt(trainer: &mut Trainer, samples: &[u32]) -> (Vec<f32>, Vec<f32>) {
    let view = digits(trainer, samples).expect("looked at");
    (view.originals, view.reconstructions)
}

fn floats(tensor: &TensorView<'_>) -> Vec<f32> {
    let (quads, rest) = tensor.data().as_chunks::<4>();
    assert!(rest.is_empty());
    quads.iter().map(|quad| f32::from_le_bytes(*quad)).collect()
}

#[test]
fn the_file_has_pytorchs_names_its_layout_and_the_models_values() {
    for (kind, experiment) in kinds() {
        let trainer = trained(&experiment);
        let file = trainer.weights().expect("written");
        let tensors = SafeTensors::deserialize(&file).expect("a safetensors file");
        let mut n_values = 0;
        for parameter in trainer.checkpoint().expect("read back").parameters {
            let tensor = tensors.tensor(&parameter.name).expect(&parameter.name);
            let found = floats(&tensor);
            n_values += found.len();
            let Ok([inputs, outputs]) = <[usize; 2]>::try_from(parameter.shape.clone()) else {
                assert_eq!(tensor.shape(), parameter.shape, "{kind}");
                assert_eq!(found, parameter.values, "{kind}");
                continue;
            };
            assert_eq!(
                tensor.shape(),
                [outputs, inputs],
                "{kind}: a row for each unit"
            );
            for (i, o) in [
                (0, 0),
                (inputs - 1, 0),
                (1, outputs - 1),
                (inputs - 1, outputs - 1),
            ] {
                let (theirs, ours) = (found[o * inputs + i], parameter.values[i * outputs + o]);
                assert_eq!(theirs.to_bits(), ours.to_bits(), "{kind}: {i}, {o}");
            }
        }
        assert_eq!(n_values, experiment.n_parameters(), "{kind}");
    }
}

#[test]
fn names_are_those_of_modules_in_pytorch() {
    let expected: HashMap<&str, &[&str]> = HashMap::from([
        (
            "dense",
            &["encoder.layers.2.weight", "decoder.layers.2.bias"][..],
        ),
        ("tied", &["encoder.layers.1.weight", "decoder.biases.1"]),
        ("variational", &["log_variance.weight", "log_variance.bias"]),
        (
            "convolutional",
            &["encoder.levels.0.weight", "decoder.output.bias"],
        ),
        (
            "with a bottleneck",
            &["encoder.waist.weight", "decoder.levels.2.weight"],
        ),
        (
            "a list",
            &["encoder.layers.3.bias", "decoder.layers.2.weight"],
        ),
    ]);
    for (kind, experiment) in kinds() {
        let file = trainer(&experiment).weights().expect("written");
        let tensors = SafeTensors::deserialize(&file).expect("a safetensors file");
        for name in expected[kind] {
            assert!(
                tensors.tensor(name).is_ok(),
                "{kind} lacks {name}: {:?}",
                tensors.names()
            );
        }
    }
}

#[test]
fn weights_come_back_to_the_last_bit() {
    for (kind, experiment) in kinds() {
        let mut source = trained(&experiment);
        let file = source.weights().expect("written");
        let mut other = experiment.clone();
        other.seed = 99;
        let mut target = trainer(&other);
        assert_ne!(
            rebuilt(&mut target, &[3, 4]),
            rebuilt(&mut source, &[3, 4]),
            "{kind}"
        );
        target
            .take_weights(&file, Matching::ByName)
            .expect("they fit");
        assert_eq!(
            rebuilt(&mut target, &[3, 4]),
            rebuilt(&mut source, &[3, 4]),
            "{kind}"
        );
        let objectives = take(&mut target, 20); // and they are trained further
        assert!(objectives[19] < objectives[0], "{kind}: {objectives:?}");
    }
}

/// A file with some tensors changed.
fn with(
    file: &[u8],
    change: impl Fn(&mut HashMap<String, (Dtype, Vec<usize>, Vec<u8>)>),
) -> Vec<u8> {
    let tensors = SafeTensors::deserialize(file).expect("a safetensors file");
    let mut all: HashMap<String, (Dtype, Vec<usize>, Vec<u8>)> = tensors
        .tensors()
        .into_iter()
        .map(|(name, view)| {
            let content = (view.dtype(), view.shape().to_vec(), view.data().to_vec());
            (name, content)
        })
        .collect();
    change(&mut all);
    let views = all.iter().map(|(name, (dtype, shape, data))| {
        let view = TensorView::new(*dtype, shape.clone(), data).expect("fits itself");
        (name, view)
    });
    serialize(views, None).expect("a safetensors file")
}

#[test]
fn what_does_not_fit_is_named_and_nothing_changes() {
    const NAME: &str = "encoder.layers.0.weight";
    let mut trainer = trained(&preset(PresetId::Vanilla64));
    let file = trainer.weights().expect("written");
    let before = rebuilt(&mut trainer, &[1]);
    let cases: [(&str, Vec<u8>); 5] = [
        (
            "lacks encoder.layers.0.weight",
            with(&file, |all| {
                all.remove(NAME);
            }),
        ),
        (
            "has scale [1], which this model does not have",
            with(&file, |all| {
                all.insert("scale".to_owned(), (Dtype::F32, vec![1], vec![0; 4]));
            }),
        ),
        (
            "encoder.layers.0.weight is [392, 128] in it and [64, 784] in this model",
            with(&file, |all| {
                all.get_mut(NAME).expect("there").1 = vec![392, 128];
            }),
        ),
        (
            "decoder.layers.0.bias contains I64 values: save the weights as float32",
            with(&file, |all| {
                *all.get_mut("decoder.layers.0.bias").expect("there") =
                    (Dtype::I64, vec![784], vec![0; 784 * 8]);
            }),
        ),
        (
            "decoder.layers.0.bias contains infinite numbers or NaN",
            with(&file, |all| {
                let bias = all.get_mut("decoder.layers.0.bias").expect("there");
                bias.2[..4].copy_from_slice(&f32::NAN.to_le_bytes());
            }),
        ),
    ];
    for (expected, damaged) in cases {
        let error = trainer
            .take_weights(&damaged, Matching::ByShape)
            .expect_err(expected);
        assert!(error.to_string().contains(expected), "{error}");
    }
    assert_eq!(rebuilt(&mut trainer, &[1]), before);
}

/// The file with other names, of which each is made from one of the model's.
fn renamed(file: &[u8], rename: impl Fn(&str) -> String) -> Vec<u8> {
    with(file, |all| {
        *all = all
            .drain()
            .map(|(name, content)| (rename(&name), content))
            .collect();
    })
}

/// The file with its matrices the other way round, as Keras has them.
fn with_rows_for_inputs(file: &[u8]) -> Vec<u8> {
    with(file, |all| {
        for (_, shape, bytes) in all.values_mut() {
            if let [rows, columns] = *shape.as_slice() {
                let at = |row, column| row * columns + column;
                let quads = bytes.as_chunks::<4>().0;
                let cells = (0..columns).flat_map(|column| (0..rows).map(move |row| (row, column)));
                *bytes = cells
                    .flat_map(|(row, column)| quads[at(row, column)])
                    .collect();
                shape.reverse();
            }
        }
    })
}

#[test]
fn names_of_wrappers_are_seen_through() {
    for (kind, experiment) in kinds() {
        let mut source = trained(&experiment);
        let file = source.weights().expect("written");
        let others: [fn(&str) -> String; 4] = [
            |name| format!("module.{name}"),
            |name| format!("_orig_mod.{name}"),
            |name| format!("autoencoder.module.{name}"),
            |name| name.replace("layers.", ""), // as in an `nn.Sequential`
        ];
        for other in others {
            let file = renamed(&file, other);
            let mut target = trainer(&experiment);
            target
                .take_weights(&file, Matching::ByName)
                .expect("the same names behind the wrapper's");
            let both = [&mut target, &mut source].map(|one| rebuilt(one, &[3, 4]));
            assert_eq!(both[0], both[1], "{kind}");
        }
    }
}

#[test]
fn weights_under_other_names_or_the_other_way_round_are_offered_and_taken_by_shape() {
    let experiment = preset(PresetId::Vanilla64);
    let mut source = trained(&experiment);
    let file = source.weights().expect("written");
    let fc = |name: &str| {
        let layer = if name.starts_with("encoder") {
            "fc1"
        } else {
            "fc2"
        };
        name.rsplit_once('.')
            .map_or(layer.to_owned(), |(_, leaf)| format!("{layer}.{leaf}"))
    };
    let cases = [
        (
            "fc1.weight [64, 784] → encoder.layers.0.weight",
            renamed(&file, fc),
        ),
        (
            "enc.0.weight [64, 784] → encoder.layers.0.weight",
            renamed(&file, |name| name.replace("oder.layers", "")),
        ),
        (
            "encoder.layers.0.weight [784, 64] → encoder.layers.0.weight",
            with_rows_for_inputs(&file),
        ),
        (
            "fc2.weight [64, 784] → decoder.layers.0.weight",
            with_rows_for_inputs(&renamed(&file, fc)),
        ),
    ];
    for (expected, file) in cases {
        let mut target = trainer(&experiment);
        let before = rebuilt(&mut target, &[3, 4]);
        let error = target
            .take_weights(&file, Matching::ByName)
            .expect_err("only offered");
        assert!(error.to_string().contains(expected), "{error}");
        assert!(matches!(error, WeightsError::FitsByShape(_)), "{error}");
        assert_eq!(rebuilt(&mut target, &[3, 4]), before);
        target
            .take_weights(&file, Matching::ByShape)
            .expect("they fit");
        assert_eq!(rebuilt(&mut target, &[3, 4]), rebuilt(&mut source, &[3, 4]));
    }
}

#[test]
fn hostile_and_damaged_files_are_refused_without_taking_memory() {
    let mut trainer = trainer(&preset(PresetId::Vanilla64));
    let file = trainer.weights().expect("written");
    let header = |json: &str| {
        let length = (json.len() as u64).to_le_bytes();
        [&length[..], json.as_bytes()].concat()
    };
    let huge = r#"{"encoder.layers.0.weight":{"dtype":"F32","shape":[4294967295,4294967295],"data_offsets":[0,18446744065119617025]}}"#;
    let far = r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[9223372036854775807,9223372036854775811]}}"#;
    let negative = r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}"#;
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let mut flipped = file.clone();
    flipped[20] ^= 0x40; // in the header
    let files: Vec<Vec<u8>> = vec![
        Vec::new(),
        file[..7].to_vec(),
        file[..file.len() / 2].to_vec(),
        [&file[..], b"more"].concat(),
        u64::MAX.to_le_bytes().to_vec(),
        (1_u64 << 40).to_le_bytes().repeat(4),
        header(huge),
        header(far),
        header(negative),
        header(&nested),
        header("{}"),
        b"\x89PNG\r\n\x1a\n and so on".to_vec(),
        flipped,
    ];
    for (idx, file) in files.iter().enumerate() {
        let error = trainer
            .take_weights(file, Matching::ByShape)
            .expect_err("no weights");
        let is_named = matches!(
            error,
            WeightsError::Format(_) | WeightsError::Missing { .. } | WeightsError::Damaged
        );
        assert!(is_named, "file {idx}: {error}");
    }
}

/// The script that is shipped gives the same codes and images, where there is a Python that can run it.
#[test]
fn pytorch_rebuilds_the_same_images() {
    let python = std::env::var("HOURGLASS_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let can_run = Command::new(&python)
        .args(["-c", "import torch, safetensors.torch"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !can_run {
        // Past the test's own output, which is shown only when it fails.
        writeln!(
            io::stderr(),
            "NOT CHECKED: assets/pytorch/reconstruct.py, because {python} has no torch and safetensors \
             (HOURGLASS_PYTHON names another Python)"
        )
        .expect("written");
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (kind, experiment) in kinds() {
        let mut trainer = trained(&experiment);
        let (images, expected) = rebuilt(&mut trainer, &[0, 1, 2, 3, 4, 5, 6, 7]);
        let found = in_pytorch(&python, folder.path(), &trainer, &images);
        // Sums in another order: a few units in the last place of single precision.
        let largest = found.iter().zip(&expected).map(|(a, b)| (a - b).abs());
        let largest = largest.fold(0.0_f32, f32::max);
        assert!(largest < 2e-5, "{kind}: {largest}");
        assert_eq!(found.len(), expected.len(), "{kind}");
    }
}

fn in_pytorch(python: &str, folder: &Path, trainer: &Trainer, images: &[f32]) -> Vec<f32> {
    let file = |name: &str| folder.join(format!("{name}.safetensors"));
    let bytes: Vec<u8> = images
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    let view = TensorView::new(Dtype::F32, vec![images.len() / 784, 784], &bytes).expect("fits");
    let input = serialize([("images", view)], None).expect("a safetensors file");
    std::fs::write(file("images"), input).expect("written");
    std::fs::write(file("model"), trainer.weights().expect("written")).expect("written");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/pytorch/reconstruct.py");
    let output = Command::new(python)
        .arg(script)
        .args([file("model"), file("images"), file("out")])
        .output()
        .expect("Python starts");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{message}");
    let out = std::fs::read(file("out")).expect("written");
    let out = SafeTensors::deserialize(&out).expect("a safetensors file");
    floats(&out.tensor("reconstruction").expect("there"))
}
