//! Numbers and pictures of a page as text: little-endian numbers and PNGs, in base64.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use half::f16;

use hourglass_experiment::ImageShape;
use hourglass_protocol::{PageNumbers, PlainLayer};

use crate::error::FigureError;
use crate::png;

/// Most bytes of a page that its points take: images, codes, places. Of more, points are left out evenly.
const MAX_BYTES: usize = 30_000_000;

/// Most values of images that are packed at all: packing them takes ten seconds.
const MAX_VALUES: usize = 100_000_000;

/// Highest picture: some browsers, and most graphics cards, draw none that is higher.
const MAX_HEIGHT: usize = 16_384;

/// Units of a code up to which each is kept in single precision. A narrow code takes little room, and its decoder is
/// steep: a step of half precision there is one that can be seen.
const MAX_SINGLE: usize = 8;

/// The points of a page.
#[derive(Debug)]
pub struct Kept {
    /// Positions of the test images that have a point, rising.
    pub places: Vec<usize>,
    /// Images of one sheet.
    pub per_sheet: usize,
    /// Their images below one another, as PNGs in base64.
    sheets: Vec<String>,
}

impl Kept {
    /// As many of the test images as a page can hold.
    pub fn of(numbers: &PageNumbers) -> Result<Self, FigureError> {
        Self::within(numbers, MAX_BYTES)
    }

    fn within(numbers: &PageNumbers, max_bytes: usize) -> Result<Self, FigureError> {
        let n_all = numbers.table.labels.len();
        let n_values = numbers.shape.n_values().max(1);
        let mut n = n_all.min(MAX_VALUES / n_values);
        loop {
            let kept = Self::evenly(numbers, n)?;
            let of_sheets: usize = kept.sheets.iter().map(String::len).sum();
            let size = of_sheets + n * bytes_of_point(numbers) * 4 / 3;
            if size <= max_bytes || n <= 1 {
                return Ok(kept);
            }
            // A little less than the share that would fit: images differ in how small they become.
            n = (n as f64 * 0.97 * max_bytes as f64 / size as f64) as usize;
        }
    }

    /// `n` of the test images, evenly chosen: a data set may be sorted.
    fn evenly(numbers: &PageNumbers, n: usize) -> Result<Self, FigureError> {
        let n_all = numbers.table.labels.len();
        let places: Vec<usize> = (0..n).map(|nth| nth * n_all / n).collect();
        let shape = numbers.shape;
        let per_sheet = (MAX_HEIGHT / shape.height.max(1)).max(1);
        let sheets = places.chunks(per_sheet).map(|places| {
            let images = places
                .iter()
                .filter_map(|&place| shape.of(&numbers.images, place));
            sheet(shape, images)
        });
        let sheets = sheets.collect::<Result<_, _>>()?;
        Ok(Self {
            places,
            per_sheet,
            sheets,
        })
    }
}

/// Bytes that a point takes beside its image.
fn bytes_of_point(numbers: &PageNumbers) -> usize {
    const PLACE: usize = 8;
    const NUMBER_CLASS_AND_ERROR: usize = 4 + 1 + 4;
    let of_code = numbers.table.size * if is_single(numbers.table.size) { 4 } else { 2 };
    of_code + PLACE + NUMBER_CLASS_AND_ERROR
}

/// Whether codes of this many units are kept in single precision.
pub fn is_single(code_size: usize) -> bool {
    code_size <= MAX_SINGLE
}

/// Images below one another.
fn sheet<'a>(
    shape: ImageShape,
    images: impl Iterator<Item = &'a [u8]>,
) -> Result<String, FigureError> {
    let mut bytes = Vec::new();
    for image in images {
        bytes.extend_from_slice(&shape.pixel_by_pixel(image));
    }
    Ok(STANDARD.encode(png::of_bytes(&bytes, shape.width, shape.is_gray())?))
}

/// Numbers in half precision.
pub fn halves(values: impl Iterator<Item = f32>) -> String {
    let bytes: Vec<u8> = values
        .flat_map(|value| f16::from_f32(value).to_le_bytes())
        .collect();
    STANDARD.encode(bytes)
}

/// Numbers in single precision.
fn singles(values: impl Iterator<Item = f32>) -> String {
    let bytes: Vec<u8> = values.flat_map(f32::to_le_bytes).collect();
    STANDARD.encode(bytes)
}

