//! egui's own style in both themes.

use egui::style::{
    HandleShape, NumberFormatter, ScrollStyle, Selection, Spacing, TextCursorStyle, WidgetVisuals,
    Widgets,
};
use egui::{CornerRadius, FontId, Margin, Shadow, Stroke, Style, TextStyle, Theme, Visuals, vec2};

use super::fonts::{mono, regular, semibold};
use super::{Tokens, space, text, tokens};

/// Corner radius of controls, in points.
const RADIUS: u8 = 5;

pub(super) fn style(theme: Theme) -> Style {
    let dark = theme == Theme::Dark;
    Style {
        text_styles: text_styles().into(),
        drag_value_text_style: text::FIGURE,
        number_formatter: NumberFormatter::new(egui::emath::format_with_decimals_in_range),
        spacing: spacing(),
        visuals: visuals(dark, tokens(dark)),
        interaction: egui::style::Interaction {
            selectable_labels: false,
            tooltip_delay: 0.35,
            ..Default::default()
        },
        animation_time: 0.12,
        ..Style::default()
    }
}

fn text_styles() -> [(TextStyle, FontId); 5] {
    [
        (text::DISPLAY, semibold(text::size::DISPLAY)),
        (text::BODY, regular(text::size::BODY)),
        (text::BUTTON, regular(text::size::BODY)),
        (text::SMALL, regular(text::size::SMALL)),
        (text::FIGURE, mono(text::size::FIGURE)),
    ]
}

fn spacing() -> Spacing {
    Spacing {
        item_spacing: vec2(space::S, space::XS),
        window_margin: Margin::same(16),
        menu_margin: Margin::same(6),
        button_padding: vec2(8.0, 3.0),
        interact_size: vec2(32.0, space::CONTROL),
        slider_width: 100.0,
        slider_rail_height: 4.0,
        combo_width: 80.0,
        icon_width: 16.0,
        icon_width_inner: 9.0,
        icon_spacing: 6.0,
        tooltip_width: 320.0,
        menu_width: 260.0,
        menu_spacing: 4.0,
        combo_height: 320.0,
        scroll: ScrollStyle {
            bar_width: 8.0,
            floating_allocated_width: 8.0, // the bar lies beside what it scrolls, not on it
            ..ScrollStyle::floating()
        },
        ..Spacing::default()
    }
}

fn visuals(dark: bool, t: &Tokens) -> Visuals {
    let base = if dark {
        Visuals::dark()
    } else {
        Visuals::light()
    };
    Visuals {
        weak_text_color: Some(t.text_dim),
        widgets: widgets(t),
        selection: Selection {
            bg_fill: t.accent_soft,
            stroke: Stroke::new(1.0, t.accent),
        },
        hyperlink_color: t.accent,
        faint_bg_color: t.control,
        extreme_bg_color: t.plot,
        text_edit_bg_color: Some(t.plot),
        code_bg_color: t.control,
        warn_fg_color: t.warning,
        error_fg_color: t.error,
        window_corner_radius: CornerRadius::same(10),
        window_shadow: shadow(t, 12, 32),
        window_fill: t.panel,
        window_stroke: Stroke::new(1.0, t.border),
        window_highlight_topmost: false,
        menu_corner_radius: CornerRadius::same(8),
        panel_fill: t.surface,
        popup_shadow: shadow(t, 6, 18),
        text_cursor: TextCursorStyle {
            stroke: Stroke::new(1.5, t.accent),
            ..Default::default()
        },
        slider_trailing_fill: true,
        handle_shape: HandleShape::Circle,
        striped: false,
        indent_has_left_vline: false,
        ..base
    }
}

fn shadow(t: &Tokens, drop: i8, blur: u8) -> Shadow {
    Shadow {
        offset: [0, drop],
        blur,
        spread: 0,
        color: t.shadow,
    }
}

fn widgets(t: &Tokens) -> Widgets {
    let widget = |fill, border, front| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, border),
        corner_radius: CornerRadius::same(RADIUS),
        fg_stroke: Stroke::new(1.0, front),
        expansion: 0.0,
    };
    Widgets {
        noninteractive: widget(t.panel, t.border, t.text),
        inactive: WidgetVisuals {
            bg_fill: t.control_active, // the rail of sliders, the box of checkboxes
            ..widget(t.control, t.control_border, t.text)
        },
        hovered: widget(t.control_hover, t.control_border, t.text),
        active: widget(t.control_active, t.accent, t.text),
        open: widget(t.control_hover, t.control_border, t.text),
    }
}
