//! Controls of the panel: sliders, number fields, boxes and menus, with ranges and help from the table of settings.

use egui::{
    Align, Checkbox, ComboBox, DragValue, Id, Label, Layout, Response, RichText, Slider,
    SliderClamping, Ui, vec2,
};
use egui_material_icons::icons::{ICON_ERROR, ICON_RESTART_ALT};

use super::find::{Control, arrive};
use crate::number;
use crate::theme::{self, space, text};
use hourglass_experiment::field::{Field, Number};

/// Width of the labels, in points.
const LABEL_WIDTH: f32 = 96.0;
/// Width of the number field beside a slider, in points.
const NUMBER_WIDTH: f32 = 70.0;
/// Width of a number field by itself, in points.
const FIELD_WIDTH: f32 = 44.0;

/// Smallest positive value of a logarithmic rail that starts at 0, as a share of its largest: 1e-5 for the
/// contraction.
const RAIL_FROM_ZERO: f64 = 1e-7;
/// What stands for 0 where 0 switches something off.
const OFF: &str = "off";
/// Largest seed a field of doubles shows exactly.
const MAX_SEED: u64 = (1 << 53) - 1;

/// A label on the left and a control in the rest of the row; marked unless a run takes it on at its next step.
pub(super) fn row<R>(
    ui: &mut Ui,
    label: &str,
    is_live: bool,
    help: &str,
    control: impl FnOnce(&mut Ui) -> R,
) -> R {
    ui.horizontal(|ui| {
        ui.set_min_height(space::CONTROL);
        let size = vec2(LABEL_WIDTH, space::CONTROL);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(LABEL_WIDTH);
            ui.spacing_mut().item_spacing.x = 3.0;
            let color = theme::tokens_of(ui).text_dim;
            ui.add(Label::new(RichText::new(label).color(color)).truncate())
                .on_hover_text(help);
            if !is_live {
                ui.label(ICON_RESTART_ALT.rich_text().size(12.0).color(color))
                    .on_hover_text("Needs a new model: takes effect with Apply");
            }
        });
        control(ui)
    })
    .inner
}

/// A slider up to `rail` and a number field over the whole range; tells the new value when it changed.
pub(super) fn slider(
    ui: &mut Ui,
    field: &'static Field,
    range: &Number,
    rail: f64,
    value: f64,
    write: &dyn Fn(f64) -> String,
) -> Option<f64> {
    let mut edited = value;
    let help = range.hover_text(field.help);
    let spacing = ui.spacing().item_spacing.x;
    let rail_width = (ui.available_width() - NUMBER_WIDTH - spacing).max(24.0);
    ui.scope(|ui| {
        ui.spacing_mut().slider_width = rail_width;
        theme::slider_style(ui);
        let slider = Slider::new(&mut edited, range.min..=rail)
            .logarithmic(range.logarithmic)
            .clamping(SliderClamping::Edits)
            .show_value(false);
        let slider = if range.whole {
            slider.integer()
        } else if range.logarithmic {
            slider.smallest_positive(smallest_positive(range))
        } else {
            slider
        };
        explained(ui.add(slider), &help).accessible_name(field.label);
    });
    // Dragging gives long tails of digits: keep what the field shows.
    if edited.to_bits() != value.to_bits() && !range.whole {
        edited = rounded(edited);
    }
    let before = edited;
    let drag = DragValue::new(&mut edited)
        .range(range.min..=range.max)
        .clamp_existing_to_range(false)
        .speed(drag_speed(range, value))
        .update_while_editing(false)
        .custom_formatter(|value, _| write(value))
        .custom_parser(parse);
    let drag = if range.whole {
        drag.max_decimals(0)
    } else {
        drag
    };
    let response = ui.add_sized([NUMBER_WIDTH, space::CONTROL], drag);
    let response = explained(response, &help).accessible_name(field.label);
    arrive(&response, Control::Setting(field));
    if edited.to_bits() != before.to_bits() && !range.whole {
        edited = rounded(edited);
    }
    (edited.to_bits() != value.to_bits()).then_some(edited)
}

/// A box to tick; tells the new state when it changed.
pub(super) fn toggle(
    ui: &mut Ui,
    field: &'static Field,
    name: &str,
    text: &str,
    mut is_on: bool,
) -> Option<bool> {
    let response = ui.add(Checkbox::new(&mut is_on, text));
    let response = explained(response, field.help).accessible_name(name);
    arrive(&response, Control::Setting(field));
    response.changed().then_some(is_on)
}

/// A small number field for one number of several; tells the new value when it changed.
pub(super) fn number_field(
    ui: &mut Ui,
    (name, help): (&str, &str),
    range: &Number,
    value: &mut f64,
) -> Response {
    let speed = drag_speed(range, *value);
    let drag = DragValue::new(value)
        .range(range.min..=range.max)
        .clamp_existing_to_range(false)
        .speed(speed)
        .max_decimals(if range.whole { 0 } else { 4 })
        .update_while_editing(false)
        .custom_formatter(|value, _| number::setting(value))
        .custom_parser(parse);
    let response = ui.add_sized([FIELD_WIDTH, space::CONTROL], drag);
    explained(response, &range.hover_text(help)).accessible_name(name)
}

