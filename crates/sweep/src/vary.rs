//! What varies, as people write it: `code=2,4,8`, `l1=log:1e-5..1e-2:4`, `code+l1=2:1e-3,4:1e-4`.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use hourglass_experiment::field::{self, Kind};

/// Values of a range.
const COUNTS: RangeInclusive<usize> = 2..=1_000;

/// Significant digits of the values within a range.
const DIGITS: usize = 6;

/// Settings that vary together, and what they are set to in turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variation {
    /// As a person wrote it.
    text: String,
    /// Keys as `--set` takes them.
    settings: Vec<String>,
    /// A value for each setting, as `--set` takes it.
    points: Vec<Vec<String>>,
}

/// Why a text does not say what varies.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} does not say what varies: {reason}")]
pub struct VaryError {
    text: String,
    reason: String,
}

impl Variation {
    /// The keys of the settings.
    #[must_use]
    pub fn settings(&self) -> &[String] {
        &self.settings
    }

    /// What they are set to in turn: a value for each setting.
    #[must_use]
    pub fn points(&self) -> &[Vec<String>] {
        &self.points
    }
}

impl fmt::Display for Variation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Variation {
    type Err = VaryError;

    fn from_str(text: &str) -> Result<Self, VaryError> {
        let wrong = |reason: String| VaryError {
            text: text.to_owned(),
            reason,
        };
        let (keys, values) = text.split_once('=').ok_or_else(|| {
            wrong("write a setting, = and its values, such as code=2,4,8".to_owned())
        })?;
        let settings: Vec<String> = keys.split('+').map(|key| key.trim().to_owned()).collect();
        for (idx, setting) in settings.iter().enumerate() {
            let reason = match setting.as_str() {
                "" => "a setting has no name",
                "seed" => "seeds are given with --seeds",
                "preset" => "a sweep has one preset: make a sweep of each",
                key if settings[..idx].iter().any(|other| other == key) => {
                    "a setting is named twice"
                }
                _ => continue,
            };
            return Err(wrong(reason.to_owned()));
        }
        let points = if let [setting] = settings.as_slice() {
            let values = values_of(setting, values.trim()).map_err(wrong)?;
            values.into_iter().map(|value| vec![value]).collect()
        } else {
            let points = split(values, ',').into_iter();
            let points = points.map(|point| split(&point, ':'));
            let points: Vec<Vec<String>> = points.collect();
            let n = settings.len();
            if let Some(point) = points.iter().find(|point| point.len() != n) {
                return Err(wrong(format!(
                    "{} settings vary together, so write {n} values with : between them, and not {:?}",
                    settings.len(),
                    point.join(":")
                )));
            }
            points
        };
        if points.iter().flatten().any(String::is_empty) {
            return Err(wrong("a value is missing".to_owned()));
        }
        let twice = points
            .iter()
            .enumerate()
            .find(|(idx, point)| points[..*idx].contains(point));
        if let Some((_, point)) = twice {
            return Err(wrong(format!("{} is there twice", point.join(":"))));
        }
        Ok(Self {
            text: text.to_owned(),
            settings,
            points,
        })
    }
}

/// The values of one setting: a list, or a range.
fn values_of(setting: &str, text: &str) -> Result<Vec<String>, String> {
    let (is_log, range) = match text.strip_prefix("log:") {
        Some(range) => (true, range),
        None => (false, text.strip_prefix("lin:").unwrap_or(text)),
    };
    if !range.contains("..") {
        return if is_log {
            Err("write a range as log:1e-5..1e-2:4, with how many values it has".to_owned())
        } else {
            Ok(split(range, ','))
        };
    }
    let example = if is_log {
        "log:1e-5..1e-2:4"
    } else {
        "0.1..0.5:5"
    };
    let parts = || {
        let (ends, count) = range.rsplit_once(':')?;
        let (from, to) = ends.split_once("..")?;
        let [from, to]: [f64; 2] = [from.trim().parse().ok()?, to.trim().parse().ok()?];
        let count: usize = count.trim().parse().ok()?;
        let is_fit = from.is_finite() && to.is_finite() && COUNTS.contains(&count);
        is_fit.then_some((from, to, count))
    };
    let (from, to, count) = parts().ok_or_else(|| {
        format!(
            "write a range as {example}: two ends and {} to {} values",
            COUNTS.start(),
            COUNTS.end()
        )
    })?;
    if is_log && (from <= 0.0 || to <= 0.0) {
        return Err("both ends of a logarithmic range are above 0".to_owned());
    }
    let last = (count - 1) as f64;
    let at = |idx: usize| {
        let share = idx as f64 / last;
        if is_log {
            (from.ln() + share * (to.ln() - from.ln())).exp()
        } else {
            from + share * (to - from)
        }
    };
    let is_whole = is_whole(setting);
    let value = |idx| {
        let value = rounded(at(idx));
        if is_whole { value.round() } else { value }
    };
    let values: Vec<f64> = (0..count).map(value).collect();
    let values: Vec<String> = values.into_iter().map(text_of).collect();
    let twice = values
        .iter()
        .zip(values.iter().skip(1))
        .find(|(one, next)| one == next);
    if let Some((twice, _)) = twice {
        return Err(format!(
            "{twice} comes twice among {count} values: take fewer"
        ));
    }
    Ok(values)
}

