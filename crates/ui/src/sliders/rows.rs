//! A row for each unit: its name, a slider, its value, and what the decoder draws from low to high.

use std::collections::BTreeMap;
use std::sync::Arc;

use egui::{
    Label, PointerButton, Rect, Role, ScrollArea, Sense, Slider, SliderClamping, Stroke, Ui,
    WidgetInfo, vec2,
};

use super::scene::AnsweredCode;
use crate::decoded::{self, DecodedPictures, unit_name};
use crate::theme::{self, space};
use hourglass_protocol::{CodeSelection, DecodedView, UnitRange};

/// Height of a row, in points: a picture for each pixel of a digit.
const HEIGHT: f32 = 28.0;
/// Distance between rows.
const GAP: f32 = 3.0;
const NAME_WIDTH: f32 = 30.0;
const VALUE_WIDTH: f32 = 42.0;
const SLIDER_WIDTHS: [f32; 2] = [70.0, 220.0];
/// Pictures of a strip.
const STRIP_LENGTHS: [usize; 2] = [3, 11];
/// A range of a unit that never varies is widened by this much on both sides, so that it can be tried.
const LEAST_REACH: f32 = 0.5;

/// The rows with their strips.
#[derive(Default)]
pub struct Rows {
    strips: DecodedPictures,
}

/// Where things go in a row.
#[derive(Clone, Copy)]
struct RowWidths {
    slider: f32,
    /// Pictures of a strip; 0 where there is no room for any.
    n_places: usize,
}

impl RowWidths {
    fn in_row(width: f32) -> Self {
        let [least, most] = SLIDER_WIDTHS;
        let [shortest, longest] = STRIP_LENGTHS;
        let rest = width - NAME_WIDTH - VALUE_WIDTH - 3.0 * space::XS;
        let pictures = (rest - (0.33 * rest).max(least)) / HEIGHT;
        let n_places = match pictures.max(0.0) as usize {
            n if n < shortest => 0,
            n => n.min(longest),
        };
        let slider = rest - n_places as f32 * HEIGHT;
        Self {
            slider: slider.clamp(16.0, most),
            n_places,
        }
    }
}

impl Rows {
    /// Shows them all; gives the units whose strips are in sight, and how long strips are.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        scene: &AnsweredCode<'_>,
        edits: &mut BTreeMap<usize, f32>,
    ) -> Option<(Vec<usize>, usize)> {
        ui.spacing_mut().item_spacing = vec2(space::XS, GAP);
        let ranges = &scene.units.units;
        if let Some(strips) = scene.traversals {
            self.strips.prepare(ui, "traversals", strips, HEIGHT);
        }
        let area = ScrollArea::vertical().auto_shrink(false);
        area.show_rows(ui, HEIGHT, ranges.len(), |ui, in_sight| {
            let widths = RowWidths::in_row(ui.available_width());
            let in_sight =
                &ranges[in_sight.start.min(ranges.len())..in_sight.end.min(ranges.len())];
            for range in in_sight {
                self.row(ui, scene, edits, range, widths);
            }
            let units = in_sight.iter().map(|range| range.unit).collect();
            (widths.n_places > 0).then_some((units, widths.n_places))
        })
        .inner
    }

    fn row(
        &self,
        ui: &mut Ui,
        scene: &AnsweredCode<'_>,
        edits: &mut BTreeMap<usize, f32>,
        range: &UnitRange,
        widths: RowWidths,
    ) {
        let Some([decoded, start]) = scene.values(range.unit) else {
            return;
        };
        let value = edits.get(&range.unit).copied().unwrap_or(decoded);
        ui.horizontal(|ui| {
            ui.set_height(HEIGHT);
            let tokens = theme::tokens_of(ui);
            let is_set = edits.contains_key(&range.unit);
            let color = if is_set {
                tokens.accent
            } else {
                tokens.text_dim
            };
            let name = theme::dim(ui, unit_name(range.unit)).color(color);
            row_label(ui, name, NAME_WIDTH, HEIGHT).on_hover_text(describe(range));
            match slider(ui, range, value, start, widths.slider) {
                SliderChange::None => {}
                SliderChange::To(value) => {
                    edits.insert(range.unit, value);
                }
                SliderChange::Reset => {
                    edits.remove(&range.unit);
                }
            }
            let text = theme::figure(ui, decoded::value(value)).color(color);
            row_label(ui, text, VALUE_WIDTH, HEIGHT);
            if let Some(strips) = scene.traversals {
                self.strip(ui, strips, range, value, widths.n_places);
            }
        });
    }

    /// What the decoder draws from low to high, with a mark where the unit is.
    fn strip(
        &self,
        ui: &mut Ui,
        strips: &Arc<DecodedView>,
        range: &UnitRange,
        value: f32,
        n_shown: usize,
    ) {
        let CodeSelection::Traversals {
            units, n_places, ..
        } = &strips.places
        else {
            return;
        };
        let row = units.iter().position(|unit| *unit == range.unit);
        let (Some(row), true) = (row, *n_places == n_shown) else {
            return; // it comes with the next answer
        };
        let size = vec2(n_shown as f32 * HEIGHT, HEIGHT);
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        let name = unit_name(range.unit);
        let [low, high] = [range.low, range.high].map(decoded::value);
        let label = format!("{name} from {low} to {high}, decoded");
        response.widget_info(|| WidgetInfo::labeled(Role::Image, ui.is_enabled(), &label));
        for place in 0..n_shown {
            let min = rect.min + vec2(place as f32 * HEIGHT, 0.0);
            let tile = Rect::from_min_size(min, egui::Vec2::splat(HEIGHT));
            self.strips
                .paint(ui.painter(), tile, row * n_places + place);
        }
        decoded::frame(ui, rect);
        let share = (value - range.low) / (range.high - range.low);
        if share.is_finite() && (0.0..=1.0).contains(&share) {
            // The middle of the first picture is low, that of the last is high.
            let x = rect.left() + HEIGHT * (0.5 + share * (n_shown - 1) as f32);
            let stroke = Stroke::new(2.0, theme::tokens_of(ui).accent);
            ui.painter()
                .vline(x, rect.bottom() - 5.0..=rect.bottom(), stroke);
        }
        response.on_hover_ui(|ui| {
            ui.label(format!("{label}; the other units stay as they are set"));
        });
    }
}

