//! The canvas: a square to draw on, and what can be done with the drawing.

use egui::{
    Color32, Event, PointerButton, Pos2, Rect, Role, Sense, Slider, Stroke, StrokeKind,
    TextureHandle, Ui, Vec2, WidgetInfo, pos2,
};

use crate::action::{Action, DrawEdit, UserImageAction};
use crate::memo::{Memo, Same};
use crate::shortcuts::{self, ShortcutAction};
use crate::theme::{self, space};
use hourglass_protocol::{ImageStage, Prepared};
use hourglass_state::{Drawing, LabState, RADII};

use super::icon::{self, icon_button};
use super::stages;

/// Height of the row of tools below the canvas, in points.
const TOOLS_HEIGHT: f32 = 30.0;

/// Largest share of the width that the canvas takes.
const MOST_OF_WIDTH: f32 = 0.5;

/// Sides of the canvas, in points.
const SIDES: std::ops::RangeInclusive<f32> = 60.0..=560.0;

/// What is kept of the canvas from frame to frame.
#[derive(Default)]
pub struct Canvas {
    /// The drawing as a texture, and for which theme.
    texture: Memo<(Same<Prepared>, bool), Option<TextureHandle>>,
    /// Whether the pen is down.
    is_drawing: bool,
    /// Whether the drawing was added to the images since this was last asked.
    was_added: bool,
}

/// The side of a canvas that fits beside its results.
#[must_use]
pub fn side(room: Vec2) -> f32 {
    let side = (MOST_OF_WIDTH * room.x).min(room.y - TOOLS_HEIGHT);
    side.clamp(*SIDES.start(), *SIDES.end()).min(room.x)
}

impl Canvas {
    /// Whether the drawing was added to the images since this was last asked.
    pub fn take_added(&mut self) -> bool {
        std::mem::take(&mut self.was_added)
    }

    /// Shows the canvas and its tools.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        side: f32,
        radius: &mut f32,
        state: &LabState,
        actions: &mut Vec<Action>,
    ) {
        let drawing = &state.user_images.drawing;
        let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::drag());
        let n_strokes = drawing.strokes().count();
        response.widget_info(|| {
            let label = match n_strokes {
                1 => "Canvas, 1 stroke".to_owned(),
                n => format!("Canvas, {n} strokes"),
            };
            WidgetInfo::labeled(Role::Image, ui.is_enabled(), label)
        });
        self.follow_pen(ui, rect, &response, *radius, actions);
        self.paint(ui, rect, drawing);
        if let Some(at) = response.hover_pos() {
            ui.ctx().set_cursor_icon(egui::CursorIcon::Crosshair);
            let stroke = Stroke::new(1.0, theme::faint(theme::tokens_of(ui).text_dim, 0.8));
            ui.painter_at(rect)
                .circle_stroke(at, *radius * side, stroke);
        }
        self.tools(ui, radius, drawing, actions);
    }

    /// Turns the pointer's ways into strokes, every place of a frame, so that quick curves stay round.
    fn follow_pen(
        &mut self,
        ui: &Ui,
        rect: Rect,
        response: &egui::Response,
        radius: f32,
        actions: &mut Vec<Action>,
    ) {
        let share = |at: Pos2| {
            let share = (at - rect.min) / rect.width().max(1.0);
            [share.x, share.y]
        };
        let mut push = |edit| actions.push(Action::UserImage(UserImageAction::Draw(edit)));
        if !response.is_pointer_button_down_on() && !self.is_drawing {
            return;
        }
        ui.input(|input| {
            for event in &input.events {
                match *event {
                    Event::PointerButton {
                        pos,
                        button: PointerButton::Primary,
                        pressed,
                        ..
                    } => {
                        if pressed && rect.contains(pos) {
                            self.is_drawing = true;
                            push(DrawEdit::Begin {
                                at: share(pos),
                                radius,
                            });
                        } else if !pressed {
                            self.is_drawing = false;
                        }
                    }
                    Event::PointerMoved(pos) if self.is_drawing => {
                        push(DrawEdit::Extend(share(pos)));
                    }
                    _ => {}
                }
            }
            self.is_drawing &= input.pointer.primary_down();
        });
    }

    fn paint(&mut self, ui: &Ui, rect: Rect, drawing: &Drawing) {
        let dark = ui.visuals().dark_mode;
        let painter = ui.painter_at(rect.expand(1.0));
        let prepared = drawing.prepared();
        let is_gray = prepared.is_none_or(|prepared| prepared.target.shape().is_gray());
        let ground = if is_gray {
            theme::ink(dark, 0.0)
        } else {
            theme::pixel([0; 3])
        };
        painter.rect_filled(rect, 0.0, ground);
        if let Some(prepared) = prepared {
            let key = (Same::of(prepared), dark);
            let texture = self.texture.renew(key, |_, texture| {
                let of = |kind| prepared.stages.iter().find(|stage| stage.stage == kind);
                let drawn = of(ImageStage::Ink).or_else(|| of(ImageStage::Original));
                *texture = drawn.map(|drawn| stages::texture(ui.ctx(), drawn, dark, is_gray));
            });
            if let Some(texture) = texture {
                let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
                painter.image(texture.id(), rect, uv, Color32::WHITE);
            }
        }
        let border = Stroke::new(1.0, theme::tokens_of(ui).control_border);
        painter.rect_stroke(rect, 0.0, border, StrokeKind::Inside);
    }

    fn tools(
        &mut self,
        ui: &mut Ui,
        radius: &mut f32,
        drawing: &Drawing,
        actions: &mut Vec<Action>,
    ) {
        let mut push = |edit| actions.push(Action::UserImage(UserImageAction::Draw(edit)));
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            let key = |shortcut_action| shortcuts::key_of(ui.ctx(), shortcut_action);
            let (undo, redo) = (key(ShortcutAction::Undo), key(ShortcutAction::Redo));
            let undo = format!("Undoes the last stroke ({undo})");
            if icon_button(ui, icon::UNDO, "Undo stroke", &undo, drawing.can_undo()) {
                push(DrawEdit::Undo);
            }
            let redo = format!("Redoes the stroke ({redo})");
            if icon_button(ui, icon::REDO, "Redo stroke", &redo, drawing.can_redo()) {
                push(DrawEdit::Redo);
            }
            let has_drawing = !drawing.is_empty();
            let clear = "Clears the canvas; this can be undone";
            if icon_button(ui, icon::CLEAR, "Clear canvas", clear, has_drawing) {
                push(DrawEdit::Clear);
            }
            let add = "Adds the drawing to your images and clears the canvas";
            if icon_button(ui, icon::ADD, "Add to your images", add, has_drawing) {
                self.was_added = true;
                push(DrawEdit::Add);
            }
            brush_size(ui, radius);
        });
    }
}

fn brush_size(ui: &mut Ui, radius: &mut f32) {
    if ui.available_width() < 60.0 {
        return;
    }
    theme::slider_style(ui);
    ui.spacing_mut().slider_width = (ui.available_width() - space::S).min(120.0);
    let slider = Slider::new(radius, RADII).show_value(false);
    ui.add(slider)
        .on_hover_text(format!(
            "Width of the brush: {:.0} % of the canvas. For a digit that fills it, 10 % matches MNIST's pens",
            200.0 * *radius
        ))
        .accessible_name("Brush size");
}
