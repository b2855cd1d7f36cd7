//! What the model makes of a user image: the reconstruction, its error, and its percentile.

use std::sync::Arc;

use egui::text::{LayoutJob, TextWrapping};
use egui::{Label, Rect, RichText, Role, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};

use crate::memo::{Memo, Same};
use crate::number;
use crate::theme::{self, space};
use crate::tile_atlas::{TileAtlas, TileShape, magnification};
use hourglass_protocol::{
    DataSetId, DatasetDescription, Neighbour, Percentile, Prepared, UserImageLook,
};
use hourglass_state::LabState;

use super::{strip, words};

/// Largest side of a picture, in points.
const MAX_SIDE: f32 = 168.0;

/// Side of a neighbour, in points.
const NEIGHBOUR_SIDE: f32 = 34.0;

/// Room for the mark of a neighbour's class beside its name, in points.
const MARK: f32 = 9.0;

/// Pictures of the result: the image, its reconstruction, their difference.
const N_PICTURES: usize = 3;

/// Neighbours that have a place in the texture.
const N_NEIGHBOURS: usize = 5;

/// An user image with what is known of it.
pub struct ResultSubject<'a> {
    /// What it is called.
    pub name: &'a str,
    /// What it became.
    pub prepared: &'a Arc<Prepared>,
    /// What the model makes of it; `None` while it has not answered.
    pub look: Option<&'a UserImageLook>,
}

/// The pictures as one texture, painted anew when one of them, the theme or their size changed.
#[derive(Default)]
pub struct ResultPictures {
    atlas: Memo<(Same<Prepared>, Option<UserImageLook>, bool, usize), TileAtlas>,
}

/// Shows the prepared image, its reconstruction and their difference, with figures beside them.
pub fn show(
    ui: &mut Ui,
    pictures: &mut ResultPictures,
    state: &LabState,
    subject: &ResultSubject<'_>,
) {
    let width = ui.available_width();
    // Figures need some room beside the pictures; where there is none they stand below.
    let is_wide = width > 330.0;
    let share = if is_wide { 0.53 * width } else { width };
    let side = ((share + space::S) / 3.0 - space::S).clamp(24.0, MAX_SIDE);
    pictures.paint(ui, state.dataset.as_ref(), subject, side);
    if is_wide {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            three(ui, pictures, subject, side);
            ui.add_space(space::XS);
            ui.vertical(|ui| figures(ui, pictures, state, subject));
        });
    } else {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            three(ui, pictures, subject, side);
        });
        figures(ui, pictures, state, subject);
    }
}

fn three(ui: &mut Ui, pictures: &ResultPictures, subject: &ResultSubject<'_>, side: f32) {
    let shape = subject.prepared.target.shape();
    let sees = format!("What the model sees, {}", shape.describe());
    let columns = [
        ("prepared", sees.as_str()),
        ("reconstructed", "What the model reconstructs from it"),
        (
            "difference",
            "Reconstructed minus prepared: red is too light or too much ink, blue too dark or too little",
        ),
    ];
    for (column, (name, help)) in columns.into_iter().enumerate() {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            ui.set_width(side);
            let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
            let label = format!("{}, {name}", subject.name);
            response.widget_info(|| WidgetInfo::labeled(Role::Image, ui.is_enabled(), &label));
            if column == 0 || subject.look.is_some() {
                pictures.atlas.paint(ui.painter(), rect, 0, column);
            }
            strip::frame(ui, rect);
            ui.label(theme::dim(ui, name));
            response.on_hover_text(help);
        });
    }
}

fn figures(ui: &mut Ui, pictures: &ResultPictures, state: &LabState, subject: &ResultSubject<'_>) {
    ui.spacing_mut().item_spacing.y = 3.0;
    let name = theme::title(ui, subject.name);
    ui.add(Label::new(name).truncate());
    if let Some(look) = subject.look {
        let mse = number::five_digits(f64::from(look.mse_per_pixel));
        ui.add(Label::new(format!("MSE {mse} per pixel")).truncate())
            .on_hover_text("Mean squared error of the reconstruction, with pixels from 0 to 1");
        match &look.percentile {
            Some(percentile) => {
                if let Some(dataset) = &state.dataset {
                    place(ui, pictures, percentile, dataset.id);
                }
                if let Some(said) = percentile.unlike(&subject.prepared.notes) {
                    let warning = RichText::new(said).color(theme::tokens_of(ui).warning);
                    ui.add(Label::new(warning).wrap()).on_hover_text(
                        "Its error is larger than for 99 % of the test images with the same weights",
                    );
                }
            }
            None => drop(ui.label(theme::dim(ui, "measuring the test images…"))),
        }
    } else {
        let text = if state.run.is_none() {
            "No model yet: load a data set first"
        } else {
            "reconstructing…"
        };
        ui.label(theme::dim(ui, text));
    }
    if let Some(notes) = words::notes(subject.prepared) {
        ui.add(Label::new(theme::dim(ui, notes)).wrap());
    }
}

