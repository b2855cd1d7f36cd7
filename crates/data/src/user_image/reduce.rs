//! Makes a decoded picture smaller and turns it, in one pass and without a copy of it.

use image::metadata::Orientation;
use image::{DynamicImage, ImageBuffer, Pixel, Primitive};

use super::colour::{LUMA, dot};
use super::pixels::byte;

/// Longest side of what small writing is looked for in, in pixels.
pub(super) const DETAIL_SIDE: usize = 2048;

/// Red, green and blue that differ by less are grey: half a step of a byte.
const GREY_SLACK: f32 = 0.5 / 255.0;

/// Values that end below this share of white were never scaled: sixteenths of a byte, or bytes in sixteen bits.
const LEAST_WHITE: f32 = 17.0 / 255.0;

/// Luma of a picture at most `DETAIL_SIDE` pixels wide and high.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Detail {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) luma: Vec<u8>,
}

/// Colour weighed with opacity, and opacity: sums and means of these are what they should be.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Weighed {
    pub(super) rgb: [f32; 3],
    pub(super) opacity: f32,
}

/// A picture in floats on the way to its final form.
pub(super) struct Pixels {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) weighed: Vec<Weighed>,
}

/// Whether every pixel lets everything through: a clipboard that never wrote its opacity.
pub(super) fn hides_all(decoded: &DynamicImage) -> bool {
    match decoded {
        DynamicImage::ImageLumaA8(image) => image.pixels().all(|pixel| pixel.0[1] == 0),
        DynamicImage::ImageRgba8(image) => image.pixels().all(|pixel| pixel.0[3] == 0),
        DynamicImage::ImageLumaA16(image) => image.pixels().all(|pixel| pixel.0[1] == 0),
        DynamicImage::ImageRgba16(image) => image.pixels().all(|pixel| pixel.0[3] == 0),
        _ => false,
    }
}

/// How a decoded picture is made smaller.
#[derive(Clone, Copy)]
pub(super) struct Reduction {
    /// Pixels of it along one of the result.
    pub(super) factor: usize,
    /// The same of the detail that is kept beside it.
    pub(super) detail_factor: usize,
    pub(super) turn: Orientation,
    pub(super) ignores_opacity: bool,
    pub(super) n_rows: usize,
}

/// Which block each pixel belongs to, however the picture is turned: what its column gives and its row together.
struct Blocks {
    of_column: Vec<usize>,
    of_row: Vec<usize>,
}

impl Blocks {
    fn of(reduction: &Reduction, sides: [usize; 2], factor: usize, blocks_across: usize) -> Self {
        let [width, height] = sides;
        let is_transposed = turned_sides(reduction.turn, [0, 1]) != [0, 1];
        let parts = |at: usize, of_row: bool| {
            let place = if of_row { [0, at] } else { [at, 0] };
            let [column, row] = turned(reduction.turn, place, sides);
            if of_row == is_transposed {
                column / factor
            } else {
                row / factor * blocks_across
            }
        };
        Self {
            of_column: (0..width).map(|at| parts(at, false)).collect(),
            of_row: (0..height).map(|at| parts(at, true)).collect(),
        }
    }
}

/// Sums of luma over small blocks, in quarters of a byte's steps.
struct DetailSums {
    source: [usize; 2],
    factor: usize,
    width: usize,
    blocks: Vec<u16>,
}

impl DetailSums {
    fn new([width, height]: [usize; 2], factor: usize) -> Self {
        const { assert!((16_384 / DETAIL_SIDE).pow(2) * 1020 < 65_536, "sums fit") };
        let blocks = [width, height].map(|side| side.div_ceil(factor));
        Self {
            source: [width, height],
            factor,
            width: blocks[0],
            blocks: vec![0; blocks[0] * blocks[1]],
        }
    }

    fn add(&mut self, block: usize, rgb: [f32; 3]) {
        const STEPS: f32 = 1020.0; // four for each of a byte's
        let luma = dot(rgb, LUMA.map(|weight| weight * STEPS)) + 0.5;
        let luma = luma as u16;
        self.blocks[block] = self.blocks[block].saturating_add(luma);
    }

