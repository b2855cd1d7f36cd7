//! Figures in columns: name, number, unit, and what the number is compared with.

use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Align2, Color32, FontId, Galley, Rect, Role, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};

use crate::theme::{self, space};

/// Height of a row, in points.
const ROW: f32 = 19.0;

/// A heading with rows below it.
pub struct Group {
    /// What the rows are about.
    pub title: String,
    pub rows: Vec<Row>,
}

impl Group {
    /// Shows the heading and the rows; nothing where there is no row. The row that is sought comes into sight.
    pub fn show(self, ui: &mut Ui, sought: &mut Option<&str>) {
        if self.rows.is_empty() {
            return;
        }
        heading(ui, &self.title);
        for row in self.rows {
            let is_sought = sought.take_if(|name| *name == row.name).is_some();
            let response = row.show(ui);
            if is_sought {
                response.scroll_to_me(Some(egui::Align::Center));
            }
        }
    }
}

/// The heading of a group.
pub fn heading(ui: &mut Ui, title: &str) {
    ui.add_space(space::S);
    ui.label(theme::group(ui, title));
    ui.add_space(2.0);
}

/// A figure.
#[derive(Clone, Debug, Default)]
pub struct Row {
    pub name: &'static str,
    /// The number.
    pub value: String,
    /// Its unit; may be empty.
    pub unit: &'static str,
    /// What it is compared with; may be empty.
    pub beside: Vec<String>,
    /// What it says.
    pub help: &'static str,
}

impl Row {
    fn show(self, ui: &mut Ui) -> egui::Response {
        /// Least room beside the unit for what the number is compared with, in points.
        const LEAST: f32 = 120.0;
        let width = ui.available_width();
        let columns = Columns::of(width);
        let beside = self.beside.join(" · ");
        // In a narrow pane it stands below; without a unit, in the unit's place.
        let beside_start = if self.unit.is_empty() {
            columns.unit_start()
        } else {
            columns.beside_start()
        };
        let is_below = !beside.is_empty() && !self.unit.is_empty() && width - beside_start < LEAST;
        let height = if is_below { 2.0 * ROW - 3.0 } else { ROW };
        let (rect, response) = line(ui, vec2(width, height));
        let text = [self.name, &self.value, self.unit, &beside];
        let text: Vec<&str> = text.into_iter().filter(|part| !part.is_empty()).collect();
        let text = text.join(" ");
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));

        let tokens = theme::tokens_of(ui);
        let [small, body, figure] = fonts();
        let at = |x: f32| pos2(rect.left() + x, rect.top() + ROW / 2.0);
        let name = cell(ui, self.name, &body, tokens.text, columns.name);
        paint(ui, at(0.0), Align2::LEFT_CENTER, &name);
        let value = cell(ui, &self.value, &figure, tokens.text, f32::INFINITY);
        paint(ui, at(columns.value_end()), Align2::RIGHT_CENTER, &value);
        let unit = cell(ui, self.unit, &small, tokens.text_dim, columns.unit);
        paint(ui, at(columns.unit_start()), Align2::LEFT_CENTER, &unit);
        let (place, room) = if is_below {
            let below = at(space::S) + vec2(0.0, ROW - 3.0);
            (below, width - space::S)
        } else {
            (at(beside_start), width - beside_start)
        };
        let shown = cell(ui, &beside, &small, tokens.text_dim, room);
        paint(ui, place, Align2::LEFT_CENTER, &shown);
        response.on_hover_ui(|ui| {
            ui.set_max_width(320.0);
            ui.label(self.help);
            if shown.elided {
                ui.label(theme::dim(ui, beside));
            }
        })
    }
}

/// Widths of the columns, in points.
struct Columns {
    name: f32,
    value: f32,
    unit: f32,
}

impl Columns {
    /// Narrow panes leave less room to the names and the units.
    fn of(width: f32) -> Self {
        Self {
            name: (0.34 * width).clamp(60.0, 134.0),
            value: 58.0,
            unit: (0.28 * width).clamp(40.0, 86.0),
        }
    }

    fn value_end(&self) -> f32 {
        self.name + self.value
    }

    fn unit_start(&self) -> f32 {
        self.value_end() + space::S
    }

    fn beside_start(&self) -> f32 {
        self.unit_start() + self.unit + space::S
    }
}

/// The heads of columns of numbers; `first` stands over the names.
pub fn heads(ui: &mut Ui, first: &str, heads: &[&str]) {
    let [small, ..] = fonts();
    let color = theme::tokens_of(ui).text_dim;
    cells(ui, first, heads, [&small, &small], color);
}

/// A row with a number in each column.
pub fn numbers(ui: &mut Ui, name: &str, values: &[&str], help: &str) {
    let [_, body, figure] = fonts();
    let color = theme::tokens_of(ui).text;
    cells(ui, name, values, [&body, &figure], color).on_hover_text(help);
}

fn cells(
    ui: &mut Ui,
    name: &str,
    values: &[&str],
    [name_font, font]: [&FontId; 2],
    color: Color32,
) -> egui::Response {
    /// Widest column, in points.
    const WIDEST: f32 = 84.0;
    let width = ui.available_width();
    let (rect, response) = line(ui, vec2(width, ROW));
    let said: Vec<&str> = values.iter().copied().filter(|of| !of.is_empty()).collect();
    let text = format!("{name} {}", said.join(", "));
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text.trim()));
    let columns = Columns::of(width);
    let column = ((width - columns.name) / values.len() as f32).min(WIDEST);
    let galley = cell(ui, name, name_font, color, columns.name);
    paint(ui, rect.left_center(), Align2::LEFT_CENTER, &galley);
    let mut right = rect.left() + columns.name;
    for value in values {
        right += column;
        let galley = cell(ui, value, font, color, column);
        let at = pos2(right, rect.center().y);
        paint(ui, at, Align2::RIGHT_CENTER, &galley);
    }
    response
}

/// Room for a row, lit under the pointer.
fn line(ui: &mut Ui, size: Vec2) -> (Rect, egui::Response) {
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    if response.hovered() {
        let tokens = theme::tokens_of(ui);
        let lit = rect.expand2(vec2(space::XS, 0.0));
        ui.painter().rect_filled(lit, 3.0, tokens.control_hover);
    }
    (rect, response)
}

/// Small text, body text and figures.
fn fonts() -> [FontId; 3] {
    use theme::text::size;
    [
        theme::regular(size::SMALL),
        theme::regular(size::BODY),
        theme::mono(size::FIGURE),
    ]
}

/// A text in one line, cut off with `…` where it is longer.
fn cell(ui: &Ui, text: &str, font: &FontId, color: Color32, width: f32) -> Arc<Galley> {
    let mut job =
        LayoutJob::single_section(text.to_owned(), TextFormat::simple(font.clone(), color));
    job.wrap = TextWrapping::truncate_at_width(width.max(0.0));
    ui.painter().layout_job(job)
}

fn paint(ui: &Ui, at: egui::Pos2, anchor: Align2, galley: &Arc<Galley>) {
    let place = anchor.anchor_size(at, galley.size());
    let top_left = pos2(
        place.left(),
        ui.painter().round_to_pixel_center(place.top()),
    );
    let color = theme::tokens_of(ui).text; // each text has its own
    ui.painter().galley(top_left, Arc::clone(galley), color);
}
