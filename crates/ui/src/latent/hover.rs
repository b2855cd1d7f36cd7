//! The digit behind the point under the pointer: its image, its reconstruction, and what they are called.

use egui::{Color32, PopupAnchor, Rect, Response, Sense, TextureId, Tooltip, Ui, vec2};

use crate::memo::{Memo, Same};
use crate::tile_atlas::{TileAtlas, TileShape, magnification};
use crate::{number, theme};
use hourglass_protocol::{DatasetDescription, DigitView, SampleIdx, Snapshot};

use super::marker::MarkerAtlas;
use super::words::name_of;

/// Radius of the class's mark, in points.
const MARK: f32 = 5.0;
/// Side of an image in the tooltip, in points: three for each pixel.
const SIDE: f32 = 84.0;

/// What is known of a test image under the pointer.
#[derive(Clone, Debug, PartialEq)]
pub struct HoveredDigit {
    /// Which image.
    pub sample: SampleIdx,
    /// Its class.
    pub label: u8,
    /// Its pixels, `[784]`, 0..1.
    pub original: Vec<f32>,
    /// What the network makes of it; `None` until the answer arrives.
    pub reconstruction: Option<Reconstructed>,
}

/// What the network makes of an image.
#[derive(Clone, Debug, PartialEq)]
pub struct Reconstructed {
    /// What the encoder saw, `[784]`; the image itself where the experiment alters nothing.
    pub corrupted: Vec<f32>,
    /// Its pixels, `[784]`.
    pub pixels: Vec<f32>,
    /// Mean squared error per pixel.
    pub mse_per_pixel: f32,
}

impl HoveredDigit {
    /// Whether the encoder saw anything but the image, as far as that is known.
    fn is_corrupted(&self) -> bool {
        let found = self.reconstruction.as_ref();
        found.is_some_and(|found| found.corrupted != self.original)
    }

    /// Looks an image up by its number, in the data set and in what the worker answered.
    #[must_use]
    pub fn find(
        sample: SampleIdx,
        dataset: &DatasetDescription,
        snapshot: &Snapshot,
    ) -> Option<Self> {
        let bytes = dataset.image(sample)?;
        let label = dataset.label(sample)?;
        let answers = [snapshot.hovered.as_ref(), Some(&snapshot.digits)];
        let reconstruction = answers
            .into_iter()
            .flatten()
            .filter(|view| view.shape == dataset.shape()) // not of the data set before
            .find_map(|view| reconstruction_in(view, sample));
        Some(Self {
            sample,
            label,
            original: bytes.iter().map(|&byte| f32::from(byte) / 255.0).collect(),
            reconstruction,
        })
    }
}

fn reconstruction_in(view: &DigitView, sample: SampleIdx) -> Option<Reconstructed> {
    let idx = view.samples.iter().position(|other| *other == sample)?;
    Some(Reconstructed {
        corrupted: view.shape.of(&view.corrupted, idx)?.to_vec(),
        pixels: view.shape.of(&view.reconstructions, idx)?.to_vec(),
        mse_per_pixel: *view.mse_per_pixel.get(idx)?,
    })
}

/// The tooltip with its pictures, which are repainted only when the digit or the answer changed.
#[derive(Default)]
pub struct HoverCard {
    /// Whether a moment of the past is shown, of which no answers to the pointer were kept.
    pub is_past: bool,
    /// The mark of the class.
    markers: MarkerAtlas,
    shown: Memo<CardKey, Card>,
}

/// Which digit, in which theme, how large, and the answers about it.
#[derive(PartialEq)]
struct CardKey {
    sample: SampleIdx,
    dark: bool,
    magnify: usize,
    hovered: Option<Same<DigitView>>,
    digits: Same<DigitView>,
}

#[derive(Default)]
struct Card {
    atlas: TileAtlas,
    /// The digit, what it shows and which image it is; `None` if the data set has no such image.
    digit: Option<(HoveredDigit, [String; 2])>,
}

impl HoverCard {
    /// Shows the digit of a sample beside the place of its point.
    pub fn show(
        &mut self,
        ui: &Ui,
        response: &Response,
        place: Rect,
        sample: SampleIdx,
        dataset: &DatasetDescription,
        snapshot: &Snapshot,
    ) {
        self.paint(ui, sample, dataset, snapshot);
        let px = MARK * ui.pixels_per_point();
        let texture = self.markers.prepare(ui.ctx(), "hover card marker", px);
        let mark = (texture, self.markers.half_side(MARK));
        let Card { atlas, digit } = &*self.shown;
        let Some((digit, names)) = digit else {
            return;
        };
        let anchor = PopupAnchor::ParentRect(place);
        Tooltip::always_open(ui.ctx().clone(), ui.layer_id(), response.id, anchor)
            .gap(6.0)
            .width(3.0 * SIDE + 4.0 * theme::space::M)
            .show(|ui| contents(ui, atlas, digit, names, mark, self.is_past));
    }

