//! What each colour is for, in both themes.

use egui::Color32;

use super::palette::color;
use hourglass_figure::palette::Paper;

/// Colours by what they are for. Text colours reach a contrast of 4.5 on `surface`, `panel` and `plot`
/// (WCAG AA), lines of data 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// Behind the cards.
    pub surface: Color32,
    /// Cards, menus and windows.
    pub panel: Color32,
    /// Behind curves and points.
    pub plot: Color32,
    /// Edges of cards and controls.
    pub border: Color32,
    /// Edges of controls, which must be found without hovering.
    pub control_border: Color32,
    /// Controls at rest.
    pub control: Color32,
    /// Controls under the pointer.
    pub control_hover: Color32,
    /// Controls held down, and the rail of sliders.
    pub control_active: Color32,
    pub text: Color32,
    /// Captions and units.
    pub text_dim: Color32,
    /// The one colour that says: this is where to act, this is chosen.
    pub accent: Color32,
    /// The accent under the pointer.
    pub accent_hover: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// Behind what is chosen.
    pub accent_soft: Color32,
    /// Training curves.
    pub train: Color32,
    /// Test curves.
    pub test: Color32,
    /// A, of two runs that are compared; their splits are told apart by dashes.
    pub run_a: Color32,
    /// B.
    pub run_b: Color32,
    /// The run before this one.
    pub ghost: Color32,
    /// Good news.
    pub positive: Color32,
    /// Bad news in figures.
    pub negative: Color32,
    /// What needs attention.
    pub warning: Color32,
    /// Behind what needs attention.
    pub warning_soft: Color32,
    /// What went wrong.
    pub error: Color32,
    /// Behind what went wrong.
    pub error_soft: Color32,
    /// Grid lines of plots.
    pub grid: Color32,
    /// Under menus and windows.
    pub shadow: Color32,
}

/// The colours of one theme.
#[must_use]
pub fn tokens(dark: bool) -> &'static Tokens {
    if dark { &DARK } else { &LIGHT }
}

const fn rgb(hex: u32) -> Color32 {
    let [_, r, g, b] = hex.to_be_bytes();
    Color32::from_rgb(r, g, b)
}

const LIGHT: Tokens = Tokens {
    surface: rgb(0xf1_f3_f6),
    panel: rgb(0xff_ff_ff),
    plot: rgb(0xfb_fc_fd),
    border: color(Paper::LIGHT.border),
    control_border: rgb(0xcb_d2_dc),
    control: rgb(0xf6_f7_f9),
    control_hover: rgb(0xec_ef_f3),
    control_active: rgb(0xde_e3_ea),
    text: color(Paper::LIGHT.text),
    text_dim: color(Paper::LIGHT.text_dim),
    accent: rgb(0x1f_5c_c4),
    accent_hover: rgb(0x18_4c_a6),
    on_accent: rgb(0xff_ff_ff),
    accent_soft: rgb(0xe1_ea_f8),
    train: color(Paper::LIGHT.train),
    test: color(Paper::LIGHT.test),
    run_a: color(Paper::LIGHT.train),
    run_b: color(Paper::LIGHT.test),
    ghost: rgb(0xa3_ac_b9),
    positive: color(Paper::LIGHT.positive),
    negative: rgb(0xb0_29_20),
    warning: rgb(0x8a_58_00),
    warning_soft: rgb(0xfd_f2_d9),
    error: rgb(0xb0_29_20),
    error_soft: rgb(0xfc_e8_e6),
    grid: color(Paper::LIGHT.grid),
    shadow: Color32::from_black_alpha(28),
};

const DARK: Tokens = Tokens {
    surface: rgb(0x0e_11_15),
    panel: rgb(0x17_1b_21),
    plot: rgb(0x12_16_1b),
    border: color(Paper::DARK.border),
    control_border: rgb(0x3a_42_4e),
    control: rgb(0x20_26_2e),
    control_hover: rgb(0x2a_31_3b),
    control_active: rgb(0x36_3f_4b),
    text: color(Paper::DARK.text),
    text_dim: color(Paper::DARK.text_dim),
    accent: rgb(0x7d_ae_fb),
    accent_hover: rgb(0x9c_c1_fc),
    on_accent: rgb(0x0a_18_2e),
    accent_soft: rgb(0x1f_30_4d),
    train: color(Paper::DARK.train),
    test: color(Paper::DARK.test),
    run_a: color(Paper::DARK.train),
    run_b: color(Paper::DARK.test),
    ghost: rgb(0x5d_68_77),
    positive: color(Paper::DARK.positive),
    negative: rgb(0xf5_8b_80),
    warning: rgb(0xe6_b3_50),
    warning_soft: rgb(0x35_2a_14),
    error: rgb(0xf5_8b_80),
    error_soft: rgb(0x3a_1d_1b),
    grid: color(Paper::DARK.grid),
    shadow: Color32::from_black_alpha(110),
};

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance (WCAG 2.1).
    fn luminance(color: Color32) -> f64 {
        let linear = |value: u8| {
            let share = f64::from(value) / 255.0;
            if share <= 0.040_45 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
    }

    fn contrast(a: Color32, b: Color32) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_reaches_wcag_aa_on_every_background() {
        for dark in [false, true] {
            let t = tokens(dark);
            for back in [t.surface, t.panel, t.plot, t.control] {
                for front in [t.text, t.text_dim, t.error, t.warning, t.positive, t.accent] {
                    let contrast = contrast(front, back);
                    assert!(
                        contrast >= 4.5,
                        "dark {dark}: {front:?} on {back:?} {contrast:.2}"
                    );
                }
            }
            for (front, back) in [
                (t.on_accent, t.accent),
                (t.on_accent, t.accent_hover),
                (t.text, t.accent_soft),
                (t.text, t.warning_soft),
                (t.text, t.error_soft),
                (t.error, t.error_soft),
                (t.text, t.control_active),
            ] {
                let contrast = contrast(front, back);
                assert!(
                    contrast >= 4.5,
                    "dark {dark}: {front:?} on {back:?} {contrast:.2}"
                );
            }
        }
    }

    #[test]
    fn a_scale_of_values_goes_one_way_and_stands_out_from_the_plot() {
        for dark in [false, true] {
            let back = tokens(dark).plot;
            let contrasts: Vec<f64> = (0..=100_u8)
                .map(|percent| super::super::sequential(dark, f32::from(percent) / 100.0))
                .map(|front| contrast(front, back))
                .collect();
            assert!(contrasts.is_sorted(), "dark {dark}: {contrasts:?}");
            assert!(contrasts[0] >= 2.7, "dark {dark}: {}", contrasts[0]);
            assert!(contrasts[100] >= 4.0 * contrasts[0], "dark {dark}");
        }
    }

    #[test]
    fn curves_and_classes_stand_out_from_the_plot() {
        for dark in [false, true] {
            let t = tokens(dark);
            let classes = (0..10).map(|class| super::super::class_color(dark, class));
            for front in [t.train, t.test].into_iter().chain(classes) {
                let contrast = contrast(front, t.plot);
                assert!(contrast >= 2.9, "dark {dark}: {front:?} {contrast:.2}");
            }
        }
    }
}
