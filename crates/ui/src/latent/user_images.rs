//! User images among the points of the scatter, each with its name.

use egui::{
    Align2, CornerRadius, Painter, Pos2, Rect, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, vec2,
};
use egui_plot::PlotTransform;

use crate::action::{Action, UserImageAction};
use crate::plot::{Bounds, Interval};
use crate::theme::{self, space};
use hourglass_protocol::{Snapshot, UserImageId};
use hourglass_state::LabState;

/// Half the side of a marker, in points.
const RADIUS: f32 = 6.0;

/// With more images than this only the chosen one says its name, the others under the pointer.
const MAX_NAMES: usize = 8;

/// Longest name that is written, in characters.
const MAX_CHARS: usize = 22;

/// A user image in the plane.
#[derive(Clone, Debug, PartialEq)]
pub struct UserImagePoint {
    id: UserImageId,
    name: String,
    point: [f32; 2],
    is_chosen: bool,
}

/// The images that still exist and whose place is known.
#[must_use]
pub fn points(state: &LabState, snapshot: &Snapshot) -> Vec<UserImagePoint> {
    let Some(view) = &snapshot.user_images else {
        return Vec::new();
    };
    let user_images = &state.user_images;
    let looks = view.images.iter().filter_map(|look| {
        let point = look.percentile.as_ref()?.point;
        let is_drawing = look.id == UserImageId::DRAWING;
        let name = if is_drawing {
            user_images.drawing.prepared()?;
            "Drawing"
        } else {
            &user_images.find(look.id)?.name
        };
        let is_chosen = user_images
            .chosen()
            .is_some_and(|chosen| chosen.id == look.id);
        Some(UserImagePoint {
            id: look.id,
            name: name.to_owned(),
            point,
            is_chosen: is_drawing || is_chosen,
        })
    });
    looks.collect()
}

/// What holds them; none without a finite one.
#[must_use]
pub fn extent(points: &[UserImagePoint]) -> Option<Bounds> {
    let axis = |axis: usize| {
        let values = points
            .iter()
            .map(|user_images| f64::from(user_images.point[axis]));
        Interval::around(values)
    };
    axis(0).zip(axis(1)).map(|(x, y)| Bounds { x, y })
}

/// Marks each image with a diamond; a click chooses it.
pub fn show(
    ui: &Ui,
    painter: &Painter,
    transform: &PlotTransform,
    points: &[UserImagePoint],
    actions: &mut Vec<Action>,
) {
    let names = points.len() <= MAX_NAMES;
    // The chosen one comes last, on top of the others.
    let (chosen, others): (Vec<_>, Vec<_>) =
        points.iter().partition(|user_images| user_images.is_chosen);
    for user_images in others.into_iter().chain(chosen) {
        let at = transform.position_from_point(&user_images.point.map(f64::from).into());
        if !transform.frame().contains(at) {
            continue; // zoomed out of sight, or nowhere
        }
        let id = ui.scope_id().with(("user image", user_images.id.0));
        let rect = Rect::from_center_size(at, Vec2::splat(2.0 * RADIUS + 2.0));
        let response = ui.interact(rect, id, Sense::click());
        let label = format!("{} in the latent space", user_images.name);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &label));
        mark(ui, painter, at, user_images.is_chosen || response.hovered());
        if names || user_images.is_chosen || response.hovered() {
            write_name(ui, painter, at, &user_images.name, user_images.is_chosen);
        }
        if response.clicked() && user_images.id != UserImageId::DRAWING {
            actions.push(Action::UserImage(UserImageAction::Choose(user_images.id)));
        }
    }
}

fn mark(ui: &Ui, painter: &Painter, at: Pos2, is_strong: bool) {
    let tokens = theme::tokens_of(ui);
    let corners = [[0.0, -1.0], [1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]];
    let diamond = |radius: f32| corners.map(|[x, y]| at + radius * vec2(x, y)).to_vec();
    let ground = egui::Shape::convex_polygon(diamond(RADIUS + 2.0), tokens.plot, Stroke::NONE);
    let fill = if is_strong {
        tokens.accent
    } else {
        tokens.plot
    };
    let stroke = Stroke::new(2.0, tokens.accent);
    painter.extend([
        ground,
        egui::Shape::convex_polygon(diamond(RADIUS), fill, stroke),
    ]);
}

/// Writes a name beside a marker, on the side where there is room.
fn write_name(ui: &Ui, painter: &Painter, at: Pos2, name: &str, is_strong: bool) {
    let tokens = theme::tokens_of(ui);
    let font = theme::text::SMALL.resolve(ui.style());
    let text = if name.chars().count() > MAX_CHARS {
        let beginning: String = name.chars().take(MAX_CHARS - 1).collect();
        format!("{beginning}…")
    } else {
        name.to_owned()
    };
    let galley = painter.layout_no_wrap(text, font, tokens.text);
    let away = RADIUS + space::XS;
    let fits = at.x + away + galley.size().x + 3.0 <= painter.clip_rect().right();
    let (anchor, offset) = if fits {
        (Align2::LEFT_CENTER, away)
    } else {
        (Align2::RIGHT_CENTER, -away)
    };
    let place = anchor.anchor_size(at + vec2(offset, 0.0), galley.size());
    let ground = theme::faint(tokens.plot, if is_strong { 0.92 } else { 0.75 });
    painter.rect_filled(place.expand2(vec2(3.0, 1.0)), CornerRadius::same(3), ground);
    painter.galley(place.min, galley, tokens.text);
}
