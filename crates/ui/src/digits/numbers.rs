//! Test image numbers, as a person types them: `3, 17, 100-105`.

use crate::number;
use hourglass_protocol::SampleIdx;

/// Most images that can be chosen by their numbers.
pub const MAX_CHOSEN: usize = 40;

/// Most characters of the field.
pub const MAX_CHARS: usize = 200;

/// The images that a text names, in its order, each once.
///
/// # Errors
/// What is wrong with the text, for the person who typed it.
pub fn parse(text: &str, n_test: usize) -> Result<Vec<SampleIdx>, String> {
    let mut chosen: Vec<SampleIdx> = Vec::new();
    for part in parts(text) {
        let (first, last) = part.split_once(DASHES).unwrap_or((part, part));
        let (first, last) = (sample(first, n_test)?, sample(last, n_test)?);
        if first > last {
            return Err(format!("“{part}” runs backwards: try {last}-{first}"));
        }
        // A range may be as long as the split: stop where it is too long in any case.
        for sample in (first..=last).take(MAX_CHOSEN + 1) {
            if !chosen.contains(&sample) {
                chosen.push(sample);
            }
        }
        if chosen.len() > MAX_CHOSEN {
            return Err(format!("at most {MAX_CHOSEN} images can be shown"));
        }
    }
    if chosen.is_empty() {
        return Err("type test image numbers, such as 3, 17, 100-105".to_owned());
    }
    Ok(chosen)
}

/// Whichever dash a person finds.
const DASHES: [char; 2] = ['-', '–'];

/// Numbers and ranges, between commas or spaces; spaces around a dash are part of the range.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let between_commas = text.split([',', ';']).map(str::trim);
    between_commas.flat_map(|part| {
        let range = Some(part).filter(|part| part.contains(DASHES));
        let numbers = part.split_whitespace().filter(move |_| range.is_none());
        range.into_iter().chain(numbers)
    })
}

fn sample(text: &str, n_test: usize) -> Result<SampleIdx, String> {
    let text = text.trim();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!(
            "“{text}” is not a number: type numbers such as 3, 17, 100-105"
        ));
    }
    let found = text.parse().ok();
    let is_there = |sample: &SampleIdx| (*sample as usize) < n_test;
    found.filter(is_there).ok_or_else(|| {
        let last = number::count_of(n_test.saturating_sub(1));
        format!("there is no test image {text}: numbers go from 0 to {last}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_and_ranges_are_taken_in_their_order() {
        assert_eq!(
            parse("3, 17, 100-105", 200),
            Ok(vec![3, 17, 100, 101, 102, 103, 104, 105])
        );
        assert_eq!(parse(" 9 7;7 , 6–8 ,", 200), Ok(vec![9, 7, 6, 8]));
        assert_eq!(parse("3 - 5", 200), Ok(vec![3, 4, 5]));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let said = |text| parse(text, 10_000).expect_err(text);
        assert!(said("").contains("type test image numbers"));
        assert!(said("3, x").contains("“x” is not a number"));
        assert!(said("-3").contains("not a number"));
        assert!(said("105-100").contains("backwards: try 100-105"));
        assert!(said("10000").contains("from 0 to 9,999"));
        assert!(said("99999999999999999999").contains("no test image"));
        assert!(said("0-9999").contains("at most 40"));
    }

    proptest! {
        #[test]
        fn whatever_is_typed_stays_within_the_split(text in "[-0-9,;a –]{0,60}", n_test in 0..3_000_usize) {
            if let Ok(chosen) = parse(&text, n_test) {
                prop_assert!(!chosen.is_empty() && chosen.len() <= MAX_CHOSEN);
                prop_assert!(chosen.iter().all(|&sample| (sample as usize) < n_test));
            }
        }
    }
}
