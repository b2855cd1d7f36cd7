//! The columns of a Parquet file. Nothing that the file says of itself is believed: what is read of it has limits, and a
//! panic of the decoder is an error of the file.

use bytes::Bytes;
use parquet::basic::{Compression, ConvertedType, LogicalType, Type};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::column::reader::{ColumnReaderImpl, get_column_reader, get_typed_column_reader};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FloatType, Int32Type, Int64Type,
};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;

use super::super::store::check_size;
use crate::guard::guarded;

/// Most rows: images of 8×8 that fill the memory a data set may take.
const MAX_ROWS: usize = 1 << 24;

/// Most values of a page: one of a few bytes may unpack to as many as its header likes.
const MAX_PAGE_VALUES: u32 = 1 << 26;

/// Rows that are decoded at once.
const ROWS_AT_ONCE: usize = 1 << 10;

/// Takes the bytes of a row, or that it has none.
type TakeBytes<'a> = dyn FnMut(Option<&[u8]>) -> Result<(), String> + 'a;

/// Takes a value, or that there is none, with how deep it repeats: 0 for the first of a row.
type TakeValue<'a, T> = dyn FnMut(usize, Option<&T>) -> Result<(), String> + 'a;

/// Takes a number in the same way.
type TakeNumber<'a> = dyn FnMut(usize, Option<f32>) -> Result<(), String> + 'a;

/// A file that can be read.
pub(super) struct Columns {
    reader: SerializedFileReader<Bytes>,
    pub(super) n_rows: usize,
    pub(super) all: Vec<Column>,
}

/// A column of plain values; those of a struct have a name of several parts.
#[derive(Clone, Debug)]
pub(super) struct Column {
    at: usize,
    pub(super) path: Vec<String>,
    pub(super) kind: Kind,
    /// Lists in lists, each row; none are plain values.
    pub(super) depth: usize,
    /// What a value's definition level is where it is there.
    present: i16,
}

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Text,
    Bytes,
    /// Dates, decimals and others, which say nothing here.
    Other,
}

impl Column {
    fn of(at: usize, descriptor: &ColumnDescriptor) -> Self {
        Self {
            at,
            path: descriptor.path().parts().to_vec(),
            kind: Kind::of(descriptor),
            depth: usize::try_from(descriptor.max_rep_level()).unwrap_or(0),
            present: descriptor.max_def_level(),
        }
    }

    /// The column of the table that it is, or is a part of.
    pub(super) fn name(&self) -> &str {
        self.path.first().map_or("", String::as_str)
    }

    /// Whether it is a column of the table itself, with a value for each row.
    pub(super) fn is_plain(&self) -> bool {
        self.path.len() == 1 && self.depth == 0
    }
}

impl Kind {
    fn of(descriptor: &ColumnDescriptor) -> Self {
        let is_text = matches!(
            descriptor.converted_type(),
            ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON
        ) || matches!(
            descriptor.logical_type_ref(),
            Some(LogicalType::String | LogicalType::Enum | LogicalType::Json)
        );
        let is_number = match descriptor.logical_type_ref() {
            None => !matches!(
                descriptor.converted_type(),
                ConvertedType::DECIMAL
                    | ConvertedType::DATE
                    | ConvertedType::TIME_MILLIS
                    | ConvertedType::TIME_MICROS
                    | ConvertedType::TIMESTAMP_MILLIS
                    | ConvertedType::TIMESTAMP_MICROS
            ),
            Some(logical) => matches!(logical, LogicalType::Integer(_)),
        };
        match descriptor.physical_type() {
            Type::BYTE_ARRAY if is_text => Self::Text,
            Type::BYTE_ARRAY => Self::Bytes,
            Type::BOOLEAN | Type::INT32 | Type::INT64 | Type::FLOAT | Type::DOUBLE if is_number => {
                Self::Number
            }
            _ => Self::Other,
        }
    }
}

/// The numbers of a column of lists.
pub(super) struct Lists {
    pub(super) values: Vec<f32>,
    /// How many each row has.
    pub(super) lengths: Vec<usize>,
    /// The sides of the first row that has any, without the number of rows.
    pub(super) sides: Vec<usize>,
}

