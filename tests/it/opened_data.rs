//! A person's own images, in every form that is read: what comes out is what went in, and what is damaged is named.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use hourglass::data::{Dataset, LoadError, holds_data_set, load};
use hourglass::protocol::{DataReport, DataSource, Fitting};
use image::{DynamicImage, GrayImage, ImageFormat, Luma, Rgb, RgbImage};
use tempfile::TempDir;

const N: usize = 40;

pub fn open(path: &Path, fit: &str) -> Result<Dataset, LoadError> {
    let fitting: Fitting = fit.parse().expect("it is right");
    let never = AtomicBool::new(false);
    load(
        &DataSource::Path(path.to_owned(), fitting),
        &mut |_| {},
        &never,
    )
}

pub fn opened(path: &Path, fit: &str) -> Dataset {
    open(path, fit).unwrap_or_else(|error| panic!("{error}"))
}

pub fn report(dataset: &Dataset) -> &DataReport {
    dataset
        .report
        .as_deref()
        .expect("it is no data set of the catalogue")
}

pub fn refused(path: &Path, fit: &str) -> String {
    open(path, fit)
        .map(|dataset| dataset.id)
        .expect_err("it is wrong")
        .to_string()
}

/// A value of image `at`, which differs from all others.
fn value(at: usize, pixel: usize) -> u8 {
    u8::try_from((at * 7 + pixel * 3 + at * pixel) % 251).expect("less than 251")
}

pub fn pixels(at: usize, n: usize) -> Vec<u8> {
    (0..n).map(|pixel| value(at, pixel)).collect()
}

pub fn label(at: usize) -> u8 {
    u8::try_from(at % 3).expect("less than 3")
}

fn idx(sides: &[u32], values: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, u8::try_from(sides.len()).expect("few")];
    bytes.extend(sides.iter().flat_map(|side| side.to_be_bytes()));
    bytes.extend(values);
    bytes
}

fn npy(kind: &str, shape: &str, values: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({shape}), }}");
    let header = format!("{header:<117}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(
        u16::try_from(header.len())
            .expect("it is short")
            .to_le_bytes(),
    );
    bytes.extend(header.as_bytes());
    bytes.extend(values);
    bytes
}

fn zipped(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(*name, options).expect("a place in it");
        zip.write_all(bytes).expect("written");
    }
    zip.finish().expect("a ZIP").into_inner()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).expect("packed");
    packed.finish().expect("packed")
}

pub fn put(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().expect("it has one")).expect("a folder");
    fs::write(&path, bytes).expect("written");
    path
}

pub fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn all(n: usize) -> Vec<u8> {
    (0..N).flat_map(|at| pixels(at, n)).collect()
}

fn labels() -> Vec<u8> {
    (0..N).map(label).collect()
}

/// Every image of `dataset` is one that was written, with its class; `of` gives the pixels of one.
pub fn holds_all(dataset: &Dataset, of: impl Fn(usize) -> Vec<u8>) {
    let mut seen = [false; N];
    for split in [&dataset.train, &dataset.test] {
        for sample in 0..split.len() {
            let at = (0..N).find(|at| of(*at) == split.image(sample));
            let at = at.unwrap_or_else(|| panic!("image {sample} is none of those written"));
            assert!(!seen[at], "image {at} comes twice");
            seen[at] = true;
            let class = dataset.id.class_name(split.label(sample));
            assert_eq!(class, label(at).to_string(), "the class of image {at}");
        }
    }
    assert!(seen.iter().all(|seen| *seen), "all of them are there");
}

#[test]
fn idx_files_of_any_size_are_split_alike_by_class() {
    let folder = folder();
    put(&folder, "images-idx3-ubyte", &idx(&[40, 9, 12], &all(108)));
    put(
        &folder,
        "labels-idx1-ubyte.gz",
        &gzipped(&idx(&[40], &labels())),
    );
    let dataset = opened(folder.path(), "test=25");
    assert_eq!(dataset.train.shape().describe(), "9×12");
    holds_all(&dataset, |at| pixels(at, 108));
    assert_eq!(report(&dataset).counts, [[10, 4], [10, 3], [10, 3]]);
    assert!(!report(&dataset).is_split);
    assert_eq!(
        opened(folder.path(), "test=25").id,
        dataset.id,
        "the same images are the same data set"
    );
    assert_ne!(opened(folder.path(), "test=25 seed=2").id, dataset.id);
}

