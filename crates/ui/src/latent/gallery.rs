//! The images that are selected: how many of each class, and each with its picture, its number and its error.

use egui::{
    Align2, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, TextStyle, Ui, WidgetInfo, pos2,
    vec2,
};
use egui_material_icons::icons::ICON_CLOSE;

use crate::memo::{Memo, Same};
use crate::number;
use crate::plot::heading;
use crate::segmented::{Segment, segmented};
use crate::theme::{self, space};
use crate::tile_atlas;
use hourglass_protocol::{DataSetId, DatasetDescription, SampleIdx, ScatterView};

use super::album::Album;
use super::marquee::icon_button;
use super::points::Points;
use super::selection::Selection;
use super::words::name_of;

/// Side of a picture, in points: two for each pixel.
const SIDE: f32 = 56.0;

/// In which order the selected images come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum GallerySort {
    /// As in the data set.
    #[default]
    Number,
    Class,
    /// The largest error first.
    Worst,
}

/// The selected images in order.
#[derive(Default)]
pub struct Gallery {
    /// Of which selection, in which order, by the errors of which view.
    ordered: Memo<(u64, GallerySort, Option<Same<ScatterView>>), Ordered>,
}

#[derive(Default)]
struct Ordered {
    samples: Vec<SampleIdx>,
    counts: Vec<usize>,
}

/// What was done in the gallery.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GalleryActions {
    /// The image under the pointer, and where its picture is.
    pub hovered: Option<(SampleIdx, Rect)>,
    /// Whether nothing is to be selected any more.
    pub clears: bool,
}

impl Gallery {
    /// Shows the selected images of a data set.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        sort: &mut GallerySort,
        (dataset, points, selection): (&DatasetDescription, &Points, &Selection),
        album: &mut Album,
    ) -> GalleryActions {
        self.put_in_order(*sort, dataset, points, selection);
        let mut shortcut_actions = GalleryActions::default();
        let title = format!("{} selected", number::count_of(selection.len()));
        heading(ui, &title, |ui| {
            let close = icon_button(ui, ICON_CLOSE, false, "Clear the selection");
            shortcut_actions.clears = close
                .on_hover_text("Clear the selection (Escape)")
                .clicked();
            if let Some(chosen) = sort_choice(ui, *sort) {
                *sort = chosen;
            }
        });
        self.counts(ui, dataset.id);
        ui.add_space(2.0);
        let line = ui.text_style_height(&TextStyle::Small);
        let cell = vec2(SIDE + space::S, SIDE + 2.0 * line + space::XS);
        let scroll_bar = ui.spacing().scroll.allocated_width();
        let n_columns = (((ui.available_width() - scroll_bar) / cell.x).floor() as usize).max(1);
        let n_rows = self.ordered.samples.len().div_ceil(n_columns);
        ui.spacing_mut().item_spacing.y = 0.0;
        ScrollArea::vertical()
            .id_salt("gallery")
            .auto_shrink(false)
            .show_rows(ui, cell.y, n_rows, |ui, rows| {
                for row in rows {
                    let (rect, _) =
                        ui.allocate_exact_size(vec2(ui.available_width(), cell.y), Sense::hover());
                    let first = row * n_columns;
                    let samples = self.ordered.samples.iter().skip(first).take(n_columns);
                    let mut left = rect.left();
                    for &sample in samples {
                        let rect = Rect::from_min_size(pos2(left, rect.top()), cell);
                        left += cell.x;
                        let picture = Rect::from_min_size(rect.min, vec2(SIDE, SIDE));
                        if show_cell(ui, picture, sample, dataset, points, album) {
                            shortcut_actions.hovered = Some((sample, picture));
                        }
                    }
                }
            });
        shortcut_actions
    }

    fn put_in_order(
        &mut self,
        sort: GallerySort,
        dataset: &DatasetDescription,
        points: &Points,
        selection: &Selection,
    ) {
        let errors = (sort == GallerySort::Worst).then(|| Same::of(points.view_arc()));
        let key = (selection.revision(), sort, errors);
        self.ordered.renew(key, |_, Ordered { samples, counts }| {
            let class = |sample: SampleIdx| dataset.label(sample);
            samples.clear();
            let known = selection
                .samples()
                .filter(|&sample| class(sample).is_some());
            samples.extend(known);
            *counts = vec![0; dataset.id.n_classes()];
            for class in samples.iter().filter_map(|&sample| class(sample)) {
                if let Some(count) = counts.get_mut(usize::from(class)) {
                    *count += 1;
                }
            }
            match sort {
                GallerySort::Number => {}
                GallerySort::Class => samples.sort_by_key(|&sample| class(sample)),
                GallerySort::Worst => {
                    // Images that are no points have no error, and come last.
                    let error = |sample| points.error(sample).unwrap_or(f32::NEG_INFINITY);
                    samples.sort_by(|&a, &b| error(b).total_cmp(&error(a)));
                }
            }
        });
    }

    /// How many of each class.
    fn counts(&self, ui: &mut Ui, id: DataSetId) {
        let dark = ui.visuals().dark_mode;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::XS, 0.0);
            for (class, &count) in (0_u8..)
                .zip(&self.ordered.counts)
                .filter(|(_, count)| **count > 0)
            {
                let count = number::count_of(count);
                let text = egui::WidgetText::from(theme::dim(
                    ui,
                    format!("{}: {count}", id.class_name(class)),
                ));
                let wrap = Some(egui::TextWrapMode::Extend);
                let text = text.into_galley(ui, wrap, f32::INFINITY, theme::text::SMALL);
                // Mark and text are one widget: no line ends between them.
                let size = vec2(text.size().x + 11.0, text.size().y);
                let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
                let mark =
                    Rect::from_center_size(rect.left_center() + vec2(3.5, 0.5), vec2(7.0, 7.0));
                let color = theme::class_color(dark, class);
                ui.painter().rect_filled(mark, 1.0, color);
                let at = rect.min + vec2(11.0, 0.0);
                ui.painter().galley(at, text, theme::tokens_of(ui).text_dim);
                response.widget_info(|| {
                    WidgetInfo::labeled(
                        Role::Label,
                        true,
                        format!("class {}: {count} selected", id.class_name(class)),
                    )
                });
                ui.add_space(space::XS);
            }
        });
    }
}

