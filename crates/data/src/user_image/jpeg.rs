//! What the markers of a JPEG say before anything is decoded: sizes, scans, and whether its end is there.
//!
//! The decoder fills what is missing with grey and says nothing, keeps every coefficient of a progressive file at
//! once, and goes over all blocks in each scan. So all three are counted here first (ITU-T T.81, annex B).

/// A frame: the size, and how its components are sampled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Frame {
    width: u64,
    height: u64,
    /// Coefficients are sent in several scans.
    is_progressive: bool,
    /// Horizontal and vertical sampling of each component.
    sampling: Vec<[u64; 2]>,
}

/// What the markers of a file say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Markers {
    frames: Vec<Frame>,
    n_scans: u64,
    /// Whether the first scan holds fewer components than the frame.
    is_split: bool,
    /// Bytes of all scans.
    n_data_bytes: u64,
    /// Whether the marker of the end was reached.
    pub(super) has_end: bool,
}

impl Markers {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut found = Self::default();
        let mut rest = bytes.get(2..).unwrap_or(&[]);
        while let Some((marker, after)) = next_marker(rest) {
            match marker {
                0xd9 => {
                    found.has_end = true;
                    break;
                }
                0x01 | 0xd0..=0xd8 => rest = after, // alone, without a segment
                _ => {
                    let Some((segment, after)) = segment(after) else {
                        break;
                    };
                    rest = after;
                    match marker {
                        0xc4 | 0xc8 | 0xcc => {} // tables, and what is reserved
                        0xc0..=0xcf => found.frames.extend(Frame::of(marker, segment)),
                        0xda => {
                            let n_data = data_bytes(rest);
                            found.add_scan(segment, n_data);
                            rest = &rest[n_data..];
                        }
                        _ => {}
                    }
                }
            }
        }
        found
    }

    fn add_scan(&mut self, segment: &[u8], n_data: usize) {
        let n_components = segment.first().map_or(0, |n| usize::from(*n));
        let in_frame = self.frames.last().map_or(0, |frame| frame.sampling.len());
        self.is_split |= n_components < in_frame;
        self.n_scans += 1;
        self.n_data_bytes += n_data as u64;
    }

    /// Bytes in which the decoder keeps coefficients until the last scan.
    pub(super) fn coefficient_bytes(&self) -> u64 {
        let kept = self.frames.iter();
        kept.filter(|frame| frame.is_progressive || self.is_split)
            .map(|frame| frame.n_blocks() * 64 * 2)
            .sum()
    }

    /// How often a block is gone over, all scans together.
    pub(super) fn block_visits(&self) -> u64 {
        let n_blocks: u64 = self.frames.iter().map(Frame::n_blocks).sum();
        n_blocks * self.n_scans
    }

    /// Whether there are too few bytes for even half of the picture. The shortest code of a block is one bit, in
    /// the first scan of a progressive file, and two where all of a block is sent at once.
    pub(super) fn is_mostly_missing(&self) -> bool {
        let least_bits = self.frames.iter().map(|frame| {
            let bits_of_block = if frame.is_progressive { 1 } else { 2 };
            frame.n_blocks() * bits_of_block
        });
        self.n_data_bytes * 8 < least_bits.sum::<u64>() / 2
    }
}

impl Frame {
    fn of(marker: u8, segment: &[u8]) -> Option<Self> {
        let &[_precision, h1, h0, w1, w0, _n, ref components @ ..] = segment else {
            return None;
        };
        let sampling = components.chunks_exact(3).take(4).map(|component| {
            let factor = |bits: u8| u64::from(bits & 15).clamp(1, 4);
            [factor(component[1] >> 4), factor(component[1])]
        });
        Some(Self {
            width: u64::from(u16::from_be_bytes([w1, w0])),
            height: u64::from(u16::from_be_bytes([h1, h0])),
            is_progressive: marker & 3 == 2,
            sampling: sampling.collect(),
        })
    }

    /// Blocks of 8×8 of all components.
    fn n_blocks(&self) -> u64 {
        if let [_one] = self.sampling[..] {
            return self.width.div_ceil(8) * self.height.div_ceil(8); // however it is sampled
        }
        let most = |axis: usize| self.sampling.iter().map(|both| both[axis]).max();
        let [across, down] = [0, 1].map(|axis| 8 * most(axis).unwrap_or(1));
        let in_unit: u64 = self.sampling.iter().map(|[h, v]| h * v).sum();
        self.width.div_ceil(across) * self.height.div_ceil(down) * in_unit
    }
}

/// The next marker, and what follows it.
fn next_marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let mut rest = bytes;
    loop {
        let at = rest.iter().position(|byte| *byte == 0xff)?;
        rest = &rest[at + 1..];
        match rest {
            [0x00 | 0xff, ..] => {} // a byte of data, or filled up
            [marker, after @ ..] => return Some((*marker, after)),
            [] => return None,
        }
    }
}

/// A segment without its length, and what follows it.
fn segment(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = usize::from(u16::from_be_bytes([*bytes.first()?, *bytes.get(1)?]));
    Some((bytes.get(2..length)?, bytes.get(length..)?))
}

/// How far the data of a scan reach.
fn data_bytes(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|byte| *byte == 0xff) {
        at += found;
        match bytes.get(at + 1) {
            Some(0x00 | 0xd0..=0xd7) => at += 2,
            Some(0xff) => at += 1,
            Some(_) => return at,
            None => return bytes.len(),
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame of three components, the first sampled twice as densely both ways, and scans of some bytes.
    fn file(marker: u8, side: u16, scans: &[(u8, usize)]) -> Vec<u8> {
        let [s1, s0] = side.to_be_bytes();
        let mut bytes = vec![0xff, 0xd8, 0xff, marker, 0, 17, 8, s1, s0, s1, s0, 3];
        bytes.extend([1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0]);
        for (n_components, n_data) in scans {
            bytes.extend([0xff, 0xda, 0, 3, *n_components]);
            bytes.extend(vec![0x55; *n_data]);
        }
        bytes.extend([0xff, 0xd9]);
        bytes
    }

    #[test]
    fn blocks_and_coefficients_are_counted() {
        let baseline = Markers::of(&file(0xc0, 160, &[(3, 1000)]));
        assert!(baseline.has_end && baseline.coefficient_bytes() == 0);
        assert_eq!(baseline.block_visits(), 600, "20×20 and twice 10×10");
        assert!(!baseline.is_mostly_missing());
        let split = Markers::of(&file(0xc0, 160, &[(1, 1000), (2, 1000)]));
        assert_eq!(split.coefficient_bytes(), 600 * 128);
        let progressive = Markers::of(&file(0xc2, 160, &[(3, 500), (1, 10), (1, 10)]));
        assert_eq!(progressive.coefficient_bytes(), 600 * 128);
        assert_eq!(progressive.block_visits(), 1800);
    }

    #[test]
    fn what_is_missing_is_seen() {
        assert!(Markers::of(&file(0xc2, 9459, &[(3, 2000)])).is_mostly_missing());
        let whole = file(0xc0, 160, &[(3, 1000)]);
        for end in [0, 1, 2, 3, 10, 24, whole.len() - 1] {
            assert!(!Markers::of(&whole[..end]).has_end, "{end}");
        }
    }
}
