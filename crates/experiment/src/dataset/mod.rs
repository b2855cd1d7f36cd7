//! The data sets the program knows. What it says, offers, fetches and checks of each is in its row of the catalogue.

mod catalogue;
mod manifest;
mod published;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::RangeInclusive;

pub use catalogue::CATALOGUE;
pub use manifest::{Checksum, Content, FileSpec, Manifest, Publication};

use crate::ImageShape;

/// Pixels that a side of an image may have.
pub const SIDES: RangeInclusive<usize> = 8..=64;

/// Most classes that can be told apart.
pub const MAX_CLASSES: usize = 100;

/// Classes of those that show digits.
const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// What stands between the name of a person's own data set and what says what is in it: `shoes@3f2a9c01d7e4`.
const CONTENT_MARK: char = '@';

/// What the program knows of a data set before it is loaded.
#[derive(Debug)]
pub struct DataSetSpec {
    /// Its name in files and on the command line.
    pub name: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// What it shows and who made it, to be followed by how many there are.
    pub about: &'static str,
    /// What one of its classes is, to be said before its name: `digit` for `7`. `None` if the name says it.
    pub class_noun: Option<&'static str>,
    /// The name of each class, by label.
    pub classes: &'static [&'static str],
    pub shape: ImageShape,
    /// Whether its images are 28×28 as MNIST's: light ink on black, cropped, its centre of mass in the middle.
    pub is_handwriting: bool,
    pub n_train: usize,
    pub n_test: usize,
    /// None for what the program makes itself.
    pub licence: Option<&'static str>,
    pub origin: Origin,
}

/// Where the images of a data set come from.
#[derive(Debug)]
pub enum Origin {
    /// Four files in MNIST's format.
    Files(Manifest),
    /// Files in another.
    Published(Publication),
    Drawn(Generator),
    /// Whatever a person opened.
    Opened,
}

/// A part of the program that makes images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generator {
    PenDigits,
    ColouredShapes,
}

impl DataSetSpec {
    /// What its files must be, where it has any.
    #[must_use]
    pub fn manifest(&self) -> Option<&Manifest> {
        match &self.origin {
            Origin::Files(manifest) => Some(manifest),
            Origin::Published(_) | Origin::Drawn(_) | Origin::Opened => None,
        }
    }

    /// Its files as they are fetched; none if there is nothing to fetch.
    #[must_use]
    pub fn files(&self) -> Vec<FileSpec> {
        match &self.origin {
            Origin::Files(manifest) => manifest.files().map(|file| *file).to_vec(),
            Origin::Published(publication) => publication.files.to_vec(),
            Origin::Drawn(_) | Origin::Opened => Vec::new(),
        }
    }

    /// Addresses of folders with its files.
    #[must_use]
    pub fn mirrors(&self) -> &'static [&'static str] {
        match &self.origin {
            Origin::Files(manifest) => manifest.mirrors,
            Origin::Published(publication) => publication.mirrors,
            Origin::Drawn(_) | Origin::Opened => &[],
        }
    }

    /// The folder of the cache that its files are kept in.
    #[must_use]
    pub const fn cache_name(&self) -> &'static str {
        match &self.origin {
            Origin::Published(publication) => publication.folder,
            _ => self.name,
        }
    }

    /// Megabytes to download, for people: `11 MB`. `None` if there is nothing to fetch.
    #[must_use]
    pub fn download_size(&self) -> Option<String> {
        let bytes: u64 = self.files().iter().map(|file| file.gzip_bytes).sum();
        (bytes > 0).then(|| format!("{} MB", (bytes as f64 / 1e6).round()))
    }
}

/// What a person's own data set is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Its name for people: that of its folder or file.
    pub label: String,
    /// Its name in files.
    pub slug: String,
    /// Digits that say what is in it, the same wherever it lies.
    pub content: String,
    /// What it shows.
    pub about: String,
    /// The name of each class, by label.
    pub classes: Vec<String>,
    pub shape: ImageShape,
    /// Whether its images are made as MNIST's.
    pub is_handwriting: bool,
    pub n_train: usize,
    pub n_test: usize,
}

