//! Colours and shapes that stand for data, as plain numbers: the window and the figures share them.

/// Red, green and blue.
pub type Rgb = [u8; 3];

/// Red, green and blue of the ten classes, for light and for dark backgrounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassPalette {
    /// On light backgrounds.
    pub light: [Rgb; 10],
    /// On dark backgrounds.
    pub dark: [Rgb; 10],
}

/// The ten classes, for the window and for exported figures alike. Chosen so that any two stay apart for
/// eyes with full colour vision, protanopia, deuteranopia and tritanopia (Machado et al. 2009), and each
/// stands out from its background; shapes are the second cue, see [`ClassShape`].
pub const CLASS_RGB: ClassPalette = ClassPalette {
    light: [
        [0x10, 0x01, 0x81],
        [0x56, 0x04, 0x42],
        [0x78, 0x7d, 0xad],
        [0xb7, 0x8f, 0x03],
        [0x3e, 0x76, 0x06],
        [0x9c, 0x0f, 0xd8],
        [0x69, 0x47, 0x8d],
        [0x0b, 0x97, 0xfd],
        [0x33, 0x4d, 0x1d],
        [0xd3, 0x46, 0x6b],
    ],
    dark: [
        [0x66, 0x44, 0xfe],
        [0x93, 0x43, 0xb2],
        [0x5e, 0x90, 0xa5],
        [0xf5, 0x82, 0x08],
        [0x57, 0xbc, 0x8c],
        [0xac, 0x80, 0xfc],
        [0xb8, 0xdd, 0xba],
        [0x2b, 0xd2, 0xfe],
        [0xf4, 0xfc, 0x7a],
        [0xcf, 0x52, 0x48],
    ],
};

/// Classes that have a colour and a shape of their own; beyond them, both begin again.
pub const N_MARKS: u8 = 10;

/// The colour of a class.
#[must_use]
pub fn class_rgb(dark: bool, class: u8) -> Rgb {
    let table = if dark {
        &CLASS_RGB.dark
    } else {
        &CLASS_RGB.light
    };
    table[usize::from(class % N_MARKS)]
}

/// The outline that marks a class beside its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClassShape {
    /// Class 0.
    Circle,
    /// Class 1.
    Square,
    /// Class 2.
    Diamond,
    /// Class 3: a triangle standing on its base.
    TriangleUp,
    /// Class 4: a triangle standing on its tip.
    TriangleDown,
    /// Class 5: +
    Plus,
    /// Class 6: ×
    Cross,
    /// Class 7: a star of five points.
    Star,
    /// Class 8.
    Hexagon,
    /// Class 9: a triangle pointing to the left.
    TriangleLeft,
}

/// The shape of a class.
#[must_use]
pub fn class_shape(class: u8) -> ClassShape {
    match class % N_MARKS {
        0 => ClassShape::Circle,
        1 => ClassShape::Square,
        2 => ClassShape::Diamond,
        3 => ClassShape::TriangleUp,
        4 => ClassShape::TriangleDown,
        5 => ClassShape::Plus,
        6 => ClassShape::Cross,
        7 => ClassShape::Star,
        8 => ClassShape::Hexagon,
        _ => ClassShape::TriangleLeft,
    }
}

/// A pixel of a digit, 0 paper to 1 ink; values outside are cut off. Black on white in the light theme,
/// light on dark in the dark theme.
#[must_use]
pub fn ink(dark: bool, value: f32) -> Rgb {
    const LIGHT: [Rgb; 2] = [[255, 255, 255], [18, 22, 28]];
    const DARK: [Rgb; 2] = [[12, 15, 19], [243, 246, 250]];
    let [paper, ink] = if dark { DARK } else { LIGHT };
    mix(paper, ink, value)
}

/// A signed value from −1 (blue) through 0 (the background) to 1 (red); values outside are cut off. Blue
/// and red stay apart for every kind of colour vision.
#[must_use]
pub fn diverging(dark: bool, value: f32) -> Rgb {
    /// Negative, zero, positive.
    const LIGHT: [Rgb; 3] = [[33, 94, 190], [250, 251, 252], [189, 45, 28]];
    const DARK: [Rgb; 3] = [[110, 170, 255], [16, 19, 24], [255, 128, 96]];
    let [negative, zero, positive] = if dark { DARK } else { LIGHT };
    let end = if value < 0.0 { negative } else { positive };
    mix(zero, end, value.abs())
}

