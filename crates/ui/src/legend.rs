//! An entry of a legend: a mark and a name, which a click shows or hides.

use std::sync::Arc;

use egui::{
    CornerRadius, Galley, Painter, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2,
};

use super::theme::{self, space};

/// An entry of a legend.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// What a screen reader calls it: "show class 3".
    pub name: &'a str,
    /// What stands beside the mark.
    pub text: &'a str,
    /// A figure after the text, in digits of one width; may be empty.
    pub figure: &'a str,
    /// Whether it is shown.
    pub on: bool,
    /// Width of the mark, in points.
    pub mark_width: f32,
}

/// Height of an entry, in points.
pub const HEIGHT: f32 = 20.0;

impl Entry<'_> {
    /// Shows the entry; `paint_mark` draws into the room of the mark at an opacity of 0..1.
    pub fn show(&self, ui: &mut Ui, paint_mark: impl FnOnce(&Painter, Rect, f32)) -> Response {
        let tokens = theme::tokens_of(ui);
        let [text, figure] = self.galleys(ui);
        let [text_gap, figure_gap] = self.gaps();
        let width = self.width(ui).min(ui.max_rect().width());
        let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::click());
        response.widget_info(|| {
            WidgetInfo::selected(Role::CheckBox, ui.is_enabled(), self.on, self.name)
        });
        let painter = ui.painter_at(rect); // what is wider than the panel is cut
        if response.hovered() || response.has_focus() {
            painter.rect_filled(rect, CornerRadius::same(4), tokens.control_hover);
        }
        let mark = Rect::from_min_size(
            pos2(rect.left() + space::XS, rect.top()),
            vec2(self.mark_width, HEIGHT),
        );
        let opacity = if self.on { 1.0 } else { 0.3 };
        paint_mark(&painter, mark, opacity);
        let color = if self.on {
            tokens.text
        } else {
            tokens.text_dim.gamma_multiply(0.6)
        };
        let mut at = pos2(mark.right() + text_gap, rect.center().y);
        for (galley, gap) in [(text, figure_gap), (figure, 0.0)] {
            let size = galley.size();
            let top = painter.round_to_pixel_center(at.y - size.y / 2.0);
            painter.galley_with_override_text_color(pos2(at.x, top), galley, color);
            at.x += size.x + gap;
        }
        response
    }

    /// Its width, in points.
    #[must_use]
    pub fn width(&self, ui: &Ui) -> f32 {
        let texts: f32 = self.galleys(ui).iter().map(|text| text.size().x).sum();
        let gaps: f32 = self.gaps().iter().sum();
        self.mark_width + texts + gaps + 2.0 * space::XS
    }

    /// Text and figure, laid out; egui keeps them from frame to frame.
    fn galleys(&self, ui: &Ui) -> [Arc<Galley>; 2] {
        let color = theme::tokens_of(ui).text;
        let styles = [
            (self.text, theme::text::SMALL),
            (self.figure, theme::text::FIGURE),
        ];
        styles.map(|(text, style)| {
            let font = style.resolve(ui.style());
            ui.painter().layout_no_wrap(text.to_owned(), font, color)
        })
    }

    /// Distances before text and figure, in points.
    fn gaps(&self) -> [f32; 2] {
        [self.text, self.figure].map(|text| if text.is_empty() { 0.0 } else { space::XS })
    }
}
