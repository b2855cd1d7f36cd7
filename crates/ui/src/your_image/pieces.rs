//! The picture with what was found in it: groups of ink to click on or off, and a part to drag a rectangle around.

use std::sync::Arc;

use egui::{
    Color32, ColorImage, CursorIcon, Label, Pos2, Rect, Response, RichText, Role, Sense, Stroke,
    StrokeKind, TextureHandle, TextureOptions, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use crate::action::{Action, UserImageAction};
use crate::memo::{Memo, Same};
use crate::theme::{self, space};
use hourglass_protocol::{Group, GroupSet, Preparation, Prepared, Take};
use hourglass_state::UserImage;

use super::stages::StageTextures;
use super::{strip, words};

/// Largest side of the picture, in points.
const MAX_SIDE: f32 = 240.0;

/// Groups that have a switch of their own beside the picture; all can be clicked on it.
const MAX_SWITCHES: usize = 24;

/// Smallest side of a part that is dragged, as a share of the picture: less is a click that slipped.
const MIN_PART: f32 = 0.02;

/// What is kept from frame to frame.
#[derive(Default)]
pub struct PieceTint {
    /// Which groups are taken and which are left out, as a texture over the picture.
    tint: Memo<(Same<Prepared>, bool), Option<TextureHandle>>,
    /// Where the rectangle began that is being dragged, as shares of the picture.
    begin: Option<[f32; 2]>,
}

/// Shows the picture with its groups, and what can be done with them.
pub fn show(
    ui: &mut Ui,
    pieces: &mut PieceTint,
    textures: &StageTextures,
    user_image: &UserImage,
    actions: &mut Vec<Action>,
) {
    let Some(picture) = textures.original() else {
        return;
    };
    pieces.update(ui, &user_image.prepared);
    let mut preparation = user_image.preparation;
    let side = (0.5 * ui.available_width()).clamp(60.0, MAX_SIDE);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::M;
        pieces.picture(ui, picture, user_image, &mut preparation, side);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = space::XS;
            found(ui, user_image, &mut preparation, actions);
        });
    });
    ui.add_space(space::XS);
    if preparation != user_image.preparation {
        actions.push(Action::UserImage(UserImageAction::Prepare(
            user_image.id,
            preparation,
        )));
    }
}

/// Which groups are taken and which are left out, in colours; `None` if no groups are known.
fn tint(ui: &Ui, prepared: &Prepared) -> Option<TextureHandle> {
    let tokens = theme::tokens_of(ui);
    let map = &prepared.group_map;
    let colors = map.groups.iter().map(|&group| {
        let group = usize::from(group).checked_sub(1);
        match group.and_then(|group| prepared.groups.get(group)) {
            None => Color32::TRANSPARENT,
            Some(group) if group.is_taken() => tokens.accent.gamma_multiply(0.55),
            Some(_) => theme::pixel([150; 3]).gamma_multiply(0.8), // faint on any ground
        }
    });
    let colors: Vec<Color32> = colors.collect();
    let size = [map.width, map.height];
    let has_any = colors.len() == map.width * map.height && !colors.is_empty();
    has_any.then(|| {
        let image = ColorImage::new(size, colors);
        ui.ctx()
            .load_texture("groups of a picture", image, TextureOptions::LINEAR)
    })
}

impl PieceTint {
    fn update(&mut self, ui: &Ui, prepared: &Arc<Prepared>) {
        let dark = ui.visuals().dark_mode;
        self.tint.renew((Same::of(prepared), dark), |_, texture| {
            *texture = tint(ui, prepared);
        });
    }

