//! Folders of images: a folder for each class, or one for all.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::Cursor;

use image::{DynamicImage, ImageReader, Rgb};
use rayon::prelude::*;

use hourglass_experiment::ImageShape;
use hourglass_experiment::dataset::SIDES;
use hourglass_protocol::{Colour, Fitting, Resizing, Skipped};

use super::build::Found;
use super::fit::fitted;
use super::images::{Images, Part};
use super::refusal::OpenError;
use super::room;
use super::split;
use super::store::{Entry, Store};
use crate::user_image::{self, ENDINGS};

/// Images that are read before they are decoded, on all cores: as few as keep these busy, because they lie in memory.
const AT_ONCE: usize = 128;

/// Most bytes of their files.
const BYTES_AT_ONCE: u64 = 64 << 20;

/// Images whose size is looked at before one is chosen for all.
const SIZES_SEEN: usize = 1_000;

/// Images that are looked at to tell gray from colour.
const COLOURS_SEEN: usize = 64;

/// Largest file of an image, in bytes.
const MAX_IMAGE_BYTES: u64 = 64 << 20;

/// Longest side of images that are of several sizes, or too large, in pixels.
const USUAL_SIDE: u32 = 32;

/// Most that red, green and blue of a gray image differ, of 255: JPEG's rounding.
const GRAY_SLACK: u8 = 8;

/// Whether a file is an image, by its name.
pub(super) fn is_picture(entry: &Entry) -> bool {
    ENDINGS.contains(&entry.ending().as_str())
}

/// Why an image without a class is left out where the others have one.
pub(super) const NO_CLASS: &str = "it has no class, and the others have one";

/// An image file, and what is said of it.
pub(super) struct Labelled {
    pub(super) entry: Entry,
    pub(super) part: Part,
    pub(super) class: Option<String>,
    /// As many numbers as have names.
    pub(super) known: Vec<f32>,
}

impl Labelled {
    fn kind(&self) -> (Part, Option<&str>) {
        (self.part, self.class.as_deref())
    }
}

/// Reads the images of a store, with the classes that their folders say.
///
/// # Errors
/// As [`read_labelled`].
pub(super) fn read(
    store: &mut Store,
    fitting: &Fitting,
    tell: &mut dyn FnMut(usize, usize) -> Result<(), OpenError>,
) -> Result<Found, OpenError> {
    let entries: Vec<Entry> = store
        .entries
        .iter()
        .filter(|entry| is_picture(entry))
        .cloned()
        .collect();
    let mut found = Found::of("a folder of images");
    let (labelled, skipped) = labelled(entries);
    found.skipped = skipped;
    read_labelled(store, (labelled, &[]), fitting, found, tell)
}

/// Reads images of which it is known what they show, and the numbers of these names. Those that cannot be read are left
/// out and listed.
///
/// # Errors
/// When none is left, or it was cancelled.
pub(super) fn read_labelled(
    store: &mut Store,
    (labelled, known): (Vec<Labelled>, &[String]),
    fitting: &Fitting,
    mut found: Found,
    tell: &mut dyn FnMut(usize, usize) -> Result<(), OpenError>,
) -> Result<Found, OpenError> {
    let shape = choose(store, &labelled, fitting);
    let labelled = limited(labelled, fitting, &mut found.notes);
    room::too_many(labelled.len(), shape)
        .map_err(|reason| OpenError::content(&store.path, reason))?;
    let mut sizes: HashMap<[usize; 2], usize> = HashMap::new();
    let mut n_done = 0;
    for some in batches(&labelled, |labelled| labelled.entry.n_bytes) {
        tell(n_done, labelled.len())?;
        n_done += some.len();
        let entries: Vec<Entry> = some.iter().map(|labelled| labelled.entry.clone()).collect();
        let bytes = store.read_many(&entries, MAX_IMAGE_BYTES);
        let decoded: Vec<Result<Fitted, String>> = bytes
            .into_par_iter()
            .map(|bytes| Fitted::of(&bytes?, shape, fitting.resizing))
            .collect();
        for (labelled, fitted) in some.iter().zip(decoded) {
            match fitted {
                Ok(fitted) => {
                    *sizes.entry(fitted.size).or_default() += 1;
                    let images = of_part(&mut found.images, labelled, shape, known);
                    images.pixels.extend(fitted.pixels);
                    if let (Some(classes), Some(class)) = (&mut images.classes, &labelled.class) {
                        classes.push(class.clone());
                    }
                    for ((_, values), value) in images.known.iter_mut().zip(&labelled.known) {
                        values.push(*value);
                    }
                }
                Err(reason) => found.skipped.push(Skipped {
                    name: labelled.entry.name.clone(),
                    reason,
                }),
            }
        }
    }
    if found.images.is_empty() {
        let first = found.skipped.first().map_or_else(String::new, |skipped| {
            format!(": {}, for one: {}", skipped.name, skipped.reason)
        });
        let n = found.skipped.len();
        let reason = format!("none of its {n} images can be read{first}");
        return Err(OpenError::content(&store.path, reason));
    }
    found.sizes = sizes.into_iter().collect();
    found.sizes.sort_by_key(|(size, n)| (usize::MAX - n, *size));
    Ok(found)
}

