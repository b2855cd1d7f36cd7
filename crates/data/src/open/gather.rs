//! Which arrays are images, which are their classes, and which belong together.

use std::collections::{BTreeMap, HashMap};
use std::mem::{Discriminant, discriminant};

use hourglass_experiment::ImageShape;
use hourglass_protocol::Fitting;

use super::array::{Array, Scale, Values, described};
use super::images::{Images, Known, Layout, MAX_KNOWN, Part, arranged};
use super::split;

/// Most classes that one-hot rows may stand for.
const MAX_ONE_HOT: usize = 256;

/// An array of images with their classes.
pub(super) struct Sheet {
    pub(super) part: Part,
    pub(super) images: Array,
    /// The class of each, or none at all.
    pub(super) classes: Option<Vec<String>>,
    pub(super) known: Known,
}

/// Fewest values of an image: 8×8. Rows of fewer are numbers that are known of images.
pub(super) const LEAST_VALUES: usize = 64;

/// Pairs the arrays of one place: for each part its images and their classes.
///
/// # Errors
/// What does not fit together.
pub(super) fn sheets(
    arrays: Vec<Array>,
    fitting: &Fitting,
    notes: &mut Vec<String>,
) -> Result<Vec<Sheet>, String> {
    let mut found: BTreeMap<Part, Vec<Array>> = BTreeMap::new();
    let (empty, arrays): (Vec<Array>, Vec<Array>) = arrays
        .into_iter()
        .partition(|array| array.dims.contains(&0));
    notes.extend(empty.iter().map(|array| said_of(array, "it is empty")));
    for array in arrays {
        found.entry(Part::of(&array.name)).or_default().push(array);
    }
    let mut sheets = Vec::new();
    for (part, arrays) in found {
        if hold_a_class_each(part, &arrays) {
            let most = fitting.limit.map(|limit| (limit / arrays.len()).max(1));
            let sheet = |array| of_class(array, most, fitting.seed);
            sheets.extend(arrays.into_iter().map(sheet));
        } else {
            sheets.extend(of_part(part, arrays, notes)?);
        }
    }
    Ok(sheets)
}

/// Whether arrays hold a class each, called after it, as Quick, Draw! is served: nothing but images of one shape, in files
/// of their own.
fn hold_a_class_each(part: Part, arrays: &[Array]) -> bool {
    let is_file = |array: &Array| array.name.to_lowercase().ends_with(".npy");
    let shape = |array: &Array| array.dims[1..].to_vec();
    let Some(first) = arrays.first().map(shape) else {
        return false;
    };
    let are_images = first.iter().product::<usize>() >= LEAST_VALUES;
    let mut all = arrays.iter();
    arrays.len() > 1
        && part == Part::All
        && are_images
        && all.all(|array| is_file(array) && shape(array) == first)
}

/// A class; of a sample, all have an equal share.
fn of_class(mut images: Array, most: Option<usize>, seed: u64) -> Sheet {
    let name = images.name.rsplit('/').next().unwrap_or_default();
    let class = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let class = class.to_owned();
    let n = images.dims[0];
    if let Some(most) = most.filter(|most| *most < n) {
        let places = split::sample(&vec![0; n], most, seed);
        images.values = images.values.rows(&places, images.values.len() / n);
        images.dims[0] = places.len();
    }
    Sheet {
        part: Part::All,
        classes: Some(vec![class; images.dims[0]]),
        images,
        known: Vec::new(),
    }
}

/// Things that QMNIST says of each digit, the class first (Yadav and Bottou 2019, table 2).
const QMNIST_COLUMNS: usize = 8;

fn is_qmnist_labels(array: &Array) -> bool {
    let is_named = array.name.contains("qmnist") && array.name.contains("labels");
    is_named && matches!(array.dims[..], [_, QMNIST_COLUMNS])
}

/// The classes, and who wrote each: of the other things, a number worth seeing.
fn qmnist_labels(array: &Array) -> [Array; 2] {
    let all = array.values.reals();
    let column = |at: usize, name: String| Array {
        name,
        dims: vec![array.dims[0]],
        values: Values::Real(
            all.iter()
                .skip(at)
                .step_by(QMNIST_COLUMNS)
                .copied()
                .collect(),
        ),
    };
    let writers = format!("{}/writer", array.name);
    [column(0, array.name.clone()), column(2, writers)]
}

