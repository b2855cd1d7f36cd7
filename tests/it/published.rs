//! Data sets of the catalogue in formats of their own: stand-ins of the same layout, under the names that the makers give
//! their files, are recognised, read and named; and fetched from a server here, because the real ones are elsewhere.

use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::num::NonZeroU32;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::AtomicBool;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use hourglass::data::mnist::{
    Checksum, FetchError, FetchOptions, FileSpec, MirrorFault, VerifyError, fetch,
};
use hourglass::data::{Dataset, Split, load};
use hourglass::experiment::DataSetId;
use hourglass::protocol::DataSource;
use tempfile::TempDir;

use crate::http_server::{DEADLINE, Reply, Server};

const RGB_BYTES: usize = 3 * 32 * 32;

fn named(name: &str) -> DataSetId {
    DataSetId::of_name(name).expect("it is in the catalogue")
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn put(folder: &Path, name: &str, bytes: &[u8]) {
    fs::write(folder.join(name), bytes).expect("written");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).expect("packed");
    packed.finish().expect("packed")
}

fn loaded(folder: &Path) -> Result<Dataset, String> {
    let never = AtomicBool::new(false);
    load(&DataSource::at(folder), &mut |_| {}, &never).map_err(|error| error.to_string())
}

/// The names of the classes of some images, and the first value of each of these.
fn seen(dataset: &Dataset, split: &Split) -> Vec<(String, u8)> {
    let images = (0..split.len()).map(|at| split.image(at)[0]);
    let classes = split
        .labels()
        .iter()
        .map(|label| dataset.id.class_name(*label));
    classes.zip(images).collect()
}

fn said(pairs: &[(&str, u8)]) -> Vec<(String, u8)> {
    pairs
        .iter()
        .map(|(class, value)| ((*class).to_owned(), *value))
        .collect()
}

/// A TAR with these files.
fn tar(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, bytes.as_slice())
            .expect("into memory");
    }
    tar.into_inner().expect("into memory")
}

/// Records of CIFAR: labels, then an image of one value.
fn cifar(records: &[(&[u8], u8)]) -> Vec<u8> {
    let record = |(labels, value): &(&[u8], u8)| [*labels, &[*value; RGB_BYTES]].concat();
    records.iter().flat_map(record).collect()
}

#[test]
fn cifar_is_read_from_its_archive() {
    let folder = folder();
    let ten: Vec<(&[u8], u8)> = (0..12)
        .map(|at| (&[[0], [9], [3]][at % 3][..], 10 + at as u8))
        .collect();
    let names = "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n";
    let archive = tar(&[
        ("cifar-10-batches-bin/batches.meta.txt", names.into()),
        ("cifar-10-batches-bin/data_batch_1.bin", cifar(&ten)),
        ("cifar-10-batches-bin/test_batch.bin", cifar(&[(&[8], 99)])),
        ("cifar-10-batches-bin/readme.html", b"<html>".to_vec()),
    ]);
    put(folder.path(), "cifar-10-binary.tar.gz", &gzip(&archive));
    let found = loaded(folder.path()).expect("it is CIFAR-10");
    assert_eq!(found.id, named("cifar-10"));
    let train = seen(&found, &found.train);
    assert_eq!(
        train[..3],
        said(&[("airplane", 10), ("truck", 11), ("cat", 12)])
    );
    assert_eq!(seen(&found, &found.test), said(&[("ship", 99)]));

    // A hundred finer classes, after the twenty coarse ones.
    let hundred = self::folder();
    let some: Vec<(&[u8], u8)> = (0..12)
        .map(|at| (&[[4, 0], [1, 99]][at % 2][..], 100 + at as u8))
        .collect();
    let classes = named("cifar-100").spec().classes.join("\n");
    let archive = tar(&[
        (
            "cifar-100-binary/fine_label_names.txt",
            classes.into_bytes(),
        ),
        ("cifar-100-binary/train.bin", cifar(&some)),
        ("cifar-100-binary/test.bin", cifar(&[(&[2, 51], 7)])),
    ]);
    put(hundred.path(), "cifar-100-binary.tar.gz", &gzip(&archive));
    let found = loaded(hundred.path()).expect("it is CIFAR-100");
    assert_eq!(
        seen(&found, &found.train)[..2],
        said(&[("apple", 100), ("worm", 101)])
    );
    assert_eq!(seen(&found, &found.test), said(&[("mushroom", 7)]));
}