/// A few digits, which a person would have written.
fn rounded(value: f64) -> f64 {
    let text = format!("{value:.digits$e}", digits = DIGITS - 1);
    text.parse().unwrap_or(value)
}

/// As short as it can be read back.
fn text_of(value: f64) -> String {
    let plain = value.to_string();
    let power = format!("{value:e}");
    if power.len() < plain.len() {
        power
    } else {
        plain
    }
}

fn is_whole(setting: &str) -> bool {
    field::named(setting).any(|field| matches!(field.kind, Kind::Number(range) if range.whole))
}

/// Divides a text, but not within brackets, braces and quotes.
fn split(text: &str, separator: char) -> Vec<String> {
    let (mut parts, mut depth, mut is_quoted) = (vec![String::new()], 0_i32, false);
    for c in text.chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            '[' | '{' if !is_quoted => depth += 1,
            ']' | '}' if !is_quoted => depth -= 1,
            _ => {}
        }
        match parts.last_mut() {
            Some(part) if c != separator || depth > 0 || is_quoted => part.push(c),
            _ => parts.push(String::new()),
        }
    }
    parts
        .into_iter()
        .map(|part| part.trim().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(text: &str) -> Vec<Vec<String>> {
        let variation: Variation = text.parse().expect("it says what varies");
        assert_eq!(variation.to_string(), text);
        variation.points().to_vec()
    }

    fn values(text: &str) -> Vec<String> {
        points(text).concat()
    }

    #[test]
    fn lists_ranges_and_settings_that_vary_together() {
        assert_eq!(values("code=2,4, 8"), ["2", "4", "8"]);
        assert_eq!(
            values("l1=log:1e-5..1e-2:4"),
            ["1e-5", "1e-4", "1e-3", "0.01"]
        );
        assert_eq!(
            values("noise=0.1..0.5:5"),
            ["0.1", "0.2", "0.3", "0.4", "0.5"]
        );
        assert_eq!(values("noise=lin:0.5..0.1:3"), ["0.5", "0.3", "0.1"]);
        assert_eq!(
            values("code=log:2..64:6"),
            ["2", "4", "8", "16", "32", "64"]
        );
        assert_eq!(values("code=log:2..100:3"), ["2", "14", "100"], "whole");
        assert_eq!(values("hidden=[256,128],[64]"), ["[256,128]", "[64]"]);
        assert_eq!(values("optimizer.kind=sgd,adam"), ["sgd", "adam"]);
        let tied: Variation = "code+l1=2:1e-3,4:1e-4".parse().expect("pairs");
        assert_eq!(tied.settings(), ["code", "l1"]);
        assert_eq!(tied.points(), [["2", "1e-3"], ["4", "1e-4"]]);
    }

    #[test]
    fn what_is_wrong_is_said_with_the_text() {
        for (text, reason) in [
            ("code", "write a setting, ="),
            ("code=", "a value is missing"),
            ("code=2,,4", "a value is missing"),
            ("code=2,2", "2 is there twice"),
            ("=2", "has no name"),
            ("seed=1,2", "--seeds"),
            ("preset=vae-2", "one preset"),
            ("l1=log:0..1:3", "above 0"),
            ("l1=log:1e-5..1e-2", "log:1e-5..1e-2:4"),
            ("l1=log:1e-5", "log:1e-5..1e-2:4"),
            ("noise=0..1:1", "2 to 1000 values"),
            ("noise=0..1:999999999999", "2 to 1000 values"),
            ("noise=0..inf:3", "two ends"),
            ("code=2..3:4", "comes twice among 4 values"),
            ("code+l1=2:1e-3,4", "write 2 values"),
            ("code+code=2:3", "named twice"),
        ] {
            let error = text.parse::<Variation>().expect_err(text).to_string();
            assert!(error.contains(reason), "{text}: {error}");
            assert!(error.contains(&format!("{text:?}")), "{error}");
        }
    }
}
