//! Codes as Parquet: the table of the CSV, with numbers as numbers.

use std::fmt::Write;
use std::sync::Arc;

use ::parquet::basic::Compression;
use ::parquet::data_type::{ByteArray, ByteArrayType, DataType, FloatType, Int32Type};
use ::parquet::errors::Result;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use ::parquet::schema::parser::parse_message_type;

use hourglass_protocol::Encodings;

use super::rows::rows;

/// A row for each image: split, position in it, label, class, error, units.
///
/// # Errors
/// When the library refuses.
pub(super) fn of(encodings: &Encodings, n_test: usize) -> Result<Vec<u8>> {
    let mut schema = "message codes { required binary split (UTF8); required int32 index; required int32 label; \
                      required binary class (UTF8); required float mse_per_pixel;"
        .to_owned();
    for unit in 0..encodings.size {
        write!(schema, " required float h{unit};").expect("a string takes everything");
    }
    schema.push('}');
    let schema = Arc::new(parse_message_type(&schema)?);
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY);
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties.build()))?;
    let mut table = file.next_row_group()?;
    let rows: Vec<_> = rows(encodings, n_test).collect();
    let number = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    put::<ByteArrayType>(&mut table, rows.iter().map(|row| row.split.into()))?;
    put::<Int32Type>(&mut table, rows.iter().map(|row| number(row.index)))?;
    put::<Int32Type>(&mut table, rows.iter().map(|row| i32::from(row.label)))?;
    put::<ByteArrayType>(
        &mut table,
        rows.iter().map(|row| ByteArray::from(row.class.as_str())),
    )?;
    put::<FloatType>(&mut table, rows.iter().map(|row| row.error))?;
    for unit in 0..encodings.size {
        put::<FloatType>(&mut table, rows.iter().map(|row| row.code[unit]))?;
    }
    table.close()?;
    file.into_inner()
}

/// Writes the next column.
fn put<T: DataType>(
    table: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    values: impl Iterator<Item = T::T>,
) -> Result<()> {
    let values: Vec<T::T> = values.collect();
    if let Some(mut column) = table.next_column()? {
        column.typed::<T>().write_batch(&values, None, None)?;
        column.close()?;
    }
    Ok(())
}
