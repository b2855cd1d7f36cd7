//! Rows of the panel: a label on the left, a control on the right; ranges and help from the settings table.

use egui::{
    Align, Checkbox, ComboBox, DragValue, Label, Layout, Response, RichText, Slider,
    SliderClamping, Ui, vec2,
};
use egui_material_icons::icons::{ICON_ERROR, ICON_RESTART_ALT};

use super::find::arrive;
use crate::number;
use crate::theme::{self, space, text};
use hourglass_experiment::settings::Setting;

/// Width of the labels, in points.
const LABEL_WIDTH: f32 = 96.0;
/// Width of number fields, in points.
pub(super) const NUMBER_WIDTH: f32 = 62.0;

/// Smallest positive value of a logarithmic rail that starts at 0, as a share of its largest: 1e-5 for the
/// contraction.
const RAIL_FROM_ZERO: f64 = 1e-7;
/// What stands for 0 where 0 switches something off.
const OFF: &str = "off";

/// Whether a run can take on a setting at its next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// At the next step.
    Live,
    NewModel,
}

/// A label on the left and a control in the rest of the row.
pub(super) fn row<R>(
    ui: &mut Ui,
    label: &str,
    takes: Takes,
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
            if takes == Takes::NewModel {
                ui.label(ICON_RESTART_ALT.rich_text().size(12.0).color(color))
                    .on_hover_text(
                        "Needs a new model: takes effect with Apply, which discards training",
                    );
            }
        });
        control(ui)
    })
    .inner
}

/// A row with a slider and a number field; tells the new value when it changed.
pub(super) fn slider_row(
    ui: &mut Ui,
    label: &str,
    takes: Takes,
    setting: &'static Setting,
    value: f64,
) -> Option<f64> {
    row(ui, label, takes, &setting.hover_text(), |ui| {
        slider(ui, setting, value)
    })
}

/// A slider and a number field over the range of a setting; tells the new value when it changed.
pub(super) fn slider(ui: &mut Ui, setting: &'static Setting, value: f64) -> Option<f64> {
    slider_named(ui, setting.label, setting, value)
}

/// The same under another name, where the panel shows a setting more than once.
pub(super) fn slider_named(
    ui: &mut Ui,
    name: &str,
    setting: &'static Setting,
    value: f64,
) -> Option<f64> {
    slider_to(ui, name, setting, setting.max, value, &|value| {
        number_text(setting, value)
    })
}

/// The same with another upper end of the rail and another way to write the value.
pub(super) fn slider_to(
    ui: &mut Ui,
    name: &str,
    setting: &'static Setting,
    rail_max: f64,
    value: f64,
    write: &dyn Fn(f64) -> String,
) -> Option<f64> {
    let mut edited = value;
    let spacing = ui.spacing().item_spacing.x;
    let rail_width = (ui.available_width() - NUMBER_WIDTH - spacing).max(24.0);
    ui.scope(|ui| {
        ui.spacing_mut().slider_width = rail_width;
        theme::slider_style(ui);
        let slider = Slider::new(&mut edited, setting.min..=rail_max)
            .logarithmic(setting.logarithmic)
            .clamping(SliderClamping::Edits)
            .show_value(false);
        let slider = if setting.whole {
            slider.integer()
        } else if setting.logarithmic {
            slider.smallest_positive(smallest_positive(setting))
        } else {
            slider
        };
        ui.add(slider)
            .on_hover_text(setting.hover_text())
            .accessible_name(name);
    });
    // Dragging gives long tails of digits: keep what the field shows.
    if edited.to_bits() != value.to_bits() && !setting.whole {
        edited = rounded(edited);
    }
    let before = edited;
    let field = DragValue::new(&mut edited)
        .range(setting.min..=setting.max)
        .clamp_existing_to_range(false)
        .speed(drag_speed(setting, value))
        .update_while_editing(false)
        .custom_formatter(|value, _| write(value))
        .custom_parser(parse);
    let field = if setting.whole {
        field.max_decimals(0)
    } else {
        field
    };
    let field = ui
        .add_sized([NUMBER_WIDTH, space::CONTROL], field)
        .on_hover_text(setting.hover_text())
        .accessible_name(name);
    arrive(&field, name);
    if edited.to_bits() != before.to_bits() && !setting.whole {
        edited = rounded(edited);
    }
    (edited.to_bits() != value.to_bits()).then_some(edited)
}

/// A row with a slider for a weight or a length that 0 switches off.
pub(super) fn slider_row_or_off(
    ui: &mut Ui,
    label: &str,
    setting: &'static Setting,
    rail_max: f64,
    value: &mut f32,
) {
    let shown = shortest(*value);
    let write = |value: f64| {
        if value == 0.0 {
            OFF.to_owned()
        } else {
            number_text(setting, value)
        }
    };
    row(ui, label, Takes::Live, &setting.hover_text(), |ui| {
        if let Some(edited) = slider_to(ui, setting.label, setting, rail_max, shown, &write) {
            *value = single(edited);
        }
    });
    problem_of(ui, setting, shown);
}