/// One of the data sets: a row of the catalogue, known by its name.
#[derive(Clone, Copy)]
pub struct DataSetId(&'static DataSetSpec);

impl DataSetId {
    /// Those that can be fetched, the one that most presets are measured on first.
    pub fn fetchable() -> impl Iterator<Item = Self> {
        Self::all().filter(|id| !id.spec().files().is_empty())
    }

    /// The data set of that name; `None` if the catalogue has none.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::all().find(|id| id.name() == name)
    }

    /// A data set that the catalogue need not have.
    #[must_use]
    pub const fn of(spec: &'static DataSetSpec) -> Self {
        Self(spec)
    }

    /// A data set that a person opened. What it is called stays in memory to the end of the program, some hundred
    /// bytes for each that is opened: everything can speak of it as of those of the catalogue.
    #[must_use]
    pub fn opened(opened: Opened) -> Self {
        let keep = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
        // "7" says nothing by itself.
        let are_numbers = opened
            .classes
            .iter()
            .all(|class| class.parse::<i64>().is_ok());
        let classes: Vec<&'static str> = opened.classes.into_iter().map(keep).collect();
        Self(Box::leak(Box::new(DataSetSpec {
            name: keep(format!("{}{CONTENT_MARK}{}", opened.slug, opened.content)),
            label: keep(opened.label),
            about: keep(opened.about),
            class_noun: are_numbers.then_some("class"),
            classes: Box::leak(classes.into_boxed_slice()),
            shape: opened.shape,
            is_handwriting: opened.is_handwriting,
            n_train: opened.n_train,
            n_test: opened.n_test,
            licence: None,
            origin: Origin::Opened,
        })))
    }

    /// Its name for people, which tells a person's own data set from another of the same name.
    #[must_use]
    pub const fn exact_label(self) -> &'static str {
        if self.is_opened() {
            self.name()
        } else {
            self.label()
        }
    }

    /// Whether it is what was of that name. One that a person opened is known by what is in it, wherever it lies now and
    /// whatever it is called there.
    #[must_use]
    pub fn is_content_of(self, name: &str) -> bool {
        self.name() == name || self.is_opened() && Self::have_same_content(self.name(), name)
    }

    /// Whether two names are of the same images, though they may lie elsewhere.
    #[must_use]
    pub fn have_same_content(one: &str, other: &str) -> bool {
        let content = |name: &str| Some(name.rsplit_once(CONTENT_MARK)?.1.to_owned());
        one == other || content(one).is_some() && content(one) == content(other)
    }

    /// Whether a person opened it.
    #[must_use]
    pub const fn is_opened(self) -> bool {
        matches!(self.0.origin, Origin::Opened)
    }

    #[must_use]
    pub const fn spec(self) -> &'static DataSetSpec {
        self.0
    }

    /// Its name in files: `mnist`, `pen-digits`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// Its name for people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.0.label
    }

    /// Its name within a sentence: only proper names keep their capital.
    #[must_use]
    pub fn label_in_text(self) -> String {
        let is_proper = self.label().chars().skip(1).any(char::is_uppercase);
        if is_proper || self.is_opened() {
            self.label().to_owned()
        } else {
            self.label().to_lowercase()
        }
    }

    /// Its classes, by label.
    pub fn classes(self) -> impl Iterator<Item = u8> {
        (0_u8..=u8::MAX).take(self.0.classes.len())
    }

    #[must_use]
    pub const fn n_classes(self) -> usize {
        self.0.classes.len()
    }

    /// The name of a class; of one that is not in the data set, its number.
    #[must_use]
    pub fn class_name(self, class: u8) -> String {
        let name = self.0.classes.get(usize::from(class));
        name.map_or_else(|| class.to_string(), |name| (*name).to_owned())
    }

    /// What an image of a class shows: `digit 7`, `Sneaker`.
    #[must_use]
    pub fn class_title(self, class: u8) -> String {
        let name = self.class_name(class);
        match self.0.class_noun {
            Some(noun) => format!("{noun} {name}"),
            None => name,
        }
    }
}

impl PartialEq for DataSetId {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for DataSetId {}

impl Hash for DataSetId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl fmt::Debug for DataSetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_to_its_own_row() {
        for id in DataSetId::all() {
            let found = DataSetId::of_name(id.name());
            assert_eq!(found.map(DataSetId::label), Some(id.label()));
        }
        assert_eq!(DataSetId::of_name("mnis"), None);
    }

