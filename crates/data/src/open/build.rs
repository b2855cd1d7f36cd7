//! From images as they were found to a data set.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;
use std::hash::{BuildHasher as _, RandomState};
use std::path::Path;
use std::sync::Arc;

use image::{DynamicImage, GrayImage, RgbImage};
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use hourglass_experiment::ImageShape;
use hourglass_experiment::dataset::{DataSetId, DataSetSpec, MAX_CLASSES, Opened, Origin, SIDES};
use hourglass_protocol::{
    Colour, DataPlace, DataReport, Duplicates, Fitting, KnownFactors, Skipped,
};

use super::fit::fitted;
use super::images::{Images, Part};
use super::room::too_many;
use super::split;
use crate::name_order;
use crate::{Dataset, Split};

/// Fewest images to learn from.
const LEAST_IMAGES: usize = 10;

/// Longest name of a class, in letters.
const CLASS_LETTERS: usize = 40;

/// The only class of images of which nothing is known.
const UNLABELLED: &str = "unlabelled";

/// What was found, before it is one data set.
pub(super) struct Found {
    pub(super) kind: &'static str,
    pub(super) images: Vec<Images>,
    pub(super) sizes: Vec<([usize; 2], usize)>,
    pub(super) skipped: Vec<Skipped>,
    pub(super) notes: Vec<String>,
}

impl Found {
    /// Nothing yet.
    pub(super) fn of(kind: &'static str) -> Self {
        Self {
            kind,
            images: Vec::new(),
            sizes: Vec::new(),
            skipped: Vec::new(),
            notes: Vec::new(),
        }
    }
}

/// Makes a data set of what was found: that of the catalogue, or a person's own.
///
/// # Errors
/// What does not fit together, or what there is too much or too little of.
pub(super) fn build(
    path: &Path,
    found: Found,
    fitting: &Fitting,
    known: Option<&'static DataSetSpec>,
) -> Result<Dataset, String> {
    let Found {
        kind,
        mut images,
        mut sizes,
        skipped,
        mut notes,
    } = found;
    images.retain(|images| images.len() > 0);
    let shape = one_shape(&images)?;
    if sizes.is_empty() {
        let n = images.iter().map(Images::len).sum();
        sizes = vec![([shape.height, shape.width], n)];
    }
    let (images, inverts) = resized(images, shape, fitting, &mut notes)?;
    let shape = one_shape(&images)?;
    let is_handwriting = images.iter().all(is_handwriting);
    let factors = known_of_all(&images, &mut notes);
    let (parts, classes) = named(images, &factors, known, &mut notes)?;
    let (mut all, mut test) = joined(parts, &mut notes);
    let is_split = test.is_some();
    if let Some(limit) = fitting.limit {
        notes.extend(limit_to(
            &mut all,
            test.as_mut(),
            shape,
            limit,
            fitting.seed,
        ));
    }
    let [train, test] = if let Some(test) = test {
        [all, test]
    } else {
        let [chosen, others] = split::split(&all.labels, fitting.test_percent, fitting.seed);
        [all.at(&others, shape), all.at(&chosen, shape)]
    };
    check_counts(&train, &test, shape)?;
    if let Some(spec) = known {
        return as_known(path, spec, shape, [train, test], factors);
    }
    let mut counts = vec![[0; 2]; classes.len()];
    for (split, labels) in [&train.labels, &test.labels].into_iter().enumerate() {
        for label in labels {
            counts[usize::from(*label)][split] += 1;
        }
    }
    let report = DataReport {
        kind: kind.to_owned(),
        place: DataPlace {
            path: std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
            fitting: fitting.clone(),
        },
        sizes,
        counts,
        inverts,
        is_split,
        skipped,
        notes,
        duplicates: duplicates(&train.pixels, &test.pixels, shape),
        n_constant: [n_constant(&train.pixels, shape), shape.n_values()],
        n_bytes: train.pixels.len() + test.pixels.len(),
        sha256: checksum(shape, &classes, [&train, &test]),
    };
    let label = label_of(path);
    let id = DataSetId::opened(Opened {
        slug: slug(&label),
        content: report.sha256[..12].to_owned(),
        label,
        about: format!("Your own images, {kind}"),
        classes,
        shape,
        is_handwriting,
        n_train: train.len(),
        n_test: test.len(),
    });
    Ok(Dataset {
        id,
        origin: path.display().to_string(),
        train: Split::new(shape, train.pixels, train.labels),
        test: Split::new(shape, test.pixels, test.labels),
        test_factors: KnownFactors::of_names(factors, test.factors),
        report: Some(Arc::new(report)),
    })
}

