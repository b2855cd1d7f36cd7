//! How widely activations and gradients were spread before the first step, as bars with numbers.

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{
    Align2, Color32, CornerRadius, FontId, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2,
    vec2,
};

use super::paint;
use crate::number::three_digits;
use crate::theme::{self, space};
use hourglass_protocol::LayerSpread;
use hourglass_state::RunState;

/// Height of a row, in points.
const ROW: f32 = 20.0;

/// Room for a number beside its bar, in points.
const NUMBER: f32 = 58.0;

const HELP: &str = "Standard deviation over the images of the first batch and the layer's units, with the initial weights: of \
    the activations, and of ∂J/∂z, the gradients by what the weights make, before the activation (Glorot & Bengio 2010, \
    figures 6 and 7). Bars are as long as the numbers, from zero. With good initial weights they are much alike; where they \
    shrink from layer to layer, signals or gradients vanish, and where they grow, they explode";

/// Shows the layers from the input to the output.
pub fn show(ui: &mut Ui, run: &RunState) {
    let layers: Vec<(usize, String, LayerSpread)> = run
        .gradients
        .layers()
        .enumerate()
        .filter_map(|(idx, layer)| Some((idx, layer.layer.label(), layer.spread?)))
        .collect();
    let largest = |of: fn(LayerSpread) -> f32| {
        let values = layers.iter().map(|(_, _, spread)| of(*spread));
        values.filter(|value| value.is_finite()).fold(0.0, f32::max)
    };
    let ends = [largest(|of| of.activations), largest(|of| of.gradients)];
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        heads(ui);
        for (idx, label, spread) in &layers {
            row(ui, *idx, label, *spread, ends);
        }
    });
}

/// Where a row has its columns, in points from its left end.
struct Columns {
    name: f32,
    /// Width of each of the two others.
    figure: f32,
}

impl Columns {
    fn of(width: f32) -> Self {
        let name = (0.24 * width).clamp(50.0, 110.0);
        Self {
            name,
            figure: ((width - name) / 2.0).max(1.0),
        }
    }

    fn start(&self, column: usize) -> f32 {
        self.name + column as f32 * self.figure
    }
}

fn heads(ui: &mut Ui) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let heads = ["activations", "gradients ∂J/∂z"];
    let text = "Standard deviations before the first step";
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    response.on_hover_text(HELP);
    let columns = Columns::of(rect.width());
    let font = theme::regular(theme::text::size::SMALL);
    let color = theme::tokens_of(ui).text_dim;
    let pieces = [("standard deviation", 0.0, columns.name)].into_iter();
    let figures = heads.into_iter().enumerate();
    let pieces =
        pieces.chain(figures.map(|(idx, head)| (head, columns.start(idx), columns.figure)));
    for (text, start, width) in pieces {
        let at = pos2(rect.left() + start, rect.center().y);
        cell(
            ui,
            text,
            (&font, color),
            (at, Align2::LEFT_CENTER),
            width - space::XS,
        );
    }
}

fn row(ui: &mut Ui, idx: usize, label: &str, spread: LayerSpread, ends: [f32; 2]) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let values = [spread.activations, spread.gradients];
    let numbers = values.map(|value| three_digits(f64::from(value)));
    let said = format!(
        "{label}: standard deviation of activations {}, of gradients {}",
        numbers[0], numbers[1]
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
    let tokens = theme::tokens_of(ui);
    if response.hovered() {
        let lit = rect.expand2(vec2(space::XS, 0.0));
        ui.painter().rect_filled(lit, 3.0, tokens.control_hover);
    }
    response.on_hover_text(HELP);
    let columns = Columns::of(rect.width());
    let body = theme::regular(theme::text::size::BODY);
    let mono = theme::mono(theme::text::size::FIGURE);
    let at = pos2(rect.left(), rect.center().y);
    let style = (&body, tokens.text);
    cell(
        ui,
        label,
        style,
        (at, Align2::LEFT_CENTER),
        columns.name - space::XS,
    );
    for (column, number) in numbers.iter().enumerate() {
        let left = rect.left() + columns.start(column);
        let room = (columns.figure - NUMBER - space::S).max(0.0);
        let share = (values[column] / ends[column]).clamp(0.0, 1.0); // NaN where it has none: no bar
        let bar = Rect::from_min_size(pos2(left, rect.top() + 4.0), vec2(room * share, ROW - 8.0));
        if share > 0.0 {
            let color = theme::faint(paint::color(ui, idx), 0.8);
            ui.painter().rect_filled(bar, CornerRadius::same(2), color);
        }
        let at = pos2(left + room * share.max(0.0) + space::XS, rect.center().y);
        cell(
            ui,
            number,
            (&mono, tokens.text),
            (at, Align2::LEFT_CENTER),
            NUMBER,
        );
    }
}

/// Writes a text in one line, cut off with `…` where it is longer.
fn cell(
    ui: &Ui,
    text: &str,
    (font, color): (&FontId, Color32),
    (at, anchor): (egui::Pos2, Align2),
    width: f32,
) {
    let format = TextFormat::simple(font.clone(), color);
    let mut job = LayoutJob::single_section(text.to_owned(), format);
    job.wrap = TextWrapping::truncate_at_width(width.max(0.0));
    let galley = ui.painter().layout_job(job);
    let place = anchor.anchor_size(at, galley.size());
    let top = ui.painter().round_to_pixel_center(place.top());
    ui.painter().galley(pos2(place.left(), top), galley, color);
}
