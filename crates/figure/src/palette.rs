//! Colours and shapes that stand for data, as plain numbers: the window and the figures share them.

use hourglass_experiment::ImageShape;

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

/// The ten classes, for the window and for exported figures alike. A class has the same hue on both grounds, and only
/// its lightness and strength differ. Any two stay apart for eyes with full colour vision, protanopia, deuteranopia and
/// tritanopia (Machado et al. 2009), and each stands out from its background: tests compute both. They were found by a
/// search for the largest least difference. Shapes are the second cue, see [`ClassShape`].
pub const CLASS_RGB: ClassPalette = ClassPalette {
    light: [
        [0x09, 0x0f, 0xd3],
        [0xb9, 0x23, 0x6b],
        [0x8e, 0x98, 0x07],
        [0x0c, 0xa1, 0xa5],
        [0x98, 0x5f, 0x01],
        [0xc7, 0x3e, 0xfe],
        [0x78, 0x05, 0x71],
        [0x17, 0x69, 0xb5],
        [0x4a, 0x4b, 0x0e],
        [0xfe, 0x49, 0x85],
    ],
    dark: [
        [0xa2, 0xbf, 0xfe],
        [0xf6, 0x91, 0xb5],
        [0xe8, 0xf7, 0x35],
        [0x93, 0xfb, 0xfe],
        [0xbd, 0x83, 0x39],
        [0x8c, 0x6b, 0x9e],
        [0xe8, 0x3e, 0xdc],
        [0x04, 0x8f, 0xfc],
        [0xbd, 0xc0, 0x16],
        [0xd8, 0x22, 0x69],
    ],
};

/// Colours, and shapes. Each ten classes have the ten colours with other shapes than the ten before: a hundred classes have
/// marks of their own.
pub const N_MARKS: u8 = 10;