/// A file in a ZIP is meant, and not those that happen to lie beside the ZIP.
#[test]
fn a_zip_of_one_file_is_read_without_what_lies_beside_it() {
    let folder = folder();
    let other: Vec<u8> = all(64).iter().map(|value| 255 - value).collect();
    put(&folder, "images-idx3-ubyte", &idx(&[40, 8, 8], &other));
    put(&folder, "labels-idx1-ubyte", &idx(&[40], &labels()));
    let inside = zipped(&[("images-idx3-ubyte", idx(&[40, 8, 8], &all(64)))]);
    let dataset = opened(&put(&folder, "one.zip", &inside), "");
    assert_eq!(dataset.n_classes(), 1);
    let images: Vec<Vec<u8>> = (0..N).map(|at| pixels(at, 64)).collect();
    let first = dataset.train.image(0).to_vec();
    assert!(images.contains(&first), "it is of the ZIP");
}

#[test]
fn emnist_is_turned_upright_and_has_letters() {
    let folder = folder();
    let sides = [40, 8, 10];
    put(
        &folder,
        "emnist-tiny-train-images-idx3-ubyte",
        &idx(&sides, &all(80)),
    );
    let one_based: Vec<u8> = labels().iter().map(|label| label + 1).collect();
    put(
        &folder,
        "emnist-tiny-train-labels-idx1-ubyte",
        &idx(&[40], &one_based),
    );
    put(
        &folder,
        "emnist-tiny-mapping.txt",
        b"1 65 97\n2 66 98\n3 67 99\n",
    );
    put(
        &folder,
        "emnist-other-train-images-idx3-ubyte",
        &idx(&sides, &all(80)),
    );
    let error = refused(folder.path(), "");
    assert!(error.contains("emnist-other, emnist-tiny"), "{error}");
    let dataset = opened(
        &folder.path().join("emnist-tiny-train-images-idx3-ubyte"),
        "",
    );
    assert_eq!(dataset.train.shape().describe(), "10×8");
    assert_eq!(dataset.id.spec().classes, ["A", "B", "C"]);
    let first = dataset.train.image(0);
    let upright: Vec<u8> = (0..80).map(|at| value(0, at % 8 * 10 + at / 8)).collect();
    let is_first = (0..dataset.train.len()).any(|sample| dataset.train.image(sample) == upright);
    let is_tested = (0..dataset.test.len()).any(|sample| dataset.test.image(sample) == upright);
    assert!(is_first || is_tested, "{first:?}");
}

#[test]
fn keras_npz_keeps_its_split() {
    let folder = folder();
    let (train, test) = (all(64), all(64)[..10 * 64].to_vec());
    let npz = zipped(&[
        ("x_train.npy", npy("|u1", "40, 8, 8", &train)),
        (
            "y_train.npy",
            npy(
                "<i8",
                "40,",
                &labels()
                    .iter()
                    .flat_map(|label| i64::from(*label).to_le_bytes())
                    .collect::<Vec<_>>(),
            ),
        ),
        ("x_test.npy", npy("|u1", "10, 8, 8", &test)),
        ("y_test.npy", npy("|u1", "10,", &labels()[..10])),
    ]);
    let path = put(&folder, "tiny.npz", &npz);
    let dataset = opened(&path, "");
    assert_eq!((dataset.train.len(), dataset.test.len()), (40, 10));
    assert!(report(&dataset).is_split);
    assert_eq!(dataset.train.images(), train);
    assert_eq!(dataset.test.labels(), &labels()[..10]);
    assert_eq!(
        report(&dataset).duplicates.between,
        10,
        "they are training images"
    );
    assert!(
        dataset.id.name().starts_with("tiny@"),
        "{}",
        dataset.id.name()
    );
}

#[test]
fn colour_comes_in_any_order_of_axes_and_as_numbers_of_any_kind() {
    let folder = folder();
    let planar = |at: usize| pixels(at, 192);
    let interleaved: Vec<u8> = (0..N)
        .flat_map(|at| {
            (0..64).flat_map(move |pixel| [0, 1, 2].map(|channel| value(at, channel * 64 + pixel)))
        })
        .collect();
    let real: Vec<u8> = interleaved
        .iter()
        .flat_map(|byte| (f32::from(*byte) / 255.0).to_le_bytes())
        .collect();
    let with_labels = |images: Vec<u8>| {
        zipped(&[
            ("images.npy", images),
            ("labels.npy", npy("|u1", "40,", &labels())),
        ])
    };
    for (name, images) in [
        ("last", npy("|u1", "40, 8, 8, 3", &interleaved)),
        ("first", npy("|u1", "40, 3, 8, 8", &all(192))),
        ("real", npy("<f4", "40, 8, 8, 3", &real)),
        ("flat", npy("|u1", "40, 192", &interleaved)),
    ] {
        let path = put(&folder, &format!("{name}.npz"), &with_labels(images));
        let dataset = opened(&path, "");
        assert_eq!(dataset.train.shape().describe(), "8×8×3", "{name}");
        holds_all(&dataset, planar);
    }
}