/// An image that fits.
struct Fitted {
    /// Height and width that it had.
    size: [usize; 2],
    pixels: Vec<u8>,
}

impl Fitted {
    fn of(bytes: &[u8], shape: ImageShape, resizing: Resizing) -> Result<Self, String> {
        let image = user_image::whole(bytes).map_err(|error| error.to_string())?;
        Ok(Self {
            size: [image.height(), image.width()].map(|side| side as usize),
            pixels: fitted(&image, shape, resizing),
        })
    }
}

/// The images of a part, to which one is added.
fn of_part<'a>(
    parts: &'a mut Vec<Images>,
    first: &Labelled,
    shape: ImageShape,
    known: &[String],
) -> &'a mut Images {
    let at = parts.iter().position(|images| images.part == first.part);
    let at = at.unwrap_or_else(|| {
        parts.push(Images {
            part: first.part,
            shape,
            pixels: Vec::new(),
            classes: first.class.is_some().then(Vec::new),
            known: known
                .iter()
                .map(|name| (name.clone(), Vec::new()))
                .collect(),
        });
        parts.len() - 1
    });
    &mut parts[at]
}

/// What the folders of files say: part and class.
fn labelled(entries: Vec<Entry>) -> (Vec<Labelled>, Vec<Skipped>) {
    let folders = |entry: &Entry| -> Vec<String> {
        let mut parts: Vec<String> = entry.name.split('/').map(str::to_owned).collect();
        parts.pop();
        parts
    };
    let mut places: Vec<Vec<String>> = entries.iter().map(folders).collect();
    // A folder around all others says nothing.
    while let Some(first) = places.first().and_then(|place| place.first()).cloned()
        && places.iter().all(|place| place.first() == Some(&first))
    {
        for place in &mut places {
            place.remove(0);
        }
    }
    let is_part = |name: &str| {
        let known = [
            "train",
            "training",
            "test",
            "testing",
            "val",
            "valid",
            "validation",
            "eval",
        ];
        known.contains(&name.to_lowercase().as_str())
    };
    let has_parts = !places.is_empty()
        && places
            .iter()
            .all(|place| place.first().is_some_and(|first| is_part(first)));
    let read = |entry: Entry, place: Vec<String>| {
        let (part, class) = if has_parts {
            (Part::of(&place[0]), place.get(1))
        } else {
            (Part::All, place.first())
        };
        Labelled {
            entry,
            part,
            class: class.cloned(),
            known: Vec::new(),
        }
    };
    let labelled: Vec<Labelled> = entries
        .into_iter()
        .zip(places)
        .map(|(entry, place)| read(entry, place))
        .collect();
    let has_classes = labelled.iter().any(|labelled| labelled.class.is_some());
    let (kept, others): (Vec<_>, Vec<_>) = labelled
        .into_iter()
        .partition(|labelled| labelled.class.is_some() == has_classes);
    let skipped = others.into_iter().map(|labelled| Skipped {
        name: labelled.entry.name,
        reason: "it lies beside the folders of the classes".to_owned(),
    });
    (kept, skipped.collect())
}

