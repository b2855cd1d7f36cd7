//! Layers of encoder and decoder: kinds, sizes, activations, and what they cost.

use egui::{Button, Label, RichText, Ui};
use egui_material_icons::icons::{ICON_ADD, ICON_REMOVE};

use super::controls::{
    Takes, choice_row, count_of, number_field, number_of, problem, problem_of, row, slider,
    slider_row, toggle,
};
use super::section::{Heading, Section};
use super::{Editor, plan};
use crate::number;
use crate::theme::{self, space, text};
use hourglass_experiment::settings::{
    CHANNELS, CODE_SIZE, HIDDEN_SIZE, N_HIDDEN, N_LEVELS, Setting,
};
use hourglass_experiment::{
    Activation, Architecture, Convolutional, Dense, Experiment, InvalidExperiment, LayerLists,
    N_PIXELS,
};

/// Units of a layer that is added where there is none.
const NEW_LAYER: usize = 128;
/// Levels of a convolutional network that is chosen anew.
const NEW_CHANNELS: [usize; 2] = [16, 8];
/// Units of a dense code that is switched on where the map has more.
const NEW_WAIST: usize = 64;

const KIND_HELP: &str = "How units are connected. Dense: each to all of the layer before. Convolutional: small \
                         patterns looked for everywhere in the image, with pooling between; far fewer parameters";
const TIED_HELP: &str = "The decoder uses the encoder's weights, transposed, and learns only biases of its own: \
                         about half the parameters, and a decoder that cannot drift away from the encoder";
const WAIST_HELP: &str = "A fully connected code between the convolutions. Without it the last pooled map is the \
                          code, which usually squeezes little";
const LIST_HELP: &str = "Layers one by one, as the recipe's file lists them; it is where they are changed. Choose \
                         another kind of network above to set it here";
const ACTIVATION_HELP: &str = "The function each unit applies to its weighted sum. Sigmoid keeps values \
                               between 0 and 1, ReLU cuts negative ones off, linear leaves them";
const CODE_ACTIVATION_HELP: &str = "Activation of the code. Sigmoid is the classic choice for sparse codes, linear \
                                    gives PCA's plane and is what a prior needs";
const OUTPUT_ACTIVATION_HELP: &str = "Activation of the reconstruction. Sigmoid keeps pixels between 0 and 1 and \
                                      is needed for cross-entropy; linear learns faster with the squared error";

/// The kinds of network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Dense,
    Convolutional,
    /// A list of a file, which is shown and not edited.
    Layers,
}

impl Kind {
    /// Those that can be chosen.
    const ALL: [Self; 2] = [Self::Dense, Self::Convolutional];

    fn of(architecture: &Architecture) -> Self {
        match architecture {
            Architecture::Dense(_) => Self::Dense,
            Architecture::Convolutional(_) => Self::Convolutional,
            Architecture::Layers(_) => Self::Layers,
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Dense => "dense",
            Self::Convolutional => "convolutional",
            Self::Layers => "list of layers",
        }
    }
}

