//! The name of a figure's file, whose ending and format say the same.

use std::path::{Path, PathBuf};

use super::{FigureKind, Format};

/// Endings of other pictures, which no figure is written as.
const OTHERS: [&str; 7] = ["jpg", "jpeg", "webp", "bmp", "tif", "tiff", "eps"];

/// What a file is to hold, and its name with the ending of that. The last ending that stands for a format of the
/// figure decides; without one it is the format that was chosen. No other ending of a picture or a table stays: a
/// dialog may have added its own to a name that had one.
#[must_use]
pub fn named(path: &Path, kind: FigureKind, chosen: Format) -> (PathBuf, Format) {
    let mut bare = path.to_owned();
    let mut found = None;
    let mut n_endings = 0;
    while is_ending(&bare) {
        found = found.or(Format::of(&bare, kind)
            .ok()
            .map(|format| (format, n_endings)));
        bare.set_extension("");
        n_endings += 1;
    }
    if let (Some((format, 0)), 1) = (found, n_endings) {
        return (path.to_owned(), format); // as it was written, in capitals or not
    }
    let format = found.map_or(chosen, |(format, _)| format);
    let mut name = bare.into_os_string();
    name.push(format!(".{}", format.ending()));
    (PathBuf::from(name), format)
}

/// Whether a name ends in that of a picture or a table.
fn is_ending(path: &Path) -> bool {
    let Some(ending) = path.extension() else {
        return false;
    };
    let ending = ending.to_string_lossy().to_lowercase();
    let own = Format::ALL.iter().map(|format| format.ending());
    own.chain(OTHERS).any(|known| known == ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ending_that_a_figure_has_decides_and_is_the_only_one() {
        let film = FigureKind::Film;
        let scatter = FigureKind::Scatter;
        for (name, kind, chosen, expected, format) in [
            // A native dialog added the ending of its filter.
            (
                "a/animation.gif.png",
                film,
                Format::Gif,
                "a/animation.gif",
                Format::Gif,
            ),
            (
                "scatter.png.svg",
                scatter,
                Format::Png,
                "scatter.svg",
                Format::Svg,
            ),
            (
                "scatter.svg.svg",
                scatter,
                Format::Png,
                "scatter.svg",
                Format::Svg,
            ),
            (
                "scatter.png.gif",
                scatter,
                Format::Csv,
                "scatter.png",
                Format::Png,
            ),
            // Another one was typed.
            (
                "scatter.pdf",
                scatter,
                Format::Png,
                "scatter.pdf",
                Format::Pdf,
            ),
            (
                "scatter.PNG",
                scatter,
                Format::Svg,
                "scatter.PNG",
                Format::Png,
            ),
            ("film.png", film, Format::Gif, "film.gif", Format::Gif),
            (
                "scatter.gif",
                scatter,
                Format::Csv,
                "scatter.csv",
                Format::Csv,
            ),
            (
                "scatter.jpg",
                scatter,
                Format::Png,
                "scatter.png",
                Format::Png,
            ),
            // None was typed, or one that is part of the name.
            ("scatter", scatter, Format::Pdf, "scatter.pdf", Format::Pdf),
            (
                "figure.v2",
                scatter,
                Format::Svg,
                "figure.v2.svg",
                Format::Svg,
            ),
            (
                "figure.v2.png",
                scatter,
                Format::Svg,
                "figure.v2.png",
                Format::Png,
            ),
            ("png", scatter, Format::Png, "png.png", Format::Png),
            (
                "my.png/figure",
                scatter,
                Format::Csv,
                "my.png/figure.csv",
                Format::Csv,
            ),
        ] {
            let named = named(Path::new(name), kind, chosen);
            assert_eq!(named, (PathBuf::from(expected), format), "{name}");
        }
    }
}
