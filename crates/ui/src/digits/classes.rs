//! How well each class is reconstructed, as bars that lead to its images.

use egui::{Align2, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::number;
use crate::plot::{heading, note};
use crate::theme::{self, space};
use hourglass_protocol::{DataSetId, ErrorView};

use super::digit::error_text;

/// Share of its column that a bar is wide, or two bars are.
const BARS: f32 = 0.62;

/// The errors of the run in progress and, where two are compared, of its comparison run.
#[derive(Clone, Copy)]
pub struct ErrorsOfRuns<'a> {
    /// Whose classes they are.
    pub id: DataSetId,
    /// Of the run in progress.
    pub own: &'a ErrorView,
    pub comparison: Option<&'a ErrorView>,
}

/// Where the bars go.
struct ClassLayout {
    /// From the values above the bars to the classes below.
    room: Rect,
    n_classes: usize,
    /// The room of the bars alone.
    bars: Rect,
    /// The error that a bar of full height stands for.
    largest: f32,
    line_height: f32,
}

impl ClassLayout {
    fn new(room: Rect, errors: ErrorsOfRuns<'_>, line_height: f32) -> Self {
        let views = [Some(errors.own), errors.comparison];
        let all = views.into_iter().flatten().flat_map(|view| &view.classes);
        let largest = all.map(|class| class.mse_per_pixel).fold(0.0, f32::max);
        let n_values = if errors.comparison.is_some() {
            2.0
        } else {
            1.0
        };
        Self {
            room,
            n_classes: errors.id.n_classes(),
            bars: Rect::from_min_max(
                room.min + vec2(0.0, n_values * line_height + space::XS),
                room.max - vec2(0.0, line_height + space::XS),
            ),
            largest: largest.max(f32::MIN_POSITIVE),
            line_height,
        }
    }

    fn height(&self, mse: f32) -> f32 {
        (self.bars.height().max(0.0) * mse / self.largest).max(1.0)
    }

    /// The column of a class, from top to bottom.
    fn column(&self, class: u8) -> Rect {
        let width = self.room.width() / self.n_classes as f32;
        let min = self.room.min + vec2(f32::from(class) * width, 0.0);
        Rect::from_min_size(min, vec2(width, self.room.height()))
    }
}

/// Draws a bar for each class into the room there is, or a full one for A and an empty one for B; tells which class
/// was clicked.
pub fn show(ui: &mut Ui, errors: ErrorsOfRuns<'_>) -> Option<u8> {
    let title = match errors.comparison {
        Some(_) => "MSE per pixel, mean over the images of each class: A full, B empty",
        None => "MSE per pixel, mean over the images of each class",
    };
    let means = words(
        errors.own.mse_per_pixel,
        errors.comparison.map(|view| view.mse_per_pixel),
    );
    heading(ui, title, |ui| {
        ui.label(theme::dim(ui, format!("all: {means}")));
    });
    let line_height = ui.text_style_height(&theme::text::SMALL) + 1.0;
    let room = ui.available_rect_before_wrap();
    ui.advance_cursor_after_rect(room);
    let layout = ClassLayout::new(room, errors, line_height);
    let tokens = theme::tokens_of(ui);
    let painter = ui.painter();
    let bottom = painter.round_to_pixel_center(layout.bars.bottom());
    painter.hline(room.x_range(), bottom, Stroke::new(1.0, tokens.border));
    if errors.comparison.is_none() {
        let y = layout.bars.bottom() - layout.height(errors.own.mse_per_pixel);
        let y = painter.round_to_pixel_center(y);
        let ends = [pos2(room.left(), y), pos2(room.right(), y)];
        let stroke = Stroke::new(1.0, tokens.text_dim);
        painter.extend(Shape::dashed_line(&ends, stroke, 5.0, 4.0));
    }
    let classes = errors.own.classes.iter().map(|class| class.class);
    let clicked = classes.filter(|&class| column(ui, &layout, class, errors));
    clicked.fold(None, |_, class| Some(class)) // every column is drawn
}

/// One class; tells whether it was clicked.
fn column(ui: &Ui, layout: &ClassLayout, class: u8, errors: ErrorsOfRuns<'_>) -> bool {
    let of = |view: &ErrorView| {
        let found = view.classes.iter().find(|found| found.class == class);
        found.map(|found| (found.mse_per_pixel, found.n_samples))
    };
    let Some((own, n_samples)) = of(errors.own) else {
        return false;
    };
    let comparison = errors.comparison.and_then(of).map(|(mse, _)| mse);
    let column = layout.column(class);
    let id = ui.scope_id().with(("class error", class));
    let response = ui.interact(column, id, Sense::click());
    let n = number::count_of(n_samples);
    let class_name = errors.id.class_name(class);
    let figures = words(own, comparison);
    let name = format!("errors of class {class_name}, MSE {figures} per pixel, {n} test images");
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &name));
    let is_hot = response.hovered() || response.has_focus();
    paint(ui, layout, class, [Some(own), comparison], is_hot);
    let clicked = response.clicked();
    response.on_hover_ui(|ui| {
        ui.label(theme::title(ui, format!("class {class_name}")));
        ui.label(format!("MSE {figures} per pixel"));
        ui.label(theme::dim(ui, format!("over {n} test images")));
        ui.label(theme::dim(ui, "Click to see the worst reconstructions"));
    });
    clicked
}

fn paint(ui: &Ui, layout: &ClassLayout, class: u8, errors: [Option<f32>; 2], is_hot: bool) {
    let tokens = theme::tokens_of(ui);
    let painter = ui.painter();
    let column = layout.column(class);
    if is_hot {
        painter.rect_filled(column, 4.0, tokens.control_hover);
    }
    let small = theme::text::SMALL.resolve(ui.style());
    let decimals = if column.width() < 44.0 { 3 } else { 4 };
    let bottom = layout.bars.bottom();
    let shown: Vec<f32> = errors.into_iter().flatten().collect();
    let width = BARS * column.width() / shown.len().max(1) as f32;
    let highest = shown
        .iter()
        .map(|&mse| layout.height(mse))
        .fold(0.0, f32::max);
    let mut left = column.center().x - 0.5 * BARS * column.width();
    let mut text_bottom = bottom - highest - (shown.len().max(1) - 1) as f32 * layout.line_height;
    for (idx, &mse) in shown.iter().enumerate() {
        let min = pos2(left, bottom - layout.height(mse));
        let bar = Rect::from_min_max(min, pos2(left + width, bottom));
        let opacity = if is_hot { 0.9 } else { 0.6 };
        let color = theme::faint(tokens.accent, opacity);
        if idx == 0 {
            painter.rect_filled(bar, 1.0, color);
        } else {
            let stroke = Stroke::new(1.5, tokens.accent);
            painter.rect_stroke(bar, 1.0, stroke, StrokeKind::Inside);
        }
        let at = pos2(column.center().x, text_bottom - 1.0);
        let text = error_text(mse, decimals);
        note(ui, painter, at, Align2::CENTER_BOTTOM, &text, tokens.text);
        left += width;
        text_bottom += layout.line_height;
    }
    let at = pos2(column.center().x, bottom + 2.0);
    painter.text(
        at,
        Align2::CENTER_TOP,
        class.to_string(),
        small,
        tokens.text,
    );
}

/// `0.012345`, or `A 0.012345, B 0.011111`.
fn words(own: f32, comparison: Option<f32>) -> String {
    let five = |mse: f32| number::five_digits(f64::from(mse));
    match comparison {
        Some(comparison) => format!("A {}, B {}", five(own), five(comparison)),
        None => five(own),
    }
}
