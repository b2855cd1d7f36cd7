//! Colours that stand for data: classes, ink, signed values.

use egui::Color32;

/// Red, green and blue of the ten classes, for light and for dark backgrounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassPalette {
    /// On light backgrounds.
    pub light: [[u8; 3]; 10],
    /// On dark backgrounds.
    pub dark: [[u8; 3]; 10],
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

/// The colour of a class; the tenth for any beyond.
#[must_use]
pub fn class_color(dark: bool, class: u8) -> Color32 {
    let table = if dark {
        &CLASS_RGB.dark
    } else {
        &CLASS_RGB.light
    };
    let [r, g, b] = table[usize::from(class.min(9))];
    Color32::from_rgb(r, g, b)
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

/// The shape of a class; that of class 9 for any beyond.
#[must_use]
pub fn class_shape(class: u8) -> ClassShape {
    match class {
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
pub fn ink(dark: bool, value: f32) -> Color32 {
    const LIGHT: [Color32; 2] = [
        Color32::from_rgb(255, 255, 255),
        Color32::from_rgb(18, 22, 28),
    ];
    const DARK: [Color32; 2] = [
        Color32::from_rgb(12, 15, 19),
        Color32::from_rgb(243, 246, 250),
    ];
    let [paper, ink] = if dark { DARK } else { LIGHT };
    paper.lerp_to_gamma(ink, value.clamp(0.0, 1.0))
}

/// A pixel of a picture as it is.
#[must_use]
pub fn pixel([red, green, blue]: [u8; 3]) -> Color32 {
    Color32::from_rgb(red, green, blue)
}

/// A signed value from −1 (blue) through 0 (the background) to 1 (red); values outside are cut off. Blue
/// and red stay apart for every kind of colour vision.
#[must_use]
pub fn diverging(dark: bool, value: f32) -> Color32 {
    /// Negative, zero, positive.
    const LIGHT: [Color32; 3] = [
        Color32::from_rgb(33, 94, 190),
        Color32::from_rgb(250, 251, 252),
        Color32::from_rgb(189, 45, 28),
    ];
    const DARK: [Color32; 3] = [
        Color32::from_rgb(110, 170, 255),
        Color32::from_rgb(16, 19, 24),
        Color32::from_rgb(255, 128, 96),
    ];
    let [negative, zero, positive] = if dark { DARK } else { LIGHT };
    let end = if value < 0.0 { negative } else { positive };
    zero.lerp_to_gamma(end, value.abs().min(1.0))
}