fn of_part(
    part: Part,
    arrays: Vec<Array>,
    notes: &mut Vec<String>,
) -> Result<Option<Sheet>, String> {
    let is_labels = |array: &Array| match array.dims[..] {
        [_] | [_, 1] => true,
        [_, n] if n <= MAX_ONE_HOT => is_one_hot(array, n),
        _ => false,
    };
    let is_known = |array: &Array| match array.dims[..] {
        [_] | [_, 1] => array.values.has_fractions(),
        [_, n] => n < LEAST_VALUES && !is_labels(array),
        _ => false,
    };
    let (of_qmnist, arrays): (Vec<Array>, Vec<Array>) =
        arrays.into_iter().partition(is_qmnist_labels);
    let (mut known, mut arrays): (Vec<Array>, Vec<Array>) = arrays.into_iter().partition(is_known);
    for [classes, writers] in of_qmnist.iter().map(qmnist_labels) {
        arrays.push(classes);
        known.push(writers);
    }
    let (mut labels, mut images): (Vec<Array>, Vec<Array>) =
        arrays.into_iter().partition(is_labels);
    images.retain(|array| array.dims.len() >= 2);
    let names = |arrays: &[Array]| {
        let names: Vec<&str> = arrays.iter().map(|array| array.name.as_str()).collect();
        names.join(", ")
    };
    if images.len() > 1 {
        return Err(format!(
            "it holds several arrays of images ({}): keep one, and its classes",
            names(&images)
        ));
    }
    let Some(images) = images.pop() else {
        if !labels.is_empty() {
            notes.push(format!("no images for {}", names(&labels)));
        }
        return Ok(None);
    };
    labels.retain(|labels| labels.dims[0] == images.dims[0]);
    if labels.len() > 1 {
        notes.push(format!(
            "of several arrays of classes, {} is used",
            labels[0].name
        ));
    }
    let n = images.dims[0];
    let known = known.into_iter().filter(|known| known.dims[0] == n);
    Ok(Some(Sheet {
        part,
        images,
        classes: labels.into_iter().next().map(classes_of),
        known: known
            .flat_map(|known| columns_of(&known))
            .take(MAX_KNOWN)
            .collect(),
    }))
}

/// The numbers of an array, a column each, called after it.
fn columns_of(array: &Array) -> Known {
    let name = array.name.rsplit('/').next().unwrap_or_default();
    let name = name.split_once('.').map_or(name, |(stem, _)| stem);
    // What says the split is no part of it: angle_train, angle_test.
    let words = name.split(['_', '-', ' ']);
    let words: Vec<&str> = words.filter(|word| Part::of(word) == Part::All).collect();
    let name = if words.is_empty() {
        name.to_owned()
    } else {
        words.join(" ")
    };
    let n_columns = array.dims.get(1).copied().unwrap_or(1).max(1);
    let values = array.values.reals();
    let column = |at: usize| {
        let name = if n_columns == 1 {
            name.clone()
        } else {
            format!("{name} {}", at + 1)
        };
        let values = values.iter().skip(at).step_by(n_columns);
        (name, values.copied().collect())
    };
    (0..n_columns).map(column).collect()
}