/// The data set of the catalogue, where what was found is of its shape.
fn as_known(
    path: &Path,
    spec: &'static DataSetSpec,
    shape: ImageShape,
    [train, test]: [Labelled; 2],
    factors: Vec<String>,
) -> Result<Dataset, String> {
    if shape != spec.shape {
        return Err(format!(
            "its images are {}, and those of {} are {}: the files are others",
            shape.describe(),
            spec.label,
            spec.shape.describe()
        ));
    }
    Ok(Dataset {
        id: DataSetId::of(spec),
        origin: path.display().to_string(),
        train: Split::new(shape, train.pixels, train.labels),
        test: Split::new(shape, test.pixels, test.labels),
        test_factors: KnownFactors::of_names(factors, test.factors),
        report: None,
    })
}

/// Images with labels by number.
#[derive(Debug, Default)]
struct Labelled {
    pixels: Vec<u8>,
    labels: Vec<u8>,
    /// Numbers that are known of each, `[n, factors]`.
    factors: Vec<f32>,
}

impl Labelled {
    fn len(&self) -> usize {
        self.labels.len()
    }

    fn at(&self, places: &[usize], shape: ImageShape) -> Self {
        let n = shape.n_values();
        let images = places
            .iter()
            .flat_map(|place| &self.pixels[place * n..(place + 1) * n]);
        let n_factors = self.factors.len() / self.len().max(1);
        let factors = places
            .iter()
            .flat_map(|place| &self.factors[place * n_factors..(place + 1) * n_factors]);
        Self {
            pixels: images.copied().collect(),
            labels: places.iter().map(|place| self.labels[*place]).collect(),
            factors: factors.copied().collect(),
        }
    }

    fn append(&mut self, other: Self) {
        if self.len() == 0 {
            *self = other; // nothing is copied
            return;
        }
        self.pixels.extend(other.pixels);
        self.labels.extend(other.labels);
        self.factors.extend(other.factors);
    }
}

fn one_shape(images: &[Images]) -> Result<ImageShape, String> {
    let first = images.first().ok_or("it holds no images")?;
    match images.iter().find(|images| images.shape != first.shape) {
        None => Ok(first.shape),
        Some(other) => Err(format!(
            "some of its images are {} and others {}: all have to be of one size",
            first.shape.describe(),
            other.shape.describe()
        )),
    }
}

/// Makes arrays fit the shape that is asked for or allowed; whether light and dark were exchanged.
fn resized(
    images: Vec<Images>,
    shape: ImageShape,
    fitting: &Fitting,
    notes: &mut Vec<String>,
) -> Result<(Vec<Images>, bool), String> {
    let wanted = wanted_shape(shape, fitting)?;
    let inverts = fitting.inverts.unwrap_or_else(|| {
        let inverts = wanted.channels == 1 && images.iter().all(is_on_white);
        if inverts {
            notes.push(
                "dark ink on a light ground becomes light on dark, as in MNIST (“keep” leaves it)"
                    .to_owned(),
            );
        }
        inverts
    });
    if wanted == shape && !inverts {
        return Ok((images, inverts));
    }
    if wanted != shape {
        notes.push(format!(
            "images of {} become images of {}",
            shape.describe(),
            wanted.describe()
        ));
    }
    let fit = |mut images: Images| {
        if wanted != shape {
            let each = images.pixels.par_chunks_exact(shape.n_values());
            let fitted: Vec<u8> = each
                .flat_map_iter(|image| fitted(&picture(image, shape), wanted, fitting.resizing))
                .collect();
            images.pixels = fitted;
            images.shape = wanted;
        }
        if inverts {
            for value in &mut images.pixels {
                *value = 255 - *value;
            }
        }
        images
    };
    Ok((images.into_iter().map(fit).collect(), inverts))
}

