//! Where the layers of the drawing stand: bars and blocks whose heights follow the sizes of their layers.

use egui::{Pos2, Rect, Vec2, pos2, vec2};

use hourglass_experiment::ImageShape;
use hourglass_experiment::network::{Network, Place, Shape};

/// Least height of a bar, in points: it has to be hit with the pointer.
const LEAST_HEIGHT: f32 = 8.0;

/// Least side of a map, in points; where more maps would be smaller, the first are shown.
const LEAST_MAP: f32 = 7.0;

/// Height of the row beside the autoencoder, in points.
const BESIDE: f32 = 54.0;

/// Between the mean and `ln σ²`, in points.
const BETWEEN_HEADS: f32 = 14.0;

/// Places of everything in the drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkLayout {
    /// Of the chain, in its order.
    pub columns: Vec<Column>,
    /// Input and output pictures beside the unrolled pixels; `None` if the pixels are a map already.
    pub pictures: Option<[Rect; 2]>,
    /// `ln σ²`.
    pub log_variance: Option<Rect>,
    /// The row of networks beside the autoencoder; none without any.
    pub beside: Option<Rect>,
    /// Upper edge of names and sizes.
    pub names_top: f32,
    /// Upper edge of activations and parameter counts, where there is room for them.
    pub notes_top: Option<f32>,
}

/// One layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The bar or block.
    pub rect: Rect,
    pub maps: Option<MapGrid>,
    /// The whole column, from its names to its notes, up to the middle between neighbours.
    pub slot: Rect,
    /// Where the pointer means this layer: a little more than its bar.
    pub hit: Rect,
}

/// Small maps in rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MapGrid {
    /// Maps side by side.
    pub columns: usize,
    /// Maps that are shown.
    pub n_shown: usize,
    /// Side of a map, in points.
    pub side: f32,
}

impl MapGrid {
    /// As many maps as fit into a room, as large as they can be.
    #[must_use]
    pub fn fit(n_maps: usize, room: Vec2) -> Self {
        let side_with = |columns: usize| {
            (room.x / columns as f32).min(room.y / n_maps.div_ceil(columns) as f32)
        };
        let best = (1..=n_maps.max(1)).max_by(|&a, &b| side_with(a).total_cmp(&side_with(b)));
        let columns = best.unwrap_or(1);
        let side = side_with(columns);
        if side >= LEAST_MAP {
            return Self {
                columns,
                n_shown: n_maps,
                side,
            };
        }
        let along = |length: f32| ((length / LEAST_MAP) as usize).max(1);
        let columns = along(room.x).min(n_maps.max(1));
        Self {
            columns,
            n_shown: (columns * along(room.y)).min(n_maps),
            side: LEAST_MAP,
        }
    }

    /// Their size together, in points.
    #[must_use]
    pub fn size(&self) -> Vec2 {
        let rows = self.n_shown.div_ceil(self.columns.max(1));
        vec2(self.columns as f32, rows as f32) * self.side
    }

    #[must_use]
    pub fn map(&self, block: Rect, map: usize) -> Rect {
        let origin = block.center() - self.size() / 2.0;
        let cell = vec2((map % self.columns) as f32, (map / self.columns) as f32);
        Rect::from_min_size(origin + cell * self.side, Vec2::splat(self.side))
    }
}