/// A value from 0 (little) to 1 (much); values outside are cut off. Brightness changes in one direction all the way, so
/// that the order can be seen with every kind of colour vision, and much stands out most from the background.
#[must_use]
pub fn sequential(dark: bool, value: f32) -> Rgb {
    const LIGHT: [Rgb; 5] = [
        [0xd0, 0x8a, 0x10],
        [0xd1, 0x52, 0x2f],
        [0xa3, 0x28, 0x63],
        [0x5d, 0x17, 0x80],
        [0x17, 0x0a, 0x4a],
    ];
    const DARK: [Rgb; 5] = [
        [0x6a, 0x5a, 0xd8],
        [0xb5, 0x58, 0xb8],
        [0xea, 0x72, 0x6a],
        [0xf8, 0xa8, 0x4e],
        [0xfa, 0xee, 0x8a],
    ];
    let steps = if dark { DARK } else { LIGHT };
    let place = value.clamp(0.0, 1.0) * 4.0;
    let step = (place as usize).min(3);
    let share = place - step as f32;
    mix(steps[step], steps[step + 1], share)
}

/// A colour between two, as far from the first as `share` says, 0..1, in sRGB.
#[must_use]
pub fn mix(from: Rgb, to: Rgb, share: f32) -> Rgb {
    let share = share.clamp(0.0, 1.0); // NaN stays NaN, and is cast to 0
    let channel = |from: u8, to: u8| {
        let (from, to) = (f32::from(from), f32::from(to));
        let byte = (from + share * (to - from) + 0.5) as u8; // rounds what is not negative
        byte
    };
    std::array::from_fn(|idx| channel(from[idx], to[idx]))
}

/// Colours of what stands around data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paper {
    /// Behind everything.
    pub background: Rgb,
    /// Titles, axes and their labels.
    pub text: Rgb,
    /// Captions and units.
    pub text_dim: Rgb,
    /// Grid lines.
    pub grid: Rgb,
    /// Edges of pictures.
    pub border: Rgb,
    /// Training curves.
    pub train: Rgb,
    /// Test curves.
    pub test: Rgb,
    /// What stands out of two that are compared.
    pub positive: Rgb,
}

impl Paper {
    /// For print and bright rooms.
    pub const LIGHT: Self = Self {
        background: [0xff, 0xff, 0xff],
        text: [0x18, 0x1d, 0x24],
        text_dim: [0x55, 0x60, 0x6f],
        grid: [0xe6, 0xea, 0xef],
        border: [0xdd, 0xe2, 0xe9],
        train: [0x1f, 0x5c, 0xc4],
        test: [0xbf, 0x54, 0x0b],
        positive: [0x1b, 0x74, 0x48],
    };
    /// For dark slides.
    pub const DARK: Self = Self {
        background: [0x12, 0x16, 0x1b],
        text: [0xe6, 0xea, 0xf0],
        text_dim: [0x9d, 0xa8, 0xb6],
        grid: [0x22, 0x28, 0x30],
        border: [0x29, 0x2f, 0x38],
        train: [0x7d, 0xae, 0xfb],
        test: [0xf3, 0xa1, 0x5b],
        positive: [0x62, 0xc9, 0x8f],
    };

    /// The colours of one theme.
    #[must_use]
    pub fn of(dark: bool) -> &'static Self {
        if dark { &Self::DARK } else { &Self::LIGHT }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_colours_meet_at_zero_and_values_outside_are_cut_off() {
        for dark in [false, true] {
            assert_eq!(diverging(dark, 0.0), diverging(dark, -0.0));
            assert_eq!(diverging(dark, -7.0), diverging(dark, -1.0));
            assert_ne!(diverging(dark, 1.0), diverging(dark, -1.0));
            assert_eq!(ink(dark, f32::NAN), [0, 0, 0]); // a defect shows, and nothing panics
        }
    }
}
