//! Parquet, as the Hugging Face hub ships data sets of images, and as pandas writes tables of pixels.
//!
//! A table's images are, in this order: files of images in a column of bytes (`image.bytes`); a column of lists of
//! numbers; or many columns of one number each, as in a CSV. `columns` reads them.

mod columns;

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::Path;

use serde_json::Value;

use hourglass_protocol::{Fitting, Skipped};

use super::array::{Array, Values};
use super::gather::{LEAST_VALUES, Sheet};
use super::images::{Known, MAX_KNOWN, Part};
use super::pictures::{Labelled, NO_CLASS};
use super::store::{Store, check_size};
use super::table::{CLASS_NAMES, NUMBER_NAMES, pixels_of};
use columns::{Column, Columns, Kind};

/// Names of columns of images.
const IMAGE_NAMES: [&str; 8] = [
    "image", "img", "picture", "photo", "pixels", "png", "jpg", "jpeg",
];

/// What a file holds.
pub(super) enum Contents {
    Files(Files),
    Sheet(Sheet),
}

/// Files of images, one after the other.
pub(super) struct Files {
    pub(super) part: Part,
    pub(super) bytes: Vec<u8>,
    pub(super) rows: Vec<Row>,
    pub(super) known: Vec<String>,
}

/// A file of an image, and what its row says.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) bytes: Range<usize>,
    pub(super) class: Option<String>,
    /// As many as there are names.
    pub(super) known: Vec<f32>,
}

/// Reads a file. Rows without an image are left out and listed.
///
/// # Errors
/// When it is damaged or holds no images.
pub(super) fn read(
    name: &str,
    bytes: Vec<u8>,
    fitting: &Fitting,
    skipped: &mut Vec<Skipped>,
) -> Result<Contents, String> {
    let columns = Columns::of(bytes)?;
    let features = features(&columns);
    let table = Table {
        name,
        class: class_column(&columns.all, &features),
        columns,
        features,
    };
    if let Some(column) = table.files() {
        return Ok(Contents::Files(table.read_files(&column, skipped)?));
    }
    let sheet = match table.lists() {
        Some(column) => table.read_lists(&column, skipped)?,
        None => table.read_columns(fitting, skipped)?,
    };
    Ok(Contents::Sheet(sheet))
}

/// The files of several tables in one place, with what is said of them; the names of the numbers that are known in all.
///
/// # Errors
/// When they have no room.
pub(super) fn joined(
    path: &Path,
    tables: Vec<Files>,
    skipped: &mut Vec<Skipped>,
) -> Result<(Store, Vec<Labelled>, Vec<String>), String> {
    let mut known = tables
        .first()
        .map_or_else(Vec::new, |first| first.known.clone());
    known.retain(|name| tables.iter().all(|table| table.known.contains(name)));
    let has_class = |row: &Row| row.class.is_some();
    let with_classes: HashSet<Part> = tables
        .iter()
        .filter(|table| table.rows.iter().any(has_class))
        .map(|table| table.part)
        .collect();
    let (mut bytes, mut files, mut said) = (Vec::new(), Vec::new(), Vec::new());
    for table in tables {
        let start = bytes.len();
        check_size(start + table.bytes.len())?;
        if start == 0 {
            bytes = table.bytes; // nothing is copied
        } else {
            bytes.extend(table.bytes);
        }
        let places: Vec<usize> = known
            .iter()
            .filter_map(|name| table.known.iter().position(|own| own == name))
            .collect();
        for row in table.rows {
            if row.class.is_none() && with_classes.contains(&table.part) {
                let reason = NO_CLASS.to_owned();
                skipped.push(Skipped {
                    name: row.name,
                    reason,
                });
                continue;
            }
            files.push((row.name, start + row.bytes.start..start + row.bytes.end));
            let known = places.iter().map(|place| row.known[*place]).collect();
            said.push((table.part, row.class, known));
        }
    }
    let store = Store::of_bytes(path, bytes, files);
    let entries = store.entries.iter().cloned().zip(said);
    let labelled = entries.map(|(entry, (part, class, known))| Labelled {
        entry,
        part,
        class,
        known,
    });
    let labelled = labelled.collect();
    Ok((store, labelled, known))
}

/// What the hub's library says of the columns: kinds, names of classes, shapes.
fn features(columns: &Columns) -> Value {
    let note = columns.note_of("huggingface").unwrap_or_default();
    let note: Value = serde_json::from_str(note).unwrap_or_default();
    note["info"]["features"].clone()
}

/// The column that says the class.
fn class_column(all: &[Column], features: &Value) -> Option<Column> {
    let is_one =
        |column: &&Column| column.is_plain() && matches!(column.kind, Kind::Number | Kind::Text);
    let all: Vec<&Column> = all.iter().filter(is_one).collect();
    let name = |column: &Column| column.name().to_lowercase();
    let named = |wanted: &&str| all.iter().find(|column| name(column) == **wanted);
    let of_classes = |column: &&&Column| features[column.name()]["_type"] == "ClassLabel";
    let found = CLASS_NAMES.iter().find_map(named);
    let found = found.or_else(|| all.iter().find(of_classes));
    let found = found.or_else(|| all.iter().find(|column| name(column).ends_with("label")));
    found.map(|column| (*column).clone())
}