    /// The picture, its groups and its part. A click switches a group, dragging chooses a part.
    fn picture(
        &mut self,
        ui: &mut Ui,
        texture: &TextureHandle,
        user_image: &UserImage,
        preparation: &mut Preparation,
        side: f32,
    ) {
        let pixels = texture.size_vec2();
        let room = (pixels * (side / pixels.max_elem().max(1.0))).max(Vec2::splat(8.0));
        let (rect, response) = ui.allocate_exact_size(room, Sense::click_and_drag());
        let label = format!("{}, what was found", user_image.name);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, ui.is_enabled(), &label));
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        let painter = ui.painter().with_clip_rect(rect.expand(1.0));
        painter.image(texture.id(), rect, whole, Color32::WHITE);
        let place = PicturePlace { rect };
        if let (Some((of, _)), Some(tint)) = (self.tint.key(), &*self.tint) {
            let part = place.rect_of(of.group_map.bounds);
            painter.image(tint.id(), part, whole, Color32::WHITE);
        }
        let tokens = theme::tokens_of(ui);
        for group in user_image
            .prepared
            .groups
            .iter()
            .filter(|group| group.is_digit || group.is_taken())
        {
            let color = if group.is_taken() {
                tokens.accent
            } else {
                tokens.text_dim
            };
            let bounds = place.rect_of(group.bounds).expand(1.5);
            painter.rect_stroke(bounds, 2.0, Stroke::new(1.0, color), StrokeKind::Outside);
        }
        if let Some(part) = self.follow_drag(&response, &place) {
            preparation.region = Some(part);
            preparation.take = None; // groups are found anew
        }
        let dragged = self
            .begin
            .zip(response.interact_pointer_pos())
            .map(|(begin, end)| between(begin, place.shares_of(end)));
        if let Some(part) = dragged.or(preparation.region) {
            shade_around(
                &painter,
                rect,
                place.rect_of(part),
                tokens.panel.gamma_multiply(0.7),
            );
            let stroke = Stroke::new(1.5, tokens.accent);
            painter.rect_stroke(place.rect_of(part), 0.0, stroke, StrokeKind::Inside);
        }
        strip::frame(ui, rect);
        self.follow_pointer(ui, &response, &place, user_image, preparation);
    }

    /// The part that was dragged, once the pointer is let go.
    fn follow_drag(&mut self, response: &Response, place: &PicturePlace) -> Option<[f32; 4]> {
        let at = response
            .interact_pointer_pos()
            .map(|at| place.shares_of(at));
        if response.drag_started() {
            let origin = response.ctx.input(|input| input.pointer.press_origin());
            self.begin = origin.map(|at| place.shares_of(at));
        }
        if !response.drag_stopped() {
            return None;
        }
        let part = between(self.begin.take()?, at?);
        let [left, top, right, bottom] = part;
        (right - left >= MIN_PART && bottom - top >= MIN_PART).then_some(part)
    }

    /// Says what lies under the pointer, and switches it where it is clicked.
    fn follow_pointer(
        &self,
        ui: &Ui,
        response: &Response,
        place: &PicturePlace,
        user_image: &UserImage,
        preparation: &mut Preparation,
    ) {
        let prepared = &user_image.prepared;
        let pointer = response.hover_pos().filter(|_| self.begin.is_none());
        let under = pointer.and_then(|at| prepared.group_map.at(place.shares_of(at)));
        let under = under.and_then(|idx| Some((idx, prepared.groups.get(idx)?)));
        let Some((idx, group)) = under else {
            let help = if prepared.decisions.ink().is_some() {
                "What was found in the image. Click ink to include it or leave it out; drag a rectangle to look \
                 only at that part"
            } else {
                "The image as it came. Drag a rectangle to take only that part"
            };
            response.clone().on_hover_text(help);
            return;
        };
        ui.ctx().set_cursor_icon(CursorIcon::PointingHand);
        let tokens = theme::tokens_of(ui);
        let bounds = place.rect_of(group.bounds).expand(1.5);
        let stroke = Stroke::new(2.0, tokens.accent);
        ui.painter()
            .rect_stroke(bounds, 2.0, stroke, StrokeKind::Outside);
        if response.clicked() {
            preparation.take = Some(Take::Groups(switched(prepared, idx)));
        }
        response
            .clone()
            .on_hover_text_at_pointer(words::group(group));
    }
}

/// Where the picture lies on the screen.
struct PicturePlace {
    rect: Rect,
}

impl PicturePlace {
    fn shares_of(&self, at: Pos2) -> [f32; 2] {
        let at = (at - self.rect.min) / self.rect.size();
        [at.x.clamp(0.0, 1.0), at.y.clamp(0.0, 1.0)]
    }

    fn rect_of(&self, [left, top, right, bottom]: [f32; 4]) -> Rect {
        let at = |x: f32, y: f32| self.rect.min + vec2(x, y) * self.rect.size();
        Rect::from_min_max(at(left, top), at(right, bottom))
    }
}

