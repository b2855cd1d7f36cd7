//! What must hold of the readers of files that people hand in, whatever the bytes: for the fuzzers in `fuzz/` and for
//! the seeds that they found worth keeping.

use burn::module::ParamId;
use hourglass::data::load;
use hourglass::data::user_image::{Picture, prepare};
use hourglass::experiment::dataset::{MAX_CLASSES, SIDES};
use hourglass::protocol::{DataSource, Matching, Preparation};
use hourglass::run_folder::{read_experiment, to_short_toml, to_toml};
use hourglass::train::readback::ParameterValues;
use hourglass::train::{resume, weights};
use sha2::{Digest, Sha256};

/// As a picture: it becomes a digit, or is refused.
pub fn picture(bytes: &[u8]) -> bool {
    let Ok(picture) = Picture::decode(bytes) else {
        return false;
    };
    let prepared = prepare(&picture, &Preparation::default());
    assert_eq!(prepared.pixels.len(), 28 * 28);
    true
}

/// Names of data files, one for each reader of them.
const DATA_FILES: [&str; 11] = [
    "a.npy",
    "a.npz",
    "a.csv",
    "a-images-idx3-ubyte",
    "a.zip",
    "a.mat",
    "a.libsvm",
    "a.bin",
    "a.tar",
    "a.png",
    "a.parquet",
];

/// As a data file for the reader that the first byte chooses.
pub fn chosen_data(bytes: &[u8]) -> bool {
    let Some((first, rest)) = bytes.split_first() else {
        return false;
    };
    data(DATA_FILES[usize::from(*first) % DATA_FILES.len()], rest)
}

/// As a data file of that name: it becomes images of one shape with a class for each, or is refused.
pub fn data(name: &str, bytes: &[u8]) -> bool {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("written");
    let never = std::sync::atomic::AtomicBool::new(false);
    let Ok(read) = load(&DataSource::at(&path), &mut |_| {}, &never) else {
        return false;
    };
    let (shape, n_classes) = (read.id.spec().shape, read.id.n_classes());
    assert!(SIDES.contains(&shape.height) && SIDES.contains(&shape.width));
    assert!([1, 3].contains(&shape.channels) && (1..=MAX_CLASSES).contains(&n_classes));
    for split in [&read.train, &read.test] {
        assert_eq!(split.images().len(), split.len() * shape.n_values());
        assert!(
            split
                .labels()
                .iter()
                .all(|label| usize::from(*label) < n_classes)
        );
    }
    let report = read.report.expect("it is no data set of the catalogue");
    let counted: usize = report.counts.iter().flatten().sum();
    assert_eq!(counted, read.train.len() + read.test.len());
    true
}

/// As an experiment: what is read makes sense, and comes back from its own text.
pub fn experiment(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let Ok(experiment) = read_experiment(text) else {
        return false;
    };
    assert_eq!(experiment.validate(), Ok(()));
    for text in [to_toml(&experiment), to_short_toml(&experiment)] {
        assert_eq!(read_experiment(&text).as_ref(), Ok(&experiment), "{text}");
    }
    true
}

/// As the weights of a small model: what is read has its shapes and is finite.
pub fn weights_of(bytes: &[u8]) -> bool {
    let parameter = |id: u64, name: &str, shape: &[usize]| ParameterValues {
        id: ParamId::from(id),
        name: name.to_owned(),
        shape: shape.to_vec(),
        values: vec![0.0; shape.iter().product()],
    };
    let model = [
        parameter(1, "encoder.layers.0.weight", &[3, 2]),
        parameter(2, "encoder.layers.0.bias", &[2]),
    ];
    let Ok(read) = weights::read(bytes, &model, Matching::ByShape) else {
        return false;
    };
    assert_eq!(read.len(), model.len());
    for (read, expected) in read.iter().zip(&model) {
        assert_eq!((&read.name, &read.shape), (&expected.name, &expected.shape));
        assert_eq!(read.values.len(), expected.values.len());
        assert!(read.values.iter().all(|value| value.is_finite()));
    }
    true
}

/// As the state of a run, with a checksum that is right: otherwise none would come past it.
pub fn state_of_a_run(bytes: &[u8]) -> bool {
    let mut file = bytes.to_vec();
    file.extend(Sha256::digest(bytes));
    resume::read(&file).is_ok()
}
