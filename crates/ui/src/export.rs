//! The dialog that exports a figure: which, as what, how large, in which theme.

use std::collections::BTreeMap;

use egui::{ComboBox, DragValue, Grid, Id, Label, Modal, RichText, TextEdit, Ui};
use serde::{Deserialize, Serialize};

use super::panels::Panels;
use super::segmented::{Segment, segmented};
use super::theme::{self, space};
use super::{Action, number};
use hourglass_figure::{FigureKind, FigureRequest, Format, Look, SCALES, Size};
use hourglass_state::{LabState, RunState};

/// Width of the dialog, in points.
const WIDTH: f32 = 380.0;

/// The dialog, and what was chosen in it last.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ExportDialog {
    kind: FigureKind,
    /// What was chosen for each figure.
    choices: BTreeMap<FigureKind, Choice>,
    dark: bool,
    /// Whether frames of the latent space are taken during a run.
    pub records_film: bool,
    #[serde(skip)]
    title: String,
    #[serde(skip)]
    is_open: bool,
}

/// How one figure is written.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Choice {
    format: Format,
    size: Size,
    scale: f32,
}

impl Choice {
    fn of(kind: FigureKind) -> Self {
        Self {
            format: kind.formats().first().copied().unwrap_or_default(),
            size: kind.default_size(),
            scale: kind.default_size().default_scale(),
        }
    }

    /// What is remembered may be of another version, or damaged.
    fn is_valid(&self, kind: FigureKind) -> bool {
        kind.formats().contains(&self.format)
            && self.size.is_valid()
            && SCALES.contains(&self.scale)
    }
}

impl ExportDialog {
    /// Opens the dialog, with a figure where one was named.
    pub fn open(&mut self, kind: Option<FigureKind>) {
        self.is_open = true;
        self.kind = kind.unwrap_or(self.kind);
        self.title.clear();
    }

    /// Closes it.
    pub fn close(&mut self) {
        self.is_open = false;
    }