/// A MAT-file of images of one value each, with their labels as doubles.
fn mat(images: &[(f64, u8)]) -> Vec<u8> {
    let tagged = |kind: u32, data: &[u8]| {
        let n_bytes = u32::try_from(data.len()).expect("few");
        let mut bytes = [kind.to_le_bytes(), n_bytes.to_le_bytes()].concat();
        bytes.extend(data);
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        bytes
    };
    let array = |class: u32, name: &str, dims: &[u32], kind: u32, data: &[u8]| {
        let dims: Vec<u8> = dims.iter().flat_map(|side| side.to_le_bytes()).collect();
        let flags = [class.to_le_bytes(), [0; 4]].concat();
        let parts = [
            tagged(6, &flags),
            tagged(5, &dims),
            tagged(1, name.as_bytes()),
            tagged(kind, data),
        ];
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
        packed
            .write_all(&tagged(14, &parts.concat()))
            .expect("packed");
        let data = packed.finish().expect("packed");
        let n_bytes = u32::try_from(data.len()).expect("few");
        [&15_u32.to_le_bytes()[..], &n_bytes.to_le_bytes(), &data].concat()
    };
    let n = u32::try_from(images.len()).expect("few");
    let pixels: Vec<u8> = images
        .iter()
        .flat_map(|(_, value)| [*value; RGB_BYTES])
        .collect();
    let labels: Vec<u8> = images
        .iter()
        .flat_map(|(label, _)| label.to_le_bytes())
        .collect();
    let mut bytes = b"MATLAB 5.0 MAT-file, made by a test".to_vec();
    bytes.resize(124, b' ');
    bytes.extend([0, 1]);
    bytes.extend(b"IM");
    bytes.extend(array(9, "X", &[32, 32, 3, n], 2, &pixels));
    bytes.extend(array(6, "y", &[n, 1], 9, &labels));
    bytes
}

#[test]
fn svhn_calls_its_zeros_ten() {
    let folder = folder();
    let train: Vec<(f64, u8)> = (0..12)
        .map(|at| (f64::from(1 + at % 10), 20 + at))
        .collect();
    put(folder.path(), "train_32x32.mat", &mat(&train));
    put(
        folder.path(),
        "test_32x32.mat",
        &mat(&[(10.0, 5), (9.0, 6)]),
    );
    let found = loaded(folder.path()).expect("it is SVHN");
    assert_eq!(found.id, named("svhn"));
    assert_eq!(seen(&found, &found.test), said(&[("0", 5), ("9", 6)]));
    assert_eq!(
        seen(&found, &found.train)[8..10],
        said(&[("9", 28), ("0", 29)])
    );
}

#[test]
fn usps_counts_its_digits_from_one() {
    let folder = folder();
    let line = |class: usize, value: f32| {
        let values = (1..=256).map(|place| format!(" {place}:{value}"));
        format!("{class}{}\n", values.collect::<Vec<_>>().concat())
    };
    let text: String = (0..20)
        .map(|at| line(1 + at % 10, -1.0 + 0.1 * at as f32))
        .collect();
    let packed = |text: &str| {
        let mut packed = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        packed.write_all(text.as_bytes()).expect("packed");
        packed.finish().expect("packed")
    };
    put(folder.path(), "usps.bz2", &packed(&text));
    put(
        folder.path(),
        "usps.t.bz2",
        &packed(&(line(10, 1.0) + &line(1, -1.0))),
    );
    let found = loaded(folder.path()).expect("it is USPS");
    assert_eq!((found.id, found.train.len()), (named("usps"), 20));
    assert_eq!(seen(&found, &found.test), said(&[("9", 255), ("0", 0)]));
}

fn idx(kind: u8, sides: &[u32], values: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, kind, u8::try_from(sides.len()).expect("few")];
    bytes.extend(sides.iter().flat_map(|side| side.to_be_bytes()));
    bytes.extend(values);
    bytes
}