impl Columns {
    /// Reads what the end of a file says of its columns.
    pub(super) fn of(bytes: Vec<u8>) -> Result<Self, String> {
        let reader = or_damaged(|| SerializedFileReader::new(Bytes::from(bytes)))?;
        let metadata = reader.metadata();
        for chunk in metadata
            .row_groups()
            .iter()
            .flat_map(RowGroupMetaData::columns)
        {
            let compression = chunk.compression();
            if !matches!(
                compression,
                Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::GZIP(_)
            ) {
                let name = format!("{compression:?}");
                let name = name.split('(').next().unwrap_or_default();
                return Err(format!(
                    "its columns are packed with {name}, which is not read: write the file again with \
                     compression=\"snappy\" or \"gzip\""
                ));
            }
        }
        let n_rows: i64 = metadata
            .row_groups()
            .iter()
            .fold(0, |sum, group| sum.saturating_add(group.num_rows()));
        let n_rows = usize::try_from(n_rows).unwrap_or(0);
        if n_rows > MAX_ROWS {
            return Err(format!("it has {n_rows} rows, more than {MAX_ROWS}"));
        }
        let columns = metadata.file_metadata().schema_descr().columns();
        let all = columns.iter().enumerate();
        let all = all.map(|(at, descriptor)| Column::of(at, descriptor));
        Ok(Self {
            all: all.collect(),
            n_rows,
            reader,
        })
    }

    /// What a program wrote into the file besides its columns.
    pub(super) fn note_of(&self, key: &str) -> Option<&str> {
        let notes = self.reader.metadata().file_metadata();
        let note = notes
            .key_value_metadata()?
            .iter()
            .find(|note| note.key == key);
        note?.value.as_deref()
    }

    /// The numbers of a column, one for each row; what is none is NaN.
    pub(super) fn numbers(&self, column: &Column) -> Result<Vec<f32>, String> {
        let mut numbers = Vec::new();
        self.each_number(column, &mut |_, value| {
            numbers.push(value.unwrap_or(f32::NAN));
            Ok(())
        })?;
        Ok(numbers)
    }

    /// The texts of a column, one for each row.
    pub(super) fn texts(&self, column: &Column) -> Result<Vec<Option<String>>, String> {
        let (mut texts, mut n_bytes) = (Vec::new(), 0);
        self.each_slice(column, &mut |bytes| {
            n_bytes += bytes.map_or(0, <[u8]>::len);
            texts.push(bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned()));
            check_size(n_bytes)
        })?;
        Ok(texts)
    }

    /// The numbers of a column of lists.
    pub(super) fn lists(&self, column: &Column) -> Result<Lists, String> {
        let mut lists = Lists {
            values: Vec::new(),
            lengths: Vec::new(),
            sides: Vec::new(),
        };
        // How many values of the first row that has any begin a list at each depth.
        let mut counts = vec![0_usize; column.depth];
        self.each_number(column, &mut |repeated, value| {
            if repeated == 0 {
                lists.lengths.push(0);
            }
            let Some(value) = value else { return Ok(()) };
            lists.values.push(value);
            let length = lists.lengths.last_mut();
            let length = length.ok_or("it begins within a row")?;
            *length += 1;
            if lists.values.len() == *length {
                for count in counts.iter_mut().skip(repeated.saturating_sub(1)) {
                    *count += 1;
                }
            }
            check_size(lists.values.len().saturating_mul(size_of::<f32>()))
        })?;
        let mut before = 1;
        for count in counts {
            lists.sides.push(count / before);
            before = count.max(1);
        }
        Ok(lists)
    }

    fn each_number(&self, column: &Column, take: &mut TakeNumber<'_>) -> Result<(), String> {
        let descriptor = self.reader.metadata().file_metadata().schema_descr();
        match descriptor.column(column.at).physical_type() {
            Type::BOOLEAN => self.each::<BoolType>(column, &mut |depth, value| {
                take(depth, value.map(|value| f32::from(u8::from(*value))))
            }),
            Type::INT32 => self.each::<Int32Type>(column, &mut |depth, value| {
                take(depth, value.map(|value| *value as f32))
            }),
            Type::INT64 => self.each::<Int64Type>(column, &mut |depth, value| {
                take(depth, value.map(|value| *value as f32))
            }),
            Type::FLOAT => {
                self.each::<FloatType>(column, &mut |depth, value| take(depth, value.copied()))
            }
            Type::DOUBLE => self.each::<DoubleType>(column, &mut |depth, value| {
                take(depth, value.map(|value| *value as f32))
            }),
            _ => Err(format!(
                "its column {} has no numbers",
                column.path.join(".")
            )),
        }
    }

    /// Hands over the bytes of a column, row by row.
    pub(super) fn each_slice(
        &self,
        column: &Column,
        take: &mut TakeBytes<'_>,
    ) -> Result<(), String> {
        self.each::<ByteArrayType>(column, &mut |_, value| take(value.map(ByteArray::data)))
    }

    /// Hands over every value of a column, which has to have as many rows as the table.
    fn each<T: DataType>(
        &self,
        column: &Column,
        take: &mut TakeValue<'_, T::T>,
    ) -> Result<(), String> {
        let mut n_rows = 0;
        for group in 0..self.reader.num_row_groups() {
            let mut reader = or_damaged(|| self.values::<T>(group, column))?;
            loop {
                let some = or_damaged(|| Levels::next(&mut reader))?;
                if some.n == 0 {
                    break;
                }
                let mut values = some.values.iter();
                for level in 0..some.n {
                    let depth = some.depth(level);
                    n_rows += usize::from(depth == 0);
                    if n_rows > self.n_rows {
                        return Err(self.miscounted(column, n_rows));
                    }
                    let is_there = some.is_there(level, column);
                    take(depth, if is_there { values.next() } else { None })?;
                }
            }
        }
        if n_rows < self.n_rows {
            return Err(self.miscounted(column, n_rows));
        }
        Ok(())
    }

    fn miscounted(&self, column: &Column, n: usize) -> String {
        format!(
            "it is damaged: its column {} has {n} of {} rows",
            column.path.join("."),
            self.n_rows
        )
    }

    fn values<T: DataType>(
        &self,
        group: usize,
        column: &Column,
    ) -> ParquetResult<ColumnReaderImpl<T>> {
        let group = self.reader.get_row_group(group)?;
        let pages = Limited(group.get_column_page_reader(column.at)?);
        let descriptor = group.metadata().schema_descr().column(column.at);
        let reader = get_column_reader(descriptor, Box::new(pages));
        Ok(get_typed_column_reader(reader))
    }
}

