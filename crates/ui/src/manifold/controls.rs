//! The controls of the manifold panel: what is drawn, how many pictures, and over which plane or with which seed.

use egui::{Button, DragValue, Role, Ui, WidgetInfo};
use egui_material_icons::icons::ICON_CASINO;

use super::options::{ManifoldKind, ManifoldOptions, ManifoldPlane};
use crate::segmented::{Segment, segmented};
use crate::theme;

/// The controls in the header, from right to left.
pub fn show(ui: &mut Ui, options: &mut ManifoldOptions, size: usize) {
    let shown = [
        Segment {
            value: ManifoldKind::Grid,
            text: "grid",
            help: "What the decoder draws for a grid of codes in a plane",
        },
        Segment {
            value: ManifoldKind::Samples,
            text: "samples",
            help: "What the decoder draws for random codes: from the prior, or from a Gaussian fitted to the codes if there is none",
        },
    ];
    options.shown = segmented(ui, "Codes", options.shown, &shown).unwrap_or(options.shown);
    let n_places = [8, 12, 16, 20, 28].map(|n| (n, n.to_string()));
    let segments = n_places.each_ref().map(|(n, text)| Segment {
        value: *n,
        text,
        help: "Pictures along each axis",
    });
    let name = "Pictures along each axis";
    options.n_places = segmented(ui, name, options.n_places, &segments).unwrap_or(options.n_places);
    match options.shown {
        ManifoldKind::Grid if size > 2 => plane(ui, options, size),
        ManifoldKind::Grid => {}
        ManifoldKind::Samples => seed(ui, options),
    }
}

/// What spans the plane of a code of more than two units.
fn plane(ui: &mut Ui, options: &mut ManifoldOptions, size: usize) {
    options.units = options.units.map(|unit| unit.min(size - 1));
    if options.plane == ManifoldPlane::Units {
        let [first, second] = &mut options.units;
        // From right to left.
        for (unit, name, axis) in [
            (second, "Vertical unit", "vertical"),
            (first, "Horizontal unit", "horizontal"),
        ] {
            let mut shown = *unit + 1;
            let field = DragValue::new(&mut shown)
                .range(1..=size)
                .speed(1.0)
                .prefix("h ");
            ui.add(field)
                .on_hover_text(format!(
                    "Which of the {size} units runs along the {axis} axis"
                ))
                .accessible_name(name);
            *unit = shown - 1;
        }
    }
    let planes = [
        Segment {
            value: ManifoldPlane::Principal,
            text: "PCA",
            help: "The plane of the first two principal components of the codes, through their mean",
        },
        Segment {
            value: ManifoldPlane::Units,
            text: "units",
            help: "The plane of two units; the others stay at 0, the mean of the prior, or at their own mean if there is none",
        },
    ];
    options.plane = segmented(ui, "Plane", options.plane, &planes).unwrap_or(options.plane);
}

/// Which samples.
fn seed(ui: &mut Ui, options: &mut ManifoldOptions) {
    let icon = theme::icon(ICON_CASINO);
    let button = ui
        .add(Button::new(icon).small().frame(false))
        .on_hover_text("Draw new samples; the same seed draws the same ones at every step");
    button.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), "New samples"));
    if button.clicked() {
        options.seed = options.seed.wrapping_add(1);
    }
    let field = DragValue::new(&mut options.seed).speed(1.0).prefix("seed ");
    ui.add(field)
        .on_hover_text("Selects the samples; they stay the same during training")
        .accessible_name("Seed of the samples");
}
