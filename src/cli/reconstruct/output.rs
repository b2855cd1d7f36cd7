//! What `hourglass reconstruct` writes: pictures of each digit, and a line of the table.

use std::collections::HashSet;
use std::io::Cursor;
use std::path::Path;

use anyhow::{Context, Result};
use image::{GrayImage, ImageFormat, Luma};

use crate::experiment::{IMAGE_SIDE, N_PIXELS};
use crate::protocol::{OwnLook, PhotoNote, Prepared};
use crate::whole_file;

use super::Asked;

/// The name of a picture's files: its own without the ending, with a number where another has it already.
pub(super) fn unused_name(path: &Path, names: &mut HashSet<String>) -> String {
    let stem = path
        .file_stem()
        .unwrap_or(path.as_os_str())
        .to_string_lossy();
    let mut numbered = (2..).map(|n| format!("{stem}-{n}"));
    let mut name = stem.to_string();
    while !names.insert(name.clone()) {
        name = numbered.next().unwrap_or_default(); // never ends
    }
    name
}

/// The digit, its reconstruction, and both beside each other eight times as large.
pub(super) fn write_pictures(
    folder: &Path,
    name: &str,
    prepared: &Prepared,
    look: &OwnLook,
) -> Result<()> {
    let original: Vec<u8> = prepared.pixels.to_vec();
    let rebuilt: Vec<u8> = look
        .reconstruction
        .iter()
        .map(|&share| byte(share))
        .collect();
    for (kind, image) in [
        ("prepared", digit(&original)),
        ("reconstruction", digit(&rebuilt)),
        ("side-by-side", side_by_side(&original, &rebuilt)),
    ] {
        let mut png = Cursor::new(Vec::new());
        image
            .write_to(&mut png, ImageFormat::Png)
            .with_context(|| format!("{name}.{kind}.png cannot be made"))?;
        whole_file::write(&folder.join(format!("{name}.{kind}.png")), png.get_ref())?;
    }
    Ok(())
}

fn digit(pixels: &[u8]) -> GrayImage {
    let pixel = |x: u32, y: u32| pixels[y as usize * IMAGE_SIDE + x as usize];
    let side = side();
    GrayImage::from_fn(side, side, |x, y| Luma([pixel(x, y)]))
}

fn side_by_side(left: &[u8], right: &[u8]) -> GrayImage {
    /// Pixels for the side of one pixel of a digit, and between the two.
    const MAGNIFY: u32 = 8;
    const GREY: u8 = 128;
    let side = side() * MAGNIFY;
    GrayImage::from_fn(2 * side + MAGNIFY, side, |x, y| {
        let (pixels, x) = match x {
            x if x < side => (left, x),
            x if x < side + MAGNIFY => return Luma([GREY]),
            x => (right, x - side - MAGNIFY),
        };
        Luma([pixels[(y / MAGNIFY) as usize * IMAGE_SIDE + (x / MAGNIFY) as usize]])
    })
}

fn side() -> u32 {
    const { assert!(N_PIXELS == IMAGE_SIDE * IMAGE_SIDE, "digits are square") };
    u32::try_from(IMAGE_SIDE).unwrap_or(0)
}

/// A line of the table. Figures that are not known stay empty.
pub(super) fn row(asked: &Asked, look: Option<&OwnLook>) -> String {
    let standing = look.and_then(|look| look.standing.as_ref());
    let near = standing.map_or(&[][..], |standing| &standing.neighbours);
    let list = |values: Vec<String>| values.join(" ");
    let note = match &asked.prepared {
        Ok(prepared) => notes(prepared),
        Err(error) => format!("error: {error}"),
    };
    let fields = [
        asked.path.display().to_string(),
        look.map_or(String::new(), |look| look.mse_per_pixel.to_string()),
        standing.map_or(String::new(), |standing| {
            format!("{:.2}", 100.0 * standing.share_below)
        }),
        list(near.iter().map(|near| near.label.to_string()).collect()),
        list(near.iter().map(|near| near.sample.to_string()).collect()),
        list(near.iter().map(|near| near.distance.to_string()).collect()),
        note,
    ];
    fields.map(|field| quoted(&field)).join(",") + "\n"
}

/// What was decided and noticed.
fn notes(prepared: &Prepared) -> String {
    let mut notes: Vec<String> = prepared.notes.iter().map(PhotoNote::to_string).collect();
    if prepared.decisions.invert {
        notes.push("inverted".to_owned());
    }
    notes.join("; ")
}

/// A field of a CSV file (RFC 4180).
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0..255 before the cast; not a number becomes 0"
)]
fn byte(share: f32) -> u8 {
    (share * 255.0).round().clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_the_same_name_do_not_overwrite_each_other() {
        let mut names = HashSet::new();
        let mut name = |path: &str| unused_name(Path::new(path), &mut names);
        assert_eq!(name("a/7.png"), "7");
        assert_eq!(name("b/7.jpg"), "7-2");
        assert_eq!(name("7-2.png"), "7-2-2");
        assert_eq!(name("c/7.png"), "7-3");
    }

    #[test]
    fn fields_with_commas_and_quotes_are_quoted() {
        assert_eq!(quoted("plain"), "plain");
        assert_eq!(quoted("a \"b\", c"), "\"a \"\"b\"\", c\"");
    }
}
