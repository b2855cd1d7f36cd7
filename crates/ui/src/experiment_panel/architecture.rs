//! Layers of encoder and decoder, and what they cost.

use egui::{Label, RichText, Ui};

use super::controls::{number_of, row};
use super::editor::Editor;
use super::section::Heading;
use super::{plan, rows};
use crate::number;
use crate::theme::{self, text};
use hourglass_experiment::field::{self, Section};
use hourglass_experiment::{Architecture, Convolutional, Experiment, ImageShape, LayerLists};

/// The layers in a line, as long as there is room for.
pub(super) fn heading(editor: &Editor<'_>) -> Heading {
    let architecture = &editor.draft.architecture;
    let summary = architecture.summary();
    let shorter = match architecture {
        Architecture::Dense(dense) => {
            let sizes: Vec<String> = [dense.image.n_values()]
                .iter()
                .chain(&dense.hidden)
                .chain([&dense.code])
                .map(ToString::to_string)
                .collect();
            format!("{} and back", sizes.join("-"))
        }
        Architecture::Convolutional(conv) => {
            let channels: Vec<String> = conv.channels.iter().map(ToString::to_string).collect();
            let bottleneck = conv.bottleneck.map(|units| format!(" · dense {units}"));
            format!(
                "conv {}{}",
                channels.join("-"),
                bottleneck.unwrap_or_default()
            )
        }
        Architecture::Layers(LayerLists {
            encoder, decoder, ..
        }) => format!("{} layers", encoder.len() + decoder.len()),
    };
    Heading {
        section: Section::Architecture,
        help: format!("From input to output: {summary}"),
        remarks: vec![summary, shorter],
        is_in_use: true,
        needs_attention: editor.has_problem_in(Section::Architecture),
    }
}

/// Shows the architecture section.
pub(super) fn show(ui: &mut Ui, editor: &mut Editor<'_>) {
    let depth = editor.draft.architecture.encoder_depth();
    for field in Section::Architecture.fields() {
        rows::setting(ui, editor, field);
        if let Architecture::Convolutional(conv) = &editor.draft.architecture
            && **field == field::CHANNELS
        {
            map_sides(ui, conv);
        }
    }
    costs(ui, &editor.draft);
    if editor.draft.architecture.encoder_depth() != depth {
        plan::follow_depth(&mut editor.draft);
    }
}

fn map_sides(ui: &mut Ui, conv: &Convolutional) {
    let help = "Height and width of the maps: each pooling halves them, rounded up";
    row(ui, "Map sides", false, help, |ui| {
        let maps = conv.maps().into_iter();
        let is_square = conv.image.height == conv.image.width;
        let side = |maps: ImageShape| match maps {
            ImageShape { height, .. } if is_square => height.to_string(),
            ImageShape { height, width, .. } => format!("{height}×{width}"),
        };
        let sides: Vec<String> = maps.map(side).collect();
        let sides = RichText::new(sides.join(" → ")).font(theme::mono(text::size::FIGURE));
        ui.add(Label::new(sides)).on_hover_text(help);
    });
}

fn costs(ui: &mut Ui, experiment: &Experiment) {
    ui.add(Label::new(theme::dim(ui, costs_text(experiment))).truncate())
        .on_hover_text(COSTS_HELP);
}

/// What [`costs_text`] counts.
pub(crate) const COSTS_HELP: &str =
    "Trainable parameters of encoder and decoder; ratio of pixels in an image to units in the code";

/// "101,200 parameters · 12.2 : 1 compression"
pub(crate) fn costs_text(experiment: &Experiment) -> String {
    let parameters = number::count_of(experiment.n_parameters());
    let n_pixels = experiment.architecture.image().n_values();
    let ratio = number_of(n_pixels) / number_of(experiment.architecture.code_size()).max(1.0);
    let compression = if ratio > 1.0 {
        format!("{} : 1 compression", number::three_digits(ratio))
    } else if ratio < 1.0 {
        format!("1 : {}, no compression", number::three_digits(1.0 / ratio))
    } else {
        "1 : 1, no compression".to_owned()
    };
    format!("{parameters} parameters · {compression}")
}