    fn into_detail(self) -> Detail {
        let height = self.blocks.len() / self.width.max(1);
        let byte_of = |(idx, sum): (usize, &u16)| {
            let start = [idx % self.width, idx / self.width].map(|block| block * self.factor);
            let sides = [0, 1].map(|axis| (self.source[axis] - start[axis]).min(self.factor));
            let n = 4 * (sides[0] * sides[1]).max(1);
            u8::try_from((usize::from(*sum) + n / 2) / n).unwrap_or(u8::MAX)
        };
        Detail {
            luma: self.blocks.iter().enumerate().map(byte_of).collect(),
            width: self.width,
            height,
        }
    }
}

impl Pixels {
    /// The mean of each block of pixels, straight from the decoded image, and of smaller blocks as detail.
    pub(super) fn reduced<P>(
        image: &ImageBuffer<P, Vec<P::Subpixel>>,
        reduction: &Reduction,
    ) -> (Self, Option<Detail>)
    where
        P: Pixel,
        P::Subpixel: Primitive + Into<f32>,
    {
        let full: f32 = P::Subpixel::DEFAULT_MAX_VALUE.into();
        let scale = full.recip();
        let ignores_opacity = reduction.ignores_opacity;
        let weighed = |pixel: &P| {
            let [red, green, blue, opacity] = pixel.to_rgba().0.map(|value| value.into() * scale);
            let opacity = if ignores_opacity { 1.0 } else { opacity };
            Weighed {
                rgb: [red, green, blue].map(|light| light * opacity),
                opacity,
            }
        };
        let n_rows = reduction.n_rows.min(image.height() as usize);
        let sides = [image.width() as usize, n_rows];
        let [turned_width, turned_height] = turned_sides(reduction.turn, sides);
        let mut sums = Sums::new(turned_width, turned_height, reduction.factor);
        let blocks = Blocks::of(reduction, sides, reduction.factor, sums.width);
        let mut detail = (reduction.factor > reduction.detail_factor).then(|| {
            let factor = reduction.detail_factor;
            let sums = DetailSums::new([turned_width, turned_height], factor);
            let blocks = Blocks::of(reduction, sides, factor, sums.width);
            (sums, blocks)
        });
        for (row, pixels) in image.rows().take(n_rows).enumerate() {
            let along = &blocks.of_row[row];
            match &mut detail {
                None => {
                    for (pixel, block) in pixels.zip(&blocks.of_column) {
                        sums.add(along + block, weighed(pixel));
                    }
                }
                Some((detail, finer)) => {
                    let along_finer = finer.of_row[row];
                    let columns = blocks.of_column.iter().zip(&finer.of_column);
                    for (pixel, (block, finer)) in pixels.zip(columns) {
                        let weighed = weighed(pixel);
                        sums.add(along + block, weighed);
                        detail.add(along_finer + finer, weighed.rgb);
                    }
                }
            }
        }
        let detail = detail.map(|(sums, _)| sums.into_detail());
        (sums.into_means(), detail)
    }

    /// Red and blue of each pixel; `None` if all is grey.
    pub(super) fn red_blue(&self) -> Option<Vec<[u8; 2]>> {
        let is_colour = |pixel: &Weighed| {
            let [red, green, blue] = pixel.rgb;
            (red - green).abs().max((blue - green).abs()) > GREY_SLACK
        };
        self.weighed.iter().any(is_colour).then(|| {
            let red_blue = |pixel: &Weighed| [pixel.rgb[0], pixel.rgb[2]].map(byte);
            self.weighed.iter().map(red_blue).collect()
        })
    }

    /// The most and the least of all colours.
    pub(super) fn brightest_and_darkest(&self) -> [f32; 2] {
        let values = self.weighed.iter().flat_map(|pixel| pixel.rgb);
        values.fold([0.0, f32::INFINITY], |[most, least]: [f32; 2], value| {
            [most.max(value), least.min(value)]
        })
    }

