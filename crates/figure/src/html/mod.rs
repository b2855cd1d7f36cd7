//! A page that any browser opens from a file, without network: one HTML file with everything in it.
//!
//! The page is put together from the files in `assets/page`. What can be read without a script is written here
//! (`texts`, `pictures`); what a reader plays with travels as data (`data`, `packed`) to the script, which draws the
//! scatter and has a decoder of its own.

mod data;
mod experiment;
mod packed;
mod pictures;
mod template;
mod texts;

use super::error::FigureError;
use super::escape::markup;
use super::facts::Facts;
use super::figures::html_page::HtmlPage;
use super::number;

const PAGE: &str = include_str!("../../../../assets/page/page.html");
const STYLE: &str = include_str!("../../../../assets/page/page.css");
const SCRIPT: &str = include_str!("../../../../assets/page/page.js");

/// Weights of a decoder that a page holds: with two bytes each, a third more as text, 27 MB.
const MAX_WEIGHTS: usize = 10_000_000;

/// Writes the page.
///
/// # Errors
/// When the decoder has too many weights, or a picture cannot be packed.
pub fn write(page: &HtmlPage, facts: &Facts, title: &str) -> Result<Vec<u8>, FigureError> {
    let n_weights = page.numbers.decoder.n_parameters();
    if n_weights > MAX_WEIGHTS {
        return Err(FigureError::TooManyWeights {
            found: number::count_of(n_weights),
            most: number::count_of(MAX_WEIGHTS),
        });
    }
    let kept = packed::Kept::of(&page.numbers)?;
    let fills = [
        ("title", markup(title)),
        ("facts", markup(&facts.line())),
        ("colours", pictures::colours()),
        ("style", STYLE.to_owned()),
        ("shown", texts::shown(page, facts, kept.places.len())),
        ("digits", pictures::digits(&page.numbers.digits, facts)?),
        ("loss", pictures::loss(page.loss.as_ref(), facts)?),
        ("experiment", experiment::written(facts)),
        ("decoder", texts::decoder(&page.numbers.decoder)),
        ("numbers", texts::numbers(page, facts)),
        ("json", texts::json(facts)?),
        ("made", texts::made()),
        ("data", data::json(page, facts, &kept)?),
        ("packed", packed::scripts(&page.numbers, &kept)),
        ("script", SCRIPT.to_owned()),
    ];
    Ok(template::filled(PAGE, &fills).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_end_no_element_that_they_stand_in() {
        assert!(!STYLE.contains("</"));
        assert!(!SCRIPT.contains("</script") && !SCRIPT.contains("<!--"));
        assert!(PAGE.contains("default-src 'none'"));
    }
}
