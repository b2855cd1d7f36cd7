//! The row of a setting, as its kind in the table asks for: label, control, and what is wrong with it.

use egui::{Button, Label, Sense, Ui};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{ICON_ADD, ICON_REMOVE};

use super::controls::{
    choice, count_of, number_field, number_text, problem, row, seed, slider, toggle, with_reason,
};
use super::course;
use super::editor::Editor;
use super::find::{Control, arrive};
use crate::message::capitalized;
use crate::theme::{self, space};
use hourglass_experiment::Experiment;
use hourglass_experiment::field::{Field, Kind, List, Number, Optional, Value};

/// The row of a setting, where the draft has it; greyed with the reason where it would change nothing.
pub(super) fn setting(ui: &mut Ui, editor: &mut Editor<'_>, field: &'static Field) {
    setting_with(ui, editor, field, |ui, draft, value| {
        control(ui, field, draft, value)
    });
}

/// The same with a control of its own, which tells the new value when it changed.
pub(super) fn setting_with(
    ui: &mut Ui,
    editor: &mut Editor<'_>,
    field: &'static Field,
    control: impl FnOnce(&mut Ui, &Experiment, Value) -> Option<Value>,
) {
    let draft = &mut editor.draft;
    let Some(value) = field.get(draft).filter(|_| field.is_shown(draft)) else {
        return;
    };
    let label = field
        .row
        .map_or_else(|| capitalized(field.label), str::to_owned);
    let is_live = field.is_live(draft);
    let reason = field.why_idle(draft).map(|reason| capitalized(&reason));
    let help = reason.clone().unwrap_or_else(|| field.hover_text());
    let chosen = row(ui, &label, is_live, &help, |ui| {
        with_reason(ui, reason.as_deref(), |ui| control(ui, draft, value))
    });
    if let Some(value) = chosen {
        field.set(draft, &value);
    }
    if let Some(course) = field.course(draft) {
        course::show(ui, &course);
    }
    problems(ui, editor, field);
}

/// Says of a section whose settings are those of joint training that other parts of the plan leave them out, and which
/// one they do not.
pub(super) fn only_of_joint_training(ui: &mut Ui, editor: &Editor<'_>, but: &str) {
    if !editor.draft.plan.is_plain() {
        let text = format!(
            "Only while all layers are trained together, not in pre-training or fine-tuning{but}"
        );
        ui.add(Label::new(theme::dim(ui, text)).wrap());
    }
}

/// What is wrong with a setting.
pub(super) fn problems(ui: &mut Ui, editor: &Editor<'_>, field: &'static Field) {
    for refused in &editor.problems {
        for (_, said) in refused.said_at().iter().filter(|(at, _)| *at == field) {
            problem(ui, said);
        }
    }
}

fn control(ui: &mut Ui, field: &'static Field, draft: &Experiment, value: Value) -> Option<Value> {
    match (&field.kind, value) {
        (Kind::Number(range), value) => match &range.optional {
            Some(optional) => optional_number(ui, field, (range, optional), draft, &value),
            None => number(ui, field, range, &value),
        },
        (Kind::Choice(labels), Value::Choice(index)) => {
            choice(ui, field, &labels(), index).map(Value::Choice)
        }
        (Kind::Flag, Value::Flag(is_on)) => {
            toggle(ui, field, field.label, field.label, is_on).map(Value::Flag)
        }
        (Kind::List(list), Value::List(numbers)) => {
            numbers_of_layers(ui, field, list, numbers).map(Value::List)
        }
        (Kind::Layers, Value::Layers(layers)) => {
            let layers: Vec<String> = layers.iter().map(ToString::to_string).collect();
            let layers = Label::new(layers.join(" → ")).wrap().sense(Sense::click());
            let response = ui.add(layers).on_hover_text(field.help);
            arrive(
                &response.accessible_name(field.label),
                Control::Setting(field),
            );
            None
        }
        (Kind::Seed, Value::Seed(now)) => seed(ui, field, now).map(Value::Seed),
        _ => None,
    }
}

fn number(ui: &mut Ui, field: &'static Field, range: &Number, value: &Value) -> Option<Value> {
    let Value::Number(value) = *value else {
        return None;
    };
    let write = |value| number_text(range, value);
    slider(ui, field, range, range.rail, value, &write).map(Value::Number)
}

/// A number with a box before it that says whether there is one.
fn optional_number(
    ui: &mut Ui,
    field: &'static Field,
    (range, optional): (&Number, &Optional),
    draft: &Experiment,
    value: &Value,
) -> Option<Value> {
    let is_on = *value != Value::Absent;
    let mut switched = toggle(ui, field, optional.switch, "", is_on);
    if is_on {
        let moved = number(ui, field, range, value);
        return switched.map(|_| Value::Absent).or(moved);
    }
    let instead = theme::dim(ui, (optional.instead)(draft));
    let instead = Label::new(instead).selectable(false).sense(Sense::click());
    if ui.add(instead).on_hover_text(field.help).clicked() {
        switched = Some(true);
    }
    switched.map(|_| Value::Number((optional.first)(draft)))
}

/// One field for each layer, and buttons to add and to remove the last.
fn numbers_of_layers(
    ui: &mut Ui,
    field: &'static Field,
    list: &List,
    mut numbers: Vec<f64>,
) -> Option<Vec<f64>> {
    let before = numbers.clone();
    ui.spacing_mut().item_spacing.x = space::XS;
    ui.horizontal_wrapped(|ui| {
        for (idx, value) in numbers.iter_mut().enumerate() {
            let name = format!("{} {}", list.item_label, idx + 1);
            let response = number_field(ui, (&name, list.item_help), &list.item, value);
            arrive(&response, Control::Setting(field)); // at the first of them
        }
        if numbers.is_empty() {
            ui.label(theme::dim(ui, "none"));
        }
        list_buttons(ui, field, list, &mut numbers);
    });
    (numbers != before).then_some(numbers)
}

fn list_buttons(ui: &mut Ui, field: &'static Field, list: &List, numbers: &mut Vec<f64>) {
    let small = |icon: MaterialIcon| {
        Button::new(icon.rich_text().size(14.0)).min_size(egui::vec2(22.0, space::CONTROL))
    };
    ui.spacing_mut().button_padding.x = 2.0;
    let (n_min, n_max) = (count_of(list.n_items.min), count_of(list.n_items.max));
    let (item, [add_help, remove_help]) = (list.item_label, list.edits);
    let add = ui
        .add_enabled(numbers.len() < n_max, small(ICON_ADD))
        .on_hover_text(add_help)
        .on_disabled_hover_text(format!("At most {n_max} {item}s"))
        .accessible_name(format!("Add {item}"));
    arrive(&add, Control::Setting(field)); // where there is no number yet
    if add.clicked() {
        let half = numbers.last().map(|last| (last / 2.0).floor().max(1.0));
        numbers.push(half.unwrap_or(list.first));
    }
    if numbers.is_empty() {
        return;
    }
    let remove = ui
        .add_enabled(numbers.len() > n_min, small(ICON_REMOVE))
        .on_hover_text(remove_help)
        .on_disabled_hover_text(format!("At least {n_min} {item}"))
        .accessible_name(format!("Remove {item}"));
    if remove.clicked() {
        numbers.pop();
    }
}
