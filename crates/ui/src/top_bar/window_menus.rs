//! Device, view, notices, help.

use egui::{
    Button, DragValue, Popup, PopupCloseBehavior, RectAlign, RichText, ThemePreference, Ui, vec2,
};
use egui_material_icons::icons::{
    ICON_ARROW_DROP_DOWN, ICON_CONTRAST, ICON_MEMORY, ICON_NOTIFICATIONS,
};

use super::{export_menu, help_menu};
use crate::notices::Notes;
use crate::segmented::{Segment, segmented};
use crate::shortcuts::{self, ShortcutAction, key_of};
use crate::theme::{self, space};
use crate::{Action, GuideAction};
use hourglass_protocol::DeviceChoice;
use hourglass_state::LabState;

/// Longest device name shown in the bar, in points; the menu shows all of it.
const MAX_DEVICE_WIDTH: f32 = 170.0;

const THEMES: [Segment<'static, ThemePreference>; 3] = [
    Segment {
        value: ThemePreference::System,
        text: "System",
        help: "Light or dark, following the system",
    },
    Segment {
        value: ThemePreference::Light,
        text: "Light",
        help: "Dark on light: for bright rooms and paper",
    },
    Segment {
        value: ThemePreference::Dark,
        text: "Dark",
        help: "Light on dark: for dark rooms",
    },
];

const SCALES: [Segment<'static, f32>; 4] = [
    Segment {
        value: 1.0,
        text: "100 %",
        help: "For a desk",
    },
    Segment {
        value: 1.25,
        text: "125 %",
        help: "A little larger",
    },
    Segment {
        value: 1.5,
        text: "150 %",
        help: "For a projector",
    },
    Segment {
        value: 2.0,
        text: "200 %",
        help: "For the last row of a large hall",
    },
];

/// Adds the menus from right to left.
pub(super) fn show(
    ui: &mut Ui,
    state: &LabState,
    window: WindowFacts,
    notes: &Notes,
    is_narrow: bool,
    actions: &mut Vec<Action>,
) {
    help_menu::show(ui, actions);
    bell(ui, state, notes, actions);
    let view = ui
        .add(Button::new(theme::icon(ICON_CONTRAST)).frame_when_inactive(false))
        .on_hover_text("Theme, scale and layout of the window")
        .accessible_name("View");
    Popup::from_toggle_button_response(&view)
        .align(RectAlign::BOTTOM_END)
        .frame(popup_frame(ui))
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| view_menu(ui, window, actions));
    export_menu::show(ui, state, window.exporting, is_narrow, actions);
    device_menu(ui, state, window, is_narrow, actions);
}

fn bell(ui: &mut Ui, state: &LabState, notes: &Notes, actions: &mut Vec<Action>) {
    let t = theme::tokens_of(ui);
    let n_unread = notes.n_unread_errors(state);
    let mut icon = theme::icon(ICON_NOTIFICATIONS);
    if n_unread > 0 {
        icon = icon.color(t.error);
    }
    let mut content = egui::Atoms::new(icon);
    if n_unread > 0 {
        content.push_right(RichText::new(n_unread.to_string()).color(t.error));
    }
    let key = key_of(ui.ctx(), ShortcutAction::Log);
    let bell = ui
        .add(Button::new(content).frame_when_inactive(false))
        .on_hover_text(format!(
            "What happened: a log of news, warnings and errors ({key})"
        ))
        .accessible_name("Notices");
    if bell.clicked() {
        actions.push(GuideAction::ShowLog(!notes.log.is_open).into());
    }
}

/// More room than a menu of single lines needs.
fn popup_frame(ui: &Ui) -> egui::Frame {
    egui::Frame::popup(ui.style()).inner_margin(12)
}

fn view_menu(ui: &mut Ui, window: WindowFacts, actions: &mut Vec<Action>) {
    ui.set_width(210.0);
    ui.label(theme::dim(ui, "Theme"));
    if let Some(theme) = segmented(ui, "theme", window.theme, &THEMES) {
        actions.push(Action::SetTheme(theme));
    }
    ui.add_space(space::S);
    ui.label(theme::dim(ui, "Scale"));
    ui.horizontal(|ui| {
        let smaller = format!(
            "Everything smaller ({})",
            key_of(ui.ctx(), ShortcutAction::ScaleDown)
        );
        let larger = format!(
            "Everything larger, for projectors ({})",
            key_of(ui.ctx(), ShortcutAction::ScaleUp)
        );
        let (down, up) = (
            shortcuts::smaller(window.scale),
            shortcuts::larger(window.scale),
        );
        for (text, name, help, scale) in
            [("−", "Smaller", smaller, down), ("+", "Larger", larger, up)]
        {
            let button = Button::new(text).min_size(vec2(28.0, 0.0));
            let response = ui.add_enabled((scale - window.scale).abs() > 0.001, button);
            if response
                .on_hover_text(help)
                .on_disabled_hover_text("This is the end of the scale")
                .accessible_name(name)
                .clicked()
            {
                actions.push(Action::SetScale(scale));
            }
        }
        ui.label(theme::figure(ui, format!("{:.0} %", window.scale * 100.0)));
    });
    if let Some(scale) = segmented(ui, "scale", window.scale, &SCALES) {
        actions.push(Action::SetScale(scale));
    }
    ui.add_space(space::S);
    switches(ui, window, actions);
    ui.separator();
    let reset = ui
        .button("Reset layout")
        .on_hover_text("Puts all panels back in their original places");
    if reset.clicked() {
        actions.push(Action::ResetLayout);
        ui.close();
    }
}

