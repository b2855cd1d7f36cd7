//! Empty space under the pointer: what the decoder draws for the code at that place of the plane.

use egui::{Label, PopupAnchor, Pos2, Rect, Role, Sense, Tooltip, Ui, Vec2, WidgetInfo};
use egui_plot::PlotTransform;

use crate::decoded::{self, DecodedPictures};
use crate::theme;
use hourglass_protocol::{Axes, CodeSelection, DecodedView, Found, Requester};
use hourglass_state::RunView;

/// Side of the picture, in points: three for each pixel.
const SIDE: f32 = 84.0;

/// Decodes the place under the pointer.
#[derive(Default)]
pub struct DecodeHover {
    /// The place whose picture is asked for.
    pub place: Option<[f32; 2]>,
    pictures: DecodedPictures,
}

impl DecodeHover {
    /// Asks for the picture of a place of the screen, or of none, and shows what is known of it beside the
    /// pointer. `names` are those of the two axes.
    pub fn show(
        &mut self,
        ui: &Ui,
        run: RunView<'_>,
        at: Option<Pos2>,
        transform: &PlotTransform,
        names: [&str; 2],
    ) {
        let at = at.filter(|at| transform.frame().contains(*at));
        let place = at.map(|at| {
            let value = transform.value_from_position(at);
            [value.x as f32, value.y as f32]
        });
        self.place = place.filter(|place| place.iter().all(|value| value.is_finite()));
        let (Some(at), Some(_)) = (at, self.place) else {
            return;
        };
        let size = run.code_size();
        let view = decoded::decoded(run).and_then(|decoded| decoded.of(Requester::Pointer));
        let view = view.filter(|view| Some(view.size) == size && !view.is_empty());
        if let Some(view) = view {
            self.pictures
                .prepare(ui, "decoded under the pointer", view, SIDE);
        }
        let place = Rect::from_center_size(at, Vec2::splat(24.0)); // beside the pointer, not under it
        let id = ui.scope_id().with("decoded under the pointer");
        let anchor = PopupAnchor::ParentRect(place);
        Tooltip::always_open(ui.ctx().clone(), ui.layer_id(), id, anchor)
            .gap(6.0)
            .show(|ui| {
                ui.set_max_width(1.8 * SIDE);
                match view {
                    Some(view) => self.contents(ui, view, names),
                    None => {
                        ui.add(Label::new(theme::dim(ui, "decoding…")).extend());
                    }
                }
            });
    }

    fn contents(&self, ui: &mut Ui, view: &DecodedView, names: [&str; 2]) {
        let (rect, response) = ui.allocate_exact_size(Vec2::splat(SIDE), Sense::hover());
        let words = words(view, names);
        let label = format!("decoded at {}", words.join(", "));
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &label));
        self.pictures.paint(ui.painter(), rect, 0);
        decoded::frame(ui, rect);
        let mut words = words.into_iter();
        for place in words.by_ref().take(1) {
            ui.add(Label::new(theme::figure(ui, place)).extend());
        }
        for note in words {
            ui.add(Label::new(theme::dim(ui, note)).wrap());
        }
    }
}

/// Where the picture is from: the place that was decoded, and what plane it lies in.
fn words(view: &DecodedView, [x_name, y_name]: [&str; 2]) -> Vec<String> {
    let CodeSelection::Plane(points) = &view.places else {
        return Vec::new();
    };
    let [x, y] = points
        .first()
        .copied()
        .unwrap_or_default()
        .map(decoded::value);
    let place = if view.size == 1 {
        format!("{x_name} {x}") // a single unit is drawn over itself
    } else {
        format!("{x_name} {x}, {y_name} {y}")
    };
    let note = match &view.found {
        Found::Plane(Axes::Pca { .. } | Axes::Turned { .. }) => Some(format!(
            "in the PCA plane through the mean of {} units",
            view.size
        )),
        _ => None,
    };
    [place].into_iter().chain(note).collect()
}
