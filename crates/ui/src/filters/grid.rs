//! The tiles themselves: scrolled, drawn, chosen. Only those that can be seen are drawn and uploaded.

use std::ops::Range;

use egui::{Id, Rect, Response, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo};

use crate::memo::Memo;
use crate::theme::{self, space};
use crate::tile_atlas::{TileAtlas, TileShape, magnification};

use super::bank::{Bank, FilterScale, FilterSort, FilterSource};
use super::interact::{follow_arrows, keyboard, place_of};
use super::layout::{GAP, TilePlaces, places};

/// Side of the tile under the pointer, enlarged, in points.
const ENLARGED: f32 = 140.0;

/// What is kept of the tiles from frame to frame.
#[derive(Default)]
pub struct FilterGrid {
    atlas: Uploaded,
    /// The tile that was clicked or reached with the arrow keys.
    chosen: Option<usize>,
    /// Which tile stands where, of which source, in which order.
    order: Memo<(FilterSource, FilterSort), Vec<usize>>,
}

/// A texture of tiles: of what, how, from which row and column on, in which theme.
type Uploaded = Memo<(FilterSource, FilterLook, TileShape, [usize; 2], bool), TileAtlas>;

/// How tiles are shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FilterLook {
    /// Where colours end.
    pub scale: FilterScale,
    /// Which tile comes first.
    pub sort: FilterSort,
    /// Side of a tile, in points.
    pub side: f32,
}

impl FilterGrid {
    /// Draws the tiles into the space there is; tells the tile under the pointer, or the one that was chosen.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        name: &str,
        source: &FilterSource,
        bank: &Bank<'_>,
        look: FilterLook,
    ) -> Option<usize> {
        self.sort(source, bank, look.sort);
        let Self {
            atlas,
            chosen,
            order,
        } = self;
        let id = ui.scope_id().with("tiles");
        let visible = ui.available_rect_before_wrap();
        let whole = keyboard(ui, id, visible, name);
        let moved = whole.has_focus() && {
            let n_columns = places(ui, bank, look.side, visible.width()).n_columns;
            follow_arrows(ui, n_columns, order, chosen)
        };
        let area = ScrollArea::both().id_salt("tiles").auto_shrink(false);
        let shown = area.show_viewport(ui, |ui, viewport| {
            let places = places(ui, bank, look.side, visible.width());
            ui.set_min_size(places.size());
            let place = chosen.and_then(|tile| place_of(order, tile));
            if let Some(place) = place.filter(|_| moved) {
                ui.scroll_to_rect(places.rect(place).expand(GAP), None);
            }
            let view = SeenTiles {
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
            view.upload(ui, atlas);
            view.draw(ui, id, atlas, chosen)
        });
        shown.inner.or(*chosen)
    }

    /// Sorts once for each look at the model.
    fn sort(&mut self, source: &FilterSource, bank: &Bank<'_>, sort: FilterSort) {
        let key = (source.clone(), sort);
        self.order.renew(key, |_, order| *order = bank.order(sort));
        if self.chosen.is_some_and(|tile| tile >= bank.len()) {
            self.chosen = None;
        }
    }
}

/// The tiles that can be seen.
struct SeenTiles<'a> {
    source: &'a FilterSource,
    bank: &'a Bank<'a>,
    look: FilterLook,
    order: &'a [usize],
    places: TilePlaces,
    rows: Range<usize>,
    columns: Range<usize>,
}

impl SeenTiles<'_> {
    fn place(&self, row: usize, column: usize) -> usize {
        (self.rows.start + row) * self.places.n_columns + self.columns.start + column
    }

    fn tile(&self, row: usize, column: usize) -> Option<usize> {
        self.order.get(self.place(row, column)).copied()
    }

    /// Writes the tiles into the texture, if they or how they are shown changed.
    fn upload(&self, ui: &Ui, atlas: &mut Uploaded) {
        let Self { bank, look, .. } = self;
        let dark = ui.visuals().dark_mode;
        let first = [self.rows.start, self.columns.start];
        let shape = TileShape {
            columns: self.columns.len(),
            rows: self.rows.len(),
            picture: bank.shape,
            magnify: magnification(self.places.side * ui.pixels_per_point(), bank.shape),
        };
        let key = (self.source.clone(), *look, shape, first, dark);
        atlas.renew(key, |_, atlas| {
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
