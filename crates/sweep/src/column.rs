//! The columns of the table of runs: figures by their place in `summary.json`.

use std::collections::BTreeMap;

use serde_json::Value;

use hourglass_run_folder::Summary;

/// Parts of `summary.json` whose figures come first, in this order.
const FIRST: [&str; 3] = ["test", "code", "pca"];

/// Leaves that are no figures of a run.
const NO_FIGURES: [&str; 2] = ["format", "seed"];

/// A figure of a run: its place in `summary.json`, such as `test.mse_per_pixel`.
pub type Column = String;

/// The figures of a run.
pub(crate) fn figures_of(summary: &Summary) -> BTreeMap<Column, f64> {
    let mut found = BTreeMap::new();
    if let Ok(value) = serde_json::to_value(summary) {
        collect("", &value, &mut found);
    }
    found
}

/// Numbers alone; of lists, such as the mean of each unit, the file has them.
fn collect(place: &str, value: &Value, found: &mut BTreeMap<Column, f64>) {
    match value {
        Value::Object(parts) => {
            for (key, part) in parts {
                if place.is_empty() && NO_FIGURES.contains(&key.as_str()) {
                    continue;
                }
                let dot = if place.is_empty() { "" } else { "." };
                collect(&format!("{place}{dot}{key}"), part, found);
            }
        }
        Value::Number(number) => {
            if let Some(number) = number.as_f64() {
                found.insert(place.to_owned(), number);
            }
        }
        _ => {}
    }
}

pub(crate) fn rank(column: &str) -> usize {
    let part = column.split('.').next().unwrap_or(column);
    let position = FIRST.iter().position(|first| *first == part);
    position.unwrap_or(FIRST.len())
}

/// A column for people: `test MSE per pixel` of `test.mse_per_pixel`.
#[must_use]
pub fn label_of(column: &str) -> String {
    const AS_PEOPLE_WRITE: [(&str, &str); 7] = [
        ("mse", "MSE"),
        ("bce", "BCE"),
        ("kl", "KL"),
        ("elbo", "ELBO"),
        ("pca", "PCA"),
        ("psnr", "PSNR"),
        ("db", "dB"),
    ];
    let words = column.split(['.', '_']).map(|word| {
        let known = AS_PEOPLE_WRITE.iter().find(|(of, _)| *of == word);
        known.map_or(word, |(_, written)| written)
    });
    words.collect::<Vec<&str>>().join(" ")
}

/// The column that a person means: by its name, or by how its words begin, as `test_mse` for `test.mse_per_pixel`.
///
/// # Errors
/// The nearest names, where none or more than one is meant.
pub fn column_named<'a>(columns: &'a [Column], asked: &str) -> Result<&'a str, String> {
    if let Some(exact) = columns.iter().find(|column| *column == asked) {
        return Ok(exact);
    }
    let words = |text: &str| -> Vec<String> {
        let parts = text.split(['.', '_', ' ']).filter(|part| !part.is_empty());
        parts.map(str::to_lowercase).collect()
    };
    let asked_words = words(asked);
    let is_meant = |column: &&Column| {
        let mut of_column = words(column).into_iter();
        let begins = |word: &String| of_column.any(|of_column| of_column.starts_with(word));
        !asked_words.is_empty() && asked_words.iter().all(begins)
    };
    let mut meant: Vec<&Column> = columns.iter().filter(is_meant).collect();
    // `mse` is `test.mse_per_pixel` before it is `pca.mse_per_pixel` or `test.noise_image_mse_per_pixel`.
    meant.sort_by_key(|column| (rank(column), words(column).len()));
    if let Some(first) = meant.first() {
        return Ok(first);
    }
    let likeness = |column: &&Column| (strsim::jaro_winkler(column, asked) * 1e6) as u64;
    let mut near: Vec<&Column> = columns.iter().collect();
    near.sort_by_key(|column| std::cmp::Reverse(likeness(column)));
    let near: Vec<&str> = near.iter().take(3).map(|column| column.as_str()).collect();
    Err(format!(
        "there is no figure {asked:?}: did you mean {}?",
        near.join(" or ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_names_for_people() {
        assert_eq!(label_of("test.mse_per_pixel"), "test MSE per pixel");
        assert_eq!(label_of("seconds"), "seconds");
    }

    #[test]
    fn a_column_is_found_by_the_beginnings_of_its_words() {
        let columns = [
            "test.mse_per_pixel",
            "test.noise_image_mse_per_pixel",
            "code.mean_activation",
            "code.dead_units",
            "pca.mse_per_pixel",
            "seconds",
        ]
        .map(str::to_owned);
        let named = |asked| column_named(&columns, asked);
        assert_eq!(named("test_mse"), Ok("test.mse_per_pixel"));
        assert_eq!(named("mse"), Ok("test.mse_per_pixel"));
        assert_eq!(named("noise mse"), Ok("test.noise_image_mse_per_pixel"));
        assert_eq!(named("pca_mse"), Ok("pca.mse_per_pixel"));
        assert_eq!(named("dead"), Ok("code.dead_units"));
        assert_eq!(named("seconds"), Ok("seconds"));
        let error = named("code.ded_units").expect_err("misspelt");
        assert!(error.contains("did you mean code.dead_units"), "{error}");
        assert!(named("").is_err());
    }
}
