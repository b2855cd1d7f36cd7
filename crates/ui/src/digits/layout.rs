//! Where the pictures of the digits go.

use egui::{Pos2, Rect, Vec2, emath::GuiRounding as _, pos2};

use crate::theme::space;

/// Sizes of the table of digits, all in points. A digit is a column of pictures; the columns fill the width,
/// and where the height allows it further bands of columns follow below.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DigitLayout {
    /// Digits side by side.
    pub n_columns: usize,
    /// Bands on top of each other.
    pub n_bands: usize,
    /// Pictures of a digit, on top of each other.
    pub n_rows: usize,
    /// Errors of a digit, on top of each other.
    pub n_errors: usize,
    /// Side of a picture.
    pub side: f32,
    /// Distance between neighbours.
    pub gap: f32,
    /// Room for the names of the rows.
    pub label_width: f32,
    /// Height of a line of small text.
    pub line_height: f32,
    /// Height of the bars under the pictures; 0 where there is no room.
    pub bar_height: f32,
    /// Upper left corner of it all.
    pub origin: Pos2,
    pixels_per_point: f32,
}

impl DigitLayout {
    /// One column for each class, where they fit.
    const AIMED_COLUMNS: f32 = 10.0;
    /// A digit can be read from here on. In a small window all ten classes are seen side by side.
    const MIN_SIDE: f32 = 20.0;
    /// Bars higher than this say no more.
    const MAX_BAR: f32 = 60.0;
    /// Bars lower than this say nothing.
    const MIN_BAR: f32 = 14.0;
    /// Distance between bands.
    const BAND_GAP: f32 = space::S;
    /// As many as one texture holds at any scale.
    pub const MAX_COLUMNS: usize = 16;
    /// More digits than this are too many to look at, and cost time in every snapshot.
    pub const MAX_BANDS: usize = 3;

    /// Least height of a band with this many pictures and errors on top of each other.
    #[must_use]
    pub fn least_height(n_rows: usize, n_errors: usize, line_height: f32) -> f32 {
        let lines = (1 + n_errors) as f32 * line_height + space::XS;
        lines + n_rows as f32 * (Self::MIN_SIDE + space::XS)
    }

    /// The largest pictures of which ten fit side by side, more columns where the height is what limits
    /// them, and more bands where the width is.
    #[must_use]
    pub fn new(
        room: Rect,
        [n_rows, n_errors]: [usize; 2],
        line_height: f32,
        pixels_per_point: f32,
    ) -> Self {
        let gap = space::XS;
        let label_width = 5.3 * line_height;
        let width = (room.width() - label_width).max(Self::MIN_SIDE);
        let rows = n_rows.max(1) as f32;
        // A line of classes above, lines of errors below.
        let lines = (1 + n_errors) as f32 * line_height + space::XS;
        let by_height = ((room.height() - lines) / rows - gap).max(Self::MIN_SIDE);
        let by_width = width / Self::AIMED_COLUMNS - gap;
        let side = by_width.clamp(Self::MIN_SIDE, by_height).floor();
        let n_columns = ((width + gap) / (side + gap)) as usize;

        let band = lines + rows * (side + gap) + Self::BAND_GAP;
        let n_bands = ((room.height() + Self::BAND_GAP) / band) as usize;
        let n_bands = n_bands.clamp(1, Self::MAX_BANDS);
        let left = (room.height() + Self::BAND_GAP) / n_bands as f32 - band;
        Self {
            n_columns: n_columns.clamp(1, Self::MAX_COLUMNS),
            n_bands,
            n_rows,
            n_errors,
            side,
            gap,
            label_width,
            line_height,
            bar_height: if left < Self::MIN_BAR {
                0.0
            } else {
                left.min(Self::MAX_BAR)
            },
            origin: room.min,
            pixels_per_point,
        }
    }

    /// Digits that fit.
    #[must_use]
    pub fn n_digits(&self) -> usize {
        self.n_columns * self.n_bands
    }

