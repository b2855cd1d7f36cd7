//! The stages of an image on its way to those of the data set, side by side.

use std::sync::Arc;

use egui::{
    Color32, ColorImage, Context, Rect, Role, Sense, Stroke, StrokeKind, TextureFilter,
    TextureHandle, TextureOptions, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use crate::memo::{Memo, Same};
use crate::theme::{self, space};
use hourglass_protocol::{ImageStage, Prepared, StagePicture};
use hourglass_state::UserImage;

use super::{strip, words};

/// Largest side of a stage, in points.
const MAX_SIDE: f32 = 150.0;

/// Pictures of fewer pixels are shown as squares, larger ones smoothly.
const SHARP_BELOW: usize = 60;

/// The stages as textures, rebuilt when the picture or the theme changes.
#[derive(Default)]
pub struct StageTextures {
    textures: Memo<(Same<Prepared>, bool), Vec<TextureHandle>>,
}

impl StageTextures {
    /// The picture as it came.
    pub fn original(&self) -> Option<&TextureHandle> {
        let (prepared, _) = self.textures.key()?;
        let mut stages = prepared.stages.iter();
        let place = stages.position(|stage| stage.stage == ImageStage::Original)?;
        self.textures.get(place)
    }

    /// Makes the textures of a picture, where they are not those that there are.
    pub fn update(&mut self, ui: &Ui, prepared: &Arc<Prepared>) {
        let dark = ui.visuals().dark_mode;
        self.textures
            .renew((Same::of(prepared), dark), |_, textures| {
                let stages = prepared.stages.iter();
                let is_gray = prepared.target.shape().is_gray();
                let texture = |stage: &StagePicture| {
                    let is_ink = match stage.stage {
                        ImageStage::Original | ImageStage::Grey => false,
                        _ => is_gray,
                    };
                    texture(ui.ctx(), stage, dark, is_ink)
                };
                *textures = stages.map(texture).collect();
            });
    }
}

/// A stage as a texture: ink in the theme's colours of gray images, all else as it is.
pub fn texture(ctx: &Context, stage: &StagePicture, dark: bool, is_ink: bool) -> TextureHandle {
    let pixels = stage.rgb.iter().map(|&rgb| {
        if is_ink {
            theme::ink(dark, f32::from(rgb[0]) / 255.0)
        } else {
            theme::pixel(rgb)
        }
    });
    let image = ColorImage::new([stage.width, stage.height], pixels.collect());
    let magnification = if stage.width.max(stage.height) < SHARP_BELOW {
        TextureFilter::Nearest
    } else {
        TextureFilter::Linear
    };
    let options = TextureOptions {
        magnification,
        ..TextureOptions::LINEAR
    };
    ctx.load_texture("stage of a picture", image, options)
}

/// Shows the stages in a row that fills the width.
pub fn show(ui: &mut Ui, textures: &StageTextures, user_image: &UserImage) {
    let stages = &user_image.prepared.stages;
    if stages.is_empty() {
        return;
    }
    let n = stages.len() as f32;
    let gap = space::S;
    let side = ((ui.available_width() - 1.0 + gap) / n - gap).clamp(16.0, MAX_SIDE);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        for (stage, texture) in stages.iter().zip(&*textures.textures) {
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                ui.set_width(side);
                one(ui, user_image, stage, texture, side);
            });
        }
    });
}

fn one(
    ui: &mut Ui,
    user_image: &UserImage,
    stage: &StagePicture,
    texture: &TextureHandle,
    side: f32,
) {
    let (name, help) = words::stage(stage.stage);
    let (room, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
    let label = format!("{}, {name}", user_image.name);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, ui.is_enabled(), &label));
    let picture = within(room, stage);
    let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    ui.painter()
        .image(texture.id(), picture, uv, Color32::WHITE);
    strip::frame(ui, picture);
    let decisions = &user_image.prepared.decisions;
    let is_cropped = decisions.ink().is_some_and(|ink| ink.crop);
    if stage.stage == ImageStage::Grey && is_cropped {
        let [left, top, right, bottom] = user_image.prepared.crop;
        let at = |x: f32, y: f32| picture.min + vec2(x * picture.width(), y * picture.height());
        let crop = Rect::from_min_max(at(left, top), at(right, bottom));
        let stroke = Stroke::new(1.0, theme::tokens_of(ui).accent);
        ui.painter()
            .rect_stroke(crop, 0.0, stroke, StrokeKind::Outside);
    }
    ui.vertical_centered(|ui| ui.label(theme::dim(ui, name)).on_hover_text(help));
    response.on_hover_text(help);
}

/// The largest rectangle of a picture's proportions in the middle of a square.
fn within(room: Rect, stage: &StagePicture) -> Rect {
    let size = vec2(stage.width as f32, stage.height as f32);
    let scale = room.width() / size.max_elem().max(1.0);
    Rect::from_center_size(room.center(), (size * scale).max(Vec2::splat(1.0)))
}
