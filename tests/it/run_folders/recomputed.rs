//! The figures of a run folder follow from its files and the data: recomputed here from the weights, and by the script
//! that is shipped, which shares no code with the program.

use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Output};

use hourglass::data::{Shelf, Split};
use hourglass::experiment::{Experiment, Objective, PresetId, Prior, Term};
use hourglass::protocol::{EvaluationScope, Event, RunId};
use hourglass::run_folder::{Record, Summary};
use hourglass::train::{Measures, Trainer, judge};
use safetensors::SafeTensors;

use super::weights::{kinds, trained};

/// Largest relative difference between singles on the device and doubles here, where nothing is random.
const EXACT: f64 = 1e-5;

/// The files of a run that the script reads, with the code judged.
fn write_run(folder: &Path, trainer: &mut Trainer) {
    let data = trainer.dataset().id;
    let mut record = Record::new(trainer.experiment().clone(), data, "CPU".to_owned());
    let evaluation = trainer.evaluate(EvaluationScope::Full).expect("measured");
    record.add_evaluation(&evaluation);
    let training = &trainer.experiment().training;
    let n_train = training.samples_per_epoch(trainer.dataset().train.len());
    let measures = Measures::of(trainer.dataset(), n_train, &Shelf::default());
    let report = judge(trainer, &measures).expect("judged");
    let (run, secs) = (RunId(1), 0.1);
    record.note(&Event::CodeJudged { run, report, secs });
    let summary = record.summary_json(Some(measures.baselines()));
    write(folder, "summary.json", summary.expect("measured"));
    write(folder, "metrics.csv", record.metrics_csv());
    write(folder, "experiment.toml", record.experiment_toml());
    let model = trainer.weights().expect("written");
    write(folder, "model.safetensors", model);
}

fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) {
    std::fs::write(folder.join(name), content).expect("written");
}

/// Both splits as files of MNIST's format.
fn write_data(folder: &Path, trainer: &Trainer) {
    let write_split = |prefix: &str, split: &Split| {
        let count = u32::try_from(split.len()).expect("few images");
        let images = [0x803, count, 28, 28].map(u32::to_be_bytes).concat();
        let name = format!("{prefix}-images-idx3-ubyte");
        write(folder, &name, [&images, split.images()].concat());
        let labels = [0x801, count].map(u32::to_be_bytes).concat();
        let name = format!("{prefix}-labels-idx1-ubyte");
        write(folder, &name, [&labels, split.labels()].concat());
    };
    write_split("train", &trainer.dataset().train);
    write_split("t10k", &trainer.dataset().test);
}

/// Doubles of one tensor of a file.
fn values(file: &SafeTensors<'_>, name: &str) -> Vec<f64> {
    let tensor = file.tensor(name).expect("there");
    let singles = tensor.data().chunks_exact(4);
    singles
        .map(|bytes| f64::from(f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])))
        .collect()
}

/// `x Wᵀ + b`.
fn dense(x: &[f64], weight: &[f64], bias: &[f64]) -> Vec<f64> {
    let rows = weight.chunks_exact(x.len()).zip(bias);
    rows.map(|(row, bias)| bias + row.iter().zip(x).map(|(a, b)| a * b).sum::<f64>())
        .collect()
}

/// No Python is needed for this one: `vanilla-64` from its files, in double precision.
#[test]
fn figures_follow_from_the_weights_and_the_images() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut trainer = trained(&PresetId::Vanilla64.preset().experiment());
    write_run(folder.path(), &mut trainer);
    let summary = Summary::of_folder(folder.path()).expect("written");
    let bytes = std::fs::read(folder.path().join("model.safetensors")).expect("written");
    let file = SafeTensors::deserialize(&bytes).expect("a safetensors file");
    let [encoder, code_bias, decoder, output_bias] = [
        "encoder.layers.0.weight",
        "encoder.layers.0.bias",
        "decoder.layers.0.weight",
        "decoder.layers.0.bias",
    ]
    .map(|name| values(&file, name));
    let of_units: Vec<f64> = encoder
        .chunks_exact(784)
        .map(|row| row.iter().map(|weight| weight * weight).sum())
        .collect();

    let test = &trainer.dataset().test;
    let n_images = test.len() as f64;
    let (mut squared_error, mut jacobian) = (0.0, 0.0);
    let (mut sums, mut squares) = ([0.0; 64], [0.0; 64]);
    for idx in 0..test.len() {
        let image = test.image(idx).iter();
        let image: Vec<f64> = image.map(|&byte| f64::from(byte) / 255.0).collect();
        let before = dense(&image, &encoder, &code_bias);
        let code: Vec<f64> = before.iter().map(|z| 1.0 / (1.0 + (-z).exp())).collect();
        for (unit, &h) in code.iter().enumerate() {
            sums[unit] += h;
            squares[unit] += h * h;
            jacobian += (h * (1.0 - h)).powi(2) * of_units[unit];
        }
        let output = dense(&code, &decoder, &output_bias);
        let pairs = output.iter().zip(&image);
        squared_error += pairs.map(|(a, b)| (a - b).powi(2)).sum::<f64>();
    }
    let means = sums.map(|sum| sum / n_images);
    let mean_squares = squares.map(|sum| sum / n_images);
    let spread = means.iter().zip(mean_squares);
    let variance: f64 = spread.map(|(mean, square)| square - mean * mean).sum();
    let code = summary.code.as_ref().expect("measured");
    let found = [
        ("MSE", summary.test.mse_per_pixel),
        ("squared error", summary.test.squared_error_per_image),
        ("mean activation", code.mean_activation),
        ("‖J‖²", code.jacobian_norm),
        ("Var(h)", code.variance.expect("written")),
        (
            "‖J‖²/Var(h)",
            code.jacobian_norm_over_variance.expect("it varies"),
        ),
    ];
    let (jacobian, mean) = (jacobian / n_images, means.iter().sum::<f64>() / 64.0);
    let expected = [
        squared_error / n_images / 784.0,
        squared_error / n_images,
        mean,
        jacobian,
        variance,
        jacobian / variance,
    ];
    for ((name, found), expected) in found.into_iter().zip(expected) {
        let error = (found - expected).abs() / expected;
        assert!(error < EXACT, "{name}: {found} for {expected}");
    }
}

