//! Draws layers and connections, and lights them up.

use std::sync::Arc;

use egui::{Align2, Color32, Mesh, Rect, Shape, Stroke, StrokeKind, Ui, pos2, vec2};

use crate::memo::{Memo, Same};
use crate::theme;
use crate::tile_atlas::{TileAtlas, TileShape, magnification};
use hourglass_experiment::ImageShape;
use hourglass_experiment::network::{Network, Place};
use hourglass_protocol::FlowView;

use super::layout::{Column, MapGrid, NetworkLayout};

/// Least height of a cell, in points.
const LEAST_CELL: f32 = 1.5;

/// Height from which neighbouring cells are set apart, in points.
const APART: f32 = 4.0;

/// The pictures of the drawing as textures: of which look, for which theme and layout.
#[derive(Default)]
pub struct FlowPictures {
    textures: Memo<(Same<FlowView>, bool, NetworkLayout), Textures>,
}

#[derive(Default)]
struct Textures {
    /// What the encoder is shown, and what the decoder makes of it.
    digits: TileAtlas,
    /// Of each layer of the chain; unused where it has no maps.
    maps: Vec<TileAtlas>,
}

impl FlowPictures {
    /// Writes the textures, if the look at the model or how it is shown changed.
    pub fn renew(
        &mut self,
        ui: &Ui,
        network: &Network,
        layout: &NetworkLayout,
        flow: &Arc<FlowView>,
    ) {
        let dark = ui.visuals().dark_mode;
        let key = (Same::of(flow), dark, layout.clone());
        self.textures.renew(key, |_, textures| {
            textures.write(ui, network, layout, flow, dark);
        });
    }

    /// Draws what goes in (0) or comes out (1).
    pub fn paint_end(&self, ui: &Ui, rect: Rect, which: usize) {
        self.textures.digits.paint(ui.painter(), rect, 0, which);
    }

    /// Draws the maps of a layer.
    pub fn paint_maps(&self, ui: &Ui, layer: usize, column: &Column, grid: &MapGrid) {
        let Some(atlas) = self.textures.maps.get(layer) else {
            return;
        };
        for map in 0..grid.n_shown {
            let rect = grid.map(column.rect, map);
            let gap = (0.06 * grid.side).clamp(0.5, 2.0);
            let (row, at) = (map / grid.columns, map % grid.columns);
            atlas.paint(ui.painter(), rect.shrink(gap), row, at);
        }
    }
}

impl Textures {
    fn write(
        &mut self,
        ui: &Ui,
        network: &Network,
        layout: &NetworkLayout,
        flow: &FlowView,
        dark: bool,
    ) {
        let per_point = ui.pixels_per_point();
        let side = layout.pictures.map_or(120.0, |[first, _]| first.width());
        let picture = network.image();
        let shape = TileShape {
            columns: 2,
            rows: 1,
            picture,
            magnify: magnification(side * per_point, picture),
        };
        self.digits
            .write(ui.ctx(), "network ends", shape, |_, column, idx| {
                let values = [&flow.input, &flow.reconstruction][column];
                theme::image_pixel(dark, picture, values, idx)
            });
        self.maps
            .resize_with(network.chain.len(), TileAtlas::default);
        let columns = network.chain.iter().zip(&layout.columns);
        for (atlas, (node, column)) in self.maps.iter_mut().zip(columns) {
            let (Place::Layer(layer), Some(grid)) = (node.place, column.maps) else {
                continue;
            };
            let (Some(found), Some(maps)) = (flow.layer(layer), node.shape.maps()) else {
                continue;
            };
            let picture = ImageShape::gray(maps.height, maps.width);
            let shape = TileShape {
                columns: grid.columns,
                rows: grid.n_shown.div_ceil(grid.columns.max(1)),
                picture,
                magnify: magnification(grid.side * per_point, picture),
            };
            let end = if found.end > 0.0 { found.end } else { 1.0 };
            atlas.write(ui.ctx(), "network maps", shape, |row, column, idx| {
                let map = row * grid.columns + column;
                let value = found.values.get(map * picture.n_values() + idx);
                theme::diverging(dark, value.map_or(0.0, |value| value / end))
            });
        }
    }
}

/// The side of a picture of pixels in a block of one map.
#[must_use]
pub fn end_in_block(column: &Column) -> Rect {
    let side = column.rect.width().min(column.rect.height());
    Rect::from_center_size(column.rect.center(), vec2(side, side))
}

/// Values that share a cell of a bar so high; 1 where each has its own.
#[must_use]
pub fn values_per_cell(n_values: usize, height: f32) -> usize {
    n_values.div_ceil(n_cells(n_values, height).max(1))
}