fn sort_choice(ui: &mut Ui, sort: GallerySort) -> Option<GallerySort> {
    let segments = [
        Segment {
            value: GallerySort::Number,
            text: "number",
            help: "In the order of the data set",
        },
        Segment {
            value: GallerySort::Class,
            text: "class",
            help: "Class by class",
        },
        Segment {
            value: GallerySort::Worst,
            text: "worst",
            help: "The largest error first",
        },
    ];
    segmented(ui, "Order of the selected images", sort, &segments)
}

/// Shows one image; tells whether the pointer is on it.
fn show_cell(
    ui: &Ui,
    picture: Rect,
    sample: SampleIdx,
    dataset: &DatasetDescription,
    points: &Points,
    album: &mut Album,
) -> bool {
    let id = ui.scope_id().with(("selected", sample));
    let response = ui.interact(picture, id, Sense::hover());
    let label = dataset.label(sample).unwrap_or_default();
    let error = points.error(sample).map(f64::from);
    response.widget_info(|| {
        let image = name_of(dataset, sample);
        let error = error.map_or(String::new(), |error| {
            format!(", MSE {} per pixel", number::five_digits(error))
        });
        let shown = dataset.id.class_title(label);
        WidgetInfo::labeled(Role::Image, true, format!("{shown}, {image}{error}"))
    });
    let (tokens, dark) = (theme::tokens_of(ui), ui.visuals().dark_mode);
    let painter = ui.painter();
    painter.rect_filled(picture, 0.0, theme::ink(dark, 0.0));
    if let Some(place) = album.place(ui.ctx(), dataset, sample) {
        let rect = tile_atlas::holding(picture, dataset.shape());
        let tint = theme::tint(dataset.shape(), theme::ink(dark, 1.0));
        painter.image(place.texture, rect, place.uv, tint);
    } else if album.is_behind() {
        ui.ctx().request_repaint();
    }
    let border = if response.hovered() {
        Stroke::new(2.0, tokens.accent)
    } else {
        Stroke::new(1.0, tokens.border)
    };
    painter.rect_stroke(picture, 0.0, border, StrokeKind::Inside);
    let class = Stroke::new(2.0, theme::class_color(dark, label));
    painter.hline(picture.x_range(), picture.bottom(), class);
    let font = TextStyle::Small.resolve(ui.style());
    let (_, position) = dataset.place(sample);
    let class_name = dataset.id.class_name(label);
    let first = format!("{class_name} · {}", number::count_of(position));
    let second = error.map_or(String::new(), number::three_digits);
    let line = ui.text_style_height(&TextStyle::Small);
    let texts = [(first, tokens.text), (second, tokens.text_dim)];
    let mut at = picture.left_bottom() + vec2(0.0, 2.0);
    for (text, color) in texts {
        painter.text(at, Align2::LEFT_TOP, text, font.clone(), color);
        at.y += line;
    }
    response.hovered()
}
