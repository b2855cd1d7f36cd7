//! The text format of LIBSVM: a line for each image, its class and then `place:value` for every value that is not zero
//! (Chang and Lin, "LIBSVM Data").

use hourglass_experiment::dataset::SIDES;
use hourglass_protocol::{Fitting, Skipped};

use super::array::{Array, Values};
use super::gather::Sheet;
use super::images::Part;

/// Most values of an image.
const MAX_VALUES: usize = 3 * *SIDES.end() * *SIDES.end();

/// Reads a file. Lines that are wrong are left out and listed. Zeros at the end of all images are not in the file: unless
/// the size is given, images are the smallest square that holds what is there.
///
/// # Errors
/// When hardly a line is right.
pub(super) fn read(
    name: &str,
    bytes: &[u8],
    fitting: &Fitting,
    skipped: &mut Vec<Skipped>,
) -> Result<Sheet, String> {
    let (mut rows, mut classes, mut n_wrong) = (Vec::new(), Vec::new(), 0);
    for (number, line) in (1_usize..).zip(bytes.split(|byte| *byte == b'\n')) {
        if line.trim_ascii().is_empty() {
            continue;
        }
        match row(line) {
            Ok((class, values)) => {
                rows.push(values);
                classes.push(class);
            }
            Err(reason) => {
                n_wrong += 1;
                skipped.push(Skipped {
                    name: format!("{name}, line {number}"),
                    reason,
                });
            }
        }
    }
    if rows.is_empty() || n_wrong > rows.len() {
        return Err("it is no text of classes and place:value, as LIBSVM has it".to_owned());
    }
    let places = rows.iter().flatten().map(|(place, _)| *place);
    let n_found = places.max().unwrap_or(0);
    let given = fitting.size.map(|[height, width]| height * width);
    let n_values = match given {
        Some(n) if n_found <= n => n,
        Some(n) if n_found <= 3 * n => 3 * n,
        _ => {
            let side = n_found.isqrt();
            let side = side + usize::from(side * side < n_found);
            side * side
        }
    };
    let mut values = vec![0.0; rows.len() * n_values];
    for (image, row) in values.chunks_exact_mut(n_values.max(1)).zip(&rows) {
        for (place, value) in row {
            image[place - 1] = *value;
        }
    }
    let mut words = name.split('.').skip(1);
    let is_test = words.any(|word| word == "t"); // as LIBSVM's page calls them
    Ok(Sheet {
        part: if is_test { Part::Test } else { Part::of(name) },
        images: Array {
            name: name.to_owned(),
            dims: vec![rows.len(), n_values],
            values: Values::Real(values),
        },
        classes: Some(classes),
        known: Vec::new(),
    })
}

/// The class of a line, and its values by their places from 1 on.
fn row(line: &[u8]) -> Result<(String, Vec<(usize, f32)>), String> {
    let text = std::str::from_utf8(line).map_err(|_| "it is no text")?;
    let mut fields = text.split_whitespace();
    let class = fields.next().unwrap_or_default();
    let number = class.parse::<f64>().map_err(|_| {
        let class: String = class.chars().take(20).collect();
        format!("{class:?} is no number of a class")
    })?;
    let whole = number.fract() == 0.0 && number.abs() < 1e9;
    let class = if whole {
        format!("{number:.0}")
    } else {
        class.to_owned()
    };
    let value = |field: &str| {
        let (place, value) = field.split_once(':')?;
        let place = place
            .parse()
            .ok()
            .filter(|place| (1..=MAX_VALUES).contains(place))?;
        let value = value.parse().ok().filter(|value: &f32| value.is_finite())?;
        Some((place, value))
    };
    let values = fields.map(|field| {
        value(field).ok_or_else(|| {
            let field: String = field.chars().take(20).collect();
            format!("{field:?} is no place and value")
        })
    });
    Ok((class, values.collect::<Result<_, String>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(text: &str, fit: &str) -> Result<(Sheet, Vec<Skipped>), String> {
        let fitting = fit.parse().expect("it is right");
        let mut skipped = Vec::new();
        let sheet = read("usps.t.bz2", text.as_bytes(), &fitting, &mut skipped)?;
        Ok((sheet, skipped))
    }

    #[test]
    fn what_is_not_said_is_zero() {
        let text = "3 1:-1 62:0.5\n10 2:0.25 \n\nx 1:1\n4 0:1\n";
        let (sheet, skipped) = sheet(text, "").expect("half of it is right");
        assert_eq!(
            (sheet.part, &sheet.images.dims[..]),
            (Part::Test, &[2, 64][..])
        );
        let classes = ["3", "10"].map(str::to_owned);
        assert_eq!(sheet.classes.as_deref(), Some(&classes[..]));
        let Values::Real(values) = sheet.images.values else {
            panic!("numbers");
        };
        let at = [0, 1, 61, 65].map(|at| values[at].to_bits());
        assert_eq!(at, [-1.0, 0.0, 0.5, 0.25].map(f32::to_bits));
        assert_eq!(skipped.len(), 2);
        assert!(skipped[1].reason.contains("\"0:1\""), "places count from 1");
    }

    #[test]
    fn the_size_that_is_given_counts() {
        let (wide, _) = sheet("3 100:1\n", "8x20").expect("an image");
        assert_eq!(wide.images.dims, [1, 160]);
        let (rgb, _) = sheet("3 100:1\n", "8x8").expect("an image");
        assert_eq!(rgb.images.dims, [1, 192]);
        assert!(sheet("3 999999:1\n", "").is_err());
        assert!(sheet("name,age\nAnna,3\n", "").is_err());
    }
}
