//! Data sets in Parquet: as the Hugging Face hub ships them, as lists of numbers, and as tables of pixels.

use std::path::Path;
use std::sync::Arc;

use hourglass::data::Dataset;
use parquet::basic::{Compression, GzipLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use tempfile::TempDir;

use crate::opened_data::{
    folder, gray_png, holds_all, label, opened, pixels, put, refused, report,
};

const N: usize = 40;

/// What the hub's library writes beside the columns.
const FEATURES: &str = r#"{"info": {"features": {
    "image": {"_type": "Image"},
    "label": {"names": ["shirt / top", "trousers", "bag"], "_type": "ClassLabel"}
}}}"#;

/// A column with the levels that say what is there.
enum Column {
    Numbers(Vec<i64>),
    Reals(Vec<f64>),
    /// Some rows have none.
    Files(Vec<Option<Vec<u8>>>),
    /// Lists in lists, each row: numbers and how deep each repeats.
    Lists(Vec<i64>, Vec<i16>),
}

fn put_column<T: DataType>(
    table: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    values: &[T::T],
    [present, repeated]: [Option<&[i16]>; 2],
) {
    let mut column = table.next_column().expect("open").expect("of the schema");
    let writer = column.typed::<T>();
    writer
        .write_batch(values, present, repeated)
        .expect("written");
    column.close().expect("closed");
}

/// A file of columns, packed as said.
fn parquet(schema: &str, compression: Compression, columns: &[Column]) -> Vec<u8> {
    noted(FEATURES, schema, compression, columns)
}

/// The same with another note of the hub's library.
fn noted(note: &str, schema: &str, compression: Compression, columns: &[Column]) -> Vec<u8> {
    let schema = format!("message table {{ {schema} }}");
    let schema = Arc::new(parse_message_type(&schema).expect("a schema"));
    let note = KeyValue::new("huggingface".to_owned(), note.to_owned());
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .set_key_value_metadata(Some(vec![note]))
        .build();
    let mut file =
        SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).expect("begun");
    let mut table = file.next_row_group().expect("begun");
    for column in columns {
        match column {
            Column::Numbers(values) => put_column::<Int64Type>(&mut table, values, [None, None]),
            Column::Reals(values) => put_column::<DoubleType>(&mut table, values, [None, None]),
            Column::Files(files) => {
                let present: Vec<i16> =
                    files.iter().map(|file| i16::from(file.is_some())).collect();
                let files = files.iter().flatten().cloned();
                let files: Vec<ByteArray> = files.map(ByteArray::from).collect();
                put_column::<ByteArrayType>(&mut table, &files, [Some(&present), None]);
            }
            Column::Lists(values, repeated) => {
                let depth = repeated.iter().max().copied();
                let present = vec![depth.expect("some"); repeated.len()];
                put_column::<Int64Type>(&mut table, values, [Some(&present), Some(repeated)]);
            }
        }
    }
    table.close().expect("closed");
    file.into_inner().expect("written")
}

const OF_THE_HUB: &str =
    "required group image { optional binary bytes; } required int64 label; required double angle;";

/// Images `from..to` as the hub has them.
fn of_the_hub(from: usize, to: usize) -> [Column; 3] {
    let files = (from..to).map(|at| Some(gray_png(at, 9, 8)));
    [
        Column::Files(files.collect()),
        Column::Numbers((from..to).map(|at| i64::from(label(at))).collect()),
        Column::Reals((from..to).map(|at| at as f64 / 2.0).collect()),
    ]
}

/// The name of the only number that is known of images, and its values in the test split.
fn known(dataset: &Dataset) -> (&str, Vec<f32>) {
    let [factor] = dataset.test_factors.all() else {
        panic!("{:?}", dataset.test_factors.all());
    };
    (factor.name, dataset.test_factors.column(*factor))
}

