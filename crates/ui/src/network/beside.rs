//! Draws the networks beside the autoencoder: a discriminator on the code, a softmax layer on the code.

use egui::{Align2, Color32, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::theme;
use hourglass_experiment::LayerName;
use hourglass_experiment::network::{Network, Node, Place};
use hourglass_protocol::{DataSetId, FlowView};

use super::layout::{NetworkLayout, row_of_boxes};
use super::words;

/// Size of a box and distance of neighbours, in points.
const BOX: egui::Vec2 = vec2(58.0, 24.0);
const BOX_GAP: f32 = 20.0;
const CLASS: egui::Vec2 = vec2(20.0, 24.0);
const CLASS_GAP: f32 = 3.0;

/// Draws them into their row; `flow` where the light has reached the code.
pub fn show(
    ui: &Ui,
    network: &Network,
    layout: &NetworkLayout,
    flow: Option<&FlowView>,
    data: Option<DataSetId>,
) {
    let code = layout.rect(network, Place::Layer(LayerName::Code));
    let (Some(mut row), Some(code)) = (layout.beside, code) else {
        return;
    };
    if let Some(classes) = &network.classes {
        let part = if network.discriminator.is_empty() {
            row
        } else {
            let (left, right) = row.split_left_right_at_fraction(0.5);
            row = left;
            right
        };
        show_classes(ui, network, classes, [part, code], flow, data);
    }
    if !network.discriminator.is_empty() {
        show_discriminator(ui, network, row, code, flow);
    }
}

fn show_discriminator(ui: &Ui, network: &Network, row: Rect, code: Rect, flow: Option<&FlowView>) {
    let tokens = theme::tokens_of(ui);
    let nodes = &network.discriminator;
    let boxes = row_of_boxes(row, code.center_bottom(), nodes.len(), BOX, BOX_GAP);
    caption(ui, &boxes, "discriminator: is it a sample of the prior?");
    let verdict = flow.and_then(|flow| flow.verdict);
    let mut from = elbow(ui, code, &boxes);
    for (node, &rect) in nodes.iter().zip(&boxes) {
        if let Some(from) = from {
            let line = [from, rect.left_center()];
            ui.painter()
                .line_segment(line, Stroke::new(1.0, tokens.control_border));
        }
        let (text, fill) = match (node.place, verdict) {
            (Place::Verdict, Some(verdict)) => (
                format!("D {verdict:.3}"),
                theme::faint(tokens.accent, 0.35 * verdict),
            ),
            (Place::Verdict, None) => ("D".to_owned(), tokens.control),
            _ => (words::size(node.shape), tokens.control),
        };
        let said = match (node.place, verdict) {
            (Place::Verdict, Some(verdict)) => format!(
                "{}; this code is taken for a sample of the prior with probability {verdict:.3}",
                words::facts(network, node)
            ),
            _ => words::facts(network, node),
        };
        show_box(ui, node, rect, &text, fill, &said);
        from = Some(rect.right_center());
    }
}

fn show_classes(
    ui: &Ui,
    network: &Network,
    node: &Node,
    [row, code]: [Rect; 2],
    flow: Option<&FlowView>,
    data: Option<DataSetId>,
) {
    let tokens = theme::tokens_of(ui);
    let n_classes = node.shape.size();
    let boxes = row_of_boxes(row, code.center_bottom(), n_classes, CLASS, CLASS_GAP);
    caption(ui, &boxes, "softmax layer of fine-tuning");
    elbow(ui, code, &boxes);
    let classes = flow.and_then(|flow| flow.classes.as_deref());
    for ((class, &rect), label) in boxes.iter().enumerate().zip(0_u8..) {
        let name = data.map_or_else(|| class.to_string(), |id| id.class_name(label));
        let share = classes.and_then(|classes| classes.get(class).copied());
        let fill = share.map_or(tokens.control, |share| {
            theme::faint(tokens.accent, 0.45 * share)
        });
        let said = share.map_or_else(
            || words::facts(network, node),
            |share| format!("class {name}: probability {share:.3}"),
        );
        show_box(ui, node, rect, &class.to_string(), fill, &said); // no room for a name
    }
}

/// A line from the code down to the row; where it ends.
fn elbow(ui: &Ui, code: Rect, boxes: &[Rect]) -> Option<egui::Pos2> {
    let first = boxes.first()?;
    let stroke = Stroke::new(1.0, theme::tokens_of(ui).control_border);
    let x = code.center().x;
    let corner = pos2(x.min(first.left() - 2.0), first.center().y);
    let points = vec![
        pos2(corner.x, code.bottom() + 2.0),
        corner,
        first.left_center(),
    ];
    ui.painter().add(Shape::line(points, stroke));
    Some(first.left_center())
}

fn caption(ui: &Ui, boxes: &[Rect], text: &str) {
    let Some(first) = boxes.first() else { return };
    let font = theme::text::SMALL.resolve(ui.style());
    let at = first.left_top() - vec2(0.0, 3.0);
    let color = theme::tokens_of(ui).text_dim;
    ui.painter()
        .text(at, Align2::LEFT_BOTTOM, text, font, color);
}

fn show_box(ui: &Ui, node: &Node, rect: Rect, text: &str, fill: Color32, said: &str) {
    let tokens = theme::tokens_of(ui);
    let id = ui.scope_id().with((node.place, text));
    let response = ui.interact(rect, id, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), said));
    let painter = ui.painter();
    painter.rect(
        rect,
        3.0,
        fill,
        Stroke::new(1.0, tokens.control_border),
        egui::StrokeKind::Inside,
    );
    let font = theme::text::SMALL.resolve(ui.style());
    painter.text(
        rect.center(),
        Align2::CENTER_CENTER,
        text,
        font,
        tokens.text,
    );
    response.on_hover_text(said);
}
