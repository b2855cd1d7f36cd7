//! The key figures of a layer.

use egui::text::LayoutJob;
use egui::{Align, Color32, FontSelection, Rect, Role, Sense, Ui, WidgetInfo, vec2};

use crate::number;
use crate::theme::{self, space};

use super::histogram;
use super::layer::LayerActivations;

/// The key figures, each with the mark that stands for it in the histogram.
pub fn show(ui: &mut Ui, layer: &LayerActivations<'_>) {
    let tokens = theme::tokens_of(ui);
    let view = layer.view;
    let always = [
        LayerFigure {
            mark: Some((tokens.test, 2.0)),
            name: "mean",
            value: format!("{:.4}", view.mean),
            help: "Mean activation over units and images",
            can_be_missing: false,
        },
        LayerFigure {
            mark: Some((histogram::near_zero_color(tokens), 8.0)),
            name: "near zero",
            value: number::percent(f64::from(view.near_zero_fraction)),
            help: "Share of activations with |h| < 0.01: units that are off",
            can_be_missing: false,
        },
        LayerFigure {
            mark: None,
            name: "dead",
            value: format!("{} of {}", view.dead_units, view.unit_means.len()),
            help: "Units near zero on every image: they carry no information",
            can_be_missing: false,
        },
    ];
    let active = layer.active_units.map(|active| LayerFigure {
        mark: None,
        name: "active",
        value: format!("{active} of {}", view.unit_means.len()),
        help: "Units whose mean varies over images by more than 0.01: those that carry information",
        can_be_missing: false,
    });
    let jacobian = layer.jacobian_norm.map(|norm| LayerFigure {
        mark: None,
        name: "‖J‖²",
        value: number::three_digits(norm),
        help: "How much the code changes when a pixel does: the squared norm of the encoder's Jacobian, averaged \
               over the test images at the end of the epoch. Exact if the encoder is one fully connected layer without \
               GELU, otherwise estimated along one random direction for each image",
        can_be_missing: false,
    });
    let relative = layer.relative_jacobian_norm.map(|norm| LayerFigure {
        mark: None,
        name: "‖J‖²/Var(h)",
        value: number::three_digits(norm),
        help: "‖J‖² divided by the code's variance over the test images, summed over its units, per pixel²: a code that \
               is only smaller has the same ratio",
        can_be_missing: true,
    });
    let images = LayerFigure {
        mark: None,
        name: "images",
        value: number::count_of(view.n_samples),
        help: "Number of test images that the figures are averaged over",
        can_be_missing: true,
    };
    let figures = always
        .into_iter()
        .chain(active)
        .chain(jacobian)
        .chain(relative)
        .chain([images]);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing = vec2(space::M, 2.0);
        ui.spacing_mut().interact_size.y = 0.0; // lines as high as their text
        ui.horizontal_wrapped(|ui| {
            for figure in figures {
                figure.show(ui);
            }
        });
    });
}

/// A figure with its name.
struct LayerFigure {
    /// Colour and width of its mark, in points.
    mark: Option<(Color32, f32)>,
    name: &'static str,
    value: String,
    help: &'static str,
    /// Whether it is left out rather than put on a line of its own.
    can_be_missing: bool,
}

impl LayerFigure {
    /// Adds the figure, all of it in one line.
    fn show(self, ui: &mut Ui) {
        let mut text = LayoutJob::default();
        let pieces = [
            theme::dim(ui, format!("{} ", self.name)),
            theme::figure(ui, self.value),
        ];
        for piece in pieces {
            piece.append_to(&mut text, ui.style(), FontSelection::Default, Align::Center);
        }
        if let Some(value) = text.sections.last_mut() {
            value.leading_space = 2.0;
        }
        let galley = ui.painter().layout_job(text);
        let text_left = self.mark.map_or(0.0, |(_, width)| width + space::XS);
        let size = galley.size() + vec2(text_left, 0.0);
        if self.can_be_missing && size.x > ui.available_size_before_wrap().x {
            return;
        }
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        let label = galley.text().to_owned();
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &label));
        let painter = ui.painter();
        if let Some((color, width)) = self.mark {
            let center = rect.left_center() + vec2(width / 2.0, 0.0);
            let mark = Rect::from_center_size(center, vec2(width, 12.0));
            painter.rect_filled(mark, 0.0, color);
        }
        let color = theme::tokens_of(ui).text; // each piece has its own
        painter.galley(rect.min + vec2(text_left, 0.0), galley, color);
        response.on_hover_text(self.help);
    }
}