    /// Shows the dialog while it is open.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        state: &LabState,
        panels: &Panels,
        actions: &mut Vec<Action>,
    ) {
        if !self.is_open {
            return;
        }
        let frame = egui::Frame::popup(ui.style())
            .inner_margin(20)
            .corner_radius(12);
        let modal = Modal::new(Id::unique("export"))
            .frame(frame)
            .show(ui.ctx(), |ui| {
                ui.set_width(WIDTH);
                ui.heading("Export a figure");
                ui.add_space(space::M);
                let choice = self.controls(ui);
                ui.add_space(space::S);
                let missing = self.missing(state);
                self.notes(ui, &choice, (state, panels), missing);
                if missing.is_none() {
                    source_note(ui, state);
                }
                ui.add_space(space::M);
                self.buttons(ui, choice, missing.is_none(), (state, panels), actions)
            });
        if modal.should_close() || modal.inner {
            self.is_open = false;
        }
    }

    /// The choices, and what they are now.
    fn controls(&mut self, ui: &mut Ui) -> Choice {
        let mut choice = Choice::of(self.kind);
        Grid::new("export")
            .num_columns(2)
            .spacing([space::L, space::S])
            .show(ui, |ui| {
                ui.label("Figure");
                figure_menu(ui, &mut self.kind);
                ui.end_row();

                let kind = self.kind;
                let of_kind = self
                    .choices
                    .get(&kind)
                    .filter(|choice| choice.is_valid(kind));
                choice = of_kind.copied().unwrap_or(Choice::of(kind));

                ui.label("Format");
                format_choice(ui, kind, &mut choice.format);
                ui.end_row();

                if choice.format != Format::Csv {
                    ui.label("Size");
                    ui.horizontal(|ui| size_fields(ui, &mut choice));
                    ui.end_row();
                    ui.label("Theme");
                    theme_choice(ui, &mut self.dark);
                    ui.end_row();
                }
                if choice.format.has_pixels() {
                    ui.label("Scale");
                    ui.horizontal(|ui| scale_field(ui, &mut choice));
                    ui.end_row();
                }
                ui.label("Title");
                let edit = TextEdit::singleline(&mut self.title)
                    .hint_text("default")
                    .desired_width(f32::INFINITY);
                ui.add(edit)
                    .on_hover_text("Text above the figure; leave it empty for the default title")
                    .accessible_name("Title of the figure");
                ui.end_row();
            });
        self.choices.insert(self.kind, choice);
        choice
    }

    /// What there is to know before it is saved.
    fn notes(
        &mut self,
        ui: &mut Ui,
        choice: &Choice,
        (state, panels): (&LabState, &Panels),
        missing: Option<&str>,
    ) {
        let mut note = |text: String| {
            ui.add(Label::new(theme::dim(ui, text)).wrap());
        };
        if let Some(missing) = missing {
            note(missing.to_owned());
        } else {
            note(self.kind.help().to_owned());
        }
        let hidden = panels.latent.hidden_classes();
        let is_scatter = matches!(self.kind, FigureKind::Scatter | FigureKind::Film);
        if is_scatter && !hidden.is_empty() {
            let name = |&class: &u8| {
                let id = state.dataset.as_ref().map(|dataset| dataset.id);
                id.map_or_else(|| class.to_string(), |id| id.class_name(class))
            };
            let names: Vec<String> = hidden.iter().map(name).collect();
            note(match choice.format {
                Format::Csv => format!(
                    "Hidden classes are in the table, and marked: {}",
                    names.join(", ")
                ),
                _ => format!("Hidden classes stay hidden: {}", names.join(", ")),
            });
        }
        let n_selected = panels.latent.n_selected();
        if self.kind == FigureKind::Scatter && choice.format == Format::Csv && n_selected > 0 {
            let n = number::count_of(n_selected);
            note(format!("Selected images are marked in the table: {n}"));
        }
        if self.kind == FigureKind::Film {
            ui.checkbox(&mut self.records_film, "Record the latent space during training")
                .on_hover_text(
                    "Records about a hundred frames of a run for the animation. Training is a little slower while it records",
                );
        }
    }

    /// Why the figure cannot be made yet.
    fn missing(&self, state: &LabState) -> Option<&'static str> {
        let Some(run) = &state.run else {
            return Some("No model yet: load a data set, then press Train");
        };
        if state.crash.is_some() {
            return Some("The training thread crashed: restart it first");
        }
        match self.kind {
            FigureKind::Loss if run.history.is_empty() => Some("No curves yet: press Train"),
            FigureKind::Film if run.reel.is_empty() => {
                Some("This run was not recorded: tick the box, then press Reset and Train")
            }
            _ => None,
        }
    }

    /// Tells whether the dialog is done.
    fn buttons(
        &self,
        ui: &mut Ui,
        choice: Choice,
        is_possible: bool,
        (state, panels): (&LabState, &Panels),
        actions: &mut Vec<Action>,
    ) -> bool {
        ui.horizontal(|ui| {
            let t = theme::tokens_of(ui);
            let text = RichText::new("Save…").color(t.on_accent);
            let save = ui
                .add_enabled(is_possible, egui::Button::new(text).fill(t.accent))
                .on_hover_text(
                    "Asks for a file, then writes the figure. The file extension selects the format",
                )
                .accessible_name("Save…");
            if save.clicked() {
                let shown = state.run.as_ref().map(|run| panels.loss.shown(run));
                let (group, is_log) = shown.unwrap_or_default();
                actions.push(Action::Export(Box::new(FigureRequest {
                    kind: self.kind,
                    format: choice.format,
                    look: Look {
                        size: choice.size,
                        scale: choice.scale,
                        dark: self.dark,
                        title: (!self.title.trim().is_empty()).then(|| self.title.trim().to_owned()),
                    },
                    hidden: panels.latent.hidden_classes(),
                    samples: match self.kind {
                        FigureKind::Scatter => panels.latent.selected(),
                        _ => panels.digits.samples().to_vec(),
                    },
                    group,
                    is_log,
                })));
            }
            let cancel = ui.button("Cancel").on_hover_text("Closes without writing a file");
            save.clicked() || cancel.clicked()
        })
        .inner
    }
}

