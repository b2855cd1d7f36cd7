//! Fonts of the system as the last resort: for names in scripts that the compiled-in fonts do not have.

use std::cmp::Reverse;
use std::sync::{Arc, OnceLock};

use resvg::usvg::fontdb::{Database, FaceInfo, ID, Source, Stretch, Style};
use skrifa::{FontRef, MetadataProvider as _};

/// Fonts, the most suitable first.
#[derive(Debug)]
pub struct SystemFonts {
    fonts: Database,
    order: Vec<ID>,
}

/// A font that has a character.
#[derive(Debug)]
pub struct FoundFont {
    pub name: String,
    /// The whole file.
    pub bytes: Vec<u8>,
    /// Which of the fonts in it.
    pub index: u32,
}

static OF_MACHINE: OnceLock<SystemFonts> = OnceLock::new();

/// The fonts of this machine. Looking through its folders takes a moment the first time; nothing is looked
/// through before a character is missing.
pub fn of_machine() -> &'static SystemFonts {
    OF_MACHINE.get_or_init(|| {
        let mut fonts = Database::new();
        fonts.load_system_fonts();
        SystemFonts::new(fonts, &language())
    })
}

/// The same, if the folders have been searched before.
#[must_use]
pub fn if_known() -> Option<&'static SystemFonts> {
    OF_MACHINE.get()
}

impl SystemFonts {
    /// Fonts for a person who reads a language, such as `ja_JP.UTF-8`: the same Han character is drawn in
    /// another way in each country.
    fn new(fonts: Database, language: &str) -> Self {
        let mut faces: Vec<&FaceInfo> = fonts
            .faces()
            .filter(|face| face.style == Style::Normal)
            .collect();
        faces.sort_by_cached_key(|face| (Reverse(merit(face, language)), name(face).to_owned()));
        let order = faces.into_iter().map(|face| face.id).collect();
        Self { fonts, order }
    }

    /// The first font with a character; `None` if no font has it.
    #[must_use]
    pub fn find(&self, character: char) -> Option<FoundFont> {
        let id = self.face_with(character)?;
        let face = self.fonts.face(id)?;
        let bytes = self.fonts.with_face_data(id, |bytes, _| bytes.to_vec())?;
        Some(FoundFont {
            name: format!("{} {}", face.post_script_name, face.index),
            bytes,
            index: face.index,
        })
    }

    /// Puts the first font with a character among others.
    pub(super) fn add_to(&self, others: &mut Arc<Database>, character: char) -> Option<ID> {
        let face = self.fonts.face(self.face_with(character)?)?;
        let others = Arc::make_mut(others);
        let source: Source = face.source.clone();
        let added = others.load_font_source(source);
        added.into_iter().find(|id| {
            others
                .face(*id)
                .is_some_and(|added| added.index == face.index)
        })
    }

    fn face_with(&self, character: char) -> Option<ID> {
        let has = |bytes: &[u8], index: u32| {
            let font = FontRef::from_index(bytes, index).ok()?;
            font.charmap().map(character)
        };
        let mut order = self.order.iter().copied();
        order.find(|id| self.fonts.with_face_data(*id, has).flatten().is_some())
    }
}

/// How well a font goes with Plex Sans, and with what a person reads.
fn merit(face: &FaceInfo, language: &str) -> i32 {
    let name = name(face).to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let mut merit = -i32::from(face.weight.0.abs_diff(400)) / 10;
    if has(&["lastresort", "unifont", "adobe blank", "notdef"]) {
        merit -= 10_000; // they have every character, as a box or as a few dots
    }
    if face.monospaced || has(&["mono", "typewriter"]) {
        merit -= 300;
    }
    if face.stretch != Stretch::Normal {
        merit -= 200;
    }
    if has(&["sans", "gothic", " ui", "yahei", "pingfang"]) {
        merit += 100;
    } else if has(&["serif", "mincho", "ming", "song"]) {
        merit -= 100;
    }
    let regions = [
        (" jp", "ja"),
        (" kr", "ko"),
        (" sc", "zh"),
        (" tc", "zh_TW"),
        (" hk", "zh_HK"),
    ];
    let region = regions.iter().find(|(end, _)| name.ends_with(end));
    if region.is_some_and(|(_, of)| language.starts_with(of)) {
        merit += 40 + i32::from(language.starts_with("zh_")) * 10;
    } else if name.ends_with(" sc") {
        merit += 10;
    }
    merit
}

fn name(face: &FaceInfo) -> &str {
    face.families.first().map_or("", |(name, _)| name.as_str())
}

/// The language of this machine, as its environment names it.
fn language() -> String {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"];
    let mut set = names.iter().filter_map(|name| std::env::var(name).ok());
    set.find(|value| !value.is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::font;

    fn database(files: &[&'static [u8]]) -> Database {
        let mut fonts = Database::new();
        for bytes in files {
            fonts.load_font_source(Source::Binary(Arc::new(*bytes)));
        }
        fonts
    }

    #[test]
    fn the_first_font_that_has_a_character_and_goes_with_ours_is_found() {
        let fonts = SystemFonts::new(
            database(&[font::MONO, font::SEMIBOLD, font::SIGNS, font::REGULAR]),
            "",
        );
        let found = |character| fonts.find(character).map(|found| found.name);
        assert_eq!(
            found('a').as_deref(),
            Some("IBMPlexSans 0"),
            "not the bold, not the fixed one"
        );
        assert_eq!(
            found('\u{2016}').as_deref(),
            Some("HourglassSigns-Regular 0"),
            "only it has the bars"
        );
        assert_eq!(found('字'), None);
    }

    #[test]
    fn a_font_is_added_only_for_what_the_others_lack() {
        let fonts = SystemFonts::new(database(&[font::SIGNS]), "");
        let mut ours = Arc::new(database(&[font::REGULAR]));
        assert_eq!(fonts.add_to(&mut ours, '字'), None);
        assert_eq!(ours.len(), 1);
        let added = fonts.add_to(&mut ours, '\u{2016}').expect("added");
        assert_eq!(
            ours.face(added).expect("there").post_script_name,
            "HourglassSigns-Regular"
        );
    }

    #[test]
    fn a_region_is_that_of_the_reader() {
        let face = |family: &str| FaceInfo {
            families: vec![(
                family.to_owned(),
                resvg::usvg::fontdb::Language::English_UnitedStates,
            )],
            ..database(&[font::REGULAR])
                .faces()
                .next()
                .expect("a face")
                .clone()
        };
        for (language, best) in [
            ("ja_JP.UTF-8", "JP"),
            ("ko_KR", "KR"),
            ("zh_TW", "TC"),
            ("zh_CN", "SC"),
            ("de", "SC"),
        ] {
            let regions = ["JP", "KR", "SC", "TC"];
            let of = |region: &&str| merit(&face(&format!("Noto Sans CJK {region}")), language);
            assert_eq!(regions.into_iter().max_by_key(of), Some(best), "{language}");
        }
    }
}
