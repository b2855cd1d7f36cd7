//! Numbers as people read and write them: `0.05`, `6.4×10⁻⁴`. In files, and on command lines, they are `0.05` and
//! `6.4e-4`.

use crate::Piece;

/// Five significant digits, without a long tail of zeros before them: `0.016132`, `1.2346×10⁻⁵`, `12.346`.
#[must_use]
pub fn five_digits(value: f64) -> String {
    significant(value, 5)
}

/// Three significant digits, for axes and captions.
#[must_use]
pub fn three_digits(value: f64) -> String {
    significant(value, 3)
}

/// Two significant digits, for sentences.
#[must_use]
pub fn two_digits(value: f64) -> String {
    significant(value, 2)
}

/// A setting as a person would write it: `0.001`, `6.4×10⁻⁴`, `10⁻⁵`, `0.3`.
#[must_use]
pub fn setting(value: f64) -> String {
    if value != 0.0 && !(1e-3..1e5).contains(&value.abs()) {
        // At most three digits: a slider sets no more, and the field has room for no more.
        let text = format!("{value:.2e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return with_power(without_zeros(mantissa), exponent);
    }
    without_zeros(&significant(value, 4)).to_owned()
}

/// A number with all digits it has: `0.001`, `6.4×10⁻⁴`, `1048576`.
#[must_use]
pub fn exact(value: f64) -> String {
    let is_small = value != 0.0 && value.abs() < 1e-3;
    let text = if is_small {
        format!("{value:e}")
    } else {
        value.to_string()
    };
    match text.split_once('e') {
        Some((mantissa, exponent)) => with_power(mantissa, exponent),
        None => text.replace('-', "−"),
    }
}

/// The number that a person means by `1,000`, `1e-3`, `10^-3`, `6.4×10⁻⁴`.
#[must_use]
pub fn parse(text: &str) -> Option<f64> {
    let text = text.replace([',', ' ', '\u{a0}'], "").replace('−', "-");
    let Some(power) = text.find(|c| c == '^' || lowered(c).is_some()) else {
        return text.parse().ok();
    };
    let (base, power) = text.split_at(power);
    let mantissa = match base.strip_suffix("10")? {
        "" => "1",
        "-" => "-1",
        factor => factor.strip_suffix(['×', '·', '*'])?,
    };
    let exponent = power.trim_start_matches('^').chars();
    let exponent: String = exponent.map(|c| lowered(c).unwrap_or(c)).collect();
    format!("{mantissa}e{exponent}").parse().ok()
}

/// `10⁻⁵`, `6.4×10⁻⁴`: a mantissa and an exponent as people print them.
#[must_use]
pub fn with_power(mantissa: &str, exponent: &str) -> String {
    let exponent: String = exponent.chars().map(raised).collect();
    match mantissa {
        "1" => format!("10{exponent}"),
        "-1" => format!("−10{exponent}"),
        _ => format!("{}×10{exponent}", mantissa.replace('-', "−")),
    }
}

/// The characters of an exponent, and how they are printed.
const RAISED: [(char, char); 11] = [
    ('-', '⁻'),
    ('0', '⁰'),
    ('1', '¹'),
    ('2', '²'),
    ('3', '³'),
    ('4', '⁴'),
    ('5', '⁵'),
    ('6', '⁶'),
    ('7', '⁷'),
    ('8', '⁸'),
    ('9', '⁹'),
];

fn raised(character: char) -> char {
    let pair = RAISED.iter().find(|(plain, _)| *plain == character);
    pair.map_or(character, |(_, raised)| *raised)
}

fn lowered(character: char) -> Option<char> {
    let pair = RAISED.iter().find(|(_, raised)| *raised == character);
    pair.map(|(plain, _)| *plain)
}

/// Without zeros at the end of its decimals: `0.3`, not `0.3000`.
fn without_zeros(text: &str) -> &str {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        text
    }
}

/// A piece of a formula as text.
#[must_use]
pub fn piece(piece: Piece) -> String {
    match piece {
        Piece::Letter(text) | Piece::Sign(text) | Piece::Choice(text) => text.to_owned(),
        Piece::TightSign(text) => text.replace(' ', "\u{a0}"),
        Piece::Squared => "²".to_owned(),
        Piece::Number(value) => setting(shortest(value)),
        Piece::Share(value) => percent(shortest(value)),
    }
}

/// The shortest decimal that is this number in single precision: 0.3, not 0.30000001192092896.
fn shortest(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::from(value))
}