/// The layers in a line, as long as there is room for.
pub(super) fn heading(editor: &Editor<'_>) -> Heading {
    let architecture = &editor.draft.architecture;
    let summary = architecture.summary();
    let shorter = match architecture {
        Architecture::Dense(dense) => {
            let sizes: Vec<String> = [N_PIXELS]
                .iter()
                .chain(&dense.hidden)
                .chain([&dense.code])
                .map(ToString::to_string)
                .collect();
            format!("{} and back", sizes.join("-"))
        }
        Architecture::Convolutional(conv) => {
            let channels: Vec<String> = conv.channels.iter().map(ToString::to_string).collect();
            let waist = conv.waist.map(|units| format!(" · dense {units}"));
            format!("conv {}{}", channels.join("-"), waist.unwrap_or_default())
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
        needs_attention: false,
    }
}

/// Shows the architecture section.
pub(super) fn show(ui: &mut Ui, editor: &mut Editor<'_>) {
    let depth = editor.draft.architecture.encoder_depth();
    kind(ui, editor);
    let summary = editor.draft.architecture.summary();
    match &mut editor.draft.architecture {
        Architecture::Dense(dense) => dense_rows(ui, dense),
        Architecture::Convolutional(conv) => convolutional_rows(ui, conv),
        Architecture::Layers(_) => list_rows(ui, &summary),
    }
    let wants_plane = |problem: &InvalidExperiment| {
        matches!(problem, InvalidExperiment::PriorNeedsTwoUnits { .. })
    };
    if editor.problem(wants_plane).is_some() {
        problem(ui, "The prior below needs a code of 2 units");
    }
    activations(ui, &mut editor.draft.architecture);
    activation_problems(ui, editor);
    costs(ui, &editor.draft);
    if editor.draft.architecture.encoder_depth() != depth {
        plan::follow_depth(&mut editor.draft);
    }
}

fn kind(ui: &mut Ui, editor: &mut Editor<'_>) {
    let architecture = &mut editor.draft.architecture;
    let menu = (Kind::of(architecture), &Kind::ALL[..]);
    let names = ("Network", "kind of network");
    match choice_row(ui, names, Takes::NewModel, KIND_HELP, menu, Kind::label) {
        Some(Kind::Dense) => *architecture = dense_like(architecture),
        Some(Kind::Convolutional) => *architecture = convolutional_like(architecture),
        Some(Kind::Layers) | None => {}
    }
    if editor
        .problems
        .contains(&InvalidExperiment::PretrainingOfConvolutions)
    {
        problem(ui, "Layer-wise pre-training below needs a dense network");
    }
}

/// A dense network with the same code, as far as a code may be so large.
fn dense_like(other: &Architecture) -> Architecture {
    Architecture::Dense(Dense {
        hidden: Vec::new(),
        code: other.code_size().min(count_of(CODE_SIZE.max)),
        hidden_activation: other.hidden_activation().unwrap_or(Activation::Relu),
        code_activation: other.code_activation(),
        output_activation: other.output_activation(),
        tied: false,
    })
}

/// A convolutional network with the same code.
fn convolutional_like(other: &Architecture) -> Architecture {
    Architecture::Convolutional(Convolutional {
        channels: NEW_CHANNELS.to_vec(),
        waist: Some(other.code_size()),
        hidden_activation: other.hidden_activation().unwrap_or(Activation::Relu),
        code_activation: other.code_activation(),
        output_activation: other.output_activation(),
    })
}

fn dense_rows(ui: &mut Ui, dense: &mut Dense) {
    let hidden = List {
        label: "Hidden layers",
        item: "hidden layer",
        n_items: &N_HIDDEN,
        size: &HIDDEN_SIZE,
        add_help: "Adds a layer next to the code, mirrored in the decoder",
        remove_help: "Removes the layer next to the code",
        first: NEW_LAYER,
    };
    hidden.show(ui, &mut dense.hidden);
    if let Some(code) = slider_row(
        ui,
        "Code size",
        Takes::NewModel,
        &CODE_SIZE,
        number_of(dense.code),
    ) {
        dense.code = count_of(code);
    }
    problem_of(ui, &CODE_SIZE, number_of(dense.code));
    row(ui, "Decoder", Takes::NewModel, TIED_HELP, |ui| {
        if let Some(is_tied) = toggle(ui, "tied weights", "tied weights", TIED_HELP, dense.tied) {
            dense.tied = is_tied;
        }
    });
}

fn convolutional_rows(ui: &mut Ui, conv: &mut Convolutional) {
    let levels = List {
        label: "Channels",
        item: "level",
        n_items: &N_LEVELS,
        size: &CHANNELS,
        add_help: "Adds a convolution with pooling next to the code, mirrored in the decoder",
        remove_help: "Removes the convolution next to the code",
        first: NEW_CHANNELS[0],
    };
    levels.show(ui, &mut conv.channels);
    let help = "Height and width of the maps: each pooling halves them, rounded up";
    row(ui, "Map sides", Takes::NewModel, help, |ui| {
        let maps = conv.maps().into_iter();
        let sides: Vec<String> = maps.map(|maps| maps.height.to_string()).collect();
        let sides = RichText::new(sides.join(" → ")).font(theme::mono(text::size::FIGURE));
        ui.add(Label::new(sides)).on_hover_text(help);
    });
    let map_size = conv.map_size();
    row(ui, "Dense code", Takes::NewModel, WAIST_HELP, |ui| {
        if let Some(is_on) = toggle(ui, "dense code", "", WAIST_HELP, conv.waist.is_some()) {
            conv.waist = is_on.then_some(map_size.min(NEW_WAIST));
        }
        if let Some(waist) = &mut conv.waist {
            if let Some(units) = slider(ui, &CODE_SIZE, number_of(*waist)) {
                *waist = count_of(units);
            }
        } else {
            let units = number::count_of(map_size);
            ui.label(theme::dim(ui, format!("the last map, {units} units")));
        }
    });
    if let Some(waist) = conv.waist {
        problem_of(ui, &CODE_SIZE, number_of(waist));
    }
}

/// A list as it is; it is edited where it was written.
fn list_rows(ui: &mut Ui, summary: &str) {
    row(ui, "Layers", Takes::NewModel, LIST_HELP, |ui| {
        ui.add(Label::new(summary).wrap()).on_hover_text(LIST_HELP);
    });
}

/// A row with one field for each layer, and buttons to add and to remove the last.
struct List {
    label: &'static str,
    /// What one entry is called.
    item: &'static str,
    n_items: &'static Setting,
    size: &'static Setting,
    add_help: &'static str,
    remove_help: &'static str,
    /// Size of the first entry; each further one is half as large as the one before.
    first: usize,
}

impl List {
    fn show(&self, ui: &mut Ui, sizes: &mut Vec<usize>) {
        let help = self.n_items.hover_text();
        row(ui, self.label, Takes::NewModel, &help, |ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            ui.horizontal_wrapped(|ui| {
                for (idx, size) in sizes.iter_mut().enumerate() {
                    let name = format!("{} {}", self.item, idx + 1);
                    let value = number_of(*size);
                    if let Some(value) = number_field(ui, &name, self.size, 44.0, value) {
                        *size = count_of(value);
                    }
                }
                if sizes.is_empty() {
                    ui.label(theme::dim(ui, "none"));
                }
                self.buttons(ui, sizes);
            });
        });
        for &size in sizes.iter() {
            problem_of(ui, self.size, number_of(size));
        }
    }

    fn buttons(&self, ui: &mut Ui, sizes: &mut Vec<usize>) {
        let small = |icon: egui_material_icons::MaterialIcon| {
            Button::new(icon.rich_text().size(14.0)).min_size(egui::vec2(22.0, space::CONTROL))
        };
        ui.spacing_mut().button_padding.x = 2.0;
        let (n_min, n_max) = (count_of(self.n_items.min), count_of(self.n_items.max));
        let item = self.item;
        let add = ui
            .add_enabled(sizes.len() < n_max, small(ICON_ADD))
            .on_hover_text(self.add_help)
            .on_disabled_hover_text(format!("At most {n_max} {item}s"))
            .accessible_name(format!("Add {item}"));
        if add.clicked() {
            sizes.push(sizes.last().map_or(self.first, |last| (last / 2).max(1)));
        }
        if sizes.is_empty() {
            return;
        }
        let remove = ui
            .add_enabled(sizes.len() > n_min, small(ICON_REMOVE))
            .on_hover_text(self.remove_help)
            .on_disabled_hover_text(format!("At least {n_min} {item}"))
            .accessible_name(format!("Remove {item}"));
        if remove.clicked() {
            sizes.pop();
        }
    }
}