/// Images that are read at once: no more than lie in memory at one time.
fn batches<T>(mut items: &[T], n_bytes: impl Fn(&T) -> u64) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let mut room = BYTES_AT_ONCE;
        let fits = items.iter().take(AT_ONCE).take_while(|item| {
            let needed = n_bytes(item);
            let fits = needed <= room;
            room = room.saturating_sub(needed);
            fits
        });
        let n = fits.count().max(1).min(items.len());
        let (batch, rest) = items.split_at(n);
        items = rest;
        (!batch.is_empty()).then_some(batch)
    })
}

/// A sample where one is asked for, so that no image is decoded that is not used.
fn limited(labelled: Vec<Labelled>, fitting: &Fitting, notes: &mut Vec<String>) -> Vec<Labelled> {
    let Some(limit) = fitting.limit.filter(|limit| *limit < labelled.len()) else {
        return labelled;
    };
    notes.push(split::sample_note(limit, labelled.len()));
    let kinds: BTreeSet<(Part, Option<&str>)> = labelled.iter().map(Labelled::kind).collect();
    let numbers: HashMap<_, u8> = kinds.into_iter().zip((0..=u8::MAX).cycle()).collect();
    let numbers: Vec<u8> = labelled
        .iter()
        .map(|labelled| numbers[&labelled.kind()])
        .collect();
    let chosen: HashSet<usize> = split::sample(&numbers, limit, fitting.seed)
        .into_iter()
        .collect();
    let kept = labelled
        .into_iter()
        .enumerate()
        .filter(|(place, _)| chosen.contains(place));
    kept.map(|(_, labelled)| labelled).collect()
}

/// Some of them from all over, as many as are to be looked at.
fn spread<T>(items: &[T], most: usize) -> impl Iterator<Item = &T> {
    items.iter().step_by(items.len().div_ceil(most).max(1))
}

/// The shape that images will have. What is decided already is not looked for.
fn choose(store: &mut Store, labelled: &[Labelled], fitting: &Fitting) -> ImageShape {
    let size = |store: &mut Store| usual_size(&look(store, labelled, SIZES_SEEN, size_of));
    let [height, width] = fitting.size.unwrap_or_else(|| size(store));
    let seen_gray = |bytes: &[u8]| {
        let image = user_image::whole(bytes).ok()?;
        Some(is_gray(&image.thumbnail(128, 128))) // means hide what JPEG adds
    };
    let all_gray = |store: &mut Store| {
        let seen = look(store, labelled, COLOURS_SEEN, seen_gray);
        seen.into_iter().all(|is_gray| is_gray)
    };
    let is_gray = fitting
        .colour
        .map_or_else(|| all_gray(store), |colour| colour == Colour::Gray);
    ImageShape {
        height,
        width,
        channels: if is_gray { 1 } else { 3 },
    }
}

/// What some images from all over say, of those that can be read.
fn look<T: Send>(
    store: &mut Store,
    labelled: &[Labelled],
    most: usize,
    says: impl Fn(&[u8]) -> Option<T> + Sync,
) -> Vec<T> {
    let seen: Vec<Entry> = spread(labelled, most)
        .map(|labelled| labelled.entry.clone())
        .collect();
    let mut found = Vec::new();
    for some in batches(&seen, |entry| entry.n_bytes) {
        let bytes = store.read_many(some, MAX_IMAGE_BYTES).into_par_iter();
        let said: Vec<T> = bytes.filter_map(|bytes| says(&bytes.ok()?)).collect();
        found.extend(said);
    }
    found
}

/// Height and width, from the header.
fn size_of(bytes: &[u8]) -> Option<[usize; 2]> {
    let reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .ok()?;
    let (width, height) = reader.into_dimensions().ok()?;
    Some([height as usize, width as usize])
}

