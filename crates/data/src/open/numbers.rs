//! Numbers as files store them: their kind, and the order of their bytes.

use half::f16;

use super::array::Values;

/// A kind of number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    F16,
    F32,
    F64,
}

impl Number {
    /// Bytes of one of them.
    pub(super) const fn n_bytes(self) -> usize {
        match self {
            Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 | Self::F16 => 2,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::I64 | Self::U64 | Self::F64 => 8,
        }
    }

    /// Bytes of one of them once it is read.
    pub(super) const fn n_bytes_in_memory(self) -> usize {
        match self {
            Self::U8 => size_of::<u8>(),
            Self::F16 | Self::F32 | Self::F64 => size_of::<f32>(),
            Self::I8 | Self::I16 | Self::I32 | Self::I64 | Self::U16 | Self::U32 | Self::U64 => {
                size_of::<i64>()
            }
        }
    }

    /// The numbers that bytes hold, the highest byte of each first if they are big-endian.
    pub(super) fn read(self, bytes: &[u8], is_big: bool) -> Values {
        macro_rules! each {
            ($number:ty) => {
                bytes.chunks_exact(size_of::<$number>()).map(|bytes| {
                    let bytes = bytes.try_into().unwrap_or_default();
                    if is_big {
                        <$number>::from_be_bytes(bytes)
                    } else {
                        <$number>::from_le_bytes(bytes)
                    }
                })
            };
        }
        match self {
            Self::U8 => Values::Bytes(bytes.to_vec()),
            Self::I8 => Values::Whole(each!(i8).map(i64::from).collect()),
            Self::I16 => Values::Whole(each!(i16).map(i64::from).collect()),
            Self::I32 => Values::Whole(each!(i32).map(i64::from).collect()),
            Self::I64 => Values::Whole(each!(i64).collect()),
            Self::U16 => Values::Whole(each!(u16).map(i64::from).collect()),
            Self::U32 => Values::Whole(each!(u32).map(i64::from).collect()),
            Self::U64 => Values::Whole(
                each!(u64)
                    .map(|value| i64::try_from(value).unwrap_or(i64::MAX))
                    .collect(),
            ),
            Self::F16 => Values::Real(each!(f16).map(f16::to_f32).collect()),
            Self::F32 => Values::Real(each!(f32).collect()),
            Self::F64 => Values::Real(each!(f64).map(|value| value as f32).collect()),
        }
    }
}
