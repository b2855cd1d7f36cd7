//! Codes written for other programs: the same in every format, and those that the run's own figures are of.

use std::fs;
use std::io::Read;
use std::path::Path;

use hourglass::run_folder::Summary;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

use crate::command_line::hourglass;
use crate::sweeps::{images, said_by};

/// The array of that name: its header and its values.
fn array(file: &Path, name: &str) -> (String, Vec<u8>) {
    let file = fs::File::open(file).expect("written");
    let mut zip = zip::ZipArchive::new(file).expect("an archive");
    let mut array = zip.by_name(&format!("{name}.npy")).expect("there");
    let mut bytes = Vec::new();
    array.read_to_end(&mut bytes).expect("whole");
    assert_eq!(&bytes[..8], b"\x93NUMPY\x01\x00");
    let length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    assert_eq!((10 + length) % 64, 0, "aligned");
    let header = String::from_utf8(bytes[10..10 + length].to_vec()).expect("text");
    (header, bytes.split_off(10 + length))
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    let values = bytes.chunks_exact(4);
    values
        .map(|value| f32::from_le_bytes(value.try_into().expect("four")))
        .collect()
}

#[test]
fn codes_are_the_same_in_every_format_and_their_errors_are_those_of_the_summary() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| home.path().join(name).to_str().expect("Unicode").to_owned();
    let data = images(home.path());
    let data = data.to_str().expect("a Unicode path");
    let (run, npz, csv, tsv) = (at("run"), at("a.npz"), at("a.csv"), at("a.tsv"));
    let parquet = at("a.parquet");
    let succeeds = |arguments: &[&str]| {
        let output = hourglass(arguments);
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            said_by(&output)
        );
    };
    succeeds(&[
        "train",
        "--preset",
        "vanilla-64",
        "--set",
        "code=3",
        "--epochs",
        "2",
        "--device",
        "cpu",
        "--data",
        data,
        "--out",
        &run,
    ]);
    let codes = |more: &[&str]| {
        let mut arguments = vec!["codes", "--run", &run];
        arguments.extend(more);
        hourglass(&arguments)
    };
    for arguments in [
        &["--out", &npz, "--reconstructions", "--split", "all"][..],
        &["--out", &csv, "--split", "all"],
        &["--out", &parquet, "--split", "all"],
        &["--out", &tsv],
    ] {
        let output = codes(arguments);
        assert!(output.status.success(), "{}", said_by(&output));
    }

    assert_tables_agree(home.path());
    assert_errors_are_of_the_run(home.path());
    for (arguments, expected) in [
        (&["--out", "a.txt"][..], "use .npz, .csv, .parquet or .tsv"),
        (&["--out", &csv], "already exists"),
        (
            &["--out", "b.csv", "--reconstructions"],
            "write them as .npz",
        ),
    ] {
        let output = codes(arguments);
        let said = said_by(&output);
        assert!(
            !output.status.success() && said.contains(expected),
            "{arguments:?}: {said}"
        );
    }
}

fn assert_tables_agree(home: &Path) {
    let text_of = |name: &str| fs::read_to_string(home.join(name)).expect("written");
    // Sixty images: twelve to test with, 48 to learn from.
    let (header, values) = array(&home.join("a.npz"), "codes");
    assert!(
        header.contains("'<f4'") && header.contains("(60, 3,)"),
        "{header}"
    );
    let written = floats(&values);
    let text = text_of("a.csv");
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some("split,index,label,class,mse_per_pixel,h0,h1,h2")
    );
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    let number = |text: &&str| -> f32 { text.parse().expect("a number") };
    let of_table: Vec<f32> = rows
        .iter()
        .flat_map(|row| row[5..].iter().map(number))
        .collect();
    assert_eq!(of_table, written, "to the bit");
    assert_eq!((rows[0][0], rows[0][1]), ("test", "0"));
    assert_eq!((rows[12][0], rows[12][1]), ("train", "0"));
    assert_eq!(as_csv(&home.join("a.parquet")), text, "the same table");
    let vectors = text_of("a.tsv");
    assert_eq!(vectors.lines().count(), 12);
    let first: Vec<f32> = vectors
        .lines()
        .next()
        .expect("a line")
        .split('\t')
        .map(|text| number(&text))
        .collect();
    assert_eq!(first, written[..3]);
    let metadata = text_of("a-metadata.tsv");
    assert!(
        metadata.starts_with("class\tsplit\tindex\tmse_per_pixel\n"),
        "{metadata}"
    );
    assert!(metadata.contains("bars\ttest\t"), "{metadata}");
}

/// A Parquet file as the lines of a CSV.
fn as_csv(file: &Path) -> String {
    let file = fs::File::open(file).expect("written");
    let table = SerializedFileReader::new(file).expect("Parquet");
    let mut text = String::new();
    for row in table.get_row_iter(None).expect("rows") {
        let row = row.expect("whole");
        if text.is_empty() {
            let names: Vec<&str> = row
                .get_column_iter()
                .map(|(name, _)| name.as_str())
                .collect();
            text = names.join(",") + "\n";
        }
        let cells = row.get_column_iter().map(|(_, field)| match field {
            Field::Str(text) => text.clone(),
            Field::Float(value) => value.to_string(),
            Field::Int(value) => value.to_string(),
            other => panic!("{other}"),
        });
        text += &cells.collect::<Vec<_>>().join(",");
        text.push('\n');
    }
    text
}

fn assert_errors_are_of_the_run(home: &Path) {
    let npz = home.join("a.npz");
    // The mean error of the test images is the summary's, and the reconstructions have those errors.
    let (_, errors) = array(&npz, "mse_per_pixel");
    let errors = floats(&errors);
    let mean = errors[..12]
        .iter()
        .map(|&error| f64::from(error))
        .sum::<f64>()
        / 12.0;
    let summary = Summary::of_folder(&home.join("run")).expect("measured");
    let expected = summary.test.mse_per_pixel;
    assert!(
        (mean - expected).abs() < 1e-6 * expected,
        "{mean} and {expected}"
    );
    let (header, values) = array(&npz, "reconstructions");
    assert!(header.contains("(60, 12, 12,)"), "{header}");
    assert_eq!(values.len(), 60 * 144 * 4);
    let (header, names) = array(&npz, "class_names");
    assert!(
        header.contains("'<U4'") && header.contains("(2,)"),
        "{header}"
    );
    assert_eq!(names.len(), 2 * 4 * 4);
    let is_test = array(&npz, "is_test").1;
    assert_eq!(is_test, [vec![1; 12], vec![0; 48]].concat());
}
