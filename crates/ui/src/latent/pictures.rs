//! Points drawn as pictures, when few enough are in view that many of them fit.

use std::sync::Arc;

use egui::epaint::{Vertex, WHITE_UV};
use egui::{Color32, Mesh, Painter, Pos2, Rect, Shape, TextureId, Ui, Vec2};

use crate::memo::{Memo, Same};
use crate::{theme, tile_atlas};
use hourglass_protocol::{DatasetDescription, SampleIdx, ScatterView};

use super::album::Album;
use super::cloud::CloudLook;
use super::points::Points;
use super::selection::Selection;

/// Sides of a picture, in points, the largest first: whole pixels of the image stay sharp.
const SIDES: [f32; 3] = [56.0, 42.0, 28.0];

/// Pictures are shown when one in this many points in view could have one.
const MOST_POINTS_EACH: f32 = 4.0;

/// The pictures of the last frame and what they were chosen from.
#[derive(Default)]
pub struct PointPictures {
    built_from: Memo<(Same<ScatterView>, CloudLook)>,
    /// All points in the order in which they may claim room, of these samples.
    order: Memo<Arc<[SampleIdx]>, Vec<u32>>,
    shown: Vec<PlacedPicture>,
    side: f32,
    /// Their grounds, then one for each page of the album.
    meshes: Vec<Arc<Mesh>>,
    /// Where in the album they are.
    places: Vec<usize>,
}

/// A point that is a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
struct PlacedPicture {
    sample: SampleIdx,
    center: Pos2,
    color: Color32,
    is_selected: bool,
}

impl PointPictures {
    /// Points that are pictures.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shown.len()
    }

    /// Shows none.
    pub fn clear(&mut self) {
        self.built_from.forget();
        self.shown.clear();
        self.meshes.clear();
        self.places.clear();
    }

    /// Chooses the pictures again if points or their look changed; `n_in_view` points are in view.
    pub fn choose(
        &mut self,
        points: &Points,
        look: CloudLook,
        selection: &Selection,
        n_in_view: usize,
        now_secs: f64,
    ) {
        let key = (Same::of(points.view_arc()), look);
        if !self.built_from.changes(key) {
            return;
        }
        self.shown.clear();
        self.meshes.clear();
        self.places.clear();
        // Most of the time there is no room, and then nothing else is asked of each point.
        let Some(side) = side(look.frame.size(), n_in_view) else {
            return;
        };
        self.side = side;
        self.put_in_order(points);
        let place = look.place();
        let in_view = self.order.iter().filter_map(|&idx| {
            let idx = idx as usize;
            let center = place(points.position(idx, now_secs));
            (look.filter.shows(points.class(idx)) && look.frame.contains(center))
                .then_some((idx, center))
        });
        let colors = look.colors();
        let mut room = Room::new(look.frame, side);
        for (idx, center) in in_view {
            if room.take(center) {
                let sample = points.view().samples[idx];
                let is_selected = selection.contains(sample);
                self.shown.push(PlacedPicture {
                    sample,
                    center,
                    color: colors.of(points, idx, is_selected),
                    is_selected,
                });
            }
        }
    }

    /// A fixed order that has nothing to do with the data set's: zooming in, a picture stays and others join it.
    fn put_in_order(&mut self, points: &Points) {
        // Odd factors and shifts are bijections: no two samples have the same key.
        let key = |sample: SampleIdx| {
            let mixed = sample.wrapping_mul(0x9e37_79b9);
            (mixed ^ (mixed >> 15)).wrapping_mul(0x85eb_ca6b)
        };
        let samples = Arc::clone(&points.view().samples);
        self.order.renew(samples, |samples, order| {
            *order = (0..).take(samples.len()).collect();
            order.sort_unstable_by_key(|&idx| key(samples[idx as usize]));
        });
    }

    pub fn paint(
        &mut self,
        ui: &Ui,
        painter: &Painter,
        album: &mut Album,
        dataset: &DatasetDescription,
    ) {
        for &number in &self.places {
            album.keep(number);
        }
        if self.places.len() < self.shown.len() {
            self.build(ui, album, dataset);
        }
        painter.extend(self.meshes.iter().map(|mesh| Shape::Mesh(Arc::clone(mesh))));
    }

    /// Builds the meshes. Pictures that the album has no place for yet are points until it has.
    fn build(&mut self, ui: &Ui, album: &mut Album, dataset: &DatasetDescription) {
        let tokens = theme::tokens_of(ui);
        let mut meshes = vec![Mesh::default()];
        self.places.clear();
        for shown in &self.shown {
            let Some(place) = album.place(ui.ctx(), dataset, shown.sample) else {
                continue;
            };
            self.places.push(place.number);
            let rect = Rect::from_center_size(shown.center, Vec2::splat(self.side));
            let (border, width) = if shown.is_selected {
                (tokens.accent, 2.0)
            } else {
                (theme::faint(shown.color, 0.5), 1.0)
            };
            let white = Rect::from_min_max(WHITE_UV, WHITE_UV);
            let frame = rect.expand(width - 1.0);
            quad(&mut meshes[0], frame, white, tokens.plot);
            quad(&mut meshes[0], frame, white, border);
            quad(&mut meshes[0], rect.shrink(1.0), white, tokens.plot);
            quad(
                page(&mut meshes, place.texture),
                tile_atlas::holding(rect, dataset.shape()),
                place.uv,
                theme::tint(dataset.shape(), shown.color),
            );
        }
        self.meshes = meshes.into_iter().map(Arc::new).collect();
        if album.is_behind() {
            ui.ctx().request_repaint();
        }
    }
}