impl NetworkLayout {
    /// Stands the layers side by side in a room. Heights follow the square root of the size.
    #[must_use]
    pub fn new(network: &Network, room: Rect, line_height: f32) -> Self {
        let is_high = room.height() > 12.0 * line_height;
        let has_beside = !network.discriminator.is_empty() || network.classes.is_some();
        let beside = (has_beside && is_high).then(|| room.with_min_y(room.bottom() - BESIDE));
        let notes = if is_high {
            2.0 * line_height + 4.0
        } else {
            0.0
        };
        let bottom = beside.map_or(room.bottom(), |rect| rect.top()) - notes;
        let top = room.top() + 2.0 * line_height + 6.0;
        let height = (bottom - top).max(LEAST_HEIGHT);
        let has_pictures = matches!(
            network.chain.first().map(|node| node.shape),
            Some(Shape::Units(_))
        );
        let widths = ColumnWidths::new(network, room.width(), height, has_pictures);
        let middle = top + height / 2.0;
        let mut left = room.left();
        let mut next = |size: Vec2| {
            let rect = Rect::from_min_size(pos2(left, middle - size.y / 2.0), size);
            left += size.x + widths.gap;
            rect
        };
        let picture = Vec2::splat(widths.picture);
        let first_picture = has_pictures.then(|| next(picture));
        let columns: Vec<Column> = widths
            .blocks
            .iter()
            .map(|&(size, maps)| {
                let rect = next(size);
                let rows = room.top()..=bottom + notes;
                let columns = rect.x_range().expand(0.5 * widths.gap);
                let reach = rect.x_range().expand((0.25 * widths.gap).min(8.0));
                Column {
                    rect,
                    maps,
                    slot: Rect::from_x_y_ranges(columns, rows.clone()),
                    hit: Rect::from_x_y_ranges(reach, rows),
                }
            })
            .collect();
        let second_picture = has_pictures.then(|| next(picture));
        let mut layout = Self {
            columns,
            pictures: first_picture.zip(second_picture).map(|(a, b)| [a, b]),
            log_variance: None,
            beside,
            names_top: room.top(),
            notes_top: is_high.then_some(bottom + 4.0),
        };
        layout.part_heads(network, height);
        layout
    }

    /// The column of a place in the chain.
    #[must_use]
    pub fn column(&self, network: &Network, place: Place) -> Option<&Column> {
        let idx = network.chain.iter().position(|node| node.place == place)?;
        self.columns.get(idx)
    }

    /// What a place takes up.
    #[must_use]
    pub fn rect(&self, network: &Network, place: Place) -> Option<Rect> {
        match place {
            Place::LogVariance => self.log_variance,
            place => self.column(network, place).map(|column| column.rect),
        }
    }

    /// Mean and `ln σ²` above each other, where there are both.
    fn part_heads(&mut self, network: &Network, room: f32) {
        if network.log_variance.is_none() {
            return;
        }
        let code = Place::Layer(hourglass_experiment::LayerName::Code);
        let Some(idx) = network.chain.iter().position(|node| node.place == code) else {
            return;
        };
        let Some(column) = self.columns.get_mut(idx) else {
            return;
        };
        let most = (0.5 * (room - BETWEEN_HEADS)).max(1.0);
        if column.rect.height() > most {
            let size = vec2(column.rect.width(), most);
            column.rect = Rect::from_center_size(column.rect.center(), size);
        }
        let offset = vec2(0.0, 0.5 * (column.rect.height() + BETWEEN_HEADS));
        self.log_variance = Some(column.rect.translate(offset));
        column.rect = column.rect.translate(-offset);
    }
}

/// How wide everything is, in points.
struct ColumnWidths {
    /// Side of the pictures at the ends; 0 without them.
    picture: f32,
    /// Size of each layer's bar or block.
    blocks: Vec<(Vec2, Option<MapGrid>)>,
    gap: f32,
}