/// A number field for a seed; tells the new one when it changed.
pub(super) fn seed(ui: &mut Ui, field: &'static Field, mut seed: u64) -> Option<u64> {
    let before = seed;
    let drag = DragValue::new(&mut seed)
        .range(0..=MAX_SEED)
        .clamp_existing_to_range(false)
        .update_while_editing(false)
        .speed(0.1);
    let response = ui
        .add_sized([ui.available_width(), space::CONTROL], drag)
        .on_hover_text(field.help)
        .accessible_name(field.label);
    arrive(&response, Control::Setting(field));
    (seed != before).then_some(seed)
}

/// A menu of alternatives; tells which one was chosen.
pub(super) fn choice(
    ui: &mut Ui,
    field: &'static Field,
    labels: &[&'static str],
    current: usize,
) -> Option<usize> {
    let mut chosen = current;
    let response = ComboBox::from_id_salt(field.label)
        .selected_text(labels.get(current).copied().unwrap_or_default())
        .width(ui.available_width())
        .truncate()
        .icon(theme::chevron)
        .show_ui(ui, |ui| {
            for (candidate, &label) in labels.iter().enumerate() {
                ui.selectable_value(&mut chosen, candidate, label)
                    .on_hover_text(field.help);
            }
        })
        .response;
    let response = explained(response, field.help).accessible_name(field.label);
    arrive(&response, Control::Setting(field));
    (chosen != current).then_some(chosen)
}

/// Draws controls, greyed where there is a reason, which is then their hover text instead of what they do.
pub(super) fn with_reason<R>(
    ui: &mut Ui,
    reason: Option<&str>,
    controls: impl FnOnce(&mut Ui) -> R,
) -> R {
    let reason = reason.map(str::to_owned);
    let is_enabled = reason.is_none();
    let ctx = ui.ctx().clone();
    ctx.data_mut(|data| data.insert_temp(reason_id(), reason));
    let shown = ui.add_enabled_ui(is_enabled, controls).inner;
    ctx.data_mut(|data| data.remove_temp::<Option<String>>(reason_id()));
    shown
}

fn reason_id() -> Id {
    Id::unique("why-controls-are-greyed")
}

/// A control with its hover text: what it does, or why it is greyed.
fn explained(response: Response, help: &str) -> Response {
    let ctx = &response.ctx;
    let reason = ctx.data(|data| data.get_temp::<Option<String>>(reason_id()).flatten());
    match reason.filter(|_| !response.enabled()) {
        // The first of them describes it, the second is shown.
        Some(reason) => response
            .on_hover_text(reason.as_str())
            .on_disabled_hover_text(reason),
        None => response.on_hover_text(help),
    }
}

/// Says at the control what is wrong with it.
pub(super) fn problem(ui: &mut Ui, text: &str) -> Response {
    let t = theme::tokens_of(ui);
    ui.horizontal_top(|ui| {
        ui.label(ICON_ERROR.rich_text().size(14.0).color(t.error));
        ui.add(Label::new(RichText::new(text).text_style(text::SMALL).color(t.error)).wrap())
    })
    .inner
}

/// A count as the number its control shows.
pub(super) fn number_of(count: usize) -> f64 {
    count as f64
}

/// The count a control shows.
pub(super) fn count_of(number: f64) -> usize {
    number.round() as usize
}

/// A number as the field beside its slider shows it.
pub(super) fn number_text(range: &Number, value: f64) -> String {
    if range.off_at_zero && value == 0.0 {
        OFF.to_owned()
    } else if range.whole {
        number::count_of(count_of(value))
    } else {
        number::setting(value)
    }
}

/// Reads "1,000", "1e-3", "10⁻³", "0.001", "off".
fn parse(text: &str) -> Option<f64> {
    if text.trim() == OFF {
        return Some(0.0);
    }
    number::parse(text)
}

/// Three significant digits, which is what a slider can be set to.
fn rounded(value: f64) -> f64 {
    format!("{value:.2e}").parse().unwrap_or(value)
}

/// Where a logarithmic rail begins: a range from 0 needs a first value that is not.
fn smallest_positive(range: &Number) -> f64 {
    if range.min > 0.0 {
        range.min
    } else {
        range.max * RAIL_FROM_ZERO
    }
}

fn drag_speed(range: &Number, value: f64) -> f64 {
    match (range.logarithmic, range.whole) {
        (true, true) => (value.abs() * 0.01).max(0.1),
        (true, false) => (value.abs() * 0.01).max(smallest_positive(range)),
        (false, true) => 0.05,
        (false, false) => (range.max - range.min) / 400.0,
    }
}
