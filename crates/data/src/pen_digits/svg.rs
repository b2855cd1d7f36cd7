//! Finds the tags of an SVG file and their attributes: just enough of XML to read our own assets.
//!
//! Opening tags, quoted attributes and comments are known; entities, CDATA and nesting are not. What
//! an editor adds around the paths is passed over, not understood.

/// An opening tag, `<name …>` or `<name …/>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag<'svg> {
    pub name: &'svg str,
    /// Names and values in the order of the file, quotes removed.
    attributes: Vec<(&'svg str, &'svg str)>,
}

impl<'svg> Tag<'svg> {
    /// The value of the attribute called exactly `name`.
    pub(super) fn attribute(&self, name: &str) -> Option<&'svg str> {
        let named = |(other, _): &&(&str, &str)| *other == name;
        self.attributes.iter().find(named).map(|(_, value)| *value)
    }
}

/// All opening tags of a file, or `None` where a tag, comment or quote has no end.
pub(super) fn opening_tags(svg: &str) -> Option<Vec<Tag<'_>>> {
    let mut tags = Vec::new();
    let mut rest = svg;
    while let Some((_, from_tag)) = rest.split_once('<') {
        rest = if let Some(comment) = from_tag.strip_prefix("!--") {
            comment.split_once("-->")?.1
        } else if from_tag.starts_with(['/', '?', '!']) {
            from_tag.split_once('>')?.1
        } else {
            let (tag, after) = read_tag(from_tag)?;
            tags.push(tag);
            after
        };
    }
    Some(tags)
}

/// Reads the tag whose name `text` begins with; also returns what follows it.
fn read_tag(text: &str) -> Option<(Tag<'_>, &str)> {
    let name_end = text.find(|c: char| c.is_whitespace() || c == '>' || c == '/')?;
    let (name, mut rest) = text.split_at(name_end);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if let Some(after) = rest.strip_prefix('>') {
            return Some((Tag { name, attributes }, after));
        }
        // A value may hold `>`, so the tag's end cannot be looked for before its quotes are read.
        let (attribute, from_value) = rest.split_once('=')?;
        let from_value = from_value.trim_start();
        let quote = from_value
            .chars()
            .next()
            .filter(|c| matches!(c, '"' | '\''))?;
        let (value, after) = from_value[1..].split_once(quote)?;
        attributes.push((attribute.trim_end(), value));
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_attributes_are_found_whatever_their_order_and_quotes() {
        let tags = opening_tags("<?xml version='1'?><svg><path d = 'M 0,0'\n id=\"a>b\" /></svg>")
            .unwrap();
        let names: Vec<_> = tags.iter().map(|tag| tag.name).collect();
        assert_eq!(names, ["svg", "path"]);
        assert_eq!(tags[1].attribute("id"), Some("a>b"));
        assert_eq!(tags[1].attribute("d"), Some("M 0,0"));
    }

    #[test]
    fn an_attribute_is_not_found_inside_another_name() {
        let tags = opening_tags("<path inkscape:original-d=\"x\" id=\"y\"/>").unwrap();
        assert_eq!(tags[0].attribute("d"), None);
    }

    #[test]
    fn comments_are_skipped() {
        assert_eq!(opening_tags("<!-- <path d=\"\"/> -->"), Some(Vec::new()));
    }

    #[test]
    fn what_has_no_end_is_refused() {
        for svg in ["<path", "<path d=\"M", "<!-- x", "<path d=M/>", "<path d>"] {
            assert_eq!(opening_tags(svg), None, "{svg}");
        }
    }
}
