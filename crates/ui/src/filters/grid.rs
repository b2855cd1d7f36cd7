//! The tiles themselves: laid out, scrolled, chosen. Only those that can be seen are drawn and uploaded.

use std::ops::Range;

use egui::{
    EventFilter, Id, Key, Pos2, Rect, Response, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui,
    Vec2, WidgetInfo, vec2,
};

use crate::theme::{self, space};
use crate::tile_atlas::{TileAtlas, TileShape, magnification};

use super::bank::{Bank, Scale, Sort, Source};

/// Distance of tiles, in points.
const GAP: f32 = 3.0;

/// Side of the tile under the pointer, enlarged, in points.
const ENLARGED: f32 = 140.0;

/// What is kept of the tiles from frame to frame.
#[derive(Default)]
pub struct Grid {
    atlas: TileAtlas,
    /// What the atlas shows.
    drawn: Option<Drawn>,
    /// The tile that was clicked or reached with the arrow keys.
    chosen: Option<usize>,
    /// Which tile stands where, of which source, in which order.
    order: Option<(Source, Sort, Vec<usize>)>,
}

struct Drawn {
    source: Source,
    look: Look,
    shape: TileShape,
    first: [usize; 2],
    dark: bool,
}

/// How tiles are shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Where colours end.
    pub scale: Scale,
    /// Which tile comes first.
    pub sort: Sort,
    /// Side of a tile, in points.
    pub side: f32,
}

/// Where tiles are.
struct Places {
    origin: Pos2,
    side: f32,
    n_columns: usize,
    n_tiles: usize,
}

impl Places {
    fn pitch(&self) -> f32 {
        self.side + GAP
    }

    fn rect(&self, place: usize) -> Rect {
        let (row, column) = (place / self.n_columns, place % self.n_columns);
        let corner = vec2(column as f32, row as f32) * self.pitch();
        Rect::from_min_size(self.origin + corner, Vec2::splat(self.side))
    }

    fn n_rows(&self) -> usize {
        self.n_tiles.div_ceil(self.n_columns)
    }

    fn size(&self) -> Vec2 {
        vec2(self.n_columns as f32, self.n_rows() as f32) * self.pitch()
    }

    /// The rows or columns that a stretch of the content touches.
    fn touched(&self, from: f32, to: f32, n: usize) -> Range<usize> {
        let first = (from / self.pitch()).floor().max(0.0) as usize;
        let end = (to / self.pitch()).ceil().max(0.0) as usize;
        first.min(n)..end.min(n)
    }
}

impl Grid {
    /// Draws the tiles into the space there is; tells the tile under the pointer, or the one that was chosen.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        name: &str,
        source: &Source,
        bank: &Bank<'_>,
        look: Look,
    ) -> Option<usize> {
        self.sort(source, bank, look.sort);
        let Self {
            atlas,
            drawn,
            chosen,
            order,
        } = self;
        let order = order.as_ref().map_or(&[][..], |(.., order)| order);
        let id = ui.scope_id().with("tiles");
        let visible = ui.available_rect_before_wrap();
        let whole = keyboard(ui, id, visible, name);
        let moved = whole.has_focus() && {
            let n_columns = places(ui, bank, look, visible.width()).n_columns;
            follow_arrows(ui, n_columns, order, chosen)
        };
        let area = ScrollArea::both().id_salt("tiles").auto_shrink(false);
        let shown = area.show_viewport(ui, |ui, viewport| {
            let places = places(ui, bank, look, visible.width());
            ui.set_min_size(places.size());
            let place = chosen.and_then(|tile| place_of(order, tile));
            if let Some(place) = place.filter(|_| moved) {
                ui.scroll_to_rect(places.rect(place).expand(GAP), None);
            }
            let view = View {
                rows: places.touched(viewport.top(), viewport.bottom(), places.n_rows()),
                columns: places.touched(viewport.left(), viewport.right(), places.n_columns),
                source,
                bank,
                look,
                order,
                places,
            };
            if view.rows.is_empty() || view.columns.is_empty() {
                return None;
            }
            view.upload(ui, atlas, drawn);
            view.draw(ui, id, atlas, chosen)
        });
        shown.inner.or(*chosen)
    }

    /// Sorts once for each look at the model.
    fn sort(&mut self, source: &Source, bank: &Bank<'_>, sort: Sort) {
        let is_current = self
            .order
            .as_ref()
            .is_some_and(|(of, how, _)| *how == sort && of.is(source));
        if !is_current {
            self.order = Some((source.clone(), sort, bank.order(sort)));
        }
        if self.chosen.is_some_and(|tile| tile >= bank.len()) {
            self.chosen = None;
        }
    }
}

