//! The bar that goes back through a run: a slider over its recorded moments, and the way back to its current state.

use egui::{Align, Button, Context, Frame, Layout, Margin, Panel, Slider, Ui, WidgetInfo};
use egui_material_icons::icons::{ICON_FAST_FORWARD, ICON_HISTORY};

use super::action::Action;
use super::shortcuts::{self, ShortcutAction, key_of};
use super::theme::{self, space};
use super::{number, small_menu};
use hourglass_state::{LabState, Moment, Rewind, RunState};

/// Height of the bar, in points.
const HEIGHT: f32 = 26.0;

/// Narrower than this, the bar leaves its name out, in points.
const MIN_WITH_NAME: f32 = 520.0;

/// Room for the moment in words, so that the slider does not move while it changes, in points.
const WORDS: f32 = 168.0;

/// Draws the bar of a run. It has its room before there is a moment to go back to, so that nothing moves once there is.
pub fn bar(ui: &mut Ui, state: &LabState, actions: &mut Vec<Action>) {
    let Some(run) = &state.run else { return };
    let tokens = theme::tokens_of(ui);
    let frame = Frame::new().inner_margin(Margin::symmetric(8, 0));
    Panel::bottom("replay")
        .frame(frame)
        .exact_size(HEIGHT)
        .show_separator_line(false)
        .show(ui, |ui| {
            let is_wide = ui.available_width() >= MIN_WITH_NAME;
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.label(theme::icon(ICON_HISTORY).color(tokens.text_dim));
                if is_wide {
                    ui.label(theme::dim(ui, "Replay"));
                }
                let Some(ends) = run.replay.ends() else {
                    ui.label(theme::dim(ui, "once the run is trained"));
                    return;
                };
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    follow(ui, run, actions);
                    words(ui, run);
                    slider(ui, run, ends, actions);
                });
            });
        });
}

/// The button that leads back to the current state of the run.
fn follow(ui: &mut Ui, run: &RunState, actions: &mut Vec<Action>) {
    let is_past = run.replay.past().is_some();
    ui.spacing_mut().interact_size.y = small_menu::HEIGHT;
    ui.spacing_mut().button_padding.y = 1.0;
    let button = Button::new((theme::icon(ICON_FAST_FORWARD), "Follow"));
    let response = ui
        .add_enabled(is_past, button)
        .on_hover_text(format!(
            "Back to the current state of the run, and follow it ({}, {})",
            key_of(ui.ctx(), ShortcutAction::Follow),
            key_of(ui.ctx(), ShortcutAction::ReplayEnd)
        ))
        .on_disabled_hover_text("The views show the current state of the run")
        .accessible_name("Follow the run");
    if response.clicked() {
        actions.push(Action::Rewind(Rewind::Follow));
    }
}

/// The moment that is shown.
fn words(ui: &mut Ui, run: &RunState) {
    let tokens = theme::tokens_of(ui);
    let (text, color) = match run.replay.past() {
        Some(past) => (moment_text(past.moment), tokens.warning),
        None => ("live".to_owned(), tokens.text_dim),
    };
    let size = egui::vec2(WORDS, ui.available_height());
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_width(WORDS);
        ui.label(theme::figure(ui, text).color(color));
    });
}

fn slider(ui: &mut Ui, run: &RunState, [first, last]: [Moment; 2], actions: &mut Vec<Action>) {
    let past = run.replay.past().map(|past| past.moment);
    let end = last.step;
    let shown = past
        .map_or(end, |moment| moment.step)
        .clamp(first.step, end);
    let mut step = shown;
    theme::slider_style(ui);
    ui.spacing_mut().slider_width = (ui.available_width() - space::S).max(20.0);
    let slider = Slider::new(&mut step, first.step..=end);
    let slider = slider.step_by(1.0).show_value(false);
    let response = ui.add(slider).on_hover_text(format!(
        "Moves the latent space, images and activations back in time: {} or {} by one moment, {} to the beginning",
        key_of(ui.ctx(), ShortcutAction::ReplayBack),
        key_of(ui.ctx(), ShortcutAction::ReplayOn),
        key_of(ui.ctx(), ShortcutAction::ReplayStart)
    ));
    let value = step as f64;
    response.widget_info(|| WidgetInfo::slider(ui.is_enabled(), value, "Replay, step"));
    // A key moves the slider by a step, which is seldom a moment: it means the next one.
    let is_key = response.has_focus() && !response.dragged();
    let action = match step {
        step if step == shown => return,
        step if step >= end => Rewind::Follow,
        step if is_key && step < shown => Rewind::Back,
        _ if is_key => Rewind::On,
        step => Rewind::To(step),
    };
    actions.push(Action::Rewind(action));
}

/// `epoch 1.20 · step 1,234`
#[must_use]
pub fn moment_text(moment: Moment) -> String {
    let step = number::count(moment.step);
    format!("epoch {:.2} · step {step}", moment.epoch)
}

/// Turns the keys of the bar into actions. What has the focus keeps its keys.
pub fn listen(ctx: &Context, state: &LabState, actions: &mut Vec<Action>) {
    let Some(run) = &state.run else { return };
    let is_past = run.replay.past().is_some();
    let is_focused = ctx.memory(|memory| memory.focused().is_some());
    let can_go_back = run.replay.ends().is_some();
    let is_covered = ctx.memory(|memory| memory.top_modal_layer().is_some());
    if is_covered || egui::Popup::is_any_open(ctx) {
        return; // Escape is for what is on top
    }
    for (shortcut_action, action, is_meant) in [
        (ShortcutAction::Follow, Rewind::Follow, is_past),
        (
            ShortcutAction::ReplayEnd,
            Rewind::Follow,
            is_past && !is_focused,
        ),
        (
            ShortcutAction::ReplayStart,
            Rewind::First,
            can_go_back && !is_focused,
        ),
        (
            ShortcutAction::ReplayBack,
            Rewind::Back,
            can_go_back && !is_focused,
        ),
        (ShortcutAction::ReplayOn, Rewind::On, is_past && !is_focused),
    ] {
        if is_meant && shortcuts::is_pressed(ctx, shortcut_action) {
            actions.push(Action::Rewind(action));
        }
    }
}
