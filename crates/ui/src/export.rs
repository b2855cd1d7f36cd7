//! The dialog that exports a figure: which, as what, how large, in which theme; beside that, how it will be.

mod choice;
mod preview;

use std::collections::BTreeMap;

use egui::{Align, Grid, Id, Label, Layout, Modal, RichText, TextEdit, Ui, vec2};
use serde::{Deserialize, Serialize};

use super::panels::Panels;
use super::theme::{self, space};
use super::{Action, PathAction, PathFor, number};
use choice::{Choice, Part};
use hourglass_figure::{FigureKind, FigureRequest, Format, Interval, Look};
use hourglass_state::{LabState, RunState};
use preview::PreviewArea;

/// Width of the choices, in points.
const WIDTH: f32 = 360.0;

/// Space within the edges of the dialog, in points.
const MARGIN: i8 = 20;

pub use preview::{Drawn, Preview};

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
    part: Part,
    #[serde(skip)]
    preview: PreviewArea,
    #[serde(skip)]
    is_open: bool,
}

impl ExportDialog {
    /// Opens the dialog, with a figure where one was named.
    pub fn open(&mut self, kind: Option<FigureKind>) {
        self.is_open = true;
        self.kind = kind.unwrap_or(self.kind);
        self.title.clear();
        self.part = Part::default();
    }

    /// Closes it.
    pub fn close(&mut self) {
        self.is_open = false;
        self.preview.forget();
    }

    /// The figure that is to be drawn for its preview, if it is open and there is one.
    #[must_use]
    pub fn preview_wanted(&self) -> Option<&FigureRequest> {
        self.preview.wanted().filter(|_| self.is_open)
    }

    /// Takes a preview that was drawn.
    pub fn take_preview(&mut self, preview: Preview) {
        self.preview.take(preview);
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
            .inner_margin(MARGIN)
            .corner_radius(12);
        let modal = Modal::new(Id::unique("export"))
            .frame(frame)
            .show(ui.ctx(), |ui| {
                ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
                    ui.spacing_mut().item_spacing.x = space::L;
                    let (is_done, figure) = ui
                        .vertical(|ui| {
                            ui.spacing_mut().item_spacing.x = space::S;
                            ui.set_width(WIDTH);
                            self.choices(ui, state, panels, actions)
                        })
                        .inner;
                    let beside = WIDTH + space::L + 2.0 * f32::from(MARGIN);
                    let size = preview::size(ui.ctx(), &figure.look, beside);
                    let previewed = Some(figure).filter(|_| self.missing(state).is_none());
                    self.preview
                        .ask(ui.ctx(), previewed, size.unwrap_or(vec2(1.0, 1.0)));
                    if let Some(size) = size {
                        self.preview.ui(ui, size);
                    }
                    is_done
                })
                .inner
            });
        if modal.should_close() || modal.inner {
            self.close();
        }
    }

    /// Everything but the preview. Tells whether the dialog is done, and what is chosen.
    fn choices(
        &mut self,
        ui: &mut Ui,
        state: &LabState,
        panels: &Panels,
        actions: &mut Vec<Action>,
    ) -> (bool, FigureRequest) {
        ui.heading("Export a figure");
        ui.add_space(space::M);
        let zoomed = self.zoomed(panels);
        let choice = self.controls(ui, zoomed.is_some());
        ui.add_space(space::S);
        let missing = self.missing(state);
        self.notes(ui, &choice, (state, panels), missing);
        if missing.is_none() {
            source_note(ui, state);
        }
        ui.add_space(space::M);
        let figure = self.request(choice, (state, panels));
        let is_done = buttons(ui, &figure, missing.is_none(), actions);
        (is_done, figure)
    }

    /// The part of its plot that a person zoomed to, of a figure that has one.
    fn zoomed(&self, panels: &Panels) -> Option<[Interval; 2]> {
        let bounds = match self.kind {
            FigureKind::Loss => panels.loss.zoomed(),
            FigureKind::Scatter => panels.latent.zoomed(),
            FigureKind::Digits
            | FigureKind::Manifold
            | FigureKind::Filters
            | FigureKind::Histogram
            | FigureKind::Film
            | FigureKind::Page => None,
        };
        bounds.map(|bounds| [bounds.x, bounds.y])
    }

    /// The figure as it is chosen now.
    fn request(&self, choice: Choice, (state, panels): (&LabState, &Panels)) -> FigureRequest {
        let shown = state.run.as_ref().map(|run| panels.loss.shown(run));
        let (group, is_log) = shown.unwrap_or_default();
        FigureRequest {
            kind: self.kind,
            format: choice.format,
            look: Look {
                size: choice.size,
                scale: choice.scale,
                type_points: choice.type_points,
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
            part: self.zoomed(panels).filter(|_| self.part == Part::OnScreen),
        }
    }

    /// The choices, and what they are now.
    fn controls(&mut self, ui: &mut Ui, is_zoomed: bool) -> Choice {
        let mut choice = Choice::of(self.kind);
        Grid::new("export")
            .num_columns(2)
            .spacing([space::L, space::S])
            .show(ui, |ui| {
                ui.label("Figure");
                choice::figure_menu(ui, &mut self.kind);
                ui.end_row();

                let kind = self.kind;
                let of_kind = self
                    .choices
                    .get(&kind)
                    .filter(|choice| choice.is_valid(kind));
                choice = of_kind.copied().unwrap_or(Choice::of(kind));

                ui.label("Format");
                choice::format_choice(ui, kind, &mut choice.format);
                ui.end_row();

                if choice.format.is_drawn() {
                    if is_zoomed {
                        ui.label("Part");
                        choice::part_choice(ui, &mut self.part);
                        ui.end_row();
                    }
                    ui.label("Size");
                    ui.horizontal(|ui| choice::size_fields(ui, &mut choice));
                    ui.end_row();
                    ui.label("Type");
                    choice::type_field(ui, &mut choice.type_points);
                    ui.end_row();
                    ui.label("Theme");
                    choice::theme_choice(ui, &mut self.dark);
                    ui.end_row();
                }
                if choice.format.has_pixels() {
                    ui.label("Resolution");
                    ui.horizontal(|ui| choice::resolution_field(ui, &mut choice));
                    ui.end_row();
                }
                ui.label("Title");
                let own = self.preview.own_title(kind).unwrap_or(kind.label());
                let edit = TextEdit::singleline(&mut self.title)
                    .hint_text(own)
                    .desired_width(f32::INFINITY);
                ui.add(edit)
                    .on_hover_text(
                        "Text above the figure; leave it empty for the one shown in grey",
                    )
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
        let is_scatter = matches!(
            self.kind,
            FigureKind::Scatter | FigureKind::Film | FigureKind::Page
        );
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
                Format::Html => format!(
                    "Hidden classes are hidden at first, and the reader can show them: {}",
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
}

/// Tells whether the dialog is done.
fn buttons(
    ui: &mut Ui,
    figure: &FigureRequest,
    is_possible: bool,
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
        let typed = ui
            .add_enabled(is_possible, egui::Button::new("Type a path…"))
            .on_hover_text(
                "The same without the system’s dialog: type or paste the path of the file",
            );
        let cancel = ui
            .button("Cancel")
            .on_hover_text("Closes without writing a file");
        let is_done = save.clicked() || typed.clicked() || cancel.clicked();
        let figure = || Box::new(figure.clone());
        if save.clicked() {
            actions.push(Action::Export(figure()));
        } else if typed.clicked() {
            actions.push(PathAction::Ask(PathFor::Figure(figure())).into());
        }
        is_done
    })
    .inner
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