/// Height and width for images of these sizes: those of most of them, or less.
fn usual_size(sizes: &[[usize; 2]]) -> [usize; 2] {
    let mut counts: HashMap<[usize; 2], usize> = HashMap::new();
    for size in sizes {
        *counts.entry(*size).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|(size, n)| (*n, *size));
    let Some((size, n)) = most else {
        return [USUAL_SIDE as usize; 2];
    };
    if 2 * n > sizes.len() && size.iter().all(|side| SIDES.contains(side)) {
        return size;
    }
    let median = |mut values: Vec<f64>| {
        let middle = values.len() / 2;
        *values.select_nth_unstable_by(middle, f64::total_cmp).1
    };
    let aspect = median(
        sizes
            .iter()
            .map(|[height, width]| (*height).max(1) as f64 / (*width).max(1) as f64)
            .collect(),
    );
    let longest = median(
        sizes
            .iter()
            .map(|[height, width]| (*height).max(*width) as f64)
            .collect(),
    );
    let longest = longest.clamp(*SIDES.start() as f64, f64::from(USUAL_SIDE));
    let nearly_square = (0.8..=1.25).contains(&aspect);
    let [height, width] = match aspect {
        _ if nearly_square => [longest, longest],
        aspect if aspect > 1.0 => [longest, longest / aspect],
        aspect => [longest * aspect, longest],
    };
    [height, width].map(|side| (side.round() as usize).clamp(*SIDES.start(), *SIDES.end()))
}

fn is_gray(image: &DynamicImage) -> bool {
    !image.color().has_color()
        || image.to_rgb8().pixels().all(|Rgb([red, green, blue])| {
            red.abs_diff(*green) <= GRAY_SLACK && green.abs_diff(*blue) <= GRAY_SLACK
        })
}

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::*;

    fn entry(name: &str) -> Entry {
        Entry::named(name)
    }

    fn said(names: &[&str]) -> (Vec<(Part, Option<String>)>, usize) {
        let (kept, skipped) = labelled(names.iter().copied().map(entry).collect());
        let said = kept
            .into_iter()
            .map(|labelled| (labelled.part, labelled.class));
        (said.collect(), skipped.len())
    }

    #[test]
    fn folders_say_part_and_class() {
        let class = |name: &str| Some(name.to_owned());
        let flat = said(&["a.png", "b.png"]);
        assert_eq!(flat, (vec![(Part::All, None), (Part::All, None)], 0));
        let classes = said(&["set/cat/1.png", "set/dog/x/2.png"]);
        assert_eq!(
            classes,
            (
                vec![(Part::All, class("cat")), (Part::All, class("dog"))],
                0
            )
        );
        let parts = said(&["train/cat/1.png", "test/cat/2.png", "train/3.png"]);
        let expected = vec![(Part::Training, class("cat")), (Part::Test, class("cat"))];
        assert_eq!(parts, (expected, 1));
    }

    #[test]
    fn batches_hold_everything_in_order_and_no_more_than_there_is_room_for() {
        let sizes: Vec<u64> = (0..300)
            .map(|at| {
                if at % 7 == 0 {
                    BYTES_AT_ONCE / 3 + 1
                } else {
                    10
                }
            })
            .collect();
        let found: Vec<&[u64]> = batches(&sizes, |size| *size).collect();
        assert_eq!(found.concat(), sizes);
        assert!(
            found
                .iter()
                .all(|batch| batch.iter().sum::<u64>() <= BYTES_AT_ONCE)
        );
        assert!(found.len() > 10);
        let large = [2 * BYTES_AT_ONCE, 1];
        assert_eq!(
            batches(&large, |size| *size).count(),
            2,
            "one alone is read all the same"
        );
    }

    #[test]
    fn sizes_settle_one_for_all() {
        assert_eq!(usual_size(&[[28, 28]; 3]), [28, 28]);
        assert_eq!(usual_size(&[[20, 30], [20, 30], [400, 300]]), [20, 30]);
        assert_eq!(usual_size(&[[480, 640]; 5]), [24, 32]);
        assert_eq!(usual_size(&[[100, 110], [90, 100], [120, 100]]), [32, 32]);
        assert_eq!(usual_size(&[[4, 4]; 3]), [8, 8]);
        assert_eq!(usual_size(&[]), [32, 32]);
    }

    #[test]
    fn gray_is_told_from_colour() {
        let image = |rgb| DynamicImage::ImageRgb8(RgbImage::from_pixel(8, 8, Rgb(rgb)));
        assert!(!is_gray(&image([10, 20, 30])) && is_gray(&image([10, 14, 12])));
    }
}