fn between(a: [f32; 2], b: [f32; 2]) -> [f32; 4] {
    [
        a[0].min(b[0]),
        a[1].min(b[1]),
        a[0].max(b[0]),
        a[1].max(b[1]),
    ]
}

/// Paints over a rectangle but for a part of it.
fn shade_around(painter: &egui::Painter, whole: Rect, part: Rect, color: Color32) {
    let middle = part.y_range();
    let beside = [
        whole.with_max_y(part.top()),
        whole.with_min_y(part.bottom()),
        Rect::from_x_y_ranges(whole.left()..=part.left(), middle),
        Rect::from_x_y_ranges(part.right()..=whole.right(), middle),
    ];
    for rect in beside {
        painter.rect_filled(rect, 0.0, color);
    }
}

/// The groups that are taken with one of them switched. The last one stays: without any, there is no digit.
fn switched(prepared: &Prepared, idx: usize) -> GroupSet {
    let taken = |(idx, group): (usize, &Group)| group.is_taken().then_some(idx);
    let mut set: GroupSet = prepared
        .groups
        .iter()
        .enumerate()
        .filter_map(taken)
        .collect();
    set.toggle(idx);
    if set.is_empty() {
        set.toggle(idx);
    }
    set
}

/// What was found in words, with switches that a keyboard reaches.
fn found(
    ui: &mut Ui,
    user_image: &UserImage,
    preparation: &mut Preparation,
    actions: &mut Vec<Action>,
) {
    let prepared = &user_image.prepared;
    if prepared.decisions.ink().is_none() {
        let text = "Drag a rectangle on the image to take only that part";
        ui.add(Label::new(theme::dim(ui, text)).wrap());
        whole_image(ui, preparation);
        return;
    }
    let digits: Vec<usize> = prepared.digits().collect();
    ui.label(theme::title(ui, words::found(digits.len())));
    if digits.len() > 1 {
        let each = ui
            .button(format!("Add all {}", digits.len()))
            .on_hover_text("Adds each digit as a separate image, in reading order");
        if each.clicked() {
            actions.push(Action::UserImage(UserImageAction::TakeEach(user_image.id)));
        }
    }
    switches(ui, prepared, &digits, preparation);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        let small = |text: &str| RichText::new(text).text_style(theme::text::SMALL);
        if preparation.take.is_some() {
            let automatic = ui
                .button(small("Automatic"))
                .on_hover_text("Uses what looks like the digit, as at first");
            if automatic.clicked() {
                preparation.take = None;
            }
        }
        whole_image(ui, preparation);
        let is_all = preparation.take == Some(Take::AllInk);
        let has_left_out = prepared.groups.iter().any(|group| !group.is_taken());
        if has_left_out && !is_all {
            let all = ui
                .button(small("All ink"))
                .on_hover_text("Uses everything in the image that is not paper");
            if all.clicked() {
                preparation.take = Some(Take::AllInk);
            }
        }
    });
}

/// Leaves the part that was dragged, where one was.
fn whole_image(ui: &mut Ui, preparation: &mut Preparation) {
    if preparation.region.is_none() {
        return;
    }
    let text = RichText::new("Whole image").text_style(theme::text::SMALL);
    let whole = ui
        .button(text)
        .on_hover_text("Looks at the whole image again");
    if whole.clicked() {
        (preparation.region, preparation.take) = (None, None);
    }
}

/// A switch for each group: digits by their numbers in reading order, then what was left out.
fn switches(ui: &mut Ui, prepared: &Prepared, digits: &[usize], preparation: &mut Preparation) {
    if prepared.groups.len() < 2 {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = Vec2::splat(space::XS);
        ui.spacing_mut().button_padding = vec2(5.0, 1.0);
        for (idx, group) in prepared.groups.iter().enumerate().take(MAX_SWITCHES) {
            let number = digits.iter().position(|&digit| digit == idx);
            let (text, name) = words::switch(number, group);
            let text = RichText::new(text).text_style(theme::text::SMALL);
            let response = ui
                .selectable_label(group.is_taken(), text)
                .on_hover_text(words::group(group));
            response.widget_info(|| {
                WidgetInfo::selected(Role::CheckBox, ui.is_enabled(), group.is_taken(), &name)
            });
            if response.clicked() {
                preparation.take = Some(Take::Groups(switched(prepared, idx)));
            }
        }
    });
}
