//! A row of exclusive choices, small enough for the header of a card.

use egui::{
    Align2, CornerRadius, Galley, Label, Rect, Role, Sense, Stroke, StrokeKind, TextStyle, Ui,
    WidgetInfo, vec2,
};

use super::plot::text_width;
use super::small_menu::{HEIGHT, SmallMenu};
use super::theme::{self, space};

/// One of the choices.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a, T> {
    /// What it stands for.
    pub value: T,
    /// What it says.
    pub text: &'a str,
    /// What it does.
    pub help: &'a str,
}

/// Shows the choices side by side, folded into a menu where they do not fit, and not at all where even that
/// does not; tells which one was clicked. A screen reader hears "`name`, text".
pub fn segmented<T: Copy + PartialEq>(
    ui: &mut Ui,
    name: &str,
    current: T,
    segments: &[Segment<'_, T>],
) -> Option<T> {
    let tokens = theme::tokens_of(ui);
    let font = TextStyle::Small.resolve(ui.style());
    let galleys: Vec<_> = segments
        .iter()
        .map(|segment| {
            let text = segment.text.to_owned();
            ui.painter().layout_no_wrap(text, font.clone(), tokens.text)
        })
        .collect();
    let width_of = |galley: &Galley| galley.size().x + 2.0 * space::S;
    let width = galleys.iter().map(|galley| width_of(galley)).sum();
    if width > ui.available_width() {
        return folded(ui, name, current, segments);
    }
    let (outer, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::hover());
    let painter = ui.painter();
    painter.rect_filled(outer, CornerRadius::same(5), tokens.control);

    let mut clicked = None;
    let mut left = outer.left();
    for (segment, galley) in segments.iter().zip(galleys) {
        let width = width_of(&galley);
        let rect = Rect::from_min_size(egui::pos2(left, outer.top()), vec2(width, HEIGHT));
        left += width;
        let is_current = segment.value == current;
        let response = ui.interact(rect, response.id.with(segment.text), Sense::click());
        response.widget_info(|| {
            let label = format!("{name}, {}", segment.text);
            WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), is_current, label)
        });
        let response = response.on_hover_text(segment.help); // which a screen reader hears as well
        if response.clicked() {
            clicked = Some(segment.value);
        }
        let color = if is_current {
            painter.rect(
                rect.shrink(1.0),
                CornerRadius::same(4),
                tokens.accent_soft,
                Stroke::NONE,
                StrokeKind::Inside,
            );
            tokens.accent
        } else if response.hovered() || response.has_focus() {
            tokens.text
        } else {
            tokens.text_dim
        };
        let place = Align2::CENTER_CENTER.anchor_size(rect.center(), galley.size());
        painter.galley_with_override_text_color(place.min, galley, color);
    }
    let border = Stroke::new(1.0, tokens.control_border);
    painter.rect_stroke(outer, CornerRadius::same(5), border, StrokeKind::Inside);
    clicked
}

/// Room that a noun before choices leaves to what stands beside them, in points.
const BESIDE: f32 = 180.0;

/// The same beside a noun that says what is chosen, where there is room for it.
pub fn named<T: Copy + PartialEq>(
    ui: &mut Ui,
    noun: &str,
    name: &str,
    current: T,
    segments: &[Segment<'_, T>],
) -> Option<T> {
    let painter = ui.painter();
    let width = |text: &str| text_width(painter, text);
    let texts = segments
        .iter()
        .map(|segment| width(segment.text) + 2.0 * space::S);
    let needed = texts.sum::<f32>() + width(noun) + ui.spacing().item_spacing.x;
    let has_room = needed + BESIDE <= ui.available_width();
    let label = |ui: &mut Ui| {
        if has_room {
            ui.add(Label::new(theme::dim(ui, noun)).extend());
        }
    };
    let is_from_right = ui.layout().prefer_right_to_left();
    if !is_from_right {
        label(ui);
    }
    let clicked = segmented(ui, name, current, segments);
    if is_from_right {
        label(ui);
    }
    clicked
}

/// The choices as a menu under the one that holds.
fn folded<T: Copy + PartialEq>(
    ui: &mut Ui,
    name: &str,
    current: T,
    segments: &[Segment<'_, T>],
) -> Option<T> {
    let chosen = segments.iter().find(|segment| segment.value == current)?;
    let (text, help) = (chosen.text, chosen.help);
    let menu = SmallMenu { name, text, help };
    menu.show(ui, |ui| {
        let mut clicked = None;
        for segment in segments {
            let is_current = segment.value == current;
            let choice = ui.selectable_label(is_current, segment.text);
            if choice.on_hover_text(segment.help).clicked() {
                clicked = Some(segment.value);
            }
        }
        clicked
    })
}
