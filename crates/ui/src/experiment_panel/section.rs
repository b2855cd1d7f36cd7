//! Sections of the panel that fold: a heading, a remark that sums up what is folded away, and the rows.

use std::collections::BTreeMap;

use egui::{
    Align, FontId, Label, Layout, Rect, Response, RichText, Role, Sense, Ui, UiBuilder, WidgetInfo,
    vec2,
};
use egui_material_icons::icons::{ICON_CHEVRON_RIGHT, ICON_EXPAND_MORE};
use serde::{Deserialize, Serialize};

use crate::theme::{self, space, text};
use hourglass_experiment::field::Section;

/// Height of a heading, in points.
const HEIGHT: f32 = 18.0;

/// Which sections a person has opened or folded against their default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Folds {
    chosen: BTreeMap<Section, bool>,
}

/// What a section says in its heading, and whether its rows are needed.
pub(super) struct Heading {
    pub section: Section,
    /// The same remark at several lengths, the longest first; the first that fits is shown.
    pub remarks: Vec<String>,
    /// What the remark means.
    pub help: String,
    /// Whether it is open by default.
    pub is_in_use: bool,
    /// Whether it cannot be folded: something in it needs attention.
    pub needs_attention: bool,
}

impl Folds {
    /// Opens a section, whatever its default.
    pub(super) fn open(&mut self, section: Section) {
        self.chosen.insert(section, true);
    }

    /// Draws the heading and, unless the section is folded, its rows.
    pub(super) fn show(&mut self, ui: &mut Ui, heading: &Heading, rows: impl FnOnce(&mut Ui)) {
        let section = heading.section;
        let wanted = self.chosen.get(&section).copied();
        let is_open = heading.needs_attention || wanted.unwrap_or(heading.is_in_use);
        if header(ui, heading, is_open).clicked() && !heading.needs_attention {
            if is_open == heading.is_in_use {
                self.chosen.insert(section, !is_open);
            } else {
                self.chosen.remove(&section); // back to the default, which follows the experiment
            }
        }
        if is_open {
            rows(ui);
        }
    }
}

fn header(ui: &mut Ui, heading: &Heading, is_open: bool) -> Response {
    ui.add_space(2.0);
    ui.separator();
    let size = vec2(ui.available_width(), HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let title = heading.section.title();
    response.widget_info(|| WidgetInfo::labeled(Role::DisclosureTriangle, ui.is_enabled(), title));
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.set_expanded(is_open));
    let t = theme::tokens_of(ui);
    let is_hot = response.hovered() || response.has_focus();
    let color = if is_hot { t.text } else { t.text_dim };
    let layout = Layout::left_to_right(Align::Center);
    let mut row = ui.new_child(UiBuilder::new().max_rect(rect).layout(layout));
    row.spacing_mut().item_spacing.x = 2.0;
    row.add(Label::new(theme::group(&row, title)).extend());
    let chevron = if is_open {
        ICON_EXPAND_MORE
    } else {
        ICON_CHEVRON_RIGHT
    };
    row.label(chevron.rich_text().size(14.0).color(color));
    row.add_space(space::S);
    let free = row.available_rect_before_wrap();
    remark(ui, heading, free);
    let action = match (heading.needs_attention, is_open) {
        (true, _) => "Stays open: something here needs attention",
        (false, true) => "Click to fold",
        (false, false) => "Click to open",
    };
    response.on_hover_text(action)
}

/// The longest remark that fits, at the right.
fn remark(ui: &mut Ui, heading: &Heading, free: Rect) {
    let font = FontId::new(text::size::SMALL, theme::regular(text::size::SMALL).family);
    let color = theme::tokens_of(ui).text_dim;
    let fits = |text: &&String| {
        let galley = ui
            .painter()
            .layout_no_wrap((*text).clone(), font.clone(), color);
        galley.size().x <= free.width()
    };
    let Some(text) = heading.remarks.iter().find(fits).or(heading.remarks.last()) else {
        return;
    };
    let layout = Layout::right_to_left(Align::Center);
    let mut right = ui.new_child(UiBuilder::new().max_rect(free).layout(layout));
    let text = RichText::new(text).font(font).color(color);
    right
        .add(Label::new(text).truncate())
        .on_hover_text(&heading.help);
}