    /// Scales values that end far below white, from black on, so that they reach it; says whether they did.
    pub(super) fn reach_white(&mut self) -> bool {
        let [most, least] = self.brightest_and_darkest();
        let is_opaque = self.weighed.iter().all(|pixel| pixel.opacity >= 1.0);
        if !is_opaque || least > 0.0 || most <= 0.0 || most > LEAST_WHITE {
            return false;
        }
        for pixel in &mut self.weighed {
            pixel.rgb = pixel.rgb.map(|value| value / most);
        }
        true
    }

    pub(super) fn mean_of_blocks(&self, factor: usize) -> Self {
        let mut sums = Sums::new(self.width, self.height, factor);
        for (row, pixels) in self.weighed.chunks_exact(self.width).enumerate() {
            for (column, pixel) in pixels.iter().enumerate() {
                sums.add(row / factor * sums.width + column / factor, *pixel);
            }
        }
        sums.into_means()
    }
}

/// Width and height once it is turned.
pub(super) fn turned_sides<T>(turn: Orientation, [width, height]: [T; 2]) -> [T; 2] {
    match turn {
        Orientation::NoTransforms
        | Orientation::Rotate180
        | Orientation::FlipHorizontal
        | Orientation::FlipVertical => [width, height],
        Orientation::Rotate90
        | Orientation::Rotate270
        | Orientation::Rotate90FlipH
        | Orientation::Rotate270FlipH => [height, width],
    }
}

/// Where a pixel comes to lie, from its column and row and the sides of the picture as it was.
fn turned(turn: Orientation, [x, y]: [usize; 2], [width, height]: [usize; 2]) -> [usize; 2] {
    let (from_right, from_bottom) = (width - 1 - x, height - 1 - y);
    match turn {
        Orientation::NoTransforms => [x, y],
        Orientation::Rotate90 => [from_bottom, x],
        Orientation::Rotate180 => [from_right, from_bottom],
        Orientation::Rotate270 => [y, from_right],
        Orientation::FlipHorizontal => [from_right, y],
        Orientation::FlipVertical => [x, from_bottom],
        Orientation::Rotate90FlipH => [y, x],
        Orientation::Rotate270FlipH => [from_bottom, from_right],
    }
}

/// Sums over blocks of pixels; those at the right and at the bottom may be smaller.
struct Sums {
    source: [usize; 2],
    factor: usize,
    width: usize,
    blocks: Vec<Weighed>,
}

impl Sums {
    fn new(width: usize, height: usize, factor: usize) -> Self {
        let blocks = [width, height].map(|side| side.div_ceil(factor));
        Self {
            source: [width, height],
            factor,
            width: blocks[0],
            blocks: vec![Weighed::default(); blocks[0] * blocks[1]],
        }
    }

    fn add(&mut self, block: usize, pixel: Weighed) {
        let sum = &mut self.blocks[block];
        for (sum, value) in sum.rgb.iter_mut().zip(pixel.rgb) {
            *sum += value;
        }
        sum.opacity += pixel.opacity;
    }

    fn into_means(mut self) -> Pixels {
        let [width, height] = self.source;
        for (idx, sum) in self.blocks.iter_mut().enumerate() {
            let start = [idx % self.width, idx / self.width].map(|block| block * self.factor);
            let sides = [width - start[0], height - start[1]].map(|left| left.min(self.factor));
            let n = (sides[0] * sides[1]) as f32;
            sum.rgb = sum.rgb.map(|value| value / n);
            sum.opacity /= n;
        }
        Pixels {
            width: self.width,
            height: self.blocks.len() / self.width,
            weighed: self.blocks,
        }
    }
}

impl Weighed {
    /// Rec. 709 luma of the colour itself, whatever its opacity.
    pub(super) fn luma(&self) -> u16 {
        let luma = dot(self.rgb, LUMA) / self.opacity.max(1e-6);

        (luma.clamp(0.0, 1.0) * 65_535.0).round() as u16
    }

    /// The colour over a middling grey, which shows light and dark ink alike.
    pub(super) fn over_checks(&self) -> [u8; 3] {
        const BEHIND: f32 = 0.75;
        self.rgb
            .map(|light| byte(light + (1.0 - self.opacity) * BEHIND))
    }
}