#[test]
fn the_hubs_tables_are_images_with_the_names_of_their_classes() {
    let folder = folder();
    for (name, from, to) in [
        ("train-00000-of-00002", 0, 15),
        ("train-00001-of-00002", 15, 30),
        ("test-00000-of-00001", 30, N),
    ] {
        let bytes = parquet(OF_THE_HUB, Compression::SNAPPY, &of_the_hub(from, to));
        put(&folder, &format!("data/{name}.parquet"), &bytes);
    }
    let dataset = opened(folder.path(), "");
    assert_eq!((dataset.train.len(), dataset.test.len()), (30, 10));
    assert_eq!(dataset.id.spec().shape.describe(), "8×9");
    let names = ["shirt / top", "trousers", "bag"];
    for (at, class) in dataset.train.labels().iter().enumerate() {
        assert_eq!(dataset.id.class_name(*class), names[usize::from(label(at))]);
    }
    assert_eq!(&dataset.train.images()[17 * 72..18 * 72], &pixels(17, 72));
    let (name, values) = known(&dataset);
    assert_eq!(name, "angle");
    assert_eq!(values[..2], [15.0, 15.5], "of the first of the test split");
}

#[test]
fn rows_without_an_image_or_a_class_are_left_out_and_listed() {
    let folder = folder();
    let [mut files, mut labels, angles] = of_the_hub(0, N);
    if let (Column::Files(files), Column::Numbers(labels)) = (&mut files, &mut labels) {
        files[3] = None;
        files[5] = Some(b"no picture".to_vec());
        labels[7] = -1;
    }
    let bytes = parquet(
        OF_THE_HUB,
        Compression::UNCOMPRESSED,
        &[files, labels, angles],
    );
    let path = put(&folder, "a.parquet", &bytes);
    let dataset = opened(&path, "");
    assert_eq!(dataset.train.len() + dataset.test.len(), N - 3);
    let skipped = report(&dataset).skipped.iter();
    let mut skipped: Vec<(&str, &str)> = skipped
        .map(|skipped| (skipped.name.as_str(), skipped.reason.as_str()))
        .collect();
    skipped.sort_unstable();
    assert_eq!(skipped[0], ("a.parquet, row 4", "it has no image"));
    assert_eq!(skipped[1].0, "a.parquet, row 6");
    assert_eq!(
        skipped[2],
        (
            "a.parquet, row 8",
            "it has no class, and the others have one"
        )
    );
    assert_eq!(skipped.len(), 3);
}

#[test]
fn lists_and_columns_of_numbers_are_images_too() {
    let folder = folder();
    let labels = || Column::Numbers((0..N).map(|at| i64::from(label(at))).collect());
    let values = || (0..N).flat_map(|at| pixels(at, 72));
    let numbers: Vec<i64> = values().map(i64::from).collect();
    // 8 lists of 9: the first value of an image repeats at no depth, that of a line at the first.
    let depth = |at: usize| match at % 72 {
        0 => 0,
        at if at % 9 == 0 => 1,
        _ => 2,
    };
    let depths: Vec<i16> = (0..N * 72).map(depth).collect();
    let schema = "required int64 digit; \
                  required group image (LIST) { repeated group list { required group element (LIST) { \
                  repeated group list { required int64 element; } } } }";
    let lists = [labels(), Column::Lists(numbers.clone(), depths)];
    let lists = parquet(schema, Compression::GZIP(GzipLevel::default()), &lists);
    let dataset = opened(&put(&folder, "lists.parquet", &lists), "");
    assert_eq!(dataset.id.spec().shape.describe(), "8×9", "of its lists");
    holds_all(&dataset, |at| pixels(at, 72));

    let of_pixels = (0..72).map(|pixel| format!("required int64 pixel{pixel};"));
    let of_pixels: String = of_pixels.collect();
    let schema = format!("required int64 digit; {of_pixels} required double age;");
    let mut columns = vec![labels()];
    for pixel in 0..72 {
        let column = numbers.iter().skip(pixel).step_by(72);
        columns.push(Column::Numbers(column.copied().collect()));
    }
    columns.push(Column::Reals((0..N).map(|at| at as f64).collect()));
    let table = parquet(&schema, Compression::SNAPPY, &columns);
    let path = put(&folder, "table.parquet", &table);
    let dataset = opened(&path, "8x9");
    holds_all(&dataset, |at| pixels(at, 72));
    assert_eq!(known(&dataset).0, "age");
    assert!(
        refused(&path, "").contains("--fit"),
        "72 values make no square"
    );
}

