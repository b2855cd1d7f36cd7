//! A table of decoded pictures without gaps: what the pointer, or a key, points at in it.

use egui::{
    EventFilter, Id, Key, Modifiers, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};

use crate::decoded::DecodedPictures;
use crate::theme;

/// A table of pictures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PictureTable {
    /// Upper left corner.
    pub origin: Pos2,
    /// Pictures side by side.
    pub n_columns: usize,
    /// Pictures on top of each other.
    pub n_rows: usize,
    /// Pictures there are.
    pub n: usize,
    /// Side of a picture, in points.
    pub side: f32,
    /// Whether the first row is at the bottom.
    pub rises: bool,
}

impl PictureTable {
    #[must_use]
    pub fn rect(&self) -> Rect {
        let size = vec2(self.n_columns as f32, self.n_rows as f32) * self.side;
        Rect::from_min_size(self.origin, size)
    }

    /// Where a picture is.
    #[must_use]
    pub fn tile(&self, idx: usize) -> Rect {
        let row = self.row_from_top(idx / self.n_columns.max(1));
        let column = idx % self.n_columns.max(1);
        let min = self.origin + vec2(column as f32, row as f32) * self.side;
        Rect::from_min_size(min, Vec2::splat(self.side))
    }

    fn row_from_top(&self, row: usize) -> usize {
        if self.rises {
            self.n_rows.saturating_sub(row + 1)
        } else {
            row
        }
    }

    /// The picture at a place of the screen.
    #[must_use]
    fn at(&self, place: Pos2) -> Option<usize> {
        if !self.rect().contains(place) || self.side <= 0.0 {
            return None;
        }
        let from_corner = (place - self.origin) / self.side;
        let column = (from_corner.x as usize).min(self.n_columns - 1);
        let row = self.row_from_top((from_corner.y as usize).min(self.n_rows - 1));
        let idx = row * self.n_columns + column;
        (idx < self.n).then_some(idx)
    }

    /// Draws the pictures; tells which one the pointer is on, or else the one that arrow keys went to.
    pub fn show(
        &self,
        ui: &Ui,
        id: Id,
        summary: &str,
        pictures: &DecodedPictures,
        keyed: &mut usize,
    ) -> Option<usize> {
        let response = ui.interact(self.rect(), id, Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, ui.is_enabled(), summary));
        let painter = ui.painter_at(self.rect().expand(2.0));
        for idx in 0..self.n {
            pictures.paint(&painter, self.tile(idx), idx);
        }
        let tokens = theme::tokens_of(ui);
        let border = Stroke::new(1.0, tokens.border);
        painter.rect_stroke(self.rect(), 0.0, border, StrokeKind::Outside);
        let pointed = response.hover_pos().and_then(|place| self.at(place));
        if response.clicked() {
            response.request_focus();
            *keyed = pointed.unwrap_or(*keyed);
        }
        let by_key = response.has_focus().then(|| {
            self.move_by_keys(ui, id, keyed);
            *keyed
        });
        let marked = pointed.or(by_key).filter(|&idx| idx < self.n);
        if let Some(idx) = marked {
            let stroke = Stroke::new(1.5, tokens.accent);
            painter.rect_stroke(self.tile(idx), 0.0, stroke, StrokeKind::Outside);
        }
        marked
    }

    /// Arrow keys go from picture to picture while the table has the focus.
    fn move_by_keys(&self, ui: &Ui, id: Id, keyed: &mut usize) {
        let filter = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        let pressed = |key| {
            let n = ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
            isize::try_from(n).unwrap_or(0)
        };
        let right = pressed(Key::ArrowRight) - pressed(Key::ArrowLeft);
        let down = pressed(Key::ArrowDown) - pressed(Key::ArrowUp);
        let rows = if self.rises { -down } else { down };
        let (column, row) = (
            *keyed % self.n_columns.max(1),
            *keyed / self.n_columns.max(1),
        );
        let moved = |from: usize, by: isize, n: usize| {
            from.saturating_add_signed(by).min(n.saturating_sub(1))
        };
        *keyed =
            moved(row, rows, self.n_rows) * self.n_columns + moved(column, right, self.n_columns);
    }
}

/// The largest table of this many pictures that fits into a room, in whole pixels, centred.
#[must_use]
pub fn fitting(room: Rect, n_columns: usize, n_rows: usize, pixels_per_point: f32) -> PictureTable {
    let (columns, rows) = (n_columns.max(1) as f32, n_rows.max(1) as f32);
    let side = (room.width() / columns).min(room.height() / rows).max(2.0);
    let side = (side * pixels_per_point).floor() / pixels_per_point;
    let left = room.left() + ((room.width() - columns * side) / 2.0).max(0.0);
    let whole = |at: f32| (at * pixels_per_point).round() / pixels_per_point;
    PictureTable {
        origin: pos2(whole(left), whole(room.top())),
        n_columns,
        n_rows,
        n: n_columns * n_rows,
        side,
        rises: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tiles(rises: bool) -> PictureTable {
        let room = Rect::from_min_size(pos2(10.0, 20.0), vec2(100.0, 61.0));
        PictureTable {
            rises,
            ..fitting(room, 4, 3, 1.0)
        }
    }

    #[test]
    fn a_place_on_a_picture_finds_it() {
        for rises in [false, true] {
            let tiles = tiles(rises);
            assert_eq!(tiles.side.to_bits(), 20.0_f32.to_bits());
            for idx in 0..12 {
                assert_eq!(tiles.at(tiles.tile(idx).center()), Some(idx));
            }
            assert_eq!(tiles.at(pos2(0.0, 0.0)), None);
        }
    }

    #[test]
    fn a_rising_table_has_its_first_row_at_the_bottom() {
        assert!(tiles(true).tile(0).top() > tiles(true).tile(11).top());
        assert!(tiles(false).tile(0).top() < tiles(false).tile(11).top());
    }
}
