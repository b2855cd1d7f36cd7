//! Draws the chain from the input to the output: layers as buttons, connections between them.

use egui::{Color32, Rect, Response, Role, Sense, Ui, WidgetInfo};

use crate::number;
use crate::theme;
use hourglass_experiment::network::{Connection, Link, Network, Node, Place};
use hourglass_experiment::{LayerName, Stage};
use hourglass_protocol::{DataSetId, FlowView};

use super::layout::{Column, NetworkLayout};
use super::paint::{self, FlowPictures};
use super::travel::Travel;
use super::{beside, words};

/// What is drawn.
pub struct NetworkDrawing<'a> {
    /// The architecture.
    pub network: &'a Network,
    /// Where everything is.
    pub layout: &'a NetworkLayout,
    /// The data set whose image is on its way.
    pub data: Option<DataSetId>,
    pub flow: Option<&'a FlowView>,
    pub pictures: &'a FlowPictures,
    /// How far the light has come.
    pub travel: &'a Travel,
    /// The part of the plan, where there are several.
    pub stage: Option<Stage>,
    /// The window's clock, in seconds.
    pub now: f64,
}

impl NetworkDrawing<'_> {
    /// Draws everything; tells the layer that was clicked.
    pub fn show(&self, ui: &Ui, chosen: Option<Place>) -> Option<Place> {
        for link in &self.network.links {
            self.link(ui, link);
        }
        self.ends(ui);
        let mut clicked = None;
        for (idx, (node, column)) in self
            .network
            .chain
            .iter()
            .zip(&self.layout.columns)
            .enumerate()
        {
            let response = self.node(ui, node, column.hit);
            let hovered = response.hovered() || response.has_focus();
            if response.clicked() {
                clicked = Some(node.place);
            }
            self.column(ui, idx, node, column);
            paint::frame(ui, column.rect, chosen == Some(node.place), hovered);
            response.on_hover_ui(|ui| self.tooltip(ui, node, column.rect));
        }
        self.log_variance(ui, chosen);
        let code = self.code_idx();
        let lit = self.flow.filter(|_| self.travel.lights(code));
        beside::show(ui, self.network, self.layout, lit, self.data);
        clicked
    }

    fn code_idx(&self) -> usize {
        let is_code = |node: &Node| node.place == Place::Layer(LayerName::Code);
        self.network.chain.iter().position(is_code).unwrap_or(0)
    }

    /// A layer as a button that is as high as its column.
    fn node(&self, ui: &Ui, node: &Node, hit: Rect) -> Response {
        let id = ui.scope_id().with(node.place);
        let response = ui.interact(hit, id, Sense::click());
        response.widget_info(|| {
            let label = words::facts(self.network, node);
            WidgetInfo::labeled(Role::Button, ui.is_enabled(), label)
        });
        // What is shown under the pointer is drawn; this says it to a screen reader.
        ui.ctx().accesskit_node_builder(response.id, |built| {
            built.set_description("Shows this layer in Activations and Filters");
        });
        response
    }

    fn link(&self, ui: &Ui, link: &Link) {
        let rect = |place| self.layout.rect(self.network, place);
        let (Some(from), Some(to)) = (rect(link.from), rect(link.to)) else {
            return;
        };
        // What comes out of a variational code is drawn from mean and variance together.
        let from = match (link.connection, self.layout.log_variance) {
            (Connection::Decoder(0), Some(variance)) => from.union(variance),
            _ => from,
        };
        paint::band(ui, from, to, self.link_color(ui, link));
        let target = self
            .network
            .chain
            .iter()
            .position(|node| node.place == link.to);
        let reached = self.travel.reached();
        if target.is_some() && target == reached {
            let progress = if theme::glides(ui.ctx()) {
                self.travel.progress(self.now)
            } else {
                1.0
            };
            let color = theme::faint(theme::tokens_of(ui).accent, 0.3);
            paint::lit_band(ui, from, to, progress, color);
        }
        let column = |place| self.layout.column(self.network, place);
        let left = column(link.from).map_or(from.right(), |column| column.hit.right());
        let right = column(link.to).map_or(to.left(), |column| column.hit.left());
        let rows = if link.to == Place::LogVariance {
            to.y_range() // the other half belongs to the mean's weights
        } else {
            from.union(to).y_range()
        };
        let gap = Rect::from_x_y_ranges(left..=right, rows);
        self.hear_link(ui, link, gap);
        self.note_parameters(ui, link, from, to);
    }

    /// Parts of the plan mark what they train.
    fn link_color(&self, ui: &Ui, link: &Link) -> Color32 {
        let tokens = theme::tokens_of(ui);
        match self.stage {
            Some(stage) if self.network.trains(stage, link.connection) => {
                theme::faint(tokens.accent, 0.3)
            }
            Some(_) => theme::faint(tokens.control_active, 0.5),
            None => theme::faint(tokens.control_active, 0.7),
        }
    }

    fn hear_link(&self, ui: &Ui, link: &Link, gap: Rect) {
        if gap.width() <= 0.0 || gap.height() <= 0.0 {
            return;
        }
        let id = ui.scope_id().with(link.connection);
        let response = ui.interact(gap, id, Sense::hover());
        let text = words::link(self.network, link);
        response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), &text));
        response.on_hover_text(text);
    }

    fn note_parameters(&self, ui: &Ui, link: &Link, from: Rect, to: Rect) {
        let Some(top) = self
            .layout
            .notes_top
            .filter(|_| link.to != Place::LogVariance)
        else {
            return;
        };
        let (left, right) = (from.center().x, to.center().x);
        let text = words::short_count(link.n_parameters());
        let color = theme::tokens_of(ui).text_dim;
        paint::centred(
            ui,
            0.5 * (left + right),
            top,
            right - left - 4.0,
            &text,
            color,
        );
    }

    /// The pictures that go in and come out, where the pixels are unrolled.
    fn ends(&self, ui: &Ui) {
        let Some(pictures) = self.layout.pictures else {
            return;
        };
        let tokens = theme::tokens_of(ui);
        let columns = &self.layout.columns;
        let (Some(first), Some(last)) = (columns.first(), columns.last()) else {
            return;
        };
        let faint = theme::faint(tokens.control_active, 0.35);
        paint::band(ui, pictures[0], first.rect, faint);
        paint::band(ui, last.rect, pictures[1], faint);
        let line = ui.text_style_height(&theme::text::SMALL) + 1.0;
        let last_idx = columns.len() - 1;
        let shown = self.flow.zip(self.data);
        let shown = shown.map_or_else(
            || "image".to_owned(),
            |(flow, id)| id.class_title(flow.label),
        );
        let names = [shown, "result".to_owned()];
        for (which, ((rect, name), idx)) in
            pictures.iter().zip(&names).zip([0, last_idx]).enumerate()
        {
            if self.flow.is_some() && self.travel.lights(idx) {
                self.pictures.paint_end(ui, *rect, which);
            } else {
                paint::unlit(ui, *rect);
            }
            paint::frame(ui, *rect, false, false);
            let (x, width) = (rect.center().x, rect.width() + 8.0);
            paint::centred(ui, x, self.layout.names_top, width, name, tokens.text);
            let top = self.layout.names_top + line;
            let shape = self.network.image().describe();
            paint::centred(ui, x, top, width, &shape, tokens.text_dim);
        }
        if let Some(top) = self.layout.notes_top {
            let (x, width) = (pictures[0].center().x, pictures[0].width() + 4.0);
            paint::centred(ui, x, top, width, "parameters", tokens.text_dim);
            paint::centred(ui, x, top + line, width, "activation", tokens.text_dim);
        }
    }

    /// A bar or a block with its name, size and activation.
    fn column(&self, ui: &Ui, idx: usize, node: &Node, column: &Column) {
        let tokens = theme::tokens_of(ui);
        let flow = self.flow.filter(|_| self.travel.lights(idx));
        match (flow, &column.maps) {
            (None, _) => paint::unlit(ui, column.rect),
            (Some(_), Some(grid)) => match node.place {
                Place::Input => self.pictures.paint_end(ui, paint::end_in_block(column), 0),
                Place::Output => self.pictures.paint_end(ui, paint::end_in_block(column), 1),
                _ => self.pictures.paint_maps(ui, idx, column, grid),
            },
            (Some(flow), None) => bar(ui, column.rect, flow, node.place),
        }
        let line = ui.text_style_height(&theme::text::SMALL) + 1.0;
        let (x, width) = (column.rect.center().x, column.slot.width() - 2.0);
        let top = self.layout.names_top;
        let name = words::name(self.network, node.place);
        paint::centred(ui, x, top, width, &name, tokens.text);
        let size = words::size(node.shape);
        paint::centred(ui, x, top + line, width, &size, tokens.text_dim);
        if let (Some(top), Some(activation)) = (self.layout.notes_top, node.activation) {
            paint::centred(ui, x, top + line, width, activation, tokens.text_dim);
        }
    }

    fn log_variance(&self, ui: &Ui, chosen: Option<Place>) {
        let (Some(rect), Some(node)) = (self.layout.log_variance, &self.network.log_variance)
        else {
            return;
        };
        let id = ui.scope_id().with(node.place);
        let response = ui.interact(rect.expand(3.0), id, Sense::hover());
        let said = words::facts(self.network, node);
        response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), &said));
        match self.flow.filter(|_| self.travel.lights(self.code_idx())) {
            Some(flow) => bar(ui, rect, flow, node.place),
            None => paint::unlit(ui, rect),
        }
        paint::frame(ui, rect, chosen == Some(node.place), response.hovered());
        let color = theme::tokens_of(ui).text_dim;
        let top = rect.bottom() + 1.0;
        paint::centred(ui, rect.center().x, top, 60.0, "ln σ²", color);
        response.on_hover_ui(|ui| self.tooltip(ui, node, rect));
    }

    /// What is told of a layer under the pointer.
    fn tooltip(&self, ui: &mut Ui, node: &Node, rect: Rect) {
        ui.label(words::facts(self.network, node));
        ui.label(theme::dim(ui, words::making(self.network, node)));
        ui.label(theme::dim(ui, "Heights follow the square root of the size"));
        let Some((values, end)) = self.flow.and_then(|flow| paint::values(flow, node.place)) else {
            return;
        };
        let column = self.layout.column(self.network, node.place);
        let text = match column.and_then(|column| column.maps) {
            Some(grid) if grid.n_shown < node.shape.n_parts() => Some(format!(
                "The first {} of {} maps are shown",
                grid.n_shown,
                node.shape.n_parts()
            )),
            Some(_) => None,
            None => match paint::values_per_cell(values.len(), rect.height()) {
                1 => Some("Each cell is a unit".to_owned()),
                n => Some(format!("Each cell is the mean of {n} neighbours")),
            },
        };
        if let Some(text) = text {
            ui.label(theme::dim(ui, text));
        }
        if matches!(node.place, Place::Layer(_) | Place::LogVariance) {
            let end = number::three_digits(f64::from(end));
            ui.label(theme::dim(ui, format!("Colours end at ±{end}")));
        }
    }
}

/// Pixels in ink, activations in signed colours.
fn bar(ui: &Ui, rect: Rect, flow: &FlowView, place: Place) {
    let dark = ui.visuals().dark_mode;
    let Some((values, end)) = paint::values(flow, place) else {
        return;
    };
    let end = if end > 0.0 { end } else { 1.0 };
    if matches!(place, Place::Input | Place::Output) {
        paint::cells(ui, rect, values, |value| theme::ink(dark, value));
    } else {
        paint::cells(ui, rect, values, |value| {
            theme::diverging(dark, value / end)
        });
    }
}
