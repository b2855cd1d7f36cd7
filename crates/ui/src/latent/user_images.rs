//! User images among the points of the scatter, each with its name.

use egui::{Align2, Painter, Pos2, Rect, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, vec2};
use egui_plot::PlotTransform;

use crate::action::{Action, UserImageAction};
use crate::plot::{Bounds, Interval, note, text_width};
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
    // Zoomed out of sight, or nowhere, they are left out.
    let mut placed: Vec<(Pos2, &UserImagePoint)> = points
        .iter()
        .map(|point| {
            let at = transform.position_from_point(&point.point.map(f64::from).into());
            (at, point)
        })
        .filter(|(at, _)| transform.frame().contains(*at))
        .collect();
    // The chosen one comes last, on top of the others.
    placed.sort_by_key(|(_, point)| point.is_chosen);
    let mut taken: Vec<Rect> = placed
        .iter()
        .map(|(at, _)| Rect::from_center_size(*at, Vec2::splat(2.0 * RADIUS)))
        .collect();
    for &(at, user_images) in &placed {
        let id = ui.scope_id().with(("user image", user_images.id.0));
        let rect = Rect::from_center_size(at, Vec2::splat(2.0 * RADIUS + 2.0));
        let response = ui.interact(rect, id, Sense::click());
        let label = format!("{} in the latent space", user_images.name);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &label));
        mark(ui, painter, at, user_images.is_chosen || response.hovered());
        let must = user_images.is_chosen || response.hovered();
        if names || must {
            write_name(ui, painter, at, &user_images.name, must, &mut taken);
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

/// Writes a name beside a marker where nothing else stands; nowhere if there is no such place, unless it must be read.
fn write_name(ui: &Ui, painter: &Painter, at: Pos2, name: &str, must: bool, taken: &mut Vec<Rect>) {
    let text = if name.chars().count() > MAX_CHARS {
        let beginning: String = name.chars().take(MAX_CHARS - 1).collect();
        format!("{beginning}…")
    } else {
        name.to_owned()
    };
    let height = ui.text_style_height(&theme::text::SMALL);
    let size = vec2(text_width(painter, &text), height);
    if let Some((anchor, place)) = beside(at, size, painter.clip_rect(), must, taken) {
        let corner = anchor.pos_in_rect(&place);
        note(
            ui,
            painter,
            corner,
            anchor,
            &text,
            theme::tokens_of(ui).text,
        );
        taken.push(place);
    }
}

/// Room for a name beside a marker, within the frame and away from what is taken: at its right, its left, below or above
/// it. `None` if there is none, unless there must be.
fn beside(at: Pos2, size: Vec2, frame: Rect, must: bool, taken: &[Rect]) -> Option<(Align2, Rect)> {
    const AWAY: f32 = RADIUS + space::XS;
    let sides = [
        (Align2::LEFT_CENTER, vec2(AWAY, 0.0)),
        (Align2::RIGHT_CENTER, vec2(-AWAY, 0.0)),
        (Align2::CENTER_TOP, vec2(0.0, AWAY)),
        (Align2::CENTER_BOTTOM, vec2(0.0, -AWAY)),
    ];
    let places = sides.map(|(anchor, offset)| (anchor, anchor.anchor_size(at + offset, size)));
    let within = |place: &Rect| frame.contains_rect(*place);
    let is_free = |place: &Rect| taken.iter().all(|other| !other.intersects(*place));
    let free = places
        .iter()
        .find(|(_, place)| within(place) && is_free(place));
    let inside = || {
        places
            .iter()
            .find(|(_, place)| within(place))
            .filter(|_| must)
    };
    let first = || places.first().filter(|_| must);
    free.or_else(inside).or_else(first).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    #[test]
    fn names_stand_where_nothing_else_does() {
        let frame = Rect::from_min_size(Pos2::ZERO, vec2(200.0, 100.0));
        let size = vec2(60.0, 10.0);
        let place = |at, must, taken: &[Rect]| beside(at, size, frame, must, taken);
        let at = pos2(50.0, 50.0);
        let (anchor, right) = place(at, false, &[]).expect("all is free");
        assert_eq!(anchor, Align2::LEFT_CENTER);
        let (anchor, _) = place(at, false, &[right]).expect("below it is free");
        assert_eq!(anchor, Align2::CENTER_TOP, "at the left there is no room");
        assert_eq!(place(at, false, &[frame]), None);
        assert_eq!(
            place(at, true, &[frame]),
            Some((Align2::LEFT_CENTER, right))
        );
        let (anchor, _) = place(pos2(190.0, 50.0), false, &[]).expect("at its left");
        assert_eq!(anchor, Align2::RIGHT_CENTER);
    }
}
