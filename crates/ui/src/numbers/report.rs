//! How good the code is: what can be predicted from it, and how it compresses.

use egui::{Label, ProgressBar, Ui};

use crate::judging;
use crate::number::{self, percent_of_100};
use crate::theme;
use hourglass_protocol::{
    CodeReport, Compressed, CompressionReport, FollowedFactor, JudgingProgress, ProbeResult,
};
use hourglass_state::RunState;

use super::table::{Group, Row, heading, heads, numbers};

/// Says how the report comes about.
pub fn missing(ui: &mut Ui) {
    heading(ui, "How good the code is");
    let text = "Press “Measure the code” to see what a classifier can predict from it, and how it compresses compared with PNG, WebP and JPEG";
    ui.add(Label::new(theme::dim(ui, text)).wrap());
}

/// How far the measuring is.
pub fn under_way(ui: &mut Ui, progress: JudgingProgress) {
    heading(ui, "How good the code is");
    ui.add(Label::new(theme::dim(ui, judging::sentence(progress))).wrap());
    ui.add_space(2.0);
    let bar = ProgressBar::new(progress.fraction).desired_height(6.0);
    ui.add(bar);
    ui.add_space(4.0);
}

pub fn show(ui: &mut Ui, run: &RunState, report: &CodeReport, sought: &mut Option<&str>) {
    heading(ui, "What can be predicted from the code");
    accuracies(ui, report);
    heading(ui, "How it compresses");
    compression(ui, &report.compression);
    if let Some(degrees) = report.subspace_angle_degrees {
        angle(degrees).show(ui, sought);
    }
    if !report.factors.is_empty() {
        heading(ui, "The factors the images were generated from");
        factors(ui, &report.factors);
    }
    ui.add_space(4.0);
    ui.add(Label::new(theme::dim(ui, when(run, report))).wrap());
}

/// `measured at step 469 with 10,000 training images; trained further since`
fn when(run: &RunState, report: &CodeReport) -> String {
    let since = if run.step > report.step {
        "; trained further since"
    } else {
        ""
    };
    format!(
        "measured at step {} with {} training images{since}",
        number::count(report.step),
        number::count_of(report.n_train),
    )
}

fn accuracies(ui: &mut Ui, report: &CodeReport) {
    heads(ui, "accuracy, %", &["code", "PCA", "pixels"]);
    let of = [report.code, report.pca, report.pixels];
    let probe = of.map(|features| percent_of_100(100.0 * features.linear_probe.accuracy));
    let near = of.map(|features| percent_of_100(100.0 * features.nearest_neighbours));
    for (name, values, help) in [
        (
            "linear probe",
            probe,
            format!(
                "Test images that a linear classifier gets right from the code, from as many principal components, and \
                 from raw pixels. Trained until no component of the gradient is above 10⁻⁴: {}",
                endings(of.map(|features| features.linear_probe))
            ),
        ),
        (
            "5 neighbours",
            near,
            "The same, classified by the five nearest training images: the class of most of them. If classes tie, the \
             nearest neighbour decides; among equally near neighbours, the first"
                .to_owned(),
        ),
    ] {
        numbers(ui, name, &values.each_ref().map(String::as_str), &help);
    }
}

/// `169 steps from the code, 120 from PCA, stopped short of that after 1,000 from pixels`
fn endings(probes: [ProbeResult; 3]) -> String {
    let from = ["the code", "PCA", "pixels"];
    let endings = probes.iter().zip(from).map(|(probe, from)| {
        let n_steps = number::count_of(probe.n_steps);
        if probe.has_converged {
            format!("{n_steps} steps from {from}")
        } else {
            format!("stopped short of that after {n_steps} from {from}")
        }
    });
    endings.collect::<Vec<_>>().join(", ")
}

fn compression(ui: &mut Ui, report: &CompressionReport) {
    heads(
        ui,
        "means of test images",
        &["bytes", "of which header", "PSNR, dB"],
    );
    let row = |ui: &mut Ui, name: &str, compressed: Compressed, help: &str| {
        let (size, db) = (
            bytes(compressed.bytes),
            format!("{:.1}", compressed.psnr_db),
        );
        let header = compressed.header_bytes.map_or_else(String::new, bytes);
        numbers(ui, name, &[&size, &header, &db], help);
    };
    row(
        ui,
        "code, 8 bits per unit",
        report.code,
        "The quantised code, and the reconstruction from it. The decoder is not counted",
    );
    for &(quality, compressed) in &report.jpeg {
        row(
            ui,
            &format!("JPEG, quality {quality}"),
            compressed,
            "A baseline JPEG file with Huffman tables made for the image. Its headers and tables are a large part of a \
             file this small",
        );
    }
    let [code, jpeg] = report.inverted;
    let [png, webp] = [report.png_bytes, report.webp_bytes].map(bytes);
    numbers(
        ui,
        "PNG",
        &[&png, "", "exact"],
        "A PNG file, which loses nothing",
    );
    numbers(
        ui,
        "WebP, lossless",
        &[&webp, "", "exact"],
        "A WebP file without loss. Lossy WebP is not measured",
    );
    let inverted = "Black and white swapped: the images are no longer digits. JPEG copes; an autoencoder knows \
                    only what it was trained on";
    row(ui, "code, inverted", code, inverted);
    row(ui, "JPEG, inverted", jpeg, inverted);
}

fn factors(ui: &mut Ui, factors: &[FollowedFactor]) {
    heads(ui, "followed by", &["unit", "correlation"]);
    for followed in factors {
        let unit = (followed.unit + 1).to_string();
        let correlation = format!("{:+.2}", followed.correlation).replace('-', "−");
        numbers(
            ui,
            followed.factor.name,
            &[&unit, &correlation],
            "The unit of the code that correlates most strongly with this factor over the test images: ±1 when it is the \
             factor, 0 when it is unrelated to it",
        );
    }
}

fn bytes(bytes: f64) -> String {
    format!("{bytes:.0}")
}

fn angle(degrees: f64) -> Group {
    Group {
        title: "Subspace".to_owned(),
        rows: vec![Row {
            name: "angle to PCA's",
            value: format!("{degrees:.1}"),
            unit: "degrees",
            beside: vec!["0 when it is the same".to_owned()],
            help: "Largest principal angle between the decoder's subspace and PCA's: a linear network comes to \
                   span PCA's (Baldi & Hornik 1989)",
        }],
    }
}
