//! The row of user images to choose from.

use egui::{
    Align, Layout, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, vec2,
};

use crate::action::{Action, UserImageAction};
use crate::memo::{Memo, Same};
use crate::theme::{self, space};
use crate::tile_atlas::{TileAtlas, TileShape, magnification};
use crate::{number, shortcuts};
use hourglass_experiment::ImageShape;
use hourglass_protocol::{Prepared, UserImageId, UserImageLook};
use hourglass_state::{LabState, MAX_USER_IMAGES, UserImage};

use super::icon::{self, icon_button};

/// Side of an image, in points.
const SIDE: f32 = 36.0;

/// Images side by side in the texture; no graphics card takes all of them in one row.
const COLUMNS: usize = 10;

/// Width of the buttons beside the images, in points.
const BUTTONS_WIDTH: f32 = 84.0;

/// The images as one texture, repainted when one of them changes.
#[derive(Default)]
pub struct Strip {
    atlas: Memo<(Vec<Same<Prepared>>, bool, usize), TileAtlas>,
}

impl Strip {
    /// Shows all images; a click chooses one.
    pub fn ui(&mut self, ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
        let images = state.user_images.images();
        self.paint(ui, images);
        let size = vec2(ui.available_width(), SIDE + space::S);
        ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
            if ui.available_width() > 2.0 * BUTTONS_WIDTH {
                buttons(ui, state, actions);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ScrollArea::horizontal().auto_shrink(false).show(ui, |ui| {
                    ui.spacing_mut().item_spacing.x = space::XS;
                    for (place, image) in images.iter().enumerate() {
                        self.image(ui, state, place, image, actions);
                    }
                });
            });
        });
    }

    fn image(
        &self,
        ui: &mut Ui,
        state: &LabState,
        place: usize,
        image: &UserImage,
        actions: &mut Vec<Action>,
    ) {
        let (rect, response) = ui.allocate_exact_size(Vec2::splat(SIDE), Sense::click());
        let is_chosen = state
            .user_images
            .chosen()
            .is_some_and(|chosen| chosen.id == image.id);
        let mse = look_of(state, image.id).map(|look| {
            let mse = number::five_digits(f64::from(look.mse_per_pixel));
            format!("MSE {mse} per pixel")
        });
        let name = mse.map_or_else(
            || image.name.clone(),
            |mse| format!("{}, {mse}", image.name),
        );
        response
            .widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), is_chosen, &name));
        self.atlas
            .paint(ui.painter(), rect, place / COLUMNS, place % COLUMNS);
        let tokens = theme::tokens_of(ui);
        let border = if is_chosen {
            Stroke::new(2.0, tokens.accent)
        } else if response.hovered() || response.has_focus() {
            Stroke::new(1.0, tokens.accent)
        } else {
            Stroke::new(1.0, tokens.border)
        };
        ui.painter()
            .rect_stroke(rect, 0.0, border, StrokeKind::Inside);
        if response.clicked() {
            actions.push(Action::UserImage(UserImageAction::Choose(image.id)));
        }
        response.on_hover_text(name);
    }

    fn paint(&mut self, ui: &Ui, images: &[UserImage]) {
        let dark = ui.visuals().dark_mode;
        // All are of one shape, but for the moment after another data set came.
        let picture = images
            .first()
            .map_or(ImageShape::MNIST, |image| image.prepared.target.shape());
        let magnify = magnification(SIDE * ui.pixels_per_point(), picture);
        let shape = TileShape {
            columns: COLUMNS,
            rows: images.len().clamp(1, MAX_USER_IMAGES).div_ceil(COLUMNS),
            picture,
            magnify,
        };
        let prepared = images.iter().map(|image| Same::of(&image.prepared));
        let key = (prepared.collect(), dark, magnify);
        self.atlas.renew(key, |_, atlas| {
            atlas.write(ui.ctx(), "user images", shape, |row, column, idx| {
                let image = images.get(row * COLUMNS + column);
                let pixels = image.map(|image| &image.prepared.pixels[..]);
                theme::byte_pixel(dark, picture, pixels, idx)
            });
        });
    }
}

/// Remove, take back, remove all, from right to left.
fn buttons(ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.x = space::XS;
    let mut action = |is_requested, action| {
        if is_requested {
            actions.push(Action::UserImage(action));
        }
    };
    let has_images = !state.user_images.images().is_empty();
    let all = "Removes all images; this can be undone";
    let clicked = icon_button(ui, icon::CLEAR_ALL, "Remove all images", all, has_images);
    action(clicked, UserImageAction::Clear);
    if let Some(chosen) = state.user_images.chosen() {
        let name = format!("Remove {}", chosen.name);
        let help = "Removes the selected image; this can be undone";
        let clicked = icon_button(ui, icon::REMOVE, &name, help, true);
        action(clicked, UserImageAction::Remove(chosen.id));
    }
    restore_button(ui, state, actions);
}

/// Takes the last removal back.
pub fn restore_button(ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
    let keys = shortcuts::key_of(ui.ctx(), shortcuts::ShortcutAction::Undo);
    let help = format!("Undoes the last removal ({keys})");
    let can_restore = state.user_images.can_restore();
    if icon_button(ui, icon::UNDO, "Undo removal", &help, can_restore) {
        actions.push(Action::UserImage(UserImageAction::Restore));
    }
}

/// A frame around a picture.
pub fn frame(ui: &Ui, rect: Rect) {
    let border = Stroke::new(1.0, theme::tokens_of(ui).border);
    ui.painter()
        .rect_stroke(rect, 0.0, border, StrokeKind::Outside);
}

/// What the model makes of an image; `None` while it has not answered.
pub(super) fn look_of(state: &LabState, id: UserImageId) -> Option<&UserImageLook> {
    let snapshot = state.run.as_ref()?.snapshot.as_ref()?;
    let mut images = snapshot.user_images.as_ref()?.images.iter();
    images.find(|look| look.id == id)
}
