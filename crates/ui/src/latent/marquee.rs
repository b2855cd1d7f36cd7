//! Selecting points with a box or a lasso: the tools, and the line that is drawn while the pointer is held down.

use egui::{CursorIcon, Painter, Response, Role, Stroke, Ui, WidgetInfo};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{ICON_DRAG_PAN, ICON_HIGHLIGHT_ALT, ICON_LASSO_SELECT};
use egui_plot::PlotTransform;

use crate::shortcuts::{self, ShortcutAction};
use crate::theme::{self, space};

/// What dragging in the plot does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    /// Moves the plane.
    #[default]
    Pan,
    /// Selects the points in a box.
    Box,
    /// Selects the points in a line drawn by hand.
    Lasso,
}

impl Tool {
    const ALL: [Self; 3] = [Self::Pan, Self::Box, Self::Lasso];

    fn icon(self) -> MaterialIcon {
        match self {
            Self::Pan => ICON_DRAG_PAN,
            Self::Box => ICON_HIGHLIGHT_ALT,
            Self::Lasso => ICON_LASSO_SELECT,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Pan => "Move the plane",
            Self::Box => "Select with a box",
            Self::Lasso => "Select with a lasso",
        }
    }

    fn shortcut_action(self) -> Option<ShortcutAction> {
        match self {
            Self::Pan => None,
            Self::Box => Some(ShortcutAction::SelectBox),
            Self::Lasso => Some(ShortcutAction::SelectLasso),
        }
    }

    fn help(self, ui: &Ui) -> String {
        const KEYS: &str =
            "Shift adds to the selection, Ctrl or Alt removes from it, Escape clears it";
        let key = self
            .shortcut_action()
            .map(|shortcut_action| shortcuts::key_of(ui.ctx(), shortcut_action));
        match (self, key) {
            (Self::Box, Some(key)) => {
                format!("Drag a box around points to select them ({key}). {KEYS}")
            }
            (Self::Lasso, Some(key)) => {
                format!("Draw a line around points to select them ({key}). {KEYS}")
            }
            _ => "Drag to move the plane, scroll to zoom".to_owned(),
        }
    }
}

/// The buttons of the tools, from right to left.
pub fn buttons(ui: &mut Ui, tool: &mut Tool) {
    ui.spacing_mut().item_spacing.x = 0.0;
    for other in Tool::ALL.into_iter().rev() {
        let response = icon_button(ui, other.icon(), *tool == other, other.name());
        if response.on_hover_text(other.help(ui)).clicked() {
            *tool = other;
        }
    }
    ui.add_space(space::XS);
}

/// A small button that shows whether it holds.
pub fn icon_button(ui: &mut Ui, icon: MaterialIcon, is_on: bool, name: &str) -> Response {
    ui.spacing_mut().button_padding = egui::vec2(3.0, 1.0);
    ui.spacing_mut().interact_size.y = crate::legend::HEIGHT;
    let tokens = theme::tokens_of(ui);
    let color = if is_on {
        tokens.accent
    } else {
        tokens.text_dim
    };
    let text = theme::icon(icon).color(color);
    let button = egui::Button::new(text)
        .selected(is_on)
        .frame_when_inactive(false);
    let response = ui.add(button);
    response.widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), is_on, name));
    response
}

/// The keys of the tools: pressing the same key again goes back to moving the plane.
pub fn listen(ui: &Ui, tool: &mut Tool) {
    for other in [Tool::Box, Tool::Lasso] {
        if let Some(shortcut_action) = other.shortcut_action()
            && shortcuts::is_pressed(ui.ctx(), shortcut_action)
        {
            *tool = if *tool == other { Tool::Pan } else { other };
        }
    }
}

/// Whether Escape was pressed for the selection: menus and dialogs that are open keep it.
#[must_use]
pub fn is_escaped(ui: &Ui) -> bool {
    let ctx = ui.ctx();
    let is_free =
        ctx.memory(|memory| memory.top_modal_layer().is_none()) && !egui::Popup::is_any_open(ctx);
    is_free && shortcuts::is_pressed(ctx, ShortcutAction::ClearSelection)
}

