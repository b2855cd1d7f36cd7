//! Filling in a template.

/// A template with each `{{name}}` replaced. What is filled in is not read again: a title may look like a name.
#[must_use]
pub fn filled(template: &str, fills: &[(&str, String)]) -> String {
    let room: usize = fills.iter().map(|(_, text)| text.len()).sum();
    let mut text = String::with_capacity(template.len() + room);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        text.push_str(before);
        let (name, after) = after.split_once("}}").expect("a name ends");
        let fill = fills.iter().find(|(known, _)| *known == name);
        let (_, fill) = fill.expect("every name of the template is known");
        text.push_str(fill);
        rest = after;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_not_read_again() {
        let fills = [("a", "{{b}}".to_owned()), ("b", "2".to_owned())];
        assert_eq!(filled("<{{a}} {{b}} {{a}}>", &fills), "<{{b}} 2 {{b}}>");
    }
}
