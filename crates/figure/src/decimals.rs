//! Coordinates as an SVG writes them, with no more digits than are seen.

/// With two decimals at most: a hundredth of a pixel is finer than any printer.
pub(super) fn number(value: f32) -> String {
    trimmed(format!("{value:.2}"))
}

pub(super) fn trimmed(text: String) -> String {
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    };
    if text == "-0" { "0".to_owned() } else { text }
}