#[test]
fn kaggles_tables_are_read_with_their_wrong_lines_named() {
    let folder = folder();
    let line = |at: usize| {
        let pixels: Vec<String> = pixels(at, 64).iter().map(u8::to_string).collect();
        format!("{},{}\n", label(at), pixels.join(","))
    };
    let names: Vec<String> = (0..64).map(|pixel| format!("pixel{pixel}")).collect();
    let lines: String = (0..N).map(line).collect();
    let table = format!("label,{}\n{lines}7,1,2\n", names.join(","));
    let path = put(&folder, "train.csv", table.as_bytes());
    for path in [
        path,
        put(&folder, "packed/train.csv.gz", &gzipped(table.as_bytes())),
    ] {
        let dataset = opened(&path, "");
        holds_all(&dataset, |at| pixels(at, 64));
        let [skipped] = &report(&dataset).skipped[..] else {
            panic!("{:?}", report(&dataset).skipped);
        };
        assert!(skipped.name.ends_with("line 42"), "{skipped:?}");
    }
}

fn png(image: &DynamicImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image
        .write_to(&mut bytes, ImageFormat::Png)
        .expect("written");
    bytes.into_inner()
}

pub fn gray_png(at: usize, width: u32, height: u32) -> Vec<u8> {
    let pixel = |x: u32, y: u32| Luma([value(at, (y * width + x) as usize)]);
    png(&DynamicImage::ImageLuma8(GrayImage::from_fn(
        width, height, pixel,
    )))
}

#[test]
fn folders_of_images_are_classes_and_damaged_ones_are_listed() {
    let folder = folder();
    for at in 0..N {
        put(
            &folder,
            &format!("set/{}/{at}.png", label(at)),
            &gray_png(at, 8, 8),
        );
    }
    put(&folder, "set/0/broken.png", b"\x89PNG nonsense");
    let whole = gray_png(1, 8, 8);
    put(&folder, "set/1/half.png", &whole[..whole.len() / 2]);
    put(&folder, "set/2/empty.jpg", b"");
    put(&folder, "set/beside.png", &gray_png(1, 8, 8));
    put(&folder, "set/notes.txt", b"not an image");
    let path = folder.path().join("set");
    assert!(holds_data_set(&path));
    let dataset = opened(&path, "");
    holds_all(&dataset, |at| pixels(at, 64));
    let skipped: Vec<&str> = report(&dataset)
        .skipped
        .iter()
        .map(|skipped| skipped.name.as_str())
        .collect();
    assert_eq!(skipped.len(), 4, "{skipped:?}");
    for name in ["0/broken.png", "1/half.png", "2/empty.jpg", "beside.png"] {
        assert!(skipped.contains(&name), "{name} in {skipped:?}");
    }
    let files: Vec<(String, Vec<u8>)> = (0..N)
        .map(|at| (format!("top/{}/{at}.png", label(at)), gray_png(at, 8, 8)))
        .collect();
    let files: Vec<(&str, Vec<u8>)> = files
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.clone()))
        .collect();
    let zip = put(&folder, "packed.zip", &zipped(&files));
    holds_all(&opened(&zip, ""), |at| pixels(at, 64));
}

#[test]
fn mixed_sizes_become_one_and_a_sample_is_taken_where_asked() {
    let folder = folder();
    for at in 0..N {
        let side = 20 + u32::try_from(at).expect("small");
        let image = RgbImage::from_pixel(side, 2 * side, Rgb([200, 40, 40]));
        put(
            &folder,
            &format!("{}/{at}.png", label(at)),
            &png(&DynamicImage::ImageRgb8(image)),
        );
    }
    let dataset = opened(folder.path(), "");
    assert_eq!(dataset.train.shape().describe(), "32×16×3");
    assert!(
        dataset.train.images()[..512]
            .iter()
            .all(|value| *value == 200),
        "red first"
    );
    assert_eq!(report(&dataset).sizes.len(), N);
    let dataset = opened(folder.path(), "16x16 gray limit=30 test=10");
    assert_eq!(dataset.train.shape().describe(), "16×16");
    assert_eq!(dataset.train.len() + dataset.test.len(), 30);
}

#[test]
fn ink_on_paper_becomes_light_on_dark_unless_it_is_to_stay() {
    let folder = folder();
    for at in 0..N {
        let ink = u32::try_from(at % 6).expect("small") + 1;
        let image = GrayImage::from_fn(8, 8, |x, y| {
            Luma([if x == ink && (2..6).contains(&y) {
                0
            } else {
                250
            }])
        });
        put(
            &folder,
            &format!("{at}.png"),
            &png(&DynamicImage::ImageLuma8(image)),
        );
    }
    let dataset = opened(folder.path(), "");
    assert_eq!((dataset.train.image(0)[0], dataset.n_classes()), (5, 1));
    assert_eq!(dataset.id.class_name(0), "unlabelled");
    assert!(
        report(&dataset)
            .notes
            .iter()
            .any(|note| note.contains("light on dark"))
    );
    assert_eq!(opened(folder.path(), "keep").train.image(0)[0], 250);
}