/// Says which run a figure is of, and of which time, where the views show something else.
fn source_note(ui: &mut Ui, state: &LabState) {
    let is_past = |run: &RunState| run.replay.past().is_some();
    let of = if state.comparison.is_some() {
        "Of A, the run in progress"
    } else if state.run.as_ref().is_some_and(is_past) {
        "Of the run"
    } else {
        return;
    };
    let when = if state.run.as_ref().is_some_and(is_past) {
        "as it is now, not at the moment being replayed"
    } else {
        "as it is now"
    };
    ui.add(Label::new(theme::dim(ui, format!("{of} {when}"))).wrap());
}

fn figure_menu(ui: &mut Ui, kind: &mut FigureKind) {
    let menu = ComboBox::from_id_salt("figure")
        .selected_text(kind.label())
        .width(200.0)
        .icon(theme::chevron)
        .show_ui(ui, |ui| {
            for &other in FigureKind::ALL {
                ui.selectable_value(kind, other, other.label())
                    .on_hover_text(other.help());
            }
        });
    menu.response
        .on_hover_text("What the figure shows")
        .accessible_name("Figure");
}

fn format_choice(ui: &mut Ui, kind: FigureKind, format: &mut Format) {
    let help = |format: Format| match format {
        Format::Png => "A pixel image, for slides and web pages",
        Format::Svg => "Lines, marks and text that stay sharp at any size, for papers",
        Format::Csv => "A table of the numbers, for programs",
        Format::Gif => "An animation, frame by frame",
    };
    let segments: Vec<_> = kind
        .formats()
        .iter()
        .map(|&format| Segment {
            value: format,
            text: format.label(),
            help: help(format),
        })
        .collect();
    if let Some(chosen) = segmented(ui, "Format", *format, &segments) {
        *format = chosen;
    }
}

fn size_fields(ui: &mut Ui, Choice { size, scale, .. }: &mut Choice) {
    let (mut sides, is_paper) = match *size {
        Size::Millimetres(sides) => (sides, true),
        Size::Pixels(sides) => (sides, false),
    };
    let range = if is_paper {
        50.0..=1000.0
    } else {
        200.0..=4000.0
    };
    for (idx, (side, name)) in sides.iter_mut().zip(["Width", "Height"]).enumerate() {
        if idx > 0 {
            ui.label("×");
        }
        let field = DragValue::new(side).range(range.clone()).max_decimals(1);
        ui.add(field)
            .on_hover_text(format!(
                "{name} of the figure; 80 mm is one column of a paper, 160 mm the full page width"
            ))
            .accessible_name(name);
    }
    let changed = if is_paper {
        Size::Millimetres(sides)
    } else {
        Size::Pixels(sides)
    };
    if *size != changed {
        *size = changed;
    }
    let segments = [
        Segment {
            value: true,
            text: "mm",
            help: "For paper: text has its printed size",
        },
        Segment {
            value: false,
            text: "px",
            help: "For a screen, at 96 pixels per inch",
        },
    ];
    let Some(on_paper) = segmented(ui, "Unit of size", is_paper, &segments) else {
        return;
    };
    *size = if on_paper {
        Size::Millimetres(size.in_millimetres().map(f32::round))
    } else {
        Size::Pixels(size.in_pixels().map(f32::round))
    };
    *scale = size.default_scale();
}

fn scale_field(ui: &mut Ui, choice: &mut Choice) {
    let field = DragValue::new(&mut choice.scale)
        .range(SCALES)
        .speed(0.05)
        .max_decimals(2)
        .prefix("× ");
    ui.add(field)
        .on_hover_text(
            "Image pixels per pixel of the size, or per 1/96 inch of paper: 3 prints at 288 dpi",
        )
        .accessible_name("Scale");
    let [width, height] = choice
        .size
        .in_pixels()
        .map(|side| (side * choice.scale).round() as u64);
    let pixels = format!(
        "{} × {} pixels",
        number::count(width),
        number::count(height)
    );
    ui.label(theme::dim(ui, pixels));
}

fn theme_choice(ui: &mut Ui, dark: &mut bool) {
    let segments = [
        Segment {
            value: false,
            text: "light",
            help: "Dark on white, for print",
        },
        Segment {
            value: true,
            text: "dark",
            help: "Light on dark, for slides",
        },
    ];
    if let Some(chosen) = segmented(ui, "Theme of the figure", *dark, &segments) {
        *dark = chosen;
    }
}