#[test]
fn qmnist_has_writers_beside_its_classes() {
    let folder = folder();
    for (part, n) in [("train", 15_u8), ("test", 3)] {
        let images: Vec<u8> = (0..n).flat_map(|at| [10 * at; 784]).collect();
        let labels =
            (0..n).flat_map(|at| [i32::from(at % 10), 4, 2000 + i32::from(at), 0, 0, 0, 0, 0]);
        let labels: Vec<u8> = labels.flat_map(i32::to_be_bytes).collect();
        let n = u32::from(n);
        let images = gzip(&idx(8, &[n, 28, 28], &images));
        put(
            folder.path(),
            &format!("qmnist-{part}-images-idx3-ubyte.gz"),
            &images,
        );
        let labels = gzip(&idx(0x0c, &[n, 8], &labels));
        put(
            folder.path(),
            &format!("qmnist-{part}-labels-idx2-int.gz"),
            &labels,
        );
    }
    let found = loaded(folder.path()).expect("it is QMNIST");
    assert_eq!((found.id, found.train.len()), (named("qmnist"), 15));
    assert_eq!(
        seen(&found, &found.test),
        said(&[("0", 0), ("1", 10), ("2", 20)])
    );
    let [writer] = found.test_factors.all() else {
        panic!("{:?}", found.test_factors.all());
    };
    assert_eq!(
        (writer.name, found.test_factors.value(*writer, 2)),
        ("writer", Some(2002.0))
    );
}

#[test]
fn quick_draw_has_a_file_for_each_class() {
    let folder = folder();
    let id = named("quickdraw");
    for (class, name) in (0_u8..).zip(id.spec().classes) {
        let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (10, 784), }";
        let header = format!("{header:<117}\n");
        let mut bytes = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
        bytes.extend(header.as_bytes());
        bytes.extend([20 * class; 7840]);
        put(folder.path(), &format!("{name}.npy"), &bytes);
    }
    let found = loaded(folder.path()).expect("it is Quick, Draw!");
    assert_eq!(
        (found.id, found.train.len(), found.test.len()),
        (id, 80, 20)
    );
    assert!(seen(&found, &found.test).contains(&("hourglass".to_owned(), 140)));
}

/// All of EMNIST lies in one archive, and the name says which part of it is meant.
#[test]
fn parts_of_emnist_are_found_in_one_archive() {
    let cache = folder();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut add = |name: &str, bytes: &[u8]| {
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(format!("gzip/{name}"), options)
            .expect("a place in it");
        zip.write_all(bytes).expect("written");
    };
    for (set, first) in [("letters", 1_u8), ("digits", 0)] {
        for (part, n) in [("train", 26_u8), ("test", 4)] {
            // Columns for rows: the first row of each image is as bright as the image's number.
            let images = (0..n)
                .flat_map(|at| (0..784).map(move |pixel| if pixel % 28 == 0 { at } else { 0 }));
            let images: Vec<u8> = images.collect();
            let n_classes = if set == "letters" { 26 } else { 10 };
            let labels: Vec<u8> = (0..n).map(|at| first + at % n_classes).collect();
            let n = u32::from(n);
            let images = gzip(&idx(8, &[n, 28, 28], &images));
            add(
                &format!("emnist-{set}-{part}-images-idx3-ubyte.gz"),
                &images,
            );
            let labels = gzip(&idx(8, &[n], &labels));
            add(
                &format!("emnist-{set}-{part}-labels-idx1-ubyte.gz"),
                &labels,
            );
        }
    }
    let mapping = (1..=26).map(|label| format!("{label} {} {}\n", 64 + label, 96 + label));
    let mapping = mapping.collect::<Vec<_>>().concat();
    add("emnist-letters-mapping.txt", mapping.as_bytes());
    let bytes = zip.finish().expect("a ZIP").into_inner();
    let place = cache.path().join("hourglass/emnist");
    fs::create_dir_all(&place).expect("a folder");
    put(&place, "gzip.zip", &bytes);
    let said = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_hourglass"))
            .args(arguments)
            .env("XDG_CACHE_HOME", cache.path())
            .output()
            .expect("the program starts");
        let text =
            [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        (output.status.success(), text.concat())
    };
    let (is_good, text) = said(&["data", "check", "emnist-letters"]);
    assert!(
        is_good && text.contains("EMNIST letters, 26 + 4 images"),
        "{text}"
    );
    let (is_good, text) = said(&["data", "check", "emnist-digits"]);
    assert!(
        is_good && text.contains("EMNIST digits, 26 + 4 images"),
        "{text}"
    );
    let (is_good, text) = said(&["data", "check", "emnist-balanced"]);
    assert!(!is_good && text.contains("gzip.zip"), "{text}");
    let (is_good, text) = said(&["data", "check", "usps"]);
    assert!(
        !is_good && text.contains("data fetch usps") && text.contains("8 MB"),
        "{text}"
    );
    let (_, text) = said(&["data", "list"]);
    for id in DataSetId::all() {
        assert!(text.contains(id.name()), "{text}");
    }
}

