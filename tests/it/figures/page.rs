//! The page for a browser: its decoder is the program's, and the file has what it must.

use hourglass::experiment::{Activation, Experiment, ImageShape, Layer, PresetId, Shape, Term};
use hourglass::figure::{Curve, FigureKind, Format, Group, Loss, Split};
use hourglass::protocol::{
    CodeSelection, DecodeRequest, Gather, Numbers, PageNumbers, PlainDecoder, PlainLayer, Requester,
};
use hourglass::train::{Trainer, decode};

use super::{content, gather, preset, request, text, trained};
use crate::training::listed;

fn numbers(trainer: &mut Trainer) -> PageNumbers {
    let Numbers::Page(numbers) = gather(trainer, &Gather::Page(vec![3, 1])).numbers else {
        panic!("a page was asked for");
    };
    *numbers
}

/// A decoder, as the page's script runs it.
fn forward(decoder: &PlainDecoder, code: &[f32]) -> Vec<f32> {
    decoder
        .layers
        .iter()
        .fold(code.to_vec(), |values, layer| through(layer, &values))
}

fn through(layer: &PlainLayer, values: &[f32]) -> Vec<f32> {
    let maps = |shape: Shape| shape.maps().unwrap_or_default();
    let (from, to) = (maps(layer.from), maps(layer.to));
    let at = |shape: ImageShape, channel: usize, y: usize, x: usize| {
        (channel * shape.height + y) * shape.width + x
    };
    let places = || {
        let rows = (0..to.channels).flat_map(|channel| (0..to.height).map(move |y| (channel, y)));
        rows.flat_map(|(channel, y)| (0..to.width).map(move |x| (channel, y, x)))
    };
    match layer.layer {
        Layer::Dense { units } => (0..units)
            .map(|unit| {
                let row = &layer.weights[unit * values.len()..][..values.len()];
                let sum: f32 = row.iter().zip(values).map(|(w, v)| w * v).sum();
                sum + layer.biases[unit]
            })
            .collect(),
        Layer::Convolution(kernels) => {
            let side = kernels.kernel;
            let one = |(channel, row, column): (usize, usize, usize)| {
                let mut sum = layer.biases[channel];
                for input in 0..from.channels {
                    for (ky, kx) in (0..side * side).map(|place| (place / side, place % side)) {
                        let inside = |step: usize, k: usize, end: usize| {
                            (step * kernels.stride + k)
                                .checked_sub(kernels.padding)
                                .filter(|&place| place < end)
                        };
                        let y = inside(row, ky, from.height);
                        let x = inside(column, kx, from.width);
                        if let (Some(y), Some(x)) = (y, x) {
                            let weight =
                                ((channel * from.channels + input) * side + ky) * side + kx;
                            sum += layer.weights[weight] * values[at(from, input, y, x)];
                        }
                    }
                }
                sum
            };
            places().map(one).collect()
        }
        Layer::Pool {} => {
            let one = |(channel, row, column): (usize, usize, usize)| {
                let ys = 2 * row..(2 * row + 2).min(from.height);
                let xs = move || 2 * column..(2 * column + 2).min(from.width);
                let all = ys.flat_map(|y| xs().map(move |x| (y, x)));
                all.map(|(y, x)| values[at(from, channel, y, x)])
                    .fold(f32::NEG_INFINITY, f32::max)
            };
            places().map(one).collect()
        }
        Layer::Upsample { .. } => places()
            .map(|(channel, row, column)| values[at(from, channel, row / 2, column / 2)])
            .collect(),
        Layer::Flatten {} | Layer::Reshape(_) => values.to_vec(),
        Layer::Activation { function } => values.iter().map(|&z| activate(function, z)).collect(),
    }
}

fn activate(function: Activation, z: f32) -> f32 {
    match function {
        Activation::Linear => z,
        Activation::Sigmoid => 1.0 / (1.0 + (-z).exp()),
        Activation::Tanh => z.tanh(),
        Activation::Relu => z.max(0.0),
        Activation::LeakyRelu => z.max(0.01 * z),
        Activation::Elu => {
            if z > 0.0 {
                z
            } else {
                z.exp_m1()
            }
        }
        Activation::Gelu => 0.5 * z * (1.0 + erf(z / std::f32::consts::SQRT_2)),
    }
}

/// By Abramowitz & Stegun 1964, 7.1.26, as the page has it.
fn erf(x: f32) -> f32 {
    const TERMS: [f32; 5] = [
        1.061_405_4,
        -1.453_152,
        1.421_413_7,
        -0.284_496_74,
        0.254_829_6,
    ];
    let t = 1.0 / (1.0 + 0.327_591_1 * x.abs());
    let sum = TERMS.iter().fold(0.0, |sum, term| (sum + term) * t);
    x.signum() * (1.0 - sum * (-x * x).exp())
}

fn with_hidden(activation: Activation) -> Experiment {
    let mut experiment = preset(PresetId::Multilayer64);
    let dense = experiment.architecture.as_dense_mut().expect("dense");
    dense.hidden_activation = activation;
    experiment
}