/// The elements that hold what is packed, each with a name for the script.
pub fn scripts(numbers: &PageNumbers, kept: &Kept) -> String {
    let table = &numbers.table;
    let places = || kept.places.iter().copied();
    let points = places().flat_map(|place| table.scatter.points[place]);
    let codes = places().flat_map(|place| {
        let size = table.size;
        table.codes[place * size..(place + 1) * size]
            .iter()
            .copied()
    });
    let codes = if is_single(table.size) {
        singles(codes)
    } else {
        halves(codes)
    };
    let samples: Vec<u8> = places()
        .flat_map(|place| table.scatter.samples[place].to_le_bytes())
        .collect();
    let labels: Vec<u8> = places().map(|place| table.labels[place]).collect();
    // What is decoded from the code at the point, as the page shows it; not of the experiment's own input.
    let errors = table.scatter.errors.as_ref();
    let errors = errors.map_or(&table.mse_per_pixel, |errors| &errors.mse_per_pixel);
    let layers = numbers.decoder.layers.iter();
    let of_layer = |layer: &PlainLayer| {
        let values = layer.weights.iter().chain(&layer.biases);
        values.copied().collect::<Vec<_>>()
    };
    let all = [
        ("points", singles(points)),
        ("codes", codes),
        ("samples", STANDARD.encode(samples)),
        ("labels", STANDARD.encode(labels)),
        ("errors", singles(places().map(|place| errors[place]))),
        ("weights", halves(layers.flat_map(of_layer))),
    ];
    let mut text = String::new();
    for (name, packed) in &all {
        element(&mut text, name, packed);
    }
    for (idx, sheet) in kept.sheets.iter().enumerate() {
        element(&mut text, &format!("sheet-{idx}"), sheet);
    }
    text
}

/// An element whose text no browser runs or shows.
fn element(text: &mut String, name: &str, packed: &str) {
    writeln!(
        text,
        "<script type=\"text/plain\" id=\"{name}\">{packed}</script>"
    )
    .expect("a string takes everything");
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use hourglass_protocol::{
        CodePlane, CodeTable, CodeUnits, DigitView, PlainDecoder, ScatterView,
    };

    use super::*;

    /// A page of `n` images of 2 × 2 with codes of one unit, without a decoder.
    pub fn numbers(n: usize) -> PageNumbers {
        let row = |scale: f32| (0..n).map(|idx| scale * idx as f32).collect::<Vec<_>>();
        PageNumbers {
            table: CodeTable {
                scatter: ScatterView {
                    samples: (0..n).filter_map(|idx| u32::try_from(idx).ok()).collect(),
                    points: row(1.0).into_iter().map(|x| [x, x]).collect(),
                    ..ScatterView::default()
                },
                labels: (0..n).map(|idx| u8::from(idx % 2 == 0)).collect(),
                size: 1,
                codes: row(1.0),
                mse_per_pixel: row(0.01),
            },
            shape: ImageShape::gray(2, 2),
            images: (0..4 * n).map(|idx| (idx % 251) as u8).collect(),
            plane: CodePlane {
                mean: vec![0.5],
                origin: vec![0.0],
                across: vec![0.0],
                up: vec![1.0],
            },
            units: Arc::new(CodeUnits {
                step: 0,
                size: 1,
                units: Vec::new(),
            }),
            decoder: PlainDecoder { layers: Vec::new() },
            digits: DigitView::default(),
        }
    }

    #[test]
    fn halves_come_back_as_near_as_half_precision_is() {
        let values = [0.0, -1.0, 0.1, 65_504.0, 6.1e-5, -3.4e-6, 1.0 / 3.0];
        let bytes = STANDARD
            .decode(halves(values.into_iter()))
            .expect("it is base64");
        for (pair, value) in bytes.chunks_exact(2).zip(values) {
            let read = f16::from_le_bytes([pair[0], pair[1]]).to_f32();
            // Ten bits behind the first; below 2⁻¹⁴ a fixed step of 2⁻²⁴.
            let most = (value.abs() / 2048.0).max(2.0_f32.powi(-25));
            assert!((read - value).abs() <= most, "{value} became {read}");
        }
    }

    #[test]
    fn what_does_not_fit_is_thinned_evenly() {
        let numbers = numbers(4_000);
        let all = Kept::of(&numbers).expect("packed");
        assert_eq!(all.places, (0..4_000).collect::<Vec<_>>());
        let some = Kept::within(&numbers, 40_000).expect("packed");
        let n = some.places.len();
        assert!((500..2_000).contains(&n), "{n}");
        assert!(scripts(&numbers, &some).len() < 41_000);
        let steps: Vec<usize> = some.places.windows(2).map(|two| two[1] - two[0]).collect();
        let (least, most) = (steps.iter().min(), steps.iter().max());
        assert!(
            most.zip(least)
                .is_some_and(|(most, least)| most - least <= 1)
        );
    }

    #[test]
    fn an_image_is_found_on_its_sheet() {
        let numbers = numbers(9_000); // more than one sheet holds
        let kept = Kept::of(&numbers).expect("packed");
        assert_eq!((kept.per_sheet, kept.sheets.len()), (8_192, 2));
        let file = STANDARD.decode(&kept.sheets[1]).expect("base64");
        let decoder = ::png::Decoder::new(std::io::Cursor::new(file));
        let mut reader = decoder.read_info().expect("a PNG");
        let mut bytes = vec![0; reader.output_buffer_size().expect("it fits")];
        reader.next_frame(&mut bytes).expect("read");
        assert_eq!(bytes[..], numbers.images[4 * 8_192..]);
    }
}