/// Files of a known name and other content are said to be others, and not trained on.
#[test]
fn other_classes_and_shapes_under_the_same_names_are_refused() {
    let folder = folder();
    let train: Vec<(f64, u8)> = (0..12).map(|at| (f64::from(11 + at), 20)).collect();
    put(folder.path(), "train_32x32.mat", &mat(&train));
    put(folder.path(), "test_32x32.mat", &mat(&[(10.0, 5)]));
    let error = loaded(folder.path()).expect_err("there is no digit 11");
    assert!(error.contains("is no class of SVHN"), "{error}");
    let folder = self::folder();
    put(folder.path(), "usps.bz2", b"BZh not really");
    put(folder.path(), "usps.t.bz2", b"");
    let error = loaded(folder.path()).expect_err("it is damaged");
    assert!(
        error.contains("usps.bz2") && error.contains("cannot be unpacked"),
        "{error}"
    );
}

/// 64 kB that nobody would compress.
fn served() -> Vec<u8> {
    (0..65_536_u32)
        .map(|at| (at.wrapping_mul(2_654_435_761) >> 24).to_le_bytes()[0])
        .collect()
}

fn spec(checksum: Checksum) -> [FileSpec; 1] {
    [FileSpec::as_served("gzip.zip", 65_536, checksum)]
}

const SHA256: Checksum =
    Checksum::Served("55928607572270ea0eafc10865d705adcf4483fc86166136b687ad06e5dc14ff");
const MD5: Checksum = Checksum::ServedMd5("6ddae881989d556c679d301c2cfe4baf");

fn fetched(server: &Server, files: &[FileSpec], into: &Path) -> Result<(), FetchError> {
    let options = FetchOptions {
        mirrors: vec![server.url.clone()],
        stall_timeout: DEADLINE,
        rounds: NonZeroU32::MIN,
        replaces: true,
    };
    fetch(files, &options, into, &mut |_| (), &AtomicBool::new(false))
}

#[test]
fn a_file_as_it_is_served_is_fetched_resumed_and_checked() {
    let files = HashMap::from([("gzip.zip".to_owned(), served())]);
    let server = Server::start(files, |_| Reply::File);
    for checksum in [SHA256, MD5] {
        let into = folder();
        let part = into.path().join("gzip.zip.part");
        fs::write(&part, &served()[..20_000]).expect("written");
        fetched(&server, &spec(checksum), into.path()).expect("it is what it should be");
        assert_eq!(
            fs::read(into.path().join("gzip.zip")).expect("there"),
            served()
        );
        assert!(!part.exists());
    }
    assert_eq!(
        server.first_bytes("gzip.zip"),
        [Some(20_000); 2],
        "only the rest"
    );
    let into = folder();
    let wrong = Checksum::ServedMd5("ffffffffffffffffffffffffffffffff");
    let error = fetched(&server, &spec(wrong), into.path()).expect_err("it is another file");
    let FetchError::NoMirror { failures, .. } = error else {
        panic!("{error}");
    };
    assert!(matches!(
        failures[0].fault,
        MirrorFault::WrongFile(VerifyError::WrongChecksum { .. })
    ));
    assert!(!into.path().join("gzip.zip").exists());
}