/// Columns that fit, or those of a table; sides are whole pixels, so that all tiles are alike.
fn places(ui: &Ui, bank: &Bank<'_>, look: Look, width: f32) -> Places {
    let per_point = ui.pixels_per_point();
    let side = (look.side * per_point).round().max(1.0) / per_point;
    let fitting = ((width - ui.spacing().scroll.bar_width) / (side + GAP)).max(1.0) as usize;
    Places {
        origin: ui.max_rect().min,
        side,
        n_columns: bank.table_columns().unwrap_or(fitting).max(1),
        n_tiles: bank.len(),
    }
}

fn place_of(order: &[usize], tile: usize) -> Option<usize> {
    order.iter().position(|&found| found == tile)
}

/// The tiles as a whole, which the keyboard reaches.
fn keyboard(ui: &Ui, id: Id, visible: Rect, name: &str) -> Response {
    let whole = ui.interact(visible, id, Sense::click());
    whole.widget_info(|| WidgetInfo::labeled(Role::Group, ui.is_enabled(), name));
    if whole.has_focus() {
        let arrows = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, arrows));
        let stroke = Stroke::new(1.0, theme::tokens_of(ui).accent);
        ui.painter()
            .rect_stroke(visible, 2.0, stroke, StrokeKind::Outside);
    }
    whole
}

/// Moves the choice with the arrow keys, and says whether it did.
fn follow_arrows(ui: &Ui, n_columns: usize, order: &[usize], chosen: &mut Option<usize>) -> bool {
    let pressed = |key| ui.input(|input| input.key_pressed(key));
    let line = isize::try_from(n_columns).unwrap_or(isize::MAX);
    let delta = if pressed(Key::ArrowRight) {
        1
    } else if pressed(Key::ArrowLeft) {
        -1
    } else if pressed(Key::ArrowDown) {
        line
    } else if pressed(Key::ArrowUp) {
        -line
    } else {
        return false;
    };
    let before = chosen.and_then(|tile| place_of(order, tile));
    let moved = |place: usize| place.checked_add_signed(delta).unwrap_or(place);
    let after = before.map_or(0, moved).min(order.len().saturating_sub(1));
    *chosen = order.get(after).copied();
    true
}

/// The tiles that can be seen.
struct View<'a> {
    source: &'a Source,
    bank: &'a Bank<'a>,
    look: Look,
    order: &'a [usize],
    places: Places,
    rows: Range<usize>,
    columns: Range<usize>,
}