#[test]
fn the_layers_that_are_listed_decode_to_the_pixels_of_the_model() {
    let mut tied = with_hidden(Activation::Gelu);
    tied.architecture.as_dense_mut().expect("dense").tied = true;
    let mut one_unit = preset(PresetId::Vanilla64);
    one_unit.architecture.as_dense_mut().expect("dense").code = 1;
    let presets = [
        PresetId::Vae2,
        PresetId::Vanilla64Tied,
        PresetId::Conv4,
        PresetId::DenoiseConv32,
    ];
    let others = [
        listed(),
        tied,
        one_unit,
        with_hidden(Activation::Elu),
        with_hidden(Activation::LeakyRelu),
        with_hidden(Activation::Tanh),
    ];
    for experiment in presets.map(preset).into_iter().chain(others) {
        let name = experiment.architecture.summary();
        let mut trainer = trained(&experiment);
        let numbers = numbers(&mut trainer);
        let n_parameters = numbers.decoder.n_parameters();
        assert!(n_parameters > 0, "{name}");
        let size = numbers.table.size;
        let places = [[0.3, -0.2], [0.0, 0.0]];
        let plane = &numbers.plane;
        let code_at = |[x, y]: [f32; 2]| -> Vec<f32> {
            let steps = plane.across.iter().zip(&plane.up);
            let steps = steps.map(|(across, up)| x * across + y * up);
            plane
                .origin
                .iter()
                .zip(steps)
                .map(|(start, step)| start + step)
                .collect()
        };
        let of_samples = numbers.table.codes.chunks_exact(size).take(2);
        let codes: Vec<Vec<f32>> = places
            .map(code_at)
            .into_iter()
            .chain(of_samples.map(<[f32]>::to_vec))
            .collect();
        let asked = DecodeRequest {
            requester: Requester::Pointer,
            places: CodeSelection::Codes(codes.concat().into()),
        };
        let view = decode(&mut trainer, None, &asked)
            .expect("decoded")
            .expect("found");
        for (idx, code) in codes.iter().enumerate() {
            let own = forward(&numbers.decoder, code);
            let expected = view.image(idx).expect("there");
            assert_eq!(own.len(), expected.len(), "{name}");
            for (pixel, (a, b)) in own.iter().zip(expected).enumerate() {
                assert!((a - b).abs() < 1e-4, "{name}, pixel {pixel}: {a} and {b}");
            }
        }
        // Where points stand is where their codes are met in the plane.
        if size <= 2 {
            for (point, code) in numbers
                .table
                .scatter
                .points
                .iter()
                .zip(numbers.table.codes.chunks_exact(size))
            {
                assert_eq!(code_at(*point), code, "{name}");
            }
        }
    }
}

#[test]
fn the_page_has_all_it_shows_and_lets_no_text_out_of_its_place() {
    let mut trainer = trained(&preset(PresetId::DenoiseDense));
    let mut request = request(FigureKind::Page, Format::Html);
    let evil = "</script></title><img src=x onerror=alert(1)>{{data}}";
    request.look.title = Some(evil.to_owned());
    request.hidden = vec![3];
    let (facts, content) = content(&request, &mut trainer);
    let bare = text(&request, &facts, &content);
    assert!(bare.contains("has recorded no curves"));
    let curve = |split, points| Curve {
        term: Term::Objective,
        split,
        points,
    };
    let loss = Loss {
        name: "this run".to_owned(),
        others: Vec::new(),
        curves: vec![
            curve(Split::Train, vec![[0.0, 0.2], [1.0, 0.1]]),
            curve(Split::Test, vec![[0.0, 0.2], [1.0, 0.123_45]]),
        ],
        group: Group::Objective,
        is_log: true,
        references: Vec::new(),
        marks: Vec::new(),
        generator_weight: None,
        part: None,
    };
    let page = text(&request, &facts, &content.with_curves(Some(loss)));
    assert!(page.starts_with("<!DOCTYPE html>"));
    for expected in [
        "Content-Security-Policy",
        "default-src 'none'",
        "<noscript>",
        "original of test image 3",
        "input of test image 3",
        "reconstruction of test image 3",
        "<td>0.12345</td>",
        "id=\"weights\"",
        "id=\"sheet-0\"",
        "prefers-color-scheme: dark",
        "@media print",
        "aria-live",
    ] {
        assert!(page.contains(expected), "{expected}");
    }
    assert_eq!(
        page.matches("data:image/svg+xml").count(),
        4,
        "light and dark, wide and narrow"
    );
    assert!(!page.contains("<img src=x"), "text stays text");
    assert!(page.contains("&lt;/script&gt;&lt;/title&gt;"));
    assert!(
        page.contains("onerror=alert(1)&gt;{{data}}"),
        "it is not filled in again"
    );
    assert!(
        !page.contains("https://") && !page.contains("http://"),
        "nothing to fetch"
    );
    // What the script is told can be read, and says which class is hidden.
    let data = page.split("id=\"data\">").nth(1).expect("there");
    let data = data.split("</script>").next().expect("it ends");
    let data: serde_json::Value = serde_json::from_str(data).expect("JSON");
    assert_eq!(data["classes"][3]["hidden"], true);
    assert_eq!(data["classes"][4]["hidden"], false);
    assert_eq!(
        data["code"]["size"],
        facts.experiment.architecture.code_size()
    );
    let last = data["decoder"].as_array().and_then(|layers| layers.last());
    assert_eq!(last.expect("a layer")["kind"], "activation");
}