fn wanted_shape(shape: ImageShape, fitting: &Fitting) -> Result<ImageShape, String> {
    let ImageShape {
        height,
        width,
        channels,
    } = shape;
    if height == 0 || width == 0 {
        return Err(format!("its images are {}", shape.describe()));
    }
    let longest = height.max(width) as f64;
    let own = if longest <= *SIDES.end() as f64 {
        [height, width]
    } else {
        [height, width].map(|side| (side as f64 * *SIDES.end() as f64 / longest).round() as usize)
    };
    let [height, width] = fitting
        .size
        .unwrap_or(own.map(|side| side.clamp(*SIDES.start(), *SIDES.end())));
    let channels = fitting.colour.map_or(channels, Colour::n_channels);
    Ok(ImageShape {
        height,
        width,
        channels,
    })
}

fn picture(image: &[u8], shape: ImageShape) -> DynamicImage {
    let side = |side: usize| u32::try_from(side).unwrap_or(0);
    let (width, height) = (side(shape.width), side(shape.height));
    if shape.is_gray() {
        let gray = GrayImage::from_raw(width, height, image.to_vec()).unwrap_or_default();
        return DynamicImage::ImageLuma8(gray);
    }
    let rgb = (0..shape.n_pixels()).flat_map(|pixel| shape.rgb_of(image, pixel));
    let rgb = RgbImage::from_raw(width, height, rgb.collect()).unwrap_or_default();
    DynamicImage::ImageRgb8(rgb)
}

/// Whether the borders of nearly all images are light: ink on paper.
fn is_on_white(images: &Images) -> bool {
    nearly_all(images, |image| is_light_ground(image, images.shape))
}

/// Whether something is true of nine in ten images, of which some are looked at.
fn nearly_all(images: &Images, is: impl Fn(&[u8]) -> bool) -> bool {
    /// Images that are looked at.
    const SEEN: usize = 200;
    let each = images.pixels.chunks_exact(images.shape.n_values());
    let (mut n_seen, mut n_found) = (0, 0);
    for image in each.step_by(images.len().div_ceil(SEEN).max(1)) {
        n_seen += 1;
        n_found += usize::from(is(image));
    }
    10 * n_found >= 9 * n_seen
}

/// Whether nearly all of a gray image's border is light.
pub(crate) fn is_light_ground(image: &[u8], shape: ImageShape) -> bool {
    const PAPER: u8 = 192;
    let ImageShape { height, width, .. } = shape;
    let is_border = |at: usize| {
        let (row, column) = (at / width, at % width);
        row == 0 || column == 0 || row + 1 == height || column + 1 == width
    };
    let border = (0..height * width).filter(|at| is_border(*at));
    let (mut n_border, mut n_light) = (0, 0);
    for value in border.map(|at| image[at]) {
        n_border += 1;
        n_light += usize::from(value >= PAPER);
    }
    10 * n_light >= 9 * n_border
}

/// Whether images are made as MNIST's: 28×28, light ink on a black ground, its centre of mass in the middle.
fn is_handwriting(images: &Images) -> bool {
    /// Pixels that the centre of mass may lie beside the middle. MNIST's were moved by whole pixels: none is farther than
    /// 0.52 from it.
    const SLACK: f64 = 0.75;
    images.shape == ImageShape::MNIST
        && nearly_all(images, |image| {
            let (mut mass, mut moments) = (0.0, [0.0; 2]);
            for (at, value) in image.iter().enumerate() {
                let value = f64::from(*value);
                mass += value;
                moments[0] += value * (at / images.shape.width) as f64;
                moments[1] += value * (at % images.shape.width) as f64;
            }
            let corners = [0, 27, 27 * 28, 27 * 28 + 27].map(|at| image[at]);
            let is_middle = |moment: f64| (moment / mass - 14.0).abs() <= SLACK;
            corners.iter().all(|value| *value < 32)
                && mass > 0.0
                && moments.into_iter().all(is_middle)
        })
}

/// The names of the numbers that are known of all images.
fn known_of_all(images: &[Images], notes: &mut Vec<String>) -> Vec<String> {
    let names = |images: &Images| -> Vec<String> {
        images.known.iter().map(|(name, _)| name.clone()).collect()
    };
    let mut all = images.first().map_or_else(Vec::new, names);
    all.retain(|name| images.iter().all(|images| names(images).contains(name)));
    let mut once = HashSet::new();
    all.retain(|name| once.insert(name.clone()));
    if !all.is_empty() {
        notes.push(format!("numbers known of each image: {}", all.join(", ")));
    }
    all
}