fn n_cells(n_values: usize, height: f32) -> usize {
    let fitting = (height / LEAST_CELL).max(1.0) as usize;
    if n_values <= fitting {
        return n_values;
    }
    // Cells of equally many values each.
    n_values.div_ceil(n_values.div_ceil(fitting))
}

/// Draws a bar of cells, one for each value, or for some neighbours the mean of them.
pub fn cells(ui: &Ui, rect: Rect, values: &[f32], color: impl Fn(f32) -> Color32) {
    let per_cell = values_per_cell(values.len(), rect.height());
    let n_cells = values.len().div_ceil(per_cell.max(1));
    let pitch = rect.height() / n_cells.max(1) as f32;
    let gap = if pitch >= APART { 1.0 } else { 0.0 };
    let mut mesh = Mesh::default();
    for (idx, members) in values.chunks(per_cell.max(1)).enumerate() {
        let mean = members.iter().sum::<f32>() / members.len() as f32;
        let top = rect.top() + idx as f32 * pitch;
        let cell = Rect::from_min_max(
            pos2(rect.left(), top),
            pos2(rect.right(), top + pitch - gap),
        );
        mesh.add_colored_rect(cell, color(mean));
    }
    ui.painter().add(Shape::mesh(mesh));
}

/// Draws a connection: from the whole of one layer to the whole of the next.
pub fn band(ui: &Ui, from: Rect, to: Rect, color: Color32) {
    let corners = vec![
        from.right_top(),
        to.left_top(),
        to.left_bottom(),
        from.right_bottom(),
    ];
    let shape = Shape::convex_polygon(corners, color, Stroke::NONE);
    ui.painter().add(shape);
}

/// Draws the part of a connection that the light has passed.
pub fn lit_band(ui: &Ui, from: Rect, to: Rect, progress: f32, color: Color32) {
    let between = |a: f32, b: f32| a + progress * (b - a);
    let front = Rect::from_min_max(
        pos2(
            between(from.right(), to.left()),
            between(from.top(), to.top()),
        ),
        pos2(to.right(), between(from.bottom(), to.bottom())),
    );
    band(ui, from, front, color);
}

/// Draws the frame of a layer.
pub fn frame(ui: &Ui, rect: Rect, is_chosen: bool, is_hovered: bool) {
    let tokens = theme::tokens_of(ui);
    let stroke = if is_chosen {
        Stroke::new(2.0, tokens.accent)
    } else if is_hovered {
        Stroke::new(1.0, tokens.accent)
    } else {
        Stroke::new(1.0, tokens.control_border)
    };
    ui.painter()
        .rect_stroke(rect, 1.0, stroke, StrokeKind::Outside);
}

/// Fills a layer that is not lit.
pub fn unlit(ui: &Ui, rect: Rect) {
    let tokens = theme::tokens_of(ui);
    ui.painter().rect_filled(rect, 1.0, tokens.control_active);
}

/// Writes a line centred on `x` if it fits into a width.
pub fn centred(ui: &Ui, x: f32, top: f32, width: f32, text: &str, color: Color32) {
    let font = theme::text::SMALL.resolve(ui.style());
    let galley = ui.painter().layout_no_wrap(text.to_owned(), font, color);
    if galley.size().x <= width {
        let at = Align2::CENTER_TOP.anchor_size(pos2(x, top), galley.size());
        ui.painter().galley(at.min, galley, color);
    }
}

/// The values of a place of the chain, and the end of their colours; pixels end at 1.
#[must_use]
pub fn values(flow: &FlowView, place: Place) -> Option<(&[f32], f32)> {
    match place {
        Place::Input => Some((&flow.input, 1.0)),
        Place::Output => Some((&flow.reconstruction, 1.0)),
        Place::Layer(layer) => flow
            .layer(layer)
            .map(|found| (found.values.as_slice(), found.end)),
        Place::LogVariance => {
            let values = flow.log_variance.as_deref()?;
            let end = values
                .iter()
                .fold(0.0, |end: f32, value| end.max(value.abs()));
            Some((values, end))
        }
        Place::Discriminator(_) | Place::Verdict | Place::Classes => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_hold_equally_many_values() {
        assert_eq!(values_per_cell(64, 200.0), 1);
        assert_eq!(values_per_cell(784, 150.0), 8); // 98 cells of 8
        assert_eq!(values_per_cell(1, 8.0), 1);
        assert_eq!(values_per_cell(1024, 1.0), 1024);
    }
}
