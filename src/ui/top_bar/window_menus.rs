//! Device, view, notices, help.

use egui::{Button, Popup, PopupCloseBehavior, RectAlign, RichText, ThemePreference, Ui, vec2};
use egui_material_icons::icons::{
    ICON_ARROW_DROP_DOWN, ICON_CONTRAST, ICON_HELP, ICON_MEMORY, ICON_NOTIFICATIONS,
};

use super::{WindowFacts, export_menu};
use crate::protocol::DeviceChoice;
use crate::state::LabState;
use crate::ui::Action;
use crate::ui::notices::Notes;
use crate::ui::segmented::{Segment, segmented};
use crate::ui::shortcuts::{Deed, SCALE_RANGE, SCALE_STEP, key_of};
use crate::ui::theme::{self, space};

/// Longest device name shown in the bar, in points; the menu shows all of it.
const MAX_DEVICE_WIDTH: f32 = 170.0;

const THEMES: [Segment<'static, ThemePreference>; 3] = [
    Segment {
        value: ThemePreference::System,
        text: "System",
        help: "Light or dark as the system is",
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

/// Adds the menus from right to left.
pub(super) fn show(
    ui: &mut Ui,
    state: &LabState,
    window: WindowFacts,
    notes: &mut Notes,
    is_narrow: bool,
    actions: &mut Vec<Action>,
) {
    let help = ui
        .add(Button::new(theme::icon(ICON_HELP)).frame_when_inactive(false))
        .on_hover_text(format!(
            "Shortcuts and first steps ({})",
            key_of(ui.ctx(), Deed::Help)
        ))
        .accessible_name("Help");
    if help.clicked() {
        actions.push(Action::ShowHelp(true));
    }
    notices_menu(ui, state, notes);
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
    device_menu(ui, state, window.device, actions);
}

fn notices_menu(ui: &mut Ui, state: &LabState, notes: &mut Notes) {
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
    let bell = ui
        .add(Button::new(content).frame_when_inactive(false))
        .on_hover_text("What happened: a log of news and errors")
        .accessible_name("Notices");
    Popup::from_toggle_button_response(&bell)
        .align(RectAlign::BOTTOM_END)
        .frame(popup_frame(ui))
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| notes.log_ui(ui, state));
}

/// More room than a menu of single lines needs.
fn popup_frame(ui: &Ui) -> egui::Frame {
    egui::Frame::popup(ui.style()).inner_margin(12)
}

fn view_menu(ui: &mut Ui, window: WindowFacts, actions: &mut Vec<Action>) {
    ui.set_width(200.0);
    ui.label(theme::dim(ui, "Theme"));
    if let Some(theme) = segmented(ui, "theme", window.theme, &THEMES) {
        actions.push(Action::SetTheme(theme));
    }
    ui.add_space(space::S);
    ui.label(theme::dim(ui, "Scale"));
    ui.horizontal(|ui| {
        let smaller = format!("Everything smaller ({})", key_of(ui.ctx(), Deed::ScaleDown));
        let larger = format!(
            "Everything larger, for projectors ({})",
            key_of(ui.ctx(), Deed::ScaleUp)
        );
        let can =
            |scale: f32| scale > SCALE_RANGE.start() - 0.01 && scale < SCALE_RANGE.end() + 0.01;
        for (text, name, help, scale) in [
            ("−", "Smaller", smaller, window.scale - SCALE_STEP),
            ("+", "Larger", larger, window.scale + SCALE_STEP),
        ] {
            let button = Button::new(text).min_size(vec2(28.0, 0.0));
            let response = ui.add_enabled(can(scale), button);
            if response.on_hover_text(help).accessible_name(name).clicked() {
                actions.push(Action::SetScale(scale));
            }
        }
        ui.label(theme::figure(ui, format!("{:.0} %", window.scale * 100.0)));
    });
    ui.separator();
    let reset = ui
        .button("Reset layout")
        .on_hover_text("Puts all panels where they were at first");
    if reset.clicked() {
        actions.push(Action::ResetLayout);
        ui.close();
    }
}

fn device_menu(ui: &mut Ui, state: &LabState, chosen: DeviceChoice, actions: &mut Vec<Action>) {
    let name = match &state.device {
        Some(device) => device.name.as_str(),
        None if state.crash.is_some() => "no device",
        None => "starting…",
    };
    let font = egui::TextStyle::Button.resolve(ui.style());
    let shown = elided(ui, name, &font, MAX_DEVICE_WIDTH);
    let button = Button::new((
        theme::icon(ICON_MEMORY),
        shown,
        theme::icon(ICON_ARROW_DROP_DOWN),
    ));
    let response = ui
        .add(button.frame_when_inactive(false))
        .on_hover_text(format!(
            "Training runs on: {name}. Click to choose another device"
        ))
        .accessible_name(format!("Device: {name}"));
    Popup::menu(&response)
        .align(RectAlign::BOTTOM_END)
        .show(|ui| {
            ui.set_width(260.0);
            for choice in DeviceChoice::ALL {
                let button = Button::selectable(choice == chosen, choice.label());
                if ui.add(button).on_hover_text(device_help(choice)).clicked() {
                    actions.push(Action::UseDevice(choice));
                }
            }
            ui.separator();
            ui.label(theme::dim(ui, format!("In use: {name}")));
        });
}

fn device_help(choice: DeviceChoice) -> &'static str {
    match choice {
        DeviceChoice::Auto => "A real graphics card where there is one, otherwise the processor",
        DeviceChoice::Cpu => {
            "The processor: for small networks often as fast, and the same numbers every time"
        }
        DeviceChoice::Gpu => {
            "The best graphics card found; worth it for large batches and large layers"
        }
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