/// A Python with `NumPy` that is new enough, if there is one.
fn python() -> Option<String> {
    let python = std::env::var("HOURGLASS_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let can_run = Command::new(&python)
        .args(["-c", "import numpy, tomllib"])
        .output()
        .is_ok_and(|output| output.status.success());
    if can_run {
        return Some(python);
    }
    // Past the test's own output, which is shown only when it fails.
    writeln!(
        io::stderr(),
        "NOT CHECKED: assets/audit/recompute.py, because {python} is not Python 3.11 with NumPy (HOURGLASS_PYTHON names \
         another Python)"
    )
    .expect("written");
    None
}

fn recompute(python: &str, run: &Path, data: &Path) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/audit/recompute.py");
    Command::new(python)
        .arg(script)
        .args([run, data])
        .output()
        .expect("Python starts")
}

/// Networks of each kind, and presets whose objectives differ.
fn audited() -> Vec<(&'static str, Experiment)> {
    let presets = [
        ("sparse", PresetId::Sparse64),
        ("KL sparsity", PresetId::SparseKl64),
        ("contractive", PresetId::Contractive64),
        ("noise", PresetId::DenoiseDense),
        ("bound of a Gaussian likelihood", PresetId::BetaVae10),
    ];
    let presets = presets.map(|(name, id)| (name, id.preset().experiment()));
    let adversarial = [
        ("adversarial", Term::Generator),
        ("adversarial in two phases", Term::GeneratorLoss),
    ];
    let adversarial = adversarial.map(|(name, loss)| {
        let mut experiment = PresetId::Aae2.preset().experiment();
        experiment.objective = Objective::example(loss).expect("it is minimised");
        (name, experiment)
    });
    let mut rising = PresetId::Vae2.preset().experiment();
    if let Prior::Variational(prior) = &mut rising.objective.prior {
        (prior.warm_up_epochs, prior.capacity, prior.capacity_epochs) = (3.0, 500.0, 5.0); // neither has ended
    }
    let rising = [("bound with a rising capacity", rising)];
    let mut labels = PresetId::StackedDenoising.preset().experiment();
    labels.plan.pretraining.clear();
    let alone = [
        (
            "layers alone",
            PresetId::StackedDenoising.preset().experiment(),
        ),
        ("labels alone", labels), // neither has an error of joint training
    ];
    let kinds = kinds().into_iter();
    let objectives = presets
        .into_iter()
        .chain(adversarial)
        .chain(rising)
        .chain(alone);
    kinds.chain(objectives).collect()
}

#[test]
fn the_script_recomputes_every_kind_of_network_and_notices_a_wrong_figure() {
    let Some(python) = python() else {
        return; // said so; what can be checked without it is checked above
    };
    for (kind, experiment) in audited() {
        let [run, data] = [(), ()].map(|()| tempfile::tempdir().expect("a temporary folder"));
        let mut trainer = trained(&experiment);
        write_run(run.path(), &mut trainer);
        write_data(data.path(), &trainer);
        let output = recompute(&python, run.path(), data.path());
        let printed = String::from_utf8_lossy(&output.stdout);
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{kind}: {message}\n{printed}");
        assert!(printed.contains("||J||^2/Var(h)"), "{kind}: {printed}");

        // The mean activation of no experiment is random.
        let path = run.path().join("summary.json");
        let text = std::fs::read_to_string(&path).expect("written");
        let mut summary: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let figure = &mut summary["code"]["mean_activation"];
        let wrong = figure.as_f64().expect("a number") * 1.001 + 1e-3;
        *figure = wrong.into();
        write(run.path(), "summary.json", summary.to_string());
        let output = recompute(&python, run.path(), data.path());
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{kind}: nothing was noticed");
        assert!(message.contains("mean activation"), "{kind}: {message}");
    }
}