/// A row with a slider for a setting of single precision.
pub(super) fn slider_row_of(ui: &mut Ui, label: &str, setting: &'static Setting, value: &mut f32) {
    let shown = shortest(*value);
    if let Some(edited) = slider_row(ui, label, Takes::Live, setting, shown) {
        *value = single(edited);
    }
    problem_of(ui, setting, shown);
}

/// A box to tick; tells the new state when it changed.
pub(super) fn toggle(
    ui: &mut Ui,
    name: &str,
    text: &str,
    help: &str,
    mut is_on: bool,
) -> Option<bool> {
    let response = ui
        .add(Checkbox::new(&mut is_on, text))
        .on_hover_text(help)
        .accessible_name(name);
    arrive(&response, name);
    response.changed().then_some(is_on)
}

/// A small number field over the range of a setting; tells the new value when it changed.
pub(super) fn number_field(
    ui: &mut Ui,
    name: &str,
    setting: &Setting,
    width: f32,
    value: f64,
) -> Option<f64> {
    let mut edited = value;
    let field = DragValue::new(&mut edited)
        .range(setting.min..=setting.max)
        .clamp_existing_to_range(false)
        .speed(drag_speed(setting, value))
        .max_decimals(if setting.whole { 0 } else { 4 })
        .update_while_editing(false)
        .custom_formatter(|value, _| number::setting(value))
        .custom_parser(parse);
    let field = ui
        .add_sized([width, space::CONTROL], field)
        .on_hover_text(setting.hover_text())
        .accessible_name(name);
    arrive(&field, name);
    (edited.to_bits() != value.to_bits()).then_some(edited)
}

/// A row with a menu of alternatives; tells which one was chosen.
pub(super) fn choice_row<T: Copy + PartialEq>(
    ui: &mut Ui,
    (label, name): (&str, &str),
    takes: Takes,
    help: &str,
    (current, all): (T, &[T]),
    text_of: impl Fn(T) -> &'static str,
) -> Option<T> {
    row(ui, label, takes, help, |ui| {
        let width = ui.available_width();
        choice(ui, name, help, width, current, all, text_of)
    })
}

/// A menu of alternatives; tells which one was chosen.
pub(super) fn choice<T: Copy + PartialEq>(
    ui: &mut Ui,
    name: &str,
    help: &str,
    width: f32,
    current: T,
    all: &[T],
    label: impl Fn(T) -> &'static str,
) -> Option<T> {
    let mut chosen = current;
    let response = ComboBox::from_id_salt(name)
        .selected_text(label(current))
        .width(width)
        .truncate()
        .icon(theme::chevron)
        .show_ui(ui, |ui| {
            for &candidate in all {
                ui.selectable_value(&mut chosen, candidate, label(candidate))
                    .on_hover_text(help);
            }
        })
        .response;
    let response = response.on_hover_text(help).accessible_name(name);
    arrive(&response, name);
    (chosen != current).then_some(chosen)
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

/// The one of `kinds` that a value with numbers of its own is of.
pub(super) fn kind_of<T: Copy>(kinds: &[T], value: &T) -> Option<T> {
    let kind = std::mem::discriminant(value);
    let is_kind = |candidate: &&T| std::mem::discriminant(*candidate) == kind;
    kinds.iter().find(is_kind).copied()
}

/// Says what is wrong with a setting, if anything is.
pub(super) fn problem_of(ui: &mut Ui, setting: &Setting, value: f64) {
    if let Err(error) = setting.check(value) {
        problem(ui, &error.to_string());
    }
}

/// The double a person would write for this single: 0.3 rather than 0.30000001192.
pub(super) fn shortest(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::from(value))
}

pub(super) fn single(value: f64) -> f32 {
    value as f32
}

/// A count as the number its control shows.
pub(super) fn number_of(count: usize) -> f64 {
    count as f64
}

/// The count a control shows.
pub(super) fn count_of(number: f64) -> usize {
    number.round() as usize
}

fn number_text(setting: &Setting, value: f64) -> String {
    if setting.whole {
        number::count_of(count_of(value))
    } else {
        number::setting(value)
    }
}

/// Reads "1,000", "1e-3", "0.001", "off".
fn parse(text: &str) -> Option<f64> {
    if text.trim() == OFF {
        return Some(0.0);
    }
    let cleaned: String = text.chars().filter(|c| !matches!(c, ',' | ' ')).collect();
    cleaned.parse().ok()
}

/// Three significant digits, which is what a slider can be set to.
fn rounded(value: f64) -> f64 {
    format!("{value:.2e}").parse().unwrap_or(value)
}

/// Where a logarithmic rail begins: a range from 0 needs a first value that is not.
fn smallest_positive(setting: &Setting) -> f64 {
    if setting.min > 0.0 {
        setting.min
    } else {
        setting.max * RAIL_FROM_ZERO
    }
}

fn drag_speed(setting: &Setting, value: f64) -> f64 {
    match (setting.logarithmic, setting.whole) {
        (true, true) => (value.abs() * 0.01).max(0.1),
        (true, false) => (value.abs() * 0.01).max(smallest_positive(setting)),
        (false, true) => 0.05,
        (false, false) => (setting.max - setting.min) / 400.0,
    }
}
