//! The fonts: IBM Plex Sans in three weights, IBM Plex Mono, Material Symbols for icons.

use std::sync::Arc;

use egui::epaint::text::{FontInsert, FontPriority, InsertFontFamily};
use egui::{FontData, FontDefinitions, FontFamily, FontId};

use hourglass_figure::font;

const REGULAR: &str = "plex-sans";
const MEDIUM: &str = "plex-sans-medium";
const SEMIBOLD: &str = "plex-sans-semibold";
const MONO: &str = "plex-mono";
const SIGNS: &str = "signs";

/// How far icons are moved down to stand on the middle of the text beside them, as a share of their size.
const ICON_OFFSET: f32 = -0.07;

/// All fonts. Icons and Greek letters are found through every family: Plex Mono has no Greek, so Plex Sans
/// follows it; no Plex has the bars of a norm, ‖, and the raised minus, ⁻, which a font of our own adds after the icons.
pub(super) fn definitions() -> FontDefinitions {
    let files: [(&str, &'static [u8]); 5] = [
        (REGULAR, font::REGULAR),
        (MEDIUM, font::MEDIUM),
        (SEMIBOLD, font::SEMIBOLD),
        (MONO, font::MONO),
        (SIGNS, font::SIGNS),
    ];
    let mut definitions = FontDefinitions::empty();
    for (name, bytes) in files {
        let data = FontData::from_static(bytes);
        definitions
            .font_data
            .insert(name.to_owned(), Arc::new(data));
    }
    let icons = egui_material_icons::font_insert();
    let icons_name = icons.name.clone();
    let icon_families = icons.families.into_iter().map(|insert| insert.family);
    let mut data = icons.data;
    data.tweak.y_offset_factor = ICON_OFFSET;
    definitions
        .font_data
        .insert(icons_name.clone(), Arc::new(data));

    let mut families: Vec<(FontFamily, Vec<&str>)> = vec![
        (FontFamily::Proportional, vec![REGULAR]),
        (FontFamily::Monospace, vec![MONO, REGULAR]),
        (FontFamily::Name(MEDIUM.into()), vec![MEDIUM]),
        (FontFamily::Name(SEMIBOLD.into()), vec![SEMIBOLD]),
    ];
    families.extend(
        icon_families
            .filter(|family| matches!(family, FontFamily::Name(_)))
            .map(|family| (family, Vec::new())),
    );
    for (family, fonts) in families {
        let names = fonts
            .into_iter()
            .map(str::to_owned)
            .chain([icons_name.clone(), SIGNS.to_owned()]);
        definitions.families.insert(family, names.collect());
    }
    definitions
}

/// A font from elsewhere, after all others in every family.
#[must_use]
pub fn last_resort(name: String, bytes: Vec<u8>, index: u32) -> FontInsert {
    let families = [
        FontFamily::Proportional,
        FontFamily::Monospace,
        FontFamily::Name(MEDIUM.into()),
        FontFamily::Name(SEMIBOLD.into()),
    ];
    let families = families.map(|family| InsertFontFamily {
        family,
        priority: FontPriority::Lowest,
    });
    let mut data = FontData::from_owned(bytes);
    data.index = index;
    FontInsert {
        name,
        data,
        families: families.into(),
    }
}

/// Plex Sans.
#[must_use]
pub fn regular(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// Plex Sans Medium.
#[must_use]
pub fn medium(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(MEDIUM.into()))
}

/// Plex Sans semi-bold.
#[must_use]
pub fn semibold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(SEMIBOLD.into()))
}

/// Plex Mono.
#[must_use]
pub fn mono(size: f32) -> FontId {
    FontId::new(size, FontFamily::Monospace)
}