    fn paint(
        &mut self,
        ui: &Ui,
        sample: SampleIdx,
        dataset: &DatasetDescription,
        snapshot: &Snapshot,
    ) {
        let dark = ui.visuals().dark_mode;
        let picture = dataset.shape();
        let magnify = magnification(SIDE * ui.pixels_per_point(), picture);
        let key = CardKey {
            sample,
            dark,
            magnify,
            hovered: snapshot.hovered.as_ref().map(Same::of),
            digits: Same::of(&snapshot.digits),
        };
        self.shown.renew(key, |_, card| {
            let found = HoveredDigit::find(sample, dataset, snapshot);
            card.digit = found.map(|digit| {
                let names = [
                    dataset.id.class_title(digit.label),
                    name_of(dataset, sample),
                ];
                (digit, names)
            });
            let Some((digit, _)) = &card.digit else {
                return;
            };
            let shape = TileShape {
                columns: 3,
                rows: 1,
                picture,
                magnify,
            };
            let ink = |_, column: usize, idx: usize| match (&digit.reconstruction, column) {
                (_, 0) => theme::image_pixel(dark, picture, &digit.original, idx),
                (Some(found), 1) => theme::image_pixel(dark, picture, &found.corrupted, idx),
                (Some(found), _) => theme::image_pixel(dark, picture, &found.pixels, idx),
                (None, _) => theme::ink(dark, 0.0),
            };
            card.atlas.write(ui.ctx(), "hovered digit", shape, ink);
        });
    }
}

fn contents(
    ui: &mut Ui,
    atlas: &TileAtlas,
    digit: &HoveredDigit,
    [title, name]: &[String; 2],
    (texture, half): (TextureId, f32),
    is_past: bool,
) {
    ui.horizontal(|ui| {
        let (mark, _) = ui.allocate_exact_size(vec2(2.0 * MARK, 2.0 * MARK), Sense::hover());
        let rect = Rect::from_center_size(mark.center(), vec2(2.0 * half, 2.0 * half));
        let color = class_color(ui, digit.label);
        let uv = MarkerAtlas::uv(digit.label);
        ui.painter().image(texture, rect, uv, color);
        ui.label(theme::title(ui, title));
        ui.label(theme::dim(ui, name));
    });
    ui.horizontal(|ui| {
        let captions = ["original", "corrupted", "reconstructed"]
            .into_iter()
            .enumerate();
        let is_corrupted = digit.is_corrupted();
        for (column, caption) in captions.filter(|(column, _)| *column != 1 || is_corrupted) {
            ui.vertical(|ui| {
                let (rect, _) = ui.allocate_exact_size(vec2(SIDE, SIDE), Sense::hover());
                atlas.paint(ui.painter(), rect, 0, column);
                let border = egui::Stroke::new(1.0, theme::tokens_of(ui).border);
                ui.painter()
                    .rect_stroke(rect, 0.0, border, egui::StrokeKind::Outside);
                ui.label(theme::dim(ui, caption));
            });
        }
    });
    match &digit.reconstruction {
        Some(Reconstructed { mse_per_pixel, .. }) => {
            let mse = number::five_digits(f64::from(*mse_per_pixel));
            ui.label(format!("MSE {mse} per pixel"));
        }
        None if is_past => {
            ui.label(theme::dim(ui, "reconstruction: live only"));
        }
        None => {
            ui.label(theme::dim(ui, "reconstructing…"));
        }
    }
}

fn class_color(ui: &Ui, class: u8) -> Color32 {
    theme::class_color(ui.visuals().dark_mode, class)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use hourglass_experiment::{ImageShape, N_PIXELS};
    use hourglass_protocol::{DataSetId, RunId};

    /// A small number as f32, exactly.
    fn number(sample: SampleIdx) -> f32 {
        f32::from(u8::try_from(sample).expect("below ten"))
    }

    fn digits(samples: Vec<SampleIdx>) -> DigitView {
        let n = samples.len();
        let values = samples
            .iter()
            .flat_map(|&sample| [number(sample) / 10.0; N_PIXELS]);
        DigitView {
            shape: ImageShape::MNIST,
            step: 1,
            labels: vec![0; n],
            originals: vec![0.0; n * N_PIXELS],
            corrupted: vec![0.0; n * N_PIXELS],
            reconstructions: values.collect(),
            mse_per_pixel: samples
                .iter()
                .map(|&sample| number(sample) / 100.0)
                .collect(),
            samples,
        }
    }

    /// Invariant 11: points, images and labels are tied by sample id.
    #[test]
    fn image_label_and_reconstruction_are_those_of_the_sample() {
        let bytes: Vec<u8> = (0..10_u8).flat_map(|image| [image; N_PIXELS]).collect();
        let dataset = DatasetDescription {
            id: DataSetId::PEN_DIGITS,
            origin: String::new(),
            n_train: 0,
            test_images: bytes.into(),
            test_labels: Arc::from([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
            test_factors: hourglass_protocol::KnownFactors::default(),
            report: None,
            train_images: Arc::from([]),
            train_labels: Arc::from([]),
        };
        let mut snapshot = Snapshot {
            digits: Arc::new(digits(vec![5, 2])),
            hovered: Some(Arc::new(digits(vec![7]))),
            ..Snapshot::nothing(RunId(1), 1)
        };
        for sample in [2, 5, 7] {
            let found =
                HoveredDigit::find(sample, &dataset, &snapshot).expect("it is in the data set");
            let rebuilt = found.reconstruction.expect("the worker answered");
            assert_eq!(u32::from(found.label), 9 - sample);
            assert!(
                found
                    .original
                    .iter()
                    .all(|v| (v * 255.0 - number(sample)).abs() < 1e-3)
            );
            assert!(
                rebuilt
                    .pixels
                    .iter()
                    .all(|v| (v * 10.0 - number(sample)).abs() < 1e-3)
            );
            assert!((rebuilt.mse_per_pixel * 100.0 - number(sample)).abs() < 1e-3);
        }
        snapshot.hovered = None;
        let found = HoveredDigit::find(7, &dataset, &snapshot).expect("it is in the data set");
        assert_eq!(
            found.reconstruction, None,
            "an answer for another sample is not shown"
        );
        assert_eq!(HoveredDigit::find(10, &dataset, &snapshot), None);
    }
}
