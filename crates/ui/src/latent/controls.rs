//! The controls of the scatter: in the header of the card, and in the line above the plot.

use egui::Ui;
use egui_material_icons::icons::ICON_GALLERY_THUMBNAIL;

use crate::plot;
use crate::segmented::{Segment, named, segmented};
use crate::theme::space;
use hourglass_protocol::{DatasetDescription, Plane, PointSource};
use hourglass_state::RunView;

use super::axes::{self, Planes};
use super::colour;
use super::marquee::{self, Tool};
use super::options::{LatentOptions, Units};
use super::points::Points;

/// Below this width the menus of a code with axes to choose have a line of their own, in points.
const NARROW: f32 = 430.0;

/// The controls in the header of the card, from right to left.
pub fn header(ui: &mut Ui, options: &mut LatentOptions, is_comparing: bool) {
    let units = [
        Segment {
            value: Units::Equal,
            text: "equal",
            help: "Both axes have the same scale, so distances can be compared",
        },
        Segment {
            value: Units::Fill,
            text: "fill",
            help: "Each axis is stretched to fill the plot",
        },
    ];
    if let Some(chosen) = named(ui, "axes", "Latent axes", options.units, &units) {
        options.units = chosen;
    }
    let shares = [
        Segment {
            value: true,
            text: "shared",
            help: "A and B have the same axes, so places and distances can be compared",
        },
        Segment {
            value: false,
            text: "own",
            help: "A and B fill their plots, each with axes of its own",
        },
    ];
    if is_comparing
        && let Some(chosen) = segmented(ui, "Axes of A and B", options.shares_axes, &shares)
    {
        options.shares_axes = chosen;
    }
    let sources = [
        Segment {
            value: PointSource::Test,
            text: "test",
            help: "A point for each test image",
        },
        Segment {
            value: PointSource::Training,
            text: "training",
            help: "A point for each training image, in the same plane. During training, computing \
                   them takes up to a fifth of the time",
        },
    ];
    if let Some(chosen) = named(ui, "images", "Images shown", options.source, &sources) {
        options.source = chosen;
    }
}

/// The title of the vertical axis, and the controls of the plot beside it or, where it is narrow, above it. `asked` is
/// the plane that the worker was asked for.
pub fn heading(
    ui: &mut Ui,
    options: &mut LatentOptions,
    tool: &mut Tool,
    planes: &mut Planes,
    (run, dataset, points, asked): (RunView<'_>, &DatasetDescription, &Points, Option<Plane>),
) {
    let view = points.view();
    let [_, title] = axes::titles(view.axes, view.pair, "of variance");
    let size = run.code_size().unwrap_or(2);
    let plane = Plane::in_code(asked, size);
    if size > 2 && ui.available_width() < NARROW {
        ui.horizontal(|ui| menus(ui, options, planes, (dataset, plane, size), true));
        plot::heading(ui, &title, |ui| tools(ui, options, tool));
    } else {
        plot::heading(ui, &title, |ui| {
            tools(ui, options, tool);
            menus(ui, options, planes, (dataset, plane, size), false);
        });
    }
}

fn tools(ui: &mut Ui, options: &mut LatentOptions, tool: &mut Tool) {
    marquee::buttons(ui, tool);
    let name = "Points as pictures";
    let button = marquee::icon_button(ui, ICON_GALLERY_THUMBNAIL, options.pictures, name);
    let help = "Draws points as pictures if few enough are in view: zoom in to see them";
    options.pictures ^= button.on_hover_text(help).clicked();
}

fn menus(
    ui: &mut Ui,
    options: &mut LatentOptions,
    planes: &mut Planes,
    (dataset, plane, code_size): (&DatasetDescription, Plane, usize),
    is_narrow: bool,
) {
    ui.spacing_mut().item_spacing.x = space::XS;
    let current = options.colour.known_of(Some(dataset));
    if let Some(chosen) = colour::menu(ui, current, dataset, is_narrow) {
        options.colour = chosen;
    }
    // A code of two units is the plane itself.
    let chosen = (code_size > 2).then(|| axes::menus(ui, plane, code_size));
    if let Some(chosen) = chosen.flatten() {
        planes.choose(code_size, chosen);
    }
}
