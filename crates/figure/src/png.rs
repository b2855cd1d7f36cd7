//! PNG: pages drawn by `resvg` with the compiled-in fonts, and pictures of pixels.

use std::sync::{Arc, LazyLock};

use png::{BitDepth, ColorType, Compression, Encoder, Filter, PixelDimensions, Unit};
use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{FontResolver, Options, Tree, fontdb};

use super::error::FigureError;
use super::facts::Entries;
use super::font;
use super::page::Page;
use super::palette::Rgb;
use super::{size, system_fonts};

/// A drawn page: `[height, width]` pixels.
#[derive(Debug)]
pub struct Drawn {
    /// Pixels of a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Red, green and blue of each pixel, row by row.
    pub bytes: Vec<u8>,
}

/// Draws a page that was written as SVG; each of its pixels becomes `scale` × `scale`.
///
/// # Errors
/// When it would be too large, or is no SVG.
pub fn draw(svg: &str, page: &Page, scale: f32) -> Result<Drawn, FigureError> {
    let [width, height] = size::pixels(page.size, scale)?;
    let tree = laid_out(svg)?;
    let mut pixmap = Pixmap::new(width, height).ok_or(FigureError::TooLarge { width, height })?;
    let [red, green, blue] = page.background;
    pixmap.fill(Color::from_rgba8(red, green, blue, u8::MAX)); // nothing shines through, at no edge
    // The SVG's own size may be in millimetres that are no whole pixels: the page fills the picture.
    let own = tree.size();
    let [x, y] = [width as f32 / own.width(), height as f32 / own.height()];
    resvg::render(&tree, Transform::from_scale(x, y), &mut pixmap.as_mut());
    let opaque = pixmap.data().chunks_exact(4);
    Ok(Drawn {
        width,
        height,
        bytes: opaque
            .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
            .collect(),
    })
}

/// An SVG with every letter at its place.
///
/// # Errors
/// When it is no SVG.
pub fn laid_out(svg: &str) -> Result<Tree, FigureError> {
    Tree::from_str(svg, &options()).map_err(|error| FigureError::Draw(error.to_string()))
}

/// A drawn page as a file with what is known about it.
///
/// # Errors
/// When it cannot be packed.
pub fn file(drawn: &Drawn, scale: f32, entries: &Entries) -> Result<Vec<u8>, FigureError> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, drawn.width, drawn.height);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::High);
    let per_metre = size::PIXELS_PER_INCH * scale / 0.0254;
    let density = per_metre.round() as u32;
    encoder.set_pixel_dims(Some(PixelDimensions {
        xppu: density,
        yppu: density,
        unit: Unit::Meter,
    }));
    for (key, value) in entries {
        encoder.add_itxt_chunk((*key).to_owned(), value.clone())?;
    }
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&drawn.bytes)?;
    writer.finish()?;
    Ok(file)
}

/// A picture of `width` pixels a row, as PNG.
///
/// # Errors
/// When it cannot be packed.
pub fn of_pixels(pixels: &[Rgb], width: usize) -> Result<Vec<u8>, FigureError> {
    let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
    let height = pixels.len() / width.max(1);
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, side(width), side(height));
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::High);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels.as_flattened())?;
    writer.finish()?;
    Ok(file)
}

/// Pixels of `width` a row as they are, one byte each or three, as PNG. Images below one another are mostly alike where
/// they are alike at all, which a filter hides from the packing: grey ones have none.
///
/// # Errors
/// When they cannot be packed.
pub fn of_bytes(bytes: &[u8], width: usize, is_gray: bool) -> Result<Vec<u8>, FigureError> {
    let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
    let (color, channels, filter) = if is_gray {
        (ColorType::Grayscale, 1, Filter::NoFilter)
    } else {
        (ColorType::Rgb, 3, Filter::Adaptive)
    };
    let height = bytes.len() / (channels * width).max(1);
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, side(width), side(height));
    encoder.set_color(color);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::High);
    encoder.set_filter(filter);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(bytes)?;
    writer.finish()?;
    Ok(file)
}

/// Draws with the compiled-in fonts wherever they have the text, so that a figure looks the same on every machine.
fn options() -> Options<'static> {
    static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
        let mut fonts = fontdb::Database::new();
        for bytes in [font::REGULAR, font::SEMIBOLD, font::SIGNS] {
            fonts.load_font_source(fontdb::Source::Binary(Arc::new(bytes)));
        }
        fonts.set_sans_serif_family(font::FAMILY);
        Arc::new(fonts)
    });
    Options {
        fontdb: Arc::clone(&FONTS),
        font_family: font::FAMILY.to_owned(),
        font_resolver: resolver(),
        ..Options::default()
    }
}

/// A font of the system is the last resort, for what none of ours has: without such text a figure has none of it.
fn resolver() -> FontResolver<'static> {
    let ours = FontResolver::default_fallback_selector();
    FontResolver {
        select_fallback: Box::new(move |character, used, fonts| {
            let found = ours(character, used, fonts);
            found.or_else(|| system_fonts::of_machine().add_to(fonts, character))
        }),
        ..FontResolver::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_compiled_in_font_is_one_that_figures_can_use() {
        assert_eq!(options().fontdb.len(), 3); // one without names is left out without a word
    }
}
