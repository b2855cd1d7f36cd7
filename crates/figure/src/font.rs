//! The fonts that are compiled in, and how wide text is in them.

use std::sync::LazyLock;

use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider as _};

pub const REGULAR: &[u8] = include_bytes!("../../../assets/fonts/IBMPlexSans-Regular.ttf");
pub const MEDIUM: &[u8] = include_bytes!("../../../assets/fonts/IBMPlexSans-Medium.ttf");
pub const SEMIBOLD: &[u8] = include_bytes!("../../../assets/fonts/IBMPlexSans-SemiBold.ttf");
pub const MONO: &[u8] = include_bytes!("../../../assets/fonts/IBMPlexMono-Regular.ttf");
/// The bars of a norm, ‖, which no Plex has.
pub const SIGNS: &[u8] = include_bytes!("../../../assets/fonts/HourglassSigns-Regular.ttf");

/// What an SVG asks for: Plex where it is installed, otherwise something alike.
pub const FAMILY: &str = "IBM Plex Sans";
/// The families asked for, from the best to any.
pub const FAMILIES: &str = "'IBM Plex Sans', 'Helvetica Neue', Arial, sans-serif";

/// How heavy text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weight {
    /// Running text.
    #[default]
    Regular,
    /// Titles.
    SemiBold,
}

impl Weight {
    /// The same as a number, as style sheets know it.
    #[must_use]
    pub fn number(self) -> u16 {
        match self {
            Self::Regular => 400,
            Self::SemiBold => 600,
        }
    }
}

/// Width of a text in pixels, `size` pixels high, without kerning: an upper bound to within a pixel.
#[must_use]
pub fn width(text: &str, size: f32, weight: Weight) -> f32 {
    static FACES: LazyLock<[Option<Face>; 2]> =
        LazyLock::new(|| [REGULAR, SEMIBOLD].map(Face::new));
    let face = match weight {
        Weight::Regular => &FACES[0],
        Weight::SemiBold => &FACES[1],
    };
    let per_em = |character: char| {
        let known = face.as_ref().and_then(|face| face.advance(character));
        known.unwrap_or(if is_wide(character) { 1.0 } else { 0.6 }) // of a sign from another font
    };
    text.chars().map(per_em).sum::<f32>() * size
}

/// Whether a character is as wide as high: Han, kana, Hangul.
fn is_wide(character: char) -> bool {
    matches!(character, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}' | '\u{20000}'..='\u{3ffff}')
}

/// A font with what is needed to measure it.
struct Face {
    font: FontRef<'static>,
    metrics: GlyphMetrics<'static>,
}

impl Face {
    fn new(bytes: &'static [u8]) -> Option<Self> {
        let font = FontRef::new(bytes).ok()?;
        let metrics = font.glyph_metrics(Size::new(1.0), LocationRef::default());
        Some(Self { font, metrics })
    }

    /// Width of a character in parts of the font's size.
    fn advance(&self, character: char) -> Option<f32> {
        let glyph = self.font.charmap().map(character)?;
        self.metrics.advance_width(glyph)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_as_wide_as_its_letters() {
        let width = |text| width(text, 10.0, Weight::Regular);
        assert!(width("MMM") > 2.0 * width("iii"));
        assert!(
            (width("0123456789") - 10.0 * width("0")).abs() < 1e-3,
            "figures are of one width"
        );
        assert!((width("ab") - width("a") - width("b")).abs() < 1e-3);
    }

    #[test]
    fn every_sign_of_a_figure_is_in_a_font() {
        let fonts = [REGULAR, SEMIBOLD, SIGNS].map(|bytes| FontRef::new(bytes).expect("a font"));
        for sign in "0123456789−·×…‖σβλρμ→≤%|₁₂⁰¹²³⁴⁵⁶⁷⁸⁹⁻".chars()
        {
            let found = fonts.iter().any(|font| font.charmap().map(sign).is_some());
            assert!(found, "{sign:?} is in no font");
        }
    }
}
