//! The curve of a scheduled quantity below its setting: epochs to the right, its value with the unit upwards.

use egui::{Align2, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::number;
use crate::theme::{self, space, text};
use hourglass_experiment::Course;

/// Height of the curve with the words at its edges, in points.
const HEIGHT: f32 = 62.0;
/// Height of a line of words, in points.
const WORDS: f32 = 17.0;

/// Draws a course from 0 to its highest value.
pub(super) fn show(ui: &mut Ui, course: &Course) {
    let t = theme::tokens_of(ui);
    let size = vec2(ui.available_width(), HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let words = in_words(course);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, ui.is_enabled(), words.as_str()));
    response.on_hover_text(words.as_str());

    let mut plot = rect.shrink2(vec2(space::XS, 0.0));
    plot.min.y += WORDS;
    plot.max.y -= WORDS;
    let painter = ui.painter();
    painter.hline(plot.x_range(), plot.bottom(), Stroke::new(1.0, t.grid));
    let (n_epochs, highest) = (course.n_epochs(), course.highest());
    if n_epochs > 0.0 && highest > 0.0 {
        let points = course.points.iter().map(|&[epoch, value]| {
            let right = (epoch / n_epochs) as f32 * plot.width();
            let up = (value / highest) as f32 * plot.height();
            pos2(plot.left() + right, plot.bottom() - up)
        });
        painter.line(points.collect(), Stroke::new(1.5, t.accent));
    }
    let font = theme::regular(text::size::SMALL);
    let label = |at, anchor, text: String| painter.text(at, anchor, text, font.clone(), t.text_dim);
    label(
        rect.left_top() + vec2(space::XS, 0.0),
        Align2::LEFT_TOP,
        format!(
            "{} up to {}",
            course.quantity,
            with_unit(highest, course.unit)
        ),
    );
    label(
        rect.left_bottom() + vec2(space::XS, 0.0),
        Align2::LEFT_BOTTOM,
        "0".to_owned(),
    );
    label(
        rect.right_bottom() - vec2(space::XS, 0.0),
        Align2::RIGHT_BOTTOM,
        format!("{} epochs", number::setting(n_epochs)),
    );
}

/// "learning rate over epochs: 0.001 at the start, 0 after 5".
fn in_words(course: &Course) -> String {
    let at = |point: Option<&[f64; 2]>| {
        point.map_or_else(String::new, |[_, value]| with_unit(*value, course.unit))
    };
    format!(
        "{} over epochs: {} at the start, {} after {}",
        course.quantity,
        at(course.points.first()),
        at(course.points.last()),
        number::setting(course.n_epochs()),
    )
}

fn with_unit(value: f64, unit: &str) -> String {
    /// What is left of a cosine just before its end.
    const NOTHING: f64 = 1e-12;
    let value = number::setting(if value < NOTHING { 0.0 } else { value });
    if unit.is_empty() {
        value
    } else {
        format!("{value} {unit}")
    }
}