/// Where it stands among the test images, and the nearest of them.
fn place(ui: &mut Ui, pictures: &ResultPictures, percentile: &Percentile, id: DataSetId) {
    let how = format!(
        "Its error compared with all {} test images, with the same weights, at step {}. Nothing is corrupted",
        number::count_of(percentile.n_test),
        number::count(percentile.step)
    );
    ui.add(Label::new(words::percentile(percentile)).wrap())
        .on_hover_text(how);
    if percentile.neighbours.is_empty() {
        return;
    }
    ui.label(theme::dim(ui, "nearest test images by code"))
        .on_hover_text(
            "The five test images whose codes are nearest (Euclidean distance), with their classes",
        );
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(space::XS, space::XS);
        for (place, neighbour) in percentile.neighbours.iter().take(N_NEIGHBOURS).enumerate() {
            near(ui, pictures, id, place, neighbour);
        }
    });
}

fn near(
    ui: &mut Ui,
    pictures: &ResultPictures,
    id: DataSetId,
    place: usize,
    neighbour: &Neighbour,
) {
    let line = ui.text_style_height(&theme::text::SMALL);
    let size = vec2(NEIGHBOUR_SIDE, NEIGHBOUR_SIDE + line);
    let (room, response) = ui.allocate_exact_size(size, Sense::hover());
    let text = format!(
        "{}, test image {}, distance {}",
        id.class_title(neighbour.label),
        number::count(u64::from(neighbour.sample)),
        number::three_digits(f64::from(neighbour.distance))
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Image, ui.is_enabled(), &text));
    let picture = Rect::from_min_size(room.min, Vec2::splat(NEIGHBOUR_SIDE));
    pictures
        .atlas
        .paint(ui.painter(), picture, 0, N_PICTURES + place);
    strip::frame(ui, picture);
    let color = theme::class_color(ui.visuals().dark_mode, neighbour.label);
    // A long name ends within its column; the hover text has all of it.
    let font = theme::text::SMALL.resolve(ui.style());
    let painter = ui.painter();
    let tokens = theme::tokens_of(ui);
    let label = id.class_name(neighbour.label);
    let mut job = LayoutJob::simple_singleline(label, font, tokens.text);
    job.wrap = TextWrapping::truncate_at_width(NEIGHBOUR_SIDE - MARK);
    let name = painter.layout_job(job);
    let left = room.center().x - (name.size().x - MARK) / 2.0;
    let at = pos2(left, room.bottom() - name.size().y);
    painter.circle_filled(at + vec2(-5.0, 0.5 * name.size().y), 3.5, color);
    painter.galley(at, name, tokens.text);
    response.on_hover_text(text);
}

impl ResultPictures {
    fn paint(
        &mut self,
        ui: &Ui,
        dataset: Option<&DatasetDescription>,
        subject: &ResultSubject<'_>,
        side: f32,
    ) {
        let dark = ui.visuals().dark_mode;
        let picture = subject.prepared.target.shape();
        let magnify = magnification(side * ui.pixels_per_point(), picture);
        let key = (
            Same::of(subject.prepared),
            subject.look.cloned(),
            dark,
            magnify,
        );
        self.atlas.renew(key, |_, atlas| {
            let shape = TileShape {
                columns: N_PICTURES + N_NEIGHBOURS,
                rows: 1,
                picture,
                magnify,
            };
            write(ui, atlas, shape, dataset, subject);
        });
    }
}

/// Writes the prepared image, its reconstruction, their difference and its neighbours.
fn write(
    ui: &Ui,
    atlas: &mut TileAtlas,
    shape: TileShape,
    dataset: Option<&DatasetDescription>,
    subject: &ResultSubject<'_>,
) {
    let dark = ui.visuals().dark_mode;
    let prepared: Vec<f32> = subject
        .prepared
        .pixels
        .iter()
        .map(|&byte| f32::from(byte) / 255.0)
        .collect();
    let rebuilt = subject.look.map(|look| look.reconstruction.as_slice());
    let rebuilt = rebuilt.filter(|rebuilt| rebuilt.len() == prepared.len());
    let percentile = subject.look.and_then(|look| look.percentile.as_ref());
    let neighbours = percentile.map_or(&[][..], |percentile| &percentile.neighbours);
    let test_image = |place: usize| {
        let neighbour = neighbours.get(place)?;
        dataset?.test_image(neighbour.sample as usize)
    };
    let of_neighbours: Vec<Option<&[u8]>> = (0..N_NEIGHBOURS).map(test_image).collect();
    let of = shape.picture;
    atlas.write(ui.ctx(), "user image", shape, |_, column, idx| {
        match (column, rebuilt) {
            (0, _) => theme::image_pixel(dark, of, &prepared, idx),
            (1, Some(rebuilt)) => theme::image_pixel(dark, of, rebuilt, idx),
            (2, Some(rebuilt)) => theme::difference(dark, of, [rebuilt, &prepared], idx),
            (1 | 2, None) => theme::byte_pixel(dark, of, None, idx),
            (column, _) => {
                let image = of_neighbours.get(column - N_PICTURES).copied().flatten();
                theme::byte_pixel(dark, of, image, idx)
            }
        }
    });
}