fn page(meshes: &mut Vec<Mesh>, texture: TextureId) -> &mut Mesh {
    let found = meshes
        .iter()
        .skip(1)
        .position(|mesh| mesh.texture_id == texture);
    let idx = found.map_or(meshes.len(), |found| found + 1);
    if idx == meshes.len() {
        meshes.push(Mesh::with_texture(texture));
    }
    &mut meshes[idx]
}

/// Adds a rectangle to a mesh.
pub fn quad(mesh: &mut Mesh, rect: Rect, uv: Rect, color: Color32) {
    let first = mesh.vertices.len() as u32;
    mesh.indices
        .extend([0, 1, 2, 2, 1, 3].map(|corner| first + corner));
    let corners = [
        (rect.left_top(), uv.left_top()),
        (rect.right_top(), uv.right_top()),
        (rect.left_bottom(), uv.left_bottom()),
        (rect.right_bottom(), uv.right_bottom()),
    ];
    mesh.vertices
        .extend(corners.map(|(pos, uv)| Vertex { pos, uv, color }));
}

/// The largest side at which most points in view could be pictures; the smallest one as long as a good part could; none
/// with more points than that.
fn side(frame: Vec2, n_in_view: usize) -> Option<f32> {
    let n = n_in_view as f32;
    let smallest = SIDES[SIDES.len() - 1];
    let room = |side: f32| frame.x * frame.y / (side * side);
    let roomy = SIDES.into_iter().find(|&side| n <= 0.4 * room(side));
    roomy.or((n <= MOST_POINTS_EACH * room(smallest)).then_some(smallest))
}

/// Which squares are taken: cells as large as a picture, of which each holds the middle of one at most.
struct Room {
    frame: Rect,
    side: f32,
    n_columns: usize,
    middles: Vec<Option<Pos2>>,
}

impl Room {
    fn new(frame: Rect, side: f32) -> Self {
        // A cell more on each side, so that every cell has neighbours.
        let [n_columns, n_rows] =
            [frame.width(), frame.height()].map(|length| (length / side).max(0.0) as usize + 3);
        Self {
            frame,
            side,
            n_columns,
            middles: vec![None; n_columns * n_rows],
        }
    }

    /// Takes the square around a place within the frame, if it touches no other.
    fn take(&mut self, center: Pos2) -> bool {
        let away = (center - self.frame.min) / self.side;
        let [column, row] = [away.x, away.y].map(|cells| cells.max(0.0) as usize + 1);
        for row in row - 1..=row + 1 {
            let first = row * self.n_columns + column - 1;
            let near = self.middles.get(first..first + 3).unwrap_or_default();
            let touches = |middle: &Pos2| {
                let apart = (*middle - center).abs();
                apart.x < self.side && apart.y < self.side
            };
            if near.iter().flatten().any(touches) {
                return false;
            }
        }
        match self.middles.get_mut(row * self.n_columns + column) {
            Some(middle) => {
                *middle = Some(center);
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{pos2, vec2};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn pictures_do_not_overlap_and_leave_no_room_unused(
            centers in prop::collection::vec([0.0..300.0_f32, 0.0..200.0_f32], 0..400),
            side in 20.0..60.0_f32,
        ) {
            let frame = Rect::from_min_size(pos2(0.0, 0.0), vec2(300.0, 200.0));
            let mut room = Room::new(frame, side);
            let mut taken: Vec<Pos2> = Vec::new();
            for [x, y] in centers {
                let center = pos2(x, y);
                let overlaps = taken.iter().any(|other| {
                    let apart = (*other - center).abs();
                    apart.x < side && apart.y < side
                });
                prop_assert_eq!(room.take(center), !overlaps);
                if !overlaps {
                    taken.push(center);
                }
            }
        }
    }

    #[test]
    fn pictures_come_when_few_enough_are_in_view_and_grow() {
        let frame = vec2(560.0, 280.0); // room for 200 small pictures
        let sides = [10_000, 801, 800, 81, 80, 30, 5].map(|n| side(frame, n));
        let [small, medium, large] = [28.0, 42.0, 56.0].map(Some);
        assert_eq!(sides, [None, None, small, small, small, medium, large]);
    }
}
