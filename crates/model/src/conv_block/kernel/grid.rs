//! Where the values of a map lie in its plane.

/// Height and width of kernels.
pub(super) const SIDE: usize = 3;

/// Weights of a kernel.
pub(super) const TAPS: usize = SIDE * SIDE;

/// Positions in a plane are computed in steps that divide this many: four vectors of the widest kind.
const STEP: usize = 64;

/// Where the values of a map lie in its plane.
///
/// Rows are one longer than the map's, because the zero right of a row is also the zero left of the next one.
/// Seen from position `p` of the result, the input under a kernel's tap is at `p` plus that tap's offset.
/// What a convolution computes for the position right of each row is meaningless.
pub(super) struct Grid {
    /// Height and width of the map.
    pub side: usize,
    /// From one row to the next.
    pub stride: usize,
    /// Positions of the result, the meaningless ones included.
    pub span: usize,
    /// The same, rounded up to whole steps.
    pub padded_span: usize,
    /// Numbers of one plane.
    pub plane_len: usize,
    /// From a position to the input under each tap.
    pub offsets: [usize; TAPS],
    /// The offset of the tap in the middle, which is where the map's first value lies.
    pub middle: usize,
}

impl Grid {
    /// The grid of a square map.
    pub fn new(side: usize) -> Self {
        let stride = side + 1;
        let span = side * stride;
        let padded_span = span.next_multiple_of(STEP);
        let mut offsets = [0; TAPS];
        for (tap, offset) in offsets.iter_mut().enumerate() {
            *offset = tap / SIDE * stride + tap % SIDE;
        }
        Self {
            side,
            stride,
            span,
            padded_span,
            plane_len: (padded_span + 2 * stride + 2).next_multiple_of(STEP / 4),
            offsets,
            middle: stride + 1,
        }
    }

    pub fn row(&self, y: usize) -> std::ops::Range<usize> {
        let start = self.middle + y * self.stride;
        start..start + self.side
    }
}