/// A file that is being read.
struct Table<'a> {
    name: &'a str,
    columns: Columns,
    features: Value,
    class: Option<Column>,
}

impl Table<'_> {
    fn n_rows(&self) -> usize {
        self.columns.n_rows
    }

    fn row(&self, row: usize) -> String {
        format!("{}, row {}", self.name, row + 1)
    }

    /// The column of files of images.
    fn files(&self) -> Option<Column> {
        self.image_column(|column| {
            let is_part = column.path.len() == 2 && column.path[1] == "bytes";
            column.kind == Kind::Bytes && column.depth == 0 && (is_part || column.path.len() == 1)
        })
    }

    /// The column of lists of numbers.
    fn lists(&self) -> Option<Column> {
        self.image_column(|column| column.kind == Kind::Number && column.depth > 0)
    }

    /// Of several columns that may hold images, the one that is called so.
    fn image_column(&self, may_be: impl Fn(&Column) -> bool) -> Option<Column> {
        let found = || self.columns.all.iter().filter(|column| may_be(column));
        let is_named = |column: &&Column| {
            let name = column.name().to_lowercase();
            IMAGE_NAMES.contains(&name.as_str())
        };
        found().find(is_named).or(found().next()).cloned()
    }

    fn read_files(&self, column: &Column, skipped: &mut Vec<Skipped>) -> Result<Files, String> {
        let (mut bytes, mut places) = (Vec::new(), Vec::new());
        self.columns.each_slice(column, &mut |file| {
            let start = bytes.len();
            bytes.extend(file.unwrap_or_default());
            check_size(bytes.len())?;
            places.push(start..bytes.len());
            Ok(())
        })?;
        if bytes.is_empty() && !places.is_empty() {
            return Err(format!(
                "its column {} names images that lie in other files: open the folder of these, or write the table again \
                 with the images in it",
                column.name()
            ));
        }
        let mut classes = self.classes()?.unwrap_or_else(|| vec![None; self.n_rows()]);
        let known = self.known(&[])?;
        let mut rows = Vec::new();
        for (row, place) in places.into_iter().enumerate() {
            let name = self.row(row);
            if place.is_empty() {
                let reason = "it has no image".to_owned();
                skipped.push(Skipped { name, reason });
                continue;
            }
            rows.push(Row {
                name,
                bytes: place,
                class: classes[row].take(),
                known: known.iter().map(|(_, values)| values[row]).collect(),
            });
        }
        Ok(Files {
            part: Part::of(self.name),
            bytes,
            rows,
            known: known.into_iter().map(|(name, _)| name).collect(),
        })
    }

    /// Images in lists of numbers: those of the length that most have.
    fn read_lists(&self, column: &Column, skipped: &mut Vec<Skipped>) -> Result<Sheet, String> {
        let lists = self.columns.lists(column)?;
        let mut counts: HashMap<usize, usize> = HashMap::new();
        for length in &lists.lengths {
            *counts.entry(*length).or_default() += 1;
        }
        let usual = counts.into_iter().max_by_key(|(length, n)| (*n, *length));
        let length = usual.map_or(0, |(length, _)| length);
        if length < LEAST_VALUES {
            return Err(format!(
                "its column {} has {length} numbers in a row, too few for an image",
                column.name()
            ));
        }
        let shape = self.features[column.name()]["shape"].as_array();
        let shape: Option<Vec<usize>> = shape.and_then(|sides| {
            let side = |side: &Value| side.as_u64().and_then(|side| usize::try_from(side).ok());
            sides.iter().map(side).collect()
        });
        let is_right = |sides: &Vec<usize>| {
            let all = sides
                .iter()
                .try_fold(1, |all: usize, side| all.checked_mul(*side));
            all == Some(length)
        };
        let mut shapes = shape.into_iter().chain([lists.sides]);
        let sides = shapes.find(is_right).unwrap_or(vec![length]);
        let mut start = 0;
        let rows = lists.lengths.iter().map(|own| {
            let values = &lists.values[start..start + own];
            start += own;
            let is_right = *own == length && values.iter().all(|value| value.is_finite());
            is_right
                .then_some(values)
                .ok_or_else(|| format!("{own} numbers instead of {length}"))
        });
        let rows: Vec<_> = rows.collect();
        self.sheet(rows, sides, &[], skipped)
    }

    /// Images in many columns of one number each.
    fn read_columns(&self, fitting: &Fitting, skipped: &mut Vec<Skipped>) -> Result<Sheet, String> {
        let numbers = self.plain_numbers();
        let names: Vec<String> = numbers
            .iter()
            .map(|column| column.name().to_lowercase())
            .collect();
        let values: Vec<usize> = (0..numbers.len()).collect();
        let [pixels, _] = pixels_of(&values, &names, fitting);
        let pixels: Vec<Column> = pixels.into_iter().map(|at| numbers[at].clone()).collect();
        let (n_rows, n_pixels) = (self.n_rows(), pixels.len());
        if n_pixels < LEAST_VALUES {
            return Err(
                "it holds no images: neither a column of image files or of lists of numbers, nor enough columns of \
                 pixels"
                    .to_owned(),
            );
        }
        let n_values = n_rows.saturating_mul(n_pixels);
        check_size(n_values.saturating_mul(size_of::<f32>()))?;
        let mut values = vec![0.0; n_values];
        for (at, column) in pixels.iter().enumerate() {
            let numbers = self.columns.numbers(column)?;
            for (row, number) in values.chunks_exact_mut(n_pixels).zip(numbers) {
                row[at] = number;
            }
        }
        let rows = values.chunks_exact(n_pixels).map(|row| {
            let wrong = row.iter().position(|value| !value.is_finite());
            match wrong {
                None => Ok(row),
                Some(at) => Err(format!("it has no number in column {}", pixels[at].name())),
            }
        });
        self.sheet(rows.collect(), vec![n_pixels], &pixels, skipped)
    }

    /// A sheet of the rows that are right; the others are listed.
    fn sheet(
        &self,
        rows: Vec<Result<&[f32], String>>,
        sides: Vec<usize>,
        pixels: &[Column],
        skipped: &mut Vec<Skipped>,
    ) -> Result<Sheet, String> {
        let mut classes = self.classes()?;
        let has_classes = classes.is_some();
        let (mut values, mut places, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        let n_rows = rows.len();
        for (place, row) in rows.into_iter().enumerate() {
            let class = classes.as_mut().and_then(|classes| classes[place].take());
            let row = row.and_then(|row| {
                let is_complete = class.is_some() || !has_classes;
                is_complete
                    .then_some(row)
                    .ok_or_else(|| NO_CLASS.to_owned())
            });
            match row {
                Ok(row) => {
                    values.extend(row);
                    places.push(place);
                    kept.extend(class);
                }
                Err(reason) => skipped.push(Skipped {
                    name: self.row(place),
                    reason,
                }),
            }
        }
        if 2 * places.len() < n_rows {
            let n_wrong = n_rows - places.len();
            return Err(format!("{n_wrong} of its {n_rows} rows hold no image"));
        }
        let known = self.known(pixels)?.into_iter().map(|(name, values)| {
            let values = places.iter().map(|place| values[*place]);
            (name, values.collect())
        });
        Ok(Sheet {
            part: Part::of(self.name),
            known: known.collect(),
            classes: has_classes.then_some(kept),
            images: Array {
                name: self.name.to_owned(),
                dims: [vec![places.len()], sides].concat(),
                values: Values::Real(values),
            },
        })
    }

    /// What each row says of its class, unless no row says anything.
    fn classes(&self) -> Result<Option<Vec<Option<String>>>, String> {
        let Some(column) = &self.class else {
            return Ok(None);
        };
        let names = self.features[column.name()]["names"].as_array();
        let name = |number: f32| {
            let Some(names) = names else {
                return number.is_finite().then(|| number.to_string());
            };
            let place = (number >= 0.0).then_some(number as usize)?;
            names.get(place)?.as_str().map(str::to_owned)
        };
        let classes = match column.kind {
            Kind::Text => self.columns.texts(column)?,
            _ => self
                .columns
                .numbers(column)?
                .into_iter()
                .map(name)
                .collect(),
        };
        let has_any = classes.iter().any(Option::is_some);
        Ok(has_any.then_some(classes))
    }

    fn plain_numbers(&self) -> Vec<Column> {
        let class = self.class.as_ref().map(|class| &class.path);
        let is_one = |column: &&Column| {
            let name = column.name().to_lowercase();
            column.kind == Kind::Number
                && column.is_plain()
                && Some(&column.path) != class
                && !NUMBER_NAMES.contains(&name.as_str())
        };
        self.columns.all.iter().filter(is_one).cloned().collect()
    }

    /// Numbers that are known of each row besides the class and the pixels.
    fn known(&self, pixels: &[Column]) -> Result<Known, String> {
        let is_pixel = |column: &Column| pixels.iter().any(|pixel| pixel.path == column.path);
        let others = self.plain_numbers().into_iter();
        let others = others.filter(|column| !is_pixel(column)).take(MAX_KNOWN);
        let others =
            others.map(|column| Ok((column.name().to_owned(), self.columns.numbers(&column)?)));
        let has_any =
            |(_, values): &(String, Vec<f32>)| values.iter().any(|value| value.is_finite());
        let known: Known = others.collect::<Result<_, String>>()?;
        Ok(known.into_iter().filter(has_any).collect())
    }
}