/// Some rows of a column as the file has them: values that are there, and for each place how deep it repeats and how
/// much of it is there.
struct Levels<T> {
    n: usize,
    present: Vec<i16>,
    repeated: Vec<i16>,
    values: Vec<T>,
}

impl<T> Levels<T> {
    fn next<D: DataType<T = T>>(reader: &mut ColumnReaderImpl<D>) -> ParquetResult<Self> {
        let (mut present, mut repeated, mut values) = (Vec::new(), Vec::new(), Vec::new());
        let (_, _, n) = reader.read_records(
            ROWS_AT_ONCE,
            Some(&mut present),
            Some(&mut repeated),
            &mut values,
        )?;
        Ok(Self {
            n,
            present,
            repeated,
            values,
        })
    }

    fn depth(&self, level: usize) -> usize {
        let depth = self.repeated.get(level).copied().unwrap_or(0);
        usize::try_from(depth).unwrap_or(0)
    }

    /// Where every value has to be there, nothing is said of it.
    fn is_there(&self, level: usize, column: &Column) -> bool {
        let present = self.present.get(level);
        present.is_none_or(|level| *level == column.present)
    }
}

fn or_damaged<T>(read: impl FnOnce() -> ParquetResult<T>) -> Result<T, String> {
    let damaged = |reason: String| format!("it is no Parquet file that can be read: {reason}");
    let read = guarded(read).map_err(damaged)?;
    read.map_err(|error| damaged(error.to_string().replace('\n', " ")))
}

/// Pages of no more values than there is room for.
struct Limited(Box<dyn PageReader>);

impl PageReader for Limited {
    fn get_next_page(&mut self) -> ParquetResult<Option<Page>> {
        let page = self.0.get_next_page()?;
        if page
            .as_ref()
            .is_some_and(|page| page.num_values() > MAX_PAGE_VALUES)
        {
            let reason = format!("a page of more than {MAX_PAGE_VALUES} values");
            return Err(ParquetError::General(reason));
        }
        Ok(page)
    }

    fn peek_next_page(&mut self) -> ParquetResult<Option<PageMetadata>> {
        self.0.peek_next_page()
    }

    fn skip_next_page(&mut self) -> ParquetResult<()> {
        self.0.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> ParquetResult<bool> {
        self.0.at_record_boundary()
    }
}

impl Iterator for Limited {
    type Item = ParquetResult<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}
