//! What lies where a file was meant to be: downloads that went wrong, by how they begin.

/// What it is, with what to do.
pub(crate) fn of(start: &[u8]) -> Option<&'static str> {
    let text = start.trim_ascii_start();
    let begins = |beginning: &str| {
        let own = text.get(..beginning.len());
        own.is_some_and(|own| own.eq_ignore_ascii_case(beginning.as_bytes()))
    };
    if begins("<!doctype") || begins("<html") || begins("<head") {
        Some("a saved web page")
    } else if begins("version https://git-lfs") {
        Some("a Git LFS pointer, which `git lfs pull` replaces with the content")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_are_told_from_data() {
        let pointer = of(b"version https://git-lfs.github.com/spec/v1\noid");
        assert!(pointer.is_some_and(|what| what.contains("git lfs pull")));
        assert_eq!(of(b"\n<!DOCTYPE html><html>"), Some("a saved web page"));
        assert_eq!([of(b""), of(b"PAR1"), of(b"label,1x1")], [None; 3]);
    }
}
