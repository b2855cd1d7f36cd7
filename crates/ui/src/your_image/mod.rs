//! The panel of user images: the way to images such as those of the data set, and what the model makes of them.

mod canvas;
mod icon;
mod overrides;
mod pieces;
mod result;
mod stages;
mod strip;
mod words;

use egui::{Button, ProgressBar, RichText, ScrollArea, Ui};

use super::action::{Action, DrawEdit, UserImageAction};
use super::pane::Pane;
use super::panel::Panel;
use super::segmented::{Segment, segmented};
use super::shortcuts::{self, ShortcutAction};
use super::theme::{self, space};
use super::{card, drops, number};
use canvas::Canvas;
use hourglass_protocol::{ImageTarget, ProbeRequest, UserImageId};
use hourglass_state::{LabState, Reading, RunView, UserImage};
use pieces::PieceTint;
use result::{ResultPictures, ResultSubject};
use stages::StageTextures;
use strip::{Strip, look_of};

/// The panel of user images.
#[derive(Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct YourImagePanel {
    options: YourImageOptions,
    #[serde(skip)]
    kept: YourImageScene,
}

/// What the panel shows.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
struct YourImageOptions {
    mode: Mode,
    /// Half the width of a stroke, as a share of the canvas.
    radius: f32,
}

impl Default for YourImageOptions {
    fn default() -> Self {
        Self {
            mode: Mode::Images,
            radius: 0.05, // two of twenty pixels, once the drawing fills the box: MNIST's strokes
        }
    }
}

/// Whether images are looked at or one is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum Mode {
    #[default]
    Images,
    Draw,
}

/// What is kept from frame to frame.
#[derive(Default)]
struct YourImageScene {
    strip: Strip,
    stages: StageTextures,
    pieces: PieceTint,
    result: ResultPictures,
    canvas: Canvas,
    /// Images there were, to notice new ones.
    n_images: usize,
}

impl Panel for YourImagePanel {
    /// Shows the user images, or a canvas to draw one on.
    fn ui(&mut self, ui: &mut Ui, view: RunView<'_>, actions: &mut Vec<Action>) {
        let state = view.state;
        let Self { options, kept } = self;
        kept.follow_new_images(state, options);
        listen(ui, options.mode, state, actions);
        let mut mode = options.mode;
        let mut opens = false;
        card::card(
            ui,
            Pane::YourImage.title(),
            |ui| opens = controls(ui, state, &mut mode),
            |ui| match options.mode {
                Mode::Images => images(ui, kept, state, actions),
                Mode::Draw => draw(ui, kept, &mut options.radius, state, actions),
            },
        );
        options.mode = mode;
        if opens {
            actions.push(Action::UserImage(UserImageAction::Open));
        }
    }

    fn look(&self, state: &LabState, request: &mut ProbeRequest) {
        request.user_images = state.user_images.request(true);
    }
}

impl YourImageScene {
    /// Images that came from elsewhere are shown; the canvas stays while drawings are added from it.
    fn follow_new_images(&mut self, state: &LabState, options: &mut YourImageOptions) {
        let n_images = state.user_images.images().len();
        let was_added = self.canvas.take_added();
        if n_images > self.n_images && !was_added {
            options.mode = Mode::Images;
        }
        self.n_images = n_images;
    }
}

/// Keys that mean something here while the panel can be seen.
fn listen(ui: &Ui, mode: Mode, state: &LabState, actions: &mut Vec<Action>) {
    let drawing = &state.user_images.drawing;
    // Redo first: its keys hold those of undo.
    if shortcuts::is_pressed(ui.ctx(), ShortcutAction::Redo)
        && mode == Mode::Draw
        && drawing.can_redo()
    {
        actions.push(Action::UserImage(UserImageAction::Draw(DrawEdit::Redo)));
    }
    let undo = match mode {
        Mode::Draw if drawing.can_undo() => UserImageAction::Draw(DrawEdit::Undo),
        Mode::Images if state.user_images.can_restore() => UserImageAction::Restore,
        _ => return, // the keys may mean something elsewhere
    };
    if shortcuts::is_pressed(ui.ctx(), ShortcutAction::Undo) {
        actions.push(Action::UserImage(undo));
    }
}