/// Which of the shapes a class has.
#[must_use]
pub const fn shape_idx(class: u8) -> u8 {
    (class % N_MARKS + class / N_MARKS % N_MARKS) % N_MARKS
}

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
    match shape_idx(class) {
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

/// A pixel of an image of values 0..1, `[channels, height, width]`: ink if it is gray, its own colour if it has one.
#[must_use]
pub fn image_pixel(dark: bool, shape: ImageShape, image: &[f32], pixel: usize) -> Rgb {
    let [red, green, blue] = shape.rgb_of(image, pixel);
    if shape.is_gray() {
        ink(dark, red)
    } else {
        [red, green, blue].map(|value| (value.clamp(0.0, 1.0) * 255.0).round() as u8)
    }
}

/// How far an image is from another in a pixel, from blue (less) to red (more): the mean of its channels.
#[must_use]
pub fn difference(dark: bool, shape: ImageShape, [image, from]: [&[f32]; 2], pixel: usize) -> Rgb {
    let mean = |image| shape.rgb_of(image, pixel).into_iter().sum::<f32>() / 3.0;
    diverging(dark, mean(image) - mean(from))
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
    fn a_hundred_classes_have_marks_of_their_own() {
        let marks: std::collections::HashSet<_> = (0..100)
            .map(|class| (class_rgb(true, class), class_shape(class)))
            .collect();
        assert_eq!(marks.len(), 100);
        assert_eq!(class_shape(3), ClassShape::TriangleUp);
    }

    #[test]
    fn signed_colours_meet_at_zero_and_values_outside_are_cut_off() {
        for dark in [false, true] {
            assert_eq!(diverging(dark, 0.0), diverging(dark, -0.0));
            assert_eq!(diverging(dark, -7.0), diverging(dark, -1.0));
            assert_ne!(diverging(dark, 1.0), diverging(dark, -1.0));
            assert_eq!(ink(dark, f32::NAN), [0, 0, 0]); // a defect shows, and nothing panics
        }
    }

    /// A colour in linear light.
    fn linear(rgb: Rgb) -> [f64; 3] {
        rgb.map(|byte| {
            let value = f64::from(byte) / 255.0;
            if value <= 0.040_45 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        })
    }

    fn times(matrix: [[f64; 3]; 3], of: [f64; 3]) -> [f64; 3] {
        matrix.map(|row| row.iter().zip(of).map(|(a, b)| a * b).sum())
    }

    /// Oklab (Ottosson 2020) of a colour in linear light, where equal distances look about equally large.
    fn oklab(linear: [f64; 3]) -> [f64; 3] {
        const TO_CONES: [[f64; 3]; 3] = [
            [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
            [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
            [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
        ];
        const TO_LAB: [[f64; 3]; 3] = [
            [0.210_454_255_3, 0.793_617_785_0, -0.004_072_046_8],
            [1.977_998_495_1, -2.428_592_205_0, 0.450_593_709_9],
            [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766_0],
        ];
        times(TO_LAB, times(TO_CONES, linear).map(f64::cbrt))
    }

    /// What eyes without one kind of cone see, in linear light (Machado, Oliveira & Fernandes 2009, severity 1).
    const VISIONS: [(&str, [[f64; 3]; 3]); 4] = [
        (
            "full colour vision",
            [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        ),
        (
            "protanopia",
            [
                [0.152_286, 1.052_583, -0.204_868],
                [0.114_503, 0.786_281, 0.099_216],
                [-0.003_882, -0.048_116, 1.051_998],
            ],
        ),
        (
            "deuteranopia",
            [
                [0.367_322, 0.860_646, -0.227_968],
                [0.280_085, 0.672_501, 0.047_413],
                [-0.011_820, 0.042_940, 0.968_881],
            ],
        ),
        (
            "tritanopia",
            [
                [1.255_528, -0.076_749, -0.178_779],
                [-0.078_411, 0.930_809, 0.147_602],
                [0.004_733, 0.691_367, 0.303_900],
            ],
        ),
    ];

    #[test]
    fn any_two_classes_stay_apart_for_every_kind_of_colour_vision() {
        for (name, vision) in VISIONS {
            for (theme, classes) in [("light", CLASS_RGB.light), ("dark", CLASS_RGB.dark)] {
                let seen = classes.map(|rgb| {
                    let linear = times(vision, linear(rgb));
                    oklab(linear.map(|value| value.clamp(0.0, 1.0)))
                });
                for (class, one) in seen.iter().enumerate() {
                    for (other, two) in seen.iter().enumerate().skip(class + 1) {
                        let squares = one.iter().zip(two).map(|(a, b)| (a - b).powi(2));
                        let distance = squares.sum::<f64>().sqrt();
                        let least = if name == VISIONS[0].0 { 0.14 } else { 0.09 };
                        assert!(
                            distance >= least,
                            "{class} and {other}, {theme}, {name}: {distance:.3}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn a_class_has_the_same_hue_on_both_grounds() {
        for (light, dark) in CLASS_RGB.light.into_iter().zip(CLASS_RGB.dark) {
            let [one, two] = [light, dark].map(|rgb| {
                let [_, a, b] = oklab(linear(rgb));
                b.atan2(a).to_degrees()
            });
            let turn = (one - two).rem_euclid(360.0);
            assert!(
                turn.min(360.0 - turn) < 4.0,
                "{light:?} {dark:?}: {turn:.1}°"
            );
        }
    }

    #[test]
    fn classes_stand_out_from_the_paper() {
        let luminance = |rgb: Rgb| {
            let [red, green, blue] = linear(rgb);
            0.05 + 0.2126 * red + 0.7152 * green + 0.0722 * blue
        };
        for dark in [false, true] {
            let paper = luminance(Paper::of(dark).background);
            for class in 0..N_MARKS {
                let front = luminance(class_rgb(dark, class));
                let contrast = front.max(paper) / front.min(paper);
                assert!(contrast >= 3.0, "class {class}, dark {dark}: {contrast:.2}");
            }
        }
    }
}