/// The images are the lists that are called so and not the first; a row of another length is left out wherever it is.
#[test]
fn lists_of_the_usual_length_in_the_column_of_images_are_used() {
    let folder = folder();
    let lists = |lengths: &[usize]| {
        let depths = lengths.iter().flat_map(|length| {
            (0..*length).map(|at| i16::from(at > 0)) // the first value of a row repeats at no depth
        });
        let values = lengths.iter().enumerate();
        let values = values.flat_map(|(at, length)| pixels(at, *length));
        Column::Lists(values.map(i64::from).collect(), depths.collect())
    };
    let mut lengths = [64; N];
    lengths[0] = 70;
    let column = |name: &str| {
        format!(
            "required group {name} (LIST) {{ repeated group list {{ required int64 element; }} }}"
        )
    };
    let schema = [column("boxes"), column("image")].join(" ");
    let columns = [lists(&[4; N]), lists(&lengths)];
    let bytes = parquet(&schema, Compression::SNAPPY, &columns);
    let dataset = opened(&put(&folder, "lists.parquet", &bytes), "");
    assert_eq!(dataset.id.spec().shape.describe(), "8×8");
    assert_eq!(dataset.train.len() + dataset.test.len(), N - 1);
    let skipped = &report(&dataset).skipped[0];
    assert_eq!(skipped.name, "lists.parquet, row 1");
    assert_eq!(skipped.reason, "70 numbers instead of 64");
}

/// What the hub's library wrote may be anything: without it, classes are called by their numbers.
#[test]
fn a_strange_note_of_the_hub_is_passed_over() {
    let folder = folder();
    for note in ["5", "[1]", "\"text\"", "{\"info\": 3}", "{", ""] {
        let columns = of_the_hub(0, N);
        let bytes = noted(note, OF_THE_HUB, Compression::SNAPPY, &columns);
        let dataset = opened(&put(&folder, "a.parquet", &bytes), "");
        assert_eq!(dataset.id.class_name(2), "2", "{note}");
    }
}

#[test]
fn tables_without_images_say_what_they_lack() {
    let folder = folder();
    let put = |name: &str, schema: &str, columns: &[Column]| {
        let bytes = parquet(schema, Compression::SNAPPY, columns);
        put(&folder, name, &bytes)
    };
    let elsewhere = Column::Files(vec![None; N]);
    let schema = "required group image { optional binary bytes; }";
    let elsewhere = put("elsewhere.parquet", schema, &[elsewhere]);
    assert!(refused(&elsewhere, "").contains("lie in other files"));
    let numbers = [Column::Numbers(vec![1; N])];
    let nothing = put("nothing.parquet", "required int64 age;", &numbers);
    assert!(refused(&nothing, "").contains("it holds no images"));
    let damaged = |name: &str, bytes: &[u8]| {
        let path = crate::opened_data::put(&folder, name, bytes);
        refused(&path, "")
    };
    assert!(damaged("short.parquet", b"PAR1").contains("no Parquet file that can be read"));
    let whole = parquet(OF_THE_HUB, Compression::SNAPPY, &of_the_hub(0, N));
    assert!(damaged("cut.parquet", &whole[..whole.len() / 2]).contains("cut.parquet"));
    let zstd = include_bytes!("../seeds/data/parquet-zstd");
    assert!(damaged("zstd.parquet", &zstd[1..]).contains("packed with ZSTD"));
}

/// Every byte of the file in turn becomes another.
#[test]
fn no_damaged_byte_takes_the_program_along() {
    let folder: TempDir = folder();
    let whole = parquet(OF_THE_HUB, Compression::SNAPPY, &of_the_hub(0, 12));
    let refuses = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xff;
        let path: &Path = &put(&folder, "damaged.parquet", &bytes);
        crate::opened_data::open(path, "").is_err()
    };
    let n_refused = (0..whole.len())
        .step_by(3)
        .filter(|at| refuses(*at))
        .count();
    assert!(n_refused > 0, "the end at least says what is where");
}