/// The controls in the header, from right to left; tells whether pictures are to be opened.
fn controls(ui: &mut Ui, state: &LabState, mode: &mut Mode) -> bool {
    let segments = [
        Segment {
            value: Mode::Images,
            text: "images",
            help: "Images that you dropped, pasted or opened, and drawings that you added",
        },
        Segment {
            value: Mode::Draw,
            text: "draw",
            help: "Draw with the mouse; the model reconstructs it as you draw",
        },
    ];
    if let Some(chosen) = segmented(ui, "Your image", *mode, &segments) {
        *mode = chosen;
    }
    ui.spacing_mut().interact_size.y = 21.0; // as high as the choices beside it
    ui.spacing_mut().button_padding.y = 1.0;
    let open = Button::new(RichText::new("Open…").text_style(theme::text::SMALL));
    let help = drops::open_help(ui.ctx());
    let response = ui.add(open).on_hover_text(help);
    let opens = response.accessible_name("Open images").clicked();
    let n_images = state.user_images.images().len();
    if n_images > 0 {
        let text = match n_images {
            1 => "1 image".to_owned(),
            n => format!("{n} images"),
        };
        card::caption(ui, &text);
    }
    opens
}

fn images(ui: &mut Ui, kept: &mut YourImageScene, state: &LabState, actions: &mut Vec<Action>) {
    if let Some(reading) = state.user_images.reading {
        progress(ui, reading, actions);
    }
    let Some(chosen) = state.user_images.chosen() else {
        empty(ui, state, actions);
        return;
    };
    kept.strip.ui(ui, state, actions);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        // What the model makes of it first: a low panel shows that, and the way there under it.
        result::show(ui, &mut kept.result, state, &subject(state, chosen));
        ui.add_space(space::XS);
        kept.stages.update(ui, &chosen.prepared);
        pieces::show(ui, &mut kept.pieces, &kept.stages, chosen, actions);
        stages::show(ui, &kept.stages, chosen);
        overrides::show(ui, chosen, actions);
    });
}

fn subject<'a>(state: &'a LabState, user_image: &'a UserImage) -> ResultSubject<'a> {
    ResultSubject {
        name: &user_image.name,
        prepared: &user_image.prepared,
        look: look_of(state, user_image.id),
    }
}

fn progress(ui: &mut Ui, reading: Reading, actions: &mut Vec<Action>) {
    let Reading { n_done, n_files } = reading;
    ui.horizontal(|ui| {
        let share = n_done as f32 / n_files.max(1) as f32;
        let text = format!(
            "Reading images, {} of {}",
            number::count_of((n_done + 1).min(n_files)),
            number::count_of(n_files)
        );
        let cancel = "Cancel reading";
        let width = (ui.available_width() - 72.0).max(20.0);
        let text = RichText::new(text).text_style(theme::text::SMALL);
        ui.add(ProgressBar::new(share).desired_width(width).text(text));
        let response = ui
            .small_button("Cancel")
            .on_hover_text("Stops after the current image; those already read are kept")
            .accessible_name(cancel);
        if response.clicked() {
            actions.push(Action::UserImage(UserImageAction::CancelReading));
        }
    });
}

fn empty(ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
    if state.user_images.reading.is_some() {
        return;
    }
    if state.user_images.can_restore() {
        ui.horizontal(|ui| strip::restore_button(ui, state, actions));
    }
    card::empty(ui, "You have no images yet", &drops::invitation(ui.ctx()));
}

fn draw(
    ui: &mut Ui,
    kept: &mut YourImageScene,
    radius: &mut f32,
    state: &LabState,
    actions: &mut Vec<Action>,
) {
    let room = ui.available_rect_before_wrap();
    let side = canvas::side(room.size());
    let (left, right) = room.split_left_right_at_x(room.left() + side);
    let mut left = ui.new_child(egui::UiBuilder::new().max_rect(left).id_salt("canvas"));
    kept.canvas.ui(&mut left, side, radius, state, actions);
    let right = right.with_min_x(right.left() + space::M);
    if right.width() > 60.0 {
        let mut right = ui.new_child(egui::UiBuilder::new().max_rect(right).id_salt("beside"));
        beside_canvas(&mut right, kept, state);
    }
    ui.advance_cursor_after_rect(room);
}

/// What became of the drawing.
fn beside_canvas(ui: &mut Ui, kept: &mut YourImageScene, state: &LabState) {
    let Some(prepared) = state.user_images.drawing.prepared() else {
        let target = &state.user_images.target;
        let (title, way) = match target {
            ImageTarget::Handwriting => {
                ("Draw a digit", "converted to 28×28 as MNIST's digits were")
            }
            ImageTarget::Whole(_) => (
                "Draw something",
                "scaled to the size of the data set's images",
            ),
        };
        let text = format!("It is {way}, and reconstructed while you draw");
        card::empty(ui, title, &text);
        return;
    };
    let subject = ResultSubject {
        name: "Drawing",
        prepared,
        look: look_of(state, UserImageId::DRAWING),
    };
    ScrollArea::vertical()
        .auto_shrink(false)
        .show(ui, |ui| result::show(ui, &mut kept.result, state, &subject));
}