    /// Where a picture goes, on whole pixels so that it stays sharp.
    #[must_use]
    pub fn picture(&self, row: usize, digit: usize) -> Rect {
        let step = self.side + self.gap;
        let column = (digit % self.n_columns) as f32;
        let top = self.band_top(digit / self.n_columns) + self.line_height;
        let min = pos2(
            self.origin.x + self.label_width + column * step,
            top + row as f32 * step,
        );
        Rect::from_min_size(min, Vec2::splat(self.side)).round_to_pixels(self.pixels_per_point)
    }

    /// All of a digit, from the class above to the error below.
    #[must_use]
    pub fn digit(&self, digit: usize) -> Rect {
        let picture = self.picture(0, digit);
        let band = digit / self.n_columns;
        Rect::from_min_max(
            pos2(picture.left() - self.gap / 2.0, self.band_top(band)),
            pos2(picture.right() + self.gap / 2.0, self.band_bottom(band)),
        )
    }

    /// Top of a band, where its classes stand.
    #[must_use]
    pub fn band_top(&self, band: usize) -> f32 {
        let rows = self.n_rows as f32 * (self.side + self.gap);
        let lines = (1 + self.n_errors) as f32 * self.line_height;
        let height = lines + space::XS + rows + self.bar_height;
        self.origin.y + band as f32 * (height + Self::BAND_GAP)
    }

    /// Top of a band's line of errors.
    #[must_use]
    pub fn errors_top(&self, band: usize) -> f32 {
        let last = self.n_rows.saturating_sub(1);
        self.picture(last, band * self.n_columns).bottom() + space::XS
    }

    /// Where a band ends.
    #[must_use]
    pub fn band_bottom(&self, band: usize) -> f32 {
        self.errors_top(band) + self.n_errors as f32 * self.line_height + self.bar_height
    }

    /// Whether an error fits under a picture; where it does not, its bar has to do.
    #[must_use]
    pub fn has_room_for_errors(&self) -> bool {
        self.side >= 2.0 * self.line_height
    }

    /// Whether the scale of the differences fits beside a row of pictures.
    #[must_use]
    pub fn has_room_for_scale(&self) -> bool {
        self.side + self.gap >= 2.2 * self.line_height
    }

    /// Decimals of an error that fit under a picture.
    #[must_use]
    pub fn error_decimals(&self) -> usize {
        if self.side < 2.7 * self.line_height {
            3
        } else {
            4
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::vec2;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn everything_stays_within_its_room(
            width in 330.0..2000.0_f32, height in 200.0..1200.0_f32, n_rows in 3..5_usize, scale in 0_usize..4,
        ) {
            let room = Rect::from_min_size(pos2(7.0, 9.0), vec2(width, height));
            let layout = DigitLayout::new(room, [n_rows, 1], 15.0, [1.0, 1.25, 1.5, 2.0][scale]);
            let last = layout.digit(layout.n_digits() - 1);
            prop_assert!(last.bottom() <= room.bottom() + 2.0, "{layout:?}");
            prop_assert!(last.right() <= room.right() + layout.gap, "{layout:?}");
        }
    }

    #[test]
    fn ten_columns_fit_into_the_panel_of_a_small_window() {
        let room = Rect::from_min_size(pos2(0.0, 0.0), vec2(456.0, 335.0));
        let [three, four] = [3, 4].map(|n_rows| DigitLayout::new(room, [n_rows, 1], 16.0, 1.0));
        assert_eq!((three.n_columns, three.n_bands), (10, 2));
        assert_eq!((four.n_columns, four.n_bands), (10, 1));
        let narrow = Rect::from_min_size(pos2(0.0, 0.0), vec2(326.0, 235.0));
        let narrow = DigitLayout::new(narrow, [3, 1], 15.0, 1.0);
        assert_eq!(narrow.n_columns, 10);
        assert!(!narrow.has_room_for_errors() && three.has_room_for_errors());
    }
}