/// The images of all sheets as bytes in one order. Those of one type have one scale: a test split that happens to be
/// dark stays so.
///
/// # Errors
/// What is wrong, and with which array.
pub(super) fn images(
    sheets: Vec<Sheet>,
    fitting: &Fitting,
    notes: &mut Vec<String>,
) -> Result<Vec<Images>, String> {
    let mut ranges: HashMap<Discriminant<Values>, [f32; 2]> = HashMap::new();
    for Sheet { images, .. } in &sheets {
        let [least, most] = images
            .values
            .range()
            .map_err(|reason| said_of(images, &reason))?;
        let range = ranges
            .entry(discriminant(&images.values))
            .or_insert([least, most]);
        *range = [range[0].min(least), range[1].max(most)];
    }
    let mut found = Vec::new();
    for Sheet {
        part,
        images,
        classes,
        known,
    } in sheets
    {
        let [least, most] = ranges[&discriminant(&images.values)];
        let (shape, layout) =
            shape_of(&images.dims, fitting).map_err(|reason| said_of(&images, &reason))?;
        let scale = Scale::of(least, most).map_err(|reason| said_of(&images, &reason))?;
        if !scale.is_none() {
            notes.push(said_of(
                &images,
                &format!("values from {least} to {most} are stretched to 0 to 255"),
            ));
        }
        let is_transposed = fitting
            .transposes
            .unwrap_or_else(|| is_emnist(&images.name));
        if is_transposed && fitting.transposes.is_none() {
            notes.push(said_of(
                &images,
                "rows and columns are swapped, as in all files of EMNIST",
            ));
        }
        let (pixels, shape) = arranged(
            images.values.into_bytes(scale),
            shape,
            layout,
            is_transposed,
        );
        found.push(Images {
            part,
            shape,
            pixels,
            classes,
            known,
        });
    }
    Ok(found)
}

fn said_of(array: &Array, what: &str) -> String {
    format!("{}: {what}", array.name)
}

/// Whether every row says one of several classes.
fn is_one_hot(array: &Array, n: usize) -> bool {
    let is_row = |row: &mut dyn Iterator<Item = f32>| {
        let (mut ones, mut others) = (0, 0);
        for value in row {
            if value.to_bits() == 1.0_f32.to_bits() {
                ones += 1;
            } else if value != 0.0 {
                others += 1;
            }
        }
        ones == 1 && others == 0
    };
    match &array.values {
        Values::Bytes(values) => values
            .chunks_exact(n)
            .all(|row| is_row(&mut row.iter().map(|v| f32::from(*v)))),
        Values::Whole(values) => values
            .chunks_exact(n)
            .all(|row| is_row(&mut row.iter().map(|v| *v as f32))),
        Values::Real(values) => values
            .chunks_exact(n)
            .all(|row| is_row(&mut row.iter().copied())),
        Values::Text(_) => false,
    }
}

fn classes_of(array: Array) -> Vec<String> {
    match array.dims[..] {
        [_, n] if n > 1 => {
            let names = array.values.names();
            let rows = names.chunks_exact(n);
            rows.map(|row| {
                row.iter()
                    .position(|value| value == "1")
                    .unwrap_or(0)
                    .to_string()
            })
            .collect()
        }
        _ => array.values.names(),
    }
}

/// EMNIST's files have columns for rows (Cohen, Afshar, Tapson and van Schaik 2017; NIST's own pages say so too).
fn is_emnist(name: &str) -> bool {
    name.to_lowercase().contains("emnist")
}

/// What the sides of an array of images mean.
///
/// # Errors
/// When they can mean nothing, or several things.
fn shape_of(dims: &[usize], fitting: &Fitting) -> Result<(ImageShape, Layout), String> {
    let of = |height, width, channels, layout| {
        Ok((
            ImageShape {
                height,
                width,
                channels,
            },
            layout,
        ))
    };
    match *dims {
        [_, height, width, channels @ (1..=4)] => of(height, width, channels, Layout::Interleaved),
        [_, channels @ (1..=4), height, width] => of(height, width, channels, Layout::Planar),
        [_, height, width] => of(height, width, 1, Layout::Planar),
        [_, n] => flat(n, fitting),
        _ => Err(format!("an array of {} holds no images", described(dims))),
    }
}