/// What is on or off: lines for a projector, movement.
fn switches(ui: &mut Ui, window: WindowFacts, actions: &mut Vec<Action>) {
    let key = key_of(ui.ctx(), ShortcutAction::Present);
    let (mut presents, mut glides) = (window.presents, window.glides);
    let projector = ui
        .checkbox(&mut presents, "For a projector")
        .on_hover_text(format!(
            "Thicker lines in plots, and a scale of at least 150 % ({key}); turn it off to restore the scale"
        ));
    if projector.changed() {
        actions.push(GuideAction::Present(presents).into());
    }
    let movement = ui.checkbox(&mut glides, "Motion").on_hover_text(
        "Axes, points and messages glide from one state to the next; if off, they jump. Nothing flashes",
    );
    if movement.changed() {
        actions.push(GuideAction::Glide(glides).into());
    }
}

fn device_menu(
    ui: &mut Ui,
    state: &LabState,
    window: WindowFacts,
    is_narrow: bool,
    actions: &mut Vec<Action>,
) {
    let chosen = window.device;
    let name = match &state.device {
        Some(device) => device.name.as_str(),
        None if state.crash.is_some() => "no device",
        None => "starting…",
    };
    let mut content = egui::Atoms::new(theme::icon(ICON_MEMORY));
    if !is_narrow {
        let font = egui::TextStyle::Button.resolve(ui.style());
        content.push_right(elided(ui, name, &font, MAX_DEVICE_WIDTH));
    }
    content.push_right(theme::icon(ICON_ARROW_DROP_DOWN));
    let response = ui
        .add(Button::new(content).frame_when_inactive(false))
        .on_hover_text(format!(
            "Training runs on: {name}. Click to choose another device"
        ))
        .accessible_name(format!("Device: {name}"));
    Popup::menu(&response)
        .align(RectAlign::BOTTOM_END)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            ui.set_width(260.0);
            for choice in DeviceChoice::ALL {
                let button = Button::selectable(choice == chosen, choice.label());
                if ui.add(button).on_hover_text(device_help(choice)).clicked() {
                    actions.push(Action::UseDevice(choice));
                    ui.close();
                }
            }
            adapters(ui, state, chosen, actions);
            ui.separator();
            threads(ui, window.threads, actions);
            ui.separator();
            ui.label(theme::dim(ui, format!("In use: {name}")));
        });
}

/// How many threads of the processor are worked on.
fn threads(ui: &mut Ui, facts: ThreadFacts, actions: &mut Vec<Action>) {
    let mut n = facts
        .asked
        .map_or(facts.available, |n| n.min(facts.available));
    ui.horizontal(|ui| {
        ui.visuals_mut().widgets = ui.ctx().global_style().visuals.widgets.clone(); // a menu's have no frame
        let label = ui.label("Processor threads");
        let value = DragValue::new(&mut n)
            .range(1..=facts.available)
            .suffix(format!(" of {}", facts.available));
        let response = ui.add(value).labelled_by(label.id).on_hover_text(
            "Fewer leave room for other programs: training is slower, and its numbers are the same",
        );
        if response.changed() {
            let asked = Some(n).filter(|n| *n < facts.available);
            actions.push(Action::SetThreads(asked));
        }
    });
    if n != facts.in_use {
        let text = format!("From the next start on; now {}", facts.in_use);
        ui.label(theme::dim(ui, text));
    }
}

/// Each graphics adapter by name, where there are several.
fn adapters(ui: &mut Ui, state: &LabState, chosen: DeviceChoice, actions: &mut Vec<Action>) {
    if state.adapters.len() < 2 {
        return;
    }
    ui.separator();
    for (name, choice) in &state.adapters {
        let button = Button::selectable(*choice == chosen, name).truncate();
        if ui.add(button).on_hover_text(device_help(*choice)).clicked() {
            actions.push(Action::UseDevice(*choice));
            ui.close();
        }
    }
}

fn device_help(choice: DeviceChoice) -> &'static str {
    match choice {
        DeviceChoice::Auto => "A real graphics card if there is one, otherwise the processor",
        DeviceChoice::Cpu => {
            "The processor: for small networks often as fast, and the same numbers every time"
        }
        DeviceChoice::Gpu => {
            "The best graphics card found; worth it for large batches and large layers"
        }
        DeviceChoice::Named(_) => "This graphics card, for machines with several",
    }
}

/// A text cut to a width, with "…" where it was cut.
fn elided(ui: &Ui, text: &str, font: &egui::FontId, max_width: f32) -> String {
    let width = |text: &str| {
        let color = theme::tokens_of(ui).text;
        let galley = ui
            .painter()
            .layout_no_wrap(text.to_owned(), font.clone(), color);
        galley.size().x
    };
    if width(text) <= max_width {
        return text.to_owned();
    }
    let mut shown = text.to_owned();
    while shown.pop().is_some() && width(&shown) > max_width {}
    format!("{}…", shown.trim_end())
}

/// How many threads of the processor are worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThreadFacts {
    /// Asked for; all of them if `None`.
    pub asked: Option<usize>,
    pub in_use: usize,
    pub available: usize,
}

impl Default for ThreadFacts {
    fn default() -> Self {
        Self {
            asked: None,
            in_use: 1,
            available: 1,
        }
    }
}

/// What the bar shows of the window itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WindowFacts {
    /// Light, dark, or as the system.
    pub theme: ThemePreference,
    /// Scale of everything, 1 = 100 %.
    pub scale: f32,
    /// The device asked for.
    pub device: DeviceChoice,
    /// Threads of the processor.
    pub threads: ThreadFacts,
    /// Share of a figure that is written already; `None` while none is being written.
    pub exporting: Option<f32>,
    /// Whether lines are thick, for a projector.
    pub presents: bool,
    /// Whether things glide from one state to the next.
    pub glides: bool,
}