    #[test]
    fn files_hold_what_the_row_says() {
        for spec in DataSetId::all().map(DataSetId::spec) {
            let Some(manifest) = spec.manifest() else {
                continue;
            };
            let counts = manifest.files().map(|file| file.n_items as usize);
            let (n_train, n_test) = (spec.n_train, spec.n_test);
            assert_eq!(counts, [n_train, n_train, n_test, n_test], "{}", spec.name);
        }
    }

    #[test]
    fn what_is_fetched_has_an_address_and_a_checksum() {
        for spec in DataSetId::fetchable().map(DataSetId::spec) {
            assert!(!spec.mirrors().is_empty(), "{}", spec.name);
            for file in spec.files() {
                let n_digits = match file.checksum {
                    Checksum::Content(_) | Checksum::Served(_) => 64,
                    Checksum::ServedMd5(_) => 32,
                };
                let digits = file.checksum.digits();
                assert_eq!(digits.len(), n_digits, "{}", file.name);
                let is_hex = |digit: u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
                assert!(digits.bytes().all(is_hex), "{}", file.name);
            }
        }
    }

    #[test]
    fn classes_and_their_codes_are_as_many_and_differ() {
        for spec in DataSetId::all().map(DataSetId::spec) {
            let differ = |names: &[&str]| {
                let names: std::collections::HashSet<&&str> = names.iter().collect();
                names.len()
            };
            assert_eq!(differ(spec.classes), spec.classes.len(), "{}", spec.name);
            assert!(spec.classes.len() <= MAX_CLASSES, "{}", spec.name);
            if let Origin::Published(publication) = &spec.origin {
                let n = publication.codes.len();
                assert!(n == 0 || n == spec.classes.len(), "{}", spec.name);
                assert_eq!(differ(publication.codes), n, "{}", spec.name);
            }
        }
    }

    #[test]
    fn classes_have_names_and_those_of_digits_are_digits() {
        assert_eq!(DataSetId::MNIST.class_name(7), "7");
        assert_eq!(DataSetId::PEN_DIGITS.class_name(0), "0");
        let fashion = DataSetId::of_name("fashion-mnist").expect("it is in the catalogue");
        assert_eq!(fashion.class_name(7), "Sneaker");
        assert_eq!(fashion.class_name(10), "10", "no such class");
        assert_eq!(DataSetId::MNIST.class_title(7), "digit 7");
        assert_eq!(fashion.class_title(7), "Sneaker");
    }

    #[test]
    fn what_a_person_opened_is_known_by_its_content() {
        let opened = DataSetId::opened(Opened {
            label: "Shoes".to_owned(),
            slug: "shoes".to_owned(),
            content: "3f2a9c01d7e4".to_owned(),
            about: String::new(),
            classes: vec!["left".to_owned()],
            shape: ImageShape::gray(12, 20),
            is_handwriting: false,
            n_train: 8,
            n_test: 2,
        });
        assert_eq!(opened.name(), "shoes@3f2a9c01d7e4");
        assert!(opened.is_content_of("shoes@3f2a9c01d7e4"));
        assert!(opened.is_content_of("boots@3f2a9c01d7e4"), "renamed");
        assert!(!opened.is_content_of("shoes@000000000000") && !opened.is_content_of("mnist"));
        assert!(DataSetId::MNIST.is_content_of("mnist"));
        assert!(!DataSetId::MNIST.is_content_of("shoes@3f2a9c01d7e4"));
    }

    #[test]
    fn proper_names_keep_their_capital_within_a_sentence() {
        let labels: Vec<_> = DataSetId::all().map(DataSetId::label_in_text).collect();
        assert_eq!(
            labels[..5],
            [
                "MNIST",
                "pen digits",
                "coloured shapes",
                "Fashion-MNIST",
                "KMNIST"
            ]
        );
    }

    #[test]
    fn sizes_of_downloads_are_rounded_to_megabytes() {
        let size = |name| DataSetId::of_name(name).and_then(|id| id.spec().download_size());
        assert_eq!(size("mnist").as_deref(), Some("11 MB"));
        assert_eq!(size("fashion-mnist").as_deref(), Some("31 MB"));
        assert_eq!(size("pen-digits"), None);
    }
}
