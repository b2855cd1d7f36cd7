//! Makes an image fit a shape.

use std::borrow::Cow;

use image::imageops::{self, FilterType};
use image::{DynamicImage, GrayImage, RgbImage};

use hourglass_experiment::ImageShape;
use hourglass_protocol::Resizing;

/// An image on white paper, where it lets through what is behind it.
fn on_white(image: &DynamicImage) -> Cow<'_, DynamicImage> {
    if !image.color().has_alpha() {
        return Cow::Borrowed(image);
    }
    let rgba = image.to_rgba8();
    let hides_all = rgba.pixels().all(|pixel| pixel.0[3] == 0); // a clipboard that never wrote its opacity
    let mut rgb = RgbImage::new(rgba.width(), rgba.height());
    for (out, pixel) in rgb.pixels_mut().zip(rgba.pixels()) {
        let [red, green, blue, opacity] = pixel.0.map(u32::from);
        let opacity = if hides_all { 255 } else { opacity };
        let mix = |value: u32| {
            u8::try_from((value * opacity + 255 * (255 - opacity) + 127) / 255).unwrap_or(255)
        };
        out.0 = [red, green, blue].map(mix);
    }
    Cow::Owned(DynamicImage::ImageRgb8(rgb))
}

/// An image in a shape: `[channels, height, width]`.
pub(crate) fn fitted(image: &DynamicImage, shape: ImageShape, resizing: Resizing) -> Vec<u8> {
    let ImageShape {
        height,
        width,
        channels,
    } = shape;
    let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
    let (width, height) = (side(width), side(height));
    let image = on_white(image);
    if channels == 1 {
        let gray = image.to_luma8();
        let gray: GrayImage = fit(gray, [width, height], resizing);
        return gray.into_raw();
    }
    let rgb = image.to_rgb8();
    let rgb: RgbImage = fit(rgb, [width, height], resizing);
    let planes = (0..3).flat_map(|channel| rgb.pixels().map(move |pixel| pixel.0[channel]));
    planes.collect()
}

type Buffer<P> = image::ImageBuffer<P, Vec<u8>>;

fn fit<P>(image: Buffer<P>, [width, height]: [u32; 2], resizing: Resizing) -> Buffer<P>
where
    P: image::Pixel<Subpixel = u8> + 'static,
{
    let (own_width, own_height) = image.dimensions();
    if (own_width, own_height) == (width, height) {
        return image;
    }
    let resized = |image: &Buffer<P>, width: u32, height: u32| {
        imageops::resize(image, width.max(1), height.max(1), FilterType::Triangle)
    };
    let scale = [width, height].map(f64::from);
    let own = [own_width.max(1), own_height.max(1)].map(f64::from);
    let [across, down] = [scale[0] / own[0], scale[1] / own[1]];
    let sides = |factor: f64| own.map(|side| (side * factor).round() as u32);
    match resizing {
        Resizing::Stretch => resized(&image, width, height),
        Resizing::Crop => {
            // The part of the image that has the proportions asked for.
            let [wide, high] =
                [scale[0], scale[1]].map(|side| (side / across.max(down)).round() as u32);
            let (wide, high) = (wide.clamp(1, own_width), high.clamp(1, own_height));
            let (left, top) = ((own_width - wide) / 2, (own_height - high) / 2);
            let part = imageops::crop_imm(&image, left, top, wide, high).to_image();
            resized(&part, width, height)
        }
        Resizing::Pad => {
            let [wide, high] = sides(across.min(down));
            let (wide, high) = (wide.clamp(1, width), high.clamp(1, height));
            let small = resized(&image, wide, high);
            let mut padded = Buffer::from_pixel(width, height, border_of(&small));
            imageops::replace(
                &mut padded,
                &small,
                i64::from((width - wide) / 2),
                i64::from((height - high) / 2),
            );
            padded
        }
    }
}

/// The mean of the pixels at the border.
fn border_of<P>(image: &Buffer<P>) -> P
where
    P: image::Pixel<Subpixel = u8>,
{
    let (width, height) = image.dimensions();
    let mut sums = [0_u64; 4];
    let mut n = 0;
    for (x, y, pixel) in image.enumerate_pixels() {
        if x == 0 || y == 0 || x + 1 == width || y + 1 == height {
            n += 1;
            for (sum, value) in sums.iter_mut().zip(pixel.channels()) {
                *sum += u64::from(*value);
            }
        }
    }
    let mean = sums.map(|sum| u8::try_from((sum + n / 2) / n.max(1)).unwrap_or(255));
    *P::from_slice(&mean[..usize::from(P::CHANNEL_COUNT)])
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    /// 4 pixels wide, 2 high: left half black, right half white.
    fn halves() -> DynamicImage {
        let image = GrayImage::from_fn(4, 2, |x, _| image::Luma([if x < 2 { 0 } else { 255 }]));
        DynamicImage::ImageLuma8(image)
    }

    #[test]
    fn images_are_padded_cropped_or_stretched() {
        let of = |resizing| fitted(&halves(), ImageShape::gray(4, 4), resizing);
        let padded = of(Resizing::Pad);
        assert_eq!(padded[4..8], [0, 0, 255, 255]);
        assert_eq!(
            (padded[0], padded[15]),
            (128, 128),
            "as light as its border"
        );
        let stretched = of(Resizing::Stretch);
        assert_eq!([&stretched[..4], &stretched[12..]], [[0, 0, 255, 255]; 2]);
        let cropped = of(Resizing::Crop);
        assert!(
            cropped[0] < 64 && cropped[3] > 191,
            "the middle two columns: {cropped:?}"
        );
    }

    #[test]
    fn colours_come_one_after_the_other() {
        let image = RgbImage::from_pixel(8, 8, Rgb([10, 20, 30]));
        let image = DynamicImage::ImageRgb8(image);
        let pixels = fitted(
            &image,
            ImageShape {
                height: 8,
                width: 8,
                channels: 3,
            },
            Resizing::Pad,
        );
        assert_eq!([pixels[0], pixels[64], pixels[128]], [10, 20, 30]);
    }
}