impl ColumnWidths {
    fn new(network: &Network, width: f32, height: f32, has_pictures: bool) -> Self {
        let sizes = network.chain.iter().map(|node| node.shape.size());
        let largest = sizes.max().unwrap_or(1).max(1) as f32;
        let height_of = |shape: Shape| {
            let share = (shape.size() as f32 / largest).sqrt();
            (height * share).clamp(LEAST_HEIGHT.min(height), height)
        };
        let n_items = network.chain.len() + if has_pictures { 2 } else { 0 };
        let pitch = width / n_items.max(1) as f32;
        let picture = if has_pictures {
            (0.16 * width).clamp(24.0, 130.0).min(height)
        } else {
            0.0
        };
        let bar = (0.28 * pitch).clamp(4.0, 26.0);
        let block = |shape: Shape| match shape {
            Shape::Units(_) => (vec2(bar, height_of(shape)), None),
            Shape::Maps(ImageShape { channels, .. }) => {
                let most = vec2((0.66 * pitch).clamp(10.0, 120.0), height_of(shape));
                let grid = MapGrid::fit(channels, most);
                (vec2(grid.size().x, most.y.max(grid.size().y)), Some(grid))
            }
        };
        let blocks: Vec<_> = network.chain.iter().map(|node| block(node.shape)).collect();
        let used: f32 = blocks.iter().map(|(size, _)| size.x).sum::<f32>() + 2.0 * picture;
        let n_gaps = n_items.saturating_sub(1).max(1) as f32;
        Self {
            picture,
            gap: ((width - used) / n_gaps).max(2.0),
            blocks,
        }
    }
}

/// Boxes of a row beside the autoencoder: this many of a width, with the first as near to `from` as the row allows.
#[must_use]
pub fn row_of_boxes(row: Rect, from: Pos2, n: usize, size: Vec2, gap: f32) -> Vec<Rect> {
    let width = n as f32 * size.x + n.saturating_sub(1) as f32 * gap;
    let left = (from.x + gap).min(row.right() - width).max(row.left());
    let top = row.bottom() - size.y;
    (0..n)
        .map(|idx| {
            let offset = idx as f32 * (size.x + gap);
            Rect::from_min_size(pos2(left + offset, top), size)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hourglass_experiment::PresetId;

    fn layout(id: PresetId, size: Vec2) -> (Network, NetworkLayout) {
        let network = Network::new(&id.preset().experiment());
        let room = Rect::from_min_size(pos2(10.0, 20.0), size);
        let layout = NetworkLayout::new(&network, room, 14.0);
        (network, layout)
    }

    #[test]
    fn layers_stand_side_by_side_within_the_room_for_every_preset() {
        for id in PresetId::ALL {
            for size in [vec2(276.0, 220.0), vec2(466.0, 260.0), vec2(900.0, 600.0)] {
                let (network, layout) = layout(id, size);
                let room = Rect::from_min_size(pos2(10.0, 20.0), size).expand(0.5);
                assert_eq!(layout.columns.len(), network.chain.len());
                for pair in layout.columns.windows(2) {
                    assert!(pair[0].rect.right() <= pair[1].rect.left(), "{id:?} {size}");
                }
                let rects = layout.columns.iter().map(|column| column.rect);
                let pictures = layout.pictures.into_iter().flatten();
                for rect in rects.chain(pictures).chain(layout.log_variance) {
                    assert!(room.contains_rect(rect), "{id:?} {size}: {rect:?}");
                }
            }
        }
    }

    #[test]
    fn heights_follow_the_square_root_of_the_size() {
        let (_, layout) = layout(PresetId::Vanilla64, vec2(466.0, 260.0));
        let heights: Vec<f32> = layout.columns.iter().map(|c| c.rect.height()).collect();
        let share = heights[1] / heights[0];
        assert!((share - (64.0_f32 / 784.0).sqrt()).abs() < 1e-3, "{share}");
        assert!((heights[0] - heights[2]).abs() < 1e-3);
    }

    #[test]
    fn maps_fill_their_block_and_the_first_are_shown_where_all_would_be_too_small() {
        let four = MapGrid::fit(4, vec2(40.0, 40.0));
        assert_eq!((four.columns, four.n_shown), (2, 4));
        let many = MapGrid::fit(256, vec2(30.0, 60.0));
        assert!(many.n_shown < 256 && many.side >= LEAST_MAP - 1e-3);
        assert!(many.size().x <= 30.0 && many.size().y <= 60.0);
    }
}