/// Activations of hidden layers, code and output.
fn activations(ui: &mut Ui, architecture: &mut Architecture) {
    let has_hidden = architecture.layers().len() > 1;
    let takes = Takes::NewModel;
    let mut choose = |names, help, activation: &mut Activation| {
        let menu = (*activation, &Activation::ALL[..]);
        if let Some(chosen) = choice_row(ui, names, takes, help, menu, Activation::label) {
            *activation = chosen;
        }
    };
    if let Some([hidden, code]) = architecture.activations_mut() {
        if has_hidden {
            let names = ("Hidden units", "hidden activation");
            choose(names, ACTIVATION_HELP, hidden);
        }
        let names = ("Code units", "code activation");
        choose(names, CODE_ACTIVATION_HELP, code);
    }
    let names = ("Output units", "output activation");
    let output = architecture.output_activation_mut();
    choose(names, OUTPUT_ACTIVATION_HELP, output);
}

/// What objective and penalties have against the activations.
fn activation_problems(ui: &mut Ui, editor: &Editor<'_>) {
    for refused in &editor.problems {
        match refused {
            InvalidExperiment::CrossEntropyOfUnboundedOutput { .. } => {
                problem(ui, &refused.to_string());
            }
            InvalidExperiment::KlSparsityOfUnboundedCode { .. } => {
                problem(ui, "KL sparsity below needs the sigmoid code");
            }
            InvalidExperiment::PriorOfBoundedCode { .. } => {
                problem(ui, "The prior below needs the linear code");
            }
            _ => {}
        }
    }
}

fn costs(ui: &mut Ui, experiment: &Experiment) {
    ui.add(Label::new(theme::dim(ui, costs_text(experiment))).truncate())
        .on_hover_text(COSTS_HELP);
}

/// What [`costs_text`] counts.
pub(crate) const COSTS_HELP: &str =
    "Trainable numbers of encoder and decoder; pixels of an image to units of the code";

/// "101,200 parameters · 12.2 : 1 compression"
pub(crate) fn costs_text(experiment: &Experiment) -> String {
    let parameters = number::count_of(experiment.n_parameters());
    let ratio = number_of(N_PIXELS) / number_of(experiment.architecture.code_size()).max(1.0);
    let compression = if ratio > 1.0 {
        format!("{} : 1 compression", number::three_digits(ratio))
    } else if ratio < 1.0 {
        format!("1 : {}, no compression", number::three_digits(1.0 / ratio))
    } else {
        "1 : 1, no compression".to_owned()
    };
    format!("{parameters} parameters · {compression}")
}