/// The line around the points that are being selected, in the plane.
#[derive(Debug, Default)]
pub struct Marquee {
    corners: Vec<[f64; 2]>,
}

impl Marquee {
    /// Most corners of a lasso; a longer line only follows with its end.
    const MAX_CORNERS: usize = 2_000;
    /// The pointer has to move this far for another corner, in points.
    const STEP: f32 = 3.0;

    /// Whether one is being drawn.
    #[must_use]
    pub fn is_drawn(&self) -> bool {
        !self.corners.is_empty()
    }

    /// Gives it up.
    pub fn cancel(&mut self) {
        self.corners.clear();
    }

    /// Follows the pointer. Gives the corners once it is let go; fewer than three for a mere click.
    pub fn follow(
        &mut self,
        tool: Tool,
        response: &Response,
        transform: &PlotTransform,
    ) -> Option<Vec<[f32; 2]>> {
        let pointer = response.interact_pointer_pos();
        let value = |at: egui::Pos2| {
            let point = transform.value_from_position(at);
            [point.x, point.y]
        };
        if response.drag_started() {
            let ctx = &response.ctx;
            let origin = ctx.input(|input| input.pointer.press_origin());
            self.corners = origin.or(pointer).map(value).into_iter().collect();
        }
        if self.is_drawn()
            && response.dragged()
            && let Some(at) = pointer
        {
            self.extend(tool, at, value(at), transform);
        }
        if response.clicked() {
            self.cancel();
            return Some(Vec::new());
        }
        if response.drag_stopped() && self.is_drawn() {
            // A fast hand begins and ends within a frame, or moves on before it lets go.
            let last = pointer.or_else(|| response.ctx.pointer_latest_pos());
            if let Some(at) = last {
                self.extend(tool, at, value(at), transform);
            }
            return Some(self.polygon(tool));
        }
        None
    }

    fn extend(&mut self, tool: Tool, at: egui::Pos2, value: [f64; 2], transform: &PlotTransform) {
        if let (Tool::Lasso, Some(last)) = (tool, self.corners.last()) {
            let away = transform.position_from_point(&(*last).into()).distance(at);
            if away < Self::STEP {
                return;
            }
            if self.corners.len() == Self::MAX_CORNERS {
                self.corners.pop();
            }
        } else {
            self.corners.truncate(1);
        }
        self.corners.push(value);
    }

    /// The line that was drawn, which ends with it.
    fn polygon(&mut self, tool: Tool) -> Vec<[f32; 2]> {
        let corners = self.outline(tool);
        self.cancel();
        let narrow = |corner: [f64; 2]| corner.map(|value| value as f32);
        corners.into_iter().map(narrow).collect()
    }

    fn outline(&self, tool: Tool) -> Vec<[f64; 2]> {
        match (tool, self.corners.as_slice()) {
            (Tool::Lasso, corners) => corners.to_vec(),
            (_, &[[left, top], [right, bottom]]) => {
                vec![[left, top], [right, top], [right, bottom], [left, bottom]]
            }
            _ => Vec::new(),
        }
    }

    /// Paints the line.
    pub fn paint(&self, ui: &Ui, painter: &Painter, tool: Tool, transform: &PlotTransform) {
        let mut line: Vec<egui::Pos2> = self
            .outline(tool)
            .into_iter()
            .map(|corner| transform.position_from_point(&corner.into()))
            .collect();
        line.extend(line.first().copied());
        let tokens = theme::tokens_of(ui);
        painter.line(
            line.clone(),
            Stroke::new(3.0, theme::faint(tokens.plot, 0.7)),
        );
        painter.line(line, Stroke::new(1.5, tokens.accent));
    }
}

/// The pointer of a selecting tool.
pub fn cursor(ui: &Ui, response: &Response) {
    if response.hovered() || response.dragged() {
        ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
    }
}