/// A count with thousands set apart: `101,200`.
#[must_use]
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (idx, digit) in digits.chars().enumerate() {
        if idx > 0 && (digits.len() - idx).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count of something held in memory.
#[must_use]
pub fn count_of(value: usize) -> String {
    count(value as u64)
}

/// A share 0..1 in percent: `14 %`, `1.4 %`, `0.02 %`.
#[must_use]
pub fn percent(share: f64) -> String {
    let value = share * 100.0;
    let decimals = match value.abs() {
        v if v >= 10.0 || v == 0.0 => 0,
        v if v >= 1.0 => 1,
        _ => 2,
    };
    format!("{value:.decimals$} %")
}

/// A figure that is in per cent already, for a column with its unit beside it: `97.1`, `2.05`.
#[must_use]
pub fn percent_of_100(percent: f64) -> String {
    let decimals = if percent.abs() < 9.995 { 2 } else { 1 };
    format!("{percent:.decimals$}")
}

/// A time: `0.4 s`, `21 s`, `3 min 05 s`, `2 h 10 min`.
#[must_use]
pub fn duration(secs: f64) -> String {
    if !secs.is_finite() {
        return "—".to_owned();
    }
    let secs = secs.max(0.0);
    if secs < 9.95 {
        return format!("{secs:.1} s");
    }
    let whole = secs.round() as u64;
    match whole {
        0..60 => format!("{whole} s"),
        60..3600 => format!("{} min {:02} s", whole / 60, whole % 60),
        _ => format!("{} h {:02} min", whole / 3600, whole / 60 % 60),
    }
}

/// Images a second: `840 img/s`, `8.4 k img/s`, `84 k img/s`, `1.2 M img/s`.
#[must_use]
pub fn rate(images_per_sec: f64) -> String {
    let (value, unit) = match images_per_sec {
        r if r >= 999_500.0 => (r / 1e6, "M img/s"),
        r if r >= 999.5 => (r / 1e3, "k img/s"),
        r => (r, "img/s"),
    };
    if value < 9.95 {
        format!("{value:.1} {unit}")
    } else {
        format!("{value:.0} {unit}")
    }
}

/// `digits` significant digits; powers of ten outside 1e-4..1e6.
fn significant(value: f64, digits: u32) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if !value.is_finite() {
        return value.to_string();
    }
    let decimals =
        |exponent: i32| usize::try_from(digits.cast_signed() - 1 - exponent).unwrap_or(0);
    // Through the scientific form, whose exponent is that of the rounded number.
    let scientific = format!("{value:.*e}", decimals(0));
    let exponent = scientific
        .split_once('e')
        .and_then(|(_, exponent)| exponent.parse().ok());
    match (exponent, scientific.split_once('e')) {
        (Some(exponent @ -4..6), _) => format!("{value:.*}", decimals(exponent)).replace('-', "−"),
        (_, Some((mantissa, exponent))) => with_power(mantissa, exponent),
        (_, None) => scientific,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn five_digits_are_significant_ones() {
        let texts = [
            0.016_132_4,
            12.345_678,
            0.000_012_345_6,
            123_456.7,
            0.0,
            -0.5,
            0.099_999_96,
        ];
        let expected = [
            "0.016132",
            "12.346",
            "1.2346×10⁻⁵",
            "123457",
            "0",
            "−0.50000",
            "0.10000",
        ];
        assert_eq!(texts.map(five_digits), expected);
    }

    #[test]
    fn settings_read_as_written() {
        let texts = [
            0.001, 6.4e-4, 1e-5, 0.3, 1000.0, 0.0, 0.012_345, 2.0, 60_000.0,
        ]
        .map(setting);
        let expected = [
            "0.001",
            "6.4×10⁻⁴",
            "10⁻⁵",
            "0.3",
            "1000",
            "0",
            "0.01235",
            "2",
            "60000",
        ];
        assert_eq!(texts, expected);
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let read = [
            ("1,000", 1000.0),
            ("1e-3", 1e-3),
            ("10^-3", 1e-3),
            ("10⁻³", 1e-3),
            ("6.4×10⁻⁴", 6.4e-4),
            ("6.4 * 10^-4", 6.4e-4),
            ("−2.5×10⁵", -2.5e5),
            ("0.05", 0.05),
        ];
        for (text, value) in read {
            assert_eq!(parse(text), Some(value), "{text}");
        }
        for text in ["", "ten", "3×4", "10⁻", "×10³"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_of_a_setting_is_read_as_that_setting(digits in 1..1000_i32, exponent in -9..6_i32) {
            let value = f64::from(digits) * 10_f64.powi(exponent);
            let read = parse(&setting(value)).expect("a number");
            prop_assert!((read - value).abs() <= 1e-9 * value, "{} is {read}", setting(value));
        }
    }

    #[test]
    fn thousands_are_set_apart() {
        let texts = [0, 999, 1_000, 101_200, 1_234_567].map(count);
        assert_eq!(texts, ["0", "999", "1,000", "101,200", "1,234,567"]);
    }

    #[test]
    fn shares_times_and_rates_have_units() {
        assert_eq!(
            [0.14, 0.014, 0.000_2, 0.0, 1.0].map(percent),
            ["14 %", "1.4 %", "0.02 %", "0 %", "100 %"]
        );
        assert_eq!(
            [97.12, 2.049, 9.999, 0.0].map(percent_of_100),
            ["97.1", "2.05", "10.0", "0.00"]
        );
        assert_eq!(
            [0.44, 21.4, 185.0, 7_800.0].map(duration),
            ["0.4 s", "21 s", "3 min 05 s", "2 h 10 min"]
        );
        assert_eq!(
            [840.0, 8_400.0, 84_000.0, 1.2e6].map(rate),
            ["840 img/s", "8.4 k img/s", "84 k img/s", "1.2 M img/s"]
        );
    }
}
