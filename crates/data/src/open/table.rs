//! Tables of pixels: a line for each image, as Kaggle and `OpenML` have them.

use std::collections::HashMap;

use csv::{ByteRecord, ReaderBuilder};

use hourglass_protocol::{Fitting, Skipped};

use super::array::{Array, Values};
use super::gather::{Sheet, flat};
use super::images::{Known, MAX_KNOWN, Part};

/// Fewest columns of a table that holds pixels: 8×8, less than which no image has.
const LEAST_COLUMNS: usize = 64;

/// Names of the column that says the class.
pub(super) const CLASS_NAMES: [&str; 8] = [
    "label", "labels", "class", "target", "y", "digit", "category", "letter",
];

/// Names of columns that number the lines.
pub(super) const NUMBER_NAMES: [&str; 6] =
    ["id", "index", "idx", "unnamed: 0", "__index_level_0__", ""];

/// Whether a text file is a table of pixels, by its first line.
pub(super) fn is_table_of_pixels(start: &[u8]) -> bool {
    let line = start
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let delimiter = delimiter_of(line);
    line.split(|byte| *byte == delimiter).count() >= LEAST_COLUMNS
}

/// What parts the fields of a line: whatever is in it most often.
fn delimiter_of(line: &[u8]) -> u8 {
    let count = |delimiter: u8| line.split(|byte| *byte == delimiter).count();
    [b',', b'\t', b';', b' ']
        .into_iter()
        .max_by_key(|byte| (count(*byte), *byte == b','))
        .unwrap_or(b',')
}

/// What the columns are.
struct Columns {
    class: Option<usize>,
    pixels: Vec<usize>,
    /// Those of other numbers, with their names.
    others: Vec<(usize, String)>,
    n_all: usize,
    has_header: bool,
}

/// Reads a table. Lines that are wrong are left out and listed.
///
/// # Errors
/// When it holds no pixels, or hardly a line is right.
pub(super) fn read(
    name: &str,
    bytes: &[u8],
    fitting: &Fitting,
    skipped: &mut Vec<Skipped>,
) -> Result<Sheet, String> {
    let first_line = bytes
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter_of(first_line))
        .from_reader(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
    let mut record = ByteRecord::new();
    let read = reader
        .read_byte_record(&mut record)
        .map_err(|error| error.to_string())?;
    if !read {
        return Err("it is empty".to_owned());
    }
    let columns = Columns::of(&record, fitting)?;
    let mut table = Table {
        columns,
        values: Vec::new(),
        classes: Vec::new(),
        others: Vec::new(),
    };
    let (mut line, mut n_wrong) = (1_u64, 0_usize);
    let mut is_next = !table.columns.has_header;
    loop {
        if is_next && let Err(reason) = table.take(&record) {
            n_wrong += 1;
            skipped.push(Skipped {
                name: format!("{name}, line {line}"),
                reason,
            });
        }
        is_next = true;
        match reader.read_byte_record(&mut record) {
            Ok(true) => line = record.position().map_or(line + 1, csv::Position::line),
            Ok(false) => break,
            Err(error) => return Err(error.to_string()),
        }
    }
    table.into_sheet(name, n_wrong)
}

impl Columns {
    fn of(first: &ByteRecord, fitting: &Fitting) -> Result<Self, String> {
        let n_all = first.len();
        let texts: Vec<String> = first
            .iter()
            .map(|field| String::from_utf8_lossy(field).trim().to_lowercase())
            .collect();
        let n_texts = texts
            .iter()
            .filter(|text| text.parse::<f64>().is_err())
            .count();
        // The class may be a word in a table without a header.
        let has_header = n_texts > 1;
        if has_header {
            let is_named = |names: &[&str], text: &str| names.contains(&text);
            let class = texts.iter().position(|text| is_named(&CLASS_NAMES, text));
            let is_value = |at: &usize| Some(*at) != class && !is_named(&NUMBER_NAMES, &texts[*at]);
            let values: Vec<usize> = (0..n_all).filter(is_value).collect();
            let [pixels, others] = pixels_of(&values, &texts, fitting);
            let name = |at: usize| String::from_utf8_lossy(&first[at]).trim().to_owned();
            let others = others.into_iter().take(MAX_KNOWN);
            let others = others.map(|at| (at, name(at))).collect();
            flat(pixels.len(), fitting).map_err(|reason| {
                format!(
                    "{} of its {n_all} columns hold pixels; {reason}",
                    pixels.len()
                )
            })?;
            return Ok(Self {
                class,
                pixels,
                others,
                n_all,
                has_header,
            });
        }
        let is_shape = |n: usize| flat(n, fitting).is_ok();
        let is_word = |at: usize| {
            texts
                .get(at)
                .is_some_and(|text| text.parse::<f64>().is_err())
        };
        let last = n_all.saturating_sub(1);
        let class = if is_shape(n_all) {
            None
        } else if !is_shape(last) {
            return Err(format!(
                "its lines have {n_all} values: with or without one for the class they make no square image; {}",
                Fitting::ASK_FOR_SIZE
            ));
        } else if is_word(last) {
            Some(last)
        } else {
            Some(0)
        };
        let pixels = (0..n_all).filter(|at| Some(*at) != class).collect();
        Ok(Self {
            class,
            pixels,
            others: Vec::new(),
            n_all,
            has_header,
        })
    }
}

