//! What was found where a person's own data set lies, and what was made of it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use hourglass_experiment::number::count_of;

use super::Fitting;

/// Where a person's own data set lies, and how its images are made to fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataPlace {
    /// The folder or file, from the root.
    pub path: PathBuf,
    #[serde(default)]
    pub fitting: Fitting,
}

/// What a data set was made of that is not of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataReport {
    /// What was found: "a folder of images".
    pub kind: String,
    /// Where, and what a person decided.
    pub place: DataPlace,
    /// Height and width of the images as they were, and how many had them, the most frequent first.
    pub sizes: Vec<([usize; 2], usize)>,
    /// Training and test images of each class.
    pub counts: Vec<[usize; 2]>,
    /// Whether light and dark were exchanged.
    pub inverts: bool,
    /// Whether the split was there, and not drawn.
    pub is_split: bool,
    /// What was left out, and why.
    pub skipped: Vec<Skipped>,
    /// What else a person should know, a sentence each.
    pub notes: Vec<String>,
    pub duplicates: Duplicates,
    /// Values that are the same in all training images, and of how many.
    pub n_constant: [usize; 2],
    /// SHA-256 of images and classes as they are trained on, in hexadecimal.
    pub sha256: String,
    /// Memory that the images take, in bytes.
    pub n_bytes: usize,
}

impl DataReport {
    /// The sizes of the images as they were found: how many have each, or from which to which they go.
    #[must_use]
    pub fn sizes_found(&self) -> String {
        /// Most that are listed.
        const MOST: usize = 4;
        let size = |[height, width]: [usize; 2]| format!("{height}×{width}");
        if let [([height, width], _)] = self.sizes[..] {
            return format!("{}, all of them", size([height, width]));
        }
        if self.sizes.len() <= MOST {
            let listed = self.sizes.iter();
            let listed = listed.map(|(of, n)| format!("{} ({})", size(*of), count_of(*n)));
            return listed.collect::<Vec<_>>().join(", ");
        }
        let ends = |axis: usize| {
            let sides = self.sizes.iter().map(|(size, _)| size[axis]);
            [sides.clone().min().unwrap_or(0), sides.max().unwrap_or(0)]
        };
        let [height, width] = [ends(0), ends(1)];
        format!(
            "{} sizes, heights {} to {}, widths {} to {}",
            count_of(self.sizes.len()),
            height[0],
            height[1],
            width[0],
            width[1]
        )
    }

    /// Everything that was left out, as a table: `name,reason`.
    #[must_use]
    pub fn skipped_csv(&self) -> String {
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let line =
            |skipped: &Skipped| format!("{},{}\n", quoted(&skipped.name), quoted(&skipped.reason));
        let lines: String = self.skipped.iter().map(line).collect();
        format!("name,reason\n{lines}")
    }
}

/// Places of some images of a class, from all over a split.
#[must_use]
pub fn samples_of(labels: &[u8], class: u8, most: usize) -> Vec<usize> {
    let all = labels.iter().enumerate();
    let all: Vec<usize> = all
        .filter(|(_, label)| **label == class)
        .map(|(place, _)| place)
        .collect();
    let step = (all.len() / most.max(1)).max(1);
    all.into_iter().step_by(step).take(most).collect()
}

/// Something that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The file, with the line of a table.
    pub name: String,
    pub reason: String,
}

/// Images that are the same in every value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Duplicates {
    /// Training images that another one before them equals.
    pub train: usize,
    /// Test images that another one before them equals.
    pub test: usize,
    /// Test images that are training images too: what is measured on them says nothing about other images.
    pub between: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_listed_or_summed_up() {
        let found = |sizes: Vec<([usize; 2], usize)>| {
            let report = DataReport {
                kind: String::new(),
                place: DataPlace {
                    path: PathBuf::new(),
                    fitting: Fitting::default(),
                },
                sizes,
                counts: Vec::new(),
                inverts: false,
                is_split: false,
                skipped: Vec::new(),
                notes: Vec::new(),
                duplicates: Duplicates::default(),
                n_constant: [0; 2],
                sha256: String::new(),
                n_bytes: 0,
            };
            report.sizes_found()
        };
        assert_eq!(found(vec![([28, 28], 9)]), "28×28, all of them");
        assert_eq!(
            found(vec![([28, 28], 1200), ([20, 30], 2)]),
            "28×28 (1,200), 20×30 (2)"
        );
        let many = (0..9).map(|at| ([40 + at, 90 - at], 1)).collect();
        assert_eq!(found(many), "9 sizes, heights 40 to 48, widths 82 to 90");
    }

    #[test]
    fn samples_come_from_all_over_a_class() {
        let labels: Vec<u8> = (0..100).map(|place| place % 2).collect();
        assert_eq!(samples_of(&labels, 1, 5), [1, 21, 41, 61, 81]);
        assert_eq!(samples_of(&labels[..4], 0, 5), [0, 2]);
        assert!(samples_of(&labels, 7, 5).is_empty());
    }
}
