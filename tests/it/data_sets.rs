//! The digits tests learn from: MNIST where `HOURGLASS_DATA` names it, otherwise the pen digits.

use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use hourglass::data::{Dataset, Split, load};
use hourglass::protocol::{DataSetId, DataSource, Factor};

pub fn id() -> DataSetId {
    if std::env::var_os("HOURGLASS_DATA").is_some() {
        DataSetId::MNIST
    } else {
        DataSetId::PEN_DIGITS
    }
}

/// What a worker is told to load.
pub fn source() -> DataSource {
    DataSource::Named(id())
}

/// The whole data set, loaded once for all tests of the binary. Fails where `HOURGLASS_DATA` is set and
/// wrong.
pub fn whole() -> Arc<Dataset> {
    static LOADED: OnceLock<Arc<Dataset>> = OnceLock::new();
    let loaded = LOADED.get_or_init(|| {
        let never = AtomicBool::new(false);
        Arc::new(load(&source(), &mut |_| {}, &never).expect("the data set loads"))
    });
    Arc::clone(loaded)
}

/// The first images of both splits: enough to learn from in a moment.
pub fn small(n_train: usize, n_test: usize) -> Arc<Dataset> {
    let whole = whole();
    let first = |split: &Split, n: usize| {
        let images: Vec<u8> = (0..n).flat_map(|idx| split.image(idx).to_vec()).collect();
        Split::new(split.shape(), images, split.labels()[..n].to_vec())
    };
    Arc::new(Dataset {
        train: first(&whole.train, n_train),
        test: first(&whole.test, n_test),
        ..Dataset::clone(&whole)
    })
}

/// The pen digits know what they were drawn from, and a description of a data set carries it to the window.
#[test]
fn pen_digits_keep_their_factors() {
    let never = AtomicBool::new(false);
    let pen = load(
        &DataSource::Named(DataSetId::PEN_DIGITS),
        &mut |_| {},
        &never,
    )
    .expect("always there");
    let described = pen.describe();
    assert_eq!((described.n_train, described.n_test()), (60_000, 10_000));
    let slants = described.test_factors.column(Factor::SLANT);
    assert_eq!(slants.len(), 10_000);
    assert!(slants.iter().any(|slant| *slant > 10.0) && slants.iter().any(|slant| *slant < -2.0));
}

#[test]
fn coloured_shapes_have_colour_and_know_it() {
    let never = AtomicBool::new(false);
    let source = DataSource::Named(DataSetId::COLOURED_SHAPES);
    let shapes = load(&source, &mut |_| {}, &never).expect("always there");
    let described = shapes.describe();
    assert_eq!((described.n_train, described.n_test()), (8_000, 2_000));
    assert_eq!(described.shape().describe(), "32×32×3");
    let factors = described.test_factors.all();
    let hue = described.test_factors.column(factors[0]);
    let [red, green, _] = [0, 1, 2].map(|channel| {
        // The brightest value of a channel tells how much of it the shape's hue has.
        let image = described.test_image(0).expect("it is there");
        *image[channel * 1024..(channel + 1) * 1024]
            .iter()
            .max()
            .expect("1,024 values")
    });
    let is_reddish = !(60.0..300.0).contains(&hue[0]);
    let is_greenish = (60.0..180.0).contains(&hue[0]);
    assert_eq!(
        (red > 250, green > 250),
        (is_reddish, is_greenish),
        "hue {}",
        hue[0]
    );
}

#[test]
fn drawing_is_cancelled_when_asked() {
    let cancel = AtomicBool::new(true);
    let result = load(
        &DataSource::Named(DataSetId::PEN_DIGITS),
        &mut |_| {},
        &cancel,
    );
    assert!(result.is_err());
}
