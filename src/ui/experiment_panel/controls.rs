//! Rows of the panel: a label on the left, a control on the right; ranges and help from the settings table.

use egui::{
    Align, ComboBox, DragValue, Label, Layout, Response, RichText, Slider, SliderClamping, Ui, vec2,
};
use egui_material_icons::icons::{ICON_ERROR, ICON_RESTART_ALT};

use crate::experiment::settings::Setting;
use crate::ui::number;
use crate::ui::theme::{self, space, text};

/// Width of the labels, in points.
const LABEL_WIDTH: f32 = 96.0;
/// Width of number fields, in points.
pub(super) const NUMBER_WIDTH: f32 = 62.0;

/// Whether a run can take on a setting at its next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// At the next step.
    Live,
    /// With a new model.
    NewModel,
}

/// A heading with a quiet remark at its right.
pub(super) fn heading(ui: &mut Ui, title: &str, remark: impl FnOnce(&mut Ui)) {
    ui.add_space(2.0);
    ui.separator();
    ui.horizontal(|ui| {
        ui.set_height(18.0);
        ui.add(Label::new(theme::group(ui, title)).extend());
        ui.with_layout(Layout::right_to_left(Align::Center), remark);
    });
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
    slider_to(ui, setting, setting.max, value, &|value| {
        number_text(setting, value)
    })
}

/// The same with another upper end and another way to write the value.
pub(super) fn slider_to(
    ui: &mut Ui,
    setting: &'static Setting,
    max: f64,
    value: f64,
    write: &dyn Fn(f64) -> String,
) -> Option<f64> {
    let mut edited = value;
    let spacing = ui.spacing().item_spacing.x;
    let rail_width = (ui.available_width() - NUMBER_WIDTH - spacing).max(24.0);
    ui.scope(|ui| {
        ui.spacing_mut().slider_width = rail_width;
        theme::slider_style(ui);
        let slider = Slider::new(&mut edited, setting.min..=max)
            .logarithmic(setting.logarithmic)
            .clamping(SliderClamping::Edits)
            .show_value(false);
        let slider = if setting.whole {
            slider.integer()
        } else if setting.logarithmic {
            slider.smallest_positive(setting.min)
        } else {
            slider
        };
        ui.add(slider)
            .on_hover_text(setting.hover_text())
            .accessible_name(setting.label);
    });
    // Dragging gives long tails of digits: keep what the field shows.
    if edited.to_bits() != value.to_bits() && !setting.whole {
        edited = rounded(edited);
    }
    let before = edited;
    let field = DragValue::new(&mut edited)
        .range(setting.min..=max)
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
    ui.add_sized([NUMBER_WIDTH, space::CONTROL], field)
        .on_hover_text(setting.hover_text())
        .accessible_name(setting.label);
    if edited.to_bits() != before.to_bits() && !setting.whole {
        edited = rounded(edited);
    }
    (edited.to_bits() != value.to_bits()).then_some(edited)
}

/// A small number field over the range of a setting.
pub(super) fn number_field<'a>(setting: &Setting, value: &'a mut f64) -> DragValue<'a> {
    let speed = drag_speed(setting, *value);
    DragValue::new(value)
        .range(setting.min..=setting.max)
        .clamp_existing_to_range(false)
        .speed(speed)
        .max_decimals(if setting.whole { 0 } else { 4 })
        .update_while_editing(false)
        .custom_parser(parse)
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
                ui.selectable_value(&mut chosen, candidate, label(candidate));
            }
        })
        .response;
    response.on_hover_text(help).accessible_name(name);
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

/// Says what is wrong with a setting, if anything is.
pub(super) fn problem_of(ui: &mut Ui, setting: &Setting, value: f64) {
    if let Err(error) = setting.check(value) {
        problem(ui, &error.to_string());
    }
}

/// A count as the number its control shows.
#[expect(
    clippy::cast_precision_loss,
    reason = "settings of counts end far below 2^53"
)]
pub(super) fn number_of(count: usize) -> f64 {
    count as f64
}

/// The count a control shows.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "controls keep to their setting's range, which starts at 0 and ends far below 2^53"
)]
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

/// Reads "1,000", "1e-3", "0.001".
fn parse(text: &str) -> Option<f64> {
    let cleaned: String = text.chars().filter(|c| !matches!(c, ',' | ' ')).collect();
    cleaned.parse().ok()
}

/// Three significant digits, which is what a slider can be set to.
fn rounded(value: f64) -> f64 {
    format!("{value:.2e}").parse().unwrap_or(value)
}

fn drag_speed(setting: &Setting, value: f64) -> f64 {
    match (setting.logarithmic, setting.whole) {
        (true, true) => (value.abs() * 0.01).max(0.1),
        (true, false) => value.abs() * 0.01,
        (false, true) => 0.05,
        (false, false) => (setting.max - setting.min) / 400.0,
    }
}