/// The shape of images of which only the number of values is known.
pub(super) fn flat(n: usize, fitting: &Fitting) -> Result<(ImageShape, Layout), String> {
    if let Some([height, width]) = fitting.size
        && [1, 3].contains(&(n / (height * width)))
        && n.is_multiple_of(height * width)
    {
        let channels = n / (height * width);
        return Ok((
            ImageShape {
                height,
                width,
                channels,
            },
            Layout::Interleaved,
        ));
    }
    let square = |n: usize| {
        let side = n.isqrt();
        (side > 1 && side * side == n).then_some(side)
    };
    if let Some(side) = square(n) {
        return Ok((ImageShape::gray(side, side), Layout::Planar));
    }
    if n.is_multiple_of(3)
        && let Some(side) = square(n / 3)
    {
        let shape = ImageShape {
            height: side,
            width: side,
            channels: 3,
        };
        return Ok((shape, Layout::Interleaved));
    }
    Err(format!(
        "its images are rows of {n} values, which make no square: {}",
        Fitting::ASK_FOR_SIZE
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(dims: &[usize], fit: &str) -> Result<String, String> {
        let fitting = fit.parse().expect("it is right");
        shape_of(dims, &fitting).map(|(shape, layout)| format!("{} {layout:?}", shape.describe()))
    }

    #[test]
    fn sides_of_arrays_say_the_shape() {
        assert_eq!(shape(&[9, 20, 28], "").as_deref(), Ok("20×28 Planar"));
        assert_eq!(
            shape(&[9, 32, 32, 3], "").as_deref(),
            Ok("32×32×3 Interleaved")
        );
        assert_eq!(shape(&[9, 3, 32, 32], "").as_deref(), Ok("32×32×3 Planar"));
        assert_eq!(shape(&[9, 784], "").as_deref(), Ok("28×28 Planar"));
        assert_eq!(shape(&[9, 3072], "").as_deref(), Ok("32×32×3 Interleaved"));
        assert_eq!(
            shape(&[9, 560], "20x28").as_deref(),
            Ok("20×28 Interleaved")
        );
        assert!(shape(&[9, 560], "").is_err_and(|error| error.contains("--fit 20x28")));
        assert!(shape(&[9], "").is_err());
    }

    fn gather(
        arrays: Vec<Array>,
        fitting: &Fitting,
        notes: &mut Vec<String>,
    ) -> Result<Vec<Images>, String> {
        images(sheets(arrays, fitting, notes)?, fitting, notes)
    }

    fn array(name: &str, dims: &[usize], values: Values) -> Array {
        Array {
            name: name.to_owned(),
            dims: dims.to_vec(),
            values,
        }
    }

    #[test]
    fn images_find_their_classes() {
        let arrays = vec![
            array("y_train", &[2], Values::Whole(vec![7, 3])),
            array("x_test", &[1, 2, 2], Values::Bytes(vec![0, 1, 2, 200])),
            array(
                "x_train",
                &[2, 2, 2],
                Values::Real(vec![0.0, 1.0, 0.5, 0.25, 0.0, 0.0, 0.0, 1.0]),
            ),
            array("y_test", &[1, 3], Values::Bytes(vec![0, 1, 0])),
        ];
        let mut notes = Vec::new();
        let images = gather(arrays, &Fitting::default(), &mut notes).expect("they fit");
        let train = images
            .iter()
            .find(|images| images.part == Part::Training)
            .expect("it is there");
        assert_eq!(train.pixels[..4], [0, 255, 128, 64]);
        assert_eq!(
            train.classes.as_deref(),
            Some(&["7".to_owned(), "3".to_owned()][..])
        );
        let test = images
            .iter()
            .find(|images| images.part == Part::Test)
            .expect("it is there");
        assert_eq!(
            (test.len(), test.classes.as_deref()),
            (1, Some(&["1".to_owned()][..]))
        );
        assert_eq!(
            notes,
            ["x_train: values from 0 to 1 are stretched to 0 to 255"]
        );
    }

    #[test]
    fn a_dark_split_has_the_scale_of_the_other() {
        let arrays = vec![
            array("x_train", &[1, 1, 2], Values::Bytes(vec![0, 250])),
            array("x_test", &[1, 1, 2], Values::Bytes(vec![0, 9])),
        ];
        let images = gather(arrays, &Fitting::default(), &mut Vec::new()).expect("they fit");
        let pixels: Vec<&[u8]> = images.iter().map(|images| &images.pixels[..]).collect();
        assert_eq!(pixels, [[0, 250], [0, 9]]);
    }

    #[test]
    fn arrays_called_after_classes_hold_one_each() {
        let class = |name: &str, n: usize, value: u8| {
            array(name, &[n, 64], Values::Bytes(vec![value; n * 64]))
        };
        let arrays = || vec![class("full/cat.npy", 9, 7), class("full/tree.npy", 5, 250)];
        let found = gather(arrays(), &Fitting::default(), &mut Vec::new()).expect("they fit");
        let counts: Vec<_> = found
            .iter()
            .map(|images| {
                (
                    images.len(),
                    images.classes.as_ref().map(|all| all[0].clone()),
                )
            })
            .collect();
        let named = |name: &str| Some(name.to_owned());
        assert_eq!(counts, [(9, named("cat")), (5, named("tree"))]);
        let limited = "limit=6".parse().expect("it is right");
        let found = gather(arrays(), &limited, &mut Vec::new()).expect("they fit");
        assert_eq!(
            (found[0].len(), found[1].len()),
            (3, 3),
            "an equal share each"
        );
        assert_eq!(found[1].pixels[0], 250);
    }

    #[test]
    fn qmnist_has_classes_and_writers_in_one_array() {
        let labels: Vec<i64> = [[7, 4, 2311, 1, 2, 3, 0, 0], [0, 4, 99, 1, 2, 3, 0, 0]].concat();
        let arrays = vec![
            array(
                "qmnist-train-images-idx3-ubyte",
                &[2, 8, 8],
                Values::Bytes(vec![9; 128]),
            ),
            array(
                "qmnist-train-labels-idx2-int",
                &[2, 8],
                Values::Whole(labels),
            ),
        ];
        let found = gather(arrays, &Fitting::default(), &mut Vec::new()).expect("they fit");
        let classes = ["7", "0"].map(str::to_owned);
        assert_eq!(found[0].classes.as_deref(), Some(&classes[..]));
        let writers = ("writer".to_owned(), vec![2311.0, 99.0]);
        assert_eq!(found[0].known, [writers]);
    }

    #[test]
    fn numbers_beside_images_are_known_of_them() {
        let arrays = vec![
            array("d.npz/x", &[2, 3, 3], Values::Bytes(vec![0; 18])),
            array("d.npz/y", &[2], Values::Real(vec![1.0, 0.0])),
            array("d.npz/turn", &[2], Values::Real(vec![0.5, 1.0])),
            array("d.npz/place", &[2, 2], Values::Whole(vec![1, 2, 3, 4])),
            array("d.npz/other", &[5, 2], Values::Real(vec![0.5; 10])),
        ];
        let images = gather(arrays, &Fitting::default(), &mut Vec::new()).expect("they fit");
        let expected = [
            ("turn", [0.5, 1.0]),
            ("place 1", [1.0, 3.0]),
            ("place 2", [2.0, 4.0]),
        ];
        let expected = expected.map(|(name, values)| (name.to_owned(), values.to_vec()));
        assert_eq!(images[0].known, expected);
        assert_eq!(images[0].classes.as_ref().map(Vec::len), Some(2));
    }

    /// The header of a file may say a million rows of nothing.
    #[test]
    fn arrays_of_nothing_are_left_out() {
        let nothing = || Values::Bytes(Vec::new());
        let arrays = vec![
            array("a", &[134_412_800, 0], nothing()),
            array("b", &[0, 8, 8], nothing()),
            array("x", &[2, 8, 8], Values::Bytes(vec![200; 128])),
        ];
        let mut notes = Vec::new();
        let images = gather(arrays, &Fitting::default(), &mut notes).expect("one is no empty one");
        assert_eq!((images.len(), images[0].len()), (1, 2));
        assert_eq!(notes, ["a: it is empty", "b: it is empty"]);
        let none = gather(
            vec![array("a", &[5, 0], nothing())],
            &Fitting::default(),
            &mut notes,
        );
        assert!(none.is_ok_and(|images| images.is_empty()));
    }

    #[test]
    fn two_arrays_of_images_are_one_too_many() {
        let images = || Values::Bytes(vec![0; 18]);
        let arrays = vec![
            array("a", &[2, 3, 3], images()),
            array("b", &[2, 3, 3], images()),
        ];
        let error = gather(arrays, &Fitting::default(), &mut Vec::new());
        assert!(error.is_err_and(|error| error.contains("a, b")));
    }
}