/// Their values, `[n, factors]`.
fn rows_of(images: &Images, factors: &[String]) -> Vec<f32> {
    let column = |factor: &String| images.known.iter().find(|(name, _)| name == factor);
    let columns: Vec<&Vec<f32>> = factors
        .iter()
        .filter_map(column)
        .map(|(_, values)| values)
        .collect();
    (0..images.len())
        .flat_map(|row| columns.iter().map(move |values| values.get(row).copied()))
        .map(|value| value.unwrap_or(f32::NAN))
        .collect()
}

/// Images with their classes by number, and the names of these.
type Named = (Vec<(Part, Labelled)>, Vec<String>);

/// Numbers for the names of classes.
fn named(
    images: Vec<Images>,
    factors: &[String],
    known: Option<&'static DataSetSpec>,
    notes: &mut Vec<String>,
) -> Result<Named, String> {
    let has_classes = images.iter().any(|images| images.classes.is_some());
    let (kept, others): (Vec<Images>, Vec<Images>) = images
        .into_iter()
        .partition(|images| images.classes.is_some() == has_classes);
    for images in others {
        notes.push(format!(
            "{} images without classes are left out, because the others have classes",
            images.len()
        ));
    }
    let short = |name: &str| -> String {
        let name = name.trim();
        let name = if name.is_empty() { "(empty)" } else { name };
        name.chars().take(CLASS_LETTERS).collect()
    };
    let names: HashSet<String> = kept
        .iter()
        .filter_map(|images| images.classes.as_ref())
        .flatten()
        .map(|name| short(name))
        .collect();
    if known.is_none() && (!has_classes || names.len() > MAX_CLASSES) {
        if has_classes {
            notes.push(format!(
                "there are {} different classes, and at most {MAX_CLASSES} can be told apart: the images are used without \
                 classes",
                names.len()
            ));
        }
        let parts = kept.into_iter().map(|images| {
            let labels = vec![0; images.len()];
            let factors = rows_of(&images, factors);
            (
                images.part,
                Labelled {
                    pixels: images.pixels,
                    labels,
                    factors,
                },
            )
        });
        return Ok((parts.collect(), vec![UNLABELLED.to_owned()]));
    }
    let mut names: Vec<String> = names.into_iter().collect();
    names.sort_by(|a, b| name_order::compare(a, b));
    let numbers: HashMap<&str, u8> = match known {
        None => names.iter().map(String::as_str).zip(0_u8..).collect(),
        Some(spec) => numbers_of(spec, &names)?,
    };
    let mut parts = Vec::new();
    for images in kept {
        let factors = rows_of(&images, factors);
        let classes = images.classes.unwrap_or_default();
        if classes.len() * images.shape.n_values() != images.pixels.len() {
            return Err("there is not one class for each image".to_owned());
        }
        let labels = classes
            .iter()
            .map(|name| numbers[short(name).as_str()])
            .collect();
        parts.push((
            images.part,
            Labelled {
                pixels: images.pixels,
                labels,
                factors,
            },
        ));
    }
    drop(numbers);
    Ok((parts, names))
}

/// The labels of a data set of the catalogue by what its files call its classes: their codes, their names or numbers.
fn numbers_of<'a>(
    spec: &'static DataSetSpec,
    found: &'a [String],
) -> Result<HashMap<&'a str, u8>, String> {
    let codes = match &spec.origin {
        Origin::Published(publication) => publication.codes,
        _ => &[],
    };
    let number = |text: &'a String| {
        let place = if codes.is_empty() {
            let place = spec.classes.iter().position(|class| class == text);
            place.or_else(|| text.parse().ok())
        } else {
            codes.iter().position(|code| code == text)
        };
        let place = place.filter(|place| *place < spec.classes.len());
        let number = place.and_then(|place| u8::try_from(place).ok());
        let unknown = || {
            format!(
                "{text:?} is no class of {}: the files are others",
                spec.label
            )
        };
        Ok((text.as_str(), number.ok_or_else(unknown)?))
    };
    found.iter().map(number).collect()
}