/// Which of some columns hold pixels, and which do not: most of the names of pixels differ in their numbers alone
/// (`pixel0`, `1x1`).
pub(super) fn pixels_of(values: &[usize], names: &[String], fitting: &Fitting) -> [Vec<usize>; 2] {
    let pattern = |at: usize| -> String {
        let letters = names[at].chars();
        letters.filter(|letter| !letter.is_ascii_digit()).collect()
    };
    let mut counts: HashMap<String, usize> = HashMap::new();
    for at in values {
        *counts.entry(pattern(*at)).or_default() += 1;
    }
    let is_shape = |n: usize| flat(n, fitting).is_ok();
    let of_pixels = counts
        .into_iter()
        .filter(|(_, n)| *n >= LEAST_COLUMNS)
        .max_by_key(|(_, n)| (is_shape(*n), *n));
    match of_pixels {
        // Where all columns together have a shape and the named ones have not, the names say something else.
        Some((of_pixels, n)) if is_shape(n) || !is_shape(values.len()) => {
            let (pixels, others) = values.iter().partition(|at| pattern(**at) == of_pixels);
            [pixels, others]
        }
        _ => [values.to_vec(), Vec::new()],
    }
}

/// Lines that were read.
struct Table {
    columns: Columns,
    values: Vec<f32>,
    classes: Vec<String>,
    /// Row by row; NaN where there is no number.
    others: Vec<f32>,
}

impl Table {
    fn take(&mut self, record: &ByteRecord) -> Result<(), String> {
        if record.len() != self.columns.n_all {
            return Err(format!(
                "{} values instead of {}",
                record.len(),
                self.columns.n_all
            ));
        }
        let start = self.values.len();
        for &at in &self.columns.pixels {
            let Some(value) = number(&record[at]) else {
                self.values.truncate(start);
                let text = String::from_utf8_lossy(&record[at]);
                let text: String = text.chars().take(20).collect();
                return Err(format!("{text:?} in column {} is no pixel", at + 1));
            };
            self.values.push(value);
        }
        for (at, _) in &self.columns.others {
            self.others.push(number(&record[*at]).unwrap_or(f32::NAN));
        }
        if let Some(at) = self.columns.class {
            let class = String::from_utf8_lossy(&record[at]);
            let class = class.trim();
            // 7.0 is the class 7.
            let whole = class
                .parse::<f64>()
                .ok()
                .filter(|value| value.fract() == 0.0 && value.abs() < 1e9);
            self.classes
                .push(whole.map_or_else(|| class.to_owned(), |value| format!("{value:.0}")));
        }
        Ok(())
    }

    fn into_sheet(self, name: &str, n_wrong: usize) -> Result<Sheet, String> {
        let Self {
            columns,
            values,
            classes,
            others,
        } = self;
        let n_values = columns.pixels.len();
        let n = values.len() / n_values;
        if n_wrong > n {
            return Err(format!(
                "{n_wrong} of its {} lines are wrong: it is no table of pixels",
                n + n_wrong
            ));
        }
        let n_others = columns.others.len();
        let column = |(at, (_, name)): (usize, &(usize, String))| {
            let values = others.iter().skip(at).step_by(n_others);
            (name.clone(), values.copied().collect())
        };
        let known: Known = columns.others.iter().enumerate().map(column).collect();
        // A column of words says nothing that can be drawn.
        let has_any =
            |(_, values): &(String, Vec<f32>)| values.iter().any(|value| value.is_finite());
        Ok(Sheet {
            known: known.into_iter().filter(has_any).collect(),
            part: Part::of(name),
            images: Array {
                name: name.to_owned(),
                dims: vec![n, n_values],
                values: Values::Real(values),
            },
            classes: columns.class.map(|_| classes),
        })
    }
}