impl View<'_> {
    fn place(&self, row: usize, column: usize) -> usize {
        (self.rows.start + row) * self.places.n_columns + self.columns.start + column
    }

    fn tile(&self, row: usize, column: usize) -> Option<usize> {
        self.order.get(self.place(row, column)).copied()
    }

    /// Writes the tiles into the texture, if they or how they are shown changed.
    fn upload(&self, ui: &Ui, atlas: &mut TileAtlas, drawn: &mut Option<Drawn>) {
        let Self { bank, look, .. } = self;
        let dark = ui.visuals().dark_mode;
        let first = [self.rows.start, self.columns.start];
        let shape = TileShape {
            columns: self.columns.len(),
            rows: self.rows.len(),
            side: bank.side,
            magnify: magnification(self.places.side * ui.pixels_per_point(), bank.side),
        };
        let is_current = drawn.as_ref().is_some_and(|drawn| {
            drawn.source.is(self.source)
                && (drawn.look, drawn.shape, drawn.first, drawn.dark) == (*look, shape, first, dark)
        });
        if is_current {
            return;
        }
        // Looked up once for each tile, not for each pixel.
        let cells: Vec<Option<(usize, f32)>> = (0..shape.rows * shape.columns)
            .map(|cell| {
                let tile = self.tile(cell / shape.columns, cell % shape.columns)?;
                Some((tile, bank.end(look.scale, tile)))
            })
            .collect();
        atlas.write(ui.ctx(), "filters", shape, |row, column, idx| {
            match cells[row * shape.columns + column] {
                Some((tile, end)) => theme::diverging(dark, bank.value(tile, idx, end)),
                None => theme::TRANSPARENT,
            }
        });
        *drawn = Some(Drawn {
            source: self.source.clone(),
            look: *look,
            shape,
            first,
            dark,
        });
    }

    /// Draws the tiles; tells the one under the pointer.
    fn draw(
        &self,
        ui: &Ui,
        id: Id,
        atlas: &TileAtlas,
        chosen: &mut Option<usize>,
    ) -> Option<usize> {
        let mut hovered = None;
        for row in 0..self.rows.len() {
            for column in 0..self.columns.len() {
                let Some(tile) = self.tile(row, column) else {
                    continue;
                };
                let rect = self.places.rect(self.place(row, column));
                atlas.paint(ui.painter(), rect, row, column);
                let is_chosen = *chosen == Some(tile);
                let response = tile_response(ui, id, self.bank, tile, rect, is_chosen);
                if response.clicked() {
                    *chosen = (!is_chosen).then_some(tile);
                    ui.memory_mut(|memory| memory.request_focus(id));
                }
                if response.hovered() {
                    hovered = Some(tile);
                }
                response.on_hover_ui(|ui| enlarged(ui, atlas, self.bank, tile, [row, column]));
            }
        }
        hovered
    }
}

/// A tile as a widget: reached with the pointer and by screen readers, not with Tab, which would have to pass
/// a thousand.
fn tile_response(
    ui: &Ui,
    id: Id,
    bank: &Bank<'_>,
    tile: usize,
    rect: Rect,
    is_chosen: bool,
) -> Response {
    let response = ui.interact(rect, id.with(tile), Sense::CLICK);
    response.widget_info(|| {
        let label = format!("{}: {}", bank.name(tile), bank.facts(tile).join(", "));
        WidgetInfo::selected(Role::Image, ui.is_enabled(), is_chosen, label)
    });
    let tokens = theme::tokens_of(ui);
    let (width, color) = if is_chosen {
        (2.0, tokens.accent)
    } else if response.hovered() {
        (1.0, tokens.accent)
    } else {
        (1.0, tokens.border)
    };
    let stroke = Stroke::new(width, color);
    ui.painter()
        .rect_stroke(rect, 0.0, stroke, StrokeKind::Outside);
    response
}

/// A tile enlarged, with what can be told of it.
fn enlarged(ui: &mut Ui, atlas: &TileAtlas, bank: &Bank<'_>, tile: usize, cell: [usize; 2]) {
    ui.label(theme::title(ui, bank.name(tile)));
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(ENLARGED), Sense::hover());
    atlas.paint(ui.painter(), rect, cell[0], cell[1]);
    let stroke = Stroke::new(1.0, theme::tokens_of(ui).border);
    ui.painter()
        .rect_stroke(rect, 0.0, stroke, StrokeKind::Outside);
    ui.add_space(space::XS);
    for fact in bank.facts(tile) {
        ui.label(theme::dim(ui, fact));
    }
    if let Some(n_samples) = bank.n_samples() {
        let n = crate::number::count_of(n_samples);
        ui.label(theme::dim(ui, format!("the mean is over {n} test images")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    #[test]
    fn only_what_the_viewport_touches_is_drawn() {
        let places = Places {
            origin: pos2(0.0, 0.0),
            side: 27.0,
            n_columns: 10,
            n_tiles: 1024,
        };
        assert_eq!(places.n_rows(), 103);
        assert_eq!(places.touched(0.0, 90.0, 103), 0..3);
        assert_eq!(places.touched(45.0, 75.0, 103), 1..3);
        assert_eq!(places.touched(3_000.0, 9_000.0, 103), 100..103);
        assert!(places.touched(9_000.0, 9_100.0, 103).is_empty());
    }
}