/// Training images, and test images where the split is there already.
fn joined(parts: Vec<(Part, Labelled)>, notes: &mut Vec<String>) -> (Labelled, Option<Labelled>) {
    let mut by_part: BTreeMap<Part, Labelled> = BTreeMap::new();
    for (part, labelled) in parts {
        by_part.entry(part).or_default().append(labelled);
    }
    let mut take = |part: Part| by_part.remove(&part);
    let (train, test) = (take(Part::Training), take(Part::Test));
    let (validation, all) = (take(Part::Validation), take(Part::All));
    let has_rest = train.is_some() || all.is_some();
    let (test, validation) = match (test, validation) {
        (Some(test), Some(validation)) => {
            notes.push(format!(
                "{} images for validation are learned from",
                validation.len()
            ));
            (Some(test), Some(validation))
        }
        (test, validation) if has_rest => (test.or(validation), None),
        (test, validation) => (None, test.or(validation)), // nothing else to learn from
    };
    let mut joined = Labelled::default();
    for part in [train, all, validation].into_iter().flatten() {
        joined.append(part);
    }
    if joined.len() == 0 {
        return (test.unwrap_or_default(), None);
    }
    (joined, test)
}

/// Keeps as many images as are asked for, of both splits in their proportions; what is to be said of it.
fn limit_to(
    train: &mut Labelled,
    test: Option<&mut Labelled>,
    shape: ImageShape,
    limit: usize,
    seed: u64,
) -> Option<String> {
    let n_test = test.as_ref().map_or(0, |test| test.len());
    let n_all = train.len() + n_test;
    if n_all <= limit {
        return None;
    }
    let of_train = (train.len() as u128 * limit as u128 / n_all as u128) as usize;
    *train = train.at(&split::sample(&train.labels, of_train, seed), shape);
    if let Some(test) = test {
        *test = test.at(&split::sample(&test.labels, limit - of_train, seed), shape);
    }
    Some(split::sample_note(limit, n_all))
}

fn check_counts(train: &Labelled, test: &Labelled, shape: ImageShape) -> Result<(), String> {
    let (n_train, n_test) = (train.len(), test.len());
    if n_train < LEAST_IMAGES || n_test == 0 {
        return Err(format!(
            "it holds {n_train} images to learn from and {n_test} to test with: at least {LEAST_IMAGES} and 1 are needed"
        ));
    }
    too_many(n_train + n_test, shape)
}

/// The name of a folder or file without its endings.
fn label_of(path: &Path) -> String {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    if path.is_dir() {
        return name;
    }
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    if stem.is_empty() {
        name.to_owned()
    } else {
        stem.to_owned()
    }
}

fn slug(label: &str) -> String {
    let letters = label.to_lowercase();
    let words = letters
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let slug = words.collect::<Vec<_>>().join("-");
    if slug.is_empty() {
        "images".to_owned()
    } else {
        slug
    }
}

/// SHA-256 of everything that training sees.
fn checksum(shape: ImageShape, classes: &[String], splits: [&Labelled; 2]) -> String {
    let mut hash = Sha256::new();
    hash.update(format!("{} {}\n", shape.describe(), classes.join("\n")));
    for split in splits {
        hash.update((split.len() as u64).to_le_bytes());
        hash.update(&split.pixels);
        hash.update(&split.labels);
    }
    let bytes = hash.finalize();
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").ok(); // a String takes everything
        text
    })
}

fn duplicates(train: &[u8], test: &[u8], shape: ImageShape) -> Duplicates {
    let state = RandomState::new();
    let hashes = |pixels: &[u8]| -> Vec<u64> {
        pixels
            .par_chunks_exact(shape.n_values())
            .map(|image| state.hash_one(image))
            .collect()
    };
    let (mut in_train, mut in_test) = (HashSet::new(), HashSet::new());
    let mut found = Duplicates::default();
    for hash in hashes(train) {
        found.train += usize::from(!in_train.insert(hash));
    }
    for hash in hashes(test) {
        found.test += usize::from(!in_test.insert(hash));
        found.between += usize::from(in_train.contains(&hash));
    }
    found
}

/// Values that are the same in all images.
fn n_constant(pixels: &[u8], shape: ImageShape) -> usize {
    let n = shape.n_values();
    let Some(first) = pixels.get(..n) else {
        return 0;
    };
    let mut varies = vec![false; n];
    for image in pixels.chunks_exact(n) {
        for ((varies, value), first) in varies.iter_mut().zip(image).zip(first) {
            *varies |= value != first;
        }
    }
    varies.iter().filter(|varies| !**varies).count()
}