/// What became of a slider.
enum SliderChange {
    None,
    To(f32),
    Reset,
}

/// A slider over the range of a unit, and over its value where that lies outside.
fn slider(ui: &mut Ui, range: &UnitRange, value: f32, start: f32, width: f32) -> SliderChange {
    let reach = if range.high - range.low > 1e-6 {
        0.0
    } else {
        LEAST_REACH
    };
    let low = (range.low - reach).min(value).min(start);
    let high = (range.high + reach).max(value).max(start);
    let mut edited = value;
    let response = ui
        .scope(|ui| {
            ui.spacing_mut().slider_width = width;
            theme::slider_style(ui);
            let slider = Slider::new(&mut edited, low..=high)
                .clamping(SliderClamping::Edits)
                .show_value(false);
            ui.add(slider)
        })
        .inner;
    mark_mean(ui, &response.rect, (range.mean - low) / (high - low));
    let response = response
        .on_hover_text(describe(range))
        .accessible_name(format!("{} of the code", unit_name(range.unit)));
    // The library's slider feels drags only, not clicks.
    let double_click =
        ui.input(|input| input.pointer.button_double_clicked(PointerButton::Primary));
    if double_click && response.contains_pointer() {
        SliderChange::Reset
    } else if response.changed() {
        SliderChange::To(edited)
    } else {
        SliderChange::None
    }
}

/// A small mark under the rail where the mean is.
fn mark_mean(ui: &Ui, rail: &Rect, share: f32) {
    if !share.is_finite() {
        return;
    }
    let inset = rail.height() / 2.5; // the handle's centre does not reach the ends
    let x = rail.left() + inset + share * (rail.width() - 2.0 * inset);
    let stroke = Stroke::new(1.5, theme::tokens_of(ui).text_dim);
    ui.painter()
        .vline(x, rail.bottom()..=rail.bottom() + 4.0, stroke);
}

fn describe(range: &UnitRange) -> String {
    let [low, high, mean, deviation] =
        [range.low, range.high, range.mean, range.deviation].map(decoded::value);
    format!(
        "{}: mean {mean}, standard deviation {deviation}, from {low} to {high} over the middle 98 % of the test images. Double-click resets it",
        unit_name(range.unit)
    )
}

/// A name, at the left of a row of this height.
fn row_label(ui: &mut Ui, text: egui::RichText, width: f32, height: f32) -> egui::Response {
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    ui.allocate_ui_with_layout(vec2(width, height), layout, |ui| {
        ui.set_min_width(width);
        ui.add(Label::new(text).truncate())
    })
    .inner
}
