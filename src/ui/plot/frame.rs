//! Draws the axes of a plot around its data.

use egui::emath::GuiRounding as _;
use egui::{
    Align, Align2, Color32, Layout, Painter, Pos2, Rect, Stroke, TextStyle, Ui, UiBuilder, pos2,
    vec2,
};

use super::{Tick, Transform};
use crate::ui::theme::{self, Tokens};

/// One axis of a plot.
#[derive(Clone, Debug)]
pub struct Axis<'a> {
    /// What it shows, with its unit.
    pub title: &'a str,
    /// Its grid.
    pub ticks: Vec<Tick>,
}

/// Where the parts of a plot are. The margins depend on the font alone, so that nothing moves when numbers
/// change and plots above each other line up.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// All of it.
    pub outer: Rect,
    /// The part within the axes.
    pub data: Rect,
}

impl Frame {
    /// Room for labels of up to seven digits at the left, in heights of a line.
    const LEFT_LINES: f32 = 2.9;

    /// Divides `outer` into data and margins: a line above for the title of y, a line below for x.
    #[must_use]
    pub fn new(ui: &Ui, outer: Rect) -> Self {
        let line = ui.text_style_height(&TextStyle::Small);
        let data = Rect::from_min_max(
            outer.min + vec2(Self::LEFT_LINES * line, line + theme::space::XS),
            outer.max - vec2(theme::space::XS, line + theme::space::XS),
        );
        // A small panel must not turn the plot inside out.
        let data = Rect::from_min_size(data.min, data.size().max(vec2(1.0, 1.0)));
        Self {
            outer,
            data: data.round_to_pixels(ui.pixels_per_point()),
        }
    }

    /// Distance between labels that reads well, in points: across and up.
    #[must_use]
    pub fn label_points(ui: &Ui) -> [f32; 2] {
        let line = ui.text_style_height(&TextStyle::Small);
        [4.2 * line, 1.9 * line]
    }

    /// Adds controls from right to left at the end of the line above the data, opposite the title of y.
    pub fn controls<R>(
        &self,
        ui: &mut Ui,
        id_salt: &str,
        add_contents: impl FnOnce(&mut Ui) -> R,
    ) -> R {
        let line = Rect::from_min_max(
            self.outer.min - vec2(0.0, theme::space::XS),
            pos2(self.data.right(), self.data.top()),
        );
        let builder = UiBuilder::new()
            .id_salt(id_salt)
            .max_rect(line)
            .layout(Layout::right_to_left(Align::Center));
        add_contents(&mut ui.new_child(builder))
    }

    /// Draws background, grid, labels and titles; the data goes on top.
    pub fn paint(&self, ui: &Ui, transform: &Transform, x: &Axis<'_>, y: &Axis<'_>) {
        let tokens = theme::tokens_of(ui);
        let painter = ui.painter();
        painter.rect_filled(self.data, 2.0, tokens.plot);
        self.paint_x(ui, tokens, transform, x);
        self.paint_y(ui, tokens, transform, y);
        // The axis lines close the frame at the left and below, where the numbers are.
        let axis = Stroke::new(1.0, tokens.border);
        painter.hline(self.data.x_range(), self.data.bottom(), axis);
        painter.vline(self.data.left(), self.data.y_range(), axis);
    }

    fn paint_x(&self, ui: &Ui, tokens: &Tokens, transform: &Transform, axis: &Axis<'_>) {
        let painter = ui.painter();
        let font = TextStyle::Small.resolve(ui.style());
        let top = self.data.bottom() + theme::space::XS / 2.0;
        let title = painter.text(
            pos2(self.data.right(), top),
            Align2::RIGHT_TOP,
            axis.title,
            font.clone(),
            tokens.text_dim,
        );
        for tick in &axis.ticks {
            let at = transform.screen_x(tick.at);
            let line = grid_stroke(tokens, tick.label.is_some());
            let snapped = painter.round_to_pixel_center(at);
            painter.vline(snapped, self.data.y_range(), line);
            let Some(label) = &tick.label else { continue };
            let galley = painter.layout_no_wrap(label.clone(), font.clone(), tokens.text_dim);
            let place = Align2::CENTER_TOP.anchor_size(pos2(at, top), galley.size());
            let free = place.right() + theme::space::S < title.left() || axis.title.is_empty();
            if free && place.left() >= self.outer.left() {
                painter.galley(place.min, galley, tokens.text_dim);
            }
        }
    }

    fn paint_y(&self, ui: &Ui, tokens: &Tokens, transform: &Transform, axis: &Axis<'_>) {
        let painter = ui.painter();
        let font = TextStyle::Small.resolve(ui.style());
        let right = self.data.left() - theme::space::XS;
        for tick in &axis.ticks {
            let at = transform.screen_y(tick.at);
            let line = grid_stroke(tokens, tick.label.is_some());
            painter.hline(self.data.x_range(), painter.round_to_pixel_center(at), line);
            if let Some(label) = &tick.label {
                let place = pos2(right, at);
                painter.text(
                    place,
                    Align2::RIGHT_CENTER,
                    label,
                    font.clone(),
                    tokens.text_dim,
                );
            }
        }
        painter.text(
            pos2(self.outer.left(), self.outer.top()),
            Align2::LEFT_TOP,
            axis.title,
            font,
            tokens.text_dim,
        );
    }
}

/// Labelled lines stand out a little from the fine ones between.
fn grid_stroke(tokens: &Tokens, labelled: bool) -> Stroke {
    let share = if labelled { 1.0 } else { 0.45 };
    Stroke::new(1.0, tokens.grid.gamma_multiply(share))
}

/// A short text beside a mark in a plot, on a ground that keeps it readable over the data.
pub fn note(ui: &Ui, painter: &Painter, at: Pos2, anchor: Align2, text: &str, color: Color32) {
    let font = TextStyle::Small.resolve(ui.style());
    let galley = painter.layout_no_wrap(text.to_owned(), font, color);
    let place = anchor.anchor_size(at, galley.size());
    let ground = theme::tokens_of(ui).plot.gamma_multiply(0.8);
    painter.rect_filled(place.expand2(vec2(2.0, 0.0)), 2.0, ground);
    painter.galley(place.min, galley, color);
}
