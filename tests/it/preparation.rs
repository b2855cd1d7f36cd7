//! User images: decoding whatever a file claims to be, and making it a digit as MNIST was made.

mod decisions;
mod digits;
mod files;
mod png_file;
mod surroundings;

use std::io::Cursor;
use std::path::PathBuf;

use hourglass::data::user_image::{Picture, find, prepare, read};
use hourglass::protocol::{InkDecisions, Preparation, Prepared};
use image::imageops::{self, FilterType};
use image::{DynamicImage, GrayImage, ImageFormat, Luma};

use crate::data_sets;

/// Digits of the test split that take part in comparisons, spread over all of it.
const N_DIGITS: usize = 200;

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).expect("into memory");
    bytes.into_inner()
}

fn png(image: &GrayImage) -> Vec<u8> {
    encoded(&DynamicImage::ImageLuma8(image.clone()), ImageFormat::Png)
}

fn prepared(bytes: &[u8]) -> Prepared {
    let picture = Picture::decode(bytes).expect("a picture");
    prepare(&picture, &Preparation::default())
}

/// What was decided about its ink.
fn ink(prepared: &Prepared) -> &InkDecisions {
    prepared.decisions.ink().expect("it was made a digit")
}

/// A test digit of the data set in use.
fn digit(idx: usize) -> Vec<u8> {
    let test = &data_sets::whole().test;
    let every = test.len() / N_DIGITS;
    test.image(idx * every).to_vec()
}

/// A digit enlarged, on a canvas of its own size, moved, and dark on light where asked.
fn enlarged(
    digit: &[u8],
    side: u32,
    filter: FilterType,
    moved: [i64; 2],
    dark_on_light: bool,
) -> GrayImage {
    let image = GrayImage::from_raw(28, 28, digit.to_vec()).expect("28×28");
    let mut large = imageops::resize(&image, side, side, filter);
    if dark_on_light {
        imageops::invert(&mut large);
    }
    let paper = if dark_on_light { 255 } else { 0 };
    let mut canvas = GrayImage::from_pixel(side, side, Luma([paper]));
    imageops::replace(&mut canvas, &large, moved[0], moved[1]);
    canvas
}

/// Mean squared difference per pixel, pixels being 0 to 1.
fn difference(a: &[u8], b: &[u8]) -> f64 {
    let squares = a.iter().zip(b).map(|(a, b)| {
        let difference = (f64::from(*a) - f64::from(*b)) / 255.0;
        difference * difference
    });
    squares.sum::<f64>() / 784.0
}

#[test]
fn a_folder_is_read_file_by_file_and_what_is_no_picture_is_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name);
    let image = png(&enlarged(&digit(0), 60, FilterType::Triangle, [0, 0], true));
    std::fs::write(path("2.png"), &image).expect("written");
    std::fs::write(path("1.PNG"), b"not a picture at all").expect("written");
    std::fs::write(path("notes.txt"), b"passed over").expect("written");
    std::fs::write(path("._2.png"), b"what macOS leaves on foreign disks").expect("written");
    std::fs::write(path("10.png"), &image).expect("written");
    std::fs::write(path("empty.png"), b"").expect("written");
    let found = find(&[folder.path().to_owned(), path("missing.png")]);
    let names: Vec<PathBuf> = found
        .into_iter()
        .map(|file| file.expect("a path"))
        .collect();
    assert_eq!(
        names,
        [
            path("1.PNG"),
            path("2.png"),
            path("10.png"),
            path("empty.png"),
            path("missing.png")
        ]
    );
    let message = |name: &str| read(&path(name)).expect_err("no picture").to_string();
    assert!(message("1.PNG").contains("1.PNG") && message("1.PNG").contains("save it as PNG"));
    assert!(message("empty.png").contains("it is empty"));
    assert!(message("missing.png").contains("cannot be read"));
    assert!(read(&path("2.png")).is_ok());

    let nothing = tempfile::tempdir().expect("a temporary folder");
    let error = find(&[nothing.path().to_owned()]).pop().expect("an answer");
    assert!(
        error
            .expect_err("no pictures")
            .to_string()
            .contains("contains no images")
    );
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_named_and_not_waited_for() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let pipe = folder.path().join("7.png");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("a system with pipes").success());
    let message = |path: PathBuf| read(&path).expect_err("no file").to_string();
    assert!(message(pipe).contains("7.png cannot be read: it is a pipe"));
    assert!(message(PathBuf::from("/dev/zero")).contains("it is a device"));
}
