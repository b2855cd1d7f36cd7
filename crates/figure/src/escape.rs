//! Text that comes from people and files, as markup takes it.

/// Text within an element or a quoted attribute of SVG or HTML.
#[must_use]
pub fn markup(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(character),
            control if control.is_control() => {} // XML has no place for them
            other => escaped.push(other),
        }
    }
    escaped
}

/// JSON within a `<script>`, which nothing in it can end: a `<` only ever stands in a string, where it has another
/// spelling.
#[must_use]
pub fn script_data(json: &str) -> String {
    json.replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_an_element_an_attribute_or_a_script() {
        assert_eq!(markup("a < b & \"c\"\u{0}"), "a &lt; b &amp; &quot;c&quot;");
        let name = "</script><!-- <script>";
        let json = serde_json::to_string(name).expect("a string");
        let escaped = script_data(&json);
        assert!(!escaped.contains('<'), "{escaped}");
        let read: String = serde_json::from_str(&escaped).expect("it is JSON still");
        assert_eq!(read, name);
    }
}