#[test]
fn what_is_wrong_is_said_with_the_file_and_what_to_do() {
    let folder = folder();
    let nowhere = folder.path().join("nowhere");
    assert!(refused(&nowhere, "").contains("does not exist"));
    assert!(refused(folder.path(), "").contains("holds no images that can be opened"));
    let cut = idx(&[40, 8, 8], &all(64)[..900]);
    let path = put(&folder, "a/cut-idx3-ubyte", &cut);
    let error = refused(&path, "");
    assert!(
        error.contains("cut-idx3-ubyte") && error.contains("900 follow"),
        "{error}"
    );
    let few = put(
        &folder,
        "b/few.npy",
        &npy("|u1", "4, 8, 8", &all(64)[..256]),
    );
    assert!(refused(&few, "").contains("at least 10"));
    let odd = put(&folder, "c/odd.npy", &npy("|u1", "40, 70", &all(70)));
    assert!(refused(&odd, "").contains("--fit 20x28"));
    let two = zipped(&[
        ("a.npy", npy("|u1", "40, 8, 8", &all(64))),
        ("b.npy", npy("|u1", "40, 8, 8", &all(64))),
    ]);
    let two = put(&folder, "d/two.npz", &two);
    assert!(refused(&two, "").contains("several arrays of images"));
    let far = npy(
        "<f4",
        "40, 8, 8",
        &(0..N * 64)
            .flat_map(|at| (at as f32).to_le_bytes())
            .collect::<Vec<_>>(),
    );
    let path = put(
        &folder,
        "e/text.npy",
        &npy("<U1", "40, 8, 8", &[b'a', 0, 0, 0].repeat(N * 64)),
    );
    assert!(refused(&path, "").contains("text"));
    let path = put(&folder, "f/far.npy", &far);
    assert!(
        open(&path, "").is_ok(),
        "up to 65,535 they are sixteen bits"
    );
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0";
    let pointer = put(&folder, "g/train.parquet", pointer);
    assert!(refused(&pointer, "").contains("git lfs pull"));
    let zip = put(&folder, "h/cut.zip", b"PK\x03\x04 and no more");
    assert!(refused(&zip, "").contains("damaged ZIP"));
}

/// Bytes changed, cut off and put in anywhere: whatever comes of it is a data set or an error, and never a panic.
#[test]
fn damaged_files_of_every_kind_are_refused_or_read() {
    let folder = folder();
    let images: Vec<(String, Vec<u8>)> = (0..N)
        .map(|at| (format!("{}/{at}.png", label(at)), gray_png(at, 8, 8)))
        .collect();
    let images: Vec<(&str, Vec<u8>)> = images
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.clone()))
        .collect();
    let line = |at: usize| {
        let pixels: Vec<String> = pixels(at, 64).iter().map(u8::to_string).collect();
        format!("{},{}", label(at), pixels.join(","))
    };
    let lines = (0..N).map(line).collect::<Vec<_>>().join("\n");
    let npz = zipped(&[
        ("x.npy", npy("<f4", "40, 8, 8", &all(256))),
        ("y.npy", npy("|u1", "40,", &labels())),
    ]);
    let mut state = 7_u64;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(state >> 33).expect("31 bits") % below.max(1)
    };
    for (name, whole) in [
        ("a.npz", npz),
        ("b.npy", npy("|u1", "40, 8, 8", &all(64))),
        ("c-idx3-ubyte", idx(&[40, 8, 8], &all(64))),
        ("d.csv", lines.into_bytes()),
        ("e.zip", zipped(&images)),
        ("f.csv.gz", gzipped(&[b'1'; 500])),
    ] {
        for _ in 0..60 {
            let mut bytes = whole.clone();
            for _ in 0..=random(4) {
                // Headers are at either end.
                let near = [
                    random(bytes.len()),
                    random(160),
                    bytes.len().saturating_sub(1 + random(160)),
                ];
                let at = near[random(3)].min(bytes.len().saturating_sub(1));
                match random(4) {
                    0 => bytes.truncate(at),
                    1 => bytes.insert(at, random(256).to_le_bytes()[0]),
                    _ if bytes.is_empty() => {}
                    _ => bytes[at] = random(256).to_le_bytes()[0],
                }
            }
            let path = put(&folder, name, &bytes);
            if let Ok(dataset) = open(&path, "") {
                assert!(dataset.train.len() + dataset.test.len() > 10, "{name}");
            }
        }
        fs::remove_file(folder.path().join(name)).expect("it is there");
    }
}
