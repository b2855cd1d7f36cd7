//! The decoded code, large, with the digit it starts from and that digit's reconstruction.

use egui::{Rect, Role, Sense, Ui, Vec2, WidgetInfo, vec2};

use super::scene::AnsweredCode;
use crate::decoded::{self, DecodedPictures};
use crate::memo::{Memo, Same};
use crate::number;
use crate::theme::{self, space};
use crate::tile_atlas::{TileAtlas, TileShape, magnification};
use hourglass_protocol::SampleIdx;

/// Largest side of the decoded picture, in points: eight for each pixel.
const MAX_SIDE: f32 = 224.0;
/// Smallest side, in points: three for each pixel.
const MIN_SIDE: f32 = 84.0;

/// The image that the code starts from: which, of which data set, in which theme, how large.
type Original = Memo<(SampleIdx, Same<[u8]>, bool, usize), TileAtlas>;

/// The pictures as textures.
#[derive(Default)]
pub struct SliderPictures {
    decoded: DecodedPictures,
    original: Original,
}

/// Width of the column of pictures in a room.
#[must_use]
pub fn width(room: Rect) -> f32 {
    // Below the large picture stand two of half its side, with a caption each.
    let by_height = (room.height() - 60.0) / 1.5;
    by_height.min(0.34 * room.width()).clamp(MIN_SIDE, MAX_SIDE)
}

impl SliderPictures {
    /// The decoded picture above the two others.
    pub fn column(&mut self, ui: &mut Ui, scene: &AnsweredCode<'_>) {
        let side = ui.available_width();
        let half = (side - space::S) / 2.0;
        self.prepare(ui, scene, side);
        ui.spacing_mut().item_spacing = vec2(space::S, 1.0);
        self.decoded(
            ui,
            side,
            0,
            "decoded",
            "What the decoder draws for the code you have set",
        );
        ui.add_space(space::XS);
        ui.horizontal_top(|ui| self.start(ui, scene, half));
    }

    /// All of them side by side; gives the height they take.
    pub fn line(&mut self, ui: &mut Ui, scene: &AnsweredCode<'_>) -> f32 {
        let side = ((ui.available_width() - 2.0 * space::S) / 3.0).clamp(10.0, MIN_SIDE);
        self.prepare(ui, scene, side);
        ui.spacing_mut().item_spacing = vec2(space::S, 1.0);
        let shown = ui.horizontal_top(|ui| {
            self.decoded(
                ui,
                side,
                0,
                "decoded",
                "What the decoder draws for the code you have set",
            );
            self.start(ui, scene, side);
        });
        shown.response.rect.height()
    }

    /// What the code starts from.
    fn start(&self, ui: &mut Ui, scene: &AnsweredCode<'_>, side: f32) {
        let Some(sample) = scene.sample else {
            let help = "The mean of all codes, decoded: what the code starts from";
            self.decoded(ui, side, 1, "mean code", help);
            return;
        };
        let image = number::count(u64::from(sample));
        let help = format!("Test image {image}, which the code starts from");
        picture(ui, side, "original", &help, |ui, rect| {
            self.original.paint(ui.painter(), rect, 0, 0);
        });
        let help = "Its reconstruction: the code without changes, decoded";
        self.decoded(ui, side, 1, "result", help);
    }

    fn decoded(&self, ui: &mut Ui, side: f32, idx: usize, name: &str, help: &str) {
        picture(ui, side, name, help, |ui, rect| {
            self.decoded.paint(ui.painter(), rect, idx);
        });
    }

    fn prepare(&mut self, ui: &Ui, scene: &AnsweredCode<'_>, side: f32) {
        self.decoded
            .prepare(ui, "code set by hand", scene.view, side);
        let Some(sample) = scene.sample else { return };
        let dark = ui.visuals().dark_mode;
        let picture = scene.dataset.shape();
        let magnify = magnification(side * ui.pixels_per_point(), picture);
        let Some(bytes) = scene.dataset.test_image(sample as usize) else {
            return;
        };
        let shape = TileShape {
            columns: 1,
            rows: 1,
            picture,
            magnify,
        };
        let key = (sample, Same::of(&scene.dataset.test_images), dark, magnify);
        let ink = |_, _, idx: usize| theme::byte_pixel(dark, picture, Some(bytes), idx);
        self.original.renew(key, |_, original| {
            original.write(ui.ctx(), "start of the code", shape, ink);
        });
    }
}

/// A picture with its name below.
fn picture(ui: &mut Ui, side: f32, name: &str, help: &str, paint: impl FnOnce(&Ui, Rect)) {
    ui.vertical(|ui| {
        ui.set_width(side);
        let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
        let label = format!("Code set by hand, {name}");
        response.widget_info(|| WidgetInfo::labeled(Role::Image, ui.is_enabled(), &label));
        paint(ui, rect);
        decoded::frame(ui, rect);
        ui.add(egui::Label::new(theme::dim(ui, name)).truncate());
        response.on_hover_text(help);
    });
}