/// A number, mostly a whole one of up to three digits.
fn number(field: &[u8]) -> Option<f32> {
    if (1..=3).contains(&field.len()) && field.iter().all(u8::is_ascii_digit) {
        let digits = field.iter().map(|digit| f32::from(digit - b'0'));
        return Some(digits.fold(0.0, |value, digit| value * 10.0 + digit));
    }
    let text = std::str::from_utf8(field).ok()?.trim();
    text.parse().ok().filter(|value: &f32| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::super::gather::images;
    use super::super::images::Images;
    use super::*;

    fn table(text: &str) -> Result<(Images, Vec<Skipped>), String> {
        let (fitting, mut skipped) = (Fitting::default(), Vec::new());
        let sheet = read("train.csv", text.as_bytes(), &fitting, &mut skipped)?;
        let mut images = images(vec![sheet], &fitting, &mut Vec::new())?;
        Ok((images.remove(0), skipped))
    }

    fn line(class: &str, value: &str) -> String {
        let pixels = vec![value; 64].join(",");
        format!("{class},{pixels}\n")
    }

    #[test]
    fn tables_with_and_without_a_header_are_the_same() {
        let lines = line("3", "0") + &line("5", "255");
        let names: Vec<String> = (0..64).map(|at| format!("pixel{at}")).collect();
        let with_header = format!("label,{}\n{lines}", names.join(","));
        for text in [lines, with_header] {
            let (images, skipped) = table(&text).expect("it is a table");
            assert_eq!(
                (images.len(), images.shape.describe(), images.part),
                (2, "8×8".to_owned(), Part::Training)
            );
            assert_eq!(
                images.classes.as_deref(),
                Some(&["3".to_owned(), "5".to_owned()][..])
            );
            assert_eq!(skipped, []);
        }
    }

    #[test]
    fn other_columns_are_known_numbers_and_no_pixels() {
        let names: Vec<String> = (0..64).map(|at| format!("px_{at}")).collect();
        let header = format!("id,{},Age,label,comment\n", names.join(","));
        let pixels = vec!["9"; 64].join(",");
        let text = format!("{header}1,{pixels},31.5,cat,none\n2,{pixels},?,dog,fine\n");
        let (images, skipped) = table(&text).expect("it is a table");
        assert_eq!((images.len(), skipped), (2, Vec::new()));
        let classes = ["cat", "dog"].map(str::to_owned);
        assert_eq!(images.classes.as_deref(), Some(&classes[..]));
        let [(name, values)] = &images.known[..] else {
            panic!("{:?}", images.known);
        };
        assert!(name == "Age" && values[0].to_bits() == 31.5_f32.to_bits() && values[1].is_nan());
    }

    #[test]
    fn the_size_that_is_asked_for_is_that_of_the_pixels_alone() {
        let names: Vec<String> = (0..70).map(|at| format!("p{at}")).collect();
        let text = format!(
            "label,{},weight\n1,{},3.5\n",
            names.join(","),
            vec!["9"; 70].join(",")
        );
        let error = table(&text).expect_err("70 values make no square");
        assert!(
            error.contains("70 of its 72 columns hold pixels"),
            "{error}"
        );
    }

    #[test]
    fn wrong_lines_are_left_out_and_named() {
        let text = line("3", "0") + "1,2\n" + &line("a b", "9") + &line("4", "x");
        let (images, skipped) = table(&text).expect("half of it is right");
        assert_eq!(
            (images.len(), images.classes),
            (2, Some(vec!["3".to_owned(), "a b".to_owned()]))
        );
        let reasons: Vec<&str> = skipped
            .iter()
            .map(|skipped| skipped.reason.as_str())
            .collect();
        assert_eq!(
            reasons,
            ["2 values instead of 65", "\"x\" in column 2 is no pixel"]
        );
        assert_eq!(skipped[1].name, "train.csv, line 4");
    }

    #[test]
    fn what_is_no_table_is_refused() {
        assert!(table("").is_err_and(|error| error == "it is empty"));
        assert!(table(&vec!["1"; 71].join(",")).is_err_and(|error| error.contains("71 values")));
        assert!(!is_table_of_pixels(b"name,age\nAnna,3\n"));
        assert!(is_table_of_pixels(line("3", "0").as_bytes()));
    }
}
