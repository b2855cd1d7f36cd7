//! Messages of ONNX as they are written: fields by their numbers in `onnx.proto`.

use prost::encoding;

/// A message, field by field.
#[derive(Clone, Debug, Default)]
pub(super) struct Message(Vec<u8>);

impl Message {
    pub(super) fn int(mut self, field: u32, value: i64) -> Self {
        encoding::int64::encode(field, &value, &mut self.0);
        self
    }

    /// A size or a count.
    pub(super) fn size(self, field: u32, value: usize) -> Self {
        self.int(field, i64::try_from(value).unwrap_or(i64::MAX))
    }

    pub(super) fn float(mut self, field: u32, value: f32) -> Self {
        encoding::float::encode(field, &value, &mut self.0);
        self
    }

    pub(super) fn text(self, field: u32, value: &str) -> Self {
        self.bytes(field, value.as_bytes())
    }

    pub(super) fn bytes(mut self, field: u32, value: &[u8]) -> Self {
        encoding::bytes::encode(field, &value.to_vec(), &mut self.0);
        self
    }

    pub(super) fn message(self, field: u32, value: Self) -> Self {
        let Self(bytes) = value;
        self.bytes(field, &bytes)
    }

    /// The same field once for each message.
    pub(super) fn messages(self, field: u32, values: Vec<Self>) -> Self {
        let put = |message: Self, value| message.message(field, value);
        values.into_iter().fold(self, put)
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}
