//! CIFAR's binary files: for each image its label, or two, then 32×32 bytes of red, of green and of blue (Krizhevsky,
//! "The CIFAR-10 and CIFAR-100 datasets").

use super::array::{Array, Values};
use super::gather::Sheet;
use super::images::Part;

const SIDE: usize = 32;
const IMAGE_BYTES: usize = 3 * SIDE * SIDE;

/// Files that name the classes, a line each: CIFAR-10's, and CIFAR-100's of its finer ones.
pub(super) const NAMES: [&str; 2] = ["batches.meta.txt", "fine_label_names.txt"];

/// The names in such a file.
pub(super) fn names(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Reads a file. Of two labels the second is the finer one.
///
/// # Errors
/// When its size is not that of such images.
pub(super) fn read(name: &str, bytes: &[u8], names: &[String]) -> Result<Sheet, String> {
    let n_labels = [1, 2].into_iter().find(|n_labels| {
        let record = n_labels + IMAGE_BYTES;
        !bytes.is_empty() && bytes.len().is_multiple_of(record)
    });
    let Some(n_labels) = n_labels else {
        return Err(format!(
            "its {} bytes are no images as CIFAR has them, of {} bytes each with their class",
            bytes.len(),
            1 + IMAGE_BYTES
        ));
    };
    let records = bytes.chunks_exact(n_labels + IMAGE_BYTES);
    let class = |record: &[u8]| {
        let label = record[n_labels - 1];
        let name = names.get(usize::from(label)).cloned();
        name.unwrap_or_else(|| label.to_string())
    };
    Ok(Sheet {
        part: Part::of(name),
        classes: Some(records.clone().map(class).collect()),
        images: Array {
            name: name.to_owned(),
            dims: vec![records.len(), 3, SIDE, SIDE],
            values: Values::Bytes(
                records
                    .flat_map(|record| &record[n_labels..])
                    .copied()
                    .collect(),
            ),
        },
        known: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_come_before_the_planes_of_an_image() {
        let names = names("airplane\nautomobile\n\n");
        let image = |label: &[u8], value: u8| [label, &[value; IMAGE_BYTES]].concat();
        let ten = [image(&[1], 5), image(&[9], 6)].concat();
        let sheet = read("data_batch_1.bin", &ten, &names).expect("two images");
        let classes = ["automobile", "9"].map(str::to_owned);
        assert_eq!(sheet.classes.as_deref(), Some(&classes[..]));
        assert_eq!(sheet.images.dims, [2, 3, 32, 32]);
        let Values::Bytes(values) = sheet.images.values else {
            panic!("bytes");
        };
        assert_eq!((values[0], values[IMAGE_BYTES]), (5, 6));

        let hundred = image(&[7, 0], 8);
        let sheet = read("test.bin", &hundred, &names).expect("an image");
        assert_eq!(sheet.part, Part::Test);
        assert_eq!(
            sheet.classes,
            Some(vec!["airplane".to_owned()]),
            "the finer class"
        );
        assert!(read("a.bin", &ten[1..], &names).is_err());
        assert!(read("a.bin", &[], &names).is_err());
    }
}
